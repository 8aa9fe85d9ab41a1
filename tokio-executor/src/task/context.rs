//! Who is asking: what a leaf needs to know of the task that polls it.
//!
//! Called by every leaf of the family: sockets, timers, channels and locks take a [`Context`].
//!
//! Always true: it is the current futures 0.1 task, or the task behind a std `Waker`; if that
//! is one of ours, the waiter it makes is the task's own header, without a clone of a foreign
//! waker.
//!
//! Why not `std::task::Context`? Inside a futures 0.1 poll there is no waker, and making one
//! would allocate.

use super::current_task;
use super::handles;
use super::running;
use super::task_ref::TaskRef;
use crate::inspect::{self, Kind, Place, Wait};
use crate::waiter::Waiter;
use futures::task;
use std::task::Waker;

/// The task on whose behalf something is polled: of futures 0.1, or of std.
///
/// The types of this family can be polled under both protocols. Each has one
/// implementation that takes a `Context`; the two `Future` impls only make the context.
///
/// Making one costs nothing. A waker is cloned only when the leaf has to wait.
///
/// # Examples
///
/// One leaf, both kinds of future:
///
/// ```
/// use std::pin::Pin;
/// use std::task::Poll;
/// use tokio_executor::task::Context;
///
/// /// Pending once, then done.
/// struct Yield(bool);
///
/// impl Yield {
///     fn poll_cx(&mut self, cx: &Context<'_>) -> Poll<()> {
///         if std::mem::replace(&mut self.0, true) {
///             return Poll::Ready(());
///         }
///         cx.wake();
///         Poll::Pending
///     }
/// }
///
/// impl std::future::Future for Yield {
///     type Output = ();
///
///     fn poll(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<()> {
///         self.poll_cx(&Context::from(cx))
///     }
/// }
///
/// impl futures::Future for Yield {
///     type Item = ();
///     type Error = ();
///
///     fn poll(&mut self) -> futures::Poll<(), ()> {
///         match self.poll_cx(&Context::current()) {
///             Poll::Ready(()) => Ok(futures::Async::Ready(())),
///             Poll::Pending => Ok(futures::Async::NotReady),
///         }
///     }
/// }
///
/// assert_eq!(futures::Future::wait(Yield(false)), Ok(()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    waker: Option<&'a Waker>,
}

impl<'a> Context<'a> {
    /// Stands for the current futures 0.1 task.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Async, Future};
    /// use tokio_executor::task::Context;
    ///
    /// let mut polls = 0;
    /// let count = future::poll_fn(|| {
    ///     polls += 1;
    ///     if polls < 3 {
    ///         Context::current().wake();
    ///         return Ok::<_, ()>(Async::NotReady);
    ///     }
    ///     Ok(Async::Ready(polls))
    /// });
    /// assert_eq!(count.wait(), Ok(3));
    /// ```
    #[inline]
    pub fn current() -> Context<'static> {
        Context { waker: None }
    }

    /// Stands for the task behind a std waker.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::task::Waker;
    /// use tokio_executor::task::Context;
    ///
    /// let cx = Context::from_waker(Waker::noop());
    /// cx.wake();
    /// ```
    #[inline]
    pub fn from_waker(waker: &'a Waker) -> Context<'a> {
        Context { waker: Some(waker) }
    }

    /// The waker of the std task that asks, if it is one.
    pub(crate) fn waker(&self) -> Option<&'a Waker> {
        self.waker
    }

    /// Returns a handle with which to wake the task later.
    ///
    /// # Panics
    ///
    /// If this stands for the current futures 0.1 task and there is none.
    #[inline]
    pub fn waiter(&self) -> Waiter {
        self.waiter_by(other_waker, recorded_current)
    }

    /// Works like [`waiter`](Context::waiter), for a leaf that has not noted yet what it waits
    /// for: `wait` says it.
    // Hidden: for the crates above this one. One look at whether the poll is recorded, where two
    // calls would have two.
    #[doc(hidden)]
    #[inline]
    pub fn waiter_noting(&self, wait: impl Fn() -> Wait) -> Waiter {
        let other = |waker: &Waker| {
            inspect::note(&wait);
            other_waker(waker)
        };
        self.waiter_by(other, || {
            inspect::note_now(&wait);
            recorded_current()
        })
    }

    /// Does the same, for a thing of that kind that was made at `place`.
    // Hidden: as above.
    #[doc(hidden)]
    #[inline]
    pub fn waiter_at(&self, kind: &'static Kind, address: usize, place: Place) -> Waiter {
        let other = move |waker: &Waker| other_waker_at(waker, kind, address, place);
        self.waiter_by(other, move || recorded_current_at(kind, address, place))
    }

    /// Makes the handle, by `other` of a waker that is not that of an unrecorded poll of ours,
    /// and in a recorded poll of futures 0.1 by `current`. These lie out of line and take what
    /// registers hold, so that a leaf lays out nothing for them.
    #[inline(always)]
    fn waiter_by(
        &self,
        other: impl FnOnce(&Waker) -> Waker,
        current: impl FnOnce() -> Waiter,
    ) -> Waiter {
        if let Some(waker) = self.waker {
            return Waiter::Waker(match handles::unrecorded(waker) {
                Some(own) => own.into_waker(),
                None => other(waker),
            });
        }
        if inspect::is_recorded() {
            return current();
        }
        match current_of_ours() {
            Some(own) => Waiter::Waker(own.into_waker()),
            None => Waiter::current_task(),
        }
    }

    /// Returns whether waking `waiter` wakes the polling task.
    ///
    /// A `false` may be wrong (the same task behind another waker, or a poll that is recorded, so
    /// that each registration counts as a new one); a `true` never is.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::task::Waker;
    /// use tokio_executor::task::Context;
    ///
    /// let cx = Context::from_waker(Waker::noop());
    /// let waiter = cx.waiter();
    /// assert!(cx.is(&waiter), "the same task asks again");
    /// ```
    pub fn is(&self, waiter: &Waiter) -> bool {
        self.is_noting(waiter, || {})
    }

    /// Works like [`is`](Context::is), for a leaf that has not noted yet what it waits for: if
    /// it is true and the poll is recorded, `note` is called.
    #[inline]
    pub(crate) fn is_noting(&self, waiter: &Waiter, note: impl FnOnce()) -> bool {
        let same = match (self.waker, waiter) {
            (Some(asking), Waiter::Waker(kept)) => asking.will_wake(kept),
            (None, Waiter::Task(kept)) => kept.will_notify_current(),
            (None, Waiter::Waker(kept)) => {
                !running::is_recorded()
                    && handles::is_running(kept)
                    && current_task::current_is_running()
            }
            (Some(_), Waiter::Task(_)) => false,
        };
        if same && inspect::is_recorded() {
            note();
            inspect::note_kept();
        }
        same
    }

    /// Does what [`is`](Context::is) does, for who holds a lock: false also where it would take
    /// a question to futures 0.1. That makes a handle of the current task, which may run anyone's
    /// code.
    // Hidden: as above.
    #[doc(hidden)]
    #[inline]
    pub fn is_plainly(&self, waiter: &Waiter) -> bool {
        match (self.waker, waiter) {
            (Some(asking), Waiter::Waker(kept)) => asking.will_wake(kept),
            _ => false,
        }
    }

    /// Does the same as [`is`](Context::is), for a thing of that kind that was made at `place`.
    // Hidden: as above.
    #[doc(hidden)]
    pub fn is_at(&self, waiter: &Waiter, kind: &'static Kind, address: usize, at: Place) -> bool {
        self.is_noting(waiter, move || kind.note(address, at))
    }

    /// Whether the task that this thread runs asks for itself.
    pub(crate) fn is_running_task(&self) -> bool {
        match self.waker {
            Some(waker) => handles::is_running(waker),
            None => current_task::current_is_running(),
        }
    }

    /// Whether a `Future::wait` on this thread asks: it sleeps until it is woken.
    pub(crate) fn waits_by_blocking(&self) -> bool {
        self.waker.is_none() && current_task::exists() && current_task::current_is_waiting_thread()
    }

    /// Wakes the polling task at once.
    ///
    /// # Panics
    ///
    /// If this stands for the current futures 0.1 task and there is none.
    pub fn wake(&self) {
        match self.waker {
            Some(waker) => waker.wake_by_ref(),
            None if current_task::exists() => task::current().notify(),
            None => self.waiter().wake(),
        }
    }
}

impl<'a> From<&'a std::task::Context<'_>> for Context<'a> {
    #[inline]
    fn from(cx: &'a std::task::Context<'_>) -> Context<'a> {
        Context::from_waker(cx.waker())
    }
}

impl<'a, 'b: 'a> From<&'a mut std::task::Context<'b>> for Context<'a> {
    #[inline]
    fn from(cx: &'a mut std::task::Context<'b>) -> Context<'a> {
        Context::from_waker(cx.waker())
    }
}

/// A clone of a waker that is not one of ours, or is that of a poll that is recorded.
#[cold]
#[inline(never)]
fn other_waker(waker: &Waker) -> Waker {
    // A waker of ours notes by itself that it is cloned.
    if inspect::is_recorded() && !handles::is_running(waker) {
        inspect::note_waker();
    }
    waker.clone()
}

#[cold]
#[inline(never)]
fn other_waker_at(waker: &Waker, kind: &'static Kind, address: usize, place: Place) -> Waker {
    if inspect::is_recorded() {
        kind.note(address, place);
    }
    other_waker(waker)
}

/// The current futures 0.1 task, in a poll that is recorded.
#[cold]
#[inline(never)]
fn recorded_current() -> Waiter {
    inspect::note_waker();
    match current_of_ours() {
        Some(own) => Waiter::Waker(own.into_recorded_waker()),
        None => Waiter::current_task(),
    }
}

#[cold]
#[inline(never)]
fn recorded_current_at(kind: &'static Kind, address: usize, place: Place) -> Waiter {
    kind.note(address, place);
    recorded_current()
}

/// The current futures 0.1 task, if it is the one that this thread runs.
fn current_of_ours() -> Option<TaskRef> {
    if current_task::current_is_running() {
        TaskRef::running()
    } else {
        None
    }
}
