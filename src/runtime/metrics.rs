//! What a runtime counts, as one picture of it, and as text for Prometheus.
//!
//! The pool's workers write these numbers in any case, each its own; whoever asks adds them
//! up. Made by [`Runtime::metrics`](super::Runtime::metrics), and by `inspect` for all
//! runtimes of the process.

use std::fmt::{self, Write};
use std::time::Duration;
use tokio_threadpool::{PoolMetrics, WorkerMetrics};

/// What a runtime did so far, and what waits in it: made by
/// [`Runtime::metrics`](super::Runtime::metrics).
///
/// The numbers are read one after the other while the runtime goes on, so that they need not
/// fit together to the last task.
///
/// # Examples
///
/// ```
/// use tokio::runtime::Runtime;
///
/// let runtime = Runtime::new().unwrap();
/// println!("{} tasks", runtime.metrics().alive());
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RuntimeMetrics {
    /// One for each worker, in the order of their ids.
    pub workers: Vec<WorkerMetrics>,
    /// Tasks that were spawned since the runtime was built.
    pub spawned: u64,
    /// Tasks of these that are done, cancelled ones included.
    pub completed: u64,
    /// Tasks that were woken or spawned away from the workers and are still queued there.
    pub injector_depth: usize,
    /// Threads that the runtime has, blocked and spare ones included.
    pub threads: usize,
    /// Threads that wait to take over the worker of one that blocks.
    pub spare_threads: usize,
    /// Threads that are in `blocking`.
    pub blocking_threads: usize,
    /// Tasks that wait for their turn to block.
    pub blocking_queue: usize,
    /// Times that a worker looked for events of the operating system.
    pub driver_turns: u64,
}

impl RuntimeMetrics {
    pub(crate) fn new(pool: PoolMetrics, driver_turns: u64) -> RuntimeMetrics {
        RuntimeMetrics {
            workers: pool.workers,
            spawned: pool.spawned,
            completed: pool.completed,
            injector_depth: pool.injector_depth,
            threads: pool.threads,
            spare_threads: pool.spare_threads,
            blocking_threads: pool.blocking_threads,
            blocking_queue: pool.blocking_queue,
            driver_turns,
        }
    }

    /// Returns the number of tasks that are not done.
    pub fn alive(&self) -> u64 {
        self.spawned.saturating_sub(self.completed)
    }

    /// Returns the numbers in the text format of Prometheus, with the label `runtime`.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::Runtime;
    ///
    /// let runtime = Runtime::new()?;
    /// let text = runtime.metrics().prometheus("main");
    /// assert!(text.contains("tokio_tasks_spawned_total{runtime=\"main\"} 0\n"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn prometheus(&self, runtime: &str) -> String {
        prometheus(&[(runtime.to_owned(), self.clone())])
    }
}

/// A series: its name, what it is, its type, and its value.
type Series<T> = (&'static str, &'static str, &'static str, fn(&T) -> f64);

const OF_RUNTIME: [Series<RuntimeMetrics>; 9] = [
    ("tasks_spawned_total", "Tasks spawned.", "counter", |m| m.spawned as f64),
    ("tasks_completed_total", "Tasks that are done.", "counter", |m| m.completed as f64),
    ("tasks_alive", "Tasks that are not done.", "gauge", |m| m.alive() as f64),
    ("injector_depth", "Tasks queued away from the workers.", "gauge", |m| m.injector_depth as f64),
    ("threads", "Threads, blocked and spare ones included.", "gauge", |m| m.threads as f64),
    ("spare_threads", "Threads without a worker.", "gauge", |m| m.spare_threads as f64),
    ("blocking_threads", "Threads that block.", "gauge", |m| m.blocking_threads as f64),
    ("blocking_queue", "Tasks that wait to block.", "gauge", |m| m.blocking_queue as f64),
    ("driver_turns_total", "Looks for events.", "counter", |m| m.driver_turns as f64),
];

const OF_WORKER: [Series<WorkerMetrics>; 6] = [
    ("worker_polls_total", "Looks for a task, one for each poll.", "counter", |w| w.polls as f64),
    ("worker_steals_total", "Thefts of tasks.", "counter", |w| w.steals as f64),
    ("worker_parks_total", "Times gone to sleep.", "counter", |w| w.parks as f64),
    ("worker_busy_seconds_total", "Time awake, up to the last sleep.", "counter", |w| {
        Duration::as_secs_f64(&w.busy)
    }),
    ("worker_forced_yields_total", "Operations put off.", "counter", |w| w.forced_yields as f64),
    ("worker_local_depth", "Tasks in its own queue.", "gauge", |w| w.local_depth as f64),
];

/// The numbers of several runtimes, by name.
pub(crate) fn prometheus(runtimes: &[(String, RuntimeMetrics)]) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write_prometheus(&mut text, runtimes);
    text
}

fn write_prometheus(text: &mut String, runtimes: &[(String, RuntimeMetrics)]) -> fmt::Result {
    for (name, help, kind, value) in OF_RUNTIME {
        write!(text, "# HELP tokio_{name} {help}\n# TYPE tokio_{name} {kind}\n")?;
        for (runtime, metrics) in runtimes {
            writeln!(text, "tokio_{name}{{runtime=\"{}\"}} {}", Label(runtime), value(metrics))?;
        }
    }
    for (name, help, kind, value) in OF_WORKER {
        write!(text, "# HELP tokio_{name} {help}\n# TYPE tokio_{name} {kind}\n")?;
        for (runtime, metrics) in runtimes {
            for (index, worker) in metrics.workers.iter().enumerate() {
                let (runtime, value) = (Label(runtime), value(worker));
                writeln!(text, "tokio_{name}{{runtime=\"{runtime}\",worker=\"{index}\"}} {value}")?;
            }
        }
    }
    Ok(())
}

/// The value of a label, as Prometheus wants it written.
struct Label<'a>(&'a str);

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '\\' => f.write_str("\\\\"),
            '"' => f.write_str("\\\""),
            '\n' => f.write_str("\\n"),
            c => f.write_char(c),
        })
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use crate::runtime::Runtime;
    use futures::{future, Future};

    #[test]
    fn the_numbers_of_a_runtime_say_what_it_did() {
        let mut runtime = Runtime::new().unwrap();
        for _ in 0..10 {
            runtime.block_on(future::ok::<_, ()>(())).unwrap();
        }
        let metrics = runtime.metrics();
        assert_eq!(metrics.spawned, 10);
        assert!(metrics.workers.iter().map(|w| w.polls).sum::<u64>() >= 10, "{metrics:?}");
        let text = metrics.prometheus("a \"b\"");
        assert!(text.contains("tokio_tasks_spawned_total{runtime=\"a \\\"b\\\"\"} 10\n"), "{text}");
        assert!(text.contains("worker=\"0\"} "), "{text}");
        runtime.shutdown_on_idle().wait().unwrap();
    }
}
