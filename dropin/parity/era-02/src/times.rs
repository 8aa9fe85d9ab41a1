//! Time, on a paused clock.

use crate::{one, panics, Loud, Program};
use std::future::pending;
use std::time::Duration;
use tokio::stream::StreamExt;
use tokio::time::{
    self, delay_for, delay_until, interval, interval_at, timeout, DelayQueue, Instant,
};

pub const PROGRAMS: &[Program] = &[
    ("delay_steps", delay_steps),
    ("delay_past_and_far", delay_past_and_far),
    ("delay_reset", delay_reset),
    ("delay_outside", delay_outside),
    ("interval_steps", interval_steps),
    ("interval_missed", interval_missed),
    ("interval_bad", interval_bad),
    ("timeout_steps", timeout_steps),
    ("timeout_words", timeout_words),
    ("timeout_of_stream", timeout_of_stream),
    ("throttle_steps", throttle_steps),
    ("queue_steps", queue_steps),
    ("queue_reset_and_remove", queue_reset_and_remove),
    ("queue_bad", queue_bad),
    ("pause_misuse", pause_misuse),
    ("auto_advance_order", auto_advance_order),
    ("advance_steps", advance_steps),
    ("instants", instants),
    ("delay_dropped_after_runtime", delay_dropped_after_runtime),
];

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn paused<T>(future: impl std::future::Future<Output = T>) -> T {
    one().block_on(async {
        time::pause();
        future.await
    })
}

fn delay_steps() {
    paused(async {
        let start = Instant::now();
        delay_for(ms(10)).await;
        println!("{:?}", start.elapsed().as_millis());
        delay_until(start + ms(25)).await;
        println!("{:?}", start.elapsed().as_millis());
        let delay = delay_for(ms(5));
        println!("{} {:?}", delay.is_elapsed(), (delay.deadline() - start).as_millis());
    });
}

fn delay_past_and_far() {
    paused(async {
        let start = Instant::now();
        delay_until(start).await;
        delay_for(Duration::ZERO).await;
        println!("{:?}", start.elapsed().as_millis());
        println!(
            "{:?}",
            timeout(ms(10), delay_for(Duration::from_secs(60 * 60 * 24 * 300))).await.is_err()
        );
    });
}

fn delay_reset() {
    paused(async {
        let start = Instant::now();
        let mut delay = delay_for(ms(10));
        delay.reset(start + ms(40));
        (&mut delay).await;
        println!("{:?} {}", start.elapsed().as_millis(), delay.is_elapsed());
        delay.reset(start + ms(50));
        println!("{}", delay.is_elapsed());
        (&mut delay).await;
        println!("{:?}", start.elapsed().as_millis());
    });
}

fn delay_outside() {
    println!("{}", panics(|| delay_for(ms(1))));
    println!("{}", panics(|| interval(ms(1))));
    println!("{}", panics(|| timeout(ms(1), pending::<()>())));
}

fn interval_steps() {
    paused(async {
        let start = Instant::now();
        let mut interval = interval(ms(10));
        for _ in 0..3 {
            println!("{:?}", interval.tick().await - start);
        }
        let mut later = interval_at(start + ms(50), ms(5));
        println!("{:?}", later.tick().await - start);
        println!("{:?}", later.next().await.map(|at| at - start));
    });
}

fn interval_missed() {
    paused(async {
        let start = Instant::now();
        let mut interval = interval(ms(10));
        interval.tick().await;
        time::advance(ms(35)).await;
        for _ in 0..5 {
            println!("{:?}", interval.tick().await - start);
        }
    });
}

fn interval_bad() {
    one().block_on(async {
        println!("{}", panics(|| interval(Duration::ZERO)));
        println!("{}", panics(|| interval_at(Instant::now(), Duration::ZERO)));
    });
}

fn timeout_steps() {
    paused(async {
        println!("{:?}", timeout(ms(5), async { 1 }).await.ok());
        let value = Loud("the future");
        let timed = timeout(ms(5), async move {
            let _value = value;
            pending::<()>().await;
        });
        println!("{}", timed.await.is_err());
        println!("{:?}", timeout(Duration::ZERO, async { 2 }).await.ok());
        println!("{:?}", timeout(ms(5), delay_for(ms(5))).await.is_ok());
        println!("{:?}", timeout(ms(1), async { 3 }).into_inner().await);
    });
}

fn timeout_words() {
    paused(async {
        let error = timeout(ms(1), pending::<()>()).await.unwrap_err();
        println!("{error} {error:?}");
        println!("{}", std::io::Error::from(error).kind() == std::io::ErrorKind::TimedOut);
    });
    println!("{} {:?}", time::Error::shutdown(), time::Error::at_capacity());
}

fn timeout_of_stream() {
    paused(async {
        let (tx, rx) = tokio::sync::mpsc::unbounded_channel();
        let mut stream = rx.timeout(ms(10));
        tx.send(1).unwrap();
        println!("{:?}", stream.next().await.map(|item| item.ok()));
        println!("{:?}", stream.next().await.map(|item| item.ok()));
        tx.send(2).unwrap();
        println!("{:?}", stream.next().await.map(|item| item.ok()));
        drop(tx);
        println!("{:?}", stream.next().await.map(|item| item.ok()));
    });
}

fn throttle_steps() {
    paused(async {
        let start = Instant::now();
        let mut slow = time::throttle(ms(10), tokio::stream::iter(1..4));
        while let Some(number) = slow.next().await {
            println!("{number} {:?}", start.elapsed().as_millis());
        }
    });
}

fn queue_steps() {
    paused(async {
        let mut queue = DelayQueue::new();
        println!("{:?}", queue.next().await.is_none());
        for (name, after) in [("c", 30), ("a", 10), ("b", 20)] {
            queue.insert(name, ms(after));
        }
        queue.insert_at("now", Instant::now());
        println!("{} {}", queue.len(), queue.is_empty());
        while let Some(expired) = queue.next().await {
            println!("{}", expired.unwrap().into_inner());
        }
    });
}

fn queue_reset_and_remove() {
    paused(async {
        let mut queue = DelayQueue::new();
        let a = queue.insert("a", ms(10));
        let b = queue.insert("b", ms(20));
        queue.reset(&a, ms(30));
        println!("{}", queue.next().await.unwrap().unwrap().into_inner());
        let c = queue.insert("c", ms(5));
        println!("{}", queue.remove(&c).into_inner());
        println!("{}", queue.next().await.unwrap().unwrap().into_inner());
        println!("{}", panics(|| queue.remove(&b)));
        queue.insert("d", ms(1));
        queue.clear();
        println!("{}", queue.is_empty());
    });
}

fn queue_bad() {
    println!("{}", panics(DelayQueue::<()>::new));
    paused(async {
        let mut queue = DelayQueue::<()>::with_capacity(5);
        println!("{}", queue.capacity() >= 5);
        println!("{}", panics(|| queue.reserve(usize::MAX)));
    });
}

fn pause_misuse() {
    println!("{}", panics(time::pause));
    println!("{}", panics(|| one().block_on(async { time::resume() })));
    println!("{}", panics(|| one().block_on(time::advance(ms(1)))));
}

fn auto_advance_order() {
    paused(async {
        let start = Instant::now();
        let tasks: Vec<_> = [("c", 30), ("a", 10), ("b", 20)]
            .into_iter()
            .map(|(name, after)| {
                tokio::spawn(async move {
                    delay_for(ms(after)).await;
                    println!("{name} {:?}", start.elapsed().as_millis());
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

fn advance_steps() {
    paused(async {
        let start = Instant::now();
        time::advance(ms(7)).await;
        println!("{:?}", start.elapsed().as_millis());
        let task = tokio::spawn(async move {
            delay_for(ms(10)).await;
            start.elapsed() >= ms(17)
        });
        tokio::task::yield_now().await;
        time::advance(ms(20)).await;
        println!("{:?}", task.await.ok());
    });
}

fn instants() {
    let now = Instant::now();
    println!(
        "{:?} {:?}",
        now.checked_add(ms(1)).is_some(),
        now.checked_duration_since(now + ms(1))
    );
    println!("{:?}", now.saturating_duration_since(now + ms(5)));
    println!("{}", Instant::from_std(now.into_std()) == now);
    println!("{:?}", now.checked_add(Duration::MAX).is_none());
}

fn delay_dropped_after_runtime() {
    let mut runtime = one();
    let mut delay = runtime.block_on(async { delay_for(Duration::from_secs(100)) });
    runtime.block_on(async {
        println!("{}", timeout(ms(1), &mut delay).await.is_err());
    });
    drop(runtime);
    println!("{}", delay.is_elapsed());
    drop(delay);
    println!("end");
}
