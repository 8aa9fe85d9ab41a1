//! The end that sends to all receivers, and the handle that does not keep the channel open.
//!
//! Called by tasks and threads, and by tokio 1.x's and 0.2's senders, which wrap this one.
//!
//! Always true: a value that nobody needs any more is dropped, and receivers are woken, after
//! the lock of the channel is given back.
//!
//! Why does a sender count itself? The last one to go ends the channel for all receivers; a
//! `WeakSender` does not count.

use super::error::SendError;
use super::{Entry, Receiver, Sender, Shared, State};
use crate::sync::budget;
use crate::sync::notify::Notify;
use std::sync::atomic::Ordering::Relaxed;
use tokio_executor::internals::inspect::Place;
use tokio_executor::internals::sys::{Arc, AtomicU64, AtomicUsize, Mutex};
use tokio_executor::internals::wait_list::WaitList;

impl<T> Sender<T> {
    /// Returns a channel with room for `capacity` messages, rounded up to a power of two, and
    /// without a receiver yet.
    ///
    /// # Panics
    ///
    /// If `capacity` is zero, or more than half of `usize::MAX`.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::broadcast::Sender;
    ///
    /// // Receivers come later.
    /// let tx = Sender::new(16);
    /// let mut rx = tx.subscribe();
    /// tx.send(1).unwrap();
    /// assert_eq!(rx.try_recv().unwrap(), 1);
    /// ```
    #[track_caller]
    pub fn new(capacity: usize) -> Sender<T> {
        assert!(capacity > 0, "broadcast channel capacity cannot be zero");
        assert!(
            capacity <= usize::MAX >> 1,
            "broadcast channel capacity exceeded `usize::MAX / 2`"
        );
        let state = State {
            tail: 0,
            closed: false,
            receivers: 0,
            waiting: WaitList::new(),
            wake_generation: 0,
        };
        let entries = 0..capacity.next_power_of_two() as u64;
        let shared = Arc::new(Shared {
            entries: entries
                .map(|number| Mutex::new(Entry { number, left: 0, value: None }))
                .collect(),
            state: Mutex::new(state),
            senders: AtomicUsize::new(1),
            weak_senders: AtomicUsize::new(0),
            cached_tail: AtomicU64::new(0),
            no_receivers: Notify::new(),
            made: Place::here(),
        });
        Sender { shared }
    }

    /// Sends `value` to all receivers there are, and says how many.
    ///
    /// If there is no room, the oldest message is dropped. This never waits.
    ///
    /// # Errors
    ///
    /// Has `value` if there is no receiver. There may be one later.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::broadcast;
    ///
    /// let (tx, rx) = broadcast::channel(16);
    /// assert_eq!(tx.send("one").unwrap(), 1);
    /// drop(rx);
    /// assert_eq!(tx.send("two").unwrap_err().0, "two");
    /// ```
    pub fn send(&self, value: T) -> Result<usize, SendError<T>> {
        let mut state = self.shared.state();
        let left = state.receivers;
        if left == 0 {
            return Err(SendError(value));
        }
        let message = Entry { number: state.tail, left, value: Some(value) };
        let oldest = std::mem::replace(&mut *self.shared.entry(state.tail), message);
        state.tail += 1;
        self.shared.tell(state);
        drop(oldest);
        Ok(left)
    }

    /// Returns a receiver of what is sent from now on.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::broadcast;
    ///
    /// let (tx, _rx) = broadcast::channel(16);
    /// tx.send("before").unwrap();
    /// let mut late = tx.subscribe();
    /// tx.send("after").unwrap();
    /// assert_eq!(late.try_recv().unwrap(), "after");
    /// ```
    pub fn subscribe(&self) -> Receiver<T> {
        Shared::subscribe(&self.shared)
    }

    /// Returns the number of messages that a receiver has yet to see.
    pub fn len(&self) -> usize {
        self.shared.kept(&self.shared.state())
    }

    /// Returns whether every receiver has seen every message.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of receivers.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::broadcast;
    ///
    /// let (tx, rx) = broadcast::channel::<u32>(16);
    /// assert_eq!(tx.receiver_count(), 1);
    /// drop(rx);
    /// assert_eq!(tx.receiver_count(), 0);
    /// ```
    pub fn receiver_count(&self) -> usize {
        self.shared.state().receivers
    }

    /// Returns whether both are of one channel.
    pub fn same_channel(&self, other: &Sender<T>) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// Returns a sender that does not keep the channel from ending.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::broadcast;
    ///
    /// let (tx, _rx) = broadcast::channel::<u32>(16);
    /// let weak = tx.downgrade();
    /// assert!(weak.upgrade().is_some());
    /// drop(tx);
    /// assert!(weak.upgrade().is_none());
    /// ```
    pub fn downgrade(&self) -> WeakSender<T> {
        self.shared.weak_senders.fetch_add(1, Relaxed);
        WeakSender { shared: self.shared.clone() }
    }

    /// Returns the number of senders.
    pub fn strong_count(&self) -> usize {
        self.shared.senders.load(Relaxed)
    }

    /// Returns the number of senders that do not keep the channel from ending.
    pub fn weak_count(&self) -> usize {
        self.shared.weak_senders.load(Relaxed)
    }

    /// Waits until there is no receiver.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    pub async fn closed(&self) {
        budget::spend().await;
        loop {
            let gone = self.shared.no_receivers.notified();
            if self.receiver_count() == 0 {
                return;
            }
            gone.await;
        }
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Sender<T> {
        self.shared.senders.fetch_add(1, Relaxed);
        Sender { shared: self.shared.clone() }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        if self.shared.senders.fetch_sub(1, Relaxed) == 1 {
            let mut state = self.shared.state();
            state.closed = true;
            self.shared.tell(state);
        }
    }
}

/// A sender that does not keep the channel from ending; see [`Sender::downgrade`].
///
/// # Dropping
///
/// Has no effect on the channel.
///
/// # Examples
///
/// ```
/// use tokio::sync::broadcast;
///
/// let (tx, mut rx) = broadcast::channel(16);
/// let weak = tx.downgrade();
/// if let Some(tx) = weak.upgrade() {
///     tx.send("message").unwrap();
/// }
/// assert_eq!(rx.try_recv().unwrap(), "message");
/// ```
pub struct WeakSender<T> {
    pub(super) shared: Arc<Shared<T>>,
}

impl<T> WeakSender<T> {
    /// Returns a sender, unless the last one has gone.
    pub fn upgrade(&self) -> Option<Sender<T>> {
        let senders = &self.shared.senders;
        // Relaxed: a first guess.
        let mut now = senders.load(Relaxed);
        while now > 0 {
            match senders.compare_exchange_weak(now, now + 1, Relaxed, Relaxed) {
                Ok(_) => return Some(Sender { shared: self.shared.clone() }),
                Err(actual) => now = actual,
            }
        }
        None
    }

    /// Returns the number of senders.
    pub fn strong_count(&self) -> usize {
        self.shared.senders.load(Relaxed)
    }

    /// Returns the number of senders that do not keep the channel from ending.
    pub fn weak_count(&self) -> usize {
        self.shared.weak_senders.load(Relaxed)
    }
}

impl<T> Clone for WeakSender<T> {
    fn clone(&self) -> WeakSender<T> {
        self.shared.weak_senders.fetch_add(1, Relaxed);
        WeakSender { shared: self.shared.clone() }
    }
}

impl<T> Drop for WeakSender<T> {
    fn drop(&mut self) {
        self.shared.weak_senders.fetch_sub(1, Relaxed);
    }
}
