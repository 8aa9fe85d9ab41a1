//! Making directories.

use super::set_mode;
use crate::io::run;
use std::io;
use std::path::Path;

/// How to make a directory.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::fs::DirBuilder;
///
/// async fn prepare(user: &str) -> std::io::Result<()> {
///     DirBuilder::new().recursive(true).mode(0o700).create(format!("data/{user}")).await
/// }
/// ```
#[derive(Debug, Default)]
pub struct DirBuilder {
    recursive: bool,
    /// Of new directories; set on Unix only.
    pub(super) mode: Option<u32>,
}

impl DirBuilder {
    /// Creates options with which one directory is made, for everybody whom the process's
    /// mask lets.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     tokio::fs::DirBuilder::new().recursive(true).create("a/b").await.unwrap();
    /// });
    /// ```
    pub fn new() -> DirBuilder {
        DirBuilder::default()
    }

    /// Sets whether the directories it is in are made, too, and whether it may be there
    /// already.
    pub fn recursive(&mut self, recursive: bool) -> &mut DirBuilder {
        self.recursive = recursive;
        self
    }

    /// Makes the directory.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Dropping
    ///
    /// Once polled, the operation goes on to its end on its thread.
    pub async fn create(&self, path: impl AsRef<Path>) -> io::Result<()> {
        let path = path.as_ref().to_owned();
        let mut std = std::fs::DirBuilder::new();
        std.recursive(self.recursive);
        if let Some(mode) = self.mode {
            set_mode(&mut std, mode);
        }
        run(move || std.create(path)).await
    }
}
