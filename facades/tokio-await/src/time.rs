//! Waiting for a time.
//!
//! Whatever waits belongs to the timer of the runtime in whose context it was made, and counts
//! from there. Deadlines are rounded up to whole milliseconds and go by the clock of the
//! runtime, which a test can [`pause`] and [`advance`].

mod clock;
pub mod error;
mod instant;
mod interval;
#[expect(unsafe_code, reason = "a pinned sleep lends the delay inside, which need not be pinned")]
mod sleep;
#[expect(unsafe_code, reason = "a pinned timeout pins the future inside")]
mod timeout;

pub use self::clock::{advance, pause, resume};
pub use self::instant::Instant;
pub use self::interval::{interval, interval_at, Interval, MissedTickBehavior};
pub use self::sleep::{sleep, sleep_until, Sleep};
pub use self::timeout::{timeout, timeout_at, Timeout};
pub use std::time::Duration;
