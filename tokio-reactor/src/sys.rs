//! What depends on the platform.
//!
//! On Unix: how a descriptor is watched. `epoll` knows all triggers; `portable` is what
//! mio 1 can do everywhere, which is edge-triggered events. Each offers `register`,
//! `reregister` and `deregister`; `ends_of` a socket, by its descriptor; and `READY_BESIDE`,
//! which is what can be reported beside readable and writable. `unix` has what Unix adds to the
//! types of this crate.
//! `windows` watches sockets through second handles; `other` stands where nothing is watched, and
//! `no_watch` and `no_ends` where there is nothing of what they are called after.
//!
//! `nest` lets one reactor watch the descriptor of another; `no_nest` stands where that cannot be.
//!
//! Each has a `Watch`, kept beside a source's readiness: `clear` when the source is
//! deregistered, `rearm` after an operation that would block.

#[cfg(any(target_os = "linux", target_os = "android"))]
mod epoll;
#[cfg(any(target_os = "linux", target_os = "android"))]
pub use self::epoll::ends_of;
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) use self::epoll::{deregister, register, reregister, Watch, READY_BESIDE};

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
mod portable;
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
pub(crate) use self::portable::{deregister, register, reregister, READY_BESIDE};

#[cfg(unix)]
mod unix;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub(crate) use self::windows::{Watch, READY_BESIDE};

#[cfg(not(any(unix, windows)))]
mod other;
#[cfg(not(any(unix, windows)))]
pub(crate) use self::other::READY_BESIDE;

#[cfg(not(any(target_os = "linux", target_os = "android", windows)))]
mod no_watch;
#[cfg(not(any(target_os = "linux", target_os = "android", windows)))]
pub(crate) use self::no_watch::Watch;

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod no_ends;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub use self::no_ends::ends_of;

#[cfg(any(target_os = "linux", target_os = "android"))]
mod nest;
#[cfg(any(target_os = "linux", target_os = "android"))]
pub use self::nest::Link;

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod no_nest;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub use self::no_nest::Link;
