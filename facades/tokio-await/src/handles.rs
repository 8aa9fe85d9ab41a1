//! The system's handle of a type that has one of std inside: `has_handle!`, a file for each
//! system.
//!
//! Used by files and by what a process is given at its start.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use self::unix::has_handle;
#[cfg(windows)]
pub(crate) use self::windows::has_handle;
