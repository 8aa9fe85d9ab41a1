//! An I/O source with its registration, as programs of tokio 0.1.0 held it.
//!
//! Kept for those who have not moved on to [`PollEvented2`](super::PollEvented2). The
//! caller says when the source is *not* ready any more; until then it is taken to be as
//! it was when last asked. Programs of tokio 0.1.0 call it; `Registration` does the work.
//!
//! Always true: one call at a time looks at the registration; a look that finds nothing
//! leaves the current task there, to be woken by the next event.
//!
//! Why not a name for `PollEvented2`? Its methods differ: `need_read` takes back what was ready,
//! and `poll_read` takes no mask.

#![allow(deprecated)]

use futures::{task, Async};
use std::fmt;
use std::io::{self, Read, Write};
use std::sync::{Mutex, MutexGuard};
use tokio_io::{AsyncRead, AsyncWrite};
use tokio_reactor::evented::{Evented, Ready};
use tokio_reactor::{Handle, Registration};

/// An I/O source with its registration.
#[deprecated(since = "0.1.2", note = "use PollEvented2 instead")]
pub struct PollEvented<E> {
    io: E,
    handle: Handle,
    /// What the source is ready for, as far as anyone knows.
    ready: Ready,
    /// Held to look at the registration, to register the current task with it, and to end
    /// it. Replacing a waker of foreign code may drop it here: that code must not come back.
    registration: Mutex<Registration>,
}

impl<E> PollEvented<E> {
    /// Registers `io` with the reactor of `handle`.
    ///
    /// # Errors
    ///
    /// If the reactor is gone, or the system refuses the registration.
    pub fn new(io: E, handle: &Handle) -> io::Result<PollEvented<E>>
    where
        E: Evented,
    {
        let registration = Registration::new();
        registration.register_with(&io, handle)?;
        Ok(PollEvented {
            io,
            handle: handle.clone(),
            ready: Ready::empty(),
            registration: Mutex::new(registration),
        })
    }

    fn registration(&self) -> MutexGuard<'_, Registration> {
        self.registration.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Returns whether the source is readable; if not, the task is woken when it is.
    ///
    /// # Panics
    ///
    /// If called outside a task.
    pub fn poll_read(&mut self) -> Async<()> {
        self.poll_ready(Ready::readable()).map(drop)
    }

    /// Returns whether the source is writable; if not, the task is woken when it is.
    ///
    /// # Panics
    ///
    /// If called outside a task.
    pub fn poll_write(&mut self) -> Async<()> {
        self.poll_ready(Ready::writable()).map(drop)
    }

    /// Returns which of `mask` the source is ready for; if none, the task is woken when it is.
    ///
    /// # Panics
    ///
    /// If called outside a task.
    pub fn poll_ready(&mut self, mask: Ready) -> Async<Ready> {
        if (self.ready & mask).is_empty() {
            self.look(mask);
        }
        let ready = self.ready & mask;
        if ready.is_empty() {
            Async::NotReady
        } else {
            Async::Ready(ready)
        }
    }

    /// Asks the registration, and has the task woken if the answer is no.
    fn look(&mut self, mask: Ready) {
        let seen = {
            let registration = self.registration();
            let read = match mask.is_writable() && !mask.is_readable() {
                true => Ok(Async::NotReady),
                false => registration.poll_read_ready(),
            };
            let write = match mask.is_writable() {
                true => registration.poll_write_ready(),
                false => Ok(Async::NotReady),
            };
            // An error is for the next read or write to report: let it come to that.
            let take = |answer, side| match answer {
                Ok(Async::Ready(ready)) => ready,
                Ok(Async::NotReady) => Ready::empty(),
                Err(_) => side,
            };
            take(read, Ready::readable()) | take(write, Ready::writable())
        };
        self.ready |= seen;
    }

    /// Notes that the source was found not to be readable: the task is woken when it is.
    ///
    /// # Errors
    ///
    /// None today.
    ///
    /// # Panics
    ///
    /// If called outside a task.
    pub fn need_read(&mut self) -> io::Result<()> {
        let kept = self.ready & Ready::writable();
        self.need(kept, Ready::readable())
    }

    /// Notes that the source was found not to be writable: the task is woken when it is.
    ///
    /// # Errors
    ///
    /// None today.
    ///
    /// # Panics
    ///
    /// If called outside a task.
    pub fn need_write(&mut self) -> io::Result<()> {
        let kept = self.ready - Ready::writable();
        self.need(kept, Ready::writable())
    }

    fn need(&mut self, kept: Ready, side: Ready) -> io::Result<()> {
        {
            let registration = self.registration();
            let _ = match side.is_readable() {
                true => registration.take_read_ready()?,
                false => registration.take_write_ready()?,
            };
        }
        self.ready = kept;
        if self.poll_ready(side).is_ready() {
            task::current().notify();
        }
        Ok(())
    }

    /// Returns the reactor that the source is registered with.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Returns the I/O value.
    pub fn get_ref(&self) -> &E {
        &self.io
    }

    /// Returns the I/O value.
    pub fn get_mut(&mut self) -> &mut E {
        &mut self.io
    }

    /// Returns the I/O value, which stays registered until it is closed.
    pub fn into_inner(self) -> E {
        self.io
    }

    /// Ends the registration.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn deregister(&self) -> io::Result<()>
    where
        E: Evented,
    {
        self.registration().deregister(&self.io)
    }
}

impl<E: Read> Read for PollEvented<E> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if !self.poll_read().is_ready() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let result = self.get_mut().read(buf);
        if would_block(&result) {
            self.need_read()?;
        }
        result
    }
}

impl<E: Write> Write for PollEvented<E> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        if !self.poll_write().is_ready() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let result = self.get_mut().write(buf);
        if would_block(&result) {
            self.need_write()?;
        }
        result
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.poll_write().is_ready() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let result = self.get_mut().flush();
        if would_block(&result) {
            self.need_write()?;
        }
        result
    }
}

fn would_block<T>(result: &io::Result<T>) -> bool {
    matches!(result, Err(e) if e.kind() == io::ErrorKind::WouldBlock)
}

impl<E: Read> AsyncRead for PollEvented<E> {}

impl<E: Write> AsyncWrite for PollEvented<E> {
    fn shutdown(&mut self) -> futures::Poll<(), io::Error> {
        Ok(Async::Ready(()))
    }
}

impl<E: fmt::Debug> fmt::Debug for PollEvented<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollEvented").field("io", &self.io).finish_non_exhaustive()
    }
}
