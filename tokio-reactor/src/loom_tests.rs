//! Models of the readiness word and of the table, explored by loom.
//!
//! A reader is a std waker that counts its wakes; what must hold is that a reader that
//! found nothing has been woken by the time the event is over, or finds it then.

use crate::evented::Ready;
use crate::readiness::{Closed, Direction, Sides};
use crate::source::Source;
use crate::table::{AfterFree, Pages, Refused, Table};
use loom::sync::Arc;
use loom::thread;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::task::{Poll, Wake, Waker};
use tokio_executor::task::Context;

/// Counts wakes. The count is not loom's: a model looks at it after joining.
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

struct Task {
    count: std::sync::Arc<Count>,
    waker: Waker,
}

impl Task {
    fn new() -> Task {
        let count = std::sync::Arc::new(Count(AtomicUsize::new(0)));
        Task { waker: Waker::from(count.clone()), count }
    }

    fn cx(&self) -> Context<'_> {
        Context::from_waker(&self.waker)
    }

    fn is_woken(&self) -> bool {
        self.count.0.load(SeqCst) > 0
    }
}

fn readable() -> Sides {
    Sides::of_event(Ready::readable(), Closed::default())
}

fn poll(source: &Source, direction: Direction, task: &Task) -> bool {
    source.poll(direction, Sides::any(direction), &task.cx()).is_ready()
}

fn model(f: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(f);
}

#[test]
fn loom_an_event_is_found_or_wakes() {
    model(|| {
        let source = Arc::new(Source::new());
        let generation = source.assign(Sides::NONE);
        let task = Task::new();
        let dispatcher = {
            let source = source.clone();
            thread::spawn(move || source.event(generation, readable()))
        };
        let found = poll(&source, Direction::Read, &task);
        dispatcher.join().unwrap();
        assert!(found || task.is_woken());
        assert!(poll(&source, Direction::Read, &task));
    });
}

#[test]
fn loom_both_sides_hear_of_a_hang_up() {
    model(|| {
        let source = Arc::new(Source::new());
        let generation = source.assign(Sides::NONE);
        let writer = {
            let source = source.clone();
            thread::spawn(move || {
                let task = Task::new();
                let found = poll(&source, Direction::Write, &task);
                (found, task)
            })
        };
        let task = Task::new();
        let found = poll(&source, Direction::Read, &task);
        source.event(generation, Sides::of_event(Ready::HUP, Closed::default()));
        let (writer_found, writer) = writer.join().unwrap();
        assert!(found || task.is_woken());
        assert!(writer_found || writer.is_woken());
    });
}

/// The reader takes the first byte and, having read short, clears; the second byte's
/// event must survive that.
#[test]
fn loom_fault_r01_clearing_spares_a_newer_event() {
    model(|| {
        let source = Arc::new(Source::new());
        let generation = source.assign(Sides::NONE);
        source.event(generation, readable());
        let Poll::Ready(seen) =
            source.poll(Direction::Read, Sides::any(Direction::Read), &Task::new().cx())
        else {
            panic!("the event was before the poll");
        };
        let dispatcher = {
            let source = source.clone();
            thread::spawn(move || source.event(generation, readable()))
        };
        source.readiness().clear(seen, Sides::whole(Direction::Read));
        dispatcher.join().unwrap();
        assert!(poll(&source, Direction::Read, &Task::new()));
    });
}

#[test]
fn loom_each_side_clears_only_itself() {
    model(|| {
        let source = Arc::new(Source::new());
        let generation = source.assign(Sides::NONE);
        source.event(
            generation,
            Sides::of_event(Ready::readable() | Ready::writable(), Closed::default()),
        );
        let seen = source.readiness().load();
        let writer = {
            let source = source.clone();
            thread::spawn(move || {
                source.readiness().clear(seen, Sides::whole(Direction::Write));
            })
        };
        source.readiness().clear(seen, Sides::whole(Direction::Read));
        writer.join().unwrap();
        let seen = source.readiness().load();
        assert!(seen.ready(Direction::Read).is_empty());
        assert!(seen.ready(Direction::Write).is_empty());
    });
}

/// An event under way for the former source finds the slot with its successor.
#[test]
fn loom_fault_r02_an_event_of_the_former_source_changes_nothing() {
    model(|| {
        let table: Arc<Table<()>> = Arc::new(Table::new());
        let former = table.insert(Sides::NONE, &()).unwrap();
        let token = former.token();
        let dispatcher = {
            let table = table.clone();
            thread::spawn(move || Pages::new().dispatch(&table, token, readable()))
        };
        assert_eq!(table.remove(&former), AfterFree::NowEmpty);
        let successor = table.insert(Sides::NONE, &()).unwrap();
        assert_ne!(successor.token(), token);
        dispatcher.join().unwrap();
        assert!(!poll(successor.source(), Direction::Read, &Task::new()));
    });
}

#[test]
fn loom_fault_r06_registering_while_the_reactor_goes_ends_in_an_error() {
    model(|| {
        let table: Arc<Table<()>> = Arc::new(Table::new());
        let closer = {
            let table = table.clone();
            thread::spawn(move || table.close())
        };
        let task = Task::new();
        let slot = table.insert(Sides::NONE, &());
        let waits = match &slot {
            Ok(slot) => !poll(slot.source(), Direction::Read, &task),
            Err(refused) => {
                assert_eq!(*refused, Refused::Closed);
                false
            }
        };
        closer.join().unwrap();
        assert!(!waits || task.is_woken());
        if let Ok(slot) = &slot {
            assert!(slot.source().readiness().load().is_gone());
        }
    });
}

#[test]
fn loom_fault_r06_a_wait_ends_when_the_reactor_goes() {
    model(|| {
        let table: Arc<Table<()>> = Arc::new(Table::new());
        let slot = table.insert(Sides::NONE, &()).unwrap();
        let closer = {
            let table = table.clone();
            thread::spawn(move || table.close())
        };
        let task = Task::new();
        let found = poll(slot.source(), Direction::Write, &task);
        closer.join().unwrap();
        assert!(found || task.is_woken());
    });
}

#[test]
fn loom_slots_are_given_to_one_source_at_a_time() {
    model(|| {
        let table: Arc<Table<()>> = Arc::new(Table::new());
        let other = {
            let table = table.clone();
            thread::spawn(move || {
                let slot = table.insert(Sides::NONE, &()).unwrap();
                let token = slot.token();
                let _ = table.remove(&slot);
                token
            })
        };
        let slot = table.insert(Sides::NONE, &()).unwrap();
        let token = other.join().unwrap();
        assert_ne!(slot.token(), token);
        assert_eq!(table.in_use(), 1);
    });
}

#[test]
fn loom_one_of_two_takers_gets_an_event() {
    model(|| {
        let source = Arc::new(Source::new());
        let generation = source.assign(Sides::NONE);
        let events = Sides::events(Direction::Read);
        let other = {
            let source = source.clone();
            thread::spawn(move || source.readiness().consume(events).ready(Direction::Read))
        };
        source.event(generation, readable());
        let mine = source.readiness().consume(events).ready(Direction::Read);
        let theirs = other.join().unwrap();
        assert!(mine.is_readable() != theirs.is_readable());
    });
}
