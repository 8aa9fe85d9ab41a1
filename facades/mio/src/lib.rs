//! The interface of mio 0.6, over mio 1.
//!
//! Old programs and libraries implement mio 0.6's `Evented` and run its `Poll`. With
//! this package in `[patch.crates-io]` they compile as they are, and what they make can
//! be handed to the reactor of this family: the types are those of
//! [`tokio_reactor::evented`], under their old names.
//!
//! What the reactor has no use for is here: non-blocking sockets in [`net`], and, behind
//! the feature `with-deprecated`, the channel and the timer that mio once had. That feature
//! is on unless a dependent asks for none, as in mio 0.6.23, whose paths these are: without
//! them, a program that names one would not compile. Of what
//! mio 0.6 had deprecated, the module `deprecated` (an event loop with callbacks, and
//! Unix sockets and pipes for it) is not here: what it offers is a program's whole loop.
//!
//! A source that is registered with two [`Poll`]s is no error here; mio 0.6 refused it
//! for sockets.
//!
//! # Examples
//!
//! ```
//! use mio::net::TcpListener;
//! use mio::{Events, Poll, PollOpt, Ready, Token};
//! use std::time::Duration;
//!
//! let listener = TcpListener::bind(&"127.0.0.1:0".parse().unwrap())?;
//! let poll = Poll::new()?;
//! poll.register(&listener, Token(0), Ready::readable(), PollOpt::edge())?;
//!
//! let client = mio::net::TcpStream::connect(&listener.local_addr()?)?;
//! let mut events = Events::with_capacity(16);
//! poll.poll(&mut events, Some(Duration::from_secs(10)))?;
//! for event in &events {
//!     assert_eq!(event.token(), Token(0));
//!     let (_socket, _peer) = listener.accept()?;
//! }
//! # Ok::<(), std::io::Error>(())
//! ```

#![warn(missing_docs)]

pub mod net;

#[cfg(feature = "with-deprecated")]
#[deprecated(since = "0.6.5", note = "use mio-extras instead")]
#[doc(hidden)]
pub mod channel;

#[cfg(feature = "with-deprecated")]
#[deprecated(since = "0.6.5", note = "use mio-extras instead")]
#[doc(hidden)]
pub mod timer;

#[cfg(feature = "with-deprecated")]
mod old;

#[cfg(unix)]
#[expect(unsafe_code, reason = "a socket is made from a descriptor that the caller vouches for")]
mod descriptors;

pub use tokio_reactor::evented::{Events, Poll, PollOpt, Ready, Registration, SetReadiness, Token};

#[cfg(feature = "with-deprecated")]
#[allow(deprecated)]
#[doc(hidden)]
pub use self::old::{tcp, udp, would_block, Event, Evented, EventsIter, IoVec};

/// What sources implement and what polls report.
pub mod event {
    pub use tokio_reactor::evented::{Event, Evented, Events, Iter};
}

/// What there is on Unix only.
#[cfg(unix)]
pub mod unix {
    pub use tokio_reactor::evented::unix::{EventedFd, UnixReady};
}
