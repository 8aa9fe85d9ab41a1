//! A few things, of which one is as a rule all there are.
//!
//! What the records of tasks hold: the first thing is kept in place, so that a worker allocates
//! nothing for most tasks. A hundred thousand small blocks that a worker allocates and another
//! thread frees cost the worker tens of milliseconds later, as its allocator tidies up.

use std::fmt;

/// A list that keeps its first element in place.
#[derive(Clone, PartialEq, Eq)]
pub struct Few<T> {
    first: Option<T>,
    more: Vec<T>,
}

impl<T> Few<T> {
    pub(super) const fn new() -> Few<T> {
        Few { first: None, more: Vec::new() }
    }

    pub(super) fn push(&mut self, value: T) {
        match &self.first {
            None => self.first = Some(value),
            Some(_) => self.more.push(value),
        }
    }

    /// Returns them in their order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.first.iter().chain(&self.more)
    }

    /// Returns how many they are.
    pub fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.more.len()
    }

    /// Returns whether there is none.
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }
}

impl<T> Default for Few<T> {
    fn default() -> Few<T> {
        Few::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for Few<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
