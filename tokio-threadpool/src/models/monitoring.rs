//! Who monitors a worker that has work.

use crate::duties::Duty;
use crate::idle::Idle;
use loom::sync::atomic::AtomicBool;
use loom::sync::{Arc, Mutex};
use loom::thread;
use std::sync::atomic::Ordering::Relaxed;
use tokio_executor::park::Token;

/// Two workers. Worker 0 is woken for a task; worker 1 may monitor it.
struct Pair {
    idle: Idle,
    duty: Duty,
    /// Worker 1's.
    token: Token,
}

impl Pair {
    fn new() -> Arc<Pair> {
        let pair = Pair { idle: Idle::new(2), duty: Duty::new(), token: Token::new() };
        Arc::new(pair)
    }

    /// Worker 0 has found the task that it was woken for, and there is no other one: as
    /// `Core::found_after_sleep`, with `Shared::call_monitor`.
    fn finds_a_task(&self) {
        let _ = self.idle.found();
        if !self.duty.is_surely_held() && self.idle.is_asleep(1) {
            self.token.unpark();
        }
    }

    /// Worker 1 sleeps until it has the duty: as `Core::park` with `Monitor::is_needed`.
    fn sleeps_until_on_duty(&self) {
        while !(self.idle.awake() > 0 && self.duty.take()) {
            self.token.park(None);
        }
    }
}

/// A worker is woken for one task while the other one sleeps, or falls asleep: that one gets
/// the duty. (A call that is lost shows as a deadlock.)
#[test]
fn loom_a_worker_that_is_woken_for_one_task_calls_a_monitor() {
    for asleep in [true, false] {
        loom::model(move || {
            let pair = Pair::new();
            // As `Shared::inject`, by a thread that is no worker.
            assert_eq!(pair.idle.wake_for_injected(), Some(0));
            if !asleep {
                assert_eq!(pair.idle.wake_any(), Some(1));
                assert!(!pair.idle.found());
            }
            let monitor = {
                let pair = pair.clone();
                thread::spawn(move || {
                    if !asleep {
                        pair.idle.sleep(1, false);
                    }
                    pair.sleeps_until_on_duty();
                })
            };
            pair.finds_a_task();
            monitor.join().unwrap();
        });
    }
}

/// The monitor ends its duty, for nobody is awake, as a worker is woken for a task: it stays
/// on duty, or is called back.
#[test]
fn loom_a_monitor_that_stands_down_is_called_back() {
    loom::model(|| {
        let pair = Pair::new();
        assert!(pair.duty.take());
        let monitor = {
            let pair = pair.clone();
            thread::spawn(move || {
                // As `Monitor::is_needed`, on duty.
                if pair.idle.awake() > 0 {
                    return;
                }
                pair.duty.release();
                pair.sleeps_until_on_duty();
            })
        };
        assert_eq!(pair.idle.wake_for_injected(), Some(0));
        pair.finds_a_task();
        monitor.join().unwrap();
        assert!(pair.duty.is_held(), "nobody monitors");
    });
}

/// Worker 1 gives up its thread as worker 0 calls it to monitor.
#[test]
fn loom_a_call_for_a_monitor_outlives_the_thread_of_who_was_called() {
    struct Retires {
        pair: Arc<Pair>,
        /// Worker 1's core has a thread: as `WorkerState::parked_core`.
        has_thread: Mutex<bool>,
        /// It got a new one, on which it takes the duty.
        started: AtomicBool,
    }

    impl Retires {
        /// As `Shared::call_monitor`.
        fn call_monitor(&self) {
            if self.pair.idle.is_asleep(1) && *self.has_thread.lock().unwrap() {
                self.pair.token.unpark();
            } else if self.pair.idle.wake_any() == Some(1) {
                self.started.store(true, Relaxed);
            }
        }

        /// As the end of `Core::park`, and `retire`.
        fn gives_up_its_thread(&self) {
            if self.pair.idle.awake() > 0 && self.pair.duty.take() {
                return;
            }
            *self.has_thread.lock().unwrap() = false;
            if self.pair.idle.awake() > 0 && !self.pair.duty.is_surely_held() {
                self.call_monitor();
            }
        }
    }

    loom::model(|| {
        let pair = Pair::new();
        let all = Retires { pair, has_thread: Mutex::new(true), started: AtomicBool::new(false) };
        let all = Arc::new(all);
        let sleeper = {
            let all = all.clone();
            thread::spawn(move || all.gives_up_its_thread())
        };
        // As `finds_a_task`.
        assert_eq!(all.pair.idle.wake_for_injected(), Some(0));
        let _ = all.pair.idle.found();
        if !all.pair.duty.is_surely_held() {
            all.call_monitor();
        }
        sleeper.join().unwrap();
        assert!(all.pair.duty.is_held() || all.started.load(Relaxed), "nobody monitors");
    });
}
