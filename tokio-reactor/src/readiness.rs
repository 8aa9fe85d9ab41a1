//! The readiness word of one source.
//!
//! ```text
//!   63        32 31    17   16    15        8 7        0
//!  +------------+--------+------+------------+-----------+
//!  | generation |  tick  | gone | write side | read side |
//!  +------------+--------+------+------------+-----------+
//! ```
//!
//! - *generation* counts the sources that have had this slot. An event carries the
//!   generation it is meant for; one for a former source changes nothing.
//! - *tick* counts the events. Who finds by an operation that a side is no longer ready
//!   says which tick that is true for; an event that came later stands.
//! - *gone* is set once the reactor is dropped, and stays.
//! - Each *side* has the bits of a [`Ready`] that concern it, so that a reader never
//!   clears what the writer waits for, nor the other way round. Bit 7, which `Ready`
//!   does not use, says on the read side that the peer has closed its own.
//!
//! The dispatcher calls `event`; the side that waits calls `load`, then `drained` or
//! `consume`; the table calls `assign`, `retire` and `close`. Every move is one
//! read-modify-write, so none is lost.

use crate::evented::Ready;
use std::fmt;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};
use tokio_executor::sys::AtomicU64;

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
/// The peer sends no more: everything it sent, and then end of file, can be read.
const PEER_CLOSED: u64 = 1 << 7;

/// The bits of `Ready` that have a place in the word.
const READY: u64 = 0x7f;
const SIDE: u64 = 0xff;
const WRITE_SHIFT: u32 = 8;
const SIDES: u64 = 0xffff;
const GONE: u64 = 1 << 16;
const TICK_ONE: u64 = 1 << 17;
const TICK: u64 = 0x7fff << 17;
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
    /// What a socket is taken for before anyone has tried it.
    pub(crate) const PRESUMED: Sides = Sides(READABLE | WRITABLE << WRITE_SHIFT);

    /// Gives each side its part of an event.
    pub(crate) fn of_event(ready: Ready, peer_closed: bool) -> Sides {
        let ready = ready.as_usize() as u64 & READY;
        let read = ready & Direction::Read.bits() | if peer_closed { PEER_CLOSED } else { 0 };
        let write = ready & Direction::Write.bits();
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

    /// What is presumed of a socket that would block in one direction.
    pub(crate) const fn presumed_except(direction: Direction) -> Sides {
        Sides(Sides::PRESUMED.0 & !direction.mask())
    }

    /// Everything of one side.
    pub(crate) const fn whole(direction: Direction) -> Sides {
        Sides(SIDE << direction.shift())
    }

    /// What of one side an event reports once; a hang-up stays.
    pub(crate) const fn events(direction: Direction) -> Sides {
        Sides((SIDE & !HUP) << direction.shift())
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

    pub(crate) const fn is_gone(self) -> bool {
        self.0 & GONE != 0
    }

    /// What one side is ready for.
    pub(crate) fn ready(self, direction: Direction) -> Ready {
        Ready::from_usize(((self.0 & direction.mask()) >> direction.shift()) as usize)
    }

    /// Whether a short read or write proves that the side is drained.
    ///
    /// Not after the peer closed, nor with an error or urgent data on the way: there
    /// is more to fetch then, and no further event will say so.
    pub(crate) const fn short_means_drained(self, direction: Direction) -> bool {
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
        // Acquire: pairs with the release in `event` and `close`; and after a
        // registration in the waiter cell, whoever overtook it there is seen here.
        Seen(self.word.load(Acquire))
    }

    /// Records an event; `false` if it is for a former source.
    #[must_use]
    pub(crate) fn event(&self, generation: u32, sides: Sides) -> bool {
        let mut seen = Seen(self.word.load(Relaxed));
        loop {
            if seen.generation() != generation {
                return false;
            }
            // AcqRel: a release to the Acquire in `load`; and what earlier events
            // released travels on.
            let moved =
                self.word.compare_exchange_weak(seen.0, seen.after_event(sides), AcqRel, Relaxed);
            match moved {
                Ok(_) => return true,
                Err(word) => seen = Seen(word),
            }
        }
    }

    /// Clears what an operation proved to be over, unless an event came since `seen`.
    pub(crate) fn drained(&self, seen: Seen, sides: Sides) {
        let mut word = seen.0;
        loop {
            // AcqRel: what earlier events released travels on to the next `load`.
            match self.word.compare_exchange_weak(word, word & !sides.0, AcqRel, Acquire) {
                Ok(_) => return,
                // The other side, or the reactor's end, moved the word: try again.
                Err(now) if Seen(now).tick() == seen.tick() => word = now,
                // An event came that the operation may not have been aware of.
                Err(_) => return,
            }
        }
    }

    /// As [`drained`](Readiness::drained), for a caller that kept only the tick.
    pub(crate) fn drained_at(&self, tick: u16, sides: Sides) {
        let now = self.load();
        if now.tick() == tick {
            self.drained(now, sides);
        }
    }

    /// Looks, and clears `sides` whatever they were.
    pub(crate) fn consume(&self, sides: Sides) -> Seen {
        // AcqRel: as in `load`, and passes on what earlier events released.
        Seen(self.word.fetch_and(!sides.0, AcqRel))
    }

    /// Gives the slot to a new source; returns its generation.
    pub(crate) fn assign(&self, presumed: Sides) -> u32 {
        // Relaxed: the lock of the table orders this with `retire`.
        let before = Seen(self.word.fetch_or(presumed.0, Relaxed));
        debug_assert_eq!(before.0 & SIDES, 0, "the slot of {before:?} was not cleared");
        before.generation()
    }

    /// Takes the slot from its source: later events for it change nothing.
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

    /// Says that no event will ever come again.
    pub(crate) fn close(&self) {
        // AcqRel: pairs with `load`, and passes on what earlier events released.
        self.word.fetch_or(GONE, AcqRel);
    }
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seen")
            .field("generation", &self.generation())
            .field("tick", &self.tick())
            .field("gone", &self.is_gone())
            .field("read", &self.ready(Direction::Read))
            .field("write", &self.ready(Direction::Write))
            .field("peer_closed", &(self.0 & PEER_CLOSED != 0))
            .finish()
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.load().fmt(f)
    }
}
