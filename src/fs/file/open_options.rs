//! How a file is to be opened.

use super::OpenFuture;
use std::fs;
use std::path::Path;

/// How to open a file: std's options, whose `open` is a future.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio::fs::OpenOptions;
///
/// let path = std::env::temp_dir().join(format!("tokio-open-{}.txt", std::process::id()));
/// let task = OpenOptions::new()
///     .append(true)
///     .create(true)
///     .open(path.clone())
///     .and_then(|log| tokio::io::write_all(log, "started\n"))
///     .map(|_| ())
///     .map_err(|e| eprintln!("cannot write the log: {e}"));
/// tokio::run(task);
/// std::fs::remove_file(path).unwrap();
/// ```
///
/// What only one operating system has, comes by way of std's options:
///
/// ```
/// use std::os::unix::fs::OpenOptionsExt;
/// use tokio::fs::OpenOptions;
///
/// let mut options = std::fs::OpenOptions::new();
/// options.write(true).create_new(true).mode(0o600);
/// let private = OpenOptions::from(options);
/// # let _ = private;
/// ```
#[derive(Clone, Debug)]
pub struct OpenOptions(fs::OpenOptions);

impl OpenOptions {
    /// Returns options that are all off.
    #[expect(clippy::new_without_default, reason = "the upstream type has no `Default`")]
    pub fn new() -> OpenOptions {
        OpenOptions(fs::OpenOptions::new())
    }

    /// Sets whether the file can be read.
    pub fn read(&mut self, read: bool) -> &mut OpenOptions {
        self.0.read(read);
        self
    }

    /// Sets whether the file can be written.
    pub fn write(&mut self, write: bool) -> &mut OpenOptions {
        self.0.write(write);
        self
    }

    /// Sets whether every write goes to the file's end, wherever that is at the time.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use std::io;
    /// use tokio::fs::OpenOptions;
    ///
    /// fn log(line: String) -> impl Future<Item = (), Error = io::Error> {
    ///     OpenOptions::new()
    ///         .create(true)
    ///         .append(true)
    ///         .open("service.log")
    ///         .and_then(move |file| tokio::io::write_all(file, line))
    ///         .map(drop)
    /// }
    /// ```
    pub fn append(&mut self, append: bool) -> &mut OpenOptions {
        self.0.append(append);
        self
    }

    /// Sets whether an existing file is emptied. Needs `write`.
    pub fn truncate(&mut self, truncate: bool) -> &mut OpenOptions {
        self.0.truncate(truncate);
        self
    }

    /// Sets whether a missing file is created. Needs `write` or `append`.
    pub fn create(&mut self, create: bool) -> &mut OpenOptions {
        self.0.create(create);
        self
    }

    /// Sets whether the file must not exist yet; looked up and created in one step.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use std::io;
    /// use tokio::fs::{File, OpenOptions};
    ///
    /// // Fails if somebody else has the lock file already.
    /// fn lock(path: &'static str) -> impl Future<Item = File, Error = io::Error> {
    ///     OpenOptions::new().write(true).create_new(true).open(path)
    /// }
    /// ```
    pub fn create_new(&mut self, create_new: bool) -> &mut OpenOptions {
        self.0.create_new(create_new);
        self
    }

    /// Opens the file.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::OpenOptions::open`]. Also outside a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::fs::OpenOptions;
    /// use tokio::runtime::Runtime;
    ///
    /// let open = OpenOptions::new().read(true).open("Cargo.toml");
    /// assert!(Runtime::new().unwrap().block_on(open).is_ok());
    /// ```
    pub fn open<P>(&self, path: P) -> OpenFuture<P>
    where
        P: AsRef<Path> + Send + 'static,
    {
        OpenFuture::new(self.0.clone(), path)
    }
}

impl From<fs::OpenOptions> for OpenOptions {
    fn from(options: fs::OpenOptions) -> OpenOptions {
        OpenOptions(options)
    }
}
