//! A reactor that runs in a thread of its own.
//!
//! Made by `Handle::default` when a source is used outside a runtime, and by programs that start
//! their own.
//!
//! Always true: the thread ends after `shutdown_now`, or after `shutdown_on_idle` once no
//! source is left (`stage`).
//!
//! Why a thread? Without a runtime nobody else polls the reactor.

use crate::{Handle, Reactor};
use futures::Future;
use stage::{Stage, ENDING, IDLE_ENDS};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::thread;
use tokio_executor::park::Unpark;
use tokio_executor::task::Context;

mod stage;

/// A handle to a reactor that runs in a thread of its own.
///
/// # Dropping
///
/// Shuts the reactor down and waits for its thread to end. To let it run on, use
/// [`forget`](Background::forget).
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio_reactor::Reactor;
///
/// let background = Reactor::new()?.background()?;
/// let handle = background.handle().clone();
/// // Sources registered with `handle` are served by the other thread.
/// background.shutdown_now().wait().unwrap();
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Background {
    // Empty once the thread is someone else's care.
    thread: Option<Thread>,
}

/// Completes when a background reactor has shut down; see
/// [`Background::shutdown_now`].
///
/// # Dropping
///
/// The reactor shuts down all the same.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio_reactor::Reactor;
///
/// let background = Reactor::new()?.background()?;
/// background.shutdown_now().wait().unwrap();
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Shutdown {
    thread: Thread,
}

#[derive(Debug)]
struct Thread {
    handle: Handle,
    stage: Arc<Stage>,
}

impl Background {
    pub(crate) fn start(reactor: Reactor) -> io::Result<Background> {
        let handle = reactor.handle();
        let stage = Arc::new(Stage::new());
        let for_thread = stage.clone();
        thread::Builder::new()
            .name("tokio-reactor".into())
            .spawn(move || for_thread.run(reactor))?;
        Ok(Background { thread: Some(Thread { handle, stage }) })
    }

    /// Returns a handle by which sources are registered with the reactor.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio_reactor::evented::{Ready, Registration};
    /// use tokio_reactor::{PollEvented, Reactor};
    ///
    /// let background = Reactor::new()?.background()?;
    /// let (source, set_readiness) = Registration::new2();
    /// let source = PollEvented::new_with_handle(source, background.handle())?;
    /// set_readiness.set_readiness(Ready::readable())?;
    /// future::poll_fn(|| source.poll_read_ready(Ready::readable())).wait()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn handle(&self) -> &Handle {
        &self.thread().handle
    }

    /// Shuts the reactor down once it has no sources left.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use tokio_reactor::Reactor;
    ///
    /// // No source is registered, so it is done at once.
    /// Reactor::new()?.background()?.shutdown_on_idle().wait().unwrap();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn shutdown_on_idle(mut self) -> Shutdown {
        let thread = self.take();
        thread.handle.watch_idle();
        thread.raise(IDLE_ENDS);
        Shutdown { thread }
    }

    /// Shuts the reactor down. Operations on its sources end with an error.
    pub fn shutdown_now(mut self) -> Shutdown {
        let thread = self.take();
        thread.raise(ENDING);
        Shutdown { thread }
    }

    /// Lets the reactor run for as long as the process does.
    pub fn forget(mut self) {
        drop(self.take());
    }

    fn thread(&self) -> &Thread {
        self.thread.as_ref().expect("only methods that consume `self` take it")
    }

    fn take(&mut self) -> Thread {
        self.thread.take().expect("only methods that consume `self` take it")
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.raise(ENDING);
            // Cannot fail; and has no error to report.
            let _ = Shutdown { thread }.wait();
        }
    }
}

impl Thread {
    fn raise(&self, stage: u8) {
        self.stage.raise(stage);
        self.handle.unpark();
    }
}

impl stage::Turns for Reactor {
    fn is_idle(&self) -> bool {
        Reactor::is_idle(self)
    }

    fn turn(&mut self) -> io::Result<()> {
        Reactor::turn(self, None).map(drop)
    }
}

impl Shutdown {
    fn poll_cx(&self, cx: &Context<'_>) -> Poll<()> {
        self.thread.stage.poll_ended(cx)
    }
}

impl Future for Shutdown {
    type Item = ();
    type Error = ();

    fn poll(&mut self) -> futures::Poll<(), ()> {
        tokio_executor::internals::convert::into_async(self.poll_cx(&Context::current()).map(Ok))
    }
}

impl std::future::Future for Shutdown {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<()> {
        self.poll_cx(&Context::from(cx))
    }
}
