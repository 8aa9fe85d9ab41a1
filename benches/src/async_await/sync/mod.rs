//! What tokio 0.2 has not, or not in these words: locks and channels for which several tasks
//! contend, sets of tasks, files.
//!
//! Included by the peers of tokio 1.x, beside `async_await`.

mod contended;
mod files;
mod sets;

use super::async_await::Engine;
use super::rt;
use crate::jobs::Job;
use crate::measured::Report;
use crate::settings::Settings;

/// Runs a workload. `None`: it is not offered here.
pub fn run(engine: &mut impl Engine, job: Job, settings: &Settings) -> Option<Report> {
    let time = |pass: &mut dyn FnMut()| settings.measure(job.operations(), pass);
    Some(match job {
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
            time(&mut || engine.run(sets::join_set(children, rounds)))
        }
        Job::FsRead { tasks, each } => time(&mut || engine.run(files::read(tasks, each))),
        Job::FsStream { chunks } => time(&mut || engine.run(files::stream(chunks))),
        _ => return None,
    })
}
