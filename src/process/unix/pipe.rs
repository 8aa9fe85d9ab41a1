//! A pipe's end, in non-blocking mode, registered with a reactor.
//!
//! What `stdio` stands on, and what Unix adds to its types.

use super::sys;
use crate::evented_fd::Fd;
use crate::process::{ChildStderr, ChildStdin, ChildStdout};
use std::fs::File;
use std::io::{self, IoSlice, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::task::Poll;
use tokio_executor::task::Context;
use tokio_reactor::{Handle, PollEvented};

#[derive(Debug)]
pub(in crate::process) struct Pipe(PollEvented<Fd<File>>);

impl Pipe {
    pub(in crate::process) fn new(end: impl Into<OwnedFd>, handle: &Handle) -> io::Result<Pipe> {
        let end = end.into();
        sys::set_nonblocking(&end)?;
        Ok(Pipe(PollEvented::new_with_handle(Fd(File::from(end)), handle)?))
    }

    pub(in crate::process) fn poll_read(
        &self,
        cx: &Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.0.poll_read_io(cx, |pipe| (&pipe.0).read(buf))
    }

    pub(in crate::process) fn poll_write(
        &self,
        cx: &Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.poll_write_io(cx, |pipe| (&pipe.0).write(buf))
    }

    pub(in crate::process) fn poll_write_vectored(
        &self,
        cx: &Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.0.poll_write_io(cx, |pipe| (&pipe.0).write_vectored(bufs))
    }

    fn into_owned_fd(self) -> io::Result<OwnedFd> {
        let end = OwnedFd::from(self.0.into_inner()?.0);
        sys::set_blocking(&end)?;
        Ok(end)
    }
}

macro_rules! descriptors {
    ($($end:ident),*) => { $(
        impl $end {
            /// Returns the descriptor, in blocking mode, as a child process expects it.
            ///
            /// # Errors
            ///
            /// If the operating system does not let it go.
            pub fn into_owned_fd(self) -> io::Result<OwnedFd> {
                self.pipe.into_owned_fd()
            }
        }

        impl AsFd for $end {
            fn as_fd(&self) -> BorrowedFd<'_> {
                self.pipe.0.get_ref().0.as_fd()
            }
        }

        impl AsRawFd for $end {
            fn as_raw_fd(&self) -> RawFd {
                self.pipe.0.get_ref().as_raw_fd()
            }
        }
    )* };
}

descriptors!(ChildStdin, ChildStdout, ChildStderr);
