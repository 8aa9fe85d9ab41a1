//! Where there are no descriptors: what can be reported there.

use crate::evented::Ready;

/// What can be reported beside readable and writable.
pub(crate) const READY_BESIDE: Ready = Ready::NONE;

/// Nothing is kept of a source.
#[derive(Debug)]
pub(crate) struct Watch;

impl Watch {
    pub(crate) fn new() -> Watch {
        Watch
    }

    /// Says which descriptor it is.
    pub(crate) fn describe(&self) -> String {
        String::new()
    }

    pub(crate) fn clear(&self) {}

    pub(crate) fn rearm(&self) {}
}
