//! What is in a directory.
//!
//! Called by programs, through `fs::read_dir`. Entries are read in batches of [`BATCH`] on a
//! thread for blocking calls, and given out one by one.
//!
//! Always true: at most one batch is being read, and an entry that was read is given out, also
//! after a future of `next_entry` was dropped.
//!
//! Why not one call for each entry? Going to another thread costs more than most entries.

use crate::io::{poll_join, run};
use crate::task::{spawn_blocking, JoinHandle};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::{self, FileType, Metadata};
use std::future::poll_fn;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::task::{ready, Context, Poll};

/// How many entries are read at a time: a trip to another thread costs more than an entry.
const BATCH: usize = 32;

/// Begins to read what is in a directory.
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
/// ```
/// # use tokio_await as tokio;
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let mut entries = tokio::fs::read_dir(".").await.unwrap();
///     while let Some(entry) = entries.next_entry().await.unwrap() {
///         println!("{}", entry.path().display());
///     }
/// });
/// ```
pub async fn read_dir(path: impl AsRef<Path>) -> io::Result<ReadDir> {
    let path = path.as_ref().to_owned();
    let batch = run(move || fs::read_dir(path).map(|std| Batch::first(std).fill())).await?;
    Ok(ReadDir { state: State::Idle(batch) })
}

/// What is in a directory, one after the other; see [`read_dir`].
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::runtime::Runtime;
///
/// Runtime::new().unwrap().block_on(async {
///     let mut entries = tokio::fs::read_dir("src").await.unwrap();
///     let mut names = Vec::new();
///     while let Some(entry) = entries.next_entry().await.unwrap() {
///         names.push(entry.file_name());
///     }
///     assert!(names.iter().any(|name| name == "lib.rs"));
/// });
/// ```
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct ReadDir {
    state: State,
}

#[derive(Debug)]
enum State {
    Idle(Batch),
    Busy(JoinHandle<Batch>),
}

#[derive(Debug)]
struct Batch {
    entries: VecDeque<io::Result<DirEntry>>,
    /// `None` at the end.
    std: Option<fs::ReadDir>,
}

impl Batch {
    fn first(std: fs::ReadDir) -> Batch {
        Batch { entries: VecDeque::with_capacity(BATCH), std: Some(std) }
    }

    fn last() -> Batch {
        Batch { entries: VecDeque::new(), std: None }
    }

    /// Reads the next entries. This blocks.
    fn fill(mut self) -> Batch {
        let Some(mut std) = self.std.take() else {
            return self;
        };
        while let Some(entry) = std.next() {
            let is_error = entry.is_err();
            self.entries.push_back(entry.map(DirEntry::new));
            if is_error || self.entries.len() == BATCH {
                self.std = Some(std);
                break;
            }
        }
        self
    }
}

impl ReadDir {
    /// Returns the next entry, or `None` at the end.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    pub async fn next_entry(&mut self) -> io::Result<Option<DirEntry>> {
        poll_fn(|cx| self.poll_next_entry(cx)).await
    }

    /// Polls for the next entry; `None` at the end.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn poll_next_entry(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Option<DirEntry>>> {
        loop {
            self.state = match &mut self.state {
                State::Idle(batch) => {
                    if let Some(entry) = batch.entries.pop_front() {
                        return Poll::Ready(entry.map(Some));
                    }
                    if batch.std.is_none() {
                        return Poll::Ready(Ok(None));
                    }
                    let batch = std::mem::replace(batch, Batch::last());
                    State::Busy(spawn_blocking(|| batch.fill()))
                }
                State::Busy(task) => match ready!(poll_join(task, cx)) {
                    Ok(batch) => State::Idle(batch),
                    Err(error) => {
                        self.state = State::Idle(Batch::last());
                        return Poll::Ready(Err(error));
                    }
                },
            };
        }
    }
}

/// Something in a directory.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::fs::DirEntry;
///
/// async fn size(entry: &DirEntry) -> std::io::Result<u64> {
///     Ok(entry.metadata().await?.len())
/// }
/// ```
#[derive(Debug)]
pub struct DirEntry {
    /// What the directory says, if it does: otherwise the system has to be asked.
    file_type: Option<FileType>,
    pub(super) std: Arc<fs::DirEntry>,
}

impl DirEntry {
    /// For an entry that was just read, on a thread that may block.
    fn new(std: fs::DirEntry) -> DirEntry {
        DirEntry { file_type: std.file_type().ok(), std: Arc::new(std) }
    }

    /// Returns the path: that of the directory, as it was given, and the name.
    pub fn path(&self) -> PathBuf {
        self.std.path()
    }

    /// Returns the name.
    pub fn file_name(&self) -> OsString {
        self.std.file_name()
    }

    /// Returns what the system knows of it. A link is not followed.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    pub async fn metadata(&self) -> io::Result<Metadata> {
        let std = self.std.clone();
        run(move || std.metadata()).await
    }

    /// Returns whether it is a file, a directory or a link.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut entries = tokio::fs::read_dir(".").await.unwrap();
    ///     while let Some(entry) = entries.next_entry().await.unwrap() {
    ///         if entry.file_type().await.unwrap().is_dir() {
    ///             println!("{:?}", entry.file_name());
    ///         }
    ///     }
    /// });
    /// ```
    pub async fn file_type(&self) -> io::Result<FileType> {
        if let Some(file_type) = self.file_type {
            return Ok(file_type);
        }
        let std = self.std.clone();
        run(move || std.file_type()).await
    }
}
