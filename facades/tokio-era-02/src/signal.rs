//! Signals as streams.
