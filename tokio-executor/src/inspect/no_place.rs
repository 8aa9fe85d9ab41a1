//! Where nobody can look, nothing keeps the place where it was made.

use std::panic::Location;

/// No place in the source.
#[derive(Clone, Copy, Debug)]
pub struct Place(());

impl Place {
    /// Returns nothing.
    #[inline(always)]
    pub const fn here() -> Place {
        Place(())
    }

    pub(super) fn get(self) -> Option<&'static Location<'static>> {
        None
    }
}
