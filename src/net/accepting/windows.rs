//! The codes of Winsock's `accept`.

pub(crate) const CONNECTION: &[i32] = &[];
/// `WSAEMFILE` and `WSAENOBUFS`.
pub(crate) const RESOURCES: &[i32] = &[10024, 10055];
