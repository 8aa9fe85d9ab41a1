//! `tokio::codec` under the name of the upstream crate.

#![warn(missing_docs)]

pub use tokio::codec::{
    BytesCodec, Decoder, Encoder, Framed, FramedParts, FramedRead, FramedWrite, LinesCodec,
};
