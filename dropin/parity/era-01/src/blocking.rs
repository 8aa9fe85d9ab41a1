//! `blocking`, inside and outside of the pool.

use crate::pool::{on, pool};
use crate::{words, yielding, Program};
use futures::future::{self, lazy, poll_fn};
use futures::sync::oneshot;
use futures::{Async, Future};
use std::sync::{mpsc, Mutex};
use tokio_executor::{DefaultExecutor, Executor};
use tokio_threadpool::{blocking, Builder};

pub const PROGRAMS: &[Program] = &[
    ("blocking_outside", blocking_outside),
    ("blocking_inside", blocking_inside),
    ("blocking_twice_in_a_poll", blocking_twice_in_a_poll),
    ("blocking_panics", blocking_panics),
    ("blocking_nested", blocking_nested),
    ("blocking_spawns", blocking_spawns),
    ("blocking_full", blocking_full),
    ("blocking_at_shutdown", blocking_at_shutdown),
];

fn blocking_outside() {
    let answer = blocking(|| 1).map_err(|error| words(&error));
    println!("{answer:?}");
    println!("{:?}", blocking(|| 1).map_err(|error| format!("{error:?}")));
    println!("{:?}", poll_fn(|| blocking(|| 1)).wait().map_err(|error| words(&error)));
    let answer = tokio_current_thread::block_on_all(poll_fn(|| blocking(|| 1)));
    println!("{:?}", answer.map_err(|error| words(&error)));
}

fn blocking_inside() {
    let pool = pool();
    println!("{:?}", on(&pool, poll_fn(|| blocking(|| 1))).map_err(|error| words(&error)));
    let others = oneshot::spawn(future::ok::<_, ()>("another task"), pool.sender());
    let answer = on(&pool, poll_fn(move || blocking(|| ())));
    println!("{:?} {:?}", answer.is_ok(), others.wait());
}

fn blocking_twice_in_a_poll() {
    let pool = pool();
    let answer = on(
        &pool,
        poll_fn(|| {
            let first = blocking(|| 1).map_err(|_| ())?;
            let second = blocking(|| 2).map_err(|_| ())?;
            Ok::<_, ()>(Async::Ready((first.is_ready(), second.is_ready())))
        }),
    );
    println!("{answer:?}");
}

fn blocking_panics() {
    let pool = pool();
    pool.spawn(poll_fn(|| {
        blocking(|| {
            if true {
                panic!("blocks")
            }
        })
        .map_err(|_| ())
    }));
    println!("{:?}", on(&pool, future::ok::<_, ()>("alive")));
    println!("{:?}", on(&pool, poll_fn(|| blocking(|| 1))).is_ok());
    println!("{:?}", pool.shutdown().wait());
}

fn blocking_nested() {
    let pool = pool();
    let answer = on(&pool, poll_fn(|| blocking(|| blocking(|| 1).map_err(|e| words(&e)))));
    println!("{:?}", answer.map_err(|error| words(&error)));
}

fn blocking_spawns() {
    let pool = pool();
    let (tx, rx) = mpsc::channel();
    let answer = on(
        &pool,
        poll_fn(move || {
            let tx = tx.clone();
            blocking(|| {
                let future = Box::new(lazy(move || tx.send("spawned").map_err(drop)));
                Executor::spawn(&mut DefaultExecutor::current(), future).is_ok()
            })
        }),
    );
    println!("{:?} {:?}", answer.map_err(drop), rx.recv());
}

fn blocking_full() {
    // One place; the second one gets it when the first one is done.
    let pool = Builder::new().pool_size(1).max_blocking(1).build();
    let (tx, rx) = mpsc::channel::<()>();
    let rx = Mutex::new(rx);
    let (begun, has_begun) = mpsc::channel();
    let first = oneshot::spawn(
        poll_fn(move || {
            blocking(|| {
                begun.send(()).unwrap();
                rx.lock().unwrap().recv().is_err()
            })
        }),
        pool.sender(),
    );
    has_begun.recv().unwrap();
    let mut polls = 0;
    let second = oneshot::spawn(
        poll_fn(move || {
            polls += 1;
            blocking(|| polls)
        }),
        pool.sender(),
    );
    println!("{:?}", on(&pool, yielding()));
    drop(tx);
    println!("{:?} {:?}", first.wait().map_err(drop), second.wait().map_err(drop));
}

fn blocking_at_shutdown() {
    let pool = pool();
    let (tx, rx) = mpsc::channel::<()>();
    let rx = Mutex::new(rx);
    let (begun, has_begun) = mpsc::channel();
    pool.spawn(poll_fn(move || {
        blocking(|| {
            begun.send(()).unwrap();
            rx.lock().unwrap().recv().unwrap_err();
            println!("blocked until now");
        })
        .map_err(drop)
    }));
    has_begun.recv().unwrap();
    let mut shutdown = crate::probe(pool.shutdown_now());
    println!("{:?}", shutdown.poll());
    drop(tx);
    println!("{:?}", shutdown.get().wait());
}
