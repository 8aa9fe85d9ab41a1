//! Open files.
//!
//! Programs of tokio 0.2 call it; the file is `tokio-await`'s.
//!
//! Always true: a write is handed to a thread for blocking calls, and the next operation waits
//! for it; an error of it is reported then.
//!
//! Why a newtype? It implements this era's traits, whose reads fill a plain slice, and `seek` is a
//! method here; nothing of the file is done twice.

use crate::handles::has_handle;
use crate::io::{forward_reads, forward_seeks, forward_writes, AsyncSeekExt};
use std::fmt;
use std::fs::{Metadata, Permissions};
use std::io::{self, SeekFrom};
use std::path::Path;
use std::pin::Pin;
use tokio_await::fs as modern;

/// An open file, read and written on threads that may block.
///
/// # Dropping
///
/// What was written is written in the end, but nobody learns of an error: flush before.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use std::io::SeekFrom;
/// use tokio::fs::{self, OpenOptions};
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let path = std::env::temp_dir().join(format!("file-{}.txt", std::process::id()));
///     let mut file = OpenOptions::new().read(true).write(true).create(true).open(&path).await?;
///     file.write_all(b"hello").await?;
///     file.seek(SeekFrom::Start(1)).await?;
///     let mut rest = String::new();
///     file.read_to_string(&mut rest).await?;
///     assert_eq!(rest, "ello");
///     fs::remove_file(&path).await?;
///     Ok(())
/// }
/// ```
pub struct File {
    inner: modern::File,
}

impl File {
    /// Opens a file to read it.
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::open`].
    ///
    /// # Dropping
    ///
    /// Once polled, the file is opened all the same, and closed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::fs::{self, File};
    /// use tokio::io::AsyncReadExt;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let path = std::env::temp_dir().join(format!("open-{}.txt", std::process::id()));
    ///     fs::write(&path, "some text").await?;
    ///     let mut text = String::new();
    ///     File::open(&path).await?.read_to_string(&mut text).await?;
    ///     assert_eq!(text, "some text");
    ///     fs::remove_file(&path).await?;
    ///     Ok(())
    /// }
    /// ```
    pub async fn open(path: impl AsRef<Path>) -> io::Result<File> {
        modern::File::open(path).await.map(File::from)
    }

    /// Creates a file to write it, or drops what is in it.
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::create`].
    ///
    /// # Dropping
    ///
    /// Once polled, the file is opened all the same, and closed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::fs::{self, File};
    /// use tokio::io::AsyncWriteExt;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let path = std::env::temp_dir().join(format!("create-{}.txt", std::process::id()));
    ///     let mut file = File::create(&path).await?;
    ///     file.write_all(b"some text").await?;
    ///     file.flush().await?;
    ///     assert_eq!(fs::read(&path).await?, b"some text");
    ///     fs::remove_file(&path).await?;
    ///     Ok(())
    /// }
    /// ```
    pub async fn create(path: impl AsRef<Path>) -> io::Result<File> {
        modern::File::create(path).await.map(File::from)
    }

    /// Takes a file of std's.
    pub fn from_std(std: std::fs::File) -> File {
        File { inner: modern::File::from_std(std) }
    }

    /// Goes to `pos`, and returns where that is, in bytes from the start.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a position before the start.
    ///
    /// # Dropping
    ///
    /// It may be there or not.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use std::io::SeekFrom;
    /// use tokio::fs::{self, File};
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let path = std::env::temp_dir().join(format!("seek-{}.txt", std::process::id()));
    ///     fs::write(&path, "0123456789").await?;
    ///     let mut file = File::open(&path).await?;
    ///     assert_eq!(file.seek(SeekFrom::End(-3)).await?, 7);
    ///     fs::remove_file(&path).await?;
    ///     Ok(())
    /// }
    /// ```
    pub async fn seek(&mut self, pos: SeekFrom) -> io::Result<u64> {
        AsyncSeekExt::seek(self, pos).await
    }

    /// Waits until the system has written all to the disk.
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::sync_all`].
    ///
    /// # Dropping
    ///
    /// Once polled, the operation goes on to its end on its thread.
    pub async fn sync_all(&mut self) -> io::Result<()> {
        self.inner.sync_all().await
    }

    /// Waits until the system has written all but some metadata to the disk.
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::sync_data`].
    ///
    /// # Dropping
    ///
    /// Once polled, the operation goes on to its end on its thread.
    pub async fn sync_data(&mut self) -> io::Result<()> {
        self.inner.sync_data().await
    }

    /// Sets the length in bytes; what is new is zeros.
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::set_len`].
    ///
    /// # Dropping
    ///
    /// Once polled, the operation goes on to its end on its thread.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::fs::{self, File};
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let path = std::env::temp_dir().join(format!("set-len-{}.txt", std::process::id()));
    ///     File::create(&path).await?.set_len(10).await?;
    ///     assert_eq!(fs::read(&path).await?, [0; 10]);
    ///     fs::remove_file(&path).await?;
    ///     Ok(())
    /// }
    /// ```
    pub async fn set_len(&mut self, size: u64) -> io::Result<()> {
        self.inner.set_len(size).await
    }

    /// Returns what the system says of the file.
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::metadata`].
    ///
    /// # Dropping
    ///
    /// Once polled, the operation goes on to its end on its thread.
    pub async fn metadata(&self) -> io::Result<Metadata> {
        self.inner.metadata().await
    }

    /// Creates another handle to the file, with the same position.
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::try_clone`].
    ///
    /// # Dropping
    ///
    /// Once polled, the handle is made all the same, and closed.
    pub async fn try_clone(&self) -> io::Result<File> {
        self.inner.try_clone().await.map(File::from)
    }

    /// Gives the file to std, once what goes on is over.
    ///
    /// # Dropping
    ///
    /// Closes the file, as the drop of a [`File`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use std::io::Read;
    /// use tokio::fs::{self, File};
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let path = std::env::temp_dir().join(format!("into-std-{}.txt", std::process::id()));
    ///     fs::write(&path, "for std").await?;
    ///     let mut file: std::fs::File = File::open(&path).await?.into_std().await;
    ///     let mut text = String::new();
    ///     file.read_to_string(&mut text)?;
    ///     assert_eq!(text, "for std");
    ///     fs::remove_file(&path).await?;
    ///     Ok(())
    /// }
    /// ```
    pub async fn into_std(self) -> std::fs::File {
        self.inner.into_std().await
    }

    /// Gives the file to std, if nothing goes on.
    ///
    /// # Errors
    ///
    /// The file, if something does.
    #[allow(clippy::result_large_err, reason = "the signature is tokio's")]
    pub fn try_into_std(self) -> Result<std::fs::File, File> {
        self.inner.try_into_std().map_err(File::from)
    }

    /// Sets who may do what with the file.
    ///
    /// # Errors
    ///
    /// As [`std::fs::File::set_permissions`].
    ///
    /// # Dropping
    ///
    /// Once polled, the operation goes on to its end on its thread.
    pub async fn set_permissions(&self, perm: Permissions) -> io::Result<()> {
        self.inner.set_permissions(perm).await
    }
}

forward_reads!(leaf [] File, |this| Pin::new(&mut this.get_mut().inner));
forward_writes!([] File, |this| Pin::new(&mut this.get_mut().inner));
forward_seeks!([] File, |this| Pin::new(&mut this.get_mut().inner));

impl From<std::fs::File> for File {
    fn from(std: std::fs::File) -> File {
        File::from_std(std)
    }
}

impl From<modern::File> for File {
    fn from(inner: modern::File) -> File {
        File { inner }
    }
}

impl From<File> for modern::File {
    fn from(file: File) -> modern::File {
        file.inner
    }
}

has_handle!(File);

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
