//! Where tokio 0.2's interface differs from 1.x's, and what both can hand each other.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use tokio_era_02::runtime::{Builder, Runtime};
use tokio_era_02::stream::{Stream, StreamExt, StreamMap};
use tokio_era_02::sync::{mpsc, watch, RwLock, Semaphore};
use tokio_era_02::time::{self, Duration, Instant};

fn basic() -> Runtime {
    Builder::new().basic_scheduler().enable_all().build().unwrap()
}

#[test]
fn a_sender_of_today_and_a_receiver_of_tokio_02_share_a_channel() {
    let (tx, rx) = tokio_await::sync::mpsc::channel(1);
    let mut rx = mpsc::Receiver::from(tokio::sync::mpsc::Receiver::from(rx));
    let received: Vec<u32> = Runtime::new().unwrap().block_on(async {
        tokio_await::spawn(async move {
            for n in 0..3 {
                tx.send(n).await.unwrap();
            }
        });
        let mut received = Vec::new();
        while let Some(n) = rx.next().await {
            received.push(n);
        }
        received
    });
    assert_eq!(received, [0, 1, 2]);
}

#[test]
fn room_that_was_given_back_is_there_for_another_sender() {
    basic().block_on(async {
        let (mut tx, _rx) = mpsc::channel::<u32>(1);
        let mut other = tx.clone();
        poll_fn(|cx| tx.poll_ready(cx)).await.unwrap();
        assert!(other.try_send(1).is_err());
        assert!(tx.disarm());
        assert!(!tx.disarm());
        other.try_send(1).unwrap();
    });
}

#[test]
fn a_watcher_gets_the_first_value_and_then_newer_ones() {
    basic().block_on(async {
        let (tx, mut rx) = watch::channel(1);
        assert_eq!(rx.recv().await, Some(1));
        tx.broadcast(2).unwrap();
        assert_eq!(rx.recv().await, Some(2));
        drop(tx);
        assert_eq!(rx.recv().await, None);
    });
}

#[test]
fn an_owned_permit_goes_back_unless_it_is_forgotten() {
    basic().block_on(async {
        let semaphore = Arc::new(Semaphore::new(2));
        let kept = semaphore.clone().acquire_owned().await;
        semaphore.clone().try_acquire_owned().unwrap().forget();
        assert!(semaphore.clone().try_acquire_owned().is_err());
        drop(kept);
        assert_eq!(semaphore.available_permits(), 1);
    });
}

#[test]
fn a_mapped_write_guard_is_of_the_type_of_an_unmapped_one() {
    use tokio_era_02::sync::RwLockWriteGuard;

    fn add_one(mut guard: RwLockWriteGuard<'_, u32>) {
        *guard += 1;
    }

    basic().block_on(async {
        let pair = RwLock::new((1, 2));
        add_one(RwLockWriteGuard::map(pair.write().await, |pair| &mut pair.0));
        let whole = RwLock::new(1);
        add_one(whole.write().await);
        assert_eq!((pair.into_inner(), whole.into_inner()), ((2, 2), 2));
    });
}

/// The last stream moves to the place of one that has ended, and may have been polled before.
#[test]
fn streams_of_a_map_that_end_together_are_all_removed() {
    basic().block_on(async {
        for streams in 0..6 {
            let mut map = StreamMap::new();
            for key in 0..streams {
                map.insert(key, tokio_era_02::stream::empty::<()>());
            }
            assert_eq!(map.next().await, None);
            assert!(map.is_empty());
        }
    });
}

/// Whoever polls a stream with a waker of its own looks whether that was woken.
#[test]
fn a_stream_of_items_that_yields_has_woken_its_waker() {
    struct Woken(AtomicBool);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Release);
        }
    }

    basic().block_on(async {
        let woken = Arc::new(Woken(AtomicBool::new(false)));
        let waker = Waker::from(woken.clone());
        let mut items = tokio_era_02::stream::iter(std::iter::repeat(1));
        let mut cx = Context::from_waker(&waker);
        let yields = (0..10_000).any(|_| Pin::new(&mut items).poll_next(&mut cx).is_pending());
        assert!(yields && woken.0.load(Acquire));
    });
}

#[test]
fn a_runtime_is_entered_by_a_closure() {
    let mut runtime = basic();
    let task = runtime.enter(|| tokio_era_02::spawn(async { 7 }));
    assert_eq!(runtime.block_on(task).unwrap(), 7);
}

#[test]
fn a_timeout_of_a_future_that_may_be_moved_may_be_moved_too() {
    basic().block_on(async {
        time::pause();
        let start = Instant::now();
        let never = Box::pin(std::future::pending::<()>());
        let mut bounded = time::timeout(Duration::from_secs(1), never);
        assert!((&mut bounded).await.is_err());
        assert!(start.elapsed() >= Duration::from_secs(1));
    });
}

#[test]
#[should_panic(expected = "longer than the timer can wait")]
fn a_delay_of_years_panics() {
    basic().block_on(async { time::delay_for(Duration::from_secs(3 * 365 * 86400)).await });
}
