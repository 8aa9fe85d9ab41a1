//! How long tasks waited for their poll after a wake, as counts by length.
//!
//! Added to by `Poll::begin`, so only while somebody looks; read by the crates above.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// Counts, of which each but the last ends where the next begins: at 1 us, 2 us, 4 us and so on.
const COUNTS: usize = 24;

/// Of std also in a model: they order nothing.
static DELAYS: [AtomicU64; COUNTS] = [const { AtomicU64::new(0) }; COUNTS];
static TOTAL_NS: AtomicU64 = AtomicU64::new(0);

/// How long recorded tasks waited for their poll after a wake, in the whole process.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WakeDelays {
    /// From how long on a delay is in the count of the same index.
    pub starts: Vec<Duration>,
    /// Delays.
    pub counts: Vec<u64>,
    /// The sum of all delays.
    pub total: Duration,
}

fn start(index: usize) -> Duration {
    match index {
        0 => Duration::ZERO,
        n => Duration::from_micros(1 << (n - 1)),
    }
}

pub(super) fn add(delay: Duration) {
    let us = delay.as_micros() as u64;
    let index = (u64::BITS - us.leading_zeros()) as usize;
    // Relaxed: statistics.
    DELAYS[index.min(COUNTS - 1)].fetch_add(1, Relaxed);
    TOTAL_NS.fetch_add(delay.as_nanos() as u64, Relaxed);
}

/// Returns how long tasks waited for their poll after a wake, as far as that was recorded.
pub fn wake_delays() -> WakeDelays {
    WakeDelays {
        starts: (0..COUNTS).map(start).collect(),
        // Relaxed: statistics.
        counts: DELAYS.iter().map(|count| count.load(Relaxed)).collect(),
        total: Duration::from_nanos(TOTAL_NS.load(Relaxed)),
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_counted_where_its_length_belongs() {
        let before = wake_delays();
        assert_eq!(before.starts[..3], [0, 1, 2].map(Duration::from_micros));
        // Other tests record delays too, but none that are as long.
        for us in [3_000_000, 4_194_303, 4_194_304, u64::from(u32::MAX)] {
            add(Duration::from_micros(us));
        }
        let after = wake_delays();
        let more = |index: usize| after.counts[index] - before.counts[index];
        assert_eq!((more(COUNTS - 2), more(COUNTS - 1)), (2, 2));
        assert_eq!(after.starts[COUNTS - 1], Duration::from_micros(4_194_304));
    }
}
