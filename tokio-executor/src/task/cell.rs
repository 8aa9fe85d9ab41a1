//! The block of memory that is a task.
//!
//! ```text
//!   +--------+---------+-----------+---------+------------+----------+----------+
//!   | state  | methods | owner (2) | links   | 0.1 side   | future   | result   |
//!   +--------+---------+-----------+---------+------------+----------+----------+
//!   ^ Header, the same for every task                     ^ by type  ^ if joined
//! ```
//!
//! [`NewTask`](super::NewTask), [`Runnable`](super::Runnable), [`TaskRef`](super::TaskRef), a
//! `Waker`, a `NotifyHandle` and a join handle are all the address of that block, with
//! different rights. Each has a file of its own beside this one, but for the last two kinds of
//! waker, which share `handles`. What they see of the block is its `header`; here is all of it.
//!
//! Called by way of `header`'s methods, whichever kind of reference is at hand.
//!
//! Always true: who may touch which part of the block is said beside that part.
//!
//! Why no `Arc`? The count shares its word with the state, so that ending a run and
//! settling its references is one instruction; and the pointer is thin, as a `RawWaker`
//! needs it.

use super::block;
use super::handles::borrowed_waker;
use super::header::{Header, Links, Methods, Polled, UNLISTED};
use super::id;
use super::ids::TaskNumber;
use super::join_error::{Failure, Payload};
use super::result_cell::ResultCell;
use super::running::{self, Place};
use super::side_01::Side01;
use super::state::State;
use super::work::Work;
use crate::inspect::{self, Ending};
use crate::sys::UnsafeCell;
use crate::unwind;
use std::alloc::Layout;
use std::cell;
use std::mem::{self, ManuallyDrop};
use std::panic::{self, AssertUnwindSafe, Location};
use std::ptr::{self, NonNull};
use std::task::RawWakerVTable;

/// Drops a future whose poll panics while the panic goes by: its destructor can tell.
struct DropOnUnwind<'a, F>(&'a mut Option<F>);

impl<F> Drop for DropOnUnwind<'_, F> {
    fn drop(&mut self) {
        // A second panic would end the process here.
        unwind::quietly(|| *self.0 = None);
    }
}

/// A whole task. `F` says how its future is polled, `J` where its result goes.
#[repr(C)]
pub(super) struct Cell<F: Work, J> {
    header: Header,
    /// Dropped by the run that ends the task. Belongs to the holder of the `Runnable`.
    side: cell::UnsafeCell<ManuallyDrop<F::Side>>,
    /// Belongs to the holder of the `Runnable`.
    future: UnsafeCell<Option<F>>,
    pub(super) join: J,
}

impl<F: Work, J: ResultCell<F::Output>> Cell<F, J> {
    const METHODS: Methods = Methods {
        kind: F::KIND,
        type_name: F::type_name,
        joins: J::JOINS,
        poll: Self::poll,
        enter_01: Self::enter_01,
        end: Self::end,
        wake_joiner: Self::wake_joiner,
        drop_output: Self::drop_output,
        free: Self::free,
    };

    #[inline]
    #[track_caller]
    pub(super) fn allocate(future: F, join: J) -> NonNull<Header> {
        Self::allocate_at(future, join, Location::caller())
    }

    #[inline]
    pub(super) fn allocate_at(
        future: F,
        join: J,
        at: &'static Location<'static>,
    ) -> NonNull<Header> {
        let block = block::allocate(Layout::new::<Self>()).cast::<Self>();
        let cell = Cell {
            header: Header {
                state: State::new(J::JOINS),
                methods: const { &Self::METHODS },
                owner: cell::UnsafeCell::new(None),
                next: UnsafeCell::new(ptr::null_mut()),
                links: UnsafeCell::new(Links::new()),
                list_index: UnsafeCell::new(UNLISTED),
                spawned_at: at,
                number: TaskNumber::new(),
            },
            side: cell::UnsafeCell::new(ManuallyDrop::new(F::Side::new())),
            future: UnsafeCell::new(Some(future)),
            join,
        };
        // SAFETY: the block was just allocated for a value of this type.
        unsafe { block.write(cell) };
        block.cast()
    }

    pub(super) fn allocate_joined(
        future: F,
        join: J,
        at: &'static Location<'static>,
    ) -> (NonNull<Header>, NonNull<J>) {
        let header = Self::allocate_at(future, join, at);
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

    /// Where the futures 0.1 side is.
    fn side(&self) -> *mut F::Side {
        self.side.get().cast()
    }

    /// Drops that side.
    ///
    /// # Safety
    ///
    /// Once, by the run that ends the task.
    unsafe fn drop_side(&self) {
        // Its `task_local!` values may look for it when they are dropped.
        running::set_place(Place::Gone);
        // SAFETY: passed on.
        unsafe { self.side().drop_in_place() };
    }

    /// # Safety
    ///
    /// As for `of`, and the caller runs the task.
    unsafe fn poll(task: NonNull<Header>, waker: &'static RawWakerVTable) -> Polled {
        // SAFETY: passed on.
        let cell = unsafe { Self::of(task) };
        let waker = borrowed_waker(task, waker);
        // SAFETY: the caller runs the task, so nobody else touches this.
        let future = unsafe { &mut *cell.future.with_mut(|future| future) };
        let mut output = None;
        let mut concluded = false;
        let polled = panic::catch_unwind(AssertUnwindSafe(|| {
            let poll = || {
                let guarded = DropOnUnwind(future);
                let future = guarded.0.as_mut().expect("a task that is not done has its future");
                // SAFETY: the block does not move, and the future leaves it only below, or as
                // the panic of its poll goes by.
                let output = unsafe { future.poll(&waker) };
                mem::forget(guarded);
                output
            };
            // SAFETY: as above; nothing is borrowed of it.
            output = unsafe { F::Side::around(cell.side(), task, poll) };
            if output.is_some() {
                *future = None;
                concluded = true;
                // SAFETY: the caller runs the task, and this is done once: by the run that
                // ends it, either here or in `end`.
                unsafe { cell.drop_side() };
            }
        }));
        if let Err(payload) = polled {
            if !concluded {
                // A future that is done, and whose drop panicked.
                unwind::quietly(|| drop(output));
                return Polled::Panicked(Box::new(payload));
            }
            unwind::discard(payload);
        }
        let Some(output) = output else { return Polled::Pending };
        // SAFETY: the caller runs the task, and its future is gone.
        match unsafe { cell.leave(Ok(output)) } {
            true => Polled::Joined,
            false => Polled::Done,
        }
    }

    /// # Safety
    ///
    /// As for `poll`, and the place of the futures 0.1 side is empty.
    unsafe fn enter_01(task: NonNull<Header>, f: &mut dyn FnMut()) {
        // SAFETY: passed on.
        let cell = unsafe { Self::of(task) };
        // SAFETY: passed on.
        unsafe { F::Side::enter(cell.side(), task, f) };
    }

    /// # Safety
    ///
    /// As for `poll`.
    unsafe fn end(task: NonNull<Header>, error: Failure) -> Option<Payload> {
        // SAFETY: passed on.
        let cell = unsafe { Self::of(task) };
        // SAFETY: the caller runs the task, so nobody else touches this.
        let future = unsafe { &mut *cell.future.with_mut(|future| future) };
        let dropped = panic::catch_unwind(AssertUnwindSafe(|| {
            // SAFETY: as above. The future may look for its task when it is dropped.
            unsafe { F::Side::around(cell.side(), task, || *future = None) };
        }));
        let (error, panicked) = match dropped {
            // The joiner of a cancelled task gets the error; nobody else needs it.
            Err(payload) if J::JOINS && !error.is_panic() => {
                (Failure::Panicked(Box::new(payload)), None)
            }
            dropped => (error, dropped.err()),
        };
        // SAFETY: the caller runs the task, whose future did not conclude it.
        unwind::quietly(|| unsafe { cell.drop_side() });
        // SAFETY: the caller runs the task, and its future is gone.
        unsafe { cell.leave(Err(error)) };
        panicked
    }

    /// Leaves the result for a join handle, if one is there: true if so. Or else drops it. Done
    /// by the run, as is the drop of the `task_local!` values, since these may not leave its
    /// thread, and since a waker may keep the block for long.
    ///
    /// # Safety
    ///
    /// Once, by the runner, when the future is gone.
    #[inline(always)]
    unsafe fn leave(&self, result: Result<F::Output, Failure>) -> bool {
        if J::JOINS && self.header.state.is_joined() {
            // SAFETY: the task is not done yet, so the result cell is the runner's.
            unsafe { self.join.put(result) };
            return true;
        }
        if J::JOINS && Self::is_bad(&result) && inspect::wants_endings() {
            self.drop_unobserved(result);
            return false;
        }
        match result {
            // Spares the common task without a result a landing pad.
            Ok(output) if !mem::needs_drop::<F::Output>() => mem::forget(output),
            result => unwind::quietly(|| drop(result)),
        }
        false
    }

    /// Nobody will look at `result`, which is bad. Takes it whole, so that it need not be in
    /// memory before.
    #[cold]
    #[inline(never)]
    fn drop_unobserved(&self, result: Result<F::Output, Failure>) {
        let ending = match &result {
            Ok(_) => Ending::Failed,
            Err(error) => Ending::Panicked(error.message()),
        };
        inspect::unobserved(self.header.info(), ending);
        unwind::quietly(|| drop(result));
    }

    /// Whether somebody should look at `result`.
    #[inline(always)]
    fn is_bad(result: &Result<F::Output, Failure>) -> bool {
        result.as_ref().map_or_else(Failure::is_panic, F::is_failure)
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
        if unsafe { cell.join.is_left() } {
            // SAFETY: passed on.
            unsafe { cell.drop_left() };
        }
    }

    /// Drops a result that was left for a join handle, outside of the task's run.
    ///
    /// # Safety
    ///
    /// The result is the caller's.
    #[cold]
    #[inline(never)]
    unsafe fn drop_left(&self) {
        // SAFETY: passed on.
        let left = unsafe { self.join.take() };
        id::while_dropping(self.header.number.get(), || match left {
            Some(output) if Self::is_bad(&output) && inspect::wants_endings() => {
                self.drop_unobserved(output);
            }
            output => unwind::quietly(|| drop(output)),
        });
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
        // Future, result and futures 0.1 side are gone; what may be left is a joiner's waiter.
        if J::JOINS {
            // SAFETY: as above.
            let join = unsafe { &cell.as_ref().join };
            // SAFETY: as above.
            debug_assert!(!unsafe { join.is_left() }, "a task that is freed has no result");
            // SAFETY: as above.
            if let Some(waiter) = unsafe { join.take_waiter() } {
                unwind::quietly(|| drop(waiter));
            }
        }
        // SAFETY: `allocate` allocated it with this layout.
        unsafe { block::free(cell.cast(), Layout::new::<Self>()) };
    }
}

#[cfg(all(test, not(loom), target_pointer_width = "64"))]
mod tests {
    use super::super::result_cell::{Join, NoJoin};
    use super::super::side_01::{BelowBridges, InEachPoll};
    use super::super::work::{Plain, Std};
    use super::Cell;

    /// What a million tasks have that wait for their first poll is memory. Of the futures here,
    /// each has two words in its block.
    #[test]
    fn the_block_of_a_small_task_is_small() {
        type Old = futures::future::FutureResult<(), ()>;
        type New = std::future::Ready<u64>;
        assert!(size_of::<Cell<Plain<Old>, NoJoin>>() <= 144);
        assert!(size_of::<Cell<Std<New, InEachPoll>, Join<u64>>>() <= 192);
        assert!(size_of::<Cell<Std<New, BelowBridges>, Join<u64>>>() <= 152);
    }
}
