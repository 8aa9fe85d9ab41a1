//! What a task waits for, and what a source is ready for, on both sides at once.
//!
//! These are the words of `PollEvented::ready`, `async_io` and `try_io`, which take `&self`
//! and may be awaited by many tasks. [`evented::Ready`](crate::evented::Ready) has the words
//! of mio 0.6 for the `poll_*` methods, which know of one task a side; both are about the
//! same readiness word. Used by `sharing`, and by programs.
//!
//! Always true: an `Interest` has at least one kind of readiness in it.
//!
//! Why not mio 1's `Interest`? It cannot ask for errors alone.

#[cfg(any(target_os = "linux", target_os = "android"))]
mod urgent;

use crate::evented::Ready as Events;
use crate::readiness::{Direction, Seen, Sides};
use std::fmt;
use std::ops::{BitAnd, BitOr, BitOrAssign, Sub};

/// What to wait for.
///
/// # Examples
///
/// ```
/// use tokio_reactor::interest::Interest;
///
/// let both = Interest::READABLE | Interest::WRITABLE;
/// assert!(both.is_readable() && both.is_writable());
/// assert_eq!(both.remove(Interest::WRITABLE), Some(Interest::READABLE));
/// assert_eq!(Interest::READABLE.remove(Interest::READABLE), None);
/// ```
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Interest(u8);

/// What a source is ready for.
///
/// # Examples
///
/// ```
/// use tokio_reactor::interest::Ready;
///
/// let ready = Ready::READABLE | Ready::READ_CLOSED;
/// assert!(ready.is_readable() && ready.is_read_closed() && !ready.is_writable());
/// ```
#[derive(Clone, Copy, Eq, PartialEq, PartialOrd, Ord)]
pub struct Ready(u8);

/// What a source was ready for at one moment, so that just this can be cleared.
#[derive(Clone, Copy, Debug)]
// Hidden: for the crates above this one.
#[doc(hidden)]
pub struct ReadyEvent {
    pub(crate) seen: Seen,
    ready: Ready,
}

impl Interest {
    /// There is something to read, or the peer writes no more.
    pub const READABLE: Interest = Interest(1);
    /// There is room to write, or the peer reads no more.
    pub const WRITABLE: Interest = Interest(1 << 1);
    const URGENT: Interest = Interest(1 << 2);
    /// The source has an error to report.
    pub const ERROR: Interest = Interest(1 << 3);

    /// Returns whether readable is waited for.
    pub const fn is_readable(self) -> bool {
        self.0 & Interest::READABLE.0 != 0
    }

    /// Returns whether writable is waited for.
    pub const fn is_writable(self) -> bool {
        self.0 & Interest::WRITABLE.0 != 0
    }

    /// Returns whether an error is waited for.
    pub const fn is_error(self) -> bool {
        self.0 & Interest::ERROR.0 != 0
    }

    const fn has_priority(self) -> bool {
        self.0 & Interest::URGENT.0 != 0
    }

    /// Returns what either of the two waits for.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::interest::Interest;
    ///
    /// let both = Interest::READABLE.add(Interest::WRITABLE);
    /// assert_eq!(both, Interest::READABLE | Interest::WRITABLE);
    /// ```
    #[must_use]
    pub const fn add(self, other: Interest) -> Interest {
        Interest(self.0 | other.0)
    }

    /// Returns what is left without `other`; `None` if that is nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::interest::Interest;
    ///
    /// let both = Interest::READABLE | Interest::WRITABLE;
    /// assert_eq!(both.remove(Interest::READABLE), Some(Interest::WRITABLE));
    /// assert_eq!(Interest::READABLE.remove(Interest::READABLE), None);
    /// ```
    #[must_use = "this returns the result of the operation, without modifying the original"]
    pub fn remove(self, other: Interest) -> Option<Interest> {
        match self.0 & !other.0 {
            0 => None,
            left => Some(Interest(left)),
        }
    }

    /// The bits of the word for which this waits.
    pub(crate) fn sides(self) -> Sides {
        let mut sides = Sides::NONE;
        if self.is_readable() {
            let readable = Sides::of_side(Direction::Read, Events::readable());
            sides = sides.union(readable).union(Sides::READ_CLOSED);
        }
        if self.is_writable() {
            let writable = Sides::of_side(Direction::Write, Events::writable());
            sides = sides.union(writable).union(Sides::WRITE_CLOSED);
        }
        if self.has_priority() {
            let urgent = Sides::of_side(Direction::Read, Events::PRIORITY);
            sides = sides.union(urgent).union(Sides::READ_CLOSED);
        }
        if self.is_error() {
            sides = sides.union(Sides::ERRORS);
        }
        sides
    }

    /// As `sides`, for an operation: it also goes on if there is an error for it to report.
    pub(crate) fn operation_sides(self) -> Sides {
        self.sides().union(Sides::ERRORS)
    }

    /// Returns what the operating system is asked to watch a source for.
    pub fn to_events(self) -> Events {
        let mut events = Events::empty();
        // Errors are always reported; but there has to be something to ask for.
        if self == Interest::ERROR {
            events |= Events::readable();
        }
        let bits = [
            (self.is_readable(), Events::readable()),
            (self.is_writable(), Events::writable()),
            (self.has_priority(), Events::PRIORITY),
            (self.is_error(), Events::ERROR),
        ];
        for (wanted, bit) in bits {
            if wanted {
                events |= bit;
            }
        }
        events
    }
}

impl BitOr for Interest {
    type Output = Interest;

    fn bitor(self, other: Interest) -> Interest {
        self.add(other)
    }
}

impl BitOrAssign for Interest {
    fn bitor_assign(&mut self, other: Interest) {
        *self = *self | other;
    }
}

impl fmt::Debug for Interest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            (self.is_readable(), "READABLE"),
            (self.is_writable(), "WRITABLE"),
            (self.has_priority(), "PRIORITY"),
            (self.is_error(), "ERROR"),
        ];
        let mut separator = "";
        for (_, name) in names.iter().filter(|(is_set, _)| *is_set) {
            write!(f, "{separator}{name}")?;
            separator = " | ";
        }
        Ok(())
    }
}

impl Ready {
    /// Ready for nothing.
    pub const EMPTY: Ready = Ready(0);
    /// There is something to read.
    pub const READABLE: Ready = Ready(1);
    /// There is room to write.
    pub const WRITABLE: Ready = Ready(1 << 1);
    /// No more will come than what is there to read.
    pub const READ_CLOSED: Ready = Ready(1 << 2);
    /// Nothing that is written will be read.
    pub const WRITE_CLOSED: Ready = Ready(1 << 3);
    const URGENT: Ready = Ready(1 << 4);
    /// There is an error to report.
    pub const ERROR: Ready = Ready(1 << 5);
    /// Ready for everything that the system reports.
    pub const ALL: Ready =
        Ready(if cfg!(any(target_os = "linux", target_os = "android")) { 0x3f } else { 0x2f });

    /// Returns whether the source is ready for nothing.
    pub fn is_empty(self) -> bool {
        self == Ready::EMPTY
    }

    /// Returns whether there is something to read, or nothing more will come.
    pub fn is_readable(self) -> bool {
        self.intersects(Ready::READABLE) || self.is_read_closed()
    }

    /// Returns whether there is room to write, or writing fails at once.
    pub fn is_writable(self) -> bool {
        self.intersects(Ready::WRITABLE) || self.is_write_closed()
    }

    /// Returns whether no more will come than what is there to read.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::interest::Ready;
    ///
    /// assert!(Ready::READ_CLOSED.is_read_closed());
    /// assert!(Ready::READ_CLOSED.is_readable(), "a read finds the end at once");
    /// ```
    pub fn is_read_closed(self) -> bool {
        self.intersects(Ready::READ_CLOSED)
    }

    /// Returns whether nothing that is written will be read.
    pub fn is_write_closed(self) -> bool {
        self.intersects(Ready::WRITE_CLOSED)
    }

    /// Returns whether there is an error to report.
    pub fn is_error(self) -> bool {
        self.intersects(Ready::ERROR)
    }

    const fn intersects(self, other: Ready) -> bool {
        self.0 & other.0 != 0
    }

    /// The bits of the word that stand for this.
    fn sides(self) -> Sides {
        let pairs = Ready::places();
        let set = pairs.iter().filter(|(ready, _)| self.intersects(*ready));
        set.fold(Sides::NONE, |sides, (_, place)| sides.union(*place))
    }

    fn of_sides(sides: Sides) -> Ready {
        let pairs = Ready::places();
        let set = pairs.iter().filter(|(_, place)| sides.intersects(*place));
        set.fold(Ready::EMPTY, |all, (ready, _)| all | *ready)
    }

    /// Where in the word what is reported.
    fn places() -> [(Ready, Sides); 6] {
        [
            (Ready::READABLE, Sides::of_side(Direction::Read, Events::readable())),
            (Ready::WRITABLE, Sides::of_side(Direction::Write, Events::writable())),
            (Ready::READ_CLOSED, Sides::READ_CLOSED),
            (Ready::WRITE_CLOSED, Sides::WRITE_CLOSED),
            (Ready::URGENT, Sides::of_side(Direction::Read, Events::PRIORITY)),
            (Ready::ERROR, Sides::ERRORS),
        ]
    }
}

impl BitOr for Ready {
    type Output = Ready;

    fn bitor(self, other: Ready) -> Ready {
        Ready(self.0 | other.0)
    }
}

impl BitOrAssign for Ready {
    fn bitor_assign(&mut self, other: Ready) {
        *self = *self | other;
    }
}

impl BitAnd for Ready {
    type Output = Ready;

    fn bitand(self, other: Ready) -> Ready {
        Ready(self.0 & other.0)
    }
}

impl Sub for Ready {
    type Output = Ready;

    fn sub(self, other: Ready) -> Ready {
        Ready(self.0 & !other.0)
    }
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ready")
            .field("is_readable", &self.is_readable())
            .field("is_writable", &self.is_writable())
            .field("is_read_closed", &self.is_read_closed())
            .field("is_write_closed", &self.is_write_closed())
            .field("is_error", &self.is_error())
            .field("is_priority", &self.intersects(Ready::URGENT))
            .finish()
    }
}

impl ReadyEvent {
    pub(crate) fn new(seen: Seen, asked: Sides) -> ReadyEvent {
        ReadyEvent { seen, ready: Ready::of_sides(seen.among(asked)) }
    }

    /// Returns what the source was ready for, of what was asked.
    pub fn ready(&self) -> Ready {
        self.ready
    }

    /// Returns the same moment, with only `ready` to be cleared.
    pub fn with_ready(self, ready: Ready) -> ReadyEvent {
        ReadyEvent { ready, ..self }
    }

    /// What clearing the event clears: that a side is closed stays true.
    pub(crate) fn cleared(&self) -> Sides {
        (self.ready - Ready::READ_CLOSED - Ready::WRITE_CLOSED).sides()
    }
}
