//! Counting permits, and the claims of those who want one.
//!
//! Called by the semaphore, the locks and the bounded channel, which stand on [`Permits`]. Whoever
//! wants a permit, or several at once, keeps a [`Claim`]; a claim that finds too few waits in a
//! queue, and permits go to the queue first, in the order in which the claims came.
//!
//! ```text
//!   claims                           returns
//!   63            1      0           63             1      0
//!  +---------------+--------+       +---------------+---------+
//!  |    claimed    | closed |       |   returned    | waiting |
//!  +---------------+--------+       +---------------+---------+
//!
//!   available = returned - claimed
//! ```
//!
//! Both counters only grow (and wrap), and lie a cache line apart, with the queue between
//! them. In [`Apart`] those who take permits do not disturb those who return them, and look
//! over there only once they have used up what they last saw returned (`limit`): a bounded
//! channel so has its senders on one line and its receiver on another. A lock, whose permits
//! one task takes and returns, is aligned as it comes, and stays small.
//!
//! Whatever the width of a pointer, the words have 64 bits: a lock for readers and writers
//! moves them on by 2^30 each time, and a thread that was stopped between its look and its
//! exchange must not find the value that it saw again. With 64 bits, 2^34 writers would have
//! to come meanwhile; with 32 it were four.
//!
//! `waiting` sits in the very word that a return changes. So a claim about to wait and a
//! return under way cannot miss each other: one of the two instructions comes first.
//!
//! Always true: `claimed`, `limit` and `returned` follow each other in this order, at most
//! [`MAX_PERMITS`] apart. `waiting` is only changed under the queue's lock, and stands whenever the
//! queue has an entry. While it stands, nothing is available and `returned` stays as it
//! is: a returned permit is handed to the oldest entry, and only what is left over once
//! the queue is empty is added to the counter. A claim for many takes what there is when it
//! joins the queue, and keeps what it has been handed so far: so it is never overtaken by
//! claims for few. `closed` is never taken back.
//!
//! Entries are numbered in the order in which they join, and are served in that order; a claim
//! that gives up is not served. So one more counter, `served`, tells a claim that was woken that it
//! has its permits: it does not take the lock for that, which whoever waits next contends for.
//!
//! Why not one counter of what is available? A bounded channel's senders and receiver would write
//! the same line for each message.

use super::wake_list::WakeList;
use std::fmt;
use std::ops::Deref;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::PoisonError;
use std::task::Poll;
use tokio_executor::coop;
use tokio_executor::internals::inspect::{self, Kind, Place};
use tokio_executor::internals::sys::{const_fn, AtomicU64, Mutex, MutexGuard};
use tokio_executor::internals::wait_list::{Key, WaitList};
use tokio_executor::task::Context;
use tokio_executor::waiter::Waiter;

/// The most permits that may be available at once.
pub(super) const MAX_PERMITS: usize = usize::MAX >> 3;

/// One permit, in either word.
const ONE: u64 = 2;
/// In `claims`: no permit is given out any more.
const CLOSED: u64 = 1;
/// In `returns`: the queue has, or may have, an entry.
const WAITING: u64 = 1;

/// A number of permits that are taken and returned.
#[repr(C)]
pub struct Permits {
    /// What those write who take a permit.
    claims: AtomicU64,
    /// What `returned` was when somebody last looked. It may lag behind, never run ahead.
    limit: AtomicU64,
    /// Claims that wait. Held to look at the queue or change it, `waiting`, or an entry;
    /// never while waking anyone.
    queue: Mutex<WaitList<Entry>>,
    /// What those write who return a permit.
    returns: AtomicU64,
    /// Entries with a smaller number have been handed all of their permits. Changed under the
    /// queue's lock. Beside `returns`, which stays as it is while claims wait.
    served: AtomicU64,
    /// Where the lock, semaphore or channel was made.
    made: Place,
}

/// Permits whose two counters lie in two pairs of cache lines: many processors fetch a line
/// together with its neighbour.
#[repr(C, align(128))]
pub(super) struct Apart {
    /// So that `claims` is in the second line of a pair, and `returns` in the next pair.
    _first_line: [u8; 64],
    permits: Permits,
}

const _: () = assert!(
    std::mem::offset_of!(Permits, returns) >= 64
        || cfg!(any(loom, not(target_pointer_width = "64")))
);

impl Apart {
    pub(super) fn new(permits: Permits) -> Apart {
        Apart { _first_line: [0; 64], permits }
    }
}

impl Deref for Apart {
    type Target = Permits;

    fn deref(&self) -> &Permits {
        &self.permits
    }
}

/// A claim that waits, as the queue has it. Whoever hands it the last of its permits takes it out;
/// at the end it leaves the queue, but stays in its place until the claim takes it.
struct Entry {
    number: u64,
    /// Permits that the claim wants.
    wanted: usize,
    /// Permits that it still has to be handed.
    needed: usize,
    /// Whom to wake; none once it has left the queue.
    waiter: Option<Waiter>,
}

/// What a claim that waits knows of its entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ticket {
    /// The entry's; another one may be there once this one is served.
    place: Key,
    number: u64,
}

/// Why there is no permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Closed,
    NoPermits,
    /// There is one, but the task has used up its budget and will be polled again.
    Budget,
}

/// No permit is given out any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Closed;

/// The number that stands for `n` permits in either word.
const fn permits(n: usize) -> u64 {
    n as u64 * ONE
}

/// `returned - claimed`, where `claimed` may be the newer of the two.
fn difference(returned: u64, claimed: u64) -> i64 {
    (returned & !WAITING).wrapping_sub(claimed & !CLOSED) as i64 / ONE as i64
}

/// The same as a number of permits: none if it is less, and what a `usize` holds if it is more.
fn number(difference: i64) -> usize {
    usize::try_from(difference.max(0)).unwrap_or(usize::MAX)
}

impl Permits {
    /// # Panics
    ///
    /// If `permits` exceeds [`MAX_PERMITS`].
    #[track_caller]
    pub(super) fn new(permits: usize) -> Permits {
        assert!(
            permits <= MAX_PERMITS,
            "a semaphore may not have more than MAX_PERMITS permits ({MAX_PERMITS})"
        );
        Permits::new_unchecked(permits, Place::here())
    }

    const_fn! {
        /// As `new`, for a number that is known to be right, and for what was made at `made`.
        pub(super) fn new_unchecked(permits: usize, made: Place) -> Permits {
            Permits {
                claims: AtomicU64::new(0),
                limit: AtomicU64::new(self::permits(permits)),
                queue: Mutex::new(WaitList::new()),
                returns: AtomicU64::new(self::permits(permits)),
                served: AtomicU64::new(0),
                made,
            }
        }
    }

    /// Whether no permit is given out any more.
    pub(super) fn is_closed(&self) -> bool {
        // Relaxed: what it means for a claim is found out by `take`.
        self.claims.load(Relaxed) & CLOSED != 0
    }

    /// How many permits could be taken now.
    pub(super) fn available(&self) -> usize {
        // Acquire, and in this order: a permit that was returned after it was claimed
        // must not be counted without its claim.
        let returned = self.returns.load(Acquire);
        // Relaxed: only the number counts.
        let claimed = self.claims.load(Relaxed);
        number(difference(returned, claimed))
    }

    /// Takes `n` permits if they are there.
    #[inline]
    pub(super) fn try_take(&self, n: usize) -> Result<(), Refused> {
        self.take(n, || true)
    }

    /// Takes `n` permits if they are there and `admit` agrees. It is asked at most once.
    #[inline]
    fn take(&self, n: usize, admit: impl FnOnce() -> bool) -> Result<(), Refused> {
        if n > MAX_PERMITS {
            return Err(Refused::NoPermits);
        }
        let mut admit = Some(admit);
        // Relaxed: a guess, which the exchange confirms. If it is newer than what is known to be
        // returned, there is nothing to claim.
        let mut claimed = self.claims.load(Relaxed);
        loop {
            if claimed & CLOSED != 0 {
                return Err(Refused::Closed);
            }
            if self.claimable(claimed, n) < n {
                return Err(Refused::NoPermits);
            }
            if admit.take().is_some_and(|admit| !admit()) {
                return Err(Refused::Budget);
            }
            match self.claim(claimed, n) {
                Ok(()) => return Ok(()),
                Err(actual) => claimed = actual,
            }
        }
    }

    /// Takes as many permits as are there, `most` at most, also when closed. Says how many.
    pub(super) fn take_up_to(&self, most: usize) -> usize {
        // Relaxed: as in `take`.
        let mut claimed = self.claims.load(Relaxed);
        loop {
            let there = self.claimable(claimed, most).min(most);
            if there == 0 {
                return 0;
            }
            match self.claim(claimed, there) {
                Ok(()) => return there,
                Err(actual) => claimed = actual,
            }
        }
    }

    /// How many permits can be claimed after `claimed`, as far as it must look to find `n`.
    /// True if `claimed` still stands when they are claimed.
    #[inline]
    fn claimable(&self, claimed: u64, n: usize) -> usize {
        // Acquire: with the Release below and the one of `give`, what the permit's last
        // holder did is seen by its next.
        let mut limit = self.limit.load(Acquire);
        loop {
            let there = number(difference(limit, claimed));
            if there >= n {
                return there;
            }
            // Acquire: the Release in `give`.
            let returned = self.returns.load(Acquire) & !WAITING;
            if returned == limit {
                return there;
            }
            // An exchange, since a value from long ago must not be put in its place. Release:
            // hands on what this thread acquired. Acquire: or another has looked over there.
            match self.limit.compare_exchange(limit, returned, Release, Acquire) {
                Ok(_) => limit = returned,
                Err(actual) => limit = actual,
            }
        }
    }

    /// Claims `n` permits after `claimed`, unless there are others since.
    #[inline]
    fn claim(&self, claimed: u64, n: usize) -> Result<(), u64> {
        // Relaxed: what travels with a permit came with `limit`, and whoever returns one hands
        // on its claim as well.
        let next = claimed.wrapping_add(permits(n));
        self.claims.compare_exchange_weak(claimed, next, Relaxed, Relaxed).map(drop)
    }

    /// Returns `n` permits that were taken: to those who wait, else to the counter.
    #[inline]
    pub(super) fn give(&self, n: usize) {
        // Relaxed: a first guess.
        let mut returned = self.returns.load(Relaxed);
        while returned & WAITING == 0 {
            let next = returned.wrapping_add(permits(n));
            // Release: the Acquire in `take` sees what the holder did.
            match self.returns.compare_exchange_weak(returned, next, Release, Relaxed) {
                Ok(_) => return,
                Err(actual) => returned = actual,
            }
        }
        self.hand_out(n);
    }

    /// Adds `n` permits that nobody had.
    ///
    /// # Panics
    ///
    /// If more than [`MAX_PERMITS`] would be available.
    #[track_caller]
    pub(super) fn add(&self, n: usize) {
        let available = self.available();
        assert!(
            n <= MAX_PERMITS && available <= MAX_PERMITS - n,
            "number of added permits ({n}) would overflow MAX_PERMITS ({MAX_PERMITS})"
        );
        self.give(n);
    }

    /// Gives `n` permits to the oldest claims in the queue; what is left over becomes
    /// available.
    #[cold]
    fn hand_out(&self, n: usize) {
        let mut woken = WakeList::default();
        let mut queue = self.queue();
        let mut left = n;
        while left > 0 {
            let Some(oldest) = queue.oldest_mut() else { break };
            let part = left.min(oldest.needed);
            oldest.needed -= part;
            left -= part;
            if oldest.needed > 0 {
                break;
            }
            if let Some(entry) = queue.pop_oldest() {
                // Release: the Acquire in `has_served` sees what the permits' last holders did.
                self.served.store(entry.number + 1, Release);
                woken.add(entry.waiter);
            }
        }
        if queue.is_empty() {
            self.stop_waiting(left);
        } else {
            debug_assert_eq!(left, 0, "claims wait although permits are left");
        }
        drop(queue);
        woken.wake();
    }

    /// The queue is empty, and locked: clears `waiting` and returns `n` permits.
    fn stop_waiting(&self, n: usize) {
        // Relaxed: a first guess.
        let mut returned = self.returns.load(Relaxed);
        loop {
            let next = (returned & !WAITING).wrapping_add(permits(n));
            // Release: as in `give`.
            match self.returns.compare_exchange_weak(returned, next, Release, Relaxed) {
                Ok(_) => return,
                Err(actual) => returned = actual,
            }
        }
    }

    /// Lets nobody have a permit any more, and wakes all who wait for one.
    pub(super) fn close(&self) {
        // Relaxed: a claim about to wait looks at `closed` under the lock, which we take
        // next. If it does not see it, we see the claim.
        self.claims.fetch_or(CLOSED, Relaxed);
        let mut woken = WakeList::default();
        let mut queue = self.queue();
        while let Some(entry) = queue.detach_oldest() {
            // What it was handed goes back when the claim learns of the end.
            woken.add(entry.waiter.take());
        }
        self.stop_waiting(0);
        drop(queue);
        woken.wake();
    }

    /// Queues a claim for `wanted` permits, unless they are there after all.
    fn enqueue(&self, wanted: usize, waiter: Waiter) -> Result<Stage, Closed> {
        let mut queue = self.queue();
        let mut needed = wanted;
        loop {
            // Relaxed, both: the exchanges below and in `try_take` decide. What travels with a
            // permit comes by the latter.
            let returned = self.returns.load(Relaxed);
            let claimed = self.claims.load(Relaxed);
            if claimed & CLOSED != 0 {
                drop(queue);
                self.give_back(wanted - needed);
                return Err(Closed);
            }
            let available = number(difference(returned, claimed));
            if available > 0 {
                let part = needed.min(available);
                if self.try_take(part).is_ok() {
                    needed -= part;
                }
                if needed == 0 {
                    drop(queue);
                    return Ok(Stage::Held);
                }
                continue;
            }
            // `claimed` only grows, so if nothing has been returned since, nothing is
            // available at the moment of the exchange. Relaxed: it is the one word that
            // decides, and the queue travels with the lock.
            let next = returned | WAITING;
            if self.returns.compare_exchange(returned, next, Relaxed, Relaxed).is_ok() {
                break;
            }
        }
        // Relaxed: changed under the lock. A number that is given twice was that of a claim which
        // gave up.
        let served = self.served.load(Relaxed);
        let number = queue.newest().map_or(served, |newest| newest.number + 1);
        let place = queue.push_newest(Entry { number, wanted, needed, waiter: Some(waiter) });
        Ok(Stage::Waiting(Ticket { place, number }))
    }

    /// Whether a claim that waited has been handed all of its permits.
    #[inline]
    fn has_served(&self, ticket: Ticket) -> bool {
        // Acquire: the Release in `hand_out`.
        self.served.load(Acquire) > ticket.number
    }

    /// Takes a claim that was not served out of the queue, which is locked. Says how many permits
    /// it had been handed.
    fn dequeue(&self, ticket: Ticket, mut queue: MutexGuard<'_, WaitList<Entry>>) -> usize {
        let entry = queue.remove(ticket.place);
        if queue.is_empty() {
            self.stop_waiting(0);
        }
        drop(queue);
        entry.map_or(0, |entry| entry.wanted - entry.needed)
    }

    /// As `give`, for a number that may be none.
    pub(super) fn give_back(&self, n: usize) {
        if n > 0 {
            self.give(n);
        }
    }

    fn queue(&self) -> MutexGuard<'_, WaitList<Entry>> {
        // Nothing that can panic halfway runs under the lock.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Permits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Relaxed: for the eye only.
        let waiting = self.returns.load(Relaxed) & WAITING != 0;
        f.debug_struct("Permits")
            .field("available", &self.available())
            .field("waiting", &waiting)
            .field("closed", &self.is_closed())
            .finish()
    }
}

/// One who wants, waits for, or has a permit, or several.
///
/// It does not know its permits: each method is given them. Dropping a claim gives
/// nothing back, so its owner calls [`release`](Claim::release) first.
#[derive(Debug)]
pub(super) struct Claim {
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Idle,
    /// It has had an entry, which may have been served.
    Waiting(Ticket),
    Held,
}

impl Claim {
    pub(super) fn new() -> Claim {
        Claim { stage: Stage::Idle }
    }

    pub(super) fn is_held(&self) -> bool {
        self.stage == Stage::Held
    }

    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.stage, Stage::Waiting(_))
    }

    /// Makes this claim hold a permit, or its task be woken when it does.
    #[inline]
    pub(super) fn poll(&mut self, permits: &Permits, cx: &Context<'_>) -> Poll<Result<(), Closed>> {
        self.poll_many(permits, 1, LOCK, cx)
    }

    /// As `poll`, for the room in a channel.
    #[inline]
    pub(super) fn poll_room(
        &mut self,
        permits: &Permits,
        cx: &Context<'_>,
    ) -> Poll<Result<(), Closed>> {
        self.poll_many(permits, 1, ROOM, cx)
    }

    /// As `poll`, for `n` permits at once: the same number each time, and the owner's to
    /// remember. What waits for them is shown as `kind`.
    #[inline]
    pub(super) fn poll_many(
        &mut self,
        permits: &Permits,
        n: usize,
        kind: &'static Kind,
        cx: &Context<'_>,
    ) -> Poll<Result<(), Closed>> {
        match self.stage {
            Stage::Held => Poll::Ready(Ok(())),
            Stage::Waiting(ticket) => self.poll_waiting(ticket, permits, kind, cx),
            Stage::Idle => match permits.take(n, || coop::proceed(cx)) {
                Ok(()) => {
                    self.stage = Stage::Held;
                    Poll::Ready(Ok(()))
                }
                Err(Refused::Closed) => Poll::Ready(Err(Closed)),
                Err(Refused::Budget) => Poll::Pending,
                Err(Refused::NoPermits) => self.wait(permits, n, kind, cx),
            },
        }
    }

    fn wait(
        &mut self,
        permits: &Permits,
        n: usize,
        kind: &'static Kind,
        cx: &Context<'_>,
    ) -> Poll<Result<(), Closed>> {
        // Before the lock: this clones a waker, and so may come back here.
        let waiter = waiter(permits, kind, cx);
        match permits.enqueue(n, waiter) {
            Err(closed) => Poll::Ready(Err(closed)),
            Ok(stage) => {
                self.stage = stage;
                if self.is_held() {
                    Poll::Ready(Ok(()))
                } else {
                    Poll::Pending
                }
            }
        }
    }

    fn poll_waiting(
        &mut self,
        ticket: Ticket,
        permits: &Permits,
        kind: &'static Kind,
        cx: &Context<'_>,
    ) -> Poll<Result<(), Closed>> {
        let mut asking = None;
        loop {
            let mut queue = match self.look(ticket, permits) {
                Ok(None) => return Poll::Ready(Ok(())),
                Ok(Some(queue)) => queue,
                Err(closed) => return Poll::Ready(Err(closed)),
            };
            let entry = queue.get_mut(ticket.place).expect("a claim that waits has an entry");
            // While somebody looks, each registration counts as a new one.
            let same = entry.waiter.as_ref().is_some_and(|kept| cx.is_plainly(kept));
            if same && !inspect::is_on() {
                return Poll::Pending;
            }
            if let Some(asking) = asking.take() {
                let replaced = entry.waiter.replace(asking);
                drop(queue);
                drop(replaced);
                return Poll::Pending;
            }
            // Not under the lock: as in `wait`.
            drop(queue);
            asking = Some(other_waiter(permits, kind, cx));
        }
    }

    /// Sees what has become of a claim that waits: it holds its permits, or the queue that it
    /// waits in is returned, locked.
    fn look<'p>(
        &mut self,
        ticket: Ticket,
        permits: &'p Permits,
    ) -> Result<Option<MutexGuard<'p, WaitList<Entry>>>, Closed> {
        if permits.has_served(ticket) {
            self.stage = Stage::Held;
            return Ok(None);
        }
        let queue = permits.queue();
        // It may have been served meanwhile, and its place be another's.
        if permits.has_served(ticket) {
            self.stage = Stage::Held;
            return Ok(None);
        }
        if permits.is_closed() {
            self.stage = Stage::Idle;
            permits.give_back(permits.dequeue(ticket, queue));
            return Err(Closed);
        }
        Ok(Some(queue))
    }

    /// Makes this claim hold a permit if one is there for it. A claim that waits keeps
    /// its place.
    #[inline]
    pub(super) fn try_now(&mut self, permits: &Permits) -> Result<(), Refused> {
        match self.stage {
            Stage::Held => Ok(()),
            Stage::Waiting(ticket) => match self.look(ticket, permits) {
                Ok(None) => Ok(()),
                Ok(Some(_)) => Err(Refused::NoPermits),
                Err(Closed) => Err(Refused::Closed),
            },
            Stage::Idle => {
                permits.try_take(1)?;
                self.stage = Stage::Held;
                Ok(())
            }
        }
    }

    /// Gives up the permit, or the wait for one. Says whether there was a permit; it is
    /// the caller's to return.
    #[must_use]
    pub(super) fn give_up(&mut self, permits: &Permits) -> bool {
        self.give_up_many(permits, 1) > 0
    }

    /// As `give_up`, for `n` permits. Says how many there were.
    #[must_use]
    fn give_up_many(&mut self, permits: &Permits, n: usize) -> usize {
        match std::mem::replace(&mut self.stage, Stage::Idle) {
            Stage::Idle => 0,
            Stage::Held => n,
            // The task is not to be woken, nor kept in memory, on our account.
            Stage::Waiting(ticket) => {
                let queue = permits.queue();
                if permits.has_served(ticket) {
                    n
                } else {
                    permits.dequeue(ticket, queue)
                }
            }
        }
    }

    /// Gives up the permit, or the wait for one; a permit goes back. Says whether there
    /// was one.
    pub(super) fn release(&mut self, permits: &Permits) -> bool {
        self.release_many(permits, 1)
    }

    /// As `release`, for `n` permits.
    pub(super) fn release_many(&mut self, permits: &Permits, n: usize) -> bool {
        let had = self.give_up_many(permits, n);
        permits.give_back(had);
        had > 0
    }

    /// The permit of this claim is used up, or will be returned by someone else.
    #[inline]
    pub(super) fn spend(&mut self) {
        debug_assert!(self.is_held(), "only a permit that is held can be spent: {:?}", self.stage);
        self.stage = Stage::Idle;
    }
}

pub(super) const LOCK: &Kind = &Kind { wait: "lock or semaphore", of: "lock or semaphore" };
const ROOM: &Kind = &Kind { wait: "mpsc sender, for room", of: "mpsc channel" };

/// The polling task, which waits for `permits`.
#[inline(always)]
fn waiter(permits: &Permits, kind: &'static Kind, cx: &Context<'_>) -> Waiter {
    cx.waiter_at(kind, std::ptr::from_ref(permits).addr(), permits.made)
}

/// The same, where a task that waits already asks by another waker.
#[cold]
#[inline(never)]
fn other_waiter(permits: &Permits, kind: &'static Kind, cx: &Context<'_>) -> Waiter {
    waiter(permits, kind, cx)
}

#[cfg(all(test, not(loom)))]
mod tests;
