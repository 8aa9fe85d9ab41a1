//! How far a background reactor is, and how its thread learns that it is to end.
//!
//! ```text
//!  RUNNING ---> IDLE_ENDS ---> ENDING ---> ENDED
//! ```
//!
//! Called by `background`. Handles move the stage forward, up to ENDING; the thread moves it to
//! ENDED when the reactor is dropped.
//!
//! Always true: the stage only moves forward. The thread that moves it makes the reactor's turn
//! return after that, and so does the thread that removes the last source of a watched table.

use std::io;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::task::Poll;
use tokio_executor::internals::sys::AtomicU8;
use tokio_executor::task::Context;
use tokio_executor::waiter::WaiterCell;

#[cfg(all(test, loom))]
#[expect(unsafe_code, reason = "models share data whose ordering they check")]
mod models;

const RUNNING: u8 = 0;
pub(super) const IDLE_ENDS: u8 = 1;
pub(super) const ENDING: u8 = 2;
const ENDED: u8 = 3;

/// See the top of the file.
#[derive(Debug)]
pub(super) struct Stage {
    stage: AtomicU8,
    waiter: WaiterCell,
}

/// What the thread runs: a reactor.
pub(super) trait Turns {
    /// Whether it has no source.
    fn is_idle(&self) -> bool;

    /// Waits for events, and dispatches them.
    fn turn(&mut self) -> io::Result<()>;
}

impl Stage {
    pub(super) fn new() -> Stage {
        Stage { stage: AtomicU8::new(RUNNING), waiter: WaiterCell::new() }
    }

    /// Moves on to `stage`, unless that is past. The caller then ends the reactor's turn.
    pub(super) fn raise(&self, stage: u8) {
        // Release: the thread sees what was done to the sources before.
        self.stage.fetch_max(stage, Release);
    }

    /// Runs `reactor` until it is to end.
    pub(super) fn run(&self, reactor: impl Turns) {
        // Also when a task's waker panics: whoever waits for the end is not left alone.
        let _ended = Ended(self);
        // After the guard, so that it is dropped before it.
        let mut reactor = reactor;
        loop {
            // Acquire: see `raise`.
            match self.stage.load(Acquire) {
                RUNNING => {}
                IDLE_ENDS if !reactor.is_idle() => {}
                _ => break,
            }
            if let Err(error) = reactor.turn() {
                log::error!("the background reactor ends, for it cannot poll: {error}");
                break;
            }
        }
    }

    /// Whether the reactor was dropped; wakes the asking task when it is.
    pub(super) fn poll_ended(&self, cx: &Context<'_>) -> Poll<()> {
        self.waiter.register(cx);
        // Acquire: see `Ended`.
        if self.stage.load(Acquire) == ENDED {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

struct Ended<'a>(&'a Stage);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        // Release: whoever learns of the end sees the reactor's descriptors closed.
        self.0.stage.store(ENDED, Release);
        self.0.waiter.wake();
    }
}
