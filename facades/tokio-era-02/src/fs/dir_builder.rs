//! Creating directories.

use std::io;
use std::path::Path;
use tokio_await::fs as modern;

/// Creates directories in various manners.
#[derive(Debug, Default)]
pub struct DirBuilder {
    inner: modern::DirBuilder,
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

/// What a [`DirBuilder`] can do on Unix only.
#[cfg(unix)]
pub trait DirBuilderExt {
    /// Sets the mode of new directories; the default is 0o777.
    fn mode(&mut self, mode: u32) -> &mut Self;
}

#[cfg(unix)]
impl DirBuilderExt for DirBuilder {
    fn mode(&mut self, mode: u32) -> &mut DirBuilder {
        self.inner.mode(mode);
        self
    }
}
