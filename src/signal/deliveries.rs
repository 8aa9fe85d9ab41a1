//! What any number of listeners learn of one kind of event, where a handler may do as it likes.
//!
//! Called by `windows`, whose handlers run on a thread of their own.
//!
//! Always true: a listener is on the list from its beginning to its end, so a delivery after its
//! look at the count wakes it. Several deliveries may become one item.
//!
//! Why not a descriptor, as on Unix? There a handler may not take a lock.

use std::fmt;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use tokio_executor::coop;
use tokio_executor::internals::wait_list::{Key, WaitList};
use tokio_executor::internals::{inspect, unwind};
use tokio_executor::task::Context;
use tokio_executor::waiter::WaiterCell;

/// The deliveries of one kind.
pub(super) struct Deliveries {
    count: AtomicUsize,
    listeners: Mutex<Listeners>,
}

/// Held for a few moves; never while waking anyone.
struct Listeners {
    /// There was one, ever.
    begun: bool,
    cells: WaitList<Arc<WaiterCell>>,
}

/// One who learns of each delivery from its beginning on.
pub(super) struct Listener {
    of: &'static Deliveries,
    cell: Arc<WaiterCell>,
    key: Key,
    /// The count at the last item.
    reported: usize,
}

impl Deliveries {
    pub(super) const fn new() -> Deliveries {
        let listeners = Listeners { begun: false, cells: WaitList::new() };
        Deliveries { count: AtomicUsize::new(0), listeners: Mutex::new(listeners) }
    }

    fn listeners(&self) -> MutexGuard<'_, Listeners> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells all listeners. False if there never was one.
    pub(super) fn deliver(&self) -> bool {
        let mut woken = Vec::new();
        let listeners = self.listeners();
        if !listeners.begun {
            return false;
        }
        // Release: the Acquire in `poll_cx`; who sees the delivery sees what came before.
        self.count.fetch_add(1, Release);
        listeners.cells.for_each(|cell| woken.push(cell.clone()));
        drop(listeners);
        for cell in woken {
            // A waker that panics must not keep the others from being woken.
            unwind::quietly(|| cell.wake());
        }
        true
    }

    pub(super) fn listen(&'static self) -> Listener {
        let cell = Arc::new(WaiterCell::new());
        let mut listeners = self.listeners();
        listeners.begun = true;
        let key = listeners.cells.push_newest(cell.clone());
        // Under the lock, as a delivery is.
        let reported = self.count.load(Acquire);
        drop(listeners);
        Listener { of: self, cell, key, reported }
    }
}

impl Listener {
    /// Whether there was a delivery since the last one that this returned.
    pub(super) fn poll_cx(&mut self, cx: &Context<'_>) -> Poll<()> {
        inspect::note_wait("console event", self.of);
        // First registered, then looked: a delivery counts, then wakes.
        self.cell.register(cx);
        // Acquire: the Release in `deliver`.
        let count = self.of.count.load(Acquire);
        if count == self.reported || !coop::proceed(cx) {
            return Poll::Pending;
        }
        self.reported = count;
        Poll::Ready(())
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let cell = self.of.listeners().cells.remove(self.key);
        drop(cell);
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("reported", &self.reported).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Deliveries;
    use std::sync::{mpsc, Arc};
    use std::task::{Poll, Wake, Waker};
    use tokio_executor::task::Context;

    struct Tells(mpsc::Sender<()>);

    impl Wake for Tells {
        fn wake(self: Arc<Self>) {
            self.0.send(()).unwrap();
        }
    }

    #[test]
    fn each_listener_learns_once_of_what_came_since_its_last_look() {
        static EVENT: Deliveries = Deliveries::new();
        assert!(!EVENT.deliver(), "nobody ever listened");
        let (tell, told) = mpsc::channel();
        let waker = Waker::from(Arc::new(Tells(tell)));
        let cx = Context::from_waker(&waker);
        let (mut first, mut second) = (EVENT.listen(), EVENT.listen());
        assert!(first.poll_cx(&cx).is_pending(), "that one came before");
        assert!(EVENT.deliver());
        told.try_recv().unwrap();
        assert!(told.try_recv().is_err(), "the second has not waited");
        assert!(EVENT.deliver());
        for listener in [&mut first, &mut second] {
            assert_eq!(listener.poll_cx(&cx), Poll::Ready(()));
            assert!(listener.poll_cx(&cx).is_pending());
        }
        drop(first);
        assert!(EVENT.deliver());
        told.try_recv().unwrap();
        assert!(told.try_recv().is_err(), "the first is gone");
        assert_eq!(second.poll_cx(&cx), Poll::Ready(()));
        drop(second);
        assert!(EVENT.deliver(), "the system is not to do what it did before");
    }
}
