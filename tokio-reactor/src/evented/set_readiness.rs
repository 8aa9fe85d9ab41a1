//! Sources whose readiness the program itself decides.
//!
//! [`SetReadiness`] is the end that decides, [`Registration`] the end that is
//! registered. A change that somebody is interested in puts the pair into the queue of
//! its [`Poll`] and wakes it; the poll takes the event from there.
//!
//! Always true: a pair is in the queue at most once, and the one that set `queued` puts
//! it there. The locks of a pair and of a queue are never held together. A poll does not
//! sleep over a pair in its queue: it sets `waits`, then comes a fence, then it reads
//! `pending` ([`Queue::wait`]); who queues a pair sets `pending`, then comes a fence, then
//! it reads `waits`, and wakes the poll if that is set. At least one sees the other.
//!
//! Why not wake the poll for each change? Most are made by the thread that polls, between
//! two polls: that would be a system call for nothing.

use super::{Event, Evented, Poll, PollOpt, Ready, Token};
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio_executor::internals::sys::{fence, AtomicBool, Mutex, MutexGuard};

/// The end of a pair that is registered with a [`Poll`] or a reactor.
///
/// # Dropping
///
/// Ends the reports. The other end stays usable, to no effect.
///
/// # Examples
///
/// ```
/// use tokio_reactor::evented::{Events, Poll, PollOpt, Ready, Registration, Token};
///
/// let poll = Poll::new()?;
/// let (registration, set_readiness) = Registration::new2();
/// poll.register(&registration, Token(7), Ready::readable(), PollOpt::edge())?;
///
/// std::thread::spawn(move || set_readiness.set_readiness(Ready::readable()));
///
/// let mut events = Events::with_capacity(16);
/// poll.poll(&mut events, None)?;
/// assert_eq!(events.get(0).unwrap().token(), Token(7));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Registration {
    pair: Arc<Pair>,
}

/// The end of a pair that decides what the [`Registration`] is ready for.
///
/// # Examples
///
/// ```
/// use tokio_reactor::evented::{Ready, Registration};
///
/// let (_registration, set_readiness) = Registration::new2();
/// set_readiness.set_readiness(Ready::readable())?;
/// assert_eq!(set_readiness.readiness(), Ready::readable());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct SetReadiness {
    pair: Arc<Pair>,
}

struct Pair {
    /// Held for a few assignments; never while waking.
    state: Mutex<State>,
}

struct State {
    readiness: Ready,
    interest: Ready,
    opts: PollOpt,
    token: Token,
    /// Where to report; set by the first registration, for good.
    queue: Weak<Queue>,
    queued: bool,
    dropped: bool,
}

/// The pairs that a poll has to look at.
pub(super) struct Queue {
    /// Held to push or pop; never while waking.
    pairs: Mutex<VecDeque<Arc<Pair>>>,
    /// Whether there may be any, so that a poll without such sources takes no lock.
    pending: AtomicBool,
    /// The poll waits, or is about to.
    waits: AtomicBool,
    /// The poll's descriptor was given away: somebody may wait for that.
    is_exposed: AtomicBool,
    /// Ends the wait of the poll.
    wake: Box<dyn Fn() -> io::Result<()> + Send + Sync>,
}

impl Queue {
    pub(super) fn new(wake: impl Fn() -> io::Result<()> + Send + Sync + 'static) -> Arc<Queue> {
        Arc::new(Queue {
            pairs: Mutex::new(VecDeque::new()),
            pending: AtomicBool::new(false),
            waits: AtomicBool::new(false),
            is_exposed: AtomicBool::new(false),
            wake: Box::new(wake),
        })
    }

    fn push(&self, pair: Arc<Pair>) -> io::Result<()> {
        lock(&self.pairs).push_back(pair);
        // Relaxed: the lock hands the pair over. The poll that takes this `true` takes the lock
        // after us. Whoever comes upon a `true` need not wake: the poll has not begun to take
        // pairs since.
        if self.pending.swap(true, Relaxed) {
            return Ok(());
        }
        // SeqCst: `pending`, then the other two; `wait` and `expose` do it the other way
        // round.
        fence(SeqCst);
        // Relaxed, both: ordered by the fence.
        if self.waits.load(Relaxed) || self.is_exposed.load(Relaxed) {
            return (self.wake)();
        }
        Ok(())
    }

    /// Calls `wait` with the time for which the poll may wait: none if there is a pair
    /// already. Only one thread at a time may be in here.
    pub(super) fn wait<R>(
        &self,
        timeout: Option<Duration>,
        wait: impl FnOnce(Option<Duration>) -> R,
    ) -> R {
        if timeout == Some(Duration::ZERO) {
            return wait(timeout);
        }
        // Relaxed: ordered by the fence.
        self.waits.store(true, Relaxed);
        // SeqCst: `waits`, then `pending`; see `push`.
        fence(SeqCst);
        let result = wait(if self.is_pending() { Some(Duration::ZERO) } else { timeout });
        // Relaxed: who still finds it set wakes the next poll for nothing.
        self.waits.store(false, Relaxed);
        result
    }

    /// Has every change wake the poll from now on: somebody waits for its descriptor.
    pub(super) fn expose(&self) -> io::Result<()> {
        // Relaxed: ordered by the fence.
        self.is_exposed.store(true, Relaxed);
        // SeqCst: `is_exposed`, then `pending`; see `push`.
        fence(SeqCst);
        match self.is_pending() {
            true => (self.wake)(),
            false => Ok(()),
        }
    }

    /// Whether a poll would find something without waiting.
    pub(super) fn is_pending(&self) -> bool {
        // Relaxed: a hint. Who pushes a pair that this misses wakes the poll.
        self.pending.load(Relaxed)
    }

    /// Takes up to `limit` events.
    pub(super) fn drain(self: &Arc<Self>, limit: usize, mut each: impl FnMut(Event)) {
        // A load first, so that nothing is paid for while there are no such sources. Relaxed: see
        // `push`; a pair pushed from here on wakes the next poll.
        if !self.is_pending() || !self.pending.swap(false, Relaxed) {
            return;
        }
        let mut again = Vec::new();
        let mut taken = 0;
        while taken < limit {
            let Some(pair) = lock(&self.pairs).pop_front() else { break };
            let (event, requeue) = lock(&pair.state).report();
            if let Some(event) = event {
                taken += 1;
                each(event);
            }
            if requeue {
                again.push(pair);
            }
        }
        let mut pairs = lock(&self.pairs);
        pairs.extend(again);
        let more = !pairs.is_empty();
        drop(pairs);
        if more {
            // Relaxed: the next poll, by whoever has the poll then, looks here before it waits, so
            // nothing needs waking.
            self.pending.store(true, Relaxed);
        }
    }
}

impl State {
    fn effective(&self) -> Ready {
        self.readiness & self.interest
    }

    /// Takes the permission to put the pair into the queue, if there is an event.
    #[must_use]
    fn want_queue(&mut self) -> Option<Arc<Queue>> {
        if self.queued || self.dropped || self.effective().is_empty() {
            return None;
        }
        let queue = self.queue.upgrade()?;
        self.queued = true;
        Some(queue)
    }

    /// The event of a pair that came out of the queue, and whether it goes back there.
    fn report(&mut self) -> (Option<Event>, bool) {
        self.queued = false;
        let ready = self.effective();
        if self.dropped || ready.is_empty() {
            return (None, false);
        }
        if self.opts.is_oneshot() {
            self.interest = Ready::empty();
        }
        // Without options it is level-triggered, as a descriptor would be.
        self.queued = !self.opts.is_edge() && !self.opts.is_oneshot();
        (Some(Event::new(ready, self.token)), self.queued)
    }
}

impl Pair {
    /// Changes the state, and reports it if that makes an event.
    fn update(self: &Arc<Self>, change: impl FnOnce(&mut State)) -> io::Result<()> {
        let queue = {
            let mut state = lock(&self.state);
            change(&mut state);
            state.want_queue()
        };
        match queue {
            Some(queue) => queue.push(self.clone()),
            None => Ok(()),
        }
    }
}

impl Registration {
    /// Returns a pair, ready for nothing and not registered.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::{Ready, Registration};
    ///
    /// let (registration, set_readiness) = Registration::new2();
    /// assert_eq!(set_readiness.readiness(), Ready::empty());
    /// drop(registration);
    /// ```
    pub fn new2() -> (Registration, SetReadiness) {
        let pair = Arc::new(Pair {
            state: Mutex::new(State {
                readiness: Ready::empty(),
                interest: Ready::empty(),
                opts: PollOpt::empty(),
                token: Token(0),
                queue: Weak::new(),
                queued: false,
                dropped: false,
            }),
        });
        (Registration { pair: pair.clone() }, SetReadiness { pair })
    }

    /// Returns a pair that is registered already.
    #[deprecated(since = "0.6.5", note = "use `new2` instead")]
    #[doc(hidden)]
    pub fn new(
        poll: &Poll,
        token: Token,
        interest: Ready,
        opt: PollOpt,
    ) -> (Registration, SetReadiness) {
        let (registration, set_readiness) = Registration::new2();
        let registered = registration.enlist(poll, token, interest, opt);
        registered.expect("a new pair can be registered with any poll");
        (registration, set_readiness)
    }

    /// Works like [`Poll::reregister`].
    #[deprecated(since = "0.6.5", note = "use `Evented` impl")]
    #[doc(hidden)]
    pub fn update(
        &self,
        poll: &Poll,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()> {
        self.enlist(poll, token, interest, opts)
    }

    /// Works like [`Poll::deregister`].
    #[deprecated(since = "0.6.5", note = "use `Poll::deregister` instead")]
    #[doc(hidden)]
    pub fn deregister(&self, poll: &Poll) -> io::Result<()> {
        self.enlist(poll, Token(0), Ready::empty(), PollOpt::empty())
    }

    fn enlist(&self, poll: &Poll, token: Token, interest: Ready, opts: PollOpt) -> io::Result<()> {
        self.enlist_in(poll.queue(), token, interest, opts)
    }

    fn enlist_in(
        &self,
        queue: &Arc<Queue>,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()> {
        let queue = Arc::downgrade(queue);
        {
            let mut state = lock(&self.pair.state);
            if state.queue.ptr_eq(&Weak::new()) {
                state.queue = queue;
            } else if !state.queue.ptr_eq(&queue) {
                return Err(io::Error::other(
                    "cannot register with a second `Poll`: the registration belongs to another",
                ));
            }
        }
        self.pair.update(|state| {
            state.token = token;
            state.interest = interest;
            state.opts = opts;
        })
    }
}

impl Evented for Registration {
    fn register(
        &self,
        poll: &Poll,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()> {
        self.enlist(poll, token, interest, opts)
    }

    fn reregister(
        &self,
        poll: &Poll,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()> {
        self.enlist(poll, token, interest, opts)
    }

    fn deregister(&self, poll: &Poll) -> io::Result<()> {
        self.enlist(poll, Token(0), Ready::empty(), PollOpt::empty())
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // A pair in the queue is dropped when it comes out.
        lock(&self.pair.state).dropped = true;
    }
}

impl SetReadiness {
    /// Returns what the registration is ready for.
    ///
    /// Orders nothing between threads.
    pub fn readiness(&self) -> Ready {
        lock(&self.pair.state).readiness
    }

    /// Makes the registration ready for `ready`, and for nothing else.
    ///
    /// If it is registered with interest in any of that, its poll reports it, also
    /// where nothing has changed. What happened before the call is seen by whoever
    /// takes the event.
    ///
    /// # Errors
    ///
    /// If the poll cannot be woken.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::{Poll, PollOpt, Ready, Registration, Token};
    /// use tokio_reactor::evented::Events;
    ///
    /// let poll = Poll::new()?;
    /// let (source, set_readiness) = Registration::new2();
    /// poll.register(&source, Token(7), Ready::all(), PollOpt::edge())?;
    /// std::thread::spawn(move || set_readiness.set_readiness(Ready::writable()));
    /// let mut events = Events::with_capacity(16);
    /// poll.poll(&mut events, None)?;
    /// assert!(events.get(0).unwrap().readiness().is_writable());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_readiness(&self, ready: Ready) -> io::Result<()> {
        self.pair.update(|state| state.readiness = ready)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is locked here is assigned in one go.
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("pending", &self.is_pending()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration").finish_non_exhaustive()
    }
}

impl fmt::Debug for SetReadiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetReadiness").field("readiness", &self.readiness()).finish()
    }
}

#[cfg(all(test, loom))]
mod loom_tests;

#[cfg(all(test, not(loom)))]
mod tests;
