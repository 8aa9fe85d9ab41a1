//! The loop that runs tasks.
//!
//! A [`Core`] is a worker: its queue, its parker, its place in the pool. A thread runs
//! it, and puts its address in a thread-local, so that a wake or spawn on this thread
//! finds the queue. When a task blocks, the core goes to another thread and the
//! thread-local is emptied: from then on this thread only finishes its task. `sleep` has
//! what a worker does when it finds nothing, `threads` what its thread does around it.
//!
//! Called by `threads`, which runs the loop, and by `shared` for spawns and wakes on this thread.
//!
//! Always true: a core belongs to one thread at a time; a worker blocks in its parker only;
//! only a poll gives the core away ([`Mode`]). A task that was queued is run. In steps:
//!
//! 1. A task that is woken or spawned on the worker's own thread goes to its LIFO slot
//!    or queue. It needs no wake-up: the worker looks into both before it sleeps.
//! 2. Any other task goes to the injector, and a worker is woken if none searches: see `idle`,
//!    which has the proof that one of them finds it.
//! 3. A worker that stays in one poll does not get to what it queued. If a worker sleeps,
//!    there is a stall monitor (`monitor`), which within two periods finds the queue and
//!    takes the tasks, or has others do so. One that is busy takes some between two of its polls
//!    ([`Core::relieve`]).
//! 4. A sleeper is woken for what is queued here as soon as that pays. For a task that is spawned
//!    behind another one, at once. For one that is woken, at once if there are more than this
//!    worker gets done in the time `search::SOON`; else if one of them still waits after [`SLOW`]
//!    ([`Core::check`]), whether or not there is a monitor.
//! 5. What a turn of the driver wakes is queued here (`Mode::Parked`), with no wake-up for each;
//!    a user's parker, which may wake tasks before it sleeps, is unparked for the first. The
//!    worker wakes a sleeper at once if there are more than [`BACKLOG`], and else as in step 4.
//! 6. I/O and timers are driven by a sleeper, by a worker between polls, or by the monitor
//!    once it sees that neither happens (`sleep`).
//!
//! Why not wake a sleeper for each queued task? A wake-up costs both sides as much as a few
//! dozen short polls, and tasks that wake each other share what they wake by: on two workers,
//! eight tasks that pass one lock on take twice the time that they take on one. Why for each
//! that is spawned? Its work is its own, and its spawner may go on for long in the same poll.

mod looks;

use crate::panics;
use crate::park::WorkerPark;
use crate::queue::{Local, LIFO_STREAK};
use crate::search::Search;
use crate::shared::{Shared, WorkerState};
use crate::sleep::Awoken;
use looks::Backlog;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::ptr;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_executor::internals::forced_yields;
use tokio_executor::internals::inspect::is_on;
use tokio_executor::task::{AfterRun, Runnable};

/// Polls between two looks at what is outside this worker: I/O, timers, and tasks that
/// came from elsewhere. A prime, so that it does not fall in step with a task's habits.
const POLLS_PER_LOOK: u64 = 61;

/// Polls between two looks if that many take longer: what waits outside waits no longer than
/// this, or two polls. Long enough for a turn of the driver not to show, which is a system call.
const TIME_PER_LOOK: Duration = Duration::from_micros(50);

/// Tasks woken by one turn of the driver for which help is called at once. With fewer, the
/// worker is most often through before another one would be awake and have stolen its
/// share.
pub(crate) const BACKLOG: usize = POLLS_PER_LOOK as usize;

/// How long tasks that were woken may wait for their worker alone; and a worker that was
/// away from the driver for longer hands it to a sleeper when it leaves it next. A hundred
/// times what a wake-up costs.
pub(crate) const SLOW: Duration = Duration::from_micros(500);

/// What a worker's thread is doing, as far as others' code on that thread is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Between polls.
    Between,
    /// In a task's poll, which may give the core away.
    Polling,
    /// In the parker: wakes come in numbers, and the core stays where it is.
    Parked,
}

/// A worker, whichever thread runs it.
// As `WorkerState`: its neighbour in memory may well be another worker's.
#[repr(align(128))]
pub(crate) struct Core {
    pub(crate) index: usize,
    pub(crate) queue: Local<Runnable>,
    /// What `WorkerPark::may_wake_first` says of the parker.
    parks_after_wakes: bool,
    /// Taken out by whoever parks; `None` during the park.
    park: RefCell<Option<Box<dyn WorkerPark>>>,
    mode: Cell<Mode>,
    /// A task that is woken or spawned here goes to the LIFO slot, if there is room. Not while
    /// the core is parked, and never in a pool without LIFO slots.
    to_lifo: Cell<bool>,
    polls: Cell<u64>,
    /// The poll before which `check` is due.
    next_check: Cell<u64>,
    /// The poll before which `check` polls the driver and the injector.
    next_look: Cell<u64>,
    /// When it last looked, and after how many polls; later by what it slept since, and by the
    /// looks before, which found nothing.
    last_look: Cell<(Instant, u64)>,
    /// The next poll that is measured: `check` chooses it.
    next_measured: Cell<u64>,
    /// Several tasks that are queued, until they had their turn.
    backlog: Cell<Option<Backlog>>,
    /// Polls that took `search::SOON`, between the last two looks.
    polls_soon: Cell<usize>,
    /// Polls of tasks that did not come from the front of its queue.
    past_queue: Cell<u64>,
    /// How many of these there may be before the queue has its turn again.
    past_queue_until: Cell<u64>,
    /// The task that ran from the LIFO slot last, by address; only to be compared.
    lifo_last: Cell<usize>,
    pub(crate) searching: Cell<bool>,
    /// It has slept, and not yet found a task.
    pub(crate) just_unparked: Cell<bool>,
    /// It was counted among the sleepers, and has not made sure of a monitor since.
    pub(crate) unwatched: Cell<bool>,
    /// The last sleep was in the driver, and the time awake before it was long.
    pub(crate) hands_over: Cell<bool>,
    pub(crate) awake_since: Cell<Instant>,
    pub(crate) search: Search,
    /// What the thread's count of forced yields was at the last look.
    yields_seen: Cell<u64>,
    /// The pool, while a thread runs this core.
    pool: Cell<*const Shared>,
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("index", &self.index)
            .field("queued", &self.queue.len())
            .field("searching", &self.searching.get())
            .finish_non_exhaustive()
    }
}

// SAFETY: a core is moved between threads, never shared; `pool` is only an address.
unsafe impl Send for Core {}

thread_local! {
    /// The core that this thread runs.
    static CORE: Cell<*const Core> = const { Cell::new(ptr::null()) };
}

/// The core that this thread runs, if it belongs to `pool`.
#[inline]
pub(crate) fn current_at<'a>(pool: *const Shared) -> Option<&'a Core> {
    let core = CORE.try_with(Cell::get).unwrap_or(ptr::null());
    // SAFETY: `run` keeps the core alive while its address is in the thread-local, and
    // callers use the reference before anything can hand the core over.
    let core = unsafe { core.as_ref() }?;
    ptr::eq(core.pool.get(), pool).then_some(core)
}

#[inline]
pub(crate) fn current_of<'a>(pool: &Arc<Shared>) -> Option<&'a Core> {
    current_at(Arc::as_ptr(pool))
}

/// Returns the index of the worker that this thread runs, among those of its pool.
pub fn worker_index() -> Option<usize> {
    let core = CORE.try_with(Cell::get).unwrap_or(ptr::null());
    // SAFETY: as in `current_at`.
    unsafe { core.as_ref() }.map(|core| core.index)
}

/// Returns whether this thread runs a worker that has a task in its own queue.
///
/// For who runs others' code just before a worker sleeps.
pub fn worker_has_tasks() -> bool {
    let core = CORE.try_with(Cell::get).unwrap_or(ptr::null());
    // SAFETY: as in `current_at`.
    unsafe { core.as_ref() }.is_some_and(|core| !core.queue.is_empty())
}

/// What may become of a worker whose thread is about to block.
pub(crate) enum Blocks {
    /// It goes to another thread of its pool: this one is in the poll of a task.
    Detaches(Arc<Shared>),
    /// It stays where it is, and waits.
    Stays,
}

/// Whether this thread runs a worker, and whether that can be detached now.
pub(crate) fn blocks() -> Option<Blocks> {
    let core = CORE.try_with(Cell::get).unwrap_or(ptr::null());
    // SAFETY: as in `current_at`.
    let core = unsafe { core.as_ref() }?;
    Some(match core.mode.get() {
        Mode::Polling => Blocks::Detaches(core.pool()),
        Mode::Between | Mode::Parked => Blocks::Stays,
    })
}

/// Takes the core away from this thread, which from now on is no worker.
pub(crate) fn detach() -> Option<Box<Core>> {
    let core = CORE.replace(ptr::null());
    if core.is_null() {
        return None;
    }
    // SAFETY: `run` made the address from a box, and gives the box up when it finds the
    // thread-local empty.
    Some(unsafe { Box::from_raw(core.cast_mut()) })
}

/// As [`detach`], in the poll of a task: anywhere else, the worker's loop is not prepared
/// for it.
pub(crate) fn detach_polling() -> Option<Box<Core>> {
    let Some(Blocks::Detaches(_)) = blocks() else { return None };
    let core = detach()?;
    core.count_yields();
    Some(core)
}

/// Puts back what [`detach`] took, on the same thread.
pub(crate) fn attach(core: Box<Core>) {
    CORE.set(Box::into_raw(core));
}

/// Takes back the core of a loop that ended by a panic, for another one.
pub(crate) fn recover(shared: &Arc<Shared>) -> Option<Box<Core>> {
    let core = detach()?;
    if core.mode.replace(Mode::Between) == Mode::Polling {
        // The task went with it.
        shared.workers[core.index].counters.completed_here();
    }
    Some(core)
}

// ------------------------------------------------------------------- tasks come in

impl Core {
    pub(crate) fn new(
        index: usize,
        workers: usize,
        queue: Local<Runnable>,
        park: Box<dyn WorkerPark>,
        lifo_slot: bool,
    ) -> Core {
        Core {
            index,
            queue,
            parks_after_wakes: park.may_wake_first(),
            park: RefCell::new(Some(park)),
            mode: Cell::new(Mode::Between),
            to_lifo: Cell::new(lifo_slot),
            polls: Cell::new(0),
            next_check: Cell::new(POLLS_PER_LOOK),
            next_look: Cell::new(POLLS_PER_LOOK),
            last_look: Cell::new((Instant::now(), 0)),
            next_measured: Cell::new(1),
            backlog: Cell::new(None),
            polls_soon: Cell::new(0),
            past_queue: Cell::new(0),
            past_queue_until: Cell::new(LIFO_STREAK),
            lifo_last: Cell::new(0),
            searching: Cell::new(false),
            just_unparked: Cell::new(false),
            unwatched: Cell::new(true),
            hands_over: Cell::new(false),
            awake_since: Cell::new(Instant::now()),
            search: Search::new(index, workers),
            yields_seen: Cell::new(0),
            pool: Cell::new(ptr::null()),
        }
    }

    /// Whoever takes a worker off the sleepers counts it as searching.
    pub(crate) fn starts_searching(&self) {
        self.searching.set(true);
    }

    /// Has the next poll measured.
    pub(crate) fn measure_next(&self) {
        self.next_measured.set(self.polls.get() + 1);
    }

    /// Has the poll that comes next recorded, if somebody wants that: what is measured is. That is
    /// asked for where a worker looks beyond its own queue, so that most polls pay nothing for it;
    /// what others woke is found by such a look.
    pub(crate) fn record_if_asked(&self) {
        if is_on() {
            // The polls include this look.
            self.next_measured.set(self.polls.get());
        }
    }

    /// The pool that this core belongs to.
    fn pool(&self) -> Arc<Shared> {
        // SAFETY: the address came from `Arc::as_ptr` in `run`, and the thread that runs
        // this core holds that `Arc` while it does.
        unsafe { Arc::increment_strong_count(self.pool.get()) };
        // SAFETY: as above; the count that was just added goes with this.
        unsafe { Arc::from_raw(self.pool.get()) }
    }

    /// Queues a task that was spawned here, on the worker that `state` belongs to.
    #[inline(always)]
    pub(crate) fn spawn(&self, shared: &Shared, state: &WorkerState, task: Runnable) {
        if !self.to_lifo.get() {
            return self.push_past_lifo(shared, task);
        }
        match state.remote.lifo.fill(task) {
            Ok(()) => self.ensure_monitor(shared),
            Err(task) => {
                self.queue.push(task);
                self.notify_idle_worker(shared);
            }
        }
    }

    /// Queues a task behind all others here.
    #[inline]
    fn push(&self, shared: &Shared, task: Runnable) {
        let first = self.queue.is_empty();
        self.queue.push(task);
        if first {
            // One task is no reason to share: this worker comes to it next.
            self.ensure_monitor(shared);
        } else if shared.idle.may_wake() {
            self.share(shared);
        }
    }

    /// Has a sleeper woken for the tasks that were woken here, at once or if they have to wait.
    #[inline(never)]
    fn share(&self, shared: &Shared) {
        if self.queue.len() > self.polls_soon.get() {
            return self.notify_idle_worker(shared);
        }
        self.ensure_monitor(shared);
        self.watch_backlog(Instant::now);
    }

    /// Queues a task that was woken here.
    #[inline]
    pub(crate) fn wake(&self, task: Runnable) {
        // SAFETY: a core with an address in the thread-local has its pool.
        let shared = unsafe { &*self.pool.get() };
        if !self.to_lifo.get() {
            return self.push_past_lifo(shared, task);
        }
        // Woken again before anyone else had the slot: many work for this one task. Its
        // next poll had better find what all of them have to say.
        if task.address() == self.lifo_last.get() {
            return self.push(shared, task);
        }
        match shared.workers[self.index].remote.lifo.fill(task) {
            Ok(()) => self.ensure_monitor(shared),
            Err(task) => self.push(shared, task),
        }
    }

    /// Queues a task that does not go to the LIFO slot.
    #[inline(never)]
    fn push_past_lifo(&self, shared: &Shared, task: Runnable) {
        if self.mode.get() != Mode::Parked {
            return self.push(shared, task);
        }
        // A reactor or timer wakes: in order, and help is called for all at once. The park ends
        // before the queue is looked at.
        let first = self.queue.is_empty();
        self.queue.push(task);
        if first && self.parks_after_wakes {
            self.unpark(self.index);
        }
    }

    #[inline]
    pub(crate) fn notify_idle_worker(&self, shared: &Shared) {
        if let Some(worker) = shared.idle.wake_for_local() {
            self.unpark(worker);
        }
    }

    /// Makes sure that a sleeper, if there is one, monitors this worker.
    #[inline]
    fn ensure_monitor(&self, shared: &Shared) {
        if !shared.monitor.is_held() {
            self.notify_idle_worker(shared);
        }
    }

    #[cold]
    fn unpark(&self, worker: usize) {
        self.pool().unpark(worker);
    }
}

// ------------------------------------------------------------------------ the loop

/// Why a thread stopped running its core.
pub(crate) enum CoreExit {
    /// The pool has stopped.
    Stopped,
    /// The core went to another thread.
    Detached,
    /// The core is parked (`WorkerState::parked_core`), without a thread, until it is needed.
    Retired,
}

/// Runs `core` until one of the reasons in [`CoreExit`].
pub(crate) fn run(shared: &Arc<Shared>, core: Box<Core>) -> CoreExit {
    core.pool.set(Arc::as_ptr(shared));
    core.mode.set(Mode::Between);
    core.yields_seen.set(forced_yields());
    core.awake_since.set(Instant::now());
    core.measure_next();
    let address: *const Core = Box::into_raw(core);
    let outer = CORE.replace(address);
    debug_assert!(outer.is_null(), "a thread runs one core at a time");
    // SAFETY: the core is this thread's while its address is in the thread-local.
    let state = &shared.workers[unsafe { &*address }.index];
    state.stats.runs_here();
    loop {
        // SAFETY: as above.
        let core = unsafe { &*address };
        let found = core.next(shared, state);
        // After the look: a task that was woken by way of the stop is not polled.
        if shared.phase.is_stopped() {
            if let Some(task) = found {
                core.queue.push(task);
            }
            // A look is counted as a poll where it begins.
            state.stats.looked_without_task();
            drop(detach());
            return CoreExit::Stopped;
        }
        let task = match found {
            Some(task) => task,
            None => match core.sleep(shared, state) {
                Awoken::Again => continue,
                Awoken::Retire => match crate::sleep::retire(shared) {
                    true => return CoreExit::Retired,
                    false => continue,
                },
            },
        };
        core.mode.set(Mode::Polling);
        let id = task.address();
        state.stats.polls_task(&task);
        let outcome = match core.polls.get() == core.next_measured.get() {
            false => task.run_unseen(),
            true => run_measured(task, state, address),
        };
        if CORE.get() != address {
            finish_detached(shared, id, outcome);
            return CoreExit::Detached;
        }
        // SAFETY: as above, the core is still this thread's.
        let core = unsafe { &*address };
        // Before anything that may run a caller's code: only a poll may give the core away.
        core.mode.set(Mode::Between);
        match outcome {
            AfterRun::Waiting => {
                if shared.capacity.has_granted() {
                    shared.capacity.after_poll(id, false);
                }
            }
            AfterRun::Woken(task) => {
                core.push(shared, task);
                if core.yields_seen.get() != forced_yields() {
                    core.look_after(core.queue.len());
                }
            }
            // Two arms, so that the payload is moved only if there is one.
            AfterRun::Done => finish(shared, state, id),
            AfterRun::Panicked(payload) => {
                finish(shared, state, id);
                shared.config.panicked(payload);
            }
        }
    }
}

/// Ends the run of a task that is done.
#[inline]
fn finish(shared: &Shared, state: &WorkerState, id: usize) {
    if shared.capacity.has_entries() {
        shared.capacity.after_poll(id, true);
    }
    state.counters.completed_here();
}

/// Runs `task` with looks at the clock, and has it recorded if somebody wants that. `core` is this
/// thread's before the run.
#[cold]
#[inline(never)]
fn run_measured(task: Runnable, state: &WorkerState, core: *const Core) -> AfterRun {
    let start = Instant::now();
    let outcome = task.run();
    // A task that gave its worker away blocks its thread, and its worker is another's.
    if CORE.get() == core {
        state.stats.poll_times.add(start.elapsed());
        // SAFETY: the core is this thread's while its address is in the thread-local.
        let core = unsafe { &*core };
        if state.stats.poll_times.scale.every_poll || is_on() {
            core.measure_next();
        }
    }
    outcome
}

/// Has this thread's worker, if it is one, poll its driver once the tasks that are queued now
/// have had their turn. A task that yields calls it: it yields to I/O and timers, too.
pub fn look_after_round() {
    let core = CORE.try_with(Cell::get).unwrap_or(ptr::null());
    // SAFETY: as in `current_at`.
    if let Some(core) = unsafe { core.as_ref() } {
        core.look_after(core.queue.len() + 1);
    }
}

/// Ends the run of a task that blocked: its thread is no worker any more.
fn finish_detached(shared: &Arc<Shared>, id: usize, outcome: AfterRun) {
    match outcome {
        AfterRun::Waiting => {
            if shared.capacity.has_granted() {
                shared.capacity.after_poll(id, false);
            }
        }
        AfterRun::Woken(task) => shared.inject(task),
        done => {
            if shared.capacity.has_entries() {
                shared.capacity.after_poll(id, true);
            }
            shared.completed_elsewhere();
            shared.report(done);
        }
    }
    shared.stop_if_idle();
}

impl Core {
    /// The next task to run.
    #[inline]
    fn next(&self, shared: &Arc<Shared>, state: &WorkerState) -> Option<Runnable> {
        let polls = self.polls.get() + 1;
        self.polls.set(polls);
        // Relaxed: a sign of life for the monitor.
        state.stats.polls.store(polls, Relaxed);
        if polls == self.next_check.get() {
            if let Some(task) = self.check(shared, polls) {
                self.past_queue.set(self.past_queue.get() + 1);
                return Some(task);
            }
        }
        let past_queue = self.past_queue.get();
        if past_queue < self.past_queue_until.get() {
            if let Some(task) = state.remote.lifo.take() {
                self.past_queue.set(past_queue + 1);
                self.lifo_last.set(task.address());
                return self.found(shared, task);
            }
        }
        self.past_queue_until.set(past_queue + LIFO_STREAK);
        let task = match self.queue.pop() {
            Some(task) => task,
            None => state.remote.lifo.take().or_else(|| self.find(shared))?,
        };
        self.found(shared, task)
    }

    #[inline]
    fn found(&self, shared: &Arc<Shared>, task: Runnable) -> Option<Runnable> {
        if self.just_unparked.get() | self.searching.get() {
            self.found_after_sleep(shared);
        }
        Some(task)
    }

    #[cold]
    fn found_after_sleep(&self, shared: &Arc<Shared>) {
        let just_unparked = self.just_unparked.replace(false);
        if just_unparked && self.hands_over.replace(false) {
            shared.hand_over_driver();
        }
        // Where there was one task there may be more: then the search goes on elsewhere.
        let searching = self.searching.replace(false);
        if searching && shared.idle.found() && shared.has_queued() {
            if let Some(worker) = shared.idle.wake_for_local() {
                shared.unpark(worker);
            }
        }
        if self.unwatched.replace(false) && !shared.monitor.is_surely_held() {
            if searching {
                shared.call_monitor();
            } else {
                self.notify_idle_worker(shared);
            }
        }
    }

    /// Counts the forced yields of tasks since the last time, for the statistics.
    pub(crate) fn count_yields(&self) {
        let now = forced_yields();
        let new = now.wrapping_sub(self.yields_seen.replace(now));
        if new > 0 {
            self.pool().workers[self.index].stats.yielded(new);
        }
    }

    /// Lends the parker to `f`; wakes during it go to the queue. `None` if `f` panics, as
    /// a waker may that the driver runs: the worker goes on.
    pub(crate) fn lend_park<R>(&self, f: impl FnOnce(&mut dyn WorkerPark) -> R) -> Option<R> {
        let mut park = self.park.take().expect("a worker parks once at a time");
        let outer = self.mode.replace(Mode::Parked);
        let to_lifo = self.to_lifo.replace(false);
        let result = panics::catch(|| f(&mut *park));
        self.to_lifo.set(to_lifo);
        self.mode.set(outer);
        *self.park.borrow_mut() = Some(park);
        result
    }
}
