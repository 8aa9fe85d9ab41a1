//! A source of mio 0.6 as a reader and writer: the engine's `PollEvented`.
//!
//! Libraries that wrap a mio 0.6 source call it; registration is the engine's.
//!
//! Always true: the value is registered from `new` to `into_inner` or the drop. An operation
//! that would block clears its own side only.
//!
//! Why not re-export the engine's? Its polls take a `Context` of either kind of task where 0.2's
//! take std's, and its reads and writes are those of futures 0.1.

use super::registration::Only;
use super::{AsyncRead, AsyncWrite};
use std::fmt;
use std::io::{self, Read, Write};
use std::pin::Pin;
use std::task::{ready, Context, Poll};
use tokio_await::net::parts::{map_shutdown, poll_map_shutdown, register};
use tokio_executor::coop;
use tokio_reactor::evented::{Evented, Ready};
use tokio_reactor::PollEvented as Engine;

/// A source that is registered with the runtime of this thread, and read and written when it
/// is ready.
///
/// One task may read and one may write: of several, the last to ask is woken.
pub struct PollEvented<E: Evented> {
    inner: Engine<Only<E>>,
}

impl<E: Evented> PollEvented<E> {
    /// Registers `io` with the runtime of this thread.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down; those of the source.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    #[track_caller]
    pub fn new(io: E) -> io::Result<PollEvented<E>> {
        register(Only { io, ready: None }).map(|inner| PollEvented { inner })
    }

    /// Registers `io` for `ready` only.
    ///
    /// # Errors
    ///
    /// As [`new`](PollEvented::new).
    ///
    /// # Panics
    ///
    /// As there.
    #[track_caller]
    pub fn new_with_ready(io: E, ready: Ready) -> io::Result<PollEvented<E>> {
        register(Only { io, ready: Some(ready) }).map(|inner| PollEvented { inner })
    }

    /// Returns the source.
    pub fn get_ref(&self) -> &E {
        &self.inner.get_ref().io
    }

    /// Returns the source, to be changed.
    pub fn get_mut(&mut self) -> &mut E {
        &mut self.inner.get_mut().io
    }

    /// Deregisters the source, and returns it.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down; those of the source.
    pub fn into_inner(self) -> io::Result<E> {
        map_shutdown(self.inner.into_inner()).map(|only| only.io)
    }

    /// Polls for any of `mask`, or a hang-up, for reads. Stays ready until
    /// [`clear_read_ready`](PollEvented::clear_read_ready).
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    ///
    /// # Panics
    ///
    /// If `mask` has `writable`.
    pub fn poll_read_ready(&self, cx: &mut Context<'_>, mask: Ready) -> Poll<io::Result<Ready>> {
        poll_map_shutdown(self.inner.poll_read_ready_cx(&cx.into(), mask))
    }

    /// Clears `ready` for reads, and has the task woken when the source is ready again.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    ///
    /// # Panics
    ///
    /// If `ready` has `writable` or a hang-up.
    pub fn clear_read_ready(&self, cx: &mut Context<'_>, ready: Ready) -> io::Result<()> {
        map_shutdown(self.inner.clear_read_ready_cx(&cx.into(), ready))
    }

    /// Polls for write readiness, or a hang-up. Stays ready until
    /// [`clear_write_ready`](PollEvented::clear_write_ready).
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    pub fn poll_write_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        poll_map_shutdown(self.inner.poll_write_ready_cx(&cx.into()))
    }

    /// Clears write readiness, and has the task woken when the source is ready again.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    pub fn clear_write_ready(&self, cx: &mut Context<'_>) -> io::Result<()> {
        map_shutdown(self.inner.clear_write_ready_cx(&cx.into()))
    }

    /// Runs `operation` when the source is ready to write.
    fn poll_write_with<R>(
        &mut self,
        cx: &mut Context<'_>,
        operation: impl FnOnce(&mut E) -> io::Result<R>,
    ) -> Poll<io::Result<R>> {
        ready!(self.poll_write_ready(cx))?;
        if !coop::proceed(&(&mut *cx).into()) {
            return Poll::Pending;
        }
        match operation(self.get_mut()) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.clear_write_ready(cx)?;
                Poll::Pending
            }
            result => Poll::Ready(result),
        }
    }
}

impl<E: Evented + Read + Unpin> AsyncRead for PollEvented<E> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_read_ready(cx, Ready::readable()))?;
        if !coop::proceed(&(&mut *cx).into()) {
            return Poll::Pending;
        }
        match this.get_mut().read(buf) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                this.clear_read_ready(cx, Ready::readable())?;
                Poll::Pending
            }
            result => Poll::Ready(result),
        }
    }
}

impl<E: Evented + Write + Unpin> AsyncWrite for PollEvented<E> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll_write_with(cx, |io| io.write(buf))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_write_with(cx, Write::flush)
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl<E: Evented + fmt::Debug> fmt::Debug for PollEvented<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollEvented").field("io", self.get_ref()).finish()
    }
}
