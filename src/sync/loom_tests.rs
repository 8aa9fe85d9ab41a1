//! Models of what threads can do to one another in this module.
//!
//! Run with `RUSTFLAGS="--cfg loom" cargo test --release -p tokio@0.1.23 --no-default-features
//! --features sync --lib loom_`. Each tries every order of the atomic steps, up to a
//! number of preemptions. A wake that is lost shows as a deadlock, a value that is never
//! freed as a leak, one that is reached by two at once as a causality violation.

mod atomic_task;
mod broadcast;
mod lock;
#[expect(unsafe_code, reason = "models share data whose ordering they check")]
mod mpsc;
mod notify;
mod oneshot;
mod rwlock;
mod semaphore;
mod watch;

/// Built with `shutdown` otherwise, whose features no model can have.
#[path = "../shutdown/cancellation.rs"]
#[allow(dead_code, unreachable_pub, reason = "the models need some of it")]
mod cancellation;
mod shutdown;

use loom::sync::atomic::AtomicBool;
use loom::sync::Notify;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::Arc;
use std::task::{Poll, Wake, Waker};
use tokio_executor::task::Context;

/// Explores `f`, with few enough preemptions to end in seconds.
fn model(f: impl Fn() + Sync + Send + 'static) {
    model_with(3, f);
}

/// As `model`, for what has too many steps for it.
fn model_with(preemptions: usize, f: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound.get_or_insert(preemptions);
    builder.check(f);
}

/// What one thread has done, and another one must see if it comes after that. Relaxed, both: it
/// orders nothing itself, and the model hands out an old value wherever it may.
///
/// Who looks belongs in the thread that is spawned last. It then comes last in the first run of
/// a model, and chooses among all that was stored; from the opposite order the model may not
/// find the way there, since of the accesses to an atomic it remembers only the last.
#[derive(Clone)]
struct Deed(loom::sync::Arc<AtomicBool>);

impl Deed {
    fn new() -> Deed {
        Deed(loom::sync::Arc::new(AtomicBool::new(false)))
    }

    fn happens(&self) {
        self.0.store(true, Relaxed);
    }

    fn is_seen(&self) -> bool {
        self.0.load(Relaxed)
    }
}

struct Flag(Notify);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.notify();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.notify();
    }
}

/// Polls until ready, and sleeps in between.
fn block_on<R>(mut poll: impl FnMut(&Context<'_>) -> Poll<R>) -> R {
    let flag = Arc::new(Flag(Notify::new()));
    let waker = Waker::from(flag.clone());
    loop {
        if let Poll::Ready(result) = poll(&Context::from_waker(&waker)) {
            return result;
        }
        flag.0.wait();
        // A task that polls while another thread is halfway through waking it is woken at
        // once, and that thread must come to its turn.
        loom::thread::yield_now();
    }
}

/// Polls once, for a task whose wakes go nowhere.
fn poll_once<R>(mut poll: impl FnMut(&Context<'_>) -> Poll<R>) -> Poll<R> {
    poll(&Context::from_waker(Waker::noop()))
}
