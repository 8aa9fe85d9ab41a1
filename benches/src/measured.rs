//! What the measuring processes measure, and in which words they report it.

use crate::settings::Settings;
use crate::{allocations, sys};
use std::time::Instant;

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
