//! How long polls took, as counts by length.
//!
//! A worker of the pool, and an executor of one thread, measures one poll of every few dozen, or
//! each one if the builder says so, and adds it to counts of its own; whoever asks reads them.
//!
//! Always true: counts are written by the thread that runs their worker, and by no other.
//!
//! Why not every poll always? Two looks at the clock cost as much as a short poll.

use crate::sys::AtomicU64;
use std::fmt;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// The lower ends of the counts, beginning with zero, and which polls are measured.
#[derive(Clone, Debug)]
pub struct Scale {
    starts: Arc<[Duration]>,
    /// Whether every poll is measured, not only one in a few dozen.
    pub every_poll: bool,
}

impl Scale {
    /// Returns one for polls of which a few are measured: from 1 us, each twice the one before.
    pub fn sampled() -> Scale {
        // One for all: a runtime may live for a moment only.
        static STARTS: OnceLock<Arc<[Duration]>> = OnceLock::new();
        let starts = STARTS.get_or_init(|| {
            let doubled = (0..23).map(|n| Duration::from_micros(1 << n));
            [Duration::ZERO].into_iter().chain(doubled).collect()
        });
        Scale { starts: starts.clone(), every_poll: false }
    }

    /// Returns one for polls that are all measured. `ends` are the upper ends of all counts but
    /// the last, which has none.
    pub fn of_every_poll(mut ends: Vec<Duration>) -> Scale {
        ends.push(Duration::ZERO);
        ends.sort_unstable();
        ends.dedup();
        Scale { starts: ends.into(), every_poll: true }
    }

    fn place(&self, took: Duration) -> usize {
        // The first start is zero, so there is one that is not after `took`.
        self.starts.partition_point(|start| *start <= took) - 1
    }
}

/// A worker's own counts.
pub struct PollTimes {
    /// The counts that there are.
    pub scale: Scale,
    counts: Box<[AtomicU64]>,
    total_ns: AtomicU64,
}

impl PollTimes {
    /// Returns counts that are zero.
    pub fn new(scale: Scale) -> PollTimes {
        let counts = scale.starts.iter().map(|_| AtomicU64::new(0)).collect();
        PollTimes { scale, counts, total_ns: AtomicU64::new(0) }
    }

    /// Counts a poll that took that long.
    pub fn add(&self, took: Duration) {
        let add = |number: &AtomicU64, by: u64| {
            // Relaxed: a statistic with one writer; nobody acts on it.
            number.store(number.load(Relaxed).wrapping_add(by), Relaxed);
        };
        add(&self.counts[self.scale.place(took)], 1);
        add(&self.total_ns, took.as_nanos() as u64);
    }

    /// Returns the counts as they are.
    pub fn read(&self) -> PollTimeHistogram {
        // Relaxed: statistics.
        let counts: Vec<u64> = self.counts.iter().map(|count| count.load(Relaxed)).collect();
        PollTimeHistogram {
            starts: self.scale.starts.clone(),
            counts,
            total: Duration::from_nanos(self.total_ns.load(Relaxed)),
            is_sampled: !self.scale.every_poll,
        }
    }
}

impl fmt::Debug for PollTimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.read().fmt(f)
    }
}

/// How long a worker's polls took.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PollTimeHistogram {
    /// From how long on a poll is in the count of the same index; it ends where the next one
    /// starts, and the last one does not end.
    pub starts: Arc<[Duration]>,
    /// Measured polls.
    pub counts: Vec<u64>,
    /// The time of all measured polls.
    pub total: Duration,
    /// Whether one poll in 61 is measured, and not each; while somebody looks, each is.
    pub is_sampled: bool,
}

impl PollTimeHistogram {
    /// Returns how many polls were measured.
    pub fn measured(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Returns the mean of the measured polls; zero if there is none.
    pub fn mean(&self) -> Duration {
        let nanos = self.total.as_nanos().checked_div(u128::from(self.measured()));
        Duration::from_nanos(nanos.unwrap_or(0) as u64)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_poll_is_counted_where_its_length_belongs() {
        let us = Duration::from_micros;
        let times = PollTimes::new(Scale::of_every_poll(vec![us(20), us(10), us(20)]));
        assert_eq!(times.read().starts[..], [us(0), us(10), us(20)]);
        for took in [0, 9, 10, 19, 20, 1_000_000] {
            times.add(us(took));
        }
        let read = times.read();
        assert_eq!(read.counts, [2, 2, 2]);
        assert_eq!((read.measured(), read.total, read.is_sampled), (6, us(1_000_058), false));
        assert_eq!(read.mean(), us(1_000_058) / 6);
        let sampled = PollTimes::new(Scale::sampled());
        assert_eq!(sampled.read().mean(), Duration::ZERO);
        sampled.add(us(1));
        sampled.add(Duration::MAX);
        let counts = sampled.read().counts;
        assert_eq!((counts[0], counts[1], *counts.last().unwrap()), (0, 1, 1));
    }
}
