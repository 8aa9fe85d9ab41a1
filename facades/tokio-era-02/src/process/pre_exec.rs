//! What runs in the child before the program does.

use super::Command;
use std::io;

impl Command {
    /// Has `f` run in the child, before the program.
    ///
    /// # Safety
    ///
    /// As for [`std::os::unix::process::CommandExt::pre_exec`].
    pub unsafe fn pre_exec<F>(&mut self, f: F) -> &mut Command
    where
        F: FnMut() -> io::Result<()> + Send + Sync + 'static,
    {
        // SAFETY: the caller's promise is the same.
        unsafe { self.inner.pre_exec(f) };
        self
    }
}
