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
use crate::jobs::Job;
use crate::load::Service;
use crate::measured::Report;
use crate::settings::Settings;

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
        Job::SpawnBlocking { tasks, each } if E::CAN_BLOCK => {
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
        Job::BlockingInPlace { .. } | Job::SpawnBlocking { .. } | Job::Futures(_) => return None,
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
