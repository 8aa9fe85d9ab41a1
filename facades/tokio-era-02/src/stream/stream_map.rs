//! Many streams, each under a key.
//!
//! Programs of tokio 0.2 call it.
//!
//! Always true: a key has one stream; a stream that ends is removed; each poll starts at
//! another place, so no stream that is always ready keeps the others from being polled.
//!
//! Why not `FuturesUnordered`? Keys, and streams that are borrowed while they are in it.

use super::merge_size_hints;
use futures_core::Stream;
use std::borrow::Borrow;
use std::hash::Hash;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Many streams as one, each under a key, which comes with its items. A stream that has
/// ended is removed.
///
/// For a moderate number: each poll may poll all of them. Which is polled first is left to
/// chance.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::stream::{once, StreamExt, StreamMap};
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let mut map = StreamMap::new();
///     map.insert("one", once(1));
///     map.insert("two", once(2));
///     let mut items: Vec<_> = map.collect().await;
///     items.sort();
///     assert_eq!(items, [("one", 1), ("two", 2)]);
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct StreamMap<K, V> {
    entries: Vec<(K, V)>,
}

impl<K, V> StreamMap<K, V> {
    /// Returns a map without streams.
    pub fn new() -> StreamMap<K, V> {
        StreamMap::with_capacity(0)
    }

    /// Returns a map without streams, and with room for `capacity`.
    pub fn with_capacity(capacity: usize) -> StreamMap<K, V> {
        StreamMap { entries: Vec::with_capacity(capacity) }
    }

    /// Returns the keys, in no order that means anything.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::stream::{pending, StreamMap};
    ///
    /// let mut streams = StreamMap::new();
    /// streams.insert(1, pending::<()>());
    /// streams.insert(2, pending::<()>());
    /// assert_eq!(streams.keys().sum::<i32>(), 3);
    /// ```
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.entries.iter().map(|(key, _)| key)
    }

    /// Lends the streams, in no order that means anything.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.iter().map(|(_, stream)| stream)
    }

    /// Lends the streams, in no order that means anything.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.iter_mut().map(|(_, stream)| stream)
    }

    /// Returns the number of streams that the map can hold without allocating.
    pub fn capacity(&self) -> usize {
        self.entries.capacity()
    }

    /// Returns the number of streams.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::stream::{pending, StreamMap};
    ///
    /// let mut streams = StreamMap::new();
    /// streams.insert(1, pending::<()>());
    /// assert_eq!(streams.len(), 1);
    /// ```
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether there is no stream.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Drops all streams. The room for them is kept.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// Puts `stream` under `k`, and returns the one that was there.
    ///
    /// The task is not woken: the new stream is polled with the map.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::stream::{once, StreamExt, StreamMap};
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let mut streams = StreamMap::new();
    ///     assert!(streams.insert("a", once(1)).is_none());
    ///     assert!(streams.insert("a", once(2)).is_some(), "the former stream");
    ///     assert_eq!(streams.next().await, Some(("a", 2)));
    /// }
    /// ```
    pub fn insert(&mut self, k: K, stream: V) -> Option<V>
    where
        K: Hash + Eq,
    {
        let former = self.remove(&k);
        self.entries.push((k, stream));
        former
    }

    /// Removes the stream under `k`, and returns it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::stream::{pending, StreamMap};
    ///
    /// let mut streams = StreamMap::new();
    /// streams.insert(1, pending::<()>());
    /// assert!(streams.remove(&1).is_some());
    /// assert!(streams.remove(&1).is_none());
    /// ```
    pub fn remove<Q>(&mut self, k: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let index = self.position(k)?;
        Some(self.entries.swap_remove(index).1)
    }

    /// Returns whether there is a stream under `k`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::stream::{pending, StreamMap};
    ///
    /// let mut streams = StreamMap::new();
    /// streams.insert("a", pending::<()>());
    /// assert!(streams.contains_key("a"));
    /// assert!(!streams.contains_key("b"));
    /// ```
    pub fn contains_key<Q>(&self, k: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.position(k).is_some()
    }

    fn position<Q>(&self, k: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        self.entries.iter().position(|(key, _)| key.borrow() == k)
    }
}

impl<K, V> Stream for StreamMap<K, V>
where
    K: Clone + Unpin,
    V: Stream + Unpin,
{
    type Item = (K, V::Item);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let entries = &mut self.entries;
        let mut left_to_poll = entries.len();
        let mut index = match u32::try_from(entries.len()) {
            Ok(0) => return Poll::Ready(None),
            Ok(len) => tokio_await::macros::first_branch(len) as usize,
            Err(_) => 0,
        };
        while left_to_poll > 0 {
            let (key, stream) = &mut entries[index];
            left_to_poll -= 1;
            match Pin::new(stream).poll_next(cx) {
                Poll::Ready(Some(item)) => return Poll::Ready(Some((key.clone(), item))),
                Poll::Pending => index += 1,
                Poll::Ready(None) => {
                    entries.swap_remove(index);
                    // The last one has come here. It was polled already if the round went
                    // over the end of the list: then the next to be polled is the one behind.
                    let moved_was_polled = index + left_to_poll < entries.len();
                    index += usize::from(moved_was_polled);
                }
            }
            if index >= entries.len() {
                index = 0;
            }
        }
        match entries.is_empty() {
            true => Poll::Ready(None),
            false => Poll::Pending,
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let hints = self.values().map(Stream::size_hint);
        hints.fold((0, Some(0)), merge_size_hints)
    }
}
