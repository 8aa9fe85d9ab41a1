//! What the reactor keeps of one source: its readiness word and its waiting tasks.
//!
//! Called by the dispatcher ([`Source::event`]) and by the owner of the source, which polls one
//! side of it and, not finding it ready, leaves its task in that side's cell.
//!
//! Always true: the waiter goes into its cell before the word is read a last time, and
//! an event goes into the word before the cell is emptied. So either the poll sees the
//! event or the event sees the waiter.
//!
//! Why two cells, and a list beside them? Nearly every source has one task that reads and one that
//! writes; they wait without a lock or an allocation.

use crate::readiness::{AfterEvent, Direction, Readiness, Seen, Sides};
use crate::sys::Watch;
use crate::waiters::{Leaked, Waiters};
use std::task::Poll;
use tokio_executor::internals::inspect::{self, Detail, Wait};
use tokio_executor::internals::unwind;
use tokio_executor::task::Context;
use tokio_executor::waiter::{Waiter, WaiterCell};

/// See the top of the file.
///
/// Aligned to cache lines: neighbours in a page belong to different tasks, on different
/// workers. Not by crossbeam's `CachePadded`, which rounds the size up to 128 or 256 bytes
/// after the processor: a source fills two lines of 64 by itself.
#[derive(Debug)]
#[repr(align(64))]
pub(crate) struct Source {
    readiness: Readiness,
    reader: WaiterCell,
    writer: WaiterCell,
    waiters: Waiters,
    /// What the platform keeps of it.
    watch: Watch,
}

/// Wakes who waits in `cell`. A waker that panics must not keep the other tasks of the turn
/// from their events, nor take the thread along that drives. The panic hook has reported it.
fn wake(cell: &WaiterCell) {
    unwind::quietly(|| cell.wake());
}

impl Source {
    pub(crate) fn new() -> Source {
        Source {
            readiness: Readiness::new(),
            reader: WaiterCell::new(),
            writer: WaiterCell::new(),
            waiters: Waiters::new(),
            watch: Watch::new(),
        }
    }

    /// What the source is ready for, once that is among `sides`, which are of the one
    /// direction. Until then the task is woken at each event of that direction.
    ///
    /// # Panics
    ///
    /// If the task has to wait and `cx` stands for a futures 0.1 task that does not
    /// exist.
    #[inline]
    pub(crate) fn poll(&self, direction: Direction, sides: Sides, cx: &Context<'_>) -> Poll<Seen> {
        let seen = self.readiness.load();
        if seen.ends_wait_for(sides) {
            return Poll::Ready(seen);
        }
        self.note(direction);
        self.cell(direction).register(cx);
        let seen = self.readiness.load();
        if seen.ends_wait_for(sides) {
            return Poll::Ready(seen);
        }
        Poll::Pending
    }

    /// Notes what the task that asks is about to wait for.
    #[inline]
    pub(crate) fn note(&self, direction: Direction) {
        inspect::note(|| Wait {
            kind: match direction {
                Direction::Read => "socket, to read",
                Direction::Write => "socket, to write",
            },
            address: std::ptr::from_ref(self).addr(),
            detail: self.watch.descriptor().map_or(Detail::None, Detail::Descriptor),
        });
    }

    pub(crate) fn readiness(&self) -> &Readiness {
        &self.readiness
    }

    /// Records an event and wakes whom it concerns.
    pub(crate) fn event(&self, generation: u32, sides: Sides) {
        let after = self.readiness.event(generation, sides);
        if after == AfterEvent::Nothing {
            return;
        }
        if sides.concern(Direction::Read) {
            wake(&self.reader);
        }
        if sides.concern(Direction::Write) {
            wake(&self.writer);
        }
        if after == AfterEvent::WakeCellsAndList {
            self.waiters.wake(&self.readiness, sides);
        }
    }

    /// Says that no event will come any more, and wakes both sides to find out.
    pub(crate) fn close(&self) {
        self.readiness.close();
        wake(&self.reader);
        wake(&self.writer);
        self.waiters.wake(&self.readiness, Sides::ALL);
    }

    pub(crate) fn waiters(&self) -> &Waiters {
        &self.waiters
    }

    pub(crate) fn assign(&self, assumed: Sides) -> u32 {
        self.readiness.assign(assumed)
    }

    /// Ends this source; the entry may then be given away. Drop what it returns while
    /// no lock is held.
    pub(crate) fn retire(&self) -> ([Option<Waiter>; 2], Leaked) {
        // The list first: `retire` clears `listed` with the rest.
        let leaked = self.waiters.clear();
        self.readiness.retire();
        self.watch.clear();
        ([self.reader.take(), self.writer.take()], leaked)
    }

    /// Says that an operation found the source not ready for `sides`, as of `seen`.
    pub(crate) fn clear(&self, seen: Seen, sides: Sides) {
        self.readiness.clear(seen, sides);
        self.watch.rearm();
    }

    /// As [`clear`](Source::clear), as of the event that was counted as `tick`.
    pub(crate) fn clear_at(&self, tick: u16, sides: Sides) {
        self.readiness.clear_at(tick, sides);
        self.watch.rearm();
    }

    pub(crate) fn watch(&self) -> &Watch {
        &self.watch
    }

    fn cell(&self, direction: Direction) -> &WaiterCell {
        match direction {
            Direction::Read => &self.reader,
            Direction::Write => &self.writer,
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::Source;

    /// An idle connection costs this much here.
    #[test]
    fn a_source_takes_two_cache_lines() {
        assert!(size_of::<Source>() <= 128, "{} bytes", size_of::<Source>());
    }
}
