//! What `join!`, `try_join!` and `select!` of this era promise.

use std::cell::RefCell;
use std::future::{poll_fn, ready};
use std::mem::size_of_val;
use std::task::Poll;
use tokio_era_02::runtime::Builder;
use tokio_era_02::{join, select, try_join};

fn block_on<F: std::future::Future>(future: F) -> F::Output {
    Builder::new().basic_scheduler().build().unwrap().block_on(future)
}

/// Upstream 1.x begins each poll with another future.
#[test]
fn joined_futures_are_polled_in_their_order_each_time() {
    let polls = RefCell::new(Vec::new());
    let ready_at_third = |name| {
        let (polls, mut turn) = (&polls, 0);
        poll_fn(move |cx| {
            polls.borrow_mut().push(name);
            turn += 1;
            if turn == 3 {
                return Poll::Ready(name);
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
    };
    let joined = async { join!(ready_at_third('a'), ready_at_third('b'), async { 'c' }) };
    assert_eq!(block_on(joined), ('a', 'b', 'c'));
    assert_eq!(polls.take(), ['a', 'b', 'a', 'b', 'a', 'b']);
}

#[test]
fn the_first_error_ends_a_try_join() {
    let polls = RefCell::new(0);
    let joined = async {
        try_join!(
            async { Ok(1) },
            async { Err::<(), _>("no") },
            poll_fn(|_cx| {
                *polls.borrow_mut() += 1;
                Poll::Ready(Ok(()))
            }),
        )
    };
    assert_eq!(block_on(joined), Err("no"));
    assert_eq!(polls.take(), 0, "what comes after the error is not polled");
    let joined: Result<_, ()> = block_on(async { try_join!(ready(Ok(1)), ready(Ok("two"))) });
    assert_eq!(joined, Ok((1, "two")));
}

#[test]
fn a_join_of_nothing_is_done() {
    block_on(async {
        join!();
        let nothing: Result<(), ()> = try_join!();
        assert_eq!(nothing, Ok(()));
    });
}

/// Upstream's own tests ask for these sizes.
#[test]
fn macros_take_little_room_beside_their_futures() {
    let (one, two) = (ready(0_i32), ready(0_i32));
    let joined = async { join!(one, two) };
    assert!(size_of_val(&joined) <= 28 + 16, "{}", size_of_val(&joined));
    let chosen = async {
        let (one, two, three) = (ready(0_i32), ready(0_i32), ready(0_i32));
        select! {
            _ = one => {}
            _ = two => {}
            _ = three => {}
        }
    };
    assert!(size_of_val(&chosen) <= 48, "{}", size_of_val(&chosen));
}
