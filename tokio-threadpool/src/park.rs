//! What a worker sleeps in: the parker that a program may choose, and the pool's own.
//!
//! `builder` takes a parker for each worker; `sleep` and `worker` call it. Parkers that share one
//! driver, as those of a runtime do, are made of a `Sleeper`.
//!
//! Always true: a worker parks in its own parker, which is unparked from any thread; an error of a
//! parker is logged and ends no worker.
//!
//! Why two traits? A program's [`Park`] serves one worker; parkers
//! that share a driver must say when they only sleep aside.
//!
//! # Examples
//!
//! A pool whose workers sleep in parkers of one's own, here the default ones:
//!
//! ```
//! use futures::{future, Future};
//! use tokio_threadpool::park::DefaultPark;
//! use tokio_threadpool::Builder;
//!
//! let pool = Builder::new().pool_size(2).custom_park(|_| DefaultPark::new()).build();
//! assert_eq!(pool.spawn_handle(future::ok::<_, ()>(7)).wait(), Ok(7));
//! pool.shutdown().wait().unwrap();
//! ```

pub(crate) mod sleeper;
pub(crate) mod worker_park;

pub(crate) use self::worker_park::WorkerPark;

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio_executor::park::{Park, Token, Unpark};

/// Sleeps until unparked and does nothing else: what a pool uses unless
/// [`Builder::custom_park`](crate::Builder::custom_park) says otherwise.
///
/// Unlike `ParkThread` it belongs to a worker, not to a thread: it moves along when a
/// spare thread takes the worker over.
///
/// # Examples
///
/// ```
/// use tokio_executor::park::{Park, Unpark};
/// use tokio_threadpool::park::DefaultPark;
///
/// let mut park = DefaultPark::new();
/// park.unpark().unpark();
/// // Returns at once.
/// park.park().unwrap();
/// ```
#[derive(Debug)]
pub struct DefaultPark {
    token: Arc<Token>,
}

/// Wakes the worker that sleeps in a [`DefaultPark`].
///
/// # Examples
///
/// ```
/// use tokio_executor::park::{Park, Unpark};
/// use tokio_threadpool::park::DefaultPark;
///
/// let mut park = DefaultPark::new();
/// let unpark = park.unpark();
/// let waker = std::thread::spawn(move || unpark.unpark());
/// park.park().unwrap();
/// waker.join().unwrap();
/// ```
#[derive(Debug)]
pub struct DefaultUnpark {
    token: Arc<Token>,
}

/// Parking failed: this does not happen with a [`DefaultPark`].
#[derive(Debug)]
pub struct ParkError {
    _private: (),
}

impl DefaultPark {
    /// Returns a parker without a notification.
    pub fn new() -> DefaultPark {
        DefaultPark { token: Arc::new(Token::new()) }
    }
}

impl Default for DefaultPark {
    fn default() -> DefaultPark {
        DefaultPark::new()
    }
}

impl Park for DefaultPark {
    type Unpark = DefaultUnpark;
    type Error = ParkError;

    fn unpark(&self) -> DefaultUnpark {
        DefaultUnpark { token: self.token.clone() }
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

impl Unpark for DefaultUnpark {
    fn unpark(&self) {
        self.token.unpark();
    }
}

impl fmt::Display for ParkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot park the thread")
    }
}

impl Error for ParkError {}

/// A worker's own [`Park`], which is all there is to drive.
pub(crate) struct OwnPark<P> {
    pub(crate) park: P,
}

impl<P> OwnPark<P>
where
    P: Park + Send + 'static,
    P::Error: Error,
{
    fn check(result: Result<(), P::Error>) {
        if let Err(e) = result {
            // The worker goes on: its queue is not lost with its parker.
            log::error!("a worker cannot park: {e}");
            std::thread::yield_now();
        }
    }
}

impl<P> WorkerPark for OwnPark<P>
where
    P: Park + Send + 'static,
    P::Error: Error,
{
    fn park(&mut self, timeout: Option<Duration>) -> bool {
        Self::check(match timeout {
            Some(timeout) => self.park.park_timeout(timeout),
            None => self.park.park(),
        });
        true
    }

    fn park_aside(&mut self, timeout: Duration) -> bool {
        self.park(Some(timeout));
        false
    }

    fn turn(&mut self) {
        self.park(Some(Duration::ZERO));
    }

    fn unpark(&self) -> Box<dyn Unpark> {
        Box::new(self.park.unpark())
    }

    fn may_wake_first(&self) -> bool {
        true
    }
}
