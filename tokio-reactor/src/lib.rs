//! Turns readiness reported by the operating system into task wake-ups.
//!
//! A [`Reactor`] watches *sources*: sockets, pipes, and whatever else implements
//! [`evented::Evented`]. A task that finds its source not ready leaves itself with the
//! source and returns; when the operating system reports the source ready, the
//! reactor's [`turn`](Reactor::turn) wakes the task.
//!
//! The modules follow the path of an event: `reactor` takes it from the operating
//! system, `table` finds the source it is for, `source` records it in the source's
//! readiness word (`readiness`) and wakes the waiting task, which comes back through
//! [`PollEvented`] and [`Registration`] to try its operation. `handle` and `shared` are
//! how a thread finds the reactor to register with, [`Background`] is a reactor with a
//! thread of its own, and [`evented`] is what a source has to offer.
//!
//! Always true: no lock is held while a task is woken or a caller's value is dropped. A
//! source whose reactor is gone fails with an error; its task never waits for ever.

#![warn(missing_docs)]

mod reactor;

mod table;

mod source;

mod wait;
mod waiters;

mod readiness;

mod poll_evented;

mod sharing;

pub mod interest;

mod registration;

mod handle;

mod nested;

mod shared;

mod background;

pub mod evented;

#[cfg_attr(
    any(target_os = "linux", target_os = "android"),
    expect(unsafe_code, reason = "epoll_ctl, for the triggers that mio 1 does not offer")
)]
#[cfg_attr(windows, expect(unsafe_code, reason = "a second handle of a socket, to register"))]
mod sys;

// Hidden: its header says why.
#[doc(hidden)]
pub mod internals;

#[cfg(all(test, loom))]
#[expect(unsafe_code, reason = "models share data whose ordering they check")]
mod loom_tests;

pub use self::background::{Background, Shutdown};
pub use self::handle::{set_default, with_default, DefaultGuard, Handle, SetFallbackError};
pub use self::poll_evented::PollEvented;
pub use self::reactor::{Reactor, Turn};
pub use self::registration::Registration;

#[doc(hidden)]
#[allow(deprecated)]
pub use self::handle::SetDefaultError;
