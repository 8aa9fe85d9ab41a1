//! A deadline that somebody waits for: what a `Delay` shares with the thread that keeps
//! time.
//!
//! Here is what both sides touch, which knows nothing of shards; what the owner does with it is
//! in `owned`, above `shard`.
//!
//! The `Delay` owns the entry, which does not move. The wheel of its shard knows it by
//! address; that address is in the wheel only while the entry lives, because the owner
//! takes it out, under the shard's lock, before it frees the entry.
//!
//! ```text
//!    63    62      61     60..0
//!  +------+--------+------+-------------------+
//!  | over | closed | busy | tick, if not over |
//!  +------+--------+------+-------------------+
//!
//!              arm (locked)                fire (locked)
//!   ELAPSED -----------------> tick t ---------------------> BUSY --> ELAPSED
//!      ^                        |  ^ |                        ^
//!      |   elapse               |  +-+ postpone (t only grows)|  take the waiter
//!      +------------------------+
//!             (locked)
//! ```
//!
//! While it is busy, the thread that fired it is still taking the waiter: the owner may
//! act on the end of the wait, but gets the lock before it frees the entry. `closed`
//! says that the timer is gone; nothing leads back from there.
//!
//! Called by `owned` for the owner and by `shard` for the driver.
//!
//! Always true: an entry sits in the wheel exactly while it is not over. Only the holder
//! of the shard's lock makes it be over, arms it, or makes it due earlier. Making it due
//! later is a single exchange by its owner and takes no lock, which is what a connection
//! does that puts its timeout off with every packet.
//!
//! Why a word beside the lock? A poll that finds its deadline still ahead, and one that puts it
//! off, are by far the most: they need no lock.

use super::error::Error;
use super::tick::Tick;
use super::wheel::{Links, Nodes};
use std::fmt;
use std::ptr::NonNull;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use tokio_executor::internals::sys::{AtomicU64, UnsafeCell};
use tokio_executor::waiter::{Waiter, WaiterCell};

mod owned;

pub(in crate::timer) use self::owned::EntryBox;

/// A deadline in a shard's wheel.
pub(super) struct Entry {
    state: State,
    waiter: WaiterCell,
    /// Belongs to the owner.
    asked: UnsafeCell<Asked>,
    /// Guarded by the shard's lock.
    links: UnsafeCell<Links<NonNull<Entry>>>,
}

// SAFETY: `links` is only touched under the shard's lock, and `asked` through the one
// `EntryBox`, whose methods borrow it uniquely for that; the rest is thread-safe.
unsafe impl Send for Entry {}
// SAFETY: as above.
unsafe impl Sync for Entry {}

/// The word that owner and driver share.
struct State(AtomicU64);

const OVER: u64 = 1 << 63;
const CLOSED: u64 = 1 << 62;
const BUSY: u64 = 1 << 61;

/// What the owner knows of the waiter that it registered for the present wait.
enum Asked {
    Never,
    Once,
    /// More than once, and by this task every time. It is in the cell until the wait is
    /// over, so that there is no need to look. Not kept the first time, as most waits
    /// are asked for once.
    By(Waiter),
}

/// What the word says to the owner.
enum Look {
    Armed(Tick),
    Elapsed,
    Closed,
}

impl State {
    /// A wait that has not begun.
    fn new() -> State {
        State(AtomicU64::new(OVER))
    }

    fn look(&self) -> Look {
        // Acquire: pairs with the release in `fire` and `close`; what happened before
        // the deadline is visible to who sees it elapsed.
        match self.0.load(Acquire) {
            word if word & OVER == 0 => Look::Armed(word),
            word if word & CLOSED == 0 => Look::Elapsed,
            _ => Look::Closed,
        }
    }

    /// The owner puts the deadline off. Fails if it was `from` no more.
    fn postpone(&self, from: Tick, to: Tick) -> bool {
        debug_assert!(from <= to, "cannot postpone from {from} to {to}");
        // Relaxed: the number itself is all that is handed over.
        self.0.compare_exchange(from, to, Relaxed, Relaxed).is_ok()
    }

    /// Begins a wait, or makes one due earlier. Under the lock.
    fn arm(&self, tick: Tick) {
        // Relaxed: everyone who acts on it has the lock, or is the owner.
        self.0.store(tick, Relaxed);
    }

    /// Ends the wait if it is due at `now`, and returns when it was; otherwise fails with
    /// the tick at which it will be. Under the lock.
    fn fire(&self, now: Tick) -> Result<Tick, Tick> {
        // Relaxed: the exchange below decides.
        let mut due = self.0.load(Relaxed);
        loop {
            debug_assert!(due & OVER == 0, "only a wait that is not over sits in the wheel");
            if due > now {
                return Err(due);
            }
            // Release: pairs with the Acquire in `look`. On failure the owner has
            // postponed it.
            match self.0.compare_exchange(due, OVER | BUSY, Release, Relaxed) {
                Ok(_) => return Ok(due),
                Err(actual) => due = actual,
            }
        }
    }

    /// Ends the wait because the timer is going. Under the lock.
    fn close(&self) {
        // Release: pairs with the Acquire in `look`.
        self.0.store(OVER | CLOSED | BUSY, Release);
    }

    /// The waiter is taken: under the lock, as the last touch of the entry.
    fn release(&self) {
        // Relaxed: no more than the word is changed, and only its busy bit; nobody but
        // the holder of the lock writes while that is set.
        let word = self.0.load(Relaxed);
        // Release: pairs with the Acquire in `is_released`; the owner may free the entry.
        self.0.store(word & !BUSY, Release);
    }

    /// The owner's word is over, and stays so: there is no wait, and nobody to wake.
    fn is_released(&self) -> bool {
        // Acquire: pairs with the release in `release`.
        let word = self.0.load(Acquire);
        word & OVER != 0 && word & BUSY == 0
    }

    /// The owner found that the deadline has passed, or that the timer is gone. Under
    /// the lock unless the entry never was in the wheel.
    fn end(&self, closed: bool) {
        // Relaxed: the owner is the one to read it.
        self.0.store(if closed { OVER | CLOSED } else { OVER }, Relaxed);
    }
}

impl Entry {
    /// Whether the wait is over, for one reason or another.
    pub(super) fn is_over(&self) -> bool {
        !matches!(self.state.look(), Look::Armed(_))
    }

    /// How the wait ended, if it has.
    pub(super) fn end(&self) -> Option<Result<(), Error>> {
        match self.state.look() {
            Look::Armed(_) => None,
            Look::Elapsed => Some(Ok(())),
            Look::Closed => Some(Err(Error::shutdown())),
        }
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Entry");
        match self.state.look() {
            Look::Armed(tick) => f.field("due_ms", &tick),
            Look::Elapsed => f.field("state", &"elapsed"),
            Look::Closed => f.field("state", &"closed"),
        };
        f.finish_non_exhaustive()
    }
}

/// A waiter whose time has come, to be woken once the locks are free.
pub(super) struct Wake {
    pub(super) tick: Tick,
    pub(super) waiter: Waiter,
}

/// The entries of a wheel whose lock is held.
pub(super) struct Entries {
    _locked: (),
}

impl Entries {
    /// # Safety
    ///
    /// The caller holds the lock of the shard to which all entries belong that are used
    /// through this, for as long as it is used.
    pub(super) unsafe fn of_locked_shard() -> Entries {
        Entries { _locked: () }
    }

    /// Ends the wait of `id`, which is out of the wheel, if it is due at `now`; otherwise
    /// returns when it is.
    pub(super) fn fire(
        &mut self,
        id: NonNull<Entry>,
        now: Tick,
        wake: &mut Vec<Wake>,
    ) -> Option<Tick> {
        // SAFETY: an entry that came out of the wheel under the lock lives until its
        // owner sees it released, or has the lock.
        match unsafe { id.as_ref() }.state.fire(now) {
            Ok(due) => {
                self.finish(id, due, wake);
                None
            }
            Err(due) => Some(due),
        }
    }

    /// Ends the wait of `id`, which is out of the wheel, with an error.
    pub(super) fn close(&mut self, id: NonNull<Entry>, wake: &mut Vec<Wake>) {
        // SAFETY: as in `fire`.
        unsafe { id.as_ref() }.state.close();
        self.finish(id, 0, wake);
    }

    /// Takes the waiter of `id`, whose wait is over, and gives the entry back.
    // By address: a reference that came in as an argument would have to be good until
    // the return, when the owner may have freed the entry already.
    fn finish(&mut self, id: NonNull<Entry>, tick: Tick, wake: &mut Vec<Wake>) {
        // SAFETY: as in `fire`; not used after `release`.
        let entry = unsafe { id.as_ref() };
        let waiter = entry.waiter.take();
        entry.state.release();
        wake.extend(waiter.map(|waiter| Wake { tick, waiter }));
    }
}

impl Nodes for Entries {
    type Id = NonNull<Entry>;

    fn links(&mut self, id: NonNull<Entry>) -> &mut Links<NonNull<Entry>> {
        // SAFETY: who has an `Entries` has the lock, under which alone entries are
        // linked, unlinked, and freed if they were linked.
        let links = unsafe { id.as_ref() }.links.with_mut(|links| links);
        // SAFETY: as above. The borrow of `self` keeps a second one from existing.
        unsafe { &mut *links }
    }

    fn due(&mut self, id: NonNull<Entry>) -> Tick {
        // SAFETY: as in `links`.
        let entry = unsafe { id.as_ref() };
        // Relaxed: a later tick may follow at any time; where the entry is put by this
        // one is early then, which is allowed.
        entry.state.0.load(Relaxed)
    }
}
