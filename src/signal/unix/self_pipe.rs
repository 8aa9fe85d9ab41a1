//! How a signal handler, which may do next to nothing, reaches the listeners.
//!
//! There is one self-pipe, a socket pair, for each signal that anyone has listened to. The
//! handler counts the delivery and writes a byte to the write end. Each listener has a
//! duplicate of the read end, registered with its own reactor, and compares the count with
//! the count at its last item. `unix::Signal` is the only caller.
//!
//! Always true: the count is the truth, the byte only wakes; so a byte too many does no
//! harm. No listener ever reads the bytes: it would take them away from the others, some
//! of whose reactors may not have looked yet. With an edge-triggered reactor each write
//! is an event for every duplicate, read or not. The handler itself reads when the pair
//! is full, and writes right after.
//!
//! Why no list of listeners, notified by the first one that wakes? A listener that is dropped, or
//! whose runtime is, would have to be taken off it, and one that does not poll would
//! hold up the rest. Here they share nothing that one could take from another.

use libc::c_int;
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::{Arc, Mutex};

/// The self-pipes by signal. Held to find or create one; never in a handler.
static SELF_PIPES: Mutex<BTreeMap<c_int, Arc<SelfPipe>>> = Mutex::new(BTreeMap::new());

pub(super) struct SelfPipe {
    signal: c_int,
    /// How often the signal has come. Wraps; only differences count.
    deliveries: AtomicUsize,
    /// The highest count that a listener has reported: where a new one begins.
    seen: AtomicUsize,
    write_end: UnixStream,
    read_end: UnixStream,
    /// The process that created the pair.
    process: u32,
}

impl SelfPipe {
    /// Returns the self-pipe of `signal`; creates it, and installs the handler, at first use.
    pub(super) fn of(signal: c_int) -> io::Result<Arc<SelfPipe>> {
        let mut pipes = SELF_PIPES.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(pipe) = pipes.get(&signal) {
            return Ok(pipe.clone());
        }
        if signal_hook_registry::FORBIDDEN.contains(&signal) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("cannot listen to signal {signal}: it may not be caught"),
            ));
        }
        let (write_end, read_end) = UnixStream::pair()?;
        write_end.set_nonblocking(true)?;
        read_end.set_nonblocking(true)?;
        let pipe = Arc::new(SelfPipe {
            signal,
            deliveries: AtomicUsize::new(0),
            seen: AtomicUsize::new(0),
            write_end,
            read_end,
            process: std::process::id(),
        });
        let handled = pipe.clone();
        // SAFETY: `record` does only what a signal handler may: atomics, and reads and
        // writes that do not block. The registry preserves `errno` and keeps the
        // closure, and with it the pair, for good.
        unsafe { signal_hook_registry::register(signal, move || handled.record()) }?;
        pipes.insert(signal, pipe.clone());
        Ok(pipe)
    }

    pub(super) fn signal(&self) -> c_int {
        self.signal
    }

    /// Duplicates the read end, which becomes readable anew with each delivery. Not to be read.
    pub(super) fn read_end(&self) -> io::Result<UnixStream> {
        self.read_end.try_clone()
    }

    /// Returns how often the signal has come so far.
    pub(super) fn deliveries(&self) -> usize {
        // Acquire: pairs with `record`; what the sender did before is seen.
        self.deliveries.load(Acquire)
    }

    /// Returns the count up to which deliveries have been reported.
    pub(super) fn seen(&self) -> usize {
        // Relaxed: a signal that is reported twice, to a listener that is just beginning,
        // is no more than the operating system may do.
        self.seen.load(Relaxed)
    }

    pub(super) fn note_seen(&self, deliveries: usize) {
        // Relaxed: see `seen`.
        self.seen.fetch_max(deliveries, Relaxed);
    }

    /// Fails in a forked process.
    ///
    /// # Errors
    ///
    /// If this process is a fork of the one that created the pair. It shares the ends of
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
    fn record(&self) {
        // Release: pairs with `deliveries`.
        self.deliveries.fetch_add(1, Release);
        if (&self.write_end).write(&[1]).is_err() {
            // Full. Make room, so that there is a write that the reactors see. It can
            // fail again only if another thread's handler has filled the room, whose
            // writes are later than our count.
            let _ = (&self.read_end).read(&mut [0; 256]);
            let _ = (&self.write_end).write(&[1]);
        }
    }
}
