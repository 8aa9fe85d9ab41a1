//! Models of the whole loop of one thread: tasks come and are woken from elsewhere while it
//! runs, sleeps, and goes to another thread.

use super::movable::{Movable, Spawner};
use loom::sync::atomic::AtomicBool;
use loom::sync::{Arc, Mutex};
use loom::thread;
use std::future::{poll_fn, Future};
use std::panic::Location;
use std::pin::Pin;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio_executor::internals::sys::UnsafeCell;
use tokio_executor::park::{Park, Token, Unpark};
use tokio_executor::task::NewTask;
use tokio_executor::waiter::WaiterCell;

/// Sleeps on a token of the model.
struct Sleep(std::sync::Arc<Token>);

struct Wakes(std::sync::Arc<Token>);

impl Unpark for Wakes {
    fn unpark(&self) {
        self.0.unpark();
    }
}

impl Park for Sleep {
    type Unpark = Wakes;
    type Error = std::convert::Infallible;

    fn unpark(&self) -> Wakes {
        Wakes(self.0.clone())
    }

    fn park(&mut self) -> Result<(), Self::Error> {
        self.0.park(None);
        Ok(())
    }

    fn park_timeout(&mut self, _: Duration) -> Result<(), Self::Error> {
        // A poll of the driver between two rounds.
        Ok(())
    }
}

fn executor() -> (Movable<Sleep>, Spawner) {
    let executor = Movable::new(Sleep(std::sync::Arc::new(Token::new())), true, None);
    let spawner = executor.spawner();
    (executor, spawner)
}

fn block_on<F: Future>(executor: &mut Movable<Sleep>, future: F) -> F::Output {
    let mut enter = tokio_executor::enter().expect("one thread of the model runs at a time");
    executor.block_on(&mut enter, Location::caller(), future).expect("this parker does not fail")
}

/// A flag, and who waits for it.
struct Flag {
    set: AtomicBool,
    waiter: WaiterCell,
    /// Written by who sets the flag, and by the tasks.
    data: UnsafeCell<u32>,
}

// SAFETY: loom checks each access to `data`.
unsafe impl Send for Flag {}
// SAFETY: as above.
unsafe impl Sync for Flag {}

impl Flag {
    fn new() -> Arc<Flag> {
        Arc::new(Flag {
            set: AtomicBool::new(false),
            waiter: WaiterCell::new(),
            data: UnsafeCell::new(0),
        })
    }

    fn add(&self) {
        // SAFETY: loom reports an access at the same time.
        self.data.with_mut(|data| unsafe { *data += 1 });
    }

    fn read(&self) -> u32 {
        // SAFETY: as above.
        self.data.with(|data| unsafe { *data })
    }

    fn set(&self) {
        self.set.store(true, Release);
        self.waiter.wake();
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.waiter.register(&tokio_executor::task::Context::from(cx));
        if self.set.load(Acquire) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

/// Waits for one flag, touches the data at each poll, and then sets another flag.
struct Relay {
    first: Arc<Flag>,
    then: Arc<Flag>,
    own: Arc<Flag>,
}

impl Future for Relay {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.own.add();
        let poll = self.first.poll(cx);
        if poll.is_ready() {
            self.then.set();
        }
        poll
    }
}

/// A task that is spawned elsewhere is run, though the loop sleeps or is about to. (A task that
/// is lost shows as a deadlock.)
#[test]
fn loom_a_task_from_elsewhere_ends_the_sleep_of_the_loop() {
    loom::model(|| {
        let (mut executor, spawner) = executor();
        let done = Flag::new();
        let other = {
            let done = done.clone();
            thread::spawn(move || {
                done.add();
                let task = async move {
                    assert_eq!(done.read(), 1);
                    done.set();
                };
                spawner.spawn(NewTask::new_std(task)).unwrap();
            })
        };
        block_on(&mut executor, poll_fn(|cx| done.poll(cx)));
        assert_eq!(done.read(), 1);
        other.join().unwrap();
    });
}

/// A task is woken elsewhere while one thread leaves the loop and another one takes it: it is
/// run by the one or the other.
#[test]
fn loom_a_loop_that_goes_to_another_thread_takes_its_tasks_along() {
    loom::model(|| {
        let (mut executor, spawner) = executor();
        let [first, then, own] = [Flag::new(), Flag::new(), Flag::new()];
        let relay = Relay { first: first.clone(), then: then.clone(), own: own.clone() };
        spawner.spawn(NewTask::new_std(relay)).unwrap();
        let waker = thread::spawn(move || first.set());
        // One round, in which the task may wait or not.
        let mut rounds = 0;
        let once = poll_fn(|cx| {
            rounds += 1;
            if rounds > 1 {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        });
        block_on(&mut executor, once);
        let other = thread::spawn(move || {
            block_on(&mut executor, poll_fn(|cx| then.poll(cx)));
            assert!((1..=2).contains(&own.read()));
            executor
        });
        waker.join().unwrap();
        drop(other.join().unwrap());
    });
}

/// The executor is dropped while a task of it is woken elsewhere: the task is dropped once, and
/// the waker finds what it needs.
#[test]
fn loom_a_loop_that_ends_waits_for_a_wake_on_its_way() {
    struct Drops(Relay, Arc<Mutex<u32>>);

    impl Future for Drops {
        type Output = ();

        fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
            Pin::new(&mut self.0).poll(cx)
        }
    }

    impl Drop for Drops {
        fn drop(&mut self) {
            self.0.own.add();
            *self.1.lock().unwrap() += 1;
        }
    }

    loom::model(|| {
        let (mut executor, spawner) = executor();
        let [first, then, own] = [Flag::new(), Flag::new(), Flag::new()];
        let drops = Arc::new(Mutex::new(0));
        let relay = Relay { first: first.clone(), then, own };
        spawner.spawn(NewTask::new_std(Drops(relay, drops.clone()))).unwrap();
        let polled = AtomicBool::new(false);
        let once = poll_fn(|cx| {
            if polled.swap(true, Relaxed) {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        });
        block_on(&mut executor, once);
        let waker = thread::spawn(move || first.set());
        drop(executor);
        assert_eq!(*drops.lock().unwrap(), 1);
        waker.join().unwrap();
    });
}
