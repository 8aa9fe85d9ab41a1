//! Events, and the buffer that a poll fills with them.
//!
//! Filled by `Poll::poll`; used by the reactor, and by event loops of the mio 0.6 façade.
//!
//! Always true: an event in the buffer is of the last poll.
//!
//! Why not mio 1's `Events`? It cannot hold events that are not the system's.

use super::{Ready, Token};
use std::fmt;
use std::time::Duration;

/// A source's report of readiness.
///
/// # Examples
///
/// ```
/// use tokio_reactor::evented::{Event, Ready, Token};
///
/// let event = Event::new(Ready::readable() | Ready::hup(), Token(7));
/// assert!(event.readiness().is_readable());
/// assert_eq!(event.token(), Token(7));
/// ```
#[derive(Copy, Clone, Eq, PartialEq, Debug)]
pub struct Event {
    kind: Ready,
    token: Token,
}

impl Event {
    /// Returns an event of the source registered under `token`.
    pub fn new(readiness: Ready, token: Token) -> Event {
        Event { kind: readiness, token }
    }

    /// Returns what the source is ready for.
    pub fn readiness(&self) -> Ready {
        self.kind
    }

    /// Works like [`readiness`](Event::readiness).
    #[deprecated(since = "0.6.5", note = "use Event::readiness()")]
    #[doc(hidden)]
    pub fn kind(&self) -> Ready {
        self.kind
    }

    /// Returns the token under which the source was registered.
    pub fn token(&self) -> Token {
        self.token
    }
}

/// The events of one poll.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use tokio_reactor::evented::{Events, Poll};
///
/// let poll = Poll::new()?;
/// let mut events = Events::with_capacity(16);
/// poll.poll(&mut events, Some(Duration::ZERO))?;
/// assert!(events.is_empty());
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Events {
    /// What the operating system fills in.
    pub(super) os: mio1::Events,
    pub(super) list: Vec<Event>,
    pub(super) capacity: usize,
}

/// Goes through [`Events`].
#[derive(Debug, Clone)]
pub struct Iter<'a> {
    list: std::slice::Iter<'a, Event>,
}

/// Goes through [`Events`] by value.
#[derive(Debug)]
pub struct IntoIter {
    list: std::vec::IntoIter<Event>,
}

impl Events {
    /// Returns room for `capacity` events of one poll, and for at least one.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use tokio_reactor::evented::{Events, Poll};
    ///
    /// let mut events = Events::with_capacity(1024);
    /// let poll = Poll::new()?;
    /// assert_eq!(poll.poll(&mut events, Some(Duration::from_millis(1)))?, 0);
    /// assert!(events.is_empty());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn with_capacity(capacity: usize) -> Events {
        Events {
            os: mio1::Events::with_capacity(capacity.max(1)),
            list: Vec::with_capacity(capacity),
            capacity,
        }
    }

    /// Returns the event at `index`.
    pub fn get(&self, index: usize) -> Option<Event> {
        self.list.get(index).copied()
    }

    /// Returns how many events there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Returns how many events one poll can report.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Returns whether there are no events.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Goes through the events.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::{Events, Poll, PollOpt, Ready, Registration, Token};
    ///
    /// let poll = Poll::new()?;
    /// let (source, set_readiness) = Registration::new2();
    /// poll.register(&source, Token(7), Ready::readable(), PollOpt::edge())?;
    /// set_readiness.set_readiness(Ready::readable())?;
    /// let mut events = Events::with_capacity(16);
    /// poll.poll(&mut events, None)?;
    /// let tokens: Vec<Token> = events.iter().map(|event| event.token()).collect();
    /// assert_eq!(tokens, [Token(7)]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn iter(&self) -> Iter<'_> {
        Iter { list: self.list.iter() }
    }

    /// Removes all events.
    pub fn clear(&mut self) {
        self.list.clear();
    }
}

impl<'a> IntoIterator for &'a Events {
    type Item = Event;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl IntoIterator for Events {
    type Item = Event;
    type IntoIter = IntoIter;

    fn into_iter(self) -> IntoIter {
        IntoIter { list: self.list.into_iter() }
    }
}

impl Iterator for Iter<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.list.next().copied()
    }
}

impl Iterator for IntoIter {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.list.next()
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("len", &self.len())
            .field("capacity", &self.capacity)
            .finish()
    }
}

/// What an event of the operating system's means.
#[inline]
pub(crate) fn ready(event: &mio1::event::Event) -> Ready {
    let mut ready = Ready::empty();
    if event.is_readable() {
        ready |= Ready::readable();
    }
    if event.is_writable() {
        ready |= Ready::writable();
    }
    if event.is_error() {
        ready |= Ready::ERROR;
    }
    if event.is_priority() {
        ready |= Ready::PRIORITY;
    }
    // Both directions closed: mio 1 tells one closed direction apart, mio 0.6 does not
    // know it.
    if event.is_read_closed() && event.is_write_closed() {
        ready |= Ready::HUP;
    }
    ready
}

/// The longest wait that every platform takes: 2^31 - 1 ms, less what rounding up adds.
const MAX_WAIT: Duration = Duration::from_millis(i32::MAX as u64 - 1);

/// Cuts a wait to what the operating system takes. That less than a millisecond is
/// rounded up, not down to a spin, is mio's doing.
pub(crate) fn pollable(wait: Option<Duration>) -> Option<Duration> {
    wait.map(|wait| wait.min(MAX_WAIT))
}
