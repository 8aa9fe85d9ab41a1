//! Any descriptor of Unix, waited for in terms of readiness.
//!
//! Programs and libraries wrap what is no socket of ours: a C library's descriptor, a tun
//! device, inotify.
//!
//! Always true: the descriptor is registered from `new` to the drop, and deregistered before
//! the value is given back. A guard clears the readiness as it was seen when the guard was
//! made, so an event in between stands.
//!
//! Why not `PollEvented`? It makes the calls itself; here the program does, whenever it likes.

use super::home::{self, map_shutdown, poll_map_shutdown};
use crate::io::{Interest, Ready};
use std::error::Error;
use std::fmt;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::task::{Context, Poll};
use tokio_reactor::evented::unix::EventedFd;
use tokio_reactor::evented::{Evented, Poll as Poller, PollOpt, Ready as Events, Token};
use tokio_reactor::interest::ReadyEvent;
use tokio_reactor::PollEvented;

/// A descriptor that is registered with the runtime, whatever it is of.
///
/// It must be in non-blocking mode. Wait for readiness, try the operation, and say by way of
/// the guard whether it would block; [`async_io`](AsyncFd::async_io) does all three.
///
/// # Dropping
///
/// Deregisters the descriptor, then drops the value.
///
/// # Examples
///
/// ```
/// use std::io::Read;
/// use std::os::unix::net::UnixStream;
/// # use tokio_await as tokio;
/// use tokio::io::unix::AsyncFd;
/// use tokio::io::Interest;
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let (a, b) = UnixStream::pair()?;
///     a.set_nonblocking(true)?;
///     // SAFETY: a socket of std's keeps its descriptor.
///     let a = unsafe { AsyncFd::register(a) }?;
///     drop(b);
///     let mut byte = [0];
///     let n = a.async_io(Interest::READABLE, |mut a| a.read(&mut byte)).await?;
///     assert_eq!(n, 0);
///     Ok::<(), std::io::Error>(())
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct AsyncFd<T: AsRawFd> {
    // Dropped first: the descriptor is still open when it is deregistered.
    evented: PollEvented<Descriptor>,
    inner: T,
}

/// What the reactor knows of the value.
struct Descriptor {
    fd: RawFd,
    interest: Events,
}

impl Evented for Descriptor {
    /// Asks for what the owner is interested in, not for all that the reactor would.
    fn register(&self, poll: &Poller, token: Token, _: Events, opts: PollOpt) -> io::Result<()> {
        EventedFd(&self.fd).register(poll, token, self.interest, opts)
    }

    fn reregister(&self, poll: &Poller, token: Token, _: Events, opts: PollOpt) -> io::Result<()> {
        EventedFd(&self.fd).reregister(poll, token, self.interest, opts)
    }

    fn deregister(&self, poll: &Poller) -> io::Result<()> {
        EventedFd(&self.fd).deregister(poll)
    }
}

/// The descriptor could not be registered; the value comes back.
pub struct AsyncFdRegisterError<T> {
    inner: T,
    cause: io::Error,
}

/// The former name of [`AsyncFdRegisterError`].
pub type AsyncFdTryNewError<T> = AsyncFdRegisterError<T>;

/// The operation would block.
#[derive(Debug)]
pub struct TryIoError(());

/// A descriptor was ready, and is still, as far as anyone has said.
///
/// # Dropping
///
/// Leaves it ready.
#[must_use = "You must explicitly choose whether to clear the readiness state by calling a method on ReadyGuard"]
pub struct AsyncFdReadyGuard<'a, T: AsRawFd> {
    async_fd: &'a AsyncFd<T>,
    event: Option<ReadyEvent>,
}

/// As [`AsyncFdReadyGuard`], for who has the [`AsyncFd`] alone.
///
/// # Dropping
///
/// Leaves it ready.
#[must_use = "You must explicitly choose whether to clear the readiness state by calling a method on ReadyGuard"]
pub struct AsyncFdReadyMutGuard<'a, T: AsRawFd> {
    async_fd: &'a mut AsyncFd<T>,
    event: Option<ReadyEvent>,
}

impl<T: AsRawFd> AsyncFd<T> {
    /// Registers `inner`'s descriptor, for reading and writing.
    ///
    /// # Errors
    ///
    /// If the system refuses it: a file of the file system is always ready, and cannot be
    /// waited for. The value is dropped.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    #[deprecated(since = "1.54.0", note = "use `AsyncFd::register`")]
    #[track_caller]
    pub fn new(inner: T) -> io::Result<AsyncFd<T>> {
        AsyncFd::registered(inner, Interest::READABLE | Interest::WRITABLE).map_err(io::Error::from)
    }

    /// Works like [`new`](AsyncFd::new), for `interest` only.
    ///
    /// # Errors
    ///
    /// As for [`new`](AsyncFd::new).
    ///
    /// # Panics
    ///
    /// As for [`new`](AsyncFd::new).
    #[deprecated(since = "1.54.0", note = "use `AsyncFd::register_with_interest`")]
    #[track_caller]
    pub fn with_interest(inner: T, interest: Interest) -> io::Result<AsyncFd<T>> {
        AsyncFd::registered(inner, interest).map_err(io::Error::from)
    }

    /// Works like [`new`](AsyncFd::new); if the system refuses the descriptor, the value comes
    /// back.
    ///
    /// # Errors
    ///
    /// As for [`new`](AsyncFd::new).
    ///
    /// # Panics
    ///
    /// As for [`new`](AsyncFd::new).
    #[deprecated(since = "1.54.0", note = "use `AsyncFd::register`")]
    #[track_caller]
    pub fn try_new(inner: T) -> Result<AsyncFd<T>, AsyncFdRegisterError<T>> {
        AsyncFd::registered(inner, Interest::READABLE | Interest::WRITABLE)
    }

    /// Works like [`try_new`](AsyncFd::try_new), for `interest` only.
    ///
    /// # Errors
    ///
    /// As for [`new`](AsyncFd::new).
    ///
    /// # Panics
    ///
    /// As for [`new`](AsyncFd::new).
    #[deprecated(since = "1.54.0", note = "use `AsyncFd::register_with_interest`")]
    #[track_caller]
    pub fn try_with_interest(
        inner: T,
        interest: Interest,
    ) -> Result<AsyncFd<T>, AsyncFdRegisterError<T>> {
        AsyncFd::registered(inner, interest)
    }

    /// Registers `inner`'s descriptor, for reading and writing.
    ///
    /// # Errors
    ///
    /// If the system refuses it: a file of the file system is always ready, and cannot be
    /// waited for. The value comes back.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    ///
    /// # Safety
    ///
    /// `inner` returns the same descriptor each time, and keeps it open until it is dropped or
    /// taken back by [`into_inner`](AsyncFd::into_inner).
    #[track_caller]
    pub unsafe fn register(inner: T) -> Result<AsyncFd<T>, AsyncFdRegisterError<T>> {
        AsyncFd::registered(inner, Interest::READABLE | Interest::WRITABLE)
    }

    /// Works like [`register`](AsyncFd::register), for `interest` only.
    ///
    /// # Errors
    ///
    /// As for [`register`](AsyncFd::register).
    ///
    /// # Panics
    ///
    /// As for [`register`](AsyncFd::register).
    ///
    /// # Safety
    ///
    /// As for [`register`](AsyncFd::register).
    #[track_caller]
    pub unsafe fn register_with_interest(
        inner: T,
        interest: Interest,
    ) -> Result<AsyncFd<T>, AsyncFdRegisterError<T>> {
        AsyncFd::registered(inner, interest)
    }

    #[track_caller]
    fn registered(inner: T, interest: Interest) -> Result<AsyncFd<T>, AsyncFdRegisterError<T>> {
        let descriptor = Descriptor { fd: inner.as_raw_fd(), interest: interest.to_events() };
        match home::register(descriptor) {
            Ok(evented) => Ok(AsyncFd { evented, inner }),
            Err(cause) => Err(AsyncFdRegisterError { inner, cause }),
        }
    }

    /// Returns the value.
    pub fn get_ref(&self) -> &T {
        &self.inner
    }

    /// Returns the value.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    /// Deregisters the descriptor and returns the value.
    pub fn into_inner(self) -> T {
        drop(self.evented);
        self.inner
    }

    /// Returns whether it can be read, or else the task is woken once it can.
    ///
    /// Only the last task to ask by way of `poll_*` methods that read is woken.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    pub fn poll_read_ready<'a>(
        &'a self,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<AsyncFdReadyGuard<'a, T>>> {
        let polled = poll_map_shutdown(self.evented.poll_read_event(&cx.into()));
        polled.map_ok(|event| AsyncFdReadyGuard { async_fd: self, event: Some(event) })
    }

    /// Works like [`poll_read_ready`](AsyncFd::poll_read_ready), with the value for oneself.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    pub fn poll_read_ready_mut<'a>(
        &'a mut self,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<AsyncFdReadyMutGuard<'a, T>>> {
        let polled = poll_map_shutdown(self.evented.poll_read_event(&cx.into()));
        polled.map_ok(|event| AsyncFdReadyMutGuard { async_fd: self, event: Some(event) })
    }

    /// Returns whether it can be written, or else the task is woken once it can.
    ///
    /// Only the last task to ask by way of `poll_*` methods that write is woken.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    pub fn poll_write_ready<'a>(
        &'a self,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<AsyncFdReadyGuard<'a, T>>> {
        let polled = poll_map_shutdown(self.evented.poll_write_event(&cx.into()));
        polled.map_ok(|event| AsyncFdReadyGuard { async_fd: self, event: Some(event) })
    }

    /// Works like [`poll_write_ready`](AsyncFd::poll_write_ready), with the value for oneself.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    pub fn poll_write_ready_mut<'a>(
        &'a mut self,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<AsyncFdReadyMutGuard<'a, T>>> {
        let polled = poll_map_shutdown(self.evented.poll_write_event(&cx.into()));
        polled.map_ok(|event| AsyncFdReadyMutGuard { async_fd: self, event: Some(event) })
    }

    /// Waits until it is ready for any of `interest`.
    ///
    /// Any number of tasks may wait at once.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    ///
    /// # Dropping
    ///
    /// Stops waiting; readiness is not used up.
    pub async fn ready(&self, interest: Interest) -> io::Result<AsyncFdReadyGuard<'_, T>> {
        let event = map_shutdown(self.evented.ready_event(interest).await)?;
        Ok(AsyncFdReadyGuard { async_fd: self, event: Some(event) })
    }

    /// Works like [`ready`](AsyncFd::ready), with the value for oneself.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    ///
    /// # Dropping
    ///
    /// Stops waiting; readiness is not used up.
    pub async fn ready_mut(
        &mut self,
        interest: Interest,
    ) -> io::Result<AsyncFdReadyMutGuard<'_, T>> {
        let event = map_shutdown(self.evented.ready_event(interest).await)?;
        Ok(AsyncFdReadyMutGuard { async_fd: self, event: Some(event) })
    }

    /// Waits until it can be read.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    ///
    /// # Dropping
    ///
    /// Stops waiting; readiness is not used up.
    pub async fn readable(&self) -> io::Result<AsyncFdReadyGuard<'_, T>> {
        self.ready(Interest::READABLE).await
    }

    /// Waits until it can be read.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    ///
    /// # Dropping
    ///
    /// Stops waiting; readiness is not used up.
    pub async fn readable_mut(&mut self) -> io::Result<AsyncFdReadyMutGuard<'_, T>> {
        self.ready_mut(Interest::READABLE).await
    }

    /// Waits until it can be written.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    ///
    /// # Dropping
    ///
    /// Stops waiting; readiness is not used up.
    pub async fn writable(&self) -> io::Result<AsyncFdReadyGuard<'_, T>> {
        self.ready(Interest::WRITABLE).await
    }

    /// Waits until it can be written.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    ///
    /// # Dropping
    ///
    /// Stops waiting; readiness is not used up.
    pub async fn writable_mut(&mut self) -> io::Result<AsyncFdReadyMutGuard<'_, T>> {
        self.ready_mut(Interest::WRITABLE).await
    }

    /// Runs `f` when it is ready for `interest`, until `f` does not say `WouldBlock`.
    ///
    /// # Errors
    ///
    /// Those of `f`; if the runtime has shut down.
    ///
    /// # Dropping
    ///
    /// Loses nothing: `f` has not run, or would block.
    pub async fn async_io<R>(
        &self,
        interest: Interest,
        mut f: impl FnMut(&T) -> io::Result<R>,
    ) -> io::Result<R> {
        map_shutdown(self.evented.async_io(interest, |_| f(&self.inner)).await)
    }

    /// Works like [`async_io`](AsyncFd::async_io), with the value for oneself.
    ///
    /// # Errors
    ///
    /// As for [`async_io`](AsyncFd::async_io).
    ///
    /// # Dropping
    ///
    /// Loses nothing: `f` has not run, or would block.
    pub async fn async_io_mut<R>(
        &mut self,
        interest: Interest,
        mut f: impl FnMut(&mut T) -> io::Result<R>,
    ) -> io::Result<R> {
        let AsyncFd { evented, inner } = self;
        map_shutdown(evented.async_io(interest, |_| f(inner)).await)
    }

    /// Runs `f` if it is ready for `interest`.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if it is not; those of `f`.
    pub fn try_io<R>(
        &self,
        interest: Interest,
        f: impl FnOnce(&T) -> io::Result<R>,
    ) -> io::Result<R> {
        map_shutdown(self.evented.try_io(interest, |_| f(&self.inner)))
    }

    /// Works like [`try_io`](AsyncFd::try_io), with the value for oneself.
    ///
    /// # Errors
    ///
    /// As for [`try_io`](AsyncFd::try_io).
    pub fn try_io_mut<R>(
        &mut self,
        interest: Interest,
        f: impl FnOnce(&mut T) -> io::Result<R>,
    ) -> io::Result<R> {
        let AsyncFd { evented, inner } = self;
        map_shutdown(evented.try_io(interest, |_| f(inner)))
    }
}

impl<T: AsRawFd> AsRawFd for AsyncFd<T> {
    fn as_raw_fd(&self) -> RawFd {
        self.inner.as_raw_fd()
    }
}

impl<T: AsRawFd> AsFd for AsyncFd<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        let fd = self.as_raw_fd();
        assert_ne!(fd, -1, "a value that is waited for has a descriptor");
        // SAFETY: it is not the one number that is none. The value keeps its descriptor open
        // for as long as it is borrowed; that is what makes its descriptor one to be waited for.
        unsafe { BorrowedFd::borrow_raw(fd) }
    }
}

impl<T: AsRawFd + fmt::Debug> fmt::Debug for AsyncFd<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncFd").field("inner", &self.inner).finish()
    }
}

/// What both guards have.
macro_rules! guard {
    ($guard:ident) => {
        impl<T: AsRawFd> $guard<'_, T> {
            /// Says that it is no longer ready, unless an event came since.
            pub fn clear_ready(&mut self) {
                if let Some(event) = self.event.take() {
                    self.async_fd.evented.clear_event(event);
                }
            }

            /// Says that it is no longer ready for `ready`, unless an event came since.
            pub fn clear_ready_matching(&mut self, ready: Ready) {
                if let Some(event) = self.event.take() {
                    self.async_fd.evented.clear_event(event.with_ready(ready));
                    let left = event.ready() - ready;
                    self.event = (!left.is_empty()).then(|| event.with_ready(left));
                }
            }

            /// Says that it is still ready. Does nothing.
            pub fn retain_ready(&mut self) {}

            /// Returns what it is ready for, of what was waited for.
            pub fn ready(&self) -> Ready {
                self.event.as_ref().map_or(Ready::EMPTY, ReadyEvent::ready)
            }

            /// Returns what it is a guard of.
            pub fn get_ref(&self) -> &AsyncFd<T> {
                self.async_fd
            }

            /// Returns the value.
            pub fn get_inner(&self) -> &T {
                self.async_fd.get_ref()
            }

            fn clear_if_blocked<R>(
                &mut self,
                result: io::Result<R>,
            ) -> Result<io::Result<R>, TryIoError> {
                match result {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        self.clear_ready();
                        Err(TryIoError(()))
                    }
                    result => Ok(result),
                }
            }
        }

        impl<T: AsRawFd + fmt::Debug> fmt::Debug for $guard<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($guard)).field("async_fd", &self.async_fd).finish()
            }
        }
    };
}

guard!(AsyncFdReadyGuard);
guard!(AsyncFdReadyMutGuard);

impl<'a, T: AsRawFd> AsyncFdReadyGuard<'a, T> {
    /// Runs `f`; if it says `WouldBlock`, the descriptor is no longer ready.
    ///
    /// # Errors
    ///
    /// If `f` says `WouldBlock`.
    pub fn try_io<R>(
        &mut self,
        f: impl FnOnce(&'a AsyncFd<T>) -> io::Result<R>,
    ) -> Result<io::Result<R>, TryIoError> {
        let result = f(self.async_fd);
        self.clear_if_blocked(result)
    }
}

impl<T: AsRawFd> AsyncFdReadyMutGuard<'_, T> {
    /// Runs `f`; if it says `WouldBlock`, the descriptor is no longer ready.
    ///
    /// # Errors
    ///
    /// If `f` says `WouldBlock`.
    pub fn try_io<R>(
        &mut self,
        f: impl FnOnce(&mut AsyncFd<T>) -> io::Result<R>,
    ) -> Result<io::Result<R>, TryIoError> {
        let result = f(self.async_fd);
        self.clear_if_blocked(result)
    }

    /// Returns what it is a guard of.
    pub fn get_mut(&mut self) -> &mut AsyncFd<T> {
        self.async_fd
    }

    /// Returns the value.
    pub fn get_inner_mut(&mut self) -> &mut T {
        self.async_fd.get_mut()
    }
}

impl<T> AsyncFdRegisterError<T> {
    /// Returns the value, and why it could not be registered.
    pub fn into_parts(self) -> (T, io::Error) {
        (self.inner, self.cause)
    }
}

impl<T> fmt::Debug for AsyncFdRegisterError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

impl<T> fmt::Display for AsyncFdRegisterError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

impl<T> Error for AsyncFdRegisterError<T> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.cause)
    }
}

impl<T> From<AsyncFdRegisterError<T>> for io::Error {
    fn from(error: AsyncFdRegisterError<T>) -> io::Error {
        error.cause
    }
}
