//! What of mio 0.6 there is on Unix only.
//!
//! Programs wrap a descriptor in [`EventedFd`] and ask for `UnixReady`; `PollEvented` takes
//! both.
//!
//! Always true: it owns no descriptor; whoever registers one keeps it open until it is
//! deregistered.
//!
//! Why not take the descriptor over? Libraries wrap one that they read, write and close
//! themselves.

use super::{Evented, Poll, PollOpt, Ready, Token};
use crate::sys;
use std::fmt;
use std::io;
use std::ops;
use std::os::fd::RawFd;

/// Watches a descriptor that belongs to someone else.
///
/// The descriptor is neither closed nor made non-blocking here. Deregister it before it
/// is closed: a duplicate of it elsewhere would keep the registration alive.
///
/// # Examples
///
/// ```
/// use std::io::Write;
/// use std::os::fd::AsRawFd;
/// use std::os::unix::net::UnixStream;
/// use std::time::Duration;
/// use tokio_reactor::evented::unix::EventedFd;
/// use tokio_reactor::evented::{Events, Poll, PollOpt, Ready, Token};
///
/// let (mut here, there) = UnixStream::pair()?;
/// let fd = there.as_raw_fd();
/// let poll = Poll::new()?;
/// poll.register(&EventedFd(&fd), Token(7), Ready::readable(), PollOpt::edge())?;
///
/// here.write_all(b"x")?;
/// let mut events = Events::with_capacity(4);
/// poll.poll(&mut events, Some(Duration::from_secs(10)))?;
/// assert!(events.iter().any(|event| event.token() == Token(7)));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct EventedFd<'a>(pub &'a RawFd);

impl Evented for EventedFd<'_> {
    fn register(
        &self,
        poll: &Poll,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()> {
        sys::register(poll, *self.0, token, interest, opts)
    }

    fn reregister(
        &self,
        poll: &Poll,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()> {
        sys::reregister(poll, *self.0, token, interest, opts)
    }

    fn deregister(&self, poll: &Poll) -> io::Result<()> {
        sys::deregister(poll, *self.0)
    }
}

/// A [`Ready`] with the events that only Unix knows.
///
/// # Examples
///
/// ```
/// use tokio_reactor::evented::unix::UnixReady;
/// use tokio_reactor::evented::Ready;
///
/// let ready = Ready::readable() | UnixReady::hup();
/// assert!(UnixReady::from(ready).is_hup());
/// ```
#[derive(Copy, PartialEq, Eq, Clone, PartialOrd, Ord)]
pub struct UnixReady(Ready);

impl UnixReady {
    /// Returns an empty set: asynchronous file I/O is not reported.
    #[deprecated(since = "0.6.12", note = "this function is now platform specific")]
    #[doc(hidden)]
    pub fn aio() -> UnixReady {
        UnixReady(Ready::empty())
    }

    /// Returns the set that says that something is wrong; the next operation says what.
    #[inline]
    pub fn error() -> UnixReady {
        UnixReady(Ready::ERROR)
    }

    /// Returns the set that says that the other end has hung up.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::unix::UnixReady;
    /// use tokio_reactor::evented::Ready;
    ///
    /// let ready = Ready::readable() | UnixReady::hup();
    /// assert!(UnixReady::from(ready).is_hup());
    /// ```
    #[inline]
    pub fn hup() -> UnixReady {
        UnixReady(Ready::HUP)
    }

    /// Returns the set that says that there is urgent data.
    #[inline]
    pub fn priority() -> UnixReady {
        UnixReady(Ready::PRIORITY)
    }

    /// Returns false: asynchronous file I/O is not reported.
    #[deprecated(since = "0.6.12", note = "this function is now platform specific")]
    #[doc(hidden)]
    pub fn is_aio(&self) -> bool {
        false
    }

    /// Returns whether something is wrong.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::unix::UnixReady;
    /// use tokio_reactor::evented::Ready;
    ///
    /// assert!(UnixReady::error().is_error());
    /// assert!(!UnixReady::from(Ready::readable()).is_error());
    /// ```
    #[inline]
    pub fn is_error(&self) -> bool {
        self.contains(Ready::ERROR)
    }

    /// Returns whether the other end has hung up.
    #[inline]
    pub fn is_hup(&self) -> bool {
        self.contains(Ready::HUP)
    }

    /// Returns whether there is urgent data.
    #[inline]
    pub fn is_priority(&self) -> bool {
        self.contains(Ready::PRIORITY)
    }
}

impl From<Ready> for UnixReady {
    fn from(ready: Ready) -> UnixReady {
        UnixReady(ready)
    }
}

impl From<UnixReady> for Ready {
    fn from(ready: UnixReady) -> Ready {
        ready.0
    }
}

impl ops::Deref for UnixReady {
    type Target = Ready;

    fn deref(&self) -> &Ready {
        &self.0
    }
}

impl ops::DerefMut for UnixReady {
    fn deref_mut(&mut self) -> &mut Ready {
        &mut self.0
    }
}

impl ops::BitOr for UnixReady {
    type Output = UnixReady;

    #[inline]
    fn bitor(self, other: UnixReady) -> UnixReady {
        UnixReady(self.0 | other.0)
    }
}

impl ops::BitXor for UnixReady {
    type Output = UnixReady;

    #[inline]
    fn bitxor(self, other: UnixReady) -> UnixReady {
        UnixReady(self.0 ^ other.0)
    }
}

impl ops::BitAnd for UnixReady {
    type Output = UnixReady;

    #[inline]
    fn bitand(self, other: UnixReady) -> UnixReady {
        UnixReady(self.0 & other.0)
    }
}

impl ops::Sub for UnixReady {
    type Output = UnixReady;

    #[inline]
    fn sub(self, other: UnixReady) -> UnixReady {
        UnixReady(self.0 - other.0)
    }
}

/// Deprecated since mio 0.6.10.
// Hidden: deprecated, which an `impl` cannot be.
#[doc(hidden)]
impl ops::Not for UnixReady {
    type Output = UnixReady;

    #[inline]
    fn not(self) -> UnixReady {
        UnixReady(!self.0)
    }
}

impl fmt::Debug for UnixReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt_named(f, &[(Ready::PRIORITY, "Priority")])
    }
}
