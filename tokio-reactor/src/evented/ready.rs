//! What a source is ready for, or is asked to be watched for.
//!
//! Used by sources, sockets and programs; `interest` has the engine's own set of bits.
//!
//! Always true: the bits are those of mio 0.6, so programs may store and compare them.
//!
//! Why not `Interest`? mio 0.6's programs ask for and get the same type.

use crate::sys::READY_BESIDE;
use std::fmt;
use std::ops;

/// A set of readiness events.
///
/// Portable programs use [`readable`](Ready::readable) and
/// [`writable`](Ready::writable); errors, hang-ups and urgent data are in
/// [`UnixReady`](super::unix::UnixReady). Readiness is a hint: an operation may still
/// find that it would block.
///
/// # Examples
///
/// ```
/// use tokio_reactor::evented::Ready;
///
/// let both = Ready::readable() | Ready::writable();
/// assert!(both.is_readable());
/// assert!((both - Ready::readable()).is_writable());
/// ```
#[derive(Copy, PartialEq, Eq, Clone, PartialOrd, Ord)]
pub struct Ready(usize);

impl Ready {
    pub(crate) const NONE: Ready = Ready(0);
    const READABLE: Ready = Ready(1);
    const WRITABLE: Ready = Ready(1 << 1);
    pub(crate) const ERROR: Ready = Ready(1 << 2);
    pub(crate) const HUP: Ready = Ready(1 << 3);
    // Bits 4 and 5 were asynchronous file I/O, on BSD.
    pub(crate) const PRIORITY: Ready = Ready(1 << 6);

    /// Returns the empty set: ready for nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::Ready;
    ///
    /// assert!(Ready::empty().is_empty());
    /// ```
    pub fn empty() -> Ready {
        Ready::NONE
    }

    /// Works like [`empty`](Ready::empty).
    #[deprecated(since = "0.6.5", note = "use Ready::empty instead")]
    #[doc(hidden)]
    pub fn none() -> Ready {
        Ready::empty()
    }

    /// Returns the set that says that there is something to read, or to accept.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::Ready;
    ///
    /// assert!(Ready::readable().is_readable());
    /// assert!(!Ready::readable().is_writable());
    /// ```
    #[inline]
    pub fn readable() -> Ready {
        Ready::READABLE
    }

    /// Returns the set that says that there is room to write.
    #[inline]
    pub fn writable() -> Ready {
        Ready::WRITABLE
    }

    /// Returns the set that says that something is wrong.
    #[deprecated(since = "0.6.5", note = "use UnixReady instead")]
    #[doc(hidden)]
    #[inline]
    pub fn error() -> Ready {
        Ready::ERROR
    }

    /// Returns the set that says that the other end has hung up.
    #[deprecated(since = "0.6.5", note = "use UnixReady instead")]
    #[doc(hidden)]
    #[inline]
    pub fn hup() -> Ready {
        Ready::HUP
    }

    /// Returns everything that the platform can report.
    #[inline]
    pub fn all() -> Ready {
        Ready::READABLE | Ready::WRITABLE | READY_BESIDE
    }

    /// Returns whether this is ready for nothing.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// Works like [`is_empty`](Ready::is_empty).
    #[deprecated(since = "0.6.5", note = "use Ready::is_empty instead")]
    #[doc(hidden)]
    #[inline]
    pub fn is_none(&self) -> bool {
        self.is_empty()
    }

    /// Returns whether there is something to read.
    #[inline]
    pub fn is_readable(&self) -> bool {
        self.contains(Ready::READABLE)
    }

    /// Returns whether there is room to write.
    #[inline]
    pub fn is_writable(&self) -> bool {
        self.contains(Ready::WRITABLE)
    }

    /// Returns whether something is wrong.
    #[deprecated(since = "0.6.5", note = "use UnixReady instead")]
    #[doc(hidden)]
    #[inline]
    pub fn is_error(&self) -> bool {
        self.contains(Ready::ERROR)
    }

    /// Returns whether the other end has hung up.
    #[deprecated(since = "0.6.5", note = "use UnixReady instead")]
    #[doc(hidden)]
    #[inline]
    pub fn is_hup(&self) -> bool {
        self.contains(Ready::HUP)
    }

    /// Adds all of `other`.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::Ready;
    ///
    /// let mut ready = Ready::readable();
    /// ready.insert(Ready::writable());
    /// assert!(ready.is_writable());
    /// ```
    #[inline]
    pub fn insert<T: Into<Self>>(&mut self, other: T) {
        *self |= other;
    }

    /// Removes all of `other`.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::Ready;
    ///
    /// let mut ready = Ready::readable() | Ready::writable();
    /// ready.remove(Ready::readable());
    /// assert_eq!(ready, Ready::writable());
    /// ```
    #[inline]
    pub fn remove<T: Into<Self>>(&mut self, other: T) {
        *self -= other;
    }

    /// Returns the set as a number.
    #[deprecated(since = "0.6.5", note = "use Ready::as_usize instead")]
    #[doc(hidden)]
    #[inline]
    pub fn bits(&self) -> usize {
        self.0
    }

    /// Returns whether all of `other` is in this set.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::Ready;
    ///
    /// let both = Ready::readable() | Ready::writable();
    /// assert!(both.contains(Ready::readable()));
    /// assert!(!Ready::readable().contains(both));
    /// ```
    #[inline]
    pub fn contains<T: Into<Self>>(&self, other: T) -> bool {
        let other = other.into();
        self.0 & other.0 == other.0
    }

    /// Returns the set that [`as_usize`](Ready::as_usize) gave. Other numbers have no meaning.
    pub fn from_usize(number: usize) -> Ready {
        Ready(number)
    }

    /// Returns the set as a number, to be kept in an atomic for example.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::atomic::{AtomicUsize, Ordering};
    /// use tokio_reactor::evented::Ready;
    ///
    /// let kept = AtomicUsize::new(Ready::readable().as_usize());
    /// assert_eq!(Ready::from_usize(kept.load(Ordering::Relaxed)), Ready::readable());
    /// ```
    pub fn as_usize(&self) -> usize {
        self.0
    }

    /// As `|`, where a constant is asked for.
    #[cfg_attr(windows, expect(dead_code, reason = "nothing is reported there besides"))]
    pub(crate) const fn union(self, other: Ready) -> Ready {
        Ready(self.0 | other.0)
    }

    /// Writes the names of what is in the set.
    pub(crate) fn fmt_named(
        self,
        f: &mut fmt::Formatter<'_>,
        more: &[(Ready, &str)],
    ) -> fmt::Result {
        let common = [
            (Ready::READABLE, "Readable"),
            (Ready::WRITABLE, "Writable"),
            (Ready::ERROR, "Error"),
            (Ready::HUP, "Hup"),
        ];
        let named = common.iter().chain(more).filter(|(flag, _)| self.contains(*flag));
        fmt_joined(f, named.map(|(_, name)| *name))
    }
}

/// Writes `a | b | c`, or `(empty)`.
pub(super) fn fmt_joined<'a>(
    f: &mut fmt::Formatter<'_>,
    names: impl Iterator<Item = &'a str>,
) -> fmt::Result {
    let mut separator = "";
    for name in names {
        write!(f, "{separator}{name}")?;
        separator = " | ";
    }
    if separator.is_empty() {
        f.write_str("(empty)")?;
    }
    Ok(())
}

impl<T: Into<Ready>> ops::BitOr<T> for Ready {
    type Output = Ready;

    #[inline]
    fn bitor(self, other: T) -> Ready {
        Ready(self.0 | other.into().0)
    }
}

impl<T: Into<Ready>> ops::BitOrAssign<T> for Ready {
    #[inline]
    fn bitor_assign(&mut self, other: T) {
        self.0 |= other.into().0;
    }
}

impl<T: Into<Ready>> ops::BitXor<T> for Ready {
    type Output = Ready;

    #[inline]
    fn bitxor(self, other: T) -> Ready {
        Ready(self.0 ^ other.into().0)
    }
}

impl<T: Into<Ready>> ops::BitXorAssign<T> for Ready {
    #[inline]
    fn bitxor_assign(&mut self, other: T) {
        self.0 ^= other.into().0;
    }
}

impl<T: Into<Ready>> ops::BitAnd<T> for Ready {
    type Output = Ready;

    #[inline]
    fn bitand(self, other: T) -> Ready {
        Ready(self.0 & other.into().0)
    }
}

impl<T: Into<Ready>> ops::BitAndAssign<T> for Ready {
    #[inline]
    fn bitand_assign(&mut self, other: T) {
        self.0 &= other.into().0;
    }
}

impl<T: Into<Ready>> ops::Sub<T> for Ready {
    type Output = Ready;

    #[inline]
    fn sub(self, other: T) -> Ready {
        Ready(self.0 & !other.into().0)
    }
}

impl<T: Into<Ready>> ops::SubAssign<T> for Ready {
    #[inline]
    fn sub_assign(&mut self, other: T) {
        self.0 &= !other.into().0;
    }
}

/// Deprecated since mio 0.6.10.
// Hidden: deprecated, which an `impl` cannot be.
#[doc(hidden)]
impl ops::Not for Ready {
    type Output = Ready;

    #[inline]
    fn not(self) -> Ready {
        Ready(!self.0)
    }
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_named(f, &[])
    }
}
