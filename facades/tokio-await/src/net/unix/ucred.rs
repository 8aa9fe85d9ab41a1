//! Who is at the other end of a Unix stream.

use super::{gid_t, pid_t, uid_t};

/// The user, the group and the process at the other end, as they were when it connected.
#[derive(Copy, Clone, Eq, PartialEq, Hash, Debug)]
pub struct UCred {
    pub(super) pid: Option<pid_t>,
    pub(super) uid: uid_t,
    pub(super) gid: gid_t,
}

impl UCred {
    /// Returns the effective user.
    pub fn uid(&self) -> uid_t {
        self.uid
    }

    /// Returns the effective group.
    pub fn gid(&self) -> gid_t {
        self.gid
    }

    /// Returns the process, on systems that say (Linux).
    pub fn pid(&self) -> Option<pid_t> {
        self.pid
    }
}
