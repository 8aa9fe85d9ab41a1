//! When a file was read and changed.

use std::fs;
use std::time::SystemTime;

/// Which of a file's times to set, and to what.
#[derive(Clone, Debug, Default)]
pub struct FileTimes(fs::FileTimes);

impl FileTimes {
    /// Creates one that sets none.
    pub fn new() -> FileTimes {
        FileTimes::default()
    }

    /// Sets when it was read last.
    pub fn set_accessed(self, t: SystemTime) -> FileTimes {
        FileTimes(self.0.set_accessed(t))
    }

    /// Sets when it was changed last.
    pub fn set_modified(self, t: SystemTime) -> FileTimes {
        FileTimes(self.0.set_modified(t))
    }

    pub(super) fn std(self) -> fs::FileTimes {
        self.0
    }
}
