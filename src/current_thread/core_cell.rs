//! What one thread at a time may have, and others wait to take over.
//!
//! The runtime of one thread keeps its executor here. Who blocks on a future takes it, or
//! waits for it beside its own future; who is done puts it back, and wakes one of those who
//! wait.
//!
//! Called by `tokio-await`'s runtime of one thread.
//!
//! Always true: while the core lies in the cell and somebody waits, one of those was woken
//! and has not looked yet. Who was woken and needs the core no more passes the wake-up on.
//!
//! Why not a `Mutex` around the core? Whoever waits for the core polls its own future meanwhile,
//! and is to be woken by either.

use std::collections::VecDeque;
use std::fmt;
use tokio_executor::internals::sys::{Arc, Mutex, MutexGuard};
use tokio_executor::park::Token;

/// A place for a core.
pub struct CoreCell<T> {
    /// Held to put, take and wait; never while running anything or waking anybody.
    state: Mutex<State<T>>,
}

struct State<T> {
    core: Option<T>,
    waiting: VecDeque<Arc<Token>>,
}

/// A core, taken from its cell.
///
/// # Dropping
///
/// Puts it back, and wakes one of those who wait for it.
pub struct Claim<'a, T> {
    cell: &'a CoreCell<T>,
    core: Option<T>,
}

impl<T> CoreCell<T> {
    /// Returns a cell with `core` in it.
    pub fn new(core: T) -> CoreCell<T> {
        CoreCell { state: Mutex::new(State { core: Some(core), waiting: VecDeque::new() }) }
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Takes the core for good, if it is there.
    pub fn take(&self) -> Option<T> {
        self.state().core.take()
    }

    /// Takes the core if it is there.
    pub fn claim(&self) -> Option<Claim<'_, T>> {
        self.take().map(|core| Claim { cell: self, core: Some(core) })
    }

    /// Takes the core if it is there; otherwise `token` is unparked once it may be.
    ///
    /// Ends with the claim or with [`leave`](CoreCell::leave).
    pub fn claim_or_wait(&self, token: &Arc<Token>) -> Option<Claim<'_, T>> {
        let mut state = self.state();
        let listed = state.waiting.iter().position(|other| Arc::ptr_eq(other, token));
        if let Some(core) = state.core.take() {
            if let Some(at) = listed {
                state.waiting.remove(at);
            }
            return Some(Claim { cell: self, core: Some(core) });
        }
        if listed.is_none() {
            state.waiting.push_back(token.clone());
        }
        None
    }

    /// Takes `token` out of those that wait.
    pub fn leave(&self, token: &Arc<Token>) {
        let mut state = self.state();
        let listed = state.waiting.iter().position(|other| Arc::ptr_eq(other, token));
        match listed {
            Some(at) => {
                state.waiting.remove(at);
            }
            // It was woken for the core, and does not come for it.
            None if state.core.is_some() => {
                let next = state.waiting.pop_front();
                drop(state);
                if let Some(next) = next {
                    next.unpark();
                }
            }
            None => {}
        }
    }

    fn put(&self, core: T) {
        let mut state = self.state();
        state.core = Some(core);
        let next = state.waiting.pop_front();
        drop(state);
        if let Some(next) = next {
            next.unpark();
        }
    }
}

impl<T> Claim<'_, T> {
    /// Returns the core.
    #[expect(clippy::missing_panics_doc, reason = "never: only the drop takes the core")]
    pub fn core(&mut self) -> &mut T {
        self.core.as_mut().expect("a claim has its core until it is dropped")
    }
}

impl<T> Drop for Claim<'_, T> {
    fn drop(&mut self) {
        if let Some(core) = self.core.take() {
            self.cell.put(core);
        }
    }
}

impl<T> fmt::Debug for CoreCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CoreCell").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Claim<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim").finish_non_exhaustive()
    }
}

#[cfg(all(loom, test))]
mod models {
    //! Several block on futures of their own over one core.

    use super::*;
    use loom::sync::atomic::AtomicUsize;
    use loom::thread;
    use std::sync::atomic::Ordering::{Relaxed, SeqCst};

    /// Waits for the core as `block_on` does, and uses it once.
    fn drive(cell: &CoreCell<usize>) {
        let token = Arc::new(Token::new());
        loop {
            if let Some(mut claim) = cell.claim_or_wait(&token) {
                *claim.core() += 1;
                return;
            }
            token.park(None);
        }
    }

    #[test]
    fn loom_whoever_waits_for_the_core_gets_it() {
        loom::model(|| {
            let cell = Arc::new(CoreCell::new(0));
            let others: Vec<_> = (0..2)
                .map(|_| {
                    let cell = cell.clone();
                    thread::spawn(move || drive(&cell))
                })
                .collect();
            drive(&cell);
            others.into_iter().for_each(|other| other.join().unwrap());
            assert_eq!(cell.take(), Some(3));
        });
    }

    /// One waits for a future of its own beside the core, and leaves when that is done; the
    /// wake-up that it may have been given goes on to the next.
    #[test]
    fn loom_who_leaves_passes_the_wake_up_on() {
        loom::model(|| {
            let cell = Arc::new(CoreCell::new(0));
            let done = Arc::new(AtomicUsize::new(0));
            let leaves = {
                let (cell, done) = (cell.clone(), done.clone());
                thread::spawn(move || {
                    let token = Arc::new(Token::new());
                    match cell.claim_or_wait(&token) {
                        Some(claim) => drop(claim),
                        None => cell.leave(&token),
                    }
                    done.fetch_add(1, SeqCst);
                })
            };
            let drives = {
                let cell = cell.clone();
                thread::spawn(move || drive(&cell))
            };
            drive(&cell);
            leaves.join().unwrap();
            drives.join().unwrap();
            assert_eq!(done.load(Relaxed), 1);
            assert_eq!(cell.take(), Some(2));
        });
    }
}
