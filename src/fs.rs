//! Files and directories.
//!
//! The operating system has no way to say "not yet" for a file, so each operation here
//! blocks its thread: in [`blocking`](tokio_threadpool::blocking()), which first gives
//! the worker to another thread. So all of this works where `blocking` does: on a thread of
//! the pool, as in tasks of [`tokio::run`](crate::run), also outside of any poll, and on a
//! thread that has an implementation of its own set
//! ([`set_default`](tokio_threadpool::blocking::set_default)). On another thread, such as one of a
//! plain `current_thread` runtime, it fails with an error that says so.
//!
//! The modules: `path` what is done to a file by its name, [`file`](mod@file) what is
//! done to an open one, `read_dir` the entries of a directory, `stdio` the streams of the
//! process, and `blocking` what they all go through.
//!
//! Always true: no operation is under way between two polls. What a poll began it has
//! ended when it returns, and nothing is buffered here; so dropping a file, or a future
//! that was "not ready", loses nothing that had been taken.
//!
//! # Examples
//!
//! ```
//! use tokio::prelude::*;
//!
//! let path = std::env::temp_dir().join(format!("tokio-fs-{}.txt", std::process::id()));
//! let (there, back) = (path.clone(), path.clone());
//! let task = tokio::fs::write(there, "hello")
//!     .and_then(move |_| tokio::fs::read(back))
//!     .map(|contents| assert_eq!(contents, b"hello"))
//!     .map_err(|e| panic!("cannot write and read back: {e}"));
//! tokio::run(task);
//! std::fs::remove_file(path).unwrap();
//! ```

mod blocking;
#[expect(unsafe_code, reason = "implements a method that is unsafe to implement wrongly")]
pub mod file;
mod path;
mod read_dir;
#[expect(unsafe_code, reason = "implements a method that is unsafe to implement wrongly")]
mod stdio;

pub mod os;

pub use self::file::{File, OpenOptions};
pub use self::path::{
    create_dir, create_dir_all, hard_link, metadata, read, read_link, remove_dir, remove_file,
    rename, set_permissions, symlink_metadata, write, CreateDirAllFuture, CreateDirFuture,
    HardLinkFuture, MetadataFuture, ReadFile, ReadLinkFuture, RemoveDirFuture, RemoveFileFuture,
    RenameFuture, SetPermissionsFuture, SymlinkMetadataFuture, WriteFile,
};
pub use self::read_dir::{read_dir, DirEntry, ReadDir, ReadDirFuture};
pub use self::stdio::{stderr, stdin, stdout, Stderr, Stdin, Stdout};

#[cfg(all(test, unix))]
mod tests;
