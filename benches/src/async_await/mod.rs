//! The workloads with async/await.
//!
//! Included twice, by `peers/awaiting.rs` and `peers/tokio_one_x.rs`, so that both run the
//! very same source: `super::rt` is the crate under test, under whose names everything
//! below is found; `super::Pool`, `super::OneThread` and `super::in_place` are the little
//! in which the two differ. `futures01/` says the same with chains of futures 0.1.

mod channels;
mod contended;
mod engine;
mod files;
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
        Job::Mutex { tasks, each, held } => {
            time(&mut || engine.run(contended::mutex(tasks, each, held)))
        }
        Job::RwLock { tasks, each } => time(&mut || engine.run(contended::rwlock(tasks, each))),
        Job::Semaphore { tasks, each } => {
            time(&mut || engine.run(contended::semaphore(tasks, each)))
        }
        Job::NotifyOne { pairs, each } => {
            time(&mut || engine.run(contended::notify_one(pairs, each)))
        }
        Job::NotifyAll { tasks, each } => {
            time(&mut || engine.run(contended::notify_all(tasks, each)))
        }
        Job::Broadcast { receivers, batches, size } => {
            time(&mut || engine.run(contended::broadcast(receivers, batches, size)))
        }
        Job::Watch { receivers, each } => {
            time(&mut || engine.run(contended::watch(receivers, each)))
        }
        Job::JoinSet { children, rounds } => {
            time(&mut || engine.run(scheduler::join_set(children, rounds)))
        }
        Job::FsRead { tasks, each } => time(&mut || engine.run(files::read(tasks, each))),
        Job::FsStream { chunks } => time(&mut || engine.run(files::stream(chunks))),
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
