//! Methods that mio 0.6 has deprecated, and that old dependents call.

use super::{TcpListener, TcpStream};
use std::io;
use std::net::{self, SocketAddr};
use std::time::Duration;

impl TcpStream {
    /// Works like [`set_keepalive`](TcpStream::set_keepalive), in milliseconds.
    #[deprecated(since = "0.6.9", note = "use set_keepalive")]
    #[doc(hidden)]
    pub fn set_keepalive_ms(&self, keepalive: Option<u32>) -> io::Result<()> {
        self.set_keepalive(keepalive.map(|ms| Duration::from_millis(ms.into())))
    }

    /// Works like [`keepalive`](TcpStream::keepalive), in milliseconds.
    #[deprecated(since = "0.6.9", note = "use keepalive")]
    #[doc(hidden)]
    pub fn keepalive_ms(&self) -> io::Result<Option<u32>> {
        let keepalive = self.keepalive()?;
        Ok(keepalive.map(|idle| idle.as_millis().try_into().unwrap_or(u32::MAX)))
    }
}

impl TcpListener {
    /// Works like [`from_std`](TcpListener::from_std).
    #[deprecated(since = "0.6.13", note = "use from_std instead")]
    #[doc(hidden)]
    pub fn from_listener(listener: net::TcpListener, _: &SocketAddr) -> io::Result<TcpListener> {
        TcpListener::from_std(listener)
    }
}
