//! Which clock a runtime goes by.

use super::{Clock, Source};

impl Clock {
    /// The clock for a new runtime: one that a user set for this thread, or else the system's.
    /// Another runtime's time is no business of the new one.
    pub(crate) fn for_new_runtime() -> Clock {
        match Clock::new().source {
            Source::Custom(now) => Clock { source: Source::Custom(now) },
            _ => Clock::system(),
        }
    }

    /// This clock if it was chosen, else one that can be paused.
    pub(crate) fn or_pausable(&self) -> Clock {
        match &self.source {
            Source::System => Clock::pausable(),
            _ => self.clone(),
        }
    }
}
