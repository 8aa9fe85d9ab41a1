//! Something that counts itself while it is there.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::Arc;

/// Counts what is alive.
#[derive(Debug)]
pub struct Alive(Arc<AtomicUsize>);

impl Alive {
    /// Counts one more.
    pub fn new(count: &Arc<AtomicUsize>) -> Alive {
        count.fetch_add(1, SeqCst);
        Alive(count.clone())
    }

    /// Counts one more of the same count.
    pub fn another(&self) -> Alive {
        Alive::new(&self.0)
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}
