//! The extension traits as they are without the feature `timer`.

use super::Enumerate;
use futures::{Future, Stream};

/// Further methods of futures; they need the feature `timer`.
pub trait FutureExt: Future {}

impl<T: ?Sized> FutureExt for T where T: Future {}

/// Further methods of streams; most need the feature `timer`.
pub trait StreamExt: Stream {
    /// Yields each item with the number of items before it.
    fn enumerate(self) -> Enumerate<Self>
    where
        Self: Sized,
    {
        Enumerate::new(self)
    }
}

impl<T: ?Sized> StreamExt for T where T: Stream {}
