//! Signals to this process.
//!
//! The first listener to a signal replaces, for good, what the process would otherwise do
//! on it. Signals that come in quick succession are reported once.

#[cfg(unix)]
pub mod unix;
#[cfg(windows)]
pub mod windows;

#[cfg(unix)]
use self::unix::interrupt;
#[cfg(windows)]
use self::windows::interrupt;
use std::io;

/// Waits for an interrupt, as a terminal sends it on Ctrl-C.
///
/// Listens from its first poll on, and reports nothing from before; each call is a listener
/// of its own.
///
/// # Errors
///
/// If the process has too many descriptors, or the reactor is gone; on Windows, if the system
/// refuses the handler.
///
/// # Dropping
///
/// Stops listening; the process does not end on an interrupt all the same.
///
/// # Examples
///
/// ```no_run
/// # use tokio_await as tokio;
/// tokio::runtime::Runtime::new()?.block_on(async {
///     tokio::signal::ctrl_c().await?;
///     println!("interrupted");
///     Ok::<(), std::io::Error>(())
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub async fn ctrl_c() -> io::Result<()> {
    interrupt().await
}
