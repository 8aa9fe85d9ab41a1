//! A Unix stream connection.
//!
//! Always true: a read or write is one system call. A short write shows that the peer's
//! queue is full; a short read shows nothing, since it also ends where a message with
//! descriptors begins.

use super::{address, ConnectFuture, UCred};
use crate::net::answer::{or_would_block, to_async};
use crate::net::transfer;
use bytes::{Buf, BufMut};
use std::fmt;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::net::Shutdown;
use std::os::unix::net::{self, SocketAddr};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::task::Poll;
use tokio_executor::task::Context;
use tokio_io::{AsyncRead, AsyncWrite};
use tokio_reactor::evented::Ready;
use tokio_reactor::{Handle, PollEvented};

/// A connection between two Unix sockets.
///
/// Reads and writes are those of [`AsyncRead`] and [`AsyncWrite`], which are also there
/// for `&UnixStream`; one task may read while another writes. [`AsyncRead::split`] gives
/// each its half.
///
/// # Shutting down
///
/// [`AsyncWrite::shutdown`] does nothing to a `UnixStream`, as in the upstream crate,
/// unless [`set_close_on_shutdown`](UnixStream::set_close_on_shutdown) was called. A peer
/// that waits for the end of the stream sees it when the stream is dropped, or after
/// [`UnixStream::shutdown`].
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio::net::UnixStream;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (here, there) = UnixStream::pair()?;
/// let send = tokio_io::io::write_all(here, "hello").map(drop);
/// let receive = tokio_io::io::read_to_end(there, Vec::new());
/// let (_, (_, received)) = send.join(receive).wait()?;
/// assert_eq!(received, b"hello");
/// # Ok(())
/// # }
/// ```
pub struct UnixStream {
    io: PollEvented<mio::net::UnixStream>,
    close_on_shutdown: AtomicBool,
}

impl UnixStream {
    /// Connects to the listener at `path`.
    ///
    /// The attempt is made at once. An error is reported by the future all the same.
    pub fn connect<P>(path: P) -> ConnectFuture
    where
        P: AsRef<Path>,
    {
        let started = address::of_path(path.as_ref())
            .and_then(|address| mio::net::UnixStream::connect_addr(&address));
        ConnectFuture::new(started.map(|socket| UnixStream::new(PollEvented::new(socket))))
    }

    /// Waits until a connection that was begun is made.
    #[doc(hidden)]
    pub fn from_connecting(io: PollEvented<mio::net::UnixStream>) -> ConnectFuture {
        ConnectFuture::new(Ok(UnixStream::new(io)))
    }

    /// As [`peer_cred`](UnixStream::peer_cred), and the process if the system says which.
    #[doc(hidden)]
    pub fn peer_cred_and_pid(&self) -> io::Result<(UCred, Option<libc::pid_t>)> {
        super::ucred::of_peer(self)
    }

    /// Makes a stream of one of the standard library's, registered with `handle`'s
    /// reactor. It is put into non-blocking mode.
    ///
    /// With `Handle::default()`, that is the reactor of the thread that first waits.
    ///
    /// # Errors
    ///
    /// If the reactor is gone, or it or the system refuses.
    pub fn from_std(stream: net::UnixStream, handle: &Handle) -> io::Result<UnixStream> {
        stream.set_nonblocking(true)?;
        let stream = mio::net::UnixStream::from_std(stream);
        Ok(UnixStream::new(PollEvented::new_with_handle(stream, handle)?))
    }

    /// Two streams that are connected to each other.
    ///
    /// # Errors
    ///
    /// Those of `socketpair(2)`.
    pub fn pair() -> io::Result<(UnixStream, UnixStream)> {
        let (a, b) = mio::net::UnixStream::pair()?;
        Ok((UnixStream::new(PollEvented::new(a)), UnixStream::new(PollEvented::new(b))))
    }

    fn new(io: PollEvented<mio::net::UnixStream>) -> UnixStream {
        UnixStream { io, close_on_shutdown: AtomicBool::new(false) }
    }

    /// A client often sends its request right after connecting, so this is tried before
    /// it is registered.
    pub(super) fn accepted(stream: net::UnixStream) -> UnixStream {
        UnixStream::new(PollEvented::new_assumed_ready(mio::net::UnixStream::from_std(stream)))
    }

    pub(super) fn io(&self) -> &PollEvented<mio::net::UnixStream> {
        &self.io
    }

    /// Whether there is something to read, or else the current task is woken then.
    ///
    /// `ready` names the events that count, beside hang-ups and errors, which always do.
    /// The answer may be out of date: a read can still be "not ready".
    ///
    /// # Errors
    ///
    /// If the socket cannot be registered, or the reactor is gone.
    ///
    /// # Panics
    ///
    /// If `ready` has writable in it; or if there is nothing to read and no current
    /// task.
    pub fn poll_read_ready(&self, ready: Ready) -> futures::Poll<Ready, io::Error> {
        self.io.poll_read_ready(ready)
    }

    /// As [`poll_read_ready`](UnixStream::poll_read_ready), for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_read_ready`](UnixStream::poll_read_ready).
    pub fn poll_read_ready_cx(&self, cx: &Context<'_>, ready: Ready) -> Poll<io::Result<Ready>> {
        self.io.poll_read_ready_cx(cx, ready)
    }

    /// Whether there is room to write, or else the current task is woken then.
    ///
    /// The answer may be out of date: a write can still be "not ready".
    ///
    /// # Errors
    ///
    /// If the socket cannot be registered, or the reactor is gone.
    ///
    /// # Panics
    ///
    /// If there is no room and no current task.
    pub fn poll_write_ready(&self) -> futures::Poll<Ready, io::Error> {
        self.io.poll_write_ready()
    }

    /// As [`poll_write_ready`](UnixStream::poll_write_ready), for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_write_ready`](UnixStream::poll_write_ready).
    pub fn poll_write_ready_cx(&self, cx: &Context<'_>) -> Poll<io::Result<Ready>> {
        self.io.poll_write_ready_cx(cx)
    }

    /// Reads into `buf`, for a task of either kind; 0 bytes are the end of the stream,
    /// unless `buf` is empty.
    ///
    /// # Errors
    ///
    /// Those of `recv(2)`; and if the socket cannot be registered, or the reactor is
    /// gone.
    #[inline]
    pub fn poll_read_cx(&self, cx: &Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        transfer::poll_read(&self.io, cx, buf)
    }

    /// Writes a beginning of `buf`, for a task of either kind.
    ///
    /// # Errors
    ///
    /// Those of `send(2)`; and if the socket cannot be registered, or the reactor is
    /// gone. Writing to a connection that the peer has closed raises no signal.
    #[inline]
    pub fn poll_write_cx(&self, cx: &Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        transfer::poll_write(&self.io, cx, buf)
    }

    /// Reads into memory that need not be initialised; says how many bytes of it are then.
    ///
    /// # Errors
    ///
    /// As for [`poll_read_cx`](UnixStream::poll_read_cx).
    pub fn poll_read_uninit_cx(
        &self,
        cx: &Context<'_>,
        buf: &mut [MaybeUninit<u8>],
    ) -> Poll<io::Result<usize>> {
        transfer::poll_read_uninit(&self.io, cx, buf)
    }

    /// Reads into one slice after the other.
    ///
    /// # Errors
    ///
    /// As for [`poll_read_cx`](UnixStream::poll_read_cx).
    pub fn poll_read_vectored_cx(
        &self,
        cx: &Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
    ) -> Poll<io::Result<usize>> {
        transfer::poll_read_vectored(&self.io, cx, bufs)
    }

    /// Writes from one slice after the other, as many as the operating system takes at
    /// once; says how many bytes.
    ///
    /// # Errors
    ///
    /// As for [`poll_write_cx`](UnixStream::poll_write_cx).
    pub fn poll_write_vectored_cx(
        &self,
        cx: &Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        transfer::poll_write_vectored(&self.io, cx, bufs)
    }

    /// Reads into the spare room of `buf`, up to 16 pieces of it at once, for a task of
    /// either kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_read_cx`](UnixStream::poll_read_cx).
    pub fn poll_read_buf_cx<B: BufMut>(
        &self,
        cx: &Context<'_>,
        buf: &mut B,
    ) -> Poll<io::Result<usize>> {
        transfer::poll_read_buf(&self.io, cx, buf)
    }

    /// Writes what remains in `buf`, up to 64 pieces of it at once, for a task of either
    /// kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_write_cx`](UnixStream::poll_write_cx).
    pub fn poll_write_buf_cx<B: Buf>(
        &self,
        cx: &Context<'_>,
        buf: &mut B,
    ) -> Poll<io::Result<usize>> {
        transfer::poll_write_buf(&self.io, cx, buf)
    }

    /// The address of this end.
    ///
    /// # Errors
    ///
    /// Those of `getsockname(2)`.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.io.get_ref().local_addr()
    }

    /// The address of the other end.
    ///
    /// # Errors
    ///
    /// Those of `getpeername(2)`.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.io.get_ref().peer_addr()
    }

    /// On whose behalf the other end was connected, as the system vouches for.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::net::UnixStream;
    ///
    /// let (here, there) = UnixStream::pair()?;
    /// assert_eq!(here.peer_cred()?, there.peer_cred()?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn peer_cred(&self) -> io::Result<UCred> {
        Ok(super::ucred::of_peer(self)?.0)
    }

    /// The error that is pending on the socket (`SO_ERROR`), which is then cleared.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.io.get_ref().take_error()
    }

    /// Shuts down the reading side, the writing side, or both, at once.
    ///
    /// # Errors
    ///
    /// Those of `shutdown(2)`.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.io.get_ref().shutdown(how)
    }

    /// Whether [`AsyncWrite::shutdown`] tells the peer that no more is coming.
    pub fn close_on_shutdown(&self) -> bool {
        // Relaxed: set before the stream is shared, or passed on with it.
        self.close_on_shutdown.load(Relaxed)
    }

    /// Sets whether [`AsyncWrite::shutdown`] tells the peer that no more is coming. At
    /// first it does not; see [above](UnixStream#shutting-down).
    pub fn set_close_on_shutdown(&self, close: bool) {
        // Relaxed: see `close_on_shutdown`.
        self.close_on_shutdown.store(close, Relaxed);
    }

    /// What [`AsyncWrite::shutdown`] does.
    fn end_writing(&self) -> io::Result<()> {
        if !self.close_on_shutdown() {
            return Ok(());
        }
        match self.shutdown(Shutdown::Write) {
            // The connection is gone: the peer knows more than it would be told.
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(()),
            result => result,
        }
    }
}

impl Read for UnixStream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        or_would_block(self.poll_read_cx(&Context::current(), buf))
    }

    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        or_would_block(self.poll_read_vectored_cx(&Context::current(), bufs))
    }
}

impl Write for UnixStream {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        or_would_block(self.poll_write_cx(&Context::current(), buf))
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        or_would_block(self.poll_write_vectored_cx(&Context::current(), bufs))
    }

    /// Does nothing: nothing is kept back.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsyncRead for UnixStream {
    unsafe fn prepare_uninitialized_buffer(&self, _: &mut [u8]) -> bool {
        false
    }

    fn poll_read(&mut self, buf: &mut [u8]) -> futures::Poll<usize, io::Error> {
        to_async(self.poll_read_cx(&Context::current(), buf))
    }

    fn read_buf<B: BufMut>(&mut self, buf: &mut B) -> futures::Poll<usize, io::Error> {
        to_async(self.poll_read_buf_cx(&Context::current(), buf))
    }
}

impl AsyncWrite for UnixStream {
    fn poll_write(&mut self, buf: &[u8]) -> futures::Poll<usize, io::Error> {
        to_async(self.poll_write_cx(&Context::current(), buf))
    }

    /// Does nothing, unless
    /// [`set_close_on_shutdown`](UnixStream::set_close_on_shutdown) was called.
    fn shutdown(&mut self) -> futures::Poll<(), io::Error> {
        self.end_writing().map(Into::into)
    }

    fn write_buf<B: Buf>(&mut self, buf: &mut B) -> futures::Poll<usize, io::Error> {
        to_async(self.poll_write_buf_cx(&Context::current(), buf))
    }
}

impl Read for &UnixStream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        or_would_block(self.poll_read_cx(&Context::current(), buf))
    }

    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        or_would_block(self.poll_read_vectored_cx(&Context::current(), bufs))
    }
}

impl Write for &UnixStream {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        or_would_block(self.poll_write_cx(&Context::current(), buf))
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        or_would_block(self.poll_write_vectored_cx(&Context::current(), bufs))
    }

    /// Does nothing: nothing is kept back.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsyncRead for &UnixStream {
    unsafe fn prepare_uninitialized_buffer(&self, _: &mut [u8]) -> bool {
        false
    }

    fn poll_read(&mut self, buf: &mut [u8]) -> futures::Poll<usize, io::Error> {
        to_async(self.poll_read_cx(&Context::current(), buf))
    }

    fn read_buf<B: BufMut>(&mut self, buf: &mut B) -> futures::Poll<usize, io::Error> {
        to_async(self.poll_read_buf_cx(&Context::current(), buf))
    }
}

impl AsyncWrite for &UnixStream {
    fn poll_write(&mut self, buf: &[u8]) -> futures::Poll<usize, io::Error> {
        to_async(self.poll_write_cx(&Context::current(), buf))
    }

    /// Does nothing, unless
    /// [`set_close_on_shutdown`](UnixStream::set_close_on_shutdown) was called.
    fn shutdown(&mut self) -> futures::Poll<(), io::Error> {
        self.end_writing().map(Into::into)
    }

    fn write_buf<B: Buf>(&mut self, buf: &mut B) -> futures::Poll<usize, io::Error> {
        to_async(self.poll_write_buf_cx(&Context::current(), buf))
    }
}

crate::net::evented::evented!(UnixStream, mio::net::UnixStream, |io| UnixStream::new(io));

impl fmt::Debug for UnixStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.io.get_ref().fmt(f)
    }
}
