//! What the crates of this workspace call of this one, and nobody else does.
//!
//! **Not for users.** Anything in here may change or go at any release; nothing outside of here
//! needs it. Methods that only these crates call stand with their types, hidden as well.
//!
//! Each item is safe to misuse, as a public function must be:
//!
//! - `CallbackWait`: what is called with an address of it is `unsafe`.
//! - `convert`, `unwind`, `yields`: conversions, caught panics and a count; no state to spoil.
//! - `inspect`: what a task says of itself. A false note shows in a dump, and nowhere else.
//! - `poll_times`: counts of polls by their length. A wrong one is a wrong number.
//! - `pooled`: a box that owns its block; what needs care is `unsafe`.
//! - `spare`: a list behind a lock, of threads that sleep until they are given something.
//! - `sys`: std's atomics, locks and cells, or loom's. Reaching into a cell is `unsafe`.
//! - `wait_list`: a list behind a lock, whose places are checked when they are given back.
//! - `wait`, `wait_looking`, `wait_at_most`: block the thread, which a task must not do.
//! - `Era`, `enter_as`, `is_entered`, `has_default`, `covers_another`, `with_default_beneath`,
//!   `with_default_of_runtime`: ask for the thread's marks, or change them for a scope. A wrong
//!   mark makes `enter` refuse, or lets executors nest.
//! - `thread_name`, `without_nul`: call a function, and change a text.
//! - `WokenKeys`: a set of numbers behind a lock.

pub use crate::callback::CallbackWait;
pub use crate::enter::{enter_as, is_entered, Era};
pub use crate::global::{
    covers_another, has_default, with_default_beneath, with_default_of_runtime,
};
pub use crate::park::wait::{wait, wait_at_most, wait_looking};
pub use crate::task::woken_keys::WokenKeys;
pub use crate::thread_name::{thread_name, without_nul};
pub use crate::yields::forced_yields;

/// Results of one kind of poll made those of the other.
pub mod convert {
    pub use crate::convert::*;
}

/// What a task waits for, as those see it who look into a running program.
pub mod inspect {
    pub use crate::inspect::*;
}

/// A box whose memory comes from the pool of task blocks.
pub mod pooled {
    pub use crate::pooled::*;
}

/// How long polls took.
pub mod poll_times {
    pub use crate::poll_times::*;
}

/// Threads that wait to be given something to do.
pub mod spare {
    pub use crate::spare::*;
}

/// What loom replaces.
pub mod sys {
    pub use crate::sys::*;
}

/// What is done with a panic that can be reported to nobody.
pub mod unwind {
    pub use crate::unwind::*;
}

/// Any number of tasks that wait for the same thing.
pub mod wait_list {
    pub use crate::wait_list::*;
}
