//! Channels, locks and meeting points.

use std::future::Future;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::mpsc::error::{SendTimeoutError, TrySendError};
use tokio::sync::{
    broadcast, mpsc, oneshot, watch, Barrier, Mutex, Notify, OnceCell, RwLock, Semaphore, SetError,
};
use tokio::task::{yield_now, JoinSet};
use tokio_await as tokio;

#[tokio::test(crate = "tokio_await", flavor = "multi_thread", worker_threads = 2)]
async fn a_flag_and_a_notify_miss_nobody() {
    let shared = Arc::new((Notify::new(), AtomicUsize::new(0)));
    let mut set = JoinSet::new();
    for _ in 0..10 {
        let shared = shared.clone();
        set.spawn(async move {
            loop {
                let notified = shared.0.notified();
                if shared.1.load(SeqCst) == 10 {
                    return;
                }
                shared.1.fetch_add(1, SeqCst);
                shared.0.notify_waiters();
                tokio::pin!(notified);
                notified.as_mut().enable();
                if shared.1.load(SeqCst) < 10 {
                    notified.await;
                }
                while shared.1.load(SeqCst) < 10 {
                    yield_now().await;
                }
            }
        });
    }
    set.join_all().await;
    assert_eq!(shared.1.load(SeqCst), 10, "each task counts itself once");
}

#[tokio::test(crate = "tokio_await")]
async fn a_notification_is_kept_for_the_one_that_comes() {
    let notify = Arc::new(Notify::new());
    notify.notify_one();
    notify.notified().await;
    let other = notify.clone();
    let task = tokio::spawn(async move { other.notified().await });
    yield_now().await;
    notify.notify_one();
    task.await.unwrap();
}

#[tokio::test(crate = "tokio_await")]
async fn a_broadcast_reaches_all_and_tells_who_is_late() {
    let (tx, mut rx) = broadcast::channel(2);
    let mut other = rx.resubscribe();
    let task = tokio::spawn(async move {
        let mut seen = Vec::new();
        loop {
            match other.recv().await {
                Ok(n) => seen.push(n),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return seen,
            }
        }
    });
    for n in 0..3 {
        tx.send(n).unwrap();
        yield_now().await;
    }
    assert_eq!(rx.recv().await, Err(RecvError::Lagged(1)));
    assert_eq!((rx.recv().await, rx.recv().await), (Ok(1), Ok(2)));
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    drop(tx);
    assert_eq!(rx.recv().await, Err(RecvError::Closed));
    assert_eq!(task.await.unwrap(), [0, 1, 2]);
}

#[tokio::test(crate = "tokio_await")]
async fn a_broadcast_knows_when_nobody_listens() {
    let (tx, rx) = broadcast::channel::<u8>(2);
    let sender = tx.clone();
    let task = tokio::spawn(async move { sender.closed().await });
    yield_now().await;
    assert!(!task.is_finished());
    drop(rx);
    task.await.unwrap();
}

#[tokio::test(crate = "tokio_await", flavor = "multi_thread", worker_threads = 4)]
async fn readers_share_and_writers_do_not() {
    let lock = Arc::new(RwLock::new((0, 0)));
    let mut set = JoinSet::new();
    for n in 0..20 {
        let lock = lock.clone();
        set.spawn(async move {
            if n % 4 == 0 {
                let mut both = lock.write().await;
                both.0 += 1;
                yield_now().await;
                both.1 += 1;
            } else {
                let both = lock.read_owned().await;
                yield_now().await;
                assert_eq!(both.0, both.1);
            }
        });
    }
    set.join_all().await;
    assert_eq!(*lock.read().await, (5, 5));
}

#[tokio::test(crate = "tokio_await")]
async fn owned_guards_go_to_other_tasks() {
    let mutex = Arc::new(Mutex::new(1));
    let guard = mutex.clone().lock_owned().await;
    let semaphore = Arc::new(Semaphore::new(2));
    let permits = semaphore.clone().acquire_many_owned(2).await.unwrap();
    let task = tokio::spawn(async move {
        let mut guard = guard;
        *guard += 1;
        drop(permits);
    });
    let both = (mutex.lock().await, semaphore.acquire().await);
    assert_eq!((*both.0, both.1.is_ok()), (2, true));
    task.await.unwrap();
}

#[tokio::test(crate = "tokio_await", flavor = "multi_thread", worker_threads = 3)]
async fn each_round_of_a_barrier_has_one_leader() {
    let barrier = Arc::new(Barrier::new(3));
    let leaders = Arc::new(AtomicUsize::new(0));
    let mut set = JoinSet::new();
    for _ in 0..3 {
        let (barrier, leaders) = (barrier.clone(), leaders.clone());
        set.spawn(async move {
            for round in 1..=50 {
                if barrier.wait().await.is_leader() {
                    leaders.fetch_add(1, SeqCst);
                }
                // The leader of this round has counted itself before it comes to this one.
                barrier.wait().await;
                assert_eq!(leaders.load(SeqCst), round);
                barrier.wait().await;
            }
        });
    }
    set.join_all().await;
}

#[tokio::test(crate = "tokio_await")]
async fn a_cell_is_filled_once_whoever_gives_up() {
    static CELL: OnceCell<u32> = OnceCell::const_new();
    let failed = CELL.get_or_try_init(|| async { Err::<u32, _>("no luck") }).await;
    assert_eq!(failed, Err("no luck"));
    // One that is making the value goes; the next in line makes it.
    let (begun, has_begun) = oneshot::channel();
    let first = tokio::spawn(async {
        CELL.get_or_init(|| async {
            let _ = begun.send(());
            std::future::pending().await
        })
        .await;
    });
    has_begun.await.unwrap();
    assert!(CELL.set(1).unwrap_err().is_initializing_err());
    let second = tokio::spawn(async { *CELL.get_or_init(|| async { 2 }).await });
    yield_now().await;
    first.abort();
    assert_eq!(second.await.unwrap(), 2);
    assert_eq!(CELL.set(3), Err(SetError::AlreadyInitializedError(3)));
    assert_eq!(CELL.get(), Some(&2));
}

#[tokio::test(crate = "tokio_await")]
async fn a_watched_value_is_changed_through_a_shared_sender() {
    let (tx, mut rx) = watch::channel(vec![1]);
    let tx = Arc::new(tx);
    let other = tx.clone();
    let task = tokio::spawn(async move { other.send_modify(|list| list.push(2)) });
    rx.changed().await.unwrap();
    assert_eq!(*rx.borrow_and_update(), [1, 2]);
    task.await.unwrap();
    assert!(!tx.send_if_modified(|_| false));
    assert!(!rx.has_changed().unwrap());
    assert_eq!(tx.send_replace(vec![3]), [1, 2]);
    assert!(rx.has_changed().unwrap() && rx.borrow().has_changed());
    let fits = tokio::spawn({
        let mut rx = rx.clone();
        async move { rx.wait_for(|list| list.len() == 3).await.map(|list| list.clone()) }
    });
    yield_now().await;
    tx.send(vec![4, 5]).unwrap();
    yield_now().await;
    tx.send(vec![6, 7, 8]).unwrap();
    assert_eq!(fits.await.unwrap().unwrap(), [6, 7, 8]);
}

#[tokio::test(crate = "tokio_await")]
async fn a_watch_sender_outlives_its_receivers() {
    let tx = watch::Sender::new(0);
    assert_eq!(tx.send(1).unwrap_err().0, 1);
    tx.send_replace(2);
    let mut rx = tx.subscribe();
    assert!(!rx.has_changed().unwrap());
    let closed = tx.clone();
    let closed = tokio::spawn(async move { closed.closed().await });
    yield_now().await;
    drop(tx.subscribe());
    yield_now().await;
    assert!(!closed.is_finished(), "one receiver is left");
    tx.send(3).unwrap();
    rx.mark_unchanged();
    assert!(!rx.has_changed().unwrap());
    rx.mark_changed();
    rx.changed().await.unwrap();
    drop(rx);
    closed.await.unwrap();
    assert_eq!(*tx.borrow(), 3);
    let mut rx = tx.subscribe();
    drop(tx);
    assert!(rx.changed().await.is_err() && rx.has_changed().is_err());
}

/// Y09: who looks at a value does not keep others from sending the next.
#[tokio::test(crate = "tokio_await")]
async fn fault_y09_looks_around_a_send_do_not_deadlock() {
    let (tx, rx) = watch::channel(1);
    let before = rx.borrow();
    tx.send(2).unwrap();
    let after = rx.borrow();
    assert_eq!((*before, *after), (1, 2));
}

#[tokio::test(crate = "tokio_await")]
async fn room_is_kept_and_given_back() {
    let (tx, mut rx) = mpsc::channel(2);
    let permit = tx.reserve().await.unwrap();
    let owned = tx.clone().reserve_owned().await.unwrap();
    assert_eq!((tx.capacity(), tx.max_capacity()), (0, 2));
    assert!(matches!(tx.try_reserve(), Err(TrySendError::Full(()))));
    permit.send(1);
    assert!(owned.release().same_channel(&tx));
    assert_eq!(tx.capacity(), 1);
    tx.try_reserve().unwrap().send(2);
    let late = tx.send_timeout(3, Duration::from_millis(2)).await;
    assert_eq!(late, Err(SendTimeoutError::Timeout(3)));
    let mut all = Vec::new();
    assert_eq!(rx.recv_many(&mut all, 9).await, 2);
    assert_eq!((all, rx.try_recv()), (vec![1, 2], Err(mpsc::error::TryRecvError::Empty)));
    let permit = tx.reserve().await.unwrap();
    assert!(!tx.is_closed());
    drop(rx);
    assert!(tx.is_closed());
    permit.send(4);
    assert_eq!(tx.send_timeout(5, Duration::ZERO).await, Err(SendTimeoutError::Closed(5)));
    assert!(matches!(tx.try_reserve(), Err(TrySendError::Closed(()))));
}

#[test]
fn threads_without_a_task_send_and_receive() {
    let (tx, mut rx) = mpsc::channel(1);
    let sender = std::thread::spawn(move || {
        (0..100).for_each(|n| tx.blocking_send(n).unwrap());
    });
    let mut received = Vec::new();
    while let Some(n) = rx.blocking_recv() {
        received.push(n);
    }
    assert!(received.into_iter().eq(0..100));
    assert_eq!(rx.try_recv(), Err(mpsc::error::TryRecvError::Disconnected));
    sender.join().unwrap();
}

#[tokio::test(crate = "tokio_await", flavor = "multi_thread", worker_threads = 2)]
async fn senders_hear_that_the_receiver_is_gone() {
    for close in [false, true] {
        let (tx, mut rx) = mpsc::channel::<u8>(1);
        let (unbounded, mut other) = mpsc::unbounded_channel::<u8>();
        let (sender, other_sender) = (tx.clone(), unbounded.clone());
        let waits = tokio::spawn(async move { sender.closed().await });
        let other_waits = tokio::spawn(async move { other_sender.closed().await });
        yield_now().await;
        assert!(!tx.is_closed() && !unbounded.is_closed() && !waits.is_finished());
        if close {
            rx.close();
            other.close();
        } else {
            drop((rx, other));
        }
        waits.await.unwrap();
        other_waits.await.unwrap();
        assert!(tx.is_closed() && unbounded.is_closed());
    }
}

/// What is at its end, or fits at once, does not keep its thread for ever.
#[tokio::test(crate = "tokio_await")]
async fn endless_answers_give_way() {
    let (tx, mut rx) = watch::channel(1);
    let mut other = rx.clone();
    drop(tx);
    tokio::select! {
        biased;
        _ = async { loop { assert!(rx.changed().await.is_err()) } } => {}
        _ = yield_now() => {}
    }
    tokio::select! {
        biased;
        _ = async { loop { assert!(other.wait_for(|n| *n == 1).await.is_ok()) } } => {}
        _ = yield_now() => {}
    }
    let (tx, mut rx) = broadcast::channel::<u8>(1);
    drop(tx);
    let (unwatched, _) = watch::channel(1);
    tokio::select! {
        biased;
        _ = async { loop { unwatched.closed().await } } => {}
        _ = yield_now() => {}
    }
    let notify = Notify::new();
    tokio::select! {
        biased;
        _ = async { loop { assert!(rx.recv().await.is_err()) } } => {}
        _ = yield_now() => {}
    }
    tokio::select! {
        biased;
        _ = async { loop { notify.notify_one(); notify.notified().await } } => {}
        _ = yield_now() => {}
    }
}

/// Of the three ways to wait for room, one took what came too late.
#[test]
fn room_that_comes_to_a_wait_before_the_end_is_not_given_after_it() {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    let mut cx = Context::from_waker(Waker::noop());
    let (tx, mut rx) = mpsc::channel(3);
    (0..3).for_each(|n| tx.try_send(n).unwrap());
    let mut owned = pin!(tx.clone().reserve_owned());
    let mut lent = pin!(tx.reserve());
    let mut sent = pin!(tx.send(3));
    assert!(owned.as_mut().poll(&mut cx).is_pending());
    assert!(lent.as_mut().poll(&mut cx).is_pending());
    assert!(sent.as_mut().poll(&mut cx).is_pending());
    (0..3).for_each(|n| assert_eq!(rx.try_recv(), Ok(n)));
    rx.close();
    assert!(matches!(owned.poll(&mut cx), Poll::Ready(Err(_))));
    assert!(matches!(lent.poll(&mut cx), Poll::Ready(Err(_))));
    assert!(matches!(sent.poll(&mut cx), Poll::Ready(Err(_))));
    assert_eq!(tx.capacity(), 3, "all of it is given back");
}

/// `Ref::has_changed` of a value that `wait_for` had to wait for used to be true: it has been seen
/// by the wait.
#[tokio::test(crate = "tokio_await")]
async fn a_value_that_was_waited_for_counts_as_seen() {
    let (tx, mut rx) = watch::channel(0);
    tx.send(1).unwrap();
    assert!(rx.wait_for(|n| *n == 1).await.unwrap().has_changed(), "it was there already");
    assert!(!rx.wait_for(|n| *n == 1).await.unwrap().has_changed());
    let waiting = async { rx.wait_for(|n| *n == 2).await.unwrap().has_changed() };
    let (changed, ()) = tokio::join!(biased; waiting, async { tx.send(2).unwrap() });
    assert!(!changed);
}

/// Polls a future twice; it is to be ready at once, and to panic the second time as a future of an
/// `async fn` does.
fn panics_when_polled_again<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let cx = &mut Context::from_waker(Waker::noop());
    let Poll::Ready(output) = future.as_mut().poll(cx) else { panic!("it is ready") };
    let again = catch_unwind(AssertUnwindSafe(|| drop(future.as_mut().poll(cx)))).unwrap_err();
    let text = again.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| again.downcast_ref::<&str>().copied());
    assert_eq!(text, Some("`async fn` resumed after completion"));
    output
}

/// The one of a broadcast took the next message, and that of a closed semaphore failed again.
#[test]
fn a_future_that_was_ready_is_not_polled_again() {
    let (tx, mut rx) = broadcast::channel(4);
    tx.send(1).unwrap();
    tx.send(2).unwrap();
    assert_eq!(panics_when_polled_again(rx.recv()), Ok(1));
    assert_eq!(rx.try_recv(), Ok(2));
    drop(tx);
    assert_eq!(panics_when_polled_again(rx.recv()), Err(RecvError::Closed));
    let semaphore = Arc::new(Semaphore::new(1));
    drop(panics_when_polled_again(semaphore.acquire()).unwrap());
    semaphore.close();
    panics_when_polled_again(semaphore.acquire()).unwrap_err();
    panics_when_polled_again(semaphore.acquire_owned()).unwrap_err();
    drop(panics_when_polled_again(Mutex::new(0).lock()));
    drop(panics_when_polled_again(RwLock::new(0).read()));
    drop(panics_when_polled_again(RwLock::new(0).write()));
}
