//! Signals to this process, as streams.
//!
//! [`ctrl_c`] is what most programs need; on Unix, `unix::Signal` listens to any signal that
//! may be caught, and on Windows `windows::Event` to what the console reports. Each listener
//! receives every signal that comes after it began to listen, whatever becomes of other listeners
//! and of the runtimes they live on.
//!
//! The operating system merges signals of a number that come in quick succession, and so
//! do these streams: they tell that there was one since the last time, not how many.
//!
//! The first listener to a signal replaces, for good, what the process would otherwise
//! do on it, such as ending on an interrupt. Handlers that were installed before are
//! still called.
//!
//! # Examples
//!
//! Stop at the first interrupt:
//!
//! ```no_run
//! use futures::{Future, Stream};
//!
//! let interrupt = tokio::signal::ctrl_c()
//!     .flatten_stream()
//!     .into_future()
//!     .map(|_| println!("interrupted"))
//!     .map_err(|(e, _)| eprintln!("cannot listen: {e}"));
//! tokio::run(interrupt);
//! ```

#[cfg(any(windows, test))]
mod deliveries;
#[cfg(unix)]
pub mod unix;
#[cfg(windows)]
#[expect(unsafe_code, reason = "installs a console handler")]
pub mod windows;

#[cfg(unix)]
use self::unix::interrupts;
#[cfg(windows)]
use self::windows::interrupts;
use futures::{Future, Stream};
use std::io;
use tokio_reactor::Handle;

/// A boxed future that yields a `T` or an I/O error.
pub type IoFuture<T> = Box<dyn Future<Item = T, Error = io::Error> + Send>;

/// A boxed stream of `T`s that may fail with an I/O error.
pub type IoStream<T> = Box<dyn Stream<Item = T, Error = io::Error> + Send>;

/// Begins, when polled, to listen to the interrupts that a terminal sends on Ctrl-C;
/// resolves to their stream.
///
/// The interrupt does not end the process any more from then on, even if the stream is
/// dropped.
///
/// # Errors
///
/// Those of the listener: `unix::Signal::listen`, or `windows::Event::listen`.
///
/// # Examples
///
/// ```no_run
/// use futures::{Future, Stream};
///
/// let twice = tokio::signal::ctrl_c()
///     .flatten_stream()
///     .take(2)
///     .for_each(|()| Ok(println!("interrupted")))
///     .map_err(|error| eprintln!("cannot listen: {error}"));
/// tokio::run(twice);
/// ```
pub fn ctrl_c() -> IoFuture<IoStream<()>> {
    ctrl_c_handle(&Handle::default())
}

/// Works like [`ctrl_c`], with `handle`'s reactor.
///
/// # Errors
///
/// Those of the listener: `unix::Signal::listen`, or `windows::Event::listen`.
pub fn ctrl_c_handle(handle: &Handle) -> IoFuture<IoStream<()>> {
    Box::new(
        interrupts(handle).map(|interrupts| -> IoStream<()> { Box::new(interrupts.map(drop)) }),
    )
}

#[cfg(all(test, unix))]
#[expect(unsafe_code, reason = "sends signals, and forks")]
mod tests;
