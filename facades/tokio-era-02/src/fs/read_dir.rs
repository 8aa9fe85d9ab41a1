//! The entries of a directory, as a stream.
//!
//! Called by programs of tokio 0.2.
//!
//! Always true: an entry that was read is given out, also after a future of `next_entry` was
//! dropped.
//!
//! Why a newtype? In 0.2 the entries are a stream, which 1.x's are not.

use futures_core::Stream;
use std::ffi::OsString;
use std::fs::{FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio_await::fs as modern;

/// Returns the entries of the directory at `path`.
///
/// # Errors
///
/// As [`std::fs::read_dir`].
///
/// # Dropping
///
/// Once polled, the operation goes on to its end on its thread.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::fs;
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let folder = std::env::temp_dir().join(format!("read-dir-{}", std::process::id()));
///     fs::create_dir_all(&folder).await?;
///     fs::write(folder.join("only.txt"), "").await?;
///     let mut entries = fs::read_dir(&folder).await?;
///     while let Some(entry) = entries.next_entry().await? {
///         assert_eq!(entry.file_name(), "only.txt");
///     }
///     fs::remove_dir_all(&folder).await?;
///     Ok(())
/// }
/// ```
pub async fn read_dir(path: impl AsRef<Path>) -> io::Result<ReadDir> {
    let inner = modern::read_dir(path).await?;
    Ok(ReadDir { inner })
}

/// The entries of a directory; see [`read_dir`].
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::fs;
/// use tokio::stream::StreamExt;
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let folder = std::env::temp_dir().join(format!("entries-{}", std::process::id()));
///     fs::create_dir_all(folder.join("sub")).await?;
///     let mut entries = fs::read_dir(&folder).await?;
///     assert_eq!(entries.next().await.unwrap()?.path(), folder.join("sub"));
///     assert!(entries.next().await.is_none());
///     fs::remove_dir_all(&folder).await?;
///     Ok(())
/// }
/// ```
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct ReadDir {
    inner: modern::ReadDir,
}

impl ReadDir {
    /// Returns the next entry, or `None` at the end.
    ///
    /// # Errors
    ///
    /// As the iterator of std.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    pub async fn next_entry(&mut self) -> io::Result<Option<DirEntry>> {
        let entry = self.inner.next_entry().await?;
        Ok(entry.map(|inner| DirEntry { inner }))
    }

    /// Polls for the next entry; `None` at the end.
    ///
    /// # Errors
    ///
    /// As the iterator of std.
    // Hidden: as tokio 0.2 hides it.
    #[doc(hidden)]
    pub fn poll_next_entry(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Option<DirEntry>>> {
        self.inner.poll_next_entry(cx).map_ok(|entry| entry.map(|inner| DirEntry { inner }))
    }
}

impl Stream for ReadDir {
    type Item = io::Result<DirEntry>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<DirEntry>>> {
        self.get_mut().poll_next_entry(cx).map(Result::transpose)
    }
}

/// An entry of a directory.
#[derive(Debug)]
pub struct DirEntry {
    pub(super) inner: modern::DirEntry,
}

impl DirEntry {
    /// Returns the path: that of the directory, and the name.
    pub fn path(&self) -> PathBuf {
        self.inner.path()
    }

    /// Returns the name.
    pub fn file_name(&self) -> OsString {
        self.inner.file_name()
    }

    /// Returns what the system says of the file. A link is not followed.
    ///
    /// # Errors
    ///
    /// As [`std::fs::DirEntry::metadata`].
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    pub async fn metadata(&self) -> io::Result<Metadata> {
        self.inner.metadata().await
    }

    /// Returns the type of the file. A link is not followed.
    ///
    /// # Errors
    ///
    /// As [`std::fs::DirEntry::file_type`].
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::fs;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let folder = std::env::temp_dir().join(format!("file-type-{}", std::process::id()));
    ///     fs::create_dir_all(folder.join("sub")).await?;
    ///     let entry = fs::read_dir(&folder).await?.next_entry().await?.unwrap();
    ///     assert!(entry.file_type().await?.is_dir());
    ///     fs::remove_dir_all(&folder).await?;
    ///     Ok(())
    /// }
    /// ```
    pub async fn file_type(&self) -> io::Result<FileType> {
        self.inner.file_type().await
    }
}
