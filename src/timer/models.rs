//! Every interleaving of those who share an entry, and of those who sleep and set.
//!
//!     RUSTFLAGS="--cfg loom" cargo test --release -p tokio@0.1.23 --lib loom_ \
//!         --no-default-features --features timer

use super::testing::{ms, poll_delay, Task};
use super::timers::Timers;
use super::Delay;
use loom::cell::UnsafeCell;
use loom::sync::atomic::AtomicBool;
use loom::thread;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio_executor::park::Unpark;

/// Whether the driver's sleep was ended.
struct Alarm(AtomicBool);

impl Unpark for Alarm {
    fn unpark(&self) {
        self.0.store(true, Release);
    }
}

struct Model {
    start: Instant,
    timers: Arc<Timers>,
    alarm: Arc<Alarm>,
}

impl Model {
    fn new(shards: usize) -> Model {
        let start = Instant::now();
        let alarm = Arc::new(Alarm(AtomicBool::new(false)));
        let timers = Arc::new(Timers::with_start(shards, start, None, alarm.clone()));
        Model { start, timers, alarm }
    }

    fn at(&self, after_ms: u64) -> Instant {
        self.start + ms(after_ms)
    }

    fn delay(&self, after_ms: u64) -> Delay {
        self.timers.handle(0).delay(self.at(after_ms))
    }

    /// Another thread looks after the timers, once, at `now_ms`.
    fn drive(&self, now_ms: u64) -> thread::JoinHandle<()> {
        let (timers, now) = (self.timers.clone(), self.at(now_ms));
        thread::spawn(move || {
            timers.process(now);
        })
    }

    fn process(&self, now_ms: u64) {
        self.timers.process(self.at(now_ms));
    }
}

fn check(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = builder.preemption_bound.or(Some(3));
    builder.check(model);
}

/// What a thread does before it ends the waits, and who sees the end of one looks at.
struct Before(UnsafeCell<bool>);

// SAFETY: the models look for races; that is what they are for.
unsafe impl Sync for Before {}
// SAFETY: as above.
unsafe impl Send for Before {}

impl Before {
    fn new() -> Arc<Before> {
        Arc::new(Before(UnsafeCell::new(false)))
    }

    fn happen(&self) {
        // SAFETY: loom fails the model if there is a race.
        self.0.with_mut(|happened| unsafe { *happened = true });
    }

    fn has_happened(&self) -> bool {
        // SAFETY: as above.
        self.0.with(|happened| unsafe { *happened })
    }
}

fn is_elapsed(polled: Poll<Result<(), super::Error>>) -> bool {
    polled.map(|end| end.expect("the timer is there")).is_ready()
}

#[test]
fn loom_fault_m01_firing_against_dropping() {
    check(|| {
        let model = Model::new(1);
        let task = Task::new();
        let mut delay = model.delay(1);
        assert!(poll_delay(&task, &mut delay).is_pending());
        let driver = model.drive(2);
        drop(delay);
        driver.join().unwrap();
        assert!(task.wakes() <= 1);
        model.process(3);
        assert_eq!(task.wakes(), 0);
    });
}

#[test]
fn loom_fault_m01_firing_against_the_first_poll() {
    check(|| {
        let model = Model::new(1);
        let task = Task::new();
        let mut delay = model.delay(1);
        let driver = model.drive(2);
        let seen = is_elapsed(poll_delay(&task, &mut delay));
        driver.join().unwrap();
        assert!(seen || task.wakes() == 1, "nobody told the task");
        assert!(is_elapsed(poll_delay(&task, &mut delay)));
    });
}

#[test]
fn loom_fault_m01_firing_against_postponing() {
    check(|| {
        let model = Model::new(1);
        let task = Task::new();
        let mut delay = model.delay(1);
        assert!(poll_delay(&task, &mut delay).is_pending());
        let driver = model.drive(2);
        delay.reset(model.at(5));
        // Whether it fired before or not, it waits for the new deadline now.
        assert!(poll_delay(&task, &mut delay).is_pending());
        assert!(poll_delay(&task, &mut delay).is_pending());
        driver.join().unwrap();
        task.wakes();
        model.process(4);
        assert_eq!(task.wakes(), 0);
        assert!(poll_delay(&task, &mut delay).is_pending());
        model.process(5);
        assert_eq!(task.wakes(), 1);
        assert!(is_elapsed(poll_delay(&task, &mut delay)));
    });
}

#[test]
fn loom_fault_m01_firing_against_bringing_forward() {
    check(|| {
        let model = Model::new(1);
        let task = Task::new();
        let mut delay = model.delay(5);
        assert!(poll_delay(&task, &mut delay).is_pending());
        let driver = model.drive(3);
        delay.reset(model.at(2));
        let seen = is_elapsed(poll_delay(&task, &mut delay));
        driver.join().unwrap();
        model.process(4);
        assert!(seen || task.wakes() > 0, "nobody told the task");
        assert!(is_elapsed(poll_delay(&task, &mut delay)));
    });
}

/// The sleeper makes room for itself by moving what was put off.
#[test]
fn loom_fault_m01_settling_against_postponing() {
    check(|| {
        let model = Model::new(1);
        let task = Task::new();
        let mut delay = model.delay(1);
        assert!(poll_delay(&task, &mut delay).is_pending());
        delay.reset(model.at(3));
        let (timers, now) = (model.timers.clone(), model.at(0));
        let driver =
            thread::spawn(move || timers.prepare_sleep().due().expect("there is a delay") - now);
        delay.reset(model.at(9));
        assert!(driver.join().unwrap() <= ms(9));
        model.process(8);
        assert_eq!(task.wakes(), 0);
        model.process(9);
        assert_eq!(task.wakes(), 1);
    });
}

fn sleep_against(set: impl Fn(&Model) -> Option<Delay> + Sync + Send + 'static) {
    check(move || {
        let model = Model::new(2);
        let far = model.delay(60);
        let (timers, now) = (model.timers.clone(), model.at(0));
        let driver = thread::spawn(move || {
            let sleep = timers.prepare_sleep();
            let due = sleep.due();
            // Stays asleep.
            std::mem::forget(sleep);
            due.map_or(Duration::MAX, |due| due - now)
        });
        let near = set(&model);
        let sleep = driver.join().unwrap();
        // Acquire: pairs with the release in `unpark`.
        let woken = model.alarm.0.load(Acquire);
        assert!(woken || sleep <= ms(10), "slept {sleep:?} past a deadline in 10 ms");
        drop((far, near));
    });
}

#[test]
fn loom_fault_m03_setting_against_going_to_sleep() {
    sleep_against(|model| Some(model.delay(10)));
}

#[test]
fn loom_fault_m03_setting_in_another_shard_against_going_to_sleep() {
    sleep_against(|model| Some(model.timers.handle(1).delay(model.at(10))));
}

#[test]
fn loom_fault_m02_setting_against_processing() {
    check(|| {
        let model = Model::new(1);
        let task = Task::new();
        let first = model.delay(1);
        let driver = model.drive(2);
        let mut second = model.delay(2);
        let seen = is_elapsed(poll_delay(&task, &mut second));
        driver.join().unwrap();
        model.process(3);
        assert!(seen || task.wakes() == 1, "nobody told the task");
        drop(first);
    });
}

#[test]
fn loom_fault_m11_setting_against_shutting_down() {
    check(|| {
        let model = Model::new(1);
        let task = Task::new();
        let timers = model.timers.clone();
        let driver = thread::spawn(move || timers.shutdown());
        let mut delay = model.delay(5);
        let seen = poll_delay(&task, &mut delay).is_ready();
        driver.join().unwrap();
        assert!(seen || task.wakes() == 1, "nobody told the task");
        assert!(matches!(poll_delay(&task, &mut delay), Poll::Ready(Err(e)) if e.is_shutdown()));
    });
}

/// Another thread looks whether the wait is over while this one ends it. (It must be another one
/// that looks: see `Deed` among the models of `sync`.)
fn end_against_a_look(end: fn(&Model)) {
    check(move || {
        let model = Model::new(1);
        let delay = model.delay(1);
        let before = Before::new();
        let theirs = before.clone();
        let looker = thread::spawn(move || {
            if delay.is_elapsed() {
                assert!(theirs.has_happened());
            }
            delay
        });
        before.happen();
        end(&model);
        let delay = looker.join().unwrap();
        assert!(delay.is_elapsed() && before.has_happened());
    });
}

#[test]
fn loom_what_came_before_the_deadline_is_seen_by_who_sees_it_elapsed() {
    end_against_a_look(|model| model.process(2));
}

#[test]
fn loom_what_came_before_the_shutdown_is_seen_by_who_sees_the_error() {
    end_against_a_look(|model| model.timers.shutdown());
}

/// The owner finds that the driver has given the entry back, and frees it without the lock.
#[test]
fn loom_an_entry_is_freed_after_the_drivers_last_touch() {
    check(|| {
        let model = Model::new(1);
        let delay = model.delay(1);
        let owner = thread::spawn(move || drop(delay));
        model.process(2);
        owner.join().unwrap();
    });
}
