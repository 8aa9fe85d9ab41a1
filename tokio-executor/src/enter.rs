//! Marks a thread as running an executor, so that a second one is refused.
//!
//! A thread that blocks in an executor cannot at the same time be driven by another:
//! the inner one would wait for events that only the outer one could fetch. Called by every
//! executor, around its loop, and by whatever blocks on a future.
//!
//! Always true: a thread is marked while an [`Enter`] of it lives, except inside [`exit`].
//!
//! Why not let an inner executor run? Its tasks could wait for one of the outer executor, which
//! does not run meanwhile: a hang in place of an error.

use crate::park;
use futures::Future;
use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::panic::{self, AssertUnwindSafe};

thread_local!(static ENTERED: Cell<bool> = const { Cell::new(false) });

/// Proof that the current thread runs an executor; see [`enter`].
///
/// # Dropping
///
/// Runs the closures given to [`on_exit`](Enter::on_exit), first one first, while the thread is
/// still marked, and then leaves it free for another executor.
///
/// # Examples
///
/// ```
/// let mut entered = tokio_executor::enter().unwrap();
/// entered.on_exit(|| println!("no executor runs here from now on"));
/// drop(entered);
/// assert!(tokio_executor::enter().is_ok());
/// ```
pub struct Enter {
    on_exit: Vec<Box<dyn FnOnce()>>,
    permanent: bool,
    /// Whether the thread was marked before.
    nested: bool,
    /// Belongs to its thread.
    not_send: PhantomData<*const ()>,
}

/// A second executor was started on a thread that already runs one.
///
/// # Examples
///
/// ```
/// let _entered = tokio_executor::enter().unwrap();
/// assert!(tokio_executor::enter().is_err(), "an executor runs here already");
/// ```
pub struct EnterError {
    _private: (),
}

/// Marks the current thread as running an executor until the result is dropped.
///
/// # Errors
///
/// [`EnterError`] if the thread already runs one.
///
/// # Examples
///
/// ```
/// let enter = tokio_executor::enter().unwrap();
/// assert!(tokio_executor::enter().is_err());
/// drop(enter);
/// assert!(tokio_executor::enter().is_ok());
/// ```
pub fn enter() -> Result<Enter, EnterError> {
    ENTERED.with(|entered| {
        if entered.replace(true) {
            Err(EnterError { _private: () })
        } else {
            Ok(Enter::new(false))
        }
    })
}

/// Marks the current thread as running an executor, whether or not it is marked already: for
/// one that knows that the mark around it is only a mark.
///
/// Its drop puts back what was there.
pub fn enter_nested() -> Enter {
    Enter::new(ENTERED.with(|entered| entered.replace(true)))
}

/// Runs `f` as if no executor ran on this thread, which `f` may therefore block.
///
/// # Panics
///
/// If no executor runs on this thread, or if `f` leaves one entered.
pub fn exit<F: FnOnce() -> R, R>(f: F) -> R {
    /// Restores the mark, also when `f` panics.
    struct Reenter;

    impl Drop for Reenter {
        fn drop(&mut self) {
            ENTERED.with(|entered| {
                assert!(!entered.get(), "exit: the closure left an executor entered");
                entered.set(true);
            });
        }
    }

    ENTERED.with(|entered| {
        assert!(entered.get(), "exit: no executor runs on this thread");
        entered.set(false);
    });
    let reenter = Reenter;
    let result = panic::catch_unwind(AssertUnwindSafe(f));
    drop(reenter);
    result.unwrap_or_else(|payload| panic::resume_unwind(payload))
}

impl Enter {
    fn new(nested: bool) -> Enter {
        Enter { on_exit: Vec::new(), permanent: false, nested, not_send: PhantomData }
    }

    /// Calls `f` when this guard is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::cell::Cell;
    /// use std::rc::Rc;
    ///
    /// let left = Rc::new(Cell::new(false));
    /// let mut entered = tokio_executor::enter().unwrap();
    /// let mark = left.clone();
    /// entered.on_exit(move || mark.set(true));
    /// drop(entered);
    /// assert!(left.get());
    /// ```
    pub fn on_exit<F: FnOnce() + 'static>(&mut self, f: F) {
        self.on_exit.push(Box::new(f));
    }

    /// Leaves the thread marked for good. Closures given to [`on_exit`](Enter::on_exit) do not run.
    ///
    /// # Examples
    ///
    /// ```
    /// tokio_executor::enter().unwrap().make_permanent();
    /// assert!(tokio_executor::enter().is_err());
    /// ```
    pub fn make_permanent(mut self) {
        self.permanent = true;
    }

    /// Blocks this thread until `f` is done.
    ///
    /// # Errors
    ///
    /// The error of `f`.
    ///
    /// # Examples
    ///
    /// ```
    /// let mut enter = tokio_executor::enter().unwrap();
    /// assert_eq!(enter.block_on(futures::future::ok::<_, ()>(7)), Ok(7));
    /// ```
    pub fn block_on<F: Future>(&mut self, f: F) -> Result<F::Item, F::Error> {
        park::wait::wait(f)
    }
}

impl Drop for Enter {
    fn drop(&mut self) {
        if self.permanent {
            return;
        }
        /// Takes the mark away, also when a closure panics.
        struct Leave(bool);

        impl Drop for Leave {
            fn drop(&mut self) {
                ENTERED.with(|entered| {
                    debug_assert!(entered.get(), "the mark of an entered thread is gone");
                    entered.set(self.0);
                });
            }
        }

        let _leave = Leave(self.nested);
        self.on_exit.drain(..).for_each(|f| f());
    }
}

impl fmt::Debug for Enter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enter").finish_non_exhaustive()
    }
}

/// How upstream tokio 0.1 reports it; logs and tests of its users match it.
const TWICE: &str = "attempted to run an executor while another executor is already running";

impl fmt::Debug for EnterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnterError").field("reason", &TWICE).finish()
    }
}

impl fmt::Display for EnterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{TWICE}: spawn onto that one instead")
    }
}

impl Error for EnterError {
    fn description(&self) -> &str {
        TWICE
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::rc::Rc;

    #[test]
    fn closures_run_in_order_while_the_thread_is_marked() {
        let seen = Rc::new(Cell::new(0));
        let mut entered = enter().unwrap();
        for number in 1..=2 {
            let seen = seen.clone();
            entered.on_exit(move || {
                assert!(enter().is_err());
                seen.set(seen.get() * 10 + number);
            });
        }
        drop(entered);
        assert_eq!(seen.get(), 12);
        assert!(enter().is_ok());
    }

    #[test]
    fn a_closure_that_panics_leaves_no_mark() {
        let mut entered = enter().unwrap();
        entered.on_exit(|| panic!("at the exit"));
        assert!(panic::catch_unwind(AssertUnwindSafe(|| drop(entered))).is_err());
        assert!(enter().is_ok());
    }

    #[test]
    fn a_permanent_mark_drops_its_closures() {
        std::thread::spawn(|| {
            let mut entered = enter().unwrap();
            entered.on_exit(|| panic!("runs"));
            entered.make_permanent();
            assert!(enter().is_err());
        })
        .join()
        .unwrap();
    }
}
