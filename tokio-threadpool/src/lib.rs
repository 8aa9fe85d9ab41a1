//! A work-stealing pool of threads that runs tasks.
//!
//! Each worker has a queue of its own, takes from the others when that is empty, and
//! sleeps in a [`Park`](tokio_executor::park::Park) when they all are: a runtime puts
//! its reactor there. [`blocking()`] lets a task block its thread, whose place as a
//! worker a spare thread takes meanwhile.
//!
//! The modules follow the path of a woken task: `shared` is the owner that it is
//! handed back to, `queue` where it waits, `idle` who is woken for it, `worker` the
//! loop that runs it, `sleep` and `monitor` what that loop does without tasks, `blocking`
//! how a task may hold up its thread, and `shutdown` how it all ends.
//!
//! # Examples
//!
//! ```
//! use futures::{future, Future};
//! use tokio_threadpool::ThreadPool;
//!
//! let pool = ThreadPool::new();
//! let answer = pool.spawn_handle(future::lazy(|| Ok::<_, ()>(6 * 7)));
//! assert_eq!(answer.wait(), Ok(42));
//! pool.shutdown_on_idle().wait().unwrap();
//! ```

#![warn(missing_docs)]

#[expect(unsafe_code, reason = "a task names its pool by address, and is queued by address")]
mod shared;

mod config;
mod counters;
mod duties;
mod idle;
mod monitor;
mod phase;
#[expect(unsafe_code, reason = "the LIFO slot keeps a task by its address")]
mod queue;

#[expect(unsafe_code, reason = "the running worker is found by a thread-local address")]
mod worker;

mod search;
mod sleep;

// Hidden: the function of this name is the interface.
#[doc(hidden)]
pub mod blocking;
#[cfg(all(loom, test))]
#[expect(unsafe_code, reason = "a model binds its tasks to a queue of its own")]
mod models;
mod shutdown;

// Hidden: its header says why.
#[doc(hidden)]
pub mod internals;
mod threads;

mod builder;
mod capacity;
mod metrics;
mod panics;
pub mod park;
mod pool;
mod sender;
mod spawn_handle;
#[expect(unsafe_code, reason = "a place in the source is published by its address")]
mod stats;
mod stuck;

pub use self::blocking::{blocking, BlockingError};
pub use self::builder::Builder;
pub use self::metrics::{PoolMetrics, WorkerMetrics};
pub use self::pool::ThreadPool;
pub use self::sender::Sender;
pub use self::shutdown::Shutdown;
pub use self::spawn_handle::SpawnHandle;
pub use self::threads::{Worker, WorkerId};
pub use tokio_executor::internals::poll_times::PollTimeHistogram;
