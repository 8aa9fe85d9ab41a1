//! Which runtime a thread belongs to.
//!
//! Workers are told when they start, whoever blocks on a future while it does, and others
//! by [`Handle::enter`]. The innermost counts.

use super::Handle;
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;

thread_local! {
    static CURRENT: RefCell<Option<Handle>> = const { RefCell::new(None) };
}

/// The thread belongs to a runtime, until this is dropped; see [`Handle::enter`].
///
/// # Dropping
///
/// Gives the thread back to the runtime it belonged to before. So guards are to be dropped
/// in the opposite order of their making.
#[must_use = "a guard that is dropped leaves the runtime"]
pub struct EnterGuard<'a> {
    former: Option<Handle>,
    /// Belongs to its thread, and to the handle.
    place: PhantomData<(&'a Handle, *const ())>,
}

/// Makes `handle` that of the thread until the guard is dropped.
pub(super) fn enter<'a>(handle: Handle) -> EnterGuard<'a> {
    let former = CURRENT.with(|current| current.replace(Some(handle)));
    EnterGuard { former, place: PhantomData }
}

/// Makes `handle` that of the thread, for good.
pub(super) fn stay(handle: Handle) {
    // The former one, if any, is dropped after the borrow has ended.
    drop(CURRENT.with(|current| current.replace(Some(handle))));
}

/// The runtime of the thread, if it has one.
pub(crate) fn current() -> Option<Handle> {
    // A thread that ends has none.
    CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
}

/// Whether the thread belongs to a runtime of one thread.
pub(crate) fn is_seat() -> bool {
    let asked = CURRENT.try_with(|current| current.borrow().as_ref().is_some_and(Handle::is_seat));
    asked.unwrap_or(false)
}

impl Drop for EnterGuard<'_> {
    fn drop(&mut self) {
        let former = self.former.take();
        drop(CURRENT.try_with(|current| current.replace(former)));
    }
}

impl fmt::Debug for EnterGuard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnterGuard").finish_non_exhaustive()
    }
}
