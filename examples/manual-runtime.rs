//! A runtime put together by hand: reactor, timer and executor on one thread.
//!
//!     cargo run --example manual-runtime
//!
//! The program tries to connect to a port of this machine and says how that went, and
//! after two seconds that they are over. `tokio::runtime::current_thread::Runtime` is
//! this, ready-made.
//!
//! In a program of the upstream family, what is imported from `tokio::current_thread` and
//! `tokio::timer::driver` here comes from `tokio_current_thread` and
//! `tokio_timer::timer`; those names work as well.

use std::error::Error;
use std::io;
use std::time::{Duration, Instant};
use tokio::current_thread::{self, CurrentThread};
use tokio::net::TcpStream;
use tokio::prelude::*;
use tokio::timer::driver::{self, Timer};
use tokio::timer::Delay;
use tokio_reactor::Reactor;

/// Runs `future`, and whatever it spawns, on this thread.
fn run<F>(future: F) -> io::Result<()>
where
    F: Future<Item = (), Error = ()>,
{
    // Each layer waits by letting the one below wait: the executor, out of tasks, parks
    // in the timer, and the timer in the reactor, for as long as no timer is due.
    let reactor = Reactor::new()?;
    let reactor_handle = reactor.handle();
    let timer = Timer::new(reactor);
    let timer_handle = timer.handle();
    let mut executor = CurrentThread::new_with_park(timer);

    // Keeps a second executor off this thread, and proves to the functions below that
    // this was done.
    let mut enter = tokio_executor::enter().map_err(io::Error::other)?;

    // From here on, sockets and timers made on this thread find their driver.
    tokio_reactor::with_default(&reactor_handle, &mut enter, |enter| {
        driver::with_default(&timer_handle, enter, |enter| {
            // Stands for whichever executor runs on this thread.
            let mut spawner = current_thread::TaskExecutor::current();
            tokio_executor::with_default(&mut spawner, enter, |enter| {
                let mut executor = executor.enter(enter);
                // The future itself, and then what it has spawned.
                let result = executor.block_on(future);
                executor.run().map_err(io::Error::other)?;
                result.map_err(|error| io::Error::other(error.to_string()))
            })
        })
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let addr = "127.0.0.1:53".parse()?;
    run(future::lazy(move || {
        let connect = TcpStream::connect(&addr)
            .map(|_| println!("connected"))
            .map_err(|error| println!("could not connect: {error}"));
        // On this very thread, so the future need not be `Send`.
        current_thread::spawn(connect);

        let delay = Delay::new(Instant::now() + Duration::from_secs(2))
            .map(|()| println!("two seconds are over"))
            .map_err(|error| println!("could not wait: {error}"));
        // On the default executor, which is the same one.
        tokio::executor::spawn(delay);
        Ok(())
    }))?;
    Ok(())
}
