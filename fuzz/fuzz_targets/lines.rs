//! Any bytes for the codec; see `checks::lines`.

#![no_main]

#[path = "../../tokio-io/tests/checks/mod.rs"]
#[allow(dead_code, reason = "each target calls one of the checks")]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::lines(data));
