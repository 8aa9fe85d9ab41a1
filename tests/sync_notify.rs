//! Notifications: who is woken by what, against a plain model, and where it has gone wrong.
#![cfg(all(feature = "sync", not(loom)))]
#![allow(unsafe_code, reason = "shared with tests whose wakers are made by hand")]

use futures::Future;
use proptest::prelude::*;
use std::collections::VecDeque;
use std::sync::Arc;
use test_support::counting::{in_task, Counter};
use tokio::sync::notify::{Notify, OwnedNotified};

const PARTIES: usize = 4;

#[derive(Clone, Copy, Debug)]
enum Step {
    One,
    Last,
    All,
    Make(usize),
    Poll(usize),
    Enable(usize),
    Drop(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let party = 0..PARTIES;
    let step = prop_oneof![
        4 => Just(Step::One),
        1 => Just(Step::Last),
        2 => Just(Step::All),
        4 => party.clone().prop_map(Step::Make),
        8 => party.clone().prop_map(Step::Poll),
        2 => party.clone().prop_map(Step::Enable),
        3 => party.prop_map(Step::Drop),
    ];
    prop::collection::vec(step, 0..200)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    /// Made, and not in line; whether there was a call for all since.
    Made {
        over: bool,
    },
    InLine,
    NotifiedOne,
    NotifiedLast,
    Over,
}

#[derive(Default)]
struct Model {
    permit: bool,
    line: VecDeque<usize>,
    waits: [Option<Wait>; PARTIES],
}

impl Model {
    fn one(&mut self) {
        match self.line.pop_front() {
            Some(n) => self.waits[n] = Some(Wait::NotifiedOne),
            None => self.permit = true,
        }
    }

    fn last(&mut self) {
        match self.line.pop_back() {
            Some(n) => self.waits[n] = Some(Wait::NotifiedLast),
            None => self.permit = true,
        }
    }

    fn all(&mut self) {
        self.line.clear();
        for wait in self.waits.iter_mut().flatten() {
            match wait {
                Wait::Made { over } => *over = true,
                Wait::InLine => *wait = Wait::Over,
                _ => {}
            }
        }
    }

    /// Whether the wait is over.
    fn poll(&mut self, n: usize) -> bool {
        let Some(wait) = &mut self.waits[n] else { return false };
        match *wait {
            // A call for all came first, so the permit is left for others.
            Wait::Made { over: true } | Wait::NotifiedOne | Wait::NotifiedLast | Wait::Over => {
                *wait = Wait::Over;
            }
            Wait::Made { over: false } if self.permit => {
                self.permit = false;
                *wait = Wait::Over;
            }
            Wait::Made { over: false } => {
                *wait = Wait::InLine;
                self.line.push_back(n);
            }
            Wait::InLine => {}
        }
        *wait == Wait::Over
    }

    fn drop(&mut self, n: usize) {
        match self.waits[n].take() {
            Some(Wait::InLine) => self.line.retain(|other| *other != n),
            // It has not looked, and so hands it on.
            Some(Wait::NotifiedOne) => self.one(),
            Some(Wait::NotifiedLast) => self.last(),
            _ => {}
        }
    }
}

proptest! {
    /// Y12: which wait a notification ends depends on the order of calls alone.
    #[test]
    fn fault_y12_notifications_end_the_waits_that_the_model_says(steps in steps()) {
        let notify = Arc::new(Notify::new());
        let mut model = Model::default();
        let mut waits: [Option<OwnedNotified>; PARTIES] = Default::default();
        let wakers: [Arc<Counter>; PARTIES] = std::array::from_fn(|_| Counter::new());
        for step in steps {
            match step {
                Step::One => {
                    notify.notify_one();
                    model.one();
                }
                Step::Last => {
                    notify.notify_last();
                    model.last();
                }
                Step::All => {
                    notify.notify_waiters();
                    model.all();
                }
                Step::Make(n) => {
                    // The former goes first.
                    waits[n] = None;
                    model.drop(n);
                    waits[n] = Some(notify.clone().notified_owned());
                    model.waits[n] = Some(Wait::Made { over: false });
                }
                Step::Poll(n) => {
                    let Some(wait) = &mut waits[n] else { continue };
                    let over = wakers[n].poll(|cx| wait.poll_cx(cx)).is_ready();
                    prop_assert_eq!(over, model.poll(n));
                }
                Step::Enable(n) => {
                    let Some(wait) = &mut waits[n] else { continue };
                    prop_assert_eq!(wait.enter_queue(), model.poll(n));
                }
                Step::Drop(n) => {
                    waits[n] = None;
                    model.drop(n);
                }
            }
        }
        // What is remembered in the end is that, too.
        drop(waits);
        (0..PARTIES).for_each(|n| model.drop(n));
        let mut last = notify.notified();
        prop_assert_eq!(last.enter_queue(), model.permit);
    }
}

/// A call for all that came before the first poll used to leave the permit untouched, or
/// take it for one that was over already.
#[test]
fn fault_y12_a_wait_that_is_over_leaves_the_permit_to_others() {
    let notify = Notify::new();
    let mut early = notify.notified();
    notify.notify_waiters();
    notify.notify_one();
    assert!(early.enter_queue(), "by the call for all");
    drop(early);
    let mut late = notify.notified();
    assert!(late.enter_queue(), "by the permit");
}

#[test]
fn fault_y12_those_who_wait_are_notified_in_their_order() {
    let notify = Notify::new();
    let wakers: [Arc<Counter>; 3] = std::array::from_fn(|_| Counter::new());
    let mut waits = wakers.each_ref().map(|_| notify.notified());
    for (wait, waker) in waits.iter_mut().zip(&wakers) {
        assert!(waker.poll(|cx| wait.poll_cx(cx)).is_pending());
    }
    let wakes = || wakers.each_ref().map(|waker| waker.wakes());
    notify.notify_one();
    assert_eq!(wakes(), [1, 0, 0]);
    notify.notify_last();
    assert_eq!(wakes(), [1, 0, 1]);
    notify.notify_one();
    assert_eq!(wakes(), [1, 1, 1]);
}

#[test]
fn a_call_for_all_is_not_remembered_and_one_for_one_is_once() {
    let notify = Notify::new();
    notify.notify_waiters();
    notify.notify_one();
    notify.notify_one();
    let over = || notify.notified().enter_queue();
    assert_eq!([over(), over()], [true, false]);
}

#[test]
fn a_wait_is_a_future_of_futures_01() {
    let notify = Notify::new();
    in_task(|| {
        let mut wait = notify.notified();
        assert!(wait.poll().unwrap().is_not_ready());
        notify.notify_one();
        assert!(wait.poll().unwrap().is_ready());
    });
}

#[test]
fn a_notify_may_be_a_static() {
    static READY: Notify = Notify::const_new();
    READY.notify_one();
    assert!(READY.notified().wait().is_ok());
}
