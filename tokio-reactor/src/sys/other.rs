//! Where there are no descriptors: what can be reported there.

use crate::evented::Ready;
use std::net::SocketAddr;

/// What can be reported beside readable and writable.
pub(crate) const READY_BESIDE: Ready = Ready::NONE;

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
