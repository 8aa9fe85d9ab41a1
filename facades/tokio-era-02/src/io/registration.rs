//! A source that is registered with the runtime of this thread: the engine's `Registration`,
//! with mio 0.6's types.
//!
//! Libraries that make sources of their own call it; the registration is the engine's.
//!
//! Always true: the source is registered from `new` on, and the caller deregisters it before it
//! is closed.
//!
//! Why does `Only` wrap the source? The reactor asks every source for all directions; a program
//! that names some must not have the others watched.

use std::io;
use std::task::{Context, Poll};
use tokio_await::net::parts::{map_shutdown, poll_map_shutdown, reactor};
use tokio_reactor::evented::{self, Evented, PollOpt, Ready, Token};
use tokio_reactor::Registration as Engine;

/// Registers `io` for `ready` only, whatever the reactor asks for.
#[derive(Debug)]
pub(super) struct Only<E> {
    pub(super) io: E,
    /// All that there is, if not said.
    pub(super) ready: Option<Ready>,
}

impl<E: Evented> Evented for Only<E> {
    fn register(
        &self,
        poll: &evented::Poll,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()> {
        self.io.register(poll, token, self.ready.unwrap_or(interest), opts)
    }

    fn reregister(
        &self,
        poll: &evented::Poll,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()> {
        self.io.reregister(poll, token, self.ready.unwrap_or(interest), opts)
    }

    fn deregister(&self, poll: &evented::Poll) -> io::Result<()> {
        self.io.deregister(poll)
    }
}

/// The registration of a source, which reports each readiness event once.
///
/// One task may wait for reads and one for writes: of several, the last to ask is woken.
///
/// # Dropping
///
/// [`deregister`](Registration::deregister) first.
#[derive(Debug)]
pub struct Registration {
    inner: Engine,
}

impl Registration {
    /// Registers `io` with the runtime of this thread.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down; those of the source.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    #[track_caller]
    pub fn new<T: Evented>(io: &T) -> io::Result<Registration> {
        Registration::of(io, None)
    }

    /// Registers `io` for `ready` only.
    ///
    /// # Errors
    ///
    /// As [`new`](Registration::new).
    ///
    /// # Panics
    ///
    /// As there.
    #[track_caller]
    pub fn new_with_ready<T: Evented>(io: &T, ready: Ready) -> io::Result<Registration> {
        Registration::of(io, Some(ready))
    }

    #[track_caller]
    fn of<T: Evented>(io: &T, ready: Option<Ready>) -> io::Result<Registration> {
        let inner = Engine::new();
        map_shutdown(inner.register_with(&Only { io: Borrowed(io), ready }, &reactor()))?;
        Ok(Registration { inner })
    }

    /// Deregisters `io`, which is what was registered.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down; those of the source.
    pub fn deregister<T: Evented>(&mut self, io: &T) -> io::Result<()> {
        map_shutdown(self.inner.deregister(io))
    }

    /// Polls for the next read readiness, with platform-specific bits.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    pub fn poll_read_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        poll_map_shutdown(self.inner.poll_read_ready_cx(&cx.into()))
    }

    /// Returns the next read readiness, if there is one. Nobody is woken later.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    pub fn take_read_ready(&self) -> io::Result<Option<Ready>> {
        map_shutdown(self.inner.take_read_ready())
    }

    /// Polls for the next write readiness.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    pub fn poll_write_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        poll_map_shutdown(self.inner.poll_write_ready_cx(&cx.into()))
    }

    /// Returns the next write readiness, if there is one. Nobody is woken later.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    pub fn take_write_ready(&self) -> io::Result<Option<Ready>> {
        map_shutdown(self.inner.take_write_ready())
    }
}

/// A source behind a reference.
struct Borrowed<'a, T>(&'a T);

impl<T: Evented> Evented for Borrowed<'_, T> {
    fn register(
        &self,
        poll: &evented::Poll,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()> {
        self.0.register(poll, token, interest, opts)
    }

    fn reregister(
        &self,
        poll: &evented::Poll,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()> {
        self.0.reregister(poll, token, interest, opts)
    }

    fn deregister(&self, poll: &evented::Poll) -> io::Result<()> {
        self.0.deregister(poll)
    }
}
