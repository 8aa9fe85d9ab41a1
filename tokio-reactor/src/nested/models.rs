//! An event for a nested reactor, while its workers come and go.
//!
//! The system is a lock here, and the wait in the first reactor a token. Whoever turns the nested
//! reactor serves the event. A lost one shows as a deadlock.

use super::{Nest, Visit, Watch};
use loom::sync::{Arc, Mutex};
use loom::thread;
use tokio_executor::park::Token;

#[derive(Default)]
struct State {
    watched: bool,
    /// There is an event that nobody has served.
    ready: bool,
    served: bool,
}

impl State {
    fn is_reported(&self) -> bool {
        self.watched && self.ready
    }
}

struct System {
    state: Mutex<State>,
    /// Ends the sleep in the first reactor.
    first: Token,
}

impl System {
    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state.lock().unwrap();
        change(&mut state);
        let wakes = state.is_reported() || state.served;
        drop(state);
        if wakes {
            self.first.unpark();
        }
    }

    fn event(&self) {
        self.change(|state| state.ready = true);
    }

    /// A turn of the nested reactor.
    fn turn(&self) {
        self.change(|state| state.served |= std::mem::take(&mut state.ready));
    }
}

impl Watch for System {
    fn watch(&self) {
        self.change(|state| state.watched = true);
    }

    fn suspend(&self) {
        self.change(|state| state.watched = false);
    }
}

fn nest() -> Arc<Nest<(), System>> {
    let state = Mutex::new(State { watched: true, ..State::default() });
    Arc::new(Nest::new((), System { state, first: Token::new() }))
}

/// False if somebody else has it.
fn visit(nest: &Nest<(), System>, visit: Visit) -> bool {
    let taken = nest.take(visit);
    if taken.is_some() {
        nest.watch.turn();
    }
    taken.is_some()
}

/// Sleeps in the first reactor until the event is served, by this thread or another one.
fn drive_first(nest: &Nest<(), System>) {
    loop {
        let state = nest.watch.state.lock().unwrap();
        let (is_reported, served) = (state.is_reported(), state.served);
        drop(state);
        if served {
            return;
        }
        if !is_reported {
            nest.watch.first.park(None);
        } else if !visit(nest, Visit::OnBehalf) {
            thread::yield_now();
        }
    }
}

fn model(workers: &'static [Visit]) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(move || {
        let nest = nest();
        let workers = workers.iter().map(|&how| {
            let nest = nest.clone();
            thread::spawn(move || {
                visit(&nest, how);
                // It goes to sleep elsewhere.
                nest.hand_over();
            })
        });
        let workers: Vec<_> = workers.collect();
        // At any time, as seen by the workers.
        nest.watch.event();
        drive_first(&nest);
        workers.into_iter().for_each(|worker| worker.join().unwrap());
    });
}

#[test]
fn loom_an_event_is_served_while_a_worker_attends_and_leaves() {
    model(&[Visit::Attend]);
}

#[test]
fn loom_an_event_is_served_while_a_worker_that_is_seldom_there_looks() {
    model(&[Visit::Seldom]);
}

#[test]
fn loom_an_event_is_served_while_two_workers_attend_and_leave() {
    model(&[Visit::Attend, Visit::Attend]);
}

/// A worker that stays in one poll does not hand over: somebody who notices does.
#[test]
fn loom_an_event_is_served_although_its_worker_does_not_come_back() {
    loom::model(|| {
        let nest = nest();
        let worker = {
            let nest = nest.clone();
            thread::spawn(move || visit(&nest, Visit::Attend))
        };
        let event = {
            let nest = nest.clone();
            thread::spawn(move || nest.watch.event())
        };
        worker.join().unwrap();
        nest.hand_over();
        drive_first(&nest);
        event.join().unwrap();
    });
}
