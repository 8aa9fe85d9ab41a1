//! What stands on Windows in place of `unix`.

use std::io;

/// Does nothing: the mode of a socket cannot be asked for there.
#[expect(clippy::unnecessary_wraps, reason = "on Unix the mode is asked for, which may fail")]
pub(crate) fn refuse_blocking<T>(_: &T) -> io::Result<()> {
    Ok(())
}

/// What gives the handle of a socket, in place of its descriptor.
macro_rules! descriptor {
    ($socket:ident) => {
        impl std::os::windows::io::AsRawSocket for $socket {
            fn as_raw_socket(&self) -> std::os::windows::io::RawSocket {
                self.evented().get_ref().as_raw_socket()
            }
        }

        impl std::os::windows::io::AsSocket for $socket {
            fn as_socket(&self) -> std::os::windows::io::BorrowedSocket<'_> {
                self.evented().get_ref().as_socket()
            }
        }
    };
}

pub(crate) use descriptor;
