//! Marks a thread as running an executor, so that a second one of its era is refused.
//!
//! A thread that blocks in an executor cannot at the same time be driven by another:
//! the inner one would wait for events that only the outer one could fetch. Called by every
//! executor, around its loop, and by whatever blocks on a future.
//!
//! Always true: a thread is marked while an [`Enter`] of it lives, except inside [`exit`].
//!
//! Why not let an inner executor run? Its tasks could wait for one of the outer executor, which
//! does not run meanwhile: a hang in place of an error.
//!
//! Why not one mark for all eras? Published tokios know nothing of each other. A client of tokio
//! 0.1 or 0.2 that blocks on a runtime of its own is called in tasks of tokio 1.x.

use crate::park;
use futures::Future;
use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::panic::{self, AssertUnwindSafe};

thread_local!(static ENTERED: Cell<Marks> = const { Cell::new(Marks(0)) });

/// Whose interface an executor is run by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// That of tokio 0.1.
    Tokio01,
    /// That of tokio 0.2.
    Tokio02,
    /// That of tokio 1.x.
    Tokio1,
}

/// The eras that a thread is marked by, a bit each.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Marks(u8);

impl Marks {
    const NONE: Marks = Marks(0);

    fn with(self, era: Era) -> Marks {
        Marks(self.0 | 1 << era as u8)
    }

    fn without(self, era: Era) -> Marks {
        Marks(self.0 & !(1 << era as u8))
    }
}

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
    era: Era,
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
    enter_as(Era::Tokio01)
}

/// Marks the current thread as running an executor of `era`, until the result is dropped.
///
/// # Errors
///
/// [`EnterError`] if the thread already runs one of that era.
///
/// # Examples
///
/// ```
/// use tokio_executor::internals::{enter_as, Era};
///
/// let _outer = enter_as(Era::Tokio1).unwrap();
/// assert!(enter_as(Era::Tokio1).is_err());
/// assert!(enter_as(Era::Tokio02).is_ok());
/// ```
pub fn enter_as(era: Era) -> Result<Enter, EnterError> {
    ENTERED.with(|entered| {
        let marked = entered.get().with(era);
        if entered.replace(marked) == marked {
            return Err(EnterError { _private: () });
        }
        Ok(Enter { on_exit: Vec::new(), permanent: false, era, not_send: PhantomData })
    })
}

/// Returns whether the current thread runs an executor, of any era.
///
/// # Examples
///
/// ```
/// use tokio_executor::internals::is_entered;
///
/// assert!(!is_entered());
/// let _entered = tokio_executor::enter().unwrap();
/// assert!(is_entered());
/// ```
pub fn is_entered() -> bool {
    ENTERED.get() != Marks::NONE
}

/// Runs `f` as if no executor ran on this thread, of any era; `f` may therefore block it.
///
/// # Panics
///
/// If no executor runs on this thread, or if `f` leaves one entered.
pub fn exit<F: FnOnce() -> R, R>(f: F) -> R {
    /// Restores the marks, also when `f` panics.
    struct Reenter(Marks);

    impl Drop for Reenter {
        fn drop(&mut self) {
            ENTERED.with(|entered| {
                let left = entered.replace(self.0);
                assert!(left == Marks::NONE, "exit: the closure left an executor entered");
            });
        }
    }

    assert!(is_entered(), "exit: no executor runs on this thread");
    let reenter = Reenter(ENTERED.replace(Marks::NONE));
    let result = panic::catch_unwind(AssertUnwindSafe(f));
    drop(reenter);
    result.unwrap_or_else(|payload| panic::resume_unwind(payload))
}

impl Enter {
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
        struct Leave(Era);

        impl Drop for Leave {
            fn drop(&mut self) {
                ENTERED.with(|entered| {
                    let marks = entered.get();
                    debug_assert!(marks.with(self.0) == marks, "an entered thread has no mark");
                    entered.set(marks.without(self.0));
                });
            }
        }

        let _leave = Leave(self.era);
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

    /// One mark counted for all: a client of another era could not block in a task.
    #[test]
    fn an_era_refuses_its_own_second_executor_only() {
        let outer = enter_as(Era::Tokio1).unwrap();
        assert!(enter_as(Era::Tokio1).is_err());
        let inner = enter().unwrap();
        assert!(enter().is_err());
        exit(|| {
            assert!(!is_entered());
            assert!(enter_as(Era::Tokio1).is_ok());
        });
        drop(outer);
        assert!(is_entered());
        assert!(enter().is_err());
        drop(inner);
        assert!(!is_entered());
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
