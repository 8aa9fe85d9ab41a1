//! The time in which requests count.

use super::Server;
use crate::measured::Report;
use crate::settings::Settings;
use std::io;
use std::time::{Duration, Instant};

/// Opens after a while of warming up, and is over after another; or, if a number of
/// requests is set, is open at once until they are done.
pub struct Window {
    opens: Instant,
    length: Duration,
    requests: Option<u64>,
    open: Option<Open>,
}

/// When it was opened, and what the server had used by then.
struct Open {
    at: Instant,
    cpu: Duration,
    done: u64,
}

impl Window {
    pub fn new(settings: &Settings) -> Window {
        let length = Duration::from_millis(settings.window_ms);
        let warm_up = if settings.requests.is_some() { Duration::ZERO } else { length / 4 };
        Window { opens: Instant::now() + warm_up, length, requests: settings.requests, open: None }
    }

    /// Whether requests count now.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Some operations are done.
    pub fn count(&mut self, operations: u64) {
        if let Some(open) = &mut self.open {
            open.done += operations;
        }
    }

    /// To be asked now and then. `true`: it is over.
    pub fn is_over(&mut self, server: &Server) -> io::Result<bool> {
        let now = Instant::now();
        match (&self.open, self.requests) {
            (None, _) if now >= self.opens => {
                self.open = Some(Open { at: now, cpu: server.cpu()?, done: 0 });
                Ok(false)
            }
            (None, _) => Ok(false),
            (Some(open), Some(requests)) => Ok(open.done >= requests),
            (Some(open), None) => Ok(now >= open.at + self.length),
        }
    }

    /// What one operation took, in nanoseconds divided by `unit`.
    pub fn report(&self, server: &Server, unit_ns: f64, unit: &str) -> io::Result<Report> {
        let mut report = Report::default();
        if let Some(open) = self.open.as_ref().filter(|open| open.done > 0) {
            let each = |total: Duration| total.as_nanos() as f64 / open.done as f64 / unit_ns;
            report.add(&format!("wall, {unit}"), each(open.at.elapsed()));
            report.add(&format!("server CPU, {unit}"), each(server.cpu()? - open.cpu));
            report.operations = open.done;
        }
        Ok(report)
    }
}
