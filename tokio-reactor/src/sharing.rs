//! How many tasks at once wait for one source: the methods of [`PollEvented`] that take
//! `&self` and can be awaited.
//!
//! Each call waits on its own, in the source's list (`waiters`); the cells of the `poll_*`
//! methods are not touched. Called by the sockets of tokio 1.x, and by programs.
//!
//! Always true: a call that is dropped while it waits has taken nothing and cleared nothing, and
//! leaves the list.
//!
//! Why not the cells of the `poll_*` methods? Each keeps one task: a second one that waits would
//! have taken the first one's place.

use crate::evented::Evented;
use crate::interest::{Interest, Ready, ReadyEvent};
use crate::internals::ReactorGone;
use crate::readiness::{Direction, Sides};
use crate::registration::source_is_gone;
use crate::wait::Wait;
use crate::{Handle, PollEvented};
use std::future::poll_fn;
use std::io;
use std::task::Poll;
use tokio_executor::coop;
use tokio_executor::task::Context;

impl<E: Evented> PollEvented<E> {
    /// Waits until the value is ready for any of `interest`; returns what of it.
    ///
    /// Any number of tasks may wait at once. The value stays ready until an operation of
    /// [`async_io`](PollEvented::async_io), [`try_io`](PollEvented::try_io) or the `poll_*`
    /// methods would block.
    ///
    /// # Errors
    ///
    /// If the value cannot be registered, or the reactor is gone.
    ///
    /// # Dropping
    ///
    /// Stops waiting. Nothing is lost.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::{Ready, Registration};
    /// use tokio_reactor::interest::Interest;
    /// use tokio_reactor::PollEvented;
    ///
    /// async fn wait(source: &PollEvented<Registration>) -> std::io::Result<()> {
    ///     let ready = source.ready(Interest::READABLE | Interest::WRITABLE).await?;
    ///     if ready.is_readable() {
    ///         println!("there is something to read");
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub async fn ready(&self, interest: Interest) -> io::Result<Ready> {
        Ok(self.ready_event(interest).await?.ready())
    }

    /// Works like [`ready`](PollEvented::ready), with what
    /// [`clear_event`](PollEvented::clear_event) needs.
    ///
    /// # Errors
    ///
    /// As for [`ready`](PollEvented::ready).
    ///
    /// # Dropping
    ///
    /// Stops waiting. Nothing is lost.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub async fn ready_event(&self, interest: Interest) -> io::Result<ReadyEvent> {
        self.wait_for(interest.sides(), self.assumed()).await
    }

    /// Runs `operation` when the value is ready for any of `interest`, again and again until
    /// it does not block.
    ///
    /// Any number of tasks may do so at once. Takes one operation off the task's budget.
    ///
    /// # Errors
    ///
    /// Those of `operation`; and as for [`ready`](PollEvented::ready).
    ///
    /// # Dropping
    ///
    /// Nothing is lost: `operation` has not run, or it would block.
    ///
    /// # Examples
    ///
    /// ```
    /// # use mio1 as mio;
    /// use mio::net::{TcpListener, TcpStream};
    /// use std::io;
    /// use tokio_reactor::interest::Interest;
    /// use tokio_reactor::PollEvented;
    ///
    /// async fn accept(listener: &PollEvented<TcpListener>) -> io::Result<TcpStream> {
    ///     let accepted = listener.async_io(Interest::READABLE, |listener| listener.accept());
    ///     accepted.await.map(|(stream, _)| stream)
    /// }
    /// ```
    pub async fn async_io<R>(
        &self,
        interest: Interest,
        mut operation: impl FnMut(&E) -> io::Result<R>,
    ) -> io::Result<R> {
        if self.is_untried() {
            poll_fn(|cx| poll_budget(&Context::from(cx))).await;
            match operation(self.get_ref()) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => return result,
            }
        }
        loop {
            // What was assumed has just been tried.
            let event = self.wait_for(interest.operation_sides(), Sides::NONE).await?;
            poll_fn(|cx| poll_budget(&Context::from(cx))).await;
            match operation(self.get_ref()) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.clear_event(event),
                result => return result,
            }
        }
    }

    /// Runs `operation` if the value is ready for any of `interest`.
    ///
    /// If it would block, the value is no longer ready. Needs no reactor: once that is gone, what
    /// the value was ready for last counts.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if the value is not ready, or `operation` says so, without a number of the
    /// system's; others of `operation`; and if the value cannot be registered.
    pub fn try_io<R>(
        &self,
        interest: Interest,
        operation: impl FnOnce(&E) -> io::Result<R>,
    ) -> io::Result<R> {
        if self.is_untried() {
            let result = operation(self.get_ref());
            if !would_block(&result) {
                return result;
            }
            let tried = interest.operation_sides().direction();
            match self.register_if_new(Sides::assumed_except(tried)) {
                Err(error) if !is_gone(&error) => return Err(error),
                _ => return Err(io::ErrorKind::WouldBlock.into()),
            }
        }
        self.register_if_new(Sides::NONE)?;
        let Some(entry) = self.registration().entry() else {
            return Err(io::ErrorKind::WouldBlock.into());
        };
        let sides = interest.operation_sides();
        let seen = entry.source().readiness().load();
        if seen.among(sides) == Sides::NONE {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let result = operation(self.get_ref());
        if !would_block(&result) {
            return result;
        }
        self.clear_event(ReadyEvent::new(seen, sides));
        Err(io::ErrorKind::WouldBlock.into())
    }

    /// Says that what was seen is over, unless an event came since.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn clear_event(&self, event: ReadyEvent) {
        if let Some(entry) = self.registration().entry() {
            entry.source().clear(event.seen, event.cleared());
        }
    }

    /// Returns what the value is ready for of reading, or else the one task that reads by way of
    /// `poll_*` methods is woken once it is.
    ///
    /// # Errors
    ///
    /// As for [`ready`](PollEvented::ready).
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn poll_read_event(&self, cx: &Context<'_>) -> Poll<io::Result<ReadyEvent>> {
        self.poll_event(Direction::Read, Interest::READABLE, cx)
    }

    /// Works like [`poll_read_event`](PollEvented::poll_read_event), of writing.
    ///
    /// # Errors
    ///
    /// As for [`ready`](PollEvented::ready).
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn poll_write_event(&self, cx: &Context<'_>) -> Poll<io::Result<ReadyEvent>> {
        self.poll_event(Direction::Write, Interest::WRITABLE, cx)
    }

    fn poll_event(
        &self,
        direction: Direction,
        interest: Interest,
        cx: &Context<'_>,
    ) -> Poll<io::Result<ReadyEvent>> {
        self.register_if_new(self.assumed())?;
        let sides = interest.sides();
        let seen = self.registration().poll_seen(direction, sides, cx);
        seen.map_ok(|seen| ReadyEvent::new(seen, sides))
    }

    /// Registers the value with `handle`'s reactor, if it is not registered yet.
    ///
    /// # Errors
    ///
    /// If the reactor is gone, or if it or the operating system refuses the source.
    pub fn register_with(&self, handle: &Handle) -> io::Result<()> {
        self.registration().register_with(self.get_ref(), handle).map(drop)
    }

    async fn wait_for(&self, sides: Sides, assumed: Sides) -> io::Result<ReadyEvent> {
        self.register_if_new(assumed)?;
        let seen = match self.registration().entry() {
            Some(entry) => {
                let mut wait = Wait::new(entry.source(), sides);
                poll_fn(|cx| wait.poll(&Context::from(cx))).await
            }
            // Never registered, or just being so by another thread: both are rare, and the
            // cell's way says which it is.
            None => {
                let seen = |cx: &mut std::task::Context<'_>| {
                    self.registration().poll_seen(Direction::Read, sides, &Context::from(cx))
                };
                poll_fn(seen).await?
            }
        };
        if seen.is_gone() {
            return Err(source_is_gone());
        }
        Ok(ReadyEvent::new(seen, sides))
    }
}

fn would_block<R>(result: &io::Result<R>) -> bool {
    result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

fn is_gone(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<ReactorGone>())
}

fn poll_budget(cx: &Context<'_>) -> Poll<()> {
    if coop::proceed(cx) {
        Poll::Ready(())
    } else {
        Poll::Pending
    }
}
