//! The entries of a directory, one by one.
//!
//! Programs call it; each entry is read through `fs::blocking`.
//!
//! Always true: an entry is read when it is asked for, and not before; a stream that
//! was "not ready" has lost none.
//!
//! Why does a `DirEntry` poll? Its kind and metadata are further system calls, which may block as
//! well.

#[cfg(unix)]
mod unix;

use super::blocking::poll_io;
use super::path::path_operations;
use crate::both::both_futures;
use futures::Stream;
use std::ffi::OsString;
use std::fs::{self, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::task::Poll;
use tokio_executor::coop;
use tokio_executor::internals::convert::into_async;
use tokio_executor::task::Context;

path_operations! {
    /// Opens a directory to list it.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::read_dir`]. Also outside a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{Future, Stream};
    ///
    /// let task = tokio::fs::read_dir(".")
    ///     .flatten_stream()
    ///     .for_each(|entry| {
    ///         println!("{}", entry.path().display());
    ///         Ok(())
    ///     })
    ///     .map_err(|e| eprintln!("cannot list: {e}"));
    /// tokio::run(task);
    /// ```
    fn read_dir[P: (AsRef<Path> + Send + 'static)](path: P);

    /// Resolves to the stream of a directory's entries; see [`read_dir`].
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{Future, Stream};
    /// use tokio::runtime::Runtime;
    ///
    /// let entries = tokio::fs::read_dir("src").flatten_stream();
    /// let names = entries.map(|entry| entry.file_name()).collect();
    /// let names = Runtime::new().unwrap().block_on(names).unwrap();
    /// assert!(names.iter().any(|name| name == "lib.rs"));
    /// ```
    struct ReadDirFuture => ReadDir, |this| fs::read_dir(&this.path).map(ReadDir);
}

/// The entries of a directory, as a stream; without `.` and `..`, in no order.
///
/// # Errors
///
/// If the next entry cannot be read.
///
/// # Examples
///
/// ```
/// use futures::{Future, Stream};
/// use tokio::runtime::Runtime;
///
/// let count = tokio::fs::read_dir(".").and_then(|entries| entries.fold(0, |n, _| {
///     Ok::<_, std::io::Error>(n + 1)
/// }));
/// assert!(Runtime::new().unwrap().block_on(count).unwrap() > 0);
/// ```
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct ReadDir(fs::ReadDir);

impl ReadDir {
    /// Returns the next entry, for a task of either kind; `None` after the last one.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or outside a pool.
    pub fn poll_next_cx(&mut self, cx: &Context<'_>) -> Poll<io::Result<Option<DirEntry>>> {
        if !coop::proceed(cx) {
            return Poll::Pending;
        }
        poll_io(cx, || Ok(self.0.next().transpose()?.map(DirEntry)))
    }
}

impl Stream for ReadDir {
    type Item = DirEntry;
    type Error = io::Error;

    fn poll(&mut self) -> futures::Poll<Option<DirEntry>, io::Error> {
        into_async(self.poll_next_cx(&Context::current()))
    }
}

crate::compat::std_stream! {
    [] ReadDir => io::Result<DirEntry>, |this, cx| {
        this.poll_next_cx(&Context::from(cx)).map(Result::transpose)
    }
}

/// An entry of a directory, from [`ReadDir`].
///
/// # Examples
///
/// ```
/// use futures::{future, Future, Stream};
///
/// let task = tokio::fs::read_dir(".")
///     .flatten_stream()
///     .filter(|entry| entry.file_name().to_str() == Some("src"))
///     .and_then(|entry| future::poll_fn(move || entry.poll_file_type()))
///     .for_each(|file_type| Ok(assert!(file_type.is_dir())))
///     .map_err(|e| eprintln!("cannot list: {e}"));
/// tokio::run(task);
/// ```
#[derive(Debug)]
pub struct DirEntry(fs::DirEntry);

impl DirEntry {
    /// Returns the same entry for std's blocking calls.
    pub fn into_std(self) -> fs::DirEntry {
        self.0
    }

    /// Returns the directory's path, as given to [`read_dir`], with the entry's name.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{Future, Stream};
    /// use tokio::runtime::Runtime;
    ///
    /// let paths = tokio::fs::read_dir("src").flatten_stream().map(|entry| entry.path()).collect();
    /// let paths = Runtime::new().unwrap().block_on(paths).unwrap();
    /// assert!(paths.iter().all(|path| path.starts_with("src")));
    /// ```
    pub fn path(&self) -> PathBuf {
        self.0.path()
    }

    /// Returns the entry's name alone.
    pub fn file_name(&self) -> OsString {
        self.0.file_name()
    }

    /// Looks up kind, size, permissions and times. Does not follow a symbolic link.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::DirEntry::metadata`]. Also outside a pool.
    pub fn poll_metadata(&self) -> futures::Poll<Metadata, io::Error> {
        into_async(self.poll_metadata_cx(&Context::current()))
    }

    /// Works like [`poll_metadata`](DirEntry::poll_metadata), for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_metadata`](DirEntry::poll_metadata).
    pub fn poll_metadata_cx(&self, cx: &Context<'_>) -> Poll<io::Result<Metadata>> {
        poll_io(cx, || self.0.metadata())
    }

    /// Looks up whether it is a file, a directory, or what else. Does not follow a
    /// symbolic link.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::DirEntry::file_type`]. Also outside a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future, Stream};
    /// use std::io;
    ///
    /// fn print_folders(path: &'static str) -> impl Future<Item = (), Error = io::Error> {
    ///     tokio::fs::read_dir(path).flatten_stream().for_each(|entry| {
    ///         let path = entry.path();
    ///         future::poll_fn(move || entry.poll_file_type()).map(move |kind| {
    ///             if kind.is_dir() {
    ///                 println!("{}", path.display());
    ///             }
    ///         })
    ///     })
    /// }
    /// ```
    pub fn poll_file_type(&self) -> futures::Poll<FileType, io::Error> {
        into_async(self.poll_file_type_cx(&Context::current()))
    }

    /// Works like [`poll_file_type`](DirEntry::poll_file_type), for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_file_type`](DirEntry::poll_file_type).
    pub fn poll_file_type_cx(&self, cx: &Context<'_>) -> Poll<io::Result<FileType>> {
        poll_io(cx, || self.0.file_type())
    }
}
