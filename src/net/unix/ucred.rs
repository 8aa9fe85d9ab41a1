//! Who is at the other end of a Unix stream.
//!
//! A platform's file provides `of_peer`.

#[cfg(any(target_os = "linux", target_os = "android"))]
#[path = "ucred/peercred.rs"]
mod platform;

#[cfg(not(any(target_os = "linux", target_os = "android")))]
#[path = "ucred/peereid.rs"]
mod platform;

pub(super) use self::platform::of_peer;

/// The user and the group of a process, as they were when it connected.
///
/// From [`UnixStream::peer_cred`](super::UnixStream::peer_cred).
///
/// # Examples
///
/// ```
/// use tokio::net::UnixStream;
///
/// // Who is at the other end?
/// let (here, _there) = UnixStream::pair().unwrap();
/// let peer = here.peer_cred().unwrap();
/// println!("user {}, group {}", peer.uid, peer.gid);
/// ```
#[derive(Copy, Clone, Eq, PartialEq, Hash, Debug)]
pub struct UCred {
    /// The effective user.
    pub uid: libc::uid_t,
    /// The effective group.
    pub gid: libc::gid_t,
}
