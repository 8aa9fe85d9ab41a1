//! A part of a buffer that passes for the whole.

use std::ops::Range;

/// Shows only `start..end` of the bytes of a `T`.
///
/// Handed to [`read`](super::read()), [`read_exact`](super::read_exact) or
/// [`write_all`](super::write_all) in place of the buffer, it confines them to that
/// range; afterwards [`into_inner`](Window::into_inner) yields the buffer.
///
/// # Examples
///
/// ```
/// use tokio_io::io::Window;
///
/// let mut window = Window::new("hello world");
/// window.set_start(6);
/// assert_eq!(window.as_ref(), b"world");
/// window.set_end(9);
/// assert_eq!(window.as_ref(), b"wor");
/// assert_eq!(window.into_inner(), "hello world");
/// ```
#[derive(Debug)]
pub struct Window<T> {
    inner: T,
    range: Range<usize>,
}

impl<T: AsRef<[u8]>> Window<T> {
    /// Shows all of `t`, for a start.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_io::io::Window;
    ///
    /// assert_eq!(Window::new([1, 2, 3]).as_ref(), [1, 2, 3]);
    /// ```
    pub fn new(t: T) -> Window<T> {
        Window { range: 0..t.as_ref().len(), inner: t }
    }

    /// Returns the whole buffer.
    pub fn get_ref(&self) -> &T {
        &self.inner
    }

    /// Returns the whole buffer, to be changed.
    ///
    /// If it is made shorter than [`end`](Window::end), the window panics when next
    /// looked through.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    /// Takes the whole buffer out.
    pub fn into_inner(self) -> T {
        self.inner
    }

    /// Returns index of the first byte shown.
    pub fn start(&self) -> usize {
        self.range.start
    }

    /// Returns index after the last byte shown.
    pub fn end(&self) -> usize {
        self.range.end
    }

    /// Moves the start to `start`, counted from the start of the buffer.
    ///
    /// # Panics
    ///
    /// If `start` is past the end of the window or of the buffer.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_io::io::Window;
    ///
    /// let mut window = Window::new([1, 2, 3]);
    /// assert_eq!(window.set_start(1).as_ref(), [2, 3]);
    /// assert_eq!(window.start(), 1);
    /// ```
    pub fn set_start(&mut self, start: usize) -> &mut Window<T> {
        let (len, end) = (self.inner.as_ref().len(), self.range.end);
        assert!(
            start <= len && start <= end,
            "window start must be at most its end, {end}, and the length, {len}; got {start}"
        );
        self.range.start = start;
        self
    }

    /// Moves the end to `end`, counted from the start of the buffer.
    ///
    /// # Panics
    ///
    /// If `end` is before the start of the window or past the end of the buffer.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_io::io::Window;
    ///
    /// let mut window = Window::new([1, 2, 3]);
    /// assert_eq!(window.set_end(2).as_ref(), [1, 2]);
    /// assert_eq!(window.end(), 2);
    /// ```
    pub fn set_end(&mut self, end: usize) -> &mut Window<T> {
        let (len, start) = (self.inner.as_ref().len(), self.range.start);
        assert!(
            start <= end && end <= len,
            "window end must be {start} (its start) to {len} (the length), got {end}"
        );
        self.range.end = end;
        self
    }
}

impl<T: AsRef<[u8]>> AsRef<[u8]> for Window<T> {
    fn as_ref(&self) -> &[u8] {
        &self.inner.as_ref()[self.range.clone()]
    }
}

impl<T: AsMut<[u8]>> AsMut<[u8]> for Window<T> {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.inner.as_mut()[self.range.clone()]
    }
}
