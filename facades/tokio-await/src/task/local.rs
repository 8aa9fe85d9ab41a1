//! Tasks that stay on their thread, and so need not be `Send`.
//!
//! A [`LocalSet`] has a queue of its own, which runs while somebody polls the set or awaits a
//! [`run_until`](LocalSet::run_until) of it: `tokio::current_thread::TaskSet` does that. The
//! set whose future or task is being polled is where [`spawn_local`] spawns; without one, the
//! tasks of the thread's [`LocalRuntime`](crate::runtime::LocalRuntime).
//!
//! Programs call it; `LocalRuntime` has a set, and `JoinSet` spawns into one.
//!
//! Always true: a task is polled and dropped on the thread of its set, which cannot leave it.
//!
//! Why not an executor on a thread of its own? A set is itself a future, so that it can be polled
//! inside a task of any runtime.

use super::JoinHandle;
use crate::runtime::instruments::Instruments;
use crate::runtime::{Handle, Id, Runtime, UnhandledPanic};
use pin_project_lite::pin_project;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::current_thread::TaskSet;

thread_local! {
    /// The set that `spawn_local` spawns into.
    static CURRENT: RefCell<Option<Rc<Tasks>>> = const { RefCell::new(None) };
    /// A set is being polled: what blocks would hold up its tasks.
    static POLLING: Cell<bool> = const { Cell::new(false) };
    /// The sets of the local runtimes that this thread has made.
    static SERVED: RefCell<Vec<(Id, Weak<Tasks>)>> = const { RefCell::new(Vec::new()) };
}

struct Tasks {
    id: Id,
    set: TaskSet,
    /// What is done around the tasks.
    instruments: Option<Arc<Instruments>>,
    /// They are those of a local runtime, which ends with a panic by itself.
    of_runtime: bool,
}

impl Tasks {
    #[track_caller]
    fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let Some(instruments) = &self.instruments else { return self.set.spawn(future) };
        let (future, spawned) = instruments.around(future, Location::caller());
        let handle = self.set.spawn(future);
        // Nobody has polled it: it stays on this thread.
        spawned.tell(handle.id());
        handle
    }

    /// Whether a panic has stopped the set.
    fn have_stopped(&self) -> bool {
        self.instruments.as_ref().is_some_and(|all| all.have_stopped())
    }

    /// Drops all tasks and panics, if the panic of one is to stop the set.
    #[track_caller]
    fn stop_after_panic(&self) {
        if !self.of_runtime && self.have_stopped() {
            self.set.close();
            panic!(
                "a spawned task panicked and the LocalSet is configured to shutdown on unhandled \
                 panic"
            );
        }
    }
}

/// Whether a set of local tasks is being polled on this thread.
pub(super) fn is_polling() -> bool {
    POLLING.get()
}

/// Spawns `future`, which need not be `Send`, into the [`LocalSet`] whose task or future is
/// polled on this thread; the handle gets its result.
///
/// # Panics
///
/// If there is none.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use std::rc::Rc;
/// use tokio::task::{spawn_local, LocalSet};
///
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let shared = Rc::new(7);
///     let local = LocalSet::new();
///     let seven = local.run_until(async move {
///         let task = spawn_local(async move { *shared });
///         task.await.unwrap()
///     });
///     assert_eq!(seven.await, 7);
/// });
/// ```
#[track_caller]
pub fn spawn_local<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    let current = CURRENT.try_with(|current| current.borrow().clone()).ok().flatten();
    match current.or_else(served) {
        Some(tasks) => tasks.spawn(future),
        None => panic!(
            "`spawn_local` called from outside of a `task::LocalSet` or `runtime::LocalRuntime`"
        ),
    }
}

/// The tasks of the local runtime that this thread belongs to.
#[track_caller]
fn served() -> Option<Rc<Tasks>> {
    let handle = Handle::try_current().ok().filter(Handle::is_local)?;
    let find = |served: &RefCell<Vec<(Id, Weak<Tasks>)>>| {
        let served = served.borrow();
        served.iter().find(|(id, _)| *id == handle.id()).and_then(|(_, tasks)| tasks.upgrade())
    };
    match SERVED.try_with(find) {
        Ok(Some(tasks)) => Some(tasks),
        _ => panic!(
            "Local tasks can only be spawned on a LocalRuntime from the thread the runtime was \
             created on"
        ),
    }
}

/// A set of tasks that stay on their thread.
///
/// As a future, it is done once all of them are. The tasks run while the set is polled.
///
/// # Dropping
///
/// Drops the tasks.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use std::rc::Rc;
/// use tokio::runtime::Runtime;
/// use tokio::task::{spawn_local, LocalSet};
///
/// let local = LocalSet::new();
/// local.block_on(&Runtime::new().unwrap(), async {
///     let here = Rc::new("not `Send`");
///     spawn_local(async move { println!("{here}") }).await.unwrap();
/// });
/// ```
pub struct LocalSet {
    tasks: Rc<Tasks>,
}

/// A set is that which [`spawn_local`] spawns into, until this is dropped; see
/// [`LocalSet::enter`].
///
/// # Dropping
///
/// [`spawn_local`] spawns where it did before.
pub struct LocalEnterGuard {
    former: Option<Rc<Tasks>>,
    polling: bool,
}

fn enter(tasks: &Rc<Tasks>, polling: bool) -> LocalEnterGuard {
    let tasks = tasks.clone();
    let former = CURRENT.try_with(|current| current.replace(Some(tasks))).ok().flatten();
    LocalEnterGuard { former, polling: POLLING.replace(polling) }
}

impl Drop for LocalEnterGuard {
    fn drop(&mut self) {
        POLLING.set(self.polling);
        let former = self.former.take();
        drop(CURRENT.try_with(|current| current.replace(former)));
    }
}

impl LocalSet {
    /// Returns an empty set.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let local = tokio::task::LocalSet::new();
    /// # drop(local);
    /// ```
    pub fn new() -> LocalSet {
        LocalSet::of(None, false)
    }

    fn of(instruments: Option<Arc<Instruments>>, of_runtime: bool) -> LocalSet {
        let tasks = Tasks { id: Id::next(), set: TaskSet::new(), instruments, of_runtime };
        LocalSet { tasks: Rc::new(tasks) }
    }

    /// The set of the local runtime `id`.
    pub(crate) fn serving(id: Id, instruments: Option<Arc<Instruments>>) -> LocalSet {
        let set = LocalSet::of(instruments, true);
        SERVED.with(|served| {
            let mut served = served.borrow_mut();
            served.retain(|(_, tasks)| tasks.strong_count() > 0);
            served.push((id, Rc::downgrade(&set.tasks)));
        });
        set
    }

    /// Drops all tasks if a panic has stopped the runtime of this set.
    pub(crate) fn close_after_panic(&self, runtime: &Runtime) {
        if self.tasks.have_stopped() {
            let _runtime = runtime.enter();
            let _entered = enter(&self.tasks, true);
            self.tasks.set.close();
        }
    }

    /// Sets what the set does if a task panics: with
    /// [`ShutdownRuntime`](UnhandledPanic::ShutdownRuntime) it drops all tasks, and whoever runs it
    /// panics.
    ///
    /// # Panics
    ///
    /// If the set is in use, or has tasks.
    ///
    /// # Examples
    ///
    /// ```should_panic
    /// # use tokio_await as tokio;
    /// use tokio::runtime::{Runtime, UnhandledPanic};
    /// use tokio::task::{spawn_local, LocalSet};
    ///
    /// let mut local = LocalSet::new();
    /// local.unhandled_panic(UnhandledPanic::ShutdownRuntime);
    /// local.block_on(&Runtime::new().unwrap(), async {
    ///     spawn_local(async { panic!("boom") });
    ///     std::future::pending::<()>().await;
    /// });
    /// ```
    #[track_caller]
    pub fn unhandled_panic(&mut self, behavior: UnhandledPanic) -> &mut LocalSet {
        let tasks = Rc::get_mut(&mut self.tasks).filter(|tasks| tasks.set.is_empty());
        let tasks = tasks.expect("Unhandled Panic behavior modified after starting LocalSet");
        tasks.instruments = match behavior {
            UnhandledPanic::Ignore => None,
            UnhandledPanic::ShutdownRuntime => Some(Instruments::that_stop()),
        };
        self
    }

    /// Makes this the set that [`spawn_local`] spawns into, until the guard is dropped.
    pub fn enter(&self) -> LocalEnterGuard {
        enter(&self.tasks, is_polling())
    }

    /// Tells the set apart from others, and from runtimes.
    pub fn id(&self) -> Id {
        self.tasks.id
    }

    /// Spawns `future` into the set; the handle gets its result.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let local = tokio::task::LocalSet::new();
    ///     let shared = std::rc::Rc::new(1);
    ///     let task = local.spawn_local(async move { *shared });
    ///     assert_eq!(local.run_until(task).await.unwrap(), 1);
    /// });
    /// ```
    #[track_caller]
    pub fn spawn_local<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.tasks.spawn(future)
    }

    /// Waits for `future`, in which [`spawn_local`] spawns into this set, and runs the tasks
    /// of the set meanwhile.
    ///
    /// # Dropping
    ///
    /// Drops `future`. What it has spawned stays in the set.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let local = tokio::task::LocalSet::new();
    ///     let one = local.run_until(async {
    ///         tokio::task::spawn_local(async { 1 }).await.unwrap()
    ///     });
    ///     assert_eq!(one.await, 1);
    /// });
    /// ```
    pub async fn run_until<F: Future>(&self, future: F) -> F::Output {
        RunUntil { tasks: &self.tasks, future }.await
    }

    /// Blocks on `future` on `rt`, as [`run_until`](LocalSet::run_until).
    ///
    /// # Panics
    ///
    /// As [`Runtime::block_on`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let runtime = tokio::runtime::Runtime::new().unwrap();
    /// let local = tokio::task::LocalSet::new();
    /// let one = local.block_on(&runtime, async {
    ///     tokio::task::spawn_local(async { 1 }).await.unwrap()
    /// });
    /// assert_eq!(one, 1);
    /// ```
    #[track_caller]
    pub fn block_on<F: Future>(&self, rt: &Runtime, future: F) -> F::Output {
        rt.block_on(self.run_until(future))
    }
}

pin_project! {
    struct RunUntil<'a, F> {
        tasks: &'a Rc<Tasks>,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for RunUntil<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = enter(this.tasks, true);
        this.tasks.stop_after_panic();
        if let Poll::Ready(output) = this.future.poll(cx) {
            return Poll::Ready(output);
        }
        // The tasks have a turn of their own, whether or not one is left then.
        let _ = this.tasks.set.poll(&(&*cx).into());
        this.tasks.stop_after_panic();
        Poll::Pending
    }
}

impl Future for LocalSet {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let _entered = enter(&self.tasks, true);
        let polled = self.tasks.set.poll(&(&*cx).into());
        self.tasks.stop_after_panic();
        polled
    }
}

impl Default for LocalSet {
    fn default() -> LocalSet {
        LocalSet::new()
    }
}

impl Drop for LocalSet {
    fn drop(&mut self) {
        let _entered = enter(&self.tasks, true);
        self.tasks.set.close();
    }
}

impl fmt::Debug for LocalSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalSet").field("set", &self.tasks.set).finish()
    }
}

impl fmt::Debug for LocalEnterGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalEnterGuard").finish_non_exhaustive()
    }
}
