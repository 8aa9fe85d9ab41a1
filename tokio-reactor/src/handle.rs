//! How a thread finds the reactor to register its sources with.
//!
//! In this order: the one that the handle names; the one that is the thread's default;
//! the process's fallback, which is a reactor with a thread of its own, started when it
//! is first needed.

use crate::shared::{gone, Shared};
use crate::Reactor;
use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::io;
use std::marker::PhantomData;
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
#[derive(Clone, Default)]
pub struct Handle {
    shared: Option<Weak<Shared>>,
}

/// Keeps a reactor the default of its thread; see [`set_default`].
///
/// # Dropping
///
/// Leaves the thread without a default reactor.
#[derive(Debug)]
#[must_use = "dropping the guard leaves the thread without a default reactor"]
pub struct DefaultGuard {
    _private: PhantomData<()>,
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

thread_local! {
    static CURRENT: RefCell<Option<Weak<Shared>>> = const { RefCell::new(None) };
}

static FALLBACK: OnceLock<Weak<Shared>> = OnceLock::new();

/// Makes `handle`'s reactor the default of this thread while `f` runs.
///
/// # Panics
///
/// If the thread has a default reactor already, or if `handle` names none.
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
/// If the thread has a default reactor already, or if `handle` names none.
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
    CURRENT.with(|current| {
        let mut current = current.borrow_mut();
        assert!(current.is_none(), "default Tokio reactor already set for execution context");
        let shared = handle.shared.as_ref().expect("the handle does not name a reactor");
        *current = Some(shared.clone());
    });
    DefaultGuard { _private: PhantomData }
}

impl Drop for DefaultGuard {
    fn drop(&mut self) {
        // The thread may be past the end of its thread-local values.
        let former = CURRENT.try_with(|current| current.borrow_mut().take());
        drop(former);
    }
}

impl Handle {
    pub(crate) fn new(shared: &Arc<Shared>) -> Handle {
        Handle { shared: Some(Arc::downgrade(shared)) }
    }

    /// The thread's default reactor, or else the fallback; if there is neither and none
    /// can be started, a handle that fails every registration.
    #[doc(hidden)]
    #[deprecated(note = "use Handle::default(), which looks when it is needed")]
    pub fn current() -> Handle {
        Handle { shared: Some(current().unwrap_or_default()) }
    }

    /// The reactor with a thread of its own that the process falls back to, started now
    /// if need be; if it cannot be, a handle that fails every registration.
    ///
    /// For sources that are waited for outside of what drives a reactor.
    #[doc(hidden)]
    pub fn background() -> Handle {
        Handle { shared: Some(fallback().unwrap_or_default()) }
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
    // While the thread's own values are being dropped it has no default any more.
    let current = CURRENT.try_with(|current| current.borrow().clone());
    match current {
        Ok(Some(shared)) => Ok(shared),
        Ok(None) | Err(_) => fallback(),
    }
}

fn fallback() -> io::Result<Weak<Shared>> {
    if let Some(shared) = FALLBACK.get() {
        return Ok(shared.clone());
    }
    let reactor = Reactor::new()?;
    if reactor.set_fallback().is_ok() {
        reactor.background()?.forget();
    }
    // Another thread may have been faster: its reactor stands, and ours is dropped.
    FALLBACK.get().cloned().ok_or_else(gone)
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
