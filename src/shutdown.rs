//! Ending a program well: a signal asks for it, tasks are notified, and have some time to end.
//!
//! [`run`] does all of it in one line. A [`Token`] is how tasks are notified; a chain or an async
//! block takes part by [`with_cancellation`](Cancellable::with_cancellation).
//!
//! Always true: a token that is cancelled stays so, and everyone who waits for it is woken.
//!
//! Why a token of its own? That of `tokio-util` is of tokio 1.x, on which this crate cannot
//! depend. It serves as well, by way of a closure; see [`Cancellation`].
//!
//! # Examples
//!
//! ```no_run
//! use futures::{Future, Stream};
//! use std::time::Duration;
//! use tokio::shutdown::{self, Cancellable};
//!
//! let report = shutdown::run(Duration::from_secs(10), |token| {
//!     let listener = tokio::net::TcpListener::bind(&"127.0.0.1:6142".parse().unwrap()).unwrap();
//!     let accept = listener.incoming().map_err(drop).for_each(|socket| {
//!         tokio::spawn(tokio::io::read_to_end(socket, Vec::new()).map(drop).map_err(drop))
//!     });
//!     // No more connections after the signal; those there are have ten seconds.
//!     accept.with_cancellation(&token).map(drop)
//! })?;
//! eprint!("{report}");
//! # Ok::<(), std::io::Error>(())
//! ```

mod cancellation;
mod signals;

#[cfg(unix)]
#[path = "shutdown/endings/unix.rs"]
mod endings;

#[cfg(windows)]
#[path = "shutdown/endings/windows.rs"]
mod endings;

pub use self::cancellation::{Cancellable, Cancellation, Cancelled, Token, WithCancellation};
pub use self::signals::{run, run_std};
#[doc(no_inline)]
pub use crate::runtime::{DroppedTask, ShutdownReport};
