//! A runtime of tokio 1.x that lives beside one of ours, and ends with it.
//!
//! Each runtime of ours has a [`Guest`], in place on its threads while they run tasks
//! ([`Guest::with`]). The first [`tokio1()`](super::tokio1()) polled there starts it. It
//! is stopped once our tasks are done or dropped, which may need it to the last: a pool
//! is followed by [`Guest::end_after`]. Elsewhere there is one for the process.
//!
//! Always true: a guest runs once at most, and is gone only when all threads of tokio 1.x
//! have ended, unless the system refused the one that waits for them. `stop` never blocks,
//! and may be called anywhere.
//!
//! Why a thread to stop it? To stop a runtime of tokio 1.x one waits for its threads,
//! which it forbids, by a panic, where it has tasks running; and a worker of ours must
//! not wait for anything.

use futures::Async;
use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::io;
use std::mem;
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};
use tokio1::runtime::{Builder, Handle, Runtime};
use tokio_executor::task::Context;
use tokio_executor::waiter::WaiterCell;
use tokio_threadpool as threadpool;

/// Refers to a guest; clones refer to the same.
#[derive(Clone, Debug)]
pub(crate) struct Guest {
    shared: Arc<Shared>,
}

/// What is said of the guest when a runtime is built.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Settings {
    /// The context is around all tasks, not only around those that ask for it.
    pub(crate) everywhere: bool,
}

struct Shared {
    settings: Settings,
    /// Held to move on, or to get the handle; never while polling, waking or stopping.
    stage: Mutex<Stage>,
    /// Who blocks until the guest is gone.
    blocked: Condvar,
    /// Who waits for that as a task.
    waiter: WaiterCell,
}

/// ```text
///   VACANT ---> RUNNING ---> STOPPING ---> GONE
///      |                                     ^
///      +-------------------------------------+
/// ```
#[derive(Debug)]
enum Stage {
    Vacant,
    Running(Runtime),
    Stopping,
    Gone,
}

thread_local! {
    /// The guest of the runtime of ours that has this thread.
    static CURRENT: RefCell<Option<Guest>> = const { RefCell::new(None) };
    /// The guest that this is a thread of.
    static MEMBER_OF: RefCell<Weak<Shared>> = const { RefCell::new(Weak::new()) };
}

/// The guest for tasks outside of our runtimes. Held to find or replace it.
static OF_PROCESS: Mutex<Option<Guest>> = Mutex::new(None);

/// The context of tokio 1.x for a future that is polled on this thread: that of the
/// runtime of ours that polls it; else one that is there already; else the process's.
///
/// # Panics
///
/// If it cannot be started.
pub(super) fn handle() -> Handle {
    // The borrow has ended before anything is started.
    let current = CURRENT.with(|current| current.borrow().clone());
    let started = match current {
        Some(guest) => guest.handle(),
        None => match Handle::try_current() {
            Ok(handle) => Ok(handle),
            Err(_) => of_process().handle(),
        },
    };
    started.unwrap_or_else(|e| panic!("cannot start a runtime of tokio 1.x: {e}"))
}

fn of_process() -> Guest {
    let mut guest = OF_PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
    guest.get_or_insert_with(|| Guest::new(Settings::default())).clone()
}

/// Stops the process's guest, and waits for `timeout` at most until it is gone.
pub(super) fn stop_of_process(timeout: Duration) {
    let guest = OF_PROCESS.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(guest) = guest {
        guest.stop();
        guest.wait_until(Instant::now().checked_add(timeout));
    }
}

impl Guest {
    pub(crate) fn new(settings: Settings) -> Guest {
        let stage = Mutex::new(Stage::Vacant);
        let (blocked, waiter) = (Condvar::new(), WaiterCell::new());
        Guest { shared: Arc::new(Shared { settings, stage, blocked, waiter }) }
    }

    /// For a runtime of ours that is being built: starts the guest, if all tasks want it.
    pub(crate) fn prepare(&self) -> io::Result<()> {
        if self.shared.settings.everywhere {
            self.handle()?;
        }
        Ok(())
    }

    /// Calls `f` with this guest in place for what is polled on this thread.
    pub(crate) fn with<R>(&self, f: impl FnOnce() -> R) -> R {
        /// Puts back what was in place before.
        struct Restore(Option<Guest>);

        impl Drop for Restore {
            fn drop(&mut self) {
                CURRENT.with(|current| current.replace(self.0.take()));
            }
        }

        let _restore = Restore(CURRENT.with(|current| current.replace(Some(self.clone()))));
        // It has run since `prepare`; if it does not any more, our runtime is ending.
        let handle = if self.shared.settings.everywhere { self.handle().ok() } else { None };
        let _context = handle.as_ref().map(Handle::enter);
        f()
    }

    /// The guest's context. Starts the guest, if it does not run yet.
    fn handle(&self) -> io::Result<Handle> {
        let mut stage = self.shared.stage();
        match &*stage {
            Stage::Running(runtime) => Ok(runtime.handle().clone()),
            Stage::Vacant => {
                let runtime = start(Arc::downgrade(&self.shared))?;
                let handle = runtime.handle().clone();
                *stage = Stage::Running(runtime);
                Ok(handle)
            }
            Stage::Stopping | Stage::Gone => {
                Err(io::Error::other("the runtime it belongs to has shut down"))
            }
        }
    }

    /// Has the guest drop what was spawned there, and end. Does not wait for it.
    pub(crate) fn stop(&self) {
        let mut stage = self.shared.stage();
        match mem::replace(&mut *stage, Stage::Stopping) {
            Stage::Vacant => {
                drop(stage);
                self.shared.gone();
            }
            Stage::Running(runtime) => {
                drop(stage);
                let ending = Ending { runtime: Some(runtime), shared: self.shared.clone() };
                // Without a thread for it, the closure is dropped here, and `ending` with it.
                let _ = thread::Builder::new()
                    .name("tokio-1-stop".into())
                    .spawn(move || ending.wait_for_threads());
            }
            ended @ (Stage::Stopping | Stage::Gone) => *stage = ended,
        }
    }

    /// Has the guest end when `pool` has ended, whoever waits for that.
    pub(crate) fn end_after(self, mut pool: threadpool::Shutdown) -> Shutdown {
        struct Follow(Guest);

        impl Wake for Follow {
            fn wake(self: Arc<Self>) {
                self.0.stop();
            }
        }

        // The one waiter of the pool's end: it tells ours.
        let follow = Waker::from(Arc::new(Follow(self.clone())));
        let mut cx = std::task::Context::from_waker(&follow);
        if Future::poll(Pin::new(&mut pool), &mut cx).is_ready() {
            self.stop();
        }
        Shutdown { guest: self }
    }

    /// Whether the guest has been stopped and is gone. Registers the task if not.
    fn poll_gone(&self, cx: &Context<'_>) -> Poll<()> {
        self.shared.waiter.register(cx);
        match *self.shared.stage() {
            Stage::Gone => Poll::Ready(()),
            Stage::Vacant | Stage::Running(_) | Stage::Stopping => Poll::Pending,
        }
    }

    /// Whether this thread is one of the guest's.
    pub(crate) fn has_this_thread(&self) -> bool {
        let own = |of: &RefCell<Weak<Shared>>| of.borrow().as_ptr() == Arc::as_ptr(&self.shared);
        // A runtime may be dropped when a thread's locals are.
        MEMBER_OF.try_with(own).unwrap_or(false)
    }

    /// Blocks until the guest is gone, if it was told to stop; unless on one of its own
    /// threads, which cannot wait for itself to end, or during a panic.
    pub(crate) fn wait(&self) {
        self.wait_until(None);
    }

    fn wait_until(&self, deadline: Option<Instant>) {
        if self.has_this_thread() || thread::panicking() {
            return;
        }
        let mut stage = self.shared.stage();
        while matches!(*stage, Stage::Stopping) {
            stage = match deadline {
                None => self.shared.blocked.wait(stage).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return;
                    }
                    let waited = self.shared.blocked.wait_timeout(stage, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

/// One worker: our tasks stay with us, it serves what they wait for.
///
/// With several threads in principle: only there may what is spawned call
/// `block_in_place`.
fn start(guest: Weak<Shared>) -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("tokio-1-driver")
        .on_thread_start(move || MEMBER_OF.with(|of| drop(of.replace(guest.clone()))))
        .enable_all()
        .build()
}

impl Shared {
    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn gone(&self) {
        *self.stage() = Stage::Gone;
        self.blocked.notify_all();
        // A waker that panics is its task's trouble. The panic hook has reported it.
        let _ = panic::catch_unwind(AssertUnwindSafe(|| self.waiter.wake()));
    }
}

impl Drop for Shared {
    /// Nobody has stopped it: the runtime that it was for could not be made after all.
    fn drop(&mut self) {
        let stage = self.stage.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Stage::Running(runtime) = mem::replace(stage, Stage::Gone) {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("stage", &*self.stage()).finish_non_exhaustive()
    }
}

/// A guest on its way out.
///
/// # Dropping
///
/// Lets the threads of tokio 1.x end by themselves, if they were not waited for, and
/// says that the guest is gone.
struct Ending {
    runtime: Option<Runtime>,
    shared: Arc<Shared>,
}

impl Ending {
    /// Stops tokio 1.x and waits for all of its threads, what blocks on them included.
    fn wait_for_threads(mut self) {
        drop(self.runtime.take());
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
        self.shared.gone();
    }
}

/// Completes once a pool has ended, and then its guest. Of futures 0.1 and of std.
///
/// # Dropping
///
/// Changes nothing.
#[derive(Debug)]
pub(crate) struct Shutdown {
    guest: Guest,
}

impl futures::Future for Shutdown {
    type Item = ();
    type Error = ();

    fn poll(&mut self) -> futures::Poll<(), ()> {
        Ok(match self.guest.poll_gone(&Context::current()) {
            Poll::Ready(()) => Async::Ready(()),
            Poll::Pending => Async::NotReady,
        })
    }
}

impl Future for Shutdown {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<()> {
        self.guest.poll_gone(&Context::from(cx))
    }
}
