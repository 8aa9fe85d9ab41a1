//! Threads for what blocks.
//!
//! Called by [`spawn_blocking`](super::Handle::spawn_blocking). Each job is a task that is
//! run once. A job goes to the thread that began to wait last (`tokio-executor/src/spare.rs`); if
//! none does, a new one is started, up to the limit; beyond it jobs queue. A thread that has
//! waited for long without a job ends.
//!
//! Always true: a job is given to a thread that waits, or all that there may be are busy or about
//! to start: a thread that will take no more jobs is not counted among these. Nothing of a
//! caller's runs or is dropped under the lock.
//!
//! Why not the pool's own `blocking`? It gives a worker away for the time of the call, and so
//! works in a poll on a worker only; these jobs come from any thread, and from runtimes without a
//! pool.

use super::{context, Handle};
use std::cell::Cell;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::io;
use std::ptr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tokio::clock::Hold;
use tokio_executor::internals::spare::{SpareThread, SpareThreads};
use tokio_executor::internals::{thread_name, unwind};
use tokio_executor::task::{AfterRun, JoinHandle, NewTask, Runnable};

/// A function that is called when a thread starts or ends.
pub(super) type Hook = Arc<dyn Fn() + Send + Sync>;

/// What threads are to be like.
#[derive(Clone)]
pub(super) struct ThreadSettings {
    pub(super) max: usize,
    pub(super) name: Arc<dyn Fn() -> String + Send + Sync>,
    pub(super) stack_bytes: Option<usize>,
    pub(super) keep_alive: Duration,
    pub(super) on_start: Option<Hook>,
    pub(super) on_stop: Option<Hook>,
}

impl Default for ThreadSettings {
    /// The threads of a runtime without settings.
    fn default() -> ThreadSettings {
        ThreadSettings {
            max: 512,
            name: Arc::new(|| String::from("tokio-rt-worker")),
            stack_bytes: None,
            keep_alive: Duration::from_secs(10),
            on_start: None,
            on_stop: None,
        }
    }
}

/// The threads of one runtime that block.
pub(super) struct BlockingPool {
    settings: ThreadSettings,
    /// Held to queue a job, take one, or count threads.
    state: Mutex<State>,
    /// The last thread has ended.
    empty: Condvar,
}

#[derive(Default)]
struct State {
    /// For which no thread waits.
    jobs: VecDeque<Job>,
    /// Threads that wait for a job.
    idle: SpareThreads<Job>,
    /// Threads that have not ended.
    threads: usize,
    /// Those of them that take no more jobs. What is called at a thread's end may take its time.
    leaving: usize,
    /// Threads that have not looked for a job yet. There is one for each, also if the pool is
    /// closed meanwhile: what had a thread of its own is begun.
    starting: usize,
    closed: bool,
    next_thread: usize,
    /// Of threads that have not given up waiting, to be joined at the end.
    handles: HashMap<usize, thread::JoinHandle<()>>,
}

impl State {
    /// Threads that take jobs.
    fn at_work(&self) -> usize {
        self.threads - self.leaving
    }
}

/// A queued job.
struct Job {
    task: Runnable,
    at_shutdown: AtShutdown,
    /// While it is queued or runs, a paused clock does not go on by itself. Kept until its
    /// join handle was woken.
    _hold: Hold,
}

/// What becomes of a job that is still queued when the pool closes.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum AtShutdown {
    Cancel,
    /// Somebody was told that it is done: a write to a file is ready before it has reached the
    /// system.
    Run,
}

thread_local! {
    /// The pool that this is a thread of, or null.
    static MEMBER_OF: Cell<*const BlockingPool> = const { Cell::new(ptr::null()) };
}

/// A job that calls `f`, and the handle to its result.
#[track_caller]
pub(super) fn job<F, R>(f: F) -> (NewTask, JoinHandle<R>)
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    NewTask::joined_blocking(f)
}

impl BlockingPool {
    pub(super) fn new(settings: ThreadSettings) -> BlockingPool {
        let state = Mutex::new(State::default());
        BlockingPool { settings, state, empty: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has a thread run `job`; a pool that is closed cancels it.
    ///
    /// # Errors
    ///
    /// If there is no thread and the system refuses one. The job is cancelled then.
    pub(super) fn spawn(
        &self,
        job: NewTask,
        at_shutdown: AtShutdown,
        home: &Handle,
    ) -> io::Result<()> {
        let job = Job { task: job.into_single_run(), at_shutdown, _hold: home.clock().hold() };
        let mut state = self.state();
        let mut name = None;
        if self.needs_thread(&state) {
            // It is the program's that gives names, and may use this pool.
            drop(state);
            name = thread_name(|| (self.settings.name)());
            state = self.state();
        }
        if state.closed {
            drop(state);
            drop(job);
            return Ok(());
        }
        let job = match state.idle.give(job) {
            Ok(thread) => {
                drop(state);
                thread.wake();
                return Ok(());
            }
            Err(job) => job,
        };
        let start = self.needs_thread(&state);
        state.jobs.push_back(job);
        if !start {
            return Ok(());
        }
        let Err(e) = self.start_thread(&mut state, name, home) else { return Ok(()) };
        if state.at_work() > 0 {
            // One of those comes for it.
            return Ok(());
        }
        let refused = state.jobs.pop_back();
        drop(state);
        drop(refused);
        Err(e)
    }

    /// Whether one more job needs a thread more, and may have it.
    fn needs_thread(&self, state: &State) -> bool {
        !state.closed && state.idle.is_empty() && state.at_work() < self.settings.max
    }

    fn start_thread(
        &self,
        state: &mut State,
        name: Option<String>,
        home: &Handle,
    ) -> io::Result<()> {
        let mut builder = thread::Builder::new();
        if let Some(name) = name {
            builder = builder.name(name);
        }
        if let Some(bytes) = self.settings.stack_bytes {
            builder = builder.stack_size(bytes);
        }
        let (number, home) = (state.next_thread, home.clone());
        let handle = builder.spawn(move || {
            let pool = home.blocking_pool().clone();
            let member = Member::new(&pool, number);
            // Sleeps and sockets are made here too, in a `block_on` of another library.
            let _defaults = home.enter_defaults();
            context::stay(home.clone());
            drop(home);
            // The jobs that it was started for are still to be run.
            unwind::quietly(|| pool.settings.on_start.iter().for_each(|f| f()));
            member.leaves.set(pool.run());
            pool.settings.on_stop.iter().for_each(|f| f());
        })?;
        state.next_thread += 1;
        state.threads += 1;
        state.starting += 1;
        state.handles.insert(number, handle);
        Ok(())
    }

    /// Runs jobs until the pool is closed, or none has come for long; true then: this thread is
    /// counted among those that leave.
    fn run(&self) -> bool {
        let this = SpareThread::new();
        let mut state = self.state();
        state.starting -= 1;
        let mut given = None;
        loop {
            while let Some(job) = given.take().or_else(|| state.jobs.pop_front()) {
                drop(state);
                let Job { task, _hold, .. } = job;
                // A panic is its handle's, but for one in a destructor.
                if let AfterRun::Panicked(payload) = task.run() {
                    unwind::discard(payload);
                }
                drop(_hold);
                state = self.state();
            }
            if state.closed {
                return false;
            }
            let since = Instant::now();
            state.idle.enter(&this);
            drop(state);
            this.wait(self.settings.keep_alive);
            state = self.state();
            given = state.idle.leave(&this);
            let nothing = given.is_none() && state.jobs.is_empty() && !state.closed;
            if nothing && since.elapsed() >= self.settings.keep_alive {
                // From here on, a job has another thread started.
                state.leaving += 1;
                return true;
            }
        }
    }

    /// Whether no more jobs are taken.
    pub(super) fn is_closed(&self) -> bool {
        self.state().closed
    }

    /// Cancels what is queued and may be cancelled, and takes no more. Threads that wait or are
    /// busy come for the rest.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        let begun = state.starting.min(state.jobs.len());
        let queued = state.jobs.split_off(begun);
        let (kept, cancelled): (VecDeque<_>, VecDeque<_>) =
            queued.into_iter().partition(|job| job.at_shutdown == AtShutdown::Run);
        state.jobs.extend(kept);
        // Others look before they wait.
        let waiting = state.idle.dismiss();
        drop(state);
        waiting.iter().for_each(|thread| thread.wake());
        drop(cancelled);
    }

    /// Waits until all threads have ended, or for `deadline`. The pool is closed. False if some
    /// have not ended.
    pub(super) fn wait(&self, deadline: Option<Instant>) -> bool {
        if ptr::eq(MEMBER_OF.get(), self) {
            // This thread cannot wait for its own end.
            return false;
        }
        let mut state = self.state();
        while state.threads > 0 {
            let wait = match deadline {
                None => self.empty.wait(state).map_err(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return false;
                    }
                    let waited = self.empty.wait_timeout(state, left);
                    Ok(waited.unwrap_or_else(PoisonError::into_inner).0)
                }
            };
            state = wait.unwrap_or_else(|guard| guard);
        }
        let handles = std::mem::take(&mut state.handles);
        drop(state);
        // They have nothing left to do but to drop their locals.
        for handle in handles.into_values() {
            let _ = handle.join();
        }
        true
    }

    /// Threads that take jobs, those among them that wait for one, and queued jobs.
    pub(super) fn counts(&self) -> (usize, usize, usize) {
        let state = self.state();
        (state.at_work(), state.idle.len(), state.jobs.len())
    }
}

/// A thread of a pool.
struct Member<'a> {
    pool: &'a BlockingPool,
    number: usize,
    /// It is counted among those that leave.
    leaves: Cell<bool>,
}

impl<'a> Member<'a> {
    fn new(pool: &'a Arc<BlockingPool>, number: usize) -> Member<'a> {
        MEMBER_OF.set(Arc::as_ptr(pool));
        Member { pool, number, leaves: Cell::new(false) }
    }
}

impl Drop for Member<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.state();
        state.threads -= 1;
        state.leaving -= usize::from(self.leaves.get());
        // Whoever closed the pool joins the thread; nobody waits for one that leaves.
        let left = if state.closed { None } else { state.handles.remove(&self.number) };
        let last = state.threads == 0;
        // Of a thread that ended in a hook, and so began none.
        let jobs =
            if state.closed && last { std::mem::take(&mut state.jobs) } else { VecDeque::new() };
        drop(state);
        drop(left);
        drop(jobs);
        if last {
            self.pool.empty.notify_all();
        }
    }
}

impl fmt::Debug for BlockingPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (threads, idle, queued) = self.counts();
        f.debug_struct("BlockingPool")
            .field("threads", &threads)
            .field("idle", &idle)
            .field("queued", &queued)
            .finish()
    }
}
