//! Names that mio 0.6 kept for programs older still.

#[deprecated(since = "0.6.5", note = "use events:: instead")]
pub use crate::event::{Event, Evented};

#[deprecated(since = "0.6.5", note = "use events::Iter instead")]
pub use crate::event::Iter as EventsIter;

#[deprecated(since = "0.6.5", note = "use iovec crate directly")]
pub use iovec::IoVec;

/// Returns an error of the kind `WouldBlock`.
#[deprecated(since = "0.6.5", note = "std::io::Error can avoid the allocation now")]
pub fn would_block() -> std::io::Error {
    std::io::ErrorKind::WouldBlock.into()
}

/// TCP sockets.
#[deprecated(since = "0.6.6", note = "use net module instead")]
pub mod tcp {
    pub use crate::net::{TcpListener, TcpStream};
    pub use std::net::Shutdown;
}

/// UDP sockets.
#[deprecated(since = "0.6.6", note = "use net module instead")]
pub mod udp {
    pub use crate::net::UdpSocket;
    pub use std::net::{Ipv4Addr, Ipv6Addr};
}
