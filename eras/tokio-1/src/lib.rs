//! tokio 1.x's interface, by its name, over the engine that runs tokio 0.1.
//!
//! `[patch.crates-io]` puts this package under programs and libraries that ask for tokio
//! 1.x. It holds names only: the code is in `facades/tokio-await`, where each item is
//! documented, over the same engine as tokio 0.1's interface.
//!
//! A feature shows a module, as in tokio; it never changes what the module does.
//!
//! Always true: without `--cfg tokio_unstable` each module has the names that tokio's has, and no
//! more: one more could be ambiguous for a program that imports all names of two modules. What is
//! ours alone, or unstable in tokio, is named one by one in the modules here that are files.

pub mod io;
#[cfg(feature = "net")]
pub mod net;
#[cfg(feature = "rt")]
pub mod runtime;
pub mod task;

pub use tokio_await::{pin, stream};

/// What the macros expand to.
// Hidden: what a macro expands to.
#[doc(hidden)]
pub mod macros {
    pub use tokio_await::macros::support;
}

#[cfg(feature = "fs")]
pub use tokio_await::fs;
#[cfg(all(feature = "macros", feature = "rt", not(feature = "rt-multi-thread")))]
pub use tokio_await::macros::{main_rt as main, test_rt as test};
#[cfg(all(feature = "process", any(unix, windows)))]
pub use tokio_await::process;
#[cfg(all(feature = "signal", any(unix, windows)))]
pub use tokio_await::signal;
#[cfg(feature = "sync")]
pub use tokio_await::sync;
#[cfg(feature = "time")]
pub use tokio_await::time;
#[cfg(feature = "macros")]
pub use tokio_await::{join, select, try_join};
#[cfg(all(feature = "macros", feature = "rt-multi-thread"))]
pub use tokio_await::{main, test};
#[cfg(feature = "rt")]
pub use tokio_await::{spawn, task_local};
