//! Which runtime a thread belongs to.
//!
//! Workers enter when they start, a thread that blocks on a future while it does, and others
//! by [`Handle::enter`]. The innermost counts. A worker of a runtime that the 0.1 interface
//! has made finds its handle through that runtime.
//!
//! Called by `runtime` and its parts as they enter and leave, and by `task`, which asks what is to
//! be done for what blocks.
//!
//! Always true: while `NATIVE` is set, and the program has lent the thread no executor since, what
//! is spawned on the thread's default executor is spawned on the runtime of the thread.
//!
//! Why not the default executor of 0.1 alone? It leads to an executor, but to no handle, and to no
//! threads for what blocks.

use super::{Handle, TryCurrentError};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::marker::PhantomData;
use std::sync::MutexGuard;
use tokio::runtime::ContextGuard;
use tokio_executor::internals::covers_another;

thread_local! {
    static CURRENT: RefCell<Option<Handle>> = const { RefCell::new(None) };
    static NATIVE: Cell<Native> = const { Cell::new(Native::No) };
    /// The number of guards that are there.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    static MODE: Cell<Mode> = const { Cell::new(Mode::Worker) };
}

/// Whether the thread's default executor is that of its runtime.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Native {
    No,
    Yes,
    /// It is, and its runtime does more for a spawn than to hand the task to it.
    Instrumented,
}

/// What the executor on this thread, if one runs there, does for what blocks it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A worker of a pool: it is handed to another thread.
    Worker,
    /// A thread that blocks on a future: nobody else waits for it.
    Blocked,
    /// The thread of a runtime that has no other: its tasks would all wait.
    Single,
}

/// The thread belongs to a runtime, until this is dropped; see [`Handle::enter`].
///
/// # Panics
///
/// In its drop, if it is not the latest guard of its thread.
///
/// # Dropping
///
/// Gives the thread back to the runtime it belonged to before. So guards are to be dropped
/// in the opposite order of their making.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::runtime::Runtime;
///
/// let runtime = Runtime::new().unwrap();
/// let entered = runtime.enter();
/// tokio::spawn(async { println!("on the runtime that the thread has entered") });
/// drop(entered);
/// ```
#[must_use = "a guard that is dropped leaves the runtime"]
pub struct EnterGuard<'a> {
    /// By itself, so that the drop of the guard does not count as a use of the handle: the
    /// runtime may be shut down before.
    _entered: Entered,
    handle: PhantomData<&'a Handle>,
}

/// What [`EnterGuard`] puts back.
struct Entered {
    former: Option<Handle>,
    native: Native,
    depth: usize,
    defaults: Option<ContextGuard>,
    /// Belongs to its thread; who shares it can do nothing with it.
    thread: PhantomData<MutexGuard<'static, ()>>,
}

/// Makes `handle` that of the thread until the guard is dropped.
pub(super) fn enter<'a>(handle: Handle) -> EnterGuard<'a> {
    // A thread whose locals are gone belongs to nobody.
    let alive = CURRENT.try_with(|_| ()).is_ok();
    let defaults = alive.then(|| handle.enter_defaults());
    let former = CURRENT.try_with(|current| current.replace(Some(handle))).ok().flatten();
    DEPTH.set(DEPTH.get() + 1);
    let entered = Entered {
        former,
        native: NATIVE.replace(Native::No),
        depth: DEPTH.get(),
        defaults,
        thread: PhantomData,
    };
    EnterGuard { _entered: entered, handle: PhantomData }
}

/// Makes `handle` that of the thread for good, which is a worker of its pool.
pub(super) fn stay_as_worker(handle: Handle) {
    NATIVE.set(handle.native());
    // For as long as the thread lives.
    std::mem::forget(handle.seed_thread(true));
    stay(handle);
}

/// A hook that may have given this thread an executor of 0.1's interface was called: what is
/// spawned by that interface goes there.
pub(super) fn look_for_executor() {
    if tokio_executor::internals::has_default() {
        NATIVE.set(Native::No);
    }
}

/// Whether the program has given this thread an executor of 0.1's interface, or this is a
/// worker of a runtime which that interface has made.
pub(super) fn has_other_executor() -> bool {
    !is_native() && tokio_executor::internals::has_default()
}

/// Makes `handle` that of the thread, for good.
pub(super) fn stay(handle: Handle) {
    // The former one, if any, is dropped after the borrow has ended.
    drop(CURRENT.with(|current| current.replace(Some(handle))));
}

/// Puts back what a thread that blocks on a future was before.
pub(super) struct Blocking {
    native: Native,
    mode: Mode,
    _inline: tokio_threadpool::blocking::DefaultGuard<'static>,
}

/// This thread blocks on a future of its runtime, whose executor is the thread's default if
/// `is_native`.
pub(super) fn block(mode: Mode, native: Native) -> Blocking {
    // What blocks on this thread makes its own tasks wait, and no worker.
    let inline = tokio_threadpool::blocking::set_default(|f| {
        f();
        Ok(futures::Async::Ready(()))
    });
    Blocking { native: NATIVE.replace(native), mode: MODE.replace(mode), _inline: inline }
}

impl Drop for Blocking {
    fn drop(&mut self) {
        NATIVE.set(self.native);
        MODE.set(self.mode);
    }
}

/// What is done for what blocks the executor of this thread.
pub(crate) fn mode() -> Mode {
    MODE.get()
}

/// Whether this thread runs tasks, as which worker of its runtime.
pub(super) fn worker_index() -> Option<usize> {
    if tokio::current_thread::is_driving() {
        return Some(0);
    }
    tokio_threadpool::internals::worker_index()
}

/// Whether the thread's default executor is that of its runtime.
#[inline]
pub(super) fn is_native() -> bool {
    NATIVE.get() != Native::No && !covers_another()
}

/// Whether it is, and has only to be handed a task that is spawned.
#[inline]
pub(crate) fn spawns_natively() -> bool {
    NATIVE.get() == Native::Yes && !covers_another()
}

/// The runtime of the thread, if it has one.
pub(crate) fn try_current() -> Result<Handle, TryCurrentError> {
    let current = CURRENT.try_with(|current| current.borrow().clone());
    match current {
        Ok(Some(handle)) => Ok(handle),
        Ok(None) => Handle::of_worker().ok_or_else(TryCurrentError::missing),
        Err(_) => Err(TryCurrentError::destroyed()),
    }
}

impl Drop for Entered {
    #[track_caller]
    fn drop(&mut self) {
        if DEPTH.get() != self.depth {
            if !std::thread::panicking() {
                panic!(
                    "`EnterGuard` values dropped out of order. Guards returned by \
                     `tokio::runtime::Handle::enter()` must be dropped in the reverse \
                     order as they were acquired."
                );
            }
            return;
        }
        DEPTH.set(self.depth - 1);
        NATIVE.set(self.native);
        drop(self.defaults.take());
        let former = self.former.take();
        drop(CURRENT.try_with(|current| current.replace(former)));
    }
}

impl Handle {
    /// Makes this the runtime of the thread, for [`spawn`](crate::spawn),
    /// [`Handle::current`], sockets and timers, until the guard is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let runtime = tokio::runtime::Runtime::new().unwrap();
    /// let handle = runtime.handle().clone();
    /// let _entered = handle.enter();
    /// tokio::spawn(async { println!("on the runtime that the thread has entered") });
    /// ```
    pub fn enter(&self) -> EnterGuard<'_> {
        enter(self.clone())
    }
}

impl fmt::Debug for EnterGuard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnterGuard").finish_non_exhaustive()
    }
}
