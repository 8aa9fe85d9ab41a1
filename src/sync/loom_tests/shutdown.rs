//! The token by which tasks are told to end: no wait for it is missed.

use super::cancellation::Token;
use super::{block_on, model, Deed};
use loom::thread;

/// Cancels a token while another thread does `look` with it.
fn cancel_against(look: fn(&Token, &Deed)) {
    model(move || {
        let (token, deed) = (Token::new(), Deed::new());
        let (theirs, done) = (token.clone(), deed.clone());
        let other = thread::spawn(move || look(&theirs, &done));
        deed.happens();
        token.cancel();
        other.join().unwrap();
    });
}

#[test]
fn loom_a_token_that_is_cancelled_ends_the_wait_for_it() {
    cancel_against(|token, deed| {
        let mut cancelled = token.cancelled();
        block_on(|cx| cancelled.poll_cx(cx));
        assert!(deed.is_seen());
    });
}

#[test]
fn loom_who_finds_a_token_cancelled_sees_what_came_before() {
    cancel_against(|token, deed| assert!(!token.is_cancelled() || deed.is_seen()));
}
