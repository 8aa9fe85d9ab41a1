//! What children have on Unix only.

use super::{ChildStderr, ChildStdin, ChildStdout, Command};
use crate::handles::has_handle;
use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::process::Stdio;

impl Command {
    super::command::as_in_std! {
        /// Sets the child's user.
        uid(id: u32);
        /// Sets the child's group.
        gid(id: u32);
        /// Sets the name that the child finds as its own.
        arg0<S: AsRef<OsStr>>(arg: S);
        /// Puts the child into a process group; 0 makes one of its own.
        process_group(pgroup: i32);
    }
}

macro_rules! descriptors {
    ($($end:ident),*) => { $(
        impl $end {
            /// Returns the descriptor, in blocking mode, as a child process expects it.
            ///
            /// # Errors
            ///
            /// If the operating system does not let it go.
            pub fn into_owned_fd(self) -> io::Result<OwnedFd> {
                self.inner.into_owned_fd()
            }
        }

        impl TryInto<Stdio> for $end {
            type Error = io::Error;

            fn try_into(self) -> io::Result<Stdio> {
                self.into_owned_fd().map(Stdio::from)
            }
        }

        has_handle!($end, inner);
    )* };
}

descriptors!(ChildStdin, ChildStdout, ChildStderr);
