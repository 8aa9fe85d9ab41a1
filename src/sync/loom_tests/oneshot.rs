//! The oneshot channel: one winner, one owner of the value, one who frees the block.

use super::{block_on, model, poll_once};
use crate::sync::oneshot;
use loom::sync::Arc;
use loom::thread;
use std::task::Poll;

#[test]
fn loom_the_value_wakes_the_receiver() {
    model(|| {
        let (tx, mut rx) = oneshot::channel();
        let sender = thread::spawn(move || tx.send(Arc::new(7)).unwrap());
        assert_eq!(*block_on(|cx| rx.poll_recv_cx(cx)).unwrap(), 7);
        sender.join().unwrap();
    });
}

#[test]
fn loom_a_sender_that_goes_wakes_the_receiver() {
    model(|| {
        let (tx, mut rx) = oneshot::channel::<Arc<()>>();
        let sender = thread::spawn(move || drop(tx));
        block_on(|cx| rx.poll_recv_cx(cx)).unwrap_err();
        sender.join().unwrap();
    });
}

#[test]
fn loom_a_receiver_that_goes_wakes_the_sender() {
    model(|| {
        let (mut tx, rx) = oneshot::channel();
        let receiver = thread::spawn(move || drop(rx));
        block_on(|cx| tx.poll_close_cx(cx));
        assert!(tx.is_closed());
        receiver.join().unwrap();
        tx.send(Arc::new(())).unwrap_err();
    });
}

#[test]
fn loom_fault_y01_close_send_and_receive_at_once_have_one_winner() {
    model(|| {
        let (tx, mut rx) = oneshot::channel();
        let message = Arc::new(());
        let sent = message.clone();
        let sender = thread::spawn(move || tx.send(sent));
        rx.close();
        let received = rx.try_recv();
        let sent = sender.join().unwrap();
        assert_eq!(received.is_ok(), sent.is_ok(), "the value has one owner");
        drop((received, sent));
        assert_eq!(Arc::strong_count(&message), 1);
    });
}

#[test]
fn loom_a_value_sent_while_the_receiver_goes_is_freed() {
    model(|| {
        let (tx, mut rx) = oneshot::channel();
        let message = Arc::new(());
        let sent = message.clone();
        assert!(poll_once(|cx| rx.poll_recv_cx(cx)).is_pending());
        let sender = thread::spawn(move || drop(tx.send(sent)));
        drop(rx);
        sender.join().unwrap();
        assert_eq!(Arc::strong_count(&message), 1);
    });
}

#[test]
fn loom_a_receiver_that_changes_its_task_is_still_woken() {
    model(|| {
        let (tx, mut rx) = oneshot::channel();
        let sender = thread::spawn(move || tx.send(1).unwrap());
        match poll_once(|cx| rx.poll_recv_cx(cx)) {
            Poll::Ready(value) => assert_eq!(value.unwrap(), 1),
            Poll::Pending => assert_eq!(block_on(|cx| rx.poll_recv_cx(cx)).unwrap(), 1),
        }
        sender.join().unwrap();
    });
}

#[test]
fn loom_a_sender_that_changes_its_task_is_still_woken() {
    model(|| {
        let (mut tx, mut rx) = oneshot::channel::<()>();
        let receiver = thread::spawn(move || {
            rx.close();
            rx
        });
        if poll_once(|cx| tx.poll_close_cx(cx)).is_pending() {
            block_on(|cx| tx.poll_close_cx(cx));
        }
        drop(receiver.join().unwrap());
    });
}

#[test]
fn loom_fault_y02_both_ends_wait_and_go_at_once() {
    model(|| {
        let (mut tx, mut rx) = oneshot::channel::<Arc<()>>();
        let sender = thread::spawn(move || {
            let _ = poll_once(|cx| tx.poll_close_cx(cx));
            drop(tx);
        });
        let _ = poll_once(|cx| rx.poll_recv_cx(cx));
        drop(rx);
        sender.join().unwrap();
    });
}

#[test]
fn loom_both_ends_wait_and_the_value_arrives() {
    model(|| {
        let (mut tx, mut rx) = oneshot::channel();
        let sender = thread::spawn(move || {
            let _ = poll_once(|cx| tx.poll_close_cx(cx));
            tx.send(Arc::new(3)).unwrap();
        });
        assert_eq!(*block_on(|cx| rx.poll_recv_cx(cx)).unwrap(), 3);
        sender.join().unwrap();
    });
}
