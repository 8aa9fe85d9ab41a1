//! A spawned future, and everything that can be done with it.
//!
//! A task is one block of memory: a header (state word, owner, links) and, behind it,
//! the future. The same block is a futures 0.1 `NotifyHandle` and a std `Waker`, so a
//! future of either kind can be spawned, and waking it allocates nothing.
//!
//! The way of a task: [`NewTask`] is built in its final place and handed to an
//! executor, which becomes its [`Owner`] and from then on gets a [`Runnable`] each time
//! the task has to be polled. There is at most one `Runnable` of a task at any time, and
//! only who has it may touch the future: see `state`.
//!
//! Always true: a future is dropped exactly once, by the holder of its `Runnable`; a
//! panic in it ends this task alone.
//!
//! Why do `header`, `handles`, `owner`, `runnable` and `task_ref` name each other? They are views
//! of one block: a waker leads to a reference, a reference that wakes makes the `Runnable`, the
//! `Runnable` goes to the owner, and the owner stands in the header that each begins from.
//!
//! # Examples
//!
//! An executor that takes [`NewTask`] gets it without a box around the future; any other
//! gets it as a futures 0.1 future:
//!
//! ```
//! use futures::Future;
//! use tokio_executor::task::NewTask;
//!
//! let (task, handle) = NewTask::joined_std(async { 6 * 7 });
//! task.into_future().wait().unwrap();
//! assert_eq!(handle.wait().unwrap(), 42);
//! ```

pub(crate) mod block;
mod cell;
mod context;
mod current_task;
mod deferred;
mod foreign;
mod handles;
mod header;
mod id;
mod ids;
mod join;
mod join_error;
mod list;
mod new_task;
mod owner;
mod result_cell;
mod runnable;
pub(crate) mod running;
mod side_01;
mod state;
mod task_ref;
pub(crate) mod woken_keys;
mod work;

#[cfg(all(loom, test))]
mod models;

#[cfg(all(test, not(loom)))]
pub(crate) mod test_queue;
#[cfg(all(test, not(loom)))]
mod tests;

pub use self::context::Context;
pub(crate) use self::current_task::{exists as has_current_01, with_own_side};
pub use self::id::Id;
pub use self::join::{AbortHandle, JoinHandle};
pub use self::join_error::JoinError;
pub use self::list::{LocalTaskList, TaskList};
pub use self::new_task::NewTask;
pub use self::owner::{Owner, OwnerRef};
pub use self::runnable::{AfterRun, Runnable};
pub(crate) use self::running::is_recorded;
pub use self::state::TaskState;
pub use self::task_ref::TaskRef;
pub use self::work::TaskKind;
