//! Where in the source something was made, which it keeps for whoever looks. One pointer.

use std::panic::Location;

/// A place in the source.
#[derive(Clone, Copy, Debug)]
pub struct Place(&'static Location<'static>);

impl Place {
    /// Returns the place of the caller.
    #[inline(always)]
    #[track_caller]
    pub const fn here() -> Place {
        Place(Location::caller())
    }

    pub(super) fn get(self) -> Option<&'static Location<'static>> {
        Some(self.0)
    }
}
