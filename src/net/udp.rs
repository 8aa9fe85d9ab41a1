//! UDP: sockets that send and receive datagrams.
//!
//! [`UdpSocket`] has `poll_*` methods, and two that return futures, [`SendDgram`] and
//! [`RecvDgram`]. [`UdpFramed`] makes messages of datagrams.

mod socket;

mod send_dgram;

mod recv_dgram;

mod framed;

#[cfg(unix)]
mod fd;

pub use self::framed::UdpFramed;
pub use self::recv_dgram::RecvDgram;
pub use self::send_dgram::SendDgram;
pub use self::socket::UdpSocket;
