//! How child processes are started.
//!
//! Called by programs of tokio 0.2.
//!
//! Always true: a setting goes straight to the command of `tokio-await`; nothing is kept here.
//!
//! Why not 1.x's command as it is? `spawn` gives a child of this era.

use super::Child;
use std::ffi::OsStr;
use std::future::Future;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Output, Stdio};
use tokio_await::process as modern;

/// A program to run, with its arguments and surroundings.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::process::Command;
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let output = Command::new("echo").arg("hello").output().await?;
///     assert_eq!(output.stdout, b"hello\n");
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct Command {
    pub(super) inner: modern::Command,
}

macro_rules! forwards {
    ($( $(#[$doc:meta])* $name:ident $(<$($param:ident: $bound:path),*>)? ($($arg:ident: $type:ty),*); )*) => { $(
        $(#[$doc])*
        pub fn $name $(<$($param: $bound),*>)? (&mut self $(, $arg: $type)*) -> &mut Command {
            self.inner.$name($($arg),*);
            self
        }
    )* };
}
pub(super) use forwards;

impl Command {
    /// Creates a command that runs `program` without arguments, with the environment, the
    /// directory and the standard streams of this process.
    pub fn new<S: AsRef<OsStr>>(program: S) -> Command {
        Command { inner: modern::Command::new(program) }
    }

    forwards! {
        /// Adds an argument.
        arg<S: AsRef<OsStr>>(arg: S);
        /// Sets a variable of the environment.
        env<K: AsRef<OsStr>, V: AsRef<OsStr>>(key: K, val: V);
        /// Removes a variable from the environment.
        env_remove<K: AsRef<OsStr>>(key: K);
        /// Removes all variables from the environment.
        env_clear();
        /// Sets the directory that the child starts in.
        current_dir<P: AsRef<Path>>(dir: P);
        /// Sets what the child reads.
        stdin<T: Into<Stdio>>(cfg: T);
        /// Sets where the child writes to.
        stdout<T: Into<Stdio>>(cfg: T);
        /// Sets where the child writes errors to.
        stderr<T: Into<Stdio>>(cfg: T);
        /// Sets whether to kill the child when its [`Child`] is dropped.
        kill_on_drop(kill_on_drop: bool);
    }

    /// Adds arguments.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::process::Command;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let output = Command::new("echo").args(&["two", "words"]).output().await?;
    ///     assert_eq!(output.stdout, b"two words\n");
    ///     Ok(())
    /// }
    /// ```
    pub fn args<I, S>(&mut self, args: I) -> &mut Command
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        self.inner.args(args);
        self
    }

    /// Sets variables of the environment.
    pub fn envs<I, K, V>(&mut self, vars: I) -> &mut Command
    where
        I: IntoIterator<Item = (K, V)>,
        K: AsRef<OsStr>,
        V: AsRef<OsStr>,
    {
        self.inner.envs(vars);
        self
    }

    /// Starts the child.
    ///
    /// # Errors
    ///
    /// As [`std::process::Command::spawn`]; if the runtime has shut down.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use std::process::Stdio;
    /// use tokio::io::AsyncWriteExt;
    /// use tokio::process::Command;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let mut command = Command::new("cat");
    ///     let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    ///     child.stdin.take().unwrap().write_all(b"some text").await?;
    ///     assert_eq!(child.wait_with_output().await?.stdout, b"some text");
    ///     Ok(())
    /// }
    /// ```
    #[track_caller]
    pub fn spawn(&mut self) -> io::Result<Child> {
        self.inner.spawn().map(Child::new)
    }

    /// Starts the child, and waits for its end. Ends of pipes are closed at once.
    ///
    /// # Errors
    ///
    /// As [`spawn`](Command::spawn), and those of the wait.
    ///
    /// # Panics
    ///
    /// As there.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::process::Command;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     assert!(Command::new("true").status().await?.success());
    ///     Ok(())
    /// }
    /// ```
    #[track_caller]
    pub fn status(&mut self) -> impl Future<Output = io::Result<ExitStatus>> {
        self.inner.status()
    }

    /// Starts the child, and waits for its end and for what it writes.
    ///
    /// # Errors
    ///
    /// As [`spawn`](Command::spawn), those of the pipes, and of the wait.
    ///
    /// # Panics
    ///
    /// As there.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::process::Command;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let output = Command::new("sh").args(&["-c", "echo oops >&2; exit 1"]).output().await?;
    ///     assert_eq!(output.status.code(), Some(1));
    ///     assert_eq!(output.stderr, b"oops\n");
    ///     Ok(())
    /// }
    /// ```
    #[track_caller]
    pub fn output(&mut self) -> impl Future<Output = io::Result<Output>> {
        self.inner.output()
    }
}

impl From<std::process::Command> for Command {
    fn from(std: std::process::Command) -> Command {
        Command { inner: std.into() }
    }
}
