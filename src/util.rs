//! What this crate adds to every future and stream of futures 0.1.
//!
//! The two traits are in the prelude. With the feature `timer` they have methods that
//! bound time; `ext` has them in full, `untimed` without these.
//!
//! # Examples
//!
//! ```
//! use futures::{stream, Future, Stream};
//! use tokio::util::StreamExt;
//!
//! let numbered = stream::iter_ok::<_, ()>(vec!["a", "b"]).enumerate().collect();
//! assert_eq!(numbered.wait(), Ok(vec![(0, "a"), (1, "b")]));
//! ```

mod enumerate;

#[cfg(feature = "timer")]
mod ext;
#[cfg(feature = "timer")]
pub use self::ext::{FutureExt, StreamExt};

#[cfg(not(feature = "timer"))]
mod untimed;
#[cfg(not(feature = "timer"))]
pub use self::untimed::{FutureExt, StreamExt};

pub use self::enumerate::Enumerate;
