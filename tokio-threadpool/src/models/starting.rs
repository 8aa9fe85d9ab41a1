//! A pool's first thread, which its first task starts.

use crate::counters::Counters;
use crate::idle::Idle;
use crate::phase::Phase;
use loom::sync::atomic::AtomicUsize;
use loom::sync::Mutex;
use loom::thread::{self, JoinHandle};
use std::sync::atomic::Ordering::{AcqRel, Acquire, Release};
use std::sync::Arc;
use tokio_executor::park::Token;

/// A pool of one worker, as far as its start goes. Its tasks are all alike.
struct Starts {
    phase: Phase,
    outside: Counters,
    idle: Idle,
    token: Token,
    queued: AtomicUsize,
    /// As `Shared::first`.
    first: Mutex<()>,
    /// The worker, while it has no thread: it has that many tasks to run.
    parked_core: Mutex<Option<usize>>,
    /// How often the system refuses a thread, before it starts one.
    refusals: Mutex<usize>,
    started: Mutex<Option<JoinHandle<()>>>,
}

impl Starts {
    fn new(tasks: usize, refusals: usize) -> Arc<Starts> {
        Arc::new(Starts {
            phase: Phase::new(),
            outside: Counters::default(),
            idle: Idle::new(1),
            token: Token::new(),
            queued: AtomicUsize::new(0),
            first: Mutex::new(()),
            parked_core: Mutex::new(Some(tasks)),
            refusals: Mutex::new(refusals),
            started: Mutex::new(None),
        })
    }

    /// As `Shared::spawn_from_outside`; false if the task was refused.
    fn spawn(self: &Arc<Self>) -> bool {
        assert!(self.outside.admit(&self.phase));
        if self.phase.has_no_thread() && !self.start_first() {
            self.outside.completed_elsewhere();
            return false;
        }
        self.queued.fetch_add(1, Release);
        if self.idle.wake_for_injected().is_some() {
            self.unpark();
        }
        true
    }

    /// As `Shared::start_first`.
    fn start_first(self: &Arc<Self>) -> bool {
        let _first = self.first.lock().unwrap();
        if self.phase.has_no_thread() && self.idle.wake_any().is_some() {
            self.unpark();
        }
        !self.phase.has_no_thread()
    }

    /// As `Shared::unpark`.
    fn unpark(self: &Arc<Self>) {
        if !self.wake_or_start() {
            let has_queued = || self.queued.load(Acquire) != 0;
            self.idle.wake_instead(0, has_queued, |_| self.wake_or_start());
        }
    }

    /// As `Shared::wake_or_start`.
    fn wake_or_start(self: &Arc<Self>) -> bool {
        let core = self.parked_core.lock().unwrap().take();
        let Some(tasks) = core else {
            self.token.unpark();
            return true;
        };
        let mut refusals = self.refusals.lock().unwrap();
        if *refusals > 0 {
            *refusals -= 1;
            drop(refusals);
            *self.parked_core.lock().unwrap() = Some(tasks);
            return false;
        }
        drop(refusals);
        let pool = self.clone();
        *self.started.lock().unwrap() = Some(thread::spawn(move || pool.work(tasks)));
        self.phase.set_no_thread(false);
        true
    }

    fn pop(&self) -> bool {
        let mut queued = self.queued.load(Acquire);
        while queued != 0 {
            match self.queued.compare_exchange(queued, queued - 1, AcqRel, Acquire) {
                Ok(_) => return true,
                Err(now) => queued = now,
            }
        }
        false
    }

    /// As `worker::run`, until so many tasks have run.
    fn work(&self, tasks: usize) {
        let (mut ran, mut searching) = (0, true);
        while ran < tasks {
            if self.pop() {
                if std::mem::take(&mut searching) {
                    let _ = self.idle.found();
                }
                ran += 1;
                continue;
            }
            self.idle.sleep(0, std::mem::take(&mut searching));
            if self.queued.load(Acquire) != 0 {
                searching = !self.idle.remove(0);
                continue;
            }
            while self.idle.is_asleep(0) {
                self.token.park(None);
            }
            searching = true;
        }
    }

    fn join(&self) {
        let started = self.started.lock().unwrap().take();
        started.expect("a thread was started").join().unwrap();
    }
}

/// Two threads spawn the first tasks of a pool: one thread is started, and runs both. (A
/// task that is lost shows as a deadlock.)
#[test]
fn loom_the_first_tasks_start_a_thread_that_runs_them() {
    loom::model(|| {
        let pool = Starts::new(2, 0);
        let other = {
            let pool = pool.clone();
            thread::spawn(move || assert!(pool.spawn()))
        };
        assert!(pool.spawn());
        other.join().unwrap();
        pool.join();
    });
}

/// The system refuses the first thread: one of the two spawns is refused, the other one
/// starts a thread, which runs its task.
#[test]
fn loom_fault_s18_a_spawn_without_a_thread_is_refused_and_the_next_starts_one() {
    loom::model(|| {
        let pool = Starts::new(1, 1);
        let other = {
            let pool = pool.clone();
            thread::spawn(move || pool.spawn())
        };
        let here = pool.spawn();
        let there = other.join().unwrap();
        assert!(here ^ there, "here {here}, there {there}");
        pool.join();
    });
}
