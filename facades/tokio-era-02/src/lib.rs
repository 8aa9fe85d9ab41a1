//! tokio 0.2's interface, where it differs from 1.x's.
//!
//! What the two eras share is `tokio-await`'s, re-exported. Each file here is a difference:
//! I/O traits over `bytes` 0.5, receivers that are streams, a runtime that is entered by a
//! closure. `eras/tokio-02` shows all of it under the name `tokio`.

pub mod runtime;
pub mod task;

pub mod io;
pub mod net;

pub mod fs;
#[cfg(unix)]
pub mod process;
#[cfg(unix)]
pub mod signal;
pub mod stream;
pub mod sync;
pub mod time;

pub mod prelude;

pub use self::task::spawn;
