//! How hard the stress tests try, and what they measure.
//!
//! They are part of the ordinary tests, small. With `TOKIO_STRESS` set in the environment
//! they run at full size, for which a release build is meant.

use std::time::Duration;

/// How long anything may take that should happen at once.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Returns `full` if the full size is asked for, `small` otherwise.
pub fn scale(small: usize, full: usize) -> usize {
    match std::env::var_os("TOKIO_STRESS") {
        Some(_) => full,
        None => small,
    }
}

/// Numbers that look random and are the same each time. (xorshift64: George Marsaglia,
/// "Xorshift RNGs", 2003.)
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Returns a number from 0 to `sides - 1`.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % sides
    }
}

/// Descriptors that this process has open.
pub fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Threads of this process whose names start with `prefix`.
pub fn threads(prefix: &str) -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    tasks
        .filter(|task| {
            let name = task.as_ref().map(|task| std::fs::read_to_string(task.path().join("comm")));
            matches!(name, Ok(Ok(name)) if name.starts_with(prefix))
        })
        .count()
}

/// Returns the memory that this process has resident, in bytes.
pub fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = pages.split_whitespace().nth(1).unwrap().parse().unwrap();
    pages * 4096
}
