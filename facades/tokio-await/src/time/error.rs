//! What can go wrong with time.

use std::fmt;
use std::io;

/// The time was up before what it was for was done.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use std::time::Duration;
/// use tokio::runtime::Runtime;
/// use tokio::time::error::Elapsed;
/// use tokio::time::timeout;
///
/// async fn patient() -> Result<(), Elapsed> {
///     timeout(Duration::from_millis(1), std::future::pending()).await
/// }
///
/// assert!(Runtime::new().unwrap().block_on(patient()).is_err());
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct Elapsed(());

/// A timer could not serve. Nothing here returns this: a wait panics instead.
#[derive(Debug, Clone, Copy)]
pub struct Error(Reason);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Shutdown,
    AtCapacity,
    Invalid,
}

impl Elapsed {
    /// Returns the error for the timeouts of tokio 0.2.
    // Hidden: for the interface of tokio 0.2.
    #[doc(hidden)]
    pub fn new() -> Elapsed {
        Elapsed(())
    }
}

impl Error {
    /// Returns the error of a timer that has shut down.
    pub fn shutdown() -> Error {
        Error(Reason::Shutdown)
    }

    /// Returns whether the timer has shut down.
    pub fn is_shutdown(&self) -> bool {
        self.0 == Reason::Shutdown
    }

    /// Returns the error of a timer that holds as many entries as it can.
    pub fn at_capacity() -> Error {
        Error(Reason::AtCapacity)
    }

    /// Returns whether the timer holds as many entries as it can.
    pub fn is_at_capacity(&self) -> bool {
        self.0 == Reason::AtCapacity
    }

    /// Returns the error for a duration that the timer cannot wait for.
    pub fn invalid() -> Error {
        Error(Reason::Invalid)
    }

    /// Returns whether the duration is one that the timer cannot wait for.
    pub fn is_invalid(&self) -> bool {
        self.0 == Reason::Invalid
    }
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("deadline has elapsed")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Reason::Shutdown => {
                "the timer is shutdown, must be called from the context of Tokio runtime"
            }
            Reason::AtCapacity => "timer is at capacity and cannot create a new entry",
            Reason::Invalid => "timer duration exceeds maximum duration",
        })
    }
}

impl std::error::Error for Elapsed {}

impl std::error::Error for Error {}

impl From<Elapsed> for io::Error {
    fn from(_: Elapsed) -> io::Error {
        io::ErrorKind::TimedOut.into()
    }
}
