//! What depends on the platform.
//!
//! On Unix: how a descriptor is watched. `epoll` knows all triggers; `portable` is what
//! mio 1 can do everywhere, which is edge-triggered events. Each offers `register`,
//! `reregister` and `deregister`; and `READY_BESIDE`, which is what can be reported
//! beside readable and writable. `unix` has what Unix adds to the types of this crate.
//! `other` stands where there are no descriptors.

#[cfg(any(target_os = "linux", target_os = "android"))]
mod epoll;
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) use self::epoll::{deregister, register, reregister, READY_BESIDE};

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
mod portable;
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
pub(crate) use self::portable::{deregister, register, reregister, READY_BESIDE};

#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
mod other;
#[cfg(not(unix))]
pub(crate) use self::other::READY_BESIDE;
