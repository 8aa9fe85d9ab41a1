//! A stream within the process.
//!
//! Two pipes, one each way. Each has room for a number of bytes, and a cell for the task
//! that waits at either end; the rule of that cell is kept: register, then look; change,
//! then wake, with nothing locked.

use super::{AsyncRead, AsyncWrite, ReadBuf};
use std::collections::VecDeque;
use std::fmt;
use std::io::{self, IoSlice, Read};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tokio_executor::coop;
use tokio_executor::waiter::WaiterCell;

/// Two ends of a stream: what is written to one is read from the other. Each way there is
/// room for `capacity` bytes.
///
/// # Examples
///
/// ```
/// use tokio_await::io::{duplex, AsyncReadExt, AsyncWriteExt};
///
/// # tokio_await::runtime::Runtime::new().unwrap().block_on(async {
/// let (mut client, mut server) = duplex(64);
/// client.write_all(b"ping").await.unwrap();
/// let mut buf = [0; 4];
/// server.read_exact(&mut buf).await.unwrap();
/// assert_eq!(&buf, b"ping");
/// # });
/// ```
///
/// # Panics
///
/// If there is no room.
pub fn duplex(capacity: usize) -> (DuplexStream, DuplexStream) {
    assert!(capacity > 0, "a duplex needs room for a byte");
    let pipe = || {
        let state = State { bytes: VecDeque::new(), reader_gone: false, ended: false };
        Arc::new(Pipe {
            state: Mutex::new(state),
            capacity,
            reads: WaiterCell::new(),
            writes: WaiterCell::new(),
        })
    };
    let (there, back) = (pipe(), pipe());
    let first = DuplexStream { incoming: back.clone(), outgoing: there.clone() };
    (first, DuplexStream { incoming: there, outgoing: back })
}

/// One end of a stream within the process; see [`duplex`].
///
/// # Dropping
///
/// The other end reads what is left, and then the end; it can write no more.
pub struct DuplexStream {
    incoming: Arc<Pipe>,
    outgoing: Arc<Pipe>,
}

struct Pipe {
    /// Held to look or to copy, never while waking.
    state: Mutex<State>,
    capacity: usize,
    reads: WaiterCell,
    writes: WaiterCell,
}

struct State {
    bytes: VecDeque<u8>,
    reader_gone: bool,
    /// Nothing more is written.
    ended: bool,
}

impl Pipe {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic halfway runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether `is` holds. If not, the task waits in `cell`.
    fn poll_until(
        &self,
        cell: &WaiterCell,
        cx: &mut Context<'_>,
        is: impl Fn(&State) -> bool,
    ) -> bool {
        let cx = &(&*cx).into();
        if !is(&self.state()) {
            cell.register(cx);
            if !is(&self.state()) {
                return false;
            }
        }
        coop::proceed(cx)
    }

    fn end(&self) {
        self.state().ended = true;
        self.reads.wake();
    }
}

impl AsyncRead for DuplexStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let pipe = &self.incoming;
        if !pipe.poll_until(&pipe.reads, cx, |state| state.ended || !state.bytes.is_empty()) {
            return Poll::Pending;
        }
        let n = pipe.state().bytes.read(buf.initialize_unfilled())?;
        buf.advance(n);
        pipe.writes.wake();
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for DuplexStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(buf)])
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let pipe = &self.outgoing;
        let capacity = pipe.capacity;
        let is_empty = bufs.iter().all(|buf| buf.is_empty());
        let has_room = |state: &State| {
            state.reader_gone || state.ended || is_empty || state.bytes.len() < capacity
        };
        if !pipe.poll_until(&pipe.writes, cx, has_room) {
            return Poll::Pending;
        }
        let mut state = pipe.state();
        if state.reader_gone || state.ended {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let before = state.bytes.len();
        for buf in bufs {
            let n = buf.len().min(capacity - state.bytes.len());
            state.bytes.extend(&buf[..n]);
        }
        let written = state.bytes.len() - before;
        drop(state);
        pipe.reads.wake();
        Poll::Ready(Ok(written))
    }

    // It is there once it is written.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.outgoing.end();
        Poll::Ready(Ok(()))
    }
}

impl Drop for DuplexStream {
    fn drop(&mut self) {
        self.outgoing.end();
        self.incoming.state().reader_gone = true;
        self.incoming.writes.wake();
    }
}

impl fmt::Debug for DuplexStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DuplexStream").finish_non_exhaustive()
    }
}
