//! What Unix can do with files.

use crate::both::both_futures;
use crate::fs::blocking::poll_io;
use crate::fs::path::path_operations;
use std::io;
use std::path::Path;
use std::task::Poll;
use tokio_executor::task::Context;

path_operations! {
    /// Makes `dst` a symbolic link to `src`, which need not exist.
    ///
    /// # Errors
    ///
    /// Those of [`std::os::unix::fs::symlink`]. Also outside a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use tokio::fs::{self, os::unix::symlink};
    ///
    /// let path = std::env::temp_dir().join(format!("tokio-link-{}", std::process::id()));
    /// let (made, read, removed) = (path.clone(), path.clone(), path.clone());
    /// let task = symlink("nowhere", made)
    ///     .and_then(move |()| fs::read_link(read))
    ///     .map(|target| assert_eq!(target.to_str(), Some("nowhere")))
    ///     .and_then(move |()| fs::remove_file(removed))
    ///     .map_err(|e| panic!("cannot make a link: {e}"));
    /// tokio::run(task);
    /// ```
    fn symlink[P: (AsRef<Path>), Q: (AsRef<Path>)](src: P, dst: Q);

    /// Resolves once the link is made; see [`symlink`].
    struct SymlinkFuture => (), |this| std::os::unix::fs::symlink(&this.src, &this.dst);
}
