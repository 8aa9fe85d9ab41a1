//! Streams within the process: `tokio-await`'s.

use super::{forward_reads, forward_writes};
use std::pin::Pin;
use tokio_await::io as modern;

/// Creates the two ends of a stream: what is written to one is read from the other. Each way
/// there is room for `max_buf_size` bytes.
///
/// # Panics
///
/// If there is no room.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let (mut client, mut server) = tokio::io::duplex(64);
///     client.write_all(b"ping").await?;
///     let mut request = [0; 4];
///     server.read_exact(&mut request).await?;
///     assert_eq!(&request, b"ping");
///     Ok(())
/// }
/// ```
#[track_caller]
pub fn duplex(max_buf_size: usize) -> (DuplexStream, DuplexStream) {
    let (one, other) = modern::parts::duplex_02(max_buf_size);
    (DuplexStream { inner: one }, DuplexStream { inner: other })
}

/// One end of a stream within the process; see [`duplex`].
///
/// # Dropping
///
/// The other end reads what is left, and then the end. It can write as much as there is room
/// for; 1.x refuses all at once.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     async fn answer(mut stream: DuplexStream) -> std::io::Result<()> {
///         let number = stream.read_u8().await?;
///         stream.write_u8(number + 1).await
///     }
///
///     let (mut client, server) = tokio::io::duplex(8);
///     tokio::spawn(answer(server));
///     client.write_u8(41).await?;
///     assert_eq!(client.read_u8().await?, 42);
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct DuplexStream {
    inner: modern::DuplexStream,
}

forward_reads!(leaf [] DuplexStream, |this| Pin::new(&mut this.get_mut().inner));
forward_writes!([] DuplexStream, |this| Pin::new(&mut this.get_mut().inner));
