//! Places in the source, as lists and dumps show them.

use crate::current_thread;
use crate::runtime::task_executor;
use std::panic::Location;

/// Where a task was spawned. A call of a method of `dyn Executor` hides its caller, and would show
/// a line of ours.
pub(super) fn spawn_place(at: &Location<'_>) -> String {
    let ours = [
        tokio_threadpool::internals::SPAWNS_FOR_OTHERS,
        current_thread::SPAWNS_FOR_OTHERS,
        task_executor::SPAWNS_FOR_OTHERS,
    ];
    match ours.contains(&at.file()) {
        true => "through `dyn Executor`".to_owned(),
        false => place(at),
    }
}

/// A place in the source, without the way to the registry that its crate comes from.
pub(super) fn place(at: &Location<'_>) -> String {
    let (file, line, column) = (short_place(at.file()), at.line(), at.column());
    format!("{file}:{line}:{column}")
}

/// The last parts of a path are enough to find the file.
pub(super) fn short_place(place: &str) -> String {
    // std's, below the number of its commit.
    if let Some((_, of_std)) = place.strip_prefix("/rustc/").and_then(|of| of.split_once('/')) {
        return of_std.to_owned();
    }
    let parts: Vec<&str> = place.split(['/', '\\']).collect();
    match parts.iter().rposition(|part| part.starts_with("index.crates.io")) {
        Some(registry) => parts[registry + 1..].join("/"),
        None => place.trim_start_matches("./").to_owned(),
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_shown_without_the_way_to_where_its_crate_is_kept() {
        let registry = "/registry/src/index.crates.io-1949/my-1.0/src/lib.rs:3:4";
        assert_eq!(short_place(registry), "my-1.0/src/lib.rs:3:4");
        assert_eq!(short_place("./src/lib.rs:3:4"), "src/lib.rs:3:4");
        assert_eq!(short_place("/rustc/5980/library/std/src/x.rs:3:4"), "library/std/src/x.rs:3:4");
    }
}
