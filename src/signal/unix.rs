//! The signals of Unix.

#[cfg(any(
    target_os = "dragonfly",
    target_os = "freebsd",
    target_os = "macos",
    target_os = "netbsd",
    target_os = "openbsd",
))]
pub mod bsd;

#[expect(unsafe_code, reason = "installs signal handlers")]
mod bell;

pub use libc;
pub use libc::{SIGALRM, SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM, SIGTRAP, SIGUSR1, SIGUSR2};

use self::bell::Bell;
use super::IoFuture;
use crate::both::into_async;
use crate::evented_fd::Fd;
use futures::{future, Stream};
use libc::c_int;
use std::fmt;
use std::io;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::task::{ready, Poll};
use tokio_executor::coop;
use tokio_executor::task::Context;
use tokio_reactor::evented::Ready;
use tokio_reactor::{Handle, PollEvented};

/// The signals of one number, as they come.
///
/// An item is the signal's number, and stands for all that have come since the item
/// before. The stream does not end.
///
/// A signal that nobody has heard yet is there for the next to listen: it is delivered
/// once, to each listener.
///
/// # Errors
///
/// If the reactor is gone, or if the process is a fork of the one that began to listen:
/// the two share what wakes the listeners.
///
/// # Dropping
///
/// Other listeners go on. The process keeps ignoring the signal, whatever it would have
/// done without.
///
/// # Examples
///
/// ```no_run
/// use futures::{Future, Stream};
/// use tokio::signal::unix::{Signal, SIGHUP};
///
/// let reload = Signal::new(SIGHUP)
///     .flatten_stream()
///     .for_each(|_| Ok(println!("reading the configuration again")))
///     .map_err(|e| eprintln!("cannot listen: {e}"));
/// tokio::run(reload);
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct Signal {
    bell: Arc<Bell>,
    /// An ear of our own at the bell, with our reactor.
    ear: PollEvented<Fd<UnixStream>>,
    /// How often the bell had rung when we last told.
    heard: usize,
}

impl Signal {
    /// Begins to listen to `signal` when polled; resolves to the stream.
    ///
    /// # Errors
    ///
    /// Those of [`listen`](Signal::listen).
    pub fn new(signal: c_int) -> IoFuture<Signal> {
        Signal::with_handle(signal, &Handle::default())
    }

    /// As [`new`](Signal::new), with `handle`'s reactor.
    ///
    /// # Errors
    ///
    /// Those of [`listen`](Signal::listen).
    pub fn with_handle(signal: c_int, handle: &Handle) -> IoFuture<Signal> {
        let handle = handle.clone();
        Box::new(future::lazy(move || Signal::listen(signal, &handle)))
    }

    /// Begins to listen to `signal` at once.
    ///
    /// With the default handle, the reactor is that of the thread that polls first.
    ///
    /// # Errors
    ///
    /// If the signal may not be caught (`SIGKILL`, `SIGSTOP`, and those that tell of an
    /// error in the program: `SIGILL`, `SIGFPE`, `SIGSEGV`), or does not exist; if the
    /// process has too many descriptors; if the reactor is gone.
    pub fn listen(signal: c_int, handle: &Handle) -> io::Result<Signal> {
        let bell = Bell::of(signal)?;
        let ear = PollEvented::new_with_handle(Fd(bell.ear()?), handle)?;
        let heard = bell.seen();
        Ok(Signal { bell, ear, heard })
    }

    /// Begins to listen to what comes from now on; otherwise as [`listen`](Signal::listen),
    /// which also tells of a signal that came before and that nobody has heard.
    ///
    /// # Errors
    ///
    /// As for [`listen`](Signal::listen).
    pub fn listen_from_now(signal: c_int, handle: &Handle) -> io::Result<Signal> {
        let mut listener = Signal::listen(signal, handle)?;
        listener.heard = listener.bell.rings();
        Ok(listener)
    }

    /// Listens by way of `handle`'s reactor from now on, as after the end of the one before.
    /// No signal is lost.
    ///
    /// # Errors
    ///
    /// If the reactor is gone, or if the process has too many descriptors.
    pub fn set_handle(&mut self, handle: &Handle) -> io::Result<()> {
        self.ear = PollEvented::new_with_handle(Fd(self.bell.ear()?), handle)?;
        Ok(())
    }

    /// The next signal, for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for the stream.
    pub fn poll_recv_cx(&mut self, cx: &Context<'_>) -> Poll<io::Result<c_int>> {
        loop {
            let rings = self.bell.rings();
            if rings != self.heard {
                if !coop::proceed(cx) {
                    return Poll::Pending;
                }
                self.heard = rings;
                self.bell.note_seen(rings);
                return Poll::Ready(Ok(self.bell.signal()));
            }
            self.bell.check_process()?;
            // A ring after the look above makes the ear ready again.
            ready!(self.ear.poll_read_ready_cx(cx, Ready::readable()))?;
            self.ear.clear_read_ready_cx(cx, Ready::readable())?;
        }
    }
}

impl Stream for Signal {
    type Item = c_int;
    type Error = io::Error;

    fn poll(&mut self) -> futures::Poll<Option<c_int>, io::Error> {
        into_async(self.poll_recv_cx(&Context::current()).map_ok(Some))
    }
}

crate::compat::std_stream! {
    [] Signal => io::Result<c_int>, |this, cx| this.poll_recv_cx(&Context::from(cx)).map(Some)
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signal").field("signal", &self.bell.signal()).finish_non_exhaustive()
    }
}
