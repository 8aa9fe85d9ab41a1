//! A task on a foreign executor: wakes, aborts and its drop against one another.

use super::ForeignTask;
use crate::sys::UnsafeCell;
use crate::task::{Context, NewTask};
use crate::waiter::WaiterCell;
use futures::Async;
use loom::sync::atomic::{AtomicBool, AtomicUsize};
use loom::sync::Arc;
use loom::thread;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::task::{Poll, Wake, Waker};

/// What the future and the other thread share.
struct Shared {
    flag: AtomicBool,
    waiter: WaiterCell,
    polling: AtomicBool,
    drops: AtomicUsize,
    /// What the future has of its own: touched at each poll, and by its drop.
    own: UnsafeCell<u32>,
}

// SAFETY: loom checks each access to `own`.
unsafe impl Sync for Shared {}

impl Shared {
    fn new() -> Arc<Shared> {
        Arc::new(Shared {
            flag: AtomicBool::new(false),
            waiter: WaiterCell::new(),
            polling: AtomicBool::new(false),
            drops: AtomicUsize::new(0),
            own: UnsafeCell::new(0),
        })
    }

    fn set(&self) {
        self.flag.store(true, Release);
        self.waiter.wake();
    }

    fn touch(&self) {
        // SAFETY: as above.
        self.own.with_mut(|own| unsafe { *own += 1 });
    }
}

/// Pending until the flag is set.
struct Flagged(Arc<Shared>);

impl Future for Flagged {
    type Output = u32;

    fn poll(self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<u32> {
        assert!(!self.0.polling.swap(true, AcqRel), "two threads poll one task");
        self.0.touch();
        self.0.waiter.register(&Context::from(cx));
        let ready = self.0.flag.load(Acquire);
        self.0.polling.store(false, Release);
        if ready {
            Poll::Ready(7)
        } else {
            Poll::Pending
        }
    }
}

impl Drop for Flagged {
    fn drop(&mut self) {
        assert!(!self.0.polling.load(Acquire), "dropped during a poll");
        self.0.touch();
        self.0.drops.fetch_add(1, Relaxed);
    }
}

/// The executor around the task.
struct Around {
    woken: AtomicBool,
}

impl Wake for Around {
    fn wake(self: std::sync::Arc<Self>) {
        self.woken.store(true, Release);
    }
}

impl Around {
    fn new() -> std::sync::Arc<Around> {
        std::sync::Arc::new(Around { woken: AtomicBool::new(false) })
    }

    /// Polls the task; true if it is done.
    fn poll(self: &std::sync::Arc<Around>, task: &mut ForeignTask) -> bool {
        self.woken.store(false, Relaxed);
        let waker = Waker::from(self.clone());
        task.poll_cx(&Context::from_waker(&waker)) == Ok(Async::Ready(()))
    }
}

/// A wake that comes during a poll, before or after it, leads to another one.
#[test]
fn loom_a_wake_reaches_the_executor_around() {
    loom::model(|| {
        let shared = Shared::new();
        let (task, handle) = NewTask::joined_std(Flagged(shared.clone()));
        drop(handle);
        let mut task = ForeignTask::new(task);
        let setter = {
            let shared = shared.clone();
            thread::spawn(move || shared.set())
        };
        let around = Around::new();
        let mut done = around.poll(&mut task);
        setter.join().unwrap();
        if !done {
            assert!(around.woken.load(Acquire), "the wake was lost");
            done = around.poll(&mut task);
        }
        assert!(done);
        assert_eq!(shared.drops.load(Relaxed), 1);
    });
}

/// An abort from another thread drops the future at the next poll, which it asks for.
#[test]
fn loom_an_abort_reaches_the_executor_around() {
    loom::model(|| {
        let shared = Shared::new();
        let (task, handle) = NewTask::joined_std(Flagged(shared.clone()));
        let mut task = ForeignTask::new(task);
        let aborter = thread::spawn(move || {
            handle.abort();
            handle
        });
        let around = Around::new();
        let mut done = around.poll(&mut task);
        drop(aborter.join().unwrap());
        if !done {
            assert!(around.woken.load(Acquire), "the abort was lost");
            done = around.poll(&mut task);
        }
        assert!(done);
        assert_eq!(shared.drops.load(Relaxed), 1);
    });
}

/// The executor drops the task while it is woken, or aborted, elsewhere: the future is
/// dropped once. (The model's leak check sees a mailbox or a task that is not freed.)
#[test]
fn loom_a_task_that_is_dropped_by_its_executor_as_it_is_woken_is_dropped_once() {
    for aborts in [false, true] {
        loom::model(move || {
            let shared = Shared::new();
            let (task, handle) = NewTask::joined_std(Flagged(shared.clone()));
            let mut task = ForeignTask::new(task);
            let around = Around::new();
            assert!(!around.poll(&mut task));
            let other = {
                let shared = shared.clone();
                thread::spawn(move || match aborts {
                    true => handle.abort(),
                    false => {
                        drop(handle);
                        shared.set();
                    }
                })
            };
            drop(task);
            other.join().unwrap();
            assert_eq!(shared.drops.load(Relaxed), 1);
        });
    }
}
