//! Watching a socket on Windows.
//!
//! mio 1 registers a socket through `&mut`, a reactor through `&`, and mio disarms what it
//! has reported until a call *of its own* would block. So a source has, in the reactor's
//! table, a second handle of mio's for its socket, which makes no calls: it is registered in
//! place of the socket, and armed again whenever an operation says that it would block,
//! whoever made the call.
//!
//! Arming is level-triggered: what became ready in between is reported at once. So the side
//! is cleared first and armed then, and no event is lost.
//!
//! Called by `source`, and by the sockets that `evented` registers.
//!
//! Always true: the second handle never closes the socket, which belongs to the source.
//!
//! Why not register the source's own handle? It is lent by `&`, and mio would have to see each
//! operation to know when to arm it.

use crate::evented::from_source::to_interest;
use crate::evented::{Evented, Poll, PollOpt, Ready, Token};
use crate::shared::gone;
use crate::table::Key;
use mio1::event::Source;
use mio1::net::TcpStream;
use std::io;
use std::os::windows::io::{AsRawSocket, FromRawSocket, IntoRawSocket, RawSocket};
use std::sync::{Mutex, MutexGuard};

/// What can be reported beside readable and writable.
pub(crate) const READY_BESIDE: Ready = Ready::NONE;

/// The second handle of a source's socket, while that is registered.
#[derive(Debug)]
pub(crate) struct Watch {
    /// Held to register and to arm, never while waking or dropping a caller's value.
    handle: Mutex<Option<Handle>>,
}

impl Watch {
    pub(crate) fn new() -> Watch {
        Watch { handle: Mutex::new(None) }
    }

    /// Which descriptor it is: not kept.
    pub(crate) fn descriptor(&self) -> Option<i32> {
        None
    }

    /// Ends the registration.
    pub(crate) fn clear(&self) {
        *self.lock() = None;
    }

    /// Asks for the next event, of both sides.
    pub(crate) fn rearm(&self) {
        if let Some(handle) = &*self.lock() {
            handle.rearm();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Handle>> {
        self.handle.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// A socket that is another's. `None` only while it is dropped; a `TcpStream` whatever the
/// socket is, for only its handle counts.
#[derive(Debug)]
struct Handle(Option<TcpStream>);

impl Handle {
    fn new(socket: RawSocket) -> Handle {
        // SAFETY: the caller owns `socket`, which is open. This one registers it and makes no
        // call; it gives the handle up, unclosed, when it is dropped.
        Handle(Some(unsafe { TcpStream::from_raw_socket(socket) }))
    }

    fn socket(&mut self) -> &mut TcpStream {
        self.0.as_mut().expect("only a drop takes it")
    }

    fn rearm(&self) {
        let Some(socket) = &self.0 else { return };
        let would_block = || Err::<(), _>(io::ErrorKind::WouldBlock.into());
        // mio arms the socket when the operation would block, and returns its error, or the
        // one of arming.
        match socket.try_io(would_block) {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => {
                log::error!("cannot watch a socket any longer: {error}");
            }
            _ => {}
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if let Some(socket) = self.0.take() {
            // Ends mio's registration, and leaves the socket open.
            let _ = socket.into_raw_socket();
        }
    }
}

/// Has the reactor of `poll` watch `socket`.
fn register(
    poll: &Poll,
    socket: RawSocket,
    token: Token,
    interest: Ready,
    opts: PollOpt,
) -> io::Result<()> {
    let interest = to_interest(interest, opts)?;
    let reactor = poll.reactor().ok_or_else(own_poll)?.upgrade().ok_or_else(gone)?;
    let mut handle = Handle::new(socket);
    handle.socket().register(poll.registry(), mio1::Token(token.0), interest)?;
    reactor.table.with_watch(Key::of_token(token.0), |watch| *watch.lock() = Some(handle));
    Ok(())
}

fn reregister(poll: &Poll, token: Token, interest: Ready, opts: PollOpt) -> io::Result<()> {
    let interest = to_interest(interest, opts)?;
    let reactor = poll.reactor().ok_or_else(own_poll)?.upgrade().ok_or_else(gone)?;
    let again =
        reactor.table.with_watch(Key::of_token(token.0), |watch| match &mut *watch.lock() {
            Some(handle) => {
                handle.socket().reregister(poll.registry(), mio1::Token(token.0), interest)
            }
            None => Err(io::ErrorKind::NotFound.into()),
        });
    again.unwrap_or_else(|| Err(io::ErrorKind::NotFound.into()))
}

fn own_poll() -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        "cannot watch a socket with a poll of one's own on Windows: use a reactor",
    )
}

macro_rules! evented_by_socket {
    ($($socket:ty),*) => {
        $(
            impl Evented for $socket {
                fn register(
                    &self,
                    poll: &Poll,
                    token: Token,
                    interest: Ready,
                    opts: PollOpt,
                ) -> io::Result<()> {
                    register(poll, self.as_raw_socket(), token, interest, opts)
                }

                fn reregister(
                    &self,
                    poll: &Poll,
                    token: Token,
                    interest: Ready,
                    opts: PollOpt,
                ) -> io::Result<()> {
                    reregister(poll, token, interest, opts)
                }

                /// Leaves the rest to the registration, which drops the second handle.
                fn deregister(&self, poll: &Poll) -> io::Result<()> {
                    poll.reactor().map(drop).ok_or_else(own_poll)
                }
            }
        )*
    };
}

evented_by_socket!(mio1::net::TcpListener, mio1::net::TcpStream, mio1::net::UdpSocket);
