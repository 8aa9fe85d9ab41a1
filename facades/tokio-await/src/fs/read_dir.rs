//! What is in a directory.

use crate::io::poll_blocking;
use std::ffi::OsString;
use std::fs::{self, FileType, Metadata};
use std::future::poll_fn;
use std::io;
use std::path::{Path, PathBuf};
use std::task::{Context, Poll};

/// Begins to read what is in a directory.
///
/// # Errors
///
/// Those of the system.
pub async fn read_dir(path: impl AsRef<Path>) -> io::Result<ReadDir> {
    let path = path.as_ref();
    let std = poll_fn(|cx| poll_blocking(cx, || fs::read_dir(path))).await?;
    Ok(ReadDir { std })
}

/// What is in a directory, one after the other; see [`read_dir`].
#[derive(Debug)]
pub struct ReadDir {
    std: fs::ReadDir,
}

impl ReadDir {
    /// The next one, or `None` at the end.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    pub async fn next_entry(&mut self) -> io::Result<Option<DirEntry>> {
        poll_fn(|cx| self.poll_next_entry(cx)).await
    }

    /// [`next_entry`](ReadDir::next_entry), by hand.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn poll_next_entry(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Option<DirEntry>>> {
        let next = poll_blocking(cx, || self.std.next().transpose());
        next.map_ok(|entry| entry.map(|std| DirEntry { std }))
    }
}

/// Something in a directory.
#[derive(Debug)]
pub struct DirEntry {
    std: fs::DirEntry,
}

impl DirEntry {
    /// The directory, as it was given, and the name.
    pub fn path(&self) -> PathBuf {
        self.std.path()
    }

    /// The name.
    pub fn file_name(&self) -> OsString {
        self.std.file_name()
    }

    /// What the system says of it. A link is not followed.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub async fn metadata(&self) -> io::Result<Metadata> {
        poll_fn(|cx| poll_blocking(cx, || self.std.metadata())).await
    }

    /// Whether it is a file, a directory or a link.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub async fn file_type(&self) -> io::Result<FileType> {
        poll_fn(|cx| poll_blocking(cx, || self.std.file_type())).await
    }
}
