//! A Unix stream connection.
//!
//! Programs of tokio 0.1 call it; the streams of tokio 1.x and 0.2 have one inside.
//!
//! Always true: a read or write is one system call. A short write shows that the peer's
//! queue is full; a short read shows nothing, since it also ends where a message with
//! descriptors begins.
//!
//! Why not TCP's type over another socket? What a short read proves differs, and peers have
//! credentials in place of options.

use super::{address, ConnectFuture, UCred};
use std::fmt;
use std::io;
use std::os::unix::net::{self, SocketAddr};
use std::path::Path;
use std::sync::atomic::AtomicBool;
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
/// [`AsyncRead`]: tokio_io::AsyncRead
/// [`AsyncRead::split`]: tokio_io::AsyncRead::split
/// [`AsyncWrite`]: tokio_io::AsyncWrite
/// [`AsyncWrite::shutdown`]: tokio_io::AsyncWrite::shutdown
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
    io: PollEvented<mio1::net::UnixStream>,
    close_on_shutdown: AtomicBool,
}

impl UnixStream {
    /// Connects to the listener at `path`.
    ///
    /// The attempt is made at once. An error is reported by the future all the same.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use std::io;
    /// use tokio::net::UnixStream;
    ///
    /// fn ask(path: &str) -> impl Future<Item = Vec<u8>, Error = io::Error> {
    ///     UnixStream::connect(path)
    ///         .and_then(|stream| tokio::io::write_all(stream, "a question\n"))
    ///         .and_then(|(stream, _)| tokio::io::read_to_end(stream, Vec::new()))
    ///         .map(|(_, answer)| answer)
    /// }
    /// ```
    pub fn connect<P>(path: P) -> ConnectFuture
    where
        P: AsRef<Path>,
    {
        let started = address::of_path(path.as_ref())
            .and_then(|address| mio1::net::UnixStream::connect_addr(&address));
        ConnectFuture::new(started.map(|socket| UnixStream::new(PollEvented::new(socket))))
    }

    /// Waits until a connection that was begun is made.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn from_connecting(io: PollEvented<mio1::net::UnixStream>) -> ConnectFuture {
        ConnectFuture::new(Ok(UnixStream::new(io)))
    }

    /// Works like [`peer_cred`](UnixStream::peer_cred), and the process if the system says which.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
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
    ///
    /// # Examples
    ///
    /// ```
    /// use std::os::unix::net;
    /// use tokio::net::UnixStream;
    /// use tokio::reactor::Handle;
    ///
    /// let (here, _there) = net::UnixStream::pair().unwrap();
    /// let here = UnixStream::from_std(here, &Handle::default()).unwrap();
    /// assert!(here.peer_addr().is_ok());
    /// ```
    pub fn from_std(stream: net::UnixStream, handle: &Handle) -> io::Result<UnixStream> {
        stream.set_nonblocking(true)?;
        let stream = mio1::net::UnixStream::from_std(stream);
        Ok(UnixStream::new(PollEvented::new_with_handle(stream, handle)?))
    }

    /// Returns two streams that are connected to each other.
    ///
    /// # Errors
    ///
    /// Those of `socketpair(2)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use tokio::net::UnixStream;
    ///
    /// let (here, there) = UnixStream::pair().unwrap();
    /// tokio::io::write_all(here, "hello").wait().unwrap();
    /// let (_, received) = tokio::io::read_to_end(there, Vec::new()).wait().unwrap();
    /// assert_eq!(received, b"hello");
    /// ```
    pub fn pair() -> io::Result<(UnixStream, UnixStream)> {
        let (a, b) = mio1::net::UnixStream::pair()?;
        Ok((UnixStream::new(PollEvented::new(a)), UnixStream::new(PollEvented::new(b))))
    }

    fn new(io: PollEvented<mio1::net::UnixStream>) -> UnixStream {
        UnixStream { io, close_on_shutdown: AtomicBool::new(false) }
    }

    /// A client often sends its request right after connecting, so this is tried before
    /// it is registered.
    pub(super) fn accepted(stream: net::UnixStream) -> UnixStream {
        UnixStream::new(PollEvented::new_assumed_ready(mio1::net::UnixStream::from_std(stream)))
    }

    pub(super) fn io(&self) -> &PollEvented<mio1::net::UnixStream> {
        &self.io
    }

    crate::net::methods::stream_methods!(SocketAddr);

    /// Returns on whose behalf the other end was connected, as the system vouches for.
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

    /// Returns the error that is pending on the socket (`SO_ERROR`), which is then cleared.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.io.get_ref().take_error()
    }
}

crate::net::methods::stream_traits!(UnixStream, &UnixStream);
crate::net::evented::evented!(UnixStream, mio1::net::UnixStream, |io| UnixStream::new(io));

impl fmt::Debug for UnixStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.io.get_ref().fmt(f)
    }
}
