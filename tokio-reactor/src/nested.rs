//! A reactor that another one watches while its own workers are away.
//!
//! A runtime of several reactors drives the first as it would the only one. Each of the others is
//! *nested* in it: the first can watch its descriptor, and then whoever turns the first turns it,
//! too. While workers of its own attend to it, in their sleep or between polls, it is not
//! watched, and none of its events disturbs another worker.
//!
//! Called by the runtime's driver (`runtime::driver::nested` in the root crate), which says who
//! attends; calls `sys` to watch.
//!
//! Always true: an event is served as long as some worker sleeps or looks. In steps:
//!
//! 1. It is watched from the start. Only a worker of its own ends that, as it takes the reactor
//!    ([`Visit::Attend`]).
//! 2. That worker puts it back unwatched, and is awake then. Before it sleeps anywhere else, or
//!    gives up its thread, it calls [`hand_over`](Nest::hand_over), which watches the reactor
//!    if nobody has it in hand. If somebody has, it is another worker of its own, which is now in
//!    this step; or the driver of the first reactor ([`Visit::OnBehalf`]), which takes only what
//!    is watched and leaves it so.
//! 3. So a reactor that is neither in hand nor watched has a worker that is awake. If that one
//!    stays in one poll, others find that `turns` does not move, and call `hand_over`.
//! 4. A watched reactor is reported for as long as it has events: also those that came before
//!    the watch began, and those that the first reactor could not serve because somebody had it in
//!    hand.
//!
//! The lock is held while the watch is changed, which is one short system call, so that `watched`
//! never differs from what the system does. It is not held while the reactor turns.
//!
//! Why not have the first watch it at all times? Each event would wake whoever sleeps in the
//! first one, beside the worker that it belongs to.

#[cfg(all(test, loom))]
mod models;

use crate::sys::Link;
use crate::Reactor;
use std::fmt;
use std::io;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio_executor::internals::sys::{Mutex, MutexGuard};

/// How the first reactor watches a nested one.
pub trait Watch {
    /// From now on, reports the reactor for as long as it has events.
    fn watch(&self);

    /// From now on, does not.
    fn suspend(&self);
}

/// A nested reactor of the operating system's.
pub type NestedReactor = Nest<Box<Reactor>, Link>;

/// Where a nested reactor is kept while nobody has it in hand.
pub struct Nest<R, W: Watch> {
    place: Mutex<Place<R>>,
    watch: W,
    turns: AtomicU64,
}

struct Place<R> {
    /// `None` while somebody has it.
    reactor: Option<R>,
    /// By the first reactor.
    watched: bool,
}

/// Who takes a nested reactor, and what is to become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visit {
    /// A worker of its own, which comes back soon: it is not watched from here on.
    Attend,
    /// A worker of its own, which may not: it is watched afterwards.
    Seldom,
    /// The driver of the first reactor, because it is watched, and stays so.
    OnBehalf,
}

/// A nested reactor, in the hands of one worker.
///
/// # Dropping
///
/// Puts it back.
pub struct Taken<'a, R, W: Watch> {
    nest: &'a Nest<R, W>,
    reactor: Option<R>,
    visit: Visit,
}

impl<R, W: Watch> Nest<R, W> {
    /// Keeps `reactor`, which `watch` is watching.
    pub(crate) fn new(reactor: R, watch: W) -> Nest<R, W> {
        let place = Mutex::new(Place { reactor: Some(reactor), watched: true });
        Nest { place, watch, turns: AtomicU64::new(0) }
    }

    /// Takes the reactor, unless somebody else has it.
    pub fn take(&self, visit: Visit) -> Option<Taken<'_, R, W>> {
        let mut place = self.place();
        if visit == Visit::OnBehalf && !place.watched {
            // What was reported is left to the worker that has taken it since.
            return None;
        }
        let reactor = place.reactor.take()?;
        if visit == Visit::Attend && place.watched {
            place.watched = false;
            self.watch.suspend();
        }
        Some(Taken { nest: self, reactor: Some(reactor), visit })
    }

    /// Leaves the reactor to the first one, unless somebody has it.
    pub fn hand_over(&self) {
        let mut place = self.place();
        if place.reactor.is_some() {
            self.start_watch(&mut place);
        }
    }

    fn start_watch(&self, place: &mut Place<R>) {
        if !std::mem::replace(&mut place.watched, true) {
            self.watch.watch();
        }
    }

    fn put_back(&self, reactor: R, visit: Visit) {
        let mut place = self.place();
        place.reactor = Some(reactor);
        if visit == Visit::Seldom {
            self.start_watch(&mut place);
        }
    }

    /// Returns how often it was turned.
    pub fn turns(&self) -> u64 {
        // Relaxed: a statistic, and compared over time.
        self.turns.load(Relaxed)
    }

    fn place(&self) -> MutexGuard<'_, Place<R>> {
        self.place.lock().unwrap_or_else(|e| e.into_inner())
    }
}

impl NestedReactor {
    /// Returns `count` new reactors that `first` watches, and makes them all those of one runtime.
    ///
    /// # Errors
    ///
    /// If the operating system has no descriptors left, or if it has no reactors that watch one
    /// another.
    pub fn under(first: &Reactor, count: usize) -> io::Result<Box<[NestedReactor]>> {
        let mut handles = vec![first.handle()];
        let mut nested = Vec::with_capacity(count);
        for number in 0..count {
            let reactor = Reactor::new()?;
            let link = Link::new(first, &reactor, number)?;
            handles.push(reactor.handle());
            nested.push(Nest::new(Box::new(reactor), link));
        }
        first.set_siblings(&handles);
        for nest in &nested {
            nest.place().reactor.iter().for_each(|reactor| reactor.set_siblings(&handles));
        }
        Ok(nested.into())
    }
}

impl<R, W: Watch> Taken<'_, R, W> {
    /// Has it watched once it is put back.
    pub fn watch_afterwards(&mut self) {
        self.visit = Visit::Seldom;
    }
}

impl Taken<'_, Box<Reactor>, Link> {
    /// Turns it as [`Reactor::turn`] does.
    ///
    /// # Errors
    ///
    /// As for [`Reactor::turn`].
    pub fn turn(&mut self, max_wait: Option<Duration>) -> io::Result<()> {
        let Some(reactor) = &mut self.reactor else { return Ok(()) };
        // Relaxed: see `turns`.
        self.nest.turns.fetch_add(1, Relaxed);
        reactor.turn(max_wait).map(drop)
    }
}

impl<R, W: Watch> Drop for Taken<'_, R, W> {
    fn drop(&mut self) {
        if let Some(reactor) = self.reactor.take() {
            self.nest.put_back(reactor, self.visit);
        }
    }
}

impl<R, W: Watch> fmt::Debug for Nest<R, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nest").field("watched", &self.place().watched).finish_non_exhaustive()
    }
}

impl<R, W: Watch> fmt::Debug for Taken<'_, R, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Taken").field("visit", &self.visit).finish_non_exhaustive()
    }
}
