//! What of files there is on Unix only.

use super::{DirBuilder, DirEntry, File};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, DirEntryExt};

pub(super) fn set_mode(options: &mut std::fs::DirBuilder, mode: u32) {
    options.mode(mode);
}

impl DirBuilder {
    /// Sets who may do what with it, before the process's mask.
    pub fn mode(&mut self, mode: u32) -> &mut DirBuilder {
        self.mode = Some(mode);
        self
    }
}

impl DirEntry {
    /// Returns the number of its inode.
    pub fn ino(&self) -> u64 {
        self.std.ino()
    }
}

impl From<OwnedFd> for File {
    fn from(fd: OwnedFd) -> File {
        File::from_std(fd.into())
    }
}
