//! Tasks that stay on their thread, and so need not be `Send`.
//!
//! Whoever blocks on a future has an executor of one thread under it, on a runtime of either
//! flavor; these tasks are its tasks. A [`LocalSet`] keeps track of those that were spawned
//! in it: it can wait for them, and they end with it.
//!
//! Why no executor in the set itself? A `LocalSet` cannot leave its thread, so there is
//! always one under it, and that one needs no second way to wake a task.

use super::{AbortHandle, JoinHandle};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::{poll_fn, Future};
use std::pin::{pin, Pin};
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};
use tokio::current_thread;
use tokio_executor::Executor;

thread_local! {
    /// The set whose future or task is polled on this thread.
    static CURRENT: RefCell<Option<Weak<Members>>> = const { RefCell::new(None) };
}

/// Spawns `future`, which need not be `Send`, on this thread; the handle gets its result.
///
/// In a [`LocalSet`], the task is one of the set's.
///
/// # Panics
///
/// If nothing is blocked on on this thread: in a task that was spawned onto the workers, or
/// outside of a runtime.
///
/// # Examples
///
/// ```
/// use std::rc::Rc;
/// use tokio_await::task::{spawn_local, LocalSet};
///
/// # tokio_await::runtime::Runtime::new().unwrap().block_on(async {
/// let shared = Rc::new(7);
/// let local = LocalSet::new();
/// let seven = local.run_until(async move {
///     let task = spawn_local(async move { *shared });
///     task.await.unwrap()
/// });
/// assert_eq!(seven.await, 7);
/// # });
/// ```
pub fn spawn_local<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    let set = CURRENT.with(|current| current.borrow().as_ref().and_then(Weak::upgrade));
    match set {
        Some(set) => set.spawn(future),
        None => spawn_here(future),
    }
}

fn spawn_here<F: Future + 'static>(future: F) -> JoinHandle<F::Output> {
    assert!(
        current_thread::TaskExecutor::current().status().is_ok(),
        "spawn_local needs a thread that blocks on a future: call it below `block_on` or in \
         `main`, not in a task of the workers"
    );
    current_thread::spawn_handle_std(future)
}

/// A set of tasks that stay on their thread.
///
/// As a future, it is done once all of them are.
///
/// The tasks run whenever their thread does, also while nobody polls the set.
///
/// # Dropping
///
/// Cancels the tasks.
pub struct LocalSet {
    members: Rc<Members>,
}

#[derive(Default)]
struct Members {
    running: Cell<usize>,
    /// To be cancelled with the set; those that have ended are swept out now and then.
    handles: RefCell<Vec<AbortHandle>>,
    /// Of who waits for the set: woken when none runs any more.
    waker: Cell<Option<Waker>>,
}

impl Members {
    fn spawn<F>(self: &Rc<Self>, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let member = Member::new(self);
        let set = Rc::downgrade(self);
        let handle = spawn_here(async move {
            let _member = member;
            within(set, future).await
        });
        let mut handles = self.handles.borrow_mut();
        if handles.len() == handles.capacity() {
            handles.retain(|handle| !handle.is_finished());
        }
        handles.push(handle.abort_handle());
        handle
    }
}

/// Counts a task for as long as its future exists.
struct Member(Weak<Members>);

impl Member {
    fn new(members: &Rc<Members>) -> Member {
        members.running.set(members.running.get() + 1);
        Member(Rc::downgrade(members))
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        if let Some(members) = self.0.upgrade() {
            members.running.set(members.running.get() - 1);
            if members.running.get() == 0 {
                members.waker.take().into_iter().for_each(Waker::wake);
            }
        }
    }
}

/// `future`, with `set` as the set that [`spawn_local`] spawns into.
async fn within<F: Future>(set: Weak<Members>, future: F) -> F::Output {
    /// Puts the former set back, also when the poll panics.
    struct Restore(Option<Weak<Members>>);

    impl Drop for Restore {
        fn drop(&mut self) {
            let former = self.0.take();
            drop(CURRENT.with(|current| current.replace(former)));
        }
    }

    let mut future = pin!(future);
    poll_fn(|cx| {
        let former = CURRENT.with(|current| current.replace(Some(set.clone())));
        let _restore = Restore(former);
        future.as_mut().poll(cx)
    })
    .await
}

impl LocalSet {
    /// An empty set.
    pub fn new() -> LocalSet {
        LocalSet { members: Rc::default() }
    }

    /// Spawns `future` into the set; the handle gets its result.
    ///
    /// # Panics
    ///
    /// As the function [`spawn_local`]: also if the runtime does not run yet.
    pub fn spawn_local<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.members.spawn(future)
    }

    /// Waits for `future`, in which [`spawn_local`] spawns into this set.
    ///
    /// # Dropping
    ///
    /// Drops `future`. What it has spawned stays in the set.
    pub async fn run_until<F: Future>(&self, future: F) -> F::Output {
        within(Rc::downgrade(&self.members), future).await
    }

    /// Blocks on `future` on `runtime`, as [`run_until`](LocalSet::run_until).
    ///
    /// # Panics
    ///
    /// As [`Runtime::block_on`](crate::runtime::Runtime::block_on).
    pub fn block_on<F: Future>(&self, runtime: &crate::runtime::Runtime, future: F) -> F::Output {
        runtime.block_on(self.run_until(future))
    }
}

impl Future for LocalSet {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.members.running.get() == 0 {
            return Poll::Ready(());
        }
        // The tasks are on this thread: none ends between the look and this.
        self.members.waker.set(Some(cx.waker().clone()));
        Poll::Pending
    }
}

impl Default for LocalSet {
    fn default() -> LocalSet {
        LocalSet::new()
    }
}

impl Drop for LocalSet {
    fn drop(&mut self) {
        let handles = self.members.handles.take();
        handles.iter().for_each(AbortHandle::abort);
    }
}

impl fmt::Debug for LocalSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalSet").field("running", &self.members.running.get()).finish()
    }
}
