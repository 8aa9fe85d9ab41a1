//! Instants as whole milliseconds since a timer began.
//!
//! A deadline is rounded up to its tick, the present time down: a tick that has come is
//! never before the deadline that it stands for.

use std::time::{Duration, Instant};

/// Milliseconds since the epoch of a timer.
pub(super) type Tick = u64;

/// The last tick that a deadline can have, some 36 million years on. Later ones count as
/// this.
pub(super) const LAST: Tick = (1 << 60) - 1;

/// No tick at all.
pub(super) const NEVER: Tick = Tick::MAX;

/// The instant of tick zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Epoch {
    start: Instant,
}

impl Epoch {
    pub(super) fn new(start: Instant) -> Epoch {
        Epoch { start }
    }

    /// The first tick that is not before `deadline`.
    #[inline]
    pub(super) fn tick_of(self, deadline: Instant) -> Tick {
        ticks(deadline.saturating_duration_since(self.start), 999_999)
    }

    /// The last tick that is not after `now`.
    #[inline]
    pub(super) fn passed(self, now: Instant) -> Tick {
        ticks(now.saturating_duration_since(self.start), 0)
    }

    /// The instant of `tick`.
    pub(super) fn instant(self, tick: Tick) -> Instant {
        crate::clock::after(self.start, Duration::from_millis(tick))
    }
}

#[inline]
fn ticks(since: Duration, round_up_ns: u32) -> Tick {
    let part = (since.subsec_nanos() + round_up_ns) / 1_000_000;
    since.as_secs().saturating_mul(1000).saturating_add(u64::from(part)).min(LAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_rounded_up_and_the_present_down() {
        let start = Instant::now();
        let epoch = Epoch::new(start);
        for (ns, up, down) in [(0, 0, 0), (1, 1, 0), (999_999, 1, 0), (1_000_000, 1, 1)] {
            let at = start + Duration::from_nanos(ns);
            assert_eq!(epoch.tick_of(at), up, "{ns} ns");
            assert_eq!(epoch.passed(at), down, "{ns} ns");
        }
        let late = start + Duration::new(3, 1);
        assert_eq!((epoch.tick_of(late), epoch.passed(late)), (3001, 3000));
        assert_eq!(epoch.instant(3001), start + Duration::from_millis(3001));
    }

    #[test]
    fn an_instant_before_the_epoch_is_tick_zero() {
        let start = Instant::now() + Duration::from_secs(1);
        let epoch = Epoch::new(start);
        let before = start - Duration::from_millis(500);
        assert_eq!((epoch.tick_of(before), epoch.passed(before)), (0, 0));
    }

    #[test]
    fn fault_m04_the_farthest_instant_has_a_tick() {
        let start = Instant::now();
        let epoch = Epoch::new(start);
        let mut far = start;
        for shift in (0..64).rev() {
            far = far.checked_add(Duration::from_secs(1 << shift)).unwrap_or(far);
        }
        assert_eq!(epoch.tick_of(far), LAST);
        assert!(epoch.instant(LAST) > start);
    }
}
