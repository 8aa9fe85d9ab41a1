//! The readiness word of one source.
//!
//! ```text
//!   63        32 31  18    17      16    15        8 7        0
//!  +------------+------+--------+------+------------+-----------+
//!  | generation | tick | listed | gone | write side | read side |
//!  +------------+------+--------+------+------------+-----------+
//! ```
//!
//! - *generation* counts the sources that have had this entry. An event carries the
//!   generation it is meant for; one for a former source changes nothing.
//! - *tick* counts the events. Who finds by an operation that a side is no longer ready
//!   says which tick that is true for; an event that came later stands.
//! - *listed* is set while tasks wait in the source's list. The event that is recorded
//!   finds out by the same operation whether it has to look there.
//! - *gone* is set once the reactor is dropped, and stays.
//! - Each *side* has the bits of a [`Ready`] that concern it, so that a reader never
//!   clears what the writer waits for, nor the other way round. Bit 7, which `Ready`
//!   does not use, says that the side is closed.
//!
//! Called by the dispatcher (`event`), by the side that waits (`load`, then `clear` or `consume`),
//! by the list of waiters (`list`, `unlist`) and by the table (`assign`, `retire`, `close`).
//!
//! Always true: every move is one read-modify-write, so none is lost; and what an event releases
//! reaches every later `load`, whatever moved the word in between.
//!
//! Why not a flag for each side? An operation that clears a flag after an event has set it again
//! would lose that event: the tick tells the two apart.

use crate::evented::Ready;
use std::fmt;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use tokio_executor::internals::sys::AtomicU64;

/// What follows from recording an event.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AfterEvent {
    /// It was for a former source.
    Nothing,
    WakeCells,
    WakeCellsAndList,
}

/// One side of a source: what a reader waits for, or what a writer waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Read,
    Write,
}

/// See the top of the file.
pub(crate) struct Readiness {
    word: AtomicU64,
}

/// Which sides an event says are closed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Closed {
    pub(crate) read: bool,
    pub(crate) write: bool,
}

/// The word as it was at one moment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen(u64);

/// Bits of both sides, in their places in the word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Sides(u64);

const READABLE: u64 = 1;
const WRITABLE: u64 = 1 << 1;
const ERROR: u64 = 1 << 2;
const HUP: u64 = 1 << 3;
/// On the read side: the peer sends no more: everything it sent, and then end of file, can
/// be read. On the write side: nothing that is written will be read.
const CLOSED: u64 = 1 << 7;

/// The bits of `Ready` that have a place in the word.
const READY: u64 = 0x7f;
const SIDE: u64 = 0xff;
const WRITE_SHIFT: u32 = 8;
const SIDES: u64 = 0xffff;
const GONE: u64 = 1 << 16;
const LISTED: u64 = 1 << 17;
const TICK_ONE: u64 = 1 << 18;
const TICK: u64 = 0x3fff << 18;
const GENERATION_SHIFT: u32 = 32;
const GENERATION: u64 = ((1 << GENERATION_BITS) - 1) << GENERATION_SHIFT;

/// How many generations an event's token can tell apart.
pub(crate) const GENERATION_BITS: u32 = if usize::BITS >= 64 { 32 } else { 12 };

impl Direction {
    const fn shift(self) -> u32 {
        match self {
            Direction::Read => 0,
            Direction::Write => WRITE_SHIFT,
        }
    }

    /// The bits of `Ready` by which this side becomes ready.
    const fn bits(self) -> u64 {
        match self {
            Direction::Read => READY & !WRITABLE,
            Direction::Write => WRITABLE | ERROR | HUP,
        }
    }

    const fn mask(self) -> u64 {
        self.bits() << self.shift()
    }
}

impl Sides {
    pub(crate) const NONE: Sides = Sides(0);
    pub(crate) const ALL: Sides = Sides(SIDES);
    pub(crate) const READ_CLOSED: Sides = Sides(CLOSED | HUP);
    pub(crate) const WRITE_CLOSED: Sides = Sides((CLOSED | HUP) << WRITE_SHIFT);
    pub(crate) const ERRORS: Sides = Sides(ERROR | ERROR << WRITE_SHIFT);
    /// What a socket is taken for before anyone has tried it.
    pub(crate) const ASSUMED: Sides = Sides(READABLE | WRITABLE << WRITE_SHIFT);

    /// Gives each side its part of an event.
    pub(crate) fn of_event(ready: Ready, closed: Closed) -> Sides {
        let ready = ready.as_usize() as u64 & READY;
        let read = ready & Direction::Read.bits() | if closed.read { CLOSED } else { 0 };
        let write = ready & Direction::Write.bits() | if closed.write { CLOSED } else { 0 };
        Sides(read | write << WRITE_SHIFT)
    }

    /// The bits of `ready` on one side only.
    pub(crate) fn of_side(direction: Direction, ready: Ready) -> Sides {
        let ready = ready.as_usize() as u64 & READY;
        Sides((ready & direction.bits()) << direction.shift())
    }

    /// Everything by which one side becomes ready.
    pub(crate) const fn any(direction: Direction) -> Sides {
        Sides(direction.mask())
    }

    /// The side that they are of; the read side, if of both.
    pub(crate) const fn direction(self) -> Direction {
        if self.0 & SIDE != 0 {
            Direction::Read
        } else {
            Direction::Write
        }
    }

    /// What is assumed of a socket that would block in one direction.
    pub(crate) const fn assumed_except(direction: Direction) -> Sides {
        Sides(Sides::ASSUMED.0 & !direction.mask())
    }

    /// Everything of one side.
    pub(crate) const fn whole(direction: Direction) -> Sides {
        Sides(SIDE << direction.shift())
    }

    /// What of one side an event reports once; a hang-up stays.
    pub(crate) const fn events(direction: Direction) -> Sides {
        Sides((SIDE & !HUP) << direction.shift())
    }

    pub(crate) const fn union(self, other: Sides) -> Sides {
        Sides(self.0 | other.0)
    }

    pub(crate) const fn intersects(self, other: Sides) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) const fn concern(self, direction: Direction) -> bool {
        self.0 & direction.mask() != 0
    }
}

impl Seen {
    /// Whether any of `sides` is ready, or nothing ever will be.
    pub(crate) const fn ends_wait_for(self, sides: Sides) -> bool {
        self.0 & (sides.0 | GONE) != 0
    }

    pub(crate) const fn is_listed(self) -> bool {
        self.0 & LISTED != 0
    }

    pub(crate) const fn is_gone(self) -> bool {
        self.0 & GONE != 0
    }

    /// What of `sides` is ready.
    pub(crate) const fn among(self, sides: Sides) -> Sides {
        Sides(self.0 & sides.0 & SIDES)
    }

    /// What one side is ready for.
    pub(crate) fn ready(self, direction: Direction) -> Ready {
        Ready::from_usize(((self.0 & direction.mask()) >> direction.shift()) as usize)
    }

    /// Whether a short read or write proves that the side is no longer ready.
    ///
    /// Not after the peer closed, nor with an error or urgent data on the way: there
    /// is more to fetch then, and no further event will say so.
    pub(crate) const fn short_clears(self, direction: Direction) -> bool {
        let plain = match direction {
            Direction::Read => READABLE,
            Direction::Write => WRITABLE,
        };
        self.0 & Sides::whole(direction).0 == plain << direction.shift()
    }

    pub(crate) const fn generation(self) -> u32 {
        (self.0 >> GENERATION_SHIFT) as u32
    }

    /// The tick alone, for the callers that cannot keep a whole `Seen`.
    pub(crate) const fn tick(self) -> u16 {
        ((self.0 & TICK) >> TICK_ONE.trailing_zeros()) as u16
    }

    const fn after_event(self, sides: Sides) -> u64 {
        let tick = self.0.wrapping_add(TICK_ONE) & TICK;
        self.0 & !TICK | tick | sides.0
    }
}

impl Readiness {
    pub(crate) fn new() -> Readiness {
        Readiness { word: AtomicU64::new(0) }
    }

    /// Looks.
    #[inline]
    pub(crate) fn load(&self) -> Seen {
        // Acquire: pairs with the release in `event`.
        Seen(self.word.load(Acquire))
    }

    /// Records an event, unless it is for a former source.
    pub(crate) fn event(&self, generation: u32, sides: Sides) -> AfterEvent {
        let mut seen = Seen(self.word.load(Relaxed));
        loop {
            if seen.generation() != generation {
                return AfterEvent::Nothing;
            }
            // Release: who finds the event by `load`, `consume` or `list` sees what was
            // done before it.
            let moved =
                self.word.compare_exchange_weak(seen.0, seen.after_event(sides), Release, Relaxed);
            match moved {
                Ok(_) if seen.is_listed() => return AfterEvent::WakeCellsAndList,
                Ok(_) => return AfterEvent::WakeCells,
                Err(word) => seen = Seen(word),
            }
        }
    }

    /// Clears what an operation proved to be over, unless an event came since `seen`.
    pub(crate) fn clear(&self, seen: Seen, sides: Sides) {
        let mut word = seen.0;
        loop {
            // Relaxed: nothing travels with it. What events released before stays visible
            // past a read-modify-write.
            match self.word.compare_exchange_weak(word, word & !sides.0, Relaxed, Relaxed) {
                Ok(_) => return,
                // The other side, a waiter or the reactor's end moved the word: try again.
                Err(now) if Seen(now).tick() == seen.tick() => word = now,
                // An event came that the operation may not have been aware of.
                Err(_) => return,
            }
        }
    }

    /// As [`clear`](Readiness::clear), for a caller that kept only the tick.
    pub(crate) fn clear_at(&self, tick: u16, sides: Sides) {
        let now = self.load();
        if now.tick() == tick {
            self.clear(now, sides);
        }
    }

    /// Says that tasks wait in the list, and looks. An event that is not seen here sees
    /// that it has to wake them.
    pub(crate) fn list(&self) -> Seen {
        // Acquire: as in `load`. The entry itself is passed on by the list's lock.
        Seen(self.word.fetch_or(LISTED, Acquire))
    }

    /// Says that no task waits in the list.
    pub(crate) fn unlist(&self) {
        // Relaxed: the list's lock, which is held, orders this with `list`.
        self.word.fetch_and(!LISTED, Relaxed);
    }

    /// Looks, and clears `sides` whatever they were.
    pub(crate) fn consume(&self, sides: Sides) -> Seen {
        // Acquire: as in `load`.
        Seen(self.word.fetch_and(!sides.0, Acquire))
    }

    /// Gives the entry to a new source; returns its generation.
    pub(crate) fn assign(&self, assumed: Sides) -> u32 {
        // Relaxed: the lock of the table orders this with `retire`.
        let before = Seen(self.word.fetch_or(assumed.0, Relaxed));
        debug_assert_eq!(before.0 & (SIDES | LISTED), 0, "the entry of {before:?} was not cleared");
        before.generation()
    }

    /// Takes the entry from its source: later events for it change nothing.
    pub(crate) fn retire(&self) {
        let mut word = self.word.load(Relaxed);
        loop {
            let generation = word.wrapping_add(1 << GENERATION_SHIFT) & GENERATION;
            // Relaxed: the lock of the table orders this with `assign`, and an event
            // that still finds the former generation finds nobody waiting.
            match self.word.compare_exchange_weak(word, generation | word & GONE, Relaxed, Relaxed)
            {
                Ok(_) => return,
                Err(now) => word = now,
            }
        }
    }

    /// Says that no event will ever come again. The caller wakes cells and list.
    pub(crate) fn close(&self) {
        // Relaxed: nothing travels with it; who finds it reports an error. That it is
        // found, or its finder woken, is the business of the cells and of the list's lock.
        self.word.fetch_or(GONE, Relaxed);
    }
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seen")
            .field("generation", &self.generation())
            .field("tick", &self.tick())
            .field("listed", &self.is_listed())
            .field("gone", &self.is_gone())
            .field("read", &self.ready(Direction::Read))
            .field("write", &self.ready(Direction::Write))
            .field("read_closed", &(self.0 & CLOSED != 0))
            .field("write_closed", &(self.0 & CLOSED << WRITE_SHIFT != 0))
            .finish()
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.load().fmt(f)
    }
}
