//! How files are opened.

use super::File;
use std::io;
use std::path::Path;
use tokio_await::fs as modern;

/// How to open a file.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    inner: modern::OpenOptions,
}

macro_rules! options {
    ($( $(#[$doc:meta])* $name:ident; )*) => { $(
        $(#[$doc])*
        pub fn $name(&mut self, $name: bool) -> &mut OpenOptions {
            self.inner.$name($name);
            self
        }
    )* };
}

impl OpenOptions {
    /// Creates options with all off.
    pub fn new() -> OpenOptions {
        OpenOptions::default()
    }

    options! {
        /// Sets whether to read.
        read;
        /// Sets whether to write.
        write;
        /// Sets whether every write goes to the end.
        append;
        /// Sets whether to drop what is in the file.
        truncate;
        /// Sets whether to create the file if it is missing.
        create;
        /// Sets whether to create the file, which must be missing.
        create_new;
    }

    /// Opens the file.
    ///
    /// # Errors
    ///
    /// As [`std::fs::OpenOptions::open`].
    ///
    /// # Dropping
    ///
    /// Once polled, the file is opened all the same, and closed.
    pub async fn open(&self, path: impl AsRef<Path>) -> io::Result<File> {
        self.inner.open(path).await.map(File::from)
    }
}

impl From<std::fs::OpenOptions> for OpenOptions {
    fn from(options: std::fs::OpenOptions) -> OpenOptions {
        OpenOptions { inner: options.into() }
    }
}

/// What [`OpenOptions`] have on Unix only.
#[cfg(unix)]
pub trait OpenOptionsExt {
    /// Sets the mode of a new file; the default is 0o666.
    fn mode(&mut self, mode: u32) -> &mut Self;

    /// Sets more flags for `open(2)`; those of the access mode are ignored.
    fn custom_flags(&mut self, flags: i32) -> &mut Self;
}

#[cfg(unix)]
impl OpenOptionsExt for OpenOptions {
    fn mode(&mut self, mode: u32) -> &mut OpenOptions {
        self.inner.mode(mode);
        self
    }

    fn custom_flags(&mut self, flags: i32) -> &mut OpenOptions {
        self.inner.custom_flags(flags);
        self
    }
}
