//! Channels, locks, semaphores, notifications.

use crate::{one, panics, probe, Loud, Program};
use std::sync::Arc;
use tokio::stream::StreamExt;
use tokio::sync::{broadcast, mpsc, oneshot, watch, Barrier, Mutex, Notify, RwLock, Semaphore};

pub const PROGRAMS: &[Program] = &[
    ("oneshot_steps", oneshot_steps),
    ("oneshot_closed", oneshot_closed),
    ("oneshot_values_dropped", oneshot_values_dropped),
    ("mpsc_steps", mpsc_steps),
    ("mpsc_try", mpsc_try),
    ("mpsc_close", mpsc_close),
    ("mpsc_poll_ready", mpsc_poll_ready),
    ("mpsc_unbounded", mpsc_unbounded),
    ("mpsc_words", mpsc_words),
    ("mpsc_send_timeout", mpsc_send_timeout),
    ("broadcast_steps", broadcast_steps),
    ("broadcast_lag", broadcast_lag),
    ("broadcast_words", broadcast_words),
    ("watch_steps", watch_steps),
    ("watch_closed", watch_closed),
    ("watch_words", watch_words),
    ("mutex_order", mutex_order),
    ("mutex_try", mutex_try),
    ("rwlock_order", rwlock_order),
    ("semaphore_steps", semaphore_steps),
    ("semaphore_owned", semaphore_owned),
    ("notify_steps", notify_steps),
    ("barrier_leader", barrier_leader),
    ("locks_debug", locks_debug),
    ("channels_as_streams", channels_as_streams),
];

fn oneshot_steps() {
    let (tx, rx) = oneshot::channel::<u8>();
    let mut rx = probe(rx);
    println!("{:?} {}", rx.poll(), rx.woken());
    println!("{:?} {}", tx.send(3), rx.woken());
    println!("{:?}", rx.poll());
    println!("{}", panics(|| rx.poll()));
    let (tx, mut rx) = oneshot::channel::<u8>();
    println!("{:?}", rx.try_recv());
    tx.send(1).unwrap();
    println!("{:?}", rx.try_recv());
}

fn oneshot_closed() {
    let (mut tx, mut rx) = oneshot::channel::<u8>();
    rx.close();
    println!("{} {:?}", tx.is_closed(), probe(tx.closed()).poll());
    println!("{:?}", tx.send(1));
    println!("{:?}", rx.try_recv());
    let (tx, rx) = oneshot::channel::<u8>();
    drop(tx);
    println!("{:?}", one().block_on(rx).map_err(|error| format!("{error} {error:?}")));
    let (mut tx, rx) = oneshot::channel::<u8>();
    let mut closed = probe(tx.closed());
    println!("{:?}", closed.poll());
    drop(rx);
    println!("{} {:?}", closed.woken(), closed.poll());
}

fn oneshot_values_dropped() {
    let (tx, rx) = oneshot::channel();
    assert!(tx.send(Loud("sent")).is_ok());
    println!("dropping");
    drop(rx);
    let (tx, rx) = oneshot::channel();
    drop(rx);
    let refused = tx.send(Loud("refused"));
    println!("{}", refused.is_err());
}

fn mpsc_steps() {
    let (mut tx, mut rx) = mpsc::channel::<u8>(1);
    one().block_on(async {
        tx.send(1).await.unwrap();
        let mut other = tx.clone();
        let second = tokio::spawn(async move { other.send(2).await.is_ok() });
        tokio::task::yield_now().await;
        println!("{:?} {:?}", rx.recv().await, rx.recv().await);
        println!("{:?}", second.await.ok());
        drop(tx);
        println!("{:?} {:?}", rx.recv().await, rx.recv().await);
    });
}

fn mpsc_try() {
    let (mut tx, mut rx) = mpsc::channel::<u8>(1);
    println!("{:?} {:?}", rx.try_recv(), tx.try_send(1));
    println!("{:?}", tx.try_send(2));
    println!("{:?} {:?}", rx.try_recv(), rx.try_recv());
    drop(rx);
    println!("{:?}", tx.try_send(3));
    let (tx, mut rx) = mpsc::channel::<u8>(1);
    drop(tx);
    println!("{:?}", rx.try_recv());
    println!("{}", panics(|| mpsc::channel::<u8>(0)));
}

fn mpsc_close() {
    let (mut tx, mut rx) = mpsc::channel::<u8>(2);
    tx.try_send(1).unwrap();
    rx.close();
    one().block_on(async {
        println!("{:?}", tx.send(2).await.map_err(|error| error.to_string()));
        println!("{:?} {:?}", rx.recv().await, rx.recv().await);
    });
}

fn mpsc_poll_ready() {
    let (mut tx, mut rx) = mpsc::channel::<u8>(1);
    let mut other = tx.clone();
    let mut ready = probe(futures::future::poll_fn(|cx| tx.poll_ready(cx)));
    println!("{:?}", ready.poll());
    println!("{:?}", other.try_send(1).is_err());
    drop(ready);
    println!("{:?}", tx.try_send(2));
    println!("{:?}", rx.try_recv());
    let mut ready = probe(futures::future::poll_fn(|cx| tx.poll_ready(cx)));
    println!("{:?}", ready.poll());
    drop(ready);
    tx.disarm();
    println!("{:?}", other.try_send(3));
}

fn mpsc_unbounded() {
    let (tx, mut rx) = mpsc::unbounded_channel();
    println!("{:?} {:?}", tx.send(1), tx.send(2));
    println!("{:?}", rx.try_recv());
    rx.close();
    println!("{:?}", tx.send(3).map_err(|error| error.to_string()));
    one().block_on(async { println!("{:?} {:?}", rx.recv().await, rx.recv().await) });
}

fn mpsc_words() {
    let (mut tx, rx) = mpsc::channel::<u8>(1);
    tx.try_send(1).unwrap();
    let full = tx.try_send(2).unwrap_err();
    println!("{full} {full:?}");
    drop(rx);
    let closed = tx.try_send(2).unwrap_err();
    println!("{closed} {closed:?}");
    let error = one().block_on(tx.send(9)).unwrap_err();
    println!("{error} {error:?}");
    let (_tx, mut rx) = mpsc::channel::<u8>(1);
    println!("{}", rx.try_recv().unwrap_err());
}

fn mpsc_send_timeout() {
    let (mut tx, _rx) = mpsc::channel::<u8>(1);
    one().block_on(async {
        println!("{:?}", tx.send_timeout(1, std::time::Duration::from_millis(1)).await);
        println!("{:?}", tx.send_timeout(2, std::time::Duration::from_millis(1)).await);
    });
}

fn broadcast_steps() {
    let (tx, mut rx) = broadcast::channel::<u8>(4);
    let mut other = tx.subscribe();
    println!("{:?} {:?}", tx.send(1), tx.send(2));
    one().block_on(async {
        println!("{:?} {:?}", rx.recv().await, other.recv().await);
        println!("{:?} {:?}", rx.recv().await, rx.try_recv());
        println!("{}", tx.receiver_count());
        drop(tx);
        println!("{:?} {:?}", rx.recv().await, other.recv().await);
        println!("{:?}", other.recv().await);
    });
}

fn broadcast_lag() {
    let (tx, mut rx) = broadcast::channel::<u8>(2);
    for number in 0..5 {
        tx.send(number).unwrap();
    }
    println!("{:?} {:?} {:?} {:?}", rx.try_recv(), rx.try_recv(), rx.try_recv(), rx.try_recv());
    println!("{}", panics(|| broadcast::channel::<u8>(0)));
}

fn broadcast_words() {
    let (tx, rx) = broadcast::channel::<u8>(1);
    drop(rx);
    println!("{:?}", tx.send(1));
    let mut rx = tx.subscribe();
    println!("{}", rx.try_recv().unwrap_err());
    tx.send(1).unwrap();
    tx.send(2).unwrap();
    println!("{}", rx.try_recv().unwrap_err());
    drop(tx);
    println!("{:?} {}", rx.try_recv(), rx.try_recv().unwrap_err());
}

fn watch_steps() {
    let (tx, mut rx) = watch::channel(1);
    one().block_on(async {
        println!("{:?}", rx.recv().await);
        tx.broadcast(2).unwrap();
        tx.broadcast(3).unwrap();
        println!("{:?} {}", rx.recv().await, *rx.borrow());
        let mut clone = rx.clone();
        println!("{:?}", probe(clone.recv()).poll());
        drop(tx);
        println!("{:?} {:?}", rx.recv().await, clone.recv().await);
    });
}

fn watch_closed() {
    let (mut tx, rx) = watch::channel(1);
    let mut closed = probe(tx.closed());
    println!("{:?}", closed.poll());
    drop(rx);
    println!("{} {:?}", closed.woken(), closed.poll());
    drop(closed);
    println!("{:?}", tx.broadcast(2).is_err());
}

fn watch_words() {
    let (tx, rx) = watch::channel(1);
    println!("{}", *rx.borrow());
    drop(rx);
    let error = tx.broadcast(7).unwrap_err();
    println!("{error} {error:?}");
}

fn mutex_order() {
    let mutex = Mutex::new(());
    let guard = mutex.try_lock().unwrap();
    let mut waits: Vec<_> = (0..3).map(|_| probe(mutex.lock())).collect();
    for wait in &mut waits {
        println!("{}", wait.poll().is_ready());
    }
    drop(guard);
    println!("{:?}", waits.iter().map(|wait| wait.woken()).collect::<Vec<_>>());
    println!("{}", mutex.try_lock().is_err());
    waits.remove(0);
    println!("{:?}", waits.iter().map(|wait| wait.woken()).collect::<Vec<_>>());
    println!("{}", waits[0].poll().is_ready());
}

fn mutex_try() {
    let mutex = Arc::new(Mutex::new(1));
    let guard = mutex.clone().try_lock_owned().unwrap();
    let error = mutex.try_lock().unwrap_err();
    println!("{error} {error:?} {}", *guard);
    drop(guard);
    println!("{:?}", Arc::try_unwrap(mutex).unwrap().into_inner());
}

fn rwlock_order() {
    let lock = RwLock::new(0);
    let mut first = probe(lock.read());
    let held = first.poll();
    let mut write = probe(lock.write());
    println!("{}", write.poll().is_ready());
    let mut second = probe(lock.read());
    println!("{}", second.poll().is_ready());
    drop(held);
    println!("{} {}", write.woken(), second.woken());
    println!("{}", write.poll().is_ready());
    println!("{} {}", second.woken(), second.poll().is_ready());
}

fn semaphore_steps() {
    let semaphore = Semaphore::new(1);
    let permit = semaphore.try_acquire().unwrap();
    println!("{} {}", semaphore.available_permits(), semaphore.try_acquire().is_err());
    let mut waits = probe(semaphore.acquire());
    println!("{}", waits.poll().is_ready());
    drop(permit);
    println!("{} {}", waits.woken(), semaphore.available_permits());
    let got = waits.poll();
    println!("{}", got.is_ready());
    if let std::task::Poll::Ready(permit) = got {
        permit.forget();
    }
    println!("{}", semaphore.available_permits());
    semaphore.add_permits(3);
    println!("{}", semaphore.available_permits());
}

fn semaphore_owned() {
    let semaphore = Arc::new(Semaphore::new(1));
    let permit = one().block_on(semaphore.clone().acquire_owned());
    println!("{}", semaphore.clone().try_acquire_owned().is_err());
    drop(permit);
    println!("{}", semaphore.available_permits());
    println!("{}", panics(|| Semaphore::new(usize::MAX)));
}

fn notify_steps() {
    let notify = Notify::new();
    notify.notify();
    notify.notify();
    println!("{:?}", probe(notify.notified()).poll());
    let mut first = probe(notify.notified());
    let mut second = probe(notify.notified());
    println!("{:?} {:?}", first.poll(), second.poll());
    notify.notify();
    println!("{} {}", first.woken(), second.woken());
    drop(first);
    println!("{} {:?}", second.woken(), second.poll());
}

fn barrier_leader() {
    let barrier = Arc::new(Barrier::new(3));
    let leaders = one().block_on(async {
        let waits = (0..3).map(|_| {
            let barrier = barrier.clone();
            async move { barrier.wait().await.is_leader() }
        });
        futures::future::join_all(waits).await
    });
    println!("{leaders:?}");
}

fn locks_debug() {
    println!("{:?}", Mutex::new(1).try_lock().unwrap());
    println!("{}", format!("{:?}", Semaphore::new(1)).starts_with("Semaphore"));
    println!("{}", format!("{:?}", Notify::new()).starts_with("Notify"));
    println!("{}", format!("{:?}", RwLock::new(2)).starts_with("RwLock"));
}

fn channels_as_streams() {
    let (tx, rx) = mpsc::unbounded_channel();
    for number in 0..4 {
        tx.send(number).unwrap();
    }
    drop(tx);
    let all = one()
        .block_on(rx.map(|number| number * 2).filter(|number| *number > 0).collect::<Vec<_>>());
    println!("{all:?}");
    one().block_on(async {
        println!(
            "{:?}",
            tokio::stream::iter(0..5)
                .skip(1)
                .take(3)
                .chain(tokio::stream::once(9))
                .collect::<Vec<_>>()
                .await
        );
        println!(
            "{:?}",
            tokio::stream::iter([1, 2])
                .merge(tokio::stream::iter([3]))
                .fold(0, |sum, number| sum + number)
                .await
        );
        println!("{:?}", tokio::stream::iter([1, 2, 3]).all(|number| number > 0).await);
        println!(
            "{:?}",
            tokio::stream::iter([Ok(1), Err("no")]).collect::<Result<Vec<_>, _>>().await
        );
    });
    let (a, b) = (tokio::stream::iter(["x"]), tokio::stream::iter(["y"]));
    let mut map = tokio::stream::StreamMap::new();
    map.insert(1, a);
    map.insert(2, b);
    let mut all = one().block_on(map.collect::<Vec<_>>());
    all.sort_unstable();
    println!("{all:?}");
}
