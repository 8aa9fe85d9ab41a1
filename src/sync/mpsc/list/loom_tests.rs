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

/// The receiver goes instead. A sender whose cell it has abandoned may still be on its way
/// there from the first block, which another sender has just left: that block must stay.
#[test]
fn loom_fault_y03_a_block_stays_for_a_sender_whose_cell_was_abandoned() {
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

/// What a thread does before it closes the list is seen by who finds that closed.
#[test]
fn loom_who_finds_the_list_closed_sees_what_came_before() {
    use tokio_executor::internals::sys::UnsafeCell;

    struct Data(UnsafeCell<u32>);
    // SAFETY: loom checks each access.
    unsafe impl Send for Data {}
    // SAFETY: as above.
    unsafe impl Sync for Data {}

    loom::model(|| {
        let (list, mut rx) = list::<()>();
        let shared = Arc::new((list, Data(UnsafeCell::new(0))));
        let closer = {
            let shared = shared.clone();
            thread::spawn(move || {
                // SAFETY: loom reports an access at the same time.
                shared.1 .0.with_mut(|data| unsafe { *data = 7 });
                shared.0.close();
            })
        };
        if shared.0.is_closed() {
            // SAFETY: as above.
            shared.1 .0.with(|data| assert_eq!(unsafe { *data }, 7));
        }
        closer.join().unwrap();
        rx.leave(&shared.0);
    });
}

/// The receiver crosses into a block and links one that is used up to the end, while a sender
/// makes a new end, or walks on to the one that was linked.
#[test]
fn loom_a_block_is_linked_to_the_end_as_a_sender_makes_a_new_one() {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound.get_or_insert(3);
    builder.check(|| {
        let (list, mut rx) = list();
        for index in 0..6 {
            assert!(list.push(index).is_ok());
        }
        for index in 0..4 {
            assert_eq!(take(&list, &mut rx), index);
        }
        let list = Arc::new(list);
        let sender = {
            let list = list.clone();
            thread::spawn(move || assert!(list.push(6).is_ok()))
        };
        assert_eq!(take(&list, &mut rx), 4);
        assert_eq!(take(&list, &mut rx), 5);
        sender.join().unwrap();
        assert_eq!(take(&list, &mut rx), 6);
        rx.leave(&list);
    });
}

/// The receiver looks into a block that a sender has linked, and that it learns of in no other
/// way: the block is whole, also at the second look, which begins with the block's own ticket.
#[test]
fn loom_a_block_that_was_linked_just_now_is_whole() {
    loom::model(|| {
        let (list, mut rx) = list();
        for index in 0..2 {
            assert!(list.push(index).is_ok());
            assert_eq!(take(&list, &mut rx), index);
        }
        let list = Arc::new(list);
        // A thread of its own: it comes second in the first run of the model, and has the
        // whole of the sender's steps to choose from.
        let receiver = {
            let list = list.clone();
            thread::spawn(move || {
                let is_there = rx.is_ready(&list) || rx.is_ready(&list);
                (is_there.then(|| rx.take()), rx)
            })
        };
        assert!(list.push(2).is_ok());
        let (taken, mut rx) = receiver.join().unwrap();
        assert_eq!(taken.unwrap_or_else(|| take(&list, &mut rx)), 2);
        rx.leave(&list);
    });
}

/// The receiver links a used block to the end, to which a sender has moved `newest` meanwhile:
/// it takes none of that sender's messages before.
#[test]
fn loom_the_end_is_whole_to_which_the_receiver_links_a_block() {
    loom::model(|| {
        let (list, mut rx) = list();
        for index in 0..5 {
            assert!(list.push(index).is_ok());
        }
        for index in 0..4 {
            assert_eq!(take(&list, &mut rx), index);
        }
        let list = Arc::new(list);
        let receiver = {
            let list = list.clone();
            thread::spawn(move || {
                // Crosses into the third block, and so gives up the first.
                assert_eq!(take(&list, &mut rx), 4);
                rx
            })
        };
        for index in 5..7 {
            assert!(list.push(index).is_ok());
        }
        let mut rx = receiver.join().unwrap();
        for index in 5..7 {
            assert_eq!(take(&list, &mut rx), index);
        }
        rx.leave(&list);
    });
}
