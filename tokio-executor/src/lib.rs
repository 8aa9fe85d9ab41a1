//! What executors, reactors and timers agree on: the task, its wakers, and parking.
//!
//! This is the lowest layer. A task is made here ([`task`]), woken here, and waited
//! for here; who runs it, on which thread, is the business of the crates above.
//!
//! The modules follow the path of an event: [`waiter`] is what a socket, timer or
//! channel keeps of the task that waits for it; waking it reaches the task's state
//! word in [`task`]; [`cross`] leads from one kind of future into the other;
//! [`coop`] makes a busy task yield; [`Executor`] is where new tasks go, [`enter`] keeps two
//! executors off one thread, and [`park`] is how a thread without work sleeps.
//!
//! Always true: nothing in this crate holds a lock while it polls, wakes, or drops a
//! value of the caller's.

#![warn(missing_docs)]

#[expect(unsafe_code, reason = "the one-task cell hands its content from thread to thread")]
pub mod waiter;

mod wait_list;

#[expect(unsafe_code, reason = "a task is one block of memory behind a thin pointer")]
pub mod task;

#[expect(unsafe_code, reason = "a box of its own, over the pool of blocks")]
mod pooled;

#[expect(unsafe_code, reason = "a waker becomes a handle of futures 0.1 by its raw interface")]
pub mod cross;

#[expect(unsafe_code, reason = "the operating system keeps a reference by its address")]
mod callback;

pub mod coop;

mod convert;

mod inspect;

mod poll_times;

// Hidden: its header says why.
#[doc(hidden)]
pub mod internals;

mod enter;
mod error;
mod executor;
#[expect(unsafe_code, reason = "the default executor is lent to its thread by reference")]
mod global;
pub mod park;
mod spare;
mod thread_name;
mod typed;
mod unwind;
mod yields;

mod sys;

// Hidden: as upstream hides it.
#[doc(hidden)]
pub use self::enter::exit;
pub use self::enter::{enter, Enter, EnterError};
pub use self::error::SpawnError;
pub use self::executor::Executor;
pub use self::global::{set_default, spawn, with_default, DefaultExecutor, DefaultGuard};
pub use self::typed::TypedExecutor;
