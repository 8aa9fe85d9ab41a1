//! Why a task has no result: it was cancelled, or it panicked.
//!
//! Called by `cell`, which keeps a [`Failure`] when such a task ends, without a lock and an id, and
//! by join handles, which make the error of it that they give out.
//!
//! Always true: the payload of a panic is in one error, and is given out once.
//!
//! Why a lock around the payload? It need not be `Sync`, and errors are.

use super::Id;
use crate::unwind;
use std::any::Any;
use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Mutex;

/// What a panic left behind.
pub(super) type Payload = Box<dyn Any + Send>;

/// What a task leaves for its join handle in place of a result. One word, since every block has
/// room for it.
pub(super) enum Failure {
    Cancelled,
    Panicked(Box<Payload>),
}

/// A task ended without a result: it was cancelled, or it panicked.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio_executor::task::NewTask;
///
/// let (task, handle) = NewTask::joined(future::lazy(|| -> Result<(), ()> { panic!("oops") }));
/// task.into_future().wait().unwrap();
/// let error = handle.wait().unwrap_err();
/// assert!(error.is_panic() && !error.is_cancelled());
/// ```
pub struct JoinError {
    id: Id,
    cause: Cause,
}

enum Cause {
    Cancelled,
    /// The lock only makes the error `Sync`; it is never held for longer than a move.
    Panicked(Mutex<Payload>),
}

impl Failure {
    pub(super) fn is_panic(&self) -> bool {
        matches!(self, Failure::Panicked(_))
    }

    /// The message of a panic that has one.
    pub(super) fn message(&self) -> Option<String> {
        match self {
            Failure::Cancelled => None,
            Failure::Panicked(payload) => unwind::message_of(&***payload),
        }
    }

    /// The error as the join handle of the task with this id gives it out.
    #[cold]
    pub(super) fn of_task(self, id: Id) -> JoinError {
        let cause = match self {
            Failure::Cancelled => Cause::Cancelled,
            Failure::Panicked(payload) => Cause::Panicked(Mutex::new(*payload)),
        };
        JoinError { id, cause }
    }
}

impl JoinError {
    /// Returns whether the task was cancelled: aborted, or its executor shut down.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio_executor::task::NewTask;
    ///
    /// let (task, handle) = NewTask::joined(future::empty::<(), ()>());
    /// drop(task);
    /// assert!(handle.wait().unwrap_err().is_cancelled());
    /// ```
    pub fn is_cancelled(&self) -> bool {
        matches!(self.cause, Cause::Cancelled)
    }

    /// Returns whether the task ended in a panic.
    pub fn is_panic(&self) -> bool {
        matches!(self.cause, Cause::Panicked(_))
    }

    /// Returns what the task panicked with, or this error if it did not panic.
    ///
    /// # Errors
    ///
    /// This error itself, if the task was cancelled.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio_executor::task::NewTask;
    ///
    /// let (task, handle) = NewTask::joined(future::lazy(|| -> Result<(), ()> { panic!("oops") }));
    /// task.into_future().wait().unwrap();
    /// let cause = handle.wait().unwrap_err().try_into_panic().unwrap();
    /// assert_eq!(*cause.downcast::<&str>().unwrap(), "oops");
    /// ```
    pub fn try_into_panic(self) -> Result<Box<dyn Any + Send>, JoinError> {
        match self.cause {
            Cause::Panicked(payload) => {
                Ok(payload.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()))
            }
            Cause::Cancelled => Err(self),
        }
    }

    /// Returns what the task panicked with, for `std::panic::resume_unwind`.
    ///
    /// # Panics
    ///
    /// If the task did not panic.
    #[track_caller]
    pub fn into_panic(self) -> Box<dyn Any + Send> {
        self.try_into_panic().expect("`JoinError` reason is not a panic.")
    }

    /// Tells the task apart from others.
    pub fn id(&self) -> Id {
        self.id
    }
}

impl Cause {
    /// The message of a panic that has one.
    fn message(&self) -> Option<String> {
        let Cause::Panicked(payload) = self else { return None };
        let payload = payload.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        unwind::message_of(&**payload)
    }
}

impl fmt::Debug for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, end) = match self.cause {
            Cause::Cancelled => ("Cancelled", ""),
            Cause::Panicked(_) => ("Panic", ", ..."),
        };
        write!(f, "JoinError::{name}({:?}", self.id)?;
        if let Some(message) = self.cause.message() {
            write!(f, ", {message:?}")?;
        }
        write!(f, "{end})")
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "task {}", self.id)?;
        match (&self.cause, self.cause.message()) {
            (Cause::Cancelled, _) => f.write_str(" was cancelled"),
            (Cause::Panicked(_), Some(message)) => {
                write!(f, " panicked with message {message:?}")
            }
            (Cause::Panicked(_), None) => f.write_str(" panicked"),
        }
    }
}

impl From<JoinError> for io::Error {
    fn from(error: JoinError) -> io::Error {
        io::Error::other(match error.cause {
            Cause::Cancelled => "task was cancelled",
            Cause::Panicked(_) => "task panicked",
        })
    }
}

impl Error for JoinError {}
