//! What a pool keeps of its settings, and reads while it runs.
//!
//! `builder` fills it in; nothing changes it afterwards. What a setting means is said at the
//! builder's method of its name.

use crate::panics::catch;
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use tokio_executor::internals::poll_times::Scale;
use tokio_executor::internals::Era;

pub(crate) type Hook = Arc<dyn Fn() + Send + Sync>;
pub(crate) type PanicHandler = Arc<dyn Fn(Box<dyn Any + Send>) + Send + Sync>;

/// What a pool keeps of its settings.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) keep_alive: Option<Duration>,
    pub(crate) name_prefix: Option<String>,
    pub(crate) name_fn: Option<Arc<dyn Fn() -> String + Send + Sync>>,
    pub(crate) stack_size: Option<usize>,
    pub(crate) max_blocking: usize,
    pub(crate) poll_times: Scale,
    pub(crate) lifo_slot: bool,
    pub(crate) era: Era,
    pub(crate) after_start: Option<Hook>,
    pub(crate) before_stop: Option<Hook>,
    pub(crate) panic_handler: Option<PanicHandler>,
}

impl Config {
    /// Tells the panic handler, if there is one.
    #[cold]
    pub(crate) fn panicked(&self, payload: Box<dyn Any + Send>) {
        // A handler that panics, or a payload that does when it is dropped, must not
        // take the worker with it.
        catch(|| match &self.panic_handler {
            Some(handler) => handler(payload),
            None => drop(payload),
        });
    }
}
