//! The codes of POSIX's `accept`, and of 4.4BSD's network errors.

pub(crate) const CONNECTION: &[i32] = &[libc::EPROTO, libc::EHOSTDOWN];
pub(crate) const RESOURCES: &[i32] = &[libc::EMFILE, libc::ENFILE, libc::ENOBUFS, libc::ENOMEM];
