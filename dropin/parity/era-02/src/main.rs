//! Small programs whose output must be the same on the published tokio 0.2 and on ours.
//!
//!     dropin/parity/run              builds it on both and compares
//!     parity                         prints the names of the programs
//!     parity NAME                    runs one
//!
//! Nothing printed depends on time or on which thread is faster.
#![forbid(unsafe_code)]

#[path = "../../common.rs"]
mod common;
mod io;
mod sockets;
mod sync;
mod tasks;
mod times;

use common::{panic_of, panics, Loud, Program};
use futures::task::ArcWake;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

fn main() {
    let all = [tasks::PROGRAMS, times::PROGRAMS, sync::PROGRAMS, io::PROGRAMS, sockets::PROGRAMS]
        .concat();
    common::run(&all);
}

/// A runtime of one thread.
fn one() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new().basic_scheduler().enable_all().build().unwrap()
}

/// A pool with one worker.
fn pool() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new()
        .threaded_scheduler()
        .core_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

/// Waits for ever with a value that says when it is dropped.
async fn hold(name: &'static str) {
    let _value = Loud(name);
    std::future::pending::<()>().await;
}

/// Counts its wakes.
#[derive(Default)]
struct Count(AtomicUsize);

impl ArcWake for Count {
    fn wake_by_ref(count: &Arc<Count>) {
        count.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A future outside of any executor, and how often it was woken.
struct Probe<F> {
    inner: Pin<Box<F>>,
    count: Arc<Count>,
}

fn probe<F>(inner: F) -> Probe<F> {
    Probe { inner: Box::pin(inner), count: Arc::default() }
}

impl<F> Probe<F> {
    fn waker(&self) -> Waker {
        futures::task::waker(self.count.clone())
    }

    fn woken(&self) -> usize {
        self.count.0.swap(0, Ordering::SeqCst)
    }
}

impl<F: Future> Probe<F> {
    fn poll(&mut self) -> Poll<F::Output> {
        let waker = self.waker();
        self.inner.as_mut().poll(&mut Context::from_waker(&waker))
    }
}
