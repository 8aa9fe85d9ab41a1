//! The future that `block_on` waits for, as a task.
//!
//! Called by `executor`. The future stays on the stack of `block_on`, and need be neither
//! `'static` nor `Send`; the task only points to it. So it gets the wakers, the budget and the
//! place in the run queue of any other task.
//!
//! Always true: the task does not touch the future once its [`Root`] is gone. If a
//! panic of another task ends `block_on` early, dropping the `Root` cancels the task,
//! and a cancelled task is never polled again.
//!
//! Why not poll it in the loop of the executor? It would be polled whenever anything
//! happened, or need a wake protocol of its own beside that of tasks.

use super::here::Here;
use std::cell::Cell;
use std::future::Future;
use std::panic::{self, Location};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio_executor::task::{self, Id, JoinHandle, NewTask};

/// Polls the future and keeps its result; true once it is done.
pub(super) type PollRoot<'a> = dyn FnMut(&mut Context<'_>) -> bool + 'a;

/// The name of the type that such a task shows.
#[cfg_attr(not(feature = "inspect"), allow(dead_code, reason = "`inspect` asks"))]
pub(crate) fn type_name() -> &'static str {
    std::any::type_name::<MainFuture>()
}

/// Keeps a root task in bounds.
pub(super) struct Root {
    handle: JoinHandle<()>,
}

struct MainFuture {
    poll: *mut PollRoot<'static>,
}

thread_local! {
    /// The innermost `block_on` on this thread.
    static ROOT: Cell<Option<Innermost>> = const { Cell::new(None) };
}

/// A `block_on` that runs.
#[derive(Clone, Copy)]
struct Innermost {
    id: Id,
    /// The task that it was called in, if any.
    caller: Option<Id>,
}

/// The task that runs on this thread. A `block_on` is none: it belongs to its caller's.
pub(super) fn running_id() -> Option<Id> {
    let id = Id::running()?;
    match ROOT.get() {
        Some(root) if root.id == id => root.caller,
        _ => Some(id),
    }
}

/// Takes the note of the task back.
struct Over<'a> {
    here: Here<'a>,
    outer: Option<Innermost>,
    outer_task: usize,
}

impl Drop for Over<'_> {
    fn drop(&mut self) {
        ROOT.set(self.outer);
        self.here.home().root_is_over(self.outer_task);
    }
}

/// Spawns a task that calls `poll` until it returns true, and calls `run`, which runs
/// tasks until the root is finished. The task counts as spawned at `at`.
///
/// # Errors
///
/// Those of `run`.
///
/// # Panics
///
/// With the panic of `run` or `poll`.
pub(super) fn block_on<E>(
    here: Here<'_>,
    at: &'static Location<'static>,
    poll: &mut PollRoot<'_>,
    run: impl FnOnce(&Root) -> Result<(), E>,
) -> Result<(), E> {
    let mut poll = |cx: &mut Context<'_>| {
        /// When the poll ends, or panics: what is nested in it has polls of its own.
        struct IsOfRoot<'a>(Here<'a>);

        impl Drop for IsOfRoot<'_> {
            fn drop(&mut self) {
                self.0.home().counts.is_of_root();
            }
        }

        let _is_of_root = IsOfRoot(here);
        poll(cx)
    };
    let poll: *mut PollRoot<'_> = &raw mut poll;
    // SAFETY: only the lifetime changes. The task uses the pointer until `root` is
    // dropped, which is before this function, and with it the borrow, ends.
    let poll: *mut PollRoot<'static> = unsafe { std::mem::transmute(poll) };
    let future = MainFuture { poll };
    // SAFETY: the executor runs and drops its tasks on this, its own thread.
    let (task, handle) = unsafe {
        match here.is_movable() {
            // The executor of tokio 1.x and 0.2.
            true => NewTask::joined_bridged_local_at(future, at),
            false => NewTask::joined_std_local_at(future, at),
        }
    };
    let root = Root { handle };
    let outer_task = here.spawn_root(task).expect("an executor that runs takes tasks");
    let innermost = Innermost { id: root.handle.id(), caller: running_id() };
    let _over = Over { here, outer: ROOT.replace(Some(innermost)), outer_task };
    run(&root)?;
    root.resume_panic();
    Ok(())
}

impl Root {
    #[inline]
    pub(super) fn is_finished(&self) -> bool {
        self.handle.is_finished()
    }

    /// Passes on the panic that ended the future, if one did.
    fn resume_panic(mut self) {
        debug_assert!(self.is_finished(), "the root of a block_on is still to be polled");
        if let Poll::Ready(Err(e)) = self.handle.poll_join(&task::Context::current()) {
            if let Ok(payload) = e.try_into_panic() {
                panic::resume_unwind(payload);
            }
        }
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        if !self.is_finished() {
            self.handle.abort();
        }
    }
}

impl Future for MainFuture {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // SAFETY: `Root` is still there, or the task would be cancelled; and `block_on`
        // leaves the closure to us until then.
        let poll = unsafe { &mut *self.get_mut().poll };
        if poll(cx) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}
