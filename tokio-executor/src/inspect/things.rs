//! Who has which lock, as far as that is known: while somebody looks.
//!
//! Locks call it as they are taken and given back; `inspect`'s readers ask by the address of a
//! wait.
//!
//! Always true: the table is empty while nobody looks, so nothing in it is of a lock that went
//! unseen.
//!
//! Why not a field of the lock? All of them would pay with memory, always.

use super::{is_on, lock};
use crate::task::TaskRef;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// Who holds which lock, by address. Held to read or change the map, a tree: a hash map of many
/// would be moved as a whole when it grows, while all that take a lock wait.
static HOLDERS: Mutex<BTreeMap<usize, u64>> = Mutex::new(BTreeMap::new());

/// Nobody looks any more.
pub(super) fn forget() {
    let holders = std::mem::take(&mut *lock(&HOLDERS));
    drop(holders);
}

/// Notes that the task that is being polled holds the lock at `address` from now on.
///
/// For locks that one task at a time has: who waits for it waits for that task.
#[inline]
pub fn note_locked(address: usize) {
    if is_on() {
        set_holder(address, TaskRef::running().map(|task| task.id()));
    }
}

/// Notes that nobody holds the lock at `address`.
#[inline]
pub fn note_unlocked(address: usize) {
    if is_on() {
        set_holder(address, None);
    }
}

#[cold]
#[inline(never)]
fn set_holder(address: usize, holder: Option<u64>) {
    let mut holders = lock(&HOLDERS);
    // Looked at again: the last one to look clears the table under this lock.
    match holder {
        Some(id) if is_on() => holders.insert(address, id),
        _ => holders.remove(&address),
    };
}

/// Returns the task that took the lock at `address` since somebody looks, and has it still.
pub fn holder(address: usize) -> Option<u64> {
    lock(&HOLDERS).get(&address).copied()
}
