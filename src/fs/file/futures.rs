//! The futures that open a file, and those that take it along while they work on it.
//!
//! Made by `File` and `OpenOptions`.
//!
//! Always true: a future owns its file until it is done; only that of `try_clone` gives it back
//! with an error.
//!
//! Why a type for each? They are public in upstream, by these names.

use super::File;
use crate::both::both_futures;
use crate::fs::blocking::poll_io;
use std::fs::{self, Metadata};
use std::io::{self, SeekFrom};
use std::path::Path;
use std::task::Poll;
use tokio_executor::task::Context;

/// Resolves to the file once it is open; made by [`OpenOptions::open`](super::OpenOptions)
/// and [`File::open`].
///
/// # Dropping
///
/// Has no effect: the file was not opened.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio::fs::File;
/// use tokio::runtime::Runtime;
///
/// let read = File::open("Cargo.toml")
///     .and_then(|file| tokio::io::read_to_end(file, Vec::new()))
///     .map(|(_file, text)| text.len());
/// assert!(Runtime::new().unwrap().block_on(read).unwrap() > 0);
/// ```
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct OpenFuture<P> {
    options: fs::OpenOptions,
    path: P,
}

impl<P> OpenFuture<P> {
    pub(super) fn new(options: fs::OpenOptions, path: P) -> OpenFuture<P> {
        OpenFuture { options, path }
    }
}

impl<P: AsRef<Path> + Send + 'static> OpenFuture<P> {
    fn poll_cx(&mut self, cx: &Context<'_>) -> Poll<io::Result<File>> {
        poll_io(cx, || self.options.open(&self.path).map(File::from_std))
    }
}

/// Resolves to the new file; made by [`File::create`].
///
/// # Dropping
///
/// Has no effect: the file was not created.
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct CreateFuture<P> {
    path: P,
}

impl<P> CreateFuture<P> {
    pub(super) fn new(path: P) -> CreateFuture<P> {
        CreateFuture { path }
    }
}

impl<P: AsRef<Path> + Send + 'static> CreateFuture<P> {
    fn poll_cx(&mut self, cx: &Context<'_>) -> Poll<io::Result<File>> {
        poll_io(cx, || fs::File::create(&self.path).map(File::from_std))
    }
}

/// Resolves to the file and its position; made by [`File::seek`].
///
/// # Panics
///
/// If polled after it has resolved.
///
/// # Dropping
///
/// Closes the file.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use std::io::SeekFrom;
/// use tokio::fs::File;
/// use tokio::runtime::Runtime;
///
/// let seek = File::open("Cargo.toml").and_then(|file| file.seek(SeekFrom::Start(3)));
/// let (_file, position) = Runtime::new().unwrap().block_on(seek).unwrap();
/// assert_eq!(position, 3);
/// ```
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct SeekFuture {
    file: Option<File>,
    pos: SeekFrom,
}

impl SeekFuture {
    pub(super) fn new(file: File, pos: SeekFrom) -> SeekFuture {
        SeekFuture { file: Some(file), pos }
    }

    fn poll_cx(&mut self, cx: &Context<'_>) -> Poll<io::Result<(File, u64)>> {
        let pos = self.pos;
        poll_with(&mut self.file, |file| file.poll_seek_cx(cx, pos)).map_err(|(_, error)| error)
    }
}

/// Resolves to the file and its metadata; made by [`File::metadata`].
///
/// # Panics
///
/// If polled after it has resolved.
///
/// # Dropping
///
/// Closes the file.
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct MetadataFuture {
    file: Option<File>,
}

impl MetadataFuture {
    pub(super) fn new(file: File) -> MetadataFuture {
        MetadataFuture { file: Some(file) }
    }

    fn poll_cx(&mut self, cx: &Context<'_>) -> Poll<io::Result<(File, Metadata)>> {
        poll_with(&mut self.file, |file| file.poll_metadata_cx(cx)).map_err(|(_, error)| error)
    }
}

/// Resolves to the file and a second handle to it; made by [`File::try_clone`].
///
/// # Panics
///
/// If polled after it has resolved.
///
/// # Dropping
///
/// Closes the file.
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct CloneFuture {
    file: Option<File>,
}

impl CloneFuture {
    pub(super) fn new(file: File) -> CloneFuture {
        CloneFuture { file: Some(file) }
    }

    fn poll_cx(&mut self, cx: &Context<'_>) -> Poll<Result<(File, File), (File, io::Error)>> {
        poll_with(&mut self.file, |file| file.poll_try_clone_cx(cx))
    }
}

/// Polls an operation on the file, and hands the file back with what came of it.
fn poll_with<T>(
    file: &mut Option<File>,
    operation: impl FnOnce(&mut File) -> Poll<io::Result<T>>,
) -> Poll<Result<(File, T), (File, io::Error)>> {
    let mut taken = file.take().expect("polled a future of a file that has resolved");
    match operation(&mut taken) {
        Poll::Ready(Ok(value)) => Poll::Ready(Ok((taken, value))),
        Poll::Ready(Err(error)) => Poll::Ready(Err((taken, error))),
        Poll::Pending => {
            *file = Some(taken);
            Poll::Pending
        }
    }
}

both_futures! {
    [P: (AsRef<Path> + Send + 'static)] OpenFuture<P> => File, io::Error;
    [P: (AsRef<Path> + Send + 'static)] CreateFuture<P> => File, io::Error;
    [] SeekFuture => (File, u64), io::Error;
    [] MetadataFuture => (File, Metadata), io::Error;
    [] CloneFuture => (File, File), (File, io::Error);
}
