//! Listeners on one address, one for each reactor of a runtime.
//!
//! Called by `TcpListener::bind_sharded`, and by the one of tokio 1.x.
//!
//! Always true: all are bound to one port, and listen, before the first is returned.
//!
//! Why a socket for each? The system then spreads connections over them (`SO_REUSEPORT`), and no
//! worker waits for another one's listener.

use super::TcpListener;
use std::io;
use std::net::SocketAddr;
use tokio_reactor::{Handle, PollEvented};

/// Listens on `addr` once for each of `reactors`.
pub(super) fn bind(mut addr: SocketAddr, reactors: &[Handle]) -> io::Result<Vec<TcpListener>> {
    if let [only] = reactors {
        return Ok(vec![shard(mio1::net::TcpListener::bind(addr)?, only)?]);
    }
    let mut shards = Vec::with_capacity(reactors.len());
    for reactor in reactors {
        let listener = listen(addr)?;
        // The system has picked the port by now.
        addr = listener.local_addr()?;
        shards.push(shard(listener, reactor)?);
    }
    Ok(shards)
}

fn shard(listener: mio1::net::TcpListener, reactor: &Handle) -> io::Result<TcpListener> {
    let io = PollEvented::new_with_handle(listener, reactor)?;
    Ok(TcpListener { io, is_shard: true })
}

#[cfg(any(target_os = "linux", target_os = "android"))]
use self::reuse_port::listen;

#[cfg(any(target_os = "linux", target_os = "android"))]
mod reuse_port {
    use socket2::{Domain, Protocol, Socket, Type};
    use std::io;
    use std::net::SocketAddr;

    /// How many connections may wait to be accepted, by each listener: as many as mio has.
    const BACKLOG: i32 = 1024;

    pub(super) fn listen(addr: SocketAddr) -> io::Result<mio1::net::TcpListener> {
        let kind = Type::STREAM.nonblocking().cloexec();
        let socket = Socket::new(Domain::for_address(addr), kind, Some(Protocol::TCP))?;
        socket.set_reuse_address(true)?;
        socket.set_reuse_port(true)?;
        socket.bind(&addr.into())?;
        socket.listen(BACKLOG)?;
        Ok(mio1::net::TcpListener::from_std(socket.into()))
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
use self::no_reuse_port::listen;

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod no_reuse_port {
    use std::io;
    use std::net::SocketAddr;

    /// Not called: a runtime has one reactor there.
    pub(super) fn listen(_addr: SocketAddr) -> io::Result<mio1::net::TcpListener> {
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "cannot bind a listener for each reactor: only Linux and Android spread connections",
        ))
    }
}
