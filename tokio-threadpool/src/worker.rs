//! The loop that runs tasks, and sleeps when there are none.
//!
//! A [`Core`] is a worker: its queue, its parker, its place in the pool. A thread runs
//! it, and puts its address in a thread-local, so that a wake or spawn on this thread
//! finds the queue. When a task blocks, the core goes to another thread and the
//! thread-local is emptied: from then on this thread only finishes its task.
//!
//! Always true: a core belongs to one thread at a time; a worker blocks in its parker
//! only; while a worker sleeps aside and another is awake, somebody keeps watch.
//!
//! *Keeping watch.* A task may keep its thread for long. What is queued behind it, and
//! the I/O that its worker would have driven, must not wait for that. So one sleeper,
//! while any worker is awake, sleeps for [`WATCH`] at a time, and looks whether the
//! others get on. A worker that starts to work after a sleep, or that queues a task
//! behind the one it runs, wakes a sleeper for this duty if nobody has it. An idle pool
//! has no watch and does not wake up at all. (Go's `sysmon` thread has the same task;
//! here it is whoever sleeps anyway.)

use crate::blocking;
use crate::park::WorkerPark;
use crate::queue::{self, Local, SLOT_STREAK};
use crate::shared::{Seat, Shared, Standby};
use crate::Sender;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::marker::PhantomData;
use std::ptr;
use std::rc::Rc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio_executor::park::Token;
use tokio_executor::task::{AfterRun, Runnable};

/// Polls between two looks at what is outside this worker: I/O, timers, and tasks that
/// came from elsewhere. A prime, so that it does not fall in step with a task's habits.
const POLLS_PER_LOOK: u32 = 61;

/// Tasks woken by one turn of the reactor that a worker keeps to itself. It is through
/// with them sooner than another worker would be awake and have stolen its share: a
/// wake-up costs the two about as much as a few dozen short polls.
const BACKLOG: usize = POLLS_PER_LOOK as usize;

/// How long a task may keep its worker before the watch steps in.
const WATCH: Duration = Duration::from_millis(10);

/// How long a thread without a worker waits for one, unless `keep_alive` says.
const STANDBY: Duration = Duration::from_secs(10);

/// A worker, whichever thread runs it.
pub(crate) struct Core {
    pub(crate) index: usize,
    queue: Local<Runnable>,
    /// Taken out by whoever parks; `None` during the park.
    park: RefCell<Option<Box<dyn WorkerPark>>>,
    polls: Cell<u32>,
    slot_streak: Cell<u32>,
    /// The task that ran from the slot last, by address; only to be compared.
    slot_last: Cell<usize>,
    searching: Cell<bool>,
    /// It has slept, and not yet found a task.
    rested: Cell<bool>,
    /// Where the next theft starts.
    victim: Cell<u32>,
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

    /// The pool that this thread belongs to, with a core or without.
    static MEMBER_OF: Cell<*const Shared> = const { Cell::new(ptr::null()) };
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

/// The pool of the core that this thread runs.
pub(crate) fn current_pool() -> Option<Arc<Shared>> {
    let core = CORE.try_with(Cell::get).unwrap_or(ptr::null());
    // SAFETY: as in `current_at`; the thread holds its pool, so the address is that of
    // a live `Arc`.
    unsafe {
        let pool = core.as_ref()?.pool.get();
        Arc::increment_strong_count(pool);
        Some(Arc::from_raw(pool))
    }
}

/// Whether this thread is one of `pool`'s.
pub(crate) fn is_member(pool: &Arc<Shared>) -> bool {
    MEMBER_OF.try_with(|of| ptr::eq(of.get(), Arc::as_ptr(pool))).unwrap_or(false)
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

/// Puts back what [`detach`] took, on the same thread.
pub(crate) fn attach(core: Box<Core>) {
    CORE.set(Box::into_raw(core));
}

// ------------------------------------------------------------------- tasks come in

impl Core {
    pub(crate) fn new(index: usize, queue: Local<Runnable>, park: Box<dyn WorkerPark>) -> Core {
        Core {
            index,
            queue,
            park: RefCell::new(Some(park)),
            polls: Cell::new(0),
            slot_streak: Cell::new(0),
            slot_last: Cell::new(0),
            searching: Cell::new(false),
            rested: Cell::new(false),
            victim: Cell::new(index as u32 + 1),
            pool: Cell::new(ptr::null()),
        }
    }

    /// Whoever takes a worker off the sleepers counts it as searching.
    pub(crate) fn starts_searching(&self) {
        self.searching.set(true);
    }

    fn is_parked(&self) -> bool {
        self.park.try_borrow().map_or(true, |park| park.is_none())
    }

    /// Queues a task that was spawned here.
    #[inline]
    pub(crate) fn spawn(&self, shared: &Shared, task: Runnable) {
        match shared.seats[self.index].remote.slot.fill(task) {
            Ok(()) => self.have_watched(shared),
            Err(task) => {
                self.queue.push(task);
                self.call_help(shared);
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
            self.have_watched(shared);
        } else {
            self.call_help(shared);
        }
    }

    /// Queues a task that was woken here.
    #[inline]
    pub(crate) fn wake(&self, task: Runnable) {
        // SAFETY: a core with an address in the thread-local has its pool.
        let shared = unsafe { &*self.pool.get() };
        if self.is_parked() {
            // A reactor or timer wakes: in order, and help is called for all at once.
            return self.queue.push(task);
        }
        // Woken again before anyone else had the slot: many work for this one task. Its
        // next poll had better find what all of them have to say.
        if task.address() == self.slot_last.get() {
            return self.push(shared, task);
        }
        match shared.seats[self.index].remote.slot.fill(task) {
            Ok(()) => self.have_watched(shared),
            Err(task) => self.push(shared, task),
        }
    }

    #[inline]
    fn call_help(&self, shared: &Shared) {
        if let Some(worker) = shared.idle.wake_for_local() {
            self.unpark(worker);
        }
    }

    /// Makes sure that a sleeper, if there is one, keeps watch over this worker.
    #[inline]
    fn have_watched(&self, shared: &Shared) {
        // Relaxed: a watch that ends right now is taken up again at the next task.
        if !shared.watched.load(Relaxed) {
            self.call_help(shared);
        }
    }

    #[cold]
    fn unpark(&self, worker: usize) {
        // SAFETY: as in `current_pool`.
        let shared = unsafe {
            Arc::increment_strong_count(self.pool.get());
            Arc::from_raw(self.pool.get())
        };
        shared.unpark(worker);
    }
}

// ------------------------------------------------------------------------ the loop

/// Why a thread stopped running its core.
enum Left {
    /// The pool has stopped.
    Stopped,
    /// The core went to another thread.
    Detached,
    /// The core waits in its seat until it is needed.
    Retired,
}

/// Runs `core` until one of the reasons in [`Left`].
fn run(shared: &Arc<Shared>, core: Box<Core>) -> Left {
    core.pool.set(Arc::as_ptr(shared));
    let address: *const Core = Box::into_raw(core);
    let outer = CORE.replace(address);
    debug_assert!(outer.is_null(), "a thread runs one core at a time");
    // SAFETY: the core is this thread's while its address is in the thread-local.
    let seat = &shared.seats[unsafe { &*address }.index];
    loop {
        // SAFETY: as above.
        let core = unsafe { &*address };
        let found = core.next(shared, seat);
        // After the look: a task that was woken by way of the stop is not polled.
        if shared.phase.is_stopped() {
            if let Some(task) = found {
                core.queue.push(task);
            }
            drop(detach());
            return Left::Stopped;
        }
        let task = match found {
            Some(task) => task,
            None => match core.sleep(shared) {
                Awoken::Again => continue,
                Awoken::Retire => match retire(shared) {
                    true => return Left::Retired,
                    false => continue,
                },
            },
        };
        let id = task.address();
        let outcome = task.run();
        if shared.capacity.has_grants() {
            shared.capacity.revoke(id, &outcome);
        }
        if CORE.get() != address {
            finish_detached(shared, outcome);
            return Left::Detached;
        }
        match outcome {
            AfterRun::Waiting => {}
            // SAFETY: as above, the core is still this thread's.
            AfterRun::Woken(task) => unsafe { &*address }.push(shared, task),
            AfterRun::Done => seat.tally.went_here(),
            AfterRun::Panicked(_) => {
                seat.tally.went_here();
                shared.report(outcome);
            }
        }
    }
}

/// Ends the run of a task that blocked: its thread is no worker any more.
fn finish_detached(shared: &Arc<Shared>, outcome: AfterRun) {
    match outcome {
        AfterRun::Waiting => {}
        AfterRun::Woken(task) => shared.inject(task),
        done => {
            shared.went_outside();
            shared.report(done);
        }
    }
    shared.stop_if_idle();
}

impl Core {
    /// The next task to run.
    #[inline]
    fn next(&self, shared: &Arc<Shared>, seat: &Seat) -> Option<Runnable> {
        let polls = self.polls.get().wrapping_add(1);
        self.polls.set(polls);
        // Relaxed: a sign of life for the watch.
        seat.ticks.store(u64::from(polls), Relaxed);
        if polls % POLLS_PER_LOOK == 0 {
            if let Some(task) = self.look_outside(shared) {
                return Some(task);
            }
        }
        if self.slot_streak.get() < SLOT_STREAK {
            if let Some(task) = seat.remote.slot.take() {
                self.slot_streak.set(self.slot_streak.get() + 1);
                self.slot_last.set(task.address());
                return self.found(shared, task);
            }
        }
        self.slot_streak.set(0);
        let task = match self.queue.pop() {
            Some(task) => task,
            None => seat.remote.slot.take().or_else(|| self.find(shared))?,
        };
        self.found(shared, task)
    }

    #[inline]
    fn found(&self, shared: &Arc<Shared>, task: Runnable) -> Option<Runnable> {
        if self.rested.get() | self.searching.get() {
            self.found_after_rest(shared);
        }
        Some(task)
    }

    #[cold]
    fn found_after_rest(&self, shared: &Arc<Shared>) {
        if self.rested.replace(false) {
            self.have_watched(shared);
        }
        // Where there was one task there may be more: then the search goes on elsewhere.
        if self.searching.replace(false) && shared.idle.found() && shared.has_queued() {
            if let Some(worker) = shared.idle.wake_for_local() {
                shared.unpark(worker);
            }
        }
    }

    /// Every few dozen polls: I/O and timers, and a task from outside before our own.
    #[cold]
    fn look_outside(&self, shared: &Arc<Shared>) -> Option<Runnable> {
        self.drive(|park| park.turn());
        let task = queue::take_injected(&shared.injector, &self.queue)?;
        self.found(shared, task)
    }

    /// Looks for a task beyond this worker's own queue.
    #[cold]
    fn find(&self, shared: &Arc<Shared>) -> Option<Runnable> {
        if let Some(task) = queue::take_injected(&shared.injector, &self.queue) {
            return Some(task);
        }
        if !self.searching.get() && !shared.idle.search() {
            return None;
        }
        self.searching.set(true);
        let seats = &shared.seats;
        let start = self.victim.get() as usize;
        self.victim.set(self.victim.get().wrapping_add(1));
        for i in 0..seats.len() {
            let victim = (start + i) % seats.len();
            if victim != self.index {
                if let Some(task) = seats[victim].remote.steal(&self.queue) {
                    return Some(task);
                }
            }
        }
        queue::take_injected(&shared.injector, &self.queue)
    }

    /// Lends the parker to `f`; wakes during it go to the queue.
    fn drive<R>(&self, f: impl FnOnce(&mut dyn WorkerPark) -> R) -> R {
        let mut park = self.park.take().expect("a worker parks once at a time");
        let result = f(&mut *park);
        *self.park.borrow_mut() = Some(park);
        result
    }
}

// --------------------------------------------------------------------------- sleep

/// What a worker does after it slept.
enum Awoken {
    /// Look for tasks.
    Again,
    /// Nothing came for as long as `keep_alive`: give up the thread.
    Retire,
}

impl Core {
    fn sleep(&self, shared: &Arc<Shared>) -> Awoken {
        self.rested.set(true);
        // The last to search looks once more, for what came while it searched; so does
        // everyone else, being about to lose far more time in the kernel.
        let _ = shared.idle.sleep(self.index, self.searching.replace(false));
        // A stop that came before this worker was listed did not wake it.
        if shared.has_queued() || shared.phase.is_stopped() {
            self.rise(shared);
            return Awoken::Again;
        }
        shared.stop_if_idle();
        let mut watch = Watch::new(shared, self.index);
        let keep_alive = shared.config.keep_alive;
        let mut idle = keep_alive.map(Idleness::starting_now);
        loop {
            if watch.is_needed() {
                if self.drive(|park| park.watch(WATCH)) {
                    // Nobody drove anything: then this worker does.
                    self.drive(|park| park.park(Some(WATCH)));
                }
                if watch.sees_trouble() {
                    self.rise(shared);
                    return Awoken::Again;
                }
                idle = keep_alive.map(Idleness::starting_now);
            } else {
                let left = idle.as_ref().map(Idleness::left);
                self.drive(|park| park.park(left));
            }
            if !self.queue.is_empty() || !shared.seats[self.index].remote.slot.is_empty() {
                self.rise(shared);
                if self.queue.len() > BACKLOG {
                    self.call_help(shared);
                }
                return Awoken::Again;
            }
            if !shared.idle.is_asleep(self.index) {
                self.searching.set(true);
                return Awoken::Again;
            }
            if shared.phase.is_stopped() {
                self.rise(shared);
                return Awoken::Again;
            }
            if idle.as_ref().is_some_and(|idle| idle.left().is_zero()) {
                if shared.may_retire() {
                    return Awoken::Retire;
                }
                idle = keep_alive.map(Idleness::starting_now);
            }
        }
    }

    /// Leaves the sleepers.
    fn rise(&self, shared: &Arc<Shared>) {
        // If somebody woke this worker meanwhile, it counts as searching.
        self.searching.set(!shared.idle.rise(self.index));
    }
}

/// For how long a sleeper has had nothing to do. A park may end before its time, for an
/// event that makes no task runnable.
struct Idleness {
    since: Instant,
    keep_alive: Duration,
}

impl Idleness {
    fn starting_now(keep_alive: Duration) -> Idleness {
        Idleness { since: Instant::now(), keep_alive }
    }

    /// How long until the thread may end.
    fn left(&self) -> Duration {
        self.keep_alive.saturating_sub(self.since.elapsed())
    }
}

/// A sleeper's duty to look after the workers that are awake.
struct Watch<'a> {
    shared: &'a Arc<Shared>,
    worker: usize,
    on_duty: bool,
    /// Somebody polled between the last two looks. A pool that is busy on and off, as
    /// with one request after the other, keeps its watch: calling it anew costs a
    /// wake-up each time.
    active: bool,
    /// Each worker's polls at the last look.
    seen: Vec<u64>,
}

impl<'a> Watch<'a> {
    fn new(shared: &'a Arc<Shared>, worker: usize) -> Watch<'a> {
        Watch { shared, worker, on_duty: false, active: false, seen: Vec::new() }
    }

    /// Whether this sleeper has to keep watch for the next while.
    fn is_needed(&mut self) -> bool {
        let busy = self.shared.idle.awake() > 0;
        if self.on_duty {
            if !busy && !self.active {
                self.stand_down();
                // Somebody may have woken up before the duty was free again, and found
                // it taken.
                return self.shared.idle.awake() > 0 && self.take_duty();
            }
            return true;
        }
        busy && self.take_duty()
    }

    fn take_duty(&mut self) -> bool {
        // SeqCst: with the `awake` count; see `is_needed`.
        self.on_duty = !self.shared.watched.swap(true, std::sync::atomic::Ordering::SeqCst);
        if self.on_duty {
            self.seen = self.polls();
            self.active = true;
        }
        self.on_duty
    }

    fn stand_down(&mut self) {
        if self.on_duty {
            self.on_duty = false;
            // SeqCst: as above.
            self.shared.watched.store(false, std::sync::atomic::Ordering::SeqCst);
        }
    }

    fn polls(&self) -> Vec<u64> {
        // Relaxed: compared over time only.
        self.shared.seats.iter().map(|seat| seat.ticks.load(Relaxed)).collect()
    }

    /// Whether a worker has been in one poll since the last look, with tasks waiting
    /// behind it.
    fn sees_trouble(&mut self) -> bool {
        let polls = self.polls();
        let stuck = |(i, now): (usize, &u64)| {
            i != self.worker
                && self.seen.get(i) == Some(now)
                && !self.shared.seats[i].remote.is_empty()
        };
        let trouble = polls.iter().enumerate().any(stuck) || !self.shared.injector.is_empty();
        self.active = polls != self.seen;
        self.seen = polls;
        trouble
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.stand_down();
    }
}

/// Leaves this thread's core in its seat; false if it was woken at the last moment.
fn retire(shared: &Arc<Shared>) -> bool {
    let Some(core) = detach() else { unreachable!("a sleeper has its core") };
    let index = core.index;
    let mut vacant = shared.seats[index].vacant.lock().unwrap_or_else(|e| e.into_inner());
    if shared.idle.sink(index) {
        *vacant = Some(core);
        drop(vacant);
        shared.someone_drives();
        return true;
    }
    drop(vacant);
    shared.stays();
    core.searching.set(true);
    attach(core);
    false
}

// ------------------------------------------------------------------------- threads

/// A thread of the pool, from start to end.
pub(crate) fn thread_main(shared: Arc<Shared>, core: Box<Core>) {
    /// Counts the thread out, also if a hook panics.
    struct Ends(Option<Arc<Shared>>);

    impl Drop for Ends {
        fn drop(&mut self) {
            let Some(shared) = self.0.take() else { return };
            let trigger = shared.trigger.clone();
            shared.thread_ends();
            MEMBER_OF.set(ptr::null());
            // Before the trigger: whoever waits for the pool to end may count on what
            // it was given, parks and hooks, being dropped.
            drop(shared);
            trigger.leave();
        }
    }

    MEMBER_OF.set(Arc::as_ptr(&shared));
    let ends = Ends(Some(shared));
    let Some(shared) = &ends.0 else { unreachable!("set above") };
    if let Some(after_start) = &shared.config.after_start {
        after_start();
    }
    let mut next = Some(core);
    while let Some(core) = next.take() {
        match sit_down(shared, core) {
            Left::Stopped | Left::Retired => {}
            Left::Detached => {
                blocking::leave(shared);
                next = stand_by(shared);
            }
        }
    }
    if let Some(before_stop) = &shared.config.before_stop {
        before_stop();
    }
}

/// Runs `core` with everything around it that a task may expect.
fn sit_down(shared: &Arc<Shared>, core: Box<Core>) -> Left {
    let mut enter = tokio_executor::enter().expect("a pool thread runs one executor");
    let mut sender = Sender::new(shared.clone());
    let worker = Worker {
        shared: shared.clone(),
        id: WorkerId { index: core.index },
        core: Cell::new(Some(core)),
        left: Cell::new(Left::Stopped),
        not_send: PhantomData,
    };
    tokio_executor::with_default(&mut sender, &mut enter, |enter| {
        match &shared.config.around_worker {
            Some(around) => around(&worker, enter),
            None => worker.run(),
        }
    });
    worker.left.into_inner()
}

/// Waits for a core that needs a thread.
fn stand_by(shared: &Arc<Shared>) -> Option<Box<Core>> {
    let standby = Arc::new(Standby { token: Token::new(), core: Mutex::new(None) });
    {
        let mut threads = shared.threads();
        if shared.phase.is_stopped() {
            return None;
        }
        threads.standby.push(standby.clone());
    }
    standby.token.park(Some(shared.config.keep_alive.unwrap_or(STANDBY)));
    shared.threads().standby.retain(|other| !Arc::ptr_eq(other, &standby));
    let core = standby.core.lock().unwrap_or_else(|e| e.into_inner()).take();
    core
}

/// A worker of a pool, as [`Builder::around_worker`](crate::Builder::around_worker)
/// sees it.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio_threadpool::Builder;
///
/// let pool = Builder::new()
///     .pool_size(1)
///     .around_worker(|worker, _| {
///         println!("worker {} begins", worker.id().to_usize());
///         worker.run();
///         println!("worker {} ends", worker.id().to_usize());
///     })
///     .build();
/// assert_eq!(pool.spawn_handle(future::ok::<_, ()>(7)).wait(), Ok(7));
/// pool.shutdown().wait().unwrap();
/// ```
pub struct Worker {
    shared: Arc<Shared>,
    id: WorkerId,
    core: Cell<Option<Box<Core>>>,
    left: Cell<Left>,
    /// Belongs to its thread.
    not_send: PhantomData<Rc<()>>,
}

/// Tells the workers of a pool apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WorkerId {
    pub(crate) index: usize,
}

impl Worker {
    /// Which of the pool's workers this is.
    pub fn id(&self) -> &WorkerId {
        &self.id
    }

    /// Runs tasks, until the pool stops or needs this thread no longer.
    pub fn run(&self) {
        if let Some(core) = self.core.take() {
            self.left.set(run(&self.shared, core));
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("id", &self.id).finish_non_exhaustive()
    }
}

impl WorkerId {
    /// A number from 0, different for each worker of the pool.
    pub fn to_usize(&self) -> usize {
        self.index
    }
}
