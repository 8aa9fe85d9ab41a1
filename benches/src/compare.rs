//! Lets the peers take turns, each measurement in a process of its own.
//!
//! So no runtime finds the heap, the threads or the caches as another has left them; and
//! whatever slows the machine down for a while hits all, since each round begins with
//! another peer.

use crate::counted::{Under, REPORT};
use crate::measured::Report;
use crate::options::{Ask, Options};
use crate::plan::{Kind, Section};
use crate::record;
use crate::settings::Settings;
use crate::table::{Row, Table};
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// No measurement takes as long: a process that does is stuck.
const LIMIT: Duration = Duration::from_secs(300);

/// Measures all that is asked for, and prints it as it comes.
pub fn compare(options: &Options) -> Result<(), String> {
    let mut failed = 0;
    for section in &options.sections {
        let peers = options.peers_of(section);
        let wanted =
            |workload: &&&str| options.wants(workload) && asks(options.ask, section, workload);
        let workloads: Vec<_> = section.workloads.iter().filter(wanted).collect();
        if peers.is_empty() || workloads.is_empty() {
            continue;
        }
        let table = Table::new(&peers, section.ratios);
        println!("\n### {}\n\n{}\n", section.title, describe(options, section));
        println!("{}", table.head());
        for workload in workloads {
            match rounds(options, section, &peers, workload) {
                Ok(rows) => {
                    rows.iter().for_each(|row| println!("{}", table.line(workload, row)));
                    if options.record {
                        record::add(options, section, workload, &peers, &rows)?;
                    }
                }
                Err(message) => {
                    eprintln!("{message}");
                    failed += 1;
                }
            }
        }
    }
    match failed {
        0 => Ok(()),
        _ => Err(format!("{failed} workloads failed")),
    }
}

/// Whether the question makes sense of a workload.
fn asks(ask: Ask, section: &Section, workload: &str) -> bool {
    match (ask, section.kind) {
        (Ask::Time, _) => true,
        (Ask::Allocations, kind) => kind == Kind::Inside && section.name != "crossings",
        (Ask::Instructions, Kind::Inside) => section.name != "crossings",
        (Ask::SystemCalls, Kind::Inside) => section.name == "pool",
        (Ask::Instructions | Ask::SystemCalls, Kind::Server) => {
            ["echo_64", "churn_64"].contains(&workload)
        }
    }
}

fn describe(options: &Options, section: &Section) -> String {
    let what = match options.ask {
        Ask::Time => "Per operation",
        Ask::Allocations => "Allocations per operation",
        Ask::Instructions => "Instructions in user space per operation",
        Ask::SystemCalls => "System calls per operation",
    };
    let workers = match (section.one_thread, workers(options)) {
        (true, _) => String::new(),
        (false, 1) => "; 1 worker".into(),
        (false, n) => format!("; {n} workers"),
    };
    let medians = match options.reps {
        1 => "measured once".into(),
        n => format!("medians of {n} alternating rounds, the ratios likewise within each round"),
    };
    format!("{what}{workers}; {medians}.")
}

/// Callgrind runs one thread at a time, so more workers would only wait for each other.
fn workers(options: &Options) -> usize {
    match options.ask {
        Ask::Instructions => 1,
        _ => options.settings.workers,
    }
}

/// All rounds of a workload: a row for each kind of figure that came of it.
fn rounds(
    options: &Options,
    section: &Section,
    peers: &[&str],
    workload: &str,
) -> Result<Vec<Row>, String> {
    let settings = Settings {
        one_thread: section.one_thread,
        workers: workers(options),
        allocations: options.ask == Ask::Allocations,
        ..options.settings
    };
    let mut rows: Vec<Row> = Vec::new();
    for round in 0..options.reps {
        for turn in 0..peers.len() {
            let at = (round + turn) % peers.len();
            let report = sample(options.ask, section.kind, peers[at], workload, settings)
                .map_err(|why| format!("{workload} on {}, {}: {why}", peers[at], section.name))?;
            for (what, figure) in report.iter().flat_map(Report::figures) {
                let row = match rows.iter_mut().find(|row| row.what == *what) {
                    Some(row) => row,
                    None => {
                        rows.push(Row::new(what, peers.len(), options.reps));
                        rows.last_mut().expect("it was pushed")
                    }
                };
                row.put(at, round, *figure);
            }
        }
    }
    Ok(rows)
}

/// One measurement. `None`: the peer does not offer the workload.
fn sample(
    ask: Ask,
    kind: Kind,
    peer: &str,
    workload: &str,
    settings: Settings,
) -> Result<Option<Report>, String> {
    let under = match ask {
        Ask::Time | Ask::Allocations => return run_apart(kind, peer, workload, settings, ""),
        Ask::Instructions => Under::Callgrind,
        Ask::SystemCalls => Under::Strace,
    };
    let sized = |divisor, requests| {
        let settings = Settings { divisor, requests: Some(requests), passes: 1, under, ..settings };
        under.counts(|report| run_apart(kind, peer, workload, settings, report))
    };
    let (small, fewer) = sized(50, 4_000);
    let (large, more) = sized(10, 20_000);
    let (Some(small), Some(large)) = (small?, large?) else { return Ok(None) };
    let operations = large.operations.saturating_sub(small.operations) as f64;
    if more.is_empty() || operations == 0.0 {
        return Err(format!("{} has reported nothing", under.name()));
    }
    let mut report = Report::of(large.operations);
    for (what, count) in more {
        let each = (count - fewer.get(&what).unwrap_or(&0.0)) / operations;
        // What is left is noise of the start and the end.
        if each >= 0.005 {
            report.add(&what, each);
        }
    }
    Ok(Some(report))
}

/// One run in a process of its own. `report` is where a tool writes, if there is one.
fn run_apart(
    kind: Kind,
    peer: &str,
    workload: &str,
    settings: Settings,
    report: &str,
) -> Result<Option<Report>, String> {
    let program = std::env::current_exe().map_err(|e| e.to_string())?;
    // Of a server it is the server that is looked into, not the load.
    let mut command = match settings.under.command(report).filter(|_| kind == Kind::Inside) {
        None => Command::new(program),
        Some(mut tool) => {
            tool.arg(program);
            tool
        }
    };
    command.args(["measure", kind.name(), peer, workload]).args(settings.to_arguments());
    // The message of a panic says enough.
    command.env("RUST_BACKTRACE", "0").env(REPORT, report).stdin(Stdio::null());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.map_err(|e| format!("cannot start {:?}: {e}", command.get_program()))?;
    Report::from_lines(&output_of(child)?)
}

/// What a process prints, once it has ended well.
fn output_of(mut child: Child) -> Result<String, String> {
    let started = Instant::now();
    // Reports and messages are short: they fit into the pipes.
    let status = loop {
        if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
            break status;
        }
        if started.elapsed() > LIMIT {
            // It may have ended just now.
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!("stuck for {} s", LIMIT.as_secs()));
        }
        thread::sleep(Duration::from_millis(5));
    };
    let read = |pipe: &mut dyn Read| {
        let mut text = String::new();
        pipe.read_to_string(&mut text).map(|_| text).map_err(|e| e.to_string())
    };
    let stdout = child.stdout.take().map_or(Ok(String::new()), |mut pipe| read(&mut pipe))?;
    if status.success() {
        return Ok(stdout);
    }
    let stderr = child.stderr.take().map_or(Ok(String::new()), |mut pipe| read(&mut pipe))?;
    Err(format!("{status}: {}", stderr.trim()))
}
