//! To come.

#[cfg(feature = "timer")]
pub mod clock;
#[cfg(feature = "codec")]
pub mod codec;
#[cfg(feature = "current-thread")]
pub mod current_thread;
#[cfg(feature = "io")]
pub mod io;
#[cfg(feature = "timer")]
pub mod timer;
pub mod util;
