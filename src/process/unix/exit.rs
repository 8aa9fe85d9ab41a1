//! How a child's end becomes known.
//!
//! Where the kernel has process descriptors (Linux 5.3), the child's own becomes
//! readable when it ends: exactly one task wakes. Elsewhere every `SIGCHLD` has every
//! waiting child looked at, since one signal may stand for many.

use super::sys;
use crate::evented_fd::Fd;
use crate::signal::unix::{libc, Signal};
use std::io;
use std::os::fd::OwnedFd;
use std::process::{Child, ExitStatus};
use std::task::{ready, Poll};
use tokio_executor::task::Context;
use tokio_reactor::evented::Ready;
use tokio_reactor::{Handle, PollEvented};

#[derive(Debug)]
pub(in crate::process) enum Exit {
    Descriptor(PollEvented<Fd<OwnedFd>>),
    Signal(Signal),
}

impl Exit {
    /// For a child whose status nobody has collected.
    pub(in crate::process) fn of(child: &Child, handle: &Handle) -> io::Result<Exit> {
        match sys::process_descriptor(child.id()) {
            Ok(descriptor) => {
                Ok(Exit::Descriptor(PollEvented::new_with_handle(Fd(descriptor), handle)?))
            }
            // An old kernel, or one that does not let us: signals do as well.
            Err(_) => Exit::by_signal(handle),
        }
    }

    pub(in crate::process) fn by_signal(handle: &Handle) -> io::Result<Exit> {
        Signal::listen(libc::SIGCHLD, handle).map(Exit::Signal)
    }

    /// Waits by way of another reactor from now on.
    pub(in crate::process) fn set_handle(
        &mut self,
        child: &Child,
        handle: &Handle,
    ) -> io::Result<()> {
        *self = Exit::of(child, handle)?;
        Ok(())
    }

    /// Collects `child`'s exit status, or has the task woken when that is worth trying.
    pub(in crate::process) fn poll(
        &mut self,
        cx: &Context<'_>,
        child: &mut Child,
    ) -> Poll<io::Result<ExitStatus>> {
        loop {
            // First wait, then look: an end that comes in between wakes us again.
            let waiting = match self {
                Exit::Descriptor(descriptor) => {
                    descriptor.poll_read_ready_cx(cx, Ready::readable()).map_ok(drop)
                }
                Exit::Signal(signal) => signal.poll_recv_cx(cx).map_ok(drop),
            };
            if let Some(status) = child.try_wait()? {
                return Poll::Ready(Ok(status));
            }
            ready!(waiting)?;
            if let Exit::Descriptor(descriptor) = self {
                descriptor.clear_read_ready_cx(cx, Ready::readable())?;
            }
        }
    }
}
