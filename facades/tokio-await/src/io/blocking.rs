//! What can only be read or written by making a thread wait, and the streams of the process
//! that are so.

use super::{AsyncRead, AsyncWrite, ReadBuf};
use std::future::Future;
use std::io::{self, Write};
use std::pin::Pin;
use std::task::{ready, Context, Poll};

/// A source of std that blocks, read where it may.
pub(crate) fn poll_read_blocking(
    source: &mut (impl io::Read + Send),
    cx: &mut Context<'_>,
    buf: &mut ReadBuf<'_>,
) -> Poll<io::Result<()>> {
    let n = ready!(poll_blocking(cx, || source.read(buf.initialize_unfilled())))?;
    buf.advance(n);
    Poll::Ready(Ok(()))
}

/// An operation that blocks, run where it may.
pub(crate) fn poll_blocking<T: Send>(
    cx: &mut Context<'_>,
    operation: impl FnOnce() -> io::Result<T> + Send,
) -> Poll<io::Result<T>> {
    // Nothing is kept from poll to poll: until it is ready, the operation has not begun.
    std::pin::pin!(tokio::task::block(operation)).poll(cx)
}

/// The standard input of the process.
///
/// A read blocks a thread until there is input, and cannot be called off: a runtime that
/// shuts down waits for it.
#[derive(Debug)]
pub struct Stdin(io::Stdin);

/// The standard input of the process.
pub fn stdin() -> Stdin {
    Stdin(io::stdin())
}

impl AsyncRead for Stdin {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        poll_read_blocking(&mut self.0, cx, buf)
    }
}

macro_rules! outputs {
    ($( $(#[$doc:meta])* $name:ident $function:ident; )*) => { $(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name(io::$name);

        $(#[$doc])*
        pub fn $function() -> $name {
            $name(io::$function())
        }

        impl AsyncWrite for $name {
            fn poll_write(
                mut self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &[u8],
            ) -> Poll<io::Result<usize>> {
                poll_blocking(cx, || self.0.write(buf))
            }

            fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                poll_blocking(cx, || self.0.flush())
            }

            fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                self.poll_flush(cx)
            }
        }
    )* };
}

outputs! {
    /// The standard output of the process.
    Stdout stdout;
    /// The standard error of the process.
    Stderr stderr;
}
