//! A paused clock against holds, and against a driver that moves it on.

use super::{Flow, Holding, Pausable, Watcher};
use loom::thread;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio_executor::internals::sys::UnsafeCell;
use tokio_executor::park::Token;

/// A driver that sleeps until a deadline of its clock.
struct Driver {
    clock: Arc<Pausable>,
    token: Token,
}

impl Watcher for Driver {
    fn clock_changed(&self) {
        self.token.unpark();
    }
}

impl Driver {
    fn new() -> Arc<Driver> {
        let driver = Arc::new(Driver { clock: Arc::new(Pausable::new()), token: Token::new() });
        let watcher: Weak<dyn Watcher> = Arc::downgrade(&driver) as _;
        driver.clock.watch(watcher);
        driver
    }

    /// As `Timers::sleep`, until the clock has been moved on.
    fn sleeps(&self) {
        let deadline = self.clock.now() + Duration::from_secs(3600);
        loop {
            if self.clock.flow() == Flow::Skips {
                self.clock.skip_to(deadline);
            }
            if self.clock.now() >= deadline {
                return;
            }
            self.token.park(None);
        }
    }
}

/// A clock is paused as the last hold is given up: the driver learns of one of the two, and
/// moves the clock on. (If it learns of neither, that shows as a deadlock.)
#[test]
fn loom_a_paused_clock_moves_on_after_the_last_hold() {
    loom::model(|| {
        let driver = Driver::new();
        let held = Holding::new(driver.clock.clone());
        let holder = thread::spawn(move || drop(held));
        let pauser = {
            let clock = driver.clock.clone();
            thread::spawn(move || clock.pause().unwrap())
        };
        driver.sleeps();
        holder.join().unwrap();
        pauser.join().unwrap();
    });
}

/// What one thread writes while it holds the clock.
struct Data(UnsafeCell<u32>);

// SAFETY: loom checks each access.
unsafe impl Send for Data {}
// SAFETY: as above.
unsafe impl Sync for Data {}

/// Who finds that the clock is held no more sees what was done meanwhile.
#[test]
fn loom_what_was_done_during_a_hold_is_done_before_time_passes() {
    loom::model(|| {
        let clock = Arc::new(Pausable::new());
        clock.pause().unwrap();
        let data = Arc::new(Data(UnsafeCell::new(0)));
        let held = Holding::new(clock.clone());
        let holder = {
            let data = data.clone();
            thread::spawn(move || {
                // SAFETY: loom reports an access at the same time.
                data.0.with_mut(|data| unsafe { *data = 7 });
                drop(held);
            })
        };
        if clock.flow() == Flow::Skips {
            // SAFETY: as above.
            data.0.with(|data| assert_eq!(unsafe { *data }, 7));
        }
        holder.join().unwrap();
    });
}
