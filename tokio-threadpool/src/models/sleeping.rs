//! A worker that goes to sleep, against a task that comes from outside: `idle`.
//!
//! A pool reduced to its sleepers stands for `shared` and `worker`.
//!
//! Always true: a task that is queued is run; one that is lost shows as a deadlock.

use crate::idle::Idle;
use loom::sync::atomic::AtomicUsize;
use loom::sync::Arc;
use loom::thread;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Release};
use tokio_executor::park::Token;

/// A pool reduced to who sleeps. Its tasks are all alike, and a number says how many are
/// queued: unlike a lock around a queue, it orders nothing that the protocol does not.
struct Toy {
    idle: Idle,
    queued: AtomicUsize,
    tokens: Vec<Token>,
    /// A worker that has no thread, and gets none.
    refused: Option<usize>,
}

impl Toy {
    /// All of `workers` asleep.
    fn new(workers: usize, refused: Option<usize>) -> Arc<Toy> {
        let tokens = (0..workers).map(|_| Token::new()).collect();
        let queued = AtomicUsize::new(0);
        Arc::new(Toy { idle: Idle::new(workers), queued, tokens, refused })
    }

    fn has_queued(&self) -> bool {
        self.queued.load(Acquire) != 0
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

    /// As `Shared::inject`.
    fn inject(&self) {
        self.queued.fetch_add(1, Release);
        if let Some(worker) = self.idle.wake_for_injected() {
            self.unpark(worker);
        }
    }

    /// As `Shared::unpark`.
    fn unpark(&self, worker: usize) {
        let wake = |worker: usize| {
            if self.refused == Some(worker) {
                return false;
            }
            self.tokens[worker].unpark();
            true
        };
        if !wake(worker) {
            self.idle.wake_instead(worker, || self.has_queued(), wake);
        }
    }

    /// As `worker::run` with `next` and `sleep`, until this worker has run `tasks` tasks.
    fn work(&self, me: usize, mut searching: bool, tasks: u32) {
        let mut ran = 0;
        loop {
            if self.pop() {
                if std::mem::take(&mut searching) && self.idle.found() && self.has_queued() {
                    if let Some(worker) = self.idle.wake_for_local() {
                        self.unpark(worker);
                    }
                }
                ran += 1;
                if ran == tasks {
                    return;
                }
                continue;
            }
            self.idle.sleep(me, std::mem::take(&mut searching));
            if self.has_queued() {
                searching = !self.idle.remove(me);
                continue;
            }
            while self.idle.is_asleep(me) {
                self.tokens[me].park(None);
            }
            searching = true;
        }
    }
}

/// S02: a task that comes as the only worker falls asleep is run. (A task that is lost
/// shows as a deadlock.)
#[test]
fn loom_fault_s02_a_task_injected_before_the_sleep_is_run() {
    loom::model(|| {
        let toy = Toy::new(1, None);
        assert_eq!(toy.idle.wake_any(), Some(0));
        let worker = {
            let toy = toy.clone();
            thread::spawn(move || toy.work(0, true, 1))
        };
        toy.inject();
        worker.join().unwrap();
    });
}

/// Two tasks from two threads, while the worker goes to sleep and wakes up.
#[test]
fn loom_fault_s02_tasks_from_two_sides_are_run() {
    loom::model(|| {
        let toy = Toy::new(1, None);
        assert_eq!(toy.idle.wake_any(), Some(0));
        let other = {
            let toy = toy.clone();
            thread::spawn(move || toy.inject())
        };
        let worker = {
            let toy = toy.clone();
            thread::spawn(move || toy.work(0, true, 2))
        };
        toy.inject();
        other.join().unwrap();
        worker.join().unwrap();
    });
}

/// Two tasks and two workers, one of which never gets up by itself: both tasks are run,
/// since whoever finds the last of the woken tasks passes the search on.
#[test]
fn loom_fault_s02_the_search_is_passed_on() {
    loom::model(|| {
        let toy = Toy::new(2, None);
        let asleep = {
            let toy = toy.clone();
            thread::spawn(move || {
                while toy.idle.is_asleep(0) {
                    toy.tokens[0].park(None);
                }
                toy.work(0, true, 1);
            })
        };
        let second = {
            let toy = toy.clone();
            thread::spawn(move || {
                while toy.idle.is_asleep(1) {
                    toy.tokens[1].park(None);
                }
                toy.work(1, true, 1);
            })
        };
        toy.inject();
        toy.inject();
        asleep.join().unwrap();
        second.join().unwrap();
    });
}

/// S18: worker 0 has no thread and none is to be had. Whoever took it for one that
/// searches is served by worker 1, though that one fell asleep meanwhile.
#[test]
fn loom_fault_s18_a_refused_thread_strands_no_task() {
    loom::model(|| {
        let toy = Toy::new(2, Some(0));
        // 0 is listed; 1 is awake, and past its search.
        let top = toy.idle.wake_any().unwrap();
        assert_eq!((top, toy.idle.wake_any()), (0, Some(1)));
        toy.idle.sleep(0, true);
        assert!(toy.idle.found());
        let worker = {
            let toy = toy.clone();
            thread::spawn(move || toy.work(1, false, 2))
        };
        let other = {
            let toy = toy.clone();
            thread::spawn(move || toy.inject())
        };
        toy.inject();
        other.join().unwrap();
        worker.join().unwrap();
    });
}

/// A worker that gets up by itself as it is woken is counted once.
#[test]
fn loom_a_riser_and_a_waker_agree() {
    loom::model(|| {
        let idle = Arc::new(Idle::new(1));
        let waker = {
            let idle = idle.clone();
            thread::spawn(move || idle.wake_for_injected().is_some())
        };
        let by_itself = idle.remove(0);
        let woken = waker.join().unwrap();
        assert!(by_itself ^ woken, "by itself {by_itself}, woken {woken}");
        assert_eq!(idle.awake(), 1);
    });
}
