//! Waiters that were refused for want of budget inside the poll of a task that is not theirs.
//!
//! A set of futures hands its children wakers of its own: a child that is refused is woken
//! when the task's poll is over, by the run that polled it, for else the set would poll it
//! again at once and for ever. But the poll may be waiting for that very child, in a
//! `block_on` of another library. So a second thread looks after them: whatever it finds twice,
//! [`GRACE`] apart, it wakes itself, and says so to the run, which then refuses less.
//!
//! Always true: a waiter that was pushed is woken once, by the run or by that thread. No lock
//! is held while waking.
//!
//! Why another thread? Only the thread that polls could tell whether it waits, and it waits
//! in code that we do not see. The thread starts with the first such refusal, and sleeps
//! while there are none.

use crate::unwind;
use crate::waiter::Waiter;
use std::cell::RefCell;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

/// How long a poll may leave a refused waiter unwoken: from once to twice this.
const GRACE: Duration = Duration::from_millis(1);

/// The refused waiters of one thread.
struct Deferred {
    /// Held for a few moves; never while waking or dropping a waiter.
    list: Mutex<List>,
}

struct List {
    waiters: Vec<Waiter>,
    /// The rescuer has seen these waiters before.
    seen: bool,
    /// The rescuer has woken waiters, and the run is not told yet.
    rescued: bool,
}

thread_local! {
    static OURS: RefCell<Option<Arc<Deferred>>> = const { RefCell::new(None) };
}

/// The rescuer, and what it looks after.
static RESCUER: Rescuer = Rescuer {
    state: Mutex::new(State { threads: Vec::new(), started: false, armed: false }),
    armed: Condvar::new(),
};

struct Rescuer {
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

fn ours() -> Option<Arc<Deferred>> {
    OURS.try_with(|ours| {
        let mut ours = ours.borrow_mut();
        ours.get_or_insert_with(|| {
            let list = List { waiters: Vec::new(), seen: false, rescued: false };
            let new = Arc::new(Deferred { list: Mutex::new(list) });
            let mut state = lock(&RESCUER.state);
            state.threads.retain(|thread| thread.strong_count() != 0);
            state.threads.push(Arc::downgrade(&new));
            new
        })
        .clone()
    })
    .ok()
}

/// Has `waiter` woken when the current poll is over, or when that does not end.
pub(super) fn push(waiter: Waiter) {
    // A thread that ends polls nothing for long.
    let Some(ours) = ours() else { return waiter.wake() };
    if !RESCUER.arm() {
        return waiter.wake();
    }
    let mut list = lock(&ours.list);
    if list.waiters.is_empty() {
        list.seen = false;
    }
    list.waiters.push(waiter);
}

/// Wakes everyone who was pushed by this thread.
pub(super) fn wake_all() {
    let Some(ours) = ours() else { return };
    let mut list = lock(&ours.list);
    list.rescued = false;
    let waiters = mem::take(&mut list.waiters);
    drop(list);
    wake(waiters);
}

/// Whether the rescuer has woken waiters of this thread since this was last asked.
pub(super) fn take_rescued() -> bool {
    ours().is_some_and(|ours| mem::take(&mut lock(&ours.list).rescued))
}

fn wake(waiters: Vec<Waiter>) {
    for waiter in waiters {
        // A waker that panics must not keep the others from being woken.
        unwind::quietly(|| waiter.wake());
    }
}

impl Rescuer {
    /// Has the rescuer look; false if there is none.
    fn arm(&'static self) -> bool {
        let mut state = lock(&self.state);
        if !state.started {
            let spawned =
                thread::Builder::new().name("tokio-coop".into()).spawn(move || self.run());
            state.started = spawned.is_ok();
        }
        if !mem::replace(&mut state.armed, true) {
            self.armed.notify_one();
        }
        state.started
    }

    fn run(&self) {
        loop {
            let mut state = lock(&self.state);
            while !state.armed {
                state = self.armed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            // Before the look: what is pushed after it arms again.
            state.armed = false;
            let threads: Vec<_> = state.threads.iter().filter_map(Weak::upgrade).collect();
            drop(state);
            thread::sleep(GRACE);
            let mut left = false;
            for thread in threads {
                left |= thread.rescue();
            }
            if left {
                lock(&self.state).armed = true;
            }
        }
    }
}

impl Deferred {
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
