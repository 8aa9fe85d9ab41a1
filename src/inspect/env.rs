//! The way in without touching the program: `TOKIO_INSPECT` in its environment.
//!
//! Read when the first runtime is built. What is wrong with it goes to standard error, where
//! whoever set it looks first; the program goes on.

use std::io;
use std::sync::{Once, OnceLock};

const VARIABLE: &str = "TOKIO_INSPECT";

/// Whether the threads of running tasks are asked for their stacks: `waiting`, if not.
const STACKS: &str = "TOKIO_INSPECT_STACKS";

/// Whether the environment lets a dump send signals to threads; read once.
#[allow(dead_code, reason = "there are systems on which no thread is asked")]
pub(super) fn asks_threads() -> bool {
    static ASKS: OnceLock<bool> = OnceLock::new();
    *ASKS.get_or_init(|| {
        let stacks = std::env::var_os(STACKS).unwrap_or_default();
        if !stacks.is_empty() && stacks != "waiting" {
            eprintln!("{STACKS}={}: it can be `waiting`", stacks.to_string_lossy());
        }
        stacks != "waiting"
    })
}

/// Does what the environment asks for, once.
pub(crate) fn start() {
    static STARTED: Once = Once::new();
    let mut begun = None;
    STARTED.call_once(|| {
        let Some(how) = std::env::var_os(VARIABLE).filter(|how| !how.is_empty()) else { return };
        let how = how.to_string_lossy();
        match begin(&how) {
            Ok(at) => begun = Some(at),
            Err(e) => eprintln!("{VARIABLE}={how}: {e}"),
        }
    });
    // Out here: the program's logger may build a runtime.
    if let Some(at) = begun {
        log::info!("{VARIABLE}: {at}");
    }
}

fn begin(how: &str) -> io::Result<String> {
    if how == "signal" {
        return on_signal();
    }
    super::serve(how).map_err(|e| match e.kind() {
        io::ErrorKind::InvalidInput => io::Error::new(e.kind(), format!("{e}; or `signal`")),
        _ => e,
    })
}

#[cfg(unix)]
fn on_signal() -> io::Result<String> {
    super::on_signal(libc::SIGUSR1, |dump| eprintln!("{dump}"))?;
    Ok("SIGUSR1 writes a dump to standard error".to_owned())
}

#[cfg(not(unix))]
fn on_signal() -> io::Result<String> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "there are no such signals here"))
}
