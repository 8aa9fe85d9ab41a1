//! To come.

#[cfg(feature = "timer")]
pub mod clock;
#[cfg(feature = "timer")]
pub mod timer;
pub mod util;
