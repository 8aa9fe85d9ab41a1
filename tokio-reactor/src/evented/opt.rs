//! When a watched source is reported again.
//!
//! Programs pass it to `Poll::register`; the reactor itself always asks for edges.
//!
//! Always true: the bits are those of mio 0.6, and are looked at only where a source is
//! registered.
//!
//! Why not flags of a library? The type is part of mio 0.6's interface, with its names and
//! operators.

use super::ready::fmt_joined;
use std::fmt;
use std::ops;

/// How often a source's readiness is reported: a set of options.
///
/// The reactor watches everything with [`edge`](PollOpt::edge). The others are for a
/// [`Poll`](super::Poll) of one's own.
///
/// # Examples
///
/// ```
/// use tokio_reactor::evented::PollOpt;
///
/// let opts = PollOpt::edge() | PollOpt::oneshot();
/// assert!(opts.is_edge() && opts.is_oneshot() && !opts.is_level());
/// ```
#[derive(Copy, PartialEq, Eq, Clone, PartialOrd, Ord)]
pub struct PollOpt(usize);

impl PollOpt {
    /// Returns no option, which counts as [`level`](PollOpt::level).
    #[inline]
    pub fn empty() -> PollOpt {
        PollOpt(0)
    }

    /// Reports the source when it becomes ready, and then not before an operation
    /// would have blocked.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::{Events, Poll, PollOpt, Ready, Registration, Token};
    ///
    /// let poll = Poll::new()?;
    /// let (source, set_readiness) = Registration::new2();
    /// poll.register(&source, Token(0), Ready::readable(), PollOpt::edge())?;
    /// set_readiness.set_readiness(Ready::readable())?;
    /// let mut events = Events::with_capacity(16);
    /// assert_eq!(poll.poll(&mut events, None)?, 1);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[inline]
    pub fn edge() -> PollOpt {
        PollOpt(1)
    }

    /// Reports the source in every poll for as long as it is ready.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::{Events, Poll, PollOpt, Ready, Registration, Token};
    ///
    /// let poll = Poll::new()?;
    /// let (source, set_readiness) = Registration::new2();
    /// poll.register(&source, Token(0), Ready::readable(), PollOpt::level())?;
    /// set_readiness.set_readiness(Ready::readable())?;
    /// let mut events = Events::with_capacity(16);
    /// assert_eq!(poll.poll(&mut events, None)?, 1);
    /// assert_eq!(poll.poll(&mut events, None)?, 1, "it is ready still");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[inline]
    pub fn level() -> PollOpt {
        PollOpt(1 << 1)
    }

    /// Reports the source once; then it must be registered anew.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::{Events, Poll, PollOpt, Ready, Registration, Token};
    ///
    /// let poll = Poll::new()?;
    /// let (source, set_readiness) = Registration::new2();
    /// let opts = PollOpt::edge() | PollOpt::oneshot();
    /// poll.register(&source, Token(0), Ready::readable(), opts)?;
    /// set_readiness.set_readiness(Ready::readable())?;
    /// let mut events = Events::with_capacity(16);
    /// assert_eq!(poll.poll(&mut events, None)?, 1);
    /// poll.reregister(&source, Token(0), Ready::readable(), opts)?;
    /// assert_eq!(poll.poll(&mut events, None)?, 1, "it was registered anew");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[inline]
    pub fn oneshot() -> PollOpt {
        PollOpt(1 << 2)
    }

    /// Has no effect.
    #[deprecated(since = "0.6.5", note = "removed")]
    #[doc(hidden)]
    #[inline]
    pub fn urgent() -> PollOpt {
        PollOpt(1 << 3)
    }

    /// Returns all options.
    #[deprecated(since = "0.6.5", note = "removed")]
    #[doc(hidden)]
    #[inline]
    pub fn all() -> PollOpt {
        PollOpt::edge() | PollOpt::level() | PollOpt::oneshot()
    }

    /// Returns whether [`edge`](PollOpt::edge) is among the options.
    #[inline]
    pub fn is_edge(&self) -> bool {
        self.contains(PollOpt::edge())
    }

    /// Returns whether [`level`](PollOpt::level) is among the options.
    #[inline]
    pub fn is_level(&self) -> bool {
        self.contains(PollOpt::level())
    }

    /// Returns whether [`oneshot`](PollOpt::oneshot) is among the options.
    #[inline]
    pub fn is_oneshot(&self) -> bool {
        self.contains(PollOpt::oneshot())
    }

    /// Returns whether the option without effect is among the options.
    #[deprecated(since = "0.6.5", note = "removed")]
    #[doc(hidden)]
    #[allow(deprecated)]
    #[inline]
    pub fn is_urgent(&self) -> bool {
        self.contains(PollOpt::urgent())
    }

    /// Returns the options as a number.
    #[deprecated(since = "0.6.5", note = "removed")]
    #[doc(hidden)]
    #[inline]
    pub fn bits(&self) -> usize {
        self.0
    }

    /// Returns whether all of `other` is among the options.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::PollOpt;
    ///
    /// let opts = PollOpt::edge() | PollOpt::oneshot();
    /// assert!(opts.contains(PollOpt::oneshot()));
    /// assert!(!opts.contains(PollOpt::level()));
    /// ```
    #[inline]
    pub fn contains(&self, other: PollOpt) -> bool {
        self.0 & other.0 == other.0
    }

    /// Adds all of `other`.
    #[inline]
    pub fn insert(&mut self, other: PollOpt) {
        self.0 |= other.0;
    }

    /// Removes all of `other`.
    #[inline]
    pub fn remove(&mut self, other: PollOpt) {
        self.0 &= !other.0;
    }
}

impl ops::BitOr for PollOpt {
    type Output = PollOpt;

    #[inline]
    fn bitor(self, other: PollOpt) -> PollOpt {
        PollOpt(self.0 | other.0)
    }
}

impl ops::BitXor for PollOpt {
    type Output = PollOpt;

    #[inline]
    fn bitxor(self, other: PollOpt) -> PollOpt {
        PollOpt(self.0 ^ other.0)
    }
}

impl ops::BitAnd for PollOpt {
    type Output = PollOpt;

    #[inline]
    fn bitand(self, other: PollOpt) -> PollOpt {
        PollOpt(self.0 & other.0)
    }
}

impl ops::Sub for PollOpt {
    type Output = PollOpt;

    #[inline]
    fn sub(self, other: PollOpt) -> PollOpt {
        PollOpt(self.0 & !other.0)
    }
}

/// Deprecated since mio 0.6.10.
// Hidden: deprecated, which an `impl` cannot be.
#[doc(hidden)]
impl ops::Not for PollOpt {
    type Output = PollOpt;

    #[inline]
    fn not(self) -> PollOpt {
        PollOpt(!self.0)
    }
}

impl fmt::Debug for PollOpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = [
            (PollOpt::edge(), "Edge-Triggered"),
            (PollOpt::level(), "Level-Triggered"),
            (PollOpt::oneshot(), "OneShot"),
        ];
        let named = options.iter().filter(|(option, _)| self.contains(*option));
        fmt_joined(f, named.map(|(_, name)| *name))
    }
}
