//! Futures and streams that wait for time to pass.
//!
//! - [`Delay`] completes at an instant.
//! - [`Interval`] yields at equal distances in time.
//! - [`Timeout`] bounds the time that a future, or an item of a stream, may take.
//! - [`Throttle`](throttle::Throttle) bounds the rate of a stream.
//! - [`DelayQueue`] yields values that each expire at their own time.
//!
//! All of them need a timer: in a task of a runtime they find the runtime's, elsewhere
//! one that [`driver::set_default`] put in place. They go by the clock of
//! [`crate::clock`], in whole milliseconds, and never end early.
//!
//! # Inside
//!
//! The files follow the way of a deadline: a [`Delay`] shares an `entry` with a `shard`,
//! whose `wheel` sorts the entries by `tick`; `timers` puts the shards of a runtime
//! together and sleeps until the first of them has something due; `driver` is the parker
//! that does so for one thread.
//!
//! # Examples
//!
//! ```
//! use futures::Future;
//! use std::time::{Duration, Instant};
//! use tokio::timer::Delay;
//!
//! let start = Instant::now();
//! let delay = Delay::new(start + Duration::from_millis(5))
//!     .map(move |()| assert!(start.elapsed() >= Duration::from_millis(5)))
//!     .map_err(|e| panic!("no timer: {e}"));
//! tokio::run(delay);
//! ```

mod delay;
#[expect(unsafe_code, reason = "the wheel knows by address the entries that delays own")]
mod entry;
#[expect(unsafe_code, reason = "the addresses in the wheel are guarded by its lock")]
mod shard;
mod shared;
mod tick;
mod wheel;

mod timers;

pub mod driver;
mod handle;

pub mod delay_queue;
pub mod throttle;
#[expect(unsafe_code, reason = "a pinned timeout pins the future inside")]
pub mod timeout;

mod deadline;
mod error;
mod interval;

#[allow(deprecated)]
#[doc(hidden)]
pub use self::deadline::{Deadline, DeadlineError};
pub use self::delay::{sleep, Delay};
#[doc(inline)]
pub use self::delay_queue::DelayQueue;
pub use self::error::Error;
pub use self::interval::{Interval, MissedTickBehavior};
#[doc(inline)]
pub use self::timeout::Timeout;
// Hidden: for runtimes made by hand.
#[doc(hidden)]
pub use self::timers::Timers;

#[cfg(all(test, loom))]
#[expect(unsafe_code, reason = "what threads share without a lock is in loom's cells")]
mod models;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
