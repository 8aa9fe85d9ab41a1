//! The signals of Unix, by kind.
//!
//! Called by programs. Wraps the root crate's listener.
//!
//! Always true: signals that come in quick succession are reported once, and none after it began
//! to listen is lost.
//!
//! Why is a signal's kind a type, and not the number? The constructors differ in value from system
//! to system, and a number may be of no signal at all: that is an error of `signal`.

use crate::process::{assert_runtime, is_reactor_gone};
use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll};
use tokio::signal::unix as engine;
use tokio::signal::unix::libc;
use tokio_reactor::Handle;

/// Which signal.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::signal::unix::SignalKind;
///
/// assert_ne!(SignalKind::terminate(), SignalKind::interrupt());
/// ```
#[derive(Debug, Clone, Copy, Hash, PartialEq, Eq)]
pub struct SignalKind(i32);

macro_rules! kinds {
    ($( $(#[$doc:meta])* $name:ident = $signal:ident; )*) => {
        impl SignalKind {
            $(
                $(#[$doc])*
                pub const fn $name() -> SignalKind {
                    SignalKind(libc::$signal)
                }
            )*
        }
    };
}

kinds! {
    /// `SIGALRM`: a timer of the system has run out.
    alarm = SIGALRM;
    /// `SIGCHLD`: a child has stopped or ended.
    child = SIGCHLD;
    /// `SIGHUP`: the terminal is gone.
    hangup = SIGHUP;
    /// `SIGINT`: Ctrl-C.
    interrupt = SIGINT;
    /// `SIGIO`: a descriptor is ready.
    io = SIGIO;
    /// `SIGPIPE`: nobody reads what was written.
    pipe = SIGPIPE;
    /// `SIGQUIT`: Ctrl-\.
    quit = SIGQUIT;
    /// `SIGTERM`: please end.
    terminate = SIGTERM;
    /// `SIGUSR1`.
    user_defined1 = SIGUSR1;
    /// `SIGUSR2`.
    user_defined2 = SIGUSR2;
    /// `SIGWINCH`: the terminal has another size.
    window_change = SIGWINCH;
}

impl SignalKind {
    /// Returns the signal of a number.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::signal::unix::SignalKind;
    ///
    /// assert_eq!(SignalKind::from_raw(2), SignalKind::interrupt());
    /// ```
    pub const fn from_raw(signal: i32) -> SignalKind {
        SignalKind(signal)
    }

    /// Returns the number of the signal.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::signal::unix::SignalKind;
    ///
    /// assert_eq!(SignalKind::interrupt().as_raw_value(), 2);
    /// ```
    pub const fn as_raw_value(&self) -> i32 {
        self.0
    }
}

impl From<i32> for SignalKind {
    fn from(signal: i32) -> SignalKind {
        SignalKind(signal)
    }
}

impl From<SignalKind> for i32 {
    fn from(kind: SignalKind) -> i32 {
        kind.0
    }
}

/// Listens to a signal.
///
/// # Dropping
///
/// Stops listening; the process does not go back to what it did on the signal before.
///
/// # Examples
///
/// ```no_run
/// # use tokio_await as tokio;
/// use tokio::runtime::Runtime;
/// use tokio::signal::unix::{signal, SignalKind};
///
/// Runtime::new().unwrap().block_on(async {
///     let mut reload = signal(SignalKind::hangup()).unwrap();
///     while reload.recv().await.is_some() {
///         println!("reading the configuration again");
///     }
/// });
/// ```
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct Signal {
    inner: engine::Signal,
}

/// Begins to listen to the signals of `kind`.
///
/// A signal that came while nobody listened is reported to the next who does.
///
/// # Errors
///
/// If the signal may not be caught (`SIGKILL`, `SIGSTOP`, and those that tell of an error in
/// the program), or does not exist; if the process has too many descriptors.
///
/// # Panics
///
/// Outside a runtime.
///
/// # Examples
///
/// ```no_run
/// # use tokio_await as tokio;
/// use tokio::signal::unix::{signal, SignalKind};
///
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let mut hangups = signal(SignalKind::hangup()).unwrap();
///     while hangups.recv().await.is_some() {
///         println!("reading the configuration again");
///     }
/// });
/// ```
#[track_caller]
pub fn signal(kind: SignalKind) -> io::Result<Signal> {
    assert_runtime();
    let inner = engine::Signal::listen(kind.0, &Handle::default())?;
    Ok(Signal { inner })
}

impl Signal {
    /// Waits for the next signal.
    ///
    /// None if no more can come: the runtime is gone, and there is no other here.
    ///
    /// # Dropping
    ///
    /// Loses no signal.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use tokio_await as tokio;
    /// use tokio::signal::unix::{signal, SignalKind};
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     signal(SignalKind::terminate()).unwrap().recv().await;
    ///     println!("asked to end");
    /// });
    /// ```
    pub async fn recv(&mut self) -> Option<()> {
        poll_fn(|cx| self.poll_recv(cx)).await
    }

    /// Polls for the next signal, as [`recv`](Signal::recv).
    pub fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<()>> {
        self.poll_next(cx).map(Result::ok)
    }

    /// Listens to what comes from now on, and to nothing from before.
    pub(super) fn from_now(kind: SignalKind) -> io::Result<Signal> {
        assert_runtime();
        let inner = engine::Signal::listen_from_now(kind.0, &Handle::default())?;
        Ok(Signal { inner })
    }

    pub(super) async fn next(&mut self) -> io::Result<()> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut polled = self.inner.poll_recv_cx(&(&mut *cx).into());
        if let Poll::Ready(Err(error)) = &polled {
            // A listener outlives the runtime that it was made in.
            if is_reactor_gone(error) && Handle::entered().is_some() {
                self.inner.set_handle(&Handle::default())?;
                polled = self.inner.poll_recv_cx(&(&mut *cx).into());
            }
        }
        polled.map_ok(drop)
    }
}

/// Waits for an interrupt from the terminal, as `ctrl_c` does.
pub(super) async fn interrupt() -> io::Result<()> {
    Signal::from_now(SignalKind::interrupt())?.next().await
}
