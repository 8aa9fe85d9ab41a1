//! Values that each come out at their own time.
//!
//! The queue has a wheel of its own, in which the values sit by their slab key, and one
//! [`Delay`], which the consumer polls. It stands for the time at which the first value is
//! due, as far as that is known; else for the next bucket of the wheel. The queue may stand
//! behind a lock and be filled by other tasks: whoever puts a value first brings the delay
//! forward, and whoever changes the queue so that there is something to look at already
//! wakes the consumer.
//!
//! Called by programs; the queue of tokio 0.2 wraps this one.
//!
//! Always true: the delay is never later than the first value is due.
//!
//! Why not a `Delay` for each value? Each would be an allocation and an entry in the runtime's
//! timer, and all would wake the same task.

use super::delay::Delay;
use super::error::Error;
use super::handle::Handle;
use super::tick::{Epoch, Tick};
use super::wheel::{Links, List, Nodes, Wheel};
use crate::clock;
use futures::{task, Async, Stream};
use slab::Slab;
use std::fmt;
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio_executor::coop;
use tokio_executor::internals::inspect::note_wait;
use tokio_executor::task::Context;
use tokio_executor::waiter::Waiter;

/// The most values that a queue holds.
const MAX_ENTRIES: usize = (1 << 30) - 1;

/// A queue whose values come out when their time has come.
///
/// [`insert`](DelayQueue::insert) returns a [`Key`] with which the value can be taken
/// back or its time be changed. As a stream the queue yields each value once it has
/// expired, and ends when it is empty; it can be polled again after something was
/// inserted.
///
/// Times are in milliseconds since the queue was made, rounded up. Values that expire in
/// the same millisecond come out in no particular order.
///
/// # Errors
///
/// As for [`Delay`]. An error says nothing about the values, which stay.
///
/// # Panics
///
/// A key is good until its value has come out. Keys are used again: an old one may panic,
/// or mean another value.
///
/// # Dropping
///
/// Drops the values in it.
///
/// # Examples
///
/// A cache whose entries are forgotten half a minute after they were last used:
///
/// ```
/// use futures::{try_ready, Async, Poll, Stream};
/// use std::collections::HashMap;
/// use std::time::Duration;
/// use tokio::timer::{delay_queue, DelayQueue, Error};
///
/// const LIFE: Duration = Duration::from_secs(30);
///
/// #[derive(Default)]
/// struct Cache {
///     entries: HashMap<String, (u32, delay_queue::Key)>,
///     expirations: Option<DelayQueue<String>>,
/// }
///
/// impl Cache {
///     fn insert(&mut self, name: String, value: u32) {
///         let expirations = self.expirations.get_or_insert_with(DelayQueue::new);
///         if let Some((_, key)) = self.entries.get(&name) {
///             expirations.remove(key);
///         }
///         let key = expirations.insert(name.clone(), LIFE);
///         self.entries.insert(name, (value, key));
///     }
///
///     fn get(&mut self, name: &str) -> Option<u32> {
///         let (value, key) = self.entries.get(name)?;
///         self.expirations.as_mut()?.reset(key, LIFE);
///         Some(*value)
///     }
///
///     fn poll_purge(&mut self) -> Poll<(), Error> {
///         let Some(expirations) = &mut self.expirations else {
///             return Ok(Async::Ready(()));
///         };
///         while let Some(expired) = try_ready!(expirations.poll()) {
///             self.entries.remove(expired.get_ref());
///         }
///         Ok(Async::Ready(()))
///     }
/// }
///
/// let mut cache = Cache::default();
/// cache.insert("answer".to_string(), 42);
/// assert_eq!(cache.get("answer"), Some(42));
/// # let _ = Cache::poll_purge;
/// ```
pub struct DelayQueue<T> {
    values: Slab<Value<T>>,
    wheel: Wheel<u32>,
    /// No value in the wheel is due before this; zero if nothing is known. Exact until the
    /// first value is removed, so that a consumer that waits for it is woken only once.
    earliest: Tick,
    /// Came out of the wheel, or never went in.
    expired: List<u32>,
    epoch: Epoch,
    handle: Handle,
    /// Until there may be something to take. Kept while the queue is empty, to be used again.
    delay: Option<Delay>,
    /// Who last found nothing.
    consumer: Option<Waiter>,
}

/// A value whose time has come, or that was removed.
///
/// # Examples
///
/// ```
/// use futures::{Future, Stream};
/// use std::time::Duration;
/// use tokio::runtime::current_thread::block_on_all;
/// use tokio::timer::DelayQueue;
///
/// let mut queue = DelayQueue::new();
/// queue.insert("value", Duration::from_millis(1));
/// let expired = block_on_all(queue.collect()).unwrap().remove(0);
/// assert_eq!(*expired.get_ref(), "value");
/// ```
#[derive(Debug)]
pub struct Expired<T> {
    value: T,
    deadline: Instant,
    key: Key,
}

/// Means a value in a [`DelayQueue`], until that has come out.
///
/// # Examples
///
/// ```
/// use std::collections::HashMap;
/// use std::time::Duration;
/// use tokio::timer::delay_queue::{DelayQueue, Key};
///
/// // A cache whose entries end by themselves.
/// struct Cache {
///     values: HashMap<String, (u32, Key)>,
///     ends: DelayQueue<String>,
/// }
///
/// impl Cache {
///     fn put(&mut self, name: String, value: u32) {
///         let key = self.ends.insert(name.clone(), Duration::from_secs(60));
///         if let Some((_, former)) = self.values.insert(name, (value, key)) {
///             self.ends.remove(&former);
///         }
///     }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Key {
    index: u32,
}

struct Value<T> {
    value: T,
    due: Tick,
    links: Links<u32>,
}

impl<T> DelayQueue<T> {
    /// Returns an empty queue.
    ///
    /// Uses the timer that the thread has by default when the queue is polled.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::timer::DelayQueue;
    ///
    /// let queue: DelayQueue<u32> = DelayQueue::new();
    /// assert!(queue.is_empty());
    /// ```
    pub fn new() -> DelayQueue<T> {
        DelayQueue::with_capacity(0)
    }

    /// Returns an empty queue with room for `capacity` values.
    pub fn with_capacity(capacity: usize) -> DelayQueue<T> {
        DelayQueue::with_capacity_and_handle(capacity, &Handle::default())
    }

    /// Returns an empty queue with room for `capacity` values, on the timer of `handle`.
    pub fn with_capacity_and_handle(capacity: usize, handle: &Handle) -> DelayQueue<T> {
        DelayQueue {
            values: Slab::with_capacity(capacity),
            wheel: Wheel::new(),
            earliest: 0,
            expired: List::new(),
            epoch: Epoch::new(clock::now()),
            handle: handle.clone(),
            delay: None,
            consumer: None,
        }
    }

    /// Adds a value that expires at `when`; at once if that has passed.
    ///
    /// # Panics
    ///
    /// If the queue holds 2³⁰ - 1 values already.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{Future, Stream};
    /// use std::time::{Duration, Instant};
    /// use tokio::runtime::current_thread::block_on_all;
    /// use tokio::timer::DelayQueue;
    ///
    /// let mut queue = DelayQueue::new();
    /// let now = Instant::now();
    /// queue.insert_at("second", now + Duration::from_millis(2));
    /// queue.insert_at("first", now + Duration::from_millis(1));
    /// let order = block_on_all(queue.map(|expired| expired.into_inner()).collect()).unwrap();
    /// assert_eq!(order, ["first", "second"]);
    /// ```
    pub fn insert_at(&mut self, value: T, when: Instant) -> Key {
        assert!(
            self.values.len() < MAX_ENTRIES,
            "a delay queue holds {MAX_ENTRIES} values at most"
        );
        let due = self.epoch.tick_of(when);
        let index = self.values.insert(Value { value, due, links: Links::new() }) as u32;
        self.link(index, due);
        Key { index }
    }

    /// Adds a value that expires once `timeout` has passed.
    ///
    /// A timeout that no `Instant` can express ends in the far future.
    ///
    /// # Panics
    ///
    /// As [`insert_at`](DelayQueue::insert_at).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use tokio::timer::DelayQueue;
    ///
    /// let mut sessions = DelayQueue::new();
    /// sessions.insert("ann", Duration::from_secs(60));
    /// assert_eq!(sessions.len(), 1);
    /// ```
    pub fn insert(&mut self, value: T, timeout: Duration) -> Key {
        self.insert_at(value, clock::after(clock::now(), timeout))
    }

    /// Takes a value back, expired or not.
    ///
    /// # Panics
    ///
    /// If the value that `key` means has come out already.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use tokio::timer::DelayQueue;
    ///
    /// let mut queue = DelayQueue::new();
    /// let key = queue.insert("value", Duration::from_secs(60));
    /// assert_eq!(queue.remove(&key).into_inner(), "value");
    /// assert!(queue.is_empty());
    /// ```
    pub fn remove(&mut self, key: &Key) -> Expired<T> {
        self.unlink(key);
        let expired = self.take(key.index);
        if self.values.is_empty() {
            // There is nothing left to wait for.
            self.wake_consumer();
        }
        expired
    }

    /// Makes a value expire at `when` instead, whether or not it has expired.
    ///
    /// # Panics
    ///
    /// If the value that `key` means has come out already.
    pub fn reset_at(&mut self, key: &Key, when: Instant) {
        self.unlink(key);
        let due = self.epoch.tick_of(when);
        self.values[key.index as usize].due = due;
        self.link(key.index, due);
    }

    /// Makes a value expire once `timeout` has passed from now.
    ///
    /// # Panics
    ///
    /// If the value that `key` means has come out already.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use tokio::timer::DelayQueue;
    ///
    /// let mut sessions = DelayQueue::new();
    /// let key = sessions.insert("ann", Duration::from_secs(60));
    /// // Ann did something: another minute from now.
    /// sessions.reset(&key, Duration::from_secs(60));
    /// ```
    pub fn reset(&mut self, key: &Key, timeout: Duration) {
        self.reset_at(key, clock::after(clock::now(), timeout));
    }

    /// Drops all values. The room for them is kept.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use tokio::timer::DelayQueue;
    ///
    /// let mut queue = DelayQueue::new();
    /// queue.insert("value", Duration::from_secs(60));
    /// queue.clear();
    /// assert!(queue.is_empty());
    /// ```
    pub fn clear(&mut self) {
        // The values last: their drop may panic.
        self.wheel = Wheel::new();
        self.expired = List::new();
        self.wake_consumer();
        self.values.clear();
    }

    /// Returns how many values the queue can hold without allocating.
    pub fn capacity(&self) -> usize {
        self.values.capacity()
    }

    /// Makes room for `additional` further values.
    ///
    /// # Panics
    ///
    /// If the queue would hold more values than it can number.
    pub fn reserve(&mut self, additional: usize) {
        self.values.reserve(additional);
    }

    /// Returns whether the queue holds nothing, expired or not.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Returns how many values the queue holds, expired or not.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Asks for an expired value, on behalf of a task of either kind. `None` says that
    /// the queue is empty; the task is woken when something is inserted.
    ///
    /// # Errors
    ///
    /// As for [`Delay`].
    pub fn poll_expired(&mut self, cx: &Context<'_>) -> Poll<Option<Result<Expired<T>, Error>>> {
        loop {
            if !self.expired.is_empty() {
                if !coop::proceed(cx) {
                    return Poll::Pending;
                }
                let index = self.expired.pop_front(&mut self.values);
                return Poll::Ready(index.map(|index| Ok(self.take(index))));
            }
            let Some(due) = self.next_look() else {
                self.remember(cx);
                return Poll::Ready(None);
            };
            match self.poll_delay(due, cx) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(e)) => return Poll::Ready(Some(Err(e))),
                Poll::Pending => {
                    self.remember(cx);
                    return Poll::Pending;
                }
            }
            let expired = &mut self.expired;
            self.wheel.advance(due, &mut self.values, |values, index| {
                let later = Some(values[index as usize].due).filter(|&value_due| value_due > due);
                if later.is_none() {
                    expired.push_back(values, index);
                }
                later
            });
            self.earliest = 0;
        }
    }

    /// When a value may be due next. Never after the first one is.
    fn next_look(&self) -> Option<Tick> {
        self.wheel.next().map(|bucket_start| bucket_start.max(self.earliest))
    }

    /// Puts a value where it belongs. If that is before what the consumer waits for, it is
    /// woken in time for this one.
    fn link(&mut self, index: u32, due: Tick) {
        if due <= self.wheel.elapsed() {
            self.expired.push_back(&mut self.values, index);
            return self.wake_consumer();
        }
        let next = self.next_look();
        self.wheel.link(&mut self.values, index, due);
        let Some(next) = next else {
            self.earliest = due;
            return self.wake_consumer();
        };
        self.earliest = next.min(due);
        // Whoever is remembered while the wheel holds something has polled the delay.
        if due < next && self.consumer.is_some() {
            self.delay_until(due);
        }
    }

    fn unlink(&mut self, key: &Key) {
        assert!(
            self.values.contains(key.index as usize),
            "invalid key: its value has come out of the queue",
        );
        if !self.wheel.unlink(&mut self.values, key.index) {
            self.expired.remove(&mut self.values, key.index);
        }
    }

    /// Takes a value that is in no list any more.
    fn take(&mut self, index: u32) -> Expired<T> {
        let Value { value, due, .. } = self.values.remove(index as usize);
        Expired { value, deadline: self.epoch.instant(due), key: Key { index } }
    }

    /// Asks whether the time `due` has come.
    fn poll_delay(&mut self, due: Tick, cx: &Context<'_>) -> Poll<Result<(), Error>> {
        let deadline = self.epoch.instant(due);
        if let Some(delay) = &self.delay {
            // To reset a delay into the past would wake the task that polls just now.
            if delay.deadline() != deadline && deadline <= clock::now() {
                return Poll::Ready(Ok(()));
            }
        }
        self.delay_until(due).poll_elapsed(cx)
    }

    fn delay_until(&mut self, due: Tick) -> &mut Delay {
        let deadline = self.epoch.instant(due);
        let delay = self.delay.get_or_insert_with(|| self.handle.delay(deadline));
        if delay.deadline() != deadline {
            delay.reset(deadline);
        }
        delay
    }

    fn remember(&mut self, cx: &Context<'_>) {
        if !self.consumer.as_ref().is_some_and(|consumer| cx.is(consumer)) {
            note_wait("delay queue", self);
            self.consumer = Some(cx.waiter());
        }
    }

    fn wake_consumer(&mut self) {
        if let Some(consumer) = self.consumer.take() {
            consumer.wake();
        }
    }
}

impl<T> Default for DelayQueue<T> {
    fn default() -> DelayQueue<T> {
        DelayQueue::new()
    }
}

impl<T> Stream for DelayQueue<T> {
    type Item = Expired<T>;
    type Error = Error;

    fn poll(&mut self) -> futures::Poll<Option<Expired<T>>, Error> {
        // Upstream answers this outside a task too, where there is nobody to remember.
        if self.is_empty() && !task::is_in_task() {
            return Ok(Async::Ready(None));
        }
        tokio_executor::internals::convert::into_async(
            self.poll_expired(&Context::current()).map(Option::transpose),
        )
    }
}

crate::compat::std_stream! {
    [T] DelayQueue<T> => Result<Expired<T>, Error>, |this, cx| this.poll_expired(&Context::from(cx))
}

impl<T> Nodes for Slab<Value<T>> {
    type Id = u32;

    fn links(&mut self, id: u32) -> &mut Links<u32> {
        &mut self[id as usize].links
    }

    fn due(&mut self, id: u32) -> Tick {
        self[id as usize].due
    }
}

impl<T> Expired<T> {
    /// Returns the value.
    pub fn get_ref(&self) -> &T {
        &self.value
    }

    /// Returns the value.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.value
    }

    /// Returns the value, alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Returns when the value expired, or would have; rounded up to a millisecond of the queue.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Returns the key that the value had.
    pub fn key(&self) -> &Key {
        &self.key
    }
}

impl<T: fmt::Debug> fmt::Debug for DelayQueue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = self.values.iter().map(|(index, value)| (index, &value.value));
        f.debug_struct("DelayQueue")
            .field("values", &values.collect::<std::collections::BTreeMap<_, _>>())
            .field("wheel", &self.wheel)
            .field("handle", &self.handle)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
