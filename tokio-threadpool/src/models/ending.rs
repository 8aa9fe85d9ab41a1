//! The end of a pool against spawns, tasks and threads: `shutdown`.

use super::{admit, stop_if_idle, Data};
use crate::counters::Counters;
use crate::idle::Idle;
use crate::phase::{Phase, Trigger};
use loom::sync::atomic::AtomicBool;
use loom::sync::{Arc, Mutex};
use loom::thread;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::task::{Wake, Waker};

/// D06: a spawn that races the stop is refused, or counted before the pool is emptied.
#[test]
fn loom_fault_d06_a_spawn_is_refused_or_seen_by_the_stop() {
    loom::model(|| {
        let shared = Arc::new((Phase::new(), Counters::default()));
        let spawner = {
            let shared = shared.clone();
            thread::spawn(move || admit(&shared.0, &shared.1))
        };
        assert!(shared.0.stop());
        let empty = Counters::all_completed([&shared.1].into_iter());
        let admitted = spawner.join().unwrap();
        assert!(!admitted || !empty, "a task came into a pool that was found empty");
    });
}

/// T11: whichever comes last, the call that asks for the end or the worker that ends the last
/// task, stops the pool.
#[test]
fn loom_fault_t11_the_last_task_and_the_stop_do_not_miss_each_other() {
    loom::model(|| {
        let shared = Arc::new((Phase::new(), Counters::default(), Idle::new(1)));
        assert!(shared.1.admit(&shared.0));
        let _ = shared.2.wake_any();
        let worker = {
            let shared = shared.clone();
            thread::spawn(move || {
                // The task spawns another, and both end: counted by this worker alone.
                let mine = Counters::default();
                mine.spawned_here();
                mine.completed_here();
                shared.1.completed_elsewhere();
                let _ = shared.2.sleep(0, true);
                stop_if_idle(&shared.0, [&shared.1].into_iter())
            })
        };
        shared.0.wait_for_idle();
        let here = stop_if_idle(&shared.0, [&shared.1].into_iter());
        let there = worker.join().unwrap();
        assert!(here ^ there, "stopped here: {here}, there: {there}");
    });
}

/// T11: the counts of a worker that spawned elsewhere are read in the order that never
/// takes a busy pool for an empty one.
#[test]
fn loom_fault_t11_a_chain_of_tasks_is_never_taken_for_none() {
    loom::model(|| {
        let shared = Arc::new((Counters::default(), Counters::default(), Phase::new()));
        assert!(shared.0.admit(&shared.2));
        let chain = {
            let shared = shared.clone();
            thread::spawn(move || {
                // The first task spawns the second and ends; the second goes on.
                assert!(shared.1.admit(&shared.2));
                shared.0.completed_elsewhere();
            })
        };
        let empty = Counters::all_completed([&shared.0, &shared.1].into_iter());
        assert!(!empty, "one of the two was there all the time");
        chain.join().unwrap();
    });
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.store(true, Release);
    }
}

/// The trigger fires when the last thread leaves, and whoever waits for it learns of it.
#[test]
fn loom_the_trigger_is_seen_or_wakes() {
    loom::model(|| {
        let trigger = Arc::new(Trigger::new());
        trigger.enter();
        // What each thread leaves behind.
        let left = [Data::new(), Data::new()];
        let leave = |trigger: &Arc<Trigger>, left: &Arc<Data>| {
            let (trigger, left) = (trigger.clone(), left.clone());
            thread::spawn(move || {
                left.write();
                trigger.leave();
            })
        };
        let (a, b) = (leave(&trigger, &left[0]), leave(&trigger, &left[1]));
        let woken = std::sync::Arc::new(Flag(AtomicBool::new(false)));
        let waker = Waker::from(woken.clone());
        let cx = tokio_executor::task::Context::from_waker(&waker);
        let seen = trigger.poll(&cx);
        if seen {
            assert_eq!(left[0].read() + left[1].read(), 2);
        }
        a.join().unwrap();
        b.join().unwrap();
        assert!(seen || woken.0.load(Acquire), "neither seen nor woken");
        assert!(trigger.poll(&cx));
    });
}

/// D01: the pool is emptied once, by the thread that leaves last or by the one that stops
/// a pool without threads.
#[test]
fn loom_fault_d01_a_stopped_pool_is_emptied_once() {
    loom::model(|| {
        let shared = Arc::new((Phase::new(), Trigger::new(), Mutex::new(1)));
        let finish = |shared: &(Phase, Trigger, Mutex<u32>)| usize::from(shared.1.begin());
        let thread = {
            let shared = shared.clone();
            thread::spawn(move || {
                let last = {
                    let mut alive = shared.2.lock().unwrap();
                    *alive -= 1;
                    *alive == 0
                };
                if last && shared.0.is_stopped() {
                    finish(&shared)
                } else {
                    0
                }
            })
        };
        assert!(shared.0.stop());
        let alive = *shared.2.lock().unwrap();
        let here = if alive == 0 { finish(&shared) } else { 0 };
        assert_eq!(here + thread.join().unwrap(), 1);
    });
}
