//! The executor, as its owner has it: spawn, block, turn.
//!
//! Every method that runs tasks does so by the loop in `drive`. The future that `block_on` waits
//! for is a task, too; see `root`.
//!
//! Programs call it, `runtime::current_thread`, and `movable`.
//!
//! Always true: one executor at a time runs on a thread, which [`Entered`] shows; a set of local
//! tasks may run inside another's.
//!
//! Why so many methods that run? Upstream has them: until a future is done, until all are, for a
//! time, one turn; each is a few lines over the loop.

use super::drive::{drive, park};
use super::entered;
use super::error::{BlockError, RunError, RunTimeoutError, Stopped, TurnError};
use super::handle::Handle;
use super::here::Own;
use super::home::Parking;
use super::root::{self, PollRoot};
use futures::{Async, Future};
use std::fmt;
use std::panic::Location;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio_executor::park::{Park, ParkThread};
use tokio_executor::task::{JoinHandle, NewTask};
use tokio_executor::{Enter, Executor, SpawnError, TypedExecutor};

const NOT_CLOSING: &str = "an executor takes tasks until it is dropped";

/// Runs tasks on the current thread; they need not be `Send`.
///
/// Tasks make progress only inside [`run`](CurrentThread::run),
/// [`run_timeout`](CurrentThread::run_timeout), [`turn`](CurrentThread::turn) and
/// [`block_on`](CurrentThread::block_on). When none is ready, these sleep in `P`.
///
/// A panic in a task that nobody joins ends that task and comes out of whichever of
/// these methods polled it; the executor and its other tasks can be run on.
///
/// # Dropping
///
/// Drops all tasks, on this thread. If another thread is about to wake a task just
/// then, waits for that to be over.
///
/// # Examples
///
/// ```
/// use futures::future;
/// use std::cell::Cell;
/// use std::rc::Rc;
/// use tokio::current_thread::CurrentThread;
///
/// let count = Rc::new(Cell::new(0));
/// let mut executor = CurrentThread::new();
/// for _ in 0..3 {
///     let count = count.clone();
///     executor.spawn(future::lazy(move || {
///         count.set(count.get() + 1);
///         Ok(())
///     }));
/// }
/// executor.run().unwrap();
/// assert_eq!(count.get(), 3);
/// ```
pub struct CurrentThread<P: Park = ParkThread> {
    /// Before `park`: the tasks go first, and may still use what the parker drives.
    own: Own,
    park: P,
    /// What a wake from within `park` must do.
    parking: Parking,
}

/// An executor on a thread that is marked as running one; see
/// [`CurrentThread::enter`].
pub struct Entered<'a, P: Park> {
    executor: &'a mut CurrentThread<P>,
    enter: &'a mut Enter,
}

/// What a [`turn`](CurrentThread::turn) did.
///
/// # Examples
///
/// ```
/// use futures::future;
/// use std::time::Duration;
/// use tokio::current_thread::CurrentThread;
///
/// let mut executor = CurrentThread::new();
/// executor.spawn(future::ok(()));
/// let turn = executor.turn(Some(Duration::ZERO)).unwrap();
/// assert!(turn.has_polled());
/// ```
#[derive(Debug)]
pub struct Turn {
    polled: bool,
}

impl Turn {
    /// Returns whether any task was polled.
    pub fn has_polled(&self) -> bool {
        self.polled
    }
}

impl CurrentThread<ParkThread> {
    /// Returns an executor that sleeps by parking its thread.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future;
    /// use tokio::current_thread::CurrentThread;
    ///
    /// let mut executor = CurrentThread::new();
    /// executor.spawn(future::ok(()));
    /// executor.run().unwrap();
    /// assert!(executor.is_idle());
    /// ```
    pub fn new() -> CurrentThread<ParkThread> {
        // This parker wakes no tasks.
        CurrentThread::with_parking(ParkThread::new(), Parking::Awake)
    }
}

impl Default for CurrentThread<ParkThread> {
    fn default() -> CurrentThread<ParkThread> {
        CurrentThread::new()
    }
}

impl<P: Park> CurrentThread<P> {
    /// Returns an executor that sleeps in `park`: a reactor, or a timer above one.
    pub fn new_with_park(park: P) -> CurrentThread<P> {
        CurrentThread::with_parking(park, Parking::MaySleep)
    }

    /// Works like [`new_with_park`](CurrentThread::new_with_park), for a parker that does not
    /// go to sleep, or on sleeping, once it has woken a task. It is spared an `unpark`
    /// for each turn in which it wakes one.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn new_with_prompt_park(park: P) -> CurrentThread<P> {
        CurrentThread::with_parking(park, Parking::Awake)
    }

    fn with_parking(park: P, parking: Parking) -> CurrentThread<P> {
        CurrentThread { own: Own::new(Box::new(park.unpark())), park, parking }
    }

    /// An executor that takes tasks that are `Send` only.
    pub(super) fn new_movable(
        park: P,
        prompt: bool,
        poll_times: Option<Vec<Duration>>,
    ) -> CurrentThread<P> {
        let parking = if prompt { Parking::Awake } else { Parking::MaySleep };
        CurrentThread { own: Own::new_movable(Box::new(park.unpark()), poll_times), park, parking }
    }

    /// Enters this among the executors that `inspect` shows.
    #[allow(dead_code, reason = "the runtimes do, which are of rt-full")]
    pub(crate) fn make_visible(&self) {
        entered::register(self.own.shared());
    }

    pub(super) fn own(&self) -> &Own {
        &self.own
    }

    /// Returns whether there is no task.
    ///
    /// A task that another thread is spawning through a [`Handle`] may not be counted
    /// yet.
    pub fn is_idle(&self) -> bool {
        self.own.here().is_idle()
    }

    /// Spawns `future`, to be polled once the executor runs.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future;
    /// use std::rc::Rc;
    /// use tokio::current_thread::CurrentThread;
    ///
    /// let mut executor = CurrentThread::new();
    /// let text = Rc::new("not `Send`");
    /// executor.spawn(future::lazy(move || {
    ///     println!("{text}");
    ///     Ok(())
    /// }));
    /// executor.run().unwrap();
    /// ```
    #[track_caller]
    #[expect(
        clippy::missing_panics_doc,
        reason = "never: an executor takes tasks until it is dropped"
    )]
    pub fn spawn<F>(&mut self, future: F) -> &mut CurrentThread<P>
    where
        F: Future<Item = (), Error = ()> + 'static,
    {
        self.own.here().spawn(future).expect(NOT_CLOSING);
        self
    }

    /// Works like [`spawn`](CurrentThread::spawn), for a std future.
    #[track_caller]
    #[expect(
        clippy::missing_panics_doc,
        reason = "never: an executor takes tasks until it is dropped"
    )]
    pub fn spawn_std<F>(&mut self, future: F) -> &mut CurrentThread<P>
    where
        F: std::future::Future<Output = ()> + 'static,
    {
        self.own.here().spawn_std(future).expect(NOT_CLOSING);
        self
    }

    /// Works like [`spawn`](CurrentThread::spawn), and gives a handle to the result.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future;
    /// use std::rc::Rc;
    /// use tokio::current_thread::CurrentThread;
    ///
    /// let mut executor = CurrentThread::new();
    /// let handle = executor.spawn_handle(future::ok::<_, ()>(Rc::new(7)));
    /// let seven = executor.block_on(handle).unwrap().unwrap();
    /// assert_eq!(*seven, 7);
    /// ```
    #[track_caller]
    pub fn spawn_handle<F>(&mut self, future: F) -> JoinHandle<Result<F::Item, F::Error>>
    where
        F: Future + 'static,
    {
        self.own.here().spawn_handle(future)
    }

    /// Works like [`spawn_handle`](CurrentThread::spawn_handle), for a std future.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::current_thread::CurrentThread;
    ///
    /// let mut executor = CurrentThread::new();
    /// let handle = executor.spawn_handle_std(async { 7 });
    /// assert_eq!(executor.block_on_std(handle).unwrap().unwrap(), 7);
    /// ```
    #[track_caller]
    pub fn spawn_handle_std<F>(&mut self, future: F) -> JoinHandle<F::Output>
    where
        F: std::future::Future + 'static,
    {
        self.own.here().spawn_handle_std(future)
    }

    /// Runs tasks until `future` is done, and returns its result.
    ///
    /// Other tasks may be left; they go on the next time the executor runs.
    ///
    /// # Errors
    ///
    /// The error of `future`, or that the parker failed.
    ///
    /// # Panics
    ///
    /// If this thread runs an executor already, or with the panic of `future` or of a
    /// task.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future;
    /// use tokio::current_thread::CurrentThread;
    ///
    /// assert_eq!(CurrentThread::new().block_on(future::ok::<_, ()>(1)).unwrap(), 1);
    /// ```
    #[track_caller]
    pub fn block_on<F>(&mut self, future: F) -> Result<F::Item, BlockError<F::Error>>
    where
        F: Future,
    {
        self.enter(&mut enter()).block_on(future)
    }

    /// Works like [`block_on`](CurrentThread::block_on), for a std future.
    ///
    /// # Errors
    ///
    /// If the parker failed.
    ///
    /// # Panics
    ///
    /// As for [`block_on`](CurrentThread::block_on).
    ///
    /// # Examples
    ///
    /// ```
    /// let seven = tokio::current_thread::CurrentThread::new().block_on_std(async { 7 });
    /// assert_eq!(seven.unwrap(), 7);
    /// ```
    #[track_caller]
    pub fn block_on_std<F>(&mut self, future: F) -> Result<F::Output, RunError>
    where
        F: std::future::Future,
    {
        self.enter(&mut enter()).block_on_std(future)
    }

    /// Runs tasks until all are done.
    ///
    /// # Errors
    ///
    /// If the parker failed.
    ///
    /// # Panics
    ///
    /// If this thread runs an executor already, or with the panic of a task.
    pub fn run(&mut self) -> Result<(), RunError> {
        self.enter(&mut enter()).run()
    }

    /// Runs tasks until all are done, or `duration` has passed.
    ///
    /// Ready tasks are polled at least once, however short `duration` is.
    ///
    /// # Errors
    ///
    /// If the time is up, or the parker failed.
    ///
    /// # Panics
    ///
    /// As for [`run`](CurrentThread::run).
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future;
    /// use std::time::Duration;
    /// use tokio::current_thread::CurrentThread;
    ///
    /// let mut executor = CurrentThread::new();
    /// executor.spawn(future::empty());
    /// let error = executor.run_timeout(Duration::from_millis(1)).unwrap_err();
    /// assert!(error.is_timeout());
    /// ```
    pub fn run_timeout(&mut self, duration: Duration) -> Result<(), RunTimeoutError> {
        self.enter(&mut enter()).run_timeout(duration)
    }

    /// Calls the parker once, then polls each ready task once.
    ///
    /// If no task is ready, sleeps until one is, or something happened that the parker
    /// drives; at most for `duration`, if that is given. It sleeps even if there are no
    /// tasks at all.
    ///
    /// # Errors
    ///
    /// If the parker failed.
    ///
    /// # Panics
    ///
    /// As for [`run`](CurrentThread::run).
    pub fn turn(&mut self, duration: Option<Duration>) -> Result<Turn, TurnError> {
        self.enter(&mut enter()).turn(duration)
    }

    /// Pairs the executor with a mark that this thread has already.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::current_thread::CurrentThread;
    ///
    /// let mut enter = tokio_executor::enter().unwrap();
    /// let mut executor = CurrentThread::new();
    /// let mut entered = executor.enter(&mut enter);
    /// entered.spawn(futures::future::ok(()));
    /// entered.run().unwrap();
    /// ```
    pub fn enter<'a>(&'a mut self, enter: &'a mut Enter) -> Entered<'a, P> {
        Entered { executor: self, enter }
    }

    /// Returns the parker.
    pub fn get_park(&self) -> &P {
        &self.park
    }

    /// Returns the parker.
    pub fn get_park_mut(&mut self) -> &mut P {
        &mut self.park
    }

    /// Returns a handle that spawns tasks from other threads.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future;
    /// use tokio::current_thread::CurrentThread;
    ///
    /// let mut executor = CurrentThread::new();
    /// let handle = executor.handle();
    /// std::thread::spawn(move || handle.spawn(future::ok(())).unwrap()).join().unwrap();
    /// executor.run().unwrap();
    /// ```
    pub fn handle(&self) -> Handle {
        Handle::new(self.own.shared().clone())
    }
}

fn enter() -> Enter {
    tokio_executor::enter().unwrap_or_else(|e| panic!("cannot run a current-thread executor: {e}"))
}

impl Executor for CurrentThread {
    #[track_caller]
    fn spawn(
        &mut self,
        future: Box<dyn Future<Item = (), Error = ()> + Send>,
    ) -> Result<(), SpawnError> {
        self.own.here().spawn(future)
    }

    fn spawn_task(&mut self, task: NewTask) -> Result<(), SpawnError> {
        self.own.here().spawn_task(task)
    }

    fn takes_tasks(&self) -> bool {
        true
    }
}

impl<T> TypedExecutor<T> for CurrentThread
where
    T: Future<Item = (), Error = ()> + 'static,
{
    #[track_caller]
    fn spawn(&mut self, future: T) -> Result<(), SpawnError> {
        self.own.here().spawn(future)
    }
}

impl<P: Park> fmt::Debug for CurrentThread<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CurrentThread")
            .field("tasks", &self.own.here().unfinished())
            .field("ready", &self.own.here().ready_len())
            .finish_non_exhaustive()
    }
}

impl<P: Park> Entered<'_, P> {
    /// Forwards to [`CurrentThread::spawn`].
    #[track_caller]
    pub fn spawn<F>(&mut self, future: F) -> &mut Self
    where
        F: Future<Item = (), Error = ()> + 'static,
    {
        self.executor.spawn(future);
        self
    }

    /// Forwards to [`CurrentThread::spawn_std`].
    #[track_caller]
    pub fn spawn_std<F>(&mut self, future: F) -> &mut Self
    where
        F: std::future::Future<Output = ()> + 'static,
    {
        self.executor.spawn_std(future);
        self
    }

    /// Forwards to [`CurrentThread::block_on`].
    ///
    /// # Errors
    ///
    /// The error of `future`, or that the parker failed.
    #[track_caller]
    pub fn block_on<F>(&mut self, future: F) -> Result<F::Item, BlockError<F::Error>>
    where
        F: Future,
    {
        self.block_on_at(future, Location::caller())
    }

    /// Does the same for a caller at `at`.
    pub(crate) fn block_on_at<F>(
        &mut self,
        mut future: F,
        at: &'static Location<'static>,
    ) -> Result<F::Item, BlockError<F::Error>>
    where
        F: Future,
    {
        let mut result = None;
        self.block_on_root(at, &mut |_| {
            match future.poll() {
                Ok(Async::NotReady) => return false,
                Ok(Async::Ready(item)) => result = Some(Ok(item)),
                Err(e) => result = Some(Err(BlockError::new(Some(e)))),
            }
            true
        });
        result.unwrap_or_else(|| Err(BlockError::new(None)))
    }

    /// Forwards to [`CurrentThread::block_on_std`].
    ///
    /// # Errors
    ///
    /// If the parker failed.
    #[track_caller]
    pub fn block_on_std<F>(&mut self, future: F) -> Result<F::Output, RunError>
    where
        F: std::future::Future,
    {
        self.block_on_std_at(future, Location::caller())
    }

    /// Does the same for a caller at `at`.
    ///
    /// # Errors
    ///
    /// If the parker failed.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn block_on_std_at<F>(
        &mut self,
        future: F,
        at: &'static Location<'static>,
    ) -> Result<F::Output, RunError>
    where
        F: std::future::Future,
    {
        let mut future = pin!(future);
        let mut result = None;
        self.block_on_root(at, &mut |cx| {
            if let Poll::Ready(output) = future.as_mut().poll(cx) {
                result = Some(output);
            }
            result.is_some()
        });
        result.ok_or_else(RunError::new)
    }

    /// Runs tasks until `poll` has returned true, or the parker failed.
    fn block_on_root(&mut self, at: &'static Location<'static>, poll: &mut PollRoot<'_>) {
        let CurrentThread { own, park, parking } = &mut *self.executor;
        // Without a result, the caller knows that the parker failed.
        let _ = own.run(|here| {
            root::block_on(here, at, poll, |root| {
                drive(here, park, *parking, None, || root.is_finished())
            })
        });
    }

    /// Forwards to [`CurrentThread::run`].
    ///
    /// # Errors
    ///
    /// If the parker failed.
    pub fn run(&mut self) -> Result<(), RunError> {
        self.run_until_idle(None).map_err(|_| RunError::new())
    }

    /// Forwards to [`CurrentThread::run_timeout`].
    ///
    /// # Errors
    ///
    /// If the time is up, or the parker failed.
    pub fn run_timeout(&mut self, duration: Duration) -> Result<(), RunTimeoutError> {
        // A time that no clock will show is no limit.
        let deadline = Instant::now().checked_add(duration);
        self.run_until_idle(deadline).map_err(RunTimeoutError::new)
    }

    fn run_until_idle(&mut self, deadline: Option<Instant>) -> Result<(), Stopped> {
        let CurrentThread { own, park, parking } = &mut *self.executor;
        own.run(|here| drive(here, park, *parking, deadline, || here.is_idle()))
    }

    /// Forwards to [`CurrentThread::turn`].
    ///
    /// # Errors
    ///
    /// If the parker failed.
    pub fn turn(&mut self, duration: Option<Duration>) -> Result<Turn, TurnError> {
        let CurrentThread { own, park: parker, parking } = &mut *self.executor;
        own.run(|here| {
            let limit = if here.has_ready() { Some(Duration::ZERO) } else { duration };
            park(here, parker, *parking, limit).map_err(|_| TurnError::new())?;
            here.fetch();
            // Tasks that become ready from here on have their turn after the next park.
            let ready_len = here.ready_len();
            for _ in 0..ready_len {
                if !here.run_next() {
                    break;
                }
            }
            Ok(Turn { polled: ready_len != 0 })
        })
    }

    /// Returns the parker.
    pub fn get_park(&self) -> &P {
        &self.executor.park
    }

    /// Returns the parker.
    pub fn get_park_mut(&mut self) -> &mut P {
        &mut self.executor.park
    }
}

impl<P: Park> fmt::Debug for Entered<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entered")
            .field("executor", &self.executor)
            .field("enter", &self.enter)
            .finish()
    }
}
