//! What children need of Windows.

mod exit;
mod pipe;

#[expect(unsafe_code, reason = "asks the operating system for what std has no call for")]
mod sys;

pub(super) use self::exit::Exit;
pub(super) use self::pipe::Pipe;

use super::Child;
use std::os::windows::io::{AsRawHandle, RawHandle};

/// Takes over a child that nobody waits for. Windows keeps nothing of a process to which there
/// is no handle.
pub(super) fn adopt(child: std::process::Child) {
    drop(child);
}

impl AsRawHandle for Child {
    fn as_raw_handle(&self) -> RawHandle {
        self.std().as_raw_handle()
    }
}
