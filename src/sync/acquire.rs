//! The future of a guard: it waits for permits, and ends with a guard that has them.
//!
//! What [`Mutex`](super::mutex::Mutex), [`RwLock`](super::rwlock::RwLock) and the
//! semaphore hand out is the same but for the number of permits, and for whether it
//! borrows where they came from or shares it. A [`Guard`] says both.
//!
//! Called by the locks, the semaphore and the bounded channel, whose methods return it.
//!
//! Always true: the permits belong to the claim until it is spent, and to the guard from
//! then on; one of the two gives them back.
//!
//! Why not a future for each of them? What is hard, to give permits back that were on their way to
//! a future which is dropped, would stand in each.

use super::permits::{Claim, Permits, Refused, LOCK};
use std::fmt;
use std::future::Future;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::task::{self, Poll};
use tokio_executor::internals::{enter_as, inspect, is_entered, Era};
use tokio_executor::task::Context;

/// What a future says that is polled again after it was ready: as one of an `async fn`, which the
/// methods that return it are in tokio 1.x.
pub(super) const POLLED_AGAIN: &str = "`async fn` resumed after completion";

/// What has permits of something, and gives them back when it is dropped.
pub trait Guard: Sized {
    /// Where they come from.
    type Home: Unpin;
    /// Why there may be none: the home is closed.
    type Error;
    /// What std's future gives: the guard, or a `Result` if there may be none.
    type Output;

    /// While the guard is there, nobody else has a permit: who waits for one waits for the task
    /// that has the guard.
    // Hidden: part of a sealed trait.
    #[doc(hidden)]
    const IS_ALONE: bool;

    // Hidden: part of a sealed trait.
    #[doc(hidden)]
    fn permits(home: &Self::Home) -> &Permits;
    /// A wait has given permits back.
    // Hidden: part of a sealed trait.
    #[doc(hidden)]
    fn given_back(_home: &Self::Home) {}
    /// Returns a guard over `n` permits that were taken.
    // Hidden: part of a sealed trait.
    #[doc(hidden)]
    fn new(home: Self::Home, n: usize) -> Self;
    // Hidden: part of a sealed trait.
    #[doc(hidden)]
    fn closed() -> Self::Error;
    // Hidden: part of a sealed trait.
    #[doc(hidden)]
    fn output(acquired: Result<Self, Self::Error>) -> Self::Output;
}

/// Takes `n` permits of `home` if they are there.
pub(super) fn try_acquire<G: Guard>(home: G::Home, n: usize) -> Result<G, Refused> {
    let permits = G::permits(&home);
    permits.try_take(n)?;
    note_taken::<G>(permits);
    Ok(G::new(home, n))
}

/// The task that is polled has a guard of `permits`.
#[inline]
fn note_taken<G: Guard>(permits: &Permits) {
    if G::IS_ALONE {
        inspect::note_locked(std::ptr::from_ref(permits).addr());
    }
}

/// Waits for a turn; made by the `lock`, `read`, `write` and `acquire` methods of this
/// module's types.
///
/// Those who wait are served in the order in which they were first polled. Of both kinds
/// of future.
///
/// # Panics
///
/// If it is polled again after it was ready; or if it has to wait as a future of futures
/// 0.1, and there is no current task.
///
/// # Dropping
///
/// Gives up the place in the queue. If the turn was on its way here, the next in line has
/// it.
#[must_use = "futures do nothing unless polled"]
pub struct Acquire<G: Guard> {
    /// Until this is ready.
    home: Option<G::Home>,
    n: usize,
    claim: Claim,
    /// As in tokio 1.x, where it is an `async fn`: who relies on that would not compile there.
    _not_unpin: PhantomPinned,
}

impl<G: Guard> Acquire<G> {
    pub(super) fn new(home: G::Home, n: usize) -> Acquire<G> {
        Acquire { home: Some(home), n, claim: Claim::new(), _not_unpin: PhantomPinned }
    }

    /// Polls for a task of either kind.
    ///
    /// # Errors
    ///
    /// If the home is closed.
    ///
    /// # Panics
    ///
    /// If it was ready before.
    pub fn poll_cx(&mut self, cx: &Context<'_>) -> Poll<Result<G, G::Error>> {
        let home = self.home.as_ref().expect(POLLED_AGAIN);
        let permits = G::permits(home);
        let waited = self.claim.is_waiting();
        match self.claim.poll_many(permits, self.n, LOCK, cx) {
            // The permits were on their way here as the home was closed.
            Poll::Ready(Ok(())) if waited && permits.is_closed() => {
                self.give_up();
                self.home = None;
                Poll::Ready(Err(G::closed()))
            }
            Poll::Ready(Ok(())) => {
                // The permits are the guard's from here on.
                self.claim.spend();
                note_taken::<G>(permits);
                let home = self.home.take().expect("it was there");
                Poll::Ready(Ok(G::new(home, self.n)))
            }
            Poll::Ready(Err(_)) => {
                if waited {
                    G::given_back(home);
                }
                self.home = None;
                Poll::Ready(Err(G::closed()))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    /// Gives back what it has, or leaves the queue.
    fn give_up(&mut self) {
        if let Some(home) = &self.home {
            if self.claim.release_many(G::permits(home), self.n) {
                G::given_back(home);
            }
        }
    }

    /// Waits without a task, by making the thread wait.
    #[track_caller]
    pub(super) fn block(self) -> Result<G, G::Error> {
        wait(self)
    }
}

impl<G: Guard> Drop for Acquire<G> {
    fn drop(&mut self) {
        self.give_up();
    }
}

impl<G: Guard> Future for Acquire<G> {
    type Output = G::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<G::Output> {
        // SAFETY: nothing in here is pinned; only a mark keeps the type from being `Unpin`.
        unsafe { self.get_unchecked_mut() }.poll_cx(&cx.into()).map(G::output)
    }
}

impl<G: Guard> futures::Future for Acquire<G> {
    type Item = G;
    type Error = G::Error;

    fn poll(&mut self) -> futures::Poll<G, G::Error> {
        tokio_executor::internals::convert::into_async(self.poll_cx(&Context::current()))
    }
}

crate::compat::own_compat!([G: Guard] Acquire<G>);

impl<G: Guard> fmt::Debug for Acquire<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acquire")
            .field("permits", &self.n)
            .field("waiting", &self.claim.is_waiting())
            .finish_non_exhaustive()
    }
}

/// Waits for `future` by making the thread wait.
///
/// # Panics
///
/// If the thread runs tasks: they would all wait, and perhaps for one another.
#[track_caller]
pub(super) fn wait<F: futures::Future>(future: F) -> Result<F::Item, F::Error> {
    assert!(
        !is_entered(),
        "Cannot block the current thread from within a runtime. This happens because a function \
         attempted to block the current thread while the thread is being used to drive \
         asynchronous tasks."
    );
    let _entered = enter_as(Era::Tokio1);
    futures::Future::wait(future)
}

/// Permits that are given back when this is dropped.
pub(super) struct Held<'a> {
    permits: &'a Permits,
    n: usize,
}

impl<'a> Held<'a> {
    /// `n` permits that were taken.
    pub(super) fn new(permits: &'a Permits, n: usize) -> Held<'a> {
        Held { permits, n }
    }

    /// Gives back all but one.
    pub(super) fn keep_one(&mut self) {
        let rest = std::mem::replace(&mut self.n, 1) - 1;
        self.permits.give_back(rest);
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        inspect::note_unlocked(std::ptr::from_ref(self.permits).addr());
        self.permits.give_back(self.n);
    }
}

/// A lock that waits has no end but the lock: it is never closed.
macro_rules! never_closed {
    () => {
        type Error = std::convert::Infallible;
        type Output = Self;

        fn closed() -> Self::Error {
            unreachable!("the permits of a lock are never closed")
        }

        fn output(acquired: Result<Self, Self::Error>) -> Self {
            let Ok(guard) = acquired;
            guard
        }
    };
}

/// A guard prints as what it lends.
macro_rules! shown_as_value {
    ($([$($p:ident),*] $guard:ty => $shown:ident;)*) => { $(
        impl<$($p: ?Sized),*> std::fmt::Debug for $guard
        where
            $shown: std::fmt::Debug,
        {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(&**self, f)
            }
        }

        impl<$($p: ?Sized),*> std::fmt::Display for $guard
        where
            $shown: std::fmt::Display,
        {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&**self, f)
            }
        }
    )* };
}

pub(super) use never_closed;
pub(super) use shown_as_value;
