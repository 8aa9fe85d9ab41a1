//! Permits: never one too many, none lost, nobody forgotten.

use super::{block_on, model, model_with, poll_once, Deed};
use crate::sync::semaphore::{Permit, Semaphore};
use loom::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use loom::sync::Arc;
use loom::thread;

fn acquire(permit: &mut Permit, semaphore: &Semaphore) {
    block_on(|cx| permit.poll_acquire_cx(cx, semaphore)).unwrap();
}

#[test]
fn loom_no_more_hold_a_permit_than_there_are() {
    model_with(2, || {
        let shared = Arc::new((Semaphore::new(1), AtomicUsize::new(0)));
        let work = |shared: &(Semaphore, AtomicUsize)| {
            let mut permit = Permit::new();
            acquire(&mut permit, &shared.0);
            assert_eq!(shared.1.fetch_add(1, SeqCst), 0);
            shared.1.fetch_sub(1, SeqCst);
            permit.release(&shared.0);
        };
        let others = [(); 2].map(|()| {
            let shared = shared.clone();
            thread::spawn(move || work(&shared))
        });
        work(&shared);
        for other in others {
            other.join().unwrap();
        }
        assert_eq!(shared.0.available_permits(), 1);
    });
}

#[test]
fn loom_a_released_permit_wakes_the_one_that_waits() {
    model(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let mut first = Permit::new();
        assert!(first.try_acquire(&semaphore).is_ok());
        let other = semaphore.clone();
        let waiter = thread::spawn(move || {
            let mut second = Permit::new();
            acquire(&mut second, &other);
        });
        first.release(&semaphore);
        waiter.join().unwrap();
        assert_eq!(semaphore.available_permits(), 0);
    });
}

#[test]
fn loom_added_permits_reach_all_that_wait() {
    model_with(2, || {
        let semaphore = Arc::new(Semaphore::new(0));
        let waiters = [(); 2].map(|()| {
            let semaphore = semaphore.clone();
            thread::spawn(move || {
                let mut permit = Permit::new();
                acquire(&mut permit, &semaphore);
            })
        });
        semaphore.add_permits(2);
        for waiter in waiters {
            waiter.join().unwrap();
        }
        assert_eq!(semaphore.available_permits(), 0);
    });
}

#[test]
fn loom_close_wakes_the_one_that_waits() {
    model(|| {
        let semaphore = Arc::new(Semaphore::new(0));
        let other = semaphore.clone();
        let waiter = thread::spawn(move || {
            let mut permit = Permit::new();
            block_on(|cx| permit.poll_acquire_cx(cx, &other)).unwrap_err();
            assert!(permit.try_acquire(&other).unwrap_err().is_closed());
        });
        semaphore.close();
        waiter.join().unwrap();
    });
}

#[test]
fn loom_close_against_release_leaves_the_count_right() {
    model(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let mut held = Permit::new();
        assert!(held.try_acquire(&semaphore).is_ok());
        let mut waiting = Permit::new();
        assert!(poll_once(|cx| waiting.poll_acquire_cx(cx, &semaphore)).is_pending());
        let other = semaphore.clone();
        let releaser = thread::spawn(move || held.release(&other));
        semaphore.close();
        releaser.join().unwrap();
        let got = waiting.try_acquire(&semaphore).is_ok();
        assert_eq!(semaphore.available_permits(), usize::from(!got));
    });
}

#[test]
fn loom_fault_y04_a_permit_given_to_a_waiter_that_is_dropped_is_passed_on() {
    model(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let mut held = Permit::new();
        assert!(held.try_acquire(&semaphore).is_ok());
        let mut dropped = Permit::new();
        assert!(poll_once(|cx| dropped.poll_acquire_cx(cx, &semaphore)).is_pending());
        let dropper = thread::spawn(move || drop(dropped));
        let other = semaphore.clone();
        let waiter = thread::spawn(move || {
            let mut permit = Permit::new();
            acquire(&mut permit, &other);
            permit.release(&other);
        });
        held.release(&semaphore);
        dropper.join().unwrap();
        waiter.join().unwrap();
        assert_eq!(semaphore.available_permits(), 1);
    });
}

#[test]
fn loom_a_waiter_that_changes_its_task_is_still_woken() {
    model(|| {
        let semaphore = Arc::new(Semaphore::new(0));
        let other = semaphore.clone();
        let adder = thread::spawn(move || other.add_permits(1));
        let mut permit = Permit::new();
        if poll_once(|cx| permit.poll_acquire_cx(cx, &semaphore)).is_pending() {
            acquire(&mut permit, &semaphore);
        }
        adder.join().unwrap();
        assert!(permit.is_acquired());
    });
}

#[test]
fn loom_permits_taken_without_waiting_are_counted_once() {
    model(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let takers = [(); 2].map(|()| {
            let semaphore = semaphore.clone();
            thread::spawn(move || {
                let mut permit = Permit::new();
                usize::from(permit.try_acquire(&semaphore).is_ok())
            })
        });
        let taken: usize = takers.map(|taker| taker.join().unwrap()).iter().sum();
        assert_eq!(taken, 1);
        assert_eq!(semaphore.available_permits(), 0);
    });
}

#[test]
fn loom_a_permit_that_was_returned_is_not_counted_without_its_claim() {
    model(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let other = semaphore.clone();
        let counter = thread::spawn(move || assert!(other.available_permits() <= 1));
        let mut permit = Permit::new();
        permit.try_acquire(&semaphore).unwrap();
        permit.release(&semaphore);
        counter.join().unwrap();
        assert_eq!(semaphore.available_permits(), 1);
    });
}

/// Who waits gets one of the two by way of the queue; the other one is for anybody.
#[test]
fn loom_a_permit_that_the_queue_leaves_over_brings_along_what_came_before() {
    model(|| {
        let (semaphore, deed) = (Arc::new(Semaphore::new(0)), Deed::new());
        let mut first = Permit::new();
        assert!(poll_once(|cx| first.poll_acquire_cx(cx, &semaphore)).is_pending());
        let (other, done) = (semaphore.clone(), deed.clone());
        let taker = thread::spawn(move || {
            if Permit::new().try_acquire(&other).is_ok() {
                assert!(done.is_seen());
            }
        });
        deed.happens();
        semaphore.add_permits(2);
        taker.join().unwrap();
        assert!(first.try_acquire(&semaphore).is_ok());
    });
}

/// One looks how many were returned, and takes none; another one takes what that one saw.
#[test]
fn loom_a_permit_that_another_thread_saw_returned_brings_along_what_came_before() {
    model_with(2, || {
        let (semaphore, deed) = (std::sync::Arc::new(Semaphore::new(0)), Deed::new());
        let other = semaphore.clone();
        let looker = thread::spawn(move || assert!(other.try_acquire_many(3).is_err()));
        let (other, done) = (semaphore.clone(), deed.clone());
        let taker = thread::spawn(move || {
            if other.try_acquire_many(2).is_ok() {
                assert!(done.is_seen());
            }
        });
        semaphore.add_permits(1);
        deed.happens();
        semaphore.add_permits(1);
        looker.join().unwrap();
        taker.join().unwrap();
    });
}
