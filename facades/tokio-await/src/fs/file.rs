//! An open file.

use crate::io::{poll_blocking, poll_read_blocking, AsyncRead, AsyncSeek, AsyncWrite, ReadBuf};
use std::fs::{self, Metadata, Permissions};
use std::future::poll_fn;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

/// An open file, read and written where a thread may wait.
///
/// # Dropping
///
/// Closes it. What was written is with the system.
#[derive(Debug)]
pub struct File {
    std: fs::File,
    /// Where to go, until it is there.
    seek: Option<SeekFrom>,
    /// Where the last seek has led to.
    place: u64,
}

/// How to open a file: std's options, and an `open` that can be awaited.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    std: fs::OpenOptions,
}

macro_rules! options {
    ($( $(#[$doc:meta])* $name:ident; )*) => { $(
        $(#[$doc])*
        pub fn $name(&mut self, yes: bool) -> &mut OpenOptions {
            self.std.$name(yes);
            self
        }
    )* };
}

impl OpenOptions {
    /// With nothing allowed.
    pub fn new() -> OpenOptions {
        OpenOptions::from(fs::OpenOptions::new())
    }

    options! {
        /// Whether it is read.
        read;
        /// Whether it is written.
        write;
        /// Whether all that is written goes to its end.
        append;
        /// Whether it is emptied.
        truncate;
        /// Whether it is made if it is not there.
        create;
        /// Whether it must be made: it is an error if it is there.
        create_new;
    }

    /// Opens the file.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub async fn open(&self, path: impl AsRef<Path>) -> io::Result<File> {
        let path = path.as_ref();
        poll_fn(|cx| poll_blocking(cx, || self.std.open(path))).await.map(File::from)
    }
}

impl Default for OpenOptions {
    fn default() -> OpenOptions {
        OpenOptions::new()
    }
}

impl From<fs::OpenOptions> for OpenOptions {
    fn from(std: fs::OpenOptions) -> OpenOptions {
        OpenOptions { std }
    }
}

macro_rules! operations {
    ($( $(#[$doc:meta])* $name:ident($($arg:ident: $type:ty)?) -> $result:ty; )*) => { $(
        $(#[$doc])*
        ///
        /// # Errors
        ///
        /// Those of the system.
        pub async fn $name(&self $(, $arg: $type)?) -> io::Result<$result> {
            poll_fn(|cx| poll_blocking(cx, || self.std.$name($($arg.clone())?))).await
        }
    )* };
}

impl File {
    /// Opens a file to read it.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub async fn open(path: impl AsRef<Path>) -> io::Result<File> {
        File::options().read(true).open(path).await
    }

    /// Opens a file to write it: an empty one, whatever was there.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub async fn create(path: impl AsRef<Path>) -> io::Result<File> {
        File::options().write(true).create(true).truncate(true).open(path).await
    }

    /// Makes a file to read and write it.
    ///
    /// # Errors
    ///
    /// Those of the system: also if something is there.
    pub async fn create_new(path: impl AsRef<Path>) -> io::Result<File> {
        File::options().read(true).write(true).create_new(true).open(path).await
    }

    /// With nothing allowed yet.
    pub fn options() -> OpenOptions {
        OpenOptions::new()
    }

    /// A file that was opened already.
    pub fn from_std(std: fs::File) -> File {
        File::from(std)
    }

    /// The file of std.
    pub async fn into_std(self) -> fs::File {
        self.std
    }

    operations! {
        /// Waits until contents and metadata are on the disk.
        sync_all() -> ();
        /// Waits until the contents are on the disk.
        sync_data() -> ();
        /// Cuts the file off, or appends zeros.
        set_len(size: u64) -> ();
        /// What the system says of it.
        metadata() -> Metadata;
        /// Sets who may do what with it.
        set_permissions(permissions: Permissions) -> ();
    }

    /// A second handle, with the same place in the file.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub async fn try_clone(&self) -> io::Result<File> {
        poll_fn(|cx| poll_blocking(cx, || self.std.try_clone())).await.map(File::from)
    }
}

impl From<fs::File> for File {
    fn from(std: fs::File) -> File {
        File { std, seek: None, place: 0 }
    }
}

impl From<tokio::fs::File> for File {
    fn from(file: tokio::fs::File) -> File {
        File::from(file.into_std())
    }
}

impl From<File> for tokio::fs::File {
    fn from(file: File) -> tokio::fs::File {
        tokio::fs::File::from_std(file.std)
    }
}

impl AsyncRead for File {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.as_mut().poll_complete(cx))?;
        poll_read_blocking(&mut self.std, cx, buf)
    }
}

impl AsyncWrite for File {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.as_mut().poll_complete(cx))?;
        poll_blocking(cx, || self.std.write(buf))
    }

    // A write to a file is done when it returns.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl AsyncSeek for File {
    fn start_seek(mut self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        self.seek = Some(position);
        Ok(())
    }

    fn poll_complete(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        if let Some(position) = self.seek {
            let place = ready!(poll_blocking(cx, || self.std.seek(position)));
            self.seek = None;
            self.place = place?;
        }
        Poll::Ready(Ok(self.place))
    }
}
