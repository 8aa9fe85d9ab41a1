//! The runtimes of the process.
//!
//! A runtime is entered when it is built. The registry keeps none alive; one that is gone is
//! taken out when the next one comes.

use crate::runtime::metrics::{DriverCounts, RuntimeMetrics};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio_threadpool::internals::WeakSender;
use tokio_threadpool::Sender;

/// What says what a runtime's driver counts.
type Driver = Arc<dyn Fn() -> DriverCounts + Send + Sync>;

struct Entry {
    number: u64,
    pool: WeakSender,
    driver: Driver,
}

/// Held to enter, and to copy; nothing of a caller's runs meanwhile.
static RUNTIMES: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

/// A runtime that is there for as long as this is.
pub(super) struct Found {
    number: u64,
    pub(super) pool: Sender,
    driver: Driver,
}

fn runtimes_locked() -> MutexGuard<'static, Vec<Entry>> {
    RUNTIMES.lock().unwrap_or_else(|e| e.into_inner())
}

/// Enters a runtime.
pub(crate) fn register(pool: &Sender, driver: impl Fn() -> DriverCounts + Send + Sync + 'static) {
    static NUMBERS: AtomicU64 = AtomicU64::new(1);
    // Relaxed: only tells runtimes apart.
    let number = NUMBERS.fetch_add(1, Relaxed);
    let entry = Entry { number, pool: pool.downgrade(), driver: Arc::new(driver) };
    let mut gone = Vec::new();
    let mut runtimes = runtimes_locked();
    for entry in std::mem::take(&mut *runtimes) {
        match entry.pool.upgrade() {
            // What keeps the runtime is dropped below, unlocked: it may be the last that does.
            Some(pool) => {
                gone.push(pool);
                runtimes.push(entry);
            }
            None => drop(entry),
        }
    }
    runtimes.push(entry);
    drop(runtimes);
    drop(gone);
}

/// The runtimes that there are, oldest first.
pub(super) fn runtimes() -> Vec<Found> {
    let runtimes = runtimes_locked();
    let found = |entry: &Entry| {
        let pool = entry.pool.upgrade()?;
        Some(Found { number: entry.number, pool, driver: entry.driver.clone() })
    };
    runtimes.iter().filter_map(found).collect()
}

impl Found {
    /// The start of its threads' names, and its number.
    pub(super) fn name(&self) -> String {
        let prefix = self.pool.name_prefix().unwrap_or("runtime-");
        format!("{prefix}#{}", self.number)
    }

    pub(super) fn metrics(&self) -> RuntimeMetrics {
        RuntimeMetrics::new(self.pool.metrics(), (self.driver)())
    }
}
