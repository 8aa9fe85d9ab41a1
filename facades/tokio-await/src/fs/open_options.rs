//! Opening files.

use super::File;
use crate::io::run;
use std::fs;
use std::io;
#[cfg(unix)]
use std::os::unix::fs::OpenOptionsExt;
#[cfg(windows)]
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;

/// How to open a file: std's options, and an `open` that can be awaited.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::fs::OpenOptions;
/// use tokio::io::AsyncWriteExt;
///
/// async fn log(line: &str) -> std::io::Result<()> {
///     let mut file = OpenOptions::new().create(true).append(true).open("service.log").await?;
///     file.write_all(line.as_bytes()).await?;
///     file.flush().await
/// }
/// ```
#[derive(Clone, Debug)]
pub struct OpenOptions(fs::OpenOptions);

macro_rules! options {
    ($( $(#[$doc:meta])* $name:ident($arg:ident: $type:ty); )*) => { $(
        $(#[$doc])*
        pub fn $name(&mut self, $arg: $type) -> &mut OpenOptions {
            self.0.$name($arg);
            self
        }
    )* };
}

impl OpenOptions {
    /// Creates options with which nothing is allowed.
    pub fn new() -> OpenOptions {
        OpenOptions(fs::OpenOptions::new())
    }

    options! {
        /// Sets whether it is read.
        read(read: bool);
        /// Sets whether it is written.
        write(write: bool);
        /// Sets whether all that is written goes to its end.
        append(append: bool);
        /// Sets whether it is emptied.
        truncate(truncate: bool);
        /// Sets whether it is created if it is not there.
        create(create: bool);
        /// Sets whether it must be created: it is an error if it is there.
        create_new(create_new: bool);
        /// Sets who may do what with a file that is created, before the process's mask.
        #[cfg(unix)]
        mode(mode: u32);
        /// Sets more flags of the system's `open`.
        #[cfg(unix)]
        custom_flags(flags: i32);
        /// Sets what may be done with the file, in the system's terms.
        #[cfg(windows)]
        access_mode(access: u32);
        /// Sets what others may do with the file while it is open.
        #[cfg(windows)]
        share_mode(share: u32);
        /// Sets more flags of the system's `CreateFile`.
        #[cfg(windows)]
        custom_flags(flags: u32);
        /// Sets the attributes of a file that is created.
        #[cfg(windows)]
        attributes(attributes: u32);
        /// Sets how the other end of a pipe may act for this process.
        #[cfg(windows)]
        security_qos_flags(flags: u32);
    }

    /// Opens the file.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Dropping
    ///
    /// Once polled, the file is opened all the same, and closed.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use tokio_await as tokio;
    /// use tokio::fs::OpenOptions;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let log = OpenOptions::new().append(true).create(true).open("log.txt").await.unwrap();
    /// #     drop(log);
    /// });
    /// ```
    pub async fn open(&self, path: impl AsRef<Path>) -> io::Result<File> {
        let path = path.as_ref().to_owned();
        let options = self.0.clone();
        run(move || options.open(path)).await.map(File::from_std)
    }
}

impl Default for OpenOptions {
    fn default() -> OpenOptions {
        OpenOptions::new()
    }
}

impl From<fs::OpenOptions> for OpenOptions {
    fn from(options: fs::OpenOptions) -> OpenOptions {
        OpenOptions(options)
    }
}
