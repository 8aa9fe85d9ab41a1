//! A pipe within the process: bytes that were written and not read yet.
//!
//! Called by the streams of `duplex`, which have one or two.
//!
//! Always true: whoever finds nothing to do has left a waker, under the lock it looked
//! under, and whoever changes that takes the waker under the same lock. Wakers are cloned,
//! woken and dropped with nothing locked: they are a caller's, and may come back here.
//!
//! Why not a channel of chunks? The limit counts bytes, and a write of a part would have to
//! allocate a chunk for it.

use super::ReadBuf;
use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{ready, Context, Poll, Waker};
use tokio_executor::coop;

/// The pipe of a simplex stream, or one direction of a duplex stream.
#[derive(Debug)]
pub(super) struct Pipe {
    /// Held to look, to copy and to exchange wakers.
    state: Mutex<State>,
    capacity: usize,
}

#[derive(Debug)]
struct State {
    bytes: VecDeque<u8>,
    /// Nothing more is written, or nobody is left to read.
    closed: bool,
    /// Nobody is left to read, but as much is taken as there is room for.
    unread: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

/// Which of the two wakers.
type End = fn(&mut State) -> &mut Option<Waker>;

impl Pipe {
    /// Creates a pipe with room for `capacity` bytes.
    ///
    /// # Panics
    ///
    /// If that is none.
    #[track_caller]
    pub(super) fn new(capacity: usize) -> Pipe {
        assert!(capacity > 0, "`max_buf_size` must be greater than 0");
        let bytes = VecDeque::new();
        let state = State { bytes, closed: false, unread: false, reader: None, writer: None };
        Pipe { state: Mutex::new(state), capacity }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic halfway runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads what is there; ready with nothing once the pipe is closed.
    pub(super) fn poll_read(
        &self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if buf.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        ready!(self.poll_until(
            cx,
            |state| &mut state.reader,
            |state| state.closed || !state.bytes.is_empty()
        ));
        let mut state = self.state();
        let n = state.bytes.len().min(buf.remaining());
        let (front, back) = state.bytes.as_slices();
        let in_front = front.len().min(n);
        buf.put_slice(&front[..in_front]);
        buf.put_slice(&back[..n - in_front]);
        state.bytes.drain(..n);
        let writer = state.writer.take_if(|_| n > 0);
        drop(state);
        wake(writer);
        Poll::Ready(Ok(()))
    }

    /// Writes as much as there is room for.
    ///
    /// # Errors
    ///
    /// `BrokenPipe` once the pipe is closed, or full with nobody left to read.
    pub(super) fn poll_write(
        &self,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let is_empty = bufs.iter().all(|buf| buf.is_empty());
        ready!(self.poll_until(
            cx,
            |state| &mut state.writer,
            |state| state.closed || state.unread || is_empty || state.bytes.len() < self.capacity
        ));
        let mut state = self.state();
        let full = state.bytes.len() == self.capacity && !is_empty;
        if state.closed || (state.unread && full) {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let before = state.bytes.len();
        for buf in bufs {
            let n = buf.len().min(self.capacity - state.bytes.len());
            state.bytes.extend(&buf[..n]);
        }
        let n = state.bytes.len() - before;
        let reader = state.reader.take_if(|_| n > 0);
        drop(state);
        wake(reader);
        Poll::Ready(Ok(n))
    }

    /// Ends the pipe: what is in it can still be read, and nothing more be written.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        let (reader, writer) = (state.reader.take(), state.writer.take());
        drop(state);
        wake(reader);
        wake(writer);
    }

    /// Says that nobody is left to read: no writer waits for room any more.
    pub(super) fn abandon(&self) {
        let mut state = self.state();
        state.unread = true;
        let writer = state.writer.take();
        drop(state);
        wake(writer);
    }

    /// Waits until `is` holds, and takes one operation off the budget.
    fn poll_until(&self, cx: &mut Context<'_>, end: End, is: impl Fn(&State) -> bool) -> Poll<()> {
        let mut state = self.state();
        if !is(&state) {
            if end(&mut state).as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
                return Poll::Pending;
            }
            drop(state);
            let waker = cx.waker().clone();
            state = self.state();
            if !is(&state) {
                let old = end(&mut state).replace(waker);
                drop(state);
                // It may own the other end.
                drop(old);
                return Poll::Pending;
            }
        }
        // The caller alone is at this end, so what holds now holds when it comes back.
        drop(state);
        if coop::proceed(&cx.into()) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}
