//! The system's handle of a type that has one of 1.x inside: a file for each system.
//!
//! Used by files and standard streams (`has_handle!`) and by sockets (`has_descriptor!`).

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use self::unix::{has_descriptor, has_handle};
#[cfg(windows)]
pub(crate) use self::windows::{has_descriptor, has_handle};
