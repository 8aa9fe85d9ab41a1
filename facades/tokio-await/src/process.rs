//! Children of this process.
//!
//! The root crate's children under today's names: a [`Command`] is one of std, of which
//! nothing blocks.
//!
//! # Examples
//!
//! ```
//! use tokio_await::process::Command;
//!
//! # tokio_await::runtime::Runtime::new()?.block_on(async {
//! let output = Command::new("echo").arg("hello").output().await?;
//! assert_eq!(output.stdout, b"hello\n");
//! # Ok::<(), std::io::Error>(())
//! # })?;
//! # Ok::<(), std::io::Error>(())
//! ```

use crate::io::{AsyncRead, AsyncWrite, ReadBuf};
use std::ffi::OsStr;
use std::future::{poll_fn, Future};
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::pin::Pin;
use std::process::{self, ExitStatus, Output, Stdio};
use std::task::{ready, Context, Poll, Waker};
use tokio::process as engine;
use tokio::process::CommandExt as _;

pub use engine::{ChildStderr, ChildStdin, ChildStdout};

/// What to start, and how.
#[derive(Debug)]
pub struct Command {
    std: process::Command,
    kill_on_drop: bool,
}

/// The calls that std's command has, too.
macro_rules! as_in_std {
    ($( $(#[$doc:meta])* $name:ident $(<$($param:ident: $bound:path),*>)? ($($arg:ident: $type:ty),*); )*) => { $(
        $(#[$doc])*
        pub fn $name $(<$($param: $bound),*>)? (&mut self $(, $arg: $type)*) -> &mut Command {
            self.std.$name($($arg),*);
            self
        }
    )* };
}

impl Command {
    /// A command that starts `program`, without arguments.
    pub fn new<S: AsRef<OsStr>>(program: S) -> Command {
        Command::from(process::Command::new(program))
    }

    as_in_std! {
        /// Adds an argument.
        arg<S: AsRef<OsStr>>(arg: S);
        /// Sets a variable of the environment.
        env<K: AsRef<OsStr>, V: AsRef<OsStr>>(key: K, value: V);
        /// Removes a variable of the environment.
        env_remove<K: AsRef<OsStr>>(key: K);
        /// Removes all variables of the environment.
        env_clear();
        /// Sets the directory to start in.
        current_dir<P: AsRef<Path>>(dir: P);
        /// Sets what is the child's standard input.
        stdin<T: Into<Stdio>>(input: T);
        /// Sets where the child's standard output goes.
        stdout<T: Into<Stdio>>(output: T);
        /// Sets where the child's standard error goes.
        stderr<T: Into<Stdio>>(output: T);
        /// Sets the child's user.
        uid(id: u32);
        /// Sets the child's group.
        gid(id: u32);
        /// Sets the name that the child finds as its own.
        arg0<S: AsRef<OsStr>>(name: S);
        /// Puts the child into a process group; 0 makes one of its own.
        process_group(group: i32);
    }

    /// Adds arguments.
    pub fn args<I, S>(&mut self, args: I) -> &mut Command
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        self.std.args(args);
        self
    }

    /// Sets variables of the environment.
    pub fn envs<I, K, V>(&mut self, vars: I) -> &mut Command
    where
        I: IntoIterator<Item = (K, V)>,
        K: AsRef<OsStr>,
        V: AsRef<OsStr>,
    {
        self.std.envs(vars);
        self
    }

    /// Whether a [`Child`] that is dropped is killed; if not, as it is unless this says
    /// otherwise, it lives on.
    pub fn kill_on_drop(&mut self, kill: bool) -> &mut Command {
        self.kill_on_drop = kill;
        self
    }

    /// Starts the child. This does block, if not for long.
    ///
    /// # Errors
    ///
    /// If the program cannot be run, or the process has too many descriptors.
    pub fn spawn(&mut self) -> io::Result<Child> {
        let mut child = self.std.spawn_async()?;
        Ok(Child {
            stdin: child.stdin().take(),
            stdout: child.stdout().take(),
            stderr: child.stderr().take(),
            kill_on_drop: self.kill_on_drop,
            status: None,
            inner: Some(child),
        })
    }

    /// Starts the child, and waits for its exit status. Pipes to it are closed.
    ///
    /// # Errors
    ///
    /// As [`spawn`](Command::spawn) and [`Child::wait`].
    ///
    /// # Dropping
    ///
    /// As that of a [`Child`].
    pub fn status(&mut self) -> impl Future<Output = io::Result<ExitStatus>> {
        let child = self.spawn();
        async move {
            let mut child = child?;
            (child.stdout, child.stderr) = (None, None);
            child.wait().await
        }
    }

    /// Starts the child, and waits for its exit status and all that it writes to standard
    /// output and error.
    ///
    /// # Errors
    ///
    /// As [`spawn`](Command::spawn) and [`Child::wait_with_output`].
    ///
    /// # Dropping
    ///
    /// As that of a [`Child`].
    pub fn output(&mut self) -> impl Future<Output = io::Result<Output>> {
        self.std.stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = self.spawn();
        async move { child?.wait_with_output().await }
    }

    /// The command of std.
    pub fn as_std(&self) -> &process::Command {
        &self.std
    }

    /// The command of std.
    pub fn as_std_mut(&mut self) -> &mut process::Command {
        &mut self.std
    }

    /// The command of std.
    pub fn into_std(self) -> process::Command {
        self.std
    }
}

impl From<process::Command> for Command {
    fn from(std: process::Command) -> Command {
        Command { std, kill_on_drop: false }
    }
}

/// A child that was started.
///
/// # Dropping
///
/// Kills the child if [`Command::kill_on_drop`] says so; otherwise it lives on. Never
/// blocks: its exit status is collected in the background.
#[derive(Debug)]
pub struct Child {
    /// What writes to the child's standard input, if that is a pipe.
    pub stdin: Option<ChildStdin>,
    /// What reads the child's standard output, if that is a pipe.
    pub stdout: Option<ChildStdout>,
    /// What reads the child's standard error, if that is a pipe.
    pub stderr: Option<ChildStderr>,
    kill_on_drop: bool,
    /// Once its exit was seen.
    status: Option<ExitStatus>,
    /// Until the drop.
    inner: Option<engine::Child>,
}

impl Child {
    fn inner(&mut self) -> &mut engine::Child {
        self.inner.as_mut().expect("only the drop takes it")
    }

    /// The child's process ID; none once its exit was seen: it may be another's then.
    pub fn id(&self) -> Option<u32> {
        let child = self.inner.as_ref().filter(|_| self.status.is_none());
        child.map(engine::Child::id)
    }

    /// Waits for the child's exit. Standard input is closed first, so that a child that
    /// reads until its end does not wait for us.
    ///
    /// # Errors
    ///
    /// If the reactor is gone, or if somebody else has collected the child's exit status.
    ///
    /// # Dropping
    ///
    /// Loses nothing but the standard input, which is closed; the status is there for the
    /// next call.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        drop(self.stdin.take());
        poll_fn(|cx| self.poll_exit(cx)).await
    }

    fn poll_exit(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<ExitStatus>> {
        if let Some(status) = self.status {
            return Poll::Ready(Ok(status));
        }
        let status = ready!(Future::poll(Pin::new(self.inner()), cx))?;
        self.status = Some(status);
        Poll::Ready(Ok(status))
    }

    /// The child's exit status, if it has ended.
    ///
    /// # Errors
    ///
    /// As [`wait`](Child::wait).
    pub fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        // To ask once is not to go on for ever.
        let mut cx = Context::from_waker(Waker::noop());
        let polled = tokio_executor::coop::unlimited(|| self.poll_exit(&mut cx));
        match polled {
            Poll::Ready(status) => status.map(Some),
            Poll::Pending => Ok(None),
        }
    }

    /// Kills the child, with `SIGKILL`; does not wait for its end.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if its exit was seen; or if the operating system does not allow it.
    pub fn start_kill(&mut self) -> io::Result<()> {
        if self.status.is_some() {
            let gone = "cannot kill the child: it has ended";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, gone));
        }
        self.inner().kill()
    }

    /// Kills the child, and waits for its end.
    ///
    /// # Errors
    ///
    /// As [`start_kill`](Child::start_kill) and [`wait`](Child::wait).
    pub async fn kill(&mut self) -> io::Result<()> {
        self.start_kill()?;
        self.wait().await.map(drop)
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
    pub async fn wait_with_output(mut self) -> io::Result<Output> {
        async fn all(pipe: &mut Option<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
            let mut bytes = Vec::new();
            if let Some(pipe) = pipe {
                crate::io::AsyncReadExt::read_to_end(pipe, &mut bytes).await?;
            }
            Ok(bytes)
        }

        let (mut out, mut err) = (self.stdout.take(), self.stderr.take());
        let (status, stdout, stderr) = crate::try_join!(self.wait(), all(&mut out), all(&mut err))?;
        Ok(Output { status, stdout, stderr })
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if !self.kill_on_drop {
            self.inner.take().into_iter().for_each(engine::Child::forget);
        }
    }
}

impl AsyncWrite for ChildStdin {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_cx(&cx.into(), buf)
    }

    // The kernel has it once it is written.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    // A pipe ends when it is dropped.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

macro_rules! outputs {
    ($($output:ident),*) => { $(
        impl AsyncRead for $output {
            fn poll_read(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                let n = ready!(self.poll_read_cx(&cx.into(), buf.initialize_unfilled()))?;
                buf.advance(n);
                Poll::Ready(Ok(()))
            }
        }
    )* };
}

outputs!(ChildStdout, ChildStderr);
