//! The clock of the runtime, stopped and moved by hand.

use tokio::clock;
use tokio_await::runtime::Handle;

pub use tokio_await::time::{advance, resume};

/// Stops the clock of the runtime, of either scheduler: [`Instant::now`](super::Instant::now)
/// tells the same instant from here on.
///
/// [`advance`] moves it, and so does the runtime: whenever it has nothing to do, it goes on to
/// the next deadline of a timer.
///
/// # Panics
///
/// If time is paused already, or if the thread belongs to no runtime.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::time::{self, Duration, Instant};
///
/// tokio::runtime::Builder::new().enable_all().build()?.block_on(async {
///     time::pause();
///     let before = Instant::now();
///     // Takes no time at all.
///     time::delay_for(Duration::from_secs(3600)).await;
///     assert!(before.elapsed() >= Duration::from_secs(3600));
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
pub fn pause() {
    let _runtime = Handle::current();
    clock::pause();
}
