//! Readers together, writers alone, and claims for many among claims for one.

use super::{block_on, model, model_with, poll_once};
use crate::sync::rwlock::RwLock;
use crate::sync::semaphore::Semaphore;
use loom::thread;
use std::sync::Arc;

#[test]
fn loom_writers_are_alone() {
    model_with(2, || {
        // The cell inside tells loom who is at the value.
        let lock = Arc::new(RwLock::new(0));
        let write = |lock: &RwLock<u32>| {
            let mut turn = lock.write();
            let Ok(mut value) = block_on(|cx| turn.poll_cx(cx));
            *value += 1;
        };
        let other = lock.clone();
        let writer = thread::spawn(move || write(&other));
        write(&lock);
        writer.join().unwrap();
        let mut turn = lock.read();
        let Ok(value) = block_on(|cx| turn.poll_cx(cx));
        assert_eq!(*value, 2);
    });
}

#[test]
fn loom_a_reader_sees_a_write_whole() {
    model_with(2, || {
        let lock = Arc::new(RwLock::new((0, 0)));
        let other = lock.clone();
        let writer = thread::spawn(move || {
            let mut turn = other.write();
            let Ok(mut value) = block_on(|cx| turn.poll_cx(cx));
            value.0 = 1;
            value.1 = 1;
        });
        for _ in 0..2 {
            let mut turn = lock.read();
            let Ok(value) = block_on(|cx| turn.poll_cx(cx));
            assert_eq!(value.0, value.1);
        }
        writer.join().unwrap();
    });
}

#[test]
fn loom_the_last_reader_lets_the_writer_in() {
    model_with(2, || {
        let lock = Arc::new(RwLock::new(0));
        let readers = [(); 2].map(|()| {
            let reader = lock.clone().try_read_owned().unwrap();
            thread::spawn(move || drop(reader))
        });
        let mut turn = lock.write();
        let Ok(mut value) = block_on(|cx| turn.poll_cx(cx));
        *value += 1;
        for reader in readers {
            reader.join().unwrap();
        }
    });
}

#[test]
fn loom_a_writer_that_gives_up_lets_the_readers_behind_it_in() {
    model_with(2, || {
        let lock = Arc::new(RwLock::new(0));
        let reading = lock.try_read().unwrap();
        let mut writer = lock.clone().write_owned();
        assert!(poll_once(|cx| writer.poll_cx(cx)).is_pending());
        let other = lock.clone();
        let reader = thread::spawn(move || {
            let mut turn = other.read();
            let Ok(value) = block_on(|cx| turn.poll_cx(cx));
            *value
        });
        drop(writer);
        assert_eq!(reader.join().unwrap(), 0);
        drop(reading);
        assert!(lock.try_write().is_ok());
    });
}

/// Y04 for claims that are filled bit by bit.
#[test]
fn loom_fault_y04_what_a_claim_for_many_was_handed_is_passed_on() {
    model_with(2, || {
        let semaphore = Arc::new(Semaphore::new(1));
        let mut many = semaphore.clone().acquire_many_owned(2);
        assert!(poll_once(|cx| many.poll_cx(cx)).is_pending());
        let adder = semaphore.clone();
        let adder = thread::spawn(move || adder.add_permits(1));
        drop(many);
        adder.join().unwrap();
        assert_eq!(semaphore.available_permits(), 2);
    });
}

#[test]
fn loom_a_close_gives_back_what_a_claim_was_handed() {
    model(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let other = semaphore.clone();
        let waiter = thread::spawn(move || {
            let mut many = other.acquire_many(2);
            block_on(|cx| many.poll_cx(cx)).unwrap_err();
        });
        semaphore.close();
        waiter.join().unwrap();
        assert_eq!(semaphore.available_permits(), 1);
    });
}

#[test]
fn loom_claims_for_many_and_for_one_come_to_their_turn() {
    model_with(2, || {
        let semaphore = Arc::new(Semaphore::new(2));
        let many = semaphore.clone();
        let many = thread::spawn(move || {
            let mut turn = many.acquire_many(2);
            drop(block_on(|cx| turn.poll_cx(cx)).unwrap());
        });
        let mut turn = semaphore.acquire();
        drop(block_on(|cx| turn.poll_cx(cx)).unwrap());
        many.join().unwrap();
        assert_eq!(semaphore.available_permits(), 2);
    });
}
