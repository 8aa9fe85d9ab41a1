//! The workloads with async/await.
//!
//! Included by each peer that has async/await, so that all run the very same source:
//! `super::rt` is the crate under test, under whose names everything below is found;
//! `super::Pool`, `super::OneThread`, `super::in_place` and `super::sync` are the little in
//! which they differ. `sync/` is for the peers of tokio 1.x alone; those of 0.2 have its names
//! from `era_02.rs`. `futures01/` says the same with chains of futures 0.1.

#![allow(unused_mut, reason = "senders and listeners of tokio 0.2 are borrowed mutably")]

mod channels;
pub mod engine;
mod large;
mod late;
mod scheduler;
mod servers;
mod timers;

pub use self::engine::Engine;

use super::rt;
use crate::jobs::Job;
use crate::load::Service;
use crate::measured::Report;
use crate::settings::Settings;
use std::future::Future;

/// Runs a workload. `None`: it is not offered here.
pub fn run(job: Job, settings: &Settings) -> Option<Report> {
    match settings.one_thread {
        true => run_on::<super::OneThread>(job, settings),
        false => run_on::<super::Pool>(job, settings),
    }
}

fn run_on<E: Engine>(job: Job, settings: &Settings) -> Option<Report> {
    let mut engine = E::start(settings.workers);
    let time = |pass: &mut dyn FnMut()| settings.measure(job.operations(), pass);
    Some(match job {
        Job::SpawnOutside { tasks } => time(&mut || scheduler::spawn_outside(&mut engine, tasks)),
        Job::SpawnInside { tasks } => time(&mut || engine.run(scheduler::spawn_inside(tasks))),
        Job::SpawnBatch { batches, size } => {
            time(&mut || engine.run(scheduler::spawn_batch(batches, size)))
        }
        Job::Yields { tasks, each } => time(&mut || engine.run(scheduler::yields(tasks, each))),
        Job::PingPong { pairs, rounds } => {
            time(&mut || engine.run(scheduler::ping_pong(pairs, rounds)))
        }
        Job::ChainedSpawn { links } => time(&mut || engine.run(scheduler::chained_spawn(links))),
        Job::FanOut { children, rounds } => {
            time(&mut || engine.run(scheduler::fan_out(children, rounds)))
        }
        Job::BlockingInPlace { tasks, each } if E::CAN_BLOCK => {
            time(&mut || engine.run(scheduler::blocking_in_place(tasks, each)))
        }
        Job::SpawnBlocking { tasks, each } => {
            time(&mut || engine.run(scheduler::spawn_blocking(tasks, each)))
        }
        Job::StartStop { times } => {
            drop(engine);
            time(&mut || scheduler::start_stop::<E>(times, settings.workers))
        }
        Job::Unbounded { senders, each } => {
            time(&mut || engine.run(channels::unbounded(senders, each)))
        }
        Job::Bounded { senders, each } => {
            time(&mut || engine.run(channels::bounded(senders, each)))
        }
        Job::TimerChurn { tasks, each, live } => {
            time(&mut || engine.run(timers::churn(tasks, each, live)))
        }
        Job::TimerReset { tasks, timers, times } => {
            time(&mut || engine.run(timers::reset(tasks, timers, times)))
        }
        Job::Burst { tasks, rounds } => settings
            .latencies(job.operations(), |late| engine.run(late::burst(tasks, rounds, late))),
        Job::TimersBusy { tasks, each } => settings.latencies(job.operations(), |late| {
            engine.run(late::timers_busy(settings.workers, tasks, each, late));
        }),
        Job::WakeOutside { times } => settings.latencies(times, |late| {
            engine.run(late::wake_outside(settings.workers, times, late));
        }),
        Job::Trickle { times } => {
            settings.latencies(times, |late| engine.run(late::trickle(times, late)))
        }
        Job::Sleepers { tasks } => {
            settings.large(tasks, || ran(engine, large::sleepers(tasks)), drop)
        }
        Job::LiveTimers { tasks, each } => {
            let all = job.operations();
            settings.large(all, || ran(engine, large::timers(tasks, each)), drop)
        }
        Job::SpawnMany { tasks } => settings.large(
            tasks,
            || {
                let end = engine.run(large::spawn_many(tasks));
                (engine, end)
            },
            |(mut engine, end)| engine.run(async { end.await.expect("a task failed") }),
        ),
        Job::BlockingInPlace { .. } | Job::Futures(_) => return None,
        job => return super::sync::run(&mut engine, job, settings),
    })
}

/// The engine, once it has run `task`.
fn ran<E: Engine>(mut engine: E, task: impl Future<Output = ()> + Send + 'static) -> E {
    engine.run(task);
    engine
}

/// Serves for ever.
pub fn serve(service: Service, settings: &Settings) {
    match settings.one_thread {
        true => serve_on::<super::OneThread>(service, settings),
        false => serve_on::<super::Pool>(service, settings),
    }
}

fn serve_on<E: Engine>(service: Service, settings: &Settings) {
    E::start(settings.workers).run(servers::serve(service, settings.workers));
}
