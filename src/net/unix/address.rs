//! Addresses as paths.
//!
//! Always true: a path that begins with a NUL byte is an abstract name, both in what
//! callers give and in what they get.
//!
//! A platform's file provides `abstract_address` and `abstract_name`.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::SocketAddr;
use std::path::Path;

#[cfg(any(target_os = "linux", target_os = "android"))]
#[path = "address/linux.rs"]
mod platform;

#[cfg(not(any(target_os = "linux", target_os = "android")))]
#[path = "address/other.rs"]
mod platform;

/// Returns the address that `path` stands for.
/// The address that `path` stands for.
///
/// # Errors
///
/// If the path is too long, or has a NUL byte in it that is not the first.
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
pub fn of_path(path: &Path) -> io::Result<SocketAddr> {
    match path.as_os_str().as_bytes() {
        [0, name @ ..] => platform::abstract_address(name),
        _ => SocketAddr::from_pathname(path),
    }
}

/// The path that stands for `address`; `None` for an unnamed one.
pub(super) fn to_path(address: &SocketAddr) -> Option<Vec<u8>> {
    match address.as_pathname() {
        Some(path) => Some(path.as_os_str().as_bytes().to_vec()),
        None => platform::abstract_name(address).map(|name| [b"\0", name].concat()),
    }
}

/// Returns the address of a socket that was never bound.
/// What a call to the system returned for an address.
///
/// # Errors
///
/// If it is no address of a Unix socket that std can tell.
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
pub fn of_sock_addr(address: &socket2::SockAddr) -> io::Result<SocketAddr> {
    if let Some(path) = address.as_pathname() {
        return SocketAddr::from_pathname(path);
    }
    match address.as_abstract_namespace() {
        Some(name) => platform::abstract_address(name),
        None => unnamed(),
    }
}

pub(super) fn unnamed() -> io::Result<SocketAddr> {
    SocketAddr::from_pathname(OsStr::new(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fault_n09_addresses_and_paths_round_trip() {
        for path in ["/tmp/a.sock", "\0abstract", "\0with\0nul"] {
            let address = of_path(Path::new(path)).unwrap();
            assert_eq!(to_path(&address).as_deref(), Some(path.as_bytes()));
        }
        assert_eq!(to_path(&unnamed().unwrap()), None);
    }

    #[test]
    fn a_path_too_long_or_with_a_nul_in_it_is_refused() {
        let long = "x".repeat(200);
        for path in [long.as_str(), "/tmp/a\0b"] {
            let error = of_path(Path::new(path)).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        }
    }
}
