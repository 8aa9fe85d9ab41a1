//! Streams with a place in them.

use super::AsyncWrite;
use std::future::{poll_fn, Future};
use std::io::{self, Cursor, Seek, Write};
use std::pin::Pin;
use std::task::{ready, Context, Poll};

pub use std::io::SeekFrom;

/// A stream whose place can be changed.
pub trait AsyncSeek {
    /// Begins to go to `position`.
    ///
    /// # Errors
    ///
    /// If that is before the beginning; others come from
    /// [`poll_complete`](AsyncSeek::poll_complete).
    fn start_seek(self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()>;

    /// Ready once it is there, with the new place, in bytes from the beginning.
    ///
    /// # Errors
    ///
    /// Those of the stream.
    fn poll_complete(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>>;
}

/// Methods of every [`AsyncSeek`].
pub trait AsyncSeekExt: AsyncSeek {
    /// Goes to `position`, and says where that is.
    ///
    /// # Errors
    ///
    /// Those of the stream; `InvalidInput` for a place before the beginning.
    ///
    /// # Dropping
    ///
    /// It may be there or not.
    fn seek(&mut self, position: SeekFrom) -> impl Future<Output = io::Result<u64>> + '_
    where
        Self: Unpin,
    {
        let mut position = Some(position);
        poll_fn(move |cx| {
            if let Some(position) = position {
                // What was begun before comes first.
                ready!(Pin::new(&mut *self).poll_complete(cx))?;
                Pin::new(&mut *self).start_seek(position)?;
            }
            position = None;
            Pin::new(&mut *self).poll_complete(cx)
        })
    }

    /// Goes to the beginning.
    ///
    /// # Errors
    ///
    /// As [`seek`](AsyncSeekExt::seek).
    fn rewind(&mut self) -> impl Future<Output = io::Result<()>> + '_
    where
        Self: Unpin,
    {
        async { self.seek(SeekFrom::Start(0)).await.map(drop) }
    }

    /// Where it is, in bytes from the beginning.
    ///
    /// # Errors
    ///
    /// As [`seek`](AsyncSeekExt::seek).
    fn stream_position(&mut self) -> impl Future<Output = io::Result<u64>> + '_
    where
        Self: Unpin,
    {
        self.seek(SeekFrom::Current(0))
    }
}

impl<S: AsyncSeek + ?Sized> AsyncSeekExt for S {}

impl<S: AsyncSeek + Unpin + ?Sized> AsyncSeek for &mut S {
    fn start_seek(mut self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        Pin::new(&mut **self).start_seek(position)
    }

    fn poll_complete(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Pin::new(&mut **self).poll_complete(cx)
    }
}

impl<T: AsRef<[u8]> + Unpin> AsyncSeek for Cursor<T> {
    fn start_seek(self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        Seek::seek(self.get_mut(), position).map(drop)
    }

    fn poll_complete(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Poll::Ready(Ok(self.position()))
    }
}

macro_rules! written_cursors {
    ($($type:ty),*) => { $(
        impl AsyncWrite for Cursor<$type> {
            fn poll_write(
                self: Pin<&mut Self>,
                _: &mut Context<'_>,
                buf: &[u8],
            ) -> Poll<io::Result<usize>> {
                Poll::Ready(self.get_mut().write(buf))
            }

            fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                Poll::Ready(Ok(()))
            }

            fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                Poll::Ready(Ok(()))
            }
        }
    )* };
}

written_cursors!(Vec<u8>, &mut Vec<u8>, &mut [u8], Box<[u8]>);

impl super::AsyncBufRead for Cursor<Vec<u8>> {
    fn poll_fill_buf(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        Poll::Ready(io::BufRead::fill_buf(self.get_mut()))
    }

    fn consume(self: Pin<&mut Self>, n: usize) {
        io::BufRead::consume(self.get_mut(), n);
    }
}
