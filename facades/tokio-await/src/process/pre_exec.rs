//! What runs in the child before the program.

use super::Command;
use std::io;
use std::os::unix::process::CommandExt as _;

impl Command {
    /// Has `f` run in the child, just before it executes the program.
    ///
    /// # Safety
    ///
    /// As [`std::os::unix::process::CommandExt::pre_exec`]: the child is a copy of one
    /// thread of this process, so that a lock may be held for ever, and memory be in the
    /// middle of a change.
    pub unsafe fn pre_exec<F>(&mut self, f: F) -> &mut Command
    where
        F: FnMut() -> io::Result<()> + Send + Sync + 'static,
    {
        // SAFETY: as the caller says.
        unsafe { self.as_std_mut().pre_exec(f) };
        self
    }
}
