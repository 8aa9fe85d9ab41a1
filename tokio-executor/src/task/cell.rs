//! The block of memory that is a task, and the handles that point to it.
//!
//! ```text
//!   +--------+---------+-----------+---------+------------+----------+----------+
//!   | state  | methods | owner (2) | links   | 0.1 context| future   | result   |
//!   +--------+---------+-----------+---------+------------+----------+----------+
//!   ^ Header, the same for every task                     ^ by type  ^ if joined
//! ```
//!
//! [`NewTask`], [`Runnable`], [`TaskRef`], a `Waker`, a `NotifyHandle` and a join handle
//! are all the address of that block, with different rights.
//!
//! Why no `Arc`? The count shares its word with the state, so that ending a run and
//! settling its references is one instruction; and the pointer is thin, as a `RawWaker`
//! needs it.

use super::block;
use super::foreign::ForeignTask;
use super::id;
use super::ids;
use super::join::{JoinError, JoinSlot, NoJoin};
use super::list::Links;
use super::probe;
use super::running::{self, Run};
use super::state::{
    AfterBegin, AfterDropHandle, AfterFinish, AfterPause, AfterWake, State, TaskState,
};
use crate::coop;
use crate::inspect::{self, Ending, TaskInfo};
use crate::sys::UnsafeCell;
use crate::unwind;
use futures::executor::{self, Notify, NotifyHandle, Spawn, UnsafeNotify};
use futures::{Async, Future};
use std::alloc::Layout;
use std::any::Any;
use std::cell;
use std::fmt;
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::panic::{self, AssertUnwindSafe, Location};
use std::pin::Pin;
use std::ptr::{self, NonNull};
use std::task::{RawWaker, RawWakerVTable, Waker};

/// What a panic left behind.
type Payload = Box<dyn Any + Send>;

// ---------------------------------------------------------------------- the block

/// The part of a task that is the same for all of them.
#[repr(C)]
pub(crate) struct Header {
    pub(super) state: State,
    methods: &'static Methods,
    /// Written once, by `NewTask::bind`, before anyone else knows the task.
    owner: cell::UnsafeCell<Option<OwnerRef>>,
    /// Next in a queue. Belongs to the holder of the `Runnable`.
    next: UnsafeCell<*mut Header>,
    /// The task's place among its owner's tasks. Guarded by the list's lock.
    pub(super) links: UnsafeCell<Links>,
    /// In which of its owner's lists the task is, or `UNLISTED`. Belongs to the holder of
    /// the `Runnable`.
    list_index: UnsafeCell<u32>,
    /// Where the task was spawned, and which one it is: not written any more.
    spawned_at: &'static Location<'static>,
    id: u64,
}

/// The task is in no list of its owner's.
const UNLISTED: u32 = u32::MAX;

// SAFETY: `state` is atomic, and who may touch the other fields is said beside each.
unsafe impl Sync for Header {}
// SAFETY: as above.
unsafe impl Send for Header {}

/// Drops a future whose poll panics while the panic goes by: its destructor can tell.
struct DropOnUnwind<'a, F>(&'a mut Option<F>);

impl<F> Drop for DropOnUnwind<'_, F> {
    fn drop(&mut self) {
        // A second panic would end the process here.
        unwind::quietly(|| *self.0 = None);
    }
}

/// What depends on the type of the future.
struct Methods {
    kind: TaskKind,
    /// The name of the future's type.
    type_name: fn() -> &'static str,
    /// A panic is reported through the join handle.
    joins: bool,
    /// The waker of the poll goes by the methods given.
    poll: unsafe fn(NonNull<Header>, &'static RawWakerVTable) -> Polled,
    /// Drops the future, and leaves the error for a join handle.
    end: unsafe fn(NonNull<Header>, JoinError) -> Option<Payload>,
    wake_joiner: unsafe fn(NonNull<Header>),
    drop_output: unsafe fn(NonNull<Header>),
    free: unsafe fn(NonNull<Header>),
}

/// What came of a poll. Two words, the panic being behind one pointer, so that it is
/// returned in registers.
enum Polled {
    Pending,
    /// The future is done, and so is its result.
    Done,
    /// The future is done, and its result left for a join handle.
    Left,
    Panicked(Box<Payload>),
}

/// A whole task. `F` says how its future is polled, `J` where its result goes.
#[repr(C)]
pub(super) struct Cell<F: Work, J> {
    header: Header,
    /// The futures 0.1 side: the task's id and its `task_local!` values. Dropped by
    /// `conclude`. Belongs to the holder of the `Runnable`.
    context: cell::UnsafeCell<ManuallyDrop<Spawn<()>>>,
    /// Belongs to the holder of the `Runnable`.
    future: UnsafeCell<Option<F>>,
    pub(super) join: J,
}

/// What a task consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskKind {
    /// A future of futures 0.1.
    Futures01,
    /// A std future.
    Async,
    /// A closure that may block.
    Blocking,
}

/// A future of either kind.
pub(super) trait Work {
    type Output;

    const KIND: TaskKind;

    /// The name of the caller's type.
    fn type_name() -> &'static str;

    /// Whether the output is an error, where that shows.
    fn is_failure(_: &Self::Output) -> bool {
        false
    }

    /// # Safety
    ///
    /// Once polled, the future stays where it is until it is dropped.
    unsafe fn poll(&mut self, waker: &Waker) -> Option<Self::Output>;
}

/// A futures 0.1 future whose result nobody joins.
struct Plain<F>(F);

impl<F: Future<Item = (), Error = ()>> Work for Plain<F> {
    type Output = ();

    const KIND: TaskKind = TaskKind::Futures01;

    fn type_name() -> &'static str {
        std::any::type_name::<F>()
    }

    #[inline]
    unsafe fn poll(&mut self, _waker: &Waker) -> Option<()> {
        match self.0.poll() {
            Ok(Async::NotReady) => None,
            Ok(Async::Ready(())) | Err(()) => Some(()),
        }
    }
}

/// A futures 0.1 future with a result.
struct Fallible<F>(F);

impl<F: Future> Work for Fallible<F> {
    type Output = Result<F::Item, F::Error>;

    const KIND: TaskKind = TaskKind::Futures01;

    fn type_name() -> &'static str {
        std::any::type_name::<F>()
    }

    fn is_failure(output: &Self::Output) -> bool {
        output.is_err()
    }

    #[inline]
    unsafe fn poll(&mut self, _waker: &Waker) -> Option<Self::Output> {
        match self.0.poll() {
            Ok(Async::NotReady) => None,
            Ok(Async::Ready(item)) => Some(Ok(item)),
            Err(error) => Some(Err(error)),
        }
    }
}

/// A std future.
struct Std<F>(F);

impl<F: std::future::Future> Work for Std<F> {
    type Output = F::Output;

    const KIND: TaskKind = TaskKind::Async;

    fn type_name() -> &'static str {
        std::any::type_name::<F>()
    }

    #[inline]
    unsafe fn poll(&mut self, waker: &Waker) -> Option<F::Output> {
        // SAFETY: the caller leaves the future where it is.
        let future = unsafe { Pin::new_unchecked(&mut self.0) };
        match future.poll(&mut std::task::Context::from_waker(waker)) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        }
    }
}

/// A closure that may block its thread.
struct Blocking<F>(Option<F>);

impl<F: FnOnce() -> R, R> Work for Blocking<F> {
    type Output = R;

    const KIND: TaskKind = TaskKind::Blocking;

    fn type_name() -> &'static str {
        std::any::type_name::<F>()
    }

    unsafe fn poll(&mut self, _waker: &Waker) -> Option<R> {
        let f = self.0.take().expect("a closure is called once");
        // Whoever blocks the thread has no other task to yield to.
        Some(coop::unlimited(f))
    }
}

impl<F: Work, J: JoinSlot<F::Output>> Cell<F, J> {
    const METHODS: Methods = Methods {
        kind: F::KIND,
        type_name: F::type_name,
        joins: J::JOINS,
        poll: Self::poll,
        end: Self::end,
        wake_joiner: Self::wake_joiner,
        drop_output: Self::drop_output,
        free: Self::free,
    };

    #[inline]
    #[track_caller]
    fn allocate(future: F, join: J) -> NonNull<Header> {
        let block = block::allocate(Layout::new::<Self>()).cast::<Self>();
        let cell = Cell {
            header: Header {
                state: State::new(J::JOINS),
                methods: const { &Self::METHODS },
                owner: cell::UnsafeCell::new(None),
                next: UnsafeCell::new(ptr::null_mut()),
                links: UnsafeCell::new(Links::new()),
                list_index: UnsafeCell::new(UNLISTED),
                spawned_at: Location::caller(),
                id: ids::next(),
            },
            context: cell::UnsafeCell::new(ManuallyDrop::new(executor::spawn(()))),
            future: UnsafeCell::new(Some(future)),
            join,
        };
        // SAFETY: the block was just allocated for a value of this type.
        unsafe { block.write(cell) };
        block.cast()
    }

    #[track_caller]
    fn allocate_joined(future: F, join: J) -> (NonNull<Header>, NonNull<J>) {
        let header = Self::allocate(future, join);
        // SAFETY: the block holds a cell of this type; no reference is made, only an
        // address inside it.
        let join = unsafe { &raw mut (*header.cast::<Self>().as_ptr()).join };
        // SAFETY: a field of a live block is not at null.
        (header, unsafe { NonNull::new_unchecked(join) })
    }

    /// # Safety
    ///
    /// `task` must head a `Cell<F, J>` that is not freed.
    #[inline]
    unsafe fn of<'a>(task: NonNull<Header>) -> &'a Self {
        // SAFETY: the caller says what it points to; the header is its first field.
        unsafe { task.cast::<Self>().as_ref() }
    }

    /// # Safety
    ///
    /// As for `of`, and the caller runs the task.
    unsafe fn poll(task: NonNull<Header>, waker: &'static RawWakerVTable) -> Polled {
        // SAFETY: passed on.
        let cell = unsafe { Self::of(task) };
        let waker = borrowed_waker(task, waker);
        // SAFETY: the caller runs the task, so nobody else touches this.
        let context = unsafe { &mut *cell.context.get() };
        // SAFETY: as above.
        let slot = unsafe { &mut *cell.future.with_mut(|slot| slot) };
        let polled = panic::catch_unwind(AssertUnwindSafe(|| {
            let output = context.poll_fn_notify(&Current(task), 0, |()| {
                let guarded = DropOnUnwind(slot);
                let future = guarded.0.as_mut().expect("a task that is not done has its future");
                // SAFETY: the block does not move, and the future leaves it only below, or as
                // the panic of its poll goes by.
                let output = unsafe { future.poll(&waker) };
                mem::forget(guarded);
                output
            });
            if output.is_some() {
                *slot = None;
            }
            output
        }));
        match polled {
            Ok(None) => Polled::Pending,
            Ok(Some(output)) => {
                // SAFETY: the caller runs the task, and its future is gone.
                match unsafe { cell.conclude(Ok(output)) } {
                    true => Polled::Left,
                    false => Polled::Done,
                }
            }
            Err(payload) => Polled::Panicked(Box::new(payload)),
        }
    }

    /// # Safety
    ///
    /// As for `poll`.
    unsafe fn end(task: NonNull<Header>, error: JoinError) -> Option<Payload> {
        // SAFETY: passed on.
        let cell = unsafe { Self::of(task) };
        // SAFETY: the caller runs the task, so nobody else touches this. The future may
        // look for its task when it is dropped.
        let context = unsafe { &mut *cell.context.get() };
        // SAFETY: as above.
        let slot = unsafe { &mut *cell.future.with_mut(|slot| slot) };
        let dropped = panic::catch_unwind(AssertUnwindSafe(|| {
            context.poll_fn_notify(&Current(task), 0, |()| *slot = None);
        }));
        let (error, panicked) = match dropped {
            // The joiner of a cancelled task is told; nobody else needs to be.
            Err(payload) if J::JOINS && error.is_cancelled() => {
                (JoinError::panicked(payload), None)
            }
            dropped => (error, dropped.err()),
        };
        // SAFETY: the caller runs the task, and its future is gone.
        unsafe { cell.conclude(Err(error)) };
        panicked
    }

    /// Drops what the task holds of the caller's beside its future: `task_local!` values,
    /// and the result, unless a join handle is there to get it: true if it was left for
    /// that. Done by the run, since these may not leave its thread, and since a waker may
    /// keep the block for long.
    ///
    /// # Safety
    ///
    /// Once, by the runner, when the future is gone.
    #[inline(always)]
    unsafe fn conclude(&self, result: Result<F::Output, JoinError>) -> bool {
        // SAFETY: the caller runs the task, and does this once.
        unwind::quietly(|| unsafe { ManuallyDrop::drop(&mut *self.context.get()) });
        if J::JOINS && self.header.state.is_joined() {
            // SAFETY: the task is not done yet, so the slot is the runner's.
            unsafe { self.join.put(result) };
            return true;
        }
        if J::JOINS && inspect::hears_endings() {
            self.report_unobserved(&result);
        }
        match result {
            // Spares the common task without a result a landing pad.
            Ok(output) if !mem::needs_drop::<F::Output>() => mem::forget(output),
            result => unwind::quietly(|| drop(result)),
        }
        false
    }

    /// Nobody will look at `result`.
    #[cold]
    fn report_unobserved(&self, result: &Result<F::Output, JoinError>) {
        let ending = match result {
            Ok(output) => F::is_failure(output).then_some(Ending::Failed),
            Err(error) => error.ending(),
        };
        if let Some(ending) = ending {
            inspect::unobserved(self.header.info(), ending);
        }
    }

    /// # Safety
    ///
    /// As for `of`.
    unsafe fn wake_joiner(task: NonNull<Header>) {
        // SAFETY: passed on.
        let join = unsafe { &Self::of(task).join };
        // The thread that ran the task must not go with a joiner whose waker panics.
        unwind::quietly(|| join.wake());
    }

    /// # Safety
    ///
    /// As for `of`, and the result is the caller's.
    unsafe fn drop_output(task: NonNull<Header>) {
        // SAFETY: passed on.
        let cell = unsafe { Self::of(task) };
        // SAFETY: passed on.
        let output = unsafe { cell.join.take() };
        if let Some(output) = output.as_ref().filter(|_| inspect::hears_endings()) {
            cell.report_unobserved(output);
        }
        unwind::quietly(|| drop(output));
    }

    /// # Safety
    ///
    /// As for `of`, and nobody else has a reference.
    unsafe fn free(task: NonNull<Header>) {
        let cell = task.cast::<Self>();
        // SAFETY: the last reference is the caller's.
        unsafe { cell.as_ref() }.future.with_mut(|future| {
            // SAFETY: as above.
            debug_assert!(unsafe { (*future).is_none() }, "a task that is freed has ended");
        });
        // Future, result and context are gone; what may be left is the joiner's waker.
        if J::JOINS {
            // SAFETY: the last reference is the caller's, and only an address is made.
            let join = unsafe { &raw mut (*cell.as_ptr()).join };
            // SAFETY: as above.
            unwind::quietly(|| unsafe { join.drop_in_place() });
        }
        // SAFETY: `allocate` allocated it with this layout.
        unsafe { block::free(cell.cast(), Layout::new::<Self>()) };
    }
}

// ------------------------------------------------------------- owner of the task

/// The executor that a task belongs to.
///
/// # Safety
///
/// The owner must stay where it is until each of its tasks is done. A task that was
/// handed to [`schedule`](Owner::schedule) is not done until it is run or dropped.
pub unsafe trait Owner {
    /// Takes a task that has become runnable, to run it soon.
    ///
    /// # Safety
    ///
    /// `this` is valid when this is called, but as soon as another thread can run the
    /// task, the owner may go away; an implementation that goes on using it takes a
    /// reference of its own first.
    unsafe fn schedule(this: *const Self, task: Runnable);

    /// The task is about to wait for the first time: the owner may enter it in a
    /// [`TaskList`](super::TaskList). Returns which of its lists that is, below `u32::MAX`.
    ///
    /// # Safety
    ///
    /// For the task's own run only, once for each task of this owner's.
    unsafe fn list(&self, task: &TaskRef) -> u32;

    /// A task for which [`list`](Owner::list) returned `index` is about to be done.
    ///
    /// # Safety
    ///
    /// For the task's own run only, once after `list`, with what it returned.
    unsafe fn unlist(&self, task: &TaskRef, index: u32);
}

/// An [`Owner`] of any type.
#[derive(Clone, Copy)]
pub struct OwnerRef {
    data: *const (),
    methods: &'static OwnerMethods,
}

struct OwnerMethods {
    schedule: unsafe fn(*const (), Runnable),
    list: unsafe fn(*const (), &TaskRef) -> u32,
    unlist: unsafe fn(*const (), &TaskRef, u32),
}

struct OwnerMethodsOf<T>(PhantomData<T>);

impl<T: Owner> OwnerMethodsOf<T> {
    const METHODS: OwnerMethods = OwnerMethods {
        // SAFETY: an `OwnerRef` of a `T` calls this with its own `data`.
        schedule: |this, task| unsafe { T::schedule(this.cast(), task) },
        // SAFETY: as above; the owner lives, because the task is not done.
        list: |this, task| unsafe { (*this.cast::<T>()).list(task) },
        // SAFETY: as above.
        unlist: |this, task, index| unsafe { (*this.cast::<T>()).unlist(task, index) },
    };
}

impl OwnerRef {
    /// Points to `owner`, which must keep the promise of [`Owner`].
    pub fn new<T: Owner>(owner: *const T) -> OwnerRef {
        OwnerRef { data: owner.cast(), methods: const { &OwnerMethodsOf::<T>::METHODS } }
    }

    /// Whether this points to `owner`.
    #[inline]
    pub fn is<T: Owner>(&self, owner: *const T) -> bool {
        ptr::eq(self.data, owner.cast())
    }
}

impl fmt::Debug for OwnerRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnerRef").field(&self.data).finish()
    }
}

// -------------------------------------------------------------------- new tasks

/// A task that no executor has taken yet.
///
/// # Dropping
///
/// Drops the future, unpolled; a join handle reports that the task was cancelled.
///
/// # Examples
///
/// ```
/// use futures::future;
/// use tokio_executor::task::NewTask;
/// use tokio_executor::{DefaultExecutor, Executor};
///
/// let task = NewTask::new(future::ok(()));
/// // No executor runs on this thread, so none takes it.
/// assert!(DefaultExecutor::current().spawn_task(task).is_err());
/// ```
#[must_use = "a task does nothing until an executor takes it"]
pub struct NewTask {
    task: ManuallyDrop<Runnable>,
}

impl NewTask {
    /// A task for a futures 0.1 future whose result nobody waits for.
    #[inline]
    #[track_caller]
    pub fn new<F>(future: F) -> NewTask
    where
        F: Future<Item = (), Error = ()> + Send + 'static,
    {
        // SAFETY: the future may go to any thread.
        unsafe { NewTask::new_local(future) }
    }

    /// A task for a std future whose result nobody waits for.
    #[inline]
    #[track_caller]
    pub fn new_std<F>(future: F) -> NewTask
    where
        F: std::future::Future<Output = ()> + Send + 'static,
    {
        // SAFETY: the future may go to any thread.
        unsafe { NewTask::new_std_local(future) }
    }

    /// As [`new`](NewTask::new), for a future that stays on one thread.
    ///
    /// # Safety
    ///
    /// If `F` is not `Send`, the task must be run and dropped on the current thread.
    #[inline]
    #[track_caller]
    pub unsafe fn new_local<F>(future: F) -> NewTask
    where
        F: Future<Item = (), Error = ()> + 'static,
    {
        NewTask::from_header(Cell::allocate(Plain(future), NoJoin))
    }

    /// As [`new_std`](NewTask::new_std), for a future that stays on one thread.
    ///
    /// # Safety
    ///
    /// If `F` is not `Send`, the task must be run and dropped on the current thread.
    #[inline]
    #[track_caller]
    pub unsafe fn new_std_local<F>(future: F) -> NewTask
    where
        F: std::future::Future<Output = ()> + 'static,
    {
        NewTask::from_header(Cell::allocate(Std(future), NoJoin))
    }

    /// The block of a joined task, and the address of its result.
    #[track_caller]
    pub(super) fn allocate_joined<F, J>(future: F, join: J) -> (NonNull<Header>, NonNull<J>)
    where
        F: Future,
        J: JoinSlot<Result<F::Item, F::Error>>,
    {
        Cell::allocate_joined(Fallible(future), join)
    }

    /// The block of a joined task, and the address of its result.
    #[track_caller]
    pub(super) fn allocate_joined_std<F, J>(future: F, join: J) -> (NonNull<Header>, NonNull<J>)
    where
        F: std::future::Future,
        J: JoinSlot<F::Output>,
    {
        Cell::allocate_joined(Std(future), join)
    }

    /// The block of a joined closure, and the address of its result.
    #[track_caller]
    pub(super) fn allocate_joined_blocking<F, R, J>(f: F, join: J) -> (NonNull<Header>, NonNull<J>)
    where
        F: FnOnce() -> R,
        J: JoinSlot<R>,
    {
        Cell::allocate_joined(Blocking(Some(f)), join)
    }

    #[inline]
    pub(super) fn from_header(header: NonNull<Header>) -> NewTask {
        NewTask { task: ManuallyDrop::new(Runnable { header }) }
    }

    /// Makes `owner` responsible for the task, and the caller for running it once.
    ///
    /// # Safety
    ///
    /// `owner` keeps the promise of [`Owner`].
    #[inline]
    pub unsafe fn bind(self, owner: OwnerRef) -> Runnable {
        let mut this = ManuallyDrop::new(self);
        // SAFETY: `this` is not used again.
        let task = unsafe { ManuallyDrop::take(&mut this.task) };
        // SAFETY: nobody else knows the task yet.
        unsafe { *task.header().owner.get() = Some(owner) };
        task
    }

    /// The task for whoever runs it once, at a time of his own, and is no executor: it ends
    /// with that run, cancelled if its future is pending then.
    #[doc(hidden)]
    pub fn into_single_run(self) -> Runnable {
        // SAFETY: this owner stays for ever.
        unsafe { self.bind(OwnerRef::new(&raw const SINGLE_RUN)) }
    }

    /// The task as a futures 0.1 future, for an executor that takes nothing else.
    ///
    /// It is polled wherever that executor polls it, and wakes it in turn.
    pub fn into_future(self) -> impl Future<Item = (), Error = ()> + Send + 'static {
        ForeignTask::new(self)
    }
}

impl Drop for NewTask {
    fn drop(&mut self) {
        // SAFETY: `self` is not used again.
        drop(unsafe { ManuallyDrop::take(&mut self.task) });
    }
}

impl fmt::Debug for NewTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NewTask").field(&self.task.header().state.snapshot()).finish()
    }
}

/// The owner of tasks that are run once: whatever would bring one back drops it.
struct SingleRun;

static SINGLE_RUN: SingleRun = SingleRun;

// SAFETY: it stays where it is for ever.
unsafe impl Owner for SingleRun {
    unsafe fn schedule(_: *const SingleRun, task: Runnable) {
        drop(task);
    }

    unsafe fn list(&self, task: &TaskRef) -> u32 {
        // Pending, which its maker has said it is not: it ends with this run.
        task.cancel();
        0
    }

    unsafe fn unlist(&self, _: &TaskRef, _: u32) {}
}

// ----------------------------------------------------------------- runnable tasks

/// The right, and the duty, to run a task once.
///
/// # Dropping
///
/// Ends the task as cancelled: its future is dropped here and now.
#[must_use = "a task that is not run is cancelled"]
pub struct Runnable {
    header: NonNull<Header>,
}

// SAFETY: whoever made the task promised that it may go where its owner sends it.
unsafe impl Send for Runnable {}
// SAFETY: what a shared `Runnable` permits is atomic.
unsafe impl Sync for Runnable {}
// SAFETY: as for `Runnable`.
unsafe impl Send for NewTask {}
// SAFETY: as for `Runnable`.
unsafe impl Sync for NewTask {}

/// What came of a run.
#[must_use]
#[derive(Debug)]
pub enum AfterRun {
    /// The task waits; its wakers will bring it back.
    Waiting,
    /// The task was woken during the run: to be queued again.
    Woken(Runnable),
    /// The task is done.
    Done,
    /// The task ended in this panic.
    Panicked(Box<dyn Any + Send>),
}

impl Runnable {
    #[inline]
    fn header(&self) -> &Header {
        // SAFETY: the living reference keeps the block while a `Runnable` exists.
        unsafe { self.header.as_ref() }
    }

    /// Polls the task's future, unless it was cancelled: then drops it.
    #[inline]
    pub fn run(self) -> AfterRun {
        let cancelled = self.header().begin() == AfterBegin::Cancel;
        let this = self.begun_already();
        let header = this.header;
        let run = Run::start(header.as_ptr());
        if cancelled {
            return this.end(run, JoinError::cancelled());
        }
        let polled = if inspect::is_on() {
            // SAFETY: this thread began the run.
            unsafe { poll_recorded(header) }
        } else {
            // SAFETY: as above.
            unsafe { (header.as_ref().methods.poll)(header, &WAKER) }
        };
        match polled {
            Polled::Pending => this.pause(run),
            Polled::Done => {
                let deferred = run.end();
                this.finish(deferred.own_refs, false);
                AfterRun::Done
            }
            Polled::Left => {
                let deferred = run.end();
                this.finish(deferred.own_refs, true);
                AfterRun::Done
            }
            Polled::Panicked(payload) => this.panicked(run, *payload),
        }
    }

    /// Drops the task's future without polling it.
    ///
    /// A join handle reports that the task was cancelled.
    pub fn cancel(self) -> AfterRun {
        // Cancelled or not, it is about to be.
        let _ = self.header().begin();
        let this = self.begun_already();
        let run = Run::start(this.header.as_ptr());
        this.end(run, JoinError::cancelled())
    }

    /// Whether the task was cancelled; a hint.
    pub fn is_cancelled(&self) -> bool {
        self.header().state.is_cancelled()
    }

    /// Tells tasks apart while they exist.
    #[inline]
    pub fn address(&self) -> usize {
        self.header.as_ptr().addr()
    }

    /// As [`TaskRef::id`].
    #[inline]
    pub fn id(&self) -> u64 {
        self.header().id
    }

    /// As [`TaskRef::spawned_at`].
    #[inline]
    pub fn spawned_at(&self) -> &'static Location<'static> {
        self.header().spawned_at
    }

    fn begun_already(self) -> Running {
        let this = ManuallyDrop::new(self);
        Running { header: this.header }
    }

    /// The address of the task, for a queue of plain pointers.
    #[inline]
    pub fn into_raw(self) -> NonNull<()> {
        ManuallyDrop::new(self).header.cast()
    }

    /// Takes back what [`into_raw`](Runnable::into_raw) gave.
    ///
    /// # Safety
    ///
    /// Once for each `into_raw`.
    #[inline]
    pub unsafe fn from_raw(task: NonNull<()>) -> Runnable {
        Runnable { header: task.cast() }
    }

    /// The task queued behind this one, which is forgotten.
    #[inline]
    pub fn take_next(&mut self) -> Option<Runnable> {
        // SAFETY: the link belongs to the holder of the `Runnable`.
        let next = self.header().next.with_mut(|next| unsafe { next.replace(ptr::null_mut()) });
        NonNull::new(next).map(|header| Runnable { header })
    }

    /// Queues `next` behind this task.
    #[inline]
    pub fn set_next(&mut self, next: Option<Runnable>) {
        let next = next.map_or(ptr::null_mut(), |next| ManuallyDrop::new(next).header.as_ptr());
        // SAFETY: as above.
        self.header().next.with_mut(|link| unsafe { *link = next });
    }

    /// A reference to the task.
    pub(super) fn task_ref(&self) -> TaskRef {
        TaskRef::retain(self.header)
    }
}

impl Drop for Runnable {
    fn drop(&mut self) {
        if let AfterRun::Panicked(payload) = (Runnable { header: self.header }).cancel() {
            unwind::discard(payload);
        }
    }
}

impl fmt::Debug for Runnable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Runnable").field(&self.header().state.snapshot()).finish()
    }
}

/// Polls a task while somebody looks.
///
/// # Safety
///
/// This thread began the run of `task`.
#[cold]
#[inline(never)]
unsafe fn poll_recorded(task: NonNull<Header>) -> Polled {
    // SAFETY: the living reference keeps the block during the run.
    let header = unsafe { task.as_ref() };
    let poll = inspect::Poll::begin(header.info());
    // SAFETY: passed on.
    let polled = unsafe { (header.methods.poll)(task, &RECORDED_WAKER) };
    poll.end(matches!(polled, Polled::Pending));
    polled
}

/// A task in the state RUNNING, on this thread.
struct Running {
    header: NonNull<Header>,
}

impl Running {
    fn header(&self) -> &Header {
        // SAFETY: the living reference is only given up by `finish`, which takes `self`.
        unsafe { self.header.as_ref() }
    }

    fn owner(&self) -> Option<OwnerRef> {
        // SAFETY: not written any more once the task can run.
        unsafe { *self.header().owner.get() }
    }

    /// The future is pending.
    #[inline]
    fn pause(self, run: Run) -> AfterRun {
        let deferred = run.end();
        // A task that goes back into a queue is known by that.
        let unlisted = self.header().list_index() == UNLISTED;
        if unlisted && !deferred.woken {
            self.list();
        }
        match self.header().state.pause(deferred.woken, deferred.own_refs, unlisted) {
            AfterPause::Idle => AfterRun::Waiting,
            AfterPause::Requeue => AfterRun::Woken(Runnable { header: self.header }),
        }
    }

    /// Before the task can be woken elsewhere, and be done: its owner must know of it.
    #[cold]
    fn list(&self) {
        if let Some(owner) = self.owner() {
            let task = ManuallyDrop::new(TaskRef { header: self.header });
            // SAFETY: the owner lives, because the task is not done.
            let index = unsafe { (owner.methods.list)(owner.data, &task) };
            debug_assert_ne!(index, UNLISTED, "an owner's lists are numbered from 0");
            // SAFETY: belongs to the runner.
            self.header().list_index.with_mut(|place| unsafe { *place = index });
        }
    }

    /// The future panicked: drops it, and reports the panic.
    #[cold]
    fn panicked(self, run: Run, payload: Payload) -> AfterRun {
        inspect::panicked(self.header().info(), &*payload, self.header().methods.joins);
        if self.header().methods.joins {
            return self.end(run, JoinError::panicked(payload));
        }
        // A second panic, in the drop of the future, has been reported by the hook; the
        // first is the one that says why.
        if let AfterRun::Panicked(second) = self.end(run, JoinError::cancelled()) {
            unwind::discard(second);
        }
        AfterRun::Panicked(payload)
    }

    /// Drops the future and reports `error`.
    #[cold]
    fn end(self, run: Run, error: JoinError) -> AfterRun {
        // SAFETY: this thread began the run.
        let panicked = unsafe { (self.header().methods.end)(self.header, error) };
        let deferred = run.end();
        // For all that this knows, the error was left.
        let left = self.header().methods.joins;
        self.finish(deferred.own_refs, left);
        panicked.map_or(AfterRun::Done, AfterRun::Panicked)
    }

    /// The future is gone. `left`: its result, or an error, may be in the slot.
    #[inline]
    fn finish(self, own_refs: i64, left: bool) {
        if inspect::is_on() {
            inspect::forget(self.header().id);
        }
        let index = self.header().list_index();
        let unlisted = index == UNLISTED;
        if !unlisted {
            if let Some(owner) = self.owner() {
                let task = ManuallyDrop::new(TaskRef { header: self.header });
                // SAFETY: the owner lives, because the task is not done.
                unsafe { (owner.methods.unlist)(owner.data, &task, index) };
            }
        }
        let methods = self.header().methods;
        let after = match self.header().state.finish(own_refs, unlisted, left) {
            AfterFinish::DropOutput => self.finish_detached(own_refs, unlisted),
            after => after,
        };
        match after {
            AfterFinish::WakeJoiner => {
                // SAFETY: the living reference is still there.
                unsafe { (methods.wake_joiner)(self.header) };
                release(self.header);
            }
            // SAFETY: nobody has a reference any more.
            AfterFinish::Free => unsafe { (methods.free)(self.header) },
            AfterFinish::Nothing | AfterFinish::DropOutput => {}
        }
    }

    /// Drops a result whose join handle is gone, if one was left for it, and finishes.
    #[cold]
    fn finish_detached(&self, own_refs: i64, unlisted: bool) -> AfterFinish {
        // SAFETY: the task is not done, so the slot is the runner's.
        unsafe { drop_output(self.header) };
        self.header().state.finish(own_refs, unlisted, false)
    }
}

/// Drops the result of a task outside of its run.
///
/// # Safety
///
/// The task is there, and the result is the caller's.
#[cold]
unsafe fn drop_output(task: NonNull<Header>) {
    // SAFETY: passed on.
    let header = unsafe { task.as_ref() };
    // SAFETY: passed on.
    id::while_dropping(header.id, || unsafe { (header.methods.drop_output)(task) });
}

/// Gives up one reference, and frees the task with the last.
fn release(task: NonNull<Header>) {
    if running::adjust_refs(task.as_ptr(), -1) {
        return;
    }
    // SAFETY: the caller's reference keeps the block until `release`.
    let header = unsafe { task.as_ref() };
    let methods = header.methods;
    if header.state.release() {
        // SAFETY: that was the last reference.
        unsafe { (methods.free)(task) };
    }
}

// ------------------------------------------------------------------- known tasks

/// A reference to a task: it can be woken, and cancelled.
pub struct TaskRef {
    header: NonNull<Header>,
}

// SAFETY: what a reference permits is atomic.
unsafe impl Send for TaskRef {}
// SAFETY: as above.
unsafe impl Sync for TaskRef {}

impl TaskRef {
    /// The task that this thread polls right now.
    pub fn running() -> Option<TaskRef> {
        let header = NonNull::new(running::task().cast_mut())?;
        Some(TaskRef::retain(header))
    }

    #[inline]
    pub(super) fn retain(header: NonNull<Header>) -> TaskRef {
        if !running::adjust_refs(header.as_ptr(), 1) {
            // SAFETY: the caller has a reference, or the task is being run.
            unsafe { header.as_ref() }.state.retain();
        }
        TaskRef { header }
    }

    /// Takes over a reference that is counted already.
    pub(super) fn adopt(header: NonNull<Header>) -> TaskRef {
        TaskRef { header }
    }

    #[inline]
    pub(super) fn as_header(&self) -> NonNull<Header> {
        self.header
    }

    #[inline]
    pub(super) fn header(&self) -> &Header {
        // SAFETY: this reference is counted.
        unsafe { self.header.as_ref() }
    }

    /// Makes the task runnable.
    #[inline]
    pub fn wake(&self) {
        if inspect::is_on() {
            inspect::woken(self.id(), running_id());
        }
        if running::wake_self(self.header.as_ptr()) {
            return;
        }
        if self.header().state.wake() == AfterWake::Schedule {
            schedule(self.header);
        }
    }

    /// Has the task's future dropped by its owner, as soon as it is not being polled.
    pub fn cancel(&self) {
        if self.header().state.cancel() == AfterWake::Schedule {
            schedule(self.header);
        }
    }

    /// Whether the task has ended, one way or another.
    pub fn is_done(&self) -> bool {
        self.header().state.is_done()
    }

    /// The owner that took the task.
    pub fn owner(&self) -> Option<OwnerRef> {
        // SAFETY: not written any more once there can be a reference.
        unsafe { *self.header().owner.get() }
    }

    /// Tells tasks apart while they exist.
    pub fn address(&self) -> usize {
        self.header.as_ptr().addr()
    }

    /// Tells tasks apart for as long as the process runs: from 1, and never used again.
    pub fn id(&self) -> u64 {
        self.header().id
    }

    /// Where the task was spawned: the nearest caller that is not marked `track_caller`.
    pub fn spawned_at(&self) -> &'static Location<'static> {
        self.header().spawned_at
    }

    /// What is polled or called.
    pub fn kind(&self) -> TaskKind {
        self.header().methods.kind
    }

    /// The type of the task's future or closure, as `std::any::type_name` has it.
    pub fn type_name(&self) -> &'static str {
        (self.header().methods.type_name)()
    }

    /// How far the task is, at this moment.
    pub fn state(&self) -> TaskState {
        self.header().state.stage()
    }

    /// Whether the task waits and nobody is left who could wake it: there is no waker of it.
    ///
    /// It then never runs again, unless it is cancelled. A reference such as an abort handle
    /// counts as a waker.
    pub fn is_lost(&self) -> bool {
        self.header().state.is_idle_with(1)
    }

    /// This reference as a waker.
    #[inline]
    pub fn into_waker(self) -> Waker {
        let this = ManuallyDrop::new(self);
        // SAFETY: the methods below keep the contract of a waker for any header whose
        // reference they hold.
        unsafe { Waker::new(this.header.as_ptr().cast_const().cast(), &WAKER) }
    }

    /// The task behind `waker`, if it is one of ours.
    pub fn from_waker(waker: &Waker) -> Option<TaskRef> {
        header_of(waker).map(TaskRef::retain)
    }

    /// Drops the result of a task that is done, which nobody joins any more.
    pub(super) fn drop_join_handle(&self) {
        if self.header().state.drop_join_handle() == AfterDropHandle::DropOutput {
            // SAFETY: the task is done, and the result was the joiner's.
            unsafe { drop_output(self.header) };
        }
    }
}

/// Hands a task that has just become runnable to its owner.
fn schedule(header: NonNull<Header>) {
    // SAFETY: the task is not done, so it is there; the owner is not written any more.
    let owner = unsafe { *header.as_ref().owner.get() };
    let task = Runnable { header };
    match owner {
        // SAFETY: the owner lives, because the task is not done.
        Some(owner) => unsafe { (owner.methods.schedule)(owner.data, task) },
        None => unreachable!("a task without an owner was never run, and has no wakers"),
    }
}

impl Clone for TaskRef {
    fn clone(&self) -> TaskRef {
        TaskRef::retain(self.header)
    }
}

impl Drop for TaskRef {
    #[inline]
    fn drop(&mut self) {
        release(self.header);
    }
}

impl PartialEq for TaskRef {
    fn eq(&self, other: &TaskRef) -> bool {
        self.header == other.header
    }
}

impl Eq for TaskRef {}

impl fmt::Debug for TaskRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TaskRef").field(&self.header().state.snapshot()).finish()
    }
}

// ------------------------------------------------------- the task as a std waker

static WAKER: RawWakerVTable = RawWakerVTable::new(
    |task| {
        TaskRef::retain(header_at(task)).forget();
        RawWaker::new(task, &WAKER)
    },
    |task| TaskRef::adopt(header_at(task)).wake(),
    |task| ManuallyDrop::new(TaskRef::adopt(header_at(task))).wake(),
    |task| drop(TaskRef::adopt(header_at(task))),
);

/// What the waker of a poll goes by while somebody looks. A leaf that has kept a waker of the
/// task does not find it to be the same, and so clones this one, which is noted.
static RECORDED_WAKER: RawWakerVTable = RawWakerVTable::new(
    |task| {
        inspect::note_waker();
        TaskRef::retain(header_at(task)).forget();
        RawWaker::new(task, &WAKER)
    },
    |task| TaskRef::adopt(header_at(task)).wake(),
    |task| ManuallyDrop::new(TaskRef::adopt(header_at(task))).wake(),
    |task| drop(TaskRef::adopt(header_at(task))),
);

impl TaskRef {
    fn forget(self) {
        let _ = ManuallyDrop::new(self);
    }
}

fn header_at(task: *const ()) -> NonNull<Header> {
    // A waker of ours never holds null.
    NonNull::new(task.cast_mut().cast()).expect("a waker of a task points to it")
}

/// A waker that owns no reference, for the span of a poll.
#[inline]
fn borrowed_waker(task: NonNull<Header>, methods: &'static RawWakerVTable) -> ManuallyDrop<Waker> {
    // SAFETY: it is never dropped, so it gives up no reference; the run outlives it.
    ManuallyDrop::new(unsafe { Waker::new(task.as_ptr().cast_const().cast(), methods) })
}

/// The task behind `waker`, if it is one of ours.
#[inline]
fn header_of(waker: &Waker) -> Option<NonNull<Header>> {
    if ptr::eq(waker.vtable(), &WAKER) || ptr::eq(waker.vtable(), &RECORDED_WAKER) {
        NonNull::new(waker.data().cast_mut().cast())
    } else {
        None
    }
}

/// Whether `waker` wakes the task that this thread polls.
#[inline]
pub(super) fn is_running(waker: &Waker) -> bool {
    let task = running::task();
    !task.is_null() && header_of(waker).is_some_and(|of| ptr::eq(of.as_ptr(), task))
}

// ---------------------------------------------- the task as a futures 0.1 handle

/// The task being polled, as futures 0.1 asks for it.
#[derive(Clone)]
struct Current(NonNull<Header>);

impl From<Current> for NotifyHandle {
    #[inline]
    fn from(task: Current) -> NotifyHandle {
        if running::is_answer(task.0.as_ptr()) {
            return probe::handle();
        }
        if inspect::is_on() {
            inspect::note_waker();
        }
        notify_handle(task.0)
    }
}

#[inline]
fn notify_handle(task: NonNull<Header>) -> NotifyHandle {
    TaskRef::retain(task).forget();
    let handle: *mut dyn UnsafeNotify = task.cast::<HandleTarget>().as_ptr();
    // SAFETY: the reference made above is the handle's, until `drop_raw`.
    unsafe { NotifyHandle::new(handle) }
}

/// The number of the task that this thread polls, or 0.
fn running_id() -> u64 {
    // SAFETY: a task that is being run is there, and its number is not written any more.
    unsafe { running::task().as_ref() }.map_or(0, |task| task.id)
}

impl Header {
    fn info(&self) -> TaskInfo {
        let methods = self.methods;
        TaskInfo {
            id: self.id,
            kind: methods.kind,
            spawned_at: self.spawned_at,
            type_name: (methods.type_name)(),
        }
    }

    /// For the holder of the `Runnable`.
    #[inline]
    fn list_index(&self) -> u32 {
        // SAFETY: belongs to that holder.
        self.list_index.with(|index| unsafe { *index })
    }

    #[inline]
    fn begin(&self) -> AfterBegin {
        self.state.begin(self.list_index() == UNLISTED)
    }
}

/// What futures 0.1 takes the head of a task's block for. It spans nothing, so that a
/// reference to it neither narrows what its address may reach, which is the whole block,
/// nor forbids that the block is freed while the reference is a function's argument.
#[repr(transparent)]
struct HandleTarget(cell::UnsafeCell<()>);

// SAFETY: there is nothing in it; for the task behind it, see `TaskRef`.
unsafe impl Send for HandleTarget {}
// SAFETY: as above.
unsafe impl Sync for HandleTarget {}

impl HandleTarget {
    /// The task of a handle.
    fn task(&self) -> NonNull<Header> {
        NonNull::from(self).cast()
    }
}

impl Notify for HandleTarget {
    fn notify(&self, _id: usize) {
        ManuallyDrop::new(TaskRef::adopt(self.task())).wake();
    }
}

// SAFETY: a handle is the address of the block with one counted reference.
unsafe impl UnsafeNotify for HandleTarget {
    unsafe fn clone_raw(&self) -> NotifyHandle {
        notify_handle(self.task())
    }

    unsafe fn drop_raw(&self) {
        drop(TaskRef::adopt(self.task()));
    }
}
