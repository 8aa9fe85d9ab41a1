//! The clock of the runtime, stopped and moved by hand.

use crate::runtime::{Handle, RuntimeFlavor, OTHER_FLAVOR};
use std::time::Duration;
use tokio::clock;

/// The runtime of this thread, whose clock is meant.
///
/// # Panics
///
/// If the thread belongs to none.
#[track_caller]
fn runtime() -> Handle {
    let runtime = Handle::try_current();
    runtime.unwrap_or_else(|_| panic!("time cannot be frozen from outside the Tokio runtime"))
}

/// Stops the clock of the runtime: [`Instant::now`](super::Instant::now) tells the same
/// instant from here on.
///
/// [`advance`] moves it, and so does the runtime: whenever it has nothing to do, it goes on to
/// the next deadline of a timer. Not while something blocks in
/// [`spawn_blocking`](crate::task::spawn_blocking).
///
/// # Panics
///
/// If time is paused already, or if the thread belongs to no current-thread runtime.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::time::{self, Duration, Instant};
///
/// tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
///     time::pause();
///     let before = Instant::now();
///     // Takes no time at all.
///     time::sleep(Duration::from_secs(3600)).await;
///     assert!(before.elapsed() >= Duration::from_secs(3600));
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
pub fn pause() {
    assert!(runtime().runtime_flavor() == RuntimeFlavor::CurrentThread, "{OTHER_FLAVOR}");
    clock::pause();
}

/// Lets the clock of the runtime go on, from where it is.
///
/// # Panics
///
/// If it is not paused, or if the thread belongs to no runtime.
#[track_caller]
pub fn resume() {
    let _runtime = runtime();
    clock::resume();
}

/// Moves the paused clock of the runtime on by `duration`, in one step, and lets other tasks
/// have a turn.
///
/// All timers that are due by then end at the same time. For one after the other,
/// [`sleep`](super::sleep()).
///
/// # Panics
///
/// If time is not paused, if the thread belongs to no runtime, or if there is no instant so
/// late.
///
/// # Dropping
///
/// Once polled, the clock was moved on.
pub async fn advance(duration: Duration) {
    let _runtime = runtime();
    clock::advance(duration);
    crate::task::yield_now().await;
}
