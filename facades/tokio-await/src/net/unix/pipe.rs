//! Pipes: named ones in the file system, and unnamed ones.
//!
//! Programs make a pipe, or open a FIFO by its path; each end is registered with the reactor.
//!
//! Always true: a descriptor that is taken over is checked to be a pipe with the right access,
//! unless the caller says `unchecked`, and is in non-blocking mode.
//!
//! Why does `shutdown` close nothing? A pipe's end is its descriptor: it ends when that is
//! closed.

#[cfg(any(target_os = "linux", target_os = "android"))]
mod both_ends;

use crate::io::{AsyncRead, AsyncWrite, Interest, ReadBuf, Ready};
use crate::net::buffers::{into_buf, into_slice, poll_into, Fill};
use crate::net::home::{self, map_shutdown, poll_map_shutdown};
use bytes1::BufMut;
use socket2::SockRef;
use std::fs::File;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio_reactor::evented::unix::EventedFd;
use tokio_reactor::evented::{Evented, Poll as Poller, PollOpt, Ready as Events, Token};
use tokio_reactor::PollEvented;

/// Makes a pipe.
///
/// # Errors
///
/// Those of the system.
///
/// # Panics
///
/// If the thread has entered no runtime.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
/// use tokio::net::unix::pipe;
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let (mut sender, mut receiver) = pipe::pipe()?;
///     sender.write_all(b"hello").await?;
///     drop(sender);
///     let mut text = String::new();
///     receiver.read_to_string(&mut text).await?;
///     assert_eq!(text, "hello");
///     Ok::<(), std::io::Error>(())
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
pub fn pipe() -> io::Result<(Sender, Receiver)> {
    let (sender, receiver) = mio1::unix::pipe::new()?;
    let sender = Sender::registered(OwnedFd::from(sender).into())?;
    Ok((sender, Receiver::registered(OwnedFd::from(receiver).into())?))
}

/// How a named pipe is opened.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    both: bool,
    unchecked: bool,
}

impl OpenOptions {
    /// Opens for one direction, and checks that it is a pipe.
    pub fn new() -> OpenOptions {
        OpenOptions::default()
    }

    /// Sets whether to go without the check that it is a pipe.
    pub fn unchecked(&mut self, value: bool) -> &mut OpenOptions {
        self.unchecked = value;
        self
    }

    /// Opens the end that reads.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if it is not a pipe; those of the system.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    #[track_caller]
    pub fn open_receiver<P: AsRef<Path>>(&self, path: P) -> io::Result<Receiver> {
        Receiver::registered(self.open(path.as_ref(), End::Reads)?)
    }

    /// Opens the end that writes.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if it is not a pipe; `ENXIO` if nobody has the other end open; those of
    /// the system.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    #[track_caller]
    pub fn open_sender<P: AsRef<Path>>(&self, path: P) -> io::Result<Sender> {
        Sender::registered(self.open(path.as_ref(), End::Writes)?)
    }

    fn open(&self, path: &Path, end: End) -> io::Result<File> {
        let mut options = std::fs::OpenOptions::new();
        options.read(self.both || end == End::Reads).write(self.both || end == End::Writes);
        let file = options.custom_flags(libc::O_NONBLOCK).open(path)?;
        if !self.unchecked && !file.metadata()?.file_type().is_fifo() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a pipe"));
        }
        Ok(file)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Reads,
    Writes,
}

/// Checks that `file` is this end of a pipe, and makes it non-blocking.
fn check(file: &File, end: End) -> io::Result<()> {
    if !file.metadata()?.file_type().is_fifo() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a pipe"));
    }
    // SAFETY: the call has no argument, and `file` keeps the descriptor open.
    let flags = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_GETFL) };
    if flags == -1 {
        return Err(io::Error::last_os_error());
    }
    let mode = flags & libc::O_ACCMODE;
    let (one, otherwise) = match end {
        End::Reads => (libc::O_RDONLY, "not in O_RDONLY or O_RDWR access mode"),
        End::Writes => (libc::O_WRONLY, "not in O_WRONLY or O_RDWR access mode"),
    };
    if mode != one && mode != libc::O_RDWR {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, otherwise));
    }
    SockRef::from(file).set_nonblocking(true)
}

/// A pipe's end as a source.
#[derive(Debug)]
struct Source(File);

impl Evented for Source {
    fn register(
        &self,
        poll: &Poller,
        token: Token,
        interest: Events,
        opts: PollOpt,
    ) -> io::Result<()> {
        EventedFd(&self.0.as_raw_fd()).register(poll, token, interest, opts)
    }

    fn reregister(
        &self,
        poll: &Poller,
        token: Token,
        interest: Events,
        opts: PollOpt,
    ) -> io::Result<()> {
        EventedFd(&self.0.as_raw_fd()).reregister(poll, token, interest, opts)
    }

    fn deregister(&self, poll: &Poller) -> io::Result<()> {
        EventedFd(&self.0.as_raw_fd()).deregister(poll)
    }
}

/// Reads from a descriptor.
struct ReadFrom<'a>(&'a Source);

// SAFETY: `read(2)` writes the bytes that it counts, and no more than there is room for.
unsafe impl Fill for ReadFrom<'_> {
    type Also = ();

    fn fill(self, free: &mut [MaybeUninit<u8>]) -> io::Result<(usize, ())> {
        let fd = self.0 .0.as_raw_fd();
        // SAFETY: `free` is memory of that length, lent to the system for the call; the file
        // keeps the descriptor open.
        let n = unsafe { libc::read(fd, free.as_mut_ptr().cast(), free.len()) };
        usize::try_from(n).map(|n| (n, ())).map_err(|_| io::Error::last_os_error())
    }
}

/// What both ends have, for `$end`, which `$check`s.
macro_rules! end {
    ($end:ident, $check:expr, $ready:ident, $poll_ready:ident, $poll:ident, $interest:expr) => {
        impl $end {
            #[track_caller]
            fn registered(file: File) -> io::Result<$end> {
                home::register(Source(file)).map(|evented| $end { evented })
            }

            /// Takes a file, which must be this end of a pipe, and makes it non-blocking.
            ///
            /// # Errors
            ///
            /// `InvalidInput` if it is not; those of the system.
            ///
            /// # Panics
            ///
            /// If the thread has entered no runtime.
            #[track_caller]
            pub fn from_file(file: File) -> io::Result<$end> {
                check(&file, $check)?;
                $end::registered(file)
            }

            /// Works like [`from_file`](Self::from_file), of a descriptor.
            ///
            /// # Errors
            ///
            /// As for [`from_file`](Self::from_file).
            ///
            /// # Panics
            ///
            /// If the thread has entered no runtime.
            #[track_caller]
            pub fn from_owned_fd(owned_fd: OwnedFd) -> io::Result<$end> {
                $end::from_file(owned_fd.into())
            }

            /// Takes a file, which should be this end of a pipe, and non-blocking.
            ///
            /// # Errors
            ///
            /// Those of the system.
            ///
            /// # Panics
            ///
            /// If the thread has entered no runtime.
            #[track_caller]
            pub fn from_file_unchecked(file: File) -> io::Result<$end> {
                $end::registered(file)
            }

            /// Works like [`from_file_unchecked`](Self::from_file_unchecked), of a descriptor.
            ///
            /// # Errors
            ///
            /// Those of the system.
            ///
            /// # Panics
            ///
            /// If the thread has entered no runtime.
            #[track_caller]
            pub fn from_owned_fd_unchecked(owned_fd: OwnedFd) -> io::Result<$end> {
                $end::registered(owned_fd.into())
            }

            /// Waits until the pipe is ready for any of `interest`; returns what of it.
            ///
            /// # Errors
            ///
            /// If the runtime of the pipe has shut down.
            ///
            /// # Dropping
            ///
            /// Stops waiting; readiness is not used up.
            pub async fn ready(&self, interest: Interest) -> io::Result<Ready> {
                map_shutdown(self.evented.ready(interest).await)
            }

            /// Waits until the pipe is ready for this end's direction.
            ///
            /// # Errors
            ///
            /// If the runtime of the pipe has shut down.
            ///
            /// # Dropping
            ///
            /// Stops waiting; readiness is not used up.
            pub async fn $ready(&self) -> io::Result<()> {
                self.ready($interest).await.map(drop)
            }

            /// Returns whether the pipe is ready for this end's direction, or else the task is
            /// woken once it is.
            ///
            /// Only the last task to ask by way of `poll_*` methods is woken.
            ///
            /// # Errors
            ///
            /// If the runtime of the pipe has shut down.
            pub fn $poll_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                poll_map_shutdown(self.evented.$poll(&cx.into())).map_ok(drop)
            }

            /// Runs `f`, an operation on this pipe, if it is ready for this end's direction.
            ///
            /// # Errors
            ///
            /// `WouldBlock` if the pipe is not ready; those of `f`.
            pub fn try_io<R>(&self, f: impl FnOnce() -> io::Result<R>) -> io::Result<R> {
                map_shutdown(self.evented.try_io($interest, |_| f()))
            }

            /// Gives away the descriptor, in blocking mode.
            ///
            /// # Errors
            ///
            /// If it cannot be deregistered; those of the system.
            pub fn into_blocking_fd(self) -> io::Result<OwnedFd> {
                let fd = self.into_nonblocking_fd()?;
                SockRef::from(&fd).set_nonblocking(false)?;
                Ok(fd)
            }

            /// Gives away the descriptor, in non-blocking mode.
            ///
            /// # Errors
            ///
            /// If it cannot be deregistered.
            pub fn into_nonblocking_fd(self) -> io::Result<OwnedFd> {
                map_shutdown(self.evented.into_inner()).map(|Source(file)| file.into())
            }
        }

        impl AsRawFd for $end {
            fn as_raw_fd(&self) -> RawFd {
                self.evented.get_ref().0.as_raw_fd()
            }
        }

        impl AsFd for $end {
            fn as_fd(&self) -> BorrowedFd<'_> {
                self.evented.get_ref().0.as_fd()
            }
        }
    };
}

/// The end of a pipe that writes.
///
/// # Dropping
///
/// Closes it; the other end then reads to its end.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
/// use tokio::net::unix::pipe;
/// use tokio::runtime::Runtime;
///
/// Runtime::new().unwrap().block_on(async {
///     let (mut tx, mut rx) = pipe::pipe().unwrap();
///     tx.write_all(b"hello").await.unwrap();
///     drop(tx);
///     let mut text = String::new();
///     rx.read_to_string(&mut text).await.unwrap();
///     assert_eq!(text, "hello");
/// });
/// ```
#[derive(Debug)]
pub struct Sender {
    evented: PollEvented<Source>,
}

end!(Sender, End::Writes, writable, poll_write_ready, poll_write_event, Interest::WRITABLE);

impl Sender {
    /// Writes as much of `buf` as there is room for.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is none; those of the system.
    pub fn try_write(&self, buf: &[u8]) -> io::Result<usize> {
        map_shutdown(self.evented.try_io(Interest::WRITABLE, |source| (&source.0).write(buf)))
    }

    /// Writes as much as there is room for, from one slice after the other.
    ///
    /// # Errors
    ///
    /// As for [`try_write`](Sender::try_write).
    pub fn try_write_vectored(&self, buf: &[IoSlice<'_>]) -> io::Result<usize> {
        map_shutdown(
            self.evented.try_io(Interest::WRITABLE, |source| (&source.0).write_vectored(buf)),
        )
    }
}

impl AsyncWrite for Sender {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        poll_map_shutdown(self.evented.poll_write_io(&cx.into(), |source| (&source.0).write(buf)))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let write = |source: &Source| (&source.0).write_vectored(bufs);
        poll_map_shutdown(self.evented.poll_write_io(&cx.into(), write))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    // The system has it once it is written.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    // A pipe ends by being dropped.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// The end of a pipe that reads.
///
/// # Dropping
///
/// Closes it; writing to the other end then fails.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
/// use tokio::net::unix::pipe;
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let (mut sender, mut receiver) = pipe::pipe()?;
///     sender.write_all(b"hello").await?;
///     drop(sender);
///     let mut text = String::new();
///     receiver.read_to_string(&mut text).await?;
///     assert_eq!(text, "hello");
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct Receiver {
    evented: PollEvented<Source>,
}

end!(Receiver, End::Reads, readable, poll_read_ready, poll_read_event, Interest::READABLE);

impl Receiver {
    /// Reads what is there.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if nothing is; those of the system.
    pub fn try_read(&self, buf: &mut [u8]) -> io::Result<usize> {
        let read = |source: &_| into_slice(ReadFrom(source), buf);
        map_shutdown(self.evented.try_io(Interest::READABLE, read)).map(|(n, ())| n)
    }

    /// Reads what is there, into one slice after the other.
    ///
    /// # Errors
    ///
    /// As for [`try_read`](Receiver::try_read).
    pub fn try_read_vectored(&self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        map_shutdown(
            self.evented.try_io(Interest::READABLE, |source| (&source.0).read_vectored(bufs)),
        )
    }

    /// Reads what is there, into the free part of `buf`, and moves it on.
    ///
    /// # Errors
    ///
    /// As for [`try_read`](Receiver::try_read).
    pub fn try_read_buf<B: BufMut>(&self, buf: &mut B) -> io::Result<usize> {
        let read = |source: &_| into_buf(ReadFrom(source), buf);
        map_shutdown(self.evented.try_io(Interest::READABLE, read)).map(|(n, ())| n)
    }
}

impl AsyncRead for Receiver {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = |free: &mut [MaybeUninit<u8>]| {
            self.evented.poll_read_io(&cx.into(), |source| ReadFrom(source).fill(free))
        };
        // SAFETY: a `Fill` says how many bytes the system wrote, and nobody else writes.
        poll_map_shutdown(unsafe { poll_into(buf, read) }).map_ok(drop)
    }
}
