//! How a thread without work sleeps, and how it is woken.
//!
//! Called by a thread that has nothing to do ([`Park::park`]), and by whoever has work for it
//! ([`Unpark::unpark`]). Layers stack: a timer parks in a reactor for as long as its next deadline
//! is away, and the reactor sleeps in the operating system.
//!
//! Always true: an `unpark` is never lost. One that comes before the `park` makes that
//! `park` return at once; several before one `park` count as one.
//!
//! Why a word beside the lock and the condition variable? An `unpark` of a thread that is awake,
//! and a `park` that finds a notification, take no lock.
//!
//! # Examples
//!
//! A parker that counts how often it slept, around another:
//!
//! ```
//! use std::time::Duration;
//! use tokio_executor::park::{Park, ParkThread, Unpark};
//!
//! struct Counting<P> {
//!     inner: P,
//!     sleeps: u32,
//! }
//!
//! impl<P: Park> Park for Counting<P> {
//!     type Unpark = P::Unpark;
//!     type Error = P::Error;
//!
//!     fn unpark(&self) -> P::Unpark {
//!         self.inner.unpark()
//!     }
//!
//!     fn park(&mut self) -> Result<(), P::Error> {
//!         self.sleeps += 1;
//!         self.inner.park()
//!     }
//!
//!     fn park_timeout(&mut self, duration: Duration) -> Result<(), P::Error> {
//!         self.sleeps += 1;
//!         self.inner.park_timeout(duration)
//!     }
//! }
//!
//! let mut park = Counting { inner: ParkThread::new(), sleeps: 0 };
//! park.unpark().unpark();
//! park.park().unwrap();
//! assert_eq!(park.sleeps, 1);
//! ```

pub(crate) mod wait;

use crate::sys::{AtomicUsize, Condvar, Mutex};
use futures::executor::Notify;
use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::Arc;
use std::time::Duration;

/// Puts the current thread to sleep until there may be work.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use tokio_executor::park::{Park, ParkThread};
///
/// /// Does a piece of work whenever the thread would sleep.
/// fn run<P: Park>(park: &mut P, mut rounds: usize) -> Result<(), P::Error> {
///     while rounds > 0 {
///         rounds -= 1;
///         park.park_timeout(Duration::from_millis(1))?;
///     }
///     Ok(())
/// }
///
/// run(&mut ParkThread::new(), 3).unwrap();
/// ```
pub trait Park {
    /// Wakes this parker from elsewhere.
    type Unpark: Unpark;

    /// Why parking failed.
    type Error;

    /// Returns a handle that ends this parker's sleep.
    fn unpark(&self) -> Self::Unpark;

    /// Sleeps until unparked, or until something happened that this parker drives.
    ///
    /// It may also return for no reason at all. Returns at once if an `unpark` came
    /// since the last return.
    ///
    /// # Errors
    ///
    /// If the parker is broken; it cannot be used any further then.
    fn park(&mut self) -> Result<(), Self::Error>;

    /// As [`park`](Park::park), but for no longer than `duration`.
    ///
    /// # Errors
    ///
    /// As for [`park`](Park::park).
    fn park_timeout(&mut self, duration: Duration) -> Result<(), Self::Error>;

    /// Returns whether the last park ended because something happened, as far as this parker can
    /// tell: an event, or an `unpark`. Time that stands still is not moved on then.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    fn has_found_something(&self) -> bool {
        false
    }

    /// Looks what has happened, without sleeping, for a caller who has work to do. An `unpark` may
    /// be left to the next park.
    ///
    /// # Errors
    ///
    /// As for [`park`](Park::park).
    // Hidden: as above.
    #[doc(hidden)]
    fn look(&mut self) -> Result<(), Self::Error> {
        self.park_timeout(Duration::ZERO)
    }
}

/// Ends the sleep of a [`Park`].
///
/// # Examples
///
/// ```
/// use tokio_executor::park::{Park, ParkThread, Unpark};
///
/// let mut park = ParkThread::new();
/// let unpark: Box<dyn Unpark> = Box::new(park.unpark());
/// unpark.unpark();
/// // Returns at once: the call before counts.
/// park.park().unwrap();
/// ```
pub trait Unpark: Sync + Send + 'static {
    /// Makes the current or the next `park` return.
    fn unpark(&self);
}

impl Unpark for Box<dyn Unpark> {
    fn unpark(&self) {
        (**self).unpark()
    }
}

impl Unpark for std::sync::Arc<dyn Unpark> {
    fn unpark(&self) {
        (**self).unpark()
    }
}

/// Parks the current thread and does nothing else.
///
/// Every `ParkThread` of a thread shares that thread's one token.
///
/// # Examples
///
/// ```
/// use tokio_executor::park::{Park, ParkThread, Unpark};
///
/// let mut park = ParkThread::new();
/// let unpark = park.unpark();
/// std::thread::spawn(move || unpark.unpark());
/// park.park().unwrap();
/// ```
pub struct ParkThread {
    token: Arc<Token>,
    /// Parks the thread it was made on.
    not_send: PhantomData<Rc<()>>,
}

/// Unparks the thread whose [`ParkThread`] it came from.
///
/// # Examples
///
/// ```
/// use tokio_executor::park::{Park, ParkThread, Unpark, UnparkThread};
///
/// let mut park = ParkThread::new();
/// let unpark: UnparkThread = park.unpark();
/// std::thread::spawn(move || unpark.unpark());
/// park.park().unwrap();
/// ```
#[derive(Clone)]
pub struct UnparkThread {
    token: Arc<Token>,
}

/// Parking a thread failed: this does not happen, and the type says so to callers that
/// are generic over [`Park`].
#[derive(Debug)]
pub struct ParkError {
    _private: (),
}

/// What a sleeper and those who wake it share: remembers one `unpark`.
///
/// ```text
///            unpark                park
///   EMPTY -----------> NOTIFIED -----------> EMPTY     (park returns at once)
///     |                    ^
///     | park               | unpark, and signal `sleeper`
///     +------> PARKED -----+
/// ```
#[derive(Debug)]
pub struct Token {
    state: AtomicUsize,
    /// Held between the move to `PARKED` and the wait, so that the signal of an
    /// `unpark` in between cannot be missed. Nothing of a caller's runs under it.
    lock: Mutex<()>,
    sleeper: Condvar,
}

const EMPTY: usize = 0;
const PARKED: usize = 1;
const NOTIFIED: usize = 2;

thread_local! {
    static CURRENT: Arc<Token> = Arc::new(Token::new());
}

impl ParkThread {
    /// Returns a parker for the current thread.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use tokio_executor::park::{Park, ParkThread};
    ///
    /// // Nobody unparks it, so this sleeps for as long as it may.
    /// ParkThread::new().park_timeout(Duration::from_millis(1)).unwrap();
    /// ```
    pub fn new() -> ParkThread {
        ParkThread { token: CURRENT.with(Arc::clone), not_send: PhantomData }
    }
}

impl Default for ParkThread {
    fn default() -> ParkThread {
        ParkThread::new()
    }
}

impl Park for ParkThread {
    type Unpark = UnparkThread;
    type Error = ParkError;

    fn unpark(&self) -> UnparkThread {
        UnparkThread { token: self.token.clone() }
    }

    fn park(&mut self) -> Result<(), ParkError> {
        self.token.park(None);
        Ok(())
    }

    fn park_timeout(&mut self, duration: Duration) -> Result<(), ParkError> {
        self.token.park(Some(duration));
        Ok(())
    }
}

impl Unpark for UnparkThread {
    fn unpark(&self) {
        self.token.unpark();
    }
}

impl Token {
    /// Returns a token without a notification.
    pub fn new() -> Token {
        Token { state: AtomicUsize::new(EMPTY), lock: Mutex::new(()), sleeper: Condvar::new() }
    }

    /// Sleeps until an [`unpark`](Token::unpark), or until `timeout` has passed.
    ///
    /// Only one thread at a time may sleep on a token.
    pub fn park(&self, timeout: Option<Duration>) {
        if self.take_notification() || timeout == Some(Duration::ZERO) {
            return;
        }
        let mut guard = self.lock.lock().unwrap_or_else(|e| e.into_inner());
        // Relaxed: the word alone decides; what an unparker wrote is acquired by
        // `take_notification`.
        if self.state.compare_exchange(EMPTY, PARKED, Relaxed, Relaxed).is_err() {
            drop(guard);
            let notified = self.take_notification();
            debug_assert!(notified, "only an unpark moves the word away from EMPTY");
            return;
        }
        match timeout {
            Some(timeout) => {
                let waited = self.sleeper.wait_timeout(guard, timeout);
                drop(waited.unwrap_or_else(|e| e.into_inner()).0);
            }
            // Relaxed: as above, the acquiring read comes after the loop.
            None => {
                while self.state.load(Relaxed) == PARKED {
                    guard = self.sleeper.wait(guard).unwrap_or_else(|e| e.into_inner());
                }
                drop(guard);
            }
        }
        // Acquire: pairs with the release in `unpark`; the caller then sees the work.
        self.state.swap(EMPTY, Acquire);
    }

    /// Consumes an earlier [`unpark`](Token::unpark), if there was one.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_executor::park::Token;
    ///
    /// let token = Token::new();
    /// token.unpark();
    /// assert!(token.take_notification());
    /// assert!(!token.take_notification(), "it counts once");
    /// ```
    pub fn take_notification(&self) -> bool {
        // Acquire: pairs with the release in `unpark`; the caller then sees the work.
        self.state.compare_exchange(NOTIFIED, EMPTY, Acquire, Relaxed).is_ok()
    }

    /// Makes the current or the next [`park`](Token::park) return.
    pub fn unpark(&self) {
        // Release: the parker acquires it and sees the work that was added. What came with a
        // notification below this one stays in the word: an exchange goes on with what the
        // word has released.
        if self.state.swap(NOTIFIED, Release) == PARKED {
            // The parker holds the lock from before PARKED until it waits; once we
            // have it, the signal arrives.
            drop(self.lock.lock().unwrap_or_else(|e| e.into_inner()));
            self.sleeper.notify_one();
        }
    }
}

impl Default for Token {
    fn default() -> Token {
        Token::new()
    }
}

impl Notify for Token {
    fn notify(&self, _id: usize) {
        self.unpark();
    }
}

impl fmt::Debug for ParkThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParkThread").finish_non_exhaustive()
    }
}

impl fmt::Debug for UnparkThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnparkThread").finish_non_exhaustive()
    }
}

#[cfg(all(loom, test))]
mod models {
    //! One parks, others unpark.

    use super::*;
    use loom::sync::atomic::AtomicUsize;
    use loom::thread;

    /// S01: work that was there before the unpark is seen after the park.
    #[test]
    fn loom_fault_s01_an_unpark_is_not_lost() {
        loom::model(|| {
            let shared = loom::sync::Arc::new((Token::new(), AtomicUsize::new(0)));
            let other = {
                let shared = shared.clone();
                thread::spawn(move || {
                    shared.1.store(1, Relaxed);
                    shared.0.unpark();
                })
            };
            shared.0.park(None);
            assert_eq!(shared.1.load(Relaxed), 1);
            other.join().unwrap();
        });
    }

    /// Two unparks, of which the second may come while the first is being consumed.
    #[test]
    fn loom_the_last_unpark_is_seen() {
        let mut builder = loom::model::Builder::new();
        builder.preemption_bound = Some(3);
        builder.check(|| {
            let shared = loom::sync::Arc::new((Token::new(), AtomicUsize::new(0)));
            let unpark = |shared: loom::sync::Arc<(Token, AtomicUsize)>| {
                thread::spawn(move || {
                    shared.1.fetch_add(1, Relaxed);
                    shared.0.unpark();
                })
            };
            let (a, b) = (unpark(shared.clone()), unpark(shared.clone()));
            while shared.1.load(Relaxed) < 2 {
                shared.0.park(None);
            }
            a.join().unwrap();
            b.join().unwrap();
        });
    }
}
