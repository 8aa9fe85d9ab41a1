//! What wakes one task, of either kind of future.
//!
//! `Context::waiter` makes it for whoever has to keep the task: [`WaiterCell`](super::WaiterCell),
//! lists of waiters, and the budget's queue of refused operations.

use crate::pooled::Pooled;
use futures::task::{self, Task};
use std::task::Waker;

/// A task that can be woken once: of either kind of future, on any executor.
///
/// It owns what it wakes by, goes to any thread, and may outlast the task and its executor.
/// A [`Context`](crate::task::Context) is what may not be kept: it borrows.
///
/// ```compile_fail,E0597
/// use std::task::Waker;
/// use tokio_executor::task::Context;
///
/// let kept = {
///     let waker = Waker::noop().clone();
///     Context::from_waker(&waker)
/// };
/// kept.wake();
/// ```
///
/// Nor can what is woken borrow from somewhere, or be tied to a thread:
///
/// ```compile_fail,E0597
/// use futures::executor::{Notify, NotifyHandle};
/// use std::sync::Arc;
///
/// struct Borrows<'a>(&'a str);
///
/// impl Notify for Borrows<'_> {
///     fn notify(&self, _: usize) {
///         println!("{}", self.0);
///     }
/// }
///
/// let text = String::from("on the stack");
/// let _handle = NotifyHandle::from(Arc::new(Borrows(&text)));
/// ```
///
/// ```compile_fail,E0277
/// use std::{rc::Rc, sync::Arc, task::{Wake, Waker}};
///
/// struct OfOneThread(Rc<()>);
///
/// impl Wake for OfOneThread {
///     fn wake(self: Arc<Self>) {}
/// }
///
/// let _waker = Waker::from(Arc::new(OfOneThread(Rc::new(()))));
/// ```
#[derive(Clone, Debug)]
pub enum Waiter {
    /// A task of futures 0.1 on an executor that is not ours, or inside a combinator
    /// that tells its children apart (`FuturesUnordered`, `select_all`). In a block of its
    /// own: it is four times as large as a waker, and would make every cell so.
    Task(Pooled<Task>),
    /// One of our tasks, or a waker of std.
    Waker(Waker),
}

impl Waiter {
    /// Returns the current futures 0.1 task, whoever's it is.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn current_task() -> Waiter {
        Waiter::Task(Pooled::new(task::current()))
    }

    /// Makes the task runnable.
    pub fn wake(self) {
        match self {
            Waiter::Task(task) => task.notify(),
            Waiter::Waker(waker) => waker.wake(),
        }
    }

    /// Makes the task runnable, and keeps the handle.
    pub fn wake_by_ref(&self) {
        match self {
            Waiter::Task(task) => task.notify(),
            Waiter::Waker(waker) => waker.wake_by_ref(),
        }
    }
}
