//! Models of the readiness word and of the table, explored by loom.
//!
//! A reader is a std waker that counts its wakes; what must hold is that a reader that
//! found nothing has been woken by the time the event is over, or finds it then.

use crate::evented::Ready;
use crate::readiness::{Closed, Direction, Sides};
use crate::source::Source;
use crate::table::{AfterFree, Pages, Refused, Table};
use crate::wait::Wait;
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

/// An event under way for the former source finds the entry with its successor.
#[test]
fn loom_fault_r02_an_event_of_the_former_source_changes_nothing() {
    model(|| {
        let table: Arc<Table<()>> = Arc::new(Table::new());
        table.watch_idle();
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
        let entry = table.insert(Sides::NONE, &());
        let waits = match &entry {
            Ok(entry) => !poll(entry.source(), Direction::Read, &task),
            Err(refused) => {
                assert_eq!(*refused, Refused::Closed);
                false
            }
        };
        closer.join().unwrap();
        assert!(!waits || task.is_woken());
        if let Ok(entry) = &entry {
            assert!(entry.source().readiness().load().is_gone());
        }
    });
}

#[test]
fn loom_fault_r06_a_wait_ends_when_the_reactor_goes() {
    model(|| {
        let table: Arc<Table<()>> = Arc::new(Table::new());
        let entry = table.insert(Sides::NONE, &()).unwrap();
        let closer = {
            let table = table.clone();
            thread::spawn(move || table.close())
        };
        let task = Task::new();
        let found = poll(entry.source(), Direction::Write, &task);
        closer.join().unwrap();
        assert!(found || task.is_woken());
    });
}

#[test]
fn loom_entries_are_given_to_one_source_at_a_time() {
    model(|| {
        let table: Arc<Table<()>> = Arc::new(Table::new());
        let other = {
            let table = table.clone();
            thread::spawn(move || {
                let entry = table.insert(Sides::NONE, &()).unwrap();
                let token = entry.token();
                let _ = table.remove(&entry);
                token
            })
        };
        let entry = table.insert(Sides::NONE, &()).unwrap();
        let token = other.join().unwrap();
        assert_ne!(entry.token(), token);
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

/// What a program does before it says that a source is ready, seen by who finds it ready.
struct Data(tokio_executor::internals::sys::UnsafeCell<u32>);

// SAFETY: written before the event, read by who has found it: what the models check.
unsafe impl Send for Data {}
// SAFETY: as above.
unsafe impl Sync for Data {}

impl Data {
    fn new() -> Arc<Data> {
        Arc::new(Data(tokio_executor::internals::sys::UnsafeCell::new(0)))
    }

    fn write(&self) {
        // SAFETY: see above; loom reports a race.
        self.0.with_mut(|data| unsafe { *data = 7 });
    }

    fn check(&self) {
        // SAFETY: as in `write`.
        assert_eq!(self.0.with(|data| unsafe { *data }), 7);
    }
}

/// Has `then` run beside a thread that writes data, then records an event.
fn beside_an_event(then: impl Fn(&Source, &Data) + Sync + Send + 'static) {
    model(move || {
        let source = Arc::new(Source::new());
        let generation = source.assign(Sides::NONE);
        let data = Data::new();
        let dispatcher = {
            let (source, data) = (source.clone(), data.clone());
            thread::spawn(move || {
                data.write();
                source.event(generation, readable());
            })
        };
        then(&source, &data);
        dispatcher.join().unwrap();
    });
}

#[test]
fn loom_who_polls_ready_sees_what_was_done_before_the_event() {
    beside_an_event(|source, data| {
        if poll(source, Direction::Read, &Task::new()) {
            data.check();
        }
    });
}

#[test]
fn loom_who_takes_an_event_sees_what_was_done_before_it() {
    beside_an_event(|source, data| {
        let events = Sides::events(Direction::Read);
        if source.readiness().consume(events).ready(Direction::Read).is_readable() {
            data.check();
        }
    });
}

#[test]
fn loom_who_waits_in_the_list_sees_what_was_done_before_the_event() {
    beside_an_event(|source, data| {
        let task = Task::new();
        if Wait::new(source, Sides::any(Direction::Read)).poll(&task.cx()).is_ready() {
            data.check();
        }
    });
}

/// The other side clears between the event and the look: what the event released is seen all
/// the same.
#[test]
fn loom_a_clear_of_the_other_side_hides_nothing() {
    model(|| {
        let source = Arc::new(Source::new());
        let generation = source.assign(Sides::NONE);
        source.event(generation, Sides::of_event(Ready::writable(), Closed::default()));
        let data = Data::new();
        let dispatcher = {
            let (source, data) = (source.clone(), data.clone());
            thread::spawn(move || {
                data.write();
                source.event(generation, readable());
            })
        };
        let writer = {
            let source = source.clone();
            thread::spawn(move || {
                let seen = source.readiness().load();
                source.readiness().clear(seen, Sides::whole(Direction::Write));
            })
        };
        if source.readiness().load().ready(Direction::Read).is_readable() {
            data.check();
        }
        dispatcher.join().unwrap();
        writer.join().unwrap();
    });
}

#[test]
fn loom_an_event_wakes_all_who_wait_in_the_list_or_they_find_it() {
    model(|| {
        let source = Arc::new(Source::new());
        let generation = source.assign(Sides::NONE);
        let dispatcher = {
            let source = source.clone();
            thread::spawn(move || source.event(generation, readable()))
        };
        let (one, other) = (Task::new(), Task::new());
        let sides = Sides::any(Direction::Read);
        let mut first = Wait::new(&source, sides);
        let mut second = Wait::new(&source, sides);
        let first_found = first.poll(&one.cx()).is_ready();
        let second_found = second.poll(&other.cx()).is_ready();
        dispatcher.join().unwrap();
        assert!(first_found || one.is_woken());
        assert!(second_found || other.is_woken());
        assert!(first.poll(&one.cx()).is_ready() && second.poll(&other.cx()).is_ready());
    });
}

/// One gives up while the event is on its way: the other is not forgotten, and nothing stays
/// in the list.
#[test]
fn loom_a_waiter_that_gives_up_takes_no_wake_along() {
    model(|| {
        let source = Arc::new(Source::new());
        let generation = source.assign(Sides::NONE);
        let sides = Sides::any(Direction::Read);
        let (stays, goes) = (Task::new(), Task::new());
        let mut staying = Wait::new(&source, sides);
        let mut going = Wait::new(&source, sides);
        assert!(going.poll(&goes.cx()).is_pending());
        assert!(staying.poll(&stays.cx()).is_pending());
        let dispatcher = {
            let source = source.clone();
            thread::spawn(move || source.event(generation, readable()))
        };
        drop(going);
        dispatcher.join().unwrap();
        assert!(stays.is_woken());
        assert!(staying.poll(&stays.cx()).is_ready());
        assert!(!source.readiness().load().is_listed());
    });
}

#[test]
fn loom_a_wait_in_the_list_ends_when_the_reactor_goes() {
    model(|| {
        let table: Arc<Table<()>> = Arc::new(Table::new());
        let entry = table.insert(Sides::NONE, &()).unwrap();
        let closer = {
            let table = table.clone();
            thread::spawn(move || table.close())
        };
        let task = Task::new();
        let mut wait = Wait::new(entry.source(), Sides::any(Direction::Write));
        let found = wait.poll(&task.cx()).is_ready();
        closer.join().unwrap();
        assert!(found || task.is_woken());
        assert!(wait.poll(&task.cx()).is_ready());
    });
}
