//! std's own trait for what an entry is on Unix.

use super::DirEntry;
use std::os::unix::fs::DirEntryExt;

impl DirEntryExt for DirEntry {
    fn ino(&self) -> u64 {
        self.0.ino()
    }
}
