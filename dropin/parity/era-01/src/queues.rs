//! Queues of delays, on a clock moved by hand.

use crate::timers::{ms, World};
use crate::{panics, probe, Loud, Probe, Program};
use futures::Async;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_timer::{clock, DelayQueue};

pub const PROGRAMS: &[Program] = &[
    ("queue_order", queue_order),
    ("queue_remove", queue_remove),
    ("queue_reset", queue_reset),
    ("queue_expired_at_insert", queue_expired_at_insert),
    ("queue_same_time", queue_same_time),
    ("queue_clear", queue_clear),
    ("queue_bad_keys", queue_bad_keys),
    ("queue_key_of_other_queue", queue_key_of_other_queue),
    ("queue_notifications", queue_notifications),
    ("queue_capacity", queue_capacity),
    ("queue_drop", queue_drop),
    ("queue_without_timer", queue_without_timer),
];

type Queue = Probe<DelayQueue<&'static str>>;

fn next_of(queue: &mut Queue) {
    let next = queue.next().map(|next| next.map(|next| next.map(|expired| expired.into_inner())));
    println!("notified {} {next:?}", queue.notified());
}

fn queue_order() {
    let mut world = World::new();
    let mut queue: Queue = probe(DelayQueue::new());
    next_of(&mut queue);
    for (name, at) in [("c", 30), ("a", 10), ("b", 20), ("far", 5000)] {
        queue.get().insert(name, ms(at));
    }
    queue.get().insert_at("at", world.at(15));
    for at in [0, 9, 10, 10, 40, 40, 40, 40] {
        world.go(at);
        print!("{at}: ");
        next_of(&mut queue);
    }
    world.go(5000);
    next_of(&mut queue);
    next_of(&mut queue);
    println!("{}", queue.get().is_empty());
}

fn queue_remove() {
    let mut world = World::new();
    let mut queue: Queue = probe(DelayQueue::new());
    let first = queue.get().insert("first", ms(10));
    let second = queue.get().insert("second", ms(20));
    next_of(&mut queue);
    println!("{}", queue.with(|queue| queue.remove(&first).into_inner()));
    next_of(&mut queue);
    world.go(10);
    next_of(&mut queue);
    let removed = queue.with(|queue| queue.remove(&second));
    println!("{:?}", removed.get_ref());
    next_of(&mut queue);
    let third = queue.get().insert("third", ms(0));
    world.go(20);
    println!("{}", queue.with(|queue| queue.remove(&third).into_inner()));
    next_of(&mut queue);
    println!("{}", queue.get().is_empty());
}

fn queue_reset() {
    let mut world = World::new();
    let mut queue: Queue = probe(DelayQueue::new());
    let a = queue.get().insert("a", ms(10));
    let b = queue.get().insert("b", ms(20));
    next_of(&mut queue);
    queue.with(|queue| queue.reset(&a, ms(30)));
    world.go(10);
    next_of(&mut queue);
    world.go(20);
    next_of(&mut queue);
    let b = queue.with(|queue| (queue.insert("b again", ms(50)), drop(b.clone())).0);
    queue.with(|queue| queue.reset_at(&b, queue_at(20, 5)));
    fn queue_at(_: u64, after: u64) -> Instant {
        clock::now() + ms(after)
    }
    world.go(25);
    next_of(&mut queue);
    world.go(30);
    next_of(&mut queue);
    next_of(&mut queue);
}

fn queue_expired_at_insert() {
    let mut world = World::new();
    world.go(100);
    let mut queue: Queue = probe(DelayQueue::new());
    queue.get().insert_at("past", world.at(10));
    queue.get().insert("now", Duration::ZERO);
    queue.get().insert_at("older", world.at(5));
    queue.get().insert("later", ms(1));
    for _ in 0..4 {
        next_of(&mut queue);
    }
    world.go(101);
    next_of(&mut queue);
    next_of(&mut queue);
}

fn queue_same_time() {
    let mut world = World::new();
    let mut queue: Queue = probe(DelayQueue::new());
    for name in ["a", "b", "c"] {
        queue.get().insert(name, ms(10));
    }
    next_of(&mut queue);
    world.go(10);
    let mut all: Vec<_> = std::iter::from_fn(|| match queue.next() {
        Ok(Async::Ready(Some(expired))) => Some(expired.into_inner()),
        _ => None,
    })
    .collect();
    all.sort();
    println!("{all:?}");
}

fn queue_clear() {
    let mut world = World::new();
    let mut queue = probe(DelayQueue::new());
    queue.get().insert(Loud("a"), ms(10));
    queue.get().insert(Loud("b"), Duration::ZERO);
    println!("{:?}", queue.next().map(|next| next.map(|next| next.map(|value| value.get_ref().0))));
    queue.with(|queue| queue.clear());
    println!("{} {:?}", queue.get().is_empty(), queue.next().is_ok());
    queue.get().insert(Loud("c"), ms(5));
    println!("{}", queue.get().is_empty());
    world.go(5);
    println!("{:?}", queue.next().map(|next| next.map(|next| next.map(|value| value.get_ref().0))));
}

fn queue_bad_keys() {
    let mut world = World::new();
    let mut queue: Queue = probe(DelayQueue::new());
    let key = queue.get().insert("a", ms(10));
    queue.with(|queue| queue.remove(&key).into_inner());
    println!("{}", panics(|| queue.with(|queue| queue.remove(&key).into_inner())));
    println!("{}", panics(|| queue.with(|queue| queue.reset(&key, ms(1)))));
    let gone = queue.get().insert("b", ms(1));
    next_of(&mut queue);
    world.go(20);
    next_of(&mut queue);
    println!("{}", panics(|| queue.with(|queue| queue.reset(&gone, ms(1)))));
    println!("{}", panics(|| queue.with(|queue| queue.insert("far", Duration::MAX))));
}

fn queue_key_of_other_queue() {
    let _world = World::new();
    let mut one: Queue = probe(DelayQueue::new());
    let mut other: Queue = probe(DelayQueue::new());
    let key = one.get().insert("a", ms(10));
    println!("{}", panics(|| other.with(|queue| queue.remove(&key).into_inner())));
    let _ = key.clone();
}

fn queue_notifications() {
    let mut world = World::new();
    let mut queue: Queue = probe(DelayQueue::new());
    queue.get().insert("far", ms(100));
    next_of(&mut queue);
    world.go(50);
    println!("{}", queue.notified());
    queue.with(|queue| drop(queue.insert("near", ms(10))));
    println!("{}", queue.notified() > 0);
    next_of(&mut queue);
    world.go(60);
    println!("{}", queue.notified() > 0);
    next_of(&mut queue);
    next_of(&mut queue);
    world.go(100);
    println!("{}", queue.notified() > 0);
    next_of(&mut queue);
}

fn queue_capacity() {
    let _world = World::new();
    let queue = DelayQueue::<u8>::with_capacity(10);
    println!("{} {}", queue.capacity() >= 10, queue.is_empty());
    let mut queue = DelayQueue::<u8>::new();
    println!("{}", queue.capacity());
    queue.reserve(5);
    println!("{}", queue.capacity() >= 5);
    println!("{}", panics(|| queue.reserve(usize::MAX)));
}

fn queue_drop() {
    let mut world = World::new();
    let mut queue = probe(DelayQueue::new());
    queue.get().insert(Loud("a"), ms(10));
    queue.get().insert(Loud("b"), ms(5));
    println!("{:?}", queue.next().is_ok());
    let count = queue.count.clone();
    drop(queue);
    world.go(20);
    println!("{} {}", count.take(), Arc::strong_count(&count));
}

fn queue_without_timer() {
    let mut queue: Queue = probe(DelayQueue::new());
    println!("{:?}", queue.next().map(|_| ()).map_err(|error| error.is_shutdown()));
    queue.get().insert("a", ms(10));
    println!("{:?}", queue.next().map(|_| ()).map_err(|error| error.is_shutdown()));
}
