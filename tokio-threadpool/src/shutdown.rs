//! How a pool ends.
//!
//! Called by the pool's owner, by its last sender, and by each thread as it ends; the words that
//! the steps go by are in `phase`.
//!
//! In UNTIL_IDLE, whoever goes to sleep looks whether a task is left; if none is, it
//! moves on to STOPPED. In STOPPED, every thread leaves as soon as its current poll is
//! over, and the last one out drops what tasks there are: only then is nothing polled
//! any more. If some are left that block within a poll, or in the hook at their start, the last of
//! the others (or whoever stops the pool, if there is none) drops all tasks but theirs, which may
//! be what they wait for. The [`Trigger`] fires once the threads have let go of the pool, too.
//!
//! Always true: a phase is never taken back, and the trigger fires once. No task is polled after
//! the last thread has dropped what was left.
//!
//! Why does the last thread drop the tasks, and not whoever calls `shutdown_now`? A task may be in
//! a poll until its thread has left; nobody else may touch its future before.

use crate::phase::Trigger;
use crate::shared::Shared;
use futures::{Async, Future, Poll};
use std::pin::Pin;
use std::sync::Arc;
use tokio_executor::task::Context;

impl Shared {
    /// Refuses new tasks, and stops once those there are have ended.
    pub(crate) fn close(self: &Arc<Self>) {
        self.phase.close();
        self.stop_when_idle();
    }

    /// Stops once no task is left.
    pub(crate) fn stop_when_idle(self: &Arc<Self>) {
        self.phase.wait_for_idle();
        self.stop_if_idle();
    }

    /// In UNTIL_IDLE: stops if no task is left.
    pub(crate) fn stop_if_idle(self: &Arc<Self>) {
        if self.phase.waits_for_idle() && self.has_no_tasks() {
            self.stop();
        }
    }

    /// Stops now; what tasks there are get dropped.
    pub(crate) fn stop(self: &Arc<Self>) {
        if !self.phase.stop() {
            return;
        }
        while let Some(worker) = self.idle.wake_any() {
            self.wake_to_leave(worker);
        }
        let (none, all_block, spare) = {
            let mut threads = self.threads();
            (threads.alive == 0, threads.all_block(), threads.spare.dismiss())
        };
        for thread in spare {
            thread.wake();
        }
        if none {
            self.finish();
        }
        if all_block {
            self.drop_unblocked();
        }
    }

    /// Wakes a worker that has a thread; one without needs none to leave.
    fn wake_to_leave(self: &Arc<Self>, worker: usize) {
        let parked = self.workers[worker].parked_core.lock().unwrap_or_else(|e| e.into_inner());
        let has_thread = parked.is_none();
        drop(parked);
        if has_thread {
            self.unpark(worker);
        }
    }

    /// A thread ends. The last one of a stopped pool empties it.
    pub(crate) fn thread_ends(self: &Arc<Self>) {
        let (last, others_block) = {
            let mut threads = self.threads();
            threads.alive -= 1;
            self.phase.set_no_thread(threads.alive == 0);
            (threads.alive == 0, threads.all_block())
        };
        // The count before the phase; `stop` does it the other way round. Both hold the lock
        // for the count, which orders the rest: at least one of the two calls `finish`,
        // which runs once.
        if last && self.phase.is_stopped() {
            self.finish();
        }
        if others_block && self.phase.is_stopped() {
            self.drop_unblocked();
        }
    }

    fn finish(&self) {
        if self.trigger.begin() {
            self.empty_out();
            self.drop_parked_cores();
            self.trigger.leave();
        }
    }
}

/// Completes once a pool has stopped and all of its threads have left it.
///
/// Of futures 0.1 and of std.
///
/// # Dropping
///
/// Changes nothing: the pool goes on stopping.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio_threadpool::ThreadPool;
///
/// let pool = ThreadPool::new();
/// pool.spawn(future::lazy(|| Ok(println!("before the end"))));
/// pool.shutdown_on_idle().wait().unwrap();
/// ```
#[must_use = "to wait for the pool to stop, wait for this future"]
#[derive(Debug)]
pub struct Shutdown {
    trigger: Arc<Trigger>,
}

impl Shutdown {
    pub(crate) fn new(shared: &Shared) -> Shutdown {
        Shutdown { trigger: shared.trigger.clone() }
    }
}

impl Future for Shutdown {
    type Item = ();
    type Error = ();

    fn poll(&mut self) -> Poll<(), ()> {
        if self.trigger.poll(&Context::current()) {
            Ok(Async::Ready(()))
        } else {
            Ok(Async::NotReady)
        }
    }
}

impl std::future::Future for Shutdown {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<()> {
        if self.trigger.poll(&Context::from(cx)) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    }
}
