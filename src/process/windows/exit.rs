//! How a child's end becomes known: a thread of the system's pool waits for many processes at
//! once, and calls back.

use super::sys::ProcessWait;
use std::io;
use std::process::{Child, ExitStatus};
use std::task::Poll;
use tokio_executor::task::Context;
use tokio_reactor::Handle;

#[derive(Debug)]
pub(in crate::process) struct Exit(ProcessWait);

impl Exit {
    /// For a child whose status nobody has collected.
    pub(in crate::process) fn of(child: &Child, _: &Handle) -> io::Result<Exit> {
        ProcessWait::begin(child).map(Exit)
    }

    /// Does nothing: no reactor has a part in it.
    pub(in crate::process) fn set_handle(&mut self, _: &Child, _: &Handle) -> io::Result<()> {
        Ok(())
    }

    /// Collects `child`'s exit status, or has the task woken when that is worth trying.
    pub(in crate::process) fn poll(
        &mut self,
        cx: &Context<'_>,
        child: &mut Child,
    ) -> Poll<io::Result<ExitStatus>> {
        // First wait, then look: an end that comes in between wakes us again.
        self.0.register(cx);
        match child.try_wait()? {
            Some(status) => Poll::Ready(Ok(status)),
            None => Poll::Pending,
        }
    }
}
