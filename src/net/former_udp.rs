//! Names that `net` had before `net::udp` was there.

/// Now [`udp::RecvDgram`](super::udp::RecvDgram).
#[deprecated(note = "use `tokio::net::udp::RecvDgram`")]
pub type RecvDgram<T> = super::udp::RecvDgram<T>;

/// Now [`udp::SendDgram`](super::udp::SendDgram).
#[deprecated(note = "use `tokio::net::udp::SendDgram`")]
pub type SendDgram<T> = super::udp::SendDgram<T>;
