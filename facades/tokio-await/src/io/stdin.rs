//! The standard input of the process.
//!
//! A read of a terminal or a pipe may never return, and cannot be called off. So one thread
//! does all of them, and owns what it has read: a task that stops waiting, in a `select!` or
//! a timeout, leaves the bytes to the next one that reads, and no runtime waits for the
//! thread when it shuts down. The thread reads only when a task has asked for it, and no
//! more bytes than that asked for: what follows is left to the child processes and to std.
//!
//! Programs call it by `stdin()`.
//!
//! Always true: a task in the list is woken after the next read; if there are any, a read
//! is going on.
//!
//! Why not `spawn_blocking`, as for files? A runtime waits for its blocking threads when it shuts
//! down, and this read may last until somebody presses a key.

use super::{AsyncRead, ReadBuf};
use crate::handles::has_handle;
use std::fmt;
use std::io::{self, Read};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;

/// How much is read at a time, in bytes.
const MAX_CHUNK: usize = 64 * 1024;

static INPUT: Input = Input {
    state: Mutex::new(State {
        bytes: Vec::new(),
        start: 0,
        result: None,
        wanted: 0,
        reading: false,
        has_thread: false,
        waiting: Vec::new(),
    }),
    asked: Condvar::new(),
};

struct Input {
    /// Held to look and to copy; never while reading or waking.
    state: Mutex<State>,
    /// The thread waits here until it is asked to read.
    asked: Condvar,
}

struct State {
    /// What was read; taken up to `start`.
    bytes: Vec<u8>,
    start: usize,
    /// The end, or an error, for one reader.
    result: Option<io::Result<()>>,
    /// How much to read next; 0 unless the thread is asked to.
    wanted: usize,
    reading: bool,
    has_thread: bool,
    /// Who waits for the read, by the number of the `Stdin`.
    waiting: Vec<(usize, Waker)>,
}

impl Input {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic halfway runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn poll_read(
        &'static self,
        reader: usize,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if buf.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        // A caller's waker is cloned and dropped with nothing locked.
        let waker = cx.waker().clone();
        let mut state = self.state();
        let rest = &state.bytes[state.start..];
        if !rest.is_empty() {
            let n = rest.len().min(buf.remaining());
            buf.put_slice(&rest[..n]);
            state.start += n;
            return Poll::Ready(Ok(()));
        }
        if let Some(result) = state.result.take() {
            return Poll::Ready(result);
        }
        if !state.reading {
            if !state.has_thread {
                let reader = thread::Builder::new().name("tokio-stdin".into());
                reader.spawn(|| self.read_on_request())?;
                state.has_thread = true;
            }
            state.reading = true;
            state.wanted = buf.remaining().min(MAX_CHUNK);
            self.asked.notify_one();
        }
        let old = match state.waiting.iter_mut().find(|(number, _)| *number == reader) {
            Some((_, old)) => Some(std::mem::replace(old, waker)),
            None => {
                state.waiting.push((reader, waker));
                None
            }
        };
        drop(state);
        drop(old);
        Poll::Pending
    }

    /// What the thread does.
    fn read_on_request(&self) {
        let mut chunk = Vec::new();
        loop {
            let mut state = self.state();
            while state.wanted == 0 {
                state = self.asked.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            chunk.resize(std::mem::take(&mut state.wanted), 0);
            drop(state);
            let result = loop {
                match io::stdin().read(&mut chunk) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    result => break result,
                }
            };
            chunk.truncate(*result.as_ref().unwrap_or(&0));
            let mut state = self.state();
            if chunk.is_empty() {
                state.result = Some(result.map(drop));
            }
            std::mem::swap(&mut state.bytes, &mut chunk);
            state.start = 0;
            state.reading = false;
            let waiting = std::mem::take(&mut state.waiting);
            drop(state);
            waiting.into_iter().for_each(|(_, waker)| waker.wake());
        }
    }

    fn forget(&self, reader: usize) {
        let mut state = self.state();
        let place = state.waiting.iter().position(|(number, _)| *number == reader);
        let waker = place.map(|place| state.waiting.swap_remove(place));
        drop(state);
        drop(waker);
    }
}

/// Reads the standard input of the process.
///
/// All handles read from one buffer. The task that polls never waits, and what it has asked
/// for is not lost if it stops waiting.
///
/// # Dropping
///
/// Loses nothing: what was read is there for the next handle.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::{stdin, AsyncBufReadExt, BufReader};
///
/// async fn count_lines() -> std::io::Result<usize> {
///     let mut lines = BufReader::new(stdin()).lines();
///     let mut count = 0;
///     while lines.next_line().await?.is_some() {
///         count += 1;
///     }
///     Ok(count)
/// }
/// ```
pub struct Stdin {
    std: io::Stdin,
    number: usize,
}

/// Creates a handle to the standard input of the process.
///
/// # Examples
///
/// ```no_run
/// # use tokio_await as tokio;
/// use std::time::Duration;
/// use tokio::io::{stdin, AsyncBufReadExt, BufReader};
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let mut lines = BufReader::new(stdin()).lines();
///     match tokio::time::timeout(Duration::from_secs(10), lines.next_line()).await {
///         Ok(line) => println!("{:?}", line?),
///         Err(_) => println!("too late"),
///     }
///     Ok::<(), std::io::Error>(())
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn stdin() -> Stdin {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    // Relaxed: only to tell handles apart.
    Stdin { std: io::stdin(), number: NEXT.fetch_add(1, Relaxed) }
}

impl AsyncRead for Stdin {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        INPUT.poll_read(self.number, cx, buf)
    }
}

impl Drop for Stdin {
    fn drop(&mut self) {
        INPUT.forget(self.number);
    }
}

has_handle!(Stdin, std);

impl fmt::Debug for Stdin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stdin").field("std", &self.std).finish()
    }
}
