//! What the measuring processes measure, and in which words they report it.

use crate::settings::Settings;
use crate::{allocations, sys};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

impl Settings {
    /// Runs `pass`, which is `operations` operations.
    pub fn measure(&self, operations: u64, mut pass: impl FnMut()) -> Report {
        for _ in 1..self.passes {
            pass();
        }
        let each = |total: f64| total / operations as f64;
        let mut report = Report::of(operations * self.passes as u64);
        if self.allocations {
            let allocations = allocations::during(pass);
            report.add("allocations", each(allocations as f64));
        } else {
            let cpu = || sys::own_cpu().expect("this process has a clock");
            let (cpu_before, started) = (cpu(), Instant::now());
            pass();
            let elapsed = started.elapsed();
            report.add("wall, ns", each(elapsed.as_nanos() as f64));
            report.add("CPU, ns", each((cpu() - cpu_before).as_nanos() as f64));
        }
        report
    }
}

impl Settings {
    /// Runs `pass`, which measures `operations` latencies by itself. The first ones count,
    /// too: that is how late things come.
    pub fn latencies(&self, operations: u64, pass: impl FnOnce(&'static Samples)) -> Report {
        let samples: &'static Samples = Box::leak(Box::default());
        pass(samples);
        let mut report = Report::of(operations);
        report.add_percentiles(samples.take());
        report
    }

    /// Makes something large, and ends it. What it is made of is still there after `make`,
    /// and gone after `end`.
    pub fn large<T>(&self, n: u64, make: impl FnOnce() -> T, end: impl FnOnce(T)) -> Report {
        let memory = || sys::own_memory().expect("this process has memory") as f64;
        let (before, started) = (memory(), Instant::now());
        let made = make();
        let (making, peak, ended) = (started.elapsed(), memory(), Instant::now());
        end(made);
        let ending = ended.elapsed();
        // Until the last thread that frees something has done so.
        thread::sleep(Duration::from_millis(300));
        let each = |total: f64| total / n as f64;
        let mut report = Report::of(n);
        report.add("wall, ns", each(making.as_nanos() as f64));
        report.add("to end, ns", each(ending.as_nanos() as f64));
        report.add("memory of each, bytes", each((peak - before).max(0.0)));
        report.add("kept at the end, bytes", each((memory() - before).max(0.0)));
        report
    }
}

/// Latencies that many tasks measure.
#[derive(Default)]
pub struct Samples(Mutex<Vec<u64>>);

impl Samples {
    pub fn add(&self, latency: Duration) {
        self.0.lock().expect("nobody panics").push(latency.as_nanos() as u64);
    }

    fn take(&self) -> Vec<u64> {
        std::mem::take(&mut self.0.lock().expect("nobody panics"))
    }
}

/// Keeps a processor busy for so long.
pub fn spin(length: Duration) {
    let started = Instant::now();
    while started.elapsed() < length {
        std::hint::spin_loop();
    }
}

/// What one process has measured: figures, each with what it is of.
#[derive(Clone, Debug, Default)]
pub struct Report {
    figures: Vec<(String, f64)>,
    /// The operations of all passes.
    pub operations: u64,
}

const OPERATIONS: &str = "operations";

impl Report {
    /// Of so many operations; the figures are to be added.
    pub fn of(operations: u64) -> Report {
        Report { operations, ..Report::default() }
    }

    pub fn add(&mut self, what: &str, figure: f64) {
        self.figures.push((what.to_owned(), figure));
    }

    /// Of latencies in nanoseconds.
    pub fn add_percentiles(&mut self, mut latencies_ns: Vec<u64>) {
        latencies_ns.sort_unstable();
        for (name, share) in [("p50, us", 0.5), ("p99, us", 0.99), ("p999, us", 0.999)] {
            let at = (latencies_ns.len() as f64 * share) as usize;
            if let Some(&ns) = latencies_ns.get(at) {
                self.add(name, ns as f64 / 1e3);
            }
        }
    }

    pub fn figures(&self) -> &[(String, f64)] {
        &self.figures
    }

    /// As one process writes it for another.
    pub fn to_lines(&self) -> String {
        let mut lines = format!("{}\t{OPERATIONS}\n", self.operations);
        for (what, figure) in &self.figures {
            lines.push_str(&format!("{figure}\t{what}\n"));
        }
        lines
    }

    /// The reverse. A process that has nothing to report writes nothing.
    pub fn from_lines(lines: &str) -> Result<Option<Report>, String> {
        let mut report = Report::default();
        for line in lines.lines() {
            let (figure, what) =
                line.split_once('\t').ok_or_else(|| format!("not a figure: `{line}`"))?;
            let figure: f64 = figure.parse().map_err(|_| format!("not a number: `{line}`"))?;
            match what {
                OPERATIONS => report.operations = figure as u64,
                _ => report.add(what, figure),
            }
        }
        Ok((report.operations > 0).then_some(report))
    }
}
