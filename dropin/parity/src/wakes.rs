//! How often a waker is called, and who gets what is there when several wait.
//!
//! Futures are polled by hand, outside any task.
//! `main` calls each program, in a process of its own.

use crate::{one, paused, Program};
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use tokio::sync::{
    broadcast, mpsc, oneshot, watch, Barrier, Mutex, Notify, OnceCell, RwLock, Semaphore,
};
use tokio::time::{self, Instant};

pub const PROGRAMS: &[Program] = &[
    ("mpsc_wakes", mpsc_wakes),
    ("mpsc_senders_in_turn", mpsc_senders_in_turn),
    ("mpsc_recv_many_wakes", mpsc_recv_many_wakes),
    ("mpsc_closed_wakes", mpsc_closed_wakes),
    ("oneshot_wakes", oneshot_wakes),
    ("watch_wakes", watch_wakes),
    ("broadcast_wakes", broadcast_wakes),
    ("notify_one_wakes", notify_one_wakes),
    ("notify_waiters_wakes", notify_waiters_wakes),
    ("notified_dropped_hands_on", notified_dropped_hands_on),
    ("notify_last", notify_last),
    ("semaphore_wakes", semaphore_wakes),
    ("semaphore_cancelled", semaphore_cancelled),
    ("semaphore_closed", semaphore_closed),
    ("mutex_wakes", mutex_wakes),
    ("rwlock_wakes", rwlock_wakes),
    ("barrier_wakes", barrier_wakes),
    ("once_cell_wakes", once_cell_wakes),
    ("join_handle_wakes", join_handle_wakes),
    ("sleep_wakes", sleep_wakes),
    ("sleep_reset_wakes", sleep_reset_wakes),
    ("duplex_wakes", duplex_wakes),
    ("other_waker_is_woken", other_waker_is_woken),
];

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

/// A future outside any task, and how often it was woken.
struct Driven<F> {
    future: std::pin::Pin<Box<F>>,
    count: Arc<Count>,
}

impl<F: Future> Driven<F> {
    fn new(future: F) -> Driven<F> {
        Driven { future: Box::pin(future), count: Arc::default() }
    }

    /// Polls, and says whether it is ready.
    fn poll(&mut self) -> Poll<F::Output> {
        let waker = Waker::from(self.count.clone());
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }

    fn is_ready(&mut self) -> bool {
        self.poll().is_ready()
    }

    fn woken(&self) -> usize {
        self.count.0.load(SeqCst)
    }
}

fn mpsc_wakes() {
    let (sender, mut receiver) = mpsc::channel::<u8>(4);
    let other = sender.clone();
    let mut recv = Driven::new(receiver.recv());
    println!("{:?} {}", recv.poll(), recv.woken());
    println!("{:?} {}", recv.poll(), recv.woken());
    sender.try_send(1).unwrap();
    println!("{}", recv.woken());
    sender.try_send(2).unwrap();
    println!("{}", recv.woken());
    println!("{:?}", recv.poll());
    drop(recv);
    println!("{:?}", Driven::new(receiver.recv()).poll());
    let mut recv = Driven::new(receiver.recv());
    println!("{:?}", recv.poll());
    drop(sender);
    println!("{}", recv.woken());
    drop(other);
    println!("{}", recv.woken());
    println!("{:?}", recv.poll());
}

fn mpsc_senders_in_turn() {
    let (sender, mut receiver) = mpsc::channel::<u8>(1);
    sender.try_send(0).unwrap();
    let mut first = Driven::new(sender.send(1));
    let mut second = Driven::new(sender.send(2));
    let mut third = Driven::new(sender.reserve());
    println!("{} {} {}", first.is_ready(), second.is_ready(), third.is_ready());
    println!("{:?}", receiver.try_recv());
    println!("{} {} {}", first.woken(), second.woken(), third.woken());
    println!("full {}", sender.try_send(9).is_err());
    drop(first);
    println!("{} {}", second.woken(), third.woken());
    println!("{} {}", second.is_ready(), third.is_ready());
    println!("{:?}", receiver.try_recv());
    println!("{} {}", third.woken(), sender.capacity());
    drop(receiver);
    println!("{}", third.woken());
    println!("{:?}", third.poll().map(|permit| permit.is_err()));
}

fn mpsc_recv_many_wakes() {
    let (sender, mut receiver) = mpsc::unbounded_channel::<u8>();
    let mut buffer = Vec::new();
    let mut many = Driven::new(receiver.recv_many(&mut buffer, 3));
    println!("{:?}", many.poll());
    for value in 0..5 {
        sender.send(value).unwrap();
    }
    println!("{}", many.woken());
    println!("{:?}", many.poll());
    drop(many);
    println!("{buffer:?} {}", receiver.len());
    let mut none = Driven::new(receiver.recv_many(&mut buffer, 0));
    println!("{:?}", none.poll());
}

fn mpsc_closed_wakes() {
    let (sender, mut receiver) = mpsc::channel::<u8>(1);
    let mut closed = Driven::new(sender.closed());
    let mut again = Driven::new(sender.closed());
    println!("{} {}", closed.is_ready(), again.is_ready());
    receiver.close();
    println!("{} {}", closed.woken(), again.woken());
    println!("{} {}", closed.is_ready(), again.is_ready());
    let mut recv = Driven::new(receiver.recv());
    println!("{:?}", recv.poll());
}

fn oneshot_wakes() {
    let (sender, receiver) = oneshot::channel::<u8>();
    let mut recv = Driven::new(receiver);
    println!("{:?}", recv.poll());
    sender.send(1).unwrap();
    println!("{} {:?}", recv.woken(), recv.poll());
    let (mut sender, receiver) = oneshot::channel::<u8>();
    let mut closed = Driven::new(sender.closed());
    println!("{}", closed.is_ready());
    drop(receiver);
    println!("{} {}", closed.woken(), closed.is_ready());
    let (sender, receiver) = oneshot::channel::<u8>();
    let mut recv = Driven::new(receiver);
    println!("{:?}", recv.poll());
    drop(sender);
    println!("{} {:?}", recv.woken(), recv.poll());
}

fn watch_wakes() {
    let (sender, mut receiver) = watch::channel(0);
    let mut other = receiver.clone();
    let mut changed = Driven::new(receiver.changed());
    let mut until = Driven::new(other.wait_for(|value| *value == 2));
    println!("{} {}", changed.is_ready(), until.is_ready());
    sender.send(1).unwrap();
    println!("{} {}", changed.woken(), until.woken());
    println!("{} {}", changed.is_ready(), until.is_ready());
    sender.send_if_modified(|_| false);
    println!("{}", until.woken());
    sender.send_modify(|value| *value = 2);
    println!("{} {:?}", until.woken(), until.poll().map(|value| value.map(|value| *value)));
    drop(until);
    let mut changed = Driven::new(other.changed());
    println!("{}", changed.is_ready());
    drop(sender);
    println!("{} {:?}", changed.woken(), changed.poll());
}

fn broadcast_wakes() {
    let (sender, mut first) = broadcast::channel::<u8>(2);
    let mut second = sender.subscribe();
    let mut one = Driven::new(first.recv());
    let mut two = Driven::new(second.recv());
    println!("{} {}", one.is_ready(), two.is_ready());
    println!("{:?}", sender.send(1));
    println!("{} {}", one.woken(), two.woken());
    println!("{:?} {:?}", one.poll(), two.poll());
    drop((one, two));
    for value in 2..6 {
        sender.send(value).unwrap();
    }
    println!("{} {}", first.len(), sender.len());
    for _ in 0..3 {
        println!("{:?}", first.try_recv());
    }
    println!("{:?}", first.try_recv());
    drop(sender);
    println!("{:?}", first.try_recv());
    println!("{:?}", second.try_recv());
}

fn notify_one_wakes() {
    let notify = Notify::new();
    let mut first = Driven::new(notify.notified());
    let mut second = Driven::new(notify.notified());
    println!("{} {}", first.is_ready(), second.is_ready());
    notify.notify_one();
    println!("{} {}", first.woken(), second.woken());
    notify.notify_one();
    notify.notify_one();
    println!("{} {}", first.woken(), second.woken());
    println!("{} {}", first.is_ready(), second.is_ready());
    println!("{}", Driven::new(notify.notified()).is_ready());
    println!("{}", Driven::new(notify.notified()).is_ready());
}

fn notify_waiters_wakes() {
    let notify = Notify::new();
    let mut polled = Driven::new(notify.notified());
    println!("{}", polled.is_ready());
    let mut made = Driven::new(notify.notified());
    notify.notify_waiters();
    let mut later = Driven::new(notify.notified());
    println!("{} {}", polled.woken(), made.woken());
    println!("{} {} {}", polled.is_ready(), made.is_ready(), later.is_ready());
    let mut enabled = pin!(notify.notified());
    println!("{}", enabled.as_mut().enable());
    notify.notify_one();
    println!("{} {}", later.woken(), enabled.as_mut().enable());
    println!("{}", later.is_ready());
}

fn notified_dropped_hands_on() {
    let notify = Notify::new();
    let mut first = Driven::new(notify.notified());
    let mut second = Driven::new(notify.notified());
    println!("{} {}", first.is_ready(), second.is_ready());
    notify.notify_one();
    drop(first);
    println!("{} {}", second.woken(), second.is_ready());
    let mut third = Driven::new(notify.notified());
    println!("{}", third.is_ready());
    notify.notify_waiters();
    drop(third);
    println!("{}", Driven::new(notify.notified()).is_ready());
}

fn notify_last() {
    let notify = Notify::new();
    let mut waiters: Vec<_> = (0..3).map(|_| Driven::new(notify.notified())).collect();
    println!("{:?}", waiters.iter_mut().map(Driven::is_ready).collect::<Vec<_>>());
    notify.notify_last();
    println!("{:?}", waiters.iter().map(Driven::woken).collect::<Vec<_>>());
    let last = waiters.pop();
    drop(last);
    println!("{:?}", waiters.iter().map(Driven::woken).collect::<Vec<_>>());
}

fn semaphore_wakes() {
    let semaphore = Semaphore::new(1);
    let held = semaphore.try_acquire().unwrap();
    let mut three = Driven::new(semaphore.acquire_many(3));
    let mut single = Driven::new(semaphore.acquire());
    println!("{} {}", three.is_ready(), single.is_ready());
    drop(held);
    println!("{} {} {}", three.woken(), single.woken(), semaphore.available_permits());
    println!("{:?}", semaphore.try_acquire().map(|_| ()));
    semaphore.add_permits(1);
    println!("{} {}", three.woken(), single.woken());
    semaphore.add_permits(3);
    println!("{} {} {}", three.woken(), single.woken(), semaphore.available_permits());
    let held = three.poll();
    println!("{} {}", held.is_ready(), single.is_ready());
    drop(held);
    println!("{}", semaphore.available_permits());
    println!("{} {}", semaphore.forget_permits(2), semaphore.available_permits());
}

fn semaphore_cancelled() {
    let semaphore = Semaphore::new(2);
    let mut three = Driven::new(semaphore.acquire_many(3));
    let mut single = Driven::new(semaphore.acquire());
    println!("{} {}", three.is_ready(), single.is_ready());
    println!("{}", semaphore.available_permits());
    drop(three);
    println!("{} {}", single.woken(), semaphore.available_permits());
    println!("{}", single.is_ready());
    let mut none = Driven::new(semaphore.acquire_many(0));
    println!("{}", none.is_ready());
    let mut permit = semaphore.try_acquire_many(1).unwrap();
    println!("{:?}", permit.split(2).is_none());
    println!("{}", permit.num_permits());
}

fn semaphore_closed() {
    let semaphore = Semaphore::new(0);
    let mut first = Driven::new(semaphore.acquire());
    let mut second = Driven::new(semaphore.acquire());
    println!("{} {}", first.is_ready(), second.is_ready());
    semaphore.close();
    println!("{} {}", first.woken(), second.woken());
    println!(
        "{:?} {:?}",
        first.poll().map(|r| r.map(|_| ())),
        second.poll().map(|r| r.map(|_| ()))
    );
    println!("{:?}", semaphore.try_acquire().map(|_| ()));
    semaphore.add_permits(1);
    println!("{:?} {}", semaphore.try_acquire().map(|_| ()), semaphore.available_permits());
}

fn mutex_wakes() {
    let mutex = Mutex::new(0);
    let held = mutex.try_lock().unwrap();
    let mut first = Driven::new(mutex.lock());
    let mut second = Driven::new(mutex.lock());
    println!("{} {}", first.is_ready(), second.is_ready());
    drop(held);
    println!("{} {} {}", first.woken(), second.woken(), mutex.try_lock().is_err());
    drop(first);
    println!("{}", second.woken());
    let guard = second.poll();
    println!("{}", guard.is_ready());
    println!("{mutex:?}");
    drop(guard);
    drop(second);
    println!("{mutex:?}");
}

fn rwlock_wakes() {
    let lock = RwLock::new(0);
    let reading = lock.try_read().unwrap();
    let mut writer = Driven::new(lock.write());
    let mut reader = Driven::new(lock.read());
    println!("{} {} {}", writer.is_ready(), reader.is_ready(), lock.try_read().is_err());
    drop(reading);
    println!("{} {}", writer.woken(), reader.woken());
    let guard = writer.poll();
    println!("{lock:?}");
    drop(guard);
    println!("{} {}", reader.woken(), reader.is_ready());
    drop(writer);
    drop(reader);
    println!("{lock:?}");
    let mut first = Driven::new(lock.write());
    let Poll::Ready(guard) = first.poll() else { return };
    let mut readers: Vec<_> = (0..3).map(|_| Driven::new(lock.read())).collect();
    println!("{:?}", readers.iter_mut().map(Driven::is_ready).collect::<Vec<_>>());
    let guard = guard.downgrade();
    println!("{:?}", readers.iter().map(Driven::woken).collect::<Vec<_>>());
    drop(guard);
}

fn barrier_wakes() {
    let barrier = Barrier::new(3);
    let mut first = Driven::new(barrier.wait());
    let mut second = Driven::new(barrier.wait());
    println!("{} {}", first.is_ready(), second.is_ready());
    let mut third = Driven::new(barrier.wait());
    println!("{:?}", third.poll().map(|result| result.is_leader()));
    println!("{} {}", first.woken(), second.woken());
    println!("{:?}", first.poll().map(|result| result.is_leader()));
    println!("{}", Driven::new(Barrier::new(0).wait()).is_ready());
}

fn once_cell_wakes() {
    let cell = OnceCell::<u8>::new();
    let (sender, receiver) = oneshot::channel::<u8>();
    let mut first = Driven::new(cell.get_or_init(|| async { receiver.await.unwrap() }));
    let mut second = Driven::new(cell.get_or_init(|| async { 2 }));
    println!("{} {}", first.is_ready(), second.is_ready());
    println!("{:?} {}", cell.set(3), cell.initialized());
    drop(first);
    println!("{} {:?}", second.woken(), second.poll());
    println!("{:?} {:?}", cell, cell.set(4));
    drop(sender);
}

fn join_handle_wakes() {
    one().block_on(async {
        let (sender, receiver) = oneshot::channel::<u8>();
        let mut task = Driven::new(tokio::spawn(receiver));
        println!("{:?}", task.is_ready());
        tokio::task::yield_now().await;
        println!("{:?} {}", task.is_ready(), task.woken());
        sender.send(1).unwrap();
        println!("{}", task.woken());
        tokio::task::yield_now().await;
        println!("{} {:?}", task.woken(), task.poll());
    });
}

fn sleep_wakes() {
    paused().block_on(async {
        let mut sleep = Driven::new(time::sleep(Duration::from_millis(10)));
        println!("{}", sleep.is_ready());
        time::advance(Duration::from_millis(9)).await;
        println!("{} {}", sleep.woken(), sleep.is_ready());
        time::advance(Duration::from_millis(1)).await;
        println!("{} {}", sleep.woken(), sleep.is_ready());
        println!("{}", Driven::new(time::sleep(Duration::ZERO)).is_ready());
    });
}

fn sleep_reset_wakes() {
    paused().block_on(async {
        let start = Instant::now();
        let mut sleep = pin!(time::sleep(Duration::from_millis(10)));
        let count = Arc::new(Count::default());
        let waker = Waker::from(count.clone());
        let mut context = Context::from_waker(&waker);
        println!("{:?}", sleep.as_mut().poll(&mut context));
        sleep.as_mut().reset(start + Duration::from_millis(20));
        time::advance(Duration::from_millis(15)).await;
        println!("{} {}", count.0.load(SeqCst), sleep.is_elapsed());
        time::advance(Duration::from_millis(6)).await;
        println!("{} {}", count.0.load(SeqCst), sleep.is_elapsed());
        println!("{:?}", sleep.as_mut().poll(&mut context));
        sleep.as_mut().reset(start + Duration::from_millis(5));
        println!("{:?} {}", sleep.as_mut().poll(&mut context), sleep.is_elapsed());
        println!("{:?}", sleep.deadline() - start);
    });
}

fn duplex_wakes() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (mut near, mut far) = tokio::io::duplex(4);
    let mut buffer = [0; 8];
    let mut read = Driven::new(far.read(&mut buffer));
    println!("{}", read.is_ready());
    let mut write = Driven::new(near.write_all(b"abcdef"));
    println!("{} {}", write.is_ready(), read.woken());
    println!("{:?} {}", read.poll().map(Result::unwrap), write.woken());
    println!("{}", write.is_ready());
    drop(write);
    println!("{:?}", Driven::new(near.shutdown()).poll().map(Result::unwrap));
    drop(read);
    let mut rest = Vec::new();
    println!("{:?}", Driven::new(far.read_to_end(&mut rest)).poll().map(Result::unwrap));
    println!("{:?}", Driven::new(near.write(b"x")).poll().map_err(|e| e.kind()));
}

/// Each wait remembers the waker of its latest poll.
fn other_waker_is_woken() {
    fn moved<F: Future>(name: &str, future: F, wake: impl FnOnce()) {
        let (old, new) = (Arc::new(Count::default()), Arc::new(Count::default()));
        let mut future = pin!(future);
        for count in [&old, &new] {
            let waker = Waker::from(count.clone());
            let poll = future.as_mut().poll(&mut Context::from_waker(&waker));
            print!("{} ", poll.is_ready());
        }
        wake();
        println!("{name} {} {}", old.0.load(SeqCst), new.0.load(SeqCst));
    }
    let (sender, mut receiver) = mpsc::channel(1);
    moved("mpsc", receiver.recv(), || sender.try_send(1).unwrap());
    let (sender, receiver) = oneshot::channel();
    moved("oneshot", receiver, || sender.send(1).unwrap());
    let (sender, mut receiver) = watch::channel(0);
    moved("watch", receiver.changed(), || sender.send(1).unwrap());
    let (sender, mut receiver) = broadcast::channel(1);
    moved("broadcast", receiver.recv(), || _ = sender.send(1));
    let notify = Notify::new();
    moved("notify", notify.notified(), || notify.notify_one());
    moved("waiters", notify.notified(), || notify.notify_waiters());
    let semaphore = Semaphore::new(0);
    moved("semaphore", semaphore.acquire(), || semaphore.add_permits(1));
}
