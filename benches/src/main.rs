//! Pits this tokio against the stock 0.1.22, 0.2.25, the latest 1.x and a bare epoll loop.
//!
//!     cargo run --release
//!     cargo run --release -- reps=9 sections=pool,single only=spawn,yield
//!     cargo run --release -- instr sections=pool peers=ours,tokio1
//!     cargo run --release -- syscalls sections=servers
//!     cargo run --release -- allocs
//!     cargo run --release -- publish sections=pool
//!     cargo run --release -- page
//!     cargo run --release -- simulate
//!
//! Prints tables in Markdown; `publish` writes the rounds down, too, in `results/`, and makes
//! the tables and plots of `docs/` from all that is there, as `page` does alone. `README.md`
//! says what is measured, and how.

mod compare;
mod counted;
mod options;
mod page;
mod plan;
mod plot;
mod record;
mod settings;
mod simulate;
mod table;

mod crossings;
mod jobs;
mod load;
mod peers;

#[expect(unsafe_code, reason = "an allocator is unsafe to implement")]
mod allocations;
mod measured;
#[expect(unsafe_code, reason = "system calls that std has no call for")]
mod sys;

use self::jobs::Job;
use self::load::Service;
use self::measured::Report;
use self::options::{Ask, Options};
use self::plan::Kind;
use self::settings::Settings;
use std::process::exit;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rest = arguments.get(1..).unwrap_or_default();
    let result = match arguments.first().map(String::as_str) {
        Some("list") => Ok(list()),
        Some("instr") => run(Ask::Instructions, rest),
        Some("syscalls") => run(Ask::SystemCalls, rest),
        Some("allocs") => run(Ask::Allocations, rest),
        Some("publish") => publish(rest),
        Some("page") => page::write(),
        Some("simulate") => simulate::run(rest),
        // Whether the page is what `page` would write: CI asks.
        Some("page-check") => page::check(),
        // These two are how the processes of one run start each other.
        Some("measure") => measure(rest),
        Some("serve") => serve(rest),
        _ => run(Ask::Time, &arguments),
    };
    if let Err(message) = result {
        eprintln!("{message}");
        exit(2);
    }
}

fn run(ask: Ask, arguments: &[String]) -> Result<(), String> {
    compare::compare(&Options::parse(ask, arguments)?)
}

/// Measures, writes down what was measured, and the page from it.
fn publish(arguments: &[String]) -> Result<(), String> {
    let (ask, rest) = match arguments.first().map(String::as_str) {
        Some("instr") => (Ask::Instructions, &arguments[1..]),
        Some("syscalls") => (Ask::SystemCalls, &arguments[1..]),
        Some("allocs") => (Ask::Allocations, &arguments[1..]),
        _ => (Ask::Time, arguments),
    };
    let mut options = Options::parse(ask, rest)?;
    options.record = true;
    let measured = compare::compare(&options);
    // What did not fail is published.
    page::write().and(measured)
}

/// What `only=`, `sections=` and `peers=` choose from.
fn list() {
    for section in plan::SECTIONS {
        println!("{}: {}", section.name, section.title);
        println!("    peers: {}", section.peers.join(" "));
        println!("    workloads: {}", section.workloads.join(" "));
    }
}

/// In a process of its own: one workload on one peer.
fn measure(arguments: &[String]) -> Result<(), String> {
    let [kind, peer, workload, settings @ ..] = arguments else {
        return Err("usage: measure KIND PEER WORKLOAD SETTINGS".into());
    };
    let settings = Settings::from_arguments(settings)?;
    let report = match Kind::from_name(kind) {
        Some(Kind::Server) => load::run(peer, workload, &settings).map_err(|e| e.to_string())?,
        Some(Kind::Inside) => inside(peer, workload, &settings)?,
        None => return Err(format!("no such kind: {kind}")),
    };
    print!("{}", report.as_ref().map(Report::to_lines).unwrap_or_default());
    Ok(())
}

fn inside(peer: &str, workload: &str, settings: &Settings) -> Result<Option<Report>, String> {
    let run = match peer {
        "ours" => peers::ours::run,
        "await" => peers::awaiting::run,
        "await02" => peers::awaiting_02::run,
        "stock" => peers::stock::run,
        "tokio1" => peers::tokio_one_x::run,
        "tokio02" => peers::tokio_02::run,
        "plain" | "compat" | "futures03" => return Ok(crossings::run(peer, workload, settings)),
        _ => return Err(format!("no such peer: {peer}")),
    };
    Ok(Job::named(workload, settings).and_then(|job| run(job, settings)))
}

/// In a process of its own: one server, for as long as the load generator lives.
fn serve(arguments: &[String]) -> Result<(), String> {
    let [peer, service, settings @ ..] = arguments else {
        return Err("usage: serve PEER SERVICE SETTINGS".into());
    };
    let settings = Settings::from_arguments(settings)?;
    let service =
        Service::from_argument(service).ok_or_else(|| format!("no such service: {service}"))?;
    match peer.as_str() {
        "ours" => peers::ours::serve(service, &settings),
        "await" => peers::awaiting::serve(service, &settings),
        "await02" => peers::awaiting_02::serve(service, &settings),
        "stock" => peers::stock::serve(service, &settings),
        "tokio1" => peers::tokio_one_x::serve(service, &settings),
        "tokio02" => peers::tokio_02::serve(service, &settings),
        "limit" => peers::limit::serve(service),
        _ => return Err(format!("no such peer: {peer}")),
    }
    Ok(())
}
