//! Starting a child.

use super::child::{Child, StatusAsync};
use super::output::OutputAsync;
use std::io;
use std::process::{Command, Stdio};
use tokio_reactor::Handle;

/// The calls of std's [`Command`] that do not block.
///
/// A call without a handle uses the reactor of the thread that polls first.
///
/// # Examples
///
/// ```
/// use std::process::Command;
/// use tokio::process::CommandExt;
/// use tokio::runtime::current_thread::block_on_all;
///
/// let child = Command::new("true").spawn_async().unwrap();
/// assert!(block_on_all(child).unwrap().success());
/// ```
pub trait CommandExt {
    /// Starts the child.
    ///
    /// Standard input, output and error are the parent's, unless the command says
    /// otherwise. The starting itself does block, if not for long.
    ///
    /// # Errors
    ///
    /// If the program cannot be run, or the process has too many descriptors.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use std::process::Command;
    /// use tokio::process::CommandExt;
    ///
    /// let child = Command::new("sh").args(["-c", "exit 7"]).spawn_async()?;
    /// let exit = child
    ///     .map(|status| assert_eq!(status.code(), Some(7)))
    ///     .map_err(|e| panic!("cannot wait: {e}"));
    /// tokio::run(exit);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    fn spawn_async(&mut self) -> io::Result<Child> {
        self.spawn_async_with_handle(&Handle::default())
    }

    /// As [`spawn_async`](CommandExt::spawn_async), with `handle`'s reactor.
    ///
    /// # Errors
    ///
    /// Also if the reactor is gone.
    fn spawn_async_with_handle(&mut self, handle: &Handle) -> io::Result<Child>;

    /// Starts the child, to wait for its exit status only.
    ///
    /// Pipes to it, if the command asks for any, are closed at once, so that neither
    /// side waits for the other.
    ///
    /// # Errors
    ///
    /// Those of [`spawn_async`](CommandExt::spawn_async).
    ///
    /// # Dropping
    ///
    /// Dropping the future kills the child.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use std::process::Command;
    /// use tokio::process::CommandExt;
    ///
    /// let exit = Command::new("true")
    ///     .status_async()?
    ///     .map(|status| assert!(status.success()))
    ///     .map_err(|e| panic!("cannot wait: {e}"));
    /// tokio::run(exit);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    fn status_async(&mut self) -> io::Result<StatusAsync> {
        self.status_async_with_handle(&Handle::default())
    }

    /// As [`status_async`](CommandExt::status_async), with `handle`'s reactor.
    ///
    /// # Errors
    ///
    /// Also if the reactor is gone.
    fn status_async_with_handle(&mut self, handle: &Handle) -> io::Result<StatusAsync>;

    /// Starts the child, to wait for its exit status and gather all it writes.
    ///
    /// Unlike in std, its output and error are pipes whatever the command says. To
    /// choose, use [`spawn_async`](CommandExt::spawn_async) and
    /// [`Child::wait_with_output`].
    ///
    /// # Errors
    ///
    /// The future fails with those of [`spawn_async`](CommandExt::spawn_async), and with
    /// those of reading the pipes.
    ///
    /// # Dropping
    ///
    /// Dropping the future kills the child.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::process::Command;
    /// use tokio::process::CommandExt;
    /// use tokio::runtime::current_thread::block_on_all_std;
    ///
    /// let output = block_on_all_std(Command::new("echo").arg("hello").output_async()).unwrap();
    /// assert_eq!(output.stdout, b"hello\n");
    /// ```
    fn output_async(&mut self) -> OutputAsync {
        self.output_async_with_handle(&Handle::default())
    }

    /// As [`output_async`](CommandExt::output_async), with `handle`'s reactor.
    fn output_async_with_handle(&mut self, handle: &Handle) -> OutputAsync;
}

impl CommandExt for Command {
    fn spawn_async_with_handle(&mut self, handle: &Handle) -> io::Result<Child> {
        Child::adopt(self.spawn()?, handle)
    }

    fn status_async_with_handle(&mut self, handle: &Handle) -> io::Result<StatusAsync> {
        Ok(StatusAsync::new(self.spawn_async_with_handle(handle)?))
    }

    fn output_async_with_handle(&mut self, handle: &Handle) -> OutputAsync {
        self.stdout(Stdio::piped()).stderr(Stdio::piped());
        OutputAsync::new(self.spawn_async_with_handle(handle))
    }
}
