//! What the tests of several packages share: wakers that count or misbehave, things that count
//! themselves, and waiting for other threads.
//!
//! A development dependency of the root crate, of `tokio-await` and of the pool; it is not
//! published.
//!
//! Always true: nothing here decides a test by who is faster. What waits gives up after a time in
//! which it would have come on any machine.

#![allow(missing_debug_implementations, reason = "tests print what they compare")]
#![allow(clippy::missing_panics_doc, reason = "a test ends by a panic")]

mod alive;
pub mod counting;
#[expect(unsafe_code, reason = "wakers that misbehave are made by hand")]
pub mod evil;
pub mod stress;
mod waiting;

pub use self::alive::Alive;
pub use self::waiting::{alone, until};

/// Returns byte `i` of a stream that tests send; the period is no power of two.
pub fn pattern(i: usize) -> u8 {
    (i % 251) as u8
}
