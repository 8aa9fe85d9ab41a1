//! tokio 0.2's interface, where it differs from 1.x's.
//!
//! What the two eras share is `tokio-await`'s, re-exported. Each file here is a difference:
//! I/O traits over `bytes` 0.5, receivers that are streams, a runtime that is entered by a
//! closure. `eras/tokio-02` shows all of it under the name `tokio`.
//!
//! A type that has the same methods in both eras is one type. Where the methods differ, this
//! crate wraps what 1.x's type wraps, the engine's, and converts to and from it.

pub mod runtime;
pub mod task;

mod handles;
pub mod io;
pub mod net;

pub mod fs;
#[cfg(any(unix, windows))]
pub mod process;
#[cfg(any(unix, windows))]
pub mod signal;
pub mod stream;
pub mod sync;
pub mod time;

pub mod prelude;

// Hidden: what a macro expands to.
#[doc(hidden)]
pub mod future;
// Hidden: what a macro expands to.
#[doc(hidden)]
pub mod macros;

pub use self::task::spawn;
pub use tokio_await::{pin, select, task_local};
pub use tokio_macros_02::{main_threaded as main, test_threaded as test};
