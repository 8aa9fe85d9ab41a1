//! Stands for `inspect` without that feature.

/// Would prepare for a runtime that is about to be built.
pub(super) fn runtime_starts() {}
