//! An option of TCP that Linux has.

use super::TcpStream;
use socket2::SockRef;
use std::io;

impl TcpStream {
    /// Returns whether acknowledgements are sent at once.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn quickack(&self) -> io::Result<bool> {
        SockRef::from(self.evented().get_ref()).tcp_quickack()
    }

    /// Sets whether acknowledgements are sent at once. The system may go back to its own ways.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn set_quickack(&self, quickack: bool) -> io::Result<()> {
        SockRef::from(self.evented().get_ref()).set_tcp_quickack(quickack)
    }
}
