//! An open file, and the futures that open it and work on it.
//!
//! Programs call it; each operation goes through `fs::blocking`.
//!
//! Always true: nothing is buffered, and no operation is under way between two polls: what a
//! poll began has ended when it returns.
//!
//! Why is a file no source of the reactor? The operating system reports a file as ready at all
//! times.

mod futures;
mod open_options;

pub use self::futures::{CloneFuture, CreateFuture, MetadataFuture, OpenFuture, SeekFuture};
pub use self::open_options::OpenOptions;

use super::blocking::poll_io;
use std::fs::{self, Metadata, Permissions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::task::Poll;
use tokio_executor::coop;
use tokio_executor::internals::convert::into_async;
use tokio_executor::task::Context;
use tokio_io::{AsyncRead, AsyncWrite};

/// An open file.
///
/// Every operation is complete when the poll that made it returns; none is buffered. So
/// the file is where the last operation left it, for [`seek`](File::seek), for a
/// [clone](File::try_clone), and for whoever else has it open.
///
/// # Errors
///
/// Every operation fails on a thread that is not a pool's, and after
/// [`shutdown`](AsyncWrite::shutdown).
///
/// # Dropping
///
/// Closes the file. What was written was handed to the operating system at the time;
/// only [`poll_sync_all`](File::poll_sync_all) tells whether it has reached the disk.
///
/// # Examples
///
/// ```
/// use std::io::SeekFrom;
/// use tokio::fs::OpenOptions;
/// use tokio::prelude::*;
///
/// let path = std::env::temp_dir().join(format!("tokio-file-{}.txt", std::process::id()));
/// let task = OpenOptions::new()
///     .read(true)
///     .write(true)
///     .create(true)
///     .open(path.clone())
///     .and_then(|file| tokio::io::write_all(file, "hello, world"))
///     .and_then(|(file, _)| file.seek(SeekFrom::Start(7)))
///     .and_then(|(file, _)| tokio::io::read_to_end(file, Vec::new()))
///     .map(|(_, rest)| assert_eq!(rest, b"world"))
///     .map_err(|e| panic!("cannot write and read back: {e}"));
/// tokio::run(task);
/// std::fs::remove_file(path).unwrap();
/// ```
#[derive(Debug)]
pub struct File {
    /// `None` once it is shut down.
    std: Option<fs::File>,
}

impl File {
    /// Opens a file to read it.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::File::open`]. Also outside a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::fs::File;
    /// use tokio::runtime::Runtime;
    ///
    /// let mut runtime = Runtime::new().unwrap();
    /// let file = runtime.block_on(File::open("Cargo.toml")).unwrap();
    /// assert!(runtime.block_on(File::open("no such file")).is_err());
    /// ```
    pub fn open<P>(path: P) -> OpenFuture<P>
    where
        P: AsRef<Path> + Send + 'static,
    {
        OpenOptions::new().read(true).open(path)
    }

    /// Opens a file to write it. It is created if need be, and emptied if not.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::File::create`]. Also outside a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use tokio::fs::File;
    /// use tokio::runtime::Runtime;
    ///
    /// let path = std::env::temp_dir().join(format!("tokio-create-{}", std::process::id()));
    /// let write = File::create(path.clone()).and_then(|file| tokio::io::write_all(file, "hello"));
    /// Runtime::new().unwrap().block_on(write).unwrap();
    /// assert_eq!(std::fs::read(&path).unwrap(), b"hello");
    /// std::fs::remove_file(path).unwrap();
    /// ```
    pub fn create<P>(path: P) -> CreateFuture<P>
    where
        P: AsRef<Path> + Send + 'static,
    {
        CreateFuture::new(path)
    }

    /// Takes over a file that std has opened.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::fs::File;
    ///
    /// let file = File::from_std(std::fs::File::open("Cargo.toml").unwrap());
    /// assert!(file.into_std().metadata().unwrap().is_file());
    /// ```
    pub fn from_std(std: fs::File) -> File {
        File { std: Some(std) }
    }

    /// Returns the same file for std's blocking calls.
    ///
    /// # Panics
    ///
    /// If the file was shut down.
    pub fn into_std(self) -> fs::File {
        self.std.expect("the file was shut down, and is closed")
    }

    /// Makes one blocking call on the file.
    fn poll_op<T>(
        &mut self,
        cx: &Context<'_>,
        operation: impl FnOnce(&mut fs::File) -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        match &mut self.std {
            Some(std) => poll_io(cx, || operation(std)),
            None => Poll::Ready(Err(io::Error::other("the file was shut down, and is closed"))),
        }
    }

    /// As [`poll_op`](File::poll_op), for reads and writes that may go on for ever.
    fn poll_transfer(
        &mut self,
        cx: &Context<'_>,
        operation: impl FnOnce(&mut fs::File) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        if !coop::proceed(cx) {
            return Poll::Pending;
        }
        self.poll_op(cx, operation)
    }

    /// As [`poll_op`](File::poll_op), in the words of `Read` and `Write`.
    ///
    /// No budget here: some callers loop over `read` and take `WouldBlock` for an error.
    fn op<T>(&mut self, operation: impl FnOnce(&mut fs::File) -> io::Result<T>) -> io::Result<T> {
        tokio_executor::internals::convert::or_would_block(
            self.poll_op(&Context::current(), operation),
        )
    }
}

macro_rules! operations {
    ($(
        $(#[$doc:meta])*
        $name:ident, $name_cx:ident($( $arg:ident: $type:ty )?) -> $item:ty, $operation:expr;
    )*) => {
        impl File { $(
            $(#[$doc])*
            pub fn $name(&mut self $(, $arg: $type)?) -> ::futures::Poll<$item, io::Error> {
                into_async(self.$name_cx(&Context::current() $(, $arg)?))
            }

            #[doc = concat!("Works like [`", stringify!($name), "`](File::", stringify!($name), "),")]
            /// for a task of either kind.
            ///
            /// # Errors
            ///
            /// Those of the operation. Also outside a pool.
            pub fn $name_cx(
                &mut self,
                cx: &Context<'_>
                $(, $arg: $type)?
            ) -> Poll<io::Result<$item>> {
                self.poll_op(cx, $operation)
            }
        )* }
    };
}

operations! {
    /// Moves to `pos`, and returns where that is, in bytes from the start.
    ///
    /// # Errors
    ///
    /// If it lies before the start, or the file has no positions. Also outside a pool.
    poll_seek, poll_seek_cx(pos: SeekFrom) -> u64, |file| file.seek(pos);

    /// Waits until contents and metadata have reached the disk.
    ///
    /// # Errors
    ///
    /// If some of what was written is lost. Also outside a pool.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future::{poll_fn, Future};
    /// use tokio::fs::File;
    ///
    /// let path = std::env::temp_dir().join(format!("tokio-sync-{}.txt", std::process::id()));
    /// let task = File::create(path.clone())
    ///     .and_then(|file| tokio::io::write_all(file, "to stay"))
    ///     .and_then(|(mut file, _)| poll_fn(move || file.poll_sync_all()))
    ///     .map_err(|e| panic!("not stored: {e}"));
    /// tokio::run(task);
    /// std::fs::remove_file(path).unwrap();
    /// ```
    poll_sync_all, poll_sync_all_cx() -> (), |file| file.sync_all();

    /// Waits until the contents have reached the disk, and of the metadata what is needed
    /// to find them.
    ///
    /// # Errors
    ///
    /// If some of what was written is lost. Also outside a pool.
    poll_sync_data, poll_sync_data_cx() -> (), |file| file.sync_data();

    /// Cuts the file off at `size` bytes, or lengthens it with zeros. The position stays.
    ///
    /// # Errors
    ///
    /// If the file is not open for writing, or cannot be that long. Also outside a pool.
    poll_set_len, poll_set_len_cx(size: u64) -> (), |file| file.set_len(size);

    /// Looks up kind, size, permissions and times.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::File::metadata`]. Also outside a pool.
    poll_metadata, poll_metadata_cx() -> Metadata, |file| file.metadata();

    /// A further handle to the same open file: with one position for both.
    ///
    /// # Errors
    ///
    /// If the process has too many descriptors. Also outside a pool.
    poll_try_clone, poll_try_clone_cx() -> File, |file| file.try_clone().map(File::from_std);

    /// Sets who may do what with the file.
    ///
    /// # Errors
    ///
    /// Those of [`std::fs::File::set_permissions`]. Also outside a pool.
    poll_set_permissions, poll_set_permissions_cx(perm: Permissions) -> (), |file| {
        file.set_permissions(perm)
    };
}

impl File {
    /// Resolves to the file and its position once that is `pos`.
    ///
    /// # Errors
    ///
    /// As for [`poll_seek`](File::poll_seek); the file is lost then.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use std::io::SeekFrom;
    /// use tokio::fs::File;
    /// use tokio::runtime::Runtime;
    ///
    /// let end = File::open("Cargo.toml").and_then(|file| file.seek(SeekFrom::End(0)));
    /// let (_file, length) = Runtime::new().unwrap().block_on(end).unwrap();
    /// assert_eq!(length, std::fs::metadata("Cargo.toml").unwrap().len());
    /// ```
    pub fn seek(self, pos: SeekFrom) -> SeekFuture {
        SeekFuture::new(self, pos)
    }

    /// Resolves to the file and its metadata.
    ///
    /// # Errors
    ///
    /// As for [`poll_metadata`](File::poll_metadata); the file is lost then.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use tokio::fs::File;
    /// use tokio::runtime::Runtime;
    ///
    /// let metadata = File::open("Cargo.toml").and_then(File::metadata);
    /// let (_file, metadata) = Runtime::new().unwrap().block_on(metadata).unwrap();
    /// assert!(metadata.is_file());
    /// ```
    pub fn metadata(self) -> MetadataFuture {
        MetadataFuture::new(self)
    }

    /// Resolves to the file and a further handle to it: with one position for both.
    ///
    /// # Errors
    ///
    /// As for [`poll_try_clone`](File::poll_try_clone); the file comes with the error.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use tokio::fs::File;
    /// use tokio::runtime::Runtime;
    ///
    /// let mut runtime = Runtime::new().unwrap();
    /// let file = runtime.block_on(File::open("Cargo.toml")).unwrap();
    /// let (_file, _same) = runtime.block_on(file.try_clone()).unwrap();
    /// ```
    pub fn try_clone(self) -> CloneFuture {
        CloneFuture::new(self)
    }

    /// Reads into `buf`, for a task of either kind; 0 is the end of the file.
    ///
    /// # Errors
    ///
    /// Those of the read. Also outside a pool.
    pub fn poll_read_cx(&mut self, cx: &Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        self.poll_transfer(cx, |file| file.read(buf))
    }

    /// Writes a beginning of `buf`, for a task of either kind, and returns its length.
    ///
    /// # Errors
    ///
    /// Those of the write. Also outside a pool.
    pub fn poll_write_cx(&mut self, cx: &Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_transfer(cx, |file| file.write(buf))
    }
}

impl Read for File {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.op(|file| file.read(buf))
    }
}

impl AsyncRead for File {
    unsafe fn prepare_uninitialized_buffer(&self, _: &mut [u8]) -> bool {
        // The operating system only fills the buffer.
        false
    }

    fn poll_read(&mut self, buf: &mut [u8]) -> ::futures::Poll<usize, io::Error> {
        into_async(self.poll_read_cx(&Context::current(), buf))
    }
}

impl Write for File {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.op(|file| file.write(buf))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.op(|file| file.flush())
    }
}

impl AsyncWrite for File {
    fn poll_write(&mut self, buf: &[u8]) -> ::futures::Poll<usize, io::Error> {
        into_async(self.poll_write_cx(&Context::current(), buf))
    }

    /// Closes the file. It may take as long as an operation does, on a network's file
    /// system above all.
    fn shutdown(&mut self) -> ::futures::Poll<(), io::Error> {
        into_async(poll_io(&Context::current(), || {
            self.std = None;
            Ok(())
        }))
    }
}
