//! A channel whose receiver can be registered.
//!
//! It is std's channel, with a count of the messages in it beside: the receiver is
//! readable while that is not zero. The last sender to go counts as a message, so that
//! the receiver comes to see it. Programs of mio 0.6 call it.
//!
//! Always true: each message that is sent, and the drop of the last sender, makes the receiver
//! readable.
//!
//! Why a count beside std's channel? That channel has neither a descriptor nor a callback, so a
//! poll would learn of no message.

use crate::event::Evented;
use crate::{Poll, PollOpt, Ready, Registration, SetReadiness, Token};
use std::any::Any;
use std::error;
use std::fmt;
use std::io;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::{AcqRel, Acquire};
use std::sync::{mpsc, Arc};

/// Returns a channel without bound.
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let (sender_ctl, receiver_ctl) = ctl_pair();
    let (tx, rx) = mpsc::channel();
    (Sender { tx, ctl: sender_ctl }, Receiver { rx, ctl: receiver_ctl })
}

/// Returns a channel that holds up to `bound` messages.
pub fn sync_channel<T>(bound: usize) -> (SyncSender<T>, Receiver<T>) {
    let (sender_ctl, receiver_ctl) = ctl_pair();
    let (tx, rx) = mpsc::sync_channel(bound);
    (SyncSender { tx, ctl: sender_ctl }, Receiver { rx, ctl: receiver_ctl })
}

/// Returns the count alone, for a channel of one's own.
pub fn ctl_pair() -> (SenderCtl, ReceiverCtl) {
    let (registration, set_readiness) = Registration::new2();
    let shared = Arc::new(Shared {
        pending: AtomicUsize::new(0),
        senders: AtomicUsize::new(1),
        set_readiness,
    });
    (SenderCtl { shared: shared.clone() }, ReceiverCtl { registration, shared })
}

/// Counts messages in.
///
/// # Dropping
///
/// The last one makes the receiver readable, which then finds that no sender is left.
#[derive(Debug)]
pub struct SenderCtl {
    shared: Arc<Shared>,
}

/// Counts messages out.
#[derive(Debug)]
pub struct ReceiverCtl {
    registration: Registration,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// Messages sent and not yet received.
    pending: AtomicUsize,
    senders: AtomicUsize,
    set_readiness: SetReadiness,
}

/// Sends without bound.
#[derive(Debug)]
pub struct Sender<T> {
    tx: mpsc::Sender<T>,
    ctl: SenderCtl,
}

/// Sends up to a bound.
#[derive(Debug)]
pub struct SyncSender<T> {
    tx: mpsc::SyncSender<T>,
    ctl: SenderCtl,
}

/// Receives; to be registered as readable.
#[derive(Debug)]
pub struct Receiver<T> {
    rx: mpsc::Receiver<T>,
    ctl: ReceiverCtl,
}

/// Why a message was not sent.
pub enum SendError<T> {
    /// It was sent, but the receiver's poll could not be woken.
    Io(io::Error),
    /// The receiver is gone; here is the message.
    Disconnected(T),
}

/// Why a message was not sent.
pub enum TrySendError<T> {
    /// It was sent, but the receiver's poll could not be woken.
    Io(io::Error),
    /// The channel is full; here is the message.
    Full(T),
    /// The receiver is gone; here is the message.
    Disconnected(T),
}

impl<T> Sender<T> {
    /// Sends `message`.
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        self.tx.send(message)?;
        Ok(self.ctl.inc()?)
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Sender<T> {
        Sender { tx: self.tx.clone(), ctl: self.ctl.clone() }
    }
}

impl<T> SyncSender<T> {
    /// Sends `message`, blocking while the channel is full.
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        self.tx.send(message)?;
        Ok(self.ctl.inc()?)
    }

    /// Sends `message` if there is room.
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        self.tx.try_send(message)?;
        Ok(self.ctl.inc()?)
    }
}

impl<T> Clone for SyncSender<T> {
    fn clone(&self) -> SyncSender<T> {
        SyncSender { tx: self.tx.clone(), ctl: self.ctl.clone() }
    }
}

impl<T> Receiver<T> {
    /// Returns the next message, if it is there.
    pub fn try_recv(&self) -> Result<T, mpsc::TryRecvError> {
        let message = self.rx.try_recv()?;
        let _ = self.ctl.dec();
        Ok(message)
    }
}

impl SenderCtl {
    /// Counts a message in. Call it after the message is sent.
    pub fn inc(&self) -> io::Result<()> {
        // AcqRel: the receiver that is woken for the count finds the message.
        if self.shared.pending.fetch_add(1, AcqRel) == 0 {
            self.shared.set_readiness.set_readiness(Ready::readable())?;
        }
        Ok(())
    }
}

impl Clone for SenderCtl {
    fn clone(&self) -> SenderCtl {
        // AcqRel: as for any count of owners.
        self.shared.senders.fetch_add(1, AcqRel);
        SenderCtl { shared: self.shared.clone() }
    }
}

impl Drop for SenderCtl {
    fn drop(&mut self) {
        // AcqRel: the last one comes after everything the others sent.
        if self.shared.senders.fetch_sub(1, AcqRel) == 1 {
            let _ = self.inc();
        }
    }
}

impl ReceiverCtl {
    /// Counts a message out. Call it after the message is received.
    pub fn dec(&self) -> io::Result<()> {
        // Acquire: as far as this has counted, the messages are there.
        let last = self.shared.pending.load(Acquire) == 1;
        if last {
            // Before the count drops: a sender that finds zero makes it readable again.
            self.shared.set_readiness.set_readiness(Ready::empty())?;
        }
        // AcqRel: hands on what the senders released.
        let before = self.shared.pending.fetch_sub(1, AcqRel);
        if last && before > 1 {
            // A message came in between, whose sender found the count above zero.
            self.shared.set_readiness.set_readiness(Ready::readable())?;
        }
        Ok(())
    }
}

impl Evented for ReceiverCtl {
    fn register(
        &self,
        poll: &Poll,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()> {
        self.registration.register(poll, token, interest, opts)
    }

    fn reregister(
        &self,
        poll: &Poll,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()> {
        self.registration.reregister(poll, token, interest, opts)
    }

    fn deregister(&self, poll: &Poll) -> io::Result<()> {
        Evented::deregister(&self.registration, poll)
    }
}

impl<T> Evented for Receiver<T> {
    fn register(
        &self,
        poll: &Poll,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()> {
        self.ctl.register(poll, token, interest, opts)
    }

    fn reregister(
        &self,
        poll: &Poll,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()> {
        self.ctl.reregister(poll, token, interest, opts)
    }

    fn deregister(&self, poll: &Poll) -> io::Result<()> {
        self.ctl.deregister(poll)
    }
}

impl<T> From<mpsc::SendError<T>> for SendError<T> {
    fn from(error: mpsc::SendError<T>) -> SendError<T> {
        SendError::Disconnected(error.0)
    }
}

impl<T> From<io::Error> for SendError<T> {
    fn from(error: io::Error) -> SendError<T> {
        SendError::Io(error)
    }
}

impl<T> From<mpsc::TrySendError<T>> for TrySendError<T> {
    fn from(error: mpsc::TrySendError<T>) -> TrySendError<T> {
        match error {
            mpsc::TrySendError::Full(message) => TrySendError::Full(message),
            mpsc::TrySendError::Disconnected(message) => TrySendError::Disconnected(message),
        }
    }
}

impl<T> From<mpsc::SendError<T>> for TrySendError<T> {
    fn from(error: mpsc::SendError<T>) -> TrySendError<T> {
        TrySendError::Disconnected(error.0)
    }
}

impl<T> From<io::Error> for TrySendError<T> {
    fn from(error: io::Error) -> TrySendError<T> {
        TrySendError::Io(error)
    }
}

impl<T> fmt::Display for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SendError::Io(error) => write!(f, "cannot wake the receiver: {error}"),
            SendError::Disconnected(_) => f.write_str("the receiver is gone"),
        }
    }
}

impl<T> fmt::Display for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TrySendError::Io(error) => write!(f, "cannot wake the receiver: {error}"),
            TrySendError::Full(_) => f.write_str("the channel is full"),
            TrySendError::Disconnected(_) => f.write_str("the receiver is gone"),
        }
    }
}

impl<T> fmt::Debug for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SendError({self})")
    }
}

impl<T> fmt::Debug for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrySendError({self})")
    }
}

impl<T: Any> error::Error for SendError<T> {}

impl<T: Any> error::Error for TrySendError<T> {}
