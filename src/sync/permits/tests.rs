//! What the counters promise where they come round.

use super::*;
use std::sync::atomic::AtomicUsize;

/// Whose counters come round after `left` permits; none is available.
fn near_the_end(left: u64) -> Permits {
    let permits = Permits::new(0);
    let claimed = 0_u64.wrapping_sub(left * ONE);
    for word in [&permits.claims, &permits.limit, &permits.returns] {
        word.store(claimed, Relaxed);
    }
    permits
}

/// Permits that were forgotten left `limit` behind, until it seemed to be ahead.
#[test]
fn forgotten_permits_are_not_there_again() {
    let permits = Permits::new(0);
    for _ in 0..9 {
        permits.add(MAX_PERMITS);
        assert_eq!(permits.take_up_to(usize::MAX), MAX_PERMITS);
        assert_eq!(permits.available(), 0);
        assert_eq!(permits.try_take(1), Err(Refused::NoPermits));
    }
}

/// Guards give back what they have, also when the semaphore was filled up again meanwhile. Where
/// pointers have 32 bits, 2^32 permits were taken for none, and whoever waited for one of them
/// went in circles with the queue locked.
#[test]
fn permits_beyond_the_width_of_a_pointer_are_there() {
    let permits = Permits::new(0);
    (0..1 << 8).for_each(|_| permits.give(1 << 24));
    assert!(permits.available() >= 1 << 24);
    assert_eq!(permits.try_take(1), Ok(()));
    permits.give(1);
    let stage = permits.enqueue(1, Waiter::Waker(std::task::Waker::noop().clone()));
    assert_eq!(stage, Ok(Stage::Held));
}

#[test]
fn counters_that_come_round_lose_no_permit_and_make_none() {
    let permits = near_the_end(100);
    for n in 1..50 {
        permits.add(n);
        assert_eq!(permits.available(), n);
        assert_eq!(permits.try_take(n + 1), Err(Refused::NoPermits));
        if n % 3 == 0 {
            assert_eq!(permits.take_up_to(n + 1), n);
        } else {
            (0..n).for_each(|_| permits.try_take(1).unwrap());
        }
        assert_eq!(permits.try_take(1), Err(Refused::NoPermits));
    }
}

/// On 32 bits two writers were let in at once, by a `limit` from long ago.
#[test]
fn threads_that_take_all_are_alone_while_counters_come_round() {
    const ALL: usize = u32::MAX as usize >> 3;
    const ROUNDS: usize = if cfg!(miri) { 50 } else { 20_000 };
    let permits = near_the_end(ROUNDS as u64 * ALL as u64);
    permits.add(ALL);
    let inside = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut rounds = ROUNDS;
                while rounds > 0 {
                    if permits.try_take(ALL).is_ok() {
                        assert_eq!(inside.fetch_add(1, Relaxed), 0, "two are inside");
                        inside.fetch_sub(1, Relaxed);
                        permits.give(ALL);
                        rounds -= 1;
                    }
                }
            });
        }
    });
    assert_eq!(permits.available(), ALL);
}

/// Programs have locks by the million.
#[test]
fn a_lock_stays_small() {
    use crate::sync::{mutex, rwlock};

    // Twelve words, and where it was made.
    let most = 13 * size_of::<u64>();
    assert!(size_of::<mutex::Mutex<u64>>() <= most, "{}", size_of::<mutex::Mutex<u64>>());
    assert!(size_of::<rwlock::RwLock<u64>>() <= most, "{}", size_of::<rwlock::RwLock<u64>>());
}
