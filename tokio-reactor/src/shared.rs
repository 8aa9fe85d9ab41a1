//! What a reactor's handles, registrations and sources refer to.
//!
//! Called by `registration` to register a source, by `handle` to find the reactor and to wake it,
//! and by the reactor itself.
//!
//! Always true: the reactor alone keeps it alive; everyone else refers to it weakly, so that
//! dropping the reactor closes its descriptors at once.
//!
//! Why not a part of the reactor? That is with the thread that turns it, and sources come from any.

use crate::evented::{Evented, Poll, PollOpt, Ready, Token};
use crate::readiness::Sides;
use crate::table::{AfterFree, Entry, Refused, Table};
use crate::Handle;
use std::error::Error;
use std::fmt;
use std::io;
use std::iter::Sum;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, OnceLock, Weak};

/// The token of the reactor's waker; no source gets it.
pub(crate) const WAKE_TOKEN: mio1::Token = mio1::Token(usize::MAX);

/// The token of the first nested reactor. Those of the others follow, below the waker's; no source
/// gets one of them either.
pub(crate) const NESTED_TOKEN: mio1::Token = mio1::Token(usize::MAX - MAX_NESTED);

/// How many reactors may be nested in one: a pool has no more workers.
pub(crate) const MAX_NESTED: usize = 1 << 15;

/// See the top of the file.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) poll: Poll,
    pub(crate) table: Table<Weak<Shared>>,
    waker: Arc<mio1::Waker>,
    /// Events so far. Written by the owner of the reactor.
    events: AtomicU64,
    /// All reactors of the runtime that this one belongs to, if there are several.
    siblings: OnceLock<Box<[Handle]>>,
}

impl Shared {
    pub(crate) fn new(registry: &mio1::Registry) -> io::Result<Arc<Shared>> {
        let waker = Arc::new(mio1::Waker::new(registry, WAKE_TOKEN)?);
        let registry = registry.try_clone()?;
        Ok(Arc::new_cyclic(|shared| Shared {
            poll: Poll::of_reactor(registry, waker.clone(), shared.clone()),
            table: Table::new(),
            waker,
            events: AtomicU64::new(0),
            siblings: OnceLock::new(),
        }))
    }

    /// Makes the reactor's turn return.
    pub(crate) fn wake(&self) {
        if let Err(error) = self.waker.wake() {
            // Nothing but a broken reactor refuses a wake, and nobody could help it.
            log::error!("cannot wake the reactor: {error}");
        }
    }

    /// Registers `io`. If that fails, its entry is free again.
    pub(crate) fn register(
        self: &Arc<Self>,
        io: &dyn Evented,
        assumed: Sides,
    ) -> io::Result<Entry<Weak<Shared>>> {
        let owner = Arc::downgrade(self);
        let entry = self.table.insert(assumed, &owner).map_err(refused)?;
        // Gives the entry back if `register`, which is the caller's code, fails or
        // panics.
        let guard = Unregistered { shared: self, entry: Some(entry) };
        let token = guard.entry.as_ref().map_or(usize::MAX, Entry::token);
        io.register(&self.poll, Token(token), Ready::all(), PollOpt::edge())?;
        log::trace!("source {token:#x} registered");
        guard.keep()
    }

    /// Forgets the source. Nobody is woken.
    pub(crate) fn remove(&self, entry: &Entry<Weak<Shared>>) {
        log::trace!("source {:#x} removed", entry.token());
        if self.table.remove(entry) == AfterFree::NowEmpty {
            self.wake();
        }
    }

    /// Counts events that the reactor has dispatched.
    pub(crate) fn count_events(&self, events: u64) {
        // Relaxed: a statistic with one writer.
        self.events.store(self.events.load(Relaxed) + events, Relaxed);
    }

    /// What the reactor counts.
    pub(crate) fn counts(&self) -> ReactorCounts {
        let (sources, registered) = self.table.counts();
        // Relaxed: a statistic.
        ReactorCounts { sources, registered, events: self.events.load(Relaxed) }
    }

    /// Makes it one of `all` reactors of a runtime.
    pub(crate) fn set_siblings(&self, all: &[Handle]) {
        // Only the first of two runtimes that claim it counts.
        let _ = self.siblings.set(all.into());
    }

    /// All reactors of its runtime, if there are several.
    pub(crate) fn siblings(&self) -> Option<&[Handle]> {
        self.siblings.get().map(|all| &**all)
    }

    /// From now on, wakes the reactor when the last source goes.
    pub(crate) fn watch_idle(&self) {
        self.table.watch_idle();
    }
}

/// What a reactor counts; see [`Handle::counts`](crate::Handle::counts).
#[derive(Clone, Copy, Debug, Default)]
pub struct ReactorCounts {
    /// Sources that are registered.
    pub sources: usize,
    /// Sources that were registered so far.
    pub registered: u64,
    /// Events that were dispatched so far.
    pub events: u64,
}

impl Sum for ReactorCounts {
    fn sum<I: Iterator<Item = ReactorCounts>>(all: I) -> ReactorCounts {
        all.fold(ReactorCounts::default(), |sum, one| ReactorCounts {
            sources: sum.sources + one.sources,
            registered: sum.registered + one.registered,
            events: sum.events + one.events,
        })
    }
}

struct Unregistered<'a> {
    shared: &'a Shared,
    entry: Option<Entry<Weak<Shared>>>,
}

impl Unregistered<'_> {
    fn keep(mut self) -> io::Result<Entry<Weak<Shared>>> {
        self.entry.take().ok_or_else(gone)
    }
}

impl Drop for Unregistered<'_> {
    fn drop(&mut self) {
        if let Some(entry) = &self.entry {
            self.shared.remove(entry);
        }
    }
}

/// The error of everything that needs a reactor which is no more.
#[derive(Debug)]
pub struct ReactorGone(&'static str);

impl fmt::Display for ReactorGone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for ReactorGone {}

pub(crate) fn gone() -> io::Error {
    io::Error::other(ReactorGone("reactor gone: the reactor of this source has shut down"))
}

fn refused(refused: Refused) -> io::Error {
    match refused {
        Refused::Closed => io::Error::other(ReactorGone(
            "reactor gone: cannot register a source after its shutdown",
        )),
        Refused::Full => {
            io::Error::other("failed to associate with reactor: its table of sources is full")
        }
    }
}
