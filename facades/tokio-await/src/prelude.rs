//! What programs of the first async/await generation import: `use tokio::prelude::*;`.

pub use crate::io::{
    AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt,
};
pub use std::future::Future;
