//! Names for the addresses of calls.
//!
//! Called by `threads`, once for all stacks of a dump. The crate that does it is the one that std
//! has for its own backtraces, so that names and places look the same in all stacks.
//!
//! Always true: an address without a name still says which file it is in, and where there.

use super::modules::Modules;
use super::unwind::Address;
use crate::inspect::frames::Call;
use crate::inspect::places::short_place;
use std::collections::HashMap;
use std::ffi::c_void;
use std::path::PathBuf;
use std::ptr;

/// Names that were looked up.
pub(super) struct Names {
    modules: Modules,
    known: HashMap<u64, Vec<Call>>,
    /// Places in it are shown from there on.
    directory: Option<PathBuf>,
}

impl Names {
    pub(super) fn new(modules: Modules) -> Names {
        Names { modules, known: HashMap::new(), directory: std::env::current_dir().ok() }
    }

    /// The calls at that address, the innermost first: of one that is no call by itself, since it
    /// was put into its caller, as well.
    pub(super) fn calls(&mut self, at: Address) -> Vec<Call> {
        let Names { modules, known, directory } = self;
        known.entry(at.return_address()).or_insert_with(|| look_up(at, modules, directory)).clone()
    }
}

fn look_up(at: Address, modules: &Modules, directory: &Option<PathBuf>) -> Vec<Call> {
    let mut calls = Vec::new();
    // An address is taken for one to return to.
    let address = ptr::without_provenance_mut::<c_void>(at.return_address() as usize);
    backtrace::resolve(address, |symbol| {
        let Some(name) = symbol.name() else { return };
        let place = symbol.filename().map(|file| {
            let below = directory.as_ref().and_then(|directory| file.strip_prefix(directory).ok());
            let file = short_place(&below.unwrap_or(file).to_string_lossy());
            // Zero where the language has no columns.
            match (symbol.lineno(), symbol.colno().filter(|column| *column != 0)) {
                (Some(line), Some(column)) => format!("{file}:{line}:{column}"),
                (Some(line), None) => format!("{file}:{line}"),
                _ => file,
            }
        });
        calls.push((format!("{name:#}"), place));
    });
    if calls.is_empty() {
        let name = match modules.name(at.lookup()) {
            Some((file, offset)) => format!("{file}+{offset:#x}"),
            None => format!("{:#x}", at.lookup()),
        };
        calls.push((name, None));
    }
    calls
}
