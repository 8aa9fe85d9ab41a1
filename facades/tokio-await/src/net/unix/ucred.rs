//! Who is at the other end of a Unix stream.

use super::{gid_t, pid_t, uid_t};

/// The user, the group and the process at the other end, as they were when it connected.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::net::UnixStream;
/// use tokio::runtime::Runtime;
///
/// Runtime::new().unwrap().block_on(async {
///     let (here, _there) = UnixStream::pair().unwrap();
///     println!("user {}", here.peer_cred().unwrap().uid());
/// });
/// ```
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
