//! The flag by which a write to a closed connection is an error and no signal.
//!
//! A platform's file provides `NO_SIGNAL`. Where it is 0, sockets are made so that they
//! never raise the signal, or there is none.

#[cfg(any(windows, target_vendor = "apple"))]
#[path = "no_signal/unneeded.rs"]
mod platform;

#[cfg(not(any(windows, target_vendor = "apple")))]
#[path = "no_signal/flag.rs"]
mod platform;

pub(super) use self::platform::NO_SIGNAL;
