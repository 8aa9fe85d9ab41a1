//! Models of `Remote`: pushes against taking, sleeping and closing.
//!
//!     RUSTFLAGS="--cfg loom" cargo test --release -p tokio@0.1.23 --no-default-features \
//!         --features current-thread --lib loom_

use super::remote::{AfterPush, Remote};
use futures::future;
use futures::Future;
use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;
use std::sync::Mutex as StdMutex;
use tokio_executor::task::{NewTask, Owner, OwnerRef, Runnable, TaskRef};

/// Where tasks go when they are dropped.
type Log = std::sync::Arc<StdMutex<Vec<u32>>>;

struct Note(u32, Log);

impl Drop for Note {
    fn drop(&mut self) {
        self.1.lock().unwrap().push(self.0);
    }
}

static NOBODY: Nobody = Nobody;

/// The owner of tasks that are never polled.
struct Nobody;

// SAFETY: it is there for ever.
unsafe impl Owner for Nobody {
    unsafe fn schedule(_: *const Nobody, task: Runnable) {
        panic!("nobody wakes {task:?}");
    }

    unsafe fn list(&self, _: &TaskRef) -> u32 {
        0
    }

    unsafe fn unlist(&self, _: &TaskRef, _: u32) {}
}

/// A task that is good for being queued and dropped.
fn task(id: u32, log: &Log) -> Runnable {
    let note = Note(id, log.clone());
    let task = NewTask::new(future::empty().map(move |()| drop(note)));
    // SAFETY: a static is there for ever.
    unsafe { task.bind(OwnerRef::new(&raw const NOBODY)) }
}

/// An executor's sleep.
struct Sleep {
    token: Mutex<bool>,
    unparked: Condvar,
}

impl Sleep {
    fn new() -> Sleep {
        Sleep { token: Mutex::new(false), unparked: Condvar::new() }
    }

    fn park(&self) {
        let mut token = self.token.lock().unwrap();
        while !*token {
            token = self.unparked.wait(token).unwrap();
        }
        *token = false;
    }

    fn unpark(&self) {
        *self.token.lock().unwrap() = true;
        self.unparked.notify_one();
    }
}

fn model(f: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(f);
}

/// Takes what is there, drops it, oldest first, and says how much it was.
fn take(remote: &Remote) -> usize {
    let mut taken = Vec::new();
    remote.take_all(|task| taken.push(task));
    let len = taken.len();
    taken.into_iter().rev().for_each(drop);
    len
}

#[test]
fn loom_every_pushed_task_is_taken_once_and_each_thread_in_its_order() {
    model(|| {
        let log = Log::default();
        let remote = Arc::new(Remote::new());
        let tasks = [task(1, &log), task(2, &log)];
        let (of_thread, third) = (remote.clone(), task(11, &log));
        let pusher = thread::spawn(move || {
            for task in tasks {
                assert!(!matches!(of_thread.push(task), AfterPush::Refused(_)));
            }
        });
        let of_thread = remote.clone();
        let other = thread::spawn(move || {
            assert!(!matches!(of_thread.push(third), AfterPush::Refused(_)));
        });
        take(&remote);
        pusher.join().unwrap();
        other.join().unwrap();
        take(&remote);
        let order = log.lock().unwrap().clone();
        assert_eq!(order.len(), 3);
        assert!(order.contains(&11));
        let own: Vec<u32> = order.into_iter().filter(|id| *id < 10).collect();
        assert_eq!(own, [1, 2]);
    });
}

#[test]
fn loom_fault_s01_a_sleeper_is_unparked_for_every_task() {
    model(|| {
        let log = Log::default();
        let shared = Arc::new((Remote::new(), Sleep::new()));
        let threads: Vec<_> = (0..2)
            .map(|id| {
                let (shared, task) = (shared.clone(), task(id, &log));
                thread::spawn(move || match shared.0.push(task) {
                    AfterPush::Unpark => shared.1.unpark(),
                    AfterPush::Nothing => {}
                    AfterPush::Refused(_) => panic!("nobody closed"),
                })
            })
            .collect();
        let mut taken = 0;
        while taken < 2 {
            taken += take(&shared.0);
            if taken < 2 && shared.0.is_empty() {
                shared.1.park();
            }
        }
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(log.lock().unwrap().len(), 2);
    });
}

#[test]
fn loom_fault_d06_a_spawn_is_taken_or_refused_when_the_executor_closes() {
    model(|| {
        let log = Log::default();
        let remote = Arc::new(Remote::new());
        let threads: Vec<_> = (0..2)
            .map(|id| {
                let (remote, task) = (remote.clone(), task(id, &log));
                thread::spawn(move || match remote.push(task) {
                    AfterPush::Refused(task) => Some(task),
                    _ => None,
                })
            })
            .collect();
        let mut taken = 0;
        while !remote.close() {
            taken += take(&remote);
        }
        assert!(remote.is_empty());
        let mut refused = 0;
        for thread in threads {
            refused += thread.join().unwrap().into_iter().count();
        }
        assert_eq!(taken + refused, 2);
        assert_eq!(log.lock().unwrap().len(), 2);
    });
}

#[test]
fn loom_fault_t04_closing_waits_for_a_wake_on_its_way() {
    use loom::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    model(|| {
        let log = Log::default();
        let remote = Arc::new(Remote::new());
        let (of_thread, woken) = (remote.clone(), task(7, &log));
        // The executor knows of one task; a waker has it in its hands.
        let done = Arc::new(AtomicUsize::new(0));
        let waker = thread::spawn(move || {
            assert!(!matches!(of_thread.push(woken), AfterPush::Refused(_)));
        });
        loop {
            done.fetch_add(take(&remote), SeqCst);
            if done.load(SeqCst) == 1 && remote.close() {
                break;
            }
            loom::thread::yield_now();
        }
        waker.join().unwrap();
        assert_eq!(*log.lock().unwrap(), [7]);
    });
}
