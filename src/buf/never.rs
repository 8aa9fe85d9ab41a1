//! The error of what cannot fail. Like std's `Infallible`, which is younger than the
//! interface this belongs to.

use std::{error, fmt};

/// Has no values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Never {}

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl error::Error for Never {}
