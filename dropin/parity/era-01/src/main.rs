//! Small programs whose output must be the same on the published tokio 0.1 family and on ours.
//!
//!     dropin/parity/run              builds it on both and compares
//!     parity                         prints the names of the programs
//!     parity NAME                    runs one
//!
//! They show what no suite of tests asks for: the order of polls and drops, what happens at
//! strange moments, the words of errors, how often tasks are notified. Nothing printed
//! depends on time or on which thread is faster.
#![forbid(unsafe_code)]
// Some methods of ours ask for less; and what is dropped may be `Copy`, whatever it holds.
#![allow(unused_mut, dropping_references, dropping_copy_types, unstable_name_collisions)]

mod blocking;
mod codecs;
#[path = "../../common.rs"]
mod common;
mod defaults;
mod executors;
mod io;
mod pool;
mod primitives;
mod queues;
mod runtimes;
mod sockets;
mod sync;
mod system;
mod timers;

use common::{panic_of, panics, Loud, Program};
use futures::executor::{spawn, Notify, NotifyHandle, Spawn};
use futures::{Async, Future, Poll, Stream};
use std::fmt::Debug;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

fn main() {
    let all = [
        executors::PROGRAMS,
        defaults::PROGRAMS,
        pool::PROGRAMS,
        blocking::PROGRAMS,
        runtimes::PROGRAMS,
        timers::PROGRAMS,
        queues::PROGRAMS,
        sync::PROGRAMS,
        primitives::PROGRAMS,
        io::PROGRAMS,
        codecs::PROGRAMS,
        sockets::PROGRAMS,
        system::PROGRAMS,
    ]
    .concat();
    common::run(&all);
}

/// Counts its notifications.
#[derive(Default)]
struct Count(AtomicUsize);

impl Count {
    fn take(&self) -> usize {
        self.0.swap(0, Ordering::SeqCst)
    }
}

impl Notify for Count {
    fn notify(&self, _: usize) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A future or stream outside of any executor, and how often it was notified.
struct Probe<F> {
    inner: Spawn<F>,
    count: Arc<Count>,
}

fn probe<F>(inner: F) -> Probe<F> {
    Probe { inner: spawn(inner), count: Arc::default() }
}

impl<F> Probe<F> {
    fn handle(&self) -> NotifyHandle {
        self.count.clone().into()
    }

    fn get(&mut self) -> &mut F {
        self.inner.get_mut()
    }

    fn notified(&self) -> usize {
        self.count.take()
    }

    /// What `f` makes of the inner value, called as a poll.
    fn with<R>(&mut self, mut f: impl FnMut(&mut F) -> R) -> R {
        let handle = self.handle();
        let mut answer = None;
        let inner = self.inner.get_mut();
        let _ = spawn(futures::future::poll_fn(|| {
            answer = Some(f(inner));
            Ok::<_, ()>(Async::Ready(()))
        }))
        .poll_future_notify(&handle, 0);
        answer.unwrap()
    }
}

impl<F: Future> Probe<F> {
    fn poll(&mut self) -> Poll<F::Item, F::Error> {
        let handle = self.handle();
        self.inner.poll_future_notify(&handle, 0)
    }
}

impl<S: Stream> Probe<S> {
    fn next(&mut self) -> Poll<Option<S::Item>, S::Error> {
        let handle = self.handle();
        self.inner.poll_stream_notify(&handle, 0)
    }
}

/// The words that an error of ours begins with, and that are upstream's.
fn words(error: &impl ToString) -> String {
    error.to_string().split(": ").next().unwrap_or_default().to_string()
}

/// The kind of an I/O error.
fn kind<T: Debug>(answer: Result<T, std::io::Error>) -> Result<T, std::io::ErrorKind> {
    answer.map_err(|error| error.kind())
}

/// A runtime of one thread.
fn one() -> tokio::runtime::current_thread::Runtime {
    tokio::runtime::current_thread::Runtime::new().unwrap()
}

/// A pool with one worker.
fn pool() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new().core_threads(1).build().unwrap()
}

/// Yields once.
fn yielding() -> impl Future<Item = (), Error = ()> {
    let mut yielded = false;
    futures::future::poll_fn(move || {
        if std::mem::replace(&mut yielded, true) {
            return Ok(Async::Ready(()));
        }
        futures::task::current().notify();
        Ok(Async::NotReady)
    })
}
