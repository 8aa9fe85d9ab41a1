//! The two runtimes of the 0.1 interface, behind one interface.

use super::rt::runtime::{current_thread, Builder, Runtime};
use futures::sync::oneshot;
use futures::Future;
use std::sync::atomic::{AtomicU64, Ordering::AcqRel};
use std::sync::mpsc as std_mpsc;
use std::sync::Mutex;

/// A runtime, and how its tasks spawn others.
pub trait Engine: 'static {
    /// Whether a task may block where it is.
    const CAN_BLOCK: bool;

    fn start(workers: usize) -> Self;

    /// Spawns from outside.
    fn add<F>(&mut self, task: F)
    where
        F: Future<Item = (), Error = ()> + Send + 'static;

    /// Runs a future as a task, to its end.
    fn run<F>(&mut self, task: F)
    where
        F: Future<Item = (), Error = ()> + Send + 'static;

    /// Ends all tasks, however far they are.
    fn stop(self);

    /// Spawns from inside.
    fn spawn<F>(task: F)
    where
        F: Future<Item = (), Error = ()> + Send + 'static;
}

impl Engine for Runtime {
    const CAN_BLOCK: bool = true;

    fn start(workers: usize) -> Runtime {
        Builder::new().core_threads(workers).build().expect("cannot start")
    }

    fn add<F>(&mut self, task: F)
    where
        F: Future<Item = (), Error = ()> + Send + 'static,
    {
        self.spawn(task);
    }

    fn run<F>(&mut self, task: F)
    where
        F: Future<Item = (), Error = ()> + Send + 'static,
    {
        let (done, wait) = std_mpsc::channel();
        self.spawn(task.map(move |()| done.send(()).expect("main waits")));
        wait.recv().expect("the task failed");
    }

    fn stop(self) {
        self.shutdown_now().wait().expect("it ends");
    }

    fn spawn<F>(task: F)
    where
        F: Future<Item = (), Error = ()> + Send + 'static,
    {
        super::rt::spawn(task);
    }
}

impl Engine for current_thread::Runtime {
    const CAN_BLOCK: bool = false;

    fn start(_: usize) -> current_thread::Runtime {
        current_thread::Runtime::new().expect("cannot start")
    }

    fn add<F>(&mut self, task: F)
    where
        F: Future<Item = (), Error = ()> + Send + 'static,
    {
        self.spawn(task);
    }

    fn run<F>(&mut self, task: F)
    where
        F: Future<Item = (), Error = ()> + Send + 'static,
    {
        let (done, wait) = oneshot::channel();
        self.spawn(task.map(move |()| done.send(()).expect("the root waits")));
        self.block_on(wait).expect("the task failed");
    }

    fn stop(self) {
        drop(self);
    }

    fn spawn<F>(task: F)
    where
        F: Future<Item = (), Error = ()> + Send + 'static,
    {
        current_thread::spawn(task);
    }
}

/// Counts tasks down; the last one to arrive reports.
///
/// It is shared by address: counting references would cost more than counting tasks.
pub struct Countdown {
    left: AtomicU64,
    done: Mutex<Option<oneshot::Sender<()>>>,
}

impl Countdown {
    /// A countdown, which is never freed, and its end.
    pub fn new(left: u64) -> (&'static Countdown, impl Future<Item = (), Error = ()> + Send) {
        let (done, wait) = oneshot::channel();
        let countdown = Countdown { left: AtomicU64::new(left), done: Mutex::new(Some(done)) };
        (Box::leak(Box::new(countdown)), wait.map_err(drop))
    }

    pub fn arrive(&self) {
        // AcqRel: the last one has seen all that the others did.
        if self.left.fetch_sub(1, AcqRel) == 1 {
            let done = self.done.lock().expect("nobody panics").take();
            let _ = done.expect("it ends once").send(());
        }
    }
}
