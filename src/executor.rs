//! Running tasks: the traits, and the executor of the current thread.
//!
//! A future does nothing until it is polled. Handed to an executor it becomes a *task*,
//! which is polled whenever there is something for it to do. An [`Executor`] takes any
//! boxed future, a [`TypedExecutor`] futures of one type, and [`DefaultExecutor`] is
//! whichever executor runs the calling task: a pool of threads, or the current thread.
//! Both come with a runtime, see [`runtime`](crate::runtime).
//!
//! # Examples
//!
//! Whatever takes futures of one type will do here:
//!
//! ```
//! use futures::future::{self, FutureResult};
//! use tokio::executor::{DefaultExecutor, TypedExecutor};
//!
//! fn start<E: TypedExecutor<FutureResult<(), ()>>>(executor: &mut E) {
//!     executor.spawn(future::ok(())).expect("the executor takes tasks");
//! }
//!
//! tokio::run(future::lazy(|| Ok(start(&mut DefaultExecutor::current()))));
//! ```

#[expect(deprecated, reason = "what is deprecated here is at home here")]
#[deprecated(since = "0.1.8", note = "use tokio::runtime::current_thread")]
#[doc(hidden)]
pub mod current_thread;

#[deprecated(since = "0.1.8", note = "use the tokio-threadpool crate")]
#[doc(hidden)]
pub mod thread_pool;

pub use tokio_executor::{DefaultExecutor, Executor, SpawnError, TypedExecutor};

use futures::future::{self, FutureResult};
use futures::{Future, IntoFuture};

/// The result of [`spawn`]: a future that is done, so that a spawn can be the last
/// expression of a `for_each` closure.
///
/// # Dropping
///
/// Has no effect: the future was spawned.
///
/// # Examples
///
/// ```
/// use futures::future;
///
/// let spawned = tokio::runtime::current_thread::block_on_all(future::lazy(|| {
///     Ok::<_, ()>(tokio::spawn(future::ok(())))
/// }));
/// assert!(spawned.is_ok());
/// ```
#[derive(Debug)]
pub struct Spawn {
    _private: (),
}

/// Spawns `future` on the executor of the current task.
///
/// # Panics
///
/// If this thread has no executor, or if that has shut down. To get an error instead,
/// use [`DefaultExecutor`].
///
/// # Examples
///
/// ```
/// use futures::{future, stream, Stream};
/// use tokio::runtime::current_thread;
///
/// current_thread::block_on_all(stream::iter_ok::<_, ()>(1..4).for_each(|i| {
///     tokio::executor::spawn(future::lazy(move || Ok(println!("task {i}"))))
/// }))
/// .unwrap();
/// ```
#[track_caller]
pub fn spawn<F>(future: F) -> Spawn
where
    F: Future<Item = (), Error = ()> + Send + 'static,
{
    tokio_executor::spawn(future);
    Spawn { _private: () }
}

impl IntoFuture for Spawn {
    type Future = FutureResult<(), ()>;
    type Item = ();
    type Error = ();

    fn into_future(self) -> FutureResult<(), ()> {
        future::ok(())
    }
}
