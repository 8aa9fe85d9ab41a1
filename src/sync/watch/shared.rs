//! What both ends reach: the value behind its lock, the version, and who waits.
//!
//! Called by both ends. Always true: nothing of a caller is run, dropped or woken under a lock.

use super::{EndOfLook, Receiver, Ref, Shared, CLOSED, GIVE_WAY, GONE, VERSION};
use crate::sync::wake_list::WakeList;
use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::Ordering::{Relaxed, Release, SeqCst};
use std::sync::PoisonError;
use std::time::Instant;
use tokio_executor::internals::sys::{fence, Arc, MutexGuard};
use tokio_executor::internals::wait_list::WaitList;
use tokio_executor::waiter::WaiterCell;

impl<T> Shared<T> {
    /// A new receiver that has seen the values up to `seen`.
    pub(super) fn subscribe(shared: &Arc<Shared<T>>, seen: u64) -> Receiver<T> {
        // Relaxed: whoever asks has an end of the channel, so the value is there and stays.
        shared.receivers.fetch_add(1, Relaxed);
        let cell = Arc::new(WaiterCell::new());
        let key = shared.watchers().push_newest(cell.clone());
        Receiver { shared: shared.clone(), cell, key, seen }
    }

    /// There is a newer value, and it is locked.
    pub(super) fn step(&self) {
        // Release: the Acquire in `poll_version`.
        self.version.fetch_add(VERSION, Release);
    }

    pub(super) fn wake_receivers(&self, woken: &mut WakeList) {
        let watchers = self.watchers();
        watchers.for_each(|cell| woken.take(cell));
        drop(watchers);
        woken.wake();
    }

    /// Locks the newest value while nobody has a `Ref` of it.
    pub(super) fn latest_alone(&self) -> MutexGuard<'_, Option<std::sync::Arc<T>>> {
        let mut latest = self.latest();
        // SeqCst, of the fence, by which the count is Relaxed: the count first, then a look at
        // the `Arc`; an `EndOfLook` comes after its part of the `Arc` was given back, and then
        // looks at the count. One of the two sees the other, and the signal waits for the lock.
        self.changing.fetch_add(1, Relaxed);
        fence(SeqCst);
        let mut waited = false;
        while latest.as_mut().is_some_and(|value| std::sync::Arc::get_mut(value).is_none()) {
            waited = true;
            latest = self.alone.wait(latest).unwrap_or_else(PoisonError::into_inner);
        }
        // Relaxed: one that still sees it gives a signal too many.
        self.changing.fetch_sub(1, Relaxed);
        if waited {
            // Those who gave way, and now wait for the lock.
            self.alone.notify_all();
        }
        assert!(latest.is_some(), "{GONE}");
        latest
    }

    /// The newest value and its version.
    pub(super) fn read(&self) -> (Ref<'_, T>, u64) {
        let latest = self.latest_to_look();
        // Relaxed: changed under the lock, but for `closed`.
        let version = self.version.load(Relaxed) & !CLOSED;
        match &*latest {
            Some(value) => {
                let (value, _end) = (value.clone(), EndOfLook(self));
                (Ref { value, _end, changed: false, guard: PhantomData }, version)
            }
            None => panic!("{GONE}"),
        }
    }

    /// The lock of the value, for a look at it. Yields to a sender that waits to be alone
    /// with the value: looks that overlap would keep it waiting for ever. Not for long, since
    /// who looks may have the very `Ref` that is waited for.
    pub(super) fn latest_to_look(&self) -> MutexGuard<'_, Option<std::sync::Arc<T>>> {
        let mut latest = self.latest();
        // Relaxed, here and below: changed under the lock.
        if self.changing.load(Relaxed) > 0 {
            let until = Instant::now() + GIVE_WAY;
            while self.changing.load(Relaxed) > 0 {
                let left = until.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    break;
                }
                let waited = self.alone.wait_timeout(latest, left);
                latest = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
        }
        latest
    }

    pub(super) fn latest(&self) -> MutexGuard<'_, Option<std::sync::Arc<T>>> {
        // Nothing that can panic halfway runs under either lock.
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn watchers(&self) -> MutexGuard<'_, WaitList<Arc<WaiterCell>>> {
        self.watchers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Drop for EndOfLook<'_, T> {
    fn drop(&mut self) {
        // SeqCst, and Relaxed: see `latest_alone`.
        fence(SeqCst);
        if self.0.changing.load(Relaxed) > 0 {
            // Whoever counted before this has looked and waits, once we have the lock.
            drop(self.0.latest());
            self.0.alone.notify_all();
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Declared before the value, so dropped after it.
        let _end = EndOfLook(self);
        let latest = self.latest().clone();
        // Relaxed: for the eye only.
        let word = self.version.load(Relaxed);
        f.debug_struct("Shared")
            .field("latest", &latest)
            .field("version", &(word / VERSION))
            .field("closed", &(word & CLOSED != 0))
            .finish()
    }
}
