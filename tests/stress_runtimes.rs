//! Runtimes built and dropped leave nothing behind. The only test of its process, so that
//! what it counts is its own.
#![cfg(all(target_os = "linux", feature = "rt-full", feature = "tcp", not(loom)))]

use futures::{future, Future};
use std::time::{Duration, Instant};
use test_support::stress::{descriptors, resident, scale, threads, PATIENCE};
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::timer::Delay;

/// A runtime with a task of every kind, ended in one of three ways.
fn one(round: usize) {
    let mut runtime =
        Builder::new().core_threads(1 + round % 3).name_prefix("flat-").build().unwrap();
    let answer = runtime.block_on(future::lazy(move || {
        let mut listener = TcpListener::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
        tokio::spawn(Delay::new(Instant::now() + Duration::from_secs(3600)).map_err(drop));
        tokio::spawn(future::poll_fn(move || {
            assert!(listener.poll_accept().unwrap().is_not_ready());
            Ok(futures::Async::NotReady)
        }));
        tokio::spawn(future::empty());
        Ok::<_, ()>(round)
    }));
    assert_eq!(answer, Ok(round));
    match round % 2 {
        0 => drop(runtime),
        _ => runtime.shutdown_now().wait().unwrap(),
    }
}

#[test]
fn fault_d05_runtimes_built_and_dropped_leave_nothing_behind() {
    let rounds = scale(150, 1000);
    for round in 0..rounds / 5 {
        one(round);
    }
    let (open, memory) = (descriptors(), resident());
    for round in 0..rounds {
        one(round);
    }
    assert_eq!(descriptors(), open, "descriptors are left open");
    // A thread that has left its runtime still has to end.
    let patience = Instant::now() + PATIENCE;
    while threads("flat-") > 0 {
        assert!(Instant::now() < patience, "threads are left");
        std::thread::yield_now();
    }
    let grown = resident().saturating_sub(memory);
    assert!(grown < 8 << 20, "{rounds} runtimes left {grown} bytes behind");
}
