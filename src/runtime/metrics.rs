//! What a runtime counts, as one picture of it, and as text for Prometheus.
//!
//! The pool's workers write these numbers in any case, each its own; whoever asks adds them
//! up. Made by [`Runtime::metrics`](super::Runtime::metrics), and by `inspect` for all
//! runtimes of the process.
//!
//! Always true: the numbers are read one after the other while the runtime goes on, so that they
//! need not fit together to the last task.
//!
//! Why not counters that all workers share? Each poll would write to one cache line from every
//! processor.

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
    /// Tasks that were woken or spawned away from the workers, by other threads for instance;
    /// each as often as it was.
    pub injected: u64,
    /// Those of them that are still queued there.
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
    /// Events of the operating system that were dispatched to sources.
    pub driver_events: u64,
    /// Sources that are registered: sockets, pipes, signals.
    pub sources: usize,
    /// Sources that were registered so far.
    pub sources_registered: u64,
    /// Timers that are set and not due yet.
    pub timers: usize,
}

/// What a driver counts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DriverCounts {
    pub(crate) turns: u64,
    pub(crate) events: u64,
    pub(crate) sources: usize,
    pub(crate) sources_registered: u64,
    pub(crate) timers: usize,
}

impl RuntimeMetrics {
    pub(crate) fn new(pool: PoolMetrics, driver: DriverCounts) -> RuntimeMetrics {
        RuntimeMetrics {
            workers: pool.workers,
            spawned: pool.spawned,
            completed: pool.completed,
            injected: pool.injected,
            injector_depth: pool.injector_depth,
            threads: pool.threads,
            spare_threads: pool.spare_threads,
            blocking_threads: pool.blocking_threads,
            blocking_queue: pool.blocking_queue,
            driver_turns: driver.turns,
            driver_events: driver.events,
            sources: driver.sources,
            sources_registered: driver.sources_registered,
            timers: driver.timers,
        }
    }

    /// Returns the number of tasks that are not done.
    pub fn alive(&self) -> u64 {
        self.spawned.saturating_sub(self.completed)
    }

    /// Returns the number of operations put off since their task had spent its budget.
    pub fn forced_yields(&self) -> u64 {
        self.workers.iter().map(|worker| worker.forced_yields).sum()
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

const OF_RUNTIME: [Series<RuntimeMetrics>; 14] = [
    ("tasks_spawned_total", "Tasks spawned.", "counter", |m| m.spawned as f64),
    ("tasks_completed_total", "Tasks that are done.", "counter", |m| m.completed as f64),
    ("tasks_alive", "Tasks that are not done.", "gauge", |m| m.alive() as f64),
    ("injector_depth", "Tasks queued away from the workers.", "gauge", |m| m.injector_depth as f64),
    ("threads", "Threads, blocked and spare ones included.", "gauge", |m| m.threads as f64),
    ("spare_threads", "Threads without a worker.", "gauge", |m| m.spare_threads as f64),
    ("blocking_threads", "Threads that block.", "gauge", |m| m.blocking_threads as f64),
    ("blocking_queue", "Tasks that wait to block.", "gauge", |m| m.blocking_queue as f64),
    ("injected_total", "Tasks woken or spawned away from the workers.", "counter", |m| {
        m.injected as f64
    }),
    ("driver_turns_total", "Looks for events.", "counter", |m| m.driver_turns as f64),
    ("driver_events_total", "Events dispatched.", "counter", |m| m.driver_events as f64),
    ("sources", "Sources registered.", "gauge", |m| m.sources as f64),
    ("sources_registered_total", "Sources registered so far.", "counter", |m| {
        m.sources_registered as f64
    }),
    ("timers", "Timers set.", "gauge", |m| m.timers as f64),
];

const OF_WORKER: [Series<WorkerMetrics>; 8] = [
    ("worker_polls_total", "Polls of tasks.", "counter", |w| w.polls as f64),
    ("worker_steals_total", "Thefts of tasks.", "counter", |w| w.steals as f64),
    ("worker_stolen_total", "Tasks taken from other workers.", "counter", |w| w.stolen as f64),
    ("worker_idle_wakes_total", "Times woken for nothing.", "counter", |w| w.idle_wakes as f64),
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
    let (name, help) = ("poll_seconds", "How long polls took, of those that were measured.");
    write!(text, "# HELP tokio_{name} {help}\n# TYPE tokio_{name} histogram\n")?;
    for (runtime, metrics) in runtimes {
        let times = || metrics.workers.iter().map(|worker| &worker.poll_times);
        let Some(first) = times().next() else { continue };
        let sums = |i: usize| times().filter_map(|times| times.counts.get(i)).sum::<u64>();
        let counts: Vec<u64> = (0..first.counts.len()).map(sums).collect();
        let labels = format!("runtime=\"{}\"", Label(runtime));
        let total = times().map(|times| times.total).sum();
        write_histogram(text, name, &labels, &first.starts, &counts, total)?;
    }
    Ok(())
}

/// A histogram of which each count starts at `starts`, and ends where the next one does.
pub(crate) fn write_histogram(
    text: &mut String,
    name: &str,
    labels: &str,
    starts: &[Duration],
    counts: &[u64],
    total: Duration,
) -> fmt::Result {
    let comma = if labels.is_empty() { "" } else { "," };
    let mut sum = 0;
    for (i, count) in counts.iter().enumerate() {
        sum += count;
        let end = starts.get(i + 1).map_or("+Inf".to_owned(), |e| e.as_secs_f64().to_string());
        writeln!(text, "tokio_{name}_bucket{{{labels}{comma}le=\"{end}\"}} {sum}")?;
    }
    let braces = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
    writeln!(text, "tokio_{name}_sum{braces} {}", total.as_secs_f64())?;
    writeln!(text, "tokio_{name}_count{braces} {sum}")
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
        assert!(text.contains("tokio_poll_seconds_bucket{runtime=\"a \\\"b\\\"\",le=\"+Inf\"} "));
        assert!(metrics.injected >= 10, "each was spawned by this thread: {metrics:?}");
        assert!(metrics.workers.iter().any(|w| w.poll_times.is_sampled), "{metrics:?}");
        runtime.shutdown_on_idle().wait().unwrap();
    }
}
