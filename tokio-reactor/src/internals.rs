//! What the crates of this workspace call of this one, and nobody else does.
//!
//! **Not for users.** Anything in here may change or go at any release. Methods that only these
//! crates call stand with their types, hidden as well; so does `ReadyEvent`, in `interest`.
//!
//! Each item is safe to misuse, as a public function must be:
//!
//! - `evented_by_descriptor!`: implements a trait for a type of the caller's. It keeps nothing.
//! - `replace_default`: changes the thread's reactor for a scope, and puts the former back.
//! - `Link`, `NestedReactor`, `Visit`: a reactor that is watched or not, at the caller's choice.
//!   One that is left unwatched serves nobody.
//! - `ReactorCounts`: numbers. `ReactorGone`: the error of a reactor that has been dropped.
//! - `ends_of`: looks at a descriptor by its number; one that is closed has no ends.

#[cfg(unix)]
pub use crate::evented_by_descriptor;
pub use crate::handle::replace_default;
pub use crate::nested::{NestedReactor, Visit};
pub use crate::shared::{ReactorCounts, ReactorGone};
pub use crate::sys::{ends_of, Link};
