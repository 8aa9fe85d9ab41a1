//! A buffer to read into, of which the memory need not be initialized before.
//!
//! ```text
//!  0         filled      initialized     capacity
//!  +-----------+--------------+--------------+
//!  |   read    |  free, known |  free, maybe |
//!  |           |  initialized | uninitialized|
//!  +-----------+--------------+--------------+
//! ```
//!
//! Made by helpers of `io`; each `AsyncRead` fills it.
//!
//! Always true: `filled <= initialized <= buf.len()`, and all below `initialized` is
//! initialized. Safe callers can only raise that mark by writing.
//!
//! Why not a plain slice? A reader could look at memory that was never written, and to write zeros
//! first costs as much as the read itself for a large buffer.

use bytes1::buf::UninitSlice;
use bytes1::BufMut;
use std::fmt;
use std::mem::MaybeUninit;

/// A buffer that is read into, front to back.
///
/// It distinguishes what was filled, what is free and known to be initialized, and what is
/// free and may never have been written.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::ReadBuf;
///
/// let mut bytes = [0; 8];
/// let mut buf = ReadBuf::new(&mut bytes);
/// buf.put_slice(b"hello");
/// assert_eq!(buf.filled(), b"hello");
/// assert_eq!(buf.remaining(), 3);
/// ```
pub struct ReadBuf<'a> {
    buf: &'a mut [MaybeUninit<u8>],
    filled: usize,
    initialized: usize,
}

impl<'a> ReadBuf<'a> {
    /// Creates a buffer over initialized memory, with nothing filled.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let mut memory = [0; 8];
    /// let buf = tokio::io::ReadBuf::new(&mut memory);
    /// assert_eq!((buf.filled().len(), buf.remaining()), (0, 8));
    /// ```
    #[inline]
    pub fn new(buf: &'a mut [u8]) -> ReadBuf<'a> {
        let initialized = buf.len();
        // SAFETY: both slices are of the same memory layout. Through `buf` one could write
        // uninitialized bytes; the methods below do not, and `inner_mut` and
        // `unfilled_mut` forbid it to their callers.
        let buf = unsafe { &mut *(buf as *mut [u8] as *mut [MaybeUninit<u8>]) };
        ReadBuf { buf, filled: 0, initialized }
    }

    /// Creates a buffer over memory that may be uninitialized, with nothing filled.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use std::mem::MaybeUninit;
    ///
    /// let mut memory = [MaybeUninit::uninit(); 8];
    /// let mut buf = tokio::io::ReadBuf::uninit(&mut memory);
    /// buf.put_slice(b"abc");
    /// assert_eq!(buf.filled(), b"abc");
    /// ```
    #[inline]
    pub fn uninit(buf: &'a mut [MaybeUninit<u8>]) -> ReadBuf<'a> {
        ReadBuf { buf, filled: 0, initialized: 0 }
    }

    /// Returns how many bytes it can hold in total.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let mut memory = [0; 8];
    /// assert_eq!(tokio::io::ReadBuf::new(&mut memory).capacity(), 8);
    /// ```
    #[inline]
    pub fn capacity(&self) -> usize {
        self.buf.len()
    }

    /// Returns what was filled.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let mut memory = [0; 8];
    /// let mut buf = tokio::io::ReadBuf::new(&mut memory);
    /// buf.put_slice(b"abc");
    /// assert_eq!(buf.filled(), b"abc");
    /// ```
    #[inline]
    pub fn filled(&self) -> &[u8] {
        // SAFETY: all below `filled` is initialized.
        unsafe { as_bytes(&self.buf[..self.filled]) }
    }

    /// Returns what was filled, to be changed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let mut memory = [0; 8];
    /// let mut buf = tokio::io::ReadBuf::new(&mut memory);
    /// buf.put_slice(b"abc");
    /// buf.filled_mut()[0] = b'x';
    /// assert_eq!(buf.filled(), b"xbc");
    /// ```
    #[inline]
    pub fn filled_mut(&mut self) -> &mut [u8] {
        // SAFETY: all below `filled` is initialized.
        unsafe { as_bytes_mut(&mut self.buf[..self.filled]) }
    }

    /// Returns a buffer over the first `n` bytes of the free part, or over all of it if
    /// that is less; none of them counts as initialized.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let mut memory = [0; 8];
    /// let mut buf = tokio::io::ReadBuf::new(&mut memory);
    /// assert_eq!(buf.take(3).capacity(), 3);
    /// ```
    #[inline]
    pub fn take(&mut self, n: usize) -> ReadBuf<'_> {
        let n = n.min(self.remaining());
        // The bytes that are initialized stay so: nobody below writes uninitialized ones.
        ReadBuf::uninit(&mut self.buf[self.filled..][..n])
    }

    /// Returns all that is known to be initialized, filled or free.
    #[inline]
    pub fn initialized(&self) -> &[u8] {
        // SAFETY: all below `initialized` is initialized.
        unsafe { as_bytes(&self.buf[..self.initialized]) }
    }

    /// Returns all that is known to be initialized, to be changed.
    #[inline]
    pub fn initialized_mut(&mut self) -> &mut [u8] {
        // SAFETY: all below `initialized` is initialized.
        unsafe { as_bytes_mut(&mut self.buf[..self.initialized]) }
    }

    /// Returns all of the memory.
    ///
    /// # Safety
    ///
    /// The caller must not write uninitialized bytes to what is initialized.
    #[inline]
    pub unsafe fn inner_mut(&mut self) -> &mut [MaybeUninit<u8>] {
        self.buf
    }

    /// Returns the free part.
    ///
    /// # Safety
    ///
    /// The caller must not write uninitialized bytes to what is initialized.
    #[inline]
    pub unsafe fn unfilled_mut(&mut self) -> &mut [MaybeUninit<u8>] {
        &mut self.buf[self.filled..]
    }

    /// Returns the free part, with zeros written to what was not initialized.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let mut memory = [0; 8];
    /// let mut buf = tokio::io::ReadBuf::new(&mut memory);
    /// buf.initialize_unfilled()[0] = b'a';
    /// buf.advance(1);
    /// assert_eq!(buf.filled(), b"a");
    /// ```
    #[inline]
    pub fn initialize_unfilled(&mut self) -> &mut [u8] {
        self.initialize_unfilled_to(self.remaining())
    }

    /// Returns the first `n` bytes of the free part, with zeros written to what was not
    /// initialized.
    ///
    /// # Panics
    ///
    /// If fewer than `n` bytes are free.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let mut memory = [0; 8];
    /// let mut buf = tokio::io::ReadBuf::new(&mut memory);
    /// assert_eq!(buf.initialize_unfilled_to(2).len(), 2);
    /// ```
    #[inline]
    #[track_caller]
    pub fn initialize_unfilled_to(&mut self, n: usize) -> &mut [u8] {
        assert!(self.remaining() >= n, "n overflows remaining");
        let end = self.filled + n;
        if end > self.initialized {
            self.buf[self.initialized..end].fill(MaybeUninit::new(0));
            self.initialized = end;
        }
        // SAFETY: all below `initialized` is, which is not below `end`.
        unsafe { as_bytes_mut(&mut self.buf[self.filled..end]) }
    }

    /// Returns how many bytes are free.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let mut memory = [0; 8];
    /// let mut buf = tokio::io::ReadBuf::new(&mut memory);
    /// buf.put_slice(b"abc");
    /// assert_eq!(buf.remaining(), 5);
    /// ```
    #[inline]
    pub fn remaining(&self) -> usize {
        self.buf.len() - self.filled
    }

    /// Makes everything free again; what is initialized stays so.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let mut memory = [0; 8];
    /// let mut buf = tokio::io::ReadBuf::new(&mut memory);
    /// buf.put_slice(b"abc");
    /// buf.clear();
    /// assert!(buf.filled().is_empty());
    /// ```
    #[inline]
    pub fn clear(&mut self) {
        self.filled = 0;
    }

    /// Marks the next `n` bytes as filled.
    ///
    /// # Panics
    ///
    /// If they are not all initialized.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let mut memory = *b"abcdefgh";
    /// let mut buf = tokio::io::ReadBuf::new(&mut memory);
    /// buf.advance(2);
    /// assert_eq!(buf.filled(), b"ab");
    /// ```
    #[inline]
    #[track_caller]
    pub fn advance(&mut self, n: usize) {
        let filled = self.filled.checked_add(n).expect("filled overflow");
        self.set_filled(filled);
    }

    /// Marks the first `n` bytes as filled, and the others as free.
    ///
    /// # Panics
    ///
    /// If they are not all initialized.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let mut memory = *b"abcdefgh";
    /// let mut buf = tokio::io::ReadBuf::new(&mut memory);
    /// buf.set_filled(3);
    /// assert_eq!(buf.filled(), b"abc");
    /// ```
    #[inline]
    #[track_caller]
    pub fn set_filled(&mut self, n: usize) {
        assert!(n <= self.initialized, "filled must not become larger than initialized");
        self.filled = n;
    }

    /// Marks the first `n` bytes of the free part as initialized.
    ///
    /// # Safety
    ///
    /// They must be.
    #[inline]
    pub unsafe fn assume_init(&mut self, n: usize) {
        self.initialized = self.initialized.max(self.filled + n);
    }

    /// Appends `buf` to what is filled.
    ///
    /// # Panics
    ///
    /// If there is not enough room.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let mut memory = [0; 8];
    /// let mut buf = tokio::io::ReadBuf::new(&mut memory);
    /// buf.put_slice(b"abc");
    /// assert_eq!(buf.filled(), b"abc");
    /// ```
    #[inline]
    #[track_caller]
    pub fn put_slice(&mut self, buf: &[u8]) {
        assert!(
            self.remaining() >= buf.len(),
            "buf.len() must fit in remaining(); buf.len() = {}, remaining() = {}",
            buf.len(),
            self.remaining()
        );
        let end = self.filled + buf.len();
        UninitSlice::uninit(&mut self.buf[self.filled..end]).copy_from_slice(buf);
        self.initialized = self.initialized.max(end);
        self.filled = end;
    }

    /// Has `fill` read into the first `limit` bytes of the free part, and takes over what it
    /// filled and initialized there.
    ///
    /// # Panics
    ///
    /// If `fill` puts another buffer in the place of the one it is given.
    pub(super) fn with_limit<R>(
        &mut self,
        limit: usize,
        fill: impl FnOnce(&mut ReadBuf<'_>) -> R,
    ) -> (usize, R) {
        let limit = limit.min(self.remaining());
        let known = (self.initialized - self.filled).min(limit);
        let free = &mut self.buf[self.filled..][..limit];
        let start = free.as_ptr();
        let mut part = ReadBuf { buf: free, filled: 0, initialized: known };
        let result = fill(&mut part);
        assert_eq!(part.buf.as_ptr(), start, "a reader must not replace the buffer");
        let (filled, initialized) = (part.filled, part.initialized);
        // The same start does not make it the same buffer: its length is checked, too.
        assert!(initialized <= limit, "a reader must not replace the buffer");
        self.initialized = self.initialized.max(self.filled + initialized);
        self.filled += filled;
        (filled, result)
    }
}

/// # Safety
///
/// All of `slice` must be initialized.
unsafe fn as_bytes(slice: &[MaybeUninit<u8>]) -> &[u8] {
    // SAFETY: the memory layout is the same, and the caller says that it is initialized.
    unsafe { &*(slice as *const [MaybeUninit<u8>] as *const [u8]) }
}

/// # Safety
///
/// All of `slice` must be initialized.
unsafe fn as_bytes_mut(slice: &mut [MaybeUninit<u8>]) -> &mut [u8] {
    // SAFETY: the memory layout is the same, and the caller says that it is initialized.
    unsafe { &mut *(slice as *mut [MaybeUninit<u8>] as *mut [u8]) }
}

// SAFETY: what `chunk_mut` lends is the free part, of the length that `remaining_mut` says.
unsafe impl BufMut for ReadBuf<'_> {
    fn remaining_mut(&self) -> usize {
        self.remaining()
    }

    // SAFETY: the caller has initialized the next `n` bytes.
    unsafe fn advance_mut(&mut self, n: usize) {
        // SAFETY: as the caller says.
        unsafe { self.assume_init(n) };
        self.advance(n);
    }

    fn chunk_mut(&mut self) -> &mut UninitSlice {
        // It does not let safe callers write uninitialized bytes.
        UninitSlice::uninit(&mut self.buf[self.filled..])
    }
}

impl fmt::Debug for ReadBuf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadBuf")
            .field("filled", &self.filled)
            .field("initialized", &self.initialized)
            .field("capacity", &self.capacity())
            .finish()
    }
}
