//! What stands on Windows in place of `unix`.

/// Does nothing: a directory has no mode there, and none can be set.
pub(super) fn set_mode(_: &mut std::fs::DirBuilder, _: u32) {}
