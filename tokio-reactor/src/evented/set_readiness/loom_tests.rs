//! A change of readiness is reported, or wakes the poll that would wait.

use super::{Event, PollOpt, Queue, Ready, Registration, SetReadiness, Token};
use loom::sync::Notify;
use loom::thread;
use std::sync::Arc;

/// A poll reduced to its queue, and to what ends its wait.
#[derive(Clone)]
struct Toy {
    queue: Arc<Queue>,
    woken: Arc<Notify>,
}

impl Toy {
    fn new() -> Toy {
        let woken = Arc::new(Notify::new());
        let wake = woken.clone();
        let queue = Queue::new(move || {
            wake.notify();
            Ok(())
        });
        Toy { queue, woken }
    }

    fn register(&self, token: usize, opts: PollOpt) -> (Registration, SetReadiness) {
        let (registration, set) = Registration::new2();
        let enlisted = registration.enlist_in(&self.queue, Token(token), Ready::readable(), opts);
        enlisted.unwrap();
        (registration, set)
    }

    /// As `Poll::poll`, without a descriptor and for at most `room` events: looks at the
    /// queue, waits if there is nothing in it, and takes what there is.
    fn poll(&self, room: usize) -> Vec<Event> {
        let mut events = Vec::new();
        while events.is_empty() {
            self.queue.wait(None, |timeout| {
                if timeout.is_none() {
                    self.woken.wait();
                }
            });
            self.queue.drain(room, |event| events.push(event));
        }
        events
    }
}

fn model(f: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound.get_or_insert(3);
    builder.check(f);
}

#[test]
fn loom_fault_r02_a_change_ends_the_wait_of_its_poll() {
    model(|| {
        let poll = Toy::new();
        let (_registration, set) = poll.register(7, PollOpt::edge());
        let setter = thread::spawn(move || set.set_readiness(Ready::readable()).unwrap());
        let events = poll.poll(8);
        assert_eq!(events.len(), 1);
        assert_eq!((events[0].token(), events[0].readiness()), (Token(7), Ready::readable()));
        setter.join().unwrap();
    });
}

/// One pushes while the poll takes the other.
#[test]
fn loom_changes_of_two_sources_are_both_reported() {
    model(|| {
        let poll = Toy::new();
        let (_first, one) = poll.register(1, PollOpt::edge());
        let (_second, two) = poll.register(2, PollOpt::edge());
        let setters = [one, two]
            .map(|set| thread::spawn(move || set.set_readiness(Ready::readable()).unwrap()));
        let mut seen = Vec::new();
        while seen.len() < 2 {
            // With room for one: what is left makes the next poll look before it waits.
            seen.extend(poll.poll(1).iter().map(|event| event.token().0));
        }
        seen.sort_unstable();
        assert_eq!(seen, [1, 2]);
        for setter in setters {
            setter.join().unwrap();
        }
    });
}

/// An edge may be merged with the one before, but the last one is seen after it was made.
#[test]
fn loom_what_was_set_last_is_seen() {
    model(|| {
        let poll = Toy::new();
        let (_registration, set) = poll.register(1, PollOpt::edge());
        let made = Arc::new(loom::sync::atomic::AtomicUsize::new(0));
        let setter = thread::spawn({
            let made = made.clone();
            move || {
                for n in 1..=2 {
                    made.store(n, std::sync::atomic::Ordering::Relaxed);
                    set.set_readiness(Ready::readable()).unwrap();
                }
            }
        });
        while made.load(std::sync::atomic::Ordering::Relaxed) < 2 {
            // Both, if the second is made while the first is reported.
            assert!((1..=2).contains(&poll.poll(8).len()));
        }
        setter.join().unwrap();
    });
}

/// A level is reported until it is taken back, and a oneshot once until it is armed again.
#[test]
fn loom_a_source_may_be_armed_again_while_it_is_set() {
    model(|| {
        let poll = Toy::new();
        let (registration, set) = poll.register(1, PollOpt::oneshot());
        let setter = thread::spawn({
            let set = set.clone();
            move || set.set_readiness(Ready::readable()).unwrap()
        });
        let enlist = |token| {
            let opts = PollOpt::oneshot();
            registration.enlist_in(&poll.queue, Token(token), Ready::readable(), opts).unwrap();
        };
        enlist(2);
        assert_eq!(poll.poll(8).len(), 1);
        setter.join().unwrap();
        enlist(3);
        assert_eq!(poll.poll(8)[0].token(), Token(3));
    });
}

/// Whoever sleeps on the descriptor of the poll is woken, too.
#[test]
fn loom_a_change_ends_the_wait_of_whoever_was_given_the_descriptor() {
    model(|| {
        let poll = Toy::new();
        let (_registration, set) = poll.register(7, PollOpt::edge());
        let setter = thread::spawn(move || set.set_readiness(Ready::readable()).unwrap());
        poll.queue.expose().unwrap();
        let mut events = 0;
        while events == 0 {
            poll.woken.wait();
            poll.queue.drain(8, |_| events += 1);
        }
        assert_eq!(events, 1);
        setter.join().unwrap();
    });
}

/// Whichever comes first, nothing is reported after the end, and nothing is leaked.
#[test]
fn loom_dropping_the_registration_ends_the_reports() {
    model(|| {
        let poll = Toy::new();
        let (registration, set) = poll.register(1, PollOpt::level());
        let setter = thread::spawn(move || set.set_readiness(Ready::readable()).unwrap());
        drop(registration);
        poll.queue.drain(8, |_| panic!("of a source that is gone"));
        setter.join().unwrap();
        poll.queue.drain(8, |_| panic!("of a source that is gone"));
    });
}
