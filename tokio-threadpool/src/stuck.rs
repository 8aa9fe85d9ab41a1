//! Pools in which nothing moves, for whoever waits for one.
//!
//! A task that waits for another one with `wait()` of futures 0.1, or on a lock or channel
//! of std, keeps its worker. If that is the only one, or all workers do so, what they wait
//! for never runs. The stall monitor (`monitor.rs`) is a sleeper, and then there is none.
//! A thread that waits for the pool from outside, as in `tokio::run`, has nothing else to
//! do: it looks here from time to time, and reports.
//!
//! Called by `tokio::run`, and by a runtime's `block_on`.
//!
//! Always true: it keeps no pool alive, and a pool does not know of it; looking
//! reads what workers write in any case.
//!
//! Why not refuse `wait()` inside a task? It is futures' own code, which asks nobody, and
//! with other workers about it ends well. Why not a thread that looks? See "Decided
//! against" in `ARCHITECTURE.md`.

use crate::shared::Shared;
use crate::stats::LastPoll;
use std::fmt;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Weak};

/// Finds out from outside whether a pool is stuck; made by
/// [`ThreadPool::stuck_detector`](crate::ThreadPool::stuck_detector).
#[derive(Debug)]
pub struct StuckDetector {
    shared: Weak<Shared>,
    /// Each worker's polls at the last look, if all workers were awake.
    seen: Option<Vec<u64>>,
    reported: bool,
}

/// Every worker of a pool is still in the poll it was in at the look before.
#[derive(Debug)]
pub struct Stuck {
    workers: usize,
    name_prefix: Option<String>,
    /// What the workers poll.
    tasks: Vec<LastPoll>,
}

impl StuckDetector {
    pub(crate) fn over(shared: &Arc<Shared>) -> StuckDetector {
        StuckDetector { shared: Arc::downgrade(shared), seen: None, reported: false }
    }

    /// Says if nothing moved since the last look; once, until something has moved.
    pub fn look(&mut self) -> Option<Stuck> {
        let shared = self.shared.upgrade()?;
        let all_awake = shared.idle.awake() == shared.workers.len();
        // Relaxed: compared over time only.
        let polls = || shared.workers.iter().map(|state| state.stats.polls.load(Relaxed)).collect();
        let polls = all_awake.then(polls);
        if polls.is_none() || polls != self.seen {
            self.seen = polls;
            self.reported = false;
            return None;
        }
        if std::mem::replace(&mut self.reported, true) {
            return None;
        }
        let tasks = shared.last_polled().into_iter().flatten().collect();
        let name_prefix = shared.config.name_prefix.clone();
        Some(Stuck { workers: shared.workers.len(), name_prefix, tasks })
    }
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Stuck { workers, name_prefix, tasks } = self;
        write!(f, "nothing moves in the pool of ")?;
        match name_prefix {
            Some(prefix) => write!(f, "threads `{prefix}*`")?,
            None => f.write_str("nameless threads")?,
        }
        let whose = match workers {
            1 => "its only worker is".to_owned(),
            n => format!("all {n} workers are"),
        };
        write!(
            f,
            ": {whose} held up in a poll, so no other task runs, nor timers, nor I/O; \
             a task that has to wait for another by `wait()`, a lock or a channel of std \
             must do so inside `blocking`"
        )?;
        tasks.iter().try_for_each(|(number, at)| match number {
            Some(number) => write!(f, "; held up: task {number}, spawned at {at}"),
            None => write!(f, "; held up: a task that has not waited yet, spawned at {at}"),
        })
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use crate::Builder;
    use futures::{future, Future};
    use std::sync::mpsc;

    #[test]
    fn fault_x06_a_wait_inside_the_only_worker_is_told_once() {
        let pool = Builder::new().pool_size(1).name_prefix("mill-").build();
        let mut stuck_detector = pool.stuck_detector();
        assert!(stuck_detector.look().is_none(), "nothing has run");
        for _ in 0..2 {
            let (tx, rx) = futures::sync::oneshot::channel::<()>();
            let (begun, has_begun) = mpsc::channel();
            let waits = future::lazy(move || {
                begun.send(()).unwrap();
                rx.wait().map_err(drop)
            });
            let end = pool.spawn_handle(waits);
            has_begun.recv().unwrap();
            assert!(stuck_detector.look().is_none(), "so far it may be but a long poll");
            let stuck = stuck_detector.look().expect("nothing moves").to_string();
            assert!(
                stuck.contains("held up: a task that has not waited yet")
                    && stuck.contains("stuck.rs:"),
                "{stuck}"
            );
            assert!(stuck.contains("`mill-*`") && stuck.contains("its only worker"), "{stuck}");
            assert!(stuck_detector.look().is_none(), "that was reported");
            tx.send(()).unwrap();
            end.wait().unwrap();
        }
        pool.shutdown_on_idle().wait().unwrap();
        assert!(stuck_detector.look().is_none(), "the pool is gone");
    }

    #[test]
    fn a_pool_with_a_worker_to_spare_is_not_stuck() {
        let pool = Builder::new().pool_size(2).build();
        let mut stuck_detector = pool.stuck_detector();
        let (begun, has_begun) = mpsc::channel();
        let (tx, rx) = mpsc::channel::<()>();
        let waits = pool.spawn_handle(future::lazy(move || {
            begun.send(()).unwrap();
            rx.recv().map_err(drop)
        }));
        has_begun.recv().unwrap();
        // A worker counts a poll after it, so that the last task may not be counted yet;
        // the one before it is, since the other worker is the only one that runs them.
        let run_one = || pool.spawn_handle(future::ok::<(), ()>(())).wait().unwrap();
        let told = (0..1000).filter(|_| {
            run_one();
            run_one();
            stuck_detector.look().is_some()
        });
        assert_eq!(told.count(), 0);
        tx.send(()).unwrap();
        waits.wait().unwrap();
    }
}
