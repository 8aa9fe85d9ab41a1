//! The owner's side of an entry: beginning a wait, moving it, polling it and ending it.
//!
//! Called by `Delay`. It takes the lock of the entry's shard to begin a wait or to make one
//! due earlier, and while a wait is under way to drop it; all else is one look at the word.
//!
//! Always true: there is one `EntryBox` for an entry, and its shard never changes.
//!
//! Why is the shard here and not in the entry? What is in the wheel is then below the shard,
//! and only the owner above it.

use super::{Asked, Entry, Look, State};
use crate::timer::error::Error;
use crate::timer::shard::Shard;
use crate::timer::tick::Tick;
use crate::timer::wheel::Links;
use std::fmt;
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;
use tokio_executor::internals::inspect::{self, Detail, Wait};
use tokio_executor::internals::pooled::Pooled;
use tokio_executor::internals::sys::UnsafeCell;
use tokio_executor::task::Context;
use tokio_executor::waiter::WaiterCell;

/// The owner's hold on an [`Entry`].
///
/// # Dropping
///
/// Takes the entry out of the wheel and frees it.
pub(in crate::timer) struct EntryBox {
    entry: NonNull<Entry>,
    /// The shard in whose wheel the entry is or was, if it ever is.
    shard: Arc<Shard>,
}

// SAFETY: an `Entry` may be used and freed by any thread.
unsafe impl Send for EntryBox {}
// SAFETY: as above.
unsafe impl Sync for EntryBox {}

impl EntryBox {
    /// An entry of `shard` that waits for `deadline`, and if `cx` is given, for that task.
    pub(in crate::timer) fn new(
        shard: Arc<Shard>,
        deadline: Instant,
        cx: Option<&Context<'_>>,
    ) -> EntryBox {
        let tick = shard.tick_of(deadline);
        let passed = shard.has_passed(tick);
        // In place before the driver can know of the entry: there is nothing to race.
        let (waiter, asked) = match cx {
            Some(cx) if !passed => {
                let waiter = cx.waiter_noting(|| Self::wait(Some(deadline)));
                (WaiterCell::holding(waiter), Asked::Once)
            }
            _ => (WaiterCell::new(), Asked::Never),
        };
        let entry = Entry {
            state: State::new(),
            waiter,
            asked: UnsafeCell::new(asked),
            links: UnsafeCell::new(Links::new()),
        };
        let entry = EntryBox { entry: Pooled::new(entry).into_raw(), shard };
        if !passed {
            entry.enter_wheel(tick);
        }
        entry
    }

    /// Moves the deadline, whether or not it has passed.
    pub(in crate::timer) fn reset(&mut self, deadline: Instant) {
        let tick = self.shard.tick_of(deadline);
        loop {
            match self.state.look() {
                // Nothing leads back from here.
                Look::Closed => return,
                Look::Elapsed => return self.begin(tick),
                Look::Armed(due) if tick < due => return self.bring_forward(tick),
                Look::Armed(due) => {
                    if self.state.postpone(due, tick) {
                        return;
                    }
                }
            }
        }
    }

    /// Asks for the end of the wait.
    pub(in crate::timer) fn poll(&mut self, cx: &Context<'_>) -> Poll<Result<(), Error>> {
        if let Some(end) = self.end() {
            return Poll::Ready(end);
        }
        inspect::note(|| match self.state.look() {
            Look::Armed(tick) => Self::wait(Some(self.shard.instant_of(tick))),
            Look::Elapsed | Look::Closed => Self::wait(None),
        });
        if matches!(self.asked(), Asked::By(waiter) if cx.is(waiter)) {
            return Poll::Pending;
        }
        // First registered, then looked: a driver ends the wait, then takes the waiter.
        self.waiter.register(cx);
        if let Some(end) = self.end() {
            return Poll::Ready(end);
        }
        let asked = match self.asked() {
            Asked::Never => Asked::Once,
            _ => {
                inspect::note_again();
                Asked::By(cx.waiter())
            }
        };
        *self.asked() = asked;
        Poll::Pending
    }

    /// What the owner waits for, for those who look at its task. Without an address: no two
    /// tasks wait for one timer.
    fn wait(due: Option<Instant>) -> Wait {
        let detail = due.map_or(Detail::None, Detail::Due);
        Wait { kind: "timer", address: 0, detail }
    }

    fn asked(&mut self) -> &mut Asked {
        let asked = self.asked.with_mut(|asked| asked);
        // SAFETY: only the owner uses it, and lends itself for as long.
        unsafe { &mut *asked }
    }

    /// Begins a wait where there is none.
    fn begin(&mut self, tick: Tick) {
        if self.shard.has_passed(tick) {
            // The word is over, and the driver may be about to say that it is released:
            // it must not be written here.
            return;
        }
        *self.asked() = Asked::Never;
        self.enter_wheel(tick);
    }

    /// Waits for `tick`, which has not passed.
    fn enter_wheel(&self, tick: Tick) {
        let mut shard = self.shard.lock();
        let sooner = if shard.is_closed() {
            self.state.end(true);
            None
        } else {
            self.state.arm(tick);
            shard.link(self.entry, tick)
        };
        drop(shard);
        self.shard.tell(sooner);
    }

    /// Makes a wait due earlier.
    fn bring_forward(&mut self, tick: Tick) {
        let passed = self.shard.has_passed(tick);
        // If the driver has fired it meanwhile, the waiter is gone.
        *self.asked() = Asked::Never;
        let (mut waiter, mut sooner) = (None, None);
        let mut shard = self.shard.lock();
        // The driver may have fired it, or closed the timer, since the word was read.
        shard.unlink(self.entry);
        if shard.is_closed() {
            self.state.end(true);
        } else if passed {
            self.state.end(false);
            waiter = self.waiter.take();
        } else {
            self.state.arm(tick);
            sooner = shard.link(self.entry, tick);
        }
        drop(shard);
        self.shard.tell(sooner);
        // Mostly the task that calls this; but it may have waited elsewhere.
        if let Some(waiter) = waiter {
            waiter.wake();
        }
    }
}

impl Deref for EntryBox {
    type Target = Entry;

    #[inline]
    fn deref(&self) -> &Entry {
        // SAFETY: the entry lives until this is dropped, and all its users share it.
        unsafe { self.entry.as_ref() }
    }
}

impl Drop for EntryBox {
    fn drop(&mut self) {
        if !self.state.is_released() {
            // Also waits for a driver that is still taking the waiter.
            self.shard.lock().unlink(self.entry);
        }
        // Nothing: for the models, to which freeing the entry is no access.
        self.links.with_mut(|_| ());
        // SAFETY: it came out of its box in `new`. The wheel no longer knows it: it never
        // did, or the driver's last touch is acquired, or it was unlinked just now.
        drop(unsafe { Pooled::from_raw(self.entry) });
    }
}

impl fmt::Debug for EntryBox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
