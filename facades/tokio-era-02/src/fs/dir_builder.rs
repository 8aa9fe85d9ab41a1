//! Creating directories.

use std::io;
use std::path::Path;
use tokio_await::fs as modern;

/// Creates directories in various manners.
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
