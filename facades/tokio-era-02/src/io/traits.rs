//! What can be read, written, sought and looked into, as in tokio 0.2.
//!
//! The four traits, and their implementations for pointers, slices, vectors and cursors.
//! What programs call are the extension traits beside them.
//!
//! Called by the extension traits, and by `io::modern`, which makes a reader of one era that of
//! the other.
//!
//! Always true of an implementation that keeps the contract: a method that answers "pending" has
//! moved no byte, and the task is woken once it is worth trying again.
//!
//! Why not the traits of 1.x? Libraries of tokio 0.2 implement these, which read into a slice that
//! the reader may have to have zeroed first.

use super::{forward_buf_reads, forward_reads, forward_seeks, forward_writes};
use bytes::{Buf, BufMut};
use std::io::{self, Cursor, SeekFrom};
use std::mem::MaybeUninit;
use std::ops::DerefMut;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

/// Reads bytes, and reports "not yet" in place of making the thread wait.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use std::pin::Pin;
/// use std::task::{Context, Poll};
/// use tokio::io::{AsyncRead, AsyncReadExt};
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     struct Countdown(u8);
///
///     impl AsyncRead for Countdown {
///         fn poll_read(
///             mut self: Pin<&mut Self>,
///             _: &mut Context<'_>,
///             buf: &mut [u8],
///         ) -> Poll<std::io::Result<usize>> {
///             if self.0 == 0 || buf.is_empty() {
///                 return Poll::Ready(Ok(0));
///             }
///             buf[0] = self.0;
///             self.0 -= 1;
///             Poll::Ready(Ok(1))
///         }
///     }
///
///     let mut read = Vec::new();
///     Countdown(3).read_to_end(&mut read).await?;
///     assert_eq!(read, [3, 2, 1]);
///     Ok(())
/// }
/// ```
pub trait AsyncRead {
    /// Prepares memory that was never written for a [`poll_read`](AsyncRead::poll_read) into
    /// it, and returns whether all of it is initialized now.
    ///
    /// As provided, writes zeros and returns true.
    ///
    /// # Safety
    ///
    /// Who implements this, and returns false, promises that `poll_read` does not look at
    /// what is in the memory, and has initialized as many bytes as it returns. Who calls it
    /// must not look at what `poll_read` did not fill, if it returns false.
    unsafe fn prepare_uninitialized_buffer(&self, buf: &mut [MaybeUninit<u8>]) -> bool {
        buf.fill(MaybeUninit::new(0));
        true
    }

    /// Reads into `buf`, and returns how many bytes.
    ///
    /// Ready with 0 means the end, or an empty `buf`. When pending, nothing was read, and the
    /// task is woken when it is worth another try.
    ///
    /// # Errors
    ///
    /// Those of the source.
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>>;

    /// Reads into the free part of `buf`, and returns how many bytes.
    ///
    /// # Errors
    ///
    /// Those of the source.
    ///
    /// # Panics
    ///
    /// If the reader says that it has read more than there was room for.
    fn poll_read_buf<B>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut B,
    ) -> Poll<io::Result<usize>>
    where
        B: BufMut,
        Self: Sized,
    {
        if !buf.has_remaining_mut() {
            return Poll::Ready(Ok(0));
        }
        let free = buf.bytes_mut();
        let room = free.len();
        // SAFETY: what the reader does not fill is looked at by nobody: only as many bytes
        // as it says are added to `buf`, below.
        unsafe { self.prepare_uninitialized_buffer(free) };
        // SAFETY: the memory is initialized now; or else the reader has promised not to look
        // at it, and that it initializes the bytes it counts.
        let free = unsafe { &mut *(free as *mut [MaybeUninit<u8>] as *mut [u8]) };
        let n = ready!(self.poll_read(cx, free))?;
        assert!(n <= room, "{n} bytes were read into {room}");
        // SAFETY: the reader has initialized `n` bytes of the free part, which has as many.
        unsafe { buf.advance_mut(n) };
        Poll::Ready(Ok(n))
    }
}

/// Writes bytes, and reports "not yet" in place of making the thread wait.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use std::io;
/// use std::pin::Pin;
/// use std::task::{Context, Poll};
/// use tokio::io::{AsyncWrite, AsyncWriteExt};
///
/// #[tokio::main]
/// async fn main() -> io::Result<()> {
///     struct Count(usize);
///
///     impl AsyncWrite for Count {
///         fn poll_write(
///             mut self: Pin<&mut Self>,
///             _: &mut Context<'_>,
///             buf: &[u8],
///         ) -> Poll<io::Result<usize>> {
///             self.0 += buf.len();
///             Poll::Ready(Ok(buf.len()))
///         }
///
///         fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
///             Poll::Ready(Ok(()))
///         }
///
///         fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
///             Poll::Ready(Ok(()))
///         }
///     }
///
///     let mut count = Count(0);
///     count.write_all(b"hello").await?;
///     assert_eq!(count.0, 5);
///     Ok(())
/// }
/// ```
pub trait AsyncWrite {
    /// Writes a beginning of `buf`, and returns its length in bytes.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>>;

    /// Waits until all that was written has left the buffers of this sink.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Flushes, and tells the other side that nothing follows.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Writes a beginning of `buf`, takes it from its front, and returns how many bytes.
    ///
    /// As provided, writes from the first chunk. Sockets write from many at a time.
    ///
    /// # Errors
    ///
    /// Those of the sink; nothing was written then.
    fn poll_write_buf<B>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut B,
    ) -> Poll<io::Result<usize>>
    where
        B: Buf,
        Self: Sized,
    {
        if !buf.has_remaining() {
            return Poll::Ready(Ok(0));
        }
        let n = ready!(self.poll_write(cx, buf.bytes()))?;
        buf.advance(n);
        Poll::Ready(Ok(n))
    }
}

/// Reads through a buffer that can be looked into.
pub trait AsyncBufRead: AsyncRead {
    /// Returns what is in the buffer, read from the source if that was nothing; empty at
    /// the end.
    ///
    /// # Errors
    ///
    /// Those of the source.
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>>;

    /// Drops the first `amt` bytes of the buffer, which were used.
    fn consume(self: Pin<&mut Self>, amt: usize);
}

/// Has a position that can be changed.
pub trait AsyncSeek {
    /// Begins to go to `position`, once what was begun before is over;
    /// [`poll_complete`](AsyncSeek::poll_complete) ends it.
    ///
    /// # Errors
    ///
    /// For a position before the start; those of the stream.
    fn start_seek(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        position: SeekFrom,
    ) -> Poll<io::Result<()>>;

    /// Waits for what was begun, and returns the position, in bytes from the start.
    ///
    /// # Errors
    ///
    /// Those of the stream.
    fn poll_complete(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>>;
}

/// Implements the four traits for `$pointer`, which leads to another implementation.
macro_rules! through {
    ([$($generics:tt)*] $pointer:ty, $to:ty, |$this:ident| $inner:expr) => {
        impl<$($generics)*> AsyncRead for $pointer
        where
            $to: AsyncRead,
        {
            unsafe fn prepare_uninitialized_buffer(&self, buf: &mut [MaybeUninit<u8>]) -> bool {
                // SAFETY: the caller's promise is the same.
                unsafe { (**self).prepare_uninitialized_buffer(buf) }
            }

            fn poll_read(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &mut [u8],
            ) -> Poll<io::Result<usize>> {
                let $this = self;
                $inner.poll_read(cx, buf)
            }
        }

        impl<$($generics)*> AsyncWrite for $pointer
        where
            $to: AsyncWrite,
        {
            fn poll_write(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &[u8],
            ) -> Poll<io::Result<usize>> {
                let $this = self;
                $inner.poll_write(cx, buf)
            }

            fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                let $this = self;
                $inner.poll_flush(cx)
            }

            fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                let $this = self;
                $inner.poll_shutdown(cx)
            }
        }

        impl<$($generics)*> AsyncBufRead for $pointer
        where
            $to: AsyncBufRead,
        {
            fn poll_fill_buf(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
            ) -> Poll<io::Result<&[u8]>> {
                let $this = self;
                $inner.poll_fill_buf(cx)
            }

            fn consume(self: Pin<&mut Self>, amt: usize) {
                let $this = self;
                $inner.consume(amt)
            }
        }

        impl<$($generics)*> AsyncSeek for $pointer
        where
            $to: AsyncSeek,
        {
            fn start_seek(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                position: SeekFrom,
            ) -> Poll<io::Result<()>> {
                let $this = self;
                $inner.start_seek(cx, position)
            }

            fn poll_complete(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
                let $this = self;
                $inner.poll_complete(cx)
            }
        }
    };
}

through!([T: Unpin + ?Sized] &mut T, T, |this| Pin::new(&mut **this.get_mut()));
through!([T: Unpin + ?Sized] Box<T>, T, |this| Pin::new(&mut **this.get_mut()));
through!([P: DerefMut + Unpin] Pin<P>, P::Target, |this| this.get_mut().as_mut());

// Slices, vectors and cursors are readers and writers of both eras.
forward_reads!(leaf [] &[u8], |this| this);
forward_reads!(leaf [T: AsRef<[u8]> + Unpin] Cursor<T>, |this| this);
forward_buf_reads!([] & [u8], |this| this);
forward_buf_reads!([T: AsRef<[u8]> + Unpin] Cursor<T>, |this| this);
forward_seeks!([T: AsRef<[u8]> + Unpin] Cursor<T>, |this| this);
forward_writes!([] Vec<u8>, |this| this);
forward_writes!([] Cursor<Vec<u8>>, |this| this);
forward_writes!(['a] Cursor<&'a mut Vec<u8>>, |this| this);
forward_writes!(['a] Cursor<&'a mut [u8]>, |this| this);
forward_writes!([] Cursor<Box<[u8]>>, |this| this);
