//! What a subscriber of `tracing` receives about tasks: spans that are entered around their polls,
//! for tasks of both kinds, events for their wakes, and spans for what they wait for, by the names
//! that tokio's console takes.
//!
//! In a process of its own: the subscriber is the whole process's.

use futures::{Future, Stream};
use std::collections::HashMap;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;
use test_support::until;
use tokio::inspect::Inspect;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

#[derive(Default)]
struct Fields(HashMap<String, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

#[derive(Clone, Debug)]
struct Span {
    name: &'static str,
    target: String,
    fields: HashMap<String, String>,
    entered: u64,
    closed: bool,
}

#[derive(Clone, Debug)]
struct Told {
    target: String,
    fields: HashMap<String, String>,
    /// The spans that the thread was in.
    within: Vec<u64>,
}

/// Keeps everything.
struct All;

static NEXT: AtomicU64 = AtomicU64::new(1);
static SPANS: Mutex<Vec<(u64, Span)>> = Mutex::new(Vec::new());
static EVENTS: Mutex<Vec<Told>> = Mutex::new(Vec::new());
thread_local!(static WITHIN: Mutex<Vec<u64>> = const { Mutex::new(Vec::new()) });

fn change(id: &Id, change: impl FnOnce(&mut Span)) {
    let mut spans = SPANS.lock().unwrap();
    let (_, span) = spans.iter_mut().find(|(of, _)| *of == id.into_u64()).expect("a known span");
    change(span);
}

impl Subscriber for All {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let id = NEXT.fetch_add(1, Relaxed);
        let mut fields = Fields::default();
        span.record(&mut fields);
        let (name, target) = (span.metadata().name(), span.metadata().target().to_owned());
        let span = Span { name, target, fields: fields.0, entered: 0, closed: false };
        SPANS.lock().unwrap().push((id, span));
        Id::from_u64(id)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let within = WITHIN.with(|within| within.lock().unwrap().clone());
        let target = event.metadata().target().to_owned();
        EVENTS.lock().unwrap().push(Told { target, fields: fields.0, within });
    }

    fn enter(&self, id: &Id) {
        change(id, |span| span.entered += 1);
        WITHIN.with(|within| within.lock().unwrap().push(id.into_u64()));
    }

    fn exit(&self, id: &Id) {
        let last = WITHIN.with(|within| within.lock().unwrap().pop());
        assert_eq!(last, Some(id.into_u64()), "spans are left where they were entered");
    }

    fn try_close(&self, id: Id) -> bool {
        change(&id, |span| span.closed = true);
        true
    }
}

fn trace() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(All).unwrap());
}

#[test]
fn tasks_of_both_kinds_have_spans_around_their_polls_and_events_for_their_wakes() {
    trace();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let line = line!() + 1;
    let of_01 = runtime.spawn_handle(tokio::task::yield_now().map_err(drop).map(|()| {
        tracing::info!(target: "program", which = "0.1");
    }));
    let of_std = runtime.spawn_handle_std(
        async {
            tokio::task::yield_now().await;
            tracing::info!(target: "program", which = "std");
        }
        .named("with a name"),
    );
    of_01.wait().unwrap().unwrap();
    of_std.wait().unwrap();
    runtime.shutdown_on_idle().wait().unwrap();

    let spans = SPANS.lock().unwrap().clone();
    let spans: HashMap<u64, Span> =
        spans.into_iter().filter(|(_, s)| s.name == "runtime.spawn").collect();
    let events = EVENTS.lock().unwrap();
    let told = |which: &str| {
        let is_it = |told: &&Told| told.target == "program" && told.fields["which"] == which;
        let told = events.iter().find(is_it).expect("each task has told of itself");
        let id = *told.within.last().expect("it was in a span");
        (id, spans[&id].clone())
    };
    let ((id_01, span_01), (id_std, span_std)) = (told("0.1"), told("std"));
    assert_ne!(id_01, id_std);
    for (span, at) in [(&span_01, line), (&span_std, line + 3)] {
        assert_eq!(span.target, "tokio::task");
        assert_eq!(span.fields["kind"], "task");
        assert!(span.fields["loc.file"].ends_with("inspect_tracing.rs"), "{span:?}");
        assert_eq!(span.fields["loc.line"], at.to_string());
        assert!(span.fields.contains_key("task.id") && span.fields.contains_key("loc.col"));
        // Twice for its polls, and once more at its end, as tokio does.
        assert_eq!((span.entered, span.closed), (3, true), "{span:?}");
    }
    assert_eq!(
        (&*span_01.fields["task.name"], &*span_std.fields["task.name"]),
        ("", "with a name")
    );
    for id in [id_01, id_std] {
        let is_wake = |told: &&Told| {
            told.target == "tokio::task::waker" && told.fields["task.id"] == id.to_string()
        };
        let wakes: Vec<&Told> = events.iter().filter(is_wake).collect();
        assert_eq!(wakes.len(), 1, "{wakes:?}");
        assert_eq!(wakes[0].fields["op"], "waker.wake_by_ref");
    }
}

/// Spans by their names.
type Around = HashMap<&'static str, (u64, Span)>;

/// The events that a wait gave, each with the spans around it.
fn of_waits(op_name: &str) -> Vec<(Told, Around)> {
    // In this order: the spans around an event were there before it.
    let events = EVENTS.lock().unwrap();
    let spans: HashMap<u64, Span> = SPANS.lock().unwrap().clone().into_iter().collect();
    let is_it = |told: &&Told| {
        told.target == "runtime::resource::poll_op" && told.fields["op_name"] == op_name
    };
    let around = |told: &Told| {
        let within = told.within.iter().map(|id| (spans[id].name, (*id, spans[id].clone())));
        (told.clone(), within.collect())
    };
    events.iter().filter(is_it).map(around).collect()
}

#[test]
fn what_a_task_waits_for_is_a_resource_and_the_wait_is_an_operation_in_it() {
    trace();
    let mut runtime = tokio::runtime::Runtime::new().unwrap();
    let line = line!() + 1;
    let lock = Arc::new(tokio::sync::mutex::Mutex::new(()));
    let held = lock.clone();
    let held = runtime.block_on_std(async move { held.lock_owned().await });
    for _ in 0..2 {
        let lock = lock.clone();
        runtime.spawn_std(async move { drop(lock.lock().await) });
    }
    let of_lock = || of_waits("lock or semaphore");
    let waits = until("both wait", || Some(of_lock()).filter(|waits| waits.len() == 2));
    let of = |name: &'static str| -> Vec<&(u64, Span)> {
        waits.iter().map(|(_, around)| &around[name]).collect()
    };
    let resources = of("runtime.resource");
    assert_eq!(resources[0].0, resources[1].0, "it is one lock: {resources:?}");
    let fields = &resources[0].1.fields;
    assert_eq!((&*fields["concrete_type"], &*fields["kind"]), ("lock or semaphore", "Sync"));
    assert!(fields["loc.file"].ends_with("inspect_tracing.rs"), "{fields:?}");
    assert_eq!(fields["loc.line"], line.to_string());
    for name in ["runtime.spawn", "runtime.resource.async_op", "runtime.resource.async_op.poll"] {
        let each = of(name);
        assert_ne!(each[0].0, each[1].0, "each task has its own {name}");
    }
    assert!(waits.iter().all(|(told, _)| told.fields["is_ready"] == "false"), "{waits:?}");

    drop(held);
    runtime.shutdown_on_idle().wait().unwrap();
    let waits = of_lock();
    let ready = waits.iter().filter(|(told, _)| told.fields["is_ready"] == "true");
    assert_eq!(ready.count(), 2, "{waits:?}");
    for (_, around) in &waits {
        for name in ["runtime.resource", "runtime.resource.async_op"] {
            assert!(around[name].1.closed, "{name}: {around:?}");
        }
    }
}

#[test]
fn a_wait_that_is_given_up_ends_its_operation_and_its_resource() {
    trace();
    let mut runtime = tokio::runtime::Runtime::new().unwrap();
    let later = tokio::clock::now() + Duration::from_secs(3600);
    let (sender, receiver) = tokio::sync::mpsc::channel::<()>(1);
    let (timer, message) = (tokio::timer::Delay::new(later), receiver.into_future());
    runtime.spawn(timer.map_err(drop).select2(message.map_err(drop)).map(drop).map_err(drop));
    let kinds = [("timer", "timer", "timer"), ("mpsc receiver", "mpsc channel", "Sync")];
    for (op_name, what, kind) in kinds {
        let (_, around) = until(op_name, || of_waits(op_name).pop());
        let fields = &around["runtime.resource"].1.fields;
        assert_eq!((&*fields["concrete_type"], &*fields["kind"]), (what, kind));
    }
    drop(sender);
    // The message's end is the end of the timer's wait.
    runtime.shutdown_on_idle().wait().unwrap();
    for (op_name, ..) in kinds {
        for (_, around) in of_waits(op_name) {
            for name in ["runtime.resource", "runtime.resource.async_op"] {
                assert!(around[name].1.closed, "{name}: {around:?}");
            }
        }
    }
    let events = EVENTS.lock().unwrap();
    let states = events.iter().filter(|told| told.target == "runtime::resource::state_update");
    let is_timer = |told: &&Told| told.fields.get("duration.unit").is_some_and(|unit| unit == "ms");
    assert_eq!(states.filter(is_timer).count(), 1, "the timer tells for how long it is");
}
