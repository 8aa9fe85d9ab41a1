//! A list of messages with its senders counted and its receiver's task kept.
//!
//! What the two kinds of channel have in common.
//!
//! Called by `bounded` and `unbounded`.
//!
//! Always true: the receiver registers its task before it marks a cell or looks for the
//! end, and a sender fills its cell, or sets the end, before it wakes.
//!
//! Why a count of senders beside an `Arc`'s? The receiver holds the channel as well, and has to
//! learn when the last sender goes, not the last owner.

use super::list::{self, AfterPush, List, Rx};
use crate::sync::budget;
use crate::sync::notify::Notify;
use std::sync::atomic::Ordering::{AcqRel, Relaxed};
use std::task::Poll;
use tokio_executor::coop;
use tokio_executor::internals::inspect::{Kind, Place};
use tokio_executor::internals::sys::CachePadded;
use tokio_executor::internals::sys::{yield_now, AtomicUsize};
use tokio_executor::task::Context;
use tokio_executor::waiter::WaiterCell;

pub(super) struct Chan<T> {
    list: List<T>,
    rx_waiter: CachePadded<WaiterCell>,
    senders: AtomicUsize,
    weak_senders: AtomicUsize,
    /// Rings for senders that wait for the receiver to be gone.
    gone: Notify,
    /// Where it was made.
    made: Place,
}

/// A channel with one sender, and the place of its receiver.
#[track_caller]
pub(super) fn chan<T>() -> (Chan<T>, Rx<T>) {
    let (list, rx) = list::list();
    let chan = Chan {
        list,
        rx_waiter: CachePadded::new(WaiterCell::new()),
        senders: AtomicUsize::new(1),
        weak_senders: AtomicUsize::new(0),
        gone: Notify::new(),
        made: Place::here(),
    };
    (chan, rx)
}

impl<T> Chan<T> {
    /// Sends `value`; gives it back if nobody will receive it.
    #[inline]
    pub(super) fn send(&self, value: T) -> Result<(), T> {
        match self.list.push(value)? {
            AfterPush::Nothing => {}
            AfterPush::Wake => self.wake_receiver(),
        }
        Ok(())
    }

    #[cold]
    pub(super) fn wake_receiver(&self) {
        self.rx_waiter.wake();
    }

    /// No message is accepted any more; those that were are still to be received.
    pub(super) fn close(&self) {
        self.list.close();
    }

    /// Whether it was closed, or is at its end.
    pub(super) fn is_closed(&self) -> bool {
        self.list.is_closed()
    }

    /// The receiver is gone or has closed the channel: wakes senders that wait for that.
    #[cold]
    pub(super) fn tell_senders(&self) {
        self.gone.notify_waiters();
    }

    /// Waits until `is_closed`, which becomes so before `tell_senders`.
    pub(super) async fn until_told(&self, is_closed: impl Fn() -> bool) {
        budget::spend().await;
        loop {
            let notified = self.gone.notified();
            if is_closed() {
                return;
            }
            notified.await;
        }
    }

    pub(super) fn add_sender(&self) {
        // Relaxed: the caller is a sender, so the count is not zero.
        self.senders.fetch_add(1, Relaxed);
    }

    /// One more sender, unless the last one has gone.
    pub(super) fn try_add_sender(&self) -> bool {
        // Relaxed: a first guess.
        let mut senders = self.senders.load(Relaxed);
        while senders > 0 {
            // Relaxed: as above, with a sender that is there at this moment.
            match self.senders.compare_exchange_weak(senders, senders + 1, Relaxed, Relaxed) {
                Ok(_) => return true,
                Err(actual) => senders = actual,
            }
        }
        false
    }

    pub(super) fn sender_count(&self) -> usize {
        // Relaxed: a statistic.
        self.senders.load(Relaxed)
    }

    pub(super) fn weak_sender_count(&self) -> usize {
        // Relaxed: a statistic.
        self.weak_senders.load(Relaxed)
    }

    pub(super) fn add_weak_sender(&self) {
        // Relaxed: a statistic.
        self.weak_senders.fetch_add(1, Relaxed);
    }

    pub(super) fn remove_weak_sender(&self) {
        // Relaxed: a statistic.
        self.weak_senders.fetch_sub(1, Relaxed);
    }

    /// The messages that `rx` has yet to take.
    pub(super) fn len(&self, rx: &Rx<T>) -> usize {
        rx.len(&self.list)
    }

    /// A sender goes. The last one ends the channel.
    pub(super) fn remove_sender(&self) {
        // Release: the last sender's end comes after what the others sent. Acquire: and
        // it is the last sender that sees to that.
        if self.senders.fetch_sub(1, AcqRel) == 1 {
            self.close();
            self.wake_receiver();
        }
    }
}

static RECEIVER: Kind = Kind { wait: "mpsc receiver", of: "mpsc channel" };

impl<T> Rx<T> {
    /// The next message, `None` at the end; otherwise the task is woken when there is
    /// either.
    #[inline]
    pub(super) fn poll(&mut self, chan: &Chan<T>, cx: &Context<'_>) -> Poll<Option<T>> {
        if !self.is_ready(&chan.list) {
            if self.is_at_end(&chan.list) {
                return Poll::Ready(None);
            }
            let address = std::ptr::from_ref(chan).addr();
            chan.rx_waiter.register_at(cx, &RECEIVER, address, chan.made);
            if !self.wait(&chan.list) {
                return if self.is_at_end(&chan.list) { Poll::Ready(None) } else { Poll::Pending };
            }
        }
        if !coop::proceed(cx) {
            return Poll::Pending;
        }
        Poll::Ready(Some(self.take()))
    }

    /// The next message, if one was sent; `None` also at the end.
    pub(super) fn try_recv(&mut self, chan: &Chan<T>) -> Option<T> {
        while !self.is_ready(&chan.list) {
            if self.len(&chan.list) == 0 {
                return None;
            }
            // A sender has drawn its ticket and is about to fill the cell. Others may have
            // sent after it, and woken this thread.
            yield_now();
        }
        Some(self.take())
    }

    /// Whether all was taken, and nothing will come.
    pub(super) fn is_ended(&self, chan: &Chan<T>) -> bool {
        self.is_at_end(&chan.list)
    }

    /// Takes messages that are there into `buffer`, `most` at most. Says how many.
    pub(super) fn drain(&mut self, chan: &Chan<T>, buffer: &mut Vec<T>, most: usize) -> usize {
        let mut taken = 0;
        while taken < most && self.is_ready(&chan.list) {
            buffer.push(self.take());
            taken += 1;
        }
        taken
    }

    /// The receiver goes, and with it all messages.
    pub(super) fn retire(&mut self, chan: &Chan<T>) {
        chan.close();
        Retiring { rx: self, chan }.drop_messages();
    }
}

/// Drops what was sent, also when a message panics while it is dropped.
struct Retiring<'a, T> {
    rx: &'a mut Rx<T>,
    chan: &'a Chan<T>,
}

impl<T> Retiring<'_, T> {
    fn drop_messages(&mut self) {
        while let Some(message) = self.rx.abandon_next(&self.chan.list) {
            drop(message);
        }
    }
}

impl<T> Drop for Retiring<'_, T> {
    fn drop(&mut self) {
        self.drop_messages();
        self.rx.leave(&self.chan.list);
        drop(self.chan.rx_waiter.take());
        self.chan.tell_senders();
    }
}
