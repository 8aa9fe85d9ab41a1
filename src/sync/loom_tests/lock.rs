//! The lock: one at a time, and handed on whatever happens to those who wait.

use super::{block_on, model, model_with, poll_once};
use crate::sync::lock::Lock;
use loom::cell::Cell;
use loom::thread;
use std::task::Poll;

/// A value in whose cell the model notices two threads at once.
fn counter() -> Lock<Cell<u32>> {
    Lock::new(Cell::new(0))
}

fn count(lock: &mut Lock<Cell<u32>>) -> u32 {
    let guard = block_on(|cx| lock.poll_lock_cx(cx));
    guard.set(guard.get() + 1);
    guard.get()
}

#[test]
fn loom_one_task_at_a_time_reaches_the_value() {
    model_with(2, || {
        let mut lock = counter();
        let others = [(); 2].map(|()| {
            let mut lock = lock.clone();
            thread::spawn(move || count(&mut lock))
        });
        count(&mut lock);
        for other in others {
            other.join().unwrap();
        }
        assert_eq!(count(&mut lock), 4);
    });
}

#[test]
fn loom_what_the_last_holder_did_is_seen_twice_over() {
    model_with(2, || {
        let mut lock = counter();
        let mut other = lock.clone();
        let thread = thread::spawn(move || {
            count(&mut other);
            count(&mut other)
        });
        count(&mut lock);
        count(&mut lock);
        thread.join().unwrap();
        assert_eq!(count(&mut lock), 5);
    });
}

#[test]
fn loom_a_guard_wakes_the_next_in_line() {
    model(|| {
        let mut lock = counter();
        let guard = block_on(|cx| lock.poll_lock_cx(cx));
        let mut other = lock.clone();
        let waiter = thread::spawn(move || count(&mut other));
        drop(guard);
        assert_eq!(waiter.join().unwrap(), 1);
    });
}

#[test]
fn loom_fault_y04_a_handle_that_is_dropped_passes_its_turn_on() {
    model(|| {
        let mut lock = counter();
        let guard = block_on(|cx| lock.poll_lock_cx(cx));
        let mut dropped = lock.clone();
        assert!(poll_once(|cx| dropped.poll_lock_cx(cx)).is_pending());
        let dropper = thread::spawn(move || drop(dropped));
        let mut other = lock.clone();
        let waiter = thread::spawn(move || count(&mut other));
        drop(guard);
        dropper.join().unwrap();
        assert_eq!(waiter.join().unwrap(), 1);
    });
}

#[test]
fn loom_a_guard_outlives_the_handles() {
    model(|| {
        let mut lock = Lock::new(loom::sync::Arc::new(()));
        let guard = block_on(|cx| lock.poll_lock_cx(cx));
        let dropper = thread::spawn(move || drop(lock));
        drop(guard);
        dropper.join().unwrap();
    });
}

#[test]
fn loom_a_handle_that_changes_its_task_gets_its_turn() {
    model(|| {
        let mut lock = counter();
        let mut other = lock.clone();
        let holder = thread::spawn(move || count(&mut other));
        match poll_once(|cx| lock.poll_lock_cx(cx)) {
            Poll::Ready(guard) => drop(guard),
            Poll::Pending => {
                count(&mut lock);
            }
        }
        holder.join().unwrap();
    });
}
