//! Connections that were used once, and then are silent.

use super::echo::settle;
use super::{Server, Service, Target};
use crate::measured::Report;
use std::time::{Duration, Instant};
use std::{io, thread};

pub(super) fn run(target: &Target<'_>, connections: usize) -> io::Result<Report> {
    let server = Server::start(target, Service::Echo)?;
    // What the first connection brings along is no cost of a connection.
    let first = settle(server.address(), 0)?;
    let before = server.resident()?;
    let mut silent = Vec::with_capacity(connections);
    let started = Instant::now();
    for n in 0..connections {
        silent.push(settle(server.address(), n)?);
    }
    let making = started.elapsed();
    let after = server.resident()?;
    // Until the last worker has gone to sleep.
    thread::sleep(Duration::from_millis(500));
    let (wake_ups, started) = (server.wake_ups()?, Instant::now());
    thread::sleep(Duration::from_millis(3 * target.settings.window_ms));
    let woken = server.wake_ups()? - wake_ups;
    let mut report = Report::of(connections as u64);
    let each = after.saturating_sub(before) as f64 / connections as f64;
    report.add("memory of each, bytes", each);
    report.add("wake-ups per s, in all", woken as f64 / started.elapsed().as_secs_f64());
    report.add("wall, ns", making.as_nanos() as f64 / connections as f64);
    drop((first, silent));
    // Until the server has seen the ends.
    thread::sleep(Duration::from_millis(500 + connections as u64 / 50));
    let kept = server.resident()?.saturating_sub(before) as f64 / connections as f64;
    report.add("kept at the end, bytes", kept);
    Ok(report)
}
