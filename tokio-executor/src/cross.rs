//! The two bridges: futures 0.1 code polled by std, and std code polled by futures 0.1.
//!
//! Futures 0.1 code looks for its task in a thread-local; std code is handed a waker.
//! [`As01`] puts the first in place for a given waker, [`AsStd`] makes the second from
//! the current task. Every adapter between the worlds is one of them beside the thing it
//! adapts.
//!
//! Called by the adapters of `compat`, and by what polls a thing of the other kind.
//!
//! Always true: inside a task of ours the current futures 0.1 task below [`As01`] is the very
//! one behind the waker: it is there already, or the bridge puts it in place, for which the
//! first bridge in a task of tokio 1.x or 0.2 allocates; [`AsStd`] takes the task's own waker.
//! Elsewhere (another executor, or a combinator that hands its children handles of their own)
//! each makes one small block, and keeps it while it is asked by the same task.
//!
//! Why not always make the block, as the compatibility layer of futures 0.3 does? It is
//! an allocation for each wait, and `task_local!` of futures 0.1 would see another task
//! below every bridge.

use crate::sys::AtomicUsize;
use crate::task::{self, Context};
use crate::waiter::Waiter;
use futures::executor::{self, Notify, NotifyHandle, Spawn, UnsafeNotify};
use futures::task::Task;
use std::cell::UnsafeCell;
use std::fmt;
use std::ptr::NonNull;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Wake, Waker};

// --------------------------------------------------------- futures 0.1 below std

/// Lends futures 0.1 code a current task where std polls.
///
/// One for each thing that is adapted, kept from poll to poll: below it, `task_local!`
/// values last as long as it does, unless they are those of the task around it.
///
/// # Examples
///
/// ```
/// use futures::{future, Async, Future};
/// use std::task::{Context, Poll, Waker};
/// use tokio_executor::cross::As01;
///
/// let mut future = future::ok::<_, ()>(7);
/// let mut bridge = As01::new();
/// let mut cx = Context::from_waker(Waker::noop());
/// assert_eq!(bridge.enter(&mut cx, || future.poll()), Ok(Async::Ready(7)));
/// ```
#[derive(Default)]
pub struct As01 {
    /// `None` until it is polled for a task that is not the current one. Never locked:
    /// in a `Mutex` the values of `task_local!`, which may not be shared, do not keep what
    /// holds a bridge from being shared.
    bridge: Option<Box<Mutex<Bridge>>>,
}

/// A futures 0.1 task that stands for a waker.
struct Bridge {
    /// The id of the task, and its `task_local!` values.
    task: Spawn<()>,
    /// Where its wakes go: to this waker.
    waker: Waker,
    handle: NotifyHandle,
}

impl As01 {
    /// Returns a bridge that was not used yet.
    pub const fn new() -> As01 {
        As01 { bridge: None }
    }

    /// Calls `f` with the task behind `cx` as the current futures 0.1 task.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Async, Future};
    /// use std::task::{Context, Waker};
    /// use tokio_executor::cross::As01;
    ///
    /// let mut bridge = As01::new();
    /// let mut cx = Context::from_waker(Waker::noop());
    /// let polled = bridge.enter(&mut cx, || {
    ///     // The future finds a current task, whose wakes go to the waker of `cx`.
    ///     future::poll_fn(|| {
    ///         futures::task::current().notify();
    ///         Ok::<_, ()>(Async::Ready(7))
    ///     })
    ///     .poll()
    /// });
    /// assert_eq!(polled, Ok(Async::Ready(7)));
    /// ```
    pub fn enter<R>(&mut self, cx: &mut std::task::Context<'_>, f: impl FnOnce() -> R) -> R {
        let waker = cx.waker();
        // A bridge that began in a foreign task goes on so: a poll elsewhere must not
        // lose the `task_local!` values of the first.
        let f = match self.bridge {
            Some(_) => f,
            None => match task::with_own_side(waker, f) {
                Ok(result) => return result,
                Err(f) => f,
            },
        };
        let bridge = match &mut self.bridge {
            Some(bridge) => {
                let bridge = unshared(bridge);
                bridge.follow(waker);
                bridge
            }
            none => unshared(none.insert(Box::new(Mutex::new(Bridge::new(waker))))),
        };
        let Bridge { task, handle, .. } = bridge;
        task.poll_fn_notify(handle, 0, |()| f())
    }

    /// Polls, for a task of either kind, a thing of futures 0.1 that has its bridge in
    /// itself.
    ///
    /// So our types that are generic over readers, writers or streams of futures 0.1 are
    /// futures of std, too.
    ///
    /// # Errors
    ///
    /// Those of `poll`.
    pub fn poll_within<T, R, E>(
        this: &mut T,
        bridge: impl Fn(&mut T) -> &mut As01,
        cx: &Context<'_>,
        poll: impl FnOnce(&mut T) -> futures::Poll<R, E>,
    ) -> std::task::Poll<Result<R, E>> {
        let polled = match cx.waker() {
            Some(waker) => {
                let mut cx = std::task::Context::from_waker(waker);
                // Taken out, since the poll has all of `this`; what is left behind is empty.
                let mut taken = std::mem::take(bridge(this));
                let polled = taken.enter(&mut cx, || poll(this));
                *bridge(this) = taken;
                polled
            }
            None => poll(this),
        };
        match polled {
            Ok(futures::Async::Ready(value)) => std::task::Poll::Ready(Ok(value)),
            Ok(futures::Async::NotReady) => std::task::Poll::Pending,
            Err(error) => std::task::Poll::Ready(Err(error)),
        }
    }
}

/// What is in a `Mutex` that nobody locks, and so nobody poisons.
fn unshared<T>(mutex: &mut Mutex<T>) -> &mut T {
    mutex.get_mut().unwrap_or_else(PoisonError::into_inner)
}

impl Bridge {
    fn new(waker: &Waker) -> Bridge {
        let waker = waker.clone();
        let handle = WakerNotify::handle(waker.clone());
        Bridge { task: executor::spawn(()), waker, handle }
    }

    /// From now on, wakes go to `waker`.
    fn follow(&mut self, waker: &Waker) {
        if !self.waker.will_wake(waker) {
            // Made before it is put in place: a `clone` that panics changes nothing.
            let waker = waker.clone();
            self.handle = WakerNotify::handle(waker.clone());
            self.waker = waker;
        }
    }
}

impl fmt::Debug for As01 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("As01").field("bridged", &self.bridge.is_some()).finish()
    }
}

/// A waker behind a futures 0.1 handle: a counted block.
///
/// All of it is in an `UnsafeCell`, so that the `&self` with which futures 0.1 calls
/// `drop_raw` is a right to free it; the handle that futures 0.1 makes from an `Arc`
/// frees more than its reference spans, which Miri rejects.
struct WakerNotify {
    block: UnsafeCell<Counted>,
}

struct Counted {
    refs: AtomicUsize,
    waker: Waker,
}

// SAFETY: the count is atomic, and the waker is only shared.
unsafe impl Sync for WakerNotify {}
// SAFETY: a waker may go to any thread.
unsafe impl Send for WakerNotify {}

impl WakerNotify {
    fn handle(waker: Waker) -> NotifyHandle {
        let counted = Counted { refs: AtomicUsize::new(1), waker };
        let block = Box::leak(Box::new(WakerNotify { block: UnsafeCell::new(counted) }));
        WakerNotify::handle_of(NonNull::from(block))
    }

    /// A handle that owns a reference which the caller has counted.
    ///
    /// Never inlined: handles are compared with their tables of methods, of which a compiler may
    /// make one for each place that names the type.
    #[inline(never)]
    fn handle_of(block: NonNull<WakerNotify>) -> NotifyHandle {
        // SAFETY: the block lives until the reference counted for this handle is
        // given back, in `drop_raw`.
        unsafe { NotifyHandle::new(block.as_ptr()) }
    }

    fn counted(&self) -> &Counted {
        // SAFETY: nobody ever borrows the content mutably.
        unsafe { &*self.block.get() }
    }
}

impl Notify for WakerNotify {
    fn notify(&self, _id: usize) {
        self.counted().waker.wake_by_ref();
    }
}

// SAFETY: a handle is the address of the block with one counted reference.
unsafe impl UnsafeNotify for WakerNotify {
    unsafe fn clone_raw(&self) -> NotifyHandle {
        // Relaxed: whoever clones has a reference, which keeps the block.
        let before = self.counted().refs.fetch_add(1, Relaxed);
        if before > isize::MAX as usize {
            // So many handles were leaked that the count is about to wrap.
            std::process::abort();
        }
        WakerNotify::handle_of(NonNull::from(self))
    }

    unsafe fn drop_raw(&self) {
        let block = NonNull::from(self).as_ptr();
        // Release: what this thread did with the waker comes before its drop.
        if self.counted().refs.fetch_sub(1, Release) != 1 {
            return;
        }
        // Acquire: pairs with the releases of all others who gave up a reference. A load in
        // place of a fence, as in `Arc`: ThreadSanitizer follows no fences.
        self.counted().refs.load(Acquire);
        // SAFETY: that was the last reference, and `handle` boxed the block.
        drop(unsafe { Box::from_raw(block) });
    }
}

// --------------------------------------------------------- std below futures 0.1

/// Lends std code a waker where futures 0.1 polls.
///
/// One for each thing that is adapted, kept from poll to poll.
///
/// # Examples
///
/// ```
/// use futures::{future, Async, Future};
/// use std::pin::pin;
/// use std::task::Poll;
/// use tokio_executor::cross::AsStd;
///
/// let mut bridge = AsStd::new();
/// let chain = future::poll_fn(move || {
///     let future = pin!(async { 7 });
///     Ok::<_, ()>(match bridge.enter(|cx| std::future::Future::poll(future, cx)) {
///         Poll::Ready(n) => Async::Ready(n),
///         Poll::Pending => Async::NotReady,
///     })
/// });
/// assert_eq!(chain.wait(), Ok(7));
/// ```
#[derive(Default)]
pub struct AsStd {
    /// The task it was last polled for, unless it was one of ours.
    bridge: Option<(Task, Waker)>,
}

impl AsStd {
    /// Returns a bridge that was not used yet.
    pub const fn new() -> AsStd {
        AsStd { bridge: None }
    }

    /// Calls `f` with a waker of the current futures 0.1 task.
    ///
    /// # Panics
    ///
    /// If there is no such task.
    pub fn enter<R>(&mut self, f: impl FnOnce(&mut std::task::Context<'_>) -> R) -> R {
        if let Some((task, waker)) = &self.bridge {
            if task::has_current_01() && task.will_notify_current() {
                return f(&mut std::task::Context::from_waker(waker));
            }
        }
        match Context::current().waiter() {
            Waiter::Waker(waker) => f(&mut std::task::Context::from_waker(&waker)),
            Waiter::Task(task) => {
                let task = task.into_inner();
                let waker = Waker::from(Arc::new(TaskWake(task.clone())));
                let (_, waker) = self.bridge.insert((task, waker));
                f(&mut std::task::Context::from_waker(waker))
            }
        }
    }
}

impl fmt::Debug for AsStd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsStd").field("bridged", &self.bridge.is_some()).finish()
    }
}

/// A futures 0.1 task behind a std waker.
struct TaskWake(Task);

impl Wake for TaskWake {
    fn wake(self: Arc<Self>) {
        self.0.notify();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.notify();
    }
}

#[cfg(all(test, not(loom)))]
mod tests;

#[cfg(all(loom, test))]
mod models;
