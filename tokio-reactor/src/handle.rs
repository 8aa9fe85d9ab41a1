//! How a thread finds the reactor to register its sources with.
//!
//! In this order: the one that the handle names; the one that is the thread's default;
//! the process's fallback, which is a reactor with a thread of its own, started when it
//! is first needed.
//!
//! Called by `registration`; runtimes set the default around their threads.
//!
//! Always true: a handle does not keep its reactor alive; a source that is registered through one
//! whose reactor is gone gets an error. A guard removes the default that it set and no other one,
//! in whichever order guards are dropped.
//!
//! Why a stack, and not one place? Executors may be nested, and guards be dropped in another order
//! than they were made.

use crate::shared::{gone, ReactorCounts, Shared};
use crate::{Background, Reactor};
use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::io;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, OnceLock, Weak};
use tokio_executor::park::Unpark;
use tokio_executor::Enter;

/// Refers to a reactor, for registering sources with it and for waking it.
///
/// The default handle names no reactor: a source registered with it goes to the default
/// reactor of the thread that first polls it, or else to a reactor that runs in a
/// thread of its own and is started for the purpose.
///
/// A handle does not keep its reactor alive. What is registered after the reactor is
/// gone fails with an error.
///
/// # Examples
///
/// ```
/// use tokio_executor::park::Unpark;
/// use tokio_reactor::Reactor;
///
/// let mut reactor = Reactor::new()?;
/// let handle = reactor.handle();
/// std::thread::spawn(move || handle.unpark());
/// reactor.turn(None)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Handle {
    shared: Option<Weak<Shared>>,
}

/// Keeps a reactor the default of its thread; see [`set_default`].
///
/// # Dropping
///
/// Gives the thread back the default reactor that it had before, if it had one. Guards may
/// be dropped in any order; the newest of those that are left counts.
///
/// # Examples
///
/// ```
/// use tokio_reactor::{set_default, Reactor};
///
/// let reactor = Reactor::new()?;
/// let default = set_default(&reactor.handle());
/// // Sources that are made here register with `reactor`.
/// drop(default);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "dropping the guard takes the default reactor from the thread"]
pub struct DefaultGuard {
    /// Of this entry of the stack, and of no other one in the process.
    id: u64,
}

/// There is a fallback reactor already; see [`Reactor::set_fallback`].
#[derive(Clone, Debug)]
pub struct SetFallbackError {
    _private: (),
}

/// The former name of [`SetFallbackError`].
#[deprecated(since = "0.1.2", note = "use SetFallbackError instead")]
#[doc(hidden)]
pub type SetDefaultError = SetFallbackError;

/// One of a thread's defaults, or that it has none.
struct Entry {
    id: u64,
    reactor: Option<Weak<Shared>>,
    /// By `set_default`, which refuses to cover another such one.
    is_set: bool,
}

thread_local! {
    /// The default reactors of this thread, the one that counts on top.
    static DEFAULTS: RefCell<Vec<Entry>> = const { RefCell::new(Vec::new()) };
}

/// Tells entries of the stacks apart.
static NEXT_ID: AtomicU64 = AtomicU64::new(0);

static FALLBACK: OnceLock<Weak<Shared>> = OnceLock::new();

/// Makes `handle`'s reactor the default of this thread while `f` runs.
///
/// # Panics
///
/// If the thread has a default reactor already, or if `handle` names none.
///
/// # Examples
///
/// ```
/// use tokio_reactor::evented::Registration;
/// use tokio_reactor::{with_default, Reactor};
///
/// let reactor = Reactor::new()?;
/// let mut enter = tokio_executor::enter().unwrap();
/// let (source, _set_readiness) = Registration::new2();
/// let registration = tokio_reactor::Registration::new();
/// with_default(&reactor.handle(), &mut enter, |_| registration.register(&source))?;
/// assert!(!reactor.is_idle());
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn with_default<F, R>(handle: &Handle, enter: &mut Enter, f: F) -> R
where
    F: FnOnce(&mut Enter) -> R,
{
    let _guard = set_default(handle);
    f(enter)
}

/// Makes `handle`'s reactor the default of this thread until the guard is dropped.
///
/// # Panics
///
/// If the thread has a default reactor already that was set by this or by [`with_default`], or if
/// `handle` names none.
///
/// # Examples
///
/// ```
/// use tokio_reactor::Reactor;
///
/// let reactor = Reactor::new()?;
/// let guard = tokio_reactor::set_default(&reactor.handle());
/// // Sources that this thread polls now are registered with `reactor`.
/// drop(guard);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn set_default(handle: &Handle) -> DefaultGuard {
    assert!(handle.is_definite(), "the handle does not name a reactor");
    let is_top_set = |defaults: &RefCell<Vec<Entry>>| {
        defaults.borrow().last().is_some_and(|top| top.is_set && top.reactor.is_some())
    };
    // One of a runtime around us, which upstream's set none for, may be covered.
    let is_taken = DEFAULTS.try_with(is_top_set).unwrap_or(false);
    assert!(!is_taken, "default Tokio reactor already set for execution context");
    push_default(Some(handle), true)
}

/// Makes `handle`'s reactor, or none, the default of this thread in place of the present one
/// until the guard is dropped.
///
/// On a thread that is past the end of its thread-local values it changes nothing.
pub fn replace_default(handle: Option<&Handle>) -> DefaultGuard {
    push_default(handle, false)
}

fn push_default(handle: Option<&Handle>, is_set: bool) -> DefaultGuard {
    // Relaxed: a number, and nothing travels with it.
    let id = NEXT_ID.fetch_add(1, Relaxed);
    let entry = Entry { id, reactor: handle.and_then(|handle| handle.shared.clone()), is_set };
    let _ = DEFAULTS.try_with(|defaults| defaults.borrow_mut().push(entry));
    DefaultGuard { id }
}

impl Drop for DefaultGuard {
    fn drop(&mut self) {
        // The thread may be past the end of its thread-local values; and a guard that was
        // moved to another thread finds nothing there.
        let former = DEFAULTS.try_with(|defaults| {
            let mut defaults = defaults.borrow_mut();
            let at = defaults.iter().rposition(|entry| entry.id == self.id)?;
            Some(defaults.remove(at))
        });
        drop(former);
    }
}

impl Handle {
    pub(crate) fn new(shared: &Arc<Shared>) -> Handle {
        Handle { shared: Some(Arc::downgrade(shared)) }
    }

    /// Returns the thread's default reactor, or else the fallback; if there is neither and none
    /// can be started, a handle that fails every registration.
    #[doc(hidden)]
    #[deprecated(note = "use Handle::default(), which looks when it is needed")]
    pub fn current() -> Handle {
        Handle { shared: Some(current().unwrap_or_default()) }
    }

    /// Returns the thread's default reactor, if it has one; the fallback does not count.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn entered() -> Option<Handle> {
        entered().map(|shared| Handle { shared: Some(shared) })
    }

    /// Returns the reactor with a thread of its own that the process falls back to, started now
    /// if need be; if it cannot be, a handle that fails every registration.
    ///
    /// For sources that are waited for outside of what drives a reactor.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn background() -> Handle {
        Handle { shared: Some(fallback().unwrap_or_default()) }
    }

    /// Returns what the reactors of a runtime count together, of which this names one; nothing, if
    /// it names none or they are gone.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn counts(&self) -> ReactorCounts {
        let counts = |handle: &Handle| handle.upgrade().map(|shared| shared.counts());
        self.siblings().iter().filter_map(counts).sum()
    }

    /// Returns all reactors of the runtime to which that of this handle belongs, itself among them.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn siblings(&self) -> Vec<Handle> {
        let shared = self.upgrade();
        let all = shared.as_ref().and_then(|shared| shared.siblings());
        all.map_or_else(|| vec![self.clone()], <[Handle]>::to_vec)
    }

    /// Whether this names a reactor, rather than whichever is the default at the time.
    pub(crate) fn is_definite(&self) -> bool {
        self.shared.is_some()
    }

    /// The reactor to register with, from this thread and at this moment.
    pub(crate) fn find(&self) -> io::Result<Arc<Shared>> {
        match &self.shared {
            Some(shared) => shared.upgrade(),
            None => current()?.upgrade(),
        }
        .ok_or_else(gone)
    }

    /// Registers sources' change to idle with the reactor, if it still is there.
    pub(crate) fn watch_idle(&self) {
        if let Some(shared) = self.upgrade() {
            shared.watch_idle();
        }
    }

    fn upgrade(&self) -> Option<Arc<Shared>> {
        self.shared.as_ref()?.upgrade()
    }
}

impl Unpark for Handle {
    /// Makes the reactor's turn return. A handle without a reactor does nothing.
    fn unpark(&self) {
        if let Some(shared) = self.upgrade() {
            shared.wake();
        }
    }
}

fn current() -> io::Result<Weak<Shared>> {
    match entered() {
        Some(shared) => Ok(shared),
        None => fallback(),
    }
}

fn entered() -> Option<Weak<Shared>> {
    // While the thread's own values are being dropped it has no default any more.
    let top = |defaults: &RefCell<Vec<Entry>>| defaults.borrow().last()?.reactor.clone();
    DEFAULTS.try_with(top).ok().flatten()
}

fn fallback() -> io::Result<Weak<Shared>> {
    fallback_in(&FALLBACK, Reactor::background)
}

/// The reactor in `place`; if there is none, one that `start` gives a thread.
fn fallback_in(
    place: &OnceLock<Weak<Shared>>,
    start: impl FnOnce(Reactor) -> io::Result<Background>,
) -> io::Result<Weak<Shared>> {
    if let Some(shared) = place.get() {
        return Ok(shared.clone());
    }
    let reactor = Reactor::new()?;
    let shared = reactor.downgrade();
    // The thread first: a reactor without one would stay the fallback for ever.
    let background = start(reactor)?;
    if place.set(shared).is_ok() {
        background.forget();
    } else {
        // Another thread was faster: its reactor stands, and ours ends here.
        drop(background);
    }
    place.get().cloned().ok_or_else(gone)
}

pub(crate) fn set_fallback(shared: &Arc<Shared>) -> Result<(), SetFallbackError> {
    FALLBACK.set(Arc::downgrade(shared)).map_err(|_| SetFallbackError { _private: () })
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").finish_non_exhaustive()
    }
}

impl fmt::Display for SetFallbackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the process already has a fallback reactor")
    }
}

impl Error for SetFallbackError {}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// The fallback used to be set before its thread was started; if that failed, every
    /// socket outside a runtime failed from then on.
    #[test]
    fn a_fallback_whose_thread_cannot_start_is_tried_again() {
        let place = OnceLock::new();
        let refused = fallback_in(&place, |_| Err(io::ErrorKind::OutOfMemory.into()));
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::OutOfMemory);
        let started = fallback_in(&place, Reactor::background).unwrap();
        assert!(started.upgrade().is_some());
    }

    fn is_default(reactor: &Reactor) -> bool {
        entered().is_some_and(|shared| shared.ptr_eq(&reactor.downgrade()))
    }

    #[test]
    fn default_reactors_nest() {
        let outer = Reactor::new().unwrap();
        let inner = Reactor::new().unwrap();
        let first = set_default(&outer.handle());
        let second = replace_default(Some(&inner.handle()));
        assert!(is_default(&inner));
        let third = replace_default(None);
        assert!(entered().is_none());
        drop(third);
        drop(second);
        assert!(is_default(&outer));
        drop(first);
        assert!(entered().is_none());
    }

    #[test]
    fn a_default_of_a_runtime_around_may_be_covered_and_one_that_was_set_may_not() {
        let outer = Reactor::new().unwrap();
        let inner = Reactor::new().unwrap();
        let _around = replace_default(Some(&outer.handle()));
        let _set = set_default(&inner.handle());
        assert!(is_default(&inner));
        let again = std::panic::AssertUnwindSafe(|| set_default(&outer.handle()));
        assert!(std::panic::catch_unwind(again).is_err());
    }

    #[test]
    fn guards_of_default_reactors_may_be_dropped_in_any_order() {
        let outer = Reactor::new().unwrap();
        let inner = Reactor::new().unwrap();
        let first = set_default(&outer.handle());
        let second = replace_default(Some(&inner.handle()));
        drop(first);
        assert!(is_default(&inner));
        drop(second);
        assert!(entered().is_none());
    }
}
