//! Random numbers, for which branch of a [`select!`](crate::select) is polled first.
//!
//! Each thread has a generator of its own. A runtime with a seed (`Builder::rng_seed`) gives each
//! thread that runs its tasks or blocks on its futures a state that follows from the seed.
//!
//! Called by the code that `select!` expands to, and by `runtime`.
//!
//! Always true: no state is 0, which a generator could not leave.
//!
//! Why not a published crate? Eight lines serve, and nothing that matters hangs on them.

use std::cell::Cell;
use std::collections::hash_map::DefaultHasher;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::{Mutex, PoisonError};

thread_local! {
    static STATE: Cell<u64> = Cell::new(not_zero(RandomState::new().hash_one(0)));
}

fn not_zero(state: u64) -> u64 {
    if state == 0 {
        1
    } else {
        state
    }
}

/// Returns a number below `n`.
// Hidden: what a macro expands to.
#[doc(hidden)]
pub fn thread_rng_n(n: u32) -> u32 {
    STATE.with(|state| {
        // Xorshift: George Marsaglia, "Xorshift RNGs", 2003, with the shifts 13, 7, 17.
        let mut x = state.get();
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        state.set(x);
        ((x >> 32) as u32) % n
    })
}

/// Where the random numbers of a runtime begin; see
/// [`Builder::rng_seed`](crate::runtime::Builder::rng_seed).
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::runtime::{Builder, RngSeed};
///
/// let seed = RngSeed::from_bytes(b"as in the run that failed");
/// let runtime = Builder::new_current_thread().rng_seed(seed).build().unwrap();
/// # drop(runtime);
/// ```
#[derive(Clone)]
pub struct RngSeed {
    state: u64,
}

impl RngSeed {
    /// Returns the seed that belongs to `bytes`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let seed = tokio::runtime::RngSeed::from_bytes(b"make me a seed");
    /// # drop(seed);
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> RngSeed {
        // Its keys are constant: equal bytes give equal seeds, in each run.
        let mut hasher = DefaultHasher::new();
        hasher.write(bytes);
        RngSeed { state: not_zero(hasher.finish()) }
    }
}

impl fmt::Debug for RngSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RngSeed").field("state", &self.state).finish()
    }
}

/// The seeds of a runtime's threads.
pub(crate) struct Seeds {
    seed: u64,
    /// How many were taken: by workers, and by threads that block on a future. Apart, so that it
    /// does not matter when a worker starts. Held to take the next.
    taken: Mutex<[u64; 2]>,
}

impl Seeds {
    pub(crate) fn new(seed: &RngSeed) -> Seeds {
        Seeds { seed: seed.state, taken: Mutex::new([0, 0]) }
    }

    /// Gives this thread, which is a worker's or is to block on a future, the next seed, until what
    /// is returned is dropped.
    pub(crate) fn seed_thread(&self, is_worker: bool) -> Seeded {
        let number = {
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            let taken = &mut taken[usize::from(is_worker)];
            *taken += 1;
            *taken
        };
        let mut hasher = DefaultHasher::new();
        (self.seed, is_worker, number).hash(&mut hasher);
        Seeded { former: STATE.replace(not_zero(hasher.finish())) }
    }
}

/// This thread has a seed of a runtime.
///
/// # Dropping
///
/// Gives it the state that it had before.
pub(crate) struct Seeded {
    former: u64,
}

impl Drop for Seeded {
    fn drop(&mut self) {
        STATE.set(self.former);
    }
}
