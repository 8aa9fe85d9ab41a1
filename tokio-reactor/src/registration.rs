//! One source's registration with a reactor.
//!
//! It is made empty and filled at most once, by whichever thread comes first; from then
//! on it leads to the source without a lock. [`PollEvented`](crate::PollEvented) keeps
//! one beside the I/O value, and calls it; other wrappers may do the same.
//!
//! Always true: a registration is filled once, with an entry or with an error, and does not change
//! from then on. Dropping it gives the table entry back.
//!
//! Why is it filled late? A socket may be made where no reactor is, and an accepted one is often
//! done before it has to wait.

use crate::evented::{Evented, Ready};
use crate::readiness::{Direction, Seen, Sides};
pub(crate) use crate::shared::gone as source_is_gone;
use crate::shared::{gone, Shared};
use crate::table::Entry;
use crate::Handle;
use once::{Once, Progress};
use std::fmt;
use std::io;
use std::sync::Weak;
use std::task::{ready, Poll};
use tokio_executor::internals::convert::into_async;
use tokio_executor::task::Context;

mod once;

/// Associates a source with a reactor, and tells when it is ready.
///
/// Readiness comes as a stream for each side of the source: every event is reported
/// once, to one caller. [`PollEvented`](crate::PollEvented) is easier to use: it
/// remembers readiness until an operation shows that it is over.
///
/// One task at a time may wait for each side; the last to ask is the one that is woken.
///
/// # Dropping
///
/// Frees the reactor's entry for the source. The operating system still knows the source
/// until that is closed or [`deregister`](Registration::deregister)ed; events for it go
/// nowhere.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio_reactor::evented::{self, Ready};
/// use tokio_reactor::Registration;
///
/// let (source, set_readiness) = evented::Registration::new2();
/// let registration = Registration::new();
/// registration.register(&source)?;
/// set_readiness.set_readiness(Ready::readable())?;
/// assert!(future::poll_fn(|| registration.poll_read_ready()).wait()?.is_readable());
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Registration {
    outcome: Once<Outcome>,
}

/// What came of the one attempt to register; `None` if it failed.
type Outcome = Option<Entry<Weak<Shared>>>;

impl Registration {
    /// Returns a registration without a source.
    pub fn new() -> Registration {
        Registration { outcome: Once::new() }
    }

    /// Registers `io` with the default reactor of this thread.
    ///
    /// Returns whether this call did it: a registration happens once, and later calls
    /// do nothing.
    ///
    /// # Errors
    ///
    /// If there is no reactor, or if it or the operating system refuses the source. The
    /// registration cannot be used then, nor tried again.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::{evented, Registration};
    ///
    /// let (source, _set_readiness) = evented::Registration::new2();
    /// let registration = Registration::new();
    /// assert!(registration.register(&source)?);
    /// assert!(!registration.register(&source)?, "it was registered before");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn register<T>(&self, io: &T) -> io::Result<bool>
    where
        T: Evented,
    {
        self.register_with(io, &Handle::default())
    }

    /// Registers `io` with `handle`'s reactor; otherwise as
    /// [`register`](Registration::register).
    ///
    /// # Errors
    ///
    /// As for [`register`](Registration::register).
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::{evented, Reactor, Registration};
    ///
    /// let reactor = Reactor::new()?;
    /// let (source, _set_readiness) = evented::Registration::new2();
    /// Registration::new().register_with(&source, &reactor.handle())?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn register_with<T>(&self, io: &T, handle: &Handle) -> io::Result<bool>
    where
        T: Evented,
    {
        self.register_assuming(io, handle, Sides::NONE)
    }

    /// Registers `io`, and takes it to be ready for what is `assumed`.
    pub(crate) fn register_assuming(
        &self,
        io: &dyn Evented,
        handle: &Handle,
        assumed: Sides,
    ) -> io::Result<bool> {
        if self.outcome.get().is_some() {
            return Ok(false);
        }
        let reactor = handle.find()?;
        let mut result = Ok(false);
        self.outcome.make(|| match reactor.register(io, assumed) {
            Ok(entry) => {
                result = Ok(true);
                Some(entry)
            }
            Err(error) => {
                result = Err(error);
                None
            }
        });
        result
    }

    pub(crate) fn is_registered(&self) -> bool {
        self.outcome.get().is_some()
    }

    /// Deregisters `io`, which must be the source that was registered.
    ///
    /// Nothing is woken, and the registration cannot be used for another source. Does
    /// nothing if nothing was registered.
    ///
    /// # Errors
    ///
    /// If the registration had failed, if the reactor is gone, or if the operating
    /// system refuses.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::{evented, Registration};
    ///
    /// let (source, _set_readiness) = evented::Registration::new2();
    /// let mut registration = Registration::new();
    /// registration.register(&source)?;
    /// registration.deregister(&source)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn deregister<T>(&mut self, io: &T) -> io::Result<()>
    where
        T: Evented,
    {
        match self.outcome.get() {
            None => Ok(()),
            Some(None) => Err(never_registered()),
            Some(Some(entry)) => {
                let shared = entry.owner().upgrade().ok_or_else(gone)?;
                io.deregister(&shared.poll)?;
                entry.source().watch().clear();
                Ok(())
            }
        }
    }

    /// Returns the events of the read side since the last call, or else the current futures 0.1
    /// task is woken at the next one.
    ///
    /// A hang-up is reported again and again.
    ///
    /// # Errors
    ///
    /// If the source is not registered, or the reactor is gone.
    ///
    /// # Panics
    ///
    /// If there is nothing to report, and no current task.
    pub fn poll_read_ready(&self) -> futures::Poll<Ready, io::Error> {
        into_async(self.poll_read_ready_cx(&Context::current()))
    }

    /// Works like [`poll_read_ready`](Registration::poll_read_ready), for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_read_ready`](Registration::poll_read_ready).
    pub fn poll_read_ready_cx(&self, cx: &Context<'_>) -> Poll<io::Result<Ready>> {
        self.poll_next(Direction::Read, cx)
    }

    /// Returns the events of the read side since the last call, if any. No task is woken later.
    ///
    /// # Errors
    ///
    /// As for [`poll_read_ready`](Registration::poll_read_ready).
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::{evented, Registration};
    ///
    /// let (source, _set_readiness) = evented::Registration::new2();
    /// let registration = Registration::new();
    /// registration.register(&source)?;
    /// assert_eq!(registration.take_read_ready()?, None);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn take_read_ready(&self) -> io::Result<Option<Ready>> {
        self.take(Direction::Read)
    }

    /// Returns the events of the write side since the last call, or else the current futures
    /// 0.1 task is woken at the next one.
    ///
    /// A hang-up is reported again and again.
    ///
    /// # Errors
    ///
    /// As for [`poll_read_ready`](Registration::poll_read_ready).
    ///
    /// # Panics
    ///
    /// If there is nothing to report, and no current task.
    pub fn poll_write_ready(&self) -> futures::Poll<Ready, io::Error> {
        into_async(self.poll_write_ready_cx(&Context::current()))
    }

    /// Works like [`poll_write_ready`](Registration::poll_write_ready), for a task of either
    /// kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_read_ready`](Registration::poll_read_ready).
    pub fn poll_write_ready_cx(&self, cx: &Context<'_>) -> Poll<io::Result<Ready>> {
        self.poll_next(Direction::Write, cx)
    }

    /// Returns the events of the write side since the last call, if any. No task is woken
    /// later.
    ///
    /// # Errors
    ///
    /// As for [`poll_read_ready`](Registration::poll_read_ready).
    pub fn take_write_ready(&self) -> io::Result<Option<Ready>> {
        self.take(Direction::Write)
    }

    /// What the side is ready for, once that is among `sides`; nothing is used up.
    #[inline]
    pub(crate) fn poll_seen(
        &self,
        direction: Direction,
        sides: Sides,
        cx: &Context<'_>,
    ) -> Poll<io::Result<Seen>> {
        let Some(outcome) = self.outcome.get() else {
            return self.poll_early(direction, sides, cx);
        };
        poll_outcome(outcome, direction, sides, cx)
    }

    /// The entry, if there is one to do anything with.
    pub(crate) fn entry(&self) -> Option<&Entry<Weak<Shared>>> {
        self.outcome.get()?.as_ref()
    }

    #[cold]
    fn poll_early(
        &self,
        direction: Direction,
        sides: Sides,
        cx: &Context<'_>,
    ) -> Poll<io::Result<Seen>> {
        match self.outcome.progress() {
            Progress::NotBegun => Poll::Ready(Err(not_registered())),
            Progress::Begun => {
                // Ask again in a moment.
                cx.wake();
                Poll::Pending
            }
            Progress::Made(outcome) => poll_outcome(outcome, direction, sides, cx),
        }
    }

    fn poll_next(&self, direction: Direction, cx: &Context<'_>) -> Poll<io::Result<Ready>> {
        loop {
            ready!(self.poll_seen(direction, Sides::any(direction), cx))?;
            // Two callers may have been woken by the same event; one of them gets it.
            if let Some(ready) = self.take(direction)? {
                return Poll::Ready(Ok(ready));
            }
        }
    }

    fn take(&self, direction: Direction) -> io::Result<Option<Ready>> {
        let entry = match self.outcome.progress() {
            Progress::Made(Some(entry)) => entry,
            Progress::Made(None) => return Err(never_registered()),
            Progress::Begun => return Ok(None),
            Progress::NotBegun => return Err(not_registered()),
        };
        let seen = entry.source().readiness().consume(Sides::events(direction));
        if seen.is_gone() {
            return Err(gone());
        }
        let ready = seen.ready(direction);
        Ok(if ready.is_empty() { None } else { Some(ready) })
    }
}

#[inline]
fn poll_outcome(
    outcome: &Outcome,
    direction: Direction,
    sides: Sides,
    cx: &Context<'_>,
) -> Poll<io::Result<Seen>> {
    let Some(entry) = outcome else { return Poll::Ready(Err(never_registered())) };
    match entry.source().poll(direction, sides, cx) {
        Poll::Ready(seen) if !seen.is_gone() => Poll::Ready(Ok(seen)),
        Poll::Ready(_) => Poll::Ready(Err(gone())),
        Poll::Pending => Poll::Pending,
    }
}

fn not_registered() -> io::Error {
    io::Error::other("must call `register` first: the source is not registered")
}

fn never_registered() -> io::Error {
    io::Error::other("failed to associate with reactor")
}

impl Default for Registration {
    fn default() -> Registration {
        Registration::new()
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        let Some(entry) = self.entry() else { return };
        // A table whose reactor is gone has nobody to give the entry to.
        match entry.owner().upgrade() {
            Some(shared) => shared.remove(entry),
            None => drop(entry.source().retire()),
        }
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration").field("entry", &self.entry()).finish()
    }
}
