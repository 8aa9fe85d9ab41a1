//! The broadcast channel: against a plain model of it, and where such channels have failed.
#![cfg(all(feature = "sync", not(loom)))]
#![allow(unsafe_code, reason = "shared with tests whose wakers are made by hand")]

use futures::{Async, Stream};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::{mpsc, Arc, Barrier};
use std::task::Poll;
use std::thread;
use test_support::counting::{in_task, Counter};
use test_support::stress::PATIENCE;
use tokio::sync::broadcast::{self, error::*};

/// How many receivers take part.
const PARTIES: usize = 3;
const CAPACITY: usize = 4;

#[derive(Clone, Copy, Debug)]
enum Step {
    Send,
    Subscribe(usize),
    /// Receive without waiting.
    Try(usize),
    /// Receive, and wait if there is nothing.
    Receive(usize),
    DropReceiver(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let party = 0..PARTIES;
    let step = prop_oneof![
        8 => Just(Step::Send),
        2 => party.clone().prop_map(Step::Subscribe),
        4 => party.clone().prop_map(Step::Try),
        6 => party.clone().prop_map(Step::Receive),
        1 => party.prop_map(Step::DropReceiver),
    ];
    prop::collection::vec(step, 0..200)
}

/// A receiver as one would draw it: all that was sent to it, and how much of that is lost.
#[derive(Default)]
struct Model {
    queue: VecDeque<u32>,
    lost: u64,
    waits: bool,
}

impl Model {
    fn receive(&mut self) -> Result<u32, TryRecvError> {
        match std::mem::take(&mut self.lost) {
            0 => self.queue.pop_front().ok_or(TryRecvError::Empty),
            lost => Err(TryRecvError::Lagged(lost)),
        }
    }
}

struct Party {
    real: broadcast::Receiver<Arc<u32>>,
    model: Model,
    waker: Arc<Counter>,
    /// Wakes that the model has seen.
    wakes: usize,
}

proptest! {
    #[test]
    fn fault_y10_a_broadcast_does_what_its_model_does(steps in steps()) {
        let tx = broadcast::Sender::new(CAPACITY);
        let mut parties: Vec<Option<Party>> = (0..PARTIES).map(|_| None).collect();
        let mut sent = 0;
        let mut alive: Vec<std::sync::Weak<u32>> = Vec::new();
        for step in steps {
            match step {
                Step::Send => {
                    sent += 1;
                    let value = Arc::new(sent);
                    alive.push(Arc::downgrade(&value));
                    let receivers = parties.iter().flatten().count();
                    match tx.send(value) {
                        Ok(n) => prop_assert_eq!(n, receivers),
                        Err(SendError(back)) => prop_assert_eq!((*back, receivers), (sent, 0)),
                    }
                    for party in parties.iter_mut().flatten() {
                        party.model.queue.push_back(sent);
                        if party.model.queue.len() > CAPACITY {
                            party.model.queue.pop_front();
                            party.model.lost += 1;
                        }
                        if std::mem::take(&mut party.model.waits) {
                            party.wakes += 1;
                        }
                    }
                }
                Step::Subscribe(n) => {
                    let real = tx.subscribe();
                    let waker = Counter::new();
                    parties[n] = Some(Party { real, model: Model::default(), waker, wakes: 0 });
                }
                Step::Try(n) => {
                    let Some(party) = &mut parties[n] else { continue };
                    let real = party.real.try_recv().map(|value| *value);
                    prop_assert_eq!(real, party.model.receive());
                }
                Step::Receive(n) => {
                    let Some(party) = &mut parties[n] else { continue };
                    let real = party.waker.poll(|cx| party.real.poll_recv_cx(cx));
                    let model = party.model.receive();
                    match real {
                        Poll::Ready(Ok(value)) => prop_assert_eq!(Ok(*value), model),
                        Poll::Ready(Err(RecvError::Lagged(lost))) => {
                            prop_assert_eq!(Err(TryRecvError::Lagged(lost)), model);
                        }
                        Poll::Ready(Err(RecvError::Closed)) => prop_assert!(false, "not closed"),
                        Poll::Pending => {
                            prop_assert_eq!(model, Err(TryRecvError::Empty));
                            party.model.waits = true;
                        }
                    }
                }
                Step::DropReceiver(n) => parties[n] = None,
            }
            for party in parties.iter().flatten() {
                let unseen = party.model.queue.len() + party.model.lost as usize;
                prop_assert_eq!(party.real.len(), unseen);
                prop_assert_eq!(party.waker.wakes(), party.wakes);
            }
            // A value is there exactly while somebody has yet to see it.
            let wanted = |n: u32| parties.iter().flatten().any(|p| p.model.queue.contains(&n));
            for (n, value) in (1..).zip(&alive) {
                prop_assert_eq!(value.upgrade().is_some(), wanted(n), "value {}", n);
            }
            let kept = (1..=sent).filter(|n| wanted(*n)).count();
            prop_assert_eq!(tx.len(), kept);
        }
        drop(tx);
        for mut party in parties.into_iter().flatten() {
            while party.model.receive() != Err(TryRecvError::Empty) {
                prop_assert!(party.real.try_recv() != Err(TryRecvError::Closed));
            }
            prop_assert_eq!(party.real.try_recv(), Err(TryRecvError::Closed));
        }
    }
}

/// Once all receivers had gone, a later one used to wait for ever.
#[test]
fn fault_y10_a_channel_without_receivers_opens_again() {
    let (tx, rx) = broadcast::channel(2);
    drop(rx);
    assert!(matches!(tx.send(1), Err(SendError(1))));
    let mut rx = tx.subscribe();
    let counter = Counter::new();
    assert!(counter.poll(|cx| rx.poll_recv_cx(cx)).is_pending());
    assert_eq!(tx.send(2).unwrap(), 1);
    assert_eq!(counter.wakes(), 1);
    assert_eq!(counter.poll(|cx| rx.poll_recv_cx(cx)), Poll::Ready(Ok(2)));
}

/// Waits that were given up used to pile up until the next message.
#[test]
fn fault_y10_waits_without_a_message_take_no_room() {
    let (tx, mut rx) = broadcast::channel::<u8>(2);
    let wakers: Vec<_> = (0..1000).map(|_| Counter::new()).collect();
    for waker in &wakers {
        let mut gone = tx.subscribe();
        assert!(waker.poll(|cx| gone.poll_recv_cx(cx)).is_pending());
        assert!(waker.poll(|cx| rx.poll_recv_cx(cx)).is_pending());
    }
    let kept = wakers.iter().filter(|waker| Arc::strong_count(waker) > 1).count();
    assert_eq!(kept, 1, "of the tasks that wait, one does");
    assert_eq!(tx.receiver_count(), 1);
}

/// All that is sent arrives, at whatever speed, or is counted as lost.
#[test]
fn fault_y10_every_message_is_received_or_counted() {
    const MESSAGES: u64 = 10_000;
    let tx = broadcast::Sender::new(16);
    let start = Arc::new(Barrier::new(4));
    let receivers: Vec<_> = (0..3)
        .map(|_| {
            let (mut rx, start) = (tx.subscribe(), start.clone());
            thread::spawn(move || {
                start.wait();
                let (mut seen, mut last) = (0, 0);
                loop {
                    match rx.blocking_recv() {
                        Ok(n) => {
                            assert!(n > last, "{n} came after {last}");
                            (seen, last) = (seen + 1, n);
                        }
                        Err(RecvError::Lagged(lost)) => seen += lost,
                        Err(RecvError::Closed) => return seen,
                    }
                }
            })
        })
        .collect();
    start.wait();
    for n in 1..=MESSAGES {
        tx.send(n).unwrap();
    }
    drop(tx);
    for receiver in receivers {
        assert_eq!(receiver.join().unwrap(), MESSAGES);
    }
}

/// A clone runs with nothing locked but its message: it may come back to the rest of the channel.
#[test]
fn fault_y11_a_clone_may_use_the_channel() {
    struct Chatty(broadcast::Sender<Chatty>, u32);

    impl Clone for Chatty {
        fn clone(&self) -> Chatty {
            assert_eq!(self.0.receiver_count(), 2);
            let _ = self.0.subscribe().try_recv();
            Chatty(self.0.clone(), self.1 + 1)
        }
    }

    let (tx, mut rx) = broadcast::channel(2);
    let mut other = tx.subscribe();
    tx.send(Chatty(tx.clone(), 0)).unwrap();
    assert_eq!(rx.try_recv().map(|chatty| chatty.1).ok(), Some(1));
    // The last one, too, gets a clone, as in tokio 1.x.
    assert_eq!(other.try_recv().map(|chatty| chatty.1).ok(), Some(1));
}

/// A clone that printed its sender waited for itself: for the lock of its message, and, while
/// another one was sent into its place, for that of the channel.
#[test]
fn a_clone_may_print_its_channel() {
    struct Logged(broadcast::Sender<Logged>, mpsc::Sender<()>);

    impl Clone for Logged {
        fn clone(&self) -> Logged {
            assert!(format!("{:?}", self.0).contains("capacity: 1"));
            self.1.send(()).unwrap();
            // The other thread sends once it holds the channel, which then does not show its tail.
            while format!("{:?}", self.0.downgrade()).contains("tail") {
                thread::yield_now();
            }
            Logged(self.0.clone(), self.1.clone())
        }
    }

    let (ended, end) = mpsc::channel();
    thread::spawn(move || {
        let (tx, mut rx) = broadcast::channel(1);
        let other = tx.subscribe();
        let (cloning, clones) = mpsc::channel();
        let message = || Logged(tx.clone(), cloning.clone());
        tx.send(message()).ok().unwrap();
        let (next, sender) = (message(), tx.clone());
        let sends = thread::spawn(move || {
            clones.recv().unwrap();
            assert_eq!(sender.send(next).ok(), Some(2));
        });
        assert!(rx.try_recv().is_ok());
        sends.join().unwrap();
        drop((rx, other));
        ended.send(()).unwrap();
    });
    end.recv_timeout(PATIENCE).expect("nobody waits for a lock of its own");
}

/// A value that is not `Sync` may be sent: its receivers clone it one after another.
#[test]
fn fault_y11_a_value_is_cloned_by_one_receiver_at_a_time() {
    struct Alone(Cell<u32>);

    impl Clone for Alone {
        fn clone(&self) -> Alone {
            let clones = self.0.get();
            thread::yield_now();
            self.0.set(clones + 1);
            Alone(Cell::new(0))
        }
    }

    let (tx, rx) = broadcast::channel(1);
    let parties: Vec<_> = (0..4).map(|_| tx.subscribe()).collect();
    let mut last = rx;
    tx.send(Alone(Cell::new(0))).ok().unwrap();
    let start = Barrier::new(parties.len());
    thread::scope(|scope| {
        for mut party in parties {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                assert!(party.try_recv().is_ok());
            });
        }
    });
    assert!(last.try_recv().is_ok());
}

/// What was sent to nobody but the one that goes is dropped, with nothing locked.
#[test]
fn a_destructor_may_use_the_channel() {
    #[derive(Clone)]
    struct Last(broadcast::Sender<Last>);

    impl Drop for Last {
        fn drop(&mut self) {
            assert!(self.0.len() <= 1, "a look at the channel that this comes from");
        }
    }

    let (tx, rx) = broadcast::channel(1);
    tx.send(Last(tx.clone())).unwrap();
    // In place of the former.
    let _ = tx.send(Last(tx.clone())).map(|n| assert_eq!(n, 1));
    drop(rx);
    assert!(tx.is_empty());
}

#[test]
fn a_receiver_is_a_stream_of_futures_01() {
    let (tx, mut rx) = broadcast::channel(1);
    in_task(|| {
        assert_eq!(rx.poll(), Ok(Async::NotReady));
        tx.send(1).unwrap();
        tx.send(2).unwrap();
        assert_eq!(rx.poll(), Err(RecvError::Lagged(1)));
        assert_eq!(rx.poll(), Ok(Async::Ready(Some(2))));
        drop(tx);
        assert_eq!(rx.poll(), Ok(Async::Ready(None)));
    });
}

#[test]
fn the_capacity_is_rounded_up() {
    let (tx, mut rx) = broadcast::channel(3);
    (0..5).for_each(|n| drop(tx.send(n)));
    assert_eq!((rx.len(), tx.len()), (5, 4));
    assert_eq!(rx.try_recv(), Err(TryRecvError::Lagged(1)));
    assert_eq!(rx.try_recv(), Ok(1));
}

#[test]
#[should_panic(expected = "capacity cannot be zero")]
fn a_capacity_of_zero_is_a_mistake() {
    drop(broadcast::channel::<u8>(0));
}

#[test]
fn a_weak_sender_does_not_keep_the_channel_open() {
    let (tx, mut rx) = broadcast::channel(1);
    let weak = tx.downgrade();
    let second = weak.clone().upgrade().unwrap();
    assert_eq!((tx.strong_count(), tx.weak_count()), (2, 1));
    second.send(1).unwrap();
    drop((tx, second));
    assert!(weak.upgrade().is_none());
    assert_eq!((rx.try_recv(), rx.try_recv()), (Ok(1), Err(TryRecvError::Closed)));
}

#[test]
fn a_wait_that_is_given_up_lets_go_of_its_task_at_once() {
    let (tx, mut rx) = broadcast::channel(2);
    let counter = Counter::new();
    let mut wait = rx.recv();
    assert!(counter.poll(|cx| wait.poll_cx(cx)).is_pending());
    assert!(Arc::strong_count(&counter) > 1, "it is to be woken");
    drop(wait);
    assert_eq!(Arc::strong_count(&counter), 1);
    tx.send(1).unwrap();
    assert_eq!(counter.wakes(), 0);
    assert_eq!(counter.poll(|cx| rx.recv().poll_cx(cx)), Poll::Ready(Ok(1)));
}
