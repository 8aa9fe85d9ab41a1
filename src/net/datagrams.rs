//! Messages out of datagrams, and into them.
//!
//! What [`UdpFramed`](super::UdpFramed) and
//! [`UnixDatagramFramed`](super::UnixDatagramFramed) have in common: everything but the
//! socket.
//!
//! Called by `udp` and `unix`.
//!
//! Always true: a datagram's bytes never meet those of another. A message that a codec
//! makes of a datagram is followed by the next out of the same datagram, for as long as
//! the codec uses bytes up; a datagram without any message is passed over, and is not
//! the end of anything. A datagram that could not be sent is reported once and gone.
//!
//! Why not receive straight into the codec's buffer? Room for the largest datagram would
//! then be set aside for each, and a message that keeps a few bytes of it would keep all
//! of that alive.

use bytes::BytesMut;
use futures::{Async, AsyncSink, Poll as Poll01, StartSend};
use std::io;
use std::task::{ready, Poll};
use tokio_executor::task::Context;
use tokio_io::_tokio_codec::{Decoder, Encoder};

/// Room for one datagram. No UDP datagram is longer.
const RECEIVE_BYTES: usize = 64 * 1024;
const SEND_BYTES: usize = 8 * 1024;

/// What `C` made of a datagram, with the address of its peer.
pub(super) type Message<C, P> = Result<(<C as Decoder>::Item, P), <C as Decoder>::Error>;

/// Whether the end of a datagram counts as the end of the codec's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// At first `decode` alone is asked; `decode_eof` only for what it leaves.
    Decode,
    /// `decode_eof` is asked from the start.
    DecodeEof,
}

/// The receiving side.
pub(super) struct Receiving<P> {
    ask: Ask,
    datagram: Box<[u8]>,
    /// What the codec has not used of the current datagram.
    rest: BytesMut,
    /// Who sent the current datagram, while there is one.
    sender: Option<P>,
}

/// The sending side.
pub(super) struct Sending<T> {
    datagram: BytesMut,
    /// Where the encoded datagram goes, while there is one.
    target: Option<T>,
}

impl<P: Clone> Receiving<P> {
    pub(super) fn new(ask: Ask) -> Receiving<P> {
        Receiving {
            ask,
            datagram: vec![0; RECEIVE_BYTES].into_boxed_slice(),
            rest: BytesMut::new(),
            sender: None,
        }
    }

    /// The next message and its sender.
    pub(super) fn poll<C: Decoder>(
        &mut self,
        codec: &mut C,
        mut receive: impl FnMut(&mut [u8]) -> Poll<io::Result<(usize, P)>>,
    ) -> Poll<Message<C, P>> {
        loop {
            if let Some(sender) = self.sender.clone() {
                if let Some(message) = self.decode(codec)? {
                    return Poll::Ready(Ok((message, sender)));
                }
            }
            let (length, sender) = ready!(receive(&mut self.datagram))?;
            self.rest.extend_from_slice(&self.datagram[..length]);
            self.sender = Some(sender);
        }
    }

    /// The next message of this datagram. After `None` there is no datagram any more.
    fn decode<C: Decoder>(&mut self, codec: &mut C) -> Result<Option<C::Item>, C::Error> {
        let before = self.rest.len();
        let mut decoded = match self.ask {
            Ask::Decode => codec.decode(&mut self.rest),
            Ask::DecodeEof => codec.decode_eof(&mut self.rest),
        };
        if matches!(decoded, Ok(None)) && self.ask == Ask::Decode && !self.rest.is_empty() {
            decoded = codec.decode_eof(&mut self.rest);
        }
        // A codec that stands still would be asked for ever. Under `DecodeEof` an empty
        // rest is for the codec to say "none" to: it may have kept a message back.
        let moves = self.rest.len() < before;
        let goes_on = match (&decoded, self.ask) {
            (Ok(Some(_)), Ask::Decode) => moves && !self.rest.is_empty(),
            (Ok(Some(_)), Ask::DecodeEof) => moves,
            (Ok(None), _) | (Err(_), Ask::Decode) => false,
            (Err(_), Ask::DecodeEof) => moves && !self.rest.is_empty(),
        };
        if !goes_on {
            if !self.rest.is_empty() && matches!(decoded, Ok(None)) {
                log::debug!("{} bytes at the end of a datagram make no frame", self.rest.len());
            }
            self.rest.clear();
            self.sender = None;
        }
        decoded
    }
}

impl<T> Sending<T> {
    pub(super) fn new() -> Sending<T> {
        Sending { datagram: BytesMut::with_capacity(SEND_BYTES), target: None }
    }

    /// Encodes `item` for `target`, unless the datagram before it is still here.
    pub(super) fn start<C: Encoder>(
        &mut self,
        codec: &mut C,
        (item, target): (C::Item, T),
        send: impl FnMut(&Context<'_>, &[u8], &T) -> Poll<io::Result<usize>>,
    ) -> StartSend<(C::Item, T), C::Error> {
        if self.flush(send)?.is_not_ready() {
            return Ok(AsyncSink::NotReady((item, target)));
        }
        if let Err(error) = codec.encode(item, &mut self.datagram) {
            self.datagram.clear();
            return Err(error);
        }
        self.target = Some(target);
        Ok(AsyncSink::Ready)
    }

    /// Sends the datagram, if there is one.
    pub(super) fn flush(
        &mut self,
        mut send: impl FnMut(&Context<'_>, &[u8], &T) -> Poll<io::Result<usize>>,
    ) -> Poll01<(), io::Error> {
        let Some(target) = &self.target else {
            return Ok(Async::Ready(()));
        };
        let Poll::Ready(sent) = send(&Context::current(), &self.datagram, target) else {
            return Ok(Async::NotReady);
        };
        let length = self.datagram.len();
        self.datagram.clear();
        self.target = None;
        check_whole(sent?, length)?;
        Ok(Async::Ready(()))
    }
}

/// An error, if of a datagram of `length` bytes only `sent` have gone.
pub(super) fn check_whole(sent: usize, length: usize) -> io::Result<()> {
    if sent == length {
        Ok(())
    } else {
        Err(io::Error::other(format!("only {sent} bytes of a datagram of {length} were sent")))
    }
}
