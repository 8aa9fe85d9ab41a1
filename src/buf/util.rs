//! What to do with a [`BufStream`], and how to make one.
//!
//! [`BufStreamExt`] adds the combinators to every stream of buffers; [`iter()`] and
//! [`stream()`] make one of what yields buffers already.

mod chain;
mod collect;
mod from;
mod iter;
mod limit;
mod stream;

pub use self::chain::Chain;
pub use self::collect::Collect;
pub use self::from::FromBufStream;
pub use self::iter::iter;
pub use self::limit::Limit;
pub use self::stream::{stream, IntoStream};

/// Why a combinator failed.
pub mod error {
    pub use super::collect::CollectError;
    pub use super::from::{CollectBytesError, CollectVecError};
    pub use super::limit::LimitError;
}

use super::BufStream;

impl<T> BufStreamExt for T where T: BufStream {}

/// The combinators of a [`BufStream`].
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio::buf::util::BufStreamExt;
///
/// let both = "hello ".chain("world").collect::<Vec<u8>>();
/// assert_eq!(both.wait().unwrap(), b"hello world");
/// ```
pub trait BufStreamExt: BufStream {
    /// Goes on with `other` where this stream ends.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use tokio::buf::BufStreamExt;
    ///
    /// let all: Vec<u8> = "hello, ".chain("world").collect().wait()?;
    /// assert_eq!(all, b"hello, world");
    /// # Ok::<(), tokio::buf::util::error::CollectError<_, _>>(())
    /// ```
    fn chain<T>(self, other: T) -> Chain<Self, T>
    where
        Self: Sized,
        T: BufStream<Error = Self::Error>,
    {
        Chain::new(self, other)
    }

    /// Gathers the whole stream in a `Vec<u8>`, a `Bytes`, or whatever else can be
    /// made of one.
    ///
    /// # Examples
    ///
    /// ```
    /// use bytes::Bytes;
    /// use futures::Future;
    /// use tokio::buf::BufStreamExt;
    ///
    /// let body: Bytes = String::from("hello").collect().wait()?;
    /// assert_eq!(body, "hello");
    /// # Ok::<(), tokio::buf::util::error::CollectError<_, _>>(())
    /// ```
    fn collect<T>(self) -> Collect<Self, T>
    where
        Self: Sized,
        T: FromBufStream<Self::Item>,
    {
        Collect::new(self)
    }

    /// Ends the stream with an error once it has more than `amount` bytes, or says
    /// that it will.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use tokio::buf::BufStreamExt;
    ///
    /// let error = "too long".limit(5).collect::<Vec<u8>>().wait().unwrap_err();
    /// assert!(error.is_stream_err());
    /// ```
    fn limit(self, amount: u64) -> Limit<Self>
    where
        Self: Sized,
    {
        Limit::new(self, amount)
    }

    /// Makes an ordinary [`Stream`](futures::Stream) of buffers of it.
    fn into_stream(self) -> IntoStream<Self>
    where
        Self: Sized,
    {
        IntoStream::new(self)
    }
}
