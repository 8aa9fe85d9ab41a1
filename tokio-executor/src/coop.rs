//! The budget that makes a busy task yield.
//!
//! A task that always finds its socket or channel ready would keep its worker for
//! ever. So each poll of a task starts with a budget; every operation of ours that
//! could go on for ever asks [`proceed`] first, and once the budget is spent reports
//! "not ready" although it is, with the task woken for another turn.
//!
//! The idea is that of cooperative task yielding in tokio 1.x (Carl Lerche, "Reducing
//! tail latencies with automatic cooperative task yielding", 2020). What differs: the
//! wake of a refused operation waits until the poll of the task is over. Inside
//! `FuturesUnordered` an immediate wake would put the refused child straight back into
//! the set's ready queue, and the one poll of the task would never end.
//!
//! Nor may it wait for that end where the poll itself waits for the refused operation: a
//! task that calls `Future::wait`, or the `block_on` of another library. The first is
//! recognised, and not refused; whoever else is still waiting after a few milliseconds is
//! woken by another thread, and goes on with a budget that doubles each time. Code that
//! blocks by our own means (`blocking`, [`Enter::block_on`](crate::Enter::block_on)) has no
//! budget at all: see [`unlimited`].
//!
//! A reader yields earlier: before it reads on, it lets those run whom it has woken with
//! what it read. See [`proceed_reading`].
//!
//! Called by every leaf of the family, once for each operation.
//!
//! Always true: a task that was refused is woken for another turn.
//!
//! Why not count polls in the executor alone? It sees one poll of a task, in which a loop over a
//! ready socket may go on for ever.
//!
//! # Examples
//!
//! A leaf that is always ready, and yet shares its worker:
//!
//! ```
//! use std::task::Poll;
//! use tokio_executor::coop;
//! use tokio_executor::task::Context;
//!
//! fn poll_next(count: &mut u64, cx: &Context<'_>) -> Poll<u64> {
//!     if !coop::proceed(cx) {
//!         return Poll::Pending;
//!     }
//!     *count += 1;
//!     Poll::Ready(*count)
//! }
//!
//! // Outside a task of ours there is no budget.
//! let mut count = 0;
//! assert_eq!(poll_next(&mut count, &Context::current()), Poll::Ready(1));
//! ```

use crate::task::{running, Context};
use crate::yields;

/// Takes one operation off the budget of the task being polled.
///
/// When this returns `false`, report "not ready": the task will be woken again. Outside
/// our tasks there is no budget, and the answer is always `true`.
///
/// # Panics
///
/// If the budget is spent and `cx` stands for a futures 0.1 task that does not exist.
#[inline]
#[must_use]
pub fn proceed(cx: &Context<'_>) -> bool {
    running::spend() || refuse(cx)
}

/// Works like [`proceed`], for a read of a stream of bytes: also `false`, once, if this poll has
/// read before and then woken another task.
///
/// A reader that hands on what it reads would otherwise take all that has arrived before
/// anyone who works on it gets to run. Where the other side waits for credit, as in HTTP/2, it
/// would then get all of it in one piece, and too late: with Nagle's algorithm at work, each
/// time after a delayed acknowledgement of 40 ms. The worker looks at I/O, too, once those
/// who are queued now have run.
///
/// # Panics
///
/// As [`proceed`].
#[inline]
#[must_use]
pub fn proceed_reading(cx: &Context<'_>) -> bool {
    if running::owes_a_turn() && !yield_once(cx) {
        return false;
    }
    let proceeds = proceed(cx);
    if proceeds {
        running::note_read();
    }
    proceeds
}

/// Returns whether [`proceed`] would say yes. Outside our tasks it does.
///
/// # Examples
///
/// ```
/// assert!(tokio_executor::coop::has_remaining(), "outside of tasks there is no budget");
/// ```
#[inline]
#[must_use]
pub fn has_remaining() -> bool {
    running::may_spend()
}

/// Puts back what the last [`proceed`] took, for an operation that came to nothing.
#[inline]
pub fn refund() {
    running::refund();
}

/// Returns whether something is left of the budget of the task being polled, and takes nothing.
///
/// When this returns `false`, report "not ready", as after [`proceed`].
///
/// # Panics
///
/// As [`proceed`].
#[inline]
#[must_use]
pub fn is_left(cx: &Context<'_>) -> bool {
    running::may_spend() || refuse(cx)
}

#[cold]
fn refuse(cx: &Context<'_>) -> bool {
    if cx.waits_by_blocking() {
        running::grant();
        return true;
    }
    yield_once(cx)
}

/// Has the task of `cx` polled again after its current poll. True if that poll would wait for
/// it, so that the operation has to go on.
#[cold]
fn yield_once(cx: &Context<'_>) -> bool {
    yields::count();
    if cx.is_running_task() {
        running::refuse_self();
        return false;
    }
    cx.waits_by_blocking() || running::refuse_other(|| cx.waiter())
}

/// Runs `f` without a budget: for a poll that must not be put off, and for code that may
/// block the thread, as in `blocking`.
///
/// The budget is as before once `f` returns or panics.
///
/// # Examples
///
/// ```
/// use tokio_executor::coop;
///
/// assert_eq!(coop::unlimited(|| 6 * 7), 42);
/// ```
pub fn unlimited<R>(f: impl FnOnce() -> R) -> R {
    running::without_budget(f)
}
