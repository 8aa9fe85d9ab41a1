//! Why an executor would not take a task.

use std::error::Error;
use std::fmt;

/// An executor refused a task.
///
/// The future that was to be spawned has been dropped.
pub struct SpawnError {
    reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    Shutdown,
    AtCapacity,
}

impl SpawnError {
    /// The executor has shut down, or there is none on this thread.
    pub fn shutdown() -> SpawnError {
        SpawnError { reason: Reason::Shutdown }
    }

    /// The executor holds as many tasks as it can.
    pub fn at_capacity() -> SpawnError {
        SpawnError { reason: Reason::AtCapacity }
    }

    /// Whether the executor has shut down, or there is none on this thread.
    pub fn is_shutdown(&self) -> bool {
        self.reason == Reason::Shutdown
    }

    /// Whether the executor holds as many tasks as it can.
    pub fn is_at_capacity(&self) -> bool {
        self.reason == Reason::AtCapacity
    }
}

impl fmt::Debug for SpawnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SpawnError").field(&self.reason).finish()
    }
}

impl fmt::Display for SpawnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.reason {
            Reason::Shutdown => {
                "cannot spawn: no executor runs on this thread, or it has shut down"
            }
            Reason::AtCapacity => "cannot spawn: the executor is at capacity",
        })
    }
}

impl Error for SpawnError {}
