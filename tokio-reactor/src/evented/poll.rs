//! What a source is registered with: the reactor, or an event loop of the program's own.
//!
//! Held by the reactor; an event loop of the mio 0.6 façade has one of its own; sources see it in
//! `Evented::register`.
//!
//! Always true: what a `SetReadiness` queued is found by the next poll.
//!
//! Why not mio 1's `Poll`? Sources of mio 0.6's shape register themselves, and some are not
//! descriptors.

use super::set_readiness::Queue;
use super::{events, Event, Evented, Events, PollOpt, Ready, Token};
use crate::shared::{Shared, WAKE_TOKEN};
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

/// Watches sources, and reports which of them are ready.
///
/// # Examples
///
/// ```
/// use std::net::SocketAddr;
/// # use mio1 as mio;
/// use mio::net::TcpListener;
/// use tokio_reactor::evented::{Events, Poll, PollOpt, Ready, Token};
///
/// let listener = TcpListener::bind("127.0.0.1:0".parse::<SocketAddr>().unwrap())?;
/// let poll = Poll::new()?;
/// poll.register(&listener, Token(0), Ready::readable(), PollOpt::level())?;
///
/// let client = std::net::TcpStream::connect(listener.local_addr()?)?;
/// let mut events = Events::with_capacity(16);
/// poll.poll(&mut events, None)?;
/// assert!(events.iter().any(|event| event.token() == Token(0)));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Poll {
    registry: mio1::Registry,
    queue: Arc<Queue>,
    role: Role,
}

enum Role {
    /// Belongs to a reactor, which does the polling.
    #[cfg_attr(
        not(any(target_os = "linux", target_os = "android", windows)),
        allow(dead_code, reason = "see `reactor`")
    )]
    Reactor(Weak<Shared>),
    /// Polled through `Poll::poll`, by one thread at a time: the lock is held for as
    /// long as a poll waits.
    Own(Mutex<mio1::Poll>),
}

impl Poll {
    /// Returns a poll without sources.
    ///
    /// # Errors
    ///
    /// If the operating system has no descriptors left for it.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::{Events, Poll};
    ///
    /// let poll = Poll::new()?;
    /// let mut events = Events::with_capacity(1024);
    /// // The loop of a program begins here.
    /// poll.poll(&mut events, Some(std::time::Duration::from_millis(1)))?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new() -> io::Result<Poll> {
        let poll = mio1::Poll::new()?;
        let registry = poll.registry().try_clone()?;
        let waker = Arc::new(mio1::Waker::new(&registry, WAKE_TOKEN)?);
        Ok(Poll {
            registry,
            queue: Queue::new(move || waker.wake()),
            role: Role::Own(Mutex::new(poll)),
        })
    }

    pub(crate) fn of_reactor(
        registry: mio1::Registry,
        waker: Arc<mio1::Waker>,
        reactor: Weak<Shared>,
    ) -> Poll {
        Poll { registry, queue: Queue::new(move || waker.wake()), role: Role::Reactor(reactor) }
    }

    /// Watches `source` for `interest`, and reports it under `token`.
    ///
    /// # Errors
    ///
    /// If `token` is the highest number, which is taken, or if the source is watched
    /// already or cannot be.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::{Poll, PollOpt, Ready, Registration, Token};
    ///
    /// let poll = Poll::new()?;
    /// let (source, _set_readiness) = Registration::new2();
    /// poll.register(&source, Token(1), Ready::readable(), PollOpt::edge())?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn register<E>(
        &self,
        source: &E,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()>
    where
        E: Evented + ?Sized,
    {
        check(token)?;
        source.register(self, token, interest, opts)
    }

    /// Watches `source` for `interest` from now on, and reports it under `token`, also
    /// if it is ready already.
    ///
    /// # Errors
    ///
    /// If `token` is the highest number, which is taken, or if the source is not
    /// watched.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::{Events, Poll, PollOpt, Ready, Registration, Token};
    ///
    /// let poll = Poll::new()?;
    /// let (source, set_readiness) = Registration::new2();
    /// poll.register(&source, Token(1), Ready::readable(), PollOpt::edge())?;
    /// poll.reregister(&source, Token(2), Ready::writable(), PollOpt::edge())?;
    /// set_readiness.set_readiness(Ready::writable())?;
    /// let mut events = Events::with_capacity(16);
    /// poll.poll(&mut events, None)?;
    /// assert_eq!(events.get(0).unwrap().token(), Token(2));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn reregister<E>(
        &self,
        source: &E,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()>
    where
        E: Evented + ?Sized,
    {
        check(token)?;
        source.reregister(self, token, interest, opts)
    }

    /// Watches `source` no longer. A poll that is under way may still report it.
    ///
    /// # Errors
    ///
    /// If the source is not watched.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_reactor::evented::{Poll, PollOpt, Ready, Registration, Token};
    ///
    /// let poll = Poll::new()?;
    /// let (source, _set_readiness) = Registration::new2();
    /// poll.register(&source, Token(1), Ready::readable(), PollOpt::edge())?;
    /// poll.deregister(&source)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn deregister<E>(&self, source: &E) -> io::Result<()>
    where
        E: Evented + ?Sized,
    {
        source.deregister(self)
    }

    /// Waits for events, for `timeout` at most, and puts them into `events`.
    ///
    /// Without `timeout`, waits until there is one. The wait is rounded up to whole
    /// milliseconds. A signal does not end it. Returns how many events there are; 0 if
    /// the time is over.
    ///
    /// One thread at a time can poll; a second one waits until the first is done.
    ///
    /// # Errors
    ///
    /// If this belongs to a reactor, which polls for itself; or if the operating system
    /// refuses.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    /// use tokio_reactor::evented::{Events, Poll};
    ///
    /// let start = Instant::now();
    /// let mut events = Events::with_capacity(16);
    /// Poll::new()?.poll(&mut events, Some(Duration::from_millis(5)))?;
    /// assert!(start.elapsed() >= Duration::from_millis(5), "there was no event");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn poll(&self, events: &mut Events, timeout: Option<Duration>) -> io::Result<usize> {
        self.poll_until(events, timeout, |error| error.kind() == io::ErrorKind::Interrupted)
    }

    /// Works like [`poll`](Poll::poll), except that a signal ends the wait.
    ///
    /// # Errors
    ///
    /// As for [`poll`](Poll::poll); and of the kind `Interrupted` if a signal came.
    pub fn poll_interruptible(
        &self,
        events: &mut Events,
        timeout: Option<Duration>,
    ) -> io::Result<usize> {
        self.poll_until(events, timeout, |_| false)
    }

    /// Polls until there is an event, the time is over, or an error that is not to be
    /// ignored.
    fn poll_until(
        &self,
        events: &mut Events,
        timeout: Option<Duration>,
        ignored: impl Fn(&io::Error) -> bool,
    ) -> io::Result<usize> {
        // A time beyond what the clock can tell is for ever.
        let until = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            match self.poll_once(events, left) {
                // Cut short, or woken for a change that came to nothing.
                Ok(0) => {}
                Err(error) if ignored(&error) => {}
                result => return result,
            }
            if until.is_some_and(|until| until <= Instant::now()) {
                return Ok(0);
            }
        }
    }

    /// Polls the operating system once; wake-ups of our own are no events.
    fn poll_once(&self, events: &mut Events, timeout: Option<Duration>) -> io::Result<usize> {
        events.list.clear();
        let Role::Own(poll) = &self.role else {
            return Err(io::Error::other("this `Poll` belongs to a reactor, which polls it"));
        };
        {
            // A panic in mio leaves nothing half done.
            let mut poll = poll.lock().unwrap_or_else(|e| e.into_inner());
            // Under the lock: a thread that polled before may have left some.
            self.queue
                .wait(timeout, |timeout| poll.poll(&mut events.os, events::pollable(timeout)))?;
        }
        let Events { os, list, capacity } = events;
        for event in os.iter().filter(|event| event.token() != WAKE_TOKEN) {
            list.push(Event::new(events::ready(event), Token(event.token().0)));
        }
        let room = capacity.saturating_sub(list.len());
        self.queue.drain(room, |event| list.push(event));
        Ok(list.len())
    }

    /// Calls `wait` with the time for which the reactor may wait: none if sources whose
    /// readiness the program sets are to be reported. For one thread at a time.
    pub(crate) fn wait<R>(
        &self,
        timeout: Option<Duration>,
        wait: impl FnOnce(Option<Duration>) -> R,
    ) -> R {
        self.queue.wait(timeout, wait)
    }

    /// From now on, the descriptor is readable as soon as a poll would not wait.
    #[cfg_attr(not(unix), allow(dead_code, reason = "no descriptor to give away"))]
    pub(crate) fn expose(&self) {
        if let Err(error) = self.queue.expose() {
            log::error!("cannot wake a poll: {error}");
        }
    }

    /// Takes the events of sources whose readiness the program sets.
    pub(crate) fn drain_set_readiness(&self, each: impl FnMut(Event)) {
        self.queue.drain(usize::MAX, each);
    }

    pub(super) fn queue(&self) -> &Arc<Queue> {
        &self.queue
    }

    pub(crate) fn registry(&self) -> &mio1::Registry {
        &self.registry
    }

    /// The reactor that this belongs to.
    #[cfg_attr(
        not(any(target_os = "linux", target_os = "android", windows)),
        allow(dead_code, reason = "the others need not know")
    )]
    pub(crate) fn reactor(&self) -> Option<&Weak<Shared>> {
        match &self.role {
            Role::Reactor(reactor) => Some(reactor),
            Role::Own(_) => None,
        }
    }
}

fn check(token: Token) -> io::Result<()> {
    if token.0 == WAKE_TOKEN.0 {
        return Err(io::Error::other(format!("token {} is taken by the poll itself", token.0)));
    }
    Ok(())
}

impl fmt::Debug for Poll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Poll").field("queue", &self.queue).finish_non_exhaustive()
    }
}
