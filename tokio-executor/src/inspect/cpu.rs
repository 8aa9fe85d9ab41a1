//! For how long a poll kept its thread, as Linux counts it: a thread that waits for a processor,
//! on a machine that has too much to do, is kept by nobody.
//!
//! `Poll::begin` takes a [`Baseline`], for which a thread reads what the system counts of it, four
//! times a second at most; whoever looks at the poll reads the same numbers again.
//!
//! Always true: [`Baseline::kept`] errs to the short side.
//!
//! Why not the processor's time alone? A thread that blocks in a system call uses none, and is
//! kept all the same.

use std::cell::Cell;
use std::fs;
use std::time::{Duration, Instant};

/// How old the numbers of a thread may be that a poll begins with.
const FRESH: Duration = Duration::from_millis(250);

/// What the system counts of a thread.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Counts {
    /// For how long it had a processor.
    ran: Duration,
    /// For how long it waited for one. A wait that goes on is not in it.
    waited: Duration,
}

/// What a thread had done when a poll began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Baseline {
    thread: u32,
    counts: Counts,
    /// How old the counts were.
    age: Duration,
}

#[derive(Clone, Copy)]
struct Sample {
    thread: u32,
    at: Instant,
    counts: Counts,
}

thread_local! {
    static SAMPLE: Cell<Option<Sample>> = const { Cell::new(None) };
    static THREAD: Cell<Option<u32>> = const { Cell::new(None) };
}

/// What this thread has done, for a poll that begins `now`. None if the system does not say.
pub(super) fn baseline(now: Instant) -> Option<Baseline> {
    let known = SAMPLE.try_with(Cell::get).ok()?;
    let age = |sample: &Sample| now.saturating_duration_since(sample.at);
    let sample = match known.filter(|sample| age(sample) < FRESH) {
        Some(sample) => sample,
        None => {
            let thread = thread_id()?;
            let sample = Sample { thread, at: now, counts: counts(thread)? };
            let _ = SAMPLE.try_with(|kept| kept.set(Some(sample)));
            sample
        }
    };
    Some(Baseline { thread: sample.thread, counts: sample.counts, age: age(&sample) })
}

/// The number of this thread. None if the system does not say.
pub(super) fn thread_id() -> Option<u32> {
    if let Some(known) = THREAD.try_with(Cell::get).ok()? {
        return Some(known);
    }
    let thread = fs::read_link("/proc/thread-self").ok()?.file_name()?.to_str()?.parse().ok();
    let _ = THREAD.try_with(|kept| kept.set(thread));
    thread
}

fn counts(thread: u32) -> Option<Counts> {
    parse(&fs::read_to_string(format!("/proc/self/task/{thread}/schedstat")).ok()?)
}

/// Two numbers of nanoseconds, and more.
fn parse(schedstat: &str) -> Option<Counts> {
    let mut numbers = schedstat.split(' ').map(|number| number.parse().map(Duration::from_nanos));
    Some(Counts { ran: numbers.next()?.ok()?, waited: numbers.next()?.ok()? })
}

/// Whether the thread has, or waits for, a processor.
fn is_runnable(stat: &str) -> bool {
    // The name, in brackets, may have brackets and blanks in it.
    stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('R'))
}

impl Baseline {
    /// For how long a poll kept the thread that began `elapsed` ago and is not over.
    pub(super) fn kept(&self, elapsed: Duration) -> Duration {
        let thread = self.thread;
        let stat = fs::read_to_string(format!("/proc/self/task/{thread}/stat"));
        let (Ok(stat), Some(now)) = (stat, counts(thread)) else { return Duration::ZERO };
        self.kept_by(elapsed, now, is_runnable(&stat))
    }

    fn kept_by(&self, elapsed: Duration, now: Counts, is_runnable: bool) -> Duration {
        let ran = now.ran.saturating_sub(self.counts.ran + self.age);
        if is_runnable {
            // It may be waiting right now, for we do not know how long.
            return ran;
        }
        elapsed.saturating_sub(now.waited.saturating_sub(self.counts.waited)).max(ran)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn a_thread_that_waits_for_a_processor_is_not_kept() {
        let counts = |ran: u32, waited: u32| Counts { ran: ran * MS, waited: waited * MS };
        let baseline = Baseline { thread: 1, counts: counts(500, 50), age: 100 * MS };
        // It sleeps, and waited for most of the time before.
        assert_eq!(baseline.kept_by(1500 * MS, counts(510, 1450), false), 100 * MS);
        // It sleeps, and has done so from the start.
        assert_eq!(baseline.kept_by(1500 * MS, counts(510, 50), false), 1500 * MS);
        // It waits, and this has not been counted yet.
        assert_eq!(baseline.kept_by(1500 * MS, counts(600, 50), true), Duration::ZERO);
        // It computes.
        assert_eq!(baseline.kept_by(1500 * MS, counts(1900, 150), true), 1300 * MS);
    }

    #[test]
    fn what_the_system_writes_is_understood() {
        let counts = Counts { ran: 2 * MS, waited: 3 * MS };
        assert_eq!(parse("2000000 3000000 7\n"), Some(counts));
        assert_eq!(parse(""), None);
        assert!(is_runnable("12 (a) R (b) R 1 2\n"));
        assert!(!is_runnable("12 (R) S 1 2\n"));
    }

    #[test]
    fn a_thread_that_computes_is_kept() {
        let Some(baseline) = baseline(Instant::now()) else { return };
        let start = Instant::now();
        while counts(baseline.thread).unwrap().ran < baseline.counts.ran + 30 * MS {}
        assert!(baseline.kept(start.elapsed()) >= 29 * MS);
    }
}
