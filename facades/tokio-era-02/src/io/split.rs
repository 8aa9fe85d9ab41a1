//! A stream in two halves that can go separate ways: `tokio-await`'s.

use super::modern::Modern;
use super::{forward_reads, forward_writes, AsyncRead, AsyncWrite};
use std::fmt;
use std::pin::Pin;
use tokio_await::io as modern;

/// The half of a stream that reads; see [`split`].
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf};
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     async fn first_byte(mut read: ReadHalf<DuplexStream>) -> std::io::Result<u8> {
///         read.read_u8().await
///     }
///
///     let (client, mut server) = tokio::io::duplex(64);
///     let (read, _write) = tokio::io::split(client);
///     server.write_u8(7).await?;
///     assert_eq!(first_byte(read).await?, 7);
///     Ok(())
/// }
/// ```
pub struct ReadHalf<T> {
    inner: modern::ReadHalf<Modern<T>>,
}

/// The half of a stream that writes; see [`split`].
pub struct WriteHalf<T> {
    inner: modern::WriteHalf<Modern<T>>,
}

/// Parts a stream into a half that reads and a half that writes.
///
/// They take turns at the stream. Sockets have an `into_split` that needs none.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let (client, mut server) = tokio::io::duplex(64);
///     let (mut read, mut write) = tokio::io::split(client);
///     let echo = tokio::spawn(async move {
///         let number = server.read_u8().await.unwrap();
///         server.write_u8(number).await.unwrap();
///     });
///     write.write_u8(7).await?;
///     assert_eq!(read.read_u8().await?, 7);
///     echo.await.unwrap();
///     Ok(())
/// }
/// ```
pub fn split<T>(stream: T) -> (ReadHalf<T>, WriteHalf<T>)
where
    T: AsyncRead + AsyncWrite,
{
    let (read, write) = modern::split(Modern::new(stream));
    (ReadHalf { inner: read }, WriteHalf { inner: write })
}

impl<T> ReadHalf<T> {
    /// Returns whether the two halves are of one stream.
    pub fn is_pair_of(&self, other: &WriteHalf<T>) -> bool {
        self.inner.is_pair_of(&other.inner)
    }

    /// Joins the halves again.
    ///
    /// In tokio 0.2 the stream need not be `Unpin`; what was pinned must not be moved, so
    /// that it must be here.
    ///
    /// # Panics
    ///
    /// If they are not of one stream.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// #[tokio::main]
    /// async fn main() {
    ///     let (one, _other) = tokio::io::duplex(64);
    ///     let (read, write) = tokio::io::split(one);
    ///     assert!(read.is_pair_of(&write));
    ///     let _one = read.unsplit(write);
    /// }
    /// ```
    #[track_caller]
    pub fn unsplit(self, wr: WriteHalf<T>) -> T
    where
        T: Unpin,
    {
        self.inner.unsplit(wr.inner).into_inner()
    }
}

impl<T> WriteHalf<T> {
    /// Returns whether the two halves are of one stream.
    pub fn is_pair_of(&self, other: &ReadHalf<T>) -> bool {
        self.inner.is_pair_of(&other.inner)
    }
}

forward_reads!([T: AsyncRead] ReadHalf<T>, |this| Pin::new(&mut this.get_mut().inner));
forward_writes!([T: AsyncWrite] WriteHalf<T>, |this| Pin::new(&mut this.get_mut().inner));

impl<T: fmt::Debug> fmt::Debug for ReadHalf<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T: fmt::Debug> fmt::Debug for WriteHalf<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
