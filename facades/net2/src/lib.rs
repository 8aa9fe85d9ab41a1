//! net2 0.2's API, over the standard library and socket2.
//!
//! Named by what was written beside the tokio 0.1 family (hyper 0.12, actix-server) to
//! open sockets that the standard library could not. Nothing of ours uses it; it is here
//! so that a patched tree holds no published net2, which lays socket addresses out by
//! itself and is no longer maintained.
//!
//! Always true: every method is one call of socket2 or of the standard library. The two
//! features are net2's, and change nothing.
//!
//! Why not an empty crate? Its users call it: hyper's `Server::bind` goes through
//! [`TcpBuilder`].

#![warn(missing_docs)]

mod addresses;
mod builder;
mod extensions;
#[cfg(unix)]
#[expect(unsafe_code, reason = "FromRawFd has an unsafe method to be provided")]
mod raw;
#[cfg(unix)]
pub mod unix;

pub use builder::{TcpBuilder, UdpBuilder};
pub use extensions::{TcpListenerExt, TcpStreamExt, UdpSocketExt};
