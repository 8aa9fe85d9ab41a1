//! What of files there is on Unix only.

use super::{DirBuilder, DirEntry, OpenOptions};
use std::os::unix::fs::DirEntryExt;

/// What a [`DirBuilder`] can do on Unix only.
pub trait DirBuilderExt {
    /// Sets the mode of new directories; the default is 0o777.
    fn mode(&mut self, mode: u32) -> &mut Self;
}

impl DirBuilderExt for DirBuilder {
    fn mode(&mut self, mode: u32) -> &mut DirBuilder {
        self.inner.mode(mode);
        self
    }
}

/// What [`OpenOptions`] have on Unix only.
pub trait OpenOptionsExt {
    /// Sets the mode of a new file; the default is 0o666.
    fn mode(&mut self, mode: u32) -> &mut Self;

    /// Sets more flags for `open(2)`; those of the access mode are ignored.
    fn custom_flags(&mut self, flags: i32) -> &mut Self;
}

impl OpenOptionsExt for OpenOptions {
    fn mode(&mut self, mode: u32) -> &mut OpenOptions {
        self.inner.mode(mode);
        self
    }

    fn custom_flags(&mut self, flags: i32) -> &mut OpenOptions {
        self.inner.custom_flags(flags);
        self
    }
}

impl DirEntryExt for DirEntry {
    fn ino(&self) -> u64 {
        self.inner.ino()
    }
}
