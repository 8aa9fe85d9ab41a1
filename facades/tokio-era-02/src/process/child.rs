//! A child process, as a future of its exit status, and the ends of its pipes.
//!
//! Made by `Command::spawn`; programs wait for it.
//!
//! Always true: the exit status is given out once; a child that is dropped goes on, unless
//! `kill_on_drop` was asked for.
//!
//! Why not 1.x's child? In 0.2 the child itself is the future, and its pipes read and write by the
//! traits of this era.

use crate::io::{forward_reads, forward_writes};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::process::{ExitStatus, Output};
use std::task::{Context, Poll};
use tokio_await::process as modern;

/// A child process. As a future, waits for its end.
///
/// # Dropping
///
/// Lets it run on, unless [`Command::kill_on_drop`](super::Command::kill_on_drop) says
/// otherwise.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::process::Command;
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let child = Command::new("sh").args(&["-c", "exit 3"]).spawn()?;
///     assert_eq!(child.await?.code(), Some(3));
///     Ok(())
/// }
/// ```
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Child {
    /// Where to write what the child reads, if that is piped.
    pub stdin: Option<ChildStdin>,
    /// Where to read what the child writes, if that is piped.
    pub stdout: Option<ChildStdout>,
    /// Where to read the errors that the child writes, if that is piped.
    pub stderr: Option<ChildStderr>,
    id: u32,
    inner: modern::Child,
}

impl Child {
    pub(super) fn new(mut inner: modern::Child) -> Child {
        Child {
            stdin: inner.stdin.take().map(|inner| ChildStdin { inner }),
            stdout: inner.stdout.take().map(|inner| ChildStdout { inner }),
            stderr: inner.stderr.take().map(|inner| ChildStderr { inner }),
            id: inner.id().expect("nobody has waited for it"),
            inner,
        }
    }

    /// Returns the number of the process. Once it was waited for, another may get it.
    pub fn id(&self) -> u32 {
        self.id
    }

    #[doc(hidden)]
    #[deprecated(note = "use the field `stdin`")]
    pub fn stdin(&mut self) -> &mut Option<ChildStdin> {
        &mut self.stdin
    }

    #[doc(hidden)]
    #[deprecated(note = "use the field `stdout`")]
    pub fn stdout(&mut self) -> &mut Option<ChildStdout> {
        &mut self.stdout
    }

    #[doc(hidden)]
    #[deprecated(note = "use the field `stderr`")]
    pub fn stderr(&mut self) -> &mut Option<ChildStderr> {
        &mut self.stderr
    }

    /// Kills the process. It must still be waited for.
    ///
    /// # Errors
    ///
    /// If the operating system does not allow it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::process::Command;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let mut child = Command::new("sleep").arg("100").spawn()?;
    ///     child.kill()?;
    ///     assert!(!child.await?.success());
    ///     Ok(())
    /// }
    /// ```
    pub fn kill(&mut self) -> io::Result<()> {
        self.inner.start_kill()
    }

    /// Closes the child's standard input, waits for its end, and returns what it has written
    /// to the pipes that are still here.
    ///
    /// # Errors
    ///
    /// Those of the pipes, and of the wait.
    ///
    /// # Dropping
    ///
    /// As that of a [`Child`]; what was read of its output is lost.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use std::process::Stdio;
    /// use tokio::process::Command;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let child = Command::new("echo").arg("hello").stdout(Stdio::piped()).spawn()?;
    ///     assert_eq!(child.wait_with_output().await?.stdout, b"hello\n");
    ///     Ok(())
    /// }
    /// ```
    pub async fn wait_with_output(self) -> io::Result<Output> {
        let mut inner = self.inner;
        inner.stdin = self.stdin.map(|end| end.inner);
        inner.stdout = self.stdout.map(|end| end.inner);
        inner.stderr = self.stderr.map(|end| end.inner);
        inner.wait_with_output().await
    }
}

impl Future for Child {
    type Output = io::Result<ExitStatus>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<ExitStatus>> {
        self.inner.poll_wait(cx)
    }
}

macro_rules! ends {
    ($( $(#[$doc:meta])* $name:ident; )*) => { $(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name {
            pub(super) inner: modern::$name,
        }
    )* };
}

ends! {
    /// Writes what a child process reads from its standard input.
    ///
    /// # Dropping
    ///
    /// The child reads the end.
    ChildStdin;
    /// Reads what a child process writes to its standard output.
    ChildStdout;
    /// Reads what a child process writes to its standard error output.
    ChildStderr;
}

forward_writes!([] ChildStdin, |this| Pin::new(&mut this.get_mut().inner));
forward_reads!(leaf [] ChildStdout, |this| Pin::new(&mut this.get_mut().inner));
forward_reads!(leaf [] ChildStderr, |this| Pin::new(&mut this.get_mut().inner));
