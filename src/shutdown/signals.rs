//! The wait of a program's main thread for the end: of all tasks, or by a signal.

use super::{endings, Token};
use crate::runtime::{Draining, Runtime, ShutdownReport};
use futures::{Async, Future, Stream};
use std::io;
use std::time::Duration;
use tokio_executor::internals::wait;
use tokio_reactor::Handle;

/// Starts a runtime, runs the future that `start` makes, and returns once all that was spawned
/// is done; or, after a signal that asks for the end, once it is done or `limit` is over: SIGINT
/// or SIGTERM, and on Windows whatever the console tells (Ctrl-C, its closing, a shutdown).
///
/// The signal cancels the token that `start` is given. What is not done after `limit` is
/// dropped, and listed in the report. A second signal ends the wait at once. A blocking job of
/// tokio 1.x or 0.2 that no task waits for has `limit` to end after the last task, or a second;
/// if one goes on, [`has_stopped`](ShutdownReport::has_stopped) is false.
///
/// # Errors
///
/// If the runtime cannot be started, or the signals not be listened to.
///
/// # Panics
///
/// If an executor runs on this thread.
pub fn run<F>(limit: Duration, start: impl FnOnce(Token) -> F) -> io::Result<ShutdownReport>
where
    F: Future<Item = (), Error = ()> + Send + 'static,
{
    run_with(limit, |runtime, token| {
        runtime.spawn(start(token));
    })
}

/// Works like [`run`] for a std future.
///
/// # Errors
///
/// As [`run`].
///
/// # Panics
///
/// As [`run`].
pub fn run_std<F>(limit: Duration, start: impl FnOnce(Token) -> F) -> io::Result<ShutdownReport>
where
    F: std::future::Future<Output = ()> + Send + 'static,
{
    run_with(limit, |runtime, token| {
        runtime.spawn_std(start(token));
    })
}

fn run_with(
    limit: Duration,
    spawn: impl FnOnce(&mut Runtime, Token),
) -> io::Result<ShutdownReport> {
    let mut enter = tokio_executor::enter().map_err(io::Error::other)?;
    // Before anything runs that may take long; and by a reactor that this runtime does not end.
    let handle = Handle::background();
    let mut endings = endings::listen(&handle)?;
    let mut runtime = Runtime::new()?;
    let token = Token::new();
    spawn(&mut runtime, token.clone());
    let mut draining = Draining::new(runtime);
    let asked = futures::future::poll_fn(|| {
        if draining.end.poll() == Ok(Async::Ready(())) {
            return Ok(Async::Ready(false));
        }
        for signal in &mut endings {
            if signal.poll()?.is_ready() {
                return Ok(Async::Ready(true));
            }
        }
        Ok::<_, io::Error>(Async::NotReady)
    });
    if wait(asked)? {
        token.cancel();
    }
    Ok(draining.finish(&mut enter, limit))
}
