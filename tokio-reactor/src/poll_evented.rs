//! An I/O value and its registration: what sockets are made of.
//!
//! An operation runs only when its side is ready; a "would block" clears that side, and
//! the task waits for the next event. Called by every socket, pipe and listener of the layers
//! above. Every operation, under either kind of future, goes through [`PollEvented::poll_io`], so
//! there is one place that pairs trying with waiting.
//!
//! Always true: what an operation clears is what was seen before it ran. An event that
//! comes in between stands.
//!
//! Why not try, and wait, in each socket? The order of look, call and clear is what decides
//! whether an event is lost; it stands once.

mod io_traits;

use crate::evented::{Evented, Ready};
use crate::readiness::{Direction, Seen, Sides};
use crate::registration::Registration;
use crate::Handle;
use std::fmt;
use std::io;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::atomic::AtomicU16;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{ready, Poll};
use tokio_executor::coop;
use tokio_executor::internals::convert::into_async;
use tokio_executor::task::Context;

/// The most that the operating system moves in one read or write. An operation that
/// asked for more is cut short there, however much is left.
const MAX_TRANSFER: usize = 0x7fff_f000;

/// An I/O value whose operations wait for the reactor instead of blocking.
///
/// `E` must be in non-blocking mode. The value is registered with a reactor when it is
/// first used, unless [`new_with_handle`](PollEvented::new_with_handle) did it.
///
/// One task at a time may read and one may write; they may be different ones, through
/// `&PollEvented`. When the value is not ready, `read` and `write` return an error of
/// the kind `WouldBlock`, and the current task is woken once it is.
///
/// To offer further operations, use [`poll_read_io`](PollEvented::poll_read_io) and
/// [`poll_write_io`](PollEvented::poll_write_io); or in terms of readiness:
/// [`poll_read_ready`](PollEvented::poll_read_ready), then the operation, then
/// [`clear_read_ready`](PollEvented::clear_read_ready) if it would block.
///
/// # Dropping
///
/// Deregisters the value, then drops it.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio_reactor::evented::{Ready, Registration};
/// use tokio_reactor::PollEvented;
///
/// // A source whose readiness another thread sets; a socket of mio would do as well.
/// let (source, set_readiness) = Registration::new2();
/// let source = PollEvented::new(source);
/// std::thread::spawn(move || set_readiness.set_readiness(Ready::readable()));
/// let ready = future::poll_fn(|| source.poll_read_ready(Ready::readable())).wait()?;
/// assert!(ready.is_readable());
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct PollEvented<E: Evented> {
    /// Empty only while `into_inner` takes it out.
    io: Option<E>,
    registration: Registration,
    /// Whether to try operations before the value is registered.
    assumed_ready: bool,
    /// Which reactor to register with, if that is not left to whoever is first to use it.
    home: Handle,
    /// The ticks of the last looks, for the callers that clear without saying what
    /// they saw.
    read_tick: AtomicU16,
    write_tick: AtomicU16,
}

/// What the reactor keeps of a source stays whole, whatever panics. The value itself is the
/// business of its type.
impl<E: Evented + UnwindSafe> UnwindSafe for PollEvented<E> {}
impl<E: Evented + RefUnwindSafe> RefUnwindSafe for PollEvented<E> {}

impl<E: Evented> PollEvented<E> {
    /// Wraps `io`, to be registered with the default reactor of the thread that first
    /// uses it.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::Registration;
    /// use tokio_reactor::PollEvented;
    ///
    /// let (source, _set_readiness) = Registration::new2();
    /// let source = PollEvented::new(source);
    /// // It is not registered before somebody has to wait for it.
    /// let _source: Registration = source.into_inner()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new(io: E) -> PollEvented<E> {
        PollEvented {
            io: Some(io),
            registration: Registration::new(),
            assumed_ready: false,
            home: Handle::default(),
            read_tick: AtomicU16::new(0),
            write_tick: AtomicU16::new(0),
        }
    }

    /// Wraps `io` and registers it with `handle`'s reactor.
    ///
    /// With the default handle this is [`new`](PollEvented::new).
    ///
    /// # Errors
    ///
    /// If the reactor is gone, or if it or the operating system refuses the source.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::Registration;
    /// use tokio_reactor::{PollEvented, Reactor};
    ///
    /// let reactor = Reactor::new()?;
    /// let (source, _set_readiness) = Registration::new2();
    /// let source = PollEvented::new_with_handle(source, &reactor.handle())?;
    /// assert!(!reactor.is_idle());
    /// drop(source);
    /// assert!(reactor.is_idle());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new_with_handle(io: E, handle: &Handle) -> io::Result<PollEvented<E>> {
        let mut wrapped = PollEvented::new(io);
        if handle.is_definite() {
            wrapped.home = handle.clone();
            wrapped.registration.register_with(wrapped.get_ref(), handle)?;
        }
        Ok(wrapped)
    }

    /// Works like [`new_with_handle`](PollEvented::new_with_handle), for a definite handle and a
    /// value that is taken to be writable until a write would block.
    ///
    /// Right for both ends of a fresh pair of sockets.
    ///
    /// # Errors
    ///
    /// As for [`new_with_handle`](PollEvented::new_with_handle).
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn new_writable_with_handle(io: E, handle: &Handle) -> io::Result<PollEvented<E>> {
        let mut wrapped = PollEvented::new(io);
        wrapped.home = handle.clone();
        wrapped.register_now(Sides::assumed_except(Direction::Read))?;
        Ok(wrapped)
    }

    /// Wraps `io`, which is taken to be ready until an operation would block.
    ///
    /// Right for a socket that has just been accepted: the request may be there
    /// already, and a connection that is served without ever having to wait is never
    /// registered at all.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn new_assumed_ready(io: E) -> PollEvented<E> {
        PollEvented::new_assumed_ready_with(io, Handle::default())
    }

    /// Works like [`new_assumed_ready`](PollEvented::new_assumed_ready), to be registered with
    /// `handle`'s reactor.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn new_assumed_ready_with(io: E, handle: Handle) -> PollEvented<E> {
        let mut wrapped = PollEvented::new(io);
        wrapped.assumed_ready = true;
        wrapped.home = handle;
        wrapped
    }

    /// Returns the I/O value.
    #[expect(clippy::missing_panics_doc, reason = "never: only `into_inner` takes the value")]
    pub fn get_ref(&self) -> &E {
        self.io.as_ref().expect("the value is only taken by `into_inner`")
    }

    /// Returns the I/O value.
    ///
    /// Replacing it by another would leave the other unregistered.
    #[expect(clippy::missing_panics_doc, reason = "never: only `into_inner` takes the value")]
    pub fn get_mut(&mut self) -> &mut E {
        self.io.as_mut().expect("the value is only taken by `into_inner`")
    }

    /// Deregisters the I/O value and returns it.
    ///
    /// # Errors
    ///
    /// If it was registered and cannot be deregistered, for example because the reactor
    /// is gone. The value is dropped then.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::Registration;
    /// use tokio_reactor::{PollEvented, Reactor};
    ///
    /// let reactor = Reactor::new()?;
    /// let (source, _set_readiness) = Registration::new2();
    /// let source = PollEvented::new_with_handle(source, &reactor.handle())?.into_inner()?;
    /// assert!(reactor.is_idle(), "it is registered no more");
    /// drop(source);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[expect(clippy::missing_panics_doc, reason = "never: only `into_inner` takes the value")]
    pub fn into_inner(mut self) -> io::Result<E> {
        let io = self.io.take().expect("the value is only taken here");
        self.registration.deregister(&io)?;
        Ok(io)
    }

    /// Returns whether the value can be read, or else the current futures 0.1 task is woken
    /// once it can.
    ///
    /// `mask` names the events that count, beside hang-ups and errors, which always do.
    /// Returns everything the read side is ready for. It stays ready until
    /// [`clear_read_ready`](PollEvented::clear_read_ready).
    ///
    /// # Errors
    ///
    /// If the value cannot be registered, or the reactor is gone.
    ///
    /// # Panics
    ///
    /// If `mask` has writable in it; or if the value is not ready and there is no
    /// current task.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio_reactor::evented::{Ready, Registration};
    /// use tokio_reactor::PollEvented;
    ///
    /// let (source, set_readiness) = Registration::new2();
    /// let source = PollEvented::new(source);
    /// set_readiness.set_readiness(Ready::readable())?;
    /// future::poll_fn(|| source.poll_read_ready(Ready::readable())).wait()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn poll_read_ready(&self, mask: Ready) -> futures::Poll<Ready, io::Error> {
        into_async(self.poll_read_ready_cx(&Context::current(), mask))
    }

    /// Works like [`poll_read_ready`](PollEvented::poll_read_ready), for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_read_ready`](PollEvented::poll_read_ready).
    ///
    /// # Panics
    ///
    /// As for [`poll_read_ready`](PollEvented::poll_read_ready).
    pub fn poll_read_ready_cx(&self, cx: &Context<'_>, mask: Ready) -> Poll<io::Result<Ready>> {
        assert!(!mask.is_writable(), "the read side is never writable");
        self.poll_ready(Direction::Read, cx, mask)
    }

    /// Says that a read would block, so that the value is no longer readable.
    ///
    /// An event that came after the last look at the read side stands; the current
    /// futures 0.1 task is woken then. Otherwise it is woken at the next event.
    ///
    /// # Errors
    ///
    /// As for [`poll_read_ready`](PollEvented::poll_read_ready).
    ///
    /// # Panics
    ///
    /// If `ready` has writable or hang-up in it, neither of which a read can clear; or
    /// if there is no current task.
    pub fn clear_read_ready(&self, ready: Ready) -> io::Result<()> {
        self.clear_read_ready_cx(&Context::current(), ready)
    }

    /// Works like [`clear_read_ready`](PollEvented::clear_read_ready), for a task of either
    /// kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_read_ready`](PollEvented::poll_read_ready).
    ///
    /// # Panics
    ///
    /// As for [`clear_read_ready`](PollEvented::clear_read_ready).
    pub fn clear_read_ready_cx(&self, cx: &Context<'_>, ready: Ready) -> io::Result<()> {
        assert!(!ready.is_writable(), "a read cannot clear writable");
        assert!(!ready.contains(Ready::HUP), "a read cannot clear a hang-up");
        self.clear_ready(Direction::Read, cx, ready)
    }

    /// Returns whether the value can be written, or else the current futures 0.1 task is woken
    /// once it can.
    ///
    /// It stays ready until [`clear_write_ready`](PollEvented::clear_write_ready).
    ///
    /// # Errors
    ///
    /// If the value cannot be registered, or the reactor is gone.
    ///
    /// # Panics
    ///
    /// If the value is not ready and there is no current task.
    pub fn poll_write_ready(&self) -> futures::Poll<Ready, io::Error> {
        into_async(self.poll_write_ready_cx(&Context::current()))
    }

    /// Works like [`poll_write_ready`](PollEvented::poll_write_ready), for a task of either
    /// kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_write_ready`](PollEvented::poll_write_ready).
    pub fn poll_write_ready_cx(&self, cx: &Context<'_>) -> Poll<io::Result<Ready>> {
        self.poll_ready(Direction::Write, cx, Ready::writable())
    }

    /// Says that a write would block, so that the value is no longer writable.
    ///
    /// An event that came after the last look at the write side stands; the current
    /// futures 0.1 task is woken then. Otherwise it is woken at the next event.
    ///
    /// # Errors
    ///
    /// As for [`poll_write_ready`](PollEvented::poll_write_ready).
    ///
    /// # Panics
    ///
    /// If there is no current task.
    pub fn clear_write_ready(&self) -> io::Result<()> {
        self.clear_write_ready_cx(&Context::current())
    }

    /// Works like [`clear_write_ready`](PollEvented::clear_write_ready), for a task of either
    /// kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_write_ready`](PollEvented::poll_write_ready).
    pub fn clear_write_ready_cx(&self, cx: &Context<'_>) -> io::Result<()> {
        self.clear_ready(Direction::Write, cx, Ready::writable())
    }

    /// Runs `operation` once the value can be read.
    ///
    /// "Would block" makes the task wait for the next event; an interrupted operation
    /// is tried again. Takes one operation off the task's budget.
    ///
    /// # Errors
    ///
    /// Those of `operation`; and if the value cannot be registered, or the reactor is
    /// gone.
    ///
    /// # Examples
    ///
    /// Accepting, under either kind of future:
    ///
    /// ```
    /// use std::io;
    /// use std::net::SocketAddr;
    /// use std::task::Poll;
    /// # use mio1 as mio;
    /// use mio::net::{TcpListener, TcpStream};
    /// use tokio_executor::task::Context;
    /// use tokio_reactor::PollEvented;
    ///
    /// fn poll_accept(
    ///     listener: &PollEvented<TcpListener>,
    ///     cx: &Context<'_>,
    /// ) -> Poll<io::Result<(TcpStream, SocketAddr)>> {
    ///     listener.poll_read_io(cx, |listener| listener.accept())
    /// }
    /// # fn main() {}
    /// ```
    #[inline]
    pub fn poll_read_io<R>(
        &self,
        cx: &Context<'_>,
        operation: impl FnMut(&E) -> io::Result<R>,
    ) -> Poll<io::Result<R>> {
        self.poll_io(Direction::Read, cx, coop::proceed, operation, |_| false)
    }

    /// Runs `operation` once the value can be written; otherwise as
    /// [`poll_read_io`](PollEvented::poll_read_io).
    ///
    /// # Errors
    ///
    /// As for [`poll_read_io`](PollEvented::poll_read_io).
    #[inline]
    pub fn poll_write_io<R>(
        &self,
        cx: &Context<'_>,
        operation: impl FnMut(&E) -> io::Result<R>,
    ) -> Poll<io::Result<R>> {
        self.poll_io(Direction::Write, cx, coop::proceed, operation, |_| false)
    }

    /// Reads from a byte stream that fills the buffer if it can.
    ///
    /// `operation` reads up to `wanted` bytes. If it gets fewer, though not none, the
    /// stream is taken to be empty, which saves the read that would only say so. A task that
    /// has woken another one in the same poll yields to it before it reads on.
    ///
    /// That is true of TCP. It is not of a Unix socket, where a read also stops at a
    /// message with descriptors attached, nor of a terminal: pass 0 for `wanted` there, and
    /// only a read that would block says that the stream is empty.
    ///
    /// # Errors
    ///
    /// As for [`poll_read_io`](PollEvented::poll_read_io).
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    #[inline]
    pub fn poll_read_stream(
        &self,
        cx: &Context<'_>,
        wanted: usize,
        operation: impl FnMut(&E) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        self.poll_io(Direction::Read, cx, coop::proceed_reading, operation, |&moved| {
            is_short(moved, wanted)
        })
    }

    /// Writes to a byte stream that takes as much as it has room for.
    ///
    /// `operation` writes up to `offered` bytes. If it writes fewer, though not none,
    /// the stream is taken to be full. True of TCP and of Unix stream sockets. With
    /// vectored writes, count only the buffers that the operating system takes in one
    /// call (1024 of them).
    ///
    /// # Errors
    ///
    /// As for [`poll_read_io`](PollEvented::poll_read_io).
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    #[inline]
    pub fn poll_write_stream(
        &self,
        cx: &Context<'_>,
        offered: usize,
        operation: impl FnMut(&E) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        self.poll_io(Direction::Write, cx, coop::proceed, operation, |&moved| {
            is_short(moved, offered)
        })
    }

    /// Tries `operation` whenever the side is ready, until it does not block.
    #[inline]
    fn poll_io<R>(
        &self,
        direction: Direction,
        cx: &Context<'_>,
        may_proceed: impl Fn(&Context<'_>) -> bool,
        mut operation: impl FnMut(&E) -> io::Result<R>,
        is_short: impl Fn(&R) -> bool,
    ) -> Poll<io::Result<R>> {
        if self.is_untried() {
            if let Some(result) = self.try_unregistered(direction, cx, &mut operation) {
                return result;
            }
        }
        loop {
            let seen = ready!(self.poll_turn(direction, cx, &may_proceed))?;
            let result = operation(self.get_ref());
            if let Some(result) = self.after_try(direction, seen, result, &is_short) {
                return Poll::Ready(result);
            }
        }
    }

    /// As `poll_io`, for an operation that needs the value for itself.
    fn poll_io_mut<R>(
        &mut self,
        direction: Direction,
        mut operation: impl FnMut(&mut E) -> io::Result<R>,
    ) -> Poll<io::Result<R>> {
        let cx = Context::current();
        let may_proceed = match direction {
            Direction::Read => coop::proceed_reading,
            Direction::Write => coop::proceed,
        };
        loop {
            let seen = ready!(self.poll_turn(direction, &cx, may_proceed))?;
            let result = operation(self.get_mut());
            if let Some(result) = self.after_try(direction, seen, result, |_| false) {
                return Poll::Ready(result);
            }
        }
    }

    /// Whether it is this task's turn to try: the side is ready, and there is budget.
    #[inline]
    fn poll_turn(
        &self,
        direction: Direction,
        cx: &Context<'_>,
        may_proceed: impl Fn(&Context<'_>) -> bool,
    ) -> Poll<io::Result<Seen>> {
        let seen = ready!(self.poll_seen(direction, Sides::any(direction), cx))?;
        if may_proceed(cx) {
            Poll::Ready(Ok(seen))
        } else {
            Poll::Pending
        }
    }

    /// What follows from trying; `None` is to try again.
    #[inline]
    fn after_try<R>(
        &self,
        direction: Direction,
        seen: Seen,
        result: io::Result<R>,
        is_short: impl Fn(&R) -> bool,
    ) -> Option<io::Result<R>> {
        match result {
            Ok(done) => {
                if is_short(&done) && seen.short_clears(direction) {
                    self.clear(direction, seen);
                }
                Some(Ok(done))
            }
            Err(error) => match error.kind() {
                io::ErrorKind::WouldBlock => {
                    self.clear(direction, seen);
                    None
                }
                io::ErrorKind::Interrupted => None,
                _ => Some(Err(error)),
            },
        }
    }

    /// Tries `operation` on a value that is not registered yet. If it would block,
    /// registers the value, for the caller to go on as usual.
    fn try_unregistered<R>(
        &self,
        direction: Direction,
        cx: &Context<'_>,
        operation: &mut impl FnMut(&E) -> io::Result<R>,
    ) -> Option<Poll<io::Result<R>>> {
        if !coop::proceed(cx) {
            return Some(Poll::Pending);
        }
        loop {
            match operation(self.get_ref()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                result => return Some(Poll::Ready(result)),
            }
        }
        // The other side has not been tried, and stays assumed ready. What becomes
        // ready from here on is an event.
        match self.register_now(Sides::assumed_except(direction)) {
            Ok(()) => None,
            Err(error) => Some(Poll::Ready(Err(error))),
        }
    }

    #[inline]
    fn poll_seen(
        &self,
        direction: Direction,
        sides: Sides,
        cx: &Context<'_>,
    ) -> Poll<io::Result<Seen>> {
        self.register_if_new(self.assumed())?;
        self.registration.poll_seen(direction, sides, cx)
    }

    /// What a value that nobody has tried yet is taken to be ready for.
    #[inline]
    pub(crate) fn assumed(&self) -> Sides {
        if self.assumed_ready {
            Sides::ASSUMED
        } else {
            Sides::NONE
        }
    }

    #[inline]
    pub(crate) fn register_if_new(&self, assumed: Sides) -> io::Result<()> {
        if self.registration.is_registered() {
            Ok(())
        } else {
            self.register_now(assumed)
        }
    }

    /// Returns the reactor that the value was registered with, or is to be; the default handle if
    /// that was left to its first use.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn home(&self) -> &Handle {
        &self.home
    }

    /// Whether the value is assumed ready and not registered yet.
    pub(crate) fn is_untried(&self) -> bool {
        self.assumed_ready && !self.registration.is_registered()
    }

    pub(crate) fn registration(&self) -> &Registration {
        &self.registration
    }

    /// Registers the value, from the thread that needs it first.
    #[cold]
    fn register_now(&self, assumed: Sides) -> io::Result<()> {
        self.registration.register_assuming(self.get_ref(), &self.home, assumed).map(drop)
    }

    fn clear(&self, direction: Direction, seen: Seen) {
        if let Some(entry) = self.registration.entry() {
            entry.source().clear(seen, Sides::whole(direction));
        }
    }

    fn poll_ready(
        &self,
        direction: Direction,
        cx: &Context<'_>,
        mask: Ready,
    ) -> Poll<io::Result<Ready>> {
        let sides = Sides::of_side(direction, mask | Ready::HUP | Ready::ERROR);
        let seen = ready!(self.poll_seen(direction, sides, cx))?;
        // Relaxed: between threads, whoever hands over "it would block" also hands over
        // the look before it.
        self.last_tick(direction).store(seen.tick(), Relaxed);
        Poll::Ready(Ok(seen.ready(direction)))
    }

    fn clear_ready(&self, direction: Direction, cx: &Context<'_>, ready: Ready) -> io::Result<()> {
        if let Some(entry) = self.registration.entry() {
            // Relaxed: see `poll_ready`.
            let tick = self.last_tick(direction).load(Relaxed);
            // The operation has just shown that nothing is wrong and nothing hangs, so
            // errors and hang-ups go too: they would let the task run in circles.
            let sides = Sides::of_side(direction, ready | Ready::HUP | Ready::ERROR);
            entry.source().clear_at(tick, sides);
        }
        match self.poll_ready(direction, cx, ready) {
            Poll::Ready(ready) => {
                ready?;
                cx.wake();
            }
            Poll::Pending => {}
        }
        Ok(())
    }

    fn last_tick(&self, direction: Direction) -> &AtomicU16 {
        match direction {
            Direction::Read => &self.read_tick,
            Direction::Write => &self.write_tick,
        }
    }
}

fn is_short(moved: usize, wanted: usize) -> bool {
    0 < moved && moved < wanted.min(MAX_TRANSFER)
}

impl<E: Evented + fmt::Debug> fmt::Debug for PollEvented<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollEvented").field("io", &self.io).finish_non_exhaustive()
    }
}

impl<E: Evented> Drop for PollEvented<E> {
    fn drop(&mut self) {
        if let Some(io) = self.io.take() {
            // The descriptor may be gone, or the reactor: then nothing watches it.
            let _ = self.registration.deregister(&io);
        }
    }
}
