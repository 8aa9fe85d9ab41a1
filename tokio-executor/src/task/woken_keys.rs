//! Which of many were woken, for somebody who waits for any of them.
//!
//! Whoever has many things to poll gives each a waker of its own, which lists its key here and
//! wakes the one who waits. So a poll looks at those that were woken, not at all. Called by
//! `JoinSet` of the crate above.
//!
//! Always true: a key that was listed is taken by a poll, or the task of the last poll is woken.
//! No lock is held while waking.

use super::Context;
use crate::inspect;
use crate::sys::{Mutex, MutexGuard};
use crate::waiter::WaiterCell;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, PoisonError};
use std::task::{Wake, Waker};

#[cfg(all(loom, test))]
mod models;

/// The keys of those that were woken. A key may be listed more than once.
pub struct WokenKeys {
    /// Held to add or take one; never while waking.
    keys: Mutex<VecDeque<u64>>,
    /// Who waits for any of them.
    waiter: WaiterCell,
}

/// What wakes one of them.
struct Place {
    key: u64,
    woken: Arc<WokenKeys>,
}

impl WokenKeys {
    /// Returns a list without a key.
    pub fn new() -> Arc<WokenKeys> {
        let keys = Mutex::new(VecDeque::new());
        Arc::new(WokenKeys { keys, waiter: WaiterCell::new() })
    }

    fn keys(&self) -> MutexGuard<'_, VecDeque<u64>> {
        // Nothing panics while it is held.
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lists `key`, and wakes who waits.
    pub fn list(&self, key: u64) {
        self.keys().push_back(key);
        self.waiter.wake();
    }

    /// Returns a waker that lists `key`.
    pub fn waker(self: &Arc<Self>, key: u64) -> Waker {
        Waker::from(Arc::new(Place { key, woken: self.clone() }))
    }

    /// Has the polling task woken for the next key. True if one was listed before: then the task
    /// takes keys until there is none. Otherwise its poll ends here.
    #[must_use]
    pub fn begin_poll(&self, cx: &Context<'_>) -> bool {
        let found = !self.keys().is_empty();
        // Drops the waker of the last poll, which may run anything: what is listed by it is for
        // the next poll.
        inspect::note_wait("join set", self);
        self.waiter.register(cx);
        if !found && !self.keys().is_empty() {
            cx.wake();
        }
        found
    }

    /// Takes the key that was listed first.
    pub fn take(&self) -> Option<u64> {
        self.keys().pop_front()
    }
}

impl Wake for Place {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.list(self.key);
    }
}

impl fmt::Debug for WokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WokenKeys").field("len", &self.keys().len()).finish()
    }
}
