//! A reader or writer of one era as one of the other.
//!
//! [`Modern`] wraps a reader or writer with 0.2's traits and has 1.x's: with it, the futures
//! and helpers of `tokio-await` serve this era. The functions are for the way back: they
//! poll, as 0.2 does, what has 1.x's traits. Called by [`super::forward`] and by the futures.
//!
//! Always true: nothing is buffered on the way, so either direction may be left at any time.
//!
//! Why no wrapper for the way back? What comes that way are newtypes of this crate, which
//! implement 0.2's traits themselves.

use super::traits;
use bytes::{Buf, BufMut};
use pin_project_lite::pin_project;
use std::fmt;
use std::io::{self, IoSlice, SeekFrom};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{ready, Context, Poll};
use tokio_await::io::{AsyncBufRead, AsyncRead, AsyncSeek, AsyncWrite, ReadBuf};

/// How many chunks of a `Buf` are written at a time.
const MAX_CHUNKS: usize = 64;

pin_project! {
    /// A reader or writer of 0.2 that has the traits of 1.x.
    #[repr(transparent)]
    pub struct Modern<T: ?Sized> {
        #[pin]
        inner: T,
    }
}

impl<T> Modern<T> {
    pub(super) fn new(inner: T) -> Modern<T> {
        Modern { inner }
    }

    pub(super) fn into_inner(self) -> T {
        self.inner
    }
}

impl<T: ?Sized> Modern<T> {
    /// Wraps what is behind a reference.
    pub(super) fn of(inner: &mut T) -> &mut Modern<T> {
        // SAFETY: `Modern` is transparent around its only field: the layout, and what is
        // behind the pointer's metadata, are the same. The new reference has the old one's
        // lifetime.
        unsafe { &mut *(inner as *mut T as *mut Modern<T>) }
    }

    pub(super) fn get_ref(&self) -> &T {
        &self.inner
    }

    pub(super) fn get_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    pub(super) fn get_pin_mut(self: Pin<&mut Self>) -> Pin<&mut T> {
        self.project().inner
    }
}

impl<T: fmt::Debug + ?Sized> fmt::Debug for Modern<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T: traits::AsyncRead + ?Sized> AsyncRead for Modern<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // Zeros in place of `prepare_uninitialized_buffer`: `ReadBuf` remembers them, so
        // that no byte gets more than one in a long read.
        let n = ready!(self.get_pin_mut().poll_read(cx, buf.initialize_unfilled()))?;
        buf.advance(n);
        Poll::Ready(Ok(()))
    }
}

impl<T: traits::AsyncWrite + ?Sized> AsyncWrite for Modern<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_pin_mut().poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_pin_mut().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_pin_mut().poll_shutdown(cx)
    }
}

impl<T: traits::AsyncBufRead + ?Sized> AsyncBufRead for Modern<T> {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        self.get_pin_mut().poll_fill_buf(cx)
    }

    fn consume(self: Pin<&mut Self>, amt: usize) {
        self.get_pin_mut().consume(amt);
    }
}

/// Reads into a slice, as 0.2 does.
pub(crate) fn poll_read<R: AsyncRead + ?Sized>(
    reader: Pin<&mut R>,
    cx: &mut Context<'_>,
    buf: &mut [u8],
) -> Poll<io::Result<usize>> {
    let mut buf = ReadBuf::new(buf);
    ready!(reader.poll_read(cx, &mut buf))?;
    Poll::Ready(Ok(buf.filled().len()))
}

/// Reads into the free part of a buffer of `bytes` 0.5.
pub(crate) fn poll_read_buf<R, B>(
    reader: Pin<&mut R>,
    cx: &mut Context<'_>,
    buf: &mut B,
) -> Poll<io::Result<usize>>
where
    R: AsyncRead + ?Sized,
    B: BufMut,
{
    let read = |free: &mut [MaybeUninit<u8>]| {
        let (start, room) = (free.as_ptr().cast::<u8>(), free.len());
        let mut buf = ReadBuf::uninit(free);
        ready!(reader.poll_read(cx, &mut buf))?;
        let filled = buf.filled();
        let is_ours = filled.as_ptr() == start && filled.len() <= room;
        assert!(is_ours, "a reader must not replace the buffer");
        Poll::Ready(Ok(filled.len()))
    };
    // SAFETY: what is filled of a `ReadBuf` is initialized, and was seen to be of `free`.
    unsafe { put_uninit(buf, read) }
}

/// Has `read` fill the free part of `buf`, and adds as many bytes as it says.
///
/// # Safety
///
/// So many bytes, from the start, must then be initialized.
#[inline]
pub(crate) unsafe fn put_uninit<B: BufMut>(
    buf: &mut B,
    read: impl FnOnce(&mut [MaybeUninit<u8>]) -> Poll<io::Result<usize>>,
) -> Poll<io::Result<usize>> {
    if !buf.has_remaining_mut() {
        return Poll::Ready(Ok(0));
    }
    let free = buf.bytes_mut();
    let room = free.len();
    let n = ready!(read(free))?;
    assert!(n <= room, "{n} bytes were read into {room}");
    // SAFETY: so many bytes are initialized, says the caller, and there are as many.
    unsafe { buf.advance_mut(n) };
    Poll::Ready(Ok(n))
}

/// Writes a beginning of a buffer of `bytes` 0.5, from many chunks where the sink can, and
/// takes it off.
pub(crate) fn poll_write_buf<W, B>(
    writer: Pin<&mut W>,
    cx: &mut Context<'_>,
    buf: &mut B,
) -> Poll<io::Result<usize>>
where
    W: AsyncWrite + ?Sized,
    B: Buf,
{
    if !buf.has_remaining() {
        return Poll::Ready(Ok(0));
    }
    let polled = if writer.is_write_vectored() {
        let mut chunks = [IoSlice::new(&[]); MAX_CHUNKS];
        let count = buf.bytes_vectored(&mut chunks);
        writer.poll_write_vectored(cx, &chunks[..count])
    } else {
        writer.poll_write(cx, buf.bytes())
    };
    let n = ready!(polled)?;
    buf.advance(n);
    Poll::Ready(Ok(n))
}

/// Begins a seek once what was begun before is over, as 0.2 does; how that ended is
/// forgotten.
pub(crate) fn start_seek<S: AsyncSeek + ?Sized>(
    mut stream: Pin<&mut S>,
    cx: &mut Context<'_>,
    position: SeekFrom,
) -> Poll<io::Result<()>> {
    let _ = ready!(stream.as_mut().poll_complete(cx));
    Poll::Ready(stream.start_seek(position))
}
