//! Urgent data, which tokio 1.x lets programs name on Linux only.

use super::{Interest, Ready};

impl Interest {
    /// There is urgent data to read.
    pub const PRIORITY: Interest = Interest::URGENT;

    /// Returns whether urgent data is waited for.
    pub const fn is_priority(self) -> bool {
        self.has_priority()
    }
}

impl Ready {
    /// There is urgent data to read.
    pub const PRIORITY: Ready = Ready::URGENT;

    /// Returns whether there is urgent data to read.
    pub fn is_priority(self) -> bool {
        self.intersects(Ready::URGENT)
    }
}
