//! The workloads with async/await.
//!
//! Included twice, by `peers/awaiting.rs` and `peers/tokio_one_x.rs`, so that both run the
//! very same source: `super::rt` is the crate under test, under whose names everything
//! below is found; `super::Pool`, `super::OneThread` and `super::in_place` are the little
//! in which the two differ. `futures01/` says the same with chains of futures 0.1.

mod channels;
mod engine;
mod scheduler;
mod servers;
mod timers;

pub use self::engine::Engine;

use super::rt;
use crate::load::Service;
use crate::measured::Report;
use crate::settings::Settings;

/// Runs a workload by its name. `None`: it is not offered here.
pub fn run(workload: &str, settings: &Settings) -> Option<Report> {
    match settings.one_thread {
        true => run_on::<super::OneThread>(workload, settings),
        false => run_on::<super::Pool>(workload, settings),
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
            settings.measure(n, || engine.run(scheduler::spawn_inside(n)))
        }
        "spawn_batch" => {
            let n = n(1_000);
            settings.measure(n * 1_000, || engine.run(scheduler::spawn_batch(n, 1_000)))
        }
        "yield" => {
            let n = n(10_000);
            settings.measure(n * 200, || engine.run(scheduler::yields(200, n)))
        }
        "ping_pong" => {
            let n = n(100);
            settings.measure(n * 1_000, || engine.run(scheduler::ping_pong(1_000, n)))
        }
        "chained_spawn" => {
            let n = n(1_000_000);
            settings.measure(n, || engine.run(scheduler::chained_spawn(n)))
        }
        "fan_out" => {
            let n = n(20);
            settings.measure(n * 10_000, || engine.run(scheduler::fan_out(10_000, n)))
        }
        "blocking_in_place" if E::CAN_BLOCK => {
            let n = n(100_000) / 64 + 1;
            settings.measure(n * 64, || engine.run(scheduler::blocking_in_place(64, n)))
        }
        "spawn_blocking" if E::CAN_BLOCK => {
            let n = n(100_000) / 64 + 1;
            settings.measure(n * 64, || engine.run(scheduler::spawn_blocking(64, n)))
        }
        "start_stop" => {
            drop(engine);
            let n = n(200);
            settings.measure(n, || scheduler::start_stop::<E>(n, settings.workers))
        }
        "mpsc_unbounded" | "mpsc_unbounded_4" => {
            let senders = if workload.ends_with("_4") { 4 } else { 1 };
            let n = n(1_000_000) / senders;
            settings.measure(n * senders, || engine.run(channels::mpsc_unbounded(senders, n)))
        }
        "mpsc_bounded" | "mpsc_bounded_4" => {
            let senders = if workload.ends_with("_4") { 4 } else { 1 };
            let n = n(1_000_000) / senders;
            settings.measure(n * senders, || engine.run(channels::mpsc_bounded(senders, n)))
        }
        "timer_churn" => {
            let (n, live) = (n(1_000_000) / 2, n(10_000));
            settings.measure(n * 2, || engine.run(timers::churn(2, n, live)))
        }
        "timer_reset" => {
            let n = n(100);
            settings.measure(n * 10_000, || engine.run(timers::reset(100, 100, n)))
        }
        _ => return None,
    })
}

/// Serves for ever.
pub fn serve(service: Service, settings: &Settings) {
    match settings.one_thread {
        true => serve_on::<super::OneThread>(service, settings),
        false => serve_on::<super::Pool>(service, settings),
    }
}

fn serve_on<E: Engine>(service: Service, settings: &Settings) {
    E::start(settings.workers).run(servers::serve(service));
}
