//! Every interleaving of what the threads of a pool do to one another.
//!
//! Run with `--cfg loom`. The queues of `crossbeam-deque` know nothing of this loom: where
//! a protocol stands on one, a locked queue takes its place. What is modelled is the order
//! in which a task is queued, counted and looked for, and who is woken. The futures here
//! are std's: loom runs all threads of a model on one, so that the current task of futures
//! 0.1 is everybody's.

use crate::blocking::Capacity;
use crate::counters::Counters;
use crate::idle::Idle;
use crate::monitor::Duty;
use crate::park::Sleeper;
use crate::queue::Slot;
use crate::shutdown::{Phase, Trigger};
use crate::sleep::DriverCall;
use loom::sync::atomic::{AtomicBool, AtomicUsize};
use loom::sync::{Arc, Mutex};
use loom::thread;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::task::{Context, Poll, Wake, Waker};
use tokio_executor::park::{Token, Unpark};
use tokio_executor::sys::UnsafeCell;
use tokio_executor::task::{AfterRun, NewTask, Owner, OwnerRef, Runnable, TaskRef};

/// An executor that is a queue and nothing more.
struct Queue {
    tasks: Mutex<VecDeque<Runnable>>,
}

impl Queue {
    fn new() -> Arc<Queue> {
        Arc::new(Queue { tasks: Mutex::new(VecDeque::new()) })
    }

    fn bind(&self, task: NewTask) -> Runnable {
        // SAFETY: each model keeps its queue until its tasks are done.
        unsafe { task.bind(OwnerRef::new(self as *const Queue)) }
    }

    fn push(&self, task: Runnable) {
        self.tasks.lock().unwrap().push_back(task);
    }

    fn pop(&self) -> Option<Runnable> {
        self.tasks.lock().unwrap().pop_front()
    }
}

// SAFETY: see `bind`.
unsafe impl Owner for Queue {
    unsafe fn schedule(this: *const Queue, task: Runnable) {
        // SAFETY: the model keeps its queue.
        unsafe { &*this }.push(task);
    }

    unsafe fn list(&self, _task: &TaskRef) -> u32 {
        0
    }

    unsafe fn unlist(&self, _task: &TaskRef, _: u32) {}
}

/// What one thread writes and another reads later. A model fails if nothing orders the two.
struct Data(UnsafeCell<u32>);

// SAFETY: loom checks each access.
unsafe impl Sync for Data {}

impl Data {
    fn new() -> Arc<Data> {
        Arc::new(Data(UnsafeCell::new(0)))
    }

    fn write(&self) {
        // SAFETY: loom reports an access at the same time.
        self.0.with_mut(|data| unsafe { *data += 1 });
    }

    fn read(&self) -> u32 {
        // SAFETY: as above.
        self.0.with(|data| unsafe { *data })
    }
}

// --------------------------------------------------------------- sleep against inject

/// A pool reduced to who sleeps. Its tasks are all alike, and a number says how many are
/// queued: unlike a lock around a queue, it orders nothing that the protocol does not.
struct Toy {
    idle: Idle,
    queued: AtomicUsize,
    tokens: Vec<Token>,
    /// A worker that has no thread, and gets none.
    refused: Option<usize>,
}

impl Toy {
    /// All of `workers` asleep.
    fn new(workers: usize, refused: Option<usize>) -> Arc<Toy> {
        let tokens = (0..workers).map(|_| Token::new()).collect();
        let queued = AtomicUsize::new(0);
        Arc::new(Toy { idle: Idle::new(workers), queued, tokens, refused })
    }

    fn has_queued(&self) -> bool {
        self.queued.load(Acquire) != 0
    }

    fn pop(&self) -> bool {
        let mut queued = self.queued.load(Acquire);
        while queued != 0 {
            match self.queued.compare_exchange(queued, queued - 1, AcqRel, Acquire) {
                Ok(_) => return true,
                Err(now) => queued = now,
            }
        }
        false
    }

    /// As `Shared::inject`.
    fn inject(&self) {
        self.queued.fetch_add(1, Release);
        if let Some(worker) = self.idle.wake_for_injected() {
            self.unpark(worker);
        }
    }

    /// As `Shared::unpark`.
    fn unpark(&self, worker: usize) {
        let wake = |worker: usize| {
            if self.refused == Some(worker) {
                return false;
            }
            self.tokens[worker].unpark();
            true
        };
        if !wake(worker) {
            self.idle.wake_instead(worker, || self.has_queued(), wake);
        }
    }

    /// As `worker::run` with `next` and `sleep`, until this worker has run `tasks` tasks.
    fn work(&self, me: usize, mut searching: bool, tasks: u32) {
        let mut ran = 0;
        loop {
            if self.pop() {
                if std::mem::take(&mut searching) && self.idle.found() && self.has_queued() {
                    if let Some(worker) = self.idle.wake_for_local() {
                        self.unpark(worker);
                    }
                }
                ran += 1;
                if ran == tasks {
                    return;
                }
                continue;
            }
            let _ = self.idle.sleep(me, std::mem::take(&mut searching));
            if self.has_queued() {
                searching = !self.idle.remove(me);
                continue;
            }
            while self.idle.is_asleep(me) {
                self.tokens[me].park(None);
            }
            searching = true;
        }
    }
}

/// S02: a task that comes as the only worker falls asleep is run. (A task that is lost
/// shows as a deadlock.)
#[test]
fn loom_fault_s02_a_task_injected_before_the_sleep_is_run() {
    loom::model(|| {
        let toy = Toy::new(1, None);
        assert_eq!(toy.idle.wake_any(), Some(0));
        let worker = {
            let toy = toy.clone();
            thread::spawn(move || toy.work(0, true, 1))
        };
        toy.inject();
        worker.join().unwrap();
    });
}

/// Two tasks from two threads, while the worker goes to sleep and wakes up.
#[test]
fn loom_fault_s02_tasks_from_two_sides_are_run() {
    loom::model(|| {
        let toy = Toy::new(1, None);
        assert_eq!(toy.idle.wake_any(), Some(0));
        let other = {
            let toy = toy.clone();
            thread::spawn(move || toy.inject())
        };
        let worker = {
            let toy = toy.clone();
            thread::spawn(move || toy.work(0, true, 2))
        };
        toy.inject();
        other.join().unwrap();
        worker.join().unwrap();
    });
}

/// Two tasks and two workers, one of which never gets up by itself: both tasks are run,
/// since whoever finds the last of the woken tasks passes the search on.
#[test]
fn loom_fault_s02_the_search_is_passed_on() {
    loom::model(|| {
        let toy = Toy::new(2, None);
        let asleep = {
            let toy = toy.clone();
            thread::spawn(move || {
                while toy.idle.is_asleep(0) {
                    toy.tokens[0].park(None);
                }
                toy.work(0, true, 1);
            })
        };
        let second = {
            let toy = toy.clone();
            thread::spawn(move || {
                while toy.idle.is_asleep(1) {
                    toy.tokens[1].park(None);
                }
                toy.work(1, true, 1);
            })
        };
        toy.inject();
        toy.inject();
        asleep.join().unwrap();
        second.join().unwrap();
    });
}

/// S18: worker 0 has no thread and none is to be had. Whoever took it for one that
/// searches is served by worker 1, though that one fell asleep meanwhile.
#[test]
fn loom_fault_s18_a_refused_thread_strands_no_task() {
    loom::model(|| {
        let toy = Toy::new(2, Some(0));
        // 0 is listed; 1 is awake, and past its search.
        let top = toy.idle.wake_any().unwrap();
        assert_eq!((top, toy.idle.wake_any()), (0, Some(1)));
        let _ = toy.idle.sleep(0, true);
        assert!(toy.idle.found());
        let worker = {
            let toy = toy.clone();
            thread::spawn(move || toy.work(1, false, 2))
        };
        let other = {
            let toy = toy.clone();
            thread::spawn(move || toy.inject())
        };
        toy.inject();
        other.join().unwrap();
        worker.join().unwrap();
    });
}

/// A worker that gets up by itself as it is woken is counted once.
#[test]
fn loom_a_riser_and_a_waker_agree() {
    loom::model(|| {
        let idle = Arc::new(Idle::new(1));
        let waker = {
            let idle = idle.clone();
            thread::spawn(move || idle.wake_for_injected().is_some())
        };
        let by_itself = idle.remove(0);
        let woken = waker.join().unwrap();
        assert!(by_itself ^ woken, "by itself {by_itself}, woken {woken}");
        assert_eq!(idle.awake(), 1);
    });
}

// ----------------------------------------------------------------- sleep in a driver

/// What stands for the reactor: its wake-up is a token.
struct Reactor(std::sync::Arc<Token>);

impl Unpark for Reactor {
    fn unpark(&self) {
        self.0.unpark();
    }
}

/// S01: an unpark ends the sleep in the driver, whenever it comes.
#[test]
fn loom_fault_s01_an_unpark_ends_the_sleep_in_the_driver() {
    loom::model(|| {
        let reactor = std::sync::Arc::new(Token::new());
        let sleeper = std::sync::Arc::new(Sleeper::new(Reactor(reactor.clone())));
        let unpark = Sleeper::unpark(&sleeper);
        let ready = Arc::new(AtomicBool::new(false));
        let waker = {
            let ready = ready.clone();
            thread::spawn(move || {
                ready.store(true, Relaxed);
                unpark.unpark();
            })
        };
        // A deadlock if the unpark is lost.
        while !ready.load(Relaxed) {
            sleeper.drive(|| reactor.park(None));
        }
        waker.join().unwrap();
    });
}

/// The same when the sleeper is now in the driver and now aside.
#[test]
fn loom_fault_s01_an_unpark_ends_the_sleep_wherever_it_is() {
    loom::model(|| {
        let reactor = std::sync::Arc::new(Token::new());
        let sleeper = std::sync::Arc::new(Sleeper::new(Reactor(reactor.clone())));
        let wake = |events: &Arc<AtomicUsize>| {
            let (unpark, events) = (Sleeper::unpark(&sleeper), events.clone());
            thread::spawn(move || {
                events.fetch_add(1, Relaxed);
                unpark.unpark();
            })
        };
        let events = Arc::new(AtomicUsize::new(0));
        let (a, b) = (wake(&events), wake(&events));
        if events.load(Relaxed) < 1 {
            sleeper.drive(|| reactor.park(None));
        }
        while events.load(Relaxed) < 2 {
            sleeper.park(None);
        }
        a.join().unwrap();
        b.join().unwrap();
    });
}

// ------------------------------------------------------------------------ the slot

/// S08: a thief sees what the waker wrote before it put the task into the slot.
#[test]
fn loom_fault_s08_a_thief_sees_what_the_waker_wrote() {
    loom::model(|| {
        let queue = Queue::new();
        let slot = Arc::new(Slot::new());
        let written = Data::new();
        let task = queue.bind(NewTask::new_std({
            let written = written.clone();
            async move { assert_eq!(written.read(), 1) }
        }));
        let thief = {
            let slot = slot.clone();
            thread::spawn(move || {
                let task = slot.take();
                task.map(|task| assert!(matches!(task.run(), AfterRun::Done)));
            })
        };
        written.write();
        assert!(slot.fill(task).is_ok());
        thief.join().unwrap();
        if let Some(task) = slot.take() {
            assert!(matches!(task.run(), AfterRun::Done));
        }
    });
}

/// S08: what is put into the slot comes out once, whoever takes it.
#[test]
fn loom_fault_s08_owner_and_thief_take_each_task_once() {
    loom::model(|| {
        let queue = Queue::new();
        let slot = Arc::new(Slot::new());
        let ran = Arc::new(AtomicUsize::new(0));
        let task = |queue: &Queue| {
            let ran = ran.clone();
            queue.bind(NewTask::new_std(async move {
                ran.fetch_add(1, Relaxed);
            }))
        };
        assert!(slot.fill(task(&queue)).is_ok());
        let run = |task: Option<Runnable>| {
            if let Some(task) = task {
                assert!(matches!(task.run(), AfterRun::Done));
            }
        };
        let thief = {
            let slot = slot.clone();
            thread::spawn(move || run(slot.take()))
        };
        // Full, unless the thief was here.
        run(slot.fill(task(&queue)).err());
        run(slot.take());
        thief.join().unwrap();
        run(slot.take());
        assert_eq!(ran.load(Relaxed), 2);
    });
}

// ---------------------------------------------------------------------- the ending

/// D06: a spawn that races the stop is refused, or counted before the pool is emptied.
#[test]
fn loom_fault_d06_a_spawn_is_refused_or_seen_by_the_stop() {
    loom::model(|| {
        let shared = Arc::new((Phase::new(), Counters::default()));
        let spawner = {
            let shared = shared.clone();
            thread::spawn(move || shared.1.admit(&shared.0))
        };
        assert!(shared.0.stop());
        let empty = Counters::all_completed([&shared.1].into_iter());
        let admitted = spawner.join().unwrap();
        assert!(!admitted || !empty, "a task came into a pool that was found empty");
    });
}

/// T11: whichever comes last, the call that asks for the end or the worker that ends the last
/// task, stops the pool.
#[test]
fn loom_fault_t11_the_last_task_and_the_stop_do_not_miss_each_other() {
    loom::model(|| {
        let shared = Arc::new((Phase::new(), Counters::default(), Idle::new(1)));
        assert!(shared.1.admit(&shared.0));
        let _ = shared.2.wake_any();
        let stop_if_idle = |(phase, counters, _): &(Phase, Counters, Idle)| {
            phase.waits_for_idle()
                && Counters::all_completed([counters].into_iter())
                && phase.stop()
        };
        let worker = {
            let shared = shared.clone();
            thread::spawn(move || {
                // The task spawns another, and both end: counted by this worker alone.
                let mine = Counters::default();
                mine.spawned_here();
                mine.completed_here();
                shared.1.completed_elsewhere();
                let _ = shared.2.sleep(0, true);
                stop_if_idle(&shared)
            })
        };
        shared.0.wait_for_idle();
        let here = stop_if_idle(&shared);
        let there = worker.join().unwrap();
        assert!(here ^ there, "stopped here: {here}, there: {there}");
    });
}

/// T11: the counts of a worker that spawned elsewhere are read in the order that never
/// takes a busy pool for an empty one.
#[test]
fn loom_fault_t11_a_chain_of_tasks_is_never_taken_for_none() {
    loom::model(|| {
        let shared = Arc::new((Counters::default(), Counters::default(), Phase::new()));
        assert!(shared.0.admit(&shared.2));
        let chain = {
            let shared = shared.clone();
            thread::spawn(move || {
                // The first task spawns the second and ends; the second goes on.
                assert!(shared.1.admit(&shared.2));
                shared.0.completed_elsewhere();
            })
        };
        let empty = Counters::all_completed([&shared.0, &shared.1].into_iter());
        assert!(!empty, "one of the two was there all the time");
        chain.join().unwrap();
    });
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.store(true, Release);
    }
}

/// The trigger fires when the last thread leaves, and whoever waits for it learns of it.
#[test]
fn loom_the_trigger_is_seen_or_wakes() {
    loom::model(|| {
        let trigger = Arc::new(Trigger::new());
        trigger.enter();
        // What each thread leaves behind.
        let left = [Data::new(), Data::new()];
        let leave = |trigger: &Arc<Trigger>, left: &Arc<Data>| {
            let (trigger, left) = (trigger.clone(), left.clone());
            thread::spawn(move || {
                left.write();
                trigger.leave();
            })
        };
        let (a, b) = (leave(&trigger, &left[0]), leave(&trigger, &left[1]));
        let woken = std::sync::Arc::new(Flag(AtomicBool::new(false)));
        let waker = Waker::from(woken.clone());
        let cx = tokio_executor::task::Context::from_waker(&waker);
        let seen = trigger.poll(&cx);
        if seen {
            assert_eq!(left[0].read() + left[1].read(), 2);
        }
        a.join().unwrap();
        b.join().unwrap();
        assert!(seen || woken.0.load(Acquire), "neither seen nor woken");
        assert!(trigger.poll(&cx));
    });
}

/// D01: the pool is emptied once, by the thread that leaves last or by the one that stops
/// a pool without threads.
#[test]
fn loom_fault_d01_a_stopped_pool_is_emptied_once() {
    loom::model(|| {
        let shared = Arc::new((Phase::new(), Trigger::new(), Mutex::new(1)));
        let finish = |shared: &(Phase, Trigger, Mutex<u32>)| usize::from(shared.1.begin());
        let thread = {
            let shared = shared.clone();
            thread::spawn(move || {
                let last = {
                    let mut alive = shared.2.lock().unwrap();
                    *alive -= 1;
                    *alive == 0
                };
                if last && shared.0.is_stopped() {
                    finish(&shared)
                } else {
                    0
                }
            })
        };
        assert!(shared.0.stop());
        let alive = *shared.2.lock().unwrap();
        let here = if alive == 0 { finish(&shared) } else { 0 };
        assert_eq!(here + thread.join().unwrap(), 1);
    });
}

// ------------------------------------------------------------- counters and the idle pool

/// A worker's counters are plain stores: who sees the end of a task sees its children.
///
/// The worker is the model's first thread: loom takes the first stores of any other for seen
/// by all.
#[test]
fn loom_the_end_of_a_task_shows_what_it_spawned() {
    loom::model(|| {
        let counters = Arc::new(Counters::default());
        counters.spawned_here();
        let reader = {
            let counters = counters.clone();
            thread::spawn(move || Counters::all_completed([&*counters].into_iter()))
        };
        counters.spawned_here();
        counters.completed_here();
        assert!(!reader.join().unwrap(), "the child lives");
    });
}

/// The child runs on another worker, which took it from the parent's queue.
#[test]
fn loom_a_stolen_child_is_counted_before_its_parent_ends() {
    loom::model(|| {
        let shared = Arc::new((Counters::default(), Counters::default(), AtomicBool::new(false)));
        shared.0.spawned_here();
        let parent = {
            let shared = shared.clone();
            thread::spawn(move || {
                shared.0.spawned_here();
                shared.2.store(true, Release);
                // It goes on until its child is done.
            })
        };
        let child = {
            let shared = shared.clone();
            thread::spawn(move || {
                if shared.2.load(Acquire) {
                    shared.1.completed_here();
                }
            })
        };
        let empty = Counters::all_completed([&shared.0, &shared.1].into_iter());
        parent.join().unwrap();
        child.join().unwrap();
        assert!(!empty, "the parent lives");
    });
}

/// T11: the same as for a task from outside, with counters that only the worker writes.
#[test]
fn loom_fault_t11_a_workers_last_task_and_the_stop_do_not_miss_each_other() {
    loom::model(|| {
        let shared = Arc::new((Phase::new(), Counters::default(), Idle::new(1)));
        let _ = shared.2.wake_any();
        shared.1.spawned_here();
        let stop_if_idle = |(phase, counters, _): &(Phase, Counters, Idle)| {
            phase.waits_for_idle()
                && Counters::all_completed([counters].into_iter())
                && phase.stop()
        };
        let worker = {
            let shared = shared.clone();
            thread::spawn(move || {
                shared.1.completed_here();
                let _ = shared.2.sleep(0, true);
                stop_if_idle(&shared)
            })
        };
        shared.0.wait_for_idle();
        let here = stop_if_idle(&shared);
        let there = worker.join().unwrap();
        assert!(here ^ there, "stopped here: {here}, there: {there}");
    });
}

// ------------------------------------------------------------------------- the monitor

/// The monitor ends its duty as a worker wakes up: it sees the worker, or the worker sees
/// that nobody monitors.
#[test]
fn loom_a_worker_that_wakes_up_is_monitored() {
    loom::model(|| {
        let shared = Arc::new((Duty::new(), Idle::new(2)));
        assert!(shared.0.take());
        let worker = {
            let shared = shared.clone();
            thread::spawn(move || {
                // It wakes up by itself, for an event of the driver.
                let by_itself = shared.1.remove(1);
                assert!(by_itself);
                !shared.0.is_surely_held()
            })
        };
        // As `Monitor::is_needed`.
        let busy = shared.1.awake() > 0;
        let on_duty = busy || {
            shared.0.release();
            shared.1.awake() > 0 && shared.0.take()
        };
        let calls = worker.join().unwrap();
        assert!(on_duty || calls, "nobody monitors, and nobody was called");
    });
}

/// Two sleepers: one has the duty at a time.
#[test]
fn loom_the_duty_is_taken_once() {
    loom::model(|| {
        let duty = Arc::new(Duty::new());
        let other = {
            let duty = duty.clone();
            thread::spawn(move || duty.take())
        };
        let mine = duty.take();
        assert!(mine ^ other.join().unwrap());
    });
}

/// The worker that drives leaves for a task, and hands the driver over: a sleeper that
/// stays aside on duty takes it.
#[test]
fn loom_a_driver_that_is_handed_over_is_taken() {
    loom::model(|| {
        let reactor = std::sync::Arc::new(Token::new());
        let sleeper = std::sync::Arc::new(Sleeper::new(Reactor(reactor)));
        let unpark = Sleeper::unpark(&sleeper);
        // The place of the driver: it is with the worker that leaves.
        let shared = Arc::new((DriverCall::new(), Mutex::new(None)));
        let leaves = {
            let shared = shared.clone();
            thread::spawn(move || {
                *shared.1.lock().unwrap() = Some(());
                shared.0.call();
                unpark.unpark();
            })
        };
        // A deadlock if the call is lost.
        loop {
            if shared.0.answer() && shared.1.lock().unwrap().take().is_some() {
                break;
            }
            sleeper.park(None);
        }
        leaves.join().unwrap();
    });
}

// --------------------------------------------------------------- retiring and starting

/// A worker gives up its thread as a task comes: the task finds the core and starts a
/// thread with it, or the worker stays.
#[test]
fn loom_a_worker_that_retires_is_started_or_stays() {
    loom::model(|| {
        let shared = Arc::new((Idle::new(1), Mutex::new(None::<Arc<Data>>)));
        let retires = {
            let shared = shared.clone();
            thread::spawn(move || {
                // As `sleep::retire`.
                let core = Data::new();
                core.write();
                let mut parked = shared.1.lock().unwrap();
                let sunk = shared.0.move_to_bottom(0);
                if sunk {
                    *parked = Some(core);
                }
                !sunk
            })
        };
        // As `Shared::inject` with `wake_or_start`: there is a sleeper, and nobody searches.
        assert_eq!(shared.0.wake_for_injected(), Some(0));
        let core = shared.1.lock().unwrap().take();
        let started = core.is_some();
        if let Some(core) = core {
            assert_eq!(core.read(), 1);
        }
        let stays = retires.join().unwrap();
        assert!(started ^ stays, "started {started}, stays {stays}");
    });
}

// --------------------------------------------------------------------- blocking slots

/// Takes a slot, gives it back one poll later, and says so.
struct Blocks {
    capacity: Arc<Capacity>,
    inside: Arc<AtomicUsize>,
    done: Arc<AtomicUsize>,
}

impl Future for Blocks {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if !self.capacity.take(&tokio_executor::task::Context::from(cx)) {
            return Poll::Pending;
        }
        assert_eq!(self.inside.fetch_add(1, AcqRel), 0, "one slot, two tasks");
        self.inside.fetch_sub(1, AcqRel);
        self.capacity.give_back();
        self.done.fetch_add(1, Release);
        Poll::Ready(())
    }
}

/// As a worker runs a task; true if it is done.
fn run(queue: &Queue, capacity: &Capacity, task: Runnable) -> bool {
    let id = task.address();
    let outcome = task.run();
    let (done, concerned) = match &outcome {
        AfterRun::Woken(_) => (false, false),
        AfterRun::Waiting => (false, capacity.has_granted()),
        AfterRun::Done | AfterRun::Panicked(_) => (true, capacity.has_entries()),
    };
    if concerned {
        capacity.after_poll(id, done);
    }
    match outcome {
        AfterRun::Woken(task) => {
            queue.push(task);
            false
        }
        AfterRun::Waiting => false,
        AfterRun::Done => true,
        AfterRun::Panicked(_) => panic!("no task of a model panics"),
    }
}

/// B01: two tasks share one slot; each gets it, and it is free in the end.
#[test]
fn loom_fault_b01_a_slot_goes_from_task_to_task() {
    loom::model(|| {
        let queue = Queue::new();
        let capacity = Arc::new(Capacity::new(1));
        let (inside, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        for _ in 0..2 {
            let (capacity, inside, done) = (capacity.clone(), inside.clone(), done.clone());
            let task = queue.bind(NewTask::new_std(Blocks { capacity, inside, done }));
            queue.push(task);
        }
        let other = {
            let (queue, capacity) = (queue.clone(), capacity.clone());
            thread::spawn(move || {
                let task = queue.pop();
                task.map(|task| run(&queue, &capacity, task));
            })
        };
        while let Some(task) = queue.pop() {
            run(&queue, &capacity, task);
        }
        other.join().unwrap();
        while let Some(task) = queue.pop() {
            run(&queue, &capacity, task);
        }
        assert_eq!(done.load(Acquire), 2, "a task was never given its slot");
        assert_eq!(capacity.free(), 1, "a slot was lost");
    });
}

/// B01: a slot that was granted to a task which has lost interest goes on to the next.
#[test]
fn loom_fault_b01_a_grant_without_a_taker_goes_on() {
    /// Waits for a slot once, and is done when it is polled again.
    struct Fickle(Arc<Capacity>, bool);

    impl Future for Fickle {
        type Output = ();

        fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
            if self.1 {
                return Poll::Ready(());
            }
            self.1 = true;
            // A waiter that wakes nobody, as that of a branch that was dropped.
            let cx = tokio_executor::task::Context::from_waker(Waker::noop());
            assert!(!self.0.take(&cx), "the slot is taken");
            Poll::Pending
        }
    }

    /// Takes the slot, and keeps it.
    struct Keeps(Arc<Capacity>);

    impl Future for Keeps {
        type Output = ();

        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
            assert!(self.0.take(&tokio_executor::task::Context::from(cx)));
            Poll::Ready(())
        }
    }

    loom::model(|| {
        let queue = Queue::new();
        let capacity = Arc::new(Capacity::new(1));
        let keeper = queue.bind(NewTask::new_std(Keeps(capacity.clone())));
        assert!(run(&queue, &capacity, keeper));
        let fickle = queue.bind(NewTask::new_std(Fickle(capacity.clone(), false)));
        let other = {
            let (queue, capacity) = (queue.clone(), capacity.clone());
            thread::spawn(move || {
                run(&queue, &capacity, fickle);
            })
        };
        other.join().unwrap();
        let giver = {
            let capacity = capacity.clone();
            thread::spawn(move || capacity.give_back())
        };
        while let Some(task) = queue.pop() {
            run(&queue, &capacity, task);
        }
        giver.join().unwrap();
        while let Some(task) = queue.pop() {
            run(&queue, &capacity, task);
        }
        assert_eq!(capacity.free(), 1, "the grant went nowhere");
    });
}
