//! The executor that `spawn` uses on this thread.
//!
//! An executor lends itself to its thread for as long as it runs there; the thread-local keeps a
//! plain pointer, so that finding it costs one thread-local read. Called by executors
//! ([`with_default`], [`set_default`]) and by `spawn` of every era, which finds them by
//! [`DefaultExecutor`].
//!
//! Always true: an executor that [`with_default`] lends is taken out again before `with_default`
//! returns, so the pointer is never followed later. A use within a use of an executor does not find
//! it.
//!
//! Why not an `Rc` or `Arc` of the executor? `with_default` is given a reference that lives for a
//! call, as upstream's signature has it.

use crate::task::NewTask;
use crate::{Enter, Executor, SpawnError, TypedExecutor};
use futures::future::{self, ExecuteError};
use futures::Future;
use std::cell::Cell;
use std::fmt;
use std::mem::ManuallyDrop;
use std::panic::Location;
use std::ptr::NonNull;
use std::rc::Rc;

/// Hands futures to the executor of the current thread.
///
/// # Examples
///
/// Without an executor on this thread, a spawn fails:
///
/// ```
/// use tokio_executor::{DefaultExecutor, Executor};
///
/// assert!(DefaultExecutor::current().status().is_err());
/// ```
#[derive(Debug, Clone)]
pub struct DefaultExecutor {
    _private: (),
}

/// Keeps an executor installed on its thread; see [`set_default`].
///
/// # Dropping
///
/// Drops the executor, and leaves the thread without it: at once, also where another is
/// installed over it by [`with_default`]. If the guard is dropped by a `spawn` of the
/// executor itself, the executor goes once that returns.
///
/// A guard belongs to its thread, and can neither be sent away nor shared:
///
/// ```compile_fail,E0277
/// fn send<T: Send>() {}
/// send::<tokio_executor::DefaultGuard>();
/// ```
///
/// ```compile_fail,E0277
/// fn share<T: Sync>() {}
/// share::<tokio_executor::DefaultGuard>();
/// ```
#[must_use = "dropping the guard uninstalls the executor"]
pub struct DefaultGuard {
    installed: Rc<Installed>,
}

/// An executor that `set_default` installed.
struct Installed {
    /// `None` while it is used, and when it is gone.
    executor: Cell<Option<Box<dyn Executor>>>,
    /// The guard was dropped.
    removed: Cell<bool>,
}

/// Where a thread's executor is.
struct Executors {
    /// An executor that `with_default` was given, and takes out before it returns.
    lent: Cell<Option<Lent>>,
    /// An executor of `set_default`. Empty while one is lent, and while either is in use.
    installed: Cell<ManuallyDrop<Option<Rc<Installed>>>>,
    /// The lent one was lent over another, by the program.
    covers: Cell<bool>,
}

#[derive(Clone, Copy)]
struct Lent {
    executor: NonNull<dyn Executor>,
    /// What the executor says of itself, asked once.
    takes_tasks: bool,
}

thread_local! {
    /// No destructor, so that a look costs no check: what is left here at the end of the
    /// thread belongs to a guard that was leaked.
    static EXECUTORS: Executors = const {
        Executors {
            lent: Cell::new(None),
            installed: Cell::new(ManuallyDrop::new(None)),
            covers: Cell::new(false),
        }
    };
}

/// What the thread-local holds.
struct Current {
    lent: Option<Lent>,
    installed: Option<Rc<Installed>>,
    /// It was lent over another one, by the program.
    covers: bool,
}

impl Current {
    const NONE: Current = Current { lent: None, installed: None, covers: false };

    fn replace(new: Current) -> Current {
        EXECUTORS.with(|executors| Current {
            lent: executors.lent.replace(new.lent),
            installed: executors.replace_installed(new.installed),
            covers: executors.covers.replace(new.covers),
        })
    }

    /// Whether the thread has no executor. One that is gone counts as none.
    fn is_none() -> bool {
        let current = Current::replace(Current::NONE);
        let gone = current.installed.as_ref().is_none_or(|installed| installed.removed.get());
        let none = current.lent.is_none() && gone;
        drop(Current::replace(current));
        none
    }
}

impl Executors {
    #[inline]
    fn replace_installed(&self, new: Option<Rc<Installed>>) -> Option<Rc<Installed>> {
        ManuallyDrop::into_inner(self.installed.replace(ManuallyDrop::new(new)))
    }
}

fn replace_installed(new: Option<Rc<Installed>>) -> Option<Rc<Installed>> {
    EXECUTORS.with(|executors| executors.replace_installed(new))
}

impl Installed {
    /// Calls `f` with the executor, which is out of its place meanwhile; `None` if it is
    /// gone or in use.
    fn with<R>(&self, f: impl FnOnce(&mut dyn Executor) -> R) -> Option<R> {
        /// Puts the executor back, also when `f` panics.
        struct PutBack<'a>(&'a Installed, Option<Box<dyn Executor>>);

        impl Drop for PutBack<'_> {
            fn drop(&mut self) {
                let executor = self.1.take();
                if !self.0.removed.get() {
                    self.0.executor.set(executor);
                }
            }
        }

        let mut used = PutBack(self, self.executor.take());
        used.1.as_mut().map(|executor| f(&mut **executor))
    }

    fn remove(&self) {
        self.removed.set(true);
        drop(self.executor.take());
    }
}

/// Puts a former executor back, also when the code between panics.
struct Restore(Current);

impl Drop for Restore {
    fn drop(&mut self) {
        let mut former = std::mem::replace(&mut self.0, Current::NONE);
        // Removed in its own use: the thread-local drops nothing at the end of its thread.
        let gone = former.installed.take_if(|installed| installed.removed.get());
        drop(Current::replace(former));
        drop(gone);
    }
}

/// As [`Restore`], for a lent executor that was used.
struct LendAgain(Lent);

impl Drop for LendAgain {
    #[inline]
    fn drop(&mut self) {
        EXECUTORS.with(|executors| {
            executors.lent.set(Some(self.0));
            // The executor may have had another one installed meanwhile.
            // SAFETY: the cell is of this thread, and nothing writes it during the look.
            if unsafe { (*executors.installed.as_ptr()).is_some() } {
                drop_installed(executors);
            }
        });
    }
}

#[cold]
fn drop_installed(executors: &Executors) {
    drop(executors.replace_installed(None));
}

impl DefaultExecutor {
    /// Returns a handle to whichever executor the thread has when it is used.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future;
    /// use tokio_executor::{DefaultExecutor, Executor};
    ///
    /// fn try_to_start() -> bool {
    ///     DefaultExecutor::current().spawn(Box::new(future::ok(()))).is_ok()
    /// }
    ///
    /// assert!(!try_to_start(), "this thread has no executor");
    /// ```
    pub fn current() -> DefaultExecutor {
        DefaultExecutor { _private: () }
    }

    /// Calls `f` with the thread's executor, which is out of its place meanwhile: an
    /// executor that spawns in its own `spawn` gets an error, not a second borrow.
    #[inline(always)]
    fn with_current(
        f: impl FnOnce(&mut dyn Executor) -> Result<(), SpawnError>,
    ) -> Result<(), SpawnError> {
        let Some(mut lent) = EXECUTORS.with(|executors| executors.lent.take()) else {
            return Self::with_installed(f).unwrap_or_else(|| Err(SpawnError::shutdown()));
        };
        let _restore = LendAgain(lent);
        // SAFETY: `with_default` keeps the executor alive and unused while it is in the
        // thread-local, and taking it out made this the only reference.
        f(unsafe { lent.executor.as_mut() })
    }

    /// Spawns `future` on the thread's executor. One that takes no tasks, such as a program's own,
    /// gets the future itself, which can be polled wherever such an executor polls it.
    #[inline]
    #[track_caller]
    fn spawn_future<T>(future: T) -> Result<(), SpawnError>
    where
        T: Future<Item = (), Error = ()> + Send + 'static,
    {
        // The executor of a thread of ours is lent.
        if EXECUTORS.with(|executors| executors.lent.get().is_some_and(|lent| lent.takes_tasks)) {
            return Self::current().spawn_task(NewTask::new(future));
        }
        Self::spawn_boxed(Box::new(future), Location::caller())
    }

    #[cold]
    fn spawn_boxed(
        future: Box<dyn Future<Item = (), Error = ()> + Send>,
        at: &'static Location<'static>,
    ) -> Result<(), SpawnError> {
        Self::with_current(|executor| match executor.takes_tasks() {
            true => executor.spawn_task(NewTask::new_at(future, at)),
            false => executor.spawn(future),
        })
    }

    #[cold]
    fn with_installed<R>(f: impl FnOnce(&mut dyn Executor) -> R) -> Option<R> {
        let installed = replace_installed(None)?;
        let _restore = Restore(Current { installed: Some(installed.clone()), ..Current::NONE });
        installed.with(f)
    }
}

impl Executor for DefaultExecutor {
    #[track_caller]
    fn spawn(
        &mut self,
        future: Box<dyn Future<Item = (), Error = ()> + Send>,
    ) -> Result<(), SpawnError> {
        Self::spawn_boxed(future, Location::caller())
    }

    fn status(&self) -> Result<(), SpawnError> {
        Self::with_current(|executor| executor.status())
    }

    #[inline]
    fn spawn_task(&mut self, task: NewTask) -> Result<(), SpawnError> {
        Self::with_current(|executor| executor.spawn_task(task))
    }

    fn takes_tasks(&self) -> bool {
        let takes = |executor: &mut dyn Executor| match executor.takes_tasks() {
            true => Ok(()),
            false => Err(SpawnError::shutdown()),
        };
        Self::with_current(takes).is_ok()
    }
}

impl<T> TypedExecutor<T> for DefaultExecutor
where
    T: Future<Item = (), Error = ()> + Send + 'static,
{
    #[track_caller]
    fn spawn(&mut self, future: T) -> Result<(), SpawnError> {
        DefaultExecutor::spawn_future(future)
    }

    fn status(&self) -> Result<(), SpawnError> {
        Executor::status(self)
    }
}

impl<T> future::Executor<T> for DefaultExecutor
where
    T: Future<Item = (), Error = ()> + Send + 'static,
{
    #[track_caller]
    fn execute(&self, future: T) -> Result<(), ExecuteError<T>> {
        if let Err(e) = Executor::status(self) {
            let kind = if e.is_at_capacity() {
                future::ExecuteErrorKind::NoCapacity
            } else {
                future::ExecuteErrorKind::Shutdown
            };
            return Err(ExecuteError::new(kind, future));
        }
        // The status was a hint: a refusal past it drops the future, as upstream does.
        let _ = DefaultExecutor::spawn_future(future);
        Ok(())
    }
}

/// Spawns `future` on the executor of the current thread.
///
/// # Panics
///
/// If the thread has no executor, or if that has shut down.
///
/// # Examples
///
/// ```no_run
/// # // Needs an executor, which is a crate above this one.
/// use futures::future;
///
/// tokio_executor::spawn(future::lazy(|| {
///     println!("running on the executor");
///     Ok(())
/// }));
/// ```
#[track_caller]
pub fn spawn<T>(future: T)
where
    T: Future<Item = (), Error = ()> + Send + 'static,
{
    if let Err(e) = DefaultExecutor::spawn_future(future) {
        panic!("{e}");
    }
}

/// Makes `executor` the current thread's executor until the guard is dropped.
///
/// # Panics
///
/// If the thread has an executor already.
pub fn set_default<T: Executor + 'static>(executor: T) -> DefaultGuard {
    assert!(Current::is_none(), "default executor already set for execution context");
    let executor: Box<dyn Executor> = Box::new(executor);
    let installed =
        Rc::new(Installed { executor: Cell::new(Some(executor)), removed: Cell::new(false) });
    drop(replace_installed(Some(installed.clone())));
    DefaultGuard { installed }
}

/// Makes `executor` the current thread's executor while `f` runs.
///
/// Nested calls stack: the former executor is back once `f` returns.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio_executor::{Executor, SpawnError};
///
/// /// Runs what it is given on a thread of its own, and waits for it.
/// struct AtOnce;
///
/// impl Executor for AtOnce {
///     fn spawn(
///         &mut self,
///         future: Box<dyn Future<Item = (), Error = ()> + Send>,
///     ) -> Result<(), SpawnError> {
///         let _ended = std::thread::spawn(|| future.wait()).join();
///         Ok(())
///     }
/// }
///
/// let mut enter = tokio_executor::enter().unwrap();
/// tokio_executor::with_default(&mut AtOnce, &mut enter, |_| {
///     tokio_executor::spawn(future::lazy(|| Ok(println!("runs before `spawn` returns"))));
/// });
/// ```
pub fn with_default<T, F, R>(executor: &mut T, enter: &mut Enter, f: F) -> R
where
    T: Executor,
    F: FnOnce(&mut Enter) -> R,
{
    lend(executor, has_default(), enter, f)
}

/// Makes `executor`, of a runtime to which the thread belongs meanwhile, the current thread's while
/// `f` runs.
pub fn with_default_of_runtime<T, F, R>(executor: &mut T, enter: &mut Enter, f: F) -> R
where
    T: Executor,
    F: FnOnce(&mut Enter) -> R,
{
    lend(executor, false, enter, f)
}

fn lend<T, F, R>(executor: &mut T, covers: bool, enter: &mut Enter, f: F) -> R
where
    T: Executor,
    F: FnOnce(&mut Enter) -> R,
{
    let takes_tasks = executor.takes_tasks();
    let executor: NonNull<dyn Executor + '_> = NonNull::from(executor as &mut dyn Executor);
    // SAFETY: only the lifetime changes; `_restore` empties the place before this
    // function, and with it the borrow of `executor`, ends.
    let executor: NonNull<dyn Executor> = unsafe { std::mem::transmute(executor) };
    let lent = Some(Lent { executor, takes_tasks });
    let _restore = Restore(Current::replace(Current { lent, installed: None, covers }));
    f(enter)
}

/// Returns whether the current thread's executor was lent over that of its runtime.
#[inline]
pub fn covers_another() -> bool {
    EXECUTORS.with(|executors| executors.covers.get())
}

/// Returns whether the current thread has an executor.
pub fn has_default() -> bool {
    !Current::is_none()
}

/// Makes `executor` the current thread's executor while `f` runs, unless the thread has one.
pub fn with_default_beneath<T, F, R>(executor: &mut T, enter: &mut Enter, f: F) -> R
where
    T: Executor,
    F: FnOnce(&mut Enter) -> R,
{
    if has_default() {
        return f(enter);
    }
    with_default_of_runtime(executor, enter, f)
}

impl Drop for DefaultGuard {
    fn drop(&mut self) {
        // Empties the place only if this guard's executor is in it. Where it lies beneath
        // another, or is in use, it is put back later, and found gone.
        let current = replace_installed(None);
        if !current.as_ref().is_some_and(|current| Rc::ptr_eq(current, &self.installed)) {
            drop(replace_installed(current));
        }
        self.installed.remove();
    }
}

impl fmt::Debug for DefaultGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DefaultGuard").finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// Counts its spawns and its drop; may have its own guard dropped in a spawn.
    struct Counting {
        spawned: Rc<Cell<u32>>,
        dropped: Rc<Cell<u32>>,
        guard: Rc<Cell<Option<DefaultGuard>>>,
    }

    impl Executor for Counting {
        fn spawn(
            &mut self,
            _: Box<dyn Future<Item = (), Error = ()> + Send>,
        ) -> Result<(), SpawnError> {
            drop(self.guard.take());
            assert_eq!(self.dropped.get(), 0, "dropped while it is used");
            self.spawned.set(self.spawned.get() + 1);
            Ok(())
        }
    }

    impl Drop for Counting {
        fn drop(&mut self) {
            self.dropped.set(self.dropped.get() + 1);
        }
    }

    type Counts = (Rc<Cell<u32>>, Rc<Cell<u32>>, Rc<Cell<Option<DefaultGuard>>>);

    fn counting() -> (Counting, Counts) {
        let counts = Counts::default();
        let (spawned, dropped, guard) = counts.clone();
        (Counting { spawned, dropped, guard }, counts)
    }

    fn spawn_one() -> Result<(), SpawnError> {
        DefaultExecutor::current().spawn_task(NewTask::new(future::ok(())))
    }

    /// Polls what it is given at once, in no task.
    struct AtOnce;

    impl Executor for AtOnce {
        fn spawn(
            &mut self,
            mut future: Box<dyn Future<Item = (), Error = ()> + Send>,
        ) -> Result<(), SpawnError> {
            future.poll().map(drop).map_err(|()| SpawnError::shutdown())
        }
    }

    #[test]
    fn an_executor_of_the_program_gets_the_future_itself() {
        let mut entered = crate::enter().unwrap();
        with_default(&mut AtOnce, &mut entered, |_| {
            spawn(future::lazy(|| future::ok(())));
            let mut executor = DefaultExecutor::current();
            TypedExecutor::spawn(&mut executor, future::ok(())).unwrap();
            assert!(future::Executor::execute(&executor, future::lazy(|| Ok(()))).is_ok());
        });
    }

    /// The guard used to free whatever was in place, here a reference to the stack.
    #[test]
    fn a_guard_dropped_under_another_executor_frees_its_own_only() {
        let (installed, (_, installed_dropped, _)) = counting();
        let (mut lent, (lent_spawned, lent_dropped, _)) = counting();
        let guard = set_default(installed);
        let mut enter = crate::enter().unwrap();
        with_default(&mut lent, &mut enter, |_| {
            drop(guard);
            assert_eq!(installed_dropped.get(), 1);
            assert_eq!(lent_dropped.get(), 0);
            spawn_one().unwrap();
        });
        assert_eq!(lent_spawned.get(), 1);
        assert!(spawn_one().is_err(), "no executor is left");
        let (next, (next_spawned, ..)) = counting();
        let guard = set_default(next);
        spawn_one().unwrap();
        assert_eq!(next_spawned.get(), 1);
        drop(guard);
    }

    #[test]
    fn a_guard_dropped_by_its_own_executor_waits_for_the_end_of_the_use() {
        let (installed, (spawned, dropped, guard)) = counting();
        guard.set(Some(set_default(installed)));
        spawn_one().unwrap();
        assert_eq!((spawned.get(), dropped.get()), (1, 1));
        assert!(spawn_one().is_err());
    }

    /// A guard whose executor was replaced inside its own use, dropped last.
    #[test]
    fn guards_may_be_dropped_in_any_order() {
        struct Sets(Rc<Cell<Option<DefaultGuard>>>, Option<Counting>);

        impl Executor for Sets {
            fn spawn(
                &mut self,
                _: Box<dyn Future<Item = (), Error = ()> + Send>,
            ) -> Result<(), SpawnError> {
                // The place is empty while this executor is used.
                self.0.set(self.1.take().map(set_default));
                Ok(())
            }
        }

        let (inner, (_, dropped, inner_guard)) = counting();
        let outer_guard = set_default(Sets(inner_guard.clone(), Some(inner)));
        spawn_one().unwrap();
        drop(outer_guard);
        assert_eq!(dropped.get(), 0);
        drop(inner_guard.take());
        assert_eq!(dropped.get(), 1);
        assert!(spawn_one().is_err());
    }
}
