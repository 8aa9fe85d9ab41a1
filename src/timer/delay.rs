//! A future that completes at an instant.
//!
//! Polled by programs, and by the timers made of it (`Interval`, `Timeout`, `Throttle`,
//! `DelayQueue`).
//!
//! Always true: it is never early. It is bound to a timer when it is first polled, unless it
//! was made on one, and has an entry there only while it waits; dropping or resetting it frees
//! or moves that entry.
//!
//! Why is it not registered at once? Most are made and polled on the runtime whose timer is to
//! serve them.

use super::entry::EntryBox;
use super::error::Error;
use super::handle::{Handle, Timer};
use crate::clock;
use std::fmt;
use std::future::Future as StdFuture;
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio_executor::coop;
use tokio_executor::task::Context;

/// Completes once its deadline has come, never before it.
///
/// The deadline is rounded up to a whole millisecond of the timer. How far it is away
/// does not matter.
///
/// This is a future of futures 0.1 and of std alike. It belongs to the timer that the
/// thread has by default when it is first polled, which in a task of a runtime is that
/// of the runtime.
///
/// # Errors
///
/// [`Error::shutdown`] if there is no timer at the first poll, or if the timer is dropped
/// before the deadline.
///
/// # Panics
///
/// If polled as a futures 0.1 future outside a task.
///
/// # Dropping
///
/// Frees the timer entry at once. Nothing is woken.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use std::time::{Duration, Instant};
/// use tokio::timer::Delay;
///
/// let when = Instant::now() + Duration::from_millis(100);
/// let task = Delay::new(when)
///     .map_err(|e| eprintln!("no timer: {e}"))
///     .map(|()| println!("a tenth of a second later"));
/// # drop(task);
/// ```
pub struct Delay {
    deadline: Instant,
    registration: Registration,
}

enum Registration {
    /// Not polled yet. It belongs to this timer, or if none is given to the thread's default.
    Unbound(Option<Timer>),
    Bound(EntryBox),
    /// There was no timer.
    Failed,
}

/// Completes once `duration` has passed, rounded up to a whole millisecond.
///
/// A duration that no `Instant` can express completes in the far future.
///
/// # Errors
///
/// As for [`Delay`].
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use tokio::runtime::current_thread::block_on_all_std;
///
/// block_on_all_std(tokio::timer::sleep(Duration::from_millis(1)));
/// ```
pub fn sleep(duration: Duration) -> Delay {
    Delay::new(clock::after(clock::now(), duration))
}

impl Delay {
    /// Completes once `deadline` has come.
    ///
    /// A deadline in the past is ready at the first poll.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    /// use tokio::runtime::current_thread::block_on_all;
    /// use tokio::timer::Delay;
    ///
    /// let deadline = Instant::now() + Duration::from_millis(5);
    /// block_on_all(Delay::new(deadline)).unwrap();
    /// assert!(Instant::now() >= deadline);
    /// ```
    pub fn new(deadline: Instant) -> Delay {
        Delay { deadline, registration: Registration::Unbound(None) }
    }

    /// A delay that belongs to `timer` from the start.
    pub(super) fn on(timer: Timer, deadline: Instant) -> Delay {
        Delay { deadline, registration: Registration::on(timer, deadline, None) }
    }

    /// A delay that belongs to `timer` from its first poll on: most are never polled.
    pub(super) fn lazily_on(timer: Option<Timer>, deadline: Instant) -> Delay {
        Delay { deadline, registration: Registration::Unbound(timer) }
    }

    /// Polls as a futures 0.1 future does, on behalf of a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`Delay`].
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn poll_wait(&mut self, cx: &Context<'_>) -> Poll<Result<(), Error>> {
        self.poll_within_budget(cx)
    }

    /// Returns the instant at which this completes, before rounding.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    /// use tokio::timer::Delay;
    ///
    /// let deadline = Instant::now() + Duration::from_secs(1);
    /// assert_eq!(Delay::new(deadline).deadline(), deadline);
    /// ```
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Returns whether the timer has seen the deadline pass, or failed.
    ///
    /// A delay that was never polled has not been seen.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    /// use tokio::timer::Delay;
    ///
    /// assert!(!Delay::new(Instant::now() + Duration::from_secs(60)).is_elapsed());
    /// ```
    pub fn is_elapsed(&self) -> bool {
        match &self.registration {
            Registration::Unbound(_) => false,
            Registration::Bound(entry) => entry.is_over(),
            Registration::Failed => true,
        }
    }

    /// Moves the deadline. A delay that has completed waits again.
    ///
    /// The task that polled last is woken at the new deadline. Making it later costs next
    /// to nothing, however often.
    ///
    /// An error stays.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::timer::Delay;
    ///
    /// // An idle timeout that is put off with each request.
    /// let mut idle = Delay::new(Instant::now() + Duration::from_secs(60));
    /// idle.reset(Instant::now() + Duration::from_millis(1));
    /// block_on_all_std(idle);
    /// ```
    pub fn reset(&mut self, deadline: Instant) {
        self.deadline = deadline;
        if let Registration::Bound(entry) = &mut self.registration {
            entry.reset(deadline);
        }
    }

    /// Asks whether the deadline has come, without taking from the task's budget.
    pub(super) fn poll_elapsed(&mut self, cx: &Context<'_>) -> Poll<Result<(), Error>> {
        match &mut self.registration {
            Registration::Bound(entry) => entry.poll(cx),
            Registration::Unbound(_) => self.bind(cx),
            Registration::Failed => Poll::Ready(Err(Error::shutdown())),
        }
    }

    /// The first poll: finds the timer of this thread.
    fn bind(&mut self, cx: &Context<'_>) -> Poll<Result<(), Error>> {
        let timer = match &mut self.registration {
            Registration::Unbound(timer) => timer.take(),
            _ => None,
        };
        let timer = timer.unwrap_or_else(Timer::current);
        self.registration = Registration::on(timer, self.deadline, Some(cx));
        match &self.registration {
            Registration::Bound(entry) => entry.end().map_or(Poll::Pending, Poll::Ready),
            _ => Poll::Ready(Err(Error::shutdown())),
        }
    }

    /// Asks whether the deadline has come.
    pub(super) fn poll_within_budget(&mut self, cx: &Context<'_>) -> Poll<Result<(), Error>> {
        let polled = self.poll_elapsed(cx);
        if polled.is_ready() && !coop::proceed(cx) {
            return Poll::Pending;
        }
        polled
    }
}

impl Handle {
    /// Returns a [`Delay`] until `deadline`.
    pub fn delay(&self, deadline: Instant) -> Delay {
        match &self.timer {
            Some(timer) => Delay::on(timer.clone(), deadline),
            None => Delay::new(deadline),
        }
    }

    /// Works like [`delay`](Handle::delay), but it is registered with the timer at the first poll
    /// only.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn delay_lazily(&self, deadline: Instant) -> Delay {
        Delay::lazily_on(self.timer.clone(), deadline)
    }
}

impl Registration {
    /// Waits with `timer`; if `cx` is given, for that task.
    fn on(timer: Timer, deadline: Instant, cx: Option<&Context<'_>>) -> Registration {
        match timer.into_shard() {
            Some(shard) => Registration::Bound(EntryBox::new(shard, deadline, cx)),
            None => Registration::Failed,
        }
    }
}

impl futures::Future for Delay {
    type Item = ();
    type Error = Error;

    fn poll(&mut self) -> futures::Poll<(), Error> {
        tokio_executor::internals::convert::into_async(self.poll_within_budget(&Context::current()))
    }
}

/// Awaited, a delay gives no `Result`: there is nothing to be done about a timer that is
/// gone. Nor could it: `.compat()`, which old code calls on it, would then be a method of
/// two traits of futures 0.3, and the call ambiguous.
///
/// # Panics
///
/// When polled, if the timer is gone, or was never there.
impl StdFuture for Delay {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<()> {
        self.poll_within_budget(&Context::from(cx)).map(|waited| {
            waited.unwrap_or_else(|e| panic!("cannot wait for a moment: {e}"));
        })
    }
}

impl fmt::Debug for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Delay");
        f.field("deadline", &self.deadline);
        match &self.registration {
            Registration::Unbound(_) => f.field("timer", &"to be found"),
            Registration::Bound(entry) => f.field("timer", &**entry),
            Registration::Failed => f.field("timer", &"none"),
        };
        f.finish()
    }
}
