//! Names for tasks.
//!
//! A name is a wrapper around the future, so that every way to spawn takes it. It is entered
//! in a table by the task's number when the task is first polled, and taken out with the
//! future: a task without a name pays nothing.

use futures::Poll;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::task::Context;
use tokio_executor::task::TaskRef;

/// Names by task. Held to read and change it.
static NAMES: Mutex<BTreeMap<u64, Arc<str>>> = Mutex::new(BTreeMap::new());

/// Called when a task has got a name, in its poll.
static ON_NAME: OnceLock<fn(u64)> = OnceLock::new();

thread_local! {
    /// The name that went with a future that has panicked, and its task.
    static PANICKED: RefCell<Option<(u64, Arc<str>)>> = const { RefCell::new(None) };
}

/// Has `hook` called when a task has got a name, in its poll: the first hook that is set.
#[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "`spans` sets it"))]
pub(super) fn on_name(hook: fn(u64)) {
    let _ = ON_NAME.set(hook);
}

/// The name of a task that has just panicked on this thread.
pub(super) fn name_at_panic(id: u64) -> Option<String> {
    let last = PANICKED.try_with(RefCell::take).ok().flatten();
    let of_it = last.filter(|(of, _)| *of == id).map(|(_, name)| String::from(&*name));
    of_it.or_else(|| name_of(id))
}

fn names() -> MutexGuard<'static, BTreeMap<u64, Arc<str>>> {
    NAMES.lock().unwrap_or_else(|e| e.into_inner())
}

/// The name of a task.
pub(super) fn name_of(id: u64) -> Option<String> {
    let name = names().get(&id).cloned();
    name.map(|name| String::from(&*name))
}

/// Gives futures of both kinds a name under which lists and dumps show their task.
pub trait Inspect: Sized {
    /// Names the task that this future is spawned as.
    ///
    /// Inside a task that has a name already, the inner name holds while that future exists.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio::inspect::Inspect;
    ///
    /// tokio::run(future::lazy(|| Ok(())).named("accept"));
    /// ```
    fn named(self, name: impl Into<Cow<'static, str>>) -> Named<Self> {
        Named { entry: Entry { name: name.into().into(), entered: None }, future: Box::pin(self) }
    }
}

impl<F> Inspect for F {}

/// Calls `f`, with a name for the task that calls this.
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
pub fn call_named<R>(name: impl Into<Cow<'static, str>>, f: impl FnOnce() -> R) -> R {
    let mut entry = Entry { name: name.into().into(), entered: None };
    entry.enter();
    f()
}

/// A future with a name; see [`Inspect::named`].
///
/// # Dropping
///
/// Drops the future inside.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct Named<F> {
    future: Pin<Box<F>>,
    entry: Entry,
}

#[derive(Debug)]
struct Entry {
    name: Arc<str>,
    /// The task that has the name, and the name that it had.
    entered: Option<(u64, Option<Arc<str>>)>,
}

impl Entry {
    fn enter(&mut self) {
        if self.entered.is_none() {
            if let Some(id) = TaskRef::running().map(|task| task.id()) {
                let outer = names().insert(id, self.name.clone());
                self.entered = Some((id, outer));
                if let Some(hook) = ON_NAME.get() {
                    hook(id);
                }
            }
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if let Some((id, outer)) = self.entered.take() {
            if std::thread::panicking() {
                let _ = PANICKED.try_with(|last| last.replace(Some((id, self.name.clone()))));
            }
            let mut names = names();
            match outer {
                Some(outer) => names.insert(id, outer),
                None => names.remove(&id),
            };
        }
    }
}

impl<F: futures::Future + Unpin> futures::Future for Named<F> {
    type Item = F::Item;
    type Error = F::Error;

    fn poll(&mut self) -> Poll<F::Item, F::Error> {
        self.entry.enter();
        self.future.poll()
    }
}

impl<F: std::future::Future> std::future::Future for Named<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> std::task::Poll<F::Output> {
        self.entry.enter();
        self.future.as_mut().poll(cx)
    }
}
