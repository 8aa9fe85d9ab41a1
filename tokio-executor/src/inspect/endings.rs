//! Tasks that ended in a panic or an error, and whose ending nobody looks at.
//!
//! `task::cell` comes by when a task panics, and where a result is dropped that a join handle
//! might have taken. Both are rare, or are one look at a flag.
//!
//! Always true: hooks are called without a lock, on the thread that ran the task or dropped its
//! handle; a hook that panics harms no task.

use super::{lock, TaskInfo};
use crate::unwind;
use std::any::Any;
use std::fmt;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, OnceLock};

/// An ending that nobody has looked at.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unobserved {
    /// The task.
    pub task: TaskInfo,
    /// How it ended.
    pub ending: Ending,
}

/// How a task ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// In a panic, with its message if it has one.
    Panicked(Option<String>),
    /// In an error of futures 0.1.
    Failed,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::Panicked(Some(message)) => write!(f, "panicked: {message}"),
            Ending::Panicked(None) => f.write_str("panicked"),
            Ending::Failed => f.write_str("failed"),
        }
    }
}

type UnobservedFn = dyn Fn(&Unobserved) + Send + Sync;
type PanicFn = dyn Fn(&TaskInfo, Option<&str>) + Send + Sync;

/// The hooks of those who watch endings. Held to copy and to change it.
static HOOKS: Mutex<Vec<Arc<UnobservedFn>>> = Mutex::new(Vec::new());

/// How many these are. Of std also in a model: it orders nothing.
static COUNT: AtomicUsize = AtomicUsize::new(0);

static ON_PANIC: OnceLock<Box<PanicFn>> = OnceLock::new();

/// Has a function called for endings that nobody looks at; see [`on_unobserved`].
///
/// # Dropping
///
/// It is called no more, but for an ending of this moment.
#[must_use = "the function is not called once this is dropped"]
pub struct UnobservedHook(Arc<UnobservedFn>);

impl Drop for UnobservedHook {
    fn drop(&mut self) {
        let mut gone = None;
        let mut hooks = lock(&HOOKS);
        if let Some(at) = hooks.iter().position(|hook| Arc::ptr_eq(hook, &self.0)) {
            gone = Some(hooks.swap_remove(at));
            // Relaxed: a hint.
            COUNT.fetch_sub(1, Relaxed);
        }
        drop(hooks);
        drop(gone);
    }
}

impl fmt::Debug for UnobservedHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnobservedHook").finish_non_exhaustive()
    }
}

/// Calls `hook` for each task, of any executor, that panics without a join handle; and for each
/// whose join handle is dropped, or was before, without having given out a panic or an error of
/// futures 0.1.
pub fn on_unobserved(hook: impl Fn(&Unobserved) + Send + Sync + 'static) -> UnobservedHook {
    let hook: Arc<UnobservedFn> = Arc::new(hook);
    lock(&HOOKS).push(hook.clone());
    // Relaxed: an ending that misses it is not reported.
    COUNT.fetch_add(1, Relaxed);
    UnobservedHook(hook)
}

/// Calls `hook` for each task that panics, for as long as the process runs. False if there is
/// such a hook already.
pub fn on_panic(hook: impl Fn(&TaskInfo, Option<&str>) + Send + Sync + 'static) -> bool {
    ON_PANIC.set(Box::new(hook)).is_ok()
}

/// Whether anyone has asked for endings.
#[inline]
pub(crate) fn wants_endings() -> bool {
    // Relaxed: as in `on_unobserved`.
    cfg!(feature = "inspect") && COUNT.load(Relaxed) != 0
}

/// Nobody looks at the ending of `task`.
#[cold]
pub(crate) fn unobserved(task: TaskInfo, ending: Ending) {
    let hooks = lock(&HOOKS).clone();
    let unobserved = Unobserved { task, ending };
    for hook in hooks {
        unwind::quietly(|| hook(&unobserved));
    }
}

/// `task` has panicked; whether a join handle is, or was, there to tell of it.
#[cold]
pub(crate) fn panicked(task: TaskInfo, payload: &(dyn Any + Send), joins: bool) {
    if !cfg!(feature = "inspect") {
        return;
    }
    let message = unwind::message_of(payload);
    if let Some(hook) = ON_PANIC.get() {
        unwind::quietly(|| hook(&task, message.as_deref()));
    }
    if !joins && wants_endings() {
        unobserved(task, Ending::Panicked(message));
    }
}
