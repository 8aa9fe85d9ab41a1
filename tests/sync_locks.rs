//! The mutex, the lock for readers and writers, and permits taken several at once.
#![cfg(all(feature = "sync", feature = "current-thread", not(loom)))]
#![allow(unsafe_code, reason = "shared with tests whose wakers are made by hand")]

use futures::Future;
use proptest::prelude::*;
use std::collections::VecDeque;
use std::sync::{Arc, Barrier};
use std::task::Poll;
use std::thread;
use test_support::counting::Counter;
use tokio::sync::lock::Lock;
use tokio::sync::mutex::{Mutex, MutexGuard};
use tokio::sync::rwlock::RwLock;
use tokio::sync::semaphore::{OwnedSemaphorePermit, Semaphore, TryAcquireError};
use tokio::sync::Acquire;

const PARTIES: usize = 4;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Begin to want so many.
    Want(usize, u32),
    Poll(usize),
    Drop(usize),
    Try(u32),
    Add(usize),
    Forget(usize),
    Close,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let party = 0..PARTIES;
    let step = prop_oneof![
        6 => (party.clone(), 0_u32..5).prop_map(|(n, wanted)| Step::Want(n, wanted)),
        10 => party.clone().prop_map(Step::Poll),
        6 => party.prop_map(Step::Drop),
        3 => (0_u32..4).prop_map(Step::Try),
        2 => (0_usize..4).prop_map(Step::Add),
        1 => (0_usize..3).prop_map(Step::Forget),
        1 => Just(Step::Close),
    ];
    prop::collection::vec(step, 0..120)
}

/// A semaphore as one would draw it.
struct Model {
    free: usize,
    /// Who waits, and for how many more.
    line: VecDeque<(usize, usize)>,
    closed: bool,
}

impl Model {
    /// Permits come back; returns who has all it wants by that.
    fn give(&mut self, mut n: usize) -> Vec<usize> {
        let mut served = Vec::new();
        while let Some((party, missing)) = self.line.front_mut() {
            let part = n.min(*missing);
            n -= part;
            *missing -= part;
            if *missing > 0 {
                return served;
            }
            served.push(*party);
            self.line.pop_front();
        }
        self.free += n;
        served
    }

    fn take(&mut self, n: usize) -> bool {
        let there = self.free >= n;
        if there {
            self.free -= n;
        }
        there
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// Not polled yet.
    None,
    Waits,
    /// Has all, and does not know it yet.
    Served,
    /// Was closed with so many in its hands, and does not know it yet.
    Shut(usize),
}

enum Party {
    Wants { turn: Acquire<OwnedSemaphorePermit>, n: usize, place: Place },
    Has { permit: OwnedSemaphorePermit, n: usize },
}

proptest! {
    #[test]
    fn claims_for_many_are_served_as_the_model_says(start in 0_usize..6, steps in steps()) {
        let semaphore = Arc::new(Semaphore::new(start));
        let mut model = Model { free: start, line: VecDeque::new(), closed: false };
        let mut parties: [Option<Party>; PARTIES] = Default::default();
        for step in steps {
            let mut served = Vec::new();
            match step {
                Step::Want(n, wanted) if parties[n].is_none() => {
                    let turn = semaphore.clone().acquire_many_owned(wanted);
                    let n_wanted = wanted as usize;
                    parties[n] = Some(Party::Wants { turn, n: n_wanted, place: Place::None });
                }
                Step::Poll(at) => {
                    let Some(Party::Wants { turn, n, place }) = &mut parties[at] else {
                        continue;
                    };
                    let polled = Counter::new().poll(|cx| turn.poll_cx(cx));
                    let ready = !model.closed
                        && (*place == Place::Served || (*place == Place::None && model.take(*n)));
                    match polled {
                        Poll::Ready(Ok(permit)) => {
                            prop_assert!(ready, "served out of turn");
                            prop_assert_eq!(permit.num_permits(), *n);
                            parties[at] = Some(Party::Has { n: *n, permit });
                        }
                        Poll::Ready(Err(_)) => {
                            prop_assert!(model.closed);
                            // What was on its way goes back.
                            model.free += match *place {
                                Place::Served => *n,
                                Place::Shut(handed) => handed,
                                Place::None | Place::Waits => 0,
                            };
                            parties[at] = None;
                        }
                        Poll::Pending => {
                            prop_assert!(!ready && !model.closed, "not served in its turn");
                            if std::mem::replace(place, Place::Waits) == Place::None {
                                let part = std::mem::take(&mut model.free);
                                model.line.push_back((at, *n - part));
                            }
                        }
                    }
                }
                Step::Drop(at) => match parties[at].take() {
                    Some(Party::Has { permit, n }) => {
                        drop(permit);
                        served = model.give(n);
                    }
                    Some(Party::Wants { turn, n, place }) => {
                        drop(turn);
                        let at = model.line.iter().position(|(party, _)| *party == at);
                        let left = at.and_then(|at| model.line.remove(at));
                        let had = match (place, left) {
                            (Place::Waits, Some((_, missing))) => n - missing,
                            (Place::Served, _) => n,
                            (Place::Shut(handed), _) => handed,
                            _ => 0,
                        };
                        served = model.give(had);
                    }
                    None => {}
                },
                Step::Try(n) => match semaphore.try_acquire_many(n) {
                    Ok(permit) => {
                        prop_assert!(!model.closed && model.take(n as usize));
                        permit.forget();
                    }
                    Err(TryAcquireError::Closed) => prop_assert!(model.closed),
                    Err(TryAcquireError::NoPermits) => prop_assert!(model.free < n as usize),
                },
                Step::Add(n) => {
                    semaphore.add_permits(n);
                    served = model.give(n);
                }
                Step::Forget(n) => {
                    let forgotten = n.min(model.free);
                    prop_assert_eq!(semaphore.forget_permits(n), forgotten);
                    model.free -= forgotten;
                }
                Step::Close => {
                    semaphore.close();
                    model.closed = true;
                    for (at, missing) in std::mem::take(&mut model.line) {
                        if let Some(Party::Wants { n, place, .. }) = &mut parties[at] {
                            *place = Place::Shut(*n - missing);
                        }
                    }
                }
                Step::Want(..) => {}
            }
            for at in served {
                if let Some(Party::Wants { place, .. }) = &mut parties[at] {
                    *place = Place::Served;
                }
            }
            prop_assert_eq!(semaphore.available_permits(), model.free);
        }
        // Nothing is lost: what was given out and comes back is all there was.
        let closed = model.closed;
        parties.into_iter().for_each(drop);
        prop_assert_eq!(semaphore.is_closed(), closed);
    }
}

fn ready<G: tokio::sync::Guard>(turn: &mut Acquire<G>) -> Option<G> {
    match Counter::new().poll(|cx| turn.poll_cx(cx)) {
        Poll::Ready(acquired) => acquired.ok(),
        Poll::Pending => None,
    }
}

#[test]
fn a_writer_that_waits_is_not_overtaken_by_readers() {
    let lock = RwLock::new(0);
    let first = ready(&mut lock.read()).unwrap();
    let mut writer = lock.write();
    assert!(ready(&mut writer).is_none());
    assert!(lock.try_read().is_err(), "a reader that comes later");
    let (mut second, mut third) = (lock.read(), lock.read());
    assert!(ready(&mut second).is_none() && ready(&mut third).is_none());
    drop(first);
    let mut writing = ready(&mut writer).unwrap();
    *writing += 1;
    assert!(ready(&mut second).is_none());
    drop(writing);
    // Both readers together, and the next writer after them.
    let readers = (ready(&mut second).unwrap(), ready(&mut third).unwrap());
    assert_eq!((*readers.0, *readers.1), (1, 1));
    assert!(lock.try_write().is_err());
    drop(readers);
    assert!(lock.try_write().is_ok());
}

#[test]
fn fault_y04_a_writer_that_gives_up_lets_in_who_waits_behind_it() {
    let lock = RwLock::new(0);
    let reading = ready(&mut lock.read()).unwrap();
    let mut writer = lock.write();
    assert!(ready(&mut writer).is_none());
    let mut reader = lock.read();
    let waker = Counter::new();
    assert!(waker.poll(|cx| reader.poll_cx(cx)).is_pending());
    drop(writer);
    assert_eq!(waker.wakes(), 1);
    assert!(ready(&mut reader).is_some());
    drop(reading);
    assert!(lock.try_write().is_ok());
}

#[test]
fn a_writer_may_go_on_reading() {
    let lock = Arc::new(RwLock::new(1));
    let mut writing = lock.clone().try_write_owned().unwrap();
    *writing = 2;
    let mut reader = lock.read();
    assert!(ready(&mut reader).is_none());
    let reading = writing.downgrade();
    assert_eq!((*reading, ready(&mut reader).map(|other| *other)), (2, Some(2)));
    assert!(lock.try_write().is_err());
    drop((reading, reader));
    let reading = lock.try_write().unwrap().downgrade();
    assert!(lock.try_read().is_ok() && lock.try_write().is_err());
    drop(reading);
    drop(lock.try_write().unwrap());
}

#[test]
fn values_need_no_size_and_can_be_had_back() {
    let mut lock: Box<RwLock<[u8]>> = Box::new(RwLock::new([1, 2, 3]));
    lock.get_mut()[0] = 7;
    assert_eq!(*ready(&mut lock.read()).unwrap(), [7, 2, 3]);
    let mutex: Arc<Mutex<dyn Fn() -> u8 + Send>> = Arc::new(Mutex::new(|| 7));
    let guard = mutex.clone().try_lock_owned().unwrap();
    assert_eq!(guard(), 7);
    assert_eq!(RwLock::new(1).into_inner() + Mutex::new(2).into_inner(), 3);
}

#[test]
fn a_mutex_and_a_lock_of_upstream_are_one() {
    let mut lock = Lock::new(0);
    let guard = lock.mutex().try_lock().unwrap();
    assert!(MutexGuard::mutex(&guard).try_lock().is_err());
    let counter = Counter::new();
    let mut other = lock.clone();
    assert!(counter.poll(|cx| other.poll_lock_cx(cx)).is_pending());
    drop(guard);
    assert_eq!(counter.wakes(), 1);
    drop(other);
    let mutex = lock.mutex().clone();
    let held = counter.poll(|cx| lock.poll_lock_cx(cx));
    assert!(held.is_ready() && mutex.try_lock().is_err());
    drop(held);
    let turn = mutex.lock().wait();
    assert!(turn.is_ok() && Lock::of(mutex.clone()).mutex().try_lock().is_err());
}

#[test]
fn locks_may_be_statics_and_threads_may_wait_for_them() {
    static COUNT: Mutex<u32> = Mutex::const_new(0);
    static NAMES: RwLock<Vec<u32>> = RwLock::const_new(Vec::new());
    let start = Arc::new(Barrier::new(4));
    let threads = [0, 1, 2, 3].map(|n| {
        let start = start.clone();
        thread::spawn(move || {
            start.wait();
            for _ in 0..100 {
                *COUNT.blocking_lock() += 1;
                NAMES.blocking_write().push(n);
                assert!(NAMES.blocking_read().contains(&n));
            }
        })
    });
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!((*COUNT.blocking_lock(), NAMES.blocking_read().len()), (400, 400));
}

/// It would wait for what its own thread has to do.
#[test]
#[should_panic(expected = "Cannot block the current thread from within a runtime")]
fn a_thread_that_runs_tasks_is_not_blocked() {
    let mutex = Mutex::new(0);
    let _held = mutex.try_lock().unwrap();
    tokio::current_thread::block_on_all_std(async { drop(mutex.blocking_lock()) });
}

#[test]
fn permits_are_merged_and_parted() {
    let semaphore = Arc::new(Semaphore::new(5));
    let mut three = semaphore.clone().try_acquire_many_owned(3).unwrap();
    let one = three.split(1).unwrap();
    assert!(three.split(3).is_none());
    assert_eq!((three.num_permits(), one.num_permits()), (2, 1));
    drop(three);
    assert_eq!(semaphore.available_permits(), 4);
    let mut one = one;
    one.merge(semaphore.clone().try_acquire_owned().unwrap());
    assert_eq!(one.num_permits(), 2);
    one.forget();
    assert_eq!(semaphore.available_permits(), 3);
}

#[test]
#[should_panic(expected = "different semaphore instances")]
fn permits_of_two_semaphores_are_not_merged() {
    let (one, other) = (Arc::new(Semaphore::new(1)), Arc::new(Semaphore::new(1)));
    let mut permit = one.try_acquire_owned().unwrap();
    permit.merge(other.try_acquire_owned().unwrap());
}
