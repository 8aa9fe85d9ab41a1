//! Readers and writers that follow a script, and the recipes that run code over them.

#![allow(dead_code, reason = "each test file uses its part")]

use futures::{executor, task, Async, Future, Poll};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::sync::Arc;
use tokio_io::{AsyncRead, AsyncWrite};

/// What a scripted end does when it is next asked.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Delivers these bytes, in as many reads as the buffers make it.
    Bytes(Vec<u8>),
    /// Takes so many bytes at most.
    Take(usize),
    /// Says "not yet", and wakes the task at once.
    NotReady,
    /// Fails.
    Fail(io::ErrorKind),
}

/// Says "not yet" as a source does that will be ready by the next poll.
fn not_yet() -> io::Error {
    if task::is_in_task() {
        task::current().notify();
    }
    io::ErrorKind::WouldBlock.into()
}

/// A reader that follows its script, then is at its end.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) steps: VecDeque<Step>,
}

impl Source {
    pub(crate) fn new<I: IntoIterator<Item = Step>>(steps: I) -> Source {
        Source { steps: steps.into_iter().collect() }
    }

    /// `bytes`, cut at `cuts`, with "not yet" at each cut.
    pub(crate) fn cut(bytes: &[u8], cuts: &[usize]) -> Source {
        let mut cuts: Vec<usize> = cuts.iter().map(|&cut| cut.min(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let pieces = cuts.windows(2).map(|ends| bytes[ends[0]..ends[1]].to_vec());
        Source::new(
            pieces
                .filter(|piece| !piece.is_empty())
                .flat_map(|piece| [Step::Bytes(piece), Step::NotReady]),
        )
    }
}

impl Read for Source {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self.steps.pop_front() {
            None => Ok(0),
            Some(Step::Bytes(mut bytes)) => {
                let n = bytes.len().min(buf.len());
                buf[..n].copy_from_slice(&bytes[..n]);
                if n < bytes.len() {
                    self.steps.push_front(Step::Bytes(bytes.split_off(n)));
                }
                Ok(n)
            }
            Some(Step::NotReady) => Err(not_yet()),
            Some(Step::Fail(kind)) => Err(kind.into()),
            Some(Step::Take(_)) => panic!("a reader takes nothing"),
        }
    }
}

impl AsyncRead for Source {}

/// A writer that follows its script, then takes everything.
#[derive(Debug, Clone, Default)]
pub(crate) struct Drain {
    pub(crate) steps: VecDeque<Step>,
    log: Rc<RefCell<Log>>,
}

/// What happened to a [`Drain`].
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) taken: Vec<u8>,
    /// How many bytes had been taken when it was last flushed.
    pub(crate) flushed: usize,
    pub(crate) shut_down: bool,
}

impl Drain {
    pub(crate) fn new<I: IntoIterator<Item = Step>>(steps: I) -> Drain {
        Drain { steps: steps.into_iter().collect(), log: Rc::default() }
    }

    pub(crate) fn log(&self) -> Rc<RefCell<Log>> {
        self.log.clone()
    }
}

impl Write for Drain {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let n = match self.steps.pop_front() {
            None => buf.len(),
            Some(Step::Take(n)) => n.min(buf.len()),
            Some(Step::NotReady) => return Err(not_yet()),
            Some(Step::Fail(kind)) => return Err(kind.into()),
            Some(Step::Bytes(_)) => panic!("a writer delivers nothing"),
        };
        self.log.borrow_mut().taken.extend_from_slice(&buf[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut log = self.log.borrow_mut();
        log.flushed = log.taken.len();
        Ok(())
    }
}

impl AsyncWrite for Drain {
    fn shutdown(&mut self) -> Poll<(), io::Error> {
        self.flush()?;
        self.log.borrow_mut().shut_down = true;
        Ok(Async::Ready(()))
    }
}

/// Claims to have moved so many bytes more than it was asked to.
#[derive(Debug)]
pub(crate) struct Braggart(pub(crate) usize);

impl Read for Braggart {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        Ok(buf.len() + self.0)
    }
}

impl Write for Braggart {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        Ok(buf.len() + self.0)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsyncRead for Braggart {}

impl AsyncWrite for Braggart {
    fn shutdown(&mut self) -> Poll<(), io::Error> {
        Ok(Async::Ready(()))
    }
}

/// A stream of a reader and a writer.
#[derive(Debug)]
pub(crate) struct Duplex<R, W>(pub(crate) R, pub(crate) W);

impl<R: Read, W> Read for Duplex<R, W> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf)
    }
}

impl<R, W: Write> Write for Duplex<R, W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.1.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.1.flush()
    }
}

impl<R: AsyncRead, W> AsyncRead for Duplex<R, W> {}

impl<R, W: AsyncWrite> AsyncWrite for Duplex<R, W> {
    fn shutdown(&mut self) -> Poll<(), io::Error> {
        self.1.shutdown()
    }
}

/// A waker for tasks that the test polls by hand.
struct Ignore;

impl executor::Notify for Ignore {
    fn notify(&self, _: usize) {}
}

/// Polls `future` once, as the task it then belongs to.
pub(crate) fn poll_as_task<F: Future>(future: &mut executor::Spawn<F>) -> Poll<F::Item, F::Error> {
    future.poll_future_notify(&Arc::new(Ignore), 0)
}

/// Drops what `make` makes after its k-th poll, for every k until it is done. `check`
/// gets what `make` left to look at, and whether the future was done.
pub(crate) fn drop_at_every_poll<F, L, M, C>(mut make: M, check: C)
where
    F: Future,
    F::Error: std::fmt::Debug,
    M: FnMut() -> (F, L),
    C: Fn(L, bool),
{
    for polls in 0.. {
        assert!(polls < 10_000, "the future is never done");
        let (future, left) = make();
        let mut future = executor::spawn(future);
        let mut done = false;
        for _ in 0..polls {
            done = poll_as_task(&mut future).expect("the script holds no error").is_ready();
            if done {
                break;
            }
        }
        drop(future);
        check(left, done);
        if done {
            return;
        }
    }
}
