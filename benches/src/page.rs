//! The tables and plots of `docs/`, from what is recorded.
//!
//! In `docs/BENCHMARKS.md`, whatever stands between `<!-- figures: NAME -->` and the next
//! `<!-- end -->` is replaced by the table of that record; the text around it is written by
//! hand. `docs/plots/NAME.svg` is drawn for every section that has been timed.

use crate::options::Ask;
use crate::plan::{Section, SECTIONS};
use crate::plot::{svg, Bar, Group};
use crate::record::{self, Measured};
use crate::table::Table;
use std::fs;
use std::path::{Path, PathBuf};

const BEGIN: &str = "<!-- figures: ";
const END: &str = "<!-- end -->";

/// Writes them.
pub fn write() -> Result<(), String> {
    for (file, text) in files()? {
        let directory = file.parent().unwrap_or(Path::new("."));
        let written = fs::create_dir_all(directory).and_then(|()| fs::write(&file, text));
        written.map_err(|e| format!("cannot write {}: {e}", file.display()))?;
    }
    Ok(())
}

/// Finds a file that is not as it would be written.
pub fn check() -> Result<(), String> {
    for (file, text) in files()? {
        if fs::read_to_string(&file).ok().as_deref() != Some(&text) {
            return Err(format!(
                "{} is not what the records say: run `cargo run -- page` in benches/",
                file.display()
            ));
        }
    }
    Ok(())
}

/// What is to be where.
fn files() -> Result<Vec<(PathBuf, String)>, String> {
    let docs = record::home().join("../docs");
    let page = docs.join("BENCHMARKS.md");
    let text = fs::read_to_string(&page);
    let text = text.map_err(|e| format!("cannot read {}: {e}", page.display()))?;
    let mut files = vec![(page, filled(&text)?)];
    for section in SECTIONS {
        let measured = record::of(section, Ask::Time)?;
        if !measured.is_empty() {
            let file = docs.join("plots").join(format!("{}.svg", section.name));
            files.push((file, plot(section, &measured)));
        }
    }
    Ok(files)
}

/// The page with the tables of today.
fn filled(text: &str) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        filled.push_str(line);
        filled.push('\n');
        let name = line.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(" -->"));
        if let Some(name) = name {
            filled.push_str(&table(name)?);
            lines.find(|line| *line == END).ok_or_else(|| format!("no end of {name}"))?;
            filled.push_str(END);
            filled.push('\n');
        }
    }
    Ok(filled)
}

/// The record of this name, as a table, and on what it was measured.
fn table(name: &str) -> Result<String, String> {
    let of_name = |section: &&Section| {
        Ask::ALL.iter().find(|ask| name.strip_suffix(ask.suffix()) == Some(section.name))
    };
    let found = SECTIONS.iter().find_map(|section| Some((section, *of_name(&section)?)));
    let (section, ask) = found.ok_or_else(|| format!("no record is named `{name}`"))?;
    let measured = record::of(section, ask)?;
    let peers: Vec<_> = section.peers.iter().copied().filter(|peer| has(&measured, peer)).collect();
    let table = Table::new(&peers, section.ratios);
    let mut text = format!("\n{}\n", table.head());
    for one in &measured {
        for row in one.rows(&peers) {
            text.push_str(&table.line(&one.workload, &row));
            text.push('\n');
        }
    }
    let mut notes: Vec<_> = measured.iter().map(|one| one.note.as_str()).collect();
    notes.sort_unstable();
    notes.dedup();
    for note in notes {
        text.push_str(&format!("\nMeasured {note}.\n"));
    }
    text.push('\n');
    Ok(text)
}

fn has(measured: &[Measured], peer: &str) -> bool {
    measured.iter().flat_map(|one| &one.figures).any(|(_, by, _)| by == peer)
}

/// The rounds of each peer.
type Bars = Vec<(&'static str, Vec<f64>)>;

fn plot(section: &Section, measured: &[Measured]) -> String {
    let peers: Vec<_> = section.peers.iter().copied().filter(|peer| has(measured, peer)).collect();
    let group = |one: &'_ Measured| -> Option<(String, Bars)> {
        let drawn = |what: &str| what.starts_with(section.plotted);
        let what = one.figures.iter().find(|(what, ..)| drawn(what))?.0.clone();
        let rounds_of = |peer: &str| {
            let mut figures = one.figures.iter();
            figures.find(|(w, by, _)| *w == what && by == peer).map(|(.., r)| r.clone())
        };
        let bars = section.peers.iter().filter_map(|peer| Some((*peer, rounds_of(peer)?)));
        Some((what.clone(), bars.collect()))
    };
    let all: Vec<_> = measured.iter().filter_map(|one| Some((one, group(one)?))).collect();
    let groups: Vec<_> = all
        .iter()
        .map(|(one, (what, bars))| Group {
            workload: &one.workload,
            unit: what.rsplit(", ").next().unwrap_or_default(),
            bars: bars.iter().map(|(peer, rounds)| Bar { peer, rounds: rounds.clone() }).collect(),
        })
        .collect();
    svg(&format!("{}: {}", section.title, section.plotted), &peers, &groups)
}
