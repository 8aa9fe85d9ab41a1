//! The whole stream in one value.
//!
//! Made by `BufStreamExt::collect`.
//!
//! Always true: what was gathered is in the future; it is built into a value once, at the end
//! of the stream; an error, of the stream or of the building, ends it.
//!
//! Why an error type of its own? The two causes have different types, and callers ask which one
//! it was.

use super::FromBufStream;
use crate::buf::BufStream;
use futures::{try_ready, Async, Future, Poll};
use std::fmt;
use std::pin::Pin;
use std::task;
use tokio_executor::cross::As01;
use tokio_executor::task::Context;

/// Resolves to everything a stream delivered; made by
/// [`BufStreamExt::collect`](super::BufStreamExt::collect).
///
/// # Panics
///
/// If polled after it has resolved.
///
/// # Dropping
///
/// What was gathered so far is lost.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio::buf::util::BufStreamExt;
///
/// assert_eq!("hello".collect::<Vec<u8>>().wait().unwrap(), b"hello");
/// ```
pub struct Collect<T, U>
where
    T: BufStream,
    U: FromBufStream<T::Item>,
{
    stream: T,
    /// `None` once the value is made.
    builder: Option<U::Builder>,
    bridge: As01,
}

/// Why a stream could not be collected.
#[derive(Debug)]
pub struct CollectError<T, U> {
    cause: Cause<T, U>,
}

#[derive(Debug)]
enum Cause<T, U> {
    Stream(T),
    Collect(U),
}

impl<T, U> Collect<T, U>
where
    T: BufStream,
    U: FromBufStream<T::Item>,
{
    pub(super) fn new(stream: T) -> Collect<T, U> {
        let builder = U::builder(&stream.size_hint());
        Collect { stream, builder: Some(builder), bridge: As01::new() }
    }
}

impl<T, U> Future for Collect<T, U>
where
    T: BufStream,
    U: FromBufStream<T::Item>,
{
    type Item = U;
    type Error = CollectError<T::Error, U::Error>;

    fn poll(&mut self) -> Poll<U, Self::Error> {
        let builder = self.builder.as_mut().expect("polled a `Collect` that has resolved");
        while let Some(mut buf) =
            try_ready!(self.stream.poll_buf().map_err(CollectError::of_stream))
        {
            U::extend(builder, &mut buf, &self.stream.size_hint())
                .map_err(CollectError::of_collect)?;
        }
        let builder = self.builder.take().expect("it was there a moment ago");
        U::build(builder).map(Async::Ready).map_err(CollectError::of_collect)
    }
}

/// A [`BufStream`] looks for its task as futures 0.1 does; so it is put in place for it.
impl<T, U> std::future::Future for Collect<T, U>
where
    T: BufStream,
    U: FromBufStream<T::Item>,
{
    type Output = Result<U, CollectError<T::Error, U::Error>>;

    fn poll(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> task::Poll<Self::Output> {
        let cx = &Context::from(cx);
        As01::poll_within(self.get_mut(), |this| &mut this.bridge, cx, Future::poll)
    }
}

impl<T, U> Unpin for Collect<T, U>
where
    T: BufStream,
    U: FromBufStream<T::Item>,
{
}

impl<T, U> Collect<T, U>
where
    T: BufStream,
    U: FromBufStream<T::Item>,
{
    /// Returns this future: it is of std already. For code with a `compat` of both directions in
    /// scope.
    // Hidden: nobody needs it but code that calls `compat` on whatever it has.
    #[doc(hidden)]
    pub fn compat(self) -> Self {
        self
    }
}

impl<T, U> CollectError<T, U> {
    fn of_stream(error: T) -> CollectError<T, U> {
        CollectError { cause: Cause::Stream(error) }
    }

    fn of_collect(error: U) -> CollectError<T, U> {
        CollectError { cause: Cause::Collect(error) }
    }

    /// Returns whether the stream itself failed.
    pub fn is_stream_err(&self) -> bool {
        matches!(self.cause, Cause::Stream(_))
    }

    /// Returns whether the stream went well, but what it delivered could not be put together.
    pub fn is_collect_err(&self) -> bool {
        matches!(self.cause, Cause::Collect(_))
    }
}

impl<T: fmt::Display, U: fmt::Display> fmt::Display for CollectError<T, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Cause::Stream(_) => f.write_str("cannot collect: the stream broke off"),
            Cause::Collect(_) => f.write_str("cannot collect what the stream delivered"),
        }
    }
}

impl<T, U> std::error::Error for CollectError<T, U>
where
    T: std::error::Error + 'static,
    U: std::error::Error + 'static,
{
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::Stream(error) => Some(error),
            Cause::Collect(error) => Some(error),
        }
    }
}

impl<T, U> fmt::Debug for Collect<T, U>
where
    T: BufStream + fmt::Debug,
    U: FromBufStream<T::Item> + fmt::Debug,
    U::Builder: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collect")
            .field("stream", &self.stream)
            .field("builder", &self.builder)
            .finish()
    }
}
