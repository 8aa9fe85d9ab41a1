//! Why a timer could not serve.

use std::error;
use std::fmt;

/// The timer could not serve: it is gone, or it is full.
///
/// # Examples
///
/// ```
/// use tokio::timer::Error;
///
/// assert!(Error::shutdown().is_shutdown());
/// ```
pub struct Error {
    reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    Shutdown,
    AtCapacity,
}

impl Error {
    /// Returns the error that says that the timer has shut down, or there is none on this thread.
    pub fn shutdown() -> Error {
        Error { reason: Reason::Shutdown }
    }

    /// Returns whether the timer has shut down, or there is none on this thread.
    pub fn is_shutdown(&self) -> bool {
        self.reason == Reason::Shutdown
    }

    /// Returns the error that says that the timer holds as many entries as it can.
    ///
    /// Our timers have no such bound and never return this.
    pub fn at_capacity() -> Error {
        Error { reason: Reason::AtCapacity }
    }

    /// Returns whether the timer holds as many entries as it can.
    pub fn is_at_capacity(&self) -> bool {
        self.reason == Reason::AtCapacity
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Error").field(&self.reason).finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.reason {
            Reason::Shutdown => {
                "timer is shutdown: no timer runs on this thread, or it has shut down"
            }
            Reason::AtCapacity => "timer is at capacity and cannot create a new entry",
        })
    }
}

impl error::Error for Error {
    fn description(&self) -> &str {
        match self.reason {
            Reason::Shutdown => "timer is shutdown",
            Reason::AtCapacity => "timer is at capacity and cannot create a new entry",
        }
    }
}
