//! What most programs import: `use tokio::prelude::*;`.
//!
//! The traits of futures 0.1 and of this crate, and std's `Read` and `Write`.
//!
//! # Examples
//!
//! ```
//! use tokio::prelude::*;
//!
//! let doubled = future::ok::<u32, ()>(21).map(|n| n * 2);
//! assert_eq!(doubled.wait(), Ok(42));
//! ```

#[cfg(feature = "io")]
pub use tokio_io::{AsyncRead, AsyncWrite};

pub use crate::util::{FutureExt, StreamExt};

pub use futures::{future, stream, task, Async, AsyncSink, Future, IntoFuture, Poll, Sink, Stream};
pub use std::io::{Read, Write};
