//! An open file.
//!
//! One operation at a time is on its way, on a blocking thread, with the buffer it reads
//! into or writes from. A read brings what was asked for or less; what is not taken at once
//! stays for the next read, and a write or seek goes back by so much first. A write is ready
//! once its bytes are in the buffer: its error is reported by the next write or flush.
//!
//! Programs call it; `fs` opens files by it.
//!
//! Always true: an operation that fails, or whose thread is gone with its runtime, leaves
//! the file usable.
//!
//! Why not one call to a blocking thread for each read and write? A caller's buffer cannot be lent
//! to another thread, since the future that lends it may be dropped; so the file has a buffer of
//! its own, and what it holds must be accounted for.

use super::{FileTimes, OpenOptions};
use crate::handles::has_handle;
use crate::io::{poll_join, run, AsyncRead, AsyncSeek, AsyncWrite, Chunk, ReadBuf, MAX_CHUNK};
use crate::runtime::Handle;
use crate::task::{spawn_blocking, JoinHandle};
use std::fmt;
use std::fs::{self, Metadata, Permissions};
use std::future::poll_fn;
use std::io::{self, IoSlice, Seek, SeekFrom};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{ready, Context, Poll};
use std::time::SystemTime;
use tokio::sync::mutex::Mutex;

/// An open file, read and written on blocking threads.
///
/// # Dropping
///
/// Closes it once the operation that is on its way has ended. What was written is not
/// necessarily with the system by then: flush first. A runtime that is dropped meanwhile waits
/// for the write.
///
/// # Examples
///
/// ```no_run
/// # use tokio_await as tokio;
/// use tokio::fs::File;
/// use tokio::io::AsyncWriteExt;
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let mut file = File::create("greeting.txt").await?;
///     file.write_all(b"hello").await?;
///     file.flush().await
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct File {
    std: Arc<fs::File>,
    /// Locked by the methods that take `&self` and must not overtake a write.
    inner: Mutex<Inner>,
    max_buf_size: usize,
}

struct Inner {
    state: State,
    /// Of a write that was ready before it had failed.
    write_error: Option<io::ErrorKind>,
    /// Where the last seek has led to.
    position: u64,
}

enum State {
    Idle(Chunk),
    Busy(JoinHandle<(Done, Chunk)>),
}

/// An operation that has ended.
enum Done {
    Read(io::Result<usize>),
    Write(io::Result<()>),
    Seek(io::Result<u64>),
}

impl Inner {
    /// Waits for the operation that is on its way, if there is one.
    ///
    /// # Errors
    ///
    /// Only if its thread is gone.
    fn poll_done(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Option<Done>>> {
        let State::Busy(task) = &mut self.state else {
            return Poll::Ready(Ok(None));
        };
        let (done, chunk) = match ready!(poll_join(task, cx)) {
            Ok((done, chunk)) => (Ok(Some(done)), chunk),
            Err(error) => (Err(error), Chunk::default()),
        };
        self.state = State::Idle(chunk);
        Poll::Ready(done)
    }

    /// Waits as [`poll_done`](Inner::poll_done), keeps a write's error for later, and
    /// returns the buffer.
    fn poll_idle(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<&mut Chunk>> {
        match ready!(self.poll_done(cx))? {
            Some(Done::Write(Err(error))) => self.write_error = Some(error.kind()),
            Some(Done::Seek(Ok(position))) => self.position = position,
            _ => {}
        }
        Poll::Ready(Ok(self.chunk()))
    }

    /// Waits until nothing is on its way.
    async fn idle(&mut self) {
        // An operation that is lost is over, too.
        let _ = poll_fn(|cx| self.poll_idle(cx).map_ok(drop)).await;
    }

    /// Returns the buffer of an idle file.
    fn chunk(&mut self) -> &mut Chunk {
        match &mut self.state {
            State::Idle(chunk) => chunk,
            State::Busy(_) => unreachable!("it was waited for"),
        }
    }

    fn begin(&mut self, operation: impl FnOnce(&mut Chunk) -> Done + Send + 'static) {
        self.state = State::Busy(spawn_blocking(self.job(operation)));
    }

    /// Works like [`begin`](Inner::begin), for a write: a shutdown of the runtime runs it, since
    /// the caller takes it for done.
    fn begin_write(&mut self, operation: impl FnOnce(&mut Chunk) -> Done + Send + 'static) {
        let write = self.job(operation);
        self.state = State::Busy(Handle::current().spawn_blocking_for_certain(write));
    }

    /// An operation on the chunk, which comes back with its result.
    fn job(
        &mut self,
        operation: impl FnOnce(&mut Chunk) -> Done + Send + 'static,
    ) -> impl FnOnce() -> (Done, Chunk) + Send + 'static {
        let mut chunk = std::mem::take(self.chunk());
        move || (operation(&mut chunk), chunk)
    }

    fn take_write_error(&mut self) -> io::Result<()> {
        self.write_error.take().map_or(Ok(()), |kind| Err(kind.into()))
    }

    fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        std: &Arc<fs::File>,
        bufs: &[IoSlice<'_>],
        max: usize,
    ) -> Poll<io::Result<usize>> {
        self.take_write_error()?;
        if let Some(Done::Write(result)) = ready!(self.poll_done(cx))? {
            result?;
        }
        let unread = self.chunk().clear();
        let n = self.chunk().copy_from(bufs, max);
        let std = std.clone();
        self.begin_write(move |chunk| {
            let back = go_back(&std, unread);
            Done::Write(back.and_then(|()| chunk.write_to(&mut &*std)))
        });
        Poll::Ready(Ok(n))
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.take_write_error()?;
        match ready!(self.poll_done(cx))? {
            Some(Done::Write(result)) => Poll::Ready(result),
            Some(Done::Seek(Ok(position))) => {
                self.position = position;
                Poll::Ready(Ok(()))
            }
            _ => Poll::Ready(Ok(())),
        }
    }
}

/// Goes back by what was read and not taken.
fn go_back(mut std: &fs::File, unread: usize) -> io::Result<()> {
    match unread {
        0 => Ok(()),
        n => std.seek(SeekFrom::Current(-(n as i64))).map(drop),
    }
}

impl File {
    /// Opens a file to read it.
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
    /// use tokio::fs::File;
    /// use tokio::io::AsyncReadExt;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut text = String::new();
    ///     File::open("greeting.txt").await.unwrap().read_to_string(&mut text).await.unwrap();
    /// });
    /// ```
    pub async fn open(path: impl AsRef<Path>) -> io::Result<File> {
        File::options().read(true).open(path).await
    }

    /// Opens a file to write it: an empty one, whatever was there.
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
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::fs::File;
    /// use tokio::io::AsyncWriteExt;
    ///
    /// async fn save(text: &str) -> std::io::Result<()> {
    ///     let mut file = File::create("notes.txt").await?;
    ///     file.write_all(text.as_bytes()).await?;
    ///     // What is still in the buffer is written before the file is closed.
    ///     file.flush().await
    /// }
    /// ```
    pub async fn create(path: impl AsRef<Path>) -> io::Result<File> {
        File::options().write(true).create(true).truncate(true).open(path).await
    }

    /// Creates a file to read and write it.
    ///
    /// # Errors
    ///
    /// Those of the system: also if something is there.
    ///
    /// # Dropping
    ///
    /// Once polled, the file is opened all the same, and closed.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let file = tokio::fs::File::create_new("greeting.txt").await.unwrap();
    /// #     drop(file);
    /// });
    /// ```
    pub async fn create_new<P: AsRef<Path>>(path: P) -> io::Result<File> {
        File::options().read(true).write(true).create_new(true).open(path).await
    }

    /// Creates options with which nothing is allowed yet.
    pub fn options() -> OpenOptions {
        OpenOptions::new()
    }

    /// Takes over a file that was opened already.
    pub fn from_std(std: fs::File) -> File {
        let state = State::Idle(Chunk::default());
        let inner = Inner { state, write_error: None, position: 0 };
        File { std: Arc::new(std), inner: Mutex::new(inner), max_buf_size: MAX_CHUNK }
    }

    /// Waits until all that was written is on the disk, with all that the system keeps
    /// beside it.
    ///
    /// # Errors
    ///
    /// Those of the system. The error of an earlier write is left to the next write or flush.
    ///
    /// # Dropping
    ///
    /// Once polled, the operation goes on to its end on its thread.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use tokio_await as tokio;
    /// use tokio::fs::File;
    /// use tokio::io::AsyncWriteExt;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut file = File::create("greeting.txt").await.unwrap();
    ///     file.write_all(b"hello").await.unwrap();
    ///     file.sync_all().await.unwrap();
    /// });
    /// ```
    pub async fn sync_all(&self) -> io::Result<()> {
        self.after_writes(|std| std.sync_all()).await
    }

    /// Waits until all that was written is on the disk.
    ///
    /// # Errors
    ///
    /// As [`sync_all`](File::sync_all).
    ///
    /// # Dropping
    ///
    /// Once polled, the operation goes on to its end on its thread.
    pub async fn sync_data(&self) -> io::Result<()> {
        self.after_writes(|std| std.sync_data()).await
    }

    /// Cuts the file off, or appends zeros, so that it is of `size` bytes.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Dropping
    ///
    /// Once polled, the operation goes on to its end on its thread.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let file = tokio::fs::File::create("greeting.txt").await.unwrap();
    ///     file.set_len(100).await.unwrap();
    /// });
    /// ```
    pub async fn set_len(&self, size: u64) -> io::Result<()> {
        let mut inner = self.inner.lock().await;
        inner.idle().await;
        let unread = inner.chunk().clear();
        let std = self.std.clone();
        inner.begin(move |_| {
            let back = go_back(&std, unread);
            Done::Write(back.and_then(|()| std.set_len(size)))
        });
        match poll_fn(|cx| inner.poll_done(cx)).await? {
            Some(Done::Write(result)) => result,
            _ => Ok(()),
        }
    }

    /// Returns what the system knows of the file.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Dropping
    ///
    /// Once polled, the operation goes on to its end on its thread.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let file = tokio::fs::File::open("greeting.txt").await.unwrap();
    ///     println!("{} bytes", file.metadata().await.unwrap().len());
    /// });
    /// ```
    pub async fn metadata(&self) -> io::Result<Metadata> {
        let std = self.std.clone();
        run(move || std.metadata()).await
    }

    /// Creates a second handle, with the same position.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Dropping
    ///
    /// Once polled, the handle is made all the same, and closed.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let file = tokio::fs::File::open("greeting.txt").await.unwrap();
    ///     let same = file.try_clone().await.unwrap();
    /// #     drop(same);
    /// });
    /// ```
    pub async fn try_clone(&self) -> io::Result<File> {
        let std = self.after_writes(|std| std.try_clone()).await?;
        let mut file = File::from_std(std);
        file.max_buf_size = self.max_buf_size;
        Ok(file)
    }

    /// Waits for the operation that is on its way, and returns the file of std.
    ///
    /// # Panics
    ///
    /// If a future of an operation was dropped, such as that of
    /// [`set_permissions`](File::set_permissions), and the operation still runs.
    ///
    /// # Dropping
    ///
    /// Closes the file, as the drop of a [`File`].
    pub async fn into_std(mut self) -> fs::File {
        self.inner.get_mut().idle().await;
        Arc::into_inner(self.std).expect("no operation is on its way")
    }

    /// Returns the file of std.
    ///
    /// # Errors
    ///
    /// The file itself, if an operation is on its way.
    #[allow(clippy::result_large_err, reason = "tokio 1.x has this signature")]
    pub fn try_into_std(self) -> Result<fs::File, File> {
        let File { std, inner, max_buf_size } = self;
        Arc::try_unwrap(std).map_err(|std| File { std, inner, max_buf_size })
    }

    /// Sets who may do what with the file.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Dropping
    ///
    /// Once polled, the operation goes on to its end on its thread.
    pub async fn set_permissions(&self, perm: Permissions) -> io::Result<()> {
        let std = self.std.clone();
        run(move || std.set_permissions(perm)).await
    }

    /// Sets when the file was read and changed last.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Dropping
    ///
    /// Once polled, the operation goes on to its end on its thread.
    pub async fn set_times(&self, times: FileTimes) -> io::Result<()> {
        self.after_writes(move |std| std.set_times(times.std())).await
    }

    /// Sets when the file was changed last.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Dropping
    ///
    /// Once polled, the operation goes on to its end on its thread.
    pub async fn set_modified(&self, time: SystemTime) -> io::Result<()> {
        self.set_times(FileTimes::new().set_modified(time)).await
    }

    /// Sets how many bytes are read or written at a time; unless set, 2 MiB.
    ///
    /// # Panics
    ///
    /// If that is none.
    #[track_caller]
    pub fn set_max_buf_size(&mut self, max_buf_size: usize) {
        assert!(max_buf_size > 0, "`max_buf_size` must be greater than 0");
        self.max_buf_size = max_buf_size;
    }

    /// Returns how many bytes are read or written at a time.
    pub fn max_buf_size(&self) -> usize {
        self.max_buf_size
    }

    /// Runs `operation` once no write is on its way.
    async fn after_writes<T, F>(&self, operation: F) -> io::Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&fs::File) -> io::Result<T> + Send + 'static,
    {
        let mut inner = self.inner.lock().await;
        inner.idle().await;
        let std = self.std.clone();
        run(move || operation(&std)).await
    }
}

impl AsyncRead for File {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let inner = this.inner.get_mut();
        loop {
            if let State::Idle(chunk) = &mut inner.state {
                if !chunk.is_empty() || buf.remaining() == 0 {
                    chunk.copy_to(buf);
                    return Poll::Ready(Ok(()));
                }
                let max = buf.remaining().min(this.max_buf_size);
                let std = this.std.clone();
                inner.begin(move |chunk| Done::Read(chunk.read_from(&mut &*std, max)));
            }
            match ready!(inner.poll_done(cx))? {
                Some(Done::Read(result)) => {
                    result?;
                    inner.chunk().copy_to(buf);
                    return Poll::Ready(Ok(()));
                }
                Some(Done::Write(Err(error))) => inner.write_error = Some(error.kind()),
                Some(Done::Seek(Ok(position))) => inner.position = position,
                _ => {}
            }
        }
    }
}

impl AsyncSeek for File {
    fn start_seek(self: Pin<&mut Self>, mut position: SeekFrom) -> io::Result<()> {
        let this = self.get_mut();
        let inner = this.inner.get_mut();
        let State::Idle(chunk) = &mut inner.state else {
            let message = "other file operation is pending, call poll_complete before start_seek";
            return Err(io::Error::other(message));
        };
        // Counts from what was taken.
        let unread = chunk.clear() as i64;
        if let SeekFrom::Current(offset) = &mut position {
            *offset = offset.saturating_sub(unread);
        }
        let std = this.std.clone();
        inner.begin(move |_| Done::Seek((&*std).seek(position)));
        Ok(())
    }

    fn poll_complete(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        let inner = self.get_mut().inner.get_mut();
        match ready!(inner.poll_done(cx))? {
            Some(Done::Write(Err(error))) => inner.write_error = Some(error.kind()),
            Some(Done::Seek(result)) => inner.position = result?,
            _ => {}
        }
        Poll::Ready(Ok(inner.position))
    }
}

impl AsyncWrite for File {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.inner.get_mut().poll_write(cx, &this.std, bufs, this.max_buf_size)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().inner.get_mut().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(cx)
    }
}

impl From<fs::File> for File {
    fn from(std: fs::File) -> File {
        File::from_std(std)
    }
}

impl From<tokio::fs::File> for File {
    fn from(file: tokio::fs::File) -> File {
        File::from_std(file.into_std())
    }
}

has_handle!(File, std);

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("tokio::fs::File").field("std", &self.std).finish()
    }
}
