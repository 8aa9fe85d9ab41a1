//! Faults of comparable primitives that must not come back in `tokio::sync`.
#![cfg(all(feature = "sync", not(loom)))]

use futures::executor::{self, Notify, NotifyHandle};
use futures::{future, Async, AsyncSink, Future, Sink, Stream};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Barrier};
use std::task::Poll;
use std::thread;
use std::time::Duration;
use test_support::counting::{in_task, Bomb, Counter};
use test_support::evil::{Evil, On};
use test_support::stress::PATIENCE;
use tokio::sync::atomic_task::AtomicTask;
use tokio::sync::lock::Lock;
use tokio::sync::notify::Notify as Notification;
use tokio::sync::semaphore::{Permit, Semaphore};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_executor::task::Context;

/// How often two threads are set against each other.
const RACES: usize = if cfg!(miri) { 10 } else { 1_000 };

/// Upstream leaves a task uninitialised, and current compilers abort on that.
#[test]
fn fault_y00_oneshot_can_be_made_and_used() {
    let (tx, rx) = oneshot::channel();
    tx.send(1).unwrap();
    assert_eq!(rx.wait().unwrap(), 1);

    let (tx, rx) = oneshot::channel::<()>();
    drop(tx);
    rx.wait().unwrap_err();
}

/// Upstream both ends could take the value.
#[test]
fn fault_y01_close_send_and_receive_have_one_winner() {
    for _ in 0..RACES {
        let (tx, mut rx) = oneshot::channel();
        let start = Arc::new(Barrier::new(2));
        let other = start.clone();
        let sender = thread::spawn(move || {
            other.wait();
            tx.send(Box::new(7))
        });
        start.wait();
        rx.close();
        let received = rx.try_recv();
        let sent = sender.join().unwrap();
        assert_eq!(received.is_ok(), sent.is_ok());
    }
}

#[test]
fn fault_y02_a_receiver_dropped_after_poll_frees_its_waker_once() {
    for send in [false, true] {
        let evil = Evil::new(On::Clone, || ());
        let waker = evil.waker();
        let cx = Context::from_waker(&waker);
        let (mut tx, mut rx) = oneshot::channel();
        assert!(rx.poll_recv_cx(&cx).is_pending());
        assert!(tx.poll_close_cx(&cx).is_pending());
        assert_eq!(evil.alive(), 3);
        if send {
            tx.send(()).unwrap();
            drop(rx);
        } else {
            drop(rx);
            assert_eq!(evil.alive(), 2, "the receiver's went with it");
            drop(tx);
        }
        drop(waker);
        assert_eq!(evil.alive(), 0);
    }
}

#[test]
fn fault_y03_messages_that_nobody_takes_are_freed() {
    let alive = Arc::new(AtomicUsize::new(0));
    let (mut tx, rx) = mpsc::unbounded_channel();
    for _ in 0..100 {
        tx.try_send(Bomb::new(&alive, false)).unwrap_or_else(|_| unreachable!());
    }
    drop(rx);
    assert_eq!(alive.load(SeqCst), 0, "while the sender is still there");
    assert!(tx.try_send(Bomb::new(&alive, false)).is_err());
    assert_eq!(alive.load(SeqCst), 0);
}

#[test]
fn fault_y03_a_message_sent_into_claimed_room_after_the_receiver_went_comes_back() {
    let (mut tx, rx) = mpsc::channel(1);
    assert!(in_task(|| tx.poll_ready()).unwrap().is_ready());
    drop(rx);
    let error = tx.try_send("kept").unwrap_err();
    assert!(error.is_closed());
    assert_eq!(error.into_inner(), "kept");
}

#[test]
fn fault_y03_races_of_send_and_receiver_drop_free_everything() {
    let alive = Arc::new(AtomicUsize::new(0));
    for _ in 0..RACES {
        let (tx, mut rx) = mpsc::unbounded_channel();
        let start = Arc::new(Barrier::new(3));
        let senders: Vec<_> = (0..2)
            .map(|_| {
                let (mut tx, start, alive) = (tx.clone(), start.clone(), alive.clone());
                thread::spawn(move || {
                    start.wait();
                    for _ in 0..40 {
                        drop(tx.try_send(Bomb::new(&alive, false)));
                    }
                    tx
                })
            })
            .collect();
        start.wait();
        drop(Counter::new().poll(|cx| rx.poll_recv_cx(cx)));
        drop(rx);
        let left: Vec<_> = senders.into_iter().map(|sender| sender.join().unwrap()).collect();
        assert_eq!(alive.load(SeqCst), 0, "although senders are left");
        drop((left, tx));
    }
}

#[test]
fn fault_y04_a_permit_on_its_way_to_a_waiter_that_is_dropped_goes_to_the_next() {
    let semaphore = Semaphore::new(0);
    let (first, second) = (Counter::new(), Counter::new());
    let mut dropped = Permit::new();
    let mut next = Permit::new();
    assert!(first.poll(|cx| dropped.poll_acquire_cx(cx, &semaphore)).is_pending());
    assert!(second.poll(|cx| next.poll_acquire_cx(cx, &semaphore)).is_pending());
    semaphore.add_permits(1);
    assert_eq!((first.wakes(), second.wakes()), (1, 0), "first come, first served");
    drop(dropped);
    assert_eq!(second.wakes(), 1);
    assert!(next.try_acquire(&semaphore).is_ok());
    next.release(&semaphore);
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn fault_y04_a_lock_handle_that_is_dropped_in_line_passes_its_turn_on() {
    let mut lock = Lock::new(());
    let guard = match Counter::new().poll(|cx| lock.poll_lock_cx(cx)) {
        Poll::Ready(guard) => guard,
        Poll::Pending => unreachable!("nobody has the lock"),
    };
    let (mut dropped, mut next) = (lock.clone(), lock.clone());
    let woken = Counter::new();
    assert!(Counter::new().poll(|cx| dropped.poll_lock_cx(cx)).is_pending());
    assert!(woken.poll(|cx| next.poll_lock_cx(cx)).is_pending());
    drop(guard);
    drop(dropped);
    assert_eq!(woken.wakes(), 1);
    assert!(woken.poll(|cx| next.poll_lock_cx(cx)).is_ready());
}

/// A task that asks and gives up over and over, as a lock under a timeout does.
#[test]
fn fault_y04_giving_up_in_line_leaves_nothing_behind() {
    let semaphore = Semaphore::new(0);
    for _ in 0..1_000 {
        let evil = Evil::new(On::Clone, || ());
        let waker = evil.waker();
        let cx = Context::from_waker(&waker);
        let mut permit = Permit::new();
        assert!(permit.poll_acquire_cx(&cx, &semaphore).is_pending());
        drop(permit);
        assert_eq!(evil.alive(), 1, "the waker left with its permit");
    }
    semaphore.add_permits(1);
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn fault_y05_a_bound_is_never_exceeded_and_always_reached() {
    for bound in 1..=70 {
        let (mut tx, mut rx) = mpsc::channel(bound);
        for round in 0..3 {
            for n in 0..bound {
                assert!(tx.try_send(n).is_ok(), "room {n} of {bound} in round {round}");
            }
            assert!(tx.try_send(0).unwrap_err().is_full());
            // Each message taken makes room for one at once.
            assert_eq!(in_task(|| rx.poll()).unwrap(), Async::Ready(Some(0)));
            tx.try_send(bound).unwrap();
            assert!(tx.try_send(0).unwrap_err().is_full());
            for n in 1..=bound {
                assert_eq!(in_task(|| rx.poll()).unwrap(), Async::Ready(Some(n)));
            }
        }
    }
}

#[test]
fn fault_y05_a_bound_of_zero_panics() {
    assert!(catch_unwind(|| mpsc::channel::<()>(0)).is_err());
}

#[test]
fn fault_y05_room_that_is_claimed_counts() {
    let (mut tx, mut rx) = mpsc::channel(2);
    let mut other = tx.clone();
    assert!(in_task(|| tx.poll_ready()).unwrap().is_ready());
    assert!(in_task(|| tx.poll_ready()).unwrap().is_ready(), "claims once");
    other.try_send(1).unwrap();
    assert!(other.try_send(2).unwrap_err().is_full());
    drop(tx);
    other.try_send(2).unwrap();
    assert_eq!(in_task(|| rx.poll()).unwrap(), Async::Ready(Some(1)));
    assert_eq!(in_task(|| rx.poll()).unwrap(), Async::Ready(Some(2)));
}

#[test]
fn fault_y06_a_close_waits_for_room_that_was_claimed() {
    let (mut tx, mut rx) = mpsc::channel(2);
    let mut other = tx.clone();
    let task = Counter::new();
    assert!(in_task(|| tx.poll_ready()).unwrap().is_ready());
    other.try_send(1).unwrap();
    rx.close();
    assert!(other.try_send(2).unwrap_err().is_closed());
    assert_eq!(task.poll(|cx| rx.poll_recv_cx(cx)), Poll::Ready(Some(1)));
    assert!(task.poll(|cx| rx.poll_recv_cx(cx)).is_pending());
    // Upstream leaves the receiver asleep here, for as long as `other` lives.
    drop(tx);
    assert_eq!(task.wakes(), 1);
    assert_eq!(task.poll(|cx| rx.poll_recv_cx(cx)), Poll::Ready(None));
}

#[test]
fn fault_y07_a_message_that_panics_when_dropped_leaves_none_behind() {
    for armed in [0, 1, 31, 32, 99] {
        let alive = Arc::new(AtomicUsize::new(0));
        let (mut tx, rx) = mpsc::unbounded_channel();
        let (mut bounded, bounded_rx) = mpsc::channel(100);
        for n in 0..100 {
            assert!(tx.try_send(Bomb::new(&alive, n == armed)).is_ok());
            assert!(bounded.try_send(Bomb::new(&alive, n == armed)).is_ok());
        }
        assert!(catch_unwind(AssertUnwindSafe(|| drop(rx))).is_err());
        assert!(catch_unwind(AssertUnwindSafe(|| drop(bounded_rx))).is_err());
        assert_eq!(alive.load(SeqCst), 0);
    }
}

#[test]
fn fault_y08_updates_before_between_and_after_looks_are_seen_once() {
    let task = Counter::new();
    let (mut tx, mut rx) = watch::channel(0);
    assert_eq!(task.poll(|cx| rx.poll_recv_cx(cx)), Poll::Ready(Some(0)));
    tx.broadcast(1).unwrap();
    tx.broadcast(2).unwrap();
    assert_eq!(task.poll(|cx| rx.poll_recv_cx(cx)), Poll::Ready(Some(2)));
    assert!(task.poll(|cx| rx.poll_recv_cx(cx)).is_pending());
    let wakes = task.wakes();
    tx.broadcast(3).unwrap();
    assert_eq!(task.wakes(), wakes + 1);
    let mut clone = rx.clone();
    assert_eq!(task.poll(|cx| rx.poll_recv_cx(cx)), Poll::Ready(Some(3)));
    assert_eq!(task.poll(|cx| clone.poll_recv_cx(cx)), Poll::Ready(Some(3)));
    drop(tx);
    assert_eq!(task.poll(|cx| rx.poll_recv_cx(cx)), Poll::Ready(None));
}

/// Upstream a borrow is a read guard, and the broadcast waits for it.
#[test]
fn fault_y09_borrows_around_a_broadcast_do_not_deadlock() {
    let (mut tx, rx) = watch::channel(1);
    let before = rx.get_ref();
    tx.broadcast(2).unwrap();
    let after = rx.get_ref();
    tx.broadcast(3).unwrap();
    assert_eq!((*before, *after, *rx.get_ref()), (1, 2, 3));
}

#[test]
fn fault_y14_too_many_permits_are_refused() {
    const MOST: usize = Semaphore::MAX_PERMITS;
    assert!(catch_unwind(|| Semaphore::new(MOST + 1)).is_err());
    let semaphore = Semaphore::new(MOST);
    let mut permit = Permit::new();
    assert!(permit.try_acquire(&semaphore).is_ok());
    semaphore.add_permits(1);
    for more in [1, MOST, usize::MAX] {
        assert!(catch_unwind(AssertUnwindSafe(|| semaphore.add_permits(more))).is_err());
    }
    assert_eq!(semaphore.available_permits(), MOST);
}

#[test]
fn fault_y14_a_closed_semaphore_stays_closed() {
    let semaphore = Semaphore::new(1);
    let mut held = Permit::new();
    assert!(held.try_acquire(&semaphore).is_ok());
    let mut waiting = Permit::new();
    assert!(Counter::new().poll(|cx| waiting.poll_acquire_cx(cx, &semaphore)).is_pending());
    semaphore.close();
    waiting.forget();
    held.forget();
    semaphore.add_permits(2);
    assert_eq!(semaphore.available_permits(), 2);
    let mut permit = Permit::new();
    assert!(permit.try_acquire(&semaphore).unwrap_err().is_closed());
    assert!(in_task(|| permit.poll_acquire(&semaphore)).is_err());
}

#[test]
fn fault_y15_a_task_is_registered_or_notified() {
    for _ in 0..200 {
        let shared = Arc::new((AtomicTask::new(), AtomicUsize::new(0)));
        let other = shared.clone();
        let notifier = thread::spawn(move || {
            other.1.store(1, SeqCst);
            other.0.notify();
        });
        futures::future::poll_fn(|| -> Result<_, ()> {
            shared.0.register();
            let happened = shared.1.load(SeqCst) == 1;
            Ok(if happened { Async::Ready(()) } else { Async::NotReady })
        })
        .wait()
        .unwrap();
        notifier.join().unwrap();
    }
}

#[test]
fn a_oneshot_is_a_future_of_both_kinds() {
    let (tx, mut rx) = oneshot::channel();
    assert!(in_task(|| Future::poll(&mut rx)).unwrap().is_not_ready());
    tx.send(5).unwrap();
    let waker = std::task::Waker::noop();
    let mut cx = std::task::Context::from_waker(waker);
    match std::future::Future::poll(std::pin::Pin::new(&mut rx), &mut cx) {
        Poll::Ready(Ok(value)) => assert_eq!(value, 5),
        other => panic!("the value was sent: {other:?}"),
    }
}

#[test]
fn what_is_ready_needs_no_task() {
    let (mut tx, mut rx) = mpsc::channel(1);
    assert!(tx.poll_ready().unwrap().is_ready());
    assert!(matches!(tx.start_send(1), Ok(AsyncSink::Ready)));
    assert!(tx.poll_complete().unwrap().is_ready());
    assert_eq!(rx.poll().unwrap(), Async::Ready(Some(1)));
    drop(tx);
    assert_eq!(rx.poll().unwrap(), Async::Ready(None));
    assert!(Lock::new(()).poll_lock().is_ready());
}

#[test]
fn messages_keep_the_order_of_each_sender_across_blocks() {
    const EACH: u64 = 20_000;
    let (tx, rx) = mpsc::unbounded_channel();
    let (bounded, bounded_rx) = mpsc::channel(7);
    let senders: Vec<_> = (0..3)
        .map(|sender| {
            let (mut tx, mut bounded) = (tx.clone(), bounded.clone().wait());
            thread::spawn(move || {
                for n in 0..EACH {
                    tx.try_send((sender, n)).unwrap();
                    bounded.send((sender, n)).unwrap();
                }
            })
        })
        .collect();
    drop((tx, bounded));
    let in_order = |received: Box<dyn Iterator<Item = (usize, u64)>>| {
        let mut next = [0; 3];
        for (sender, n) in received {
            assert_eq!(n, next[sender], "of sender {sender}");
            next[sender] += 1;
        }
        assert_eq!(next, [EACH; 3]);
    };
    in_order(Box::new(bounded_rx.wait().map(Result::unwrap)));
    in_order(Box::new(rx.wait().map(Result::unwrap)));
    for sender in senders {
        sender.join().unwrap();
    }
}

/// Looks that overlap leave no moment in which nobody looks, unless new ones wait.
#[test]
fn looks_that_overlap_do_not_keep_a_change_in_place_waiting_for_ever() {
    let (tx, rx) = watch::channel(0);
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..6)
        .map(|_| {
            let (rx, done) = (rx.clone(), done.clone());
            thread::spawn(move || {
                while !done.load(SeqCst) {
                    let look = rx.get_ref();
                    thread::sleep(Duration::from_millis(1));
                    drop(look);
                }
            })
        })
        .collect();
    let (changed_tx, changed) = std::sync::mpsc::channel();
    let sender = thread::spawn(move || {
        (0..10).for_each(|_| tx.send_modify(|value| *value += 1));
        changed_tx.send(()).unwrap();
    });
    let changed = changed.recv_timeout(PATIENCE);
    done.store(true, SeqCst);
    readers.into_iter().for_each(|reader| reader.join().unwrap());
    sender.join().unwrap();
    assert_eq!(changed, Ok(()), "looks kept the sender waiting");
    assert_eq!(*rx.get_ref(), 10);
}

/// The sender waits for the first look, and so must not be waited for by the second.
#[test]
fn a_thread_looks_again_while_a_change_in_place_waits_for_its_first_look() {
    let (tx, rx) = watch::channel(0);
    let look = rx.get_ref();
    let begun = Arc::new(Barrier::new(2));
    let sender = thread::spawn({
        let begun = begun.clone();
        move || {
            begun.wait();
            tx.send_modify(|value| *value += 1);
        }
    });
    begun.wait();
    // Some of these come while it waits.
    for _ in 0..5 {
        assert_eq!(*rx.get_ref(), 0);
        thread::yield_now();
    }
    drop(look);
    sender.join().unwrap();
    assert_eq!(*rx.get_ref(), 1);
}

/// A task of an executor that is not ours, which calls back whenever a handle of it is made.
#[derive(Clone)]
struct CallsBack(Arc<dyn Fn() + Send + Sync>);

impl From<CallsBack> for NotifyHandle {
    fn from(task: CallsBack) -> NotifyHandle {
        (task.0)();
        NotifyHandle::from(Arc::new(Silent))
    }
}

struct Silent;

impl Notify for Silent {
    fn notify(&self, _: usize) {}
}

/// Polls `wait` a few times, with `back` called as its task is compared with the one that waits.
fn poll_while_called<F>(wait: F, back: impl Fn() + Send + Sync + 'static)
where
    F: Future + Send + 'static,
{
    let (done, ended) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let mut task = executor::spawn(wait);
        let handle = CallsBack(Arc::new(back));
        let polls = (0..4)
            .take_while(|_| matches!(task.poll_future_notify(&handle, 0), Ok(Async::NotReady)));
        done.send(polls.count()).unwrap();
    });
    ended.recv_timeout(PATIENCE).expect("the task waits for itself");
}

/// Futures 0.1 makes a handle of the current task to compare it, which is its executor's code.
/// That was done with the queue of a lock or notification locked.
#[test]
fn fault_t06_a_task_that_comes_back_as_it_is_compared_does_not_wait_for_itself() {
    let notify = Arc::new(Notification::new());
    let back = notify.clone();
    poll_while_called(notify.notified_owned(), move || back.notify_waiters());

    let semaphore = Arc::new(Semaphore::new(0));
    let back = semaphore.clone();
    poll_while_called(semaphore.acquire_many_owned(100), move || back.add_permits(1));

    let (mut tx, rx) = mpsc::channel(1);
    tx.try_send(1).unwrap();
    let rx = std::sync::Mutex::new(Some(rx));
    let calls = AtomicUsize::new(0);
    poll_while_called(future::poll_fn(move || tx.poll_ready()), move || {
        if calls.fetch_add(1, SeqCst) == 2 {
            drop(rx.lock().unwrap().take());
        }
    });
}
