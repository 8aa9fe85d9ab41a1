//! Waiting for a time, with tokio 0.2's names.
//!
//! The same timers and clock as 1.x's. What differs: a [`Delay`] and what holds one may be
//! moved after they were polled, an interval is a stream, a delay longer than two years
//! panics, and time can be paused on any runtime.

mod clock;
mod delay;
pub mod delay_queue;
mod interval;
mod throttle;
mod timeout;

pub use self::clock::{advance, pause, resume};
pub use self::delay::{delay_for, delay_until, Delay};
#[doc(inline)]
pub use self::delay_queue::DelayQueue;
pub use self::interval::{interval, interval_at, Interval};
pub use self::throttle::{throttle, Throttle};
pub use self::timeout::{timeout, timeout_at, Timeout};
pub use std::time::Duration;
pub use tokio_await::time::error::{Elapsed, Error};
pub use tokio_await::time::Instant;
