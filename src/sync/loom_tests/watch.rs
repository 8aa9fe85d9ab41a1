//! The watch channel: the newest value is seen, once, by everyone.

use super::{block_on, model, model_with, poll_once, Deed};
use crate::sync::watch;
use loom::sync::Arc;
use loom::thread;
use std::task::Poll;

/// A receiver that has seen the first value.
fn channel() -> (watch::Sender<u32>, watch::Receiver<u32>) {
    let (tx, mut rx) = watch::channel(0);
    assert_eq!(poll_once(|cx| rx.poll_recv_cx(cx)), Poll::Ready(Some(0)));
    (tx, rx)
}

#[test]
fn loom_fault_y08_an_update_between_look_and_wait_is_not_missed() {
    model(|| {
        let (mut tx, mut rx) = channel();
        let sender = thread::spawn(move || {
            tx.broadcast(1).unwrap();
            tx
        });
        assert_eq!(block_on(|cx| rx.poll_recv_cx(cx)), Some(1));
        assert!(poll_once(|cx| rx.poll_recv_cx(cx)).is_pending(), "seen once");
        drop(sender.join().unwrap());
    });
}

#[test]
fn loom_fault_y08_of_two_updates_the_newest_is_seen_and_none_twice() {
    model_with(2, || {
        let (mut tx, mut rx) = channel();
        let sender = thread::spawn(move || {
            tx.broadcast(1).unwrap();
            tx.broadcast(2).unwrap();
        });
        let mut seen = Vec::new();
        while let Some(value) = block_on(|cx| rx.poll_recv_cx(cx)) {
            seen.push(value);
        }
        assert!(seen == [1, 2] || seen == [2], "saw {seen:?}");
        sender.join().unwrap();
    });
}

#[test]
fn loom_a_sender_that_goes_wakes_the_receiver() {
    model(|| {
        let (tx, mut rx) = channel();
        let sender = thread::spawn(move || drop(tx));
        assert_eq!(block_on(|cx| rx.poll_recv_cx(cx)), None);
        sender.join().unwrap();
    });
}

#[test]
fn loom_a_receiver_cloned_during_an_update_sees_it() {
    model_with(2, || {
        let (mut tx, mut rx) = channel();
        let sender = thread::spawn(move || {
            tx.broadcast(1).unwrap();
            tx
        });
        let mut clone = rx.clone();
        assert_eq!(block_on(|cx| clone.poll_recv_cx(cx)), Some(1));
        assert_eq!(block_on(|cx| rx.poll_recv_cx(cx)), Some(1));
        drop(sender.join().unwrap());
    });
}

#[test]
fn loom_the_last_receiver_wakes_the_sender() {
    model(|| {
        let (mut tx, rx) = watch::channel(());
        let other = rx.clone();
        let receivers = [rx, other].map(|rx| thread::spawn(move || drop(rx)));
        block_on(|cx| tx.poll_close_cx(cx));
        tx.broadcast(()).unwrap_err();
        for receiver in receivers {
            receiver.join().unwrap();
        }
    });
}

#[test]
fn loom_a_value_sent_while_the_last_receiver_goes_is_freed() {
    model(|| {
        let (mut tx, mut rx) = watch::channel(None);
        let value = Arc::new(());
        let sent = value.clone();
        let _ = poll_once(|cx| rx.poll_recv_cx(cx));
        let sender = thread::spawn(move || {
            drop(tx.broadcast(Some(sent)));
            tx
        });
        drop(rx);
        let tx = sender.join().unwrap();
        assert_eq!(Arc::strong_count(&value), 1, "although the sender is left");
        drop(tx);
    });
}

#[test]
fn loom_a_borrow_keeps_its_value_during_an_update() {
    model(|| {
        let (mut tx, rx) = watch::channel(Arc::new(0));
        let sender = thread::spawn(move || tx.broadcast(Arc::new(1)).unwrap());
        let seen = rx.get_ref();
        assert!(**seen == 0 || **seen == 1);
        drop(seen);
        sender.join().unwrap();
        assert_eq!(**rx.get_ref(), 1);
    });
}

/// Deadlocks if the end of a look is missed.
#[test]
fn loom_a_change_in_place_waits_for_the_last_look_and_is_woken_at_its_end() {
    model_with(2, || {
        let tx = watch::Sender::new(0);
        let readers = [tx.subscribe(), tx.subscribe()].map(|rx| {
            thread::spawn(move || {
                let seen = rx.get_ref();
                // Others may run while this looks.
                thread::yield_now();
                assert!(*seen == 0 || *seen == 1);
            })
        });
        tx.send_modify(|value| *value += 1);
        readers.into_iter().for_each(|reader| reader.join().unwrap());
        assert_eq!(*tx.borrow(), 1);
    });
}

/// The same with a look that ends as the sender begins to wait. The deed orders nothing, but has
/// the model try the sender in the midst of the look, of which it knows no step otherwise.
#[test]
fn loom_the_end_of_a_look_and_a_change_in_place_do_not_miss_each_other() {
    model_with(2, || {
        let (tx, looks) = (watch::Sender::new(0), Deed::new());
        let (rx, looking) = (tx.subscribe(), looks.clone());
        let reader = thread::spawn(move || {
            let seen = rx.get_ref();
            looking.happens();
            drop(seen);
        });
        let _ = looks.is_seen();
        tx.send_modify(|value| *value += 1);
        reader.join().unwrap();
        assert_eq!(*tx.borrow(), 1);
    });
}

#[test]
fn loom_a_change_brings_along_what_came_before_it() {
    model(|| {
        let ((mut tx, rx), deed) = (channel(), Deed::new());
        let done = deed.clone();
        let receiver = thread::spawn(move || {
            if rx.has_changed() == Some(true) {
                assert!(done.is_seen());
            }
            rx
        });
        deed.happens();
        tx.broadcast(1).unwrap();
        drop(receiver.join().unwrap());
    });
}

/// Two threads each do something, and drop their half of `last`: who then finds the end of the
/// channel at the other `end` sees both.
fn two_go<L: Clone + Send + 'static, E: Send + 'static>(
    last: L,
    mut end: E,
    is_over: fn(&mut E) -> bool,
) {
    let deeds = [Deed::new(), Deed::new()];
    let (theirs, [first, second]) = (last.clone(), deeds.clone());
    let other = thread::spawn(move || {
        first.happens();
        drop(theirs);
    });
    let looker = thread::spawn(move || {
        if is_over(&mut end) {
            assert!(deeds.iter().all(Deed::is_seen));
        }
        end
    });
    second.happens();
    drop(last);
    other.join().unwrap();
    assert!(is_over(&mut looker.join().unwrap()));
}

fn two_senders_go(is_over: fn(&mut watch::Receiver<u32>) -> bool) {
    model(move || {
        let (tx, rx) = channel();
        two_go(tx, rx, is_over);
    });
}

fn two_receivers_go(is_over: fn(&mut watch::Sender<u32>) -> bool) {
    model(move || {
        let (tx, rx) = channel();
        two_go(rx, tx, is_over);
    });
}

#[test]
fn loom_the_end_shows_what_each_sender_did() {
    two_senders_go(|rx| poll_once(|cx| rx.poll_recv_cx(cx)) == Poll::Ready(None));
}

#[test]
fn loom_a_look_for_the_end_shows_what_each_sender_did() {
    two_senders_go(|rx| rx.is_closed());
}

#[test]
fn loom_a_sender_without_receivers_sees_what_each_did() {
    two_receivers_go(|tx| poll_once(|cx| tx.poll_close_cx(cx)).is_ready());
}

#[test]
fn loom_a_look_for_receivers_shows_what_each_did() {
    two_receivers_go(|tx| tx.is_closed());
}
