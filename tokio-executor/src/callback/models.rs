//! A system that calls back, and a wait that is given up before, meanwhile or after.

use super::*;
use loom::sync::atomic::AtomicBool;
use loom::sync::Mutex;
use loom::thread;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::task::{Wake, Waker};

/// What the system knows of a wait.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Waits,
    Runs,
    Ended,
    Unregistered,
}

/// The operating system's part: it calls once, and does not begin to after it was told to end.
struct System {
    stage: Mutex<Stage>,
    address: *const CallbackWait,
}

// SAFETY: the address is used as the system uses it.
unsafe impl Send for System {}
// SAFETY: as above.
unsafe impl Sync for System {}

impl System {
    fn register(wait: &Arc<CallbackWait>) -> Arc<System> {
        let address = CallbackWait::address(wait);
        Arc::new(System { stage: Mutex::new(Stage::Waits), address })
    }

    /// What a thread of the system's does once the process has ended.
    fn call_back(&self) {
        {
            let mut stage = self.stage.lock().unwrap();
            if *stage == Stage::Unregistered {
                return;
            }
            *stage = Stage::Runs;
        }
        // SAFETY: once, and not after the wait was unregistered.
        unsafe { CallbackWait::call(self.address) };
        *self.stage.lock().unwrap() = Stage::Ended;
    }

    /// Ends the wait; false if the callback runs at this moment.
    fn unregister(&self) -> bool {
        let mut stage = self.stage.lock().unwrap();
        match *stage {
            Stage::Runs => false,
            Stage::Ended => true,
            Stage::Waits | Stage::Unregistered => {
                *stage = Stage::Unregistered;
                true
            }
        }
    }
}

fn give_up(wait: Arc<CallbackWait>, system: &System) {
    // SAFETY: the wait was registered, and ends once.
    unsafe { CallbackWait::end(&wait, system.unregister()) };
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.store(true, Release);
    }
}

/// The wait goes at any moment: what it shares with the callback is freed once, by the last to
/// use it, and with it the task.
#[test]
fn loom_a_wait_that_is_given_up_beside_its_call_is_freed_once() {
    loom::model(|| {
        let wait = CallbackWait::new();
        let system = System::register(&wait);
        let flag = std::sync::Arc::new(Flag(AtomicBool::new(false)));
        wait.register(&Context::from_waker(&Waker::from(flag.clone())));
        let calls = {
            let system = system.clone();
            thread::spawn(move || system.call_back())
        };
        give_up(wait, &system);
        calls.join().unwrap();
        assert_eq!(std::sync::Arc::strong_count(&flag), 1, "the task is kept");
    });
}

/// Who registers while the call comes sees what ended, or is woken.
#[test]
fn loom_a_call_beside_a_registration_is_not_missed() {
    loom::model(|| {
        let wait = CallbackWait::new();
        let system = System::register(&wait);
        let ended = Arc::new(AtomicBool::new(false));
        let calls = {
            let (system, ended) = (system.clone(), ended.clone());
            thread::spawn(move || {
                ended.store(true, Relaxed);
                system.call_back();
            })
        };
        let flag = std::sync::Arc::new(Flag(AtomicBool::new(false)));
        wait.register(&Context::from_waker(&Waker::from(flag.clone())));
        let seen = ended.load(Relaxed);
        calls.join().unwrap();
        assert!(seen || flag.0.load(Acquire), "neither seen nor woken");
        give_up(wait, &system);
    });
}

/// A waker that gives up the wait, in the callback itself.
struct GivesUp(Mutex<Option<(Arc<CallbackWait>, Arc<System>)>>);

impl GivesUp {
    fn give_up(&self) {
        let had = self.0.lock().unwrap().take();
        if let Some((wait, system)) = had {
            give_up(wait, &system);
        }
    }
}

impl Wake for GivesUp {
    fn wake(self: std::sync::Arc<Self>) {
        self.give_up();
    }
}

/// The task that is woken drops its child there and then; or another thread does, just before.
#[test]
fn loom_a_waker_gives_up_the_wait_within_the_call() {
    loom::model(|| {
        let wait = CallbackWait::new();
        let system = System::register(&wait);
        let has = GivesUp(Mutex::new(Some((wait.clone(), system.clone()))));
        let has = std::sync::Arc::new(has);
        wait.register(&Context::from_waker(&Waker::from(has.clone())));
        drop(wait);
        let calls = thread::spawn(move || system.call_back());
        has.give_up();
        calls.join().unwrap();
    });
}
