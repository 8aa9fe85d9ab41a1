//! What was measured, kept as text in `results/`, a file a section.
//!
//! `publish` adds to it, workload by workload; `page` makes tables and plots of it. A
//! workload's rounds are replaced together, with all peers: ratios are taken within a round,
//! so figures of two runs do not mix.
//!
//! ```text
//! workload yield
//! measured 2026-11-28; 5 rounds; 2 workers; 2 x Intel(R) Xeon(R); Linux 6.18.0; rustc 1.95.0
//! wall, ns | await | 12.1 12.3 12.2 12.5 12.3
//! wall, ns | tokio1 | 30.9 31.0 30.7 30.8 31.2
//! ```

use crate::options::{Ask, Options};
use crate::plan::Section;
use crate::table::Row;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

/// The rounds of one workload.
#[derive(Debug, Default, PartialEq)]
pub struct Measured {
    pub workload: String,
    /// When, how often and on what.
    pub note: String,
    /// In the order in which they were reported: what, by whom, the rounds.
    pub figures: Vec<(String, String, Vec<f64>)>,
}

impl Measured {
    /// The rows of a table with these peers.
    pub fn rows(&self, peers: &[&str]) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for (what, peer, rounds) in &self.figures {
            let Some(at) = peers.iter().position(|name| name == peer) else { continue };
            let row = match rows.iter_mut().find(|row| row.what == *what) {
                Some(row) => row,
                None => {
                    let most = self.figures.iter().map(|(_, _, rounds)| rounds.len()).max();
                    rows.push(Row::new(what, peers.len(), most.unwrap_or(0)));
                    rows.last_mut().expect("it was pushed")
                }
            };
            for (round, figure) in rounds.iter().enumerate() {
                row.put(at, round, *figure);
            }
        }
        rows
    }
}

/// The directory of this project.
pub fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn file_of(section: &Section, ask: Ask) -> PathBuf {
    home().join("results").join(format!("{}{}.txt", section.name, ask.suffix()))
}

/// All that is recorded of a section, in the plan's order.
pub fn of(section: &Section, ask: Ask) -> Result<Vec<Measured>, String> {
    let file = file_of(section, ask);
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(format!("cannot read {}: {e}", file.display())),
    };
    let mut all = parse(&text).map_err(|why| format!("{}: {why}", file.display()))?;
    let place = |measured: &Measured| {
        section.workloads.iter().position(|workload| *workload == measured.workload)
    };
    all.retain(|measured| place(measured).is_some());
    all.sort_by_key(place);
    Ok(all)
}

/// Records the rounds of a workload, in place of those before.
pub fn add(
    options: &Options,
    section: &Section,
    workload: &str,
    peers: &[&str],
    rows: &[Row],
) -> Result<(), String> {
    let mut measured =
        Measured { workload: workload.to_owned(), note: note(options, section), ..<_>::default() };
    for row in rows {
        for (peer, rounds) in peers.iter().zip(row.rounds()) {
            let rounds: Vec<f64> = rounds.iter().flatten().copied().collect();
            if !rounds.is_empty() {
                measured.figures.push((row.what.clone(), (*peer).to_owned(), rounds));
            }
        }
    }
    let mut all = of(section, options.ask)?;
    all.retain(|other| other.workload != workload);
    all.push(measured);
    all.sort_by_key(|m| section.workloads.iter().position(|workload| *workload == m.workload));
    let file = file_of(section, options.ask);
    let written = fs::create_dir_all(home().join("results"));
    let written = written.and_then(|()| fs::write(&file, to_text(&all)));
    written.map_err(|e| format!("cannot write {}: {e}", file.display()))
}

fn to_text(all: &[Measured]) -> String {
    let mut text = String::from("# Written by `cargo run --release -- publish`.\n");
    for measured in all {
        text.push_str(&format!("\nworkload {}\nmeasured {}\n", measured.workload, measured.note));
        for (what, peer, rounds) in &measured.figures {
            let rounds: Vec<String> = rounds.iter().map(|figure| format!("{figure:.5}")).collect();
            text.push_str(&format!("{what} | {peer} | {}\n", rounds.join(" ")));
        }
    }
    text
}

fn parse(text: &str) -> Result<Vec<Measured>, String> {
    let mut all: Vec<Measured> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(workload) = line.strip_prefix("workload ") {
            all.push(Measured { workload: workload.to_owned(), ..Measured::default() });
            continue;
        }
        let last = all.last_mut().ok_or_else(|| format!("of no workload: `{line}`"))?;
        if let Some(note) = line.strip_prefix("measured ") {
            last.note = note.to_owned();
            continue;
        }
        let [what, peer, rounds] = line.split(" | ").collect::<Vec<_>>()[..] else {
            return Err(format!("expected `FIGURE | PEER | ROUNDS`, got `{line}`"));
        };
        let rounds: Result<Vec<f64>, _> = rounds.split_whitespace().map(str::parse).collect();
        let rounds = rounds.map_err(|_| format!("not numbers: `{line}`"))?;
        last.figures.push((what.to_owned(), peer.to_owned(), rounds));
    }
    Ok(all)
}

/// When, how often, and on what machine.
fn note(options: &Options, section: &Section) -> String {
    let rounds = match options.reps {
        1 => "1 round".to_owned(),
        n => format!("{n} rounds"),
    };
    let workers = match section.one_thread {
        true => "1 thread".to_owned(),
        false => format!("{} workers", options.settings.workers),
    };
    format!("{}; {rounds}; {workers}; {}", first_line("date", &["+%F"]), machine())
}

fn machine() -> String {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let mut models: BTreeMap<&str, usize> = BTreeMap::new();
    for line in processors.lines().filter(|line| line.starts_with("model name")) {
        *models.entry(line.split_once(": ").map_or("", |(_, model)| model)).or_default() += 1;
    }
    let mut words: Vec<String> = models.iter().map(|(model, n)| format!("{n} x {model}")).collect();
    words.push(format!("Linux {}", first_line("uname", &["-r"])));
    let rustc = first_line("rustc", &["--version"]);
    words.push(rustc.split(" (").next().unwrap_or_default().to_owned());
    words.join("; ")
}

/// What a program says of itself; nothing, if there is no such program.
fn first_line(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&text).lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{parse, to_text, Measured};

    #[test]
    fn what_is_written_is_read_again() {
        let figures = [("wall, ns", "ours", vec![1.5, 2.0]), ("CPU, ns", "ours", vec![0.25])];
        let yields = Measured {
            workload: "yield".into(),
            note: "2026-11-28; 2 rounds".into(),
            figures: figures.map(|(what, peer, rounds)| (what.into(), peer.into(), rounds)).into(),
        };
        let all = vec![yields, Measured { workload: "spawn".into(), ..Measured::default() }];
        assert_eq!(parse(&to_text(&all)), Ok(all));
    }

    #[test]
    fn a_line_that_is_neither_figures_nor_a_workload_is_refused() {
        assert!(parse("wall, ns | ours | 1\n").is_err());
        assert!(parse("workload yield\nwall, ns | ours\n").is_err());
        assert!(parse("workload yield\nwall, ns | ours | fast\n").is_err());
    }
}
