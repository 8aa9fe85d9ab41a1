//! Sockets: TCP, UDP, and those of Unix.

pub use tokio_await::net::{
    lookup_host, tcp, TcpListener, TcpSocket, TcpStream, ToSocketAddrs, UdpSocket,
};
#[cfg(unix)]
pub use tokio_await::net::{unix, UnixDatagram, UnixListener, UnixSocket, UnixStream};
