//! Waiting for a time, with tokio 0.2's names.
