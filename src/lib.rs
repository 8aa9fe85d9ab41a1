//! Runs programs written against tokio 0.1 on a present-day engine.
//!
//! A program chains futures, hands the chain to [`run`], and spawns more with [`spawn`].
//! `run` starts a work-stealing pool whose workers share a reactor and timers, and
//! returns when all spawned work is done. Futures of std are tasks of the same kind:
//! [`run_std`] and [`task::spawn_std`] take them as they are.
//!
//! What the upstream crate of this name and version offers, this one does, under the same
//! paths and feature names.
//!
//! # Examples
//!
//! An echo server:
//!
//! ```no_run
//! use tokio::io::copy;
//! use tokio::net::TcpListener;
//! use tokio::prelude::*;
//!
//! let listener = TcpListener::bind(&"127.0.0.1:12345".parse().unwrap())?;
//! let server = listener
//!     .incoming()
//!     .map_err(|e| eprintln!("cannot accept: {e}"))
//!     .for_each(|socket| {
//!         let (reader, writer) = socket.split();
//!         let echo = copy(reader, writer)
//!             .map(|(bytes, _, _)| println!("echoed {bytes} bytes"))
//!             .map_err(|e| eprintln!("connection lost: {e}"));
//!         tokio::spawn(echo)
//!     });
//! tokio::run(server);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Features
//!
//! The default features are those of the upstream crate. Beyond them: `buf`, `signal` and
//! `process` bring what the upstream family has in crates of their own; `futures03` lets
//! [`compat`] reach across to futures 0.3.

#![warn(missing_docs)]

#[cfg(feature = "current-thread")]
mod spawning;

#[cfg(feature = "rt-full")]
pub mod runtime;

#[cfg(feature = "current-thread")]
pub mod current_thread;
#[cfg(feature = "rt-full")]
pub mod executor;
#[cfg(feature = "rt-full")]
pub mod task;

#[cfg(feature = "inspect")]
pub mod inspect;

pub mod compat;

#[cfg(feature = "reactor")]
pub mod reactor;

#[cfg(any(feature = "tcp", feature = "udp", feature = "uds"))]
pub mod net;

#[cfg(feature = "io")]
pub mod io;

#[cfg(feature = "codec")]
pub mod codec;

#[cfg(feature = "buf")]
pub mod buf;

#[cfg(feature = "timer")]
pub mod clock;
#[cfg(feature = "timer")]
pub mod timer;

#[cfg(feature = "sync")]
pub mod sync;

#[cfg(any(feature = "fs", feature = "process", feature = "signal", feature = "sync"))]
mod both;
#[cfg(all(feature = "signal", unix))]
mod evented_fd;
#[cfg(feature = "fs")]
pub mod fs;
#[cfg(all(feature = "process", any(unix, windows)))]
pub mod process;
#[cfg(all(feature = "shutdown", any(unix, windows)))]
pub mod shutdown;
#[cfg(all(feature = "signal", any(unix, windows)))]
pub mod signal;

pub mod prelude;
pub mod util;

#[cfg(feature = "rt-full")]
pub use self::executor::spawn;
#[cfg(feature = "rt-full")]
pub use self::runtime::{run, run_std};
#[cfg(feature = "rt-full")]
pub use self::task::{spawn as spawn_handle, spawn_std as spawn_handle_std};

/// Spawns a std future on the executor of the current task.
///
/// [`spawn_handle_std`] gives a handle to its result, too.
///
/// # Panics
///
/// If this thread has no executor, or if that has shut down.
///
/// # Examples
///
/// ```
/// tokio::run_std(async {
///     tokio::spawn_std(async { println!("a task of its own") });
/// });
/// ```
///
/// A task goes from worker to worker, and may be there longer than whoever spawned it:
///
/// ```compile_fail,E0277
/// let local = std::rc::Rc::new(1);
/// tokio::spawn_std(async move { println!("{local}") });
/// ```
///
/// ```compile_fail,E0597
/// let local = String::from("on the stack");
/// let borrowed = local.as_str();
/// tokio::spawn_std(async move { println!("{borrowed}") });
/// ```
#[cfg(feature = "rt-full")]
#[track_caller]
pub fn spawn_std<F>(future: F)
where
    F: std::future::Future<Output = ()> + Send + 'static,
{
    task::start(tokio_executor::task::NewTask::new_std(future));
}
