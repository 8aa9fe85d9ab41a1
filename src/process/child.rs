//! A child and its end.
//!
//! Made by `CommandExt`; the system's `exit` waits for the exit, and its `orphans` take over what
//! is dropped.
//!
//! Always true: a child is collected once, by its `Child` or by the reaper, and killed when it
//! is dropped unless it was forgotten.
//!
//! Why a guard inside? `wait_with_output` takes the pipes and the exit apart, and the kill must
//! go with the exit.

use super::os::{self, Exit};
use super::stdio::{ChildStderr, ChildStdin, ChildStdout};
use crate::both::both_futures;
use std::fmt;
use std::io;
use std::process::{self, ExitStatus};
use std::task::Poll;
use tokio_executor::task::Context;
use tokio_reactor::Handle;

/// A child process, and the future of its exit status.
///
/// It can be polled again after it has resolved, to the same status.
///
/// # Errors
///
/// If the reactor is gone, or if somebody else has collected the child's exit status, as
/// a bare `wait` does, or as the operating system does where `SIGCHLD` is ignored.
///
/// # Dropping
///
/// Kills the child if it has not been [forgotten](Child::forget) or
/// [killed](Child::kill), nor its exit been seen. Never blocks: a child that does not
/// end at once has its exit status collected in the background.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use std::process::{Command, Stdio};
/// use tokio::process::CommandExt;
///
/// let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn_async()?;
/// let stdin = child.stdin().take().expect("it is piped");
/// let echo = tokio::io::write_all(stdin, "hello")
///     .map(drop)
///     .and_then(move |()| child.wait_with_output())
///     .map(|output| assert_eq!(output.stdout, b"hello"))
///     .map_err(|e| panic!("cannot talk to `cat`: {e}"));
/// tokio::run(echo);
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "dropping a child kills it"]
pub struct Child {
    guard: Guard,
    exit: Exit,
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
}

/// Sees to the end of a child, whatever happens to its owner.
struct Guard {
    /// `None` only during the drop.
    child: Option<process::Child>,
    kill_on_drop: bool,
}

impl Child {
    /// Takes over a child that std has started.
    // Hidden: for the interface of tokio 1.x.
    #[doc(hidden)]
    pub fn adopt(child: process::Child, handle: &Handle) -> io::Result<Child> {
        // First of all, so that an error below leaves no child behind.
        let mut guard = Guard { child: Some(child), kill_on_drop: true };
        let child = guard.child();
        let stdin = child.stdin.take();
        let stdout = child.stdout.take();
        let stderr = child.stderr.take();
        let exit = Exit::of(child, handle)?;
        Ok(Child {
            guard,
            exit,
            stdin: stdin.map(|io| ChildStdin::from_std_with_handle(io, handle)).transpose()?,
            stdout: stdout.map(|io| ChildStdout::from_std_with_handle(io, handle)).transpose()?,
            stderr: stderr.map(|io| ChildStderr::from_std_with_handle(io, handle)).transpose()?,
        })
    }

    /// Returns the child's process ID. Once the child's exit has been seen, it may be another's.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::process::Command;
    /// use tokio::process::CommandExt;
    ///
    /// let child = Command::new("true").spawn_async().unwrap();
    /// println!("started process {}", child.id());
    /// ```
    pub fn id(&self) -> u32 {
        self.std().id()
    }

    /// Kills the child: on Unix with `SIGKILL`, on Windows by `TerminateProcess`.
    ///
    /// It still takes a moment to end; to wait for that, poll on. A child whose exit has
    /// been seen is left alone: its ID may be another process's by now.
    ///
    /// # Errors
    ///
    /// If the operating system does not allow it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::process::Command;
    /// use tokio::process::CommandExt;
    /// use tokio::runtime::current_thread::block_on_all;
    ///
    /// let mut child = Command::new("sleep").arg("60").spawn_async().unwrap();
    /// child.kill().unwrap();
    /// assert!(!block_on_all(child).unwrap().success());
    /// ```
    pub fn kill(&mut self) -> io::Result<()> {
        self.guard.kill()
    }

    /// Waits for the exit by way of `handle`'s reactor from now on, as after the end of the
    /// one before. The pipes stay with theirs.
    ///
    /// # Errors
    ///
    /// If the exit was seen, if the reactor is gone, or if the process has too many
    /// descriptors.
    pub fn set_handle(&mut self, handle: &Handle) -> io::Result<()> {
        self.exit.set_handle(self.guard.child(), handle)
    }

    /// Returns what writes to the child's standard input, if that is a pipe. Take it out and
    /// drop it, and the child finds the end of its input.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use std::process::{Command, Stdio};
    /// use tokio::process::CommandExt;
    /// use tokio::runtime::current_thread::block_on_all;
    ///
    /// let mut child = Command::new("cat")
    ///     .stdin(Stdio::piped())
    ///     .stdout(Stdio::piped())
    ///     .spawn_async()
    ///     .unwrap();
    /// let input = child.stdin().take().unwrap();
    /// let output = tokio::io::write_all(input, "hello")
    ///     .and_then(|(input, _)| {
    ///         drop(input);
    ///         child.wait_with_output()
    ///     });
    /// assert_eq!(block_on_all(output).unwrap().stdout, b"hello");
    /// ```
    pub fn stdin(&mut self) -> &mut Option<ChildStdin> {
        &mut self.stdin
    }

    /// Returns what reads the child's standard output, if that is a pipe.
    pub fn stdout(&mut self) -> &mut Option<ChildStdout> {
        &mut self.stdout
    }

    /// Returns what reads the child's standard error, if that is a pipe.
    pub fn stderr(&mut self) -> &mut Option<ChildStderr> {
        &mut self.stderr
    }

    /// Lets the child live on by itself, whatever it does.
    ///
    /// When it has ended, this process collects its exit status in the background.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::process::Command;
    /// use tokio::process::CommandExt;
    ///
    /// Command::new("true").spawn_async()?.forget();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn forget(mut self) {
        self.guard.kill_on_drop = false;
    }

    pub(super) fn std(&self) -> &process::Child {
        self.guard.child.as_ref().expect("only the drop takes it")
    }

    pub(super) fn poll_cx(&mut self, cx: &Context<'_>) -> Poll<io::Result<ExitStatus>> {
        let polled = self.exit.poll(cx, self.guard.child());
        if let Poll::Ready(Ok(_)) = polled {
            self.guard.kill_on_drop = false;
        }
        polled
    }
}

#[cfg(all(test, unix))]
mod for_tests {
    impl super::Child {
        pub(in crate::process) fn exit_mut(&mut self) -> &mut super::Exit {
            &mut self.exit
        }
    }
}

impl Guard {
    fn child(&mut self) -> &mut process::Child {
        self.child.as_mut().expect("only the drop takes it")
    }

    fn kill(&mut self) -> io::Result<()> {
        // std keeps the status once it has it, and sends no signal any more then.
        self.child().kill()?;
        self.kill_on_drop = false;
        Ok(())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.kill_on_drop {
            // If it cannot be killed, it ends when it likes.
            let _ = self.kill();
        }
        let mut child = self.child.take().expect("only the drop takes it");
        // Any other answer: collected already, by us or by somebody else.
        if let Ok(None) = child.try_wait() {
            os::adopt(child);
        }
    }
}

impl fmt::Debug for Child {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Child")
            .field("id", &self.id())
            .field("kill_on_drop", &self.guard.kill_on_drop)
            .field("exit", &self.exit)
            .field("stdin", &self.stdin)
            .field("stdout", &self.stdout)
            .field("stderr", &self.stderr)
            .finish()
    }
}

/// Resolves to a child's exit status; made by
/// [`CommandExt::status_async`](super::CommandExt::status_async).
///
/// # Errors
///
/// As for [`Child`].
///
/// # Dropping
///
/// As for [`Child`]: kills the child.
///
/// # Examples
///
/// ```
/// use std::process::Command;
/// use tokio::process::CommandExt;
/// use tokio::runtime::current_thread::block_on_all;
///
/// let status = Command::new("true").status_async().unwrap();
/// assert!(block_on_all(status).unwrap().success());
/// ```
#[derive(Debug)]
#[must_use = "dropping the future kills the child"]
pub struct StatusAsync {
    child: Child,
}

impl StatusAsync {
    pub(super) fn new(mut child: Child) -> StatusAsync {
        child.stdin = None;
        child.stdout = None;
        child.stderr = None;
        StatusAsync { child }
    }

    fn poll_cx(&mut self, cx: &Context<'_>) -> Poll<io::Result<ExitStatus>> {
        self.child.poll_cx(cx)
    }
}

both_futures! {
    [] Child => ExitStatus, io::Error;
    [] StatusAsync => ExitStatus, io::Error;
}
