//! How a thread blocks on a future of a runtime that has one thread.
//!
//! It takes the executor and drives it; while another thread has it, this one polls its own future
//! beside, and comes for the executor once it is free. Called by `Handle`.
//!
//! Always true: whoever was woken for the executor and needs it no more passes the wake-up on.
//!
//! Why not a lock around the executor? See `CoreCell`.

use super::handle::Core;
use std::future::Future;
use std::panic::Location;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Poll, Wake};
use tokio::current_thread::CoreCell;
use tokio_executor::internals::sys;
use tokio_executor::park::Token;
use tokio_executor::Enter;

type SharedToken = sys::Arc<Token>;

/// A thread that waits for the core, or for its future.
struct Waiting(SharedToken);

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

/// Blocks on `future`: drives the core in `cell` if nobody else does, and otherwise waits
/// for it beside the future. The caller is at `at`.
pub(super) fn drive<F: Future>(
    cell: &CoreCell<Core>,
    enter: &mut Enter,
    at: &'static Location<'static>,
    future: F,
) -> F::Output {
    let mut future = pin!(future);
    let mut waiting = None;
    loop {
        let claim = match &waiting {
            None => cell.claim(),
            Some(Waiting(token)) => cell.claim_or_wait(token),
        };
        if let Some(mut claim) = claim {
            let driven = claim.core().block_on(enter, at, future.as_mut());
            return driven.unwrap_or_else(|_| panic!("the reactor of the runtime has failed"));
        }
        let Some(Waiting(token)) = &waiting else {
            waiting = Some(Waiting(SharedToken::new(Token::new())));
            continue;
        };
        /// Ends the wait for the core, also when the future panics.
        struct Leave<'a>(&'a CoreCell<Core>, &'a SharedToken);

        impl Drop for Leave<'_> {
            fn drop(&mut self) {
                self.0.leave(self.1);
            }
        }

        let leave = Leave(cell, token);
        let waker = Arc::new(Waiting(token.clone())).into();
        let mut cx = std::task::Context::from_waker(&waker);
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
        std::mem::forget(leave);
        token.park(None);
    }
}
