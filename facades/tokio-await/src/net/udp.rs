//! UDP.

use super::address::{first_of, resolve};
use super::ToSocketAddrs;
use std::future::{poll_fn, ready};
use std::io;
use std::net::SocketAddr;

/// A socket for datagrams.
///
/// Its methods take it shared: several tasks can use it at once, one for sending and one
/// for receiving.
///
/// # Dropping
///
/// Closes it.
#[derive(Debug)]
pub struct UdpSocket {
    inner: tokio::net::UdpSocket,
}

impl UdpSocket {
    /// Binds to the first of `address` that is free.
    ///
    /// # Errors
    ///
    /// If a name cannot be looked up, or the last error of the system.
    pub async fn bind<A: ToSocketAddrs>(address: A) -> io::Result<UdpSocket> {
        first_of(address, |address| {
            ready(tokio::net::UdpSocket::bind(&address).map(UdpSocket::from))
        })
        .await
    }

    /// Sets who [`send`](UdpSocket::send) sends to, and who is heard.
    ///
    /// # Errors
    ///
    /// If a name cannot be looked up, or the last error of the system.
    pub async fn connect<A: ToSocketAddrs>(&self, address: A) -> io::Result<()> {
        first_of(address, |address| ready(self.inner.connect(&address))).await
    }

    /// Sends a datagram to whom the socket is connected to.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub async fn send(&self, datagram: &[u8]) -> io::Result<usize> {
        poll_fn(|cx| self.inner.poll_send_cx(&cx.into(), datagram)).await
    }

    /// Receives a datagram from whom the socket is connected to. What does not fit into
    /// `buf` is lost.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub async fn recv(&self, buf: &mut [u8]) -> io::Result<usize> {
        poll_fn(|cx| self.inner.poll_recv_cx(&cx.into(), buf)).await
    }

    /// Sends a datagram.
    ///
    /// # Errors
    ///
    /// If a name cannot be looked up, or those of the system.
    pub async fn send_to<A: ToSocketAddrs>(&self, datagram: &[u8], to: A) -> io::Result<usize> {
        let to = resolve(to).await?[0];
        poll_fn(|cx| self.inner.poll_send_to_cx(&cx.into(), datagram, &to)).await
    }

    /// Receives a datagram, and says from whom. What does not fit into `buf` is lost.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub async fn recv_from(&self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        poll_fn(|cx| self.inner.poll_recv_from_cx(&cx.into(), buf)).await
    }

    /// The address it is bound to.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }
}

impl From<tokio::net::UdpSocket> for UdpSocket {
    fn from(inner: tokio::net::UdpSocket) -> UdpSocket {
        UdpSocket { inner }
    }
}

impl From<UdpSocket> for tokio::net::UdpSocket {
    fn from(socket: UdpSocket) -> tokio::net::UdpSocket {
        socket.inner
    }
}
