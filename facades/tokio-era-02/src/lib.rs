//! tokio 0.2's interface, where it differs from 1.x's.
//!
//! What the two eras share is `tokio-await`'s, re-exported. Each file here is a difference:
//! I/O traits over `bytes` 0.5, receivers that are streams, a runtime that is entered by a
//! closure. `eras/tokio-02` shows all of it under the name `tokio`.

// The bodies of tasks and channels: nothing of them is here.
pub mod io;
pub mod net;
pub mod fs;
pub mod process;
pub mod signal;
pub mod prelude;
