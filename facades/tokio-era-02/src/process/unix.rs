//! What children have on Unix only.

use super::{ChildStderr, ChildStdin, ChildStdout, Command};
use std::os::fd::{AsRawFd, RawFd};

impl Command {
    super::command::forwards! {
        /// Sets the user that the child runs as.
        uid(id: u32);
        /// Sets the group that the child runs as.
        gid(id: u32);
    }
}

macro_rules! descriptors {
    ($($end:ident),*) => { $(
        impl AsRawFd for $end {
            fn as_raw_fd(&self) -> RawFd {
                self.inner.as_raw_fd()
            }
        }
    )* };
}

descriptors!(ChildStdin, ChildStdout, ChildStderr);
