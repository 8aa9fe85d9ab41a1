//! The run queue of one thread: a ring that grows.
//!
//! Called by `shared`, for each task that becomes ready and for each that is polled.
//!
//! Always true: `places` has a power of two of places, or none so far. Those from `head` up to
//! `tail` are full, and the others empty; both are counted on for ever, and taken modulo that
//! power.
//!
//! Why not `VecDeque`? Its capacity may be any number, and an index wraps by comparison; here
//! a mask does it, and an empty place says by itself that there is nothing: a few instructions
//! less for each poll.

use std::mem;

/// Places of a ring from its first value on.
const PLACES: usize = 64;

pub(super) struct Ring<T> {
    places: Box<[Option<T>]>,
    head: usize,
    tail: usize,
}

impl<T> Ring<T> {
    pub(super) fn new() -> Ring<T> {
        Ring { places: empty(0), head: 0, tail: 0 }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.tail.wrapping_sub(self.head)
    }

    #[inline]
    fn place(&mut self, at: usize) -> Option<&mut Option<T>> {
        let mask = self.places.len().wrapping_sub(1);
        self.places.get_mut(at & mask)
    }

    #[inline]
    pub(super) fn push_back(&mut self, value: T) {
        if self.len() == self.places.len() {
            self.grow();
        }
        let tail = self.tail;
        let Some(place) = self.place(tail) else { unreachable!("a ring has places") };
        // Nothing to drop: the place is empty.
        mem::forget(place.replace(value));
        self.tail = tail.wrapping_add(1);
    }

    pub(super) fn push_front(&mut self, value: T) {
        if self.len() == self.places.len() {
            self.grow();
        }
        let head = self.head.wrapping_sub(1);
        let Some(place) = self.place(head) else { unreachable!("a ring has places") };
        *place = Some(value);
        self.head = head;
    }

    #[inline]
    pub(super) fn pop_front(&mut self) -> Option<T> {
        let head = self.head;
        let value = self.place(head)?.take()?;
        self.head = head.wrapping_add(1);
        Some(value)
    }

    /// Reverses the order of the values after the first `kept` ones.
    #[inline]
    pub(super) fn reverse_from(&mut self, kept: usize) {
        let mask = self.places.len().wrapping_sub(1);
        let (mut first, mut end) = (self.head.wrapping_add(kept), self.tail);
        while end.wrapping_sub(first) as isize > 1 {
            end = end.wrapping_sub(1);
            self.places.swap(first & mask, end & mask);
            first = first.wrapping_add(1);
        }
    }

    #[cold]
    fn grow(&mut self) {
        let mut places = empty((2 * self.places.len()).max(PLACES));
        let len = self.len();
        for place in &mut places[..len] {
            *place = self.pop_front();
        }
        *self = Ring { places, head: 0, tail: len };
    }
}

fn empty<T>(places: usize) -> Box<[Option<T>]> {
    (0..places).map(|_| None).collect()
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    /// Random pushes and pops, in step with the queue of std.
    #[test]
    fn it_keeps_the_order_of_a_queue_while_it_grows_and_wraps() {
        // Begins near the wrap of the counts.
        let at = usize::MAX - 100;
        let mut ring = Ring { places: empty(4), head: at, tail: at };
        let mut model = VecDeque::new();
        let mut random = 1_u32;
        for n in 0..100_000 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Fills for a while, then drains.
            let fills = 4 + (n / 1000 % 2) * 2;
            match random >> 29 {
                0 => {
                    ring.push_front(n);
                    model.push_front(n);
                }
                choice if choice < fills => {
                    ring.push_back(n);
                    model.push_back(n);
                }
                _ => assert_eq!(ring.pop_front(), model.pop_front()),
            }
            if n % 64 == 0 {
                let kept = model.len() * (random as usize % 4) / 3;
                ring.reverse_from(kept);
                model.make_contiguous()[kept..].reverse();
            }
            assert_eq!(ring.len(), model.len());
        }
        while let Some(n) = model.pop_front() {
            assert_eq!(ring.pop_front(), Some(n));
        }
        assert_eq!(ring.pop_front(), None);
    }

    #[test]
    fn what_is_left_in_it_is_dropped_once() {
        let value = std::rc::Rc::new(());
        let mut ring = Ring::new();
        for _ in 0..100 {
            ring.push_back(value.clone());
        }
        drop(ring.pop_front());
        assert_eq!(std::rc::Rc::strong_count(&value), 100);
        drop(ring);
        assert_eq!(std::rc::Rc::strong_count(&value), 1);
    }
}
