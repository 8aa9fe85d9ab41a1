//! How a signal handler, which may do next to nothing, reaches the listeners.
//!
//! There is one bell for each signal that anyone has listened to. The handler counts the
//! ring and writes a byte into a socket pair. Each listener has a duplicate of the other
//! end, registered with its own reactor, and compares the count with what it has heard.
//!
//! Always true: the count is the truth, the byte only wakes; so a byte too many does no
//! harm. No listener ever reads the bytes: it would take them away from the others, some
//! of whose reactors may not have looked yet. With an edge-triggered reactor each write
//! is an event for every duplicate, read or not. The handler itself reads when the pair
//! is full, and writes right after.
//!
//! Why no list of listeners, told by whoever wakes first? A listener that is dropped, or
//! whose runtime is, would have to be taken off it, and one that does not poll would
//! hold up the rest. Here they share nothing that one could take from another.

use libc::c_int;
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::{Arc, Mutex};

/// The bells by signal. Held to find or hang one; never in a handler.
static BELLS: Mutex<BTreeMap<c_int, Arc<Bell>>> = Mutex::new(BTreeMap::new());

pub(super) struct Bell {
    signal: c_int,
    /// How often the signal has come. Wraps; only differences count.
    rings: AtomicUsize,
    /// The highest count that a listener has told of: where a new one begins.
    seen: AtomicUsize,
    clapper: UnixStream,
    ear: UnixStream,
    /// The process that hung the bell.
    process: u32,
}

impl Bell {
    /// The bell of `signal`, hung if need be.
    pub(super) fn of(signal: c_int) -> io::Result<Arc<Bell>> {
        let mut bells = BELLS.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(bell) = bells.get(&signal) {
            return Ok(bell.clone());
        }
        if signal_hook_registry::FORBIDDEN.contains(&signal) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("cannot listen to signal {signal}: it may not be caught"),
            ));
        }
        let (clapper, ear) = UnixStream::pair()?;
        clapper.set_nonblocking(true)?;
        ear.set_nonblocking(true)?;
        let bell = Arc::new(Bell {
            signal,
            rings: AtomicUsize::new(0),
            seen: AtomicUsize::new(0),
            clapper,
            ear,
            process: std::process::id(),
        });
        let handled = bell.clone();
        // SAFETY: `ring` does only what a signal handler may: atomics, and reads and
        // writes that do not block. The registry preserves `errno` and keeps the
        // closure, and with it the bell, for good.
        unsafe { signal_hook_registry::register(signal, move || handled.ring()) }?;
        bells.insert(signal, bell.clone());
        Ok(bell)
    }

    pub(super) fn signal(&self) -> c_int {
        self.signal
    }

    /// What is readable anew after each ring. Not to be read.
    pub(super) fn ear(&self) -> io::Result<UnixStream> {
        self.ear.try_clone()
    }

    /// How often the signal has come so far.
    pub(super) fn rings(&self) -> usize {
        // Acquire: pairs with `ring`; what the sender did before is seen.
        self.rings.load(Acquire)
    }

    /// Up to which count the signals have been told of.
    pub(super) fn seen(&self) -> usize {
        // Relaxed: a signal that is told of twice, to a listener that is just beginning,
        // is no more than the operating system may do.
        self.seen.load(Relaxed)
    }

    pub(super) fn note_seen(&self, rings: usize) {
        // Relaxed: see `seen`.
        self.seen.fetch_max(rings, Relaxed);
    }

    /// # Errors
    ///
    /// If this process is a fork of the one that hung the bell. It shares the ends of
    /// the pair and, worse, the epoll instance with its parent.
    pub(super) fn check_process(&self) -> io::Result<()> {
        let process = std::process::id();
        if process == self.process {
            return Ok(());
        }
        Err(io::Error::other(format!(
            "process {process} is a fork of {}, which listens to signal {}; \
             exec a program, or fork before the first listener",
            self.process, self.signal
        )))
    }

    /// The signal handler.
    fn ring(&self) {
        // Release: pairs with `rings`.
        self.rings.fetch_add(1, Release);
        if (&self.clapper).write(&[1]).is_err() {
            // Full. Make room, so that there is a write that the reactors see. It can
            // fail again only if another thread's handler has filled the room, whose
            // writes are later than our count.
            let _ = (&self.ear).read(&mut [0; 256]);
            let _ = (&self.clapper).write(&[1]);
        }
    }
}
