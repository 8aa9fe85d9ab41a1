//! How files are opened.

use super::File;
use std::io;
use std::path::Path;
use tokio_await::fs as modern;

/// How to open a file.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::fs::{self, OpenOptions};
/// use tokio::io::AsyncWriteExt;
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let path = std::env::temp_dir().join(format!("options-{}.txt", std::process::id()));
///     fs::write(&path, "first\n").await?;
///     let mut file = OpenOptions::new().append(true).open(&path).await?;
///     file.write_all(b"second\n").await?;
///     file.flush().await?;
///     assert_eq!(fs::read_to_string(&path).await?, "first\nsecond\n");
///     fs::remove_file(&path).await?;
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    pub(super) inner: modern::OpenOptions,
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use std::io::ErrorKind;
    /// use tokio::fs::{self, OpenOptions};
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let path = std::env::temp_dir().join(format!("create-new-{}.txt", std::process::id()));
    ///     fs::write(&path, "").await?;
    ///     let opened = OpenOptions::new().write(true).create_new(true).open(&path).await;
    ///     assert_eq!(opened.unwrap_err().kind(), ErrorKind::AlreadyExists);
    ///     fs::remove_file(&path).await?;
    ///     Ok(())
    /// }
    /// ```
    pub async fn open(&self, path: impl AsRef<Path>) -> io::Result<File> {
        self.inner.open(path).await.map(File::from)
    }
}

impl From<std::fs::OpenOptions> for OpenOptions {
    fn from(options: std::fs::OpenOptions) -> OpenOptions {
        OpenOptions { inner: options.into() }
    }
}
