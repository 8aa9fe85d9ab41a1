//! The queue against a plain model, and its promises one by one.

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

/// The consumer used to be woken when the bucket of the wheel began in which the value sits.
#[test]
fn a_consumer_sleeps_until_the_first_value_is_due() {
    with_timer(|timer, time| {
        let task = Task::new();
        let mut queue = DelayQueue::new();
        queue.insert_at("second", time.at(ms(200)));
        assert_eq!(next(&task, &mut queue), Poll::Pending);
        queue.insert_at("first", time.at(ms(100)));
        for _ in 0..99 {
            timer.turn(Some(ms(1))).unwrap();
        }
        assert_eq!(task.wakes(), 0, "before its time");
        timer.turn(Some(ms(1))).unwrap();
        assert_eq!(task.wakes(), 1, "in time");
        assert_eq!(next(&task, &mut queue), Poll::Ready(Some("first")));
    });
}

/// The bucket of a value far ahead has begun, and the wheel is behind.
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
