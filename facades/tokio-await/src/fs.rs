//! Files.
//!
//! What the system can only do by making a thread wait is done on threads of the runtime's
//! blocking pool: the polling task never waits, and can be raced and timed out. An operation
//! that has begun goes on to its end if its future is dropped.
//!
//! # Panics
//!
//! Everything here, if polled outside a runtime.

mod dir_builder;
mod file;
#[cfg(unix)]
#[allow(unsafe_code, reason = "implements an unsafe method of std")]
mod from_raw_fd;
mod open_options;
mod read_dir;
mod times;

use crate::io::run;
use std::io;
use std::path::{Path, PathBuf};

pub use self::dir_builder::DirBuilder;
pub use self::file::File;
pub use self::open_options::OpenOptions;
pub use self::read_dir::{read_dir, DirEntry, ReadDir};
pub use self::times::FileTimes;

use std::fs::{Metadata, Permissions};

macro_rules! as_in_std {
    ($( $(#[$doc:meta])* $name:ident($($path:ident),+) -> $result:ty = $std:path; )*) => { $(
        $(#[$doc])*
        ///
        /// # Errors
        ///
        /// Those of the system.
        ///
        /// # Dropping
        ///
        /// Once polled, the operation goes on to its end on its thread.
        pub async fn $name($($path: impl AsRef<Path>),+) -> io::Result<$result> {
            $( let $path = $path.as_ref().to_owned(); )+
            run(move || $std($($path),+)).await
        }
    )* };
}

#[cfg(unix)]
mod links;

#[cfg(unix)]
mod unix;

#[cfg(windows)]
mod windows;

#[cfg(windows)]
mod windows_links;

#[cfg(unix)]
use self::unix::set_mode;
#[cfg(windows)]
use self::windows::set_mode;

#[cfg(unix)]
pub use self::links::symlink;
#[cfg(windows)]
pub use self::windows_links::{symlink_dir, symlink_file};

as_in_std! {
    /// Returns the full path of what is there, without links.
    canonicalize(path) -> PathBuf = std::fs::canonicalize;
    /// Copies contents and permissions of a file, and returns how many bytes.
    copy(from, to) -> u64 = std::fs::copy;
    /// Makes a directory.
    create_dir(path) -> () = std::fs::create_dir;
    /// Makes a directory, and those it is in.
    create_dir_all(path) -> () = std::fs::create_dir_all;
    /// Makes a second name for a file.
    hard_link(original, link) -> () = std::fs::hard_link;
    /// Returns what the system knows of a file, or of what a link leads to.
    metadata(path) -> Metadata = std::fs::metadata;
    /// Returns all of a file.
    read(path) -> Vec<u8> = std::fs::read;
    /// Returns where a link leads to.
    read_link(path) -> PathBuf = std::fs::read_link;
    /// Returns all of a file, which must be UTF-8.
    read_to_string(path) -> String = std::fs::read_to_string;
    /// Removes a directory, which must be empty.
    remove_dir(path) -> () = std::fs::remove_dir;
    /// Removes a directory, and all that is in it.
    remove_dir_all(path) -> () = std::fs::remove_dir_all;
    /// Removes a file.
    remove_file(path) -> () = std::fs::remove_file;
    /// Moves a file or directory.
    rename(from, to) -> () = std::fs::rename;
    /// Returns what the system knows of a file or link.
    symlink_metadata(path) -> Metadata = std::fs::symlink_metadata;
    /// Returns whether something is there.
    try_exists(path) -> bool = std::fs::exists;
}

/// Sets who may do what with a file.
///
/// # Errors
///
/// Those of the system.
///
/// # Dropping
///
/// Once polled, the operation goes on to its end on its thread.
pub async fn set_permissions(path: impl AsRef<Path>, perm: Permissions) -> io::Result<()> {
    let path = path.as_ref().to_owned();
    run(move || std::fs::set_permissions(path, perm)).await
}

/// Makes `contents` the content of a file, which is created if it is not there.
///
/// # Errors
///
/// Those of the system.
///
/// # Dropping
///
/// Once polled, the write goes on to its end on its thread.
///
/// # Examples
///
/// ```no_run
/// # use tokio_await as tokio;
/// tokio::runtime::Runtime::new()?.block_on(async {
///     tokio::fs::write("greeting.txt", "hello").await?;
///     assert_eq!(tokio::fs::read("greeting.txt").await?, b"hello");
///     Ok::<(), std::io::Error>(())
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub async fn write(path: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> io::Result<()> {
    let path = path.as_ref().to_owned();
    let contents = contents.as_ref().to_owned();
    run(move || std::fs::write(path, contents)).await
}
