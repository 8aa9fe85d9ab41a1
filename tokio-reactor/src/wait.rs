//! A wait for one source by way of `&self`.
//!
//! Made by `PollEvented::ready` and its kind (`sharing`); `waiters` keeps its task.
//!
//! Always true: it is in the list of its source's waiters only between a poll that was pending
//! and its end or drop.

use crate::readiness::{Seen, Sides};
use crate::source::Source;
use std::task::Poll;
use tokio_executor::internals::wait_list::Key;
use tokio_executor::task::Context;

/// Waits until a source is ready for any of `sides`, or never will be.
///
/// # Dropping
///
/// Leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Wait<'a> {
    source: &'a Source,
    sides: Sides,
    key: Option<Key>,
}

impl<'a> Wait<'a> {
    pub(crate) fn new(source: &'a Source, sides: Sides) -> Wait<'a> {
        Wait { source, sides, key: None }
    }

    pub(crate) fn poll(&mut self, cx: &Context<'_>) -> Poll<Seen> {
        let seen = self.source.readiness().load();
        if seen.ends_wait_for(self.sides) {
            self.leave();
            return Poll::Ready(seen);
        }
        self.source.note(self.sides.direction());
        // The handle is made before the lock is taken: that may run a caller's code.
        let waiter = cx.waiter();
        let readiness = self.source.readiness();
        let (seen, former) =
            self.source.waiters().enter(readiness, &mut self.key, self.sides, waiter);
        drop(former);
        if seen.ends_wait_for(self.sides) {
            self.leave();
            return Poll::Ready(seen);
        }
        Poll::Pending
    }

    fn leave(&mut self) {
        if let Some(key) = self.key.take() {
            drop(self.source.waiters().leave(self.source.readiness(), key));
        }
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}
