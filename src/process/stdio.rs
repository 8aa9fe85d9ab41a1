//! Our ends of the pipes to a child.
//!
//! `Child` hands them out; `pipe` of `unix` or `windows` has the calls to the system.
//!
//! Always true: closing the writer is what ends the child's input, so dropping `ChildStdin`
//! does.
//!
//! Why a macro? The three ends differ in direction only.

use super::os::Pipe;
use futures::{Async, Poll as Poll01};
use std::io::{self, IoSlice, Read, Write};
use std::task::Poll;
use tokio_executor::internals::convert::{into_async, or_would_block};
use tokio_executor::task::Context;
use tokio_io::{AsyncRead, AsyncWrite};
use tokio_reactor::Handle;

macro_rules! ends {
    ($( $(#[$doc:meta])* $name:ident; )*) => { $(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name {
            pub(super) pipe: Pipe,
        }

        impl $name {
            /// Takes over our end of a pipe that std has made, with `handle`'s reactor.
            ///
            /// # Errors
            ///
            /// If the reactor is gone, or the operating system refuses the pipe.
            pub fn from_std_with_handle(
                std: std::process::$name,
                handle: &Handle,
            ) -> io::Result<$name> {
                Ok($name { pipe: Pipe::new(std, handle)? })
            }
        }
    )* };
}

ends! {
    /// Writes to the standard input of a child.
    ///
    /// # Errors
    ///
    /// Writing fails with `BrokenPipe` once nobody can read it.
    ///
    /// # Dropping
    ///
    /// The child finds the end of its input, after what was written.
    /// [`shutdown`](AsyncWrite::shutdown) alone does not bring it about.
    ChildStdin;

    /// Reads the standard output of a child, to its end: until the child, and whoever
    /// has inherited it from the child, have closed it.
    ///
    /// # Dropping
    ///
    /// A child that goes on writing gets an error; on Unix it is sent `SIGPIPE`, of which most die.
    ChildStdout;

    /// Reads the standard error of a child; otherwise as [`ChildStdout`].
    ChildStderr;
}

impl ChildStdin {
    /// Writes a beginning of `buf`, for a task of either kind, and returns its length.
    ///
    /// # Errors
    ///
    /// Those of the write; and if the reactor is gone.
    pub fn poll_write_cx(&self, cx: &Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.pipe.poll_write(cx, buf)
    }

    /// Writes from `bufs`, one after the other; otherwise as
    /// [`poll_write_cx`](ChildStdin::poll_write_cx).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn poll_write_vectored_cx(
        &self,
        cx: &Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.pipe.poll_write_vectored(cx, bufs)
    }
}

impl Write for ChildStdin {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        or_would_block(self.poll_write_cx(&Context::current(), buf))
    }

    /// Does nothing: a pipe keeps nothing back.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsyncWrite for ChildStdin {
    fn poll_write(&mut self, buf: &[u8]) -> Poll01<usize, io::Error> {
        into_async(self.poll_write_cx(&Context::current(), buf))
    }

    /// Does nothing: to end the child's input, drop this.
    fn shutdown(&mut self) -> Poll01<(), io::Error> {
        Ok(Async::Ready(()))
    }
}

macro_rules! readers {
    ($( $name:ident; )*) => { $(
        impl $name {
            /// Reads into `buf`, for a task of either kind; 0 is the end.
            ///
            /// # Errors
            ///
            /// Those of the read; and if the reactor is gone.
            pub fn poll_read_cx(&self, cx: &Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
                self.pipe.poll_read(cx, buf)
            }
        }

        impl Read for $name {
            fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
                or_would_block(self.poll_read_cx(&Context::current(), buf))
            }
        }

        impl AsyncRead for $name {
            fn poll_read(&mut self, buf: &mut [u8]) -> Poll01<usize, io::Error> {
                into_async(self.poll_read_cx(&Context::current(), buf))
            }
        }
    )* };
}

readers! {
    ChildStdout;
    ChildStderr;
}
