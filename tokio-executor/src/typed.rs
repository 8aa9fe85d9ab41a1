//! The executor trait for futures of a known type.

use crate::SpawnError;

/// Spawns futures of type `T`.
///
/// A library that spawns one kind of future takes a `TypedExecutor<T>`: it then works
/// with executors of `Send` futures and with single-threaded ones alike, and without a
/// box around each future.
///
/// # Examples
///
/// ```
/// use futures::future::{self, FutureResult};
/// use tokio_executor::TypedExecutor;
///
/// type Job = FutureResult<(), ()>;
///
/// fn start<E: TypedExecutor<Job>>(executor: &mut E) {
///     executor.spawn(future::ok(())).expect("the executor runs");
/// }
/// # let _ = start::<tokio_executor::DefaultExecutor>;
/// ```
pub trait TypedExecutor<T> {
    /// Spawns `future`, to be polled by this executor until it is done.
    ///
    /// # Errors
    ///
    /// If the executor has shut down or is full. `future` is dropped then.
    fn spawn(&mut self, future: T) -> Result<(), SpawnError>;

    /// Returns whether a spawn is likely to succeed right now: a hint, nothing is reserved.
    ///
    /// # Errors
    ///
    /// The error with which [`spawn`](TypedExecutor::spawn) would fail.
    fn status(&self) -> Result<(), SpawnError> {
        Ok(())
    }
}

impl<E, T> TypedExecutor<T> for Box<E>
where
    E: TypedExecutor<T>,
{
    #[track_caller]
    fn spawn(&mut self, future: T) -> Result<(), SpawnError> {
        (**self).spawn(future)
    }

    fn status(&self) -> Result<(), SpawnError> {
        (**self).status()
    }
}
