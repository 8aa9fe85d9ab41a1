//! Wakers that misbehave: that come back to the primitive that has them, or panic, when
//! they are cloned, woken or dropped. For every test that puts them somewhere.

use futures::executor::{Notify, NotifyHandle};
use futures::Async;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{RawWaker, RawWakerVTable, Waker};
use tokio_executor::task::Context;

/// Where a waker does its evil.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Clone,
    Wake,
    Drop,
}

pub const EVERYWHERE: [On; 3] = [On::Clone, On::Wake, On::Drop];

/// The two ways of telling a primitive who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum World {
    /// A `Waker`.
    Std,
    /// A `NotifyHandle`, behind the current task.
    Futures01,
}

pub const WORLDS: [World; 2] = [World::Std, World::Futures01];

/// Returns every place in every world.
pub fn everywhere() -> impl Iterator<Item = (World, On)> {
    WORLDS.into_iter().flat_map(|world| EVERYWHERE.map(|on| (world, on)))
}

/// Who waits, while it asks.
pub enum Asking<'a> {
    Std(&'a Waker),
    Futures01,
}

impl Asking<'_> {
    pub fn cx(&self) -> Context<'_> {
        match self {
            Asking::Std(waker) => Context::from_waker(waker),
            Asking::Futures01 => Context::current(),
        }
    }

    /// Polls a future of both kinds; says whether it is over.
    pub fn poll<F>(&self, future: &mut F) -> bool
    where
        F: futures::Future + std::future::Future + Unpin,
    {
        match self {
            Asking::Std(waker) => {
                let mut cx = std::task::Context::from_waker(waker);
                std::future::Future::poll(Pin::new(future), &mut cx).is_ready()
            }
            Asking::Futures01 => !matches!(futures::Future::poll(future), Ok(Async::NotReady)),
        }
    }
}

/// A task of either world.
pub enum Poller {
    Std(Waker),
    Futures01(NotifyHandle),
}

impl Poller {
    /// Calls `f` as this task.
    pub fn ask<R>(&self, f: impl FnOnce(&Asking<'_>) -> R) -> R {
        match self {
            Poller::Std(waker) => f(&Asking::Std(waker)),
            Poller::Futures01(handle) => {
                futures::executor::spawn(()).poll_fn_notify(handle, 0, |()| f(&Asking::Futures01))
            }
        }
    }
}

/// A waker that runs `deed` when it is cloned, woken or dropped, and counts its clones.
pub struct Evil {
    on: On,
    deed: Mutex<Option<Box<dyn FnMut() + Send>>>,
    done: AtomicUsize,
    alive: AtomicUsize,
}

impl Evil {
    pub fn new(on: On, deed: impl FnMut() + Send + 'static) -> Arc<Evil> {
        let deed: Box<dyn FnMut() + Send> = Box::new(deed);
        let (done, alive) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Arc::new(Evil { on, deed: Mutex::new(Some(deed)), done, alive })
    }

    /// Returns how often the deed was begun.
    pub fn done(&self) -> usize {
        self.done.load(SeqCst)
    }

    /// Wakers that exist.
    pub fn alive(&self) -> usize {
        self.alive.load(SeqCst)
    }

    /// Makes it, from now on, a waker like any other.
    pub fn repent(&self) {
        drop(self.deed.lock().unwrap().take());
    }

    fn act(&self, on: On) {
        if self.on != on {
            return;
        }
        // Taken out, so that a deed that leads back here runs once.
        let deed = self.deed.lock().unwrap().take();
        if let Some(mut deed) = deed {
            self.done.fetch_add(1, SeqCst);
            deed();
        }
    }

    /// Returns a task of this waker.
    pub fn poller(self: &Arc<Self>, world: World) -> Poller {
        match world {
            World::Std => Poller::Std(self.waker()),
            World::Futures01 => {
                // Ends with the handle, as a waker's first count does.
                self.alive.fetch_add(1, SeqCst);
                Poller::Futures01(Arc::new(EvilNotify(self.clone())).into())
            }
        }
    }

    pub fn waker(self: &Arc<Self>) -> Waker {
        self.alive.fetch_add(1, SeqCst);
        // SAFETY: the functions of the table keep the contract of a waker whose data is a
        // counted pointer to an `Evil`.
        unsafe { Waker::from_raw(RawWaker::new(Arc::into_raw(self.clone()).cast(), &TABLE)) }
    }
}

static TABLE: RawWakerVTable = RawWakerVTable::new(
    |data| {
        // SAFETY: `data` is a counted pointer that the waker owns; it is lent here.
        let evil = unsafe { &*data.cast::<Evil>() };
        evil.act(On::Clone);
        evil.alive.fetch_add(1, SeqCst);
        // SAFETY: as above; the new waker owns one more count.
        unsafe { Arc::increment_strong_count(data.cast::<Evil>()) };
        RawWaker::new(data, &TABLE)
    },
    |data| {
        // SAFETY: waking by value takes the waker's count.
        let evil = unsafe { Arc::from_raw(data.cast::<Evil>()) };
        evil.alive.fetch_sub(1, SeqCst);
        evil.act(On::Wake);
    },
    |data| {
        // SAFETY: as for the clone.
        unsafe { &*data.cast::<Evil>() }.act(On::Wake);
    },
    |data| {
        // SAFETY: dropping takes the waker's count.
        let evil = unsafe { Arc::from_raw(data.cast::<Evil>()) };
        evil.alive.fetch_sub(1, SeqCst);
        evil.act(On::Drop);
    },
);

/// The same behind a handle of futures 0.1.
struct EvilNotify(Arc<Evil>);

impl Notify for EvilNotify {
    fn notify(&self, _id: usize) {
        self.0.act(On::Wake);
    }

    fn clone_id(&self, id: usize) -> usize {
        self.0.act(On::Clone);
        self.0.alive.fetch_add(1, SeqCst);
        id
    }

    fn drop_id(&self, _id: usize) {
        self.0.alive.fetch_sub(1, SeqCst);
        self.0.act(On::Drop);
    }
}

impl Drop for EvilNotify {
    fn drop(&mut self) {
        self.0.alive.fetch_sub(1, SeqCst);
    }
}
