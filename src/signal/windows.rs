//! What the console of Windows tells a process, as streams.
//!
//! [`Event`] is made by programs; `signal::ctrl_c` and the façades stand on it. The system calls a
//! handler on a thread of its own, which tells the listeners (`deliveries.rs`).
//!
//! Always true: once somebody has listened to a kind, it does not end the process any more, except
//! for the kinds after which the system ends it whatever the handler does.
//!
//! Why one handler for all listeners? The system calls handlers from the newest to the oldest, and
//! stops at the first that takes the event.

use super::deliveries::{Deliveries, Listener};
use super::IoFuture;
use futures::{future, Stream};
use std::io;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use tokio_executor::internals::convert::into_async;
use tokio_executor::task::Context;
use tokio_reactor::Handle;

/// What the console tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Ctrl-C was pressed.
    CtrlC,
    /// Ctrl-Break was pressed.
    CtrlBreak,
    /// The console closes; the process ends a few seconds later.
    Close,
    /// A user logs off; the process ends a few seconds later.
    Logoff,
    /// The system shuts down; the process ends a few seconds later.
    Shutdown,
}

const KINDS: [(u32, Kind); 5] = [
    (0, Kind::CtrlC),
    (1, Kind::CtrlBreak),
    (2, Kind::Close),
    (5, Kind::Logoff),
    (6, Kind::Shutdown),
];

static DELIVERIES: [Deliveries; KINDS.len()] = [const { Deliveries::new() }; KINDS.len()];

impl Kind {
    fn deliveries(self) -> &'static Deliveries {
        &DELIVERIES[self as usize]
    }

    /// Whether the process ends as soon as the handler returns.
    fn is_end(self) -> bool {
        matches!(self, Kind::Close | Kind::Logoff | Kind::Shutdown)
    }
}

#[link(name = "kernel32")]
unsafe extern "system" {
    fn SetConsoleCtrlHandler(
        handler: Option<unsafe extern "system" fn(u32) -> i32>,
        add: i32,
    ) -> i32;
}

/// Called by the system, on a thread that it makes for it. True if nothing else is to be done.
unsafe extern "system" fn handle(event: u32) -> i32 {
    let Some((_, kind)) = KINDS.into_iter().find(|(number, _)| *number == event) else { return 0 };
    if !kind.deliveries().deliver() {
        return 0;
    }
    while kind.is_end() {
        // The program has some seconds to end well; the system ends this thread with it.
        std::thread::park();
    }
    1
}

/// Has the system call the handler, once.
fn install() -> io::Result<()> {
    static INSTALLED: Mutex<bool> = Mutex::new(false);
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if !*installed {
        // SAFETY: the handler is a function of this program, and good for any event on any thread.
        if unsafe { SetConsoleCtrlHandler(Some(handle), 1) } == 0 {
            return Err(io::Error::last_os_error());
        }
        *installed = true;
    }
    Ok(())
}

/// The events of one kind, as they come.
///
/// An item stands for all that have come since the item before. The stream does not end.
///
/// # Dropping
///
/// Other listeners go on. The event does not end the process again, as it did before the first
/// one listened.
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct Event {
    listener: Listener,
}

/// Interrupts from the console, as `ctrl_c` reports them.
pub(super) fn interrupts(handle: &Handle) -> IoFuture<Event> {
    Event::ctrl_c_handle(handle)
}

impl Event {
    /// Begins to listen to Ctrl-C when polled; resolves to the stream.
    ///
    /// # Errors
    ///
    /// Those of [`listen`](Event::listen).
    pub fn ctrl_c() -> IoFuture<Event> {
        Box::new(future::lazy(|| Event::listen(Kind::CtrlC)))
    }

    /// Works like [`ctrl_c`](Event::ctrl_c); no reactor is needed.
    ///
    /// # Errors
    ///
    /// Those of [`listen`](Event::listen).
    pub fn ctrl_c_handle(_handle: &Handle) -> IoFuture<Event> {
        Event::ctrl_c()
    }

    /// Begins to listen to Ctrl-Break when polled; resolves to the stream.
    ///
    /// # Errors
    ///
    /// Those of [`listen`](Event::listen).
    pub fn ctrl_break() -> IoFuture<Event> {
        Box::new(future::lazy(|| Event::listen(Kind::CtrlBreak)))
    }

    /// Works like [`ctrl_break`](Event::ctrl_break); no reactor is needed.
    ///
    /// # Errors
    ///
    /// Those of [`listen`](Event::listen).
    pub fn ctrl_break_handle(_handle: &Handle) -> IoFuture<Event> {
        Event::ctrl_break()
    }

    /// Begins to listen to the events of `kind` at once, and to none from before.
    ///
    /// # Errors
    ///
    /// If the system refuses the handler.
    pub fn listen(kind: Kind) -> io::Result<Event> {
        install()?;
        Ok(Event { listener: kind.deliveries().listen() })
    }

    /// Waits for the next event, for a task of either kind.
    pub fn poll_recv_cx(&mut self, cx: &Context<'_>) -> Poll<()> {
        self.listener.poll_cx(cx)
    }
}

impl Stream for Event {
    type Item = ();
    type Error = io::Error;

    fn poll(&mut self) -> futures::Poll<Option<()>, io::Error> {
        let polled = self.poll_recv_cx(&Context::current());
        into_async(polled.map(|()| Ok(Some(()))))
    }
}

crate::compat::std_stream! {
    [] Event => (), |this, cx| this.poll_recv_cx(&Context::from(cx)).map(Some)
}
