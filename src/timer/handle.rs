//! References to a timer, and the one that a thread uses by default.
//!
//! Called by runtimes, which set the default around their threads, and by a `Delay`, which looks
//! it up when it is first polled.
//!
//! Always true: a guard puts back what it replaced, in the reverse order of setting. A handle
//! keeps the shard's memory, and not its driver: after that is gone, a wait ends with an error.
//!
//! What a handle makes stands with its type: `Handle::delay` in `delay.rs`, and so on.
//!
//! Why a thread-local? As in tokio 0.1, a `Delay` is made without naming a timer.

use super::shard::Shard;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::Arc;
use tokio_executor::Enter;

/// Sets timers on the timer it came from.
///
/// [`Handle::default`] is a handle that stands for whatever timer the thread has by
/// default when something made with it is first polled.
///
/// A handle does not keep the timer running: once that is dropped, everything that waits
/// ends with [`Error::shutdown`](super::Error::shutdown).
///
/// # Examples
///
/// ```
/// use std::time::{Duration, Instant};
/// use tokio::runtime::current_thread::block_on_all_std;
/// use tokio::timer::driver::Handle;
///
/// block_on_all_std(async {
///     let timers = Handle::current();
///     timers.delay(Instant::now() + Duration::from_millis(1)).await;
/// });
/// ```
#[derive(Clone, Default)]
pub struct Handle {
    /// None means the thread's default, at the first poll.
    pub(super) timer: Option<Timer>,
}

/// A timer, or the lack of one.
#[derive(Clone)]
pub(super) struct Timer {
    shard: Option<Arc<Shard>>,
}

/// Keeps a thread's default timer in place; see [`set_default`].
///
/// # Dropping
///
/// The thread goes back to the default timer that it had before, if any.
///
/// # Examples
///
/// ```
/// use tokio::timer::driver::{set_default, Timer};
///
/// let timer = Timer::default();
/// let default = set_default(&timer.handle());
/// // Delays that are polled here are this timer's.
/// drop(default);
/// ```
#[derive(Debug)]
pub struct DefaultGuard {
    former: Option<Timer>,
    was_set: bool,
}

thread_local! {
    /// The default is one of `set_default`, which refuses to cover another such one.
    static IS_SET: Cell<bool> = const { Cell::new(false) };
    static CURRENT: RefCell<Option<Timer>> = const { RefCell::new(None) };
}

/// Runs `f` with the timer of `handle` as the thread's default.
///
/// # Panics
///
/// If the thread has a default timer already, or if `handle` is [`Handle::default`].
pub fn with_default<F, R>(handle: &Handle, enter: &mut Enter, f: F) -> R
where
    F: FnOnce(&mut Enter) -> R,
{
    let _guard = set_default(handle);
    f(enter)
}

/// Makes the timer of `handle` the thread's default until the result is dropped.
///
/// # Panics
///
/// If the thread has a default timer already that was set by this or by [`with_default`], or if
/// `handle` is [`Handle::default`].
pub fn set_default(handle: &Handle) -> DefaultGuard {
    // One of a runtime around us, which upstream's set none for, may be covered.
    assert!(!IS_SET.get(), "default Tokio timer already set for execution context");
    assert!(handle.timer.is_some(), "Handle::default() does not refer to a timer");
    let guard = replace_default(Some(handle));
    IS_SET.set(true);
    guard
}

/// Makes the timer of `handle`, or none, the thread's default in place of the present one
/// until the result is dropped: contexts nest.
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
pub fn replace_default(handle: Option<&Handle>) -> DefaultGuard {
    let timer = handle.and_then(|handle| handle.timer.clone());
    let former = CURRENT.with(|current| current.replace(timer));
    DefaultGuard { former, was_set: IS_SET.replace(false) }
}

impl Drop for DefaultGuard {
    fn drop(&mut self) {
        // The thread may be ending, and its default be gone. What was there is dropped after
        // the borrow has ended.
        let former = self.former.take();
        IS_SET.set(self.was_set);
        let _ = CURRENT.try_with(|current| current.replace(former));
    }
}

impl Timer {
    /// The thread's default timer.
    #[inline]
    pub(super) fn current() -> Timer {
        CURRENT
            .try_with(|current| current.borrow().clone())
            .ok()
            .flatten()
            .unwrap_or(Timer { shard: None })
    }

    /// Whether there is a timer.
    fn is_some(&self) -> bool {
        self.shard.is_some()
    }

    pub(super) fn into_shard(self) -> Option<Arc<Shard>> {
        self.shard
    }
}

impl Handle {
    pub(super) fn to(shard: Arc<Shard>) -> Handle {
        Handle { timer: Some(Timer { shard: Some(shard) }) }
    }

    /// Returns the thread's default timer.
    ///
    /// If there is none, everything made with the result fails with
    /// [`Error::shutdown`](super::Error::shutdown).
    pub fn current() -> Handle {
        Handle { timer: Some(Timer::current()) }
    }

    /// Returns the thread's default timer, if there is one.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn try_current() -> Option<Handle> {
        Some(Timer::current()).filter(Timer::is_some).map(|timer| Handle { timer: Some(timer) })
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer").field("exists", &self.is_some()).finish()
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let timer = match &self.timer {
            None => "the thread's default, at the first poll",
            Some(Timer { shard: None }) => "none",
            Some(Timer { shard: Some(_) }) => "a timer",
        };
        f.debug_struct("Handle").field("timer", &timer).finish()
    }
}
