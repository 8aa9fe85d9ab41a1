//! Standard input, output and error.
//!
//! The process has one of each, which all handles share with std's, buffers and locks
//! included. They may be anything from a file to a terminal, hence they are read and
//! written as files are: by blocking.

use super::blocking::{poll_io, would_block};
use futures::Poll;
use std::io::{self, Read, Write};
use tokio_executor::internals::convert::into_async;
use tokio_executor::task::Context;
use tokio_io::{AsyncRead, AsyncWrite};

/// A handle to the standard input of the process.
///
/// A read blocks its thread until there is input, and cannot be called off: a runtime
/// that shuts down waits for it. A program that takes input from a person does better
/// to read it on a thread of its own.
///
/// # Examples
///
/// ```no_run
/// use futures::Future;
///
/// let echo = tokio::io::copy(tokio::io::stdin(), tokio::io::stdout())
///     .map(|(bytes, _, _)| eprintln!("{bytes} bytes"))
///     .map_err(|e| eprintln!("cannot copy: {e}"));
/// tokio::run(echo);
/// ```
#[derive(Debug)]
pub struct Stdin {
    std: io::Stdin,
}

/// Returns a handle to the standard input of the process; for tasks on a pool.
///
/// # Examples
///
/// ```
/// use futures::{Future, Stream};
/// use std::io;
/// use tokio::codec::{FramedRead, LinesCodec};
///
/// fn count_lines() -> impl Future<Item = u64, Error = io::Error> {
///     FramedRead::new(tokio::io::stdin(), LinesCodec::new())
///         .fold(0, |n, _line| Ok::<_, io::Error>(n + 1))
/// }
/// ```
pub fn stdin() -> Stdin {
    Stdin { std: io::stdin() }
}

impl Read for Stdin {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        would_block(|| self.std.read(buf))
    }
}

impl AsyncRead for Stdin {
    unsafe fn prepare_uninitialized_buffer(&self, _: &mut [u8]) -> bool {
        // std only fills the buffer.
        false
    }
}

macro_rules! outputs {
    ($( $(#[$doc:meta])* $name:ident, $(#[$fn_doc:meta])* $function:ident; )*) => { $(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name {
            std: io::$name,
        }

        $(#[$fn_doc])*
        pub fn $function() -> $name {
            $name { std: io::$function() }
        }

        impl Write for $name {
            fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
                would_block(|| self.std.write(buf))
            }

            fn flush(&mut self) -> io::Result<()> {
                would_block(|| self.std.flush())
            }
        }

        impl AsyncWrite for $name {
            /// Flushes. The descriptor stays open for the rest of the process.
            fn shutdown(&mut self) -> Poll<(), io::Error> {
                into_async(poll_io(&Context::current(), || self.std.flush()))
            }
        }
    )* };
}

outputs! {
    /// A handle to the standard output of the process.
    ///
    /// As std's, it may keep the beginning of a line until the line is complete, or
    /// until it is flushed or shut down.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    ///
    /// let greet = tokio::io::write_all(tokio::io::stdout(), "hello\n")
    ///     .map(|_| ())
    ///     .map_err(|e| eprintln!("cannot write: {e}"));
    /// tokio::run(greet);
    /// ```
    Stdout,
    /// A handle to the standard output of the process; for tasks on a pool.
    stdout;

    /// A handle to the standard error of the process. Nothing is kept back.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    ///
    /// let warn = tokio::io::write_all(tokio::io::stderr(), "careful\n")
    ///     .map(|_| ())
    ///     .map_err(|_| ());
    /// tokio::run(warn);
    /// ```
    Stderr,
    /// A handle to the standard error of the process; for tasks on a pool.
    stderr;
}
