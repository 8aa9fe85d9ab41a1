//! A thread that wakes waiters whose poll does not end.
//!
//! Whatever it finds twice, [`GRACE`] apart, it wakes, and says so to the run, which then
//! refuses less.
//!
//! Called by `deferred` for each waiter that was refused, and at the end of its poll.
//!
//! Always true: a waiter that was pushed is woken once, by the run or by the rescuer. While a
//! waiter is listed, the rescuer is armed, or has not finished its look. No lock is held
//! while waking.
//!
//! Why another thread? Only the thread that polls could tell whether it waits, and it waits
//! in code that we do not see. The thread starts with the first such refusal, and sleeps
//! while there are none.

use crate::sys::{Condvar, Mutex, MutexGuard};
use crate::unwind;
use crate::waiter::Waiter;
use std::mem;
use std::sync::{Arc, PoisonError, Weak};
use std::thread;
use std::time::Duration;

/// How long a poll may leave a refused waiter unwoken: from once to twice this.
const GRACE: Duration = Duration::from_millis(1);

/// The refused waiters of one thread.
pub(super) struct Deferred {
    /// Held for a few moves; never while waking or dropping a waiter.
    list: Mutex<List>,
}

struct List {
    waiters: Vec<Waiter>,
    /// The rescuer has seen these waiters before.
    seen: bool,
    /// The rescuer has woken waiters, and the run has not seen it yet.
    rescued: bool,
}

/// What the thread looks after.
pub(super) struct Rescuer {
    /// Held to add a thread, to arm, and to list the threads.
    state: Mutex<State>,
    armed: Condvar,
}

struct State {
    threads: Vec<Weak<Deferred>>,
    started: bool,
    /// A waiter was pushed since the rescuer last found none.
    armed: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wake(waiters: Vec<Waiter>) {
    for waiter in waiters {
        // A waker that panics must not keep the others from being woken.
        unwind::quietly(|| waiter.wake());
    }
}

impl Deferred {
    /// Wakes everyone who is listed.
    pub(super) fn wake_all(&self) {
        let mut list = lock(&self.list);
        list.rescued = false;
        let waiters = mem::take(&mut list.waiters);
        drop(list);
        wake(waiters);
    }

    /// Whether the rescuer has woken waiters since this was last asked.
    pub(super) fn take_rescued(&self) -> bool {
        mem::take(&mut lock(&self.list).rescued)
    }

    /// True if nobody was listed before.
    fn push(&self, waiter: Waiter) -> bool {
        let mut list = lock(&self.list);
        let first = list.waiters.is_empty();
        if first {
            list.seen = false;
        }
        list.waiters.push(waiter);
        first
    }

    /// Wakes whoever was here at the last look; true if somebody may be left.
    fn rescue(&self) -> bool {
        let mut list = lock(&self.list);
        if list.waiters.is_empty() {
            return false;
        }
        if !mem::replace(&mut list.seen, true) {
            return true;
        }
        let waiters = mem::take(&mut list.waiters);
        list.rescued = true;
        drop(list);
        wake(waiters);
        false
    }
}

impl Rescuer {
    pub(super) fn new() -> Rescuer {
        let state = State { threads: Vec::new(), started: false, armed: false };
        Rescuer { state: Mutex::new(state), armed: Condvar::new() }
    }

    /// The list of a thread that refuses for the first time.
    pub(super) fn add_thread(&self) -> Arc<Deferred> {
        let list = List { waiters: Vec::new(), seen: false, rescued: false };
        let new = Arc::new(Deferred { list: Mutex::new(list) });
        let mut state = lock(&self.state);
        state.threads.retain(|thread| thread.strong_count() != 0);
        state.threads.push(Arc::downgrade(&new));
        new
    }

    /// Lists `waiter` in `ours`, the calling thread's list. Gives it back if there is no
    /// rescuer, and none to be had.
    pub(super) fn push(&'static self, ours: &Deferred, waiter: Waiter) -> Result<(), Waiter> {
        if !self.start() {
            return Err(waiter);
        }
        self.list(ours, waiter);
        Ok(())
    }

    /// Lists `waiter`, and has the rescuer look.
    pub(super) fn list(&self, ours: &Deferred, waiter: Waiter) {
        // After the push: a look that comes before it may find nothing, and disarm. For whoever
        // is listed already, the rescuer comes by anyway.
        if ours.push(waiter) {
            self.arm();
        }
    }

    fn arm(&self) {
        if !mem::replace(&mut lock(&self.state).armed, true) {
            self.armed.notify_one();
        }
    }

    /// Starts the thread, once; false if the system refuses it.
    fn start(&'static self) -> bool {
        let mut state = lock(&self.state);
        if !state.started {
            let spawned = thread::Builder::new().name("tokio-coop".into()).spawn(|| loop {
                self.round(|| thread::sleep(GRACE));
            });
            state.started = spawned.is_ok();
        }
        state.started
    }

    /// Waits until it is armed, and looks at all threads after `pause`.
    pub(super) fn round(&self, pause: impl FnOnce()) {
        let mut state = lock(&self.state);
        while !state.armed {
            state = self.armed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        // Before the look: what is pushed after it arms again.
        state.armed = false;
        let threads: Vec<_> = state.threads.iter().filter_map(Weak::upgrade).collect();
        drop(state);
        pause();
        let mut left = false;
        for thread in threads {
            left |= thread.rescue();
        }
        if left {
            lock(&self.state).armed = true;
        }
    }
}
