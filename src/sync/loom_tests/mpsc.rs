//! The channels: no message and no wake is lost, no message is freed twice.

use super::{block_on, model, model_with, poll_once};
use crate::sync::mpsc;
use loom::sync::Arc;
use loom::thread;
use std::task::Poll;

#[test]
fn loom_a_message_wakes_the_receiver() {
    model(|| {
        let (mut tx, mut rx) = mpsc::unbounded_channel();
        let sender = thread::spawn(move || {
            tx.try_send(7).unwrap();
            // Not dropped here, since that would wake the receiver too.
            tx
        });
        assert_eq!(block_on(|cx| rx.poll_recv_cx(cx)), Some(7));
        let mut tx = sender.join().unwrap();
        tx.try_send(8).unwrap();
        assert_eq!(block_on(|cx| rx.poll_recv_cx(cx)), Some(8));
    });
}

#[test]
fn loom_messages_of_two_senders_all_arrive_and_then_the_end() {
    model_with(2, || {
        let (mut tx, mut rx) = mpsc::unbounded_channel();
        let mut other = tx.clone();
        let first = thread::spawn(move || tx.try_send(1).unwrap());
        let second = thread::spawn(move || other.try_send(2).unwrap());
        let mut sum = 0;
        while let Some(message) = block_on(|cx| rx.poll_recv_cx(cx)) {
            sum += message;
        }
        assert_eq!(sum, 3);
        first.join().unwrap();
        second.join().unwrap();
    });
}

#[test]
fn loom_the_last_sender_wakes_the_receiver() {
    model(|| {
        let (tx, mut rx) = mpsc::unbounded_channel::<()>();
        let other = tx.clone();
        let sender = thread::spawn(move || drop(tx));
        let second = thread::spawn(move || drop(other));
        assert_eq!(block_on(|cx| rx.poll_recv_cx(cx)), None);
        sender.join().unwrap();
        second.join().unwrap();
    });
}

#[test]
fn loom_close_against_send_is_received_or_given_back() {
    model(|| {
        let (mut tx, mut rx) = mpsc::unbounded_channel();
        let sender = thread::spawn(move || {
            let sent = tx.try_send(1).is_ok();
            (sent, tx.try_send(2).is_ok())
        });
        rx.close();
        let mut seen = Vec::new();
        while let Some(message) = block_on(|cx| rx.poll_recv_cx(cx)) {
            seen.push(message);
        }
        let (first, second) = sender.join().unwrap();
        let mut sent = Vec::new();
        sent.extend(first.then_some(1));
        sent.extend(second.then_some(2));
        assert_eq!(seen, sent);
    });
}

/// A message that was on its way when the receiver went used to stay in the channel, or
/// for ever.
#[test]
fn loom_fault_y03_a_message_sent_while_the_receiver_drops_is_freed() {
    model(|| {
        let (mut tx, rx) = mpsc::unbounded_channel();
        let message = Arc::new(());
        let sent = message.clone();
        let mut other = tx.clone();
        let sender = thread::spawn(move || drop(tx.try_send(sent)));
        drop(rx);
        sender.join().unwrap();
        assert_eq!(Arc::strong_count(&message), 1, "although a sender is left");
        other.try_send(message).unwrap_err();
    });
}

/// The receiver crosses into the third block, and so recycles the first, while the sender
/// moves from the second to the third.
#[test]
fn loom_blocks_are_used_again_in_order() {
    model_with(2, || {
        let (mut tx, mut rx) = mpsc::unbounded_channel();
        for message in 0..3 {
            tx.try_send(message).unwrap();
            assert_eq!(poll_once(|cx| rx.poll_recv_cx(cx)), Poll::Ready(Some(message)));
        }
        let sender = thread::spawn(move || {
            for message in 3..6 {
                tx.try_send(message).unwrap();
            }
            tx
        });
        for message in 3..6 {
            assert_eq!(block_on(|cx| rx.poll_recv_cx(cx)), Some(message));
        }
        let mut tx = sender.join().unwrap();
        for message in 6..9 {
            tx.try_send(message).unwrap();
            assert_eq!(poll_once(|cx| rx.poll_recv_cx(cx)), Poll::Ready(Some(message)));
        }
    });
}

/// Both senders find the first block, which is used up; the receiver recycles it as soon
/// as it may.
#[test]
fn loom_a_block_stays_while_a_sender_may_look_for_its_cell_from_there() {
    model_with(2, || {
        let (mut tx, mut rx) = mpsc::unbounded_channel();
        for _ in 0..2 {
            tx.try_send(1).unwrap();
            assert!(poll_once(|cx| rx.poll_recv_cx(cx)).is_ready());
        }
        let mut other = tx.clone();
        let first = thread::spawn(move || tx.try_send(1).unwrap());
        let second = thread::spawn(move || other.try_send(1).unwrap());
        let mut count = 0;
        // Ends in the third block, behind the last message.
        while let Some(message) = block_on(|cx| rx.poll_recv_cx(cx)) {
            count += message;
        }
        assert_eq!(count, 2);
        first.join().unwrap();
        second.join().unwrap();
    });
}

#[test]
fn loom_a_receiver_that_polls_on_another_task_is_still_woken() {
    model(|| {
        let (mut tx, mut rx) = mpsc::unbounded_channel();
        let sender = thread::spawn(move || tx.try_send(1).unwrap());
        match poll_once(|cx| rx.poll_recv_cx(cx)) {
            Poll::Ready(message) => assert_eq!(message, Some(1)),
            Poll::Pending => assert_eq!(block_on(|cx| rx.poll_recv_cx(cx)), Some(1)),
        }
        sender.join().unwrap();
    });
}

#[test]
fn loom_room_wakes_the_sender() {
    model_with(2, || {
        let (mut tx, mut rx) = mpsc::channel(1);
        let sender = thread::spawn(move || {
            for message in 0..2 {
                block_on(|cx| tx.poll_ready_cx(cx)).unwrap();
                tx.try_send(message).unwrap();
            }
        });
        for message in 0..2 {
            assert_eq!(block_on(|cx| rx.poll_recv_cx(cx)), Some(message));
        }
        assert_eq!(block_on(|cx| rx.poll_recv_cx(cx)), None);
        sender.join().unwrap();
    });
}

#[test]
fn loom_closing_waits_for_room_that_was_claimed_and_given_up() {
    model(|| {
        let (mut tx, mut rx) = mpsc::channel::<()>(1);
        let kept = tx.clone();
        let sender = thread::spawn(move || {
            let _claimed = poll_once(|cx| tx.poll_ready_cx(cx));
        });
        rx.close();
        assert_eq!(block_on(|cx| rx.poll_recv_cx(cx)), None);
        sender.join().unwrap();
        drop(kept);
    });
}

#[test]
fn loom_closing_waits_for_a_message_whose_room_was_claimed() {
    model(|| {
        let (mut tx, mut rx) = mpsc::channel(1);
        assert!(poll_once(|cx| tx.poll_ready_cx(cx)).is_ready());
        let sender = thread::spawn(move || {
            tx.try_send(7).unwrap();
            tx
        });
        rx.close();
        assert_eq!(block_on(|cx| rx.poll_recv_cx(cx)), Some(7));
        assert_eq!(block_on(|cx| rx.poll_recv_cx(cx)), None);
        drop(sender.join().unwrap());
    });
}

#[test]
fn loom_a_receiver_that_goes_wakes_the_sender_that_waits_for_room() {
    model(|| {
        let (mut tx, rx) = mpsc::channel(1);
        tx.try_send(Arc::new(())).unwrap();
        let sender = thread::spawn(move || {
            block_on(|cx| tx.poll_ready_cx(cx)).unwrap_err();
        });
        drop(rx);
        sender.join().unwrap();
    });
}

#[test]
fn loom_fault_y04_room_given_to_a_sender_that_goes_is_passed_on() {
    model_with(2, || {
        let (mut tx, mut rx) = mpsc::channel(1);
        let mut goes = tx.clone();
        tx.try_send(1).unwrap();
        assert!(poll_once(|cx| goes.poll_ready_cx(cx)).is_pending());
        let going = thread::spawn(move || drop(goes));
        let taking = thread::spawn(move || {
            assert_eq!(poll_once(|cx| rx.poll_recv_cx(cx)), Poll::Ready(Some(1)));
            rx
        });
        // Behind the one that goes.
        block_on(|cx| tx.poll_ready_cx(cx)).unwrap();
        going.join().unwrap();
        drop(taking.join().unwrap());
    });
}

/// A receiver that has closed the channel waits for the last permit; the sender stays.
#[test]
fn loom_the_last_room_given_back_ends_a_closed_channel() {
    model_with(2, || {
        let (tx, mut rx) = mpsc::channel::<usize>(2);
        let stays = tx.clone();
        let holder = thread::spawn(move || {
            // Either may come too late.
            let rooms = [tx.try_reserve(1), tx.try_reserve(1)];
            drop(rooms);
            tx
        });
        rx.close();
        assert!(block_on(|cx| rx.poll_recv_cx(cx)).is_none());
        drop((holder.join().unwrap(), stays));
    });
}

#[test]
fn loom_a_weak_sender_revives_no_channel_that_has_ended() {
    model(|| {
        let (tx, mut rx) = mpsc::channel::<usize>(1);
        let weak = tx.downgrade();
        let last = thread::spawn(move || drop(tx));
        let sent = weak.upgrade().map(|mut tx| tx.try_send(1).unwrap());
        last.join().unwrap();
        assert_eq!(block_on(|cx| rx.poll_recv_cx(cx)), sent.map(|()| 1));
    });
}

/// Each sender does something and goes, without a message: who finds the end sees all of it.
/// Programs wait in this way for their tasks.
#[test]
fn loom_the_end_shows_what_each_sender_did() {
    use tokio_executor::internals::sys::UnsafeCell;

    struct Data(UnsafeCell<u32>);
    // SAFETY: loom checks each access.
    unsafe impl Send for Data {}
    // SAFETY: as above.
    unsafe impl Sync for Data {}

    model(|| {
        let (tx, mut rx) = mpsc::unbounded_channel::<()>();
        let go = |tx: mpsc::UnboundedSender<()>| {
            let data = Arc::new(Data(UnsafeCell::new(0)));
            let theirs = data.clone();
            let thread = thread::spawn(move || {
                // SAFETY: loom reports an access at the same time.
                theirs.0.with_mut(|data| unsafe { *data = 7 });
                drop(tx);
            });
            (data, thread)
        };
        let senders = [go(tx.clone()), go(tx)];
        if poll_once(|cx| rx.poll_recv_cx(cx)) == Poll::Ready(None) {
            for (data, _) in &senders {
                // SAFETY: as above.
                data.0.with(|data| assert_eq!(unsafe { *data }, 7));
            }
        }
        for (_, thread) in senders {
            thread.join().unwrap();
        }
    });
}
