//! What stands for a runtime of tokio 1.x where the feature `tokio1` is off: nothing.
//!
//! Has the methods of `compat/tokio1/guest.rs`, which says what each is for.

use std::io;

pub(crate) use tokio_threadpool::Shutdown;

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Settings {}

#[derive(Clone, Debug)]
pub(crate) struct Guest;

impl Guest {
    pub(crate) fn new(_: Settings) -> Guest {
        Guest
    }

    pub(crate) fn prepare(&self) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn with<R>(&self, f: impl FnOnce() -> R) -> R {
        f()
    }

    pub(crate) fn end_after(self, pool: Shutdown) -> Shutdown {
        pool
    }

    pub(crate) fn has_this_thread(&self) -> bool {
        false
    }

    pub(crate) fn stop(&self) {}

    pub(crate) fn wait(&self) {}
}
