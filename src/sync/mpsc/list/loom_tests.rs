//! When a block may be used again: a race too deep to be found from outside.

use super::{list, List, Rx};
use loom::sync::Arc;
use loom::thread;

fn fill(list: &List<usize>, index: usize) {
    assert!(list.fill(index, index).is_ok(), "the receiver is not gone");
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
            assert_eq!(list.draw(), Some(index));
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
                Some(index) => fill(&list, index),
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
