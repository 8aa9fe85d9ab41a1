//! What stands on Windows in place of `unix`.

use std::io;

/// Does nothing: the mode of a socket cannot be asked for there.
#[expect(clippy::unnecessary_wraps, reason = "on Unix the mode is asked for, which may fail")]
pub(crate) fn refuse_blocking<T>(_: &T) -> io::Result<()> {
    Ok(())
}

/// The descriptor of a socket, which has none there.
macro_rules! descriptor {
    ($socket:ident) => {};
}

pub(crate) use descriptor;
