//! Our ends of the pipes to a child.

use super::child::assert_runtime;
use crate::io::{AsyncRead, AsyncWrite, ReadBuf};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::process;
use std::task::{ready, Context, Poll};
use tokio::process as engine;
use tokio_reactor::Handle;

macro_rules! ends {
    ($( $(#[$doc:meta])* $name:ident; )*) => { $(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name {
            pub(super) inner: engine::$name,
        }

        impl $name {
            pub(super) fn new(inner: engine::$name) -> $name {
                $name { inner }
            }

            /// Takes over our end of a pipe that std has made.
            ///
            /// # Errors
            ///
            /// If the operating system refuses the pipe.
            ///
            /// # Panics
            ///
            /// Outside a runtime.
            #[track_caller]
            pub fn from_std(inner: process::$name) -> io::Result<$name> {
                assert_runtime();
                engine::$name::from_std_with_handle(inner, &Handle::default()).map($name::new)
            }
        }
    )* };
}

ends! {
    /// Writes to the standard input of a child.
    ///
    /// # Dropping
    ///
    /// The child finds the end of its input, after what was written. To shut it down alone
    /// does not bring that about.
    ChildStdin;

    /// Reads the standard output of a child, to its end: until the child, and whoever has
    /// inherited it from the child, have closed it.
    ///
    /// # Dropping
    ///
    /// A child that goes on writing gets an error; on Unix it is sent `SIGPIPE`, of which most die.
    ChildStdout;

    /// Reads the standard error of a child; otherwise as [`ChildStdout`].
    ChildStderr;
}

impl AsyncWrite for ChildStdin {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.inner.poll_write_cx(&cx.into(), buf)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.inner.poll_write_vectored_cx(&cx.into(), bufs)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    // The kernel has it once it is written.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    // A pipe ends when it is dropped.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

macro_rules! outputs {
    ($($output:ident),*) => { $(
        impl AsyncRead for $output {
            fn poll_read(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                let free = buf.initialize_unfilled();
                let n = ready!(self.inner.poll_read_cx(&cx.into(), free))?;
                buf.advance(n);
                Poll::Ready(Ok(()))
            }
        }
    )* };
}

outputs!(ChildStdout, ChildStderr);
