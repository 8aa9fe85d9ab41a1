//! Waking one task that waits, or all, without a value to hand over.
//!
//! [`Notify::notify_one`] wakes the one that waits longest, or is remembered for the next
//! that comes. [`Notify::notify_waiters`] wakes all who wait, and is not remembered.
//!
//! ```text
//!   63            3    2       1         0
//!  +---------------+------+--------+---------+
//!  |     calls     | ones | permit | waiting |
//!  +---------------+------+--------+---------+
//! ```
//!
//! The word has 64 bits whatever the width of a pointer: `calls` must not come round while a
//! task waits. It counts calls of `notify_waiters`. A wait begins by looking at it, so that a call
//! that comes between the making of a [`Notified`] and its first poll ends the wait too,
//! and does so before any permit is looked at: of two notifications the first is used
//! first.
//!
//! A wait is an entry of the queue, which only the lock guards: it needs no memory of its own.
//! `notify_one` takes it off the queue and leaves it in its place, from where the wait takes it
//! at its next poll. `notify_waiters` takes it out: that the count of calls has changed tells the
//! wait enough. It need not even lock the queue, which all others that were woken would contend
//! for, unless it may have been notified by `notify_one` before the call.
//!
//! Called by programs, and by the channels here for what waits without a value.
//!
//! Always true: `waiting` is only changed under the queue's lock, and stands exactly while
//! the queue has an entry; there is no permit then, and the word is only changed under the lock.
//! `ones` stands from when `notify_one` first found a wait in the queue. Whoever was woken by
//! `notify_one` and goes away before it looks hands that on.
//!
//! Why not a semaphore with one permit? It has no call to all who wait at this moment, and would
//! remember more than one notification.
//!
//! # Examples
//!
//! ```
//! use futures::Future;
//! use tokio::sync::notify::Notify;
//!
//! let ready = Notify::new();
//! // Nobody waits: the next one will not have to.
//! ready.notify_one();
//! ready.notified().wait().unwrap();
//! ```

use super::wake_list::WakeList;
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::PoisonError;
use std::task::{self, Poll};
use tokio_executor::coop;
use tokio_executor::internals::inspect::{self, Detail};
use tokio_executor::internals::sys::{const_fn, AtomicU64, Mutex, MutexGuard};
use tokio_executor::internals::wait_list::{Key, WaitList};
use tokio_executor::task::Context;
use tokio_executor::waiter::Waiter;

/// A notification that tasks wait for.
///
/// # Dropping
///
/// Nobody can wait any more then.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use tokio::runtime::current_thread::{block_on_all_std, spawn_std};
/// use tokio::sync::notify::Notify;
///
/// let ready = Arc::new(Notify::new());
/// let starter = ready.clone();
/// block_on_all_std(async move {
///     spawn_std(async move { starter.notify_one() });
///     ready.notified().await;
/// });
/// ```
pub struct Notify {
    word: AtomicU64,
    /// Those who wait. Held to look at the queue or change it, `waiting`, or an entry;
    /// never while waking anyone.
    queue: Mutex<WaitList<Entry>>,
}

/// The queue has an entry.
const WAITING: u64 = 1;
/// The next wait is over at once.
const PERMIT: u64 = 2;
/// There may be entries that `notify_one` took off the queue.
const ONES: u64 = 4;
/// One call of `notify_waiters`.
const CALL: u64 = 8;

fn calls(word: u64) -> u64 {
    word & !(WAITING | PERMIT | ONES)
}

impl Notify {
    const_fn! {
        /// Returns one that nobody waits for.
        ///
        /// # Examples
        ///
        /// ```
        /// use tokio::runtime::current_thread::block_on_all_std;
        /// use tokio::sync::notify::Notify;
        ///
        /// let notify = Notify::new();
        /// notify.notify_one();
        /// block_on_all_std(notify.notified());
        /// ```
        pub fn new() -> Notify {
            Notify { word: AtomicU64::new(0), queue: Mutex::new(WaitList::new()) }
        }
    }

    const_fn! {
        /// Works like [`new`](Notify::new), which is `const` itself.
        ///
        /// # Examples
        ///
        /// ```
        /// use tokio::sync::notify::Notify;
        ///
        /// static RELOAD: Notify = Notify::const_new();
        /// RELOAD.notify_one();
        /// ```
        pub fn const_new() -> Notify {
            Notify::new()
        }
    }

    /// Waits until notified.
    ///
    /// Every [`notify_waiters`](Notify::notify_waiters) from this call on ends the wait.
    /// The place in the queue for [`notify_one`](Notify::notify_one) is taken at the first
    /// poll.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue. If it was notified by `notify_one` or `notify_last`
    /// and has not been polled since, another is in the same way, or it is remembered.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::sync::notify::Notify;
    ///
    /// let notify = Notify::new();
    /// block_on_all_std(async {
    ///     // Made before the call, so it is not missed.
    ///     let notified = notify.notified();
    ///     notify.notify_waiters();
    ///     notified.await;
    /// });
    /// ```
    pub fn notified(&self) -> Notified<'_> {
        Notified { notify: self, wait: Wait::new(self) }
    }

    /// Works like [`notified`](Notify::notified), with a future that owns a share of the `Notify`.
    ///
    /// # Dropping
    ///
    /// As there.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use tokio::runtime::current_thread::{block_on_all_std, spawn_std};
    /// use tokio::sync::notify::Notify;
    ///
    /// let stop = Arc::new(Notify::new());
    /// block_on_all_std(async {
    ///     let stopped = stop.clone().notified_owned();
    ///     spawn_std(async move { stopped.await });
    ///     stop.notify_waiters();
    /// });
    /// ```
    pub fn notified_owned(self: std::sync::Arc<Self>) -> OwnedNotified {
        let wait = Wait::new(&self);
        OwnedNotified { notify: self, wait }
    }

    /// Wakes the one that waits longest. If nobody waits, the next that comes need not;
    /// that is remembered once, however often this is called.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::sync::notify::Notify;
    ///
    /// let notify = Notify::new();
    /// // Nobody waits yet; the next who does is let through at once.
    /// notify.notify_one();
    /// block_on_all_std(notify.notified());
    /// ```
    pub fn notify_one(&self) {
        self.notify_first(Stage::NotifiedOne);
    }

    /// Works like [`notify_one`](Notify::notify_one), but wakes the one that came last.
    pub fn notify_last(&self) {
        self.notify_first(Stage::NotifiedLast);
    }

    /// `stage` is `NotifiedOne` or `NotifiedLast`, and says from which end.
    fn notify_first(&self, stage: Stage) {
        // Relaxed: a first guess.
        let mut word = self.word.load(Relaxed);
        loop {
            if word & WAITING != 0 {
                let mut queue = self.queue();
                let detached = match stage {
                    Stage::NotifiedLast => queue.detach_newest(),
                    _ => queue.detach_oldest(),
                };
                if let Some(entry) = detached {
                    entry.stage = stage;
                    let waiter = entry.waiter.take();
                    self.change(&queue, |word| word | ONES);
                    drop(queue);
                    if let Some(waiter) = waiter {
                        waiter.wake();
                    }
                    return;
                }
            }
            // `waiting` may have gone since. Release: the Acquire in `Wait::look` sees what
            // came before the call, also if the permit stood already.
            let next = (word & !WAITING) | PERMIT;
            match self.word.compare_exchange_weak(word & !WAITING, next, Release, Relaxed) {
                Ok(_) => return,
                Err(actual) => word = actual,
            }
        }
    }

    /// Wakes all who wait, also those whose [`Notified`] was made but not polled. Nothing is
    /// remembered for those who come later.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::sync::notify::Notify;
    ///
    /// let notify = Notify::new();
    /// block_on_all_std(async {
    ///     let (first, second) = (notify.notified(), notify.notified());
    ///     notify.notify_waiters();
    ///     first.await;
    ///     second.await;
    /// });
    /// ```
    pub fn notify_waiters(&self) {
        let mut queue = loop {
            // Relaxed: a first guess.
            let mut word = self.word.load(Relaxed);
            while word & WAITING == 0 {
                // Release: whoever sees that there was a call also sees what came before it.
                let next = word.wrapping_add(CALL);
                match self.word.compare_exchange_weak(word, next, Release, Relaxed) {
                    Ok(_) => return,
                    Err(actual) => word = actual,
                }
            }
            let queue = self.queue();
            // Else the last wait has gone since.
            if !queue.is_empty() {
                break queue;
            }
        };
        let mut woken = WakeList::default();
        while let Some(entry) = queue.pop_oldest() {
            woken.add(entry.waiter);
        }
        self.change(&queue, |word| word.wrapping_add(CALL));
        drop(queue);
        woken.wake();
    }

    /// Changes the word, while the lock is held that was taken on a queue with an entry; clears
    /// `waiting` if there is none any more. No exchange: while `waiting` stands there is no permit,
    /// and all who would write the word take the lock first.
    fn change(&self, queue: &WaitList<Entry>, change: impl FnOnce(u64) -> u64) {
        // Relaxed: see above.
        let word = self.word.load(Relaxed);
        debug_assert_eq!(word & (WAITING | PERMIT), WAITING);
        let mut next = change(word);
        if queue.is_empty() {
            next &= !WAITING;
        }
        if next != word {
            // Release: what was released into the word before came by way of the lock; and, for a
            // call, whoever sees that there was one also sees what came before it.
            self.word.store(next, Release);
        }
    }

    fn queue(&self) -> MutexGuard<'_, WaitList<Entry>> {
        // Nothing that can panic halfway runs under the lock.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Notify {
    fn default() -> Notify {
        Notify::new()
    }
}

impl fmt::Debug for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Relaxed: for the eye only.
        let word = self.word.load(Relaxed);
        f.debug_struct("Notify")
            .field("permit", &(word & PERMIT != 0))
            .field("waiting", &(word & WAITING != 0))
            .finish_non_exhaustive()
    }
}

/// One wait. It does not know its [`Notify`]: each method is given it, and the owner calls
/// [`give_up`](Wait::give_up) before it drops this.
#[derive(Debug)]
struct Wait {
    /// What `calls` was when the wait began.
    calls: u64,
    progress: Progress,
    /// As in tokio 1.x: who relies on it would not compile there.
    _not_unpin: PhantomPinned,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Idle,
    /// It has an entry, which may have been notified.
    Waiting(Key),
    Over,
}

/// A wait, as the queue has it.
#[derive(Debug)]
struct Entry {
    /// What `calls` was when it joined the queue. Until that changes, its place is its own.
    calls: u64,
    stage: Stage,
    /// Whom to wake. None if nobody has polled, or once it was notified.
    waiter: Option<Waiter>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Queued,
    /// Out of the queue, by `notify_one`.
    NotifiedOne,
    /// Out of the queue, by `notify_last`.
    NotifiedLast,
}

impl Wait {
    fn new(notify: &Notify) -> Wait {
        // Acquire: whoever sees that there was a call also sees what came before it.
        let calls = calls(notify.word.load(Acquire));
        Wait { calls, progress: Progress::Idle, _not_unpin: PhantomPinned }
    }

    /// Ends the wait if a call came since it began, or takes a permit.
    fn look(&mut self, notify: &Notify) -> bool {
        // Acquire: the Release of a notification.
        let mut word = notify.word.load(Acquire);
        loop {
            if calls(word) == self.calls {
                if word & PERMIT == 0 {
                    return false;
                }
                // Acquire, both: as above, of the notification that it meets. An exchange leaves
                // what was released before to the next one that looks.
                let next = word & !PERMIT;
                if let Err(actual) = notify.word.compare_exchange(word, next, Acquire, Acquire) {
                    word = actual;
                    continue;
                }
            }
            self.progress = Progress::Over;
            return true;
        }
    }

    /// Whether `look` would find something at this moment.
    fn would_end(&self, notify: &Notify) -> bool {
        // Relaxed: a hint.
        let word = notify.word.load(Relaxed);
        calls(word) != self.calls || word & PERMIT != 0
    }

    /// Whether the wait is over. If not, it is in the queue from now on, and its task will be
    /// woken; `cx` is none for one that will be polled later.
    fn poll(&mut self, notify: &Notify, cx: Option<&Context<'_>>) -> bool {
        match self.progress {
            Progress::Over => true,
            Progress::Waiting(key) => self.poll_waiting(key, notify, cx),
            Progress::Idle => {
                // A permit that is there again and again must not keep the worker for ever.
                if self.would_end(notify) && cx.is_some_and(|cx| !coop::proceed(cx)) {
                    return false;
                }
                // The lock comes last: making a waiter clones a waker, and so may come back here.
                self.look(notify) || self.enqueue(notify, cx.map(|cx| waiter(notify, cx)))
            }
        }
    }

    /// Joins the queue, unless the wait is over. Says whether it is.
    fn enqueue(&mut self, notify: &Notify, waiter: Option<Waiter>) -> bool {
        let mut queue = notify.queue();
        loop {
            if self.look(notify) {
                drop(queue);
                return true;
            }
            // Relaxed: a guess, which the exchange confirms; a call or a permit since then
            // makes it fail.
            let word = notify.word.load(Relaxed);
            if calls(word) != self.calls || word & PERMIT != 0 {
                continue;
            }
            // Relaxed: the queue travels with the lock.
            let next = word | WAITING;
            if word == next || notify.word.compare_exchange(word, next, Relaxed, Relaxed).is_ok() {
                let entry = Entry { calls: self.calls, stage: Stage::Queued, waiter };
                let key = queue.push_newest(entry);
                self.progress = Progress::Waiting(key);
                return false;
            }
        }
    }

    /// Whether a call has ended a wait that joined the queue, and nothing is left of it there.
    fn was_called(&self, notify: &Notify) -> bool {
        // Acquire: the Release of the call.
        let word = notify.word.load(Acquire);
        calls(word) != self.calls && word & ONES == 0
    }

    /// The wait's own entry, in the queue or off it; none once a call has taken it out.
    fn entry<'q>(&self, key: Key, queue: &'q mut WaitList<Entry>) -> Option<&'q mut Entry> {
        queue.get_mut(key).filter(|entry| entry.calls == self.calls)
    }

    /// Sees what has become of a wait in the queue. If it is not over, its task is the one
    /// that polls.
    fn poll_waiting(&mut self, key: Key, notify: &Notify, cx: Option<&Context<'_>>) -> bool {
        let mut asking = None;
        loop {
            if self.was_called(notify) {
                self.progress = Progress::Over;
                return true;
            }
            let mut queue = notify.queue();
            let entry = match self.entry(key, &mut queue) {
                Some(entry) if entry.stage == Stage::Queued => entry,
                notified => {
                    if notified.is_some() {
                        queue.remove(key);
                    }
                    self.progress = Progress::Over;
                    return true;
                }
            };
            let Some(cx) = cx else { return false };
            // While somebody looks, each registration counts as a new one.
            let same = entry.waiter.as_ref().is_some_and(|kept| cx.is_plainly(kept));
            if same && !inspect::is_on() {
                return false;
            }
            if let Some(asking) = asking.take() {
                let replaced = entry.waiter.replace(asking);
                drop(queue);
                drop(replaced);
                return false;
            }
            // Not under the lock: as for `enqueue`.
            drop(queue);
            asking = Some(other_waiter(notify, cx));
        }
    }

    fn give_up(&mut self, notify: &Notify) {
        let Progress::Waiting(key) = std::mem::replace(&mut self.progress, Progress::Over) else {
            return;
        };
        if self.was_called(notify) {
            return;
        }
        let mut queue = notify.queue();
        if self.entry(key, &mut queue).is_none() {
            return;
        }
        let entry = queue.remove(key).expect("it was there");
        if entry.stage == Stage::Queued {
            notify.change(&queue, |word| word);
        }
        drop(queue);
        if entry.stage != Stage::Queued {
            notify.notify_first(entry.stage);
        }
    }
}

/// The polling task, which waits for `notify`.
#[inline(always)]
fn waiter(notify: &Notify, cx: &Context<'_>) -> Waiter {
    let address = std::ptr::from_ref(notify).addr();
    cx.waiter_noting(move || inspect::Wait { kind: "notify", address, detail: Detail::None })
}

/// The same, where a task that waits already asks by another waker.
#[cold]
#[inline(never)]
fn other_waiter(notify: &Notify, cx: &Context<'_>) -> Waiter {
    waiter(notify, cx)
}

/// The wait for a [`Notify`]; see [`Notify::notified`]. Of both kinds of future.
///
/// Once it was ready, it stays so.
///
/// # Panics
///
/// If it has to wait as a future of futures 0.1, and there is no current task.
///
/// # Examples
///
/// ```
/// use std::pin::pin;
/// use tokio::runtime::current_thread::block_on_all_std;
/// use tokio::sync::notify::Notify;
///
/// let notify = Notify::new();
/// block_on_all_std(async {
///     let mut notified = pin!(notify.notified());
///     // In the queue now, ahead of whoever comes later.
///     assert!(!notified.as_mut().enable());
///     notify.notify_one();
///     notified.await;
/// });
/// ```
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct Notified<'a> {
    notify: &'a Notify,
    wait: Wait,
}

/// The wait for a [`Notify`] that it keeps alive; see [`Notify::notified_owned`].
///
/// # Panics
///
/// As [`Notified`].
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use tokio::runtime::current_thread::block_on_all_std;
/// use tokio::sync::notify::{Notify, OwnedNotified};
///
/// async fn until_stopped(stopped: OwnedNotified) -> &'static str {
///     stopped.await;
///     "stopped"
/// }
///
/// let stop = Arc::new(Notify::new());
/// let stopped = stop.clone().notified_owned();
/// stop.notify_waiters();
/// assert_eq!(block_on_all_std(until_stopped(stopped)), "stopped");
/// ```
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct OwnedNotified {
    notify: std::sync::Arc<Notify>,
    wait: Wait,
}

macro_rules! notified {
    ($($notified:ident $(<$a:lifetime>)?;)*) => { $(
        impl $notified $(<$a>)? {
            /// Takes the place in the queue without being polled: a
            /// [`notify_one`](Notify::notify_one) from now on can go to this wait. Says
            /// whether the wait is over.
            ///
            /// # Examples
            ///
            /// ```
            /// use std::pin::pin;
            /// use tokio::sync::notify::Notify;
            ///
            /// let notify = Notify::new();
            /// let mut notified = pin!(notify.notified());
            /// assert!(!notified.as_mut().enable());
            /// notify.notify_one();
            /// assert!(notified.as_mut().enable());
            /// ```
            pub fn enable(self: Pin<&mut Self>) -> bool {
                // SAFETY: nothing in here is pinned; only a mark keeps the type from being
                // `Unpin`.
                unsafe { self.get_unchecked_mut() }.enter_queue()
            }

            /// Works like [`enable`](Self::enable), for those who do not pin.
            pub fn enter_queue(&mut self) -> bool {
                self.wait.poll(&self.notify, None)
            }

            /// Polls for a task of either kind.
            pub fn poll_cx(&mut self, cx: &Context<'_>) -> Poll<()> {
                if self.wait.poll(&self.notify, Some(cx)) {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            }
        }

        impl Drop for $notified $(<$a>)? {
            fn drop(&mut self) {
                self.wait.give_up(&self.notify);
            }
        }

        impl Future for $notified $(<$a>)? {
            type Output = ();

            fn poll(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<()> {
                // SAFETY: as above.
                unsafe { self.get_unchecked_mut() }.poll_cx(&cx.into())
            }
        }

        impl futures::Future for $notified $(<$a>)? {
            type Item = ();
            type Error = Infallible;

            fn poll(&mut self) -> futures::Poll<(), Infallible> {
                tokio_executor::internals::convert::into_async(self.poll_cx(&Context::current()).map(Ok))
            }
        }

        crate::compat::own_compat!([] $notified $(<$a>)?);
    )* };
}

notified! {
    Notified<'_>;
    OwnedNotified;
}
