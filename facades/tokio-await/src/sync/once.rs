//! The place of a value that is set once: given from the start, or set later.

use std::sync::OnceLock;

/// `OnceLock`, but that a `const` can make one with its value in it.
#[derive(Debug)]
pub(super) enum Once<T> {
    Given(T),
    Lock(OnceLock<T>),
}

impl<T> Once<T> {
    pub(super) const fn new() -> Once<T> {
        Once::Lock(OnceLock::new())
    }

    pub(super) fn get(&self) -> Option<&T> {
        match self {
            Once::Given(value) => Some(value),
            Once::Lock(lock) => lock.get(),
        }
    }

    pub(super) fn get_mut(&mut self) -> Option<&mut T> {
        match self {
            Once::Given(value) => Some(value),
            Once::Lock(lock) => lock.get_mut(),
        }
    }

    /// Gives `value` back if there is one.
    pub(super) fn set(&self, value: T) -> Result<(), T> {
        match self {
            Once::Given(_) => Err(value),
            Once::Lock(lock) => lock.set(value),
        }
    }

    pub(super) fn into_inner(self) -> Option<T> {
        match self {
            Once::Given(value) => Some(value),
            Once::Lock(lock) => lock.into_inner(),
        }
    }
}
