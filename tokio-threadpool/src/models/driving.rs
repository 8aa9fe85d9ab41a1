//! Who drives, who monitors, and who leaves: `park`, `monitor` and `sleep`.
//!
//! A worker that sleeps in the driver, or is to take it over, against an unpark; the duty of
//! the monitor against a worker that wakes up; a thread that retires against its next start.
//!
//! Always true: an unpark ends a sleep; a call that nobody answers shows as a deadlock.

use super::Data;
use crate::duties::{DriverCall, Duty};
use crate::idle::Idle;
use crate::park::sleeper::{OneOf, Sleeper};
use loom::sync::atomic::{AtomicBool, AtomicUsize};
use loom::sync::{Arc, Mutex};
use loom::thread;
use std::sync::atomic::Ordering::Relaxed;
use tokio_executor::park::{Token, Unpark};

/// What stands for the reactor: its wake-up is a token.
struct Reactor(std::sync::Arc<Token>);

impl Unpark for Reactor {
    fn unpark(&self) {
        self.0.unpark();
    }
}

/// S01: an unpark ends the sleep in the driver, whenever it comes.
#[test]
fn loom_fault_s01_an_unpark_ends_the_sleep_in_the_driver() {
    loom::model(|| {
        let reactor = std::sync::Arc::new(Token::new());
        let sleeper = std::sync::Arc::new(Sleeper::new(Reactor(reactor.clone())));
        let unpark = Sleeper::unpark(&sleeper);
        let ready = Arc::new(AtomicBool::new(false));
        let waker = {
            let ready = ready.clone();
            thread::spawn(move || {
                ready.store(true, Relaxed);
                unpark.unpark();
            })
        };
        // A deadlock if the unpark is lost.
        while !ready.load(Relaxed) {
            sleeper.drive(|| reactor.park(None));
        }
        waker.join().unwrap();
    });
}

/// The same when the sleeper is now in the driver and now aside.
#[test]
fn loom_fault_s01_an_unpark_ends_the_sleep_wherever_it_is() {
    loom::model(|| {
        let reactor = std::sync::Arc::new(Token::new());
        let sleeper = std::sync::Arc::new(Sleeper::new(Reactor(reactor.clone())));
        let wake = |events: &Arc<AtomicUsize>| {
            let (unpark, events) = (Sleeper::unpark(&sleeper), events.clone());
            thread::spawn(move || {
                events.fetch_add(1, Relaxed);
                unpark.unpark();
            })
        };
        let events = Arc::new(AtomicUsize::new(0));
        let (a, b) = (wake(&events), wake(&events));
        if events.load(Relaxed) < 1 {
            sleeper.drive(|| reactor.park(None));
        }
        while events.load(Relaxed) < 2 {
            sleeper.park(None);
        }
        a.join().unwrap();
        b.join().unwrap();
    });
}

/// The same when it is now in one driver and now in another.
#[test]
fn loom_an_unpark_ends_the_sleep_in_whichever_driver_it_is() {
    loom::model(|| {
        let tokens = [(); 2].map(|()| std::sync::Arc::new(Token::new()));
        let drivers = OneOf::new(tokens.iter().map(|token| Reactor(token.clone())).collect());
        let sleeper = std::sync::Arc::new(Sleeper::new(drivers));
        let unpark = Sleeper::unpark(&sleeper);
        let ready = Arc::new(AtomicBool::new(false));
        let waker = {
            let ready = ready.clone();
            thread::spawn(move || {
                ready.store(true, Relaxed);
                unpark.unpark();
            })
        };
        // One sleep is over before the unpark, or was ended by it. The other one is in the second
        // driver, by itself: a deadlock if the unpark goes to the first.
        sleeper.driver().choose(0);
        sleeper.drive(|| {});
        while !ready.load(Relaxed) {
            sleeper.driver().choose(1);
            sleeper.drive(|| tokens[1].park(None));
        }
        waker.join().unwrap();
    });
}

/// The monitor ends its duty as a worker wakes up: it sees the worker, or the worker sees
/// that nobody monitors.
#[test]
fn loom_a_worker_that_wakes_up_is_monitored() {
    loom::model(|| {
        let shared = Arc::new((Duty::new(), Idle::new(2)));
        assert!(shared.0.take());
        let worker = {
            let shared = shared.clone();
            thread::spawn(move || {
                // It wakes up by itself, for an event of the driver.
                let by_itself = shared.1.remove(1);
                assert!(by_itself);
                !shared.0.is_surely_held()
            })
        };
        // As `Monitor::is_needed`.
        let busy = shared.1.awake() > 0;
        let on_duty = busy || {
            shared.0.release();
            shared.1.awake() > 0 && shared.0.take()
        };
        let calls = worker.join().unwrap();
        assert!(on_duty || calls, "nobody monitors, and nobody was called");
    });
}

/// Two sleepers: one has the duty at a time.
#[test]
fn loom_the_duty_is_taken_once() {
    loom::model(|| {
        let duty = Arc::new(Duty::new());
        let other = {
            let duty = duty.clone();
            thread::spawn(move || duty.take())
        };
        let mine = duty.take();
        assert!(mine ^ other.join().unwrap());
    });
}

/// The worker that drives leaves for a task, and hands the driver over: a sleeper that
/// stays aside on duty takes it.
#[test]
fn loom_a_driver_that_is_handed_over_is_taken() {
    loom::model(|| {
        let reactor = std::sync::Arc::new(Token::new());
        let sleeper = std::sync::Arc::new(Sleeper::new(Reactor(reactor)));
        let unpark = Sleeper::unpark(&sleeper);
        // The place of the driver: it is with the worker that leaves.
        let shared = Arc::new((DriverCall::new(), Mutex::new(None)));
        let leaves = {
            let shared = shared.clone();
            thread::spawn(move || {
                *shared.1.lock().unwrap() = Some(());
                shared.0.call();
                unpark.unpark();
            })
        };
        // A deadlock if the call is lost.
        loop {
            if shared.0.answer() && shared.1.lock().unwrap().take().is_some() {
                break;
            }
            sleeper.park(None);
        }
        leaves.join().unwrap();
    });
}

/// A worker gives up its thread as a task comes: the task finds the core and starts a
/// thread with it, or the worker stays.
#[test]
fn loom_a_worker_that_retires_is_started_or_stays() {
    loom::model(|| {
        let shared = Arc::new((Idle::new(1), Mutex::new(None::<Arc<Data>>)));
        let retires = {
            let shared = shared.clone();
            thread::spawn(move || {
                // As `sleep::retire`.
                let core = Data::new();
                core.write();
                let mut parked = shared.1.lock().unwrap();
                let sunk = shared.0.move_to_bottom(0);
                if sunk {
                    *parked = Some(core);
                }
                !sunk
            })
        };
        // As `Shared::inject` with `wake_or_start`: there is a sleeper, and nobody searches.
        assert_eq!(shared.0.wake_for_injected(), Some(0));
        let core = shared.1.lock().unwrap().take();
        let started = core.is_some();
        if let Some(core) = core {
            assert_eq!(core.read(), 1);
        }
        let stays = retires.join().unwrap();
        assert!(started ^ stays, "started {started}, stays {stays}");
    });
}
