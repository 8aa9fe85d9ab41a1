//! A pipe's end, registered with a reactor when it is used first.
//!
//! What `stdio` stands on, and what Windows adds to its types.
//!
//! Always true: an end that was never read or written is as std has made it, and can be given
//! to another child. One that a reactor has watched cannot: Windows does not take that back.

use super::sys;
use crate::process::{ChildStderr, ChildStdin, ChildStdout};
use mio1::windows::NamedPipe;
use std::io::{self, IoSlice, Read, Write};
use std::os::windows::io::{AsHandle, AsRawHandle, BorrowedHandle, OwnedHandle, RawHandle};
use std::sync::OnceLock;
use std::task::Poll;
use tokio_executor::task::Context;
use tokio_reactor::evented::FromSource;
use tokio_reactor::{Handle, PollEvented};

type Watched = PollEvented<FromSource<NamedPipe>>;

#[derive(Debug)]
pub(in crate::process) struct Pipe {
    end: OwnedHandle,
    handle: Handle,
    /// A second handle to the same end.
    watched: OnceLock<io::Result<Watched>>,
}

impl Pipe {
    pub(in crate::process) fn new(
        end: impl Into<OwnedHandle>,
        handle: &Handle,
    ) -> io::Result<Pipe> {
        Ok(Pipe { end: end.into(), handle: handle.clone(), watched: OnceLock::new() })
    }

    fn watched(&self) -> io::Result<&Watched> {
        let watched = self.watched.get_or_init(|| {
            let source = FromSource::new(sys::named_pipe(self.end.try_clone()?));
            PollEvented::new_with_handle(source, &self.handle)
        });
        watched.as_ref().map_err(|error| io::Error::new(error.kind(), error.to_string()))
    }

    pub(in crate::process) fn poll_read(
        &self,
        cx: &Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let mut read = |mut pipe: &NamedPipe| match pipe.read(buf) {
            // Whoever wrote is gone: the end, as in std.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(0),
            read => read,
        };
        self.watched()?.poll_read_io(cx, |source| source.with(&mut read))
    }

    pub(in crate::process) fn poll_write(
        &self,
        cx: &Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let write = |mut pipe: &NamedPipe| pipe.write(buf);
        self.watched()?.poll_write_io(cx, |source| source.with(write))
    }

    /// Writes the first of `bufs` that is not empty: a pipe takes one buffer at a time here.
    pub(in crate::process) fn poll_write_vectored(
        &self,
        cx: &Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = bufs.iter().find(|buf| !buf.is_empty());
        self.poll_write(cx, first.map_or(&[], |buf| buf))
    }

    fn into_owned_handle(self) -> io::Result<OwnedHandle> {
        match self.watched.get() {
            None => Ok(self.end),
            Some(_) => Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "this end of a pipe was read or written already, and a reactor watches it: \
                 Windows lets no other process use it",
            )),
        }
    }
}

macro_rules! handles {
    ($($end:ident),*) => { $(
        impl $end {
            /// Returns the handle, for overlapped I/O, as std has made it.
            ///
            /// # Errors
            ///
            /// If it was read or written before: Windows does not let it leave the reactor.
            pub fn into_owned_handle(self) -> io::Result<OwnedHandle> {
                self.pipe.into_owned_handle()
            }
        }

        impl AsHandle for $end {
            fn as_handle(&self) -> BorrowedHandle<'_> {
                self.pipe.end.as_handle()
            }
        }

        impl AsRawHandle for $end {
            fn as_raw_handle(&self) -> RawHandle {
                self.pipe.end.as_raw_handle()
            }
        }
    )* };
}

handles!(ChildStdin, ChildStdout, ChildStderr);
