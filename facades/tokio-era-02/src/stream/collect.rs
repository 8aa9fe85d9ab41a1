//! All items of a stream in one collection.
//!
//! Made by `StreamExt::collect`.
//!
//! Always true: `Gather` starts one collection and finishes it once, when the stream ends or
//! the collection wants no more; a future that is dropped drops what was gathered.
//!
//! Why two traits? `FromStream` is public and sealed, as in tokio 0.2; the methods are
//! `Gather`'s.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use futures_core::Stream;
use pin_project_lite::pin_project;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

/// What [`collect`](super::StreamExt::collect) can make of items. Not for others to implement.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::stream::{self, StreamExt};
///
/// #[tokio::main]
/// async fn main() {
///     let text: String = stream::iter(vec!["one ", "two"]).collect().await;
///     assert_eq!(text, "one two");
///     let numbers = stream::iter(vec![Ok(1), Err("no number")]);
///     assert_eq!(numbers.collect::<Result<Vec<u8>, &str>>().await, Err("no number"));
/// }
/// ```
pub trait FromStream<T>: Gather<T> {}

/// How a collection is made, item by item.
///
/// Cannot be named outside of this crate.
pub trait Gather<T> {
    /// What items are added to.
    type Collection;

    /// Returns what the first item is added to; `low` items are to come at least.
    fn start(low: usize) -> Self::Collection;

    /// Adds an item, and returns whether it takes more.
    fn add(collection: &mut Self::Collection, item: T) -> bool;

    /// Returns the result.
    fn finish(collection: Self::Collection) -> Self;
}

pin_project! {
    /// The future of [`collect`](super::StreamExt::collect).
    ///
    /// # Dropping
    ///
    /// Drops the items that have come so far.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::stream::{self, StreamExt};
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let numbers: Vec<u8> = stream::iter(0..3).collect().await;
    ///     assert_eq!(numbers, [0, 1, 2]);
    /// }
    /// ```
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Collect<T, U>
    where
        T: Stream,
        U: FromStream<T::Item>,
    {
        #[pin]
        stream: T,
        // None once it was returned.
        collection: Option<U::Collection>,
    }
}

impl<T, U> Collect<T, U>
where
    T: Stream,
    U: FromStream<T::Item>,
{
    pub(super) fn new(stream: T) -> Collect<T, U> {
        let (low, _) = stream.size_hint();
        Collect { stream, collection: Some(U::start(low)) }
    }
}

impl<T, U> Future for Collect<T, U>
where
    T: Stream,
    U: FromStream<T::Item>,
{
    type Output = U;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<U> {
        let mut this = self.project();
        loop {
            let item = ready!(this.stream.as_mut().poll_next(cx));
            let collection = this.collection.as_mut().expect("polled after it was ready");
            let takes_more = item.is_some_and(|item| U::add(collection, item));
            if !takes_more {
                let collection = this.collection.take().expect("it was there a moment ago");
                return Poll::Ready(U::finish(collection));
            }
        }
    }
}

impl<T, U> fmt::Debug for Collect<T, U>
where
    T: Stream + fmt::Debug,
    U: FromStream<T::Item>,
    U::Collection: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collect")
            .field("stream", &self.stream)
            .field("collection", &self.collection)
            .finish()
    }
}

impl FromStream<()> for () {}

impl Gather<()> for () {
    type Collection = ();

    fn start(_: usize) {}

    fn add((): &mut (), (): ()) -> bool {
        true
    }

    fn finish((): ()) {}
}

impl<T: AsRef<str>> FromStream<T> for String {}

impl<T: AsRef<str>> Gather<T> for String {
    type Collection = String;

    fn start(_: usize) -> String {
        String::new()
    }

    fn add(collection: &mut String, item: T) -> bool {
        collection.push_str(item.as_ref());
        true
    }

    fn finish(collection: String) -> String {
        collection
    }
}

impl<T> FromStream<T> for Vec<T> {}

impl<T> Gather<T> for Vec<T> {
    type Collection = Vec<T>;

    fn start(low: usize) -> Vec<T> {
        Vec::with_capacity(low)
    }

    fn add(collection: &mut Vec<T>, item: T) -> bool {
        collection.push(item);
        true
    }

    fn finish(collection: Vec<T>) -> Vec<T> {
        collection
    }
}

impl<T> FromStream<T> for Box<[T]> {}

impl<T> Gather<T> for Box<[T]> {
    type Collection = Vec<T>;

    fn start(low: usize) -> Vec<T> {
        Vec::with_capacity(low)
    }

    fn add(collection: &mut Vec<T>, item: T) -> bool {
        collection.push(item);
        true
    }

    fn finish(collection: Vec<T>) -> Box<[T]> {
        collection.into_boxed_slice()
    }
}

impl<T: Buf> FromStream<T> for Bytes {}

impl<T: Buf> Gather<T> for Bytes {
    type Collection = BytesMut;

    fn start(_: usize) -> BytesMut {
        BytesMut::new()
    }

    fn add(collection: &mut BytesMut, item: T) -> bool {
        collection.put(item);
        true
    }

    fn finish(collection: BytesMut) -> Bytes {
        collection.freeze()
    }
}

impl<T: Buf> FromStream<T> for BytesMut {}

impl<T: Buf> Gather<T> for BytesMut {
    type Collection = BytesMut;

    fn start(_: usize) -> BytesMut {
        BytesMut::new()
    }

    fn add(collection: &mut BytesMut, item: T) -> bool {
        collection.put(item);
        true
    }

    fn finish(collection: BytesMut) -> BytesMut {
        collection
    }
}

impl<T, U, E> FromStream<Result<T, E>> for Result<U, E> where U: FromStream<T> {}

impl<T, U: FromStream<T>, E> Gather<Result<T, E>> for Result<U, E> {
    type Collection = Result<U::Collection, E>;

    fn start(low: usize) -> Result<U::Collection, E> {
        Ok(U::start(low))
    }

    fn add(collection: &mut Result<U::Collection, E>, item: Result<T, E>) -> bool {
        match (collection.as_mut(), item) {
            (Ok(collection), Ok(item)) => U::add(collection, item),
            (_, Err(error)) => {
                *collection = Err(error);
                false
            }
            (Err(_), Ok(_)) => false,
        }
    }

    fn finish(collection: Result<U::Collection, E>) -> Result<U, E> {
        collection.map(U::finish)
    }
}
