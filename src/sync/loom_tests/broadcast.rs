//! Every message to every receiver: no wake lost, none received twice, all freed.

use super::{block_on, model, model_with, poll_once};
use crate::sync::broadcast::{self, error::RecvError};
use loom::sync::Arc;
use loom::thread;

#[test]
fn loom_fault_y10_a_message_races_the_wait_and_is_received() {
    model(|| {
        let (tx, mut rx) = broadcast::channel(2);
        let sender = thread::spawn(move || {
            tx.send(1).unwrap();
            tx
        });
        assert_eq!(block_on(|cx| rx.poll_recv_cx(cx)), Ok(1));
        let tx = sender.join().unwrap();
        assert!(poll_once(|cx| rx.poll_recv_cx(cx)).is_pending(), "received once");
        drop(tx);
    });
}

#[test]
fn loom_fault_y10_two_senders_wake_a_receiver_for_both() {
    model_with(2, || {
        let (tx, mut rx) = broadcast::channel(2);
        let other = tx.clone();
        let senders = [tx, other].map(|tx| thread::spawn(move || drop(tx.send(()))));
        let mut received = 0;
        while block_on(|cx| rx.poll_recv_cx(cx)) != Err(RecvError::Closed) {
            received += 1;
        }
        assert_eq!(received, 2);
        for sender in senders {
            sender.join().unwrap();
        }
    });
}

#[test]
fn loom_the_last_sender_wakes_the_receiver() {
    model(|| {
        let (tx, mut rx) = broadcast::channel::<()>(1);
        let sender = thread::spawn(move || drop(tx));
        assert_eq!(block_on(|cx| rx.poll_recv_cx(cx)), Err(RecvError::Closed));
        sender.join().unwrap();
    });
}

/// The message is in its entry before the channel tells of it: so a receiver that looks without
/// waiting may be ahead of what was told, and must wait all the same.
#[test]
fn loom_a_receiver_that_took_a_message_early_is_woken_for_the_next() {
    model_with(2, || {
        let (tx, mut rx) = broadcast::channel(2);
        let sender = thread::spawn(move || {
            tx.send(1).unwrap();
            tx.send(2).unwrap();
            tx
        });
        let first = rx.try_recv();
        if first != Ok(1) {
            assert_eq!(block_on(|cx| rx.poll_recv_cx(cx)), Ok(1));
        }
        assert_eq!(block_on(|cx| rx.poll_recv_cx(cx)), Ok(2));
        drop(sender.join().unwrap());
    });
}

/// A message is either there or counted as missed.
#[test]
fn loom_fault_y10_a_slow_receiver_misses_what_it_is_told() {
    model_with(2, || {
        let (tx, mut rx) = broadcast::channel(1);
        let sender = thread::spawn(move || {
            tx.send(1).unwrap();
            tx.send(2).unwrap();
        });
        let mut seen = 0;
        loop {
            match block_on(|cx| rx.poll_recv_cx(cx)) {
                Ok(n) => seen += n.min(1),
                Err(RecvError::Lagged(missed)) => seen += missed,
                Err(RecvError::Closed) => break,
            }
        }
        assert_eq!(seen, 2);
        sender.join().unwrap();
    });
}

#[test]
fn loom_a_message_is_freed_with_the_last_receiver_to_want_it() {
    model_with(2, || {
        let (tx, rx) = broadcast::channel(2);
        let value = Arc::new(());
        let mut other = tx.subscribe();
        tx.send(value.clone()).unwrap();
        let receiver = thread::spawn(move || {
            drop(block_on(|cx| other.poll_recv_cx(cx)).unwrap());
            other
        });
        drop(rx);
        let other = receiver.join().unwrap();
        assert_eq!(Arc::strong_count(&value), 1, "although both ends are left");
        drop((tx, other));
    });
}

/// A message is cloned under the lock of its entry, which a sender that puts another one in its
/// place waits for under the channel's: so a clone may take and drop senders without that lock.
#[test]
fn loom_a_message_with_a_sender_is_cloned_while_another_takes_its_place() {
    struct Reply(broadcast::Sender<Reply>);

    impl Clone for Reply {
        fn clone(&self) -> Reply {
            drop(self.0.downgrade().upgrade());
            Reply(self.0.clone())
        }
    }

    model(|| {
        let (tx, mut rx) = broadcast::channel(1);
        let other = tx.subscribe();
        tx.send(Reply(tx.clone())).ok().unwrap();
        let sender = thread::spawn(move || {
            let next = Reply(tx.clone());
            tx.send(next).ok().unwrap();
            tx
        });
        drop(rx.try_recv());
        let tx = sender.join().unwrap();
        drop((rx, other));
        // What nobody has seen leads back to the channel.
        assert!(tx.is_empty());
    });
}
