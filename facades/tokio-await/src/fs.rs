//! Files.
//!
//! What the system can only do by making a thread wait is done where the pool's other
//! tasks do not have to wait with it.

mod file;
mod read_dir;

use crate::io::poll_blocking;
use std::future::poll_fn;
use std::io;
use std::path::{Path, PathBuf};
use tokio::fs as engine;

pub use self::file::{File, OpenOptions};
pub use self::read_dir::{read_dir, DirEntry, ReadDir};
pub use std::fs::{Metadata, Permissions};

macro_rules! on_paths {
    ($( $(#[$doc:meta])* $name:ident($($path:ident),+) -> $result:ty = $engine:path; )*) => { $(
        $(#[$doc])*
        ///
        /// # Errors
        ///
        /// Those of the system.
        pub async fn $name($($path: impl AsRef<Path>),+) -> io::Result<$result> {
            $( let $path: PathBuf = $path.as_ref().to_owned(); )+
            $engine($($path),+).await
        }
    )* };
}

on_paths! {
    /// All of a file.
    read(path) -> Vec<u8> = engine::read;
    /// Makes a directory.
    create_dir(path) -> () = engine::create_dir;
    /// Makes a directory, and those it is in.
    create_dir_all(path) -> () = engine::create_dir_all;
    /// Removes a directory, which must be empty.
    remove_dir(path) -> () = engine::remove_dir;
    /// Removes a file.
    remove_file(path) -> () = engine::remove_file;
    /// Moves a file or directory.
    rename(from, to) -> () = engine::rename;
    /// What the system says of a file, or of what a link leads to.
    metadata(path) -> Metadata = engine::metadata;
    /// What the system says of a file or link.
    symlink_metadata(path) -> Metadata = engine::symlink_metadata;
    /// Makes a second name for a file.
    hard_link(from, to) -> () = engine::hard_link;
    /// Where a link leads to.
    read_link(path) -> PathBuf = engine::read_link;
}

macro_rules! as_in_std {
    ($( $(#[$doc:meta])* $name:ident($($path:ident),+) -> $result:ty; )*) => { $(
        $(#[$doc])*
        ///
        /// # Errors
        ///
        /// Those of the system.
        pub async fn $name($($path: impl AsRef<Path>),+) -> io::Result<$result> {
            $( let $path = $path.as_ref(); )+
            poll_fn(|cx| poll_blocking(cx, || std::fs::$name($($path),+))).await
        }
    )* };
}

as_in_std! {
    /// Copies contents and permissions of a file, and says how many bytes.
    copy(from, to) -> u64;
    /// The full path of what is there, without links.
    canonicalize(path) -> PathBuf;
    /// Removes a directory, and all that is in it.
    remove_dir_all(path) -> ();
}

/// Whether something is there.
///
/// # Errors
///
/// Those of the system, if that cannot be told.
pub async fn try_exists(path: impl AsRef<Path>) -> io::Result<bool> {
    let path = path.as_ref();
    poll_fn(|cx| poll_blocking(cx, || path.try_exists())).await
}

/// Sets who may do what with a file.
///
/// # Errors
///
/// Those of the system.
pub async fn set_permissions(path: impl AsRef<Path>, permissions: Permissions) -> io::Result<()> {
    let path = path.as_ref();
    let set = || std::fs::set_permissions(path, permissions.clone());
    poll_fn(|cx| poll_blocking(cx, set)).await
}

/// Makes a link at `link` that leads to `original`.
///
/// # Errors
///
/// Those of the system.
#[cfg(unix)]
pub async fn symlink(original: impl AsRef<Path>, link: impl AsRef<Path>) -> io::Result<()> {
    let (original, link) = (original.as_ref(), link.as_ref());
    poll_fn(|cx| poll_blocking(cx, || std::os::unix::fs::symlink(original, link))).await
}

/// All of a file, as text.
///
/// # Errors
///
/// Those of the system; `InvalidData` if it is not UTF-8.
pub async fn read_to_string(path: impl AsRef<Path>) -> io::Result<String> {
    let bytes = read(path).await?;
    String::from_utf8(bytes).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
}

/// Makes `contents` the content of a file.
///
/// # Errors
///
/// Those of the system.
pub async fn write(path: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> io::Result<()> {
    let (path, contents) = (path.as_ref().to_owned(), contents.as_ref().to_owned());
    engine::write(path, contents).await.map(drop)
}
