//! What children have on Windows only.

use super::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use crate::handles::has_handle;
use std::ffi::OsStr;
use std::io;
use std::os::windows::io::{AsRawHandle, OwnedHandle, RawHandle};
use std::os::windows::process::CommandExt as _;
use std::process::{self, Stdio};

impl Command {
    super::command::as_in_std! {
        /// Sets flags for the creation of the process, beside those that std sets.
        creation_flags(flags: u32);
        /// Adds text to the command line as it stands, without quotes.
        raw_arg<S: AsRef<OsStr>>(text: S);
    }
}

impl Child {
    /// Returns the handle of the process; none once its exit was seen.
    pub fn raw_handle(&self) -> Option<RawHandle> {
        self.running().map(AsRawHandle::as_raw_handle)
    }
}

macro_rules! handles {
    ($($end:ident),*) => { $(
        impl $end {
            /// Returns the handle, for overlapped I/O, as std has made it.
            ///
            /// # Errors
            ///
            /// If it was read or written before: Windows does not let it leave the runtime.
            pub fn into_owned_handle(self) -> io::Result<OwnedHandle> {
                self.inner.into_owned_handle()
            }
        }

        impl TryInto<Stdio> for $end {
            type Error = io::Error;

            /// By way of std's type, which has a thread that passes on what is written: a
            /// child cannot use a handle for overlapped I/O.
            fn try_into(self) -> io::Result<Stdio> {
                let handle = self.into_owned_handle()?;
                Ok(Stdio::from(process::$end::from(handle)))
            }
        }

        has_handle!($end, inner);
    )* };
}

handles!(ChildStdin, ChildStdout, ChildStderr);
