//! Ways for tasks to hand one another values, turns and permits.
//!
//! [`oneshot`] carries one value, [`mpsc`] many from many senders to one receiver,
//! [`broadcast`] many to each of many, [`watch`] the latest of a value that changes.
//! [`mutex`] gives one task at a time access to a value, and [`rwlock`] many readers or
//! one writer; [`lock`] is the former as upstream has it. They stand on a counting
//! [`semaphore`], as does the bound of [`mpsc::channel`]. [`notify`] wakes one or all who
//! wait, without a value; [`atomic_task`] is the bare cell for one waiting task.
//!
//! Each type can be polled by a future of either kind. The methods of upstream and the
//! `futures` 0.1 traits ask on behalf of the current futures 0.1 task; the methods whose
//! names end in `_cx` take a [`Context`](tokio_executor::task::Context), and so serve
//! std futures as well. Both lead to the same code.
//!
//! Always true: no lock is held while a task is woken or a caller's value is dropped, so
//! a waker or a destructor may come back to the very same channel.
//!
//! # Examples
//!
//! Many senders, one receiver, and the sum comes back by `oneshot`:
//!
//! ```
//! use futures::{Future, Sink, Stream};
//! use tokio::sync::{mpsc, oneshot};
//!
//! let (tx, rx) = mpsc::channel(4);
//! let (done, sum) = oneshot::channel();
//! let receiver = std::thread::spawn(move || {
//!     let sum = rx.fold(0, |sum, n| Ok::<u32, mpsc::error::RecvError>(sum + n)).wait().unwrap();
//!     done.send(sum).unwrap();
//! });
//! for n in 1..=3 {
//!     tx.clone().send(n).wait().unwrap();
//! }
//! drop(tx);
//! assert_eq!(sum.wait().unwrap(), 6);
//! receiver.join().unwrap();
//! ```

// Not `task`, as in tokio-sync: whoever imports all names of this module and of `prelude` has that
// from futures.
pub mod atomic_task;
#[expect(unsafe_code, reason = "a future that is not `Unpin` has nothing pinned in it")]
pub mod broadcast;
pub mod lock;
pub mod mpsc;
#[expect(unsafe_code, reason = "the guard reaches into the value that its permit covers")]
pub mod mutex;
#[expect(unsafe_code, reason = "a future that is not `Unpin` has nothing pinned in it")]
pub mod notify;
#[expect(unsafe_code, reason = "two handles share one block and the last one frees it")]
pub mod oneshot;
#[expect(unsafe_code, reason = "a guard reaches into the value that its permits cover")]
pub mod rwlock;
pub mod semaphore;
#[expect(unsafe_code, reason = "a borrow of a snapshot may be shared more widely than its `Arc`")]
pub mod watch;

#[expect(unsafe_code, reason = "a future that is not `Unpin` has nothing pinned in it")]
mod acquire;
mod budget;
mod permits;
mod wake_list;

pub use self::acquire::{Acquire, Guard};

#[cfg(all(test, loom))]
mod loom_tests;
