//! What becomes of an error while a connection is accepted.
//!
//! `accept(2)` reports three kinds of error in one way. Some are about one connection
//! that died in the queue: the next one may be fine. Some say that the process or the
//! machine has run out of something: the next call will fail as well, but later ones
//! will not. The rest are about the listener. A server that treats all alike either
//! ends at the first client that hangs up early, or spins for as long as its
//! descriptors are used up.
//!
//! Used by both `Incoming` streams.
//!
//! Always true: while descriptors are short, there is one attempt per pause, and the
//! pauses grow from 5 ms to a second until a connection is accepted.
//!
//! Why not leave it to the program? A server written with `for_each` then ends at the first client
//! that hangs up early.

use super::pause::Pause;
use std::io;
use std::task::{ready, Poll};
use std::time::Duration;
use tokio_executor::task::Context;

const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// One listener's way of dealing with errors.
#[derive(Debug)]
pub(super) struct Accepting {
    on_error: OnError,
    next_pause: Duration,
    pause: Option<Pause>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OnError {
    Recover,
    Report,
}

/// What an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Concern {
    Connection,
    Resources,
    Listener,
}

impl Accepting {
    /// Skips connections that failed, and waits while resources are short.
    pub(super) fn recovering() -> Accepting {
        Accepting { on_error: OnError::Recover, next_pause: FIRST_PAUSE, pause: None }
    }

    /// Passes every error on.
    pub(super) fn reporting() -> Accepting {
        Accepting { on_error: OnError::Report, ..Accepting::recovering() }
    }

    /// Calls `accept` until it gives a connection or an error worth passing on.
    pub(super) fn poll<T>(
        &mut self,
        cx: &Context<'_>,
        mut accept: impl FnMut() -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        loop {
            if let Some(pause) = &self.pause {
                ready!(pause.poll(cx));
                self.pause = None;
            }
            let error = match ready!(accept()) {
                Ok(connection) => {
                    self.next_pause = FIRST_PAUSE;
                    return Poll::Ready(Ok(connection));
                }
                Err(error) => error,
            };
            if self.on_error == OnError::Report {
                return Poll::Ready(Err(error));
            }
            match concern(&error) {
                Concern::Connection => {
                    log::debug!("a connection failed before it was accepted: {error}");
                }
                Concern::Resources => {
                    let length = self.next_pause;
                    log::warn!("cannot accept for now, trying again in {length:?}: {error}");
                    match Pause::start(length) {
                        Ok(pause) => self.pause = Some(pause),
                        // Not even a thread is to be had: let the caller decide.
                        Err(_) => return Poll::Ready(Err(error)),
                    }
                    self.next_pause = (length * 2).min(LONGEST_PAUSE);
                }
                Concern::Listener => return Poll::Ready(Err(error)),
            }
        }
    }
}

/// Sorts the errors of `accept(2)`; see its sections "Error handling" and "Errors".
fn concern(error: &io::Error) -> Concern {
    use io::ErrorKind::*;
    match error.kind() {
        // Linux passes on what already happened to the new connection on the network.
        ConnectionAborted | ConnectionReset | ConnectionRefused | TimedOut | NetworkDown
        | NetworkUnreachable | HostUnreachable => Concern::Connection,
        // A firewall rule forbids this connection.
        PermissionDenied => Concern::Connection,
        OutOfMemory => Concern::Resources,
        _ => match error.raw_os_error() {
            Some(code) if os::CONNECTION.contains(&code) => Concern::Connection,
            Some(code) if os::RESOURCES.contains(&code) => Concern::Resources,
            _ => Concern::Listener,
        },
    }
}

/// Codes for which `io::ErrorKind` has no stable word: `CONNECTION` and `RESOURCES`.
#[cfg(any(target_os = "linux", target_os = "android"))]
#[path = "accepting/linux.rs"]
mod os;

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
#[path = "accepting/unix.rs"]
mod os;

#[cfg(windows)]
#[path = "accepting/windows.rs"]
mod os;

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{Async, Future};
    use std::collections::VecDeque;

    fn os_error(code: i32) -> io::Error {
        io::Error::from_raw_os_error(code)
    }

    /// Polls `accepting` in a task until it answers.
    fn next(accepting: &mut Accepting, script: &mut VecDeque<io::Result<u32>>) -> io::Result<u32> {
        futures::future::poll_fn(|| {
            let answer = accepting.poll(&Context::current(), || match script.pop_front() {
                Some(result) => Poll::Ready(result),
                None => panic!("asked for more connections than the script has"),
            });
            match answer {
                Poll::Ready(Ok(connection)) => Ok(Async::Ready(connection)),
                Poll::Ready(Err(error)) => Err(error),
                Poll::Pending => Ok(Async::NotReady),
            }
        })
        .wait()
    }

    #[test]
    fn fault_n02_a_connection_that_died_in_the_queue_is_skipped() {
        use io::ErrorKind::*;
        let kinds = [
            ConnectionAborted,
            ConnectionReset,
            NetworkDown,
            HostUnreachable,
            TimedOut,
            PermissionDenied,
        ];
        let errors = kinds.map(io::Error::from).into_iter();
        for error in errors.chain(os::CONNECTION.iter().map(|code| os_error(*code))) {
            let text = error.to_string();
            let mut script = VecDeque::from([Err(error), Ok(7)]);
            let accepted = next(&mut Accepting::recovering(), &mut script);
            assert_eq!(accepted.unwrap(), 7, "after: {text}");
        }
    }

    #[test]
    fn fault_n01_exhaustion_is_waited_out() {
        for &code in os::RESOURCES {
            let began = std::time::Instant::now();
            let mut script = VecDeque::from([Err(os_error(code)), Err(os_error(code)), Ok(7)]);
            let accepted = next(&mut Accepting::recovering(), &mut script);
            assert_eq!(accepted.unwrap(), 7, "after code {code}");
            assert!(began.elapsed() >= FIRST_PAUSE * 3, "pauses of 5 and 10 ms");
        }
    }

    #[test]
    fn pauses_double_up_to_a_second_and_start_over_after_a_success() {
        let mut accepting = Accepting::recovering();
        accepting.next_pause = Duration::from_millis(1);
        let mut script = VecDeque::from([Err(os_error(os::RESOURCES[0])), Ok(1)]);
        next(&mut accepting, &mut script).unwrap();
        assert_eq!(accepting.next_pause, FIRST_PAUSE);

        let mut lengths = Vec::new();
        for _ in 0..10 {
            lengths.push(accepting.next_pause.as_millis());
            let answer = futures::future::lazy(|| {
                let cx = Context::current();
                let answer =
                    accepting.poll::<()>(&cx, || Poll::Ready(Err(os_error(os::RESOURCES[0]))));
                Ok::<_, ()>(answer.is_pending())
            })
            .wait();
            assert!(answer.unwrap());
            accepting.pause = None;
        }
        assert_eq!(lengths, [5, 10, 20, 40, 80, 160, 320, 640, 1000, 1000]);
    }

    #[test]
    fn an_error_of_the_listener_is_passed_on() {
        let mut script = VecDeque::from([Err(io::ErrorKind::InvalidInput.into())]);
        let error = next(&mut Accepting::recovering(), &mut script).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }

    #[test]
    fn reporting_passes_on_everything() {
        for error in [io::ErrorKind::ConnectionAborted.into(), os_error(os::RESOURCES[0])] {
            let kind = error.kind();
            let mut script = VecDeque::from([Err(error)]);
            let error = next(&mut Accepting::reporting(), &mut script).unwrap_err();
            assert_eq!(error.kind(), kind);
        }
    }
}
