//! A refused waiter against the end of its poll, and against the rescuer.

use super::rescuer::{Deferred, Rescuer};
use crate::park::Token;
use crate::sys::UnsafeCell;
use crate::task::Context;
use loom::sync::atomic::AtomicUsize;
use loom::thread;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::Arc;
use std::task::{Wake, Waker};

/// A waiter that counts its wakes, and ends the sleep of a poll that waits for it.
struct Child {
    wakes: AtomicUsize,
    token: Token,
    /// Written before the waiter is pushed.
    data: UnsafeCell<u32>,
}

// SAFETY: loom checks each access to `data`.
unsafe impl Sync for Child {}

impl Wake for Child {
    fn wake(self: Arc<Self>) {
        // SAFETY: as above.
        self.data.with(|data| assert_eq!(unsafe { *data }, 7));
        self.wakes.fetch_add(1, Release);
        self.token.unpark();
    }
}

impl Child {
    fn new() -> Arc<Child> {
        let wakes = AtomicUsize::new(0);
        Arc::new(Child { wakes, token: Token::new(), data: UnsafeCell::new(0) })
    }

    /// As the child is refused.
    fn is_refused(self: &Arc<Child>, rescuer: &Rescuer, ours: &Deferred) {
        // SAFETY: as above.
        self.data.with_mut(|data| unsafe { *data = 7 });
        let waker = Waker::from(self.clone());
        rescuer.list(ours, Context::from_waker(&waker).waiter());
    }

    fn waits(&self) {
        while self.wakes.load(Acquire) == 0 {
            self.token.park(None);
        }
    }
}

/// A rescuer without a thread, and the list of one that polls.
fn rescuer() -> (Arc<Rescuer>, Arc<Deferred>) {
    let rescuer = Arc::new(Rescuer::new());
    let ours = rescuer.add_thread();
    (rescuer, ours)
}

/// A poll waits for a child that was refused in it: the second look wakes the child. (A child
/// that is forgotten shows as a deadlock.)
#[test]
fn loom_a_child_is_woken_although_its_poll_waits_for_it() {
    loom::model(|| {
        let (rescuer, ours) = rescuer();
        let poll = {
            let rescuer = rescuer.clone();
            thread::spawn(move || {
                let child = Child::new();
                child.is_refused(&rescuer, &ours);
                child.waits();
                assert!(ours.take_rescued());
            })
        };
        rescuer.round(|| ());
        rescuer.round(|| ());
        poll.join().unwrap();
    });
}

/// Another child is refused as the first one is rescued: it is not taken for looked after.
#[test]
fn loom_a_child_that_is_refused_during_a_rescue_is_woken() {
    loom::model(|| {
        let (rescuer, ours) = rescuer();
        let (first, second) = (Child::new(), Child::new());
        first.is_refused(&rescuer, &ours);
        rescuer.round(|| ());
        let poll = {
            let (rescuer, second) = (rescuer.clone(), second.clone());
            thread::spawn(move || {
                second.is_refused(&rescuer, &ours);
                second.waits();
            })
        };
        // Both at once, or the second after two more looks.
        rescuer.round(|| ());
        assert_eq!(first.wakes.load(Relaxed), 1);
        if second.wakes.load(Acquire) == 0 {
            rescuer.round(|| ());
            rescuer.round(|| ());
        }
        poll.join().unwrap();
        assert_eq!(second.wakes.load(Relaxed), 1);
    });
}

/// The poll ends as the rescuer looks: one of the two wakes the child.
#[test]
fn loom_a_child_is_woken_once() {
    loom::model(|| {
        let (rescuer, ours) = rescuer();
        let child = Child::new();
        child.is_refused(&rescuer, &ours);
        rescuer.round(|| ());
        let poll = thread::spawn(move || ours.wake_all());
        rescuer.round(|| ());
        poll.join().unwrap();
        assert_eq!(child.wakes.load(Relaxed), 1);
    });
}
