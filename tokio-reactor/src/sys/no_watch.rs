//! Where nothing is kept beside a source's readiness.

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
