//! One value from one task to another.
//!
//! [`channel`] gives a [`Sender`] and a [`Receiver`] over one block of memory that holds
//! a state word, the value, and the task that waits at each end. Whichever end leaves
//! last frees the block.
//!
//! ```text
//!     5          4          3          2         1        0
//!  +---------+---------+----------+----------+--------+------+
//!  | rx gone | tx gone | rx waits | tx waits | closed | done |
//!  +---------+---------+----------+----------+--------+------+
//! ```
//!
//! `done` is set by the sender, once it has put the value in its place or gone away
//! without one; `closed` by the receiver, when it wants no value any more. After `done`
//! the value is the receiver's, and before it the sender's. `done` is never set after
//! `closed`, so a value that comes too late stays with the sender.
//!
//! A waiter belongs to its own end while the bit `... waits` is clear. While it is set
//! both ends may read it, and neither may change it. Whoever sets `done` or `closed`
//! wakes the other end's waiter if that bit was set, and only then sets its own `gone`.
//!
//! Called by programs; the channels of tokio 1.x and 0.2 wrap this one.
//!
//! Always true: a block is freed by the end that finds the other one gone, and an end
//! touches nothing after it has set its `gone`.
//!
//! Why not two references of an `Arc`? They would cost another atomic instruction at each
//! end. Here a sender that finds nobody waiting is done in one.

use futures::{Future, Poll};
use std::fmt;
use std::pin::Pin;
use std::ptr::NonNull;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};
use std::task;
use tokio_executor::coop;
use tokio_executor::internals::inspect::{Kind, Place};
use tokio_executor::internals::pooled::Pooled;
use tokio_executor::internals::sys::{AtomicUsize, UnsafeCell};
use tokio_executor::task::Context;
use tokio_executor::waiter::Waiter;

pub mod error {
    //! What can go wrong with a oneshot channel.

    use std::fmt;

    /// The sender went away without sending, or the channel was closed before it sent.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use tokio::sync::oneshot;
    ///
    /// let (sender, receiver) = oneshot::channel::<u8>();
    /// drop(sender);
    /// assert!(receiver.wait().is_err());
    /// ```
    #[derive(Debug)]
    pub struct RecvError(pub(super) ());

    impl fmt::Display for RecvError {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("channel closed")
        }
    }

    impl std::error::Error for RecvError {
        fn description(&self) -> &str {
            "channel closed"
        }
    }

    /// There is no value: not yet, or not any more.
    #[derive(Debug)]
    pub struct TryRecvError(pub(super) ());

    impl fmt::Display for TryRecvError {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("channel closed")
        }
    }

    impl std::error::Error for TryRecvError {
        fn description(&self) -> &str {
            "channel closed"
        }
    }
}

use self::error::{RecvError, TryRecvError};

/// Returns a channel for one value.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio::sync::oneshot;
///
/// let (sender, receiver) = oneshot::channel();
/// std::thread::spawn(move || sender.send("hello"));
/// assert_eq!(receiver.wait().unwrap(), "hello");
/// ```
#[track_caller]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let made = Place::here();
    let block = Pooled::new_with(|| Block {
        state: State(AtomicUsize::new(0)),
        value: UnsafeCell::new(None),
        tx_waiter: UnsafeCell::new(None),
        rx_waiter: UnsafeCell::new(None),
        made,
    });
    let block = block.into_raw();
    (Sender { block: Some(Shared(block)) }, Receiver { block: Some(Shared(block)) })
}

/// The end that sends the value.
///
/// # Dropping
///
/// Without having sent, the receiver is woken and gets an error.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio::sync::oneshot;
///
/// struct Question {
///     text: &'static str,
///     answer: oneshot::Sender<usize>,
/// }
///
/// let (answer, answered) = oneshot::channel();
/// let question = Question { text: "how long?", answer };
/// std::thread::spawn(move || question.answer.send(question.text.len()));
/// assert_eq!(answered.wait().unwrap(), 9);
/// ```
pub struct Sender<T> {
    /// `None` only inside `send` and `drop`.
    block: Option<Shared<T>>,
}

/// The end that gets the value: a future, of futures 0.1 and of std.
///
/// # Panics
///
/// When polled again after it was ready.
///
/// # Dropping
///
/// Closes the channel; a value that was sent is dropped.
///
/// # Examples
///
/// ```
/// use tokio::runtime::current_thread::block_on_all_std;
/// use tokio::sync::oneshot;
///
/// let (tx, rx) = oneshot::channel();
/// tx.send("value").unwrap();
/// assert_eq!(block_on_all_std(rx).unwrap(), "value");
/// ```
pub struct Receiver<T> {
    /// `None` once the outcome is known.
    block: Option<Shared<T>>,
}

impl<T> Sender<T> {
    /// Sends `t` and wakes the receiver.
    ///
    /// # Errors
    ///
    /// Gives `t` back if the receiver is gone or has closed the channel. `Ok` does not
    /// mean that the receiver will look.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::oneshot;
    ///
    /// let (tx, rx) = oneshot::channel();
    /// drop(rx);
    /// // Nobody wants it any more: it comes back.
    /// assert_eq!(tx.send("value"), Err("value"));
    /// ```
    pub fn send(mut self, t: T) -> Result<(), T> {
        let Some(block) = self.block.take() else { return Err(t) };
        block.finish(Some(t)).map_or(Ok(()), Err)
    }

    /// Is ready once the receiver is gone or has closed the channel; otherwise the current
    /// futures 0.1 task is woken when that happens.
    ///
    /// # Errors
    ///
    /// None; the type is that of upstream.
    ///
    /// # Panics
    ///
    /// If it has to wait, and there is no current task.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future::{self, Future};
    /// use tokio::sync::oneshot;
    ///
    /// let (mut tx, rx) = oneshot::channel::<u32>();
    /// drop(rx);
    /// future::poll_fn(|| tx.poll_close()).wait().unwrap();
    /// ```
    #[expect(clippy::result_unit_err, reason = "the signature of upstream")]
    pub fn poll_close(&mut self) -> Poll<(), ()> {
        tokio_executor::internals::convert::into_async(
            self.poll_close_cx(&Context::current()).map(Ok),
        )
    }

    /// Works like [`poll_close`](Sender::poll_close), for a task of either kind.
    pub fn poll_close_cx(&mut self, cx: &Context<'_>) -> task::Poll<()> {
        match &self.block {
            // The end may be asked for again and again.
            Some(block) => match block.poll_closed(cx) {
                task::Poll::Ready(()) if coop::proceed(cx) => task::Poll::Ready(()),
                _ => task::Poll::Pending,
            },
            None => task::Poll::Ready(()),
        }
    }

    /// Returns whether the receiver is gone or has closed the channel.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::oneshot;
    ///
    /// let (tx, rx) = oneshot::channel::<u32>();
    /// assert!(!tx.is_closed());
    /// drop(rx);
    /// assert!(tx.is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        self.block.as_ref().is_none_or(|block| block.state.get() & CLOSED != 0)
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        if let Some(block) = self.block.take() {
            let _none = block.finish(None);
        }
    }
}

impl<T> Receiver<T> {
    /// Refuses a value that was not sent yet, and wakes the sender.
    ///
    /// A value that was sent before is still there to be received.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::oneshot;
    ///
    /// let (tx, mut rx) = oneshot::channel();
    /// rx.close();
    /// assert_eq!(tx.send(1), Err(1));
    /// ```
    pub fn close(&mut self) {
        if let Some(block) = &self.block {
            block.close();
        }
    }

    /// Returns the value, if it was sent.
    ///
    /// # Errors
    ///
    /// If there is none: not yet, or never, because the sender is gone or the channel
    /// was closed. In the latter case this receiver is at its end.
    ///
    /// # Panics
    ///
    /// If the outcome was reported before.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::oneshot;
    ///
    /// let (tx, mut rx) = oneshot::channel();
    /// assert!(rx.try_recv().is_err());
    /// tx.send(1).unwrap();
    /// assert_eq!(rx.try_recv().unwrap(), 1);
    /// ```
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        let state = self.block().state.get();
        if state & (DONE | CLOSED) == 0 {
            return Err(TryRecvError(()));
        }
        self.outcome(state).ok_or(TryRecvError(()))
    }

    /// Returns the value, once it was sent; otherwise the task is woken when it is.
    ///
    /// What both `Future` implementations call.
    ///
    /// # Errors
    ///
    /// If the sender went away without sending, or the channel was closed before.
    ///
    /// # Panics
    ///
    /// If the outcome was reported before.
    pub fn poll_recv_cx(&mut self, cx: &Context<'_>) -> task::Poll<Result<T, RecvError>> {
        match self.block().poll_done(cx) {
            // A task may have one channel after another, all of them ready.
            task::Poll::Ready(state) if coop::proceed(cx) => {
                task::Poll::Ready(self.outcome(state).ok_or(RecvError(())))
            }
            _ => task::Poll::Pending,
        }
    }

    /// Returns whether the outcome was reported.
    pub fn is_terminated(&self) -> bool {
        self.block.is_none()
    }

    /// Returns whether there is no value to be received at this moment.
    pub fn is_empty(&self) -> bool {
        self.block.as_ref().is_none_or(|block| !block.has_value())
    }

    /// Returns whether this receiver has closed the channel, or the sender is gone.
    pub fn is_closed(&self) -> bool {
        self.block.as_ref().is_none_or(|block| block.state.get() & (DONE | CLOSED) != 0)
    }

    fn block(&self) -> &Block<T> {
        match &self.block {
            Some(block) => block,
            None => panic!("called after complete"),
        }
    }

    /// Takes the value and leaves; `state` is `done` or `closed`.
    fn outcome(&mut self, state: usize) -> Option<T> {
        let block = self.block.take()?;
        let (value, waiter) = block.retire_receiver(state);
        if state & TX_GONE != 0 {
            block.free();
        } else {
            block.leave(RX_GONE);
        }
        drop(waiter);
        value
    }
}

crate::compat::own_compat!([T] Receiver<T>);

impl<T> Future for Receiver<T> {
    type Item = T;
    type Error = RecvError;

    fn poll(&mut self) -> Poll<T, RecvError> {
        tokio_executor::internals::convert::into_async(self.poll_recv_cx(&Context::current()))
    }
}

impl<T> std::future::Future for Receiver<T> {
    type Output = Result<T, RecvError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> task::Poll<Self::Output> {
        self.poll_recv_cx(&Context::from(cx))
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let Some(block) = self.block.take() else { return };
        // Leaves even if the sender's waker panics.
        let leaving = Leaving { block, gone: RX_GONE };
        let state = leaving.block.close();
        let left_over = leaving.block.retire_receiver(state);
        drop(leaving);
        drop(left_over);
    }
}

impl<T: fmt::Debug> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("state", &self.block.as_ref().map(|block| &block.state))
            .finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("state", &self.block.as_ref().map(|block| &block.state))
            .finish()
    }
}

/// The sender is through: the value is in its place, or there will be none.
const DONE: usize = 1;
/// The receiver takes no value any more.
const CLOSED: usize = 1 << 1;
const TX_WAITS: usize = 1 << 2;
const RX_WAITS: usize = 1 << 3;
const TX_GONE: usize = 1 << 4;
const RX_GONE: usize = 1 << 5;

static RECEIVER: Kind = Kind { wait: "oneshot receiver", of: "oneshot channel" };
static SENDER: Kind = Kind { wait: "oneshot sender", of: "oneshot channel" };

/// What the two ends share.
struct Block<T> {
    state: State,
    value: UnsafeCell<Option<T>>,
    /// The task that waits for the channel to be closed.
    tx_waiter: UnsafeCell<Option<Waiter>>,
    /// The task that waits for the value.
    rx_waiter: UnsafeCell<Option<Waiter>>,
    /// Where the channel was made.
    made: Place,
}

struct State(AtomicUsize);

/// How far `done` got.
enum AfterDone {
    /// The receiver does not wait: this end is gone already.
    Gone,
    /// Wake the receiver if it waits, then leave.
    Leave { rx_waits: bool },
    /// The receiver takes no value any more.
    Refused,
}

impl State {
    fn get(&self) -> usize {
        // Acquire: the Release of the other end's last move.
        self.0.load(Acquire)
    }

    /// The sender is through, and what it leaves is in its place.
    fn done(&self) -> AfterDone {
        // Relaxed: a first guess; only its own value is looked at if it says `closed`.
        let mut state = self.0.load(Relaxed);
        loop {
            if state & CLOSED != 0 {
                return AfterDone::Refused;
            }
            let stays = state & (RX_WAITS | TX_WAITS) != 0;
            let next = state | DONE | if stays { 0 } else { TX_GONE };
            // Release: the receiver sees the value. Acquire: we see its waiter.
            match self.0.compare_exchange(state, next, AcqRel, Relaxed) {
                Ok(_) if stays => return AfterDone::Leave { rx_waits: state & RX_WAITS != 0 },
                Ok(_) => return AfterDone::Gone,
                Err(actual) => state = actual,
            }
        }
    }

    /// Sets one of the bits; returns the state before.
    fn set(&self, bit: usize) -> usize {
        // Release: what this end did comes before the bit. Acquire: what the other end
        // did before its last move is seen.
        self.0.fetch_or(bit, AcqRel)
    }

    /// Takes `... waits` back; returns the state before.
    fn unset(&self, waits: usize) -> usize {
        // Acquire: as above. Nothing is released: without the bit the other end reads nothing of
        // this one, and what was released before stays so.
        self.0.fetch_and(!waits, Acquire)
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Relaxed: for the eye only.
        let state = self.0.load(Relaxed);
        f.debug_struct("State")
            .field("done", &(state & DONE != 0))
            .field("closed", &(state & CLOSED != 0))
            .field("tx_waits", &(state & TX_WAITS != 0))
            .field("rx_waits", &(state & RX_WAITS != 0))
            .finish()
    }
}

impl<T> Block<T> {
    /// Called by the receiver while the value or its waiter may be its own: takes what
    /// is, given the state in which it found or left the channel.
    fn retire_receiver(&self, state: usize) -> (Option<T>, Option<Waiter>) {
        if state & DONE != 0 {
            // The sender may still be about to wake our waiter, so that stays.
            // SAFETY: after `done` the value is the receiver's.
            (self.value.with_mut(|value| unsafe { &mut *value }.take()), None)
        } else {
            // SAFETY: `closed` came before `done`, so the sender never looks at our waiter.
            (None, self.rx_waiter.with_mut(|waiter| unsafe { &mut *waiter }.take()))
        }
    }

    /// Called by the receiver: whether the sender has left a value.
    fn has_value(&self) -> bool {
        // SAFETY: after `done` the value is the receiver's, who only looks whether it is there.
        self.state.get() & DONE != 0 && self.value.with(|value| unsafe { &*value }.is_some())
    }

    /// Called by the receiver: refuses the value. Returns the state before.
    fn close(&self) -> usize {
        let before = self.state.set(CLOSED);
        if before & (CLOSED | DONE | TX_WAITS) == TX_WAITS {
            // SAFETY: `tx waits` was set and `done` was not. The sender now sees `closed`,
            // and changes its waiter no more.
            unsafe { wake(&self.tx_waiter) };
        }
        before
    }

    /// Called by the receiver: ready with the state once that is `done` or `closed`.
    fn poll_done(&self, cx: &Context<'_>) -> task::Poll<usize> {
        let state = self.state.get();
        if state & (DONE | CLOSED) != 0 {
            return task::Poll::Ready(state);
        }
        // SAFETY: the receiver asks, and it has closed nothing.
        match unsafe { self.wait(&RECEIVER, &self.rx_waiter, RX_WAITS, DONE, state, cx) } {
            Some(state) => task::Poll::Ready(state),
            None => task::Poll::Pending,
        }
    }

    /// Called by the sender: ready once the channel is closed.
    fn poll_closed(&self, cx: &Context<'_>) -> task::Poll<()> {
        let state = self.state.get();
        if state & CLOSED != 0 {
            return task::Poll::Ready(());
        }
        // SAFETY: the sender asks, and it is not through.
        match unsafe { self.wait(&SENDER, &self.tx_waiter, TX_WAITS, CLOSED, state, cx) } {
            Some(_) => task::Poll::Ready(()),
            None => task::Poll::Pending,
        }
    }

    /// Makes the polling task wait for `event`, which the other end sets. Returns the
    /// state if that was set meanwhile.
    ///
    /// # Safety
    ///
    /// `kept` and `waits` belong to the end that calls.
    unsafe fn wait(
        &self,
        kind: &'static Kind,
        kept: &UnsafeCell<Option<Waiter>>,
        waits: usize,
        event: usize,
        state: usize,
        cx: &Context<'_>,
    ) -> Option<usize> {
        let address = std::ptr::from_ref(self).addr();
        if state & waits != 0 {
            // SAFETY: while `waits` is set nobody changes the waiter.
            let kept = kept.with(|kept| unsafe { &*kept }.as_ref());
            let same = kept.is_some_and(|w| cx.is_at(w, kind, address, self.made));
            if same {
                return None;
            }
            let before = self.state.unset(waits);
            if before & event != 0 {
                // The other end may be reading the waiter, so it stays.
                return Some(before);
            }
        }
        let waiter = cx.waiter_at(kind, address, self.made);
        // SAFETY: `waits` is clear, and was so, or was cleared, before `event` was set: the
        // other end does not look here.
        let replaced = kept.with_mut(|kept| unsafe { &mut *kept }.replace(waiter));
        let before = self.state.set(waits);
        drop(replaced);
        (before & event != 0).then_some(before)
    }
}

/// Wakes the task in `kept`.
///
/// # Safety
///
/// Nobody changes the waiter meanwhile. The block must stay as well: the end that calls
/// has not left.
unsafe fn wake(kept: &UnsafeCell<Option<Waiter>>) {
    kept.with(|waiter| {
        // SAFETY: nobody changes it, says the caller.
        if let Some(waiter) = unsafe { &*waiter } {
            waiter.wake_by_ref();
        }
    });
}

/// One end's share in the block. Goes by `leave` or `free`, never by itself.
struct Shared<T>(NonNull<Block<T>>);

// SAFETY: the ends agree through the state word on who may touch what, and the value
// moves from one thread to another.
unsafe impl<T: Send> Send for Shared<T> {}
// SAFETY: a shared end gives no access to the value.
unsafe impl<T: Send> Sync for Shared<T> {}

impl<T> std::ops::Deref for Shared<T> {
    type Target = Block<T>;

    #[inline]
    fn deref(&self) -> &Block<T> {
        // SAFETY: the block lives until both ends are gone, and a `Shared` is given up
        // when its end goes.
        unsafe { self.0.as_ref() }
    }
}

impl<T> Shared<T> {
    /// The sender is through, with or without a value. Gives it back if it came too late.
    fn finish(self, value: Option<T>) -> Option<T> {
        // Leaves even if the receiver's waker panics.
        let leaving = Leaving { block: self, gone: TX_GONE };
        let block = &leaving.block;
        // SAFETY: before `done` the value is the sender's.
        block.value.with_mut(|place| unsafe { *place = value });
        match block.state.done() {
            AfterDone::Gone => {
                std::mem::forget(leaving);
                None
            }
            AfterDone::Leave { rx_waits } => {
                // SAFETY: `closed` did not come before `done`, so the receiver never looks
                // at our waiter.
                let own = block.tx_waiter.with_mut(|waiter| unsafe { &mut *waiter }.take());
                if rx_waits {
                    // SAFETY: `rx waits` was set when `done` was. The receiver now sees
                    // `done`, and changes its waiter no more.
                    unsafe { wake(&block.rx_waiter) };
                }
                drop(leaving);
                drop(own);
                None
            }
            AfterDone::Refused => {
                // SAFETY: as above; `done` was not set.
                let value = block.value.with_mut(|place| unsafe { &mut *place }.take());
                drop(leaving);
                value
            }
        }
    }

    /// This end goes; frees the block if it is the last.
    fn leave(self, gone: usize) {
        let before = self.state.set(gone);
        if before & (TX_GONE | RX_GONE) != 0 {
            self.free();
        }
    }

    /// Frees the block: the other end is gone, and this one goes.
    fn free(self) {
        // SAFETY: `channel` made it as a box, and no end is left to touch it. The Acquire
        // with which the other's `gone` was read puts everything it did before this.
        drop(unsafe { Pooled::from_raw(self.0) });
    }
}

/// Leaves when dropped.
struct Leaving<T> {
    block: Shared<T>,
    gone: usize,
}

impl<T> Drop for Leaving<T> {
    fn drop(&mut self) {
        Shared(self.block.0).leave(self.gone);
    }
}
