//! Streams, and what is done with them.
//!
//! A stream is that of `futures-core` 0.3. What takes plain closures, or bounds the time, is
//! here; what is the same in `futures-util` is that crate's, in newtypes.
//!
//! Programs of tokio 0.2 call it, with `StreamExt` in scope.
//!
//! Always true: an adapter polls its stream for the task that polls the adapter, and holds at most
//! the one item it has in hand.
//!
//! Why not re-export `futures-util`'s `StreamExt`? Its closures return futures where tokio 0.2's
//! return values, and its types are others in the signatures of programs.

mod collect;
mod consume;
mod cut;
mod merge;
mod same;
mod sources;
mod stream_map;
mod timeout;
mod transform;

pub use self::collect::FromStream;
pub use self::sources::{empty, iter, once, pending, Empty, Iter, Once, Pending};
pub use self::stream_map::StreamMap;
pub use futures_core::Stream;

use self::collect::Collect;
use self::consume::{All, Any, Fold};
use self::cut::{SkipWhile, TakeWhile};
use self::merge::Merge;
use self::same::{Chain, Fuse, Map, Next, Skip, Take, TryNext};
use self::timeout::Timeout;
use self::transform::{Filter, FilterMap};
use futures_util::stream as util;
use std::time::Duration;

/// What can be done with any stream.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::stream::{self, StreamExt};
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let squares = stream::iter(1..).map(|n| n * n).filter(|n| n % 2 == 1);
///     assert_eq!(squares.take(3).collect::<Vec<u32>>().await, [1, 9, 25]);
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait StreamExt: Stream {
    /// Waits for the next item; `None` at the end.
    ///
    /// # Dropping
    ///
    /// Loses no item.
    fn next(&mut self) -> Next<'_, Self>
    where
        Self: Unpin,
    {
        Next::new(self)
    }

    /// Waits for the next item of a stream of results; `Ok(None)` at the end.
    ///
    /// # Dropping
    ///
    /// Loses no item.
    fn try_next<T, E>(&mut self) -> TryNext<'_, Self>
    where
        Self: Stream<Item = Result<T, E>> + Unpin,
    {
        TryNext::new(self)
    }

    /// Gives what `f` makes of each item.
    fn map<T, F>(self, f: F) -> Map<Self, F>
    where
        F: FnMut(Self::Item) -> T,
        Self: Sized,
    {
        util::StreamExt::map(self, f).into()
    }

    /// Gives the items of both streams as they come.
    ///
    /// Neither keeps the other waiting: they are polled first in turns. Ends when both have.
    fn merge<U>(self, other: U) -> Merge<Self, U>
    where
        U: Stream<Item = Self::Item>,
        Self: Sized,
    {
        Merge::new(self, other)
    }

    /// Gives the items for which `f` says so.
    fn filter<F>(self, f: F) -> Filter<Self, F>
    where
        F: FnMut(&Self::Item) -> bool,
        Self: Sized,
    {
        Filter::new(self, f)
    }

    /// Gives what `f` makes of the items, where it makes something.
    fn filter_map<T, F>(self, f: F) -> FilterMap<Self, F>
    where
        F: FnMut(Self::Item) -> Option<T>,
        Self: Sized,
    {
        FilterMap::new(self, f)
    }

    /// Gives the end again and again once it was reached, without polling the stream.
    fn fuse(self) -> Fuse<Self>
    where
        Self: Sized,
    {
        util::StreamExt::fuse(self).into()
    }

    /// Gives the first `n` items.
    fn take(self, n: usize) -> Take<Self>
    where
        Self: Sized,
    {
        util::StreamExt::take(self, n).into()
    }

    /// Gives the items before the first for which `f` says no.
    fn take_while<F>(self, f: F) -> TakeWhile<Self, F>
    where
        F: FnMut(&Self::Item) -> bool,
        Self: Sized,
    {
        TakeWhile::new(self, f)
    }

    /// Gives the items after the first `n`.
    fn skip(self, n: usize) -> Skip<Self>
    where
        Self: Sized,
    {
        util::StreamExt::skip(self, n).into()
    }

    /// Gives the items from the first for which `f` says no.
    fn skip_while<F>(self, f: F) -> SkipWhile<Self, F>
    where
        F: FnMut(&Self::Item) -> bool,
        Self: Sized,
    {
        SkipWhile::new(self, f)
    }

    /// Waits for an item for which `f` says no: then false. True at the end.
    ///
    /// # Dropping
    ///
    /// Items that `f` was asked about are lost.
    fn all<F>(&mut self, f: F) -> All<'_, Self, F>
    where
        Self: Unpin,
        F: FnMut(Self::Item) -> bool,
    {
        All::new(self, f)
    }

    /// Waits for an item for which `f` says yes: then true. False at the end.
    ///
    /// # Dropping
    ///
    /// Items that `f` was asked about are lost.
    fn any<F>(&mut self, f: F) -> Any<'_, Self, F>
    where
        Self: Unpin,
        F: FnMut(Self::Item) -> bool,
    {
        Any::new(self, f)
    }

    /// Gives the items of this stream, and then those of `other`.
    fn chain<U>(self, other: U) -> Chain<Self, U>
    where
        U: Stream<Item = Self::Item>,
        Self: Sized,
    {
        util::StreamExt::chain(self, other).into()
    }

    /// Waits for the end, and returns what `f` has made of `init` and all items, one after
    /// the other.
    fn fold<B, F>(self, init: B, f: F) -> Fold<Self, B, F>
    where
        Self: Sized,
        F: FnMut(B, Self::Item) -> B,
    {
        Fold::new(self, init, f)
    }

    /// Waits for the end, and returns all items in a collection; or the first error, if the
    /// collection is that of a result.
    fn collect<T>(self) -> Collect<Self, T>
    where
        T: FromStream<Self::Item>,
        Self: Sized,
    {
        Collect::new(self)
    }

    /// Gives the items, and an error each time that `duration` has passed without one.
    ///
    /// After an error the time does not count until an item has come.
    ///
    /// # Panics
    ///
    /// If the thread belongs to no runtime with timers.
    #[track_caller]
    fn timeout(self, duration: Duration) -> Timeout<Self>
    where
        Self: Sized,
    {
        Timeout::new(self, duration)
    }
}

impl<St: ?Sized> StreamExt for St where St: Stream {}

/// The bounds on what is left of two streams together.
fn merge_size_hints(
    (left_low, left_high): (usize, Option<usize>),
    (right_low, right_high): (usize, Option<usize>),
) -> (usize, Option<usize>) {
    let high = left_high.zip(right_high).and_then(|(left, right)| left.checked_add(right));
    (left_low.saturating_add(right_low), high)
}
