//! The messages of a channel, in blocks linked into a list.
//!
//! ```text
//!   oldest           head                          newest (as far as senders know)
//!     |               |                              |
//!     v               v                              v
//!  +-------+       +-------+       +-------+       +-------+
//!  | taken |------>| t t m |------>| m m m |------>| m . m |
//!  +-------+       +-------+       +-------+       +-------+
//! ```
//!
//! A sender takes a ticket, which is the place of its message for all time, finds the
//! block of that place, writes, and marks the cell as full: two atomic instructions, of
//! which the first is retried when another sender drew the ticket. The receiver reads
//! cells in order and, as long as they are full, writes nothing that a sender reads.
//!
//! ```text
//!   tail                             a cell's word
//!   63            1      0
//!  +---------------+--------+        EMPTY (or the mark of an earlier use)
//!  |  next ticket  | closed |          |              |              |
//!  +---------------+--------+          | wait         | push         | abandon
//!                                      v              v              v
//!                                   AWAITED ------> full(i) <---- ABANDONED
//!                                            push           push: the sender
//!                                          and wake         takes its value back
//! ```
//!
//! A receiver that finds a cell empty leaves its mark in that very cell. Both sides
//! change the cell's word in one instruction that also reads it, so one of them comes
//! second and knows of the other: no message wakes a receiver that does not wait, and no
//! wait misses a message. `full(i)` names the ticket, so a block that is used again needs
//! no cleaning.
//!
//! Tickets are counted as `tail` has them, in steps of two, and go on at zero after the last
//! one. Those that are out at the same time, or name a cell that is linked, are never half
//! of all tickets apart: memory has no room for so many cells. So it is the difference of
//! two tickets that says which one is earlier.
//!
//! `closed` is set in the word from which tickets are drawn, and none is drawn after it:
//! the next ticket then is the number of all messages.
//!
//! Blocks of cells in a list, tickets, and the rule by which a block is known to be out of
//! every sender's sight (`Block::left_at`) are those of the channel of tokio (Carl Lerche,
//! tokio-rs/tokio#888). There, ready cells are bits of one word per block, and each message
//! wakes the receiver by its `WaiterCell`; here each has a word beside its value, which is also
//! where the receiver waits. Tickets are drawn there by addition; senders that draw at once
//! then pass the line with the word to and fro for every message. Here one of them fails
//! and backs off a moment, and the other one sends several.
//!
//! Called by `chan`.
//!
//! Always true: the list from `oldest` on is linked in the order of tickets, without a
//! gap. Only the receiver frees or recycles a block, and only one that no sender can
//! reach. Only the holder of a ticket writes its cell, and only the receiver empties it.
//!
//! Why not a queue behind a lock? Senders and the receiver would take turns at it for every
//! message; a receiver that is stopped while it has the lock would stop all senders.

use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use tokio_executor::internals::sys::CachePadded;
use tokio_executor::internals::sys::{spin_loop, AtomicPtr, AtomicUsize, UnsafeCell};

/// Cells in a block: a power of two. Few in a model, so that it gets to see several blocks.
const CELLS: usize = if cfg!(loom) { 2 } else { 32 };

/// How far apart in memory, in cells, the messages of neighbouring tickets lie: on lines of
/// their own, since their senders may be on different processors.
const SPREAD: usize = CELLS.div_ceil(8);

/// How long a sender backs off after it failed to draw a ticket: at first, and at most. In
/// turns of a spin loop, some 20 to 150 cycles each.
const BACKOFF: usize = 4;
const MAX_BACKOFF: usize = 64;

/// How often the receiver tries to link a used block to the end before it frees it.
const RECYCLE_TRIES: usize = 3;

/// From one ticket to the next. The lowest bit of a ticket is clear.
const TICKET: usize = 2;
/// From the first ticket of a block to that of the next: a power of two.
const SPAN: usize = CELLS * TICKET;
/// In `tail`: no more tickets are drawn.
const CLOSED: usize = 1;

/// A cell that was never used. Odd, as are all marks, so that it is no ticket.
const EMPTY: usize = 1;
/// The receiver waits for this cell.
const AWAITED: usize = 3;
/// The receiver is gone: the sender keeps its value.
const ABANDONED: usize = 5;

/// The mark of a cell with the message of `ticket`.
fn full(ticket: usize) -> usize {
    ticket
}

/// The first ticket of the block that has the cell of `ticket`.
fn first_of_block(ticket: usize) -> usize {
    ticket & !(SPAN - 1)
}

/// What senders share.
pub(super) struct List<T> {
    tx: CachePadded<Tx<T>>,
}

struct Tx<T> {
    tail: AtomicUsize,
    /// The block of the next ticket, or one before it.
    newest: AtomicPtr<Block<T>>,
    /// Where the receiver left the first block, for who frees the list.
    oldest: AtomicPtr<Block<T>>,
}

struct Block<T> {
    /// The ticket of the first cell. Changed only while the block is out of the list.
    start: UnsafeCell<usize>,
    next: AtomicPtr<Block<T>>,
    /// Zero, or `tail` with the low bit set, as it was when senders could no longer find
    /// this block: whoever may still be in it has an earlier ticket.
    left_at: AtomicUsize,
    cells: [MessageCell<T>; CELLS],
}

struct MessageCell<T> {
    word: AtomicUsize,
    value: UnsafeCell<MaybeUninit<T>>,
}

/// What a sender must do after its message is in.
#[must_use]
pub(super) enum AfterPush {
    Nothing,
    /// The receiver waits for this very message.
    Wake,
}

/// The receiver's place in the list.
pub(super) struct Rx<T> {
    /// The block that `ticket` is in, or the one before it if that is used up.
    head: NonNull<Block<T>>,
    /// The first block that is not free yet.
    oldest: NonNull<Block<T>>,
    /// That of the next message.
    ticket: usize,
    /// Whether it left a message to its sender, who then may still be on the way to the
    /// cell, from any block there is.
    abandoned: bool,
}

#[cfg(all(test, loom))]
mod loom_tests;

// SAFETY: the list hands each value from its sender to the receiver and never shares one.
unsafe impl<T: Send> Send for List<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for List<T> {}
// SAFETY: as above; and blocks are reached under the rules that stand at the top.
unsafe impl<T: Send> Send for Rx<T> {}
// SAFETY: a shared `Rx` gives access to nothing.
unsafe impl<T: Send> Sync for Rx<T> {}

/// An empty list, and the place of its receiver.
pub(super) fn list<T>() -> (List<T>, Rx<T>) {
    list_from(0)
}

/// A list whose first ticket is `ticket`, the first one of a block.
fn list_from<T>(ticket: usize) -> (List<T>, Rx<T>) {
    debug_assert_eq!(ticket, first_of_block(ticket), "a list begins with a block");
    let block = Block::alloc(ticket);
    let tx = Tx {
        tail: AtomicUsize::new(ticket),
        newest: AtomicPtr::new(block.as_ptr()),
        oldest: AtomicPtr::new(block.as_ptr()),
    };
    (List { tx: CachePadded::new(tx) }, Rx { head: block, oldest: block, ticket, abandoned: false })
}

impl<T> List<T> {
    /// Adds `value` to the end. Gives it back if the list is closed, or the receiver gone.
    #[inline]
    pub(super) fn push(&self, value: T) -> Result<AfterPush, T> {
        match self.draw() {
            Some(ticket) => self.fill(ticket, value),
            None => Err(value),
        }
    }

    /// Puts `value` into the cell of `ticket`, which the caller has drawn.
    #[inline]
    fn fill(&self, ticket: usize, value: T) -> Result<AfterPush, T> {
        let block = self.find(ticket);
        // SAFETY: a block with a ticket that is out is not freed before its cell is full.
        let cell = unsafe { block.as_ref() }.cell(ticket);
        // SAFETY: the cell is this ticket's.
        cell.value.with_mut(|place| unsafe { (*place).write(value) });
        // Release: the receiver sees the value. Nothing is acquired: the cell of the waiter sees
        // to itself, and a mark says all there is to say.
        match cell.word.swap(full(ticket), Release) {
            AWAITED => Ok(AfterPush::Wake),
            ABANDONED => {
                // SAFETY: written above, and a receiver that is gone reads nothing. The
                // block stays: it is freed with the list.
                Err(cell.value.with(|place| unsafe { (*place).assume_init_read() }))
            }
            _ => Ok(AfterPush::Nothing),
        }
    }

    /// Draws a ticket, unless the list is closed.
    #[inline]
    fn draw(&self) -> Option<usize> {
        let mut backoff = BACKOFF;
        loop {
            // Relaxed: the exchange confirms it; and `closed` leads to nothing else.
            let tail = self.tx.tail.load(Relaxed);
            if tail & CLOSED != 0 {
                return None;
            }
            let next = tail.wrapping_add(TICKET);
            // Acquire: the Release with which a block was left. If this ticket comes after
            // that, `newest` is past that block.
            if self.tx.tail.compare_exchange_weak(tail, next, Acquire, Relaxed).is_ok() {
                return Some(tail);
            }
            for _ in 0..backoff {
                spin_loop();
            }
            backoff = MAX_BACKOFF.min(2 * backoff);
        }
    }

    /// The block with the cell of `ticket`, which the caller has drawn and not used.
    #[inline]
    fn find(&self, ticket: usize) -> NonNull<Block<T>> {
        // Acquire: the Release in `leave`; the block is initialised.
        let newest = self.tx.newest.load(Acquire);
        // SAFETY: never null: it starts with a block and moves on to linked ones.
        let block = unsafe { NonNull::new_unchecked(newest) };
        // SAFETY: not freed, since a sender with an unused ticket could find it.
        if unsafe { block.as_ref() }.start() == first_of_block(ticket) {
            block
        } else {
            self.walk(block, ticket)
        }
    }

    /// Goes from `block` on to the one of `ticket`, and takes `newest` along past blocks
    /// that are full.
    #[cold]
    fn walk(&self, mut block: NonNull<Block<T>>, ticket: usize) -> NonNull<Block<T>> {
        let start = first_of_block(ticket);
        let offset = (ticket - start) / TICKET;
        // SAFETY: as in `find`.
        let behind = start.wrapping_sub(unsafe { block.as_ref() }.start()) / SPAN;
        // One sender is enough to move on. The farther behind, the more of them try.
        let mut try_leave = offset < behind;
        loop {
            // SAFETY: as in `find`: blocks from `newest` to that of an unused ticket stay.
            let current = unsafe { block.as_ref() };
            if current.start() == start {
                return block;
            }
            let next = current.next_or_grow();
            try_leave = try_leave && current.is_full() && self.leave(block, next);
            block = next;
        }
    }

    /// Moves `newest` past `block`, which is full. Says whether it was this thread.
    fn leave(&self, block: NonNull<Block<T>>, next: NonNull<Block<T>>) -> bool {
        let newest = &self.tx.newest;
        // Release: the Acquire in `find` sees the next block initialised.
        if newest.compare_exchange(block.as_ptr(), next.as_ptr(), Release, Relaxed).is_err() {
            return false;
        }
        // Release: any ticket drawn after this one comes with the new `newest`. Changes
        // nothing, but must be in the one order of all tickets.
        let tail = self.tx.tail.fetch_or(0, Release);
        // SAFETY: this thread has an unused ticket and found the block, so it is not freed
        // before that ticket is used.
        let left_at = unsafe { &block.as_ref().left_at };
        // Relaxed: the receiver frees the block, or uses it again, once it has taken the message
        // of our ticket, which comes before `tail`. That message orders the rest.
        left_at.store(tail | 1, Relaxed);
        true
    }

    /// Lets no more tickets be drawn. Messages whose tickets are out still come.
    pub(super) fn close(&self) {
        // Release: whoever finds the end sees what came before it.
        self.tx.tail.fetch_or(CLOSED, Release);
    }

    /// Whether no more tickets are drawn.
    pub(super) fn is_closed(&self) -> bool {
        // Acquire: the Release in `close`.
        self.tx.tail.load(Acquire) & CLOSED != 0
    }

    /// Called by the receiver with a block that nobody else can reach: links it to the
    /// end, or frees it if there are blocks enough.
    fn recycle(&self, mut block: NonNull<Block<T>>) {
        // SAFETY: nobody else can reach it.
        let used = unsafe { block.as_mut() };
        used.next = AtomicPtr::new(ptr::null_mut());
        used.left_at = AtomicUsize::new(0);
        // Acquire: as in `find`.
        let mut end = self.tx.newest.load(Acquire);
        for _ in 0..RECYCLE_TRIES {
            // SAFETY: only the receiver frees blocks, and it frees none from `newest` on.
            let last = unsafe { &*end };
            let start = last.start().wrapping_add(SPAN);
            // SAFETY: nobody else can reach it.
            let used = unsafe { block.as_ref() };
            // SAFETY: as above; it is not linked yet.
            used.start.with_mut(|place| unsafe { *place = start });
            // Release: the block is initialised. Acquire, of failure: as is the one that is there.
            match last.next.compare_exchange(ptr::null_mut(), block.as_ptr(), Release, Acquire) {
                Ok(_) => return,
                Err(next) => end = next,
            }
        }
        // SAFETY: `Block::alloc` made it as a box, and it is out of the list.
        drop(unsafe { Box::from_raw(block.as_ptr()) });
    }
}

impl<T> Drop for List<T> {
    fn drop(&mut self) {
        // Relaxed: whoever drops the list has synchronised with the receiver that stored
        // this, and with all senders. They left no message.
        let mut next = NonNull::new(self.tx.oldest.load(Relaxed));
        while let Some(block) = next {
            // SAFETY: nobody is left to reach the block, and its link leads to the next.
            let block = unsafe { Box::from_raw(block.as_ptr()) };
            next = NonNull::new(block.next.load(Relaxed));
        }
    }
}

impl<T> Rx<T> {
    /// Whether the next message is there.
    #[inline]
    pub(super) fn is_ready(&mut self, list: &List<T>) -> bool {
        let full = full(self.ticket);
        match self.front(list) {
            // Acquire: the Release in `push`; the value is there.
            Some(cell) => cell.word.load(Acquire) == full,
            None => false,
        }
    }

    /// Takes the next message, after `is_ready` or `wait` said that it is there.
    #[inline]
    pub(super) fn take(&mut self) -> T {
        // SAFETY: `head` is not freed before the receiver leaves it.
        let cell = unsafe { self.head.as_ref() }.cell(self.ticket);
        debug_assert_eq!(cell.word.load(Relaxed), full(self.ticket), "the next cell is empty");
        // SAFETY: the cell is full, and the step below makes sure that it is read once.
        let value = cell.value.with(|place| unsafe { (*place).assume_init_read() });
        self.ticket = self.ticket.wrapping_add(TICKET);
        value
    }

    /// Leaves a mark in the cell of the next message, so that the sender that fills it wakes
    /// the receiver. Returns whether the message has come instead.
    pub(super) fn wait(&mut self, list: &List<T>) -> bool {
        let full = full(self.ticket);
        let cell = self.front_or_grow(list);
        // Acquire: the Release in `push`.
        let word = cell.word.load(Acquire);
        if word == full || word == AWAITED {
            return word == full;
        }
        // Relaxed: the mark is all that the sender needs, see `List::fill`. Acquire, of failure:
        // we see the value, since nobody else writes here.
        cell.word.compare_exchange(word, AWAITED, Relaxed, Acquire).is_err()
    }

    /// Whether the next message will never come.
    pub(super) fn is_at_end(&self, list: &List<T>) -> bool {
        // Acquire: the Release in `List::close`.
        list.tx.tail.load(Acquire) == self.ticket | CLOSED
    }

    /// How many messages there are, or are on the way, that were not taken.
    pub(super) fn len(&self, list: &List<T>) -> usize {
        // Relaxed: a number, which may be old when it is used.
        let tail = list.tx.tail.load(Relaxed) & !CLOSED;
        tail.wrapping_sub(self.ticket) / TICKET
    }

    /// Takes a message that was sent before the list was closed; those on the way stay
    /// with their senders.
    pub(super) fn abandon_next(&mut self, list: &List<T>) -> Option<T> {
        while !self.is_at_end(list) {
            let full = full(self.ticket);
            let cell = self.front_or_grow(list);
            // Acquire: the Release in `push`.
            let word = cell.word.load(Acquire);
            // Relaxed and Acquire: as in `wait`.
            if word == full
                || cell.word.compare_exchange(word, ABANDONED, Relaxed, Acquire).is_err()
            {
                return Some(self.take());
            }
            self.abandoned = true;
            self.ticket = self.ticket.wrapping_add(TICKET);
        }
        None
    }

    /// Tells the list where its blocks begin. The receiver goes, and has taken everything.
    pub(super) fn leave(&mut self, list: &List<T>) {
        // Relaxed: see `List::drop`.
        list.tx.oldest.store(self.oldest.as_ptr(), Relaxed);
    }

    /// The cell of the next message, if its block is linked.
    #[inline]
    fn front(&mut self, list: &List<T>) -> Option<&MessageCell<T>> {
        // SAFETY: `head` is not freed before the receiver leaves it.
        let head = unsafe { self.head.as_ref() };
        if head.start() != first_of_block(self.ticket) {
            // Acquire: the Release that linked it; the block is initialised.
            let next = NonNull::new(head.next.load(Acquire))?;
            self.advance(next, list);
        }
        // SAFETY: as above.
        Some(unsafe { self.head.as_ref() }.cell(self.ticket))
    }

    fn front_or_grow(&mut self, list: &List<T>) -> &MessageCell<T> {
        // SAFETY: as above.
        let head = unsafe { self.head.as_ref() };
        if head.start() != first_of_block(self.ticket) {
            let next = head.next_or_grow();
            self.advance(next, list);
        }
        // SAFETY: as above.
        unsafe { self.head.as_ref() }.cell(self.ticket)
    }

    /// Goes on to `next`, and recycles what senders have left: unless messages were
    /// abandoned. Then tickets before `ticket` are still out, and what is left of the list
    /// is freed with it.
    fn advance(&mut self, next: NonNull<Block<T>>, list: &List<T>) {
        self.head = next;
        while self.oldest != self.head && !self.abandoned {
            // SAFETY: only the receiver frees blocks, and this one it has not.
            let oldest = unsafe { self.oldest.as_ref() };
            // Relaxed: see `List::leave`.
            let left_at = oldest.left_at.load(Relaxed);
            // Every message with a ticket before `left_at` must be taken first: its sender
            // may have looked for its cell from here.
            if left_at == 0 || (self.ticket.wrapping_sub(left_at & !1) as isize) < 0 {
                break;
            }
            // Relaxed: read before, on the way to `head`.
            let after = NonNull::new(oldest.next.load(Relaxed)).unwrap_or(next);
            let used = std::mem::replace(&mut self.oldest, after);
            list.recycle(used);
        }
    }
}

impl<T> Block<T> {
    fn alloc(start: usize) -> NonNull<Block<T>> {
        let block = Box::new(Block {
            start: UnsafeCell::new(start),
            next: AtomicPtr::new(ptr::null_mut()),
            left_at: AtomicUsize::new(0),
            cells: std::array::from_fn(|_| MessageCell {
                word: AtomicUsize::new(EMPTY),
                value: UnsafeCell::new(MaybeUninit::uninit()),
            }),
        });
        NonNull::from(Box::leak(block))
    }

    #[inline]
    fn start(&self) -> usize {
        // SAFETY: whoever has a reference found the block in the list.
        self.start.with(|start| unsafe { *start })
    }

    #[inline]
    fn cell(&self, ticket: usize) -> &MessageCell<T> {
        let spread = ((ticket / TICKET) & (CELLS - 1)) * SPREAD;
        &self.cells[spread % CELLS + spread / CELLS]
    }

    /// Whether every message of this block has been written.
    fn is_full(&self) -> bool {
        // The last cell is the least likely to be. Acquire: their senders have found the block,
        // and so looked at `newest` before it is moved on.
        let is_full = |ticket: usize| self.cell(ticket).word.load(Acquire) == full(ticket);
        (0..CELLS).rev().all(|at| is_full(self.start() + at * TICKET))
    }

    /// The block after this one; links a new one if there is none.
    fn next_or_grow(&self) -> NonNull<Block<T>> {
        // Acquire: the Release below, and in `recycle`.
        if let Some(next) = NonNull::new(self.next.load(Acquire)) {
            return next;
        }
        let new = Block::alloc(self.start().wrapping_add(SPAN));
        // Release: the block is initialised. Acquire, of failure: or the other one is.
        match self.next.compare_exchange(ptr::null_mut(), new.as_ptr(), Release, Acquire) {
            Ok(_) => new,
            Err(next) => {
                // SAFETY: made above, and nobody else has seen it.
                drop(unsafe { Box::from_raw(new.as_ptr()) });
                // SAFETY: the exchange failed because the link was not null.
                unsafe { NonNull::new_unchecked(next) }
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::Arc;

    /// So many messages before the last ticket.
    fn near_the_end<T>(messages: usize) -> (List<T>, Rx<T>) {
        list_from(first_of_block(0_usize.wrapping_sub(messages * TICKET)))
    }

    fn send(list: &List<Arc<usize>>, n: usize) {
        assert!(matches!(list.push(Arc::new(n)), Ok(AfterPush::Nothing)));
    }

    /// Tickets of 31 bits were counted in 32: a channel died at message 2^31.
    #[test]
    fn a_list_goes_on_after_its_last_ticket() {
        let (list, mut rx) = near_the_end(3 * CELLS);
        for round in 0..8 * CELLS {
            // Several blocks are in use as it happens.
            (0..3).for_each(|n| send(&list, 3 * round + n));
            for n in 0..if round < CELLS { 1 } else { 3 } {
                assert!(rx.is_ready(&list), "message {n} of round {round}");
                rx.take();
            }
        }
        while rx.is_ready(&list) {
            rx.take();
        }
        assert!(!rx.is_at_end(&list));
        list.close();
        assert!(rx.is_at_end(&list));
        assert!(list.push(Arc::new(0)).is_err());
        rx.leave(&list);
    }

    #[test]
    fn senders_and_receiver_pass_the_last_ticket_together() {
        const MESSAGES: usize = if cfg!(miri) { 100 } else { 20_000 };
        let (list, mut rx) = near_the_end(MESSAGES);
        let list = Arc::new(list);
        let senders = [0, 1].map(|sender| {
            let list = list.clone();
            std::thread::spawn(move || {
                for n in 0..MESSAGES {
                    assert!(list.push((sender, n)).is_ok());
                }
            })
        });
        let mut next = [0; 2];
        while next != [MESSAGES; 2] {
            if rx.is_ready(&list) {
                let (sender, n): (usize, usize) = rx.take();
                assert_eq!(std::mem::replace(&mut next[sender], n + 1), n);
            } else {
                std::thread::yield_now();
            }
        }
        for sender in senders {
            sender.join().unwrap();
        }
        rx.leave(&list);
    }

    #[test]
    fn messages_left_around_the_last_ticket_are_dropped_once() {
        let (list, mut rx) = near_the_end(CELLS);
        let message = Arc::new(1);
        for _ in 0..3 * CELLS {
            assert!(list.push(message.clone()).is_ok());
        }
        let late = list.draw().unwrap();
        list.close();
        while let Some(message) = rx.abandon_next(&list) {
            drop(message);
        }
        rx.leave(&list);
        assert!(list.fill(late, message.clone()).is_err());
        assert_eq!(Arc::strong_count(&message), 1);
    }
}
