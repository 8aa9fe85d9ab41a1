//! A task on an executor that is not ours.
//!
//! Such an executor takes futures 0.1 futures and nothing else. It gets a [`ForeignTask`]: a
//! future that runs the task whenever that is runnable. Its [`Mailbox`] is the task's owner:
//! a wake, or an abort, puts the task there and wakes the executor around it.
//!
//! Made by `NewTask::into_future`, where an executor takes boxed futures only.
//!
//! Always true: the task is run by the poll of the `ForeignTask` only. It holds one reference to
//! its mailbox, which whoever ends the task gives back: so the mailbox outlives it.
//!
//! Why not poll the future in place, with the handle of the executor around it? The task
//! could not be reached from outside: an abort would wait for a wake that may never come.

use super::new_task::NewTask;
use super::owner::{Owner, OwnerRef};
use super::runnable::{AfterRun, Runnable};
use super::task_ref::TaskRef;
use super::Context;
use crate::sys::{Arc, Mutex};
use crate::unwind;
use crate::waiter::WaiterCell;
use futures::{Async, Future, Poll};
use std::mem;
use std::panic;

#[cfg(all(loom, test))]
mod models;

pub(super) struct ForeignTask {
    mailbox: Arc<Mailbox>,
    task: TaskRef,
    done: bool,
}

struct Mailbox {
    /// Held for a move; never while running, waking or dropping the task.
    content: Mutex<Content>,
    /// The executor around the `ForeignTask`.
    waiter: WaiterCell,
}

enum Content {
    /// The task waits, or runs.
    Empty,
    Runnable(Runnable),
    /// The `ForeignTask` is gone: whoever comes with the task drops it.
    Closed,
}

impl Mailbox {
    fn replace(&self, content: Content) -> Content {
        mem::replace(&mut *self.content.lock().unwrap_or_else(|e| e.into_inner()), content)
    }

    /// Takes the task; `Err` gives it back, as the `ForeignTask` is gone.
    fn put(&self, task: Runnable) -> Result<(), Runnable> {
        let mut content = self.content.lock().unwrap_or_else(|e| e.into_inner());
        if matches!(*content, Content::Closed) {
            return Err(task);
        }
        // There is one `Runnable` of a task, so what is replaced is `Empty`.
        *content = Content::Runnable(task);
        Ok(())
    }

    /// Takes the task out, if it is there.
    fn take(&self) -> Option<Runnable> {
        match self.replace(Content::Empty) {
            Content::Runnable(task) => Some(task),
            Content::Empty | Content::Closed => None,
        }
    }

    /// Gives back the task's own reference to `mailbox`.
    fn task_ended(mailbox: &Arc<Mailbox>) {
        // SAFETY: `new` left this reference, and the task, which has ended, ends once.
        drop(unsafe { Arc::from_raw(Arc::as_ptr(mailbox)) });
    }

    /// Drops the task.
    fn cancel(mailbox: &Arc<Mailbox>, task: Runnable) {
        if let AfterRun::Panicked(payload) = task.cancel() {
            unwind::discard(payload);
        }
        Mailbox::task_ended(mailbox);
    }
}

// SAFETY: a task holds a reference to its mailbox until it is done.
unsafe impl Owner for Mailbox {
    unsafe fn schedule(this: *const Mailbox, task: Runnable) {
        // SAFETY: `this` comes from `Arc::into_raw`, and the task that is in our hands
        // holds a reference. Another, since the task may be run and done once it is put.
        let mailbox = unsafe {
            Arc::increment_strong_count(this);
            Arc::from_raw(this)
        };
        match mailbox.put(task) {
            Ok(()) => mailbox.waiter.wake(),
            Err(task) => Mailbox::cancel(&mailbox, task),
        }
    }

    unsafe fn list(&self, _task: &TaskRef) -> u32 {
        0
    }

    unsafe fn unlist(&self, _task: &TaskRef, _index: u32) {}
}

impl NewTask {
    /// Returns the task as a futures 0.1 future, for an executor that takes nothing else.
    ///
    /// It is polled wherever that executor polls it, and wakes it in turn.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio_executor::task::NewTask;
    ///
    /// // Any executor of futures 0.1 can poll it; here it is the thread itself.
    /// let task = NewTask::new(future::ok(())).into_future();
    /// task.wait().unwrap();
    /// ```
    pub fn into_future(self) -> impl Future<Item = (), Error = ()> + Send + 'static {
        ForeignTask::new(self)
    }
}

impl ForeignTask {
    pub(super) fn new(task: NewTask) -> ForeignTask {
        let mailbox =
            Arc::new(Mailbox { content: Mutex::new(Content::Empty), waiter: WaiterCell::new() });
        let owner = OwnerRef::new(Arc::into_raw(mailbox.clone()));
        // SAFETY: the reference that `into_raw` left is the task's, until it is done.
        let task = unsafe { task.bind(owner) };
        let known = task.task_ref();
        let _ = mailbox.replace(Content::Runnable(task));
        ForeignTask { mailbox, task: known, done: false }
    }
}

impl Future for ForeignTask {
    type Item = ();
    type Error = ();

    fn poll(&mut self) -> Poll<(), ()> {
        self.poll_cx(&Context::current())
    }
}

impl ForeignTask {
    fn poll_cx(&mut self, cx: &Context<'_>) -> Poll<(), ()> {
        if self.done {
            return Ok(Async::Ready(()));
        }
        // First leave the executor's task here, then look.
        self.mailbox.waiter.register(cx);
        let Some(task) = self.mailbox.take() else { return Ok(Async::NotReady) };
        match task.run() {
            AfterRun::Waiting => return Ok(Async::NotReady),
            AfterRun::Woken(task) => {
                if let Err(task) = self.mailbox.put(task) {
                    unreachable!("only the drop of a foreign task closes its mailbox: {task:?}");
                }
                cx.wake();
                return Ok(Async::NotReady);
            }
            AfterRun::Done => {
                self.done = true;
                Mailbox::task_ended(&self.mailbox);
            }
            AfterRun::Panicked(payload) => {
                self.done = true;
                Mailbox::task_ended(&self.mailbox);
                panic::resume_unwind(payload);
            }
        }
        Ok(Async::Ready(()))
    }
}

impl Drop for ForeignTask {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        match self.mailbox.replace(Content::Closed) {
            Content::Runnable(task) => Mailbox::cancel(&self.mailbox, task),
            // It waits: this brings it to the mailbox, which is closed. If somebody has woken
            // it just now, it comes by itself.
            Content::Empty => self.task.cancel(),
            Content::Closed => unreachable!("a foreign task is dropped once"),
        }
    }
}
