//! Watching a descriptor with what mio 1 offers on every Unix.

use crate::evented::from_source::to_interest;
use crate::evented::{Poll, PollOpt, Ready, Token};
use mio1::event::Source;
use mio1::unix::SourceFd;
use std::io;
use std::net::SocketAddr;
use std::os::fd::RawFd;

/// What can be reported beside readable and writable.
pub(crate) const READY_BESIDE: Ready = Ready::ERROR.union(Ready::HUP);

/// Nothing is kept of a source.
#[derive(Debug)]
pub(crate) struct Watch;

impl Watch {
    pub(crate) fn new() -> Watch {
        Watch
    }

    /// Which descriptor it is: not kept.
    pub(crate) fn descriptor(&self) -> Option<i32> {
        None
    }

    pub(crate) fn clear(&self) {}

    pub(crate) fn rearm(&self) {}
}

/// Returns the two ends of a socket: not known by a number here.
pub fn ends_of(_descriptor: i32) -> Option<(SocketAddr, SocketAddr)> {
    None
}

pub(crate) fn register(
    poll: &Poll,
    fd: RawFd,
    token: Token,
    interest: Ready,
    opts: PollOpt,
) -> io::Result<()> {
    let interest = to_interest(interest, opts)?;
    SourceFd(&fd).register(poll.registry(), mio1::Token(token.0), interest)
}

pub(crate) fn reregister(
    poll: &Poll,
    fd: RawFd,
    token: Token,
    interest: Ready,
    opts: PollOpt,
) -> io::Result<()> {
    let interest = to_interest(interest, opts)?;
    SourceFd(&fd).reregister(poll.registry(), mio1::Token(token.0), interest)
}

pub(crate) fn deregister(poll: &Poll, fd: RawFd) -> io::Result<()> {
    SourceFd(&fd).deregister(poll.registry())
}
