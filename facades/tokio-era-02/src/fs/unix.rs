//! What of files there is on Unix only.

use super::{DirBuilder, DirEntry, OpenOptions};
use std::os::unix::fs::DirEntryExt;

/// What a [`DirBuilder`] can do on Unix only.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use std::os::unix::fs::PermissionsExt;
/// use tokio::fs::os::unix::DirBuilderExt;
/// use tokio::fs::{self, DirBuilder};
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let path = std::env::temp_dir().join(format!("mode-{}", std::process::id()));
///     DirBuilder::new().mode(0o700).create(&path).await?;
///     assert_eq!(fs::metadata(&path).await?.permissions().mode() & 0o777, 0o700);
///     fs::remove_dir(&path).await?;
///     Ok(())
/// }
/// ```
pub trait DirBuilderExt {
    /// Sets the mode of new directories; the default is 0o777.
    fn mode(&mut self, mode: u32) -> &mut Self;
}

impl DirBuilderExt for DirBuilder {
    fn mode(&mut self, mode: u32) -> &mut DirBuilder {
        self.inner.mode(mode);
        self
    }
}

/// What [`OpenOptions`] have on Unix only.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use std::os::unix::fs::PermissionsExt;
/// use tokio::fs::os::unix::OpenOptionsExt;
/// use tokio::fs::{self, OpenOptions};
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let path = std::env::temp_dir().join(format!("secret-{}.txt", std::process::id()));
///     let file = OpenOptions::new().write(true).create(true).mode(0o600).open(&path).await?;
///     assert_eq!(file.metadata().await?.permissions().mode() & 0o777, 0o600);
///     fs::remove_file(&path).await?;
///     Ok(())
/// }
/// ```
pub trait OpenOptionsExt {
    /// Sets the mode of a new file; the default is 0o666.
    fn mode(&mut self, mode: u32) -> &mut Self;

    /// Sets more flags for `open(2)`; those of the access mode are ignored.
    fn custom_flags(&mut self, flags: i32) -> &mut Self;
}

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

impl DirEntryExt for DirEntry {
    fn ino(&self) -> u64 {
        self.inner.ino()
    }
}
