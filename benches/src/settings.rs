//! On what, how large and how long a workload runs: what the comparing process tells the
//! measuring ones.

use crate::counted::Under;

/// The settings of one measurement.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Whether the runtime is one thread, not a pool.
    pub one_thread: bool,
    /// The workers of a pool.
    pub workers: usize,
    /// The operations of every workload are divided by this.
    pub divisor: u64,
    /// How often a workload runs in its process. The last time counts.
    pub passes: usize,
    /// Whether allocations are counted, not time.
    pub allocations: bool,
    /// How long a server is measured.
    pub window_ms: u64,
    /// If so, it is measured until it has served so many requests.
    pub requests: Option<u64>,
    /// What counts instructions or system calls of the process.
    pub under: Under,
}

impl Settings {
    pub const DEFAULT: Settings = Settings {
        one_thread: false,
        workers: 2,
        divisor: 1,
        passes: 2,
        allocations: false,
        window_ms: 1_500,
        requests: None,
        under: Under::Nothing,
    };

    /// The size of a workload whose full size is `n`.
    pub fn size(&self, n: u64) -> u64 {
        (n / self.divisor).max(1)
    }

    /// The words of a command line.
    pub fn to_arguments(self) -> Vec<String> {
        let mut arguments = vec![
            format!("one_thread={}", u64::from(self.one_thread)),
            format!("workers={}", self.workers),
            format!("divisor={}", self.divisor),
            format!("passes={}", self.passes),
            format!("allocations={}", u64::from(self.allocations)),
            format!("window_ms={}", self.window_ms),
            format!("under={}", self.under.name()),
        ];
        arguments.extend(self.requests.map(|n| format!("requests={n}")));
        arguments
    }

    /// The reverse.
    pub fn from_arguments(arguments: &[String]) -> Result<Settings, String> {
        let mut settings = Settings::DEFAULT;
        for argument in arguments {
            let (key, value) = key_value(argument)?;
            if !settings.set(key, value)? {
                return Err(format!("unknown setting `{key}`"));
            }
        }
        Ok(settings)
    }

    /// Changes one setting. `false`: there is no such.
    pub fn set(&mut self, key: &str, value: &str) -> Result<bool, String> {
        match key {
            "one_thread" => self.one_thread = value == "1",
            "workers" => self.workers = positive(key, value)? as usize,
            "divisor" => self.divisor = positive(key, value)?,
            "passes" => self.passes = positive(key, value)? as usize,
            "allocations" => self.allocations = value == "1",
            "window_ms" => self.window_ms = positive(key, value)?,
            "requests" => self.requests = Some(positive(key, value)?),
            "under" => self.under = Under::from_name(value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// The two sides of an argument.
pub fn key_value(argument: &str) -> Result<(&str, &str), String> {
    argument.split_once('=').ok_or_else(|| format!("expected KEY=VALUE, got `{argument}`"))
}

/// A number that makes sense as a size.
pub fn positive(what: &str, text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(n) if n > 0 => Ok(n),
        _ => Err(format!("{what} must be a positive number, got `{text}`")),
    }
}
