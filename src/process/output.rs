//! All that a child writes, and its exit status.
//!
//! Made by `Child::wait_with_output` and `CommandExt::output_async`.
//!
//! Always true: each poll advances both pipes and the exit, so a child that waits for one pipe
//! to be read cannot stop the other. Dropping it kills the child.
//!
//! Why not one pipe after the other? A child may fill either one first.

use super::child::Child;
use super::stdio::{ChildStderr, ChildStdout};
use crate::both::both_futures;
use std::fmt;
use std::io;
use std::process::{ExitStatus, Output};
use std::task::{ready, Poll};
use tokio_executor::task::Context;

/// Room to make in a buffer that is full, in bytes: what a pipe holds by default.
const RESERVE_BYTES: usize = 64 * 1024;

/// Resolves to a child's exit status and output; made by [`Child::wait_with_output`].
///
/// # Errors
///
/// As for [`Child`], and those of reading its pipes. The child is killed then.
///
/// # Panics
///
/// If polled after it has resolved.
///
/// # Dropping
///
/// Kills the child.
#[must_use = "dropping the future kills the child"]
pub struct WaitWithOutput {
    /// `None` once it has resolved.
    waiting: Option<Waiting>,
}

struct Waiting {
    child: Child,
    status: Option<ExitStatus>,
    stdout: Gathered<ChildStdout>,
    stderr: Gathered<ChildStderr>,
}

/// What has been read of a pipe.
struct Gathered<R> {
    /// `None` at its end.
    pipe: Option<R>,
    bytes: Vec<u8>,
    /// How much of `bytes` has been read; the rest is room.
    filled: usize,
}

impl Child {
    /// Resolves to the exit status, and all that is still to come on standard output and
    /// error, as far as these are pipes.
    ///
    /// Closes standard input first: a child that reads until its end would wait for us,
    /// and we for it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::process::{Command, Stdio};
    /// use tokio::process::CommandExt;
    /// use tokio::runtime::current_thread::block_on_all;
    ///
    /// let child = Command::new("echo").arg("hello").stdout(Stdio::piped()).spawn_async().unwrap();
    /// assert_eq!(block_on_all(child.wait_with_output()).unwrap().stdout, b"hello\n");
    /// ```
    pub fn wait_with_output(self) -> WaitWithOutput {
        WaitWithOutput::new(self)
    }
}

impl WaitWithOutput {
    fn new(mut child: Child) -> WaitWithOutput {
        drop(child.stdin().take());
        let stdout = Gathered::new(child.stdout().take());
        let stderr = Gathered::new(child.stderr().take());
        WaitWithOutput { waiting: Some(Waiting { child, status: None, stdout, stderr }) }
    }

    pub(super) fn poll_cx(&mut self, cx: &Context<'_>) -> Poll<io::Result<Output>> {
        let waiting = self.waiting.as_mut().expect("polled a future of output that has resolved");
        let polled = ready!(waiting.poll(cx));
        // On an error this drops the child, which ends it.
        self.waiting = None;
        Poll::Ready(polled)
    }
}

impl Waiting {
    fn poll(&mut self, cx: &Context<'_>) -> Poll<io::Result<Output>> {
        // Each of the three in every poll: a child that waits for one pipe to be read
        // writes no more to the other, and does not end.
        let stdout = self.stdout.poll(cx, ChildStdout::poll_read_cx)?;
        let stderr = self.stderr.poll(cx, ChildStderr::poll_read_cx)?;
        let status = match self.status {
            Some(status) => status,
            None => *self.status.insert(ready!(self.child.poll_cx(cx))?),
        };
        ready!(stdout);
        ready!(stderr);
        Poll::Ready(Ok(Output { status, stdout: self.stdout.take(), stderr: self.stderr.take() }))
    }
}

impl<R> Gathered<R> {
    fn new(pipe: Option<R>) -> Gathered<R> {
        Gathered { pipe, bytes: Vec::new(), filled: 0 }
    }

    fn poll(
        &mut self,
        cx: &Context<'_>,
        read: impl Fn(&R, &Context<'_>, &mut [u8]) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<()>> {
        while let Some(pipe) = &self.pipe {
            if self.filled == self.bytes.len() {
                let room = self.bytes.len().max(RESERVE_BYTES);
                self.bytes.resize(self.filled + room, 0);
            }
            match ready!(read(pipe, cx, &mut self.bytes[self.filled..]))? {
                0 => self.pipe = None,
                n => self.filled += n,
            }
        }
        Poll::Ready(Ok(()))
    }

    fn take(&mut self) -> Vec<u8> {
        self.bytes.truncate(self.filled);
        self.filled = 0;
        std::mem::take(&mut self.bytes)
    }
}

/// Resolves to a child's exit status and output; made by
/// [`CommandExt::output_async`](super::CommandExt::output_async).
///
/// # Errors
///
/// If the child could not be started; otherwise as for [`WaitWithOutput`].
///
/// # Panics
///
/// If polled after it has resolved.
///
/// # Dropping
///
/// Kills the child.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use std::process::Command;
/// use tokio::process::CommandExt;
/// use tokio::runtime::current_thread::block_on_all;
///
/// let words = Command::new("echo")
///     .args(["one", "two"])
///     .output_async()
///     .map(|output| output.stdout.split(|byte| *byte == b' ').count());
/// assert_eq!(block_on_all(words).unwrap(), 2);
/// ```
#[must_use = "dropping the future kills the child"]
pub struct OutputAsync {
    started: Started,
}

#[expect(clippy::large_enum_variant, reason = "the small one is the rare one")]
enum Started {
    Child(WaitWithOutput),
    /// `None` once it has been returned.
    Failed(Option<io::Error>),
}

impl OutputAsync {
    pub(super) fn new(child: io::Result<Child>) -> OutputAsync {
        let started = match child {
            Ok(child) => Started::Child(child.wait_with_output()),
            Err(error) => Started::Failed(Some(error)),
        };
        OutputAsync { started }
    }

    fn poll_cx(&mut self, cx: &Context<'_>) -> Poll<io::Result<Output>> {
        match &mut self.started {
            Started::Child(output) => output.poll_cx(cx),
            Started::Failed(error) => {
                let error = error.take().expect("polled a future of output that has resolved");
                Poll::Ready(Err(error))
            }
        }
    }
}

both_futures! {
    [] WaitWithOutput => Output, io::Error;
    [] OutputAsync => Output, io::Error;
}

impl fmt::Debug for WaitWithOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let child = self.waiting.as_ref().map(|waiting| &waiting.child);
        f.debug_struct("WaitWithOutput").field("child", &child).finish_non_exhaustive()
    }
}

impl fmt::Debug for OutputAsync {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.started {
            Started::Child(output) => f.debug_tuple("OutputAsync").field(output).finish(),
            Started::Failed(error) => f.debug_tuple("OutputAsync").field(error).finish(),
        }
    }
}
