//! What programs call to read through a buffer: [`AsyncBufReadExt`], its futures, and the
//! streams of lines and segments.
//!
//! Called by programs through the trait. `put_text` is what `read_to_string` uses, too.
//!
//! Always true: what was read and not returned stays in the caller's buffer (`read_until`) or
//! in the stream (`Lines`, `Split`), so a dropped future of these streams loses nothing.
//!
//! Why are the futures types with names? tokio 1.x has them so, and `async fn` in a trait
//! cannot say that they are `Send` whenever the reader is.

use super::fill_buf::FillBuf;
use super::AsyncBufRead;
use pin_project_lite::pin_project;
use std::future::{poll_fn, Future};
use std::io;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

/// Methods of every [`AsyncBufRead`].
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::AsyncBufReadExt;
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let text: &[u8] = b"one\ntwo\r\nthree";
///     let mut lines = text.lines();
///     while let Some(line) = lines.next_line().await? {
///         println!("{line}");
///     }
///     Ok::<(), std::io::Error>(())
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait AsyncBufReadExt: AsyncBufRead {
    /// Appends to `buf` all up to the next `byte`, or to the end, and returns how many
    /// bytes. The `byte` is among them. Goes on after `Interrupted`.
    ///
    /// # Errors
    ///
    /// Those of the source. What was read before is in `buf`.
    ///
    /// # Dropping
    ///
    /// What was read is in `buf`.
    fn read_until<'a>(&'a mut self, byte: u8, buf: &'a mut Vec<u8>) -> ReadUntil<'a, Self>
    where
        Self: Unpin,
    {
        ReadUntil { reader: self, delimiter: byte, buf, read: 0, pinned: PhantomPinned }
    }

    /// Appends the next line to `buf`, with its end, and returns how many bytes; 0 means
    /// the end.
    ///
    /// # Errors
    ///
    /// `InvalidData` if it is not UTF-8: `buf` is then as it was. Those of the source: what
    /// was read before is in `buf`, if it is text.
    ///
    /// # Dropping
    ///
    /// Leaves `buf` empty.
    fn read_line<'a>(&'a mut self, buf: &'a mut String) -> ReadLine<'a, Self>
    where
        Self: Unpin,
    {
        let bytes = std::mem::take(buf).into_bytes();
        ReadLine { reader: self, bytes, text: buf, read: 0, pinned: PhantomPinned }
    }

    /// Creates a stream of what is between one `byte` and the next.
    fn split(self, byte: u8) -> Split<Self>
    where
        Self: Sized + Unpin,
    {
        Split { reader: self, buf: Vec::new(), delimiter: byte, read: 0 }
    }

    /// Returns what is in the buffer, read from the source if that was nothing; empty at the
    /// end. [`consume`](AsyncBufReadExt::consume) is to tell how much of it was used.
    ///
    /// # Errors
    ///
    /// Those of the source.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    fn fill_buf(&mut self) -> FillBuf<'_, Self>
    where
        Self: Unpin,
    {
        FillBuf::new(self)
    }

    /// Drops the first `amt` bytes of the buffer, which were used.
    fn consume(&mut self, amt: usize)
    where
        Self: Unpin,
    {
        Pin::new(self).consume(amt);
    }

    /// Creates a stream of the lines, without their ends: `\n` or `\r\n`.
    fn lines(self) -> Lines<Self>
    where
        Self: Sized,
    {
        Lines { reader: self, bytes: Vec::new(), read: 0 }
    }
}

impl<R: AsyncBufRead + ?Sized> AsyncBufReadExt for R {}

/// Appends all up to the next `delimiter`; returns how many bytes, with `read` of them from
/// earlier polls.
fn poll_read_until<R: AsyncBufRead + ?Sized>(
    mut reader: Pin<&mut R>,
    cx: &mut Context<'_>,
    delimiter: u8,
    buf: &mut Vec<u8>,
    read: &mut usize,
) -> Poll<io::Result<usize>> {
    loop {
        let (found, used) = {
            // Not `retry`: what it returns is borrowed from the reader.
            let there = match ready!(reader.as_mut().poll_fill_buf(cx)) {
                Ok(there) => there,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Poll::Ready(Err(error)),
            };
            // std looks for the byte many at a time. Slices do not fail.
            let used = io::BufRead::read_until(&mut &*there, delimiter, buf)?;
            (used > 0 && there[used - 1] == delimiter, used)
        };
        reader.as_mut().consume(used);
        *read += used;
        if found || used == 0 {
            return Poll::Ready(Ok(std::mem::take(read)));
        }
    }
}

/// Makes a text of `bytes`, of which the last `read` are new, or has it as it was before.
///
/// What came before an error stays if it is text, unless `all_or_nothing`.
pub(super) fn put_text(
    text: &mut String,
    mut bytes: Vec<u8>,
    read: usize,
    result: io::Result<usize>,
    all_or_nothing: bool,
) -> Poll<io::Result<usize>> {
    let before = bytes.len() - read;
    if result.is_err() && all_or_nothing {
        bytes.truncate(before);
    }
    match (String::from_utf8(bytes), result) {
        (Ok(whole), result) => {
            *text = whole;
            Poll::Ready(result)
        }
        (Err(not_text), result) => {
            let error = not_text.utf8_error();
            let mut bytes = not_text.into_bytes();
            bytes.truncate(before);
            *text = String::from_utf8(bytes).expect("it was a string before");
            Poll::Ready(result.and(Err(io::Error::new(io::ErrorKind::InvalidData, error))))
        }
    }
}

pin_project! {
    /// Reads to a delimiter; see [`AsyncBufReadExt::read_until`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct ReadUntil<'a, R: ?Sized> {
        reader: &'a mut R,
        delimiter: u8,
        buf: &'a mut Vec<u8>,
        read: usize,
        #[pin]
        pinned: PhantomPinned,
    }
}

impl<R: AsyncBufRead + Unpin + ?Sized> Future for ReadUntil<'_, R> {
    type Output = io::Result<usize>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let this = self.project();
        poll_read_until(Pin::new(&mut **this.reader), cx, *this.delimiter, this.buf, this.read)
    }
}

pin_project! {
    /// Reads a line; see [`AsyncBufReadExt::read_line`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct ReadLine<'a, R: ?Sized> {
        reader: &'a mut R,
        // The string's bytes, until it is known whether what follows is text.
        bytes: Vec<u8>,
        text: &'a mut String,
        read: usize,
        #[pin]
        pinned: PhantomPinned,
    }
}

impl<R: AsyncBufRead + Unpin + ?Sized> Future for ReadLine<'_, R> {
    type Output = io::Result<usize>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let this = self.project();
        let reader = Pin::new(&mut **this.reader);
        let result = ready!(poll_read_until(reader, cx, b'\n', this.bytes, this.read));
        let read = result.as_ref().map_or(*this.read, |n| *n);
        put_text(this.text, std::mem::take(this.bytes), read, result, false)
    }
}

pin_project! {
    /// The lines of a reader, one after the other; see [`AsyncBufReadExt::lines`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::io::{AsyncBufReadExt, BufReader};
    /// use tokio::net::TcpStream;
    ///
    /// async fn print_lines(stream: TcpStream) -> std::io::Result<()> {
    ///     let mut lines = BufReader::new(stream).lines();
    ///     while let Some(line) = lines.next_line().await? {
    ///         println!("{line}");
    ///     }
    ///     Ok(())
    /// }
    /// ```
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Lines<R> {
        #[pin]
        reader: R,
        // What was read of the line.
        bytes: Vec<u8>,
        read: usize,
    }
}

impl<R: AsyncBufRead + Unpin> Lines<R> {
    /// Returns the next line, or `None` at the end.
    ///
    /// # Errors
    ///
    /// `InvalidData` if it is not UTF-8; those of the source.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::io::AsyncBufReadExt;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut lines = (&b"one\ntwo\n"[..]).lines();
    ///     assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("one"));
    /// });
    /// ```
    pub async fn next_line(&mut self) -> io::Result<Option<String>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next_line(cx)).await
    }

    /// Returns the reader, to be changed.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.reader
    }

    /// Returns the reader.
    pub fn get_ref(&mut self) -> &R {
        &self.reader
    }

    /// Returns the reader; what was read of a line is lost.
    pub fn into_inner(self) -> R {
        self.reader
    }
}

impl<R: AsyncBufRead> Lines<R> {
    /// Polls for the next line; `None` at the end.
    ///
    /// # Errors
    ///
    /// `InvalidData` if it is not UTF-8; those of the source.
    pub fn poll_next_line(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<Option<String>>> {
        let this = self.project();
        let result = ready!(poll_read_until(this.reader, cx, b'\n', this.bytes, this.read));
        // What came before an error is kept for the next poll.
        let n = result?;
        let mut line = std::mem::take(this.bytes);
        if n == 0 && line.is_empty() {
            return Poll::Ready(Ok(None));
        }
        if line.last() == Some(&b'\n') {
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        }
        let text = String::from_utf8(line);
        Poll::Ready(text.map(Some).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e)))
    }
}

pin_project! {
    /// What is between delimiters, one after the other; see [`AsyncBufReadExt::split`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::io::AsyncBufReadExt;
    /// use tokio::runtime::Runtime;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let mut words = AsyncBufReadExt::split(&b"one two"[..], b' ');
    ///     assert_eq!(words.next_segment().await.unwrap().unwrap(), b"one");
    ///     assert_eq!(words.next_segment().await.unwrap().unwrap(), b"two");
    ///     assert!(words.next_segment().await.unwrap().is_none());
    /// });
    /// ```
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Split<R> {
        #[pin]
        reader: R,
        // What was read of the segment.
        buf: Vec<u8>,
        delimiter: u8,
        read: usize,
    }
}

impl<R: AsyncBufRead + Unpin> Split<R> {
    /// Returns the next segment, without its delimiter, or `None` at the end.
    ///
    /// # Errors
    ///
    /// Those of the source.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::io::AsyncBufReadExt;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut parts = AsyncBufReadExt::split(&b"a,b"[..], b',');
    ///     assert_eq!(parts.next_segment().await.unwrap().as_deref(), Some(&b"a"[..]));
    /// });
    /// ```
    pub async fn next_segment(&mut self) -> io::Result<Option<Vec<u8>>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next_segment(cx)).await
    }
}

impl<R: AsyncBufRead> Split<R> {
    /// Polls for the next segment; `None` at the end.
    ///
    /// # Errors
    ///
    /// Those of the source.
    pub fn poll_next_segment(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<Option<Vec<u8>>>> {
        let this = self.project();
        let n = ready!(poll_read_until(this.reader, cx, *this.delimiter, this.buf, this.read))?;
        let mut segment = std::mem::take(this.buf);
        if n == 0 && segment.is_empty() {
            return Poll::Ready(Ok(None));
        }
        if segment.last() == Some(this.delimiter) {
            segment.pop();
        }
        Poll::Ready(Ok(Some(segment)))
    }
}
