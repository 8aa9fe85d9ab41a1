//! The counters of tasks against the look whether any is left: `counters`.

use super::stop_if_idle;
use crate::counters::Counters;
use crate::idle::Idle;
use crate::phase::Phase;
use loom::sync::atomic::AtomicBool;
use loom::sync::Arc;
use loom::thread;
use std::sync::atomic::Ordering::{Acquire, Release};

/// A worker's counters are plain stores: who sees the end of a task sees its children.
///
/// The worker is the model's first thread: loom takes the first stores of any other for seen
/// by all.
#[test]
fn loom_the_end_of_a_task_shows_what_it_spawned() {
    loom::model(|| {
        let counters = Arc::new(Counters::default());
        counters.spawned_here();
        let reader = {
            let counters = counters.clone();
            thread::spawn(move || Counters::all_completed([&*counters].into_iter()))
        };
        counters.spawned_here();
        counters.completed_here();
        assert!(!reader.join().unwrap(), "the child lives");
    });
}

/// The child runs on another worker, which took it from the parent's queue.
#[test]
fn loom_a_stolen_child_is_counted_before_its_parent_ends() {
    loom::model(|| {
        let shared = Arc::new((Counters::default(), Counters::default(), AtomicBool::new(false)));
        shared.0.spawned_here();
        let parent = {
            let shared = shared.clone();
            thread::spawn(move || {
                shared.0.spawned_here();
                shared.2.store(true, Release);
                // It goes on until its child is done.
            })
        };
        let child = {
            let shared = shared.clone();
            thread::spawn(move || {
                if shared.2.load(Acquire) {
                    shared.1.completed_here();
                }
            })
        };
        let empty = Counters::all_completed([&shared.0, &shared.1].into_iter());
        parent.join().unwrap();
        child.join().unwrap();
        assert!(!empty, "the parent lives");
    });
}

/// T11: the same as for a task from outside, with counters that only the worker writes.
#[test]
fn loom_fault_t11_a_workers_last_task_and_the_stop_do_not_miss_each_other() {
    loom::model(|| {
        let shared = Arc::new((Phase::new(), Counters::default(), Idle::new(1)));
        let _ = shared.2.wake_any();
        shared.1.spawned_here();
        let worker = {
            let shared = shared.clone();
            thread::spawn(move || {
                shared.1.completed_here();
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
