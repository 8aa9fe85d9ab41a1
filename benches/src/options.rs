//! What the command line says.

use crate::plan::{Section, SECTIONS};
use crate::settings::{key_value, positive, Settings};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ask {
    Time,
    Allocations,
    Instructions,
    SystemCalls,
}

pub struct Options {
    pub ask: Ask,
    pub reps: usize,
    /// Whether the rounds are written down in `results/`.
    pub record: bool,
    pub only: Vec<String>,
    pub sections: Vec<&'static Section>,
    peers: Option<Vec<String>>,
    pub settings: Settings,
}

impl Ask {
    /// Behind the section's name, in the name of a record.
    pub fn suffix(self) -> &'static str {
        match self {
            Ask::Time => "",
            Ask::Allocations => ".allocs",
            Ask::Instructions => ".instr",
            Ask::SystemCalls => ".syscalls",
        }
    }

    pub const ALL: [Ask; 4] = [Ask::Time, Ask::Allocations, Ask::Instructions, Ask::SystemCalls];
}

impl Options {
    pub fn parse(ask: Ask, arguments: &[String]) -> Result<Options, String> {
        let mut options = Options {
            ask,
            reps: if ask == Ask::Time { 5 } else { 1 },
            record: false,
            only: Vec::new(),
            sections: SECTIONS.iter().collect(),
            peers: None,
            settings: Settings::DEFAULT,
        };
        for argument in arguments {
            if argument == "quick" {
                options.reps = 1;
                options.settings.divisor = 50;
                options.settings.window_ms = 200;
                continue;
            }
            let (key, value) = key_value(argument)?;
            match key {
                "reps" => options.reps = positive(key, value)? as usize,
                "only" => options.only = words(value),
                "sections" => {
                    let wanted = words(value);
                    known("section", &wanted, SECTIONS.iter().map(|section| section.name))?;
                    options.sections.retain(|section| wanted.iter().any(|w| w == section.name));
                }
                "peers" => {
                    let wanted = words(value);
                    known("peer", &wanted, SECTIONS.iter().flat_map(|s| s.peers).copied())?;
                    options.peers = Some(wanted);
                }
                "workers" | "divisor" | "passes" | "window_ms" => {
                    options.settings.set(key, value)?;
                }
                _ => {
                    return Err(format!(
                        "unknown option `{key}`: there are quick, reps, only, sections, peers, \
                         workers, passes, divisor, window_ms"
                    ))
                }
            }
        }
        Ok(options)
    }

    pub fn wants(&self, workload: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|part| workload.contains(part.as_str()))
    }

    /// Those of a section that are asked for.
    pub fn peers_of(&self, section: &Section) -> Vec<&'static str> {
        let wanted = |peer: &&str| match &self.peers {
            None => true,
            Some(peers) => peers.iter().any(|name| name == peer),
        };
        section.peers.iter().copied().filter(wanted).collect()
    }
}

fn words(value: &str) -> Vec<String> {
    value.split(',').map(String::from).collect()
}

/// Refuses names that nothing has.
fn known(
    what: &str,
    wanted: &[String],
    names: impl Iterator<Item = &'static str> + Clone,
) -> Result<(), String> {
    match wanted.iter().find(|word| !names.clone().any(|name| name == word.as_str())) {
        Some(unknown) => Err(format!("no such {what}: {unknown}")),
        None => Ok(()),
    }
}
