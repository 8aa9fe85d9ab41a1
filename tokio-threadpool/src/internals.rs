//! What the crates of this workspace call of this one, and nobody else does.
//!
//! **Not for users.** Anything in here may change or go at any release. Methods that only these
//! crates call stand with their types, hidden as well; the hidden module `blocking` is upstream's.
//!
//! Each item is safe to misuse, as a public function must be:
//!
//! - `blocking_cx`: as `blocking`, with the context given; it refuses outside a pool.
//! - `look_after_round`, `worker_has_tasks`, `worker_index`: look at the worker of this thread,
//!   and do nothing where there is none.
//! - `OneOf`, `Sleeper`, `WorkerPark`: a parker of one's own. One that never returns stops its
//!   worker.
//! - `SPAWNS_FOR_OTHERS`: the name of a file.
//! - `StuckDetector`, `Stuck`, `WeakSender`: read a pool, or spawn on it, and keep none alive.

pub use crate::blocking::blocking_cx;
pub use crate::park::sleeper::{OneOf, Sleeper};
pub use crate::park::worker_park::WorkerPark;
pub use crate::sender::{WeakSender, SPAWNS_FOR_OTHERS};
pub use crate::stuck::{Stuck, StuckDetector};
pub use crate::worker::{look_after_round, worker_has_tasks, worker_index};
