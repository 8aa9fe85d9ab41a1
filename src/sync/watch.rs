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
//! Called by programs; the channels of tokio 1.x and 0.2 wrap this one.
//!
//! Always true: the version is changed under the lock of the value, so the pair that a
//! receiver reads belongs together. A receiver that finds nothing new has registered its
//! task before it last looked at the version, and the sender changes the version before it
//! looks for tasks.
//!
//! Why not a lock whose guard is handed out? Whoever holds such a guard while sending
//! waits for itself. Only [`Sender::send_modify`], which changes a value in place, has to
//! wait until nobody looks at that value; looks that begin meanwhile wait for it for a moment.
//!
//! A channel of upstream's is that of [`channel`]: its value goes with the last receiver. The
//! value of [`Sender::new`] is kept for the sender and for receivers to come.

pub mod error;
mod receiver;
mod sender;
mod shared;

use super::notify::Notify;
use super::wake_list::WakeList;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::RwLockReadGuard;
use std::time::Duration;
use tokio_executor::internals::inspect::Place;
use tokio_executor::internals::sys::{Arc, AtomicU64, AtomicUsize, Condvar, Mutex};
use tokio_executor::internals::wait_list::{Key, WaitList};
use tokio_executor::waiter::WaiterCell;

/// Returns a channel that holds `init` until something newer is sent.
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
#[track_caller]
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
///
/// # Examples
///
/// ```
/// use tokio::sync::watch;
///
/// let (tx, rx) = watch::channel("starting");
/// tx.send("serving").unwrap();
/// assert_eq!(*rx.get_ref(), "serving");
/// ```
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
///
/// # Examples
///
/// ```
/// use futures::{Future, Stream};
/// use tokio::sync::watch;
///
/// let (mut tx, rx) = watch::channel(1);
/// tx.broadcast(2).unwrap();
/// tx.broadcast(3).unwrap();
/// drop(tx);
/// // A stream of the newest values only.
/// assert_eq!(rx.collect().wait().unwrap(), [3]);
/// ```
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
///
/// # Examples
///
/// ```
/// use tokio::sync::watch;
///
/// let (tx, rx) = watch::channel(vec![1]);
/// let before = rx.get_ref();
/// tx.send(vec![1, 2]).unwrap();
/// // Still the value that it was made for.
/// assert_eq!(*before, [1]);
/// assert_eq!(*rx.get_ref(), [1, 2]);
/// ```
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
    /// Where the channel was made.
    made: Place,
}

/// How long a look yields to a change in place.
const GIVE_WAY: Duration = Duration::from_millis(50);

/// What a sender of upstream's says that is asked for its value too late.
const GONE: &str = "every receiver is gone, and the value with them";
const CLOSED: u64 = 1;

/// One step of the version.
const VERSION: u64 = 2;

impl<T> Ref<'_, T> {
    /// Returns whether the receiver that looks had not seen this value before.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::watch;
    ///
    /// let (tx, mut rx) = watch::channel(1);
    /// rx.mark_unchanged();
    /// assert!(!rx.get_ref().has_changed());
    /// tx.send(2).unwrap();
    /// assert!(rx.get_ref().has_changed());
    /// ```
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
