//! `tokio::timer` and `tokio::clock` under the name of the upstream crate.

#![warn(missing_docs)]

pub use tokio::clock;
pub use tokio::timer::driver as timer;
pub use tokio::timer::{delay_queue, throttle, timeout};

#[allow(deprecated)]
#[doc(hidden)]
pub use tokio::timer::{Deadline, DeadlineError};

pub use tokio::timer::driver::{with_default, Timer};
pub use tokio::timer::{sleep, Delay, DelayQueue, Error, Interval, MissedTickBehavior, Timeout};
