//! Why an executor stopped before it was done.

use std::error::Error;
use std::fmt;
use tokio_executor::EnterError;

/// The parker failed while an executor ran its tasks to the end.
///
/// # Examples
///
/// ```
/// use tokio::runtime::current_thread::Runtime;
///
/// let mut runtime = Runtime::new().unwrap();
/// runtime.run().expect("neither the reactor nor a timer has failed");
/// ```
#[derive(Debug)]
pub struct RunError {
    _private: (),
}

/// The time was up before all tasks were done, or the parker failed.
///
/// # Examples
///
/// ```
/// use futures::future;
/// use std::time::Duration;
/// use tokio::current_thread::CurrentThread;
///
/// let mut executor = CurrentThread::new();
/// executor.spawn(future::empty());
/// assert!(executor.run_timeout(Duration::from_millis(1)).unwrap_err().is_timeout());
/// ```
#[derive(Debug)]
pub struct RunTimeoutError {
    timeout: bool,
}

/// The parker failed in a turn of an executor.
#[derive(Debug)]
pub struct TurnError {
    _private: (),
}

/// The future that was blocked on ended in an error, or the parker failed before it
/// ended.
///
/// # Examples
///
/// ```
/// use futures::future;
/// use tokio::current_thread::CurrentThread;
///
/// let failed = CurrentThread::new().block_on(future::err::<(), _>("why"));
/// assert_eq!(failed.unwrap_err().into_inner(), Some("why"));
/// ```
#[derive(Debug)]
pub struct BlockError<T> {
    inner: Option<T>,
}

/// Why the loop of an executor ended early.
#[derive(Debug)]
pub(super) enum Stopped {
    TimeIsUp,
    ParkFailed,
}

impl RunError {
    pub(super) fn new() -> RunError {
        RunError { _private: () }
    }
}

impl RunTimeoutError {
    pub(super) fn new(stopped: Stopped) -> RunTimeoutError {
        RunTimeoutError { timeout: matches!(stopped, Stopped::TimeIsUp) }
    }

    /// Returns whether the time was up.
    pub fn is_timeout(&self) -> bool {
        self.timeout
    }
}

impl TurnError {
    pub(super) fn new() -> TurnError {
        TurnError { _private: () }
    }
}

impl<T> BlockError<T> {
    pub(super) fn new(inner: Option<T>) -> BlockError<T> {
        BlockError { inner }
    }

    /// Returns the error of the future, or `None` if the executor failed.
    pub fn into_inner(self) -> Option<T> {
        self.inner
    }
}

impl From<EnterError> for RunTimeoutError {
    fn from(_: EnterError) -> RunTimeoutError {
        RunTimeoutError { timeout: false }
    }
}

impl<T> From<EnterError> for BlockError<T> {
    fn from(_: EnterError) -> BlockError<T> {
        BlockError { inner: None }
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Run error: the thread could not be parked")
    }
}

impl fmt::Display for RunTimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.timeout {
            "Run timeout error (timeout): tasks are left"
        } else {
            "Run timeout error (not timeout): the thread could not be parked"
        })
    }
}

impl fmt::Display for TurnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Turn error: the thread could not be parked")
    }
}

impl<T> fmt::Display for BlockError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.inner {
            Some(_) => "Block error: the future ended in an error",
            None => "Block error: the executor failed",
        })
    }
}

impl Error for RunError {}
impl Error for RunTimeoutError {}
impl Error for TurnError {}
impl<T: fmt::Debug> Error for BlockError<T> {}
