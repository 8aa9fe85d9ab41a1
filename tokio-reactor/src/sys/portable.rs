//! Watching a descriptor with what mio 1 offers on every Unix.

use crate::evented::from_source::to_interest;
use crate::evented::{Poll, PollOpt, Ready, Token};
use mio1::event::Source;
use mio1::unix::SourceFd;
use std::io;
use std::os::fd::RawFd;

/// What can be reported beside readable and writable.
pub(crate) const READY_BESIDE: Ready = Ready::ERROR.union(Ready::HUP);

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
