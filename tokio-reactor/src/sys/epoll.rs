//! Watching a descriptor with epoll.
//!
//! mio 1 waits on the epoll instance; descriptors are put into it here, for mio 1 knows
//! edge-triggered events only.
//!
//! The kernel keys a registration by descriptor number and open file. If a duplicate
//! keeps the file open, a registration outlives its descriptor, and is in the way when
//! the number comes to the same file again (see epoll(7), "Questions and answers").

use crate::evented::{Poll, PollOpt, Ready, Token};
use crate::shared::gone;
use crate::table::Key;
use libc::c_int;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::sync::atomic::Ordering::Relaxed;
use tokio_executor::internals::sys::AtomicUsize;

/// What can be reported beside readable and writable.
pub(crate) const READY_BESIDE: Ready = Ready::ERROR.union(Ready::HUP).union(Ready::PRIORITY);

/// Under which descriptor the kernel knows a source: a hint for a diagnosis.
///
/// The descriptor plus one; 0 for none.
#[derive(Debug)]
pub(crate) struct Watch(AtomicUsize);

/// Returns the two ends of the socket of IP that has this descriptor, if it is one and connected.
pub fn ends_of(fd: RawFd) -> Option<(SocketAddr, SocketAddr)> {
    // SAFETY: used for a duplicate, at once. If the number is that of no descriptor any more, the
    // system says so; if it is that of another one, that is duplicated, and only looked at.
    let fd = unsafe { BorrowedFd::borrow_raw(fd) };
    let socket = TcpStream::from(fd.try_clone_to_owned().ok()?);
    Some((socket.local_addr().ok()?, socket.peer_addr().ok()?))
}

impl Watch {
    pub(crate) fn new() -> Watch {
        Watch(AtomicUsize::new(0))
    }

    fn set(&self, fd: RawFd) {
        // Relaxed: see `is_of`.
        self.0.store(fd as usize + 1, Relaxed);
    }

    fn is_of(&self, fd: RawFd) -> bool {
        // Relaxed: two registrations of one descriptor that race have no right answer.
        self.0.load(Relaxed) == fd as usize + 1
    }

    /// Which descriptor it is.
    pub(crate) fn descriptor(&self) -> Option<RawFd> {
        // Relaxed: see `is_of`.
        self.0.load(Relaxed).checked_sub(1).map(|fd| fd as RawFd)
    }

    /// Forgets the descriptor.
    pub(crate) fn clear(&self) {
        // Relaxed: see `is_of`.
        self.0.store(0, Relaxed);
    }

    /// Nothing: epoll reports each edge, asked again or not.
    #[inline(always)]
    pub(crate) fn rearm(&self) {}
}

pub(crate) fn register(
    poll: &Poll,
    fd: RawFd,
    token: Token,
    interest: Ready,
    opts: PollOpt,
) -> io::Result<()> {
    let events = to_events(poll, interest, opts);
    let added = control(poll, libc::EPOLL_CTL_ADD, fd, token, events);
    let Some(reactor) = poll.reactor() else {
        return added;
    };
    let table = &reactor.upgrade().ok_or_else(gone)?.table;
    match added {
        // None of our sources: a descriptor was closed without being deregistered, and
        // this is what it left behind. Take it over.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if table.any_watch(|watch| watch.is_of(fd)) {
                return Err(error);
            }
            control(poll, libc::EPOLL_CTL_MOD, fd, token, events)?;
        }
        added => added?,
    }
    table.with_watch(Key::of_token(token.0), |watch| watch.set(fd));
    Ok(())
}

pub(crate) fn reregister(
    poll: &Poll,
    fd: RawFd,
    token: Token,
    interest: Ready,
    opts: PollOpt,
) -> io::Result<()> {
    control(poll, libc::EPOLL_CTL_MOD, fd, token, to_events(poll, interest, opts))
}

pub(crate) fn deregister(poll: &Poll, fd: RawFd) -> io::Result<()> {
    control(poll, libc::EPOLL_CTL_DEL, fd, Token(0), 0)
}

/// epoll's way to say what to watch for. Errors and hang-ups are always reported.
fn to_events(poll: &Poll, interest: Ready, opts: PollOpt) -> u32 {
    // A reactor wants to know of a peer that sends no more; mio 0.6 did not ask.
    let peer_closed = interest.is_readable() && poll.reactor().is_some();
    let flags = [
        (interest.is_readable(), libc::EPOLLIN),
        (interest.is_writable(), libc::EPOLLOUT),
        (interest.contains(Ready::PRIORITY), libc::EPOLLPRI),
        (peer_closed, libc::EPOLLRDHUP),
        (opts.is_edge() && !opts.is_level(), libc::EPOLLET),
        (opts.is_oneshot(), libc::EPOLLONESHOT),
    ];
    let wanted = flags.iter().filter(|(wanted, _)| *wanted);
    wanted.fold(0, |events, (_, flag)| events | *flag as u32)
}

pub(super) fn control(
    poll: &Poll,
    operation: c_int,
    fd: RawFd,
    token: Token,
    events: u32,
) -> io::Result<()> {
    let epoll = poll.registry().as_raw_fd();
    let mut event = libc::epoll_event { events, u64: token.0 as u64 };
    // SAFETY: the kernel reads `event`, which outlives the call, and checks the rest.
    if unsafe { libc::epoll_ctl(epoll, operation, fd, &mut event) } == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}
