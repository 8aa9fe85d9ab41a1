//! The signals of Unix, as streams.
//!
//! [`Signal`] is made by programs; `signal::ctrl_c`, `process` and the façades stand on it. A
//! signal handler may do next to nothing, so it counts and writes a byte (`self_pipe.rs`); a
//! listener waits on a descriptor of its own and compares counts.
//!
//! Always true: a delivery after a look at the count makes the descriptor ready again, so
//! none is lost. Several deliveries may become one item, as with the kernel's own signals.
//!
//! Why a descriptor for each listener? Listeners of several reactors would take readiness
//! from each other on a shared one.

#[cfg(any(
    target_os = "dragonfly",
    target_os = "freebsd",
    target_os = "macos",
    target_os = "netbsd",
    target_os = "openbsd",
))]
pub mod bsd;

#[expect(unsafe_code, reason = "installs signal handlers")]
mod self_pipe;

pub use libc;
pub use libc::{SIGALRM, SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM, SIGTRAP, SIGUSR1, SIGUSR2};

use self::self_pipe::SelfPipe;
use super::IoFuture;
use crate::evented_fd::Fd;
use futures::{future, Stream};
use libc::c_int;
use std::fmt;
use std::io;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::task::{ready, Poll};
use tokio_executor::coop;
use tokio_executor::internals::convert::into_async;
use tokio_executor::task::Context;
use tokio_reactor::evented::Ready;
use tokio_reactor::{Handle, PollEvented};

/// The signals of one number, as they come.
///
/// An item is the signal's number, and stands for all that have come since the item
/// before. The stream does not end.
///
/// A signal that nobody has received yet is there for the next to listen: it is delivered
/// once, to each listener.
///
/// # Errors
///
/// If the reactor is gone, or if the process is a fork of the one that began to listen:
/// the two share what wakes the listeners.
///
/// # Dropping
///
/// Other listeners go on. The signal handler stays installed: the signal's default action,
/// such as the end of the process, does not come back with the last listener's drop.
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
    pipe: Arc<SelfPipe>,
    /// Our duplicate of the read end, with our reactor.
    read_end: PollEvented<Fd<UnixStream>>,
    /// The count of deliveries at our last item.
    reported: usize,
}

/// Interrupts from the terminal, as `ctrl_c` reports them.
pub(super) fn interrupts(handle: &Handle) -> IoFuture<Signal> {
    Signal::with_handle(SIGINT, handle)
}

impl Signal {
    /// Begins to listen to `signal` when polled; resolves to the stream.
    ///
    /// # Errors
    ///
    /// Those of [`listen`](Signal::listen).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use futures::{Future, Stream};
    /// use tokio::signal::unix::{Signal, SIGTERM};
    ///
    /// let terminated = Signal::new(SIGTERM)
    ///     .flatten_stream()
    ///     .into_future()
    ///     .map(|_| println!("asked to end"))
    ///     .map_err(|(error, _)| eprintln!("cannot listen: {error}"));
    /// tokio::run(terminated);
    /// ```
    pub fn new(signal: c_int) -> IoFuture<Signal> {
        Signal::with_handle(signal, &Handle::default())
    }

    /// Works like [`new`](Signal::new), with `handle`'s reactor.
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
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::reactor::Handle;
    /// use tokio::signal::unix::{Signal, SIGUSR1};
    ///
    /// let signals = Signal::listen(SIGUSR1, &Handle::default()).unwrap();
    /// ```
    pub fn listen(signal: c_int, handle: &Handle) -> io::Result<Signal> {
        let pipe = SelfPipe::of(signal)?;
        let read_end = PollEvented::new_with_handle(Fd(pipe.read_end()?), handle)?;
        let reported = pipe.seen();
        Ok(Signal { pipe, read_end, reported })
    }

    /// Begins to listen to what comes from now on; otherwise as [`listen`](Signal::listen),
    /// which also tells of a signal that came before and that nobody has received.
    ///
    /// # Errors
    ///
    /// As for [`listen`](Signal::listen).
    pub fn listen_from_now(signal: c_int, handle: &Handle) -> io::Result<Signal> {
        let mut listener = Signal::listen(signal, handle)?;
        listener.reported = listener.pipe.deliveries();
        Ok(listener)
    }

    /// Listens by way of `handle`'s reactor from now on, as after the end of the one before.
    /// No signal is lost.
    ///
    /// # Errors
    ///
    /// If the reactor is gone, or if the process has too many descriptors.
    pub fn set_handle(&mut self, handle: &Handle) -> io::Result<()> {
        self.read_end = PollEvented::new_with_handle(Fd(self.pipe.read_end()?), handle)?;
        Ok(())
    }

    /// Returns the next signal, for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for the stream.
    pub fn poll_recv_cx(&mut self, cx: &Context<'_>) -> Poll<io::Result<c_int>> {
        loop {
            let deliveries = self.pipe.deliveries();
            if deliveries != self.reported {
                if !coop::proceed(cx) {
                    return Poll::Pending;
                }
                self.reported = deliveries;
                self.pipe.note_seen(deliveries);
                return Poll::Ready(Ok(self.pipe.signal()));
            }
            self.pipe.check_process()?;
            // A delivery after the look above makes the read end ready again.
            ready!(self.read_end.poll_read_ready_cx(cx, Ready::readable()))?;
            self.read_end.clear_read_ready_cx(cx, Ready::readable())?;
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
        f.debug_struct("Signal").field("signal", &self.pipe.signal()).finish_non_exhaustive()
    }
}
