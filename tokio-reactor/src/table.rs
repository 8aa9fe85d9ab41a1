//! Every source of one reactor, by number.
//!
//! Sources live in pages that never move and are never freed while anyone refers to
//! them: a registration keeps its page, and the dispatcher a list of all pages, so that
//! neither takes a lock to reach a source. The lock is for taking an entry and giving it
//! back.
//!
//! Called by `registration` to take and give back entries, and by the reactor to dispatch events.
//!
//! Always true: an entry is free, or belongs to one source. Freeing it moves its
//! generation on, so an event under way for the former source finds the entry changed.
//!
//! Why not one allocation per source, and its address as the token? The address must
//! then stay valid until no event can carry it any more, which takes a list of the dead
//! that only the dispatcher may empty, and unsafe code to trust it. A page table costs
//! two more loads per event.

use crate::readiness::{Sides, GENERATION_BITS};
use crate::shared::MAX_NESTED;
use crate::source::Source;
use crate::sys::Watch;
use std::fmt;
use std::sync::Arc;
use tokio_executor::internals::sys::{Mutex, MutexGuard};

/// Sources per page. Small, for a program with few sockets has one page; and the lock
/// is held while a page is made.
pub(crate) const PAGE_LEN: u32 = 32;

/// A row of sources; `O` is how one finds back to the reactor from them.
struct Page<O> {
    owner: O,
    sources: [Source; PAGE_LEN as usize],
}

/// See the top of the file.
pub(crate) struct Table<O> {
    /// Who has which entry. Never held while anything is woken or dropped.
    entries: Mutex<Entries<O>>,
}

struct Entries<O> {
    pages: Vec<Arc<Page<O>>>,
    /// Entries without a source; the last one given back is the first to go, for it is
    /// likely to be in the cache.
    free: Vec<u32>,
    in_use: usize,
    /// Entries taken so far.
    taken: u64,
    closed: bool,
    /// Somebody waits for the last source to go.
    watched: bool,
}

/// One source's place in a table.
pub(crate) struct Entry<O> {
    page: Arc<Page<O>>,
    key: Key,
}

/// Which entry, and which of the sources that have had it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    index: u32,
    generation: u32,
}

/// Why there is no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The reactor has shut down.
    Closed,
    /// There are as many sources as tokens can tell apart.
    Full,
}

/// What follows from giving an entry back.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AfterFree {
    /// It was the last, and somebody waits for that: wake the reactor.
    NowEmpty,
    Nothing,
}

/// How many bits of a token are the entry; the others are the generation.
const INDEX_BITS: u32 = usize::BITS - GENERATION_BITS;

/// The highest numbers stay free: they are the tokens of the reactor's own waker and of nested
/// reactors.
const MAX_ENTRIES: usize = (1 << INDEX_BITS) - 1 - MAX_NESTED;

impl Key {
    /// The token under which the operating system knows the source.
    pub(crate) fn token(self) -> usize {
        (self.generation as usize) << INDEX_BITS | self.index as usize
    }

    pub(crate) fn of_token(token: usize) -> Key {
        Key {
            index: (token & ((1 << INDEX_BITS) - 1)) as u32,
            generation: (token >> INDEX_BITS) as u32,
        }
    }

    const fn page(self) -> usize {
        (self.index / PAGE_LEN) as usize
    }

    const fn place(self) -> usize {
        (self.index % PAGE_LEN) as usize
    }
}

impl<O> Page<O> {
    fn source(&self, key: Key) -> &Source {
        &self.sources[key.place()]
    }
}

/// The dispatcher's own list of the pages: it grows when an event tells of a new page.
pub(crate) struct Pages<O>(Vec<Arc<Page<O>>>);

impl<O> Pages<O> {
    pub(crate) fn new() -> Pages<O> {
        Pages(Vec::new())
    }

    /// Records an event and wakes whom it concerns. One for a source that is no more
    /// changes nothing.
    pub(crate) fn dispatch(&mut self, table: &Table<O>, token: usize, sides: Sides) {
        let key = Key::of_token(token);
        if key.page() >= self.0.len() {
            table.copy_pages(&mut self.0);
        }
        // A token that was never ours, from a source that registers under its own, is
        // past all pages.
        if let Some(page) = self.0.get(key.page()) {
            page.source(key).event(key.generation, sides);
        }
    }
}

impl<O> Entry<O> {
    #[inline]
    pub(crate) fn source(&self) -> &Source {
        self.page.source(self.key)
    }

    pub(crate) fn owner(&self) -> &O {
        &self.page.owner
    }

    pub(crate) fn token(&self) -> usize {
        self.key.token()
    }
}

impl<O> Table<O> {
    pub(crate) fn new() -> Table<O> {
        let (pages, free) = (Vec::new(), Vec::new());
        let entries = Entries { pages, free, in_use: 0, taken: 0, closed: false, watched: false };
        Table { entries: Mutex::new(entries) }
    }

    /// Takes an entry for a new source, ready for what is `assumed` of it.
    pub(crate) fn insert(&self, assumed: Sides, owner: &O) -> Result<Entry<O>, Refused>
    where
        O: Clone,
    {
        let mut entries = self.lock();
        if entries.closed {
            return Err(Refused::Closed);
        }
        if entries.free.is_empty() {
            entries.grow(owner)?;
        }
        let index = entries.free.pop().ok_or(Refused::Full)?;
        entries.in_use += 1;
        entries.taken += 1;
        let mut key = Key { index, generation: 0 };
        let page = entries.pages[key.page()].clone();
        key.generation = page.source(key).assign(assumed);
        Ok(Entry { page, key })
    }

    /// Gives the entry back. Its waiters are dropped, not woken.
    pub(crate) fn remove(&self, entry: &Entry<O>) -> AfterFree {
        // Outside the lock: dropping a waiter may drop a whole task, and with it
        // further sources.
        drop(entry.source().retire());
        let mut entries = self.lock();
        debug_assert!(entries.in_use > 0, "entry {} freed twice", entry.key.index);
        entries.in_use -= 1;
        entries.free.push(entry.key.index);
        if entries.in_use == 0 && entries.watched {
            AfterFree::NowEmpty
        } else {
            AfterFree::Nothing
        }
    }

    /// From now on, the return of the last entry is reported to the caller.
    pub(crate) fn watch_idle(&self) {
        self.lock().watched = true;
    }

    pub(crate) fn in_use(&self) -> usize {
        self.lock().in_use
    }

    /// Entries in use, and entries taken so far.
    pub(crate) fn counts(&self) -> (usize, u64) {
        let entries = self.lock();
        (entries.in_use, entries.taken)
    }

    /// Adds to `pages` those that it does not have yet.
    fn copy_pages(&self, pages: &mut Vec<Arc<Page<O>>>) {
        let entries = self.lock();
        let known = pages.len();
        pages.extend_from_slice(&entries.pages[known..]);
    }

    /// Refuses new sources from now on, and tells every present one that its reactor
    /// is gone.
    pub(crate) fn close(&self) {
        let pages = {
            let mut entries = self.lock();
            entries.closed = true;
            entries.pages.clone()
        };
        for page in pages {
            page.sources.iter().for_each(Source::close);
        }
    }

    /// Gives the platform what it keeps of the source at `key`.
    #[cfg_attr(
        not(any(target_os = "linux", target_os = "android", windows)),
        allow(dead_code, reason = "the others keep nothing")
    )]
    pub(crate) fn with_watch<R>(&self, key: Key, with: impl FnOnce(&Watch) -> R) -> Option<R> {
        let page = self.lock().pages.get(key.page()).cloned();
        page.map(|page| with(page.source(key).watch()))
    }

    /// Whether `is_it` says so of any source. Looks at every one.
    #[cfg_attr(
        not(any(target_os = "linux", target_os = "android")),
        allow(dead_code, reason = "only epoll has to ask")
    )]
    pub(crate) fn any_watch(&self, is_it: impl Fn(&Watch) -> bool) -> bool {
        let entries = self.lock();
        let mut sources = entries.pages.iter().flat_map(|page| &page.sources);
        sources.any(|source| is_it(source.watch()))
    }

    fn lock(&self) -> MutexGuard<'_, Entries<O>> {
        // Nothing that can panic leaves the entries half changed.
        self.entries.lock().unwrap_or_else(|e| e.into_inner())
    }
}

impl<O: Clone> Entries<O> {
    fn grow(&mut self, owner: &O) -> Result<(), Refused> {
        let first = self.pages.len() * PAGE_LEN as usize;
        if first + PAGE_LEN as usize > MAX_ENTRIES {
            return Err(Refused::Full);
        }
        let sources = std::array::from_fn(|_| Source::new());
        self.pages.push(Arc::new(Page { owner: owner.clone(), sources }));
        let first = first as u32;
        self.free.extend((first..first + PAGE_LEN).rev());
        Ok(())
    }
}

impl<O> fmt::Debug for Entry<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("key", &self.key).field("source", self.source()).finish()
    }
}

impl<O> fmt::Debug for Table<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("in_use", &self.in_use()).finish_non_exhaustive()
    }
}
