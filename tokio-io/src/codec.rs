//! The codecs, under the names they had before tokio-codec existed.
//!
//! Old dependents use these. Nothing is implemented here that [`crate::frame`] has; the
//! types whose signatures differ wrap those of today.

#![allow(deprecated)]

mod framed;
pub mod length_delimited;

pub use self::framed::{Framed, FramedParts};
pub use crate::frame::{Decoder, Encoder};

/// Bytes as they come.
#[deprecated(since = "0.1.7", note = "moved to tokio-codec")]
pub type BytesCodec = crate::frame::BytesCodec;

/// Lines of text.
#[deprecated(since = "0.1.7", note = "moved to tokio-codec")]
pub type LinesCodec = crate::frame::LinesCodec;

/// Frames from a reader.
#[deprecated(since = "0.1.7", note = "moved to tokio-codec")]
pub type FramedRead<T, D> = crate::frame::FramedRead<T, D>;

/// Frames into a writer.
#[deprecated(since = "0.1.7", note = "moved to tokio-codec")]
pub type FramedWrite<T, E> = crate::frame::FramedWrite<T, E>;
