//! Every interleaving of a task's life: what wakes, cancels, joins and drops it.
//!
//! Run with `--cfg loom`. The futures here are std's: loom runs all threads of a model
//! on one, so that the current task of futures 0.1 is everybody's.

use super::state::{AfterWake, State, ToDone, ToIdle, ToRunning};
use super::{AfterRun, NewTask, Owner, OwnerRef, Runnable, TaskList, TaskRef, TaskState};
use crate::sys::UnsafeCell;
use crate::waiter::WaiterCell;
use loom::sync::atomic::{AtomicBool, AtomicUsize};
use loom::sync::{Arc, Mutex};
use loom::thread;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::task::{Context, Poll, Waker};

/// Every interleaving with at most three switches away from a thread that could go on.
fn model(f: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(f);
}

/// An executor that is a queue and nothing more.
pub(super) struct Queue {
    tasks: Mutex<VecDeque<Runnable>>,
    waiting: TaskList,
}

impl Queue {
    pub(super) fn new() -> Arc<Queue> {
        Arc::new(Queue { tasks: Mutex::new(VecDeque::new()), waiting: TaskList::new() })
    }

    pub(super) fn take_in(&self, task: NewTask) {
        // SAFETY: each model keeps its queue until its tasks are done.
        let task = unsafe { task.bind(OwnerRef::new(self as *const Queue)) };
        self.tasks.lock().unwrap().push_back(task);
    }

    fn pop(&self) -> Option<Runnable> {
        self.tasks.lock().unwrap().pop_front()
    }

    /// Runs one task; false if none is queued.
    pub(super) fn pop_and_run(&self) -> bool {
        let found = !self.tasks.lock().unwrap().is_empty();
        self.run_one();
        found
    }

    /// Runs one task, if one is queued; true if it is done then.
    fn run_one(&self) -> bool {
        let Some(mut task) = self.pop() else { return false };
        assert!(task.take_next().is_none());
        match task.run() {
            AfterRun::Woken(task) => {
                self.tasks.lock().unwrap().push_back(task);
                false
            }
            AfterRun::Done => true,
            AfterRun::Panicked(_) => panic!("no task of a model panics"),
            AfterRun::Waiting => false,
        }
    }
}

// SAFETY: see `take_in`.
unsafe impl Owner for Queue {
    unsafe fn schedule(this: *const Queue, mut task: Runnable) {
        // As a queue of linked tasks does: the last run's links are seen here.
        task.set_next(None);
        // SAFETY: the model keeps its queue.
        unsafe { &*this }.tasks.lock().unwrap().push_back(task);
    }

    unsafe fn list(&self, task: &TaskRef) -> u32 {
        // SAFETY: the task calls this once, and `unlist` before it is done.
        unsafe { self.waiting.insert(task) };
        0
    }

    unsafe fn unlist(&self, task: &TaskRef, _: u32) {
        // SAFETY: `list` was called for it.
        unsafe { self.waiting.remove(task) };
    }
}

/// Pending until a flag is set; counts its polls and its drop.
struct Flagged {
    shared: Arc<Shared>,
}

struct Shared {
    flag: AtomicBool,
    waiter: WaiterCell,
    polling: AtomicBool,
    drops: AtomicUsize,
}

impl Shared {
    fn new() -> Arc<Shared> {
        Arc::new(Shared {
            flag: AtomicBool::new(false),
            waiter: WaiterCell::new(),
            polling: AtomicBool::new(false),
            drops: AtomicUsize::new(0),
        })
    }

    fn set(&self) {
        self.flag.store(true, Release);
        self.waiter.wake();
    }
}

impl Future for Flagged {
    type Output = u32;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u32> {
        let shared = &self.shared;
        assert!(!shared.polling.swap(true, AcqRel), "two threads poll one task");
        shared.waiter.register(&super::Context::from(cx));
        let ready = shared.flag.load(Acquire);
        shared.polling.store(false, Release);
        if ready {
            Poll::Ready(7)
        } else {
            Poll::Pending
        }
    }
}

impl Drop for Flagged {
    fn drop(&mut self) {
        self.shared.drops.fetch_add(1, Relaxed);
    }
}

/// T01: a wake during a poll leads to exactly one more poll, and none is lost.
#[test]
fn loom_fault_t01_a_wake_during_a_poll_is_not_lost() {
    model(|| {
        let queue = Queue::new();
        let shared = Shared::new();
        let (task, handle) = NewTask::joined_std(Flagged { shared: shared.clone() });
        drop(handle);
        queue.take_in(task);
        let setter = {
            let shared = shared.clone();
            thread::spawn(move || shared.set())
        };
        let done = queue.run_one();
        setter.join().unwrap();
        assert!(done || queue.run_one(), "the wake was lost");
        assert_eq!(shared.drops.load(Relaxed), 1);
    });
}

/// Two threads may run what is queued; the task itself is run by one at a time.
#[test]
fn loom_two_runners_never_poll_one_task_at_once() {
    model(|| {
        let queue = Queue::new();
        let shared = Shared::new();
        let (task, handle) = NewTask::joined_std(Flagged { shared: shared.clone() });
        drop(handle);
        queue.take_in(task);
        let other = {
            let (queue, shared) = (queue.clone(), shared.clone());
            thread::spawn(move || {
                shared.set();
                queue.run_one()
            })
        };
        let mine = queue.run_one();
        let theirs = other.join().unwrap();
        assert!(mine || theirs || queue.run_one(), "the wake was lost");
        assert_eq!(shared.drops.load(Relaxed), 1);
    });
}

/// The future is dropped once, whether the cancel or the wake comes first.
#[test]
fn loom_a_cancelled_task_is_dropped_once() {
    model(|| {
        let queue = Queue::new();
        let shared = Shared::new();
        let (task, handle) = NewTask::joined_std(Flagged { shared: shared.clone() });
        queue.take_in(task);
        let abort = handle.abort_handle();
        let aborter = thread::spawn(move || abort.abort());
        let setter = {
            let shared = shared.clone();
            thread::spawn(move || shared.set())
        };
        let mut done = queue.run_one();
        aborter.join().unwrap();
        setter.join().unwrap();
        while !done {
            done = queue.run_one();
        }
        assert!(queue.pop().is_none(), "queued once too often");
        assert_eq!(shared.drops.load(Relaxed), 1);
        drop(handle);
    });
}

/// Counts how often it is dropped.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Relaxed);
    }
}

/// T12: the result is seen by the join handle, or dropped, when both come together.
#[test]
fn loom_fault_t12_a_result_is_taken_or_dropped_once() {
    model(|| {
        let drops = Arc::new(AtomicUsize::new(0));
        let queue = Queue::new();
        let result = Counted(drops.clone());
        let (task, handle) = NewTask::joined_std(async move { result });
        queue.take_in(task);
        let joiner = thread::spawn(move || drop(handle));
        assert!(queue.run_one());
        joiner.join().unwrap();
        assert_eq!(drops.load(Relaxed), 1);
    });
}

/// What a waker does to it.
struct Flag(AtomicBool);

impl Flag {
    fn new() -> (std::sync::Arc<Flag>, Waker) {
        let flag = std::sync::Arc::new(Flag(AtomicBool::new(false)));
        (flag.clone(), Waker::from(flag))
    }
}

impl std::task::Wake for Flag {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.store(true, Release);
    }
}

/// A join handle that waits already, and is polled by another task as its own ends, has that
/// one woken, or gets the result. One that is dropped leaves the result to the run.
#[test]
fn loom_a_joiner_that_waits_already_is_woken_or_finds_the_result() {
    for drops in [false, true] {
        model(move || {
            let queue = Queue::new();
            let (task, mut handle) = NewTask::joined_std(async { 3 });
            queue.take_in(task);
            let (_, first) = Flag::new();
            assert!(handle.poll_join(&super::Context::from_waker(&first)).is_pending());
            let runner = {
                let queue = queue.clone();
                thread::spawn(move || assert!(queue.run_one()))
            };
            let (woken, second) = Flag::new();
            if let Poll::Ready(result) = handle.poll_join(&super::Context::from_waker(&second)) {
                assert_eq!(result.unwrap(), 3);
                // Maybe before the run is over.
                drop(handle);
                runner.join().unwrap();
                return;
            }
            if drops {
                drop(handle);
                runner.join().unwrap();
                return;
            }
            runner.join().unwrap();
            assert!(woken.0.load(Acquire), "the joiner was not woken");
            assert!(handle.poll_join(&super::Context::from_waker(&second)).is_ready());
        });
    }
}

/// A join handle that is polled as the task ends gets the result or a wake.
#[test]
fn loom_a_joiner_is_woken_or_finds_the_result() {
    model(|| {
        let queue = Queue::new();
        let (task, mut handle) = NewTask::joined_std(async { 3 });
        queue.take_in(task);
        let runner = {
            let queue = queue.clone();
            thread::spawn(move || assert!(queue.run_one()))
        };
        let (woken, waker) = Flag::new();
        match handle.poll_join(&super::Context::from_waker(&waker)) {
            Poll::Ready(result) => {
                assert_eq!(result.unwrap(), 3);
                // Maybe before the run is over.
                drop(handle);
                runner.join().unwrap();
            }
            Poll::Pending => {
                runner.join().unwrap();
                assert!(woken.0.load(Acquire), "the joiner was not woken");
                match handle.poll_join(&super::Context::from_waker(&waker)) {
                    Poll::Ready(result) => assert_eq!(result.unwrap(), 3),
                    Poll::Pending => panic!("the task is done"),
                }
            }
        }
    });
}

/// Wakers cloned and dropped on other threads, while the task ends, free it once. (The
/// model's leak check sees a block that is not freed.)
#[test]
fn loom_references_settle_with_the_end_of_the_run() {
    struct HandOut(Arc<Mutex<Option<Waker>>>, bool);

    impl Future for HandOut {
        type Output = ();

        fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
            if self.1 {
                return Poll::Ready(());
            }
            self.1 = true;
            *self.0.lock().unwrap() = Some(cx.waker().clone());
            Poll::Pending
        }
    }

    model(|| {
        let queue = Queue::new();
        let place = Arc::new(Mutex::new(None));
        queue.take_in(NewTask::new_std(HandOut(place.clone(), false)));
        let waker = {
            let place = place.clone();
            thread::spawn(move || {
                let waker = place.lock().unwrap().take();
                let found = waker.is_some();
                if let Some(waker) = waker {
                    drop(waker.clone());
                    waker.wake();
                }
                found
            })
        };
        let mut done = queue.run_one();
        if !waker.join().unwrap() {
            let waker = place.lock().unwrap().take();
            waker.expect("the first poll left its waker").wake();
        }
        while !done {
            done = queue.run_one();
        }
    });
}

/// T08: a run takes its task for unique only if nobody else has a reference, whichever way
/// they were passed about. The content stands for the block: it is read by whoever has a
/// reference, and written by the one who frees it.
#[test]
fn loom_fault_t08_a_task_is_unique_only_if_nobody_else_knows_it() {
    struct Block {
        state: State,
        content: UnsafeCell<u32>,
        frees: AtomicUsize,
    }

    impl Block {
        fn read(&self) {
            // SAFETY: what the model is about.
            self.content.with(|content| assert_eq!(unsafe { *content }, 7));
        }

        fn free(&self) {
            // SAFETY: what the model is about.
            self.content.with_mut(|content| unsafe { *content = 0 });
            self.frees.fetch_add(1, Relaxed);
        }
    }

    model(|| {
        let block = Arc::new(Block {
            state: State::new(false),
            content: UnsafeCell::new(7),
            frees: AtomicUsize::new(0),
        });
        assert_eq!(block.state.transition_to_running(true), ToRunning::Poll);
        // The run makes a reference, and another thread gets it.
        let mut own_refs = 1;
        // What comes back from there.
        let back = Arc::new(Mutex::new(false));
        let other = {
            let (block, back) = (block.clone(), back.clone());
            thread::spawn(move || {
                block.state.retain();
                *back.lock().unwrap() = true;
                block.read();
                if block.state.release() {
                    block.free();
                }
            })
        };
        if std::mem::take(&mut *back.lock().unwrap()) {
            // One came back, though not the one that was given.
            block.read();
            own_refs -= 1;
        }
        // A wake of its own, then another run.
        let outcome = block.state.transition_to_idle(true, own_refs, true);
        assert_eq!(outcome, ToIdle::Requeue);
        assert_eq!(block.state.transition_to_running(true), ToRunning::Poll);
        let mut own_refs = 0;
        if std::mem::take(&mut *back.lock().unwrap()) {
            own_refs -= 1;
        }
        let after = block.state.transition_to_done(own_refs, true, false);
        assert_ne!(after, ToDone::WakeJoiner);
        if after == ToDone::Free {
            block.free();
        }
        other.join().unwrap();
        if std::mem::take(&mut *back.lock().unwrap()) {
            block.read();
            if block.state.release() {
                block.free();
            }
        }
        assert_eq!(block.frees.load(Relaxed), 1, "freed once, by the last");
    });
}

/// What a model's threads write for a task, and the task reads.
struct Data {
    cell: UnsafeCell<u32>,
    written: AtomicBool,
}

impl Data {
    fn new() -> Arc<Data> {
        Arc::new(Data { cell: UnsafeCell::new(0), written: AtomicBool::new(false) })
    }

    fn write(&self) {
        // SAFETY: what the model is about.
        self.cell.with_mut(|cell| unsafe { *cell = 7 });
    }

    fn read(&self) {
        // SAFETY: what the model is about.
        self.cell.with(|cell| assert_eq!(unsafe { *cell }, 7));
    }

    /// Says that the wake is over, and nothing else: publishes no data.
    fn say_so(&self) {
        self.written.store(true, Relaxed);
    }

    fn is_said(&self) -> bool {
        self.written.load(Relaxed)
    }
}

/// A wake that finds its task queued publishes what was written before it, although nothing
/// is queued by it; so does one whose waker was the last, which leaves the task unique.
#[test]
fn loom_a_wake_of_a_queued_task_publishes() {
    for keep in [false, true] {
        model(move || {
            let data = Data::new();
            let state = Arc::new(State::new(false));
            state.retain();
            let other = {
                let (data, state) = (data.clone(), state.clone());
                thread::spawn(move || {
                    data.write();
                    assert_eq!(state.wake(), AfterWake::Nothing);
                    if !keep {
                        assert!(!state.release());
                    }
                    data.say_so();
                })
            };
            let said = data.is_said();
            assert_eq!(state.transition_to_running(true), ToRunning::Poll);
            if said {
                data.read();
            }
            other.join().unwrap();
            let _ = state.transition_to_done(0, true, false);
        });
    }
}

/// A wake that finds its task running publishes to the next run.
#[test]
fn loom_a_wake_of_a_running_task_publishes() {
    for woken in [false, true] {
        model(move || {
            let data = Data::new();
            let state = Arc::new(State::new(false));
            state.retain();
            assert_eq!(state.transition_to_running(false), ToRunning::Poll);
            let other = {
                let (data, state) = (data.clone(), state.clone());
                thread::spawn(move || {
                    data.write();
                    let scheduled = state.wake() == AfterWake::Schedule;
                    data.say_so();
                    scheduled
                })
            };
            let said = data.is_said();
            match state.transition_to_idle(woken, 0, false) {
                ToIdle::Requeue => {
                    assert_eq!(state.transition_to_running(false), ToRunning::Poll);
                    if said || !woken {
                        data.read();
                    }
                    let scheduled = other.join().unwrap();
                    assert!(!scheduled);
                }
                ToIdle::Idle => assert!(other.join().unwrap(), "the wake was lost"),
            }
        });
    }
}

/// Who wakes a task that waits sees what its last run wrote, by the wake alone.
#[test]
fn loom_a_run_publishes_to_who_schedules_the_task() {
    model(|| {
        let data = Data::new();
        let state = Arc::new(State::new(false));
        state.retain();
        assert_eq!(state.transition_to_running(false), ToRunning::Poll);
        let other = {
            let (data, state) = (data.clone(), state.clone());
            thread::spawn(move || {
                if state.wake() == AfterWake::Schedule {
                    data.read();
                    assert_eq!(state.transition_to_running(false), ToRunning::Poll);
                }
            })
        };
        data.write();
        let _ = state.transition_to_idle(false, 0, false);
        other.join().unwrap();
    });
}

/// The handle of a task that ends is dropped, and another reference stays: the result goes
/// with the run or with the handle, not with that reference.
#[test]
fn loom_a_result_does_not_wait_for_the_last_reference() {
    model(|| {
        let drops = Arc::new(AtomicUsize::new(0));
        let queue = Queue::new();
        let result = Counted(drops.clone());
        let (task, handle) = NewTask::joined_std(async move { result });
        let abort = handle.abort_handle();
        queue.take_in(task);
        let detacher = thread::spawn(move || drop(handle));
        assert!(queue.run_one());
        detacher.join().unwrap();
        assert_eq!(drops.load(Relaxed), 1);
        assert!(abort.is_finished());
    });
}

/// A task that waits is cancelled with its list while it is woken and run elsewhere.
#[test]
fn loom_a_list_is_cancelled_while_a_task_of_it_ends() {
    model(|| {
        let queue = Queue::new();
        let shared = Shared::new();
        queue.take_in(NewTask::new_std(Counts(Flagged { shared: shared.clone() })));
        assert!(!queue.run_one());
        assert_eq!(queue.waiting.len(), 1);
        let other = {
            let (queue, shared) = (queue.clone(), shared.clone());
            thread::spawn(move || {
                shared.set();
                queue.run_one()
            })
        };
        queue.waiting.cancel_all();
        let mut done = queue.run_one();
        done |= other.join().unwrap();
        assert!(done || queue.run_one(), "neither woken nor cancelled");
        assert!(queue.waiting.is_empty());
        assert!(queue.pop().is_none(), "queued once too often");
        assert_eq!(shared.drops.load(Relaxed), 1);
    });
}

/// A future without a result.
struct Counts(Flagged);

impl Future for Counts {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx).map(|_| ())
    }
}

/// Somebody lists the tasks, and asks what they do, while one of them runs and ends, and
/// another one enters: what waited all along is listed, and nothing is used that is gone.
#[test]
fn loom_a_list_is_walked_while_tasks_of_it_end() {
    model(|| {
        let queue = Queue::new();
        let (stays, ends) = (Shared::new(), Shared::new());
        for shared in [&stays, &ends] {
            queue.take_in(NewTask::new_std({
                let future = Flagged { shared: shared.clone() };
                async move {
                    let _ = future.await;
                }
            }));
            assert!(!queue.run_one());
        }
        let walker = {
            let queue = queue.clone();
            thread::spawn(move || {
                let tasks = queue.waiting.tasks_in_pieces_of(1);
                assert!(tasks.iter().any(|task| task.state() == TaskState::Idle));
                assert!(tasks.len() <= 2);
                assert!(tasks.iter().all(|task| !task.is_lost()), "their wakers are kept");
            })
        };
        ends.set();
        queue.run_one();
        walker.join().unwrap();
        stays.set();
        while queue.run_one() || !queue.waiting.is_empty() {}
    });
}
