//! Pits this tokio against the stock 0.1.22 and the latest 1.x.
//!
//!     cargo run --release
//!     cargo run --release -- reps=9 workers=4 only=spawn,echo
//!     cargo run --release -- peers=ours,stock
//!
//! Prints one line per workload: the median time per operation on each, and the ratios.
//!
//! Each measurement is a process of its own, so that no runtime finds the heap, the
//! threads or the caches as another has left them; and the peers take turns, each round
//! beginning with another, so that whatever slows the machine down for a while hits all.

mod client;
mod ours;
mod stock;
mod tokio_one_x;

use std::process::{exit, Command};
use std::time::Duration;

/// What a workload reports.
pub struct Measured {
    pub elapsed: Duration,
    pub operations: u64,
}

impl Measured {
    fn ns_per_operation(&self) -> f64 {
        self.elapsed.as_nanos() as f64 / self.operations as f64
    }
}

/// Runs a workload by its name on a number of workers. `None`: there is no such.
type Run = fn(&str, usize) -> Option<Measured>;

const PEERS: [(&str, Run); 3] =
    [("ours", ours::run), ("stock", stock::run), ("tokio1", tokio_one_x::run)];

/// The workloads, and what one operation is.
const WORKLOADS: [(&str, &str); 11] = [
    ("spawn_outside", "a task, spawned by a thread outside"),
    ("spawn_inside", "a task, spawned by a task"),
    ("spawn_batch", "a task of 1000 that one task spawns and waits for"),
    ("yield", "a yield of one of 200 tasks"),
    ("ping_pong", "a message there and back, 1000 pairs of tasks"),
    ("mpsc_unbounded", "a message from task to task"),
    ("mpsc_bounded", "a message from task to task, at most 256 on the way"),
    ("mpsc_bounded_4", "a message from one of 4 tasks, at most 256 on the way"),
    ("timer_create_drop", "a timer, made, polled and dropped long before its time"),
    ("timer_reset", "a timer that is put off and polled"),
    ("tcp_echo", "64 bytes there and back, 16 connections"),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.first().map(String::as_str) {
        Some("measure") => measure(&arguments[1..]),
        _ => Options::parse(&arguments).and_then(|options| compare(&options)),
    };
    if let Err(message) = result {
        eprintln!("{message}");
        exit(2);
    }
}

/// In the child: one workload on one peer.
fn measure(arguments: &[String]) -> Result<(), String> {
    let [peer, workload, workers] = arguments else {
        return Err("usage: measure PEER WORKLOAD WORKERS".into());
    };
    let (_, run) = PEERS
        .iter()
        .find(|(name, _)| name == peer)
        .ok_or_else(|| format!("no such peer: {peer}"))?;
    let workers = number("workers", workers)?;
    let measured = run(workload, workers).ok_or_else(|| format!("no such workload: {workload}"))?;
    println!("{}", measured.ns_per_operation());
    // Not a word about how long it takes to shut down: that is another workload.
    exit(0);
}

struct Options {
    reps: usize,
    workers: usize,
    only: Vec<String>,
    peers: Vec<&'static str>,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Options, String> {
        let mut options = Options {
            reps: 5,
            workers: 2,
            only: Vec::new(),
            peers: PEERS.iter().map(|&(name, _)| name).collect(),
        };
        for argument in arguments {
            let (key, value) = argument
                .split_once('=')
                .ok_or_else(|| format!("expected KEY=VALUE, got `{argument}`"))?;
            match key {
                "reps" => options.reps = number(key, value)?,
                "workers" => options.workers = number(key, value)?,
                "only" => options.only = value.split(',').map(String::from).collect(),
                "peers" => {
                    let wanted: Vec<&str> = value.split(',').collect();
                    if let Some(unknown) = wanted.iter().find(|w| !options.peers.contains(w)) {
                        return Err(format!("no such peer: {unknown}"));
                    }
                    options.peers.retain(|peer| wanted.contains(peer));
                }
                _ => return Err(format!("unknown option `{key}`: reps, workers, only, peers")),
            }
        }
        Ok(options)
    }

    fn wants(&self, workload: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|part| workload.contains(part.as_str()))
    }
}

fn number(what: &str, text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n) if n > 0 => Ok(n),
        _ => Err(format!("{what} must be a positive number, got `{text}`")),
    }
}

fn compare(options: &Options) -> Result<(), String> {
    println!("ns per operation, median of {}; {} workers", options.reps, options.workers);
    print!("\n| {:<18} |", "workload");
    for peer in &options.peers {
        print!(" {peer:>8} |");
    }
    // The ratios are to the first peer that was asked for: ours, unless left out.
    for peer in &options.peers[1..] {
        print!(" {:>12} |", format!("{}/{peer}", options.peers[0]));
    }
    println!(" operation");
    print!("| {:-<18} |", "");
    for _ in &options.peers {
        print!(" {:->7}: |", "");
    }
    for _ in &options.peers[1..] {
        print!(" {:->11}: |", "");
    }
    println!(" ---");
    let mut failed = 0;
    for (workload, operation) in WORKLOADS {
        if options.wants(workload) {
            let medians = match medians(options, workload) {
                Ok(medians) => medians,
                Err(message) => {
                    eprintln!("{message}");
                    failed += 1;
                    continue;
                }
            };
            print!("| {workload:<18} |");
            for median in &medians {
                print!(" {median:>8.1} |");
            }
            for median in &medians[1..] {
                print!(" {:>12.2} |", medians[0] / median);
            }
            println!(" {operation}");
        }
    }
    match failed {
        0 => Ok(()),
        _ => Err(format!("{failed} workloads failed")),
    }
}

fn medians(options: &Options, workload: &str) -> Result<Vec<f64>, String> {
    let mut times = vec![Vec::new(); options.peers.len()];
    for rep in 0..options.reps {
        for turn in 0..options.peers.len() {
            let at = (rep + turn) % options.peers.len();
            times[at].push(measure_apart(options.peers[at], workload, options.workers)?);
        }
    }
    Ok(times.iter_mut().map(|times| median(times)).collect())
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    let middle = times.len() / 2;
    if times.len() % 2 == 1 {
        times[middle]
    } else {
        (times[middle - 1] + times[middle]) / 2.0
    }
}

fn measure_apart(peer: &str, workload: &str, workers: usize) -> Result<f64, String> {
    let failed = |why: String| format!("{workload} on {peer}: {why}");
    let program = std::env::current_exe().map_err(|e| failed(e.to_string()))?;
    let output = Command::new(program)
        .args(["measure", peer, workload, &workers.to_string()])
        .output()
        .map_err(|e| failed(e.to_string()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(failed(format!("{}: {}", output.status, said.trim())));
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    printed.trim().parse().map_err(|_| failed(format!("not a time: `{}`", printed.trim())))
}
