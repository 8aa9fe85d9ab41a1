//! Every message to every receiver.
//!
//! [`channel`] gives a [`Sender`] that can be cloned and a [`Receiver`]; more receivers come
//! from [`Sender::subscribe`], and each sees what is sent from then on. There is room for a
//! number of messages. A receiver that falls behind by more than that gets the number of those
//! it has missed, and goes on with the oldest that is left; nobody ever waits for it.
//!
//! ```text
//!   message     4     5     6     7     8
//!            +-----+-----+-----+-----+-----+-----+
//!   entry    |  2  |  1  |  3  |  3  |  3  |     |     receivers that have yet to see it
//!            +-----+-----+-----+-----+-----+-----+
//!                     ^           ^           ^
//!                a receiver    another      tail
//! ```
//!
//! A message goes to the entry of its number, modulo their count, in place of an older one. It
//! is kept until all who were there when it was sent have seen it, or have gone. Each receiver
//! goes in order, so what all have seen is always a part at the front.
//!
//! Called by programs; the channel of tokio 1.x wraps this one.
//!
//! Each entry has a lock. A receiver that finds its next message takes no other one, so that
//! receivers meet only where they are at the same message. The channel's lock is for who sends,
//! comes and goes, and for a receiver that finds nothing. (As in tokio 1.x's channel.)
//!
//! Always true: an entry's lock may be taken under the channel's, and not the other way by code of
//! ours; values are dropped, and tasks woken, outside of both. A value is cloned under the lock of
//! its entry, by one receiver at a time: so values need not be `Sync`. A clone may clone, drop and
//! print senders; what else it does to its own channel may wait for itself, as in tokio 1.x.
//!
//! Why not a queue for each receiver? A message would be cloned as often as there are receivers,
//! also for those who never look.
//!
//! # Examples
//!
//! ```
//! use futures::{Future, Stream};
//! use tokio::sync::broadcast;
//!
//! let (tx, first) = broadcast::channel(16);
//! tx.send(1).unwrap();
//! let second = tx.subscribe();
//! tx.send(2).unwrap();
//! drop(tx);
//! assert_eq!(first.collect().wait().unwrap(), [1, 2]);
//! assert_eq!(second.collect().wait().unwrap(), [2]);
//! ```

pub mod error;
mod sender;

pub use self::sender::WeakSender;

use self::error::{RecvError, TryRecvError};
use super::acquire::{wait, POLLED_AGAIN};
use super::notify::Notify;
use super::wake_list::WakeList;
use futures::{Async, Stream};
use std::fmt;
use std::future::Future;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::PoisonError;
use std::task::{self, Poll};
use tokio_executor::coop;
use tokio_executor::internals::inspect::{Kind, Place};
use tokio_executor::internals::sys::{Arc, AtomicU64, AtomicUsize, Mutex, MutexGuard};
use tokio_executor::internals::wait_list::{Key, WaitList};
use tokio_executor::task::Context;
use tokio_executor::waiter::WaiterCell;

/// Returns a channel with room for `capacity` messages, rounded up to a power of two. The room is
/// allocated at once: some 32 bytes a message, and those of its value.
///
/// # Panics
///
/// If `capacity` is zero, or more than half of `usize::MAX`.
///
/// # Examples
///
/// ```
/// let (tx, mut rx) = tokio::sync::broadcast::channel(3);
/// tx.send("hello").unwrap();
/// assert_eq!(rx.try_recv().unwrap(), "hello");
/// ```
#[track_caller]
pub fn channel<T: Clone>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let sender = Sender::new(capacity);
    let receiver = sender.subscribe();
    (sender, receiver)
}

/// The end that sends; each clone is one more.
///
/// # Dropping
///
/// The last one ends the channel: receivers get what is left, and then the end.
///
/// # Examples
///
/// ```
/// use tokio::sync::broadcast;
///
/// let (tx, mut first) = broadcast::channel(16);
/// let mut second = tx.subscribe();
/// assert_eq!(tx.send("to all").unwrap(), 2);
/// assert_eq!(first.try_recv().unwrap(), "to all");
/// assert_eq!(second.try_recv().unwrap(), "to all");
/// ```
pub struct Sender<T> {
    shared: Arc<Shared<T>>,
}

/// The end that receives what is sent from its making on.
///
/// Also a stream of futures 0.1, whose error is [`RecvError::Lagged`]; it goes on after
/// that.
///
/// # Dropping
///
/// Messages that only this receiver had yet to see are dropped.
///
/// # Examples
///
/// ```
/// use tokio::runtime::current_thread::block_on_all_std;
/// use tokio::sync::broadcast;
/// use tokio::sync::broadcast::error::RecvError;
///
/// let (tx, mut rx) = broadcast::channel(16);
/// tx.send("last words").unwrap();
/// drop(tx);
/// block_on_all_std(async {
///     assert_eq!(rx.recv().await, Ok("last words"));
///     assert_eq!(rx.recv().await, Err(RecvError::Closed));
/// });
/// ```
pub struct Receiver<T> {
    shared: Arc<Shared<T>>,
    /// The number of the message to receive next.
    next: u64,
    cell: Arc<WaiterCell>,
    /// Where `cell` was put on the list, and in which wake generation.
    listed: Option<(u64, Key)>,
}

static RECEIVER: Kind = Kind { wait: "broadcast receiver", of: "broadcast channel" };

struct Shared<T> {
    /// As many as there is room for messages, a power of two.
    entries: Box<[Mutex<Entry<T>>]>,
    /// Held to look or change; never while cloning, dropping or waking anything.
    state: Mutex<State>,
    /// Not under the lock: a message that is being cloned may have a sender. All Relaxed: the last
    /// one to go locks the channel, and comes to it after those that it saw go.
    senders: AtomicUsize,
    weak_senders: AtomicUsize,
    /// The tail, and whether there is no sender, as they were not long ago. Written under
    /// the lock, and read without it only to guess whether there is something to receive.
    cached_tail: AtomicU64,
    /// Rings when the last receiver goes.
    no_receivers: Notify,
    /// Where the channel was made.
    made: Place,
}

struct State {
    /// The number of the message to be sent next.
    tail: u64,
    /// The last sender is gone.
    closed: bool,
    receivers: usize,
    waiting: WaitList<Arc<WaiterCell>>,
    /// How often all of `waiting` were woken: whether a receiver is still on it.
    wake_generation: u64,
}

/// Room for one message.
struct Entry<T> {
    /// The number of the message that it has, or had last.
    number: u64,
    /// Receivers that have yet to see it.
    left: usize,
    /// Until all have seen it.
    value: Option<T>,
}

impl<T> Entry<T> {
    /// One receiver less has yet to see the message. Returns its value if that was the last.
    fn leave(&mut self) -> Option<T> {
        self.left -= 1;
        if self.left > 0 {
            return None;
        }
        self.value.take()
    }
}

impl<T> Shared<T> {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic halfway runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The entry that the message of this number goes to.
    fn entry(&self, number: u64) -> MutexGuard<'_, Entry<T>> {
        let at = number as usize & (self.entries.len() - 1);
        // Poisoned by a clone that panicked: the entry was as it should be by then.
        self.entries[at].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of the oldest message that there is an entry for.
    fn front(&self, tail: u64) -> u64 {
        tail.saturating_sub(self.entries.len() as u64)
    }

    /// How many messages somebody has yet to see.
    fn kept(&self, state: &State) -> usize {
        // What all have seen is a part at the front: where does it end?
        let (mut seen, mut unseen) = (self.front(state.tail), state.tail);
        while seen < unseen {
            let middle = seen + (unseen - seen) / 2;
            if self.entry(middle).value.is_some() {
                unseen = middle;
            } else {
                seen = middle + 1;
            }
        }
        (state.tail - seen) as usize
    }

    /// Wakes all receivers that wait, after unlocking.
    fn tell(&self, mut state: MutexGuard<'_, State>) {
        // Relaxed: who reads it locks the entry, or the channel, after this thread has.
        self.cached_tail.store(state.tail_word(), Relaxed);
        let mut woken = WakeList::default();
        if !state.waiting.is_empty() {
            state.wake_generation += 1;
            while let Some(cell) = state.waiting.pop_oldest() {
                woken.take(&cell);
            }
        }
        drop(state);
        woken.wake();
    }

    /// Leads to a new receiver, of what is sent from now on.
    fn subscribe(shared: &Arc<Shared<T>>) -> Receiver<T> {
        let mut state = shared.state();
        state.receivers += 1;
        let next = state.tail;
        drop(state);
        Receiver { shared: shared.clone(), next, cell: Arc::new(WaiterCell::new()), listed: None }
    }
}

/// `cached_tail` for a channel with senders.
fn tail_word(tail: u64) -> u64 {
    tail << 1
}

impl State {
    fn tail_word(&self) -> u64 {
        tail_word(self.tail) | u64::from(self.closed)
    }

    /// Says why a receiver does not find the message `next`, which moves on if that is lost. None:
    /// it is there by now.
    fn missing<T>(&self, shared: &Shared<T>, next: &mut u64) -> Option<Missing> {
        let front = shared.front(self.tail);
        if *next < front {
            let missed = front - *next;
            *next = front;
            return Some(Missing::Lost(missed));
        }
        match *next == self.tail {
            false => None,
            true if self.closed => Some(Missing::Closed),
            true => Some(Missing::NotSent),
        }
    }
}

/// Why there is no message for a receiver.
enum Missing {
    Lost(u64),
    NotSent,
    Closed,
}

impl<T> Receiver<T> {
    /// Returns the number of messages sent that this receiver has not seen, those that are lost to
    /// it included.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::broadcast;
    ///
    /// let (tx, rx) = broadcast::channel(16);
    /// tx.send(1).unwrap();
    /// assert_eq!(rx.len(), 1);
    /// ```
    pub fn len(&self) -> usize {
        (self.shared.state().tail - self.next) as usize
    }

    /// Returns whether this receiver has seen all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns whether all senders are gone.
    pub fn is_closed(&self) -> bool {
        self.sender_strong_count() == 0
    }

    /// Returns the number of senders.
    pub fn sender_strong_count(&self) -> usize {
        self.shared.senders.load(Relaxed)
    }

    /// Returns the number of senders that do not keep the channel from ending.
    pub fn sender_weak_count(&self) -> usize {
        self.shared.weak_senders.load(Relaxed)
    }

    /// Returns whether both are of one channel.
    pub fn same_channel(&self, other: &Receiver<T>) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// Returns a receiver of what is sent from now on.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::broadcast;
    ///
    /// let (tx, rx) = broadcast::channel(16);
    /// tx.send(1).unwrap();
    /// let mut fresh = rx.resubscribe();
    /// tx.send(2).unwrap();
    /// assert_eq!(fresh.try_recv().unwrap(), 2);
    /// ```
    pub fn resubscribe(&self) -> Receiver<T> {
        Shared::subscribe(&self.shared)
    }
}

impl<T: Clone> Receiver<T> {
    /// Takes the next message, if it is there.
    fn take_next(&mut self) -> Option<T> {
        let mut entry = self.shared.entry(self.next);
        // With another number, it is lost, or to be sent yet; so it is without a value, if the
        // entry was never used.
        if entry.number != self.next || entry.value.is_none() {
            return None;
        }
        // Seen also if the clone panics.
        self.next += 1;
        let last = entry.leave();
        if last.is_none() {
            return entry.value.clone();
        }
        drop(entry);
        // A clone also of a value that nobody else has: tokio 1.x's users count on it.
        last.clone()
    }

    /// Takes the next message, or says why there is none. A receiver that `waits` has a task in its
    /// cell, which is on the list then; it looks at the channel first, since it guesses that there
    /// is no message.
    fn take_or_wait(&mut self, waits: bool) -> Result<T, Missing> {
        let mut looks_first = waits;
        loop {
            if !std::mem::take(&mut looks_first) {
                if let Some(value) = self.take_next() {
                    return Ok(value);
                }
            }
            let mut state = self.shared.state();
            // None: sent since the look at the entry, where it may be lost again before the next.
            let Some(missing) = state.missing(&self.shared, &mut self.next) else { continue };
            if let (Missing::NotSent, true) = (&missing, waits) {
                if self.listed.is_none_or(|(generation, _)| generation != state.wake_generation) {
                    let key = state.waiting.push_newest(self.cell.clone());
                    self.listed = Some((state.wake_generation, key));
                }
            }
            return Err(missing);
        }
    }

    /// Waits for the next message.
    ///
    /// # Errors
    ///
    /// [`RecvError::Lagged`] if messages were lost because this receiver was too slow;
    /// [`RecvError::Closed`] once all senders are gone and all messages are received.
    ///
    /// # Dropping
    ///
    /// Loses no message.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::sync::broadcast;
    /// use tokio::sync::broadcast::error::RecvError;
    ///
    /// let (tx, mut rx) = broadcast::channel(2);
    /// for message in 1..=3 {
    ///     tx.send(message).unwrap();
    /// }
    /// block_on_all_std(async {
    ///     // Too slow for the first; the next call goes on with the oldest that is left.
    ///     assert_eq!(rx.recv().await, Err(RecvError::Lagged(1)));
    ///     assert_eq!(rx.recv().await, Ok(2));
    /// });
    /// ```
    pub fn recv(&mut self) -> Recv<'_, T> {
        Recv { receiver: self, waits: false, done: false, _not_unpin: PhantomPinned }
    }

    /// Returns the next message, if there is one.
    ///
    /// # Errors
    ///
    /// If there is none; or as [`recv`](Receiver::recv).
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::broadcast;
    /// use tokio::sync::broadcast::error::TryRecvError;
    ///
    /// let (tx, mut rx) = broadcast::channel(16);
    /// assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    /// tx.send(1).unwrap();
    /// assert_eq!(rx.try_recv(), Ok(1));
    /// ```
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        self.take_or_wait(false).map_err(|missing| match missing {
            Missing::Lost(missed) => TryRecvError::Lagged(missed),
            Missing::NotSent => TryRecvError::Empty,
            Missing::Closed => TryRecvError::Closed,
        })
    }

    /// Works like [`recv`](Receiver::recv) for a thread without a task; it sleeps until there is a
    /// message.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Panics
    ///
    /// If the thread runs tasks, which would wait, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::broadcast;
    ///
    /// // On a thread of the program's own.
    /// let (tx, mut rx) = broadcast::channel(16);
    /// let receiver = std::thread::spawn(move || rx.blocking_recv());
    /// tx.send(1).unwrap();
    /// assert_eq!(receiver.join().unwrap(), Ok(1));
    /// ```
    #[track_caller]
    pub fn blocking_recv(&mut self) -> Result<T, RecvError> {
        wait(self.recv())
    }

    /// Works like [`recv`](Receiver::recv), by hand, for a task of either kind.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn poll_recv_cx(&mut self, cx: &Context<'_>) -> Poll<Result<T, RecvError>> {
        // Relaxed: a guess, which the look under the lock confirms. This receiver may be ahead of
        // it: a message can be taken before `tell` is through.
        let guessed_empty = self.shared.cached_tail.load(Relaxed) <= tail_word(self.next);
        if guessed_empty {
            // Not under the lock: this clones a waker, and so may come back here.
            let address = std::ptr::from_ref(&*self.shared).addr();
            self.cell.register_at(cx, &RECEIVER, address, self.shared.made);
        } else if !coop::proceed(cx) {
            return Poll::Pending;
        }
        match self.take_or_wait(guessed_empty) {
            Ok(value) => Poll::Ready(Ok(value)),
            Err(Missing::Lost(missed)) => Poll::Ready(Err(RecvError::Lagged(missed))),
            Err(Missing::Closed) => Poll::Ready(Err(RecvError::Closed)),
            // The cached tail is older than the state, or as old, and never goes back.
            Err(Missing::NotSent) if !guessed_empty => unreachable!("the tail is past the message"),
            Err(Missing::NotSent) => Poll::Pending,
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.receivers -= 1;
        let last = state.receivers == 0;
        let cell = match self.listed {
            Some((generation, key)) if generation == state.wake_generation => {
                state.waiting.remove(key)
            }
            _ => None,
        };
        let tail = state.tail;
        drop(state);
        let mut seen = Vec::new();
        for number in self.next.max(self.shared.front(tail))..tail {
            let mut entry = self.shared.entry(number);
            // Otherwise there is a newer one in its place, which was not sent to this receiver.
            if entry.number == number {
                seen.extend(entry.leave());
            }
        }
        if last {
            self.shared.no_receivers.notify_waiters();
        }
        drop(cell);
        drop(seen);
    }
}

/// Waits for the next message; see [`Receiver::recv`]. Of both kinds of future.
///
/// # Panics
///
/// If it is polled again after it was ready; or if it has to wait as a future of futures 0.1, and
/// there is no current task.
#[must_use = "futures do nothing unless polled"]
pub struct Recv<'a, T> {
    receiver: &'a mut Receiver<T>,
    /// The receiver's cell has, or had, the task that polls this.
    waits: bool,
    done: bool,
    /// As in tokio 1.x, where it is an `async fn`: who relies on that would not compile there.
    _not_unpin: PhantomPinned,
}

impl<T: Clone> Recv<'_, T> {
    /// Polls for a task of either kind.
    ///
    /// # Errors
    ///
    /// As [`Receiver::recv`].
    ///
    /// # Panics
    ///
    /// If it was ready before.
    pub fn poll_cx(&mut self, cx: &Context<'_>) -> Poll<Result<T, RecvError>> {
        assert!(!self.done, "{POLLED_AGAIN}");
        let polled = self.receiver.poll_recv_cx(cx);
        self.waits |= polled.is_pending();
        self.done = polled.is_ready();
        polled
    }
}

impl<T> Drop for Recv<'_, T> {
    fn drop(&mut self) {
        if self.waits {
            // The task is not to be woken, nor kept in memory, on our account.
            drop(self.receiver.cell.take());
        }
    }
}

impl<T: Clone> Future for Recv<'_, T> {
    type Output = Result<T, RecvError>;

    fn poll(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Result<T, RecvError>> {
        // SAFETY: nothing in here is pinned; only a mark keeps the type from being `Unpin`.
        unsafe { self.get_unchecked_mut() }.poll_cx(&cx.into())
    }
}

impl<T: Clone> futures::Future for Recv<'_, T> {
    type Item = T;
    type Error = RecvError;

    fn poll(&mut self) -> futures::Poll<T, RecvError> {
        tokio_executor::internals::convert::into_async(self.poll_cx(&Context::current()))
    }
}

crate::compat::own_compat!([T: Clone] Recv<'_, T>);

impl<T: Clone> Stream for Receiver<T> {
    type Item = T;
    type Error = RecvError;

    fn poll(&mut self) -> futures::Poll<Option<T>, RecvError> {
        match self.poll_recv_cx(&Context::current()) {
            Poll::Ready(Ok(value)) => Ok(Async::Ready(Some(value))),
            Poll::Ready(Err(RecvError::Closed)) => Ok(Async::Ready(None)),
            Poll::Ready(Err(lagged)) => Err(lagged),
            Poll::Pending => Ok(Async::NotReady),
        }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("broadcast::Sender").field("shared", &*self.shared).finish()
    }
}

impl<T> fmt::Debug for WeakSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("broadcast::WeakSender").field("shared", &*self.shared).finish()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("broadcast::Receiver")
            .field("shared", &*self.shared)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Recv<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recv").field("receiver", &self.receiver).finish()
    }
}

impl<T> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Shared");
        out.field("capacity", &self.entries.len()).field("senders", &self.senders.load(Relaxed));
        // Waits for no lock: a clone, which may want to print its channel, runs under one that
        // whoever has the other may be waiting for.
        match self.state.try_lock() {
            Ok(state) => {
                out.field("tail", &state.tail).field("receivers", &state.receivers).finish()
            }
            Err(_) => out.finish_non_exhaustive(),
        }
    }
}
