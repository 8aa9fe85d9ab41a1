//! The channels and the semaphore against plain models of them.
//!
//! Random operations on the real thing and on a queue or a counter; what can be observed
//! is equal after every step.
#![cfg(all(feature = "sync", not(loom)))]
#![allow(unsafe_code, reason = "shared with tests whose wakers are made by hand")]

use proptest::prelude::*;
use std::collections::VecDeque;
use std::sync::Arc;
use std::task::Poll;
use test_support::counting::Counter;
use tokio::sync::semaphore::{Permit, Semaphore};
use tokio::sync::{mpsc, watch};

/// How many senders, receivers or permits take part.
const PARTIES: usize = 4;

#[derive(Clone, Copy, Debug)]
enum ChannelStep {
    Send(usize),
    /// Claim room, and wait for it if there is none.
    Ready(usize),
    Receive,
    Close,
    DropSender(usize),
    DropReceiver,
}

fn channel_steps() -> impl Strategy<Value = Vec<ChannelStep>> {
    let party = 0..PARTIES;
    let step = prop_oneof![
        12 => party.clone().prop_map(ChannelStep::Send),
        6 => party.clone().prop_map(ChannelStep::Ready),
        12 => Just(ChannelStep::Receive),
        1 => Just(ChannelStep::Close),
        1 => party.prop_map(ChannelStep::DropSender),
        1 => Just(ChannelStep::DropReceiver),
    ];
    prop::collection::vec(step, 0..200)
}

/// What a sender of the model has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claim {
    None,
    Waits,
    Held,
}

/// A bounded channel as one would draw it.
struct Channel {
    queue: VecDeque<u32>,
    room: usize,
    bound: usize,
    claims: Vec<Option<Claim>>,
    line: VecDeque<usize>,
    closed: bool,
    receiver_gone: bool,
}

impl Channel {
    fn new(bound: usize) -> Channel {
        Channel {
            queue: VecDeque::new(),
            room: bound,
            bound,
            claims: vec![Some(Claim::None); PARTIES],
            line: VecDeque::new(),
            closed: false,
            receiver_gone: false,
        }
    }

    /// Room becomes free: the first in line gets it.
    fn free(&mut self) {
        match self.line.pop_front() {
            Some(first) => self.claims[first] = Some(Claim::Held),
            None => self.room += 1,
        }
    }

    fn close(&mut self) {
        self.closed = true;
        for waiting in self.line.drain(..) {
            self.claims[waiting] = Some(Claim::None);
        }
    }

    /// `Ok(true)` if there is room now, `Ok(false)` if the sender waits.
    fn ready(&mut self, sender: usize, wait: bool) -> Result<bool, ()> {
        match self.claims[sender] {
            Some(Claim::Held) => Ok(true),
            Some(Claim::Waits) => Ok(false),
            _ if self.closed => Err(()),
            _ if self.room > 0 => {
                self.room -= 1;
                self.claims[sender] = Some(Claim::Held);
                Ok(true)
            }
            _ => {
                if wait {
                    self.claims[sender] = Some(Claim::Waits);
                    self.line.push_back(sender);
                }
                Ok(false)
            }
        }
    }

    fn drop_sender(&mut self, sender: usize) {
        match self.claims[sender].take() {
            Some(Claim::Held) => self.free(),
            Some(Claim::Waits) => self.line.retain(|&waiting| waiting != sender),
            _ => {}
        }
    }

    fn receive(&mut self) -> Poll<Option<u32>> {
        if let Some(message) = self.queue.pop_front() {
            self.free();
            return Poll::Ready(Some(message));
        }
        let no_senders = self.claims.iter().all(Option::is_none);
        if no_senders || (self.closed && self.room == self.bound) {
            return Poll::Ready(None);
        }
        Poll::Pending
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fault_y05_y06_a_bounded_channel_is_as_its_model(
        bound in 1usize..5,
        steps in channel_steps(),
    ) {
        let mut model = Channel::new(bound);
        let (tx, rx) = mpsc::channel(bound);
        let mut senders: Vec<_> = (0..PARTIES).map(|_| Some(tx.clone())).collect();
        drop(tx);
        let mut receiver = Some(rx);
        let tasks: Vec<_> = (0..PARTIES).map(|_| Counter::new()).collect();
        let receiving = Counter::new();
        let mut next = 0;
        for step in steps {
            match step {
                ChannelStep::Send(at) => {
                    let Some(sender) = &mut senders[at] else { continue };
                    next += 1;
                    let expected = model.ready(at, false);
                    let sent = sender.try_send(next);
                    match expected {
                        Ok(true) if model.receiver_gone => {
                            // Room claimed before is no use without a receiver.
                            prop_assert!(sent.unwrap_err().is_closed());
                            model.claims[at] = Some(Claim::None);
                            model.free();
                        }
                        Ok(true) => {
                            prop_assert!(sent.is_ok(), "{sent:?}");
                            model.claims[at] = Some(Claim::None);
                            model.queue.push_back(next);
                        }
                        Ok(false) => prop_assert!(sent.unwrap_err().is_full()),
                        Err(()) => prop_assert!(sent.unwrap_err().is_closed()),
                    }
                }
                ChannelStep::Ready(at) => {
                    let Some(sender) = &mut senders[at] else { continue };
                    let expected = match model.ready(at, true) {
                        Ok(true) => Poll::Ready(true),
                        Ok(false) => Poll::Pending,
                        Err(()) => Poll::Ready(false),
                    };
                    let ready = tasks[at].poll(|cx| sender.poll_ready_cx(cx));
                    prop_assert_eq!(ready.map(|ready| ready.is_ok()), expected);
                }
                ChannelStep::Receive => {
                    let Some(receiver) = &mut receiver else { continue };
                    let wakes: Vec<_> = tasks.iter().map(|task| task.wakes()).collect();
                    let first = model.line.front().copied();
                    let expected = model.receive();
                    let received = receiving.poll(|cx| receiver.poll_recv_cx(cx));
                    prop_assert_eq!(received, expected);
                    // The first in line is woken, and nobody else.
                    let took = matches!(expected, Poll::Ready(Some(_)));
                    for (at, task) in tasks.iter().enumerate() {
                        let woken = usize::from(took && first == Some(at));
                        prop_assert_eq!(task.wakes(), wakes[at] + woken);
                    }
                }
                ChannelStep::Close => {
                    let Some(receiver) = &mut receiver else { continue };
                    receiver.close();
                    model.close();
                }
                ChannelStep::DropSender(at) => {
                    if senders[at].take().is_some() {
                        model.drop_sender(at);
                    }
                }
                ChannelStep::DropReceiver => {
                    if receiver.take().is_some() {
                        model.close();
                        model.queue.clear();
                        model.receiver_gone = true;
                    }
                }
            }
        }
    }

    #[test]
    fn an_unbounded_channel_is_as_a_queue(steps in channel_steps()) {
        let mut queue = VecDeque::new();
        let (mut ended, mut gone) = (false, 0);
        let (tx, rx) = mpsc::unbounded_channel();
        let mut senders: Vec<_> = (0..PARTIES).map(|_| Some(tx.clone())).collect();
        drop(tx);
        let mut receiver = Some(rx);
        let receiving = Counter::new();
        let mut waiting = false;
        // The receiver waited and then, itself having closed the channel, found its end:
        // the last sender may wake it once more, for nothing.
        let mut left_behind = false;
        for (message, step) in steps.into_iter().enumerate() {
            let wakes = receiving.wakes();
            let mut woken = false;
            match step {
                ChannelStep::Send(at) | ChannelStep::Ready(at) => {
                    let Some(sender) = &mut senders[at] else { continue };
                    prop_assert_eq!(sender.try_send(Arc::new(message)).is_ok(), !ended);
                    if !ended {
                        queue.push_back(message);
                        woken = waiting;
                    }
                }
                ChannelStep::Receive => {
                    let Some(receiver) = &mut receiver else { continue };
                    let received = receiving.poll(|cx| receiver.poll_recv_cx(cx));
                    let expected = match queue.pop_front() {
                        Some(message) => Poll::Ready(Some(Arc::new(message))),
                        None if ended || gone == PARTIES => Poll::Ready(None),
                        None => Poll::Pending,
                    };
                    left_behind |= waiting && expected == Poll::Ready(None);
                    waiting = expected.is_pending();
                    prop_assert_eq!(received, expected);
                }
                ChannelStep::Close => {
                    let Some(receiver) = &mut receiver else { continue };
                    receiver.close();
                    ended = true;
                }
                ChannelStep::DropSender(at) => {
                    if senders[at].take().is_some() {
                        gone += 1;
                        woken = waiting && gone == PARTIES && receiver.is_some();
                    }
                }
                ChannelStep::DropReceiver => {
                    receiver = None;
                    ended = true;
                    waiting = false;
                    queue.clear();
                }
            }
            let woken_now = receiving.wakes() - wakes;
            let for_nothing = usize::from(left_behind && woken_now > 0 && !woken);
            left_behind &= for_nothing == 0;
            prop_assert_eq!(woken_now, usize::from(woken) + for_nothing);
            waiting &= !woken;
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum PermitStep {
    Acquire(usize),
    TryAcquire(usize),
    Release(usize),
    Forget(usize),
    Replace(usize),
    Add(usize),
    Close,
}

fn permit_steps() -> impl Strategy<Value = Vec<PermitStep>> {
    let party = 0..PARTIES;
    let step = prop_oneof![
        12 => party.clone().prop_map(PermitStep::Acquire),
        6 => party.clone().prop_map(PermitStep::TryAcquire),
        10 => party.clone().prop_map(PermitStep::Release),
        1 => party.clone().prop_map(PermitStep::Forget),
        3 => party.prop_map(PermitStep::Replace),
        3 => (0usize..3).prop_map(PermitStep::Add),
        1 => Just(PermitStep::Close),
    ];
    prop::collection::vec(step, 0..200)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fault_y14_a_semaphore_is_as_its_model(permits in 0usize..4, steps in permit_steps()) {
        // The channel's model without messages: a sender is a permit.
        let mut model = Channel::new(permits);
        let semaphore = Semaphore::new(permits);
        let mut held: Vec<_> = (0..PARTIES).map(|_| Permit::new()).collect();
        let tasks: Vec<_> = (0..PARTIES).map(|_| Counter::new()).collect();
        for step in steps {
            match step {
                PermitStep::Acquire(at) => {
                    let expected = match model.ready(at, true) {
                        Ok(true) => Poll::Ready(true),
                        Ok(false) => Poll::Pending,
                        Err(()) => Poll::Ready(false),
                    };
                    let polled = tasks[at].poll(|cx| held[at].poll_acquire_cx(cx, &semaphore));
                    prop_assert_eq!(polled.map(|acquired| acquired.is_ok()), expected);
                }
                PermitStep::TryAcquire(at) => {
                    match (model.ready(at, false), held[at].try_acquire(&semaphore)) {
                        (Ok(expected), tried) => prop_assert_eq!(tried.is_ok(), expected),
                        (Err(()), tried) => prop_assert!(tried.unwrap_err().is_closed()),
                    }
                }
                PermitStep::Release(at) => {
                    held[at].release(&semaphore);
                    model.drop_sender(at);
                    model.claims[at] = Some(Claim::None);
                }
                PermitStep::Forget(at) => {
                    held[at].forget();
                    model.line.retain(|&waiting| waiting != at);
                    model.claims[at] = Some(Claim::None);
                }
                PermitStep::Replace(at) => {
                    // Of a dropped permit, one that was acquired is lost; one that only was
                    // on its way, unknown to its owner, is passed on.
                    let acquired = held[at].is_acquired();
                    held[at] = Permit::new();
                    if acquired {
                        model.claims[at] = None;
                    }
                    model.drop_sender(at);
                    model.claims[at] = Some(Claim::None);
                }
                PermitStep::Add(n) => {
                    semaphore.add_permits(n);
                    (0..n).for_each(|_| model.free());
                }
                PermitStep::Close => {
                    semaphore.close();
                    model.close();
                }
            }
            prop_assert_eq!(semaphore.available_permits(), model.room);
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum WatchStep {
    Broadcast,
    Look(usize),
    Peek(usize),
    Clone(usize, usize),
    DropReceiver(usize),
    DropSender,
}

fn watch_steps() -> impl Strategy<Value = Vec<WatchStep>> {
    let party = 0..PARTIES;
    let step = prop_oneof![
        10 => Just(WatchStep::Broadcast),
        14 => party.clone().prop_map(WatchStep::Look),
        4 => party.clone().prop_map(WatchStep::Peek),
        3 => (party.clone(), party.clone()).prop_map(|(from, to)| WatchStep::Clone(from, to)),
        2 => party.prop_map(WatchStep::DropReceiver),
        1 => Just(WatchStep::DropSender),
    ];
    prop::collection::vec(step, 0..200)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fault_y08_a_watch_is_as_its_model(steps in watch_steps()) {
        let (tx, rx) = watch::channel(0u32);
        let mut sender = Some(tx);
        let mut receivers: Vec<Option<watch::Receiver<u32>>> = vec![None; PARTIES];
        receivers[0] = Some(rx);
        // The value each has seen last, and whether it waits.
        let mut seen = [None; PARTIES];
        let mut waits = [false; PARTIES];
        let tasks: Vec<_> = (0..PARTIES).map(|_| Counter::new()).collect();
        let mut latest = 0;
        for step in steps {
            let wakes: Vec<_> = tasks.iter().map(|task| task.wakes()).collect();
            let mut all_woken = false;
            match step {
                WatchStep::Broadcast => {
                    let Some(sender) = &mut sender else { continue };
                    let anyone = receivers.iter().any(Option::is_some);
                    prop_assert_eq!(sender.broadcast(latest + 1).is_ok(), anyone);
                    if anyone {
                        latest += 1;
                        all_woken = true;
                    }
                }
                WatchStep::Look(at) => {
                    let Some(receiver) = &mut receivers[at] else { continue };
                    let expected = if seen[at] != Some(latest) {
                        Poll::Ready(Some(latest))
                    } else if sender.is_none() {
                        Poll::Ready(None)
                    } else {
                        Poll::Pending
                    };
                    let looked = tasks[at].poll(|cx| receiver.poll_recv_cx(cx));
                    prop_assert_eq!(looked, expected);
                    seen[at] = Some(latest);
                    // Registered even if it was ready, as upstream.
                    waits[at] = true;
                }
                WatchStep::Peek(at) => {
                    let Some(receiver) = &receivers[at] else { continue };
                    prop_assert_eq!(*receiver.get_ref(), latest);
                }
                WatchStep::Clone(from, to) => {
                    receivers[to] = receivers[from].clone();
                    seen[to] = seen[from];
                    waits[to] = false;
                }
                WatchStep::DropReceiver(at) => {
                    receivers[at] = None;
                    waits[at] = false;
                }
                WatchStep::DropSender => {
                    all_woken = sender.take().is_some();
                }
            }
            for at in 0..PARTIES {
                let woken = all_woken && waits[at];
                prop_assert_eq!(tasks[at].wakes(), wakes[at] + usize::from(woken), "task {}", at);
                waits[at] &= !woken;
            }
        }
    }
}
