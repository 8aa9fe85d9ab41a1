//! Bodies: byte buffers that arrive one after the other.
//!
//! A [`BufStream`] is to a `Stream` of buffers what a body of HTTP is to its chunks: it
//! says how much is still to come, so that whoever collects it can reserve the room, and
//! [`limit`](BufStreamExt::limit) can refuse what is too large before it is read.
//! Implemented here for the byte strings one has at hand; programs find this as the
//! crate `tokio-buf`.
//!
//! Always true: what a stream claims of its size is a hint. Nothing here trusts it
//! beyond what the allocator grants.
//!
//! # Examples
//!
//! ```
//! use futures::Future;
//! use tokio::buf::BufStream;
//! use tokio::buf::util::BufStreamExt;
//!
//! let body = "no more than this".limit(8);
//! assert!(BufStreamExt::collect::<Vec<u8>>(body).wait().is_err());
//! ```

mod never;
mod size_hint;
mod strings;
#[cfg(feature = "buf-util")]
pub mod util;

pub use self::size_hint::SizeHint;
#[cfg(feature = "buf-util")]
#[doc(inline)]
pub use self::util::BufStreamExt;

use bytes::Buf;
use futures::Poll;

/// A stream of byte buffers.
///
/// # Examples
///
/// ```
/// use bytes::Buf;
/// use futures::Async;
/// use tokio::buf::BufStream;
///
/// let mut body = "hello";
/// assert_eq!(body.size_hint().lower(), 5);
///
/// match body.poll_buf() {
///     Ok(Async::Ready(Some(buf))) => assert_eq!(buf.bytes(), b"hello"),
///     _ => unreachable!("a string is always ready"),
/// }
/// assert!(body.is_empty());
/// ```
pub trait BufStream {
    /// What arrives.
    type Item: Buf;

    /// Why nothing more arrives.
    type Error;

    /// Takes the next buffer off the stream; `None` is its end.
    ///
    /// `NotReady` means that the current task is going to be notified.
    ///
    /// # Errors
    ///
    /// Whatever broke the stream off. Do not poll it again then, nor after its end.
    fn poll_buf(&mut self) -> Poll<Option<Self::Item>, Self::Error>;

    /// Returns how many bytes are still to come, as far as the stream can tell.
    ///
    /// By default: nothing is known.
    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
