//! What programs of tokio 0.2 import: `use tokio::prelude::*;`.

pub use crate::io::{self, AsyncBufRead, AsyncRead, AsyncWrite};
#[doc(no_inline)]
pub use crate::io::{
    AsyncBufReadExt as _, AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _,
};
