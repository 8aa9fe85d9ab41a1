//! Reading and writing without blocking, and what is built on it.
//!
//! [`AsyncRead`] and [`AsyncWrite`] are `std::io`'s `Read` and `Write` for sources
//! that answer "not yet" instead of making the thread wait. [`io`] holds the futures
//! that move whole buffers through them. Between bytes and messages stand the codecs;
//! programs find those as `tokio::codec`.
//!
//! The modules follow a byte: `async_read` fetches it, [`io`] carries it, `frame`
//! makes messages of it, and `async_write` sends it off. `claim` is asked at every
//! turn whether the count that a reader or writer returned is possible. Futures and
//! streams are of futures 0.1, and by `both` of std as well.
//!
//! Always true: this crate needs no runtime; from `tokio-executor` it has the bridge
//! between the two kinds of future and no more. Whoever implements the traits sees to it
//! that the task is woken; nothing here waits in any other way.

#![warn(missing_docs)]

/// Takes the value out of an `io::Result`, or leaves the function: with
/// `Ok(Async::NotReady)` if the operation would block, with the error otherwise.
///
/// # Examples
///
/// ```
/// use futures::{Async, Poll};
/// use std::io::{self, Read};
/// use tokio_io::try_nb;
///
/// fn first_byte<R: Read>(source: &mut R) -> Poll<Option<u8>, io::Error> {
///     let mut byte = [0];
///     let n = try_nb!(source.read(&mut byte));
///     Ok(Async::Ready(byte[..n].first().copied()))
/// }
///
/// assert_eq!(first_byte(&mut &b"abc"[..]).unwrap(), Async::Ready(Some(b'a')));
/// ```
#[macro_export]
macro_rules! try_nb {
    ($e:expr) => {
        match $e {
            Ok(t) => t,
            Err(ref e) if e.kind() == ::std::io::ErrorKind::WouldBlock => {
                return Ok($crate::_futures::Async::NotReady);
            }
            Err(e) => return Err(e.into()),
        }
    };
}

#[expect(unsafe_code, reason = "buffers are lent to readers before they are initialised")]
mod async_read;
mod claim;
pub mod io;
mod utf8;

mod frame;

mod async_write;

mod both;

// Hidden: the former path of what `frame` has.
#[doc(hidden)]
pub mod codec;

/// The codecs, under the name by which the upstream `tokio-codec` fetches them.
// Hidden: the former path of what `frame` has.
#[doc(hidden)]
pub mod _tokio_codec {
    pub use crate::frame::{
        length_delimited, BytesCodec, Decoder, Encoder, Framed, FramedParts, FramedRead,
        FramedWrite, LengthDelimitedCodec, LinesCodec,
    };
}

/// For [`try_nb!`], which must find `futures` under any name its caller gave it.
// Hidden: what a macro expands to.
#[doc(hidden)]
pub use futures as _futures;

pub use self::async_read::AsyncRead;
pub use self::async_write::AsyncWrite;

/// A boxed future that yields a `T` or an I/O error.
pub type IoFuture<T> = Box<dyn futures::Future<Item = T, Error = std::io::Error> + Send>;

/// A boxed stream of `T`s that may fail with an I/O error.
pub type IoStream<T> = Box<dyn futures::Stream<Item = T, Error = std::io::Error> + Send>;
