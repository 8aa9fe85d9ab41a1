//! What children have on Windows only.

use super::{ChildStderr, ChildStdin, ChildStdout, Command};
use std::os::windows::io::{AsRawHandle, RawHandle};

impl Command {
    super::command::forwards! {
        /// Sets flags for the creation of the process, beside those that std sets.
        creation_flags(flags: u32);
    }
}

macro_rules! handles {
    ($($end:ident),*) => { $(
        impl AsRawHandle for $end {
            fn as_raw_handle(&self) -> RawHandle {
                self.inner.as_raw_handle()
            }
        }
    )* };
}

handles!(ChildStdin, ChildStdout, ChildStderr);
