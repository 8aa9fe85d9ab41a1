//! To come.

#[cfg(feature = "codec")]
pub mod codec;

#[cfg(feature = "io")]
pub mod io;
#[cfg(feature = "timer")]
pub mod clock;
#[cfg(feature = "current-thread")]
pub mod current_thread;
#[cfg(feature = "timer")]
pub mod timer;
pub mod util;
