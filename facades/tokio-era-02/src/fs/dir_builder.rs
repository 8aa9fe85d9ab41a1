//! Creating directories.

use std::io;
use std::path::Path;
use tokio_await::fs as modern;

/// Creates directories in various manners.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::fs::{self, DirBuilder};
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let base = std::env::temp_dir().join(format!("dir-builder-{}", std::process::id()));
///     DirBuilder::new().recursive(true).create(base.join("a/b")).await?;
///     assert!(fs::metadata(base.join("a/b")).await?.is_dir());
///     fs::remove_dir_all(&base).await?;
///     Ok(())
/// }
/// ```
#[derive(Debug, Default)]
pub struct DirBuilder {
    pub(super) inner: modern::DirBuilder,
}

impl DirBuilder {
    /// Creates one that creates one directory, with the mode 0o777.
    pub fn new() -> DirBuilder {
        DirBuilder::default()
    }

    /// Sets whether parents that are missing are created, too. What exists is no error then.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::fs::{self, DirBuilder};
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let base = std::env::temp_dir().join(format!("recursive-{}", std::process::id()));
    ///     assert!(DirBuilder::new().create(base.join("a/b")).await.is_err(), "`a` is missing");
    ///     DirBuilder::new().recursive(true).create(base.join("a/b")).await?;
    ///     fs::remove_dir_all(&base).await?;
    ///     Ok(())
    /// }
    /// ```
    pub fn recursive(&mut self, recursive: bool) -> &mut DirBuilder {
        self.inner.recursive(recursive);
        self
    }

    /// Creates the directory.
    ///
    /// # Errors
    ///
    /// As [`std::fs::DirBuilder::create`].
    ///
    /// # Dropping
    ///
    /// Once polled, the operation goes on to its end on its thread.
    pub async fn create<P: AsRef<Path>>(&self, path: P) -> io::Result<()> {
        self.inner.create(path).await
    }
}
