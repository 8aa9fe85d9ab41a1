//! Deadlines in buckets: the hierarchical timing wheel.
//!
//! Six levels of 64 buckets. A bucket of level 0 holds the entries of one tick, a bucket of
//! each further level as many ticks as the whole level before it; what lies beyond the
//! top level (2.2 years) waits in a seventh level with one bucket. An entry goes to the
//! level of the highest digit, base 64, in which its tick differs from the wheel's
//! present, and there to the bucket of that digit. When the present reaches the start of a
//! bucket, its entries are due or move to lower levels. Adding and removing take constant
//! time, and an entry moves down at most six times. This is scheme 7 of Varghese and
//! Lauck, "Hashed and Hierarchical Timing Wheels" (1987). Theirs ticks on every level;
//! here a bit for each bucket says which are worth a visit, so that an idle wheel sleeps.
//!
//! An entry may be postponed without a change to the wheel: it stays where it is, too
//! early, and moves on when its bucket comes up ([`Wheel::advance`]) or is about to be
//! slept for ([`Wheel::relink_postponed`]).
//!
//! Used by `shard` for entries that other threads own, and by `delay_queue` for keys of
//! a slab. The wheel knows entries by id, and asks [`Nodes`] for what they carry.
//!
//! Always true: every entry sits in the bucket of a tick after `elapsed`, and not after its
//! own unless that had passed when it was linked. So in each level, the occupied buckets
//! are those after the present one, and lower levels come up before higher ones.
//!
//! Why not a heap? It takes logarithmic time to add and to remove an entry, and most timeouts are
//! removed before they are due.

use super::tick::Tick;
use std::fmt;

const LEVELS: usize = 6;
const BITS: usize = 6;
const BUCKETS: usize = 1 << BITS;
/// The level of what lies beyond the others.
const FAR: usize = LEVELS;

/// Where the entries' links are kept.
pub(super) trait Nodes {
    /// Names an entry.
    type Id: Copy + Eq;

    /// The links of `id`.
    fn links(&mut self, id: Self::Id) -> &mut Links<Self::Id>;

    /// The tick at which `id` is due.
    fn due(&mut self, id: Self::Id) -> Tick;
}

/// An entry's place in a list, and the bucket to which that belongs.
#[derive(Debug)]
pub(super) struct Links<I> {
    prev: Option<I>,
    next: Option<I>,
    bucket: Option<Bucket>,
}

/// One bucket of the wheel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bucket {
    level: u8,
    digit: u8,
}

/// A ring of entries, oldest first.
#[derive(Debug)]
pub(super) struct List<I> {
    head: Option<I>,
}

/// Entries by the time at which they are due.
pub(super) struct Wheel<I> {
    /// The wheel's present.
    elapsed: Tick,
    /// By level, a bit for each bucket that is not empty.
    occupied: [u64; LEVELS + 1],
    len: usize,
    /// By level and digit; none before the first entry comes, for many a runtime has no timer.
    buckets: Box<[List<I>]>,
}

impl<I> Links<I> {
    pub(super) const fn new() -> Links<I> {
        Links { prev: None, next: None, bucket: None }
    }

    /// Whether the entry sits in a wheel.
    pub(super) fn is_linked(&self) -> bool {
        self.bucket.is_some()
    }
}

impl<I: Copy + Eq> Wheel<I> {
    pub(super) fn new() -> Wheel<I> {
        Wheel { elapsed: 0, occupied: [0; LEVELS + 1], len: 0, buckets: Box::default() }
    }

    #[cold]
    fn make_buckets(&mut self) {
        self.buckets = (0..LEVELS * BUCKETS + 1).map(|_| List::new()).collect();
    }

    /// The wheel's present. No entry due before it is left.
    pub(super) fn elapsed(&self) -> Tick {
        self.elapsed
    }

    /// How many entries are in.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Adds `id`, which is due at `due`; at the next tick if that has passed. Returns
    /// when its bucket comes up.
    pub(super) fn link<N: Nodes<Id = I>>(&mut self, nodes: &mut N, id: I, due: Tick) -> Tick {
        debug_assert!(!nodes.links(id).is_linked(), "an entry sits in one bucket at most");
        let bucket = self.bucket_of(due);
        nodes.links(id).bucket = Some(bucket);
        self.len += 1;
        if self.buckets.is_empty() {
            self.make_buckets();
        }
        self.buckets[bucket.index()].push_back(nodes, id);
        self.occupied[usize::from(bucket.level)] |= 1 << bucket.digit;
        self.start_of(bucket)
    }

    /// Removes `id` if it is in the wheel, and says whether it was.
    pub(super) fn unlink<N: Nodes<Id = I>>(&mut self, nodes: &mut N, id: I) -> bool {
        let Some(bucket) = nodes.links(id).bucket.take() else {
            return false;
        };
        self.len -= 1;
        let list = &mut self.buckets[bucket.index()];
        list.remove(nodes, id);
        if list.is_empty() {
            self.occupied[usize::from(bucket.level)] &= !(1 << bucket.digit);
        }
        true
    }

    /// When the next bucket comes up. Its entries may be due later.
    pub(super) fn next(&self) -> Option<Tick> {
        self.first_bucket().map(|bucket| self.start_of(bucket))
    }

    /// When the next bucket comes up, having moved postponed entries out of the way.
    ///
    /// Looks no further than the first entry that is where it belongs, so all calls
    /// together move no more entries than were postponed.
    pub(super) fn relink_postponed<N: Nodes<Id = I>>(&mut self, nodes: &mut N) -> Option<Tick> {
        loop {
            let bucket = self.first_bucket()?;
            let id = self.buckets[bucket.index()].head?;
            let due = nodes.due(id);
            if self.bucket_of(due) == bucket {
                return Some(self.start_of(bucket));
            }
            self.unlink(nodes, id);
            self.link(nodes, id, due);
        }
    }

    /// Moves the present to `now`, unless it is there or further already.
    ///
    /// Takes out every entry whose bucket came up, and offers it to `claim`, which returns
    /// the tick at which it is due if that is yet to come.
    pub(super) fn advance<N: Nodes<Id = I>>(
        &mut self,
        now: Tick,
        nodes: &mut N,
        mut claim: impl FnMut(&mut N, I) -> Option<Tick>,
    ) {
        while let Some(bucket) = self.first_bucket() {
            let start = self.start_of(bucket);
            if start > now {
                break;
            }
            self.elapsed = start;
            self.occupied[usize::from(bucket.level)] &= !(1 << bucket.digit);
            let mut list = std::mem::replace(&mut self.buckets[bucket.index()], List::new());
            while let Some(id) = list.pop_front(nodes) {
                nodes.links(id).bucket = None;
                self.len -= 1;
                if let Some(due) = claim(nodes, id) {
                    self.link(nodes, id, due);
                }
            }
        }
        self.elapsed = self.elapsed.max(now);
    }

    /// Moves the present to `now`, before which no bucket comes up.
    pub(super) fn skip_to(&mut self, now: Tick) {
        debug_assert!(
            self.next().is_none_or(|next| next > now),
            "cannot skip to {now}: a bucket comes up at {:?}",
            self.next(),
        );
        self.elapsed = self.elapsed.max(now);
    }

    /// Takes out every entry.
    pub(super) fn drain<N: Nodes<Id = I>>(
        &mut self,
        nodes: &mut N,
        mut each: impl FnMut(&mut N, I),
    ) {
        while let Some(bucket) = self.first_bucket() {
            let id = self.buckets[bucket.index()].head.expect("an occupied bucket has an entry");
            self.unlink(nodes, id);
            each(nodes, id);
        }
    }

    fn bucket_of(&self, due: Tick) -> Bucket {
        let due = due.max(self.elapsed + 1);
        let differs = (due ^ self.elapsed).ilog2() as usize;
        let level = (differs / BITS).min(FAR);
        let digit = if level == FAR { 0 } else { (due >> (level * BITS)) % BUCKETS as u64 };
        Bucket { level: level as u8, digit: digit as u8 }
    }

    /// The first tick of `bucket`.
    fn start_of(&self, bucket: Bucket) -> Tick {
        let shift = usize::from(bucket.level) * BITS;
        if usize::from(bucket.level) == FAR {
            return ((self.elapsed >> shift) + 1) << shift;
        }
        let level_start = (self.elapsed >> (shift + BITS)) << (shift + BITS);
        level_start + (u64::from(bucket.digit) << shift)
    }

    fn first_bucket(&self) -> Option<Bucket> {
        let level = self.occupied.iter().position(|&buckets| buckets != 0)?;
        let digit = self.occupied[level].trailing_zeros();
        Some(Bucket { level: level as u8, digit: digit as u8 })
    }
}

impl Bucket {
    fn index(self) -> usize {
        usize::from(self.level) * BUCKETS + usize::from(self.digit)
    }
}

impl<I: Copy + Eq> List<I> {
    pub(super) const fn new() -> List<I> {
        List { head: None }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.head.is_none()
    }

    pub(super) fn push_back<N: Nodes<Id = I>>(&mut self, nodes: &mut N, id: I) {
        let head = *self.head.get_or_insert(id);
        let tail = nodes.links(head).prev.unwrap_or(id);
        nodes.links(tail).next = Some(id);
        nodes.links(head).prev = Some(id);
        let links = nodes.links(id);
        (links.prev, links.next) = (Some(tail), Some(head));
    }

    pub(super) fn pop_front<N: Nodes<Id = I>>(&mut self, nodes: &mut N) -> Option<I> {
        let head = self.head?;
        self.remove(nodes, head);
        Some(head)
    }

    /// Removes `id`, which must be in this list.
    pub(super) fn remove<N: Nodes<Id = I>>(&mut self, nodes: &mut N, id: I) {
        let links = nodes.links(id);
        let (prev, next) = (links.prev.take(), links.next.take());
        let (Some(prev), Some(next)) = (prev, next) else {
            unreachable!("an entry in a list has neighbours, if only itself");
        };
        if next == id {
            self.head = None;
            return;
        }
        nodes.links(prev).next = Some(next);
        nodes.links(next).prev = Some(prev);
        if self.head == Some(id) {
            self.head = Some(next);
        }
    }
}

impl<I> fmt::Debug for Wheel<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let buckets: u32 = self.occupied.iter().map(|buckets| buckets.count_ones()).sum();
        f.debug_struct("Wheel")
            .field("elapsed_ms", &self.elapsed)
            .field("occupied_buckets", &buckets)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    struct Entry {
        due: Tick,
        links: Links<usize>,
    }

    impl Nodes for Vec<Entry> {
        type Id = usize;

        fn links(&mut self, id: usize) -> &mut Links<usize> {
            &mut self[id].links
        }

        fn due(&mut self, id: usize) -> Tick {
            self[id].due
        }
    }

    fn due_after(elapsed: Tick, nodes: &mut Vec<Entry>, wheel: &mut Wheel<usize>, by: Tick) {
        let id = nodes.len();
        nodes.push(Entry { due: elapsed + by, links: Links::new() });
        wheel.link(nodes, id, elapsed + by);
    }

    #[derive(Clone, Debug)]
    enum Act {
        Link { after: Tick },
        Unlink { which: usize },
        Postpone { which: usize, by: Tick },
        Advance { by: Tick },
        Settle,
    }

    fn span() -> impl Strategy<Value = Tick> {
        // Each level, and beyond the last, as likely as the others.
        (0..40_u32).prop_flat_map(|bits| 0..=1_u64 << bits)
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            4 => span().prop_map(|after| Act::Link { after }),
            1 => any::<usize>().prop_map(|which| Act::Unlink { which }),
            2 => (any::<usize>(), span()).prop_map(|(which, by)| Act::Postpone { which, by }),
            3 => span().prop_map(|by| Act::Advance { by }),
            1 => Just(Act::Settle),
        ]
    }

    proptest! {
        /// The model is a map from id to the tick at which it is due.
        #[test]
        fn entries_come_out_exactly_when_they_are_due(acts in prop::collection::vec(act(), 1..120)) {
            let mut wheel = Wheel::new();
            let mut nodes: Vec<Entry> = Vec::new();
            let mut model = BTreeMap::new();
            let mut now = 0;
            for act in acts {
                match act {
                    Act::Link { after } => {
                        let id = nodes.len();
                        let due = now + after;
                        nodes.push(Entry { due, links: Links::new() });
                        model.insert(id, due);
                        let start = wheel.link(&mut nodes, id, due);
                        prop_assert!(start > now && start <= due.max(now + 1));
                    }
                    Act::Unlink { which } if !nodes.is_empty() => {
                        let id = which % nodes.len();
                        let was_in = model.remove(&id).is_some();
                        prop_assert_eq!(wheel.unlink(&mut nodes, id), was_in);
                        prop_assert!(!nodes[id].links.is_linked());
                    }
                    Act::Postpone { which, by } if !model.is_empty() => {
                        let id = *model.keys().nth(which % model.len()).unwrap();
                        nodes[id].due += by;
                        *model.get_mut(&id).unwrap() += by;
                    }
                    Act::Advance { by } => {
                        now += by;
                        let mut out = Vec::new();
                        wheel.advance(now, &mut nodes, |nodes, id| {
                            let due = nodes.due(id);
                            if due <= now {
                                out.push(id);
                            }
                            Some(due).filter(|&due| due > now)
                        });
                        out.sort_unstable();
                        // Linked when it was due already: one tick late.
                        let expected: Vec<_> = out.iter().copied().filter(|id| model[id] <= now).collect();
                        prop_assert_eq!(&out, &expected);
                        for id in out {
                            model.remove(&id);
                        }
                        if by > 0 {
                            prop_assert!(model.values().all(|&due| due > now));
                        }
                        prop_assert_eq!(wheel.elapsed(), now);
                    }
                    Act::Settle => {
                        let first = model.values().copied().min();
                        let relinked = wheel.relink_postponed(&mut nodes);
                        prop_assert_eq!(relinked.is_some(), first.is_some());
                        if let (Some(relinked), Some(first)) = (relinked, first) {
                            prop_assert!(relinked > now && relinked <= first.max(now + 1));
                        }
                    }
                    _ => {}
                }
                prop_assert_eq!(wheel.next().is_some(), !model.is_empty());
            }
            let mut left = Vec::new();
            wheel.drain(&mut nodes, |_, id| left.push(id));
            left.sort_unstable();
            prop_assert_eq!(left, model.into_keys().collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_bucket_is_that_of_the_highest_digit_that_differs() {
        let wheel = Wheel::<usize>::new();
        for (due, level, digit) in [
            (1, 0, 1),
            (63, 0, 63),
            (64, 1, 1),
            (4095, 1, 63),
            (4096, 2, 1),
            (5 << 30, 5, 5),
            ((1 << 36) - 1, 5, 63),
            (1 << 36, 6, 0),
            (1 << 59, 6, 0),
        ] {
            assert_eq!(wheel.bucket_of(due), Bucket { level, digit }, "due at {due}");
        }
        assert_eq!(wheel.bucket_of(0), Bucket { level: 0, digit: 1 }, "never in the present");
    }

    #[test]
    fn a_postponed_entry_is_not_slept_for() {
        let (mut wheel, mut nodes) = (Wheel::new(), Vec::new());
        due_after(0, &mut nodes, &mut wheel, 10);
        due_after(0, &mut nodes, &mut wheel, 300);
        nodes[0].due = 5000;
        assert_eq!(wheel.next(), Some(10));
        assert_eq!(wheel.relink_postponed(&mut nodes), Some(256));
        assert_eq!(wheel.next(), Some(256));
    }
}
