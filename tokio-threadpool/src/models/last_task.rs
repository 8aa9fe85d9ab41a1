//! How a pool ends while tasks still come, end, and wake one another.

use super::{admit, stop_if_idle, Data};
use crate::counters::Counters;
use crate::phase::Phase;
use loom::sync::atomic::AtomicUsize;
use loom::sync::{Arc, Mutex};
use loom::thread;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll, Waker};
use tokio_executor::task::{NewTask, Owner, OwnerRef, Runnable, TaskList, TaskRef};

/// T11: a spawn is counted, refused and counted out again while the pool waits for its last
/// task: one of the two threads stops the pool.
#[test]
fn loom_fault_t11_a_refused_spawn_does_not_hold_up_the_end() {
    loom::model(|| {
        let shared = Arc::new((Phase::new(), Counters::default()));
        let spawner = {
            let shared = shared.clone();
            thread::spawn(move || {
                let admitted = admit(&shared.0, &shared.1);
                let stopped = !admitted && stop_if_idle(&shared.0, [&shared.1].into_iter());
                (admitted, stopped)
            })
        };
        // As `Shared::close`.
        shared.0.close();
        shared.0.wait_for_idle();
        let here = stop_if_idle(&shared.0, [&shared.1].into_iter());
        let (admitted, there) = spawner.join().unwrap();
        assert!(admitted || here ^ there, "stopped here: {here}, there: {there}");
        assert!(!admitted || !here, "stopped with a task");
    });
}

/// T11: the last task blocked, so that its end is counted by a thread that is no worker and
/// does not go to sleep.
#[test]
fn loom_fault_t11_the_end_of_a_task_that_blocked_and_the_stop_do_not_miss_each_other() {
    loom::model(|| {
        let shared = Arc::new((Phase::new(), Counters::default()));
        shared.1.spawned_here();
        let stopper = {
            let shared = shared.clone();
            thread::spawn(move || {
                shared.0.wait_for_idle();
                stop_if_idle(&shared.0, [&shared.1].into_iter())
            })
        };
        shared.1.completed_elsewhere();
        let here = stop_if_idle(&shared.0, [&shared.1].into_iter());
        let there = stopper.join().unwrap();
        assert!(here ^ there, "stopped here: {here}, there: {there}");
    });
}

/// A task spawns another on its worker, and then blocks: its end is counted elsewhere, and
/// shows the child all the same.
#[test]
fn loom_the_end_of_a_task_that_blocked_shows_what_it_spawned() {
    loom::model(|| {
        let shared = Arc::new((Counters::default(), Counters::default()));
        shared.0.spawned_here();
        let reader = {
            let shared = shared.clone();
            thread::spawn(move || Counters::all_completed([&shared.0, &shared.1].into_iter()))
        };
        shared.0.spawned_here();
        shared.1.completed_elsewhere();
        assert!(!reader.join().unwrap(), "the child lives");
    });
}

/// Statistics never tell of more completed tasks than spawned ones.
#[test]
fn loom_no_more_tasks_are_told_completed_than_spawned() {
    loom::model(|| {
        let counters = Arc::new(Counters::default());
        let reader = {
            let counters = counters.clone();
            thread::spawn(move || {
                let (spawned, completed) = counters.read();
                assert!(completed <= spawned, "{completed} of {spawned}");
            })
        };
        counters.spawned_here();
        counters.completed_here();
        counters.spawned_here();
        counters.completed_here();
        reader.join().unwrap();
    });
}

/// D06: the thread that empties the pool learns of the stop by the phase alone, from another
/// thread: it sees each task that was let in.
#[test]
fn loom_fault_d06_who_empties_the_pool_sees_every_task_that_was_let_in() {
    loom::model(|| {
        let shared = Arc::new((Phase::new(), Counters::default()));
        let spawner = {
            let shared = shared.clone();
            thread::spawn(move || admit(&shared.0, &shared.1))
        };
        let stopper = {
            let shared = shared.clone();
            thread::spawn(move || assert!(shared.0.stop()))
        };
        let emptied = shared.0.is_stopped() && Counters::all_completed([&shared.1].into_iter());
        let admitted = spawner.join().unwrap();
        stopper.join().unwrap();
        assert!(!(admitted && emptied), "a task came into a pool that was emptied");
    });
}

/// The queues and the list of a pool whose threads have left.
struct Pool {
    queue: Mutex<VecDeque<Runnable>>,
    waiting: TaskList,
    outside: Counters,
}

// SAFETY: the models keep the pool until its tasks are done.
unsafe impl Owner for Pool {
    unsafe fn schedule(this: *const Pool, task: Runnable) {
        // SAFETY: as above.
        unsafe { &*this }.queue.lock().unwrap().push_back(task);
    }

    unsafe fn list(&self, task: &TaskRef) -> u32 {
        // SAFETY: the task calls this once, and `unlist` before it is done.
        unsafe { self.waiting.insert(task) };
        0
    }

    unsafe fn unlist(&self, task: &TaskRef, _: u32) {
        // SAFETY: `list` was called for it.
        unsafe { self.waiting.remove(task) };
    }
}

impl Pool {
    fn pop(&self) -> Option<Runnable> {
        self.queue.lock().unwrap().pop_front()
    }

    /// As `Shared::empty_out`.
    fn empty_out(&self) {
        loop {
            self.waiting.cancel_all();
            while let Some(task) = self.pop() {
                let _ = task.cancel();
                self.outside.completed_elsewhere();
            }
            if Counters::all_completed([&self.outside].into_iter()) {
                return;
            }
            thread::yield_now();
        }
    }
}

/// Leaves its waker in a place, and waits for ever. Its drop writes what was written before
/// the wake, and the wake may be the last thing that was heard of the other thread.
struct Waits {
    waker: Arc<Mutex<Option<Waker>>>,
    data: Arc<Data>,
    drops: Arc<AtomicUsize>,
}

impl Future for Waits {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        *self.waker.lock().unwrap() = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.data.write();
        self.drops.fetch_add(1, Relaxed);
    }
}

/// D01: a pool is emptied while one of its tasks is woken elsewhere, or while a waker of it
/// goes: the task is dropped once, and the pool is not left before.
#[test]
fn loom_fault_d01_a_task_that_is_woken_as_the_pool_is_emptied_is_dropped_once() {
    for wakes in [true, false] {
        loom::model(move || {
            let pool = Arc::new(Pool {
                queue: Mutex::new(VecDeque::new()),
                waiting: TaskList::new(),
                outside: Counters::default(),
            });
            let (data, drops) = (Data::new(), Arc::new(AtomicUsize::new(0)));
            let place = Arc::new(Mutex::new(None));
            let future = Waits { waker: place.clone(), data: data.clone(), drops: drops.clone() };
            // SAFETY: the pool is there until the task is done.
            let task = unsafe { NewTask::new_std(future).bind(OwnerRef::new(Arc::as_ptr(&pool))) };
            pool.outside.spawned_here();
            assert!(matches!(task.run(), tokio_executor::task::AfterRun::Waiting));
            let waker = place.lock().unwrap().take().expect("the poll left its waker");
            let other = thread::spawn(move || match wakes {
                true => waker.wake(),
                false => drop(waker),
            });
            pool.empty_out();
            assert_eq!(drops.load(Relaxed), 1, "the pool is left with its task");
            assert_eq!(data.read(), 1);
            assert!(pool.waiting.is_empty());
            other.join().unwrap();
            assert!(pool.pop().is_none(), "queued once too often");
        });
    }
}

/// What a task wrote before its end is seen by who has read that no task is left.
#[test]
fn loom_an_empty_pool_shows_what_its_tasks_did() {
    for here in [true, false] {
        loom::model(move || {
            let counters = Arc::new(Counters::default());
            let data = Data::new();
            counters.spawned_here();
            let reader = {
                let (counters, data) = (counters.clone(), data.clone());
                thread::spawn(move || {
                    if Counters::all_completed([&*counters].into_iter()) {
                        assert_eq!(data.read(), 1);
                    }
                })
            };
            data.write();
            match here {
                true => counters.completed_here(),
                false => counters.completed_elsewhere(),
            }
            reader.join().unwrap();
        });
    }
}
