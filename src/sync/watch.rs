//! The latest of a value that changes, seen by any number of tasks.
//!
//! [`channel`] gives one [`Sender`] and a [`Receiver`] that can be cloned. Each receiver
//! sees the newest value once; those it was too slow for are skipped.
//!
//! A value is kept behind an `Arc`. A [`Ref`] holds on to the value it was made for, and
//! [`Sender::broadcast`] puts a new one in its place: neither waits for the other, and a
//! task may broadcast while it looks at an earlier value.
//!
//! ```text
//!   63                   1      0
//!  +----------------------+--------+
//!  |       version        | closed |
//!  +----------------------+--------+
//! ```
//!
//! The word has 64 bits whatever the width of a pointer: a version must not come round.
//!
//! Always true: the version is changed under the lock of the value, so the pair that a
//! receiver reads belongs together. A receiver registers its task before it looks at the
//! version, and the sender changes the version before it looks for tasks.
//!
//! Why not a lock whose guard is handed out? Whoever holds such a guard while sending
//! waits for itself. Only [`Sender::send_modify`], which changes a value in place, has to
//! wait until nobody looks at that value; looks that begin meanwhile give way to it for a moment.
//!
//! A channel of upstream's is that of [`channel`]: its value goes with the last receiver. The
//! value of [`Sender::new`] is kept for the sender and for receivers to come.

use super::budget;
use super::notify::Notify;
use super::wake_list::WakeList;
use futures::{Async, AsyncSink, Poll, Sink, StartSend, Stream};
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use std::sync::{PoisonError, RwLockReadGuard};
use std::task;
use std::time::{Duration, Instant};
use tokio_executor::coop;
use tokio_executor::inspect::note_wait;
use tokio_executor::sys::{fence, Arc, AtomicU64, AtomicUsize, Condvar, Mutex, MutexGuard};
use tokio_executor::task::Context;
use tokio_executor::wait_list::{Key, WaitList};
use tokio_executor::waiter::WaiterCell;

pub mod error {
    //! What can go wrong with a watch channel.

    use std::fmt;

    /// Receiving failed. This does not happen: a receiver whose sender is gone is at its
    /// end, which is no error.
    #[derive(Debug)]
    pub struct RecvError(());

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

    /// Every receiver is gone; has the value that was not sent.
    #[derive(Debug)]
    pub struct SendError<T> {
        pub(super) value: T,
    }

    impl<T> SendError<T> {
        /// The value that was not sent.
        pub fn into_inner(self) -> T {
            self.value
        }
    }

    impl<T: fmt::Debug> fmt::Display for SendError<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("channel closed")
        }
    }

    impl<T: fmt::Debug> std::error::Error for SendError<T> {
        fn description(&self) -> &str {
            "channel closed"
        }
    }
}

use self::error::{RecvError, SendError};

/// A channel that holds `init` until something newer is sent.
///
/// The receiver's first look finds `init`.
///
/// # Examples
///
/// ```
/// use futures::{Future, Stream};
/// use tokio::sync::watch;
///
/// let (mut tx, rx) = watch::channel("hello");
/// tx.broadcast("world").unwrap();
/// drop(tx);
/// assert_eq!(rx.collect().wait().unwrap(), ["world"]);
/// ```
pub fn channel<T>(init: T) -> (Sender<T>, Receiver<T>) {
    let sender = Sender::of(init, false);
    let receiver = Shared::subscribe(&sender.shared, 0);
    (sender, receiver)
}

/// The end that has the value change. Each clone is one more.
///
/// # Dropping
///
/// The last one wakes all receivers. Each still sees the newest value if it has not yet, and
/// then the end.
pub struct Sender<T> {
    shared: Arc<Shared<T>>,
    /// Kept for its memory.
    woken: WakeList,
}

/// The end that sees the value: a stream of the values that were newest when it looked.
///
/// A clone has seen what the original has seen.
///
/// # Dropping
///
/// Wakes nobody, but that the last one wakes the sender, and drops the value unless a
/// [`Ref`] holds it.
pub struct Receiver<T> {
    shared: Arc<Shared<T>>,
    cell: Arc<WaiterCell>,
    key: Key,
    /// The version last returned.
    seen: u64,
}

/// One of the values, for as long as it is looked at.
///
/// Newer values may be sent meanwhile; this one stays as it is.
pub struct Ref<'a, T> {
    value: std::sync::Arc<T>,
    /// Dropped after `value`.
    _end: EndOfLook<'a, T>,
    /// The receiver that looks had not seen it.
    changed: bool,
    /// Upstream this is a read guard: it does not leave its thread, and may be shared if
    /// `T` may.
    guard: PhantomData<RwLockReadGuard<'a, T>>,
}

/// Tells whoever waits to be alone with the newest value that there is one `Ref` less.
struct EndOfLook<'a, T>(&'a Shared<T>);

// SAFETY: a shared `Ref` lends `&T` and no more. The `Arc` in it is only cloned or dropped
// through the `Ref` itself, which stays on its thread.
unsafe impl<T: Sync> Sync for Ref<'_, T> {}

struct Shared<T> {
    /// The newest value; none once all receivers of a channel of upstream's are gone. Held to
    /// swap or clone the `Arc`, or to change a value in place; never while dropping one.
    latest: Mutex<Option<std::sync::Arc<T>>>,
    version: AtomicU64,
    /// A cell for each receiver. Held to change the list or to take what is in the
    /// cells, never while waking.
    watchers: Mutex<WaitList<Arc<WaiterCell>>>,
    /// Senders that wait to be alone with the newest value, on `alone` with `latest`.
    changing: AtomicUsize,
    alone: Condvar,
    receivers: AtomicUsize,
    senders: AtomicUsize,
    /// Whether the value is there for the sender, too.
    kept: bool,
    /// The task that waits in `poll_close` for all receivers to be gone.
    no_receivers: WaiterCell,
    /// Rings for the tasks that wait in `closed`.
    all_gone: Notify,
}

/// How long a look yields to a change in place.
const GIVE_WAY: Duration = Duration::from_millis(50);

/// What a sender of upstream's says that is asked for its value too late.
const GONE: &str = "every receiver is gone, and the value with them";

const CLOSED: u64 = 1;
/// One step of the version.
const VERSION: u64 = 2;

impl<T> Receiver<T> {
    /// Whether there is a value that this receiver has not seen; `None` once the sender is
    /// gone.
    pub fn has_changed(&self) -> Option<bool> {
        // Acquire: as in `poll_ref_cx`.
        let word = self.shared.version.load(Acquire);
        (word & CLOSED == 0).then_some(word != self.seen)
    }

    /// Whether the sender is gone.
    pub fn is_closed(&self) -> bool {
        // Acquire: as in `poll_ref_cx`.
        self.shared.version.load(Acquire) & CLOSED != 0
    }

    /// The newest value, which counts as seen.
    pub fn get_ref_and_update(&mut self) -> Ref<'_, T> {
        let (mut value, version) = self.shared.read();
        value.changed = version != self.seen;
        self.seen = version;
        value
    }

    /// Waits for a value that `fits`, beginning with the newest, and counts it as seen;
    /// `None` if the sender is gone and there will be none.
    ///
    /// # Dropping
    ///
    /// Values that did not fit count as seen.
    pub async fn wait_for(&mut self, mut fits: impl FnMut(&T) -> bool) -> Option<Ref<'_, T>> {
        let before = self.seen;
        // A value that fits may be asked for again and again.
        budget::spend().await;
        loop {
            {
                // A `Ref` that is lent to the caller is made only where it is returned.
                let (value, version) = self.shared.read();
                self.seen = version;
                let fitting = fits(&value).then(|| value.value.clone());
                drop(value);
                if let Some(value) = fitting {
                    let (changed, _end) = (version != before, EndOfLook(&self.shared));
                    return Some(Ref { value, _end, changed, guard: PhantomData });
                }
            }
            let changed = |cx: &mut task::Context<'_>| {
                // What it finds is looked at above.
                self.poll_ref_cx(&cx.into()).map(|found| found.is_some())
            };
            if !std::future::poll_fn(changed).await {
                return None;
            }
        }
    }

    /// Makes the newest value count as not seen.
    pub fn mark_changed(&mut self) {
        // No version is less than the first, and this is none.
        self.seen = 0;
    }

    /// Makes the newest value count as seen.
    pub fn mark_unchanged(&mut self) {
        drop(self.get_ref_and_update());
    }

    /// Whether both are of one channel.
    pub fn same_channel(&self, other: &Receiver<T>) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// The newest value. Does not count as having seen it.
    ///
    /// # Examples
    ///
    /// ```
    /// let (_tx, rx) = tokio::sync::watch::channel("hello");
    /// assert_eq!(*rx.get_ref(), "hello");
    /// ```
    pub fn get_ref(&self) -> Ref<'_, T> {
        let (mut value, version) = self.shared.read();
        value.changed = version != self.seen;
        value
    }

    /// The newest value if this receiver has not seen it, `None` if the sender is gone;
    /// otherwise the current futures 0.1 task is woken when a value is sent.
    ///
    /// # Errors
    ///
    /// None; the type is that of upstream.
    ///
    /// # Panics
    ///
    /// If there is no current task.
    pub fn poll_ref(&mut self) -> Poll<Option<Ref<'_, T>>, RecvError> {
        match self.poll_ref_cx(&Context::current()) {
            task::Poll::Ready(seen) => Ok(Async::Ready(seen)),
            task::Poll::Pending => Ok(Async::NotReady),
        }
    }

    /// As [`poll_ref`](Receiver::poll_ref), for a task of either kind.
    pub fn poll_ref_cx(&mut self, cx: &Context<'_>) -> task::Poll<Option<Ref<'_, T>>> {
        note_wait("watch receiver", &*self.shared);
        self.cell.register(cx);
        // Acquire: the Release in `broadcast` and in the sender's drop.
        let word = self.shared.version.load(Acquire);
        if word & !CLOSED != self.seen {
            if !coop::proceed(cx) {
                return task::Poll::Pending;
            }
            let (mut value, version) = self.shared.read();
            value.changed = true;
            self.seen = version;
            return task::Poll::Ready(Some(value));
        }
        // The end, too, may be asked for again and again.
        if word & CLOSED != 0 && coop::proceed(cx) {
            return task::Poll::Ready(None);
        }
        task::Poll::Pending
    }
}

impl<T: Clone> Receiver<T> {
    /// As the stream, for a task of either kind.
    pub fn poll_recv_cx(&mut self, cx: &Context<'_>) -> task::Poll<Option<T>> {
        self.poll_ref_cx(cx).map(|seen| seen.map(|value| T::clone(&value)))
    }
}

impl<T: Clone> Stream for Receiver<T> {
    type Item = T;
    type Error = RecvError;

    fn poll(&mut self) -> Poll<Option<T>, RecvError> {
        match self.poll_recv_cx(&Context::current()) {
            task::Poll::Ready(value) => Ok(Async::Ready(value)),
            task::Poll::Pending => Ok(Async::NotReady),
        }
    }
}

crate::compat::std_stream! {
    [T: Clone] Receiver<T> => T, |this, cx| this.poll_recv_cx(&Context::from(cx))
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Receiver<T> {
        Shared::subscribe(&self.shared, self.seen)
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let cell = self.shared.watchers().remove(self.key);
        drop(cell);
        // Release: the sender that reads zero sees what this receiver did. Acquire: and
        // so does the last receiver.
        if self.shared.receivers.fetch_sub(1, AcqRel) == 1 {
            let mut latest = self.shared.latest();
            // Relaxed: a receiver may have been made since, under the lock.
            let gone = !self.shared.kept && self.shared.receivers.load(Relaxed) == 0;
            let last = if gone { latest.take() } else { None };
            drop(latest);
            self.shared.no_receivers.wake();
            self.shared.all_gone.notify_waiters();
            drop(last);
        }
    }
}

impl<T> Sender<T> {
    /// Makes `value` the newest, and wakes all receivers.
    ///
    /// The value before it is dropped, unless a [`Ref`] holds it.
    ///
    /// # Errors
    ///
    /// Has `value` if every receiver is gone.
    pub fn broadcast(&mut self, value: T) -> Result<(), SendError<T>> {
        let mut woken = std::mem::take(&mut self.woken);
        let sent = self.replace(value, &mut woken).map(drop);
        self.woken = woken;
        sent
    }

    /// As [`broadcast`](Sender::broadcast), for a sender that is shared.
    ///
    /// # Errors
    ///
    /// Has `value` if every receiver is gone.
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        self.replace(value, &mut WakeList::default()).map(drop)
    }

    /// Makes `value` the newest if there is a receiver. Returns the one before, for the
    /// caller to drop where no lock is held.
    fn replace(
        &self,
        value: T,
        woken: &mut WakeList,
    ) -> Result<Option<std::sync::Arc<T>>, SendError<T>> {
        let mut latest = self.shared.latest();
        // Relaxed: the last receiver leaves the count, then comes for the lock. If we do
        // not see that it has left, it finds our value and drops it.
        if self.shared.receivers.load(Relaxed) == 0 {
            return Err(SendError { value });
        }
        let before = latest.replace(std::sync::Arc::new(value));
        self.shared.step();
        drop(latest);
        self.shared.wake_receivers(woken);
        Ok(before)
    }

    /// Ready once every receiver is gone; otherwise the current futures 0.1 task is
    /// woken when the last one goes.
    ///
    /// # Errors
    ///
    /// None; the type is that of upstream.
    ///
    /// # Panics
    ///
    /// If there is no current task.
    #[expect(clippy::result_unit_err, reason = "the signature of upstream")]
    pub fn poll_close(&mut self) -> Poll<(), ()> {
        match self.poll_close_cx(&Context::current()) {
            task::Poll::Ready(()) => Ok(Async::Ready(())),
            task::Poll::Pending => Ok(Async::NotReady),
        }
    }

    /// As [`poll_close`](Sender::poll_close), for a task of either kind.
    pub fn poll_close_cx(&mut self, cx: &Context<'_>) -> task::Poll<()> {
        let gone = || self.shared.receivers.load(Acquire) == 0;
        if gone() {
            return task::Poll::Ready(());
        }
        note_wait("watch sender", &*self.shared);
        self.shared.no_receivers.register(cx);
        if gone() {
            return task::Poll::Ready(());
        }
        task::Poll::Pending
    }

    /// Waits until there is no receiver.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    pub async fn closed(&self) {
        budget::spend().await;
        loop {
            let gone = self.shared.all_gone.notified();
            if self.is_closed() {
                return;
            }
            gone.await;
        }
    }

    /// Whether there is no receiver.
    pub fn is_closed(&self) -> bool {
        self.receiver_count() == 0
    }

    /// The number of receivers.
    pub fn receiver_count(&self) -> usize {
        // Acquire: as in `poll_close_cx`.
        self.shared.receivers.load(Acquire)
    }

    /// The number of senders.
    pub fn sender_count(&self) -> usize {
        // Relaxed: a statistic.
        self.shared.senders.load(Relaxed)
    }

    /// Whether both are of one channel.
    pub fn same_channel(&self, other: &Sender<T>) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }
}

/// What needs the value to be there although no receiver is: see [`Sender::new`].
impl<T> Sender<T> {
    /// A channel that holds `init` until something newer is sent, and that has no receiver
    /// yet. Its value is kept for as long as there is a sender or receiver.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::watch::Sender;
    ///
    /// let tx = Sender::new(1);
    /// assert_eq!(tx.send_replace(2), 1);
    /// let rx = tx.subscribe();
    /// assert_eq!(*rx.get_ref(), 2);
    /// tx.send_modify(|n| *n += 1);
    /// assert_eq!(*tx.borrow(), 3);
    /// ```
    pub fn new(init: T) -> Sender<T> {
        Sender::of(init, true)
    }

    fn of(init: T, kept: bool) -> Sender<T> {
        let shared = Shared {
            latest: Mutex::new(Some(std::sync::Arc::new(init))),
            version: AtomicU64::new(VERSION),
            watchers: Mutex::new(WaitList::new()),
            receivers: AtomicUsize::new(0),
            senders: AtomicUsize::new(1),
            changing: AtomicUsize::new(0),
            alone: Condvar::new(),
            kept,
            no_receivers: WaiterCell::new(),
            all_gone: Notify::new(),
        };
        Sender { shared: Arc::new(shared), woken: WakeList::default() }
    }

    /// The newest value.
    ///
    /// # Panics
    ///
    /// If the channel was made by [`channel`], and every receiver is gone.
    pub fn borrow(&self) -> Ref<'_, T> {
        self.shared.read().0
    }

    /// A receiver that has seen the newest value.
    ///
    /// # Panics
    ///
    /// As [`borrow`](Sender::borrow).
    pub fn subscribe(&self) -> Receiver<T> {
        // Under the lock: the last receiver, should it go now, sees that it is not.
        let latest = self.shared.latest();
        assert!(latest.is_some(), "{GONE}");
        // Relaxed: changed under the lock, but for `closed`.
        let version = self.shared.version.load(Relaxed) & !CLOSED;
        Shared::subscribe(&self.shared, version)
    }

    /// Makes `value` the newest, and wakes all receivers; there need not be one. Gives the
    /// value before it.
    ///
    /// Waits as [`send_modify`](Sender::send_modify) does; [`send`](Sender::send) does not.
    ///
    /// # Panics
    ///
    /// As [`borrow`](Sender::borrow).
    pub fn send_replace(&self, mut value: T) -> T {
        self.send_modify(|latest| std::mem::swap(latest, &mut value));
        value
    }

    /// Changes the newest value in place, and wakes all receivers; there need not be one.
    ///
    /// Waits, with its thread, until nobody has a [`Ref`] of that value: for itself, if this
    /// thread has one. Others cannot look at it meanwhile; `modify` must not come back to
    /// this channel.
    ///
    /// # Panics
    ///
    /// As [`borrow`](Sender::borrow); or with the panic of `modify`, and then nobody is
    /// woken.
    pub fn send_modify(&self, modify: impl FnOnce(&mut T)) {
        self.send_if_modified(|value| {
            modify(value);
            true
        });
    }

    /// As [`send_modify`](Sender::send_modify), but receivers are woken only if `modify`
    /// says that it changed the value. Returns what it said.
    ///
    /// # Panics
    ///
    /// As there.
    pub fn send_if_modified(&self, modify: impl FnOnce(&mut T) -> bool) -> bool {
        let mut latest = self.shared.latest_alone();
        let value = latest.as_mut().and_then(std::sync::Arc::get_mut);
        let changed = modify(value.expect("nobody else has the value"));
        if changed {
            self.shared.step();
        }
        drop(latest);
        if changed {
            self.shared.wake_receivers(&mut WakeList::default());
        }
        changed
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Sender<T> {
        // Relaxed: this sender is one already, so the count is not zero.
        self.shared.senders.fetch_add(1, Relaxed);
        Sender { shared: self.shared.clone(), woken: WakeList::default() }
    }
}

impl<T> Sink for Sender<T> {
    type SinkItem = T;
    type SinkError = SendError<T>;

    fn start_send(&mut self, item: T) -> StartSend<T, SendError<T>> {
        self.broadcast(item)?;
        Ok(AsyncSink::Ready)
    }

    fn poll_complete(&mut self) -> Poll<(), SendError<T>> {
        Ok(Async::Ready(()))
    }

    fn close(&mut self) -> Poll<(), SendError<T>> {
        Ok(Async::Ready(()))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        // Release: the last sender sees what this one did. Acquire: as the last sender.
        if self.shared.senders.fetch_sub(1, AcqRel) > 1 {
            return;
        }
        // Release: the Acquire in `poll_ref_cx`.
        self.shared.version.fetch_or(CLOSED, Release);
        self.shared.wake_receivers(&mut self.woken);
        // A task that waits here for the end of the receivers waits no more.
        drop(self.shared.no_receivers.take());
    }
}

impl<T> Shared<T> {
    /// A new receiver that has seen the values up to `seen`.
    fn subscribe(shared: &Arc<Shared<T>>, seen: u64) -> Receiver<T> {
        // Relaxed: whoever asks has an end of the channel, so the value is there and stays.
        shared.receivers.fetch_add(1, Relaxed);
        let cell = Arc::new(WaiterCell::new());
        let key = shared.watchers().push_newest(cell.clone());
        Receiver { shared: shared.clone(), cell, key, seen }
    }

    /// There is a newer value, and it is locked.
    fn step(&self) {
        // Release: the Acquire in `poll_ref_cx`.
        self.version.fetch_add(VERSION, Release);
    }

    fn wake_receivers(&self, woken: &mut WakeList) {
        let watchers = self.watchers();
        watchers.for_each(|cell| woken.take(cell));
        drop(watchers);
        woken.wake();
    }

    /// Locks the newest value while nobody has a `Ref` of it.
    fn latest_alone(&self) -> MutexGuard<'_, Option<std::sync::Arc<T>>> {
        let mut latest = self.latest();
        // SeqCst: the count first, then a look at the `Arc`; an `EndOfLook` comes after its
        // part of the `Arc` was given back, and then looks at the count. One of the two
        // sees the other, and the signal waits for the lock.
        self.changing.fetch_add(1, SeqCst);
        fence(SeqCst);
        let mut waited = false;
        while latest.as_mut().is_some_and(|value| std::sync::Arc::get_mut(value).is_none()) {
            waited = true;
            latest = self.alone.wait(latest).unwrap_or_else(PoisonError::into_inner);
        }
        // Relaxed: one that still sees it gives a signal too many.
        self.changing.fetch_sub(1, Relaxed);
        if waited {
            // Those who gave way, and now wait for the lock.
            self.alone.notify_all();
        }
        assert!(latest.is_some(), "{GONE}");
        latest
    }

    /// The newest value and its version.
    fn read(&self) -> (Ref<'_, T>, u64) {
        let latest = self.latest_to_look();
        // Relaxed: changed under the lock, but for `closed`.
        let version = self.version.load(Relaxed) & !CLOSED;
        match &*latest {
            Some(value) => {
                let (value, _end) = (value.clone(), EndOfLook(self));
                (Ref { value, _end, changed: false, guard: PhantomData }, version)
            }
            None => panic!("{GONE}"),
        }
    }

    /// The lock of the value, for a look at it. Yields to a sender that waits to be alone
    /// with the value: looks that overlap would keep it waiting for ever. Not for long, since
    /// who looks may have the very `Ref` that is waited for.
    fn latest_to_look(&self) -> MutexGuard<'_, Option<std::sync::Arc<T>>> {
        let mut latest = self.latest();
        // Relaxed, here and below: changed under the lock.
        if self.changing.load(Relaxed) > 0 {
            let until = Instant::now() + GIVE_WAY;
            while self.changing.load(Relaxed) > 0 {
                let left = until.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    break;
                }
                let waited = self.alone.wait_timeout(latest, left);
                latest = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
        }
        latest
    }

    fn latest(&self) -> MutexGuard<'_, Option<std::sync::Arc<T>>> {
        // Nothing that can panic halfway runs under either lock.
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watchers(&self) -> MutexGuard<'_, WaitList<Arc<WaiterCell>>> {
        self.watchers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Drop for EndOfLook<'_, T> {
    fn drop(&mut self) {
        // SeqCst: see `latest_alone`.
        fence(SeqCst);
        if self.0.changing.load(SeqCst) > 0 {
            // Whoever counted before this has looked and waits, once we have the lock.
            drop(self.0.latest());
            self.0.alone.notify_all();
        }
    }
}

impl<T> Ref<'_, T> {
    /// Whether the receiver that looks had not seen this value before.
    pub fn has_changed(&self) -> bool {
        self.changed
    }
}

impl<T> Deref for Ref<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Ref<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ref").field(&**self).finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("watch::Sender").field("shared", &*self.shared).finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("watch::Receiver")
            .field("shared", &*self.shared)
            .field("seen", &(self.seen / VERSION))
            .finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Declared before the value, so dropped after it.
        let _end = EndOfLook(self);
        let latest = self.latest().clone();
        // Relaxed: for the eye only.
        let word = self.version.load(Relaxed);
        f.debug_struct("Shared")
            .field("latest", &latest)
            .field("version", &(word / VERSION))
            .field("closed", &(word & CLOSED != 0))
            .finish()
    }
}
