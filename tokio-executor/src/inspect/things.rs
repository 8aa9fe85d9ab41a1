//! What is known of locks and channels while somebody looks: who has them, where they were made.
//!
//! Locks and channels call it as they are taken, made and freed; `inspect`'s readers ask by the
//! address of a wait.
//!
//! Always true: the tables are empty while nobody looks, so nothing in them is of a thing that
//! went unseen.
//!
//! Why not fields of the things? All of them would pay with memory, always.

use super::{is_on, lock};
use crate::task::TaskRef;
use std::collections::HashMap;
use std::panic::Location;
use std::sync::Mutex;

/// Who holds which lock, by address. Held to read or change the map.
static HOLDERS: Mutex<Option<HashMap<usize, u64>>> = Mutex::new(None);

/// What was made where, by address. Held to read or change the map.
static MADE: Mutex<Option<HashMap<usize, Made>>> = Mutex::new(None);

/// A thing, and where it was made.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Made {
    /// What it is, such as `oneshot channel`.
    pub what: &'static str,
    /// The place in the source.
    pub at: &'static Location<'static>,
}

/// Nobody looks any more.
pub(super) fn forget() {
    lock(&HOLDERS).take();
    lock(&MADE).take();
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
        Some(id) if is_on() => drop(holders.get_or_insert_default().insert(address, id)),
        _ => drop(holders.as_mut().and_then(|holders| holders.remove(&address))),
    }
}

/// Returns the task that took the lock at `address` since somebody looks, and has it still.
pub fn holder(address: usize) -> Option<u64> {
    lock(&HOLDERS).as_ref()?.get(&address).copied()
}

/// Notes that `of` is a new `what`, made by the caller.
#[inline]
#[track_caller]
pub fn note_made<T: ?Sized>(what: &'static str, of: &T) {
    if is_on() {
        made_now(std::ptr::from_ref(of).addr(), Made { what, at: Location::caller() });
    }
}

#[cold]
#[inline(never)]
fn made_now(address: usize, made: Made) {
    let mut all = lock(&MADE);
    // As in `set_holder`.
    if is_on() {
        all.get_or_insert_default().insert(address, made);
    }
}

/// Notes that `of` is about to go.
#[inline]
pub fn note_gone<T: ?Sized>(of: &T) {
    if is_on() {
        gone_now(std::ptr::from_ref(of).addr());
    }
}

#[cold]
#[inline(never)]
fn gone_now(address: usize) {
    if let Some(made) = lock(&MADE).as_mut() {
        made.remove(&address);
    }
}

/// Returns what was made at `address`, and where, since somebody looks.
pub fn made(address: usize) -> Option<Made> {
    lock(&MADE).as_ref()?.get(&address).copied()
}
