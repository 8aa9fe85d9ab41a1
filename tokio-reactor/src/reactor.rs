//! The reactor: waits for the operating system's events and hands them to the sources.
//!
//! Whoever owns the [`Reactor`] turns it: a runtime's worker that has nothing else to
//! do parks in it, a [`Background`](crate::Background) thread does nothing else. Only
//! the owner can, so events are dispatched by one thread at a time.
//!
//! Called by the runtimes' drivers, `background`, and programs that park in one.
//!
//! Always true: no lock is held while a task is woken. When the reactor is dropped, every source
//! fails with an error and the tasks that wait for it are woken.
//!
//! Why no thread of its own? Each event would go from its thread to a worker's, by a wake-up that
//! costs more than the event.

#[cfg(unix)]
mod os_poll;

use crate::evented::events;
use crate::handle::{set_fallback, SetFallbackError};
use crate::readiness::{Closed, Sides};
use crate::shared::{Shared, NESTED_TOKEN, WAKE_TOKEN};
use crate::table::Pages;
use crate::{Background, Handle};
use std::fmt;
use std::io;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use tokio_executor::park::Park;

/// Events taken from the operating system in one go. What is beyond comes in the next
/// turn, without waiting.
const EVENTS_PER_TURN: usize = 1024;

/// Watches sources and wakes the tasks that wait for them.
///
/// # Dropping
///
/// Ends every operation that waits for one of its sources with an error.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use tokio_executor::park::{Park, Unpark};
/// use tokio_reactor::Reactor;
///
/// let mut reactor = Reactor::new()?;
/// reactor.turn(Some(Duration::from_millis(1)))?;
///
/// // A wake-up from elsewhere ends the next turn.
/// reactor.handle().unpark();
/// reactor.turn(None)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Reactor {
    // Dropped first, closing the way for new sources before the poll is closed.
    shared: Closing,
    poll: mio1::Poll,
    events: mio1::Events,
    /// The last turn dispatched readiness that the program had set itself.
    was_set_ready: bool,
    pages: Pages<Weak<Shared>>,
    /// Nested reactors that have something to report, by number.
    nested: Vec<usize>,
}

/// Tells all sources when the reactor is dropped.
struct Closing(Arc<Shared>);

/// The result of a turn; see [`Reactor::turn`].
#[derive(Debug)]
pub struct Turn {
    _private: (),
}

impl Reactor {
    /// Returns a reactor without sources.
    ///
    /// # Errors
    ///
    /// If the operating system has no descriptors left for it.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::Reactor;
    ///
    /// assert!(Reactor::new()?.is_idle());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new() -> io::Result<Reactor> {
        let poll = mio1::Poll::new()?;
        let shared = Closing(Shared::new(poll.registry())?);
        let events = mio1::Events::with_capacity(EVENTS_PER_TURN);
        let (pages, nested) = (Pages::new(), Vec::new());
        Ok(Reactor { shared, poll, events, was_set_ready: false, pages, nested })
    }

    /// Returns a handle by which sources are registered here.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_executor::park::Unpark;
    /// use tokio_reactor::Reactor;
    ///
    /// let mut reactor = Reactor::new()?;
    /// reactor.handle().unpark();
    /// reactor.turn(None)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn handle(&self) -> Handle {
        Handle::new(&self.shared.0)
    }

    /// Makes this the reactor of all threads that have no default of their own.
    ///
    /// That can be done once per process, and before any source needed a fallback.
    ///
    /// # Errors
    ///
    /// If there is a fallback reactor already.
    pub fn set_fallback(&self) -> Result<(), SetFallbackError> {
        set_fallback(&self.shared.0)
    }

    /// Waits for events, for `max_wait` at most, and wakes the tasks they are for.
    ///
    /// Without `max_wait`, waits until there is an event or the reactor is unparked. A
    /// wait is rounded up to whole milliseconds, and one beyond 24 days is cut short.
    /// The turn may end early for no reason.
    ///
    /// # Errors
    ///
    /// If the operating system refuses to poll; the reactor is of no use then.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future};
    /// use tokio_reactor::evented::{Ready, Registration};
    /// use tokio_reactor::{PollEvented, Reactor};
    ///
    /// let mut reactor = Reactor::new()?;
    /// let (source, set_readiness) = Registration::new2();
    /// let source = PollEvented::new_with_handle(source, &reactor.handle())?;
    /// set_readiness.set_readiness(Ready::readable())?;
    /// reactor.turn(None)?;
    /// let mut task = futures::executor::spawn(future::poll_fn(|| {
    ///     source.poll_read_ready(Ready::readable())
    /// }));
    /// assert!(task.wait_future()?.is_readable());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn turn(&mut self, max_wait: Option<Duration>) -> io::Result<Turn> {
        self.wait(max_wait)?;
        let table = &self.shared.0.table;
        let mut dispatched = 0;
        for event in &self.events {
            if event.token() >= NESTED_TOKEN {
                if event.token() != WAKE_TOKEN {
                    self.nested.push(event.token().0 - NESTED_TOKEN.0);
                }
                continue;
            }
            dispatched += 1;
            let closed = Closed { read: event.is_read_closed(), write: event.is_write_closed() };
            let sides = Sides::of_event(events::ready(event), closed);
            self.pages.dispatch(table, event.token().0, sides);
        }
        if dispatched > 0 {
            self.shared.0.count_events(dispatched);
        }
        // Sources whose readiness is set by the program itself.
        self.was_set_ready = false;
        self.shared.0.poll.drain_set_readiness(|event| {
            self.was_set_ready = true;
            let sides = Sides::of_event(event.readiness(), Closed::default());
            self.pages.dispatch(table, event.token().0, sides);
        });
        Ok(Turn { _private: () })
    }

    fn wait(&mut self, max_wait: Option<Duration>) -> io::Result<()> {
        let Reactor { shared, poll, events, .. } = self;
        shared.0.poll.wait(max_wait, |max_wait| poll_through_signals(poll, events, max_wait))
    }

    /// Returns whether no source is registered here.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::Registration;
    /// use tokio_reactor::{PollEvented, Reactor};
    ///
    /// let reactor = Reactor::new()?;
    /// assert!(reactor.is_idle());
    /// let (source, _set_readiness) = Registration::new2();
    /// let _source = PollEvented::new_with_handle(source, &reactor.handle())?;
    /// assert!(!reactor.is_idle());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn is_idle(&self) -> bool {
        self.shared.0.table.in_use() == 0
    }

    /// Runs the reactor in a thread of its own.
    ///
    /// # Errors
    ///
    /// If the thread cannot be started. The reactor is dropped then.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::Reactor;
    ///
    /// let background = Reactor::new()?.background()?;
    /// // Or else the drop of `background` would end it.
    /// background.forget();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn background(self) -> io::Result<Background> {
        Background::start(self)
    }
}

impl Reactor {
    pub(crate) fn downgrade(&self) -> Weak<Shared> {
        Arc::downgrade(&self.shared.0)
    }

    pub(crate) fn set_siblings(&self, all: &[Handle]) {
        self.shared.0.set_siblings(all);
    }

    /// Returns the number of a nested reactor that a turn of this one found to have events, each
    /// once a turn.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn next_nested(&mut self) -> Option<usize> {
        self.nested.pop()
    }
}

/// Polls until there are events, or the time is over; a signal ends nothing.
fn poll_through_signals(
    poll: &mut mio1::Poll,
    events: &mut mio1::Events,
    max_wait: Option<Duration>,
) -> io::Result<()> {
    let mut left = events::pollable(max_wait);
    let mut until = None;
    while let Err(error) = poll.poll(events, left) {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
        // The clock is read only here.
        if let Some(wait) = left {
            let until = *until.get_or_insert_with(|| Instant::now() + wait);
            left = Some(until.saturating_duration_since(Instant::now()));
        }
    }
    Ok(())
}

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.table.close();
    }
}

impl Park for Reactor {
    type Unpark = Handle;
    type Error = io::Error;

    fn unpark(&self) -> Handle {
        self.handle()
    }

    fn park(&mut self) -> io::Result<()> {
        self.turn(None).map(drop)
    }

    fn park_timeout(&mut self, duration: Duration) -> io::Result<()> {
        self.turn(Some(duration)).map(drop)
    }

    fn look(&mut self) -> io::Result<()> {
        if !self.is_idle() {
            return self.turn(Some(Duration::ZERO)).map(drop);
        }
        // Nothing happens where there are no sources: spares the system call.
        self.events.clear();
        self.was_set_ready = false;
        Ok(())
    }

    fn has_found_something(&self) -> bool {
        self.was_set_ready || !self.events.is_empty()
    }
}

impl fmt::Debug for Reactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reactor").finish_non_exhaustive()
    }
}
