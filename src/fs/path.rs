//! What is done to a file by its name: one function, one future, one call each.
//!
//! A future keeps its arguments, and makes the call in the poll that gets to block. So
//! nothing happens before the first poll, and a future that is dropped before it
//! resolved has not touched the file system. Programs call the functions; `fs::blocking` makes
//! each call.
//!
//! Always true: an operation of the file system is made in one poll, on a thread that may block.
//!
//! Why a macro? Upstream has a public future for each function; all but the call itself is the
//! same.

use super::blocking::poll_io;
use crate::both::both_futures;
use std::fmt;
use std::fs::{self, Metadata, Permissions};
use std::io;
use std::path::{Path, PathBuf};
use std::task::Poll;
use tokio_executor::task::Context;

/// Makes the function, and the future that keeps the function's arguments.
macro_rules! path_operations {
    ($(
        $(#[$fn_doc:meta])*
        fn $name:ident[$( $param:ident: ($($bound:tt)+) ),+]($( $arg:ident: $arg_type:ty ),+);

        $(#[$doc:meta])*
        struct $future:ident => $item:ty, |$this:ident| $run:expr;
    )*) => { $(
        $(#[$fn_doc])*
        pub fn $name<$($param),+>($( $arg: $arg_type ),+) -> $future<$($param),+>
        where
            $( $param: $($bound)+ ),+
        {
            $future { $($arg),+ }
        }

        $(#[$doc])*
        #[derive(Debug)]
        #[must_use = "futures do nothing unless polled"]
        pub struct $future<$($param),+>
        where
            $( $param: $($bound)+ ),+
        {
            $( $arg: $arg_type ),+
        }

        impl<$( $param: $($bound)+ ),+> $future<$($param),+> {
            fn poll_cx(&mut self, cx: &Context<'_>) -> Poll<io::Result<$item>> {
                let $this = self;
                poll_io(cx, || $run)
            }
        }

        both_futures! { [$( $param: ($($bound)+) ),+] $future<$($param),+> => $item, io::Error; }
    )* };
}
// For `os::unix`.
pub(super) use path_operations;

path_operations! {
    /// Makes a new, empty directory.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::create_dir`]: if it exists, its parent does not, or it is not
    /// allowed. Also outside a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    ///
    /// let path = std::env::temp_dir().join(format!("tokio-dir-{}", std::process::id()));
    /// let (made, removed) = (path.clone(), path.clone());
    /// let task = tokio::fs::create_dir(made)
    ///     .and_then(|()| tokio::fs::remove_dir(removed))
    ///     .map_err(|e| panic!("cannot make and remove a directory: {e}"));
    /// tokio::run(task);
    /// assert!(!path.exists());
    /// ```
    fn create_dir[P: (AsRef<Path>)](path: P);

    /// Resolves once the directory is made; see [`create_dir`].
    struct CreateDirFuture => (), |this| fs::create_dir(&this.path);

    /// Makes a directory and those above it, as far as they are missing.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::create_dir_all`]; it is fine if the directory exists. Also
    /// outside a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use std::io;
    ///
    /// fn prepare(user: &str) -> impl Future<Item = (), Error = io::Error> {
    ///     tokio::fs::create_dir_all(format!("data/{user}/inbox"))
    /// }
    /// ```
    fn create_dir_all[P: (AsRef<Path>)](path: P);

    /// Resolves once the directories are there; see [`create_dir_all`].
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::fs::CreateDirAllFuture;
    ///
    /// fn ensure_cache() -> CreateDirAllFuture<&'static str> {
    ///     tokio::fs::create_dir_all("target/cache/pages")
    /// }
    /// ```
    struct CreateDirAllFuture => (), |this| fs::create_dir_all(&this.path);

    /// Removes an empty directory.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::remove_dir`]. Also outside a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::Runtime;
    ///
    /// let path = std::env::temp_dir().join(format!("tokio-remove-dir-{}", std::process::id()));
    /// std::fs::create_dir(&path).unwrap();
    /// Runtime::new().unwrap().block_on(tokio::fs::remove_dir(path.clone())).unwrap();
    /// assert!(!path.exists());
    /// ```
    fn remove_dir[P: (AsRef<Path>)](path: P);

    /// Resolves once the directory is removed; see [`remove_dir`].
    struct RemoveDirFuture => (), |this| fs::remove_dir(&this.path);

    /// Removes a file's name; the file itself goes with its last name and the last that
    /// has it open.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::remove_file`]. Also outside a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::Runtime;
    ///
    /// let path = std::env::temp_dir().join(format!("tokio-remove-file-{}", std::process::id()));
    /// std::fs::write(&path, "text").unwrap();
    /// Runtime::new().unwrap().block_on(tokio::fs::remove_file(path.clone())).unwrap();
    /// assert!(!path.exists());
    /// ```
    fn remove_file[P: (AsRef<Path>)](path: P);

    /// Resolves once the name is removed; see [`remove_file`].
    struct RemoveFileFuture => (), |this| fs::remove_file(&this.path);

    /// Gives the file `from` the name `to`, in place of a file that has it.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::rename`], as when the names are on different file systems.
    /// Also outside a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use std::io;
    ///
    /// // Readers see the former contents or the new ones, and nothing in between.
    /// fn replace(contents: String) -> impl Future<Item = (), Error = io::Error> {
    ///     tokio::fs::write("settings.new", contents)
    ///         .and_then(|_| tokio::fs::rename("settings.new", "settings"))
    /// }
    /// ```
    fn rename[P: (AsRef<Path>), Q: (AsRef<Path>)](from: P, to: Q);

    /// Resolves once the file is renamed; see [`rename`].
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::fs::RenameFuture;
    ///
    /// fn rotate() -> RenameFuture<&'static str, &'static str> {
    ///     tokio::fs::rename("service.log", "service.log.1")
    /// }
    /// ```
    struct RenameFuture => (), |this| fs::rename(&this.from, &this.to);

    /// Gives the file `src` a further name, `dst`.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::hard_link`]. Also outside a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use std::io;
    ///
    /// fn keep_copy() -> impl Future<Item = (), Error = io::Error> {
    ///     tokio::fs::hard_link("service.log", "service.log.kept")
    /// }
    /// ```
    fn hard_link[P: (AsRef<Path>), Q: (AsRef<Path>)](src: P, dst: Q);

    /// Resolves once the name is there; see [`hard_link`].
    struct HardLinkFuture => (), |this| fs::hard_link(&this.src, &this.dst);

    /// Looks up where a symbolic link points to.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::read_link`], as when it is no symbolic link. Also outside a
    /// pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::Runtime;
    ///
    /// // Not a symbolic link.
    /// assert!(Runtime::new().unwrap().block_on(tokio::fs::read_link("Cargo.toml")).is_err());
    /// ```
    fn read_link[P: (AsRef<Path>)](path: P);

    /// Resolves to the path in a symbolic link; see [`read_link`].
    struct ReadLinkFuture => PathBuf, |this| fs::read_link(&this.path);

    /// Sets who may do what with a file. Follows symbolic links.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::set_permissions`]. Also outside a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use std::io;
    ///
    /// fn protect(path: &'static str) -> impl Future<Item = (), Error = io::Error> {
    ///     tokio::fs::metadata(path).and_then(move |metadata| {
    ///         let mut permissions = metadata.permissions();
    ///         permissions.set_readonly(true);
    ///         tokio::fs::set_permissions(path, permissions)
    ///     })
    /// }
    /// ```
    fn set_permissions[P: (AsRef<Path>)](path: P, perm: Permissions);

    /// Resolves once the permissions are set; see [`set_permissions`].
    struct SetPermissionsFuture => (), |this| {
        fs::set_permissions(&this.path, this.perm.clone())
    };

    /// Looks up a file's kind, size, permissions and times. Follows symbolic links.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::metadata`]. Also outside a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    ///
    /// let task = tokio::fs::metadata(".")
    ///     .map(|metadata| assert!(metadata.is_dir()))
    ///     .map_err(|e| panic!("cannot look up `.`: {e}"));
    /// tokio::run(task);
    /// ```
    fn metadata[P: (AsRef<Path> + Send + 'static)](path: P);

    /// Resolves to the metadata of a file; see [`metadata`].
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::fs::MetadataFuture;
    /// use tokio::runtime::Runtime;
    ///
    /// fn look_up(path: &'static str) -> MetadataFuture<&'static str> {
    ///     tokio::fs::metadata(path)
    /// }
    ///
    /// assert!(Runtime::new().unwrap().block_on(look_up("Cargo.toml")).unwrap().is_file());
    /// ```
    struct MetadataFuture => Metadata, |this| fs::metadata(&this.path);

    /// As [`metadata`], except that of a symbolic link it tells about the link.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::symlink_metadata`]. Also outside a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::Runtime;
    ///
    /// let look = tokio::fs::symlink_metadata("src");
    /// let metadata = Runtime::new().unwrap().block_on(look).unwrap();
    /// assert!(metadata.is_dir());
    /// ```
    fn symlink_metadata[P: (AsRef<Path> + Send + 'static)](path: P);

    /// Resolves to the metadata of a file or link; see [`symlink_metadata`].
    struct SymlinkMetadataFuture => Metadata, |this| fs::symlink_metadata(&this.path);

    /// Reads a whole file.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::read`]. Also outside a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    ///
    /// let task = tokio::fs::read("Cargo.toml")
    ///     .map(|contents| println!("{} bytes", contents.len()))
    ///     .map_err(|e| eprintln!("cannot read: {e}"));
    /// tokio::run(task);
    /// ```
    fn read[P: (AsRef<Path> + Send + 'static)](path: P);

    /// Resolves to the contents of a file; see [`read`].
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use tokio::runtime::Runtime;
    ///
    /// let lines = tokio::fs::read("Cargo.toml")
    ///     .map(|text| text.iter().filter(|byte| **byte == b'\n').count());
    /// assert!(Runtime::new().unwrap().block_on(lines).unwrap() > 1);
    /// ```
    struct ReadFile => Vec<u8>, |this| fs::read(&this.path);
}

/// Makes `contents` the whole contents of a file, which is created if need be.
///
/// Resolves to `contents`.
///
/// # Errors
///
/// Those of [`std::fs::write`]; the file may be there in part then. Also outside a pool.
///
/// # Examples
///
/// ```
/// use futures::Future;
///
/// let path = std::env::temp_dir().join(format!("tokio-write-{}.txt", std::process::id()));
/// let task = tokio::fs::write(path.clone(), "hello")
///     .map(|contents| assert_eq!(contents, "hello"))
///     .map_err(|e| panic!("cannot write: {e}"));
/// tokio::run(task);
/// assert_eq!(std::fs::read(&path)?, b"hello");
/// std::fs::remove_file(path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn write<P, C: AsRef<[u8]>>(path: P, contents: C) -> WriteFile<P, C>
where
    P: AsRef<Path> + Send + 'static,
{
    WriteFile { path, contents: Some(contents) }
}

/// Resolves, to the contents, once they are in the file; see [`write`](write()).
///
/// # Panics
///
/// If polled after it has resolved.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio::runtime::Runtime;
///
/// let path = std::env::temp_dir().join(format!("tokio-write-file-{}", std::process::id()));
/// // The contents come back, to be used again.
/// let length = tokio::fs::write(path.clone(), "hello").map(|contents| contents.len());
/// assert_eq!(Runtime::new().unwrap().block_on(length).unwrap(), 5);
/// std::fs::remove_file(path).unwrap();
/// ```
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct WriteFile<P: AsRef<Path> + Send + 'static, C: AsRef<[u8]>> {
    path: P,
    /// `None` once they are handed back.
    contents: Option<C>,
}

impl<P: AsRef<Path> + Send + 'static, C: AsRef<[u8]>> WriteFile<P, C> {
    fn poll_cx(&mut self, cx: &Context<'_>) -> Poll<io::Result<C>> {
        let contents = self.contents.as_ref().expect("polled a `WriteFile` that has resolved");
        match poll_io(cx, || fs::write(&self.path, contents)) {
            Poll::Ready(Ok(())) => {
                let contents = self.contents.take().expect("they were there a moment ago");
                Poll::Ready(Ok(contents))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        }
    }
}

both_futures! {
    [P: (AsRef<Path> + Send + 'static), C: (AsRef<[u8]> + fmt::Debug)]
    WriteFile<P, C> => C, io::Error;
}
