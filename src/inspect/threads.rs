//! The stacks of other threads, on Linux.
//!
//! Called by `running`. A thread is interrupted by a signal and copies its stack (`signal`); all
//! else is done here, by the thread that looks, from the copy: it finds the calls (`unwind`) with
//! the tables of the program and its libraries (`modules`), and names them (`names`). `kernel` is
//! what the system says of a thread without being asked by a signal.
//!
//! Always true: one thread at a time is asked, with a limit; a dump is never held up by a thread
//! that does not answer.
//!
//! Why not unwind in the handler? An unwinder takes locks, allocates, and trusts what it reads: a
//! thread that is interrupted with such a lock would wait for itself.

mod kernel;
mod modules;
mod names;
#[cfg(target_arch = "aarch64")]
#[path = "threads/aarch64.rs"]
mod processor;
#[cfg(target_arch = "x86_64")]
#[path = "threads/x86_64.rs"]
mod processor;
#[expect(unsafe_code, reason = "a signal handler copies the stack of its thread")]
mod signal;
mod unwind;

use self::modules::Modules;
use self::names::Names;
use self::signal::Asker;
use self::unwind::Unwind;
use super::env;
use super::running::{Found, Poll};
use std::time::{Duration, Instant};

/// How long a thread has to answer.
const PATIENCE: Duration = Duration::from_millis(200);

/// How long all of them have.
const ALL: Duration = Duration::from_secs(1);

const NO_TIME: &str = "other threads took too long to answer";
const OVER: &str = "the poll was over by then";
const NOT_KNOWN: &str = "the system does not say which thread it is";
const LEFT_OUT: &str = "TOKIO_INSPECT_STACKS=waiting";

/// Looks where the threads of `polls` are; one for each.
pub(super) fn look(polls: &[Poll]) -> Vec<Option<Found>> {
    if polls.is_empty() {
        return Vec::new();
    }
    let until = Instant::now() + ALL;
    let mut asker = match env::asks_threads() {
        true => Asker::start(until),
        false => Err(LEFT_OUT),
    };
    let mut unwind = Unwind::new(Modules::new());
    let ways: Vec<_> = polls.iter().map(|poll| way(poll, &mut asker, &mut unwind, until)).collect();
    drop(asker);
    let mut names = Names::new(unwind.into_modules());
    let found = ways.into_iter().map(|(system, way)| match way {
        Ok(way) => {
            let calls = way.addresses.iter().flat_map(|at| names.calls(*at)).collect();
            Found { system, calls, is_whole: way.is_whole, missing: Some(way.ends) }
        }
        Err(missing) => Found { system, missing: Some(missing), ..Found::default() },
    });
    found.map(Some).collect()
}

/// What the system says of the thread of `poll`, and the addresses of its calls.
fn way(
    poll: &Poll,
    asker: &mut Result<Asker, &'static str>,
    unwind: &mut Unwind,
    until: Instant,
) -> (Option<String>, Result<unwind::Way, &'static str>) {
    let Some(thread) = poll.running.thread_id else { return (None, Err(NOT_KNOWN)) };
    // Before it is interrupted, which may end what it is in.
    let system = kernel::state(thread);
    let copied = match asker {
        Ok(_) if Instant::now() >= until => Err(NO_TIME),
        Ok(asker) => asker.copy(thread, poll.running.base, PATIENCE),
        Err(missing) => Err(*missing),
    };
    // Another task's, or that of another thread of the same number.
    if copied.is_ok() && !poll.goes_on() {
        return (None, Err(OVER));
    }
    (system, copied.map(|copied| unwind.way(&copied, poll.running.base as u64)))
}
