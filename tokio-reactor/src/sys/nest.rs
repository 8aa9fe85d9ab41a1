//! One reactor's watch over another's epoll.
//!
//! epoll takes an epoll as a source: it is readable while a wait for it would end at once.
//! Called by `nested`.
//!
//! Level-triggered: the inner one is reported for as long as it has events, whenever they came.
//!
//! Why is a watch suspended, and not removed? To add an epoll to another one, the kernel looks
//! for loops among all sources of the inner one.

use super::epoll::control;
use crate::evented::Token;
use crate::shared::{Shared, NESTED_TOKEN};
use crate::{nested, Reactor};
use libc::c_int;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::Weak;

/// How an outer reactor watches an inner one.
#[derive(Debug)]
pub struct Link {
    outer: Weak<Shared>,
    /// Belongs to the inner reactor, which stands beside this.
    inner: RawFd,
    token: Token,
}

impl Link {
    /// Has `outer` watch `inner`, and report it by `number`.
    pub(crate) fn new(outer: &Reactor, inner: &Reactor, number: usize) -> io::Result<Link> {
        let token = Token(NESTED_TOKEN.0 + number);
        let link = Link { outer: outer.downgrade(), inner: inner.as_raw_fd(), token };
        link.change(libc::EPOLL_CTL_ADD, WATCHED)?;
        Ok(link)
    }

    fn change(&self, operation: c_int, events: u32) -> io::Result<()> {
        match self.outer.upgrade() {
            Some(outer) => control(&outer.poll, operation, self.inner, self.token, events),
            // Nobody drives any more.
            None => Ok(()),
        }
    }

    fn set(&self, events: u32) {
        if let Err(error) = self.change(libc::EPOLL_CTL_MOD, events) {
            log::error!("cannot change how a reactor is watched: {error}");
        }
    }
}

const WATCHED: u32 = libc::EPOLLIN as u32;

impl nested::Watch for Link {
    fn watch(&self) {
        self.set(WATCHED);
    }

    fn suspend(&self) {
        self.set(0);
    }
}
