//! When a block may be used again: a race too deep to be found from outside.

use super::{list_from, List, Rx, SPAN, TICKET};
use loom::sync::Arc;
use loom::thread;

/// Begins two blocks before the last ticket.
fn list<T>() -> (List<T>, Rx<T>) {
    list_from(FIRST)
}

const FIRST: usize = 0_usize.wrapping_sub(2 * SPAN);

/// The ticket of the message `index`.
fn ticket(index: usize) -> usize {
    FIRST.wrapping_add(index * TICKET)
}

fn fill(list: &List<usize>, index: usize) {
    assert!(list.fill(ticket(index), index).is_ok(), "the receiver is not gone");
}

fn take(list: &List<usize>, rx: &mut Rx<usize>) -> usize {
    // Waiting, it links the block that it waits in, and so recycles what it may.
    while !rx.wait(list) {
        thread::yield_now();
    }
    rx.take()
}

/// One sender was so slow that `newest` is two blocks behind. Of the next two, one moves it
/// on, and the other may have found its block from the one that is left. The receiver
/// crosses into a new block between their messages.
fn leave_a_block(preemptions: usize, draw_ahead: bool) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound.get_or_insert(preemptions);
    builder.check(move || {
        let (list, mut rx) = list();
        for index in 0..5 {
            assert_eq!(list.draw(), Some(ticket(index)));
        }
        // The first comes last: none of the others finds the first block full.
        for index in (0..5).rev() {
            fill(&list, index);
        }
        for index in 0..5 {
            assert_eq!(take(&list, &mut rx), index);
        }
        let list = Arc::new(list);
        let senders = [(); 2].map(|()| {
            let drawn = if draw_ahead { list.draw() } else { None };
            let list = list.clone();
            thread::spawn(move || match drawn.or_else(|| list.draw()) {
                Some(drawn) => {
                    let index = drawn.wrapping_sub(FIRST) / TICKET;
                    fill(&list, index);
                }
                None => unreachable!("nobody closes the list"),
            })
        });
        assert_eq!(take(&list, &mut rx), 5);
        assert_eq!(take(&list, &mut rx), 6);
        for sender in senders {
            sender.join().unwrap();
        }
        rx.leave(&list);
    });
}

#[test]
fn loom_a_block_is_not_used_again_while_a_sender_comes_from_there() {
    leave_a_block(3, true);
}

#[test]
fn loom_a_block_is_not_found_any_more_by_tickets_drawn_after_it_was_left() {
    leave_a_block(2, false);
}

/// The receiver goes instead. A sender whose slot it has abandoned may still be on its way
/// there from the first block, which another sender has just left: that block must stay.
#[test]
fn loom_fault_y03_a_block_stays_for_a_sender_whose_slot_was_abandoned() {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound.get_or_insert(2);
    builder.check(|| {
        let (list, mut rx) = list();
        for index in 0..5 {
            assert_eq!(list.draw(), Some(ticket(index)));
        }
        // As above: `newest` is two blocks behind.
        for index in (0..5).rev() {
            assert!(list.fill(ticket(index), Arc::new(())).is_ok());
        }
        for _ in 0..5 {
            assert!(rx.wait(&list));
            rx.take();
        }
        let (list, message) = (Arc::new(list), Arc::new(()));
        let (slow, fast) = (list.draw().unwrap(), list.draw().unwrap());
        let senders = [(slow, 0), (fast, 2)].map(|(ticket, further)| {
            let (list, message) = (list.clone(), message.clone());
            thread::spawn(move || {
                drop(list.fill(ticket, message.clone()));
                // Into a block after those there were when the first was left.
                (0..further).for_each(|_| drop(list.push(message.clone())));
            })
        });
        list.close();
        while let Some(message) = rx.abandon_next(&list) {
            drop(message);
        }
        rx.leave(&list);
        for sender in senders {
            sender.join().unwrap();
        }
        assert_eq!(Arc::strong_count(&message), 1, "although the list is still there");
    });
}
