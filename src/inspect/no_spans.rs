//! Stands for `spans` without the feature `tracing`: nothing is traced.

/// The task that is polled has got its name.
pub(super) fn has_name(_: u64) {}

/// Would begin to trace.
pub(super) fn start() {}
