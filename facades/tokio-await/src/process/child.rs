//! A child that was started.
//!
//! Made by `Command`; the exit is waited for by the root crate's `Child`.
//!
//! Always true: the exit status is kept once it is known, so `wait` may be called again, and
//! its future dropped. A child that is dropped is left to the reaper of orphans, after a kill
//! if it was asked for.
//!
//! Why not hand out the root crate's child? It is a future that ends once; tokio 1.x's `wait` may
//! be called any number of times, and beside `kill` and `start_kill`.

use super::{ChildStderr, ChildStdin, ChildStdout};
use crate::io::{AsyncRead, AsyncReadExt};
use std::future::{poll_fn, Future};
use std::io;
use std::pin::Pin;
use std::process::{self, ExitStatus, Output};
use std::task::{ready, Context, Poll, Waker};
use tokio::process as engine;
use tokio_reactor::internals::ReactorGone;
use tokio_reactor::Handle;

/// Checks that whoever makes what needs a reactor is in a runtime.
///
/// # Panics
///
/// If this thread has none.
#[track_caller]
pub(crate) fn assert_runtime() {
    let _ = crate::net::home::reactor();
}

/// Whether `error` says that the runtime is gone that a source was registered with.
pub(crate) fn is_reactor_gone(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<ReactorGone>())
}

/// A child that was started.
///
/// # Dropping
///
/// Kills the child if [`Command::kill_on_drop`](super::Command::kill_on_drop) says so;
/// otherwise it lives on. Never blocks: its exit status is collected in the background.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::process::Command;
/// use tokio::runtime::Runtime;
///
/// Runtime::new().unwrap().block_on(async {
///     let mut child = Command::new("sleep").arg("60").spawn().unwrap();
///     child.kill().await.unwrap();
///     assert!(!child.wait().await.unwrap().success());
/// });
/// ```
#[derive(Debug)]
pub struct Child {
    /// What writes to the child's standard input, if that is a pipe.
    pub stdin: Option<ChildStdin>,
    /// What reads the child's standard output, if that is a pipe.
    pub stdout: Option<ChildStdout>,
    /// What reads the child's standard error, if that is a pipe.
    pub stderr: Option<ChildStderr>,
    running: RunningChild,
}

/// The child itself, until its exit was seen.
#[derive(Debug)]
struct RunningChild {
    kill_on_drop: bool,
    status: Option<ExitStatus>,
    /// Until the drop.
    child: Option<engine::Child>,
}

impl Child {
    /// Takes over a child that std has started.
    pub(super) fn adopt(child: process::Child, kill_on_drop: bool) -> io::Result<Child> {
        let mut child = engine::Child::adopt(child, &Handle::default())?;
        Ok(Child {
            stdin: child.stdin().take().map(ChildStdin::new),
            stdout: child.stdout().take().map(ChildStdout::new),
            stderr: child.stderr().take().map(ChildStderr::new),
            running: RunningChild { kill_on_drop, status: None, child: Some(child) },
        })
    }

    /// Returns the child's process ID; none once its exit was seen: it may be another's
    /// then.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut child = tokio::process::Command::new("true").spawn().unwrap();
    ///     assert!(child.id().is_some());
    ///     child.wait().await.unwrap();
    ///     assert!(child.id().is_none());
    /// });
    /// ```
    pub fn id(&self) -> Option<u32> {
        self.running().map(engine::Child::id)
    }

    /// The child, as long as its exit was not seen.
    pub(super) fn running(&self) -> Option<&engine::Child> {
        self.running.child.as_ref().filter(|_| self.running.status.is_none())
    }

    /// Kills the child, on Unix with `SIGKILL`; does not wait for its end. Does nothing if its exit
    /// was seen.
    ///
    /// # Errors
    ///
    /// If the operating system does not allow it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut child = tokio::process::Command::new("sleep").arg("60").spawn().unwrap();
    ///     child.start_kill().unwrap();
    ///     assert!(!child.wait().await.unwrap().success());
    /// });
    /// ```
    pub fn start_kill(&mut self) -> io::Result<()> {
        match self.running.status {
            Some(_) => Ok(()),
            None => self.running.child().kill(),
        }
    }

    /// Kills the child, and waits for its end.
    ///
    /// # Errors
    ///
    /// As [`start_kill`](Child::start_kill) and [`wait`](Child::wait).
    ///
    /// # Dropping
    ///
    /// Once polled, the child was killed; its status is there for [`wait`](Child::wait).
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut child = tokio::process::Command::new("sleep").arg("60").spawn().unwrap();
    ///     child.kill().await.unwrap();
    /// });
    /// ```
    pub async fn kill(&mut self) -> io::Result<()> {
        self.start_kill()?;
        self.wait().await.map(drop)
    }

    /// Waits for the child's exit. Standard input is closed first, so that a child that
    /// reads until its end does not wait for us.
    ///
    /// # Errors
    ///
    /// If somebody else has collected the child's exit status.
    ///
    /// # Dropping
    ///
    /// Loses nothing but the standard input, which is closed; the status is there for the
    /// next call.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut child = tokio::process::Command::new("true").spawn().unwrap();
    ///     assert!(child.wait().await.unwrap().success());
    /// });
    /// ```
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        drop(self.stdin.take());
        poll_fn(|cx| self.running.poll_exit(cx)).await
    }

    /// Polls for the end of the process; leaves its standard input as it is.
    ///
    /// # Errors
    ///
    /// As [`wait`](Child::wait).
    // Hidden: for the interface of tokio 0.2.
    #[doc(hidden)]
    pub fn poll_wait(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<ExitStatus>> {
        self.running.poll_exit(cx)
    }

    /// Returns the child's exit status, if it has ended.
    ///
    /// # Errors
    ///
    /// As [`wait`](Child::wait).
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let mut child = tokio::process::Command::new("sleep").arg("60").spawn().unwrap();
    /// assert!(child.try_wait().unwrap().is_none());
    /// # child.kill().await.unwrap();
    /// # });
    /// ```
    pub fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        // To ask once is not to go on for ever.
        let mut cx = Context::from_waker(Waker::noop());
        let polled = tokio_executor::coop::unlimited(|| self.running.poll_exit(&mut cx));
        match polled {
            Poll::Ready(status) => status.map(Some),
            Poll::Pending => Ok(None),
        }
    }

    /// Waits for the child's exit status, and all that is still to come on standard output
    /// and error, as far as these are pipes that were not taken.
    ///
    /// # Errors
    ///
    /// As [`wait`](Child::wait), and those of reading.
    ///
    /// # Dropping
    ///
    /// As that of the child.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use std::process::Stdio;
    /// use tokio::process::Command;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let child = Command::new("echo").arg("a").stdout(Stdio::piped()).spawn().unwrap();
    ///     assert_eq!(child.wait_with_output().await.unwrap().stdout, b"a\n");
    /// });
    /// ```
    pub async fn wait_with_output(mut self) -> io::Result<Output> {
        async fn all(pipe: &mut Option<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
            let mut bytes = Vec::new();
            if let Some(pipe) = pipe {
                pipe.read_to_end(&mut bytes).await?;
            }
            Ok(bytes)
        }

        let (mut out, mut err) = (self.stdout.take(), self.stderr.take());
        let (status, stdout, stderr) = crate::try_join!(self.wait(), all(&mut out), all(&mut err))?;
        Ok(Output { status, stdout, stderr })
    }
}

impl RunningChild {
    fn child(&mut self) -> &mut engine::Child {
        self.child.as_mut().expect("only the drop takes it")
    }

    fn poll_exit(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<ExitStatus>> {
        if let Some(status) = self.status {
            return Poll::Ready(Ok(status));
        }
        let mut polled = Pin::new(self.child()).poll(cx);
        if let Poll::Ready(Err(error)) = &polled {
            // A child outlives the runtime that it was started in.
            if is_reactor_gone(error) && Handle::entered().is_some() {
                self.child().set_handle(&Handle::default())?;
                polled = Pin::new(self.child()).poll(cx);
            }
        }
        let status = ready!(polled)?;
        self.status = Some(status);
        Poll::Ready(Ok(status))
    }
}

impl Drop for RunningChild {
    fn drop(&mut self) {
        if !self.kill_on_drop {
            self.child.take().into_iter().for_each(engine::Child::forget);
        }
    }
}
