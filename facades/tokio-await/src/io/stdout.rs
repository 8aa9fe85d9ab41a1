//! The standard output and error of the process.
//!
//! A write fills a chunk and hands it to a thread for blocking calls; the next operation waits
//! for its end.
//!
//! Programs call it by `stdout()` and `stderr()`.
//!
//! Always true: at most one operation runs for each handle, and chunks reach the stream in
//! order; an error is reported by the operation that comes next.
//!
//! Why not write in place? A pipe or terminal that nobody reads would block a worker.

use super::blocking::{poll_join, Chunk, MAX_CHUNK};
use super::AsyncWrite;
use crate::handles::has_handle;
use crate::runtime::Handle;
use crate::task::JoinHandle;
use std::fmt;
use std::io::{self, IoSlice, Write};
use std::pin::Pin;
use std::task::{ready, Context, Poll};

/// A stream of std that is written to on blocking threads, one chunk at a time.
struct Output<W> {
    std: W,
    open: fn() -> W,
    state: State,
    /// Something was written since the last flush.
    needs_flush: bool,
}

enum State {
    Idle(Chunk),
    Busy(JoinHandle<(io::Result<()>, Chunk)>),
}

impl<W: Write + Send + 'static> Output<W> {
    fn new(open: fn() -> W) -> Output<W> {
        Output { std: open(), open, state: State::Idle(Chunk::default()), needs_flush: false }
    }

    /// Waits for the operation that was begun last.
    ///
    /// # Errors
    ///
    /// That operation's.
    fn poll_idle(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<&mut Chunk>> {
        if let State::Busy(task) = &mut self.state {
            let (result, chunk) = match ready!(poll_join(task, cx)) {
                Ok(done) => done,
                Err(error) => (Err(error), Chunk::default()),
            };
            self.state = State::Idle(chunk);
            result?;
        }
        match &mut self.state {
            State::Idle(chunk) => Poll::Ready(Ok(chunk)),
            State::Busy(_) => unreachable!("it was waited for"),
        }
    }

    fn begin(&mut self, operation: impl FnOnce(W, &mut Chunk) -> io::Result<()> + Send + 'static) {
        let mut chunk = match &mut self.state {
            State::Idle(chunk) => std::mem::take(chunk),
            State::Busy(_) => unreachable!("one operation at a time"),
        };
        let open = self.open;
        // The caller takes it for done.
        let write = move || (operation(open(), &mut chunk), chunk);
        self.state = State::Busy(Handle::current().spawn_blocking_for_certain(write));
    }

    fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let chunk = ready!(self.poll_idle(cx))?;
        // Without a runtime what is handed over would be lost without an error.
        crate::runtime::check_blocking()?;
        let n = chunk.copy_from(bufs, MAX_CHUNK);
        self.needs_flush = true;
        self.begin(|mut std, chunk| chunk.write_to(&mut std));
        Poll::Ready(Ok(n))
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            ready!(self.poll_idle(cx))?;
            if !self.needs_flush {
                return Poll::Ready(Ok(()));
            }
            self.begin(|mut std, _| std.flush());
            self.needs_flush = false;
        }
    }
}

macro_rules! outputs {
    ($( $(#[$doc:meta])* $name:ident $function:ident; )*) => { $(
        $(#[$doc])*
        ///
        /// What is written is handed to another thread: it is there after a flush. Whole
        /// buffers of one handle come in order, those of several in any.
        ///
        /// # Dropping
        ///
        /// What was not flushed is still written, unless the runtime ends without waiting for its
        /// threads and the process does before them.
        pub struct $name {
            output: Output<io::$name>,
        }

        $(#[$doc])*
        pub fn $function() -> $name {
            $name { output: Output::new(io::$function) }
        }

        impl AsyncWrite for $name {
            fn poll_write(
                mut self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &[u8],
            ) -> Poll<io::Result<usize>> {
                self.output.poll_write(cx, &[IoSlice::new(buf)])
            }

            fn poll_write_vectored(
                mut self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                bufs: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                self.output.poll_write(cx, bufs)
            }

            fn is_write_vectored(&self) -> bool {
                true
            }

            fn poll_flush(
                mut self: Pin<&mut Self>,
                cx: &mut Context<'_>,
            ) -> Poll<io::Result<()>> {
                self.output.poll_flush(cx)
            }

            fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                self.poll_flush(cx)
            }
        }

        has_handle!($name, output.std);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).field("std", &self.output.std).finish()
            }
        }
    )* };
}

outputs! {
    /// Writes to the standard output of the process.
    Stdout stdout;
    /// Writes to the standard error of the process.
    Stderr stderr;
}
