//! A queue from whose middle an entry can be taken by its key.
//!
//! Called by whatever many tasks may wait for, to keep them in the order in which they came: a
//! source of the reactor, a channel, a lock. One that gives up leaves at once: were it only
//! marked, a task that asks and gives up over and over while nothing happens would make the queue
//! grow without bound.
//!
//! Always true: a key leads to its entry until that is removed, also while the entry is detached
//! from the queue. A key must not be used after that: its place is given to a later entry.
//!
//! Why not `VecDeque`? It cannot give up an entry of its middle in constant time. Why not
//! links inside the entries? They would need `unsafe`; indices into one vector do not.

/// Where an entry sits. Valid until the entry is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(u32);

/// No entry.
const NONE: u32 = u32::MAX;
/// In `older`: the entry has left the chain, and stays for its owner to take.
const DETACHED: u32 = u32::MAX - 1;

/// See the top of the file.
#[derive(Debug)]
pub struct WaitList<T> {
    /// Entries and free places mixed. An entry is on the chain from `oldest` or detached; a free
    /// place is on the chain from `free`.
    places: Vec<Place<T>>,
    oldest: u32,
    newest: u32,
    /// Chain of free places, linked through `newer`.
    free: u32,
}

#[derive(Debug)]
struct Place<T> {
    entry: Option<T>,
    older: u32,
    newer: u32,
}

impl<T> WaitList<T> {
    /// Returns an empty list. Takes no memory until something is added.
    pub const fn new() -> WaitList<T> {
        WaitList { places: Vec::new(), oldest: NONE, newest: NONE, free: NONE }
    }

    /// Returns whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.oldest == NONE
    }

    fn place(&self, at: u32) -> Option<&Place<T>> {
        self.places.get(at as usize)
    }

    fn place_mut(&mut self, at: u32) -> Option<&mut Place<T>> {
        self.places.get_mut(at as usize)
    }

    /// Adds `entry` behind all others.
    ///
    /// # Panics
    ///
    /// If there are 2^32 - 2 entries.
    pub fn push_newest(&mut self, entry: T) -> Key {
        let place = Place { entry: Some(entry), older: self.newest, newer: NONE };
        let at = if self.free == NONE {
            let at = u32::try_from(self.places.len()).unwrap_or(NONE);
            assert!(at < DETACHED, "too many tasks wait for one thing");
            self.places.push(place);
            at
        } else {
            let at = self.free;
            let free = &mut self.places[at as usize];
            self.free = free.newer;
            *free = place;
            at
        };
        match self.newest {
            NONE => self.oldest = at,
            newest => self.places[newest as usize].newer = at,
        }
        self.newest = at;
        Key(at)
    }

    /// Shows every entry, oldest first.
    pub fn for_each(&self, mut f: impl FnMut(&T)) {
        let mut at = self.oldest;
        while let Some(place) = self.place(at) {
            place.entry.iter().for_each(&mut f);
            at = place.newer;
        }
    }

    /// Returns the entry behind `key`, if there is one.
    pub fn get(&self, key: Key) -> Option<&T> {
        self.place(key.0)?.entry.as_ref()
    }

    /// Shows every entry, oldest first, to be changed.
    pub fn for_each_mut(&mut self, mut f: impl FnMut(&mut T)) {
        let mut at = self.oldest;
        while let Some(place) = self.place_mut(at) {
            place.entry.iter_mut().for_each(&mut f);
            at = place.newer;
        }
    }

    /// Returns the entry behind `key`, if there is one, to be changed.
    pub fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        self.place_mut(key.0)?.entry.as_mut()
    }

    /// Returns the entry that has waited longest.
    pub fn oldest_mut(&mut self) -> Option<&mut T> {
        self.place_mut(self.oldest)?.entry.as_mut()
    }

    /// Returns the entry that came last.
    pub fn newest(&self) -> Option<&T> {
        self.place(self.newest)?.entry.as_ref()
    }

    /// Takes the entry that has waited longest off the queue, and leaves it in its place until
    /// whoever added it takes it with [`remove`](WaitList::remove).
    pub fn detach_oldest(&mut self) -> Option<&mut T> {
        self.detach(self.oldest)
    }

    /// Works like [`detach_oldest`](WaitList::detach_oldest), the entry that came last.
    pub fn detach_newest(&mut self) -> Option<&mut T> {
        self.detach(self.newest)
    }

    fn detach(&mut self, at: u32) -> Option<&mut T> {
        let place = self.place_mut(at)?;
        let (older, newer) = (place.older, place.newer);
        place.older = DETACHED;
        self.unlink(older, newer);
        self.place_mut(at)?.entry.as_mut()
    }

    /// Takes the entry that has waited longest.
    pub fn pop_oldest(&mut self) -> Option<T> {
        self.remove(Key(self.oldest))
    }

    /// Takes the entry behind `key`, if there is one.
    pub fn remove(&mut self, key: Key) -> Option<T> {
        let free = self.free;
        let place = self.place_mut(key.0)?;
        let entry = place.entry.take()?;
        let (older, newer) = (place.older, place.newer);
        place.newer = free;
        self.free = key.0;
        if older != DETACHED {
            self.unlink(older, newer);
        }
        Some(entry)
    }

    /// Joins the neighbours of an entry that leaves the chain.
    fn unlink(&mut self, older: u32, newer: u32) {
        match older {
            NONE => self.oldest = newer,
            older => self.places[older as usize].newer = newer,
        }
        match newer {
            NONE => self.newest = older,
            newer => self.places[newer as usize].older = older,
        }
    }
}

impl<T> Default for WaitList<T> {
    fn default() -> WaitList<T> {
        WaitList::new()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn entries_leave_in_order_and_from_the_middle() {
        let mut list = WaitList::new();
        let keys: Vec<Key> = (0..4).map(|n| list.push_newest(n)).collect();
        assert_eq!(list.remove(keys[1]), Some(1));
        assert_eq!(list.remove(keys[1]), None, "taken twice");
        assert_eq!(list.pop_oldest(), Some(0));
        assert_eq!(list.remove(keys[3]), Some(3));
        assert_eq!(list.pop_oldest(), Some(2));
        assert!(list.is_empty() && list.pop_oldest().is_none());
    }

    /// It had an identity by a block of its own, which every wait allocated.
    #[test]
    fn a_detached_entry_stays_until_its_owner_takes_it() {
        let mut list = WaitList::new();
        let keys: Vec<Key> = (0..4).map(|n| list.push_newest(n)).collect();
        assert_eq!(list.detach_oldest(), Some(&mut 0));
        assert_eq!(list.detach_newest(), Some(&mut 3));
        assert_eq!(list.get(keys[0]), Some(&0));
        let late = list.push_newest(4);
        let mut seen = Vec::new();
        list.for_each(|n| seen.push(*n));
        assert_eq!(seen, [1, 2, 4], "detached entries are not in the queue");
        assert_eq!(list.remove(keys[3]), Some(3));
        assert_eq!(list.remove(keys[0]), Some(0));
        assert_eq!(list.remove(keys[0]), None, "taken twice");
        assert_eq!([list.pop_oldest(), list.remove(late), list.pop_oldest()], [1, 4, 2].map(Some));
        assert!(list.is_empty() && list.detach_oldest().is_none());
    }

    #[test]
    fn places_are_used_again() {
        let mut list = WaitList::new();
        for round in 0..100 {
            let key = list.push_newest(round);
            assert_eq!(list.get(key), Some(&round));
            assert_eq!(list.remove(key), Some(round));
        }
        assert_eq!(list.places.len(), 1);
    }
}
