//! What to start, and how.
//!
//! Programs call it; it is std's `Command` with another `spawn`, `status` and `output`.
//!
//! Always true: it keeps no child: each `spawn` makes an independent one.
//!
//! Why a macro? Most methods are std's, and differ in what they return only.

use super::Child;
use std::ffi::OsStr;
use std::future::Future;
use std::io;
use std::path::Path;
use std::process::{self, ExitStatus, Output, Stdio};

/// What to start, and how.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::process::Command;
/// use tokio::runtime::Runtime;
///
/// Runtime::new().unwrap().block_on(async {
///     let output = Command::new("echo").arg("hello").output().await.unwrap();
///     assert_eq!(output.stdout, b"hello\n");
/// });
/// ```
#[derive(Debug)]
pub struct Command {
    pub(super) std: process::Command,
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
pub(super) use as_in_std;

impl Command {
    /// Creates a command that starts `program`, without arguments.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::process::Command;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     assert!(Command::new("true").status().await.unwrap().success());
    /// });
    /// ```
    pub fn new<S: AsRef<OsStr>>(program: S) -> Command {
        Command::from(process::Command::new(program))
    }

    as_in_std! {
        /// Adds an argument.
        arg<S: AsRef<OsStr>>(arg: S);
        /// Sets a variable of the environment.
        env<K: AsRef<OsStr>, V: AsRef<OsStr>>(key: K, val: V);
        /// Removes a variable of the environment.
        env_remove<K: AsRef<OsStr>>(key: K);
        /// Removes all variables of the environment.
        env_clear();
        /// Sets the directory to start in.
        current_dir<P: AsRef<Path>>(dir: P);
        /// Sets what is the child's standard input.
        stdin<T: Into<Stdio>>(cfg: T);
        /// Sets where the child's standard output goes.
        stdout<T: Into<Stdio>>(cfg: T);
        /// Sets where the child's standard error goes.
        stderr<T: Into<Stdio>>(cfg: T);
    }

    /// Adds arguments.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::process::Command;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let output = Command::new("echo").args(["a", "b"]).output().await.unwrap();
    ///     assert_eq!(output.stdout, b"a b\n");
    /// });
    /// ```
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

    /// Sets whether the child is killed when its [`Child`] is dropped. Unless set, it lives
    /// on.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::process::Command;
    /// use tokio::runtime::Runtime;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let child = Command::new("sleep").arg("60").kill_on_drop(true).spawn().unwrap();
    ///     // Not for a minute.
    ///     drop(child);
    /// });
    /// ```
    pub fn kill_on_drop(&mut self, kill_on_drop: bool) -> &mut Command {
        self.kill_on_drop = kill_on_drop;
        self
    }

    /// Returns whether the child is killed when its [`Child`] is dropped.
    pub fn get_kill_on_drop(&self) -> bool {
        self.kill_on_drop
    }

    /// Starts the child. This does block, if not for long.
    ///
    /// # Errors
    ///
    /// If the program cannot be run, or the process has too many descriptors.
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::process::Command;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut child = Command::new("true").spawn().unwrap();
    ///     assert!(child.wait().await.unwrap().success());
    /// });
    /// ```
    #[track_caller]
    pub fn spawn(&mut self) -> io::Result<Child> {
        self.spawn_with(process::Command::spawn)
    }

    /// Starts the child by `with`, as [`spawn`](Command::spawn) does by std's `spawn`.
    ///
    /// # Errors
    ///
    /// That of `with`; or if the process has too many descriptors.
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::process::Command;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let with = |command: &mut std::process::Command| command.env("A", "1").spawn();
    ///     let mut child = Command::new("true").spawn_with(with).unwrap();
    ///     assert!(child.wait().await.unwrap().success());
    /// });
    /// ```
    #[track_caller]
    pub fn spawn_with(
        &mut self,
        with: impl FnOnce(&mut process::Command) -> io::Result<process::Child>,
    ) -> io::Result<Child> {
        super::child::assert_runtime();
        Child::adopt(with(&mut self.std)?, self.kill_on_drop)
    }

    /// Starts the child, and waits for its exit status. Pipes to it are closed.
    ///
    /// # Errors
    ///
    /// As [`spawn`](Command::spawn) and [`Child::wait`].
    ///
    /// # Panics
    ///
    /// Outside a runtime.
    ///
    /// # Dropping
    ///
    /// As that of a [`Child`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::process::Command;
    /// use tokio::runtime::Runtime;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     assert!(Command::new("true").status().await.unwrap().success());
    /// });
    /// ```
    #[track_caller]
    pub fn status(&mut self) -> impl Future<Output = io::Result<ExitStatus>> {
        let child = self.spawn();
        async move {
            let mut child = child?;
            (child.stdin, child.stdout, child.stderr) = (None, None, None);
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
    /// # Panics
    ///
    /// Outside a runtime.
    ///
    /// # Dropping
    ///
    /// As that of a [`Child`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::process::Command;
    /// use tokio::runtime::Runtime;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let output = Command::new("echo").args(["one", "two"]).output().await.unwrap();
    ///     assert_eq!(output.stdout, b"one two\n");
    /// });
    /// ```
    #[track_caller]
    pub fn output(&mut self) -> impl Future<Output = io::Result<Output>> {
        self.std.stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = self.spawn();
        async move { child?.wait_with_output().await }
    }

    /// Returns the command of std.
    pub fn as_std(&self) -> &process::Command {
        &self.std
    }

    /// Returns the command of std, to be changed.
    pub fn as_std_mut(&mut self) -> &mut process::Command {
        &mut self.std
    }

    /// Returns the command of std.
    pub fn into_std(self) -> process::Command {
        self.std
    }
}

impl From<process::Command> for Command {
    fn from(std: process::Command) -> Command {
        Command { std, kill_on_drop: false }
    }
}
