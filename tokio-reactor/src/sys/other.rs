//! Where there are no descriptors: what can be reported there.

use crate::evented::Ready;

/// What can be reported beside readable and writable.
pub(crate) const READY_BESIDE: Ready = Ready::NONE;
