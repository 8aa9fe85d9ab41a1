//! The codecs, under the names they had before tokio-codec existed.
//!
//! Old dependents use these. Nothing is implemented here that `crate::frame` has; the
//! types whose signatures differ wrap those of today.

#![allow(deprecated)]

mod framed;
pub mod length_delimited;

pub use self::framed::{Framed, FramedParts};
pub use crate::frame::{BytesCodec, Decoder, Encoder, FramedRead, FramedWrite, LinesCodec};
