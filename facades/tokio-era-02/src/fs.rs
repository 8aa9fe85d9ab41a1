//! Files with tokio 0.2's traits and methods, over `tokio-await`'s.

mod dir_builder;
mod file;
mod open_options;
mod read_dir;
#[cfg(unix)]
mod unix;

use std::io;
use std::path::Path;

pub use self::dir_builder::DirBuilder;
pub use self::file::File;
pub use self::open_options::OpenOptions;
pub use self::read_dir::{read_dir, DirEntry, ReadDir};
pub use tokio_await::fs::{
    canonicalize, copy, create_dir, create_dir_all, hard_link, metadata, read, read_link,
    read_to_string, remove_dir, remove_dir_all, remove_file, rename, set_permissions,
    symlink_metadata,
};

/// Writes `contents` to a new file, or in place of what is in the file at `path`.
///
/// # Errors
///
/// As [`std::fs::write`].
///
/// # Dropping
///
/// Once polled, the write goes on to its end on its thread.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::fs;
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let path = std::env::temp_dir().join(format!("write-{}.txt", std::process::id()));
///     fs::write(&path, "two\nlines\n").await?;
///     assert_eq!(fs::read_to_string(&path).await?, "two\nlines\n");
///     fs::remove_file(&path).await?;
///     Ok(())
/// }
/// ```
pub async fn write<C: AsRef<[u8]> + Unpin>(path: impl AsRef<Path>, contents: C) -> io::Result<()> {
    tokio_await::fs::write(path, contents).await
}

/// What there is on some systems only.
pub mod os {
    /// What there is on Unix only.
    #[cfg(unix)]
    pub mod unix {
        pub use crate::fs::unix::DirBuilderExt;
        pub use crate::fs::unix::OpenOptionsExt;
        pub use tokio_await::fs::symlink;
    }
}
