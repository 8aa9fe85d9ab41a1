//! Does one operation a number of times: `inspect-cost OPERATION TIMES`. `measure` counts the
//! instructions.

use futures::future::{lazy, loop_fn, Loop};
use futures::{Future, Sink, Stream};
use std::pin::Pin;
use std::sync::Arc;
use tokio::task::yield_now;
use tokio1::sync::{mpsc, oneshot, Mutex, Notify};

type Work = Pin<Box<dyn std::future::Future<Output = ()> + Send>>;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, operation, times] = &arguments[..] else { panic!("which operation, and how often?") };
    let times = times.parse().expect("how often is a number");
    if let Some(operation) = operation.strip_prefix("futures01_") {
        futures01(operation, times);
    } else if let Some(operation) = operation.strip_prefix("single_") {
        let runtime = tokio1::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(of_std(operation, times));
    } else {
        let mut builder = tokio1::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).build().unwrap();
        let work = of_std(operation, times);
        runtime.block_on(async { tokio1::spawn(work).await.unwrap() });
    }
}

/// Chains of futures 0.1 on a pool of one worker.
fn futures01(operation: &str, times: u32) {
    let mut runtime = tokio::runtime::Builder::new().core_threads(1).build().unwrap();
    let yields = move |done: u32| {
        yield_now().map(move |_| match done < times {
            true => Loop::Continue(done + 1),
            false => Loop::Break(()),
        })
    };
    match operation {
        "yield" => runtime.block_on(loop_fn(0, yields).map_err(drop)).unwrap(),
        "spawn" => {
            let spawns = loop_fn(0, move |done| {
                lazy(move || {
                    tokio::spawn(lazy(|| Ok(())));
                    yields(done)
                })
            });
            runtime.block_on(spawns.map_err(drop)).unwrap();
        }
        "mpsc" => {
            let receives = lazy(move || {
                let (sender, receiver) = tokio::sync::mpsc::channel(1);
                let numbers = futures::stream::iter_ok(0..times);
                tokio::spawn(sender.sink_map_err(drop).send_all(numbers).map(drop));
                receiver.map_err(drop).for_each(|_| Ok(()))
            });
            runtime.block_on(receives).unwrap();
        }
        _ => panic!("there is no {operation} of futures 0.1"),
    }
}

fn of_std(operation: &str, times: u32) -> Work {
    match operation {
        "yield" => Box::pin(yields(times)),
        "spawn" => Box::pin(spawns(times)),
        "join" => Box::pin(joins(times)),
        "oneshot" => Box::pin(oneshots(times)),
        "mpsc" => Box::pin(messages(times)),
        "mutex" => Box::pin(locks(times)),
        "notify" => Box::pin(notifies(times)),
        _ => panic!("there is no {operation}"),
    }
}

async fn yields(times: u32) {
    for _ in 0..times {
        tokio1::task::yield_now().await;
    }
}

async fn spawns(times: u32) {
    for _ in 0..times {
        drop(tokio1::spawn(async {}));
        tokio1::task::yield_now().await;
    }
}

async fn joins(times: u32) {
    for _ in 0..times {
        tokio1::spawn(async {}).await.unwrap();
    }
}

async fn oneshots(times: u32) {
    for _ in 0..times {
        let (sender, receiver) = oneshot::channel();
        drop(tokio1::spawn(async move { sender.send(1).unwrap() }));
        receiver.await.unwrap();
    }
}

async fn messages(times: u32) {
    let (sender, mut receiver) = mpsc::channel(1);
    drop(tokio1::spawn(async move {
        for n in 0..times {
            sender.send(n).await.unwrap();
        }
    }));
    while receiver.recv().await.is_some() {}
}

async fn locks(times: u32) {
    async fn lock(of: Arc<Mutex<u32>>, times: u32) {
        for _ in 0..times {
            let mut guard = of.lock().await;
            *guard += 1;
            tokio1::task::yield_now().await;
        }
    }
    let mutex = Arc::new(Mutex::new(0));
    let other = tokio1::spawn(lock(mutex.clone(), times));
    lock(mutex, times).await;
    other.await.unwrap();
}

async fn notifies(times: u32) {
    let there = Arc::new((Notify::new(), Notify::new()));
    let here = there.clone();
    drop(tokio1::spawn(async move {
        for _ in 0..times {
            here.0.notified().await;
            here.1.notify_one();
        }
    }));
    for _ in 0..times {
        there.0.notify_one();
        there.1.notified().await;
    }
}
