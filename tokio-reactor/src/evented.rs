//! What a source has to offer a reactor, in the shape of mio 0.6.
//!
//! The upstream family lets mio 0.6 show through its interface: whoever writes a source of
//! their own implements `mio::Evented`, and asks for `mio::Ready`. The types here have
//! that shape, over mio 1; the package `mio` 0.6.24 beside this one re-exports them, so
//! that both names mean the same.
//!
//! A source of mio 1 goes in through [`FromSource`]; mio 1's sockets are [`Evented`] as
//! they are.
//!
//! [`Poll`] stands for what a source is registered with. The reactor has one that only
//! registers; [`Poll::new`] makes one that can be polled as well, for programs that run
//! an event loop of their own.
//!
//! Called by sources, sockets and the façade `mio`; `registration` calls a source's `register`.
//!
//! Always true: a source registers itself, and is asked for it by one thread at a time for each
//! registration.
//!
//! Why not mio 1's own traits? A source of mio 0.6 registers itself by `&self`, and need not be a
//! descriptor.

pub(crate) mod events;
pub(crate) mod from_source;
mod opt;
mod poll;
mod ready;
mod set_readiness;
#[cfg(unix)]
pub mod unix;

pub use self::events::{Event, Events, IntoIter, Iter};
pub use self::from_source::FromSource;
pub use self::opt::PollOpt;
pub use self::poll::Poll;
pub use self::ready::Ready;
pub use self::set_readiness::{Registration, SetReadiness};

use std::io;
use std::sync::Arc;

/// Something that can be watched for readiness.
///
/// A source that has a descriptor hands the calls on to
/// [`EventedFd`](unix::EventedFd); one made of others, to those; one whose readiness
/// the program decides, to a [`Registration`].
///
/// # Examples
///
/// ```
/// # #[cfg(unix)] mod example {
/// use std::io;
/// use std::os::fd::{AsRawFd, RawFd};
/// use tokio_reactor::evented::unix::EventedFd;
/// use tokio_reactor::evented::{Evented, Poll, PollOpt, Ready, Token};
///
/// struct Device(RawFd);
///
/// impl Evented for Device {
///     fn register(&self, poll: &Poll, token: Token, interest: Ready, opts: PollOpt)
///         -> io::Result<()>
///     {
///         EventedFd(&self.0).register(poll, token, interest, opts)
///     }
///
///     fn reregister(&self, poll: &Poll, token: Token, interest: Ready, opts: PollOpt)
///         -> io::Result<()>
///     {
///         EventedFd(&self.0).reregister(poll, token, interest, opts)
///     }
///
///     fn deregister(&self, poll: &Poll) -> io::Result<()> {
///         EventedFd(&self.0).deregister(poll)
///     }
/// }
/// # }
/// ```
pub trait Evented {
    /// Has `poll` watch this for `interest`, and report it under `token`.
    ///
    /// Not to be called directly; use [`Poll::register`].
    ///
    /// # Errors
    ///
    /// If `poll` does not take it.
    fn register(&self, poll: &Poll, token: Token, interest: Ready, opts: PollOpt)
        -> io::Result<()>;

    /// Changes what `poll` watches this for, and the token.
    ///
    /// Not to be called directly; use [`Poll::reregister`].
    ///
    /// # Errors
    ///
    /// If `poll` does not watch it.
    fn reregister(
        &self,
        poll: &Poll,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()>;

    /// Has `poll` watch this no longer.
    ///
    /// Not to be called directly; use [`Poll::deregister`].
    ///
    /// # Errors
    ///
    /// If `poll` does not watch it.
    fn deregister(&self, poll: &Poll) -> io::Result<()>;
}

/// The number under which a source's events are reported.
///
/// # Examples
///
/// ```
/// use tokio_reactor::evented::Token;
///
/// assert_eq!(usize::from(Token(7)), 7);
/// ```
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub usize);

impl From<usize> for Token {
    fn from(number: usize) -> Token {
        Token(number)
    }
}

impl From<Token> for usize {
    fn from(token: Token) -> usize {
        token.0
    }
}

/// Hands everything on to what the pointer points to.
macro_rules! evented_through_pointer {
    ($pointer:ty $(, $source:ident)?) => {
        impl$(<$source: Evented>)? Evented for $pointer {
            fn register(
                &self,
                poll: &Poll,
                token: Token,
                interest: Ready,
                opts: PollOpt,
            ) -> io::Result<()> {
                (**self).register(poll, token, interest, opts)
            }

            fn reregister(
                &self,
                poll: &Poll,
                token: Token,
                interest: Ready,
                opts: PollOpt,
            ) -> io::Result<()> {
                (**self).reregister(poll, token, interest, opts)
            }

            fn deregister(&self, poll: &Poll) -> io::Result<()> {
                (**self).deregister(poll)
            }
        }
    };
}

evented_through_pointer!(Box<dyn Evented>);
evented_through_pointer!(Box<T>, T);
evented_through_pointer!(Arc<T>, T);
