//! Messages out of bytes, and bytes out of messages.
//!
//! A [`Decoder`] finds frames in the bytes that arrive, an [`Encoder`] makes bytes of
//! them. [`Framed`] joins both to a socket and is a `Stream` and a `Sink` of frames;
//! [`FramedRead`] and [`FramedWrite`] do so for one direction. Three codecs come with
//! them: [`BytesCodec`], [`LinesCodec`] and [`LengthDelimitedCodec`].
//!
//! Whatever chunks the bytes arrive in, the frames are the same. The code is
//! tokio-io's.
//!
//! # Examples
//!
//! Answers every line with the line itself:
//!
//! ```
//! use futures::{Future, Sink, Stream};
//! use std::io;
//! use tokio::codec::{Decoder, LinesCodec};
//! use tokio::io::{AsyncRead, AsyncWrite};
//!
//! fn echo<T>(stream: T) -> impl Future<Item = (), Error = io::Error>
//! where
//!     T: AsyncRead + AsyncWrite,
//! {
//!     let (lines_out, lines_in) = LinesCodec::new_with_max_length(1024).framed(stream).split();
//!     lines_in.forward(lines_out).map(drop)
//! }
//! # let _ = echo::<std::io::Cursor<Vec<u8>>>;
//! ```

pub use tokio_io::_tokio_codec::{
    length_delimited, BytesCodec, Decoder, Encoder, Framed, FramedParts, FramedRead, FramedWrite,
    LengthDelimitedCodec, LinesCodec,
};
