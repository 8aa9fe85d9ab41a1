//! The codes of accept(2), section "Error handling".
//!
//! `EOPNOTSUPP` also stands for a listener of the wrong kind, but such a one cannot be
//! made here.

pub(crate) const CONNECTION: &[i32] =
    &[libc::EPROTO, libc::ENOPROTOOPT, libc::EHOSTDOWN, libc::ENONET, libc::EOPNOTSUPP];
pub(crate) const RESOURCES: &[i32] = &[libc::EMFILE, libc::ENFILE, libc::ENOBUFS, libc::ENOMEM];
