//! In which order tasks are polled, messages arrive and a paused clock goes on.
//!
//! On a runtime of one thread, where that is certain.
//! `main` calls each program, in a process of its own.

use crate::{one, paused, Program};
use std::cell::RefCell;
use std::future::{poll_fn, Future};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, Notify};
use tokio::task::{self, coop, yield_now, JoinSet, LocalSet};
use tokio::time::{self, Instant, MissedTickBehavior};

pub const PROGRAMS: &[Program] = &[
    ("spawned_run_in_order", spawned_run_in_order),
    ("woken_run_in_order", woken_run_in_order),
    ("yield_goes_behind", yield_goes_behind),
    ("yield_waits_from_its_round_on", yield_waits_from_its_round_on),
    ("local_set_order", local_set_order),
    ("local_set_nested_spawn", local_set_nested_spawn),
    ("join_rotates", join_rotates),
    ("join_biased", join_biased),
    ("select_biased_order", select_biased_order),
    ("budget_of_messages", budget_of_messages),
    ("budget_of_others", budget_of_others),
    ("budget_unconstrained", budget_unconstrained),
    ("budget_is_cooperative", budget_is_cooperative),
    ("timers_in_order", timers_in_order),
    ("timers_rounding", timers_rounding),
    ("auto_advance", auto_advance),
    ("advance_steps", advance_steps),
    ("interval_burst", interval_burst),
    ("interval_delay", interval_delay),
    ("interval_skip", interval_skip),
    ("interval_reset", interval_reset),
    ("timeout_order", timeout_order),
    ("timeout_zero", timeout_zero),
    ("join_set_order", join_set_order),
    ("block_on_order", block_on_order),
    ("pause_and_resume", pause_and_resume),
];

fn spawned_run_in_order() {
    one().block_on(async {
        for number in 0..5 {
            tokio::spawn(async move { println!("task {number}") });
        }
        println!("spawned");
        yield_now().await;
        println!("yielded");
    });
}

fn woken_run_in_order() {
    one().block_on(async {
        let notify = std::sync::Arc::new(Notify::new());
        let mut set = JoinSet::new();
        for number in 0..4 {
            let notify = notify.clone();
            set.spawn(async move {
                notify.notified().await;
                println!("woken {number}");
            });
        }
        yield_now().await;
        notify.notify_waiters();
        println!("notified");
        set.join_all().await;
    });
}

fn yield_goes_behind() {
    one().block_on(async {
        let mut set = JoinSet::new();
        for number in 0..3 {
            set.spawn(async move {
                for turn in 0..3 {
                    println!("task {number} turn {turn}");
                    yield_now().await;
                }
            });
        }
        set.join_all().await;
    });
}

fn yield_waits_from_its_round_on() {
    struct Says;
    impl Wake for Says {
        fn wake(self: Arc<Self>) {
            println!("woken");
        }
    }
    one().block_on(async {
        tokio::spawn(async {
            let mut yields = pin!(yield_now());
            let waker = Arc::new(Says).into();
            for _ in 0..2 {
                let polled = yields.as_mut().poll(&mut Context::from_waker(&waker));
                println!("polled, pending {}", polled.is_pending());
            }
        });
        println!("spawned");
        yield_now().await;
        println!("yielded");
    });
}

fn local_set_order() {
    let local = LocalSet::new();
    let log = Rc::new(RefCell::new(Vec::new()));
    for number in 0..3 {
        let log = log.clone();
        local.spawn_local(async move {
            log.borrow_mut().push(number);
            yield_now().await;
            log.borrow_mut().push(number + 10);
        });
    }
    let runtime = one();
    runtime.block_on(local.run_until(async {
        log.borrow_mut().push(100);
        yield_now().await;
        log.borrow_mut().push(101);
    }));
    println!("{:?}", log.borrow());
    runtime.block_on(local);
    println!("{:?}", log.borrow());
}

fn local_set_nested_spawn() {
    let local = LocalSet::new();
    one().block_on(local.run_until(async {
        let outer = task::spawn_local(async {
            println!("outer");
            let inner = task::spawn_local(async { println!("inner") });
            tokio::spawn(async { println!("of the runtime") }).await.unwrap();
            inner.await.unwrap();
            println!("outer ends");
        });
        outer.await.unwrap();
    }));
}

/// Prints its name each time it is polled, as often as `polls` says, and then is ready.
async fn polled(name: &'static str, polls: usize) {
    let mut left = polls;
    poll_fn(move |context| {
        println!("poll {name}");
        left -= 1;
        if left == 0 {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

fn join_rotates() {
    one().block_on(async {
        tokio::join!(polled("a", 3), polled("b", 2), polled("c", 4));
        let _ = tokio::try_join!(
            async {
                polled("d", 2).await;
                Ok::<_, ()>(())
            },
            async {
                polled("e", 3).await;
                Ok(())
            },
        );
    });
}

fn join_biased() {
    one().block_on(async {
        tokio::join!(biased; polled("a", 3), polled("b", 2), polled("c", 4));
    });
}

fn select_biased_order() {
    one().block_on(async {
        for _ in 0..2 {
            tokio::select! {
                biased;
                _ = polled("a", 3) => println!("a"),
                _ = polled("b", 2) => println!("b"),
                _ = polled("c", 1), if false => println!("c"),
            }
        }
    });
}

fn budget_of_messages() {
    one().block_on(async {
        let (sender, mut receiver) = mpsc::unbounded_channel::<u32>();
        (0..1000).for_each(|value| sender.send(value).unwrap());
        drop(sender);
        let task = tokio::spawn(async move {
            let mut count = 0;
            let mut turns = Vec::new();
            poll_fn(|context| {
                turns.push(count);
                loop {
                    match receiver.poll_recv(context) {
                        Poll::Ready(Some(_)) => count += 1,
                        Poll::Ready(None) => return Poll::Ready(()),
                        Poll::Pending => return Poll::Pending,
                    }
                }
            })
            .await;
            turns
        });
        println!("{:?}", task.await.unwrap());
    });
}

/// How many operations are done at one go, of several kinds.
fn budget_of_others() {
    async fn at_one_go<F: std::future::Future>(
        name: &str,
        mut make: impl FnMut() -> F + Send + 'static,
    ) {
        let mut done = 0;
        poll_fn(|context| {
            for _ in 0..300 {
                let mut future = std::pin::pin!(make());
                if future.as_mut().poll(context).is_pending() {
                    break;
                }
                done += 1;
            }
            Poll::Ready(())
        })
        .await;
        println!("{name} {done}");
        yield_now().await;
    }
    one().block_on(async {
        let notify = std::sync::Arc::new(Notify::new());
        tokio::spawn(async move {
            static SEMAPHORE: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(3);
            at_one_go("semaphore", || SEMAPHORE.acquire()).await;
            static MUTEX: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
            at_one_go("mutex", || MUTEX.lock()).await;
            static LOCK: tokio::sync::RwLock<()> = tokio::sync::RwLock::const_new(());
            at_one_go("read", || LOCK.read()).await;
            at_one_go("oneshot", || {
                let (sender, receiver) = oneshot::channel();
                sender.send(1).unwrap();
                receiver
            })
            .await;
            at_one_go("sleep", || time::sleep(Duration::ZERO)).await;
            at_one_go("notify", move || {
                notify.notify_one();
                let notify = notify.clone();
                async move { notify.notified().await }
            })
            .await;
            at_one_go("join handle", || async { coop::consume_budget().await }).await;
            at_one_go("empty", || async {
                let mut buffer = [0; 1];
                tokio::io::AsyncReadExt::read(&mut tokio::io::empty(), &mut buffer).await.unwrap()
            })
            .await;
            let (sender, receiver) = tokio::sync::watch::channel(0);
            at_one_go("watch", move || {
                sender.send_replace(1);
                let mut receiver = receiver.clone();
                receiver.mark_changed();
                async move { receiver.changed().await }
            })
            .await;
        })
        .await
        .unwrap();
    });
}

fn budget_unconstrained() {
    one().block_on(async {
        let (sender, mut receiver) = mpsc::unbounded_channel::<u32>();
        (0..1000).for_each(|value| sender.send(value).unwrap());
        drop(sender);
        let count = tokio::spawn(task::unconstrained(async move {
            let mut count = 0;
            poll_fn(|context| {
                while let Poll::Ready(Some(_)) = receiver.poll_recv(context) {
                    count += 1;
                }
                Poll::Ready(())
            })
            .await;
            count
        }));
        println!("{}", count.await.unwrap());
    });
}

fn budget_is_cooperative() {
    one().block_on(async {
        println!("{}", coop::has_budget_remaining());
        tokio::spawn(async {
            let mut used = 0;
            while coop::has_budget_remaining() {
                coop::consume_budget().await;
                used += 1;
            }
            println!("{used}");
            coop::consume_budget().await;
            println!("{}", coop::has_budget_remaining());
            let cooperative = coop::cooperative(async { 3 }).await;
            println!("{cooperative}");
        })
        .await
        .unwrap();
    });
    println!("{}", coop::has_budget_remaining());
}

fn timers_in_order() {
    paused().block_on(async {
        let start = Instant::now();
        let mut set = JoinSet::new();
        for millis in [30, 10, 20, 10, 0, 5000, 70_000] {
            set.spawn(async move {
                time::sleep(Duration::from_millis(millis)).await;
                println!("{millis} at {:?}", start.elapsed());
            });
        }
        set.join_all().await;
    });
}

fn timers_rounding() {
    paused().block_on(async {
        for micros in [0, 1, 999, 1000, 1001, 1999] {
            let start = Instant::now();
            time::sleep(Duration::from_micros(micros)).await;
            println!("{micros} {:?}", start.elapsed());
        }
        let start = Instant::now();
        time::sleep_until(start - Duration::from_millis(1)).await;
        println!("{:?}", start.elapsed());
    });
}

fn auto_advance() {
    paused().block_on(async {
        let start = Instant::now();
        let task = tokio::spawn(async { time::sleep(Duration::from_secs(3600)).await });
        time::sleep(Duration::from_secs(60)).await;
        println!("{:?} {}", start.elapsed(), task.is_finished());
        let (sender, receiver) = oneshot::channel();
        task::spawn_blocking(move || sender.send(1));
        println!("{:?}", receiver.await);
        println!("{:?}", start.elapsed());
        task.await.unwrap();
        println!("{:?}", start.elapsed());
    });
}

fn advance_steps() {
    paused().block_on(async {
        let start = Instant::now();
        for millis in [10, 20, 30] {
            tokio::spawn(async move {
                time::sleep(Duration::from_millis(millis)).await;
                println!("{millis} at {:?}", start.elapsed());
            });
        }
        yield_now().await;
        time::advance(Duration::from_millis(15)).await;
        println!("15 {:?}", start.elapsed());
        time::advance(Duration::from_millis(15)).await;
        println!("30 {:?}", start.elapsed());
        yield_now().await;
        time::advance(Duration::ZERO).await;
        println!("end {:?}", start.elapsed());
    });
}

async fn ticks(behavior: MissedTickBehavior) {
    let start = Instant::now();
    let mut interval = time::interval(Duration::from_millis(10));
    interval.set_missed_tick_behavior(behavior);
    for pause in [0, 0, 25, 0, 0, 0, 7] {
        time::sleep(Duration::from_millis(pause)).await;
        let tick = interval.tick().await;
        println!("{:?} at {:?}", tick - start, start.elapsed());
    }
    println!("{:?} {:?}", interval.period(), interval.missed_tick_behavior());
}

fn interval_burst() {
    paused().block_on(ticks(MissedTickBehavior::Burst));
}

fn interval_delay() {
    paused().block_on(ticks(MissedTickBehavior::Delay));
}

fn interval_skip() {
    paused().block_on(ticks(MissedTickBehavior::Skip));
}

fn interval_reset() {
    paused().block_on(async {
        let start = Instant::now();
        let mut interval =
            time::interval_at(start + Duration::from_millis(5), Duration::from_millis(10));
        println!("{:?}", interval.tick().await - start);
        time::sleep(Duration::from_millis(3)).await;
        interval.reset();
        println!("{:?}", interval.tick().await - start);
        interval.reset_immediately();
        println!("{:?}", interval.tick().await - start);
        interval.reset_after(Duration::from_millis(1));
        println!("{:?}", interval.tick().await - start);
        interval.reset_at(start + Duration::from_millis(100));
        println!("{:?}", interval.tick().await - start);
        println!("{:?}", interval.tick().await - start);
    });
}

fn timeout_order() {
    paused().block_on(async {
        let both =
            time::timeout(Duration::from_millis(10), time::sleep(Duration::from_millis(10))).await;
        println!("{both:?}");
        let inner = time::sleep(Duration::from_millis(11));
        println!("{:?}", time::timeout(Duration::from_millis(10), inner).await);
        println!("{:?}", time::timeout(Duration::MAX, async { 1 }).await);
        println!("{:?}", time::timeout_at(Instant::now(), std::future::pending::<()>()).await);
    });
}

fn timeout_zero() {
    paused().block_on(async {
        println!("{:?}", time::timeout(Duration::ZERO, async { 1 }).await);
        println!("{:?}", time::timeout(Duration::ZERO, yield_now()).await);
        println!("{:?}", time::timeout(Duration::ZERO, time::sleep(Duration::ZERO)).await);
    });
}

fn join_set_order() {
    paused().block_on(async {
        let mut set = JoinSet::new();
        for number in [3, 1, 2] {
            set.spawn(async move {
                time::sleep(Duration::from_millis(number)).await;
                number
            });
        }
        println!("{:?}", set.try_join_next().is_none());
        while let Some(done) = set.join_next().await {
            println!("{done:?}");
        }
        for number in 0..4 {
            set.spawn(async move { number });
        }
        yield_now().await;
        println!("{}", set.len());
        while let Some(done) = set.try_join_next() {
            println!("{done:?}");
        }
        println!("{}", set.is_empty());
    });
}

fn block_on_order() {
    let runtime = one();
    runtime.spawn(async { println!("spawned before") });
    runtime.block_on(async { println!("future") });
    println!("between");
    runtime.block_on(async {
        println!("future");
        yield_now().await;
        println!("future again");
    });
}

fn pause_and_resume() {
    one().block_on(async {
        time::pause();
        let start = Instant::now();
        time::advance(Duration::from_secs(5)).await;
        println!("{:?}", start.elapsed());
        time::resume();
        println!("{}", start.elapsed() >= Duration::from_secs(5));
    });
}
