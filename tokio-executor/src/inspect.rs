//! What is recorded of tasks while somebody looks at them.
//!
//! Called by `task::runnable` before and after a poll that is recorded, and at the end of a task
//! that has a number; by wakers that such a poll gave out, as they wake; and by leaves ([`note`])
//! where they leave their task's waker, which is a look at a flag of their thread. An executor
//! asks [`is_on`] once for many polls. What was seen goes into tables beside the tasks, by their
//! ids.
//!
//! Always true: a record is there only while somebody looks, for a task that was polled since
//! and is not done. No lock is held while anything of a caller's runs.
//!
//! Why not fields of the task? All tasks would pay for them with memory, always.

#[cfg(all(target_os = "linux", not(target_arch = "arm")))]
#[expect(unsafe_code, reason = "the unwinder that std brings is asked for addresses")]
mod addresses;
#[cfg(not(all(target_os = "linux", not(target_arch = "arm"))))]
#[path = "inspect/no_addresses.rs"]
mod addresses;
mod capture;
#[cfg(target_os = "linux")]
mod cpu;
#[cfg(not(target_os = "linux"))]
#[path = "inspect/no_cpu.rs"]
mod cpu;
mod delays;
mod endings;
mod few;
mod observer;
#[cfg(not(feature = "inspect"))]
#[path = "inspect/no_place.rs"]
mod place;
#[cfg(feature = "inspect")]
mod place;
mod request;
mod things;

use self::capture::{take_wanted, Batch, Stacks};
pub use self::capture::{Captured, Capturing, Seen};
pub use self::delays::{wake_delays, WakeDelays};
pub use self::endings::{on_panic, on_unobserved, Ending, Unobserved, UnobservedHook};
pub(crate) use self::endings::{panicked, unobserved, wants_endings};
pub use self::few::Few;
pub use self::observer::{observe, Observer};
pub use self::place::Place;
pub use self::request::{Answer, Claimed, Made, Request};
pub use self::things::{holder, note_locked, note_unlocked};

use crate::sys::{local, CachePadded};
use crate::task::{TaskKind, TaskRef};
use crate::unwind;
use std::backtrace::Backtrace;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::panic::Location;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// How many look. Of std also in a model: it orders nothing.
// A line of its own: it is read at each poll, and a neighbour may be written to as often.
static LOOKERS: CachePadded<AtomicUsize> = CachePadded::new(AtomicUsize::new(0));

/// Waits that are kept of one poll.
const WAITS: usize = 8;

/// Enough that workers seldom wait for each other.
const SHARDS: usize = 256;

/// Records that a look copies before it lets others have the shard: whoever is about to change
/// one waits for that many at most, however many there are.
const PIECE: usize = 32;

/// Returns whether somebody looks.
#[inline]
pub fn is_on() -> bool {
    // Relaxed: a poll that misses the start of the recording is not recorded.
    cfg!(feature = "inspect") && LOOKERS.load(Relaxed) != 0
}

/// Whether the poll that this thread is in is recorded.
#[inline]
pub(crate) fn is_recorded() -> bool {
    cfg!(feature = "inspect") && crate::task::is_recorded()
}

/// Has polls, wakes and waits recorded.
///
/// # Dropping
///
/// The last one to go ends the recording, and what was recorded goes with it.
#[derive(Debug)]
#[must_use = "nothing is recorded once this is dropped"]
pub struct Recording(());

impl Recording {
    /// Begins to record.
    pub fn start() -> Recording {
        // Relaxed: as in `is_on`.
        LOOKERS.fetch_add(1, Relaxed);
        Recording(())
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // Relaxed: who adds a record looks again with the shard locked. Whoever has the lock
        // before this thread has its record cleared below, whoever has it later reads a zero.
        if LOOKERS.fetch_sub(1, Relaxed) == 1 {
            for shard in &RECORDS {
                let records = std::mem::take(&mut *lock(shard));
                drop(records);
            }
            things::forget();
        }
    }
}

/// What a task is.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct TaskInfo {
    /// As [`TaskRef::id`].
    pub id: u64,
    /// As [`TaskRef::kind`].
    pub kind: TaskKind,
    /// As [`TaskRef::spawned_at`].
    pub spawned_at: &'static Location<'static>,
    /// As [`TaskRef::type_name`].
    pub type_name: &'static str,
}

impl TaskInfo {
    /// Returns what `task` is.
    pub fn of(task: &TaskRef) -> TaskInfo {
        let (id, kind) = (task.id(), task.kind());
        TaskInfo { id, kind, spawned_at: task.spawned_at(), type_name: task.type_name() }
    }
}

/// What a task waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// What it is, such as `timer`.
    pub kind: &'static str,
    /// Tells things of a kind apart while they exist; 0 if nothing does.
    pub address: usize,
    /// More about it.
    pub detail: Detail,
}

/// More about a thing that a task waits for. No text: that would be made, and most often
/// dropped unread, by the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Detail {
    /// Nothing.
    None,
    /// When it is due.
    Due(Instant),
    /// The number of the task whose end it is.
    Task(u64),
    /// The number of its descriptor.
    Descriptor(i32),
    /// What it belongs to, such as `oneshot channel`, and where that was made.
    Made(&'static str, &'static Location<'static>),
}

/// What was seen of a task since somebody looks.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Record {
    /// The task.
    pub task: TaskInfo,
    /// When it was first seen.
    pub since: Instant,
    /// Polls.
    pub polls: u64,
    /// For how long it was polled.
    pub busy: Duration,
    /// When its last poll ended.
    pub last_poll: Option<Instant>,
    /// The poll that it is in.
    pub running: Option<Running>,
    /// Where it called `blocking`, if it did in the poll that it is in.
    pub blocking_at: Option<&'static Location<'static>>,
    /// Wakes.
    pub wakes: u64,
    /// When it was last woken.
    pub last_wake: Option<Instant>,
    /// When it was first woken since its last poll began.
    pub due_since: Option<Instant>,
    /// The task that woke it last; 0 if none did, but a driver or a foreign thread.
    pub woken_by: u64,
    /// What it left its waker with in its last poll.
    pub waits: Few<Wait>,
}

impl Record {
    fn new(task: TaskInfo, since: Instant) -> Record {
        Record {
            task,
            since,
            polls: 0,
            busy: Duration::ZERO,
            last_poll: None,
            running: None,
            blocking_at: None,
            wakes: 0,
            last_wake: None,
            due_since: None,
            woken_by: 0,
            waits: Few::new(),
        }
    }
}

/// A poll that is not over.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Running {
    /// When it began.
    pub since: Instant,
    /// Where it is.
    pub thread: Thread,
    /// The number that the system has for that thread, where it is asked.
    pub thread_id: Option<u32>,
    /// The address of something in the frame of the executor that polls the task: frames of the
    /// poll lie below that address.
    pub base: usize,
    /// What the thread had done before, if the system says that.
    baseline: Option<cpu::Baseline>,
}

impl Running {
    /// Returns for how long the poll has kept its thread, at least: the time is not counted for
    /// which that waited for a processor, as far as the system says.
    pub fn kept(&self) -> Duration {
        let elapsed = self.since.elapsed();
        self.baseline.map_or(elapsed, |baseline| baseline.kept(elapsed))
    }
}

/// In a tree, which grows by a node at a time, and is walked in pieces: the table of a hash map
/// would be moved as a whole.
type Shard = Mutex<BTreeMap<u64, Record>>;

/// Records by id. Held to read or change a record, or to copy a piece, for nothing else.
static RECORDS: [Shard; SHARDS] = [const { Mutex::new(BTreeMap::new()) }; SHARDS];

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

fn shard(id: u64) -> &'static Shard {
    &RECORDS[id as usize % SHARDS]
}

/// Returns what was recorded of a task.
pub fn record(id: u64) -> Option<Record> {
    lock(shard(id)).get(&id).cloned()
}

/// Returns all records: those that are there from the start of the call to its end, and perhaps
/// some of the others.
pub fn records() -> Vec<Record> {
    let mut all = Vec::new();
    RECORDS.iter().for_each(|shard| copy(shard, &mut all, |_| {}));
    all
}

/// Copies the records of a shard, in pieces. After each, `between` is called with how many that
/// were.
fn copy(shard: &Shard, all: &mut Vec<Record>, mut between: impl FnMut(usize)) {
    let mut from = 0;
    loop {
        // Not under the lock: moving what is there takes longer the more that is.
        all.reserve(PIECE);
        let before = all.len();
        let records = lock(shard);
        all.extend(records.range(from..).take(PIECE).map(|(_, record)| record.clone()));
        drop(records);
        let piece = &all[before..];
        between(piece.len());
        match piece.last() {
            Some(last) if piece.len() == PIECE => from = last.task.id + 1,
            _ => return,
        }
    }
}

// ---------------------------------------------------------------------- a poll

/// What the current poll has noted.
struct Noted {
    waits: Few<Wait>,
    /// Where the waker was left, if that is asked for.
    stacks: Option<Noting>,
}

/// The stacks of a poll that was made to be looked at.
struct Noting {
    stacks: Few<Arc<Backtrace>>,
    /// Those of others.
    known: Arc<Stacks>,
    /// Frames of the poll lie below that address.
    base: usize,
}

thread_local! {
    static NOTED: RefCell<Option<Noted>> = const { RefCell::new(None) };
}

// A leaf has said what it is, and is about to take the task's waker.
local!(static LEAF: Cell<bool> = Cell::new(false));

/// A poll that is recorded.
pub(crate) struct Poll {
    task: TaskInfo,
    outer: Option<Noted>,
    wanted: Option<Arc<Batch>>,
    start: Instant,
}

impl Poll {
    /// `base` is the address of something in the caller's frame, which polls the task next.
    pub(crate) fn begin(task: TaskInfo, base: usize) -> Poll {
        let wanted = take_wanted(task.id);
        let stacks = wanted.as_ref().map(|batch| {
            let known = batch.stacks().clone();
            Noting { stacks: Few::new(), known, base }
        });
        let noted = Noted { waits: Few::new(), stacks };
        let outer = NOTED.try_with(|n| n.replace(Some(noted))).ok().flatten();
        let start = Instant::now();
        let baseline = cpu::baseline(start);
        let (thread, thread_id) = (thread::current(), cpu::thread_id());
        let running = Some(Running { since: start, thread, thread_id, base, baseline });
        let mut due_since = None;
        change(&task, start, |record| {
            record.running = running;
            due_since = record.due_since.take();
        });
        if let Some(due_since) = due_since {
            delays::add(start.saturating_duration_since(due_since));
        }
        observer::tell(|observer| observer.poll_begins(&task));
        Poll { task, outer, wanted, start }
    }

    pub(crate) fn end(self, pending: bool) {
        let Poll { task, outer, wanted, start } = self;
        let noted = NOTED.try_with(|n| n.replace(outer)).ok().flatten();
        let (waits, stacks) = noted.map_or((Few::new(), None), |n| (n.waits, n.stacks));
        // What a poll to the end has left its waker with is waited for by nobody.
        let none = Few::new();
        let left = if pending { &waits } else { &none };
        observer::tell(|observer| observer.poll_ends(&task, left));
        let now = Instant::now();
        let took = now.saturating_duration_since(start);
        if let Some(batch) = wanted {
            let state = if pending { Seen::Waits } else { Seen::Done };
            let stacks = stacks.map_or_else(Few::new, |noting| noting.stacks);
            batch.deliver(task.id, Captured { state, waits: waits.clone(), stacks });
        }
        // A task that has ended is forgotten in a moment.
        if pending {
            change(&task, start, |record| {
                record.polls += 1;
                record.busy += took;
                record.last_poll = Some(now);
                record.running = None;
                record.blocking_at = None;
                record.waits = waits;
            });
        }
        took_long(&task, took);
    }
}

/// Changes the record of `task`, which is made if it is not there, while somebody looks.
fn change(task: &TaskInfo, since: Instant, change: impl FnOnce(&mut Record)) {
    let mut records = lock(shard(task.id));
    if is_on() {
        change(records.entry(task.id).or_insert_with(|| Record::new(*task, since)));
    }
}

/// Notes that the task that is being polled is about to block its thread, as it may there: it
/// has given its worker away.
#[inline]
pub fn note_blocking(at: &'static Location<'static>) {
    if is_on() {
        blocks_now(at);
    }
}

#[cold]
#[inline(never)]
fn blocks_now(at: &'static Location<'static>) {
    let Some(id) = TaskRef::running().map(|task| task.id()) else { return };
    if let Some(record) = lock(shard(id)).get_mut(&id) {
        record.blocking_at = Some(at);
    }
}

/// The task has ended.
#[cold]
#[inline(never)]
pub(crate) fn forget(id: u64) {
    let record = lock(shard(id)).remove(&id);
    drop(record);
    observer::tell(|observer| observer.ended(id));
    if let Some(batch) = take_wanted(id) {
        batch.deliver(id, Captured { state: Seen::Done, waits: Few::new(), stacks: Few::new() });
    }
}

/// The task was woken.
#[cold]
#[inline(never)]
pub(crate) fn woken(id: u64, by: u64) {
    if let Some(record) = lock(shard(id)).get_mut(&id) {
        let now = Instant::now();
        record.wakes += 1;
        record.last_wake = Some(now);
        record.due_since.get_or_insert(now);
        record.woken_by = by;
    }
    observer::tell(|observer| observer.woken(id));
}

/// Notes what the task that is being polled is about to wait for.
///
/// Called by a leaf that found nothing, just before it takes the task's waker.
#[inline]
pub fn note(wait: impl FnOnce() -> Wait) {
    if is_recorded() {
        note_now(wait);
    }
}

/// Works like [`note`], for a thing that its address tells apart.
#[inline]
pub fn note_wait<T: ?Sized>(kind: &'static str, of: &T) {
    note(|| Wait { kind, address: std::ptr::from_ref(of).addr(), detail: Detail::None });
}

/// What a wait for a thing is called, and what that is a part of.
#[derive(Debug)]
pub struct Kind {
    /// As in [`Wait::kind`].
    pub wait: &'static str,
    /// As in [`Detail::Made`].
    pub of: &'static str,
}

impl Kind {
    /// Notes a wait, in a poll that is recorded. Out of line, without a closure, and it does not
    /// unwind: so the caller has nothing to lay out for it, and nothing to clean up after it.
    #[allow(improper_ctypes_definitions, reason = "called by Rust only")]
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn note(&'static self, address: usize, place: Place) {
        let detail = place.get().map_or(Detail::None, |at| Detail::Made(self.of, at));
        unwind::quietly(|| note_now(|| Wait { kind: self.wait, address, detail }));
    }
}

/// Notes that the leaf that called [`note`] last takes the task's waker once more.
#[inline]
pub fn note_again() {
    if is_recorded() {
        LEAF.with(|leaf| leaf.set(true));
    }
}

/// Notes that the leaf that called [`note`] last, if one did, takes no waker: it has the one of a
/// former poll.
#[cold]
pub(crate) fn note_kept() {
    LEAF.with(|leaf| leaf.set(false));
}

/// Works like [`note`], in a poll that is recorded.
#[cold]
#[inline(never)]
pub(crate) fn note_now(wait: impl FnOnce() -> Wait) {
    LEAF.with(|leaf| leaf.set(true));
    keep(wait);
}

/// Somebody takes the waker of the task that is being polled, and has not said what for.
#[cold]
#[inline(never)]
pub(crate) fn note_waker() {
    if !LEAF.with(|leaf| leaf.replace(false)) {
        keep(|| Wait { kind: "waker", address: 0, detail: Detail::None });
    }
}

fn keep(wait: impl FnOnce() -> Wait) {
    let noting = |n: &Noted| n.stacks.as_ref().map(|s| (s.known.clone(), s.base));
    let polled = NOTED.try_with(|n| n.borrow().as_ref().map(noting));
    let Ok(Some(noting)) = polled else { return };
    let wait = wait();
    // May take long and allocate: nothing is borrowed meanwhile.
    let stack = noting.map(|(known, base)| known.capture(base));
    let _ = NOTED.try_with(|n| {
        let mut noted = n.borrow_mut();
        let Some(noted) = noted.as_mut() else { return };
        if noted.waits.len() < WAITS && noted.waits.iter().all(|other| *other != wait) {
            noted.waits.push(wait);
            if let (Some(noting), Some(stack)) = (&mut noted.stacks, stack) {
                noting.stacks.push(stack);
            }
        }
    });
}

// ------------------------------------------------------------------ long polls

/// A poll that took long.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct LongPoll {
    /// The task.
    pub task: TaskInfo,
    /// How long the poll took.
    pub took: Duration,
}

type LongPollFn = dyn Fn(&LongPoll) + Send + Sync;

/// Who wants reports, and of which polls. Held to copy and to change it.
static LONG_POLLS: Mutex<Vec<(Duration, Arc<LongPollFn>)>> = Mutex::new(Vec::new());

/// Has a function called after long polls; see [`on_long_poll`].
///
/// # Dropping
///
/// It is called no more, but for a poll that has just ended.
#[must_use = "the function is not called once this is dropped"]
pub struct LongPollHook(Arc<LongPollFn>);

impl Drop for LongPollHook {
    fn drop(&mut self) {
        let mut gone = None;
        let mut hooks = lock(&LONG_POLLS);
        if let Some(at) = hooks.iter().position(|(_, hook)| Arc::ptr_eq(hook, &self.0)) {
            gone = Some(hooks.swap_remove(at));
        }
        drop(hooks);
        drop(gone);
    }
}

impl fmt::Debug for LongPollHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LongPollHook").finish_non_exhaustive()
    }
}

/// Calls `hook` after each recorded poll that took `limit` or longer, on its thread.
pub fn on_long_poll(
    limit: Duration,
    hook: impl Fn(&LongPoll) + Send + Sync + 'static,
) -> LongPollHook {
    let hook: Arc<LongPollFn> = Arc::new(hook);
    lock(&LONG_POLLS).push((limit, hook.clone()));
    LongPollHook(hook)
}

fn took_long(task: &TaskInfo, took: Duration) {
    // Nobody takes less than that for long.
    if took < Duration::from_micros(1) {
        return;
    }
    let hooks: Vec<Arc<LongPollFn>> = {
        let all = lock(&LONG_POLLS);
        let concerned = all.iter().filter(|(limit, _)| took >= *limit);
        concerned.map(|(_, hook)| hook.clone()).collect()
    };
    for hook in hooks {
        let poll = LongPoll { task: *task, took };
        unwind::quietly(|| hook(&poll));
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn add(shard: &Shard, id: u64) {
        let (kind, spawned_at) = (TaskKind::Async, Location::caller());
        let task = TaskInfo { id, kind, spawned_at, type_name: "of a test" };
        lock(shard).insert(id, Record::new(task, Instant::now()));
    }

    #[test]
    fn a_look_at_many_records_holds_up_whoever_changes_one_for_a_few() {
        const MANY: u64 = 1_000;
        let shard = Shard::default();
        (0..MANY).for_each(|id| add(&shard, id * 2));
        let (mut all, mut holds, mut left) = (Vec::new(), 0, MANY);
        copy(&shard, &mut all, |visited| {
            holds += 1;
            assert!(visited <= PIECE, "{visited} records in one hold");
            // Others have the shard in between, and come and go behind the walk and before it.
            add(&shard, holds);
            left -= u64::from(lock(&shard).remove(&(2 * (MANY - holds))).is_some());
        });
        assert!(holds >= left / PIECE as u64, "{holds} holds");
        let ids: Vec<u64> = all.iter().map(|record| record.task.id).collect();
        assert!(ids.is_sorted_by(|a, b| a < b), "each once: {ids:?}");
        let stayed = |id: &u64| id % 2 == 0 && *id < 2 * (MANY - holds);
        assert_eq!(ids.iter().filter(|id| stayed(id)).count() as u64, left, "none is missed");
    }
}
