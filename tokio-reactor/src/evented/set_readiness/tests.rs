//! Counts what a change of readiness costs the poll that it is for.

use super::{Event, PollOpt, Queue, Ready, Registration, SetReadiness, Token};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::Arc;
use std::time::Duration;

const NOW: Option<Duration> = Some(Duration::ZERO);

/// A poll's queue, and how often it was woken.
struct Counted {
    queue: Arc<Queue>,
    wakes: Arc<AtomicUsize>,
}

impl Counted {
    fn new() -> Counted {
        let wakes = Arc::new(AtomicUsize::new(0));
        let counter = wakes.clone();
        let queue = Queue::new(move || {
            counter.fetch_add(1, Relaxed);
            Ok(())
        });
        Counted { queue, wakes }
    }

    fn pair(&self) -> (Registration, SetReadiness) {
        let (registration, set) = Registration::new2();
        registration.enlist_in(&self.queue, Token(7), Ready::readable(), PollOpt::edge()).unwrap();
        (registration, set)
    }

    /// Takes what there is, after a wait in which `meanwhile` happens.
    fn poll(&self, timeout: Option<Duration>, meanwhile: impl FnOnce(Option<Duration>)) -> usize {
        self.queue.wait(timeout, meanwhile);
        let mut events = 0;
        self.queue.drain(usize::MAX, |_: Event| events += 1);
        events
    }

    fn wakes(&self) -> usize {
        self.wakes.load(Relaxed)
    }
}

/// Each change used to cost a `write`, also one that the polling thread made itself.
#[test]
fn a_change_between_two_polls_wakes_nobody_and_is_reported_without_waiting() {
    let poll = Counted::new();
    let (_registration, set) = poll.pair();
    for _ in 0..10 {
        set.set_readiness(Ready::readable()).unwrap();
        assert_eq!(poll.poll(None, |timeout| assert_eq!(timeout, NOW)), 1);
    }
    assert_eq!(poll.wakes(), 0);
}

#[test]
fn a_change_during_a_wait_wakes_once_however_many_there_are() {
    let poll = Counted::new();
    let (_registration, set) = poll.pair();
    let (_other_registration, other) = poll.pair();
    let events = poll.poll(None, |timeout| {
        assert_eq!(timeout, None);
        set.set_readiness(Ready::readable()).unwrap();
        other.set_readiness(Ready::readable()).unwrap();
    });
    assert_eq!((events, poll.wakes()), (2, 1));
}

#[test]
fn a_change_during_a_poll_that_does_not_wait_wakes_nobody() {
    let poll = Counted::new();
    let (_registration, set) = poll.pair();
    let events = poll.poll(NOW, |_| set.set_readiness(Ready::readable()).unwrap());
    assert_eq!((events, poll.wakes()), (1, 0));
}

/// Whoever has the descriptor may sleep on it with no poll under way.
#[test]
fn every_change_wakes_once_the_descriptor_was_given_away() {
    let poll = Counted::new();
    let (_registration, set) = poll.pair();
    set.set_readiness(Ready::readable()).unwrap();
    assert_eq!(poll.wakes(), 0);
    poll.queue.expose().unwrap();
    assert_eq!(poll.wakes(), 1, "for what was there");
    assert_eq!(poll.poll(None, |timeout| assert_eq!(timeout, NOW)), 1);
    set.set_readiness(Ready::readable()).unwrap();
    assert_eq!(poll.wakes(), 2);
}
