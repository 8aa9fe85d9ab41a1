//! Values that each come out at their own time.
//!
//! The queue has a wheel of its own, in which the values sit by their slab key, and one
//! [`Delay`] for the slot that comes up next, which the consumer polls. The queue may stand
//! behind a lock and be filled by other tasks: whoever puts a value first brings the delay
//! forward, and whoever changes the queue so that there is something to look at already
//! wakes the consumer.

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
    /// Came out of the wheel, or never went in.
    expired: List<u32>,
    epoch: Epoch,
    handle: Handle,
    /// Until the next slot comes up. Kept while the queue is empty, to be used again.
    delay: Option<Delay>,
    /// Who last found nothing.
    consumer: Option<Waiter>,
}

/// A value whose time has come, or that was removed.
#[derive(Debug)]
pub struct Expired<T> {
    value: T,
    deadline: Instant,
    key: Key,
}

/// Means a value in a [`DelayQueue`], until that has come out.
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
    /// An empty queue.
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

    /// An empty queue with room for `capacity` values.
    pub fn with_capacity(capacity: usize) -> DelayQueue<T> {
        DelayQueue::with_capacity_and_handle(capacity, &Handle::default())
    }

    /// An empty queue with room for `capacity` values, on the timer of `handle`.
    pub fn with_capacity_and_handle(capacity: usize, handle: &Handle) -> DelayQueue<T> {
        DelayQueue {
            values: Slab::with_capacity(capacity),
            wheel: Wheel::new(),
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
    /// A timeout too long to be told ends in the far future.
    ///
    /// # Panics
    ///
    /// As [`insert_at`](DelayQueue::insert_at).
    pub fn insert(&mut self, value: T, timeout: Duration) -> Key {
        self.insert_at(value, clock::after(clock::now(), timeout))
    }

    /// Takes a value back, expired or not.
    ///
    /// # Panics
    ///
    /// If the value that `key` means has come out already.
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
    pub fn reset(&mut self, key: &Key, timeout: Duration) {
        self.reset_at(key, clock::after(clock::now(), timeout));
    }

    /// Drops all values. The room for them is kept.
    pub fn clear(&mut self) {
        // The values last: their drop may panic.
        self.wheel = Wheel::new();
        self.expired = List::new();
        self.wake_consumer();
        self.values.clear();
    }

    /// How many values the queue can hold without allocating.
    pub fn capacity(&self) -> usize {
        self.values.capacity()
    }

    /// Makes room for `additional` further values.
    ///
    /// # Panics
    ///
    /// If the queue would hold more than can be told.
    pub fn reserve(&mut self, additional: usize) {
        self.values.reserve(additional);
    }

    /// Whether the queue holds nothing, expired or not.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// How many values the queue holds, expired or not.
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
            let Some(due) = self.wheel.next() else {
                self.remember(cx);
                return Poll::Ready(None);
            };
            match self.poll_slot(due, cx) {
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
        }
    }

    /// Puts a value where it belongs. If that is before what the consumer waits for, it is
    /// woken in time for this one.
    fn link(&mut self, index: u32, due: Tick) {
        if due <= self.wheel.elapsed() {
            self.expired.push_back(&mut self.values, index);
            return self.wake_consumer();
        }
        let next = self.wheel.next();
        let start = self.wheel.link(&mut self.values, index, due);
        match next {
            None => self.wake_consumer(),
            // Whoever is remembered while the wheel holds something has polled the delay.
            Some(next) if start < next && self.consumer.is_some() => {
                self.delay_until(start);
            }
            Some(_) => {}
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

    /// Asks whether a slot has come up.
    fn poll_slot(&mut self, due: Tick, cx: &Context<'_>) -> Poll<Result<(), Error>> {
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
        match self.poll_expired(&Context::current()) {
            Poll::Ready(None) => Ok(Async::Ready(None)),
            Poll::Ready(Some(expired)) => expired.map(|expired| Async::Ready(Some(expired))),
            Poll::Pending => Ok(Async::NotReady),
        }
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
    /// The value.
    pub fn get_ref(&self) -> &T {
        &self.value
    }

    /// The value.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.value
    }

    /// The value, alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// When the value expired, or would have; rounded up to a millisecond of the queue.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// The key that the value had.
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
mod tests {
    use super::*;
    use crate::timer::testing::{ask, ms, with_timer, Task, Time};
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    fn next<T>(task: &Arc<Task>, queue: &mut DelayQueue<T>) -> Poll<Option<T>> {
        ask(task, |cx| queue.poll_expired(cx))
            .map(|expired| expired.map(|expired| expired.unwrap().into_inner()))
    }

    #[test]
    fn values_come_out_in_the_order_of_their_time() {
        with_timer(|timer, time| {
            let task = Task::new();
            let mut queue = DelayQueue::with_capacity(4);
            assert!(queue.capacity() >= 4 && queue.is_empty());
            for at in [500, 3, 70, 71] {
                queue.insert_at(at, time.at(ms(at)));
            }
            assert_eq!(queue.len(), 4);
            let mut came = Vec::new();
            loop {
                match next(&task, &mut queue) {
                    Poll::Ready(Some(at)) => came.push((at, time.since_start())),
                    Poll::Ready(None) => break,
                    Poll::Pending => drop(timer.turn(None).unwrap()),
                }
            }
            let expected = [3, 70, 71, 500].map(|at| (at, ms(at)));
            assert_eq!(came, expected);
        });
    }

    #[test]
    fn an_expired_value_names_its_time_and_key() {
        with_timer(|_timer, time| {
            let mut queue = DelayQueue::new();
            let key = queue.insert_at("a", time.at(ms(4)));
            let mut removed = queue.remove(&key);
            assert_eq!((*removed.get_ref(), removed.deadline()), ("a", time.at(ms(4))));
            assert_eq!(removed.key().index, key.index);
            *removed.get_mut() = "b";
            assert_eq!(removed.into_inner(), "b");
        });
    }

    /// Upstream panics here.
    #[test]
    fn an_expired_value_that_was_not_polled_can_be_reset() {
        with_timer(|timer, time| {
            let task = Task::new();
            let mut queue = DelayQueue::new();
            timer.turn(Some(ms(10))).unwrap();
            queue.insert_at("stays", time.at(ms(0)));
            let key = queue.insert_at("goes on", time.at(ms(0)));
            queue.reset_at(&key, time.at(ms(20)));
            assert_eq!(next(&task, &mut queue), Poll::Ready(Some("stays")));
            assert_eq!(next(&task, &mut queue), Poll::Pending);
            timer.turn(Some(ms(10))).unwrap();
            assert_eq!(task.wakes(), 1);
            assert_eq!(next(&task, &mut queue), Poll::Ready(Some("goes on")));
            assert_eq!(next(&task, &mut queue), Poll::Ready(None));
        });
    }

    #[test]
    #[should_panic(expected = "invalid key")]
    fn a_key_whose_value_is_gone_is_refused() {
        let mut queue = DelayQueue::new();
        let key = queue.insert((), ms(1));
        queue.remove(&key);
        queue.reset(&key, ms(2));
    }

    /// The queue may be filled by others while its consumer sleeps.
    #[test]
    fn fault_m03_whatever_brings_the_queue_forward_wakes_its_consumer() {
        with_timer(|timer, time| {
            let task = Task::new();
            let mut queue = DelayQueue::new();
            assert_eq!(next(&task, &mut queue), Poll::Ready(None));
            let first = queue.insert_at(1, time.at(ms(60)));
            assert_eq!(task.wakes(), 1, "the first value");

            assert_eq!(next(&task, &mut queue), Poll::Pending);
            let second = queue.insert_at(2, time.at(ms(62)));
            queue.reset_at(&second, time.at(ms(20)));
            timer.turn(Some(ms(19))).unwrap();
            assert_eq!(task.wakes(), 0, "before its time");
            timer.turn(Some(ms(1))).unwrap();
            assert_eq!(task.wakes(), 1, "a value reset to be the next");
            assert_eq!(next(&task, &mut queue), Poll::Ready(Some(2)));

            assert_eq!(next(&task, &mut queue), Poll::Pending);
            queue.insert_at(3, time.at(ms(40)));
            timer.turn(Some(ms(19))).unwrap();
            assert_eq!(task.wakes(), 0, "before its time");
            timer.turn(Some(ms(1))).unwrap();
            assert_eq!(task.wakes(), 1, "an earlier value");
            assert_eq!(next(&task, &mut queue), Poll::Ready(Some(3)));

            assert_eq!(next(&task, &mut queue), Poll::Pending);
            let past = queue.insert_at(4, time.at(ms(0)));
            assert_eq!(task.wakes(), 1, "an expired value");
            queue.remove(&past);

            queue.insert_at(5, time.at(ms(70)));
            assert_eq!(next(&task, &mut queue), Poll::Pending);
            queue.remove(&first);
            assert_eq!(task.wakes(), 0, "a value taken from among others");
            queue.clear();
            assert_eq!(task.wakes(), 1, "nothing left to wait for");
            assert_eq!(next(&task, &mut queue), Poll::Ready(None));
        });
    }

    /// The slot of a value far ahead has begun, and the wheel is behind.
    #[test]
    fn a_poll_that_catches_up_with_the_clock_does_not_wake_its_own_task() {
        with_timer(|timer, time| {
            let task = Task::new();
            let mut queue = DelayQueue::new();
            let key = queue.insert_at((), time.at(ms(200)));
            assert_eq!(next(&task, &mut queue), Poll::Pending);
            timer.turn(Some(ms(80))).unwrap();
            queue.reset_at(&key, time.at(ms(120)));
            assert_eq!(task.wakes(), 1, "it was the only one");
            assert_eq!(next(&task, &mut queue), Poll::Pending);
            timer.turn(Some(ms(39))).unwrap();
            assert_eq!(task.wakes(), 0, "before its time");
            timer.turn(Some(ms(1))).unwrap();
            assert_eq!(next(&task, &mut queue), Poll::Ready(Some(())));
        });
    }

    #[test]
    fn an_empty_queue_can_be_polled_outside_a_task() {
        assert_eq!(
            DelayQueue::<()>::default().poll().unwrap().map(|e| e.is_none()),
            Async::Ready(true)
        );
    }

    #[derive(Clone, Debug)]
    enum Act {
        Insert { after: u64 },
        Reset { which: usize, after: u64 },
        Remove { which: usize },
        Clear,
        Pass { ms: u64 },
    }

    fn act() -> impl Strategy<Value = Act> {
        let after = || prop_oneof![0..70_u64, 0..5_000_u64, 0..10_000_000_u64];
        prop_oneof![
            6 => after().prop_map(|after| Act::Insert { after }),
            4 => (any::<usize>(), after()).prop_map(|(which, after)| Act::Reset { which, after }),
            2 => any::<usize>().prop_map(|which| Act::Remove { which }),
            1 => Just(Act::Clear),
            6 => after().prop_map(|ms| Act::Pass { ms }),
        ]
    }

    proptest! {
        /// The model is a map from value to the millisecond at which it expires. The
        /// consumer polls only when it was woken.
        #[test]
        fn fault_m03_a_consumer_that_trusts_its_waker_misses_nothing(
            acts in prop::collection::vec(act(), 1..100),
        ) {
            with_timer(|timer, time: &Time| {
                let task = Task::new();
                let mut queue = DelayQueue::new();
                let mut model: BTreeMap<usize, u64> = BTreeMap::new();
                let mut keys = BTreeMap::new();
                let now = || time.since_start().as_millis() as u64;
                prop_assert_eq!(next(&task, &mut queue), Poll::Ready(None));
                for (value, act) in acts.into_iter().enumerate() {
                    match act {
                        Act::Insert { after } => {
                            model.insert(value, now() + after);
                            keys.insert(value, queue.insert(value, ms(after)));
                        }
                        Act::Reset { which, after } if !model.is_empty() => {
                            let value = *model.keys().nth(which % model.len()).unwrap();
                            model.insert(value, now() + after);
                            queue.reset(&keys[&value], ms(after));
                        }
                        Act::Remove { which } if !model.is_empty() => {
                            let value = *model.keys().nth(which % model.len()).unwrap();
                            model.remove(&value);
                            let removed = queue.remove(&keys.remove(&value).unwrap());
                            prop_assert_eq!(removed.into_inner(), value);
                        }
                        Act::Clear => {
                            model.clear();
                            queue.clear();
                        }
                        Act::Pass { ms: by } => {
                            let until = time.now() + ms(by);
                            while time.now() < until {
                                timer.turn(Some(until - time.now())).unwrap();
                            }
                        }
                        _ => {}
                    }
                    let mut last = 0;
                    while task.wakes() > 0 {
                        while let Poll::Ready(Some(value)) = next(&task, &mut queue) {
                            let due = model.remove(&value);
                            prop_assert!(due.is_some(), "{} came out twice", value);
                            prop_assert!(due.unwrap() <= now(), "early");
                            prop_assert!(due.unwrap() >= last, "out of order");
                            last = due.unwrap();
                        }
                    }
                    prop_assert!(model.values().all(|&due| due > now()), "overdue at {}", now());
                    prop_assert_eq!(queue.len(), model.len());
                }
                Ok(())
            })?;
        }
    }
}
