//! Unix sockets that send and receive datagrams, and their halves.
//!
//! Programs of tokio 0.2 call it; the socket is `tokio-await`'s.
//!
//! Always true: a future that is dropped while pending has sent or taken nothing.
//!
//! Why halves, which 1.x has not? In 0.2 sending takes `&mut self`, so a task that sends and one
//! that receives need one each.

use crate::net::wrap::wraps;
use std::error::Error;
use std::fmt;
use std::io;
use std::net::Shutdown;
use std::os::unix::net::{self, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use tokio_await::net as modern;

wraps! {
    /// A Unix socket that sends and receives datagrams.
    UnixDatagram,
    modern::UnixDatagram,
    net::UnixDatagram
}

impl UnixDatagram {
    /// Binds a socket to `path`, where there must be nothing.
    ///
    /// # Errors
    ///
    /// Those of `bind(2)`; if the runtime has shut down.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::net::UnixDatagram;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let path = std::env::temp_dir().join(format!("datagram-{}.sock", std::process::id()));
    ///     let mut server = UnixDatagram::bind(&path)?;
    ///     let mut client = UnixDatagram::unbound()?;
    ///     client.send_to(b"hello", &path).await?;
    ///     assert_eq!(server.recv(&mut [0; 8]).await?, 5);
    ///     std::fs::remove_file(&path)?;
    ///     Ok(())
    /// }
    /// ```
    #[track_caller]
    pub fn bind<P: AsRef<Path>>(path: P) -> io::Result<UnixDatagram> {
        modern::UnixDatagram::bind(path).map(UnixDatagram::from)
    }

    /// Creates two sockets that are connected to each other.
    ///
    /// # Errors
    ///
    /// Those of `socketpair(2)`; if the runtime has shut down.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::net::UnixDatagram;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let (mut one, mut other) = UnixDatagram::pair()?;
    ///     one.send(b"hello").await?;
    ///     let mut buf = [0; 8];
    ///     let length = other.recv(&mut buf).await?;
    ///     assert_eq!(&buf[..length], b"hello");
    ///     Ok(())
    /// }
    /// ```
    #[track_caller]
    pub fn pair() -> io::Result<(UnixDatagram, UnixDatagram)> {
        let (one, other) = modern::UnixDatagram::pair()?;
        Ok((one.into(), other.into()))
    }

    /// Creates a socket without an address.
    ///
    /// # Errors
    ///
    /// Those of `socket(2)`; if the runtime has shut down.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    #[track_caller]
    pub fn unbound() -> io::Result<UnixDatagram> {
        modern::UnixDatagram::unbound().map(UnixDatagram::from)
    }

    /// Sets the peer: to where [`send`](UnixDatagram::send) sends.
    ///
    /// # Errors
    ///
    /// Those of `connect(2)`.
    pub fn connect<P: AsRef<Path>>(&self, path: P) -> io::Result<()> {
        self.inner.connect(path)
    }

    /// Sends a datagram to the peer, and returns how many bytes.
    ///
    /// # Errors
    ///
    /// Those of `send(2)`; if the runtime of the socket has shut down.
    ///
    /// # Dropping
    ///
    /// Nothing is sent.
    pub async fn send(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.inner.send(buf).await
    }

    /// Sends a datagram to the peer, if there is room for it, and returns how many bytes.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is no room; those of `send(2)`.
    pub fn try_send(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.inner.engine().evented().get_ref().send(buf)
    }

    /// Sends a datagram to the socket at `target`, if there is room for it, and returns how
    /// many bytes.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is no room; those of `sendto(2)`.
    pub fn try_send_to<P: AsRef<Path>>(&mut self, buf: &[u8], target: P) -> io::Result<usize> {
        self.inner.engine().evented().get_ref().send_to(buf, target)
    }

    /// Receives a datagram, and returns how many bytes. What does not fit into `buf` is lost.
    ///
    /// # Errors
    ///
    /// Those of `recv(2)`; if the runtime of the socket has shut down.
    ///
    /// # Dropping
    ///
    /// Loses no datagram.
    pub async fn recv(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.inner.recv(buf).await
    }

    /// Receives a datagram, if there is one, and returns how many bytes.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is none; those of `recv(2)`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use std::io::ErrorKind;
    /// use tokio::net::UnixDatagram;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let (mut one, _other) = UnixDatagram::pair()?;
    ///     let received = one.try_recv(&mut [0; 8]);
    ///     assert_eq!(received.unwrap_err().kind(), ErrorKind::WouldBlock);
    ///     Ok(())
    /// }
    /// ```
    pub fn try_recv(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.inner.engine().evented().get_ref().recv(buf)
    }

    /// Sends a datagram to the socket at `target`, and returns how many bytes.
    ///
    /// # Errors
    ///
    /// Those of `sendto(2)`; if the runtime of the socket has shut down.
    ///
    /// # Dropping
    ///
    /// Nothing is sent.
    pub async fn send_to<P>(&mut self, buf: &[u8], target: P) -> io::Result<usize>
    where
        P: AsRef<Path> + Unpin,
    {
        self.inner.send_to(buf, target).await
    }

    /// Receives a datagram, and returns how many bytes, and from where. What does not fit into
    /// `buf` is lost.
    ///
    /// # Errors
    ///
    /// Those of `recvfrom(2)`; if the runtime of the socket has shut down.
    ///
    /// # Dropping
    ///
    /// Loses no datagram.
    pub async fn recv_from(&mut self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        let (n, from) = self.inner.recv_from(buf).await?;
        Ok((n, from.into()))
    }

    /// Receives a datagram, if there is one, and returns how many bytes, and from where.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is none; those of `recvfrom(2)`.
    pub fn try_recv_from(&mut self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.inner.engine().evented().get_ref().recv_from(buf)
    }

    /// Returns the address of this socket.
    ///
    /// # Errors
    ///
    /// Those of `getsockname(2)`.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr().map(SocketAddr::from)
    }

    /// Returns the address of the peer.
    ///
    /// # Errors
    ///
    /// Those of `getpeername(2)`.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.inner.peer_addr().map(SocketAddr::from)
    }

    /// Returns the error that is pending on the socket, and clears it.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.inner.take_error()
    }

    /// Ends receiving, sending or both.
    ///
    /// # Errors
    ///
    /// Those of `shutdown(2)`.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.inner.shutdown(how)
    }

    /// Parts the socket into a half that receives and a half that sends, which borrow it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::net::UnixDatagram;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let (mut one, mut other) = UnixDatagram::pair()?;
    ///     let (mut receive, mut send) = one.split();
    ///     send.send(b"ping").await?;
    ///     other.send(b"pong").await?;
    ///     assert_eq!(receive.recv(&mut [0; 8]).await?, 4);
    ///     Ok(())
    /// }
    /// ```
    pub fn split(&mut self) -> (RecvHalf<'_>, SendHalf<'_>) {
        (RecvHalf { socket: self }, SendHalf { socket: self })
    }

    /// Parts the socket into a half that receives and a half that sends, which can go separate
    /// ways.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::net::UnixDatagram;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let (one, mut other) = UnixDatagram::pair()?;
    ///     let (mut receive, mut send) = one.into_split();
    ///     let answer = tokio::spawn(async move { receive.recv(&mut [0; 8]).await });
    ///     other.send(b"abc").await?;
    ///     assert_eq!(answer.await.unwrap()?, 3);
    ///     send.send(b"x").await?;
    ///     Ok(())
    /// }
    /// ```
    pub fn into_split(self) -> (OwnedRecvHalf, OwnedSendHalf) {
        let socket = Arc::new(self);
        let recv = OwnedRecvHalf { socket: socket.clone() };
        (recv, OwnedSendHalf { socket, ends_on_drop: true })
    }
}

/// The half of a borrowed socket that receives.
#[derive(Debug)]
pub struct RecvHalf<'a> {
    socket: &'a UnixDatagram,
}

/// The half of a borrowed socket that sends.
#[derive(Debug)]
pub struct SendHalf<'a> {
    socket: &'a UnixDatagram,
}

/// The half of a socket that receives.
#[derive(Debug)]
pub struct OwnedRecvHalf {
    socket: Arc<UnixDatagram>,
}

/// The half of a socket that sends.
///
/// # Dropping
///
/// Ends sending, unless [`forget`](OwnedSendHalf::forget) does it.
#[derive(Debug)]
pub struct OwnedSendHalf {
    socket: Arc<UnixDatagram>,
    ends_on_drop: bool,
}

/// Returned when two halves are not of one socket. They are in here.
#[derive(Debug)]
pub struct ReuniteError(pub OwnedSendHalf, pub OwnedRecvHalf);

impl fmt::Display for ReuniteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tried to reunite halves that are not from the same socket")
    }
}

impl Error for ReuniteError {}

fn reunite(mut send: OwnedSendHalf, recv: OwnedRecvHalf) -> Result<UnixDatagram, ReuniteError> {
    if !Arc::ptr_eq(&send.socket, &recv.socket) {
        return Err(ReuniteError(send, recv));
    }
    send.ends_on_drop = false;
    drop(send);
    Ok(Arc::into_inner(recv.socket).expect("a socket has two halves"))
}

impl OwnedRecvHalf {
    /// Joins the halves again.
    ///
    /// # Errors
    ///
    /// If they are not of one socket.
    pub fn reunite(self, other: OwnedSendHalf) -> Result<UnixDatagram, ReuniteError> {
        reunite(other, self)
    }
}

impl OwnedSendHalf {
    /// Joins the halves again.
    ///
    /// # Errors
    ///
    /// If they are not of one socket.
    pub fn reunite(self, other: OwnedRecvHalf) -> Result<UnixDatagram, ReuniteError> {
        reunite(self, other)
    }

    /// Drops this half without an end to sending.
    pub fn forget(mut self) {
        self.ends_on_drop = false;
    }
}

impl Drop for OwnedSendHalf {
    fn drop(&mut self) {
        if self.ends_on_drop {
            // An error means that it has ended already.
            let _ = self.socket.shutdown(Shutdown::Write);
        }
    }
}

/// Receiving, by one half.
macro_rules! receives {
    ($($half:ty),*) => { $(
        impl $half {
            /// Works like [`UnixDatagram::recv_from`].
            ///
            /// # Errors
            ///
            /// As there.
            ///
            /// # Dropping
            ///
            /// Loses no datagram.
            pub async fn recv_from(&mut self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
                let (n, from) = self.socket.inner.recv_from(buf).await?;
                Ok((n, from.into()))
            }

            /// Works like [`UnixDatagram::recv`].
            ///
            /// # Errors
            ///
            /// As there.
            ///
            /// # Dropping
            ///
            /// Loses no datagram.
            pub async fn recv(&mut self, buf: &mut [u8]) -> io::Result<usize> {
                self.socket.inner.recv(buf).await
            }
        }

        impl AsRef<UnixDatagram> for $half {
            fn as_ref(&self) -> &UnixDatagram {
                &self.socket
            }
        }
    )* };
}

/// Sending, by the other.
macro_rules! sends {
    ($($half:ty),*) => { $(
        impl $half {
            /// Works like [`UnixDatagram::send_to`].
            ///
            /// # Errors
            ///
            /// As there.
            ///
            /// # Dropping
            ///
            /// Nothing is sent.
            pub async fn send_to<P>(&mut self, buf: &[u8], target: P) -> io::Result<usize>
            where
                P: AsRef<Path> + Unpin,
            {
                self.socket.inner.send_to(buf, target).await
            }

            /// Works like [`UnixDatagram::send`].
            ///
            /// # Errors
            ///
            /// As there.
            ///
            /// # Dropping
            ///
            /// Nothing is sent.
            pub async fn send(&mut self, buf: &[u8]) -> io::Result<usize> {
                self.socket.inner.send(buf).await
            }
        }

        impl AsRef<UnixDatagram> for $half {
            fn as_ref(&self) -> &UnixDatagram {
                &self.socket
            }
        }
    )* };
}

receives!(RecvHalf<'_>, OwnedRecvHalf);
sends!(SendHalf<'_>, OwnedSendHalf);
