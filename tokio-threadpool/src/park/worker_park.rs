//! What a pool asks of the parker of a worker.
//!
//! `tokio`'s runtime implements it over a driver that all workers share; `OwnPark` over a `Park`
//! for each. Called by `sleep` and `worker`.

use std::time::Duration;
use tokio_executor::park::Unpark;

/// How the workers of a runtime sleep: one of them in the driver that they share, the
/// others aside.
///
/// `custom_park` gives each worker a [`Park`](tokio_executor::park::Park) of its own; a
/// runtime whose workers share one reactor needs two more things said, hence this trait.
pub trait WorkerPark: Send {
    /// Sleeps for work of any kind, driving I/O and timers if nobody else does. Returns
    /// whether this one drove.
    fn park(&mut self, timeout: Option<Duration>) -> bool;

    /// Sleeps without driving anything, while another worker is awake and does so.
    ///
    /// Returns true if nobody drives now, and it was rarely done in all that time.
    fn park_aside(&mut self, timeout: Duration) -> bool;

    /// Looks for I/O and timers without sleeping.
    fn turn(&mut self);

    /// Returns what wakes this sleeper.
    fn unpark(&self) -> Box<dyn Unpark>;

    /// Is about to lose its thread, and its worker to sleep without one. Nothing is to be left to
    /// this one that must be done meanwhile.
    fn retire(&mut self) {}

    /// Returns whether a park may wake tasks and sleep afterwards: then the worker unparks itself
    /// for them. One that wakes only after it slept does without.
    fn may_wake_first(&self) -> bool {
        false
    }
}
