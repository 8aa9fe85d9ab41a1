//! Wakers that come back, panic, or drop things, put into every cell of `tokio::sync`.
//!
//! A waker may run any code when it is cloned, woken or dropped. Whatever it does, the
//! primitive must not deadlock, and must work afterwards.
#![cfg(all(feature = "sync", not(loom)))]

use test_support::evil::{everywhere, Evil, On, Poller, WORLDS};

use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use test_support::counting::Counter;
use tokio::sync::lock::Lock;
use tokio::sync::notify::{Notify, OwnedNotified};
use tokio::sync::rwlock::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};
use tokio::sync::semaphore::{Permit, Semaphore};
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio_executor::task::Context;

/// A primitive with one task that waits in it.
trait Subject {
    /// Waits, as the task of `cx`. Says whether the wait is over.
    fn wait(&mut self, cx: &Context<'_>) -> bool;
    /// Makes the event happen.
    fn happen(&mut self);
    /// Does, from inside a waker, all that another handle can do meanwhile.
    fn back(&self) -> Box<dyn FnMut() + Send>;
}

struct UnboundedReceiver {
    tx: mpsc::UnboundedSender<u8>,
    rx: mpsc::UnboundedReceiver<u8>,
}

impl Subject for UnboundedReceiver {
    fn wait(&mut self, cx: &Context<'_>) -> bool {
        self.rx.poll_recv_cx(cx).is_ready()
    }
    fn happen(&mut self) {
        self.tx.try_send(1).unwrap();
    }
    fn back(&self) -> Box<dyn FnMut() + Send> {
        let mut tx = self.tx.clone();
        Box::new(move || {
            tx.try_send(2).unwrap();
            drop(tx.clone());
        })
    }
}

struct BoundedReceiver {
    tx: mpsc::Sender<u8>,
    rx: mpsc::Receiver<u8>,
}

impl Subject for BoundedReceiver {
    fn wait(&mut self, cx: &Context<'_>) -> bool {
        self.rx.poll_recv_cx(cx).is_ready()
    }
    fn happen(&mut self) {
        self.tx.try_send(1).unwrap();
    }
    fn back(&self) -> Box<dyn FnMut() + Send> {
        let mut tx = self.tx.clone();
        Box::new(move || {
            let _ = Counter::new().poll(|cx| tx.poll_ready_cx(cx));
            tx.try_send(2).unwrap();
            drop(tx.clone());
        })
    }
}

struct BoundedSender {
    tx: mpsc::Sender<u8>,
    rx: Arc<Mutex<mpsc::Receiver<u8>>>,
}

impl Subject for BoundedSender {
    fn wait(&mut self, cx: &Context<'_>) -> bool {
        self.tx.poll_ready_cx(cx).is_ready()
    }
    fn happen(&mut self) {
        let counter = Counter::new();
        let mut rx = self.rx.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        assert!(counter.poll(|cx| rx.poll_recv_cx(cx)).is_ready());
    }
    fn back(&self) -> Box<dyn FnMut() + Send> {
        let mut tx = self.tx.clone();
        Box::new(move || {
            let _ = Counter::new().poll(|cx| tx.poll_ready_cx(cx));
            drop(tx.clone());
        })
    }
}

struct Acquire {
    semaphore: Arc<Semaphore>,
    permit: Permit,
}

impl Subject for Acquire {
    fn wait(&mut self, cx: &Context<'_>) -> bool {
        self.permit.poll_acquire_cx(cx, &self.semaphore).is_ready()
    }
    fn happen(&mut self) {
        self.semaphore.add_permits(1);
    }
    fn back(&self) -> Box<dyn FnMut() + Send> {
        let semaphore = self.semaphore.clone();
        Box::new(move || {
            let mut permit = Permit::new();
            let _ = Counter::new().poll(|cx| permit.poll_acquire_cx(cx, &semaphore));
            let _ = permit.try_acquire(&semaphore);
            permit.release(&semaphore);
            semaphore.add_permits(1);
        })
    }
}

struct TakeLock {
    lock: Lock<u8>,
    guard: Option<tokio::sync::lock::LockGuard<u8>>,
}

impl Subject for TakeLock {
    fn wait(&mut self, cx: &Context<'_>) -> bool {
        self.lock.poll_lock_cx(cx).is_ready()
    }
    fn happen(&mut self) {
        self.guard = None;
    }
    fn back(&self) -> Box<dyn FnMut() + Send> {
        let mut lock = self.lock.clone();
        Box::new(move || {
            let _ = Counter::new().poll(|cx| lock.poll_lock_cx(cx));
            drop(lock.clone());
        })
    }
}

struct OneshotReceiver {
    tx: Arc<Mutex<Option<oneshot::Sender<u8>>>>,
    rx: oneshot::Receiver<u8>,
}

/// Takes the handle out first: sending may lead back here.
fn take<T>(handle: &Mutex<Option<T>>) -> Option<T> {
    handle.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take()
}

impl Subject for OneshotReceiver {
    fn wait(&mut self, cx: &Context<'_>) -> bool {
        self.rx.poll_recv_cx(cx).is_ready()
    }
    fn happen(&mut self) {
        take(&self.tx).map(|tx| tx.send(1));
    }
    fn back(&self) -> Box<dyn FnMut() + Send> {
        let tx = self.tx.clone();
        Box::new(move || {
            take(&tx).map(|tx| tx.send(2));
        })
    }
}

struct OneshotSender {
    tx: oneshot::Sender<u8>,
    rx: Arc<Mutex<Option<oneshot::Receiver<u8>>>>,
}

impl Subject for OneshotSender {
    fn wait(&mut self, cx: &Context<'_>) -> bool {
        self.tx.poll_close_cx(cx).is_ready()
    }
    fn happen(&mut self) {
        drop(take(&self.rx));
    }
    fn back(&self) -> Box<dyn FnMut() + Send> {
        let rx = self.rx.clone();
        Box::new(move || drop(take(&rx)))
    }
}

struct WatchReceiver {
    tx: Arc<Mutex<Option<watch::Sender<u8>>>>,
    rx: watch::Receiver<u8>,
}

impl Subject for WatchReceiver {
    fn wait(&mut self, cx: &Context<'_>) -> bool {
        self.rx.poll_recv_cx(cx).is_ready()
    }
    fn happen(&mut self) {
        let Some(mut tx) = take(&self.tx) else { return };
        // Also after a panic somebody else may come for the sender.
        let sent = catch_unwind(AssertUnwindSafe(|| tx.broadcast(1).unwrap()));
        *self.tx.lock().unwrap() = Some(tx);
        sent.unwrap_or_else(|panic| resume_unwind(panic));
    }
    fn back(&self) -> Box<dyn FnMut() + Send> {
        let (rx, tx) = (self.rx.clone(), self.tx.clone());
        Box::new(move || {
            assert!(*rx.get_ref() < 3);
            let mut other = rx.clone();
            let _ = Counter::new().poll(|cx| other.poll_ref_cx(cx).map(drop));
            if let Some(mut sender) = take(&tx) {
                sender.broadcast(2).unwrap();
                *tx.lock().unwrap() = Some(sender);
            }
        })
    }
}

struct WatchSender {
    tx: watch::Sender<u8>,
    rx: Arc<Mutex<Option<watch::Receiver<u8>>>>,
}

impl Subject for WatchSender {
    fn wait(&mut self, cx: &Context<'_>) -> bool {
        self.tx.poll_close_cx(cx).is_ready()
    }
    fn happen(&mut self) {
        drop(take(&self.rx));
    }
    fn back(&self) -> Box<dyn FnMut() + Send> {
        let rx = self.rx.clone();
        Box::new(move || drop(take(&rx)))
    }
}

struct Notified {
    notify: Arc<Notify>,
    wait: OwnedNotified,
    all: bool,
}

impl Subject for Notified {
    fn wait(&mut self, cx: &Context<'_>) -> bool {
        self.wait.poll_cx(cx).is_ready()
    }
    fn happen(&mut self) {
        if self.all {
            self.notify.notify_waiters();
        } else {
            self.notify.notify_one();
        }
    }
    fn back(&self) -> Box<dyn FnMut() + Send> {
        let notify = self.notify.clone();
        Box::new(move || {
            let mut wait = notify.notified();
            let _ = Counter::new().poll(|cx| wait.poll_cx(cx));
            drop(wait);
            notify.notify_waiters();
            notify.notify_one();
        })
    }
}

struct BroadcastReceiver {
    tx: broadcast::Sender<u8>,
    rx: broadcast::Receiver<u8>,
}

impl Subject for BroadcastReceiver {
    fn wait(&mut self, cx: &Context<'_>) -> bool {
        self.rx.poll_recv_cx(cx).is_ready()
    }
    fn happen(&mut self) {
        // The deed of a waker may come after the receiver has gone.
        let _ = self.tx.send(1);
    }
    fn back(&self) -> Box<dyn FnMut() + Send> {
        let tx = self.tx.clone();
        Box::new(move || {
            let mut rx = tx.subscribe();
            let _ = Counter::new().poll(|cx| rx.poll_recv_cx(cx));
            drop((tx.send(2), tx.clone()));
        })
    }
}

struct WriteLock {
    lock: Arc<RwLock<u8>>,
    reader: Option<OwnedRwLockReadGuard<u8>>,
    turn: tokio::sync::Acquire<OwnedRwLockWriteGuard<u8>>,
}

impl Subject for WriteLock {
    fn wait(&mut self, cx: &Context<'_>) -> bool {
        self.turn.poll_cx(cx).is_ready()
    }
    fn happen(&mut self) {
        self.reader = None;
    }
    fn back(&self) -> Box<dyn FnMut() + Send> {
        let lock = self.lock.clone();
        Box::new(move || {
            let mut turn = lock.read();
            let _ = Counter::new().poll(|cx| turn.poll_cx(cx));
            drop((turn, lock.try_write()));
        })
    }
}

/// One of each, in a state in which its task has to wait.
fn subjects() -> Vec<Box<dyn Subject>> {
    let (tx, rx) = mpsc::unbounded_channel();
    let unbounded = UnboundedReceiver { tx, rx };

    let (tx, rx) = mpsc::channel(8);
    let bounded_receiver = BoundedReceiver { tx, rx };

    let (mut tx, rx) = mpsc::channel(1);
    tx.try_send(0).unwrap();
    let bounded_sender = BoundedSender { tx, rx: Arc::new(Mutex::new(rx)) };

    let acquire = Acquire { semaphore: Arc::new(Semaphore::new(0)), permit: Permit::new() };

    let mut lock = Lock::new(0);
    let guard = match Counter::new().poll(|cx| lock.poll_lock_cx(cx)) {
        Poll::Ready(guard) => Some(guard),
        Poll::Pending => None,
    };
    let take_lock = TakeLock { lock, guard };

    let (tx, rx) = oneshot::channel();
    let oneshot_receiver = OneshotReceiver { tx: Arc::new(Mutex::new(Some(tx))), rx };

    let (tx, rx) = oneshot::channel();
    let oneshot_sender = OneshotSender { tx, rx: Arc::new(Mutex::new(Some(rx))) };

    let (tx, mut rx) = watch::channel(0);
    assert!(Counter::new().poll(|cx| rx.poll_recv_cx(cx)).is_ready());
    let watch_receiver = WatchReceiver { tx: Arc::new(Mutex::new(Some(tx))), rx };

    let (tx, rx) = watch::channel(0);
    let watch_sender = WatchSender { tx, rx: Arc::new(Mutex::new(Some(rx))) };

    let notified = [false, true].map(|all| {
        let notify = Arc::new(Notify::new());
        Notified { wait: notify.clone().notified_owned(), notify, all }
    });
    let [notified_one, notified_all] = notified;

    let (tx, rx) = broadcast::channel(4);
    let broadcast_receiver = BroadcastReceiver { tx, rx };

    let lock = Arc::new(RwLock::new(0));
    let reader = lock.clone().try_read_owned().ok();
    let write_lock = WriteLock { turn: lock.clone().write_owned(), lock, reader };

    vec![
        Box::new(notified_one),
        Box::new(notified_all),
        Box::new(broadcast_receiver),
        Box::new(write_lock),
        Box::new(unbounded),
        Box::new(bounded_receiver),
        Box::new(bounded_sender),
        Box::new(acquire),
        Box::new(take_lock),
        Box::new(oneshot_receiver),
        Box::new(oneshot_sender),
        Box::new(watch_receiver),
        Box::new(watch_sender),
    ]
}

/// Has `subject` wait with `waker`, then with another, then makes the event happen, and
/// has it wait again. Panics of the waker go no farther than the step they happen in.
fn put_to_the_test(subject: &mut dyn Subject, evil: &Poller, may_panic: bool) {
    let step = |panicked: std::thread::Result<bool>| match panicked {
        Ok(ready) => ready,
        Err(_) if may_panic => false,
        Err(panic) => resume_unwind(panic),
    };
    let ask = |subject: &mut dyn Subject, poller: &Poller| {
        let over = || poller.ask(|asking| subject.wait(&asking.cx()));
        step(catch_unwind(AssertUnwindSafe(over)))
    };
    let other = Poller::Std(Waker::from(Counter::new()));
    // The second registration finds the first; the third replaces it.
    for poller in [evil, evil, &other, evil] {
        if ask(subject, poller) {
            return;
        }
    }
    step(catch_unwind(AssertUnwindSafe(|| {
        subject.happen();
        false
    })));
    let counter = Counter::new();
    let over = counter.poll(|cx| if subject.wait(cx) { Poll::Ready(()) } else { Poll::Pending });
    assert!(over.is_ready(), "the event is seen whatever the waker did");
}

#[test]
fn fault_t06_a_waker_that_comes_back_does_not_deadlock() {
    for (world, on) in everywhere() {
        for mut subject in subjects() {
            let evil = Evil::new(on, subject.back());
            let poller = evil.poller(world);
            put_to_the_test(&mut *subject, &poller, false);
            assert_eq!(evil.done(), 1, "{on:?} in {world:?} was never reached");
            evil.repent();
            drop((poller, subject));
            assert_eq!(evil.alive(), 0, "a waker is left over, or was freed twice");
        }
    }
}

#[test]
fn fault_t07_a_waker_that_panics_leaves_a_cell_that_works() {
    for (world, on) in everywhere() {
        for mut subject in subjects() {
            let evil = Evil::new(on, || panic!("a waker panics"));
            let poller = evil.poller(world);
            put_to_the_test(&mut *subject, &poller, true);
            assert_eq!(evil.done(), 1, "{on:?} in {world:?} was never reached");
            evil.repent();
            drop((poller, subject));
            assert_eq!(evil.alive(), 0, "a waker is left over, or was freed twice");
        }
    }
}

/// The primitive is dropped with the waker in it, and that waker comes back or panics.
#[test]
fn fault_t07_a_waker_that_misbehaves_while_all_is_dropped_frees_the_rest() {
    for (panics, world) in WORLDS.map(|world| [(false, world), (true, world)]).concat() {
        for mut subject in subjects() {
            let back = subject.back();
            let deed: Box<dyn FnMut() + Send> =
                if panics { Box::new(|| panic!("a waker panics")) } else { back };
            let evil = Evil::new(On::Drop, deed);
            let poller = evil.poller(world);
            assert!(!poller.ask(|asking| subject.wait(&asking.cx())));
            drop(catch_unwind(AssertUnwindSafe(|| drop(subject))));
            evil.repent();
            drop(poller);
            assert_eq!(evil.alive(), 0, "a waker is left over, or was freed twice");
        }
    }
}

/// One of several tasks has a waker that panics; the others are woken all the same.
#[test]
fn fault_t07_the_others_are_woken_when_one_waker_panics() {
    let evil = Evil::new(On::Wake, || panic!("a waker panics"));
    let waker = evil.waker();
    let cx = Context::from_waker(&waker);

    let semaphore = Semaphore::new(0);
    let mut permits = [Permit::new(), Permit::new(), Permit::new()];
    let others = [Counter::new(), Counter::new()];
    assert!(permits[0].poll_acquire_cx(&cx, &semaphore).is_pending());
    for (permit, other) in permits[1..].iter_mut().zip(&others) {
        assert!(other.poll(|cx| permit.poll_acquire_cx(cx, &semaphore)).is_pending());
    }
    assert!(catch_unwind(AssertUnwindSafe(|| semaphore.add_permits(3))).is_err());
    assert_eq!(others.each_ref().map(|other| other.wakes()), [1, 1]);
    assert!(permits.iter_mut().all(|permit| permit.try_acquire(&semaphore).is_ok()));

    let evil = Evil::new(On::Wake, || panic!("a waker panics"));
    let waker = evil.waker();
    let cx = Context::from_waker(&waker);
    let (mut tx, mut rx) = watch::channel(0);
    let mut receivers = [rx.clone(), rx.clone()];
    assert!(rx.poll_recv_cx(&cx).is_ready() && rx.poll_recv_cx(&cx).is_pending());
    let others = [Counter::new(), Counter::new()];
    for (receiver, other) in receivers.iter_mut().zip(&others) {
        assert!(other.poll(|cx| receiver.poll_recv_cx(cx)).is_ready());
        assert!(other.poll(|cx| receiver.poll_recv_cx(cx)).is_pending());
    }
    assert!(catch_unwind(AssertUnwindSafe(|| tx.broadcast(1))).is_err());
    assert_eq!(others.each_ref().map(|other| other.wakes()), [1, 1]);
    for (receiver, other) in receivers.iter_mut().zip(&others) {
        assert_eq!(other.poll(|cx| receiver.poll_recv_cx(cx)), Poll::Ready(Some(1)));
    }

    let evil = Evil::new(On::Wake, || panic!("a waker panics"));
    let waker = evil.waker();
    let cx = Context::from_waker(&waker);
    let notify = Notify::new();
    let mut waits = [notify.notified(), notify.notified(), notify.notified()];
    let others = [Counter::new(), Counter::new()];
    assert!(waits[0].poll_cx(&cx).is_pending());
    for (wait, other) in waits[1..].iter_mut().zip(&others) {
        assert!(other.poll(|cx| wait.poll_cx(cx)).is_pending());
    }
    assert!(catch_unwind(AssertUnwindSafe(|| notify.notify_waiters())).is_err());
    assert_eq!(others.each_ref().map(|other| other.wakes()), [1, 1]);

    let evil = Evil::new(On::Wake, || panic!("a waker panics"));
    let waker = evil.waker();
    let cx = Context::from_waker(&waker);
    let (tx, mut rx) = broadcast::channel(2);
    let mut receivers = [tx.subscribe(), tx.subscribe()];
    assert!(rx.poll_recv_cx(&cx).is_pending());
    let others = [Counter::new(), Counter::new()];
    for (receiver, other) in receivers.iter_mut().zip(&others) {
        assert!(other.poll(|cx| receiver.poll_recv_cx(cx)).is_pending());
    }
    assert!(catch_unwind(AssertUnwindSafe(|| tx.send(1))).is_err());
    assert_eq!(others.each_ref().map(|other| other.wakes()), [1, 1]);
    assert!(receivers.iter_mut().all(|receiver| receiver.try_recv() == Ok(1)));
}
