//! Why an executor would not take a task.

use std::error::Error;
use std::fmt;

/// An executor refused a task.
///
/// The future that was to be spawned has been dropped.
///
/// # Examples
///
/// ```
/// use futures::future;
/// use tokio_executor::{DefaultExecutor, Executor};
///
/// // This thread has no executor.
/// let refused = DefaultExecutor::current().spawn(Box::new(future::ok(()))).unwrap_err();
/// assert!(refused.is_shutdown());
/// ```
pub struct SpawnError {
    reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    Shutdown,
    AtCapacity,
    NoThread,
}

impl SpawnError {
    /// Returns the error that says that the executor has shut down, or there is none on this
    /// thread.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use tokio_executor::{Executor, SpawnError};
    ///
    /// struct Closed;
    ///
    /// impl Executor for Closed {
    ///     fn spawn(
    ///         &mut self,
    ///         _: Box<dyn Future<Item = (), Error = ()> + Send>,
    ///     ) -> Result<(), SpawnError> {
    ///         Err(SpawnError::shutdown())
    ///     }
    /// }
    ///
    /// assert!(Closed.spawn(Box::new(futures::future::ok(()))).unwrap_err().is_shutdown());
    /// ```
    pub fn shutdown() -> SpawnError {
        SpawnError { reason: Reason::Shutdown }
    }

    /// Returns the error that says that the executor holds as many tasks as it can.
    pub fn at_capacity() -> SpawnError {
        SpawnError { reason: Reason::AtCapacity }
    }

    /// Returns the error that says that the system refuses the executor its first thread: one
    /// that is at capacity with no task.
    // Hidden: for the pool.
    #[doc(hidden)]
    pub fn no_thread() -> SpawnError {
        SpawnError { reason: Reason::NoThread }
    }

    /// Returns whether the executor has shut down, or there is none on this thread.
    pub fn is_shutdown(&self) -> bool {
        self.reason == Reason::Shutdown
    }

    /// Returns whether the executor holds as many tasks as it can: also if that is none, since the
    /// system refuses it a thread.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_executor::SpawnError;
    ///
    /// assert!(SpawnError::at_capacity().is_at_capacity());
    /// assert!(!SpawnError::shutdown().is_at_capacity());
    /// ```
    pub fn is_at_capacity(&self) -> bool {
        self.reason != Reason::Shutdown
    }
}

/// How upstream tokio 0.1 reports every refusal; logs and tests of its users match it.
const REFUSED: &str = "attempted to spawn task while the executor is at capacity or shut down";

impl fmt::Debug for SpawnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpawnError").field("is_shutdown", &self.is_shutdown()).finish()
    }
}

impl fmt::Display for SpawnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REFUSED)?;
        f.write_str(match self.reason {
            Reason::Shutdown => ": no executor runs on this thread, or it has shut down",
            Reason::AtCapacity => ": it holds as many tasks as it can",
            Reason::NoThread => ": the system lets it start no thread",
        })
    }
}

impl Error for SpawnError {
    fn description(&self) -> &str {
        REFUSED
    }
}
