//! Sources of mio 1, where one of mio 0.6's shape is asked for.

use super::{Evented, Poll, PollOpt, Ready, Token};
use mio1::event::Source;
use mio1::Interest;
use std::fmt;
use std::io::{self, Read, Write};
use std::sync::{Mutex, MutexGuard};

/// Lets any source of mio 1 be registered.
///
/// mio 1 registers a source through `&mut`, the reactor through `&`; the lock between
/// is only taken for registering, and by [`with`](FromSource::with). It reports with
/// edge-triggered events only.
///
/// mio 1's own sockets do not need this: they are [`Evented`] as they are.
///
/// # Examples
///
/// ```
/// # #[cfg(unix)] fn example() -> std::io::Result<()> {
/// use tokio_reactor::evented::FromSource;
/// use tokio_reactor::PollEvented;
///
/// # use mio1 as mio;
/// let (sender, receiver) = mio::unix::pipe::new()?;
/// let receiver = PollEvented::new(FromSource::new(receiver));
/// # Ok(()) }
/// ```
pub struct FromSource<S> {
    /// Held while registering, and while the source is lent.
    source: Mutex<S>,
}

impl<S> FromSource<S> {
    /// Wraps `source`.
    pub fn new(source: S) -> FromSource<S> {
        FromSource { source: Mutex::new(source) }
    }

    /// Returns the source.
    pub fn get_mut(&mut self) -> &mut S {
        self.source.get_mut().unwrap_or_else(|e| e.into_inner())
    }

    /// Lends the source to `f`. While it runs, the source cannot be registered or lent again:
    /// that waits for `f`, or hangs if it is `f` that does so.
    ///
    /// For a source that is read and written through `&`, as by
    /// [`PollEvented::poll_read_io`](crate::PollEvented::poll_read_io).
    pub fn with<R>(&self, f: impl FnOnce(&S) -> R) -> R {
        f(&self.lock())
    }

    /// Returns the source, out of the wrapper.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::FromSource;
    ///
    /// assert_eq!(FromSource::new("a source").into_inner(), "a source");
    /// ```
    pub fn into_inner(self) -> S {
        self.source.into_inner().unwrap_or_else(|e| e.into_inner())
    }

    fn lock(&self) -> MutexGuard<'_, S> {
        self.source.lock().unwrap_or_else(|e| e.into_inner())
    }
}

impl<S: Source> Evented for FromSource<S> {
    fn register(
        &self,
        poll: &Poll,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()> {
        let interest = to_interest(interest, opts)?;
        poll.registry().register(&mut *self.lock(), mio1::Token(token.0), interest)
    }

    fn reregister(
        &self,
        poll: &Poll,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()> {
        let interest = to_interest(interest, opts)?;
        poll.registry().reregister(&mut *self.lock(), mio1::Token(token.0), interest)
    }

    fn deregister(&self, poll: &Poll) -> io::Result<()> {
        poll.registry().deregister(&mut *self.lock())
    }
}

/// mio 1's way to say what to watch for.
pub(crate) fn to_interest(interest: Ready, opts: PollOpt) -> io::Result<Interest> {
    if !opts.is_edge() || opts.is_level() || opts.is_oneshot() {
        return Err(io::Error::new(
            io::ErrorKind::Unsupported,
            format!("cannot watch {opts:?} here: this source only has edge-triggered events"),
        ));
    }
    let readable = interest.is_readable().then_some(Interest::READABLE);
    let writable = interest.is_writable().then_some(Interest::WRITABLE);
    match (readable, writable) {
        (Some(readable), Some(writable)) => Ok(readable | writable),
        (Some(one), None) | (None, Some(one)) => Ok(one),
        (None, None) => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("cannot watch a source for {interest:?}: ask for readable or writable"),
        )),
    }
}

impl<S: Read> Read for FromSource<S> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.get_mut().read(buf)
    }
}

impl<S: Write> Write for FromSource<S> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.get_mut().write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.get_mut().flush()
    }
}

impl<S: fmt::Debug> fmt::Debug for FromSource<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FromSource").field(&*self.lock()).finish()
    }
}
