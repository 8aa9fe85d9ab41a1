//! A dump when a signal comes.
//!
//! The handler writes one byte to a pair of sockets; a thread at the other end makes the
//! dump. Nothing else is allowed in a handler.

use super::diagnosis;
use super::dump::{self, Dump};
use std::io::{self, Read, Write};
use std::os::raw::c_int;
use std::os::unix::net::UnixStream;
use std::thread;

/// The most tasks that a dump polls.
const STACKS: usize = 1_000;

/// Makes a dump whenever `signal` comes, and calls `hook` with it on a thread of its own; for
/// as long as the process runs, and records as long.
///
/// # Errors
///
/// If the system refuses, or `signal` is one that cannot be handled (`SIGKILL`, `SIGSEGV`).
///
/// # Panics
///
/// If `signal` is one of those that must not be handled.
///
/// # Examples
///
/// ```
/// tokio::inspect::on_signal(libc::SIGUSR1, |dump| eprintln!("{dump}"))?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn on_signal(signal: c_int, mut hook: impl FnMut(Dump) + Send + 'static) -> io::Result<()> {
    let (mut awaits, wakes) = UnixStream::pair()?;
    wakes.set_nonblocking(true)?;
    thread::Builder::new().name("tokio-inspect".to_owned()).spawn(move || {
        let mut bytes = [0; 64];
        // Signals that come during a dump are one more.
        loop {
            match awaits.read(&mut bytes) {
                Ok(1..) => {
                    tokio_executor::internals::unwind::quietly(|| hook(dump::dump(STACKS)));
                }
                // By another signal, whose handler does not restart calls.
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                _ => break,
            }
        }
    })?;
    let wake = move || {
        // Full: then there are bytes enough.
        let _ = (&wakes).write(&[1]);
    };
    // SAFETY: all that the handler does is `write` on a descriptor that stays open, which is
    // allowed in one; an error of it allocates nothing.
    unsafe { signal_hook_registry::register(signal, wake) }?;
    diagnosis::record_for_ever();
    diagnosis::log_long_polls();
    Ok(())
}
