//! Counting permits, and the claims of those who want one.
//!
//! The semaphore, the lock and the bounded channel stand on [`Permits`]. Whoever wants a
//! permit keeps a [`Claim`]; a claim that finds none waits in a queue, and permits go to
//! the queue first, in the order in which the claims came.
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
//! Both counters only grow (and wrap), each on a cache line of its own: those who take
//! permits do not disturb those who return them, and look over there only once they have
//! used up what they last saw returned (`limit`). A bounded channel so has its senders on
//! one line and its receiver on the other.
//!
//! `waiting` sits in the very word that a return changes. So a claim about to wait and a
//! return under way cannot miss each other: one of the two instructions comes first.
//!
//! Always true: `waiting` is only changed under the queue's lock, and stands whenever the
//! queue has an entry. While it stands, nothing is available and `returned` stays as it
//! is: a returned permit is handed to the oldest entry, and only what is left over once
//! the queue is empty is added to the counter. `closed` is never taken back.

use super::line::Line;
use super::wait_list::{Key, WaitList};
use super::wake_list::WakeList;
use std::fmt;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::PoisonError;
use std::task::Poll;
use tokio_executor::coop;
use tokio_executor::sys::{Arc, AtomicUsize, Mutex, MutexGuard};
use tokio_executor::task::Context;
use tokio_executor::waiter::WaiterCell;

/// The most permits that may be available at once.
pub(super) const MAX_PERMITS: usize = usize::MAX >> 2;

/// One permit, in either word.
const ONE: usize = 2;
/// In `claims`: no permit is given out any more.
const CLOSED: usize = 1;
/// In `returns`: the queue has, or may have, an entry.
const WAITING: usize = 1;

/// A number of permits that are taken and returned.
pub(super) struct Permits {
    claims: Line<Claims>,
    returns: Line<Returns>,
}

/// What those write who take a permit.
struct Claims {
    word: AtomicUsize,
    /// What `returned` was when somebody last looked. It may lag behind, never run ahead.
    limit: AtomicUsize,
}

/// What those write who return a permit.
struct Returns {
    word: AtomicUsize,
    /// Claims that wait. Held to change the queue, `waiting`, or the stage of an entry;
    /// never while waking anyone.
    queue: Mutex<WaitList<Arc<Node>>>,
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

/// `returned - claimed`, where `claimed` may be the newer of the two.
fn difference(returned: usize, claimed: usize) -> isize {
    (returned & !WAITING).wrapping_sub(claimed & !CLOSED) as isize / ONE as isize
}

impl Permits {
    /// # Panics
    ///
    /// If `permits` exceeds [`MAX_PERMITS`].
    pub(super) fn new(permits: usize) -> Permits {
        assert!(
            permits <= MAX_PERMITS,
            "a semaphore holds at most {MAX_PERMITS} permits, got {permits}"
        );
        Permits {
            claims: Line(Claims {
                word: AtomicUsize::new(0),
                limit: AtomicUsize::new(permits * ONE),
            }),
            returns: Line(Returns {
                word: AtomicUsize::new(permits * ONE),
                queue: Mutex::new(WaitList::new()),
            }),
        }
    }

    /// How many permits could be taken now.
    pub(super) fn available(&self) -> usize {
        // Acquire, and in this order: a permit that was returned after it was claimed
        // must not be counted without its claim.
        let returned = self.returns.word.load(Acquire);
        let claimed = self.claims.word.load(Acquire);
        difference(returned, claimed).max(0) as usize
    }

    /// Takes a permit if there is one and `admit` agrees. It is asked at most once.
    #[inline]
    fn take(&self, admit: impl FnOnce() -> bool) -> Result<(), Refused> {
        let mut admit = Some(admit);
        // Relaxed: a first guess, which the exchange confirms.
        let mut claimed = self.claims.word.load(Relaxed);
        loop {
            if claimed & CLOSED != 0 {
                return Err(Refused::Closed);
            }
            // Acquire: with the Release below and the one of `give`, what the permit's
            // last holder did is seen by its next.
            let limit = self.claims.limit.load(Acquire);
            if difference(limit, claimed) <= 0 {
                // Acquire: the Release in `give`.
                let returned = self.returns.word.load(Acquire) & !WAITING;
                if difference(returned, claimed) <= 0 {
                    return Err(Refused::NoPermits);
                }
                // Release: hands on what this thread acquired. Of two who come here the
                // one with the older value may write last, and the next one looks again.
                self.claims.limit.store(returned, Release);
            }
            if admit.take().is_some_and(|admit| !admit()) {
                return Err(Refused::Budget);
            }
            // Relaxed: what travels with a permit came with `limit` or `returned`.
            let next = claimed.wrapping_add(ONE);
            match self.claims.word.compare_exchange_weak(claimed, next, Relaxed, Relaxed) {
                Ok(_) => return Ok(()),
                Err(actual) => claimed = actual,
            }
        }
    }

    /// Returns `n` permits that were taken: to those who wait, else to the counter.
    #[inline]
    pub(super) fn give(&self, n: usize) {
        // Relaxed: a first guess.
        let mut returned = self.returns.word.load(Relaxed);
        while returned & WAITING == 0 {
            let next = returned.wrapping_add(n * ONE);
            // Release: the Acquire in `take` sees what the holder did.
            match self.returns.word.compare_exchange_weak(returned, next, Release, Relaxed) {
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
    pub(super) fn add(&self, n: usize) {
        let available = self.available();
        assert!(
            n <= MAX_PERMITS && available <= MAX_PERMITS - n,
            "a semaphore holds at most {MAX_PERMITS} permits: cannot add {n} to {available}"
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
            let Some(node) = queue.pop_oldest() else { break };
            // Release: the Acquire in `Node::stage` sees what the holder did.
            node.stage.store(ASSIGNED, Release);
            woken.take(&node.waiter);
            left -= 1;
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
        let mut returned = self.returns.word.load(Relaxed);
        loop {
            let next = (returned & !WAITING).wrapping_add(n * ONE);
            // Release: as in `give`.
            match self.returns.word.compare_exchange_weak(returned, next, Release, Relaxed) {
                Ok(_) => return,
                Err(actual) => returned = actual,
            }
        }
    }

    /// Lets nobody have a permit any more, and wakes all who wait for one.
    pub(super) fn close(&self) {
        // Relaxed: a claim about to wait looks at `closed` under the lock, which we take
        // next. If it does not see it, we see the claim.
        self.claims.word.fetch_or(CLOSED, Relaxed);
        let mut woken = WakeList::default();
        let mut queue = self.queue();
        while let Some(node) = queue.pop_oldest() {
            // Release: whoever learns of the end also sees what came before it.
            node.stage.store(SHUT, Release);
            woken.take(&node.waiter);
        }
        self.stop_waiting(0);
        drop(queue);
        woken.wake();
    }

    /// Queues `node`, whose task is registered, unless there is a permit after all.
    fn enqueue(&self, node: &Arc<Node>) -> Result<Stage, Closed> {
        let mut queue = self.queue();
        loop {
            // Acquire: the Release in `give`.
            let returned = self.returns.word.load(Acquire);
            let claimed = self.claims.word.load(Relaxed);
            if claimed & CLOSED != 0 {
                return Err(Closed);
            }
            if difference(returned, claimed) > 0 {
                match self.take(|| true) {
                    Ok(()) => return Ok(Stage::Held),
                    Err(_) => continue,
                }
            }
            // `claimed` only grows, so if nothing has been returned since, nothing is
            // available at the moment of the exchange. Relaxed: it is the one word that
            // decides, and the queue travels with the lock.
            let next = returned | WAITING;
            if self.returns.word.compare_exchange(returned, next, Relaxed, Relaxed).is_ok() {
                break;
            }
        }
        // Relaxed: others look at the node only once it is in the queue.
        node.stage.store(QUEUED, Relaxed);
        Ok(Stage::Waiting(queue.push_newest(node.clone())))
    }

    /// Takes `node` out of the queue. Says whether it had been given a permit.
    fn dequeue(&self, key: Key, node: &Arc<Node>) -> bool {
        let mut queue = self.queue();
        let had_permit = node.stage() == ASSIGNED;
        // A claim that is used with a semaphore other than the one it waits for finds a
        // stranger behind its key.
        if queue.get(key).is_some_and(|queued| Arc::ptr_eq(queued, node)) {
            let node = queue.remove(key);
            if queue.is_empty() {
                self.stop_waiting(0);
            }
            drop(queue);
            drop(node);
        }
        had_permit
    }

    fn queue(&self) -> MutexGuard<'_, WaitList<Arc<Node>>> {
        // Nothing that can panic halfway runs under the lock.
        self.returns.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Permits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Relaxed: for the eye only.
        let closed = self.claims.word.load(Relaxed) & CLOSED != 0;
        let waiting = self.returns.word.load(Relaxed) & WAITING != 0;
        f.debug_struct("Permits")
            .field("available", &self.available())
            .field("waiting", &waiting)
            .field("closed", &closed)
            .finish()
    }
}

/// One who wants, waits for, or has a permit.
///
/// It does not know its permits: each method is given them. Dropping a claim gives
/// nothing back, so its owner calls [`release`](Claim::release) first.
#[derive(Debug)]
pub(super) struct Claim {
    stage: Stage,
    /// Made when the claim first has to wait, and kept for the next time.
    node: Option<Arc<Node>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Idle,
    Waiting(Key),
    Held,
}

/// What a waiting claim shares with the queue.
#[derive(Debug)]
struct Node {
    /// Who queues a node owns it again once it reads something other than QUEUED.
    stage: AtomicUsize,
    waiter: WaiterCell,
}

const QUEUED: usize = 0;
/// Out of the queue, with a permit.
const ASSIGNED: usize = 1;
/// Out of the queue, and there will be no permit.
const SHUT: usize = 2;

impl Node {
    fn stage(&self) -> usize {
        // Acquire: the Release of whoever took the node out of the queue.
        self.stage.load(Acquire)
    }
}

impl Claim {
    pub(super) fn new() -> Claim {
        Claim { stage: Stage::Idle, node: None }
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
        match self.stage {
            Stage::Held => Poll::Ready(Ok(())),
            Stage::Waiting(_) => self.poll_waiting(cx),
            Stage::Idle => match permits.take(|| coop::proceed(cx)) {
                Ok(()) => {
                    self.stage = Stage::Held;
                    Poll::Ready(Ok(()))
                }
                Err(Refused::Closed) => Poll::Ready(Err(Closed)),
                Err(Refused::Budget) => Poll::Pending,
                Err(Refused::NoPermits) => self.wait(permits, cx),
            },
        }
    }

    fn wait(&mut self, permits: &Permits, cx: &Context<'_>) -> Poll<Result<(), Closed>> {
        let node = self.node.get_or_insert_with(|| {
            Arc::new(Node { stage: AtomicUsize::new(QUEUED), waiter: WaiterCell::new() })
        });
        // Before the lock: this clones a waker, and so may come back here.
        node.waiter.register(cx);
        match permits.enqueue(node) {
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

    fn poll_waiting(&mut self, cx: &Context<'_>) -> Poll<Result<(), Closed>> {
        let mut found = self.look();
        if found == Err(Refused::NoPermits) {
            if let Some(node) = &self.node {
                node.waiter.register(cx);
            }
            found = self.look();
        }
        match found {
            Ok(()) => Poll::Ready(Ok(())),
            Err(Refused::Closed) => Poll::Ready(Err(Closed)),
            Err(_) => Poll::Pending,
        }
    }

    /// Sees what has become of a claim that waits.
    fn look(&mut self) -> Result<(), Refused> {
        match self.node.as_ref().map(|node| node.stage()) {
            Some(ASSIGNED) => {
                self.stage = Stage::Held;
                Ok(())
            }
            Some(QUEUED) => Err(Refused::NoPermits),
            _ => {
                self.stage = Stage::Idle;
                Err(Refused::Closed)
            }
        }
    }

    /// Makes this claim hold a permit if one is there for it. A claim that waits keeps
    /// its place.
    #[inline]
    pub(super) fn try_now(&mut self, permits: &Permits) -> Result<(), Refused> {
        match self.stage {
            Stage::Held => Ok(()),
            Stage::Waiting(_) => self.look(),
            Stage::Idle => {
                permits.take(|| true)?;
                self.stage = Stage::Held;
                Ok(())
            }
        }
    }

    /// Gives up the permit, or the wait for one. Says whether there was a permit; it is
    /// the caller's to return.
    #[must_use]
    pub(super) fn give_up(&mut self, permits: &Permits) -> bool {
        match std::mem::replace(&mut self.stage, Stage::Idle) {
            Stage::Idle => false,
            Stage::Held => true,
            Stage::Waiting(key) => match &self.node {
                Some(node) => {
                    let had_permit = permits.dequeue(key, node);
                    // The task is not to be woken, nor kept in memory, on our account.
                    drop(node.waiter.take());
                    had_permit
                }
                None => false,
            },
        }
    }

    /// Gives up the permit, or the wait for one; a permit goes back. Says whether there
    /// was one.
    pub(super) fn release(&mut self, permits: &Permits) -> bool {
        let had_permit = self.give_up(permits);
        if had_permit {
            permits.give(1);
        }
        had_permit
    }

    /// The permit of this claim is used up, or will be returned by someone else.
    #[inline]
    pub(super) fn spend(&mut self) {
        debug_assert!(self.is_held(), "only a permit that is held can be spent: {:?}", self.stage);
        self.stage = Stage::Idle;
    }
}
