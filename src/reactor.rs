//! Waits for the operating system's events and hands them to I/O sources.
//!
//! Most programs never come here: sockets register themselves with the reactor of the
//! task that polls them. Authors of I/O drivers wrap their source in a
//! [`PollEvented2`], or hold a [`Registration`].
//!
//! # Examples
//!
//! ```
//! use std::time::Duration;
//! use tokio::reactor::Reactor;
//!
//! let mut reactor = Reactor::new()?;
//! reactor.turn(Some(Duration::from_millis(1)))?;
//! # Ok::<(), std::io::Error>(())
//! ```

mod poll_evented;

#[allow(deprecated)]
#[doc(hidden)]
pub use self::poll_evented::PollEvented;
pub use tokio_reactor::{
    Background, Handle, PollEvented as PollEvented2, Reactor, Registration, SetFallbackError,
    Shutdown, Turn,
};
