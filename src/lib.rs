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
#[cfg(feature = "buf")]
pub mod buf;

#[cfg(any(feature = "fs", feature = "process", feature = "signal"))]
mod both;
#[cfg(feature = "fs")]
pub mod fs;
