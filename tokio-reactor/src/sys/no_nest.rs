//! Where no reactor watches another: a runtime has one there.

use crate::{nested, Reactor};
use std::io;

/// Is never made.
#[derive(Debug)]
#[non_exhaustive]
pub struct Link;

impl Link {
    pub(crate) fn new(_outer: &Reactor, _inner: &Reactor, _number: usize) -> io::Result<Link> {
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "cannot nest reactors: only epoll, of Linux and Android, is known to do so",
        ))
    }
}

impl nested::Watch for Link {
    fn watch(&self) {}

    fn suspend(&self) {}
}
