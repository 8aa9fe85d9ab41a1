//! The workloads, as chains of futures 0.1.
//!
//! Included twice, by `peers/ours.rs` and `peers/stock.rs`: `super::rt` is the tokio under
//! test, `super::blocking` its way to block in place. `async_await/` says the same with
//! async/await; the two have the same files with the same workloads.

mod channels;
mod engine;
mod scheduler;
mod servers;
mod timers;

use self::engine::Engine;
use super::rt;
use crate::load::Service;
use crate::measured::Report;
use crate::settings::Settings;

/// Runs a workload by its name. `None`: it is not offered here.
pub fn run(workload: &str, settings: &Settings) -> Option<Report> {
    match settings.one_thread {
        true => run_on::<rt::runtime::current_thread::Runtime>(workload, settings),
        false => run_on::<rt::runtime::Runtime>(workload, settings),
    }
}

fn run_on<E: Engine>(workload: &str, settings: &Settings) -> Option<Report> {
    let n = |full| settings.size(full);
    let mut engine = E::start(settings.workers);
    Some(match workload {
        "spawn_outside" => {
            let n = n(1_000_000);
            settings.measure(n, || scheduler::spawn_outside(&mut engine, n))
        }
        "spawn_inside" => {
            let n = n(1_000_000);
            settings.measure(n, || engine.run(scheduler::spawn_inside::<E>(n)))
        }
        "spawn_batch" => {
            let n = n(1_000);
            settings.measure(n * 1_000, || engine.run(scheduler::spawn_batch::<E>(n, 1_000)))
        }
        "yield" => {
            let n = n(10_000);
            settings.measure(n * 200, || engine.run(scheduler::yields::<E>(200, n)))
        }
        "ping_pong" => {
            let n = n(100);
            settings.measure(n * 1_000, || engine.run(scheduler::ping_pong::<E>(1_000, n)))
        }
        "chained_spawn" => {
            let n = n(1_000_000);
            settings.measure(n, || engine.run(scheduler::chained_spawn::<E>(n)))
        }
        "fan_out" => {
            let n = n(20);
            settings.measure(n * 10_000, || engine.run(scheduler::fan_out::<E>(10_000, n)))
        }
        "blocking_in_place" if E::CAN_BLOCK => {
            let n = n(100_000) / 64 + 1;
            settings.measure(n * 64, || engine.run(scheduler::blocking_in_place::<E>(64, n)))
        }
        "start_stop" => {
            drop(engine);
            let n = n(200);
            settings.measure(n, || scheduler::start_stop::<E>(n, settings.workers))
        }
        "mpsc_unbounded" | "mpsc_unbounded_4" => {
            let senders = if workload.ends_with("_4") { 4 } else { 1 };
            let n = n(1_000_000) / senders;
            settings.measure(n * senders, || engine.run(channels::mpsc_unbounded::<E>(senders, n)))
        }
        "mpsc_bounded" | "mpsc_bounded_4" => {
            let senders = if workload.ends_with("_4") { 4 } else { 1 };
            let n = n(1_000_000) / senders;
            settings.measure(n * senders, || engine.run(channels::mpsc_bounded::<E>(senders, n)))
        }
        "timer_churn" => {
            let (n, live) = (n(1_000_000) / 2, n(10_000));
            settings.measure(n * 2, || engine.run(timers::churn::<E>(2, n, live)))
        }
        "timer_reset" => {
            let n = n(100);
            settings.measure(n * 10_000, || engine.run(timers::reset::<E>(100, 100, n)))
        }
        _ => return None,
    })
}

/// Serves for ever.
pub fn serve(service: Service, settings: &Settings) {
    match settings.one_thread {
        true => servers::serve::<rt::runtime::current_thread::Runtime>(service, settings),
        false => servers::serve::<rt::runtime::Runtime>(service, settings),
    }
}
