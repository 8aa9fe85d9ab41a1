//! Counting what a process does, by the tools of the system.
//!
//! A process also starts and ends, which nobody asked about. So there are two runs of two
//! sizes, and the difference of the counts is divided by that of the operations.

use std::collections::BTreeMap;
use std::process::Command;
use std::{env, fs};

/// The tool that a process runs under.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Under {
    Nothing,
    /// valgrind's, which counts instructions in user space.
    Callgrind,
    /// Counts system calls of all threads.
    Strace,
}

/// The variable that names a tool's file to the process that is to start the tool.
pub const REPORT: &str = "TOKIO_BENCHES_REPORT";

impl Under {
    pub fn name(self) -> &'static str {
        match self {
            Under::Nothing => "nothing",
            Under::Callgrind => "callgrind",
            Under::Strace => "strace",
        }
    }

    pub fn from_name(name: &str) -> Result<Under, String> {
        let all = [Under::Nothing, Under::Callgrind, Under::Strace];
        let found = all.into_iter().find(|under| under.name() == name);
        found.ok_or_else(|| format!("unknown tool `{name}`"))
    }

    /// The beginning of a command line, which the program and its arguments are to follow.
    /// The tool writes to `report`.
    pub fn command(self, report: &str) -> Option<Command> {
        match self {
            Under::Nothing => None,
            Under::Callgrind => {
                let mut command = Command::new("valgrind");
                command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
                command.arg("--fair-sched=yes").arg(format!("--log-file={report}"));
                Some(command)
            }
            Under::Strace => {
                let mut command = Command::new("strace");
                command.args(["-f", "-c", "-U", "calls,name", "-o", report]);
                Some(command)
            }
        }
    }

    /// Runs something that lets a tool report to a file, and reads what is reported.
    pub fn counts<T>(self, run: impl FnOnce(&str) -> T) -> (T, BTreeMap<String, f64>) {
        let report = env::temp_dir().join(format!("tokio-benches-{}", std::process::id()));
        let result = run(&report.to_string_lossy());
        let text = fs::read_to_string(&report).unwrap_or_default();
        // It may not have come to exist.
        let _ = fs::remove_file(&report);
        let counts = match self {
            Under::Nothing => BTreeMap::new(),
            Under::Callgrind => instructions(&text).into_iter().collect(),
            Under::Strace => system_calls(&text),
        };
        (result, counts)
    }
}

/// `==123== Collected : 456`
fn instructions(text: &str) -> Option<(String, f64)> {
    let line = text.lines().rfind(|line| line.contains("Collected :"))?;
    let number = line.rsplit(':').next()?.trim().parse().ok()?;
    Some(("instructions".into(), number))
}

/// A table with a call a line, of which the last is the sum.
fn system_calls(text: &str) -> BTreeMap<String, f64> {
    let calls = text.lines().filter_map(|line| {
        let (calls, name) = line.trim().split_once(char::is_whitespace)?;
        let name = match name.trim() {
            "total" => "system calls",
            name => name,
        };
        Some((name.to_owned(), calls.parse().ok()?))
    });
    calls.collect()
}

#[cfg(test)]
mod tests {
    use super::{instructions, system_calls};

    #[test]
    fn the_sum_of_callgrind_is_found() {
        let log = "==1== Events    : Ir\n==1== Collected : 123456\n==1== \n";
        assert_eq!(instructions(log), Some(("instructions".into(), 123_456.0)));
        assert_eq!(instructions("==1== killed\n"), None);
    }

    #[test]
    fn the_calls_of_strace_are_found_and_their_sum() {
        let log = "    calls syscall\n--------- ----------------\n       12 recvfrom\n        3 \
                   epoll_wait\n--------- ----------------\n       15 total\n";
        let calls: Vec<_> = system_calls(log).into_iter().collect();
        let expected = [("epoll_wait", 3.0), ("recvfrom", 12.0), ("system calls", 15.0)]
            .map(|(name, n)| (name.to_owned(), n));
        assert_eq!(calls, expected);
    }
}
