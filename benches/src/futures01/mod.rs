//! The workloads, as chains of futures 0.1.
//!
//! Included twice, by `peers/ours.rs` and `peers/stock.rs`: `super::rt` is the tokio under
//! test, `super::blocking` its way to block in place. `async_await/` says the same with
//! async/await; the two have the same files with the same workloads.

mod channels;
mod engine;
mod large;
mod late;
mod notify;
mod scheduler;
mod servers;
mod timers;

use self::engine::Engine;
use super::rt;
use crate::jobs::Job;
use crate::load::Service;
use crate::measured::Report;
use crate::settings::Settings;
use futures::Future;

/// Runs a workload. `None`: it is not offered here.
pub fn run(job: Job, settings: &Settings) -> Option<Report> {
    match settings.one_thread {
        true => run_on::<rt::runtime::current_thread::Runtime>(job, settings),
        false => run_on::<rt::runtime::Runtime>(job, settings),
    }
}

fn run_on<E: Engine>(job: Job, settings: &Settings) -> Option<Report> {
    let mut engine = E::start(settings.workers);
    let time = |pass: &mut dyn FnMut()| settings.measure(job.operations(), pass);
    Some(match job {
        Job::SpawnOutside { tasks } => time(&mut || scheduler::spawn_outside(&mut engine, tasks)),
        Job::SpawnInside { tasks } => time(&mut || engine.run(scheduler::spawn_inside::<E>(tasks))),
        Job::SpawnBatch { batches, size } => {
            time(&mut || engine.run(scheduler::spawn_batch::<E>(batches, size)))
        }
        Job::Yields { tasks, each } => {
            time(&mut || engine.run(scheduler::yields::<E>(tasks, each)))
        }
        Job::PingPong { pairs, rounds } => {
            time(&mut || engine.run(scheduler::ping_pong::<E>(pairs, rounds)))
        }
        Job::ChainedSpawn { links } => {
            time(&mut || engine.run(scheduler::chained_spawn::<E>(links)))
        }
        Job::FanOut { children, rounds } => {
            time(&mut || engine.run(scheduler::fan_out::<E>(children, rounds)))
        }
        Job::BlockingInPlace { tasks, each } if E::CAN_BLOCK => {
            time(&mut || engine.run(scheduler::blocking_in_place::<E>(tasks, each)))
        }
        Job::Futures(futures) => time(&mut || notify::run(&mut engine, futures)),
        Job::StartStop { times } => {
            drop(engine);
            time(&mut || scheduler::start_stop::<E>(times, settings.workers))
        }
        Job::Unbounded { senders, each } => {
            time(&mut || engine.run(channels::unbounded::<E>(senders, each)))
        }
        Job::Bounded { senders, each } => {
            time(&mut || engine.run(channels::bounded::<E>(senders, each)))
        }
        Job::TimerChurn { tasks, each, live } => {
            time(&mut || engine.run(timers::churn::<E>(tasks, each, live)))
        }
        Job::TimerReset { tasks, timers, times } => {
            time(&mut || engine.run(timers::reset::<E>(tasks, timers, times)))
        }
        Job::Burst { tasks, rounds } => settings.latencies(job.operations(), |late| {
            engine.run(late::burst::<E>(tasks, rounds, late));
        }),
        Job::TimersBusy { tasks, each } => settings.latencies(job.operations(), |late| {
            engine.run(late::timers_busy::<E>(settings.workers, tasks, each, late));
        }),
        Job::WakeOutside { times } => settings.latencies(times, |late| {
            engine.run(late::wake_outside::<E>(settings.workers, times, late));
        }),
        Job::Trickle { times } => {
            settings.latencies(times, |late| engine.run(late::trickle::<E>(times, late)))
        }
        Job::Sleepers { tasks } => {
            settings.large(tasks, || ran(engine, large::sleepers::<E>(tasks)), E::stop)
        }
        Job::LiveTimers { tasks, each } => settings.large(
            job.operations(),
            || ran(engine, large::timers::<E>(tasks, each)),
            E::stop,
        ),
        Job::SpawnMany { tasks } => settings.large(
            tasks,
            || {
                let (countdown, end) = engine::Countdown::new(tasks);
                engine.run(large::spawn_many::<E>(tasks, countdown));
                (engine, end)
            },
            |(mut engine, end)| engine.run(end),
        ),
        // Blocking wants a pool; the others are not in both crates of this interface.
        _ => return None,
    })
}

/// The engine, once it has run `task`.
fn ran<E: Engine>(mut engine: E, task: impl Future<Item = (), Error = ()> + Send + 'static) -> E {
    engine.run(task);
    engine
}

/// Serves for ever.
pub fn serve(service: Service, settings: &Settings) {
    match settings.one_thread {
        true => servers::serve::<rt::runtime::current_thread::Runtime>(service, settings),
        false => servers::serve::<rt::runtime::Runtime>(service, settings),
    }
}
