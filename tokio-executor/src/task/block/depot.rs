//! Full magazines that wait for the next thread that needs one, and for how long.
//!
//! Called by `pooled` once for each magazine that a thread fills or empties. What was there
//! for all of a while ([`PERIOD`]) is of no use, and is given back to the allocator by a
//! thread of its own: when all tasks are gone, nobody else would come by. Up to [`MARK`]
//! bytes stay for ever, and no thread looks after so little.
//!
//! Always true: a magazine that was put is taken once, by `take` or by `trim`. While more
//! than `MARK` bytes are kept, a trimmer is on duty, or about to start.
//!
//! The idea to give back the fewest that were there in a while is the working set of
//! Bonwick and Adams (USENIX 2001, section 3.5).
//!
//! Why not keep the magazines for ever? A program that once had a million tasks would never get
//! their memory back.

use crate::sys::{const_fn, AtomicUsize, Mutex, MutexGuard};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::PoisonError;
use std::time::Duration;

/// How long a magazine waits before it is given back: from once to twice this.
#[cfg_attr(loom, expect(dead_code, reason = "models have no time"))]
pub(super) const PERIOD: Duration = Duration::from_secs(1);

/// What is kept for ever, of all sizes together, in bytes.
pub(super) const MARK: usize = 1 << 20;

/// The magazines of one size.
pub(super) struct Depot<M> {
    /// As many as are kept, so that an empty depot is seen without its lock.
    count: AtomicUsize,
    /// Held to put, take and trim; never while talking to the allocator.
    kept: Mutex<Kept<M>>,
}

struct Kept<M> {
    /// Those at the bottom have waited longest.
    magazines: Vec<M>,
    /// The fewest there were since the last trim.
    fewest: usize,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<M> Depot<M> {
    const_fn! {
        pub(super) fn new() -> Depot<M> {
            let kept = Kept { magazines: Vec::new(), fewest: 0 };
            Depot { count: AtomicUsize::new(0), kept: Mutex::new(kept) }
        }
    }

    /// The magazine that was put last.
    pub(super) fn take(&self) -> Option<M> {
        // Relaxed, here and below: a hint; the magazine comes by way of the lock.
        if self.count.load(Relaxed) == 0 {
            return None;
        }
        let mut kept = lock(&self.kept);
        let magazine = kept.magazines.pop();
        let left = kept.magazines.len();
        kept.fewest = kept.fewest.min(left);
        self.count.store(left, Relaxed);
        magazine
    }

    /// Puts a magazine in; gives it back if there are `limit` already.
    pub(super) fn put(&self, magazine: M, limit: usize) -> Result<(), M> {
        let mut kept = lock(&self.kept);
        if kept.magazines.len() >= limit {
            return Err(magazine);
        }
        kept.magazines.push(magazine);
        self.count.store(kept.magazines.len(), Relaxed);
        Ok(())
    }

    /// Takes out what has not been of use since the last time.
    pub(super) fn trim(&self) -> Vec<M> {
        let mut kept = lock(&self.kept);
        let unused = kept.fewest;
        let trimmed = kept.magazines.drain(..unused).collect();
        kept.fewest = kept.magazines.len();
        if kept.fewest == 0 {
            kept.magazines = Vec::new();
        }
        self.count.store(kept.fewest, Relaxed);
        trimmed
    }
}

/// How much is kept, and whether a trimmer sees to it.
pub(super) struct Duty {
    bytes: AtomicUsize,
    /// Held to begin and to end a trimmer's duty.
    on_duty: Mutex<bool>,
}

impl Duty {
    const_fn! {
        pub(super) fn new() -> Duty {
            Duty { bytes: AtomicUsize::new(0), on_duty: Mutex::new(false) }
        }
    }

    /// Counts what was put. True if the caller is to start a trimmer: it is on duty now.
    #[must_use]
    pub(super) fn add(&self, bytes: usize) -> bool {
        // Relaxed: the lock below orders this before the look of a trimmer that leaves.
        let before = self.bytes.fetch_add(bytes, Relaxed);
        // Wraps if what was put has been taken before it was counted.
        let now = before.wrapping_add(bytes);
        now > MARK
            && now <= isize::MAX as usize
            && !std::mem::replace(&mut *lock(&self.on_duty), true)
    }

    /// Counts what was taken.
    pub(super) fn sub(&self, bytes: usize) {
        // Relaxed: too much in view only keeps the trimmer longer.
        self.bytes.fetch_sub(bytes, Relaxed);
    }

    /// Ends the trimmer's duty, if little enough is kept.
    #[must_use]
    pub(super) fn leave(&self) -> bool {
        let mut on_duty = lock(&self.on_duty);
        // Relaxed: whoever put something before this, and saw a trimmer on duty, had the
        // lock before.
        let bytes = self.bytes.load(Relaxed);
        *on_duty = bytes > MARK && bytes <= isize::MAX as usize;
        !*on_duty
    }

    /// The trimmer could not start.
    #[cfg_attr(loom, expect(dead_code, reason = "models start no threads of their own"))]
    pub(super) fn resign(&self) {
        *lock(&self.on_duty) = false;
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_of_no_use_in_a_while_is_trimmed() {
        let depot = Depot::new();
        for magazine in 0..5 {
            depot.put(magazine, 5).unwrap();
        }
        assert_eq!(depot.put(5, 5), Err(5));
        assert_eq!(depot.trim(), [], "they came in this while");
        assert_eq!((depot.take(), depot.take()), (Some(4), Some(3)));
        depot.put(3, 5).unwrap();
        assert_eq!(depot.trim(), [0, 1, 2], "at one time three were left");
        assert_eq!(depot.trim(), [3]);
        assert_eq!(depot.trim(), []);
        assert_eq!(depot.take(), None);
    }

    #[test]
    fn a_trimmer_is_on_duty_while_much_is_kept() {
        let duty = Duty::new();
        assert!(!duty.add(MARK));
        assert!(duty.add(1));
        assert!(!duty.add(1), "one is enough");
        assert!(!duty.leave());
        duty.sub(2);
        assert!(duty.leave());
        assert!(duty.add(1));
    }
}

#[cfg(all(test, loom))]
mod models {
    use super::*;
    use crate::sys::UnsafeCell;
    use loom::sync::Arc;
    use loom::thread;

    /// A block that is written by whoever has its magazine.
    struct Block(UnsafeCell<u32>);

    // SAFETY: what the model is about: loom checks each access.
    unsafe impl Sync for Block {}
    // SAFETY: as above.
    unsafe impl Send for Block {}

    fn write(block: &Block) {
        // SAFETY: what the model is about.
        block.0.with_mut(|block| unsafe { *block += 1 });
    }

    /// A magazine has one holder at a time, whichever way it leaves the depot.
    #[test]
    fn loom_a_magazine_is_taken_or_trimmed_once() {
        loom::model(|| {
            let depot = Arc::new(Depot::new());
            let block = Arc::new(Block(UnsafeCell::new(0)));
            assert!(depot.put(block.clone(), 2).is_ok());
            assert!(depot.trim().is_empty());
            let trimmer = {
                let depot = depot.clone();
                thread::spawn(move || depot.trim().iter().map(|block| write(block)).count())
            };
            let taken = depot.take();
            if let Some(block) = &taken {
                write(block);
            }
            let trimmed = trimmer.join().unwrap();
            assert_eq!(trimmed + usize::from(taken.is_some()), 1);
            write(&block);
        });
    }

    /// What one thread fills, another empties.
    #[test]
    fn loom_a_magazine_goes_from_thread_to_thread() {
        loom::model(|| {
            let depot = Arc::new(Depot::new());
            let block = Arc::new(Block(UnsafeCell::new(0)));
            let other = {
                let (depot, block) = (depot.clone(), block.clone());
                thread::spawn(move || {
                    write(&block);
                    assert!(depot.put(block, 1).is_ok());
                })
            };
            let early = depot.take();
            if let Some(block) = &early {
                write(block);
            }
            other.join().unwrap();
            assert!(early.is_some() || depot.take().is_some());
        });
    }

    /// Much is put as the trimmer leaves: it stays, or another is started.
    #[test]
    fn loom_what_is_kept_has_a_trimmer() {
        loom::model(|| {
            let duty = Arc::new(Duty::new());
            assert!(duty.add(MARK + 1));
            duty.sub(MARK + 1);
            let trimmer = {
                let duty = duty.clone();
                thread::spawn(move || duty.leave())
            };
            let started = duty.add(MARK + 1);
            let left = trimmer.join().unwrap();
            assert_eq!(started, left, "one trimmer is on duty");
        });
    }
}
