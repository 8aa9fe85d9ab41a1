//! A wait that needs no descriptor, no timer and no runtime.
//!
//! Used by `accepting` when the system has run out of something: then is not the time
//! to depend on a reactor turn or to open a timer of one's own.
//!
//! Always true: once [`Pause::start`] returned one, its task is woken, unless the pause
//! is dropped first.
//!
//! Why not the runtime's timer? A listener may be polled outside any runtime, or under
//! a clock that a test has stopped, and it must come back all the same. There is at
//! most one such thread per listener, it exists only while the machine is in trouble,
//! and then for a second at most.

use std::io;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::sync::Arc;
use std::task::Poll;
use std::thread;
use std::time::Duration;
use tokio_executor::internals::inspect::note_wait;
use tokio_executor::task::Context;
use tokio_executor::waiter::WaiterCell;

/// Enough for a thread that sleeps once and wakes one task.
const STACK_BYTES: usize = 128 * 1024;

/// Some time that has to pass.
#[derive(Debug)]
pub(super) struct Pause {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    over: AtomicBool,
    waiting: WaiterCell,
}

impl Pause {
    /// Starts a pause of `length`.
    ///
    /// # Errors
    ///
    /// If the system has no thread to spare either.
    pub(super) fn start(length: Duration) -> io::Result<Pause> {
        let shared = Arc::new(Shared::default());
        let sleeper = Arc::clone(&shared);
        thread::Builder::new()
            .name("tokio-accept-pause".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || {
                thread::sleep(length);
                // Release: pairs with the Acquire in `poll`, which registers first and
                // looks then.
                sleeper.over.store(true, Release);
                sleeper.waiting.wake();
            })?;
        Ok(Pause { shared })
    }

    /// Ready once the time has passed.
    pub(super) fn poll(&self, cx: &Context<'_>) -> Poll<()> {
        note_wait("descriptors, of which there are none left", &self.shared.waiting);
        self.shared.waiting.register(cx);
        // Acquire: see `start`.
        if self.shared.over.load(Acquire) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        // The thread may sleep on; the task must not be kept alive by it.
        drop(self.shared.waiting.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::Future;

    #[test]
    fn ends_after_its_length() {
        let began = std::time::Instant::now();
        let length = Duration::from_millis(3);
        let pause = Pause::start(length).unwrap();
        futures::future::poll_fn(|| match pause.poll(&Context::current()) {
            Poll::Ready(()) => Ok::<_, ()>(futures::Async::Ready(())),
            Poll::Pending => Ok(futures::Async::NotReady),
        })
        .wait()
        .unwrap();
        assert!(began.elapsed() >= length);
    }

    #[test]
    fn a_dropped_pause_lets_go_of_its_task() {
        struct Flag;
        impl std::task::Wake for Flag {
            fn wake(self: Arc<Flag>) {}
        }
        let flag = Arc::new(Flag);
        let waker = Arc::clone(&flag).into();
        // Nobody waits for its end.
        let pause = Pause::start(Duration::from_secs(3600)).unwrap();
        assert!(pause.poll(&Context::from_waker(&waker)).is_pending());
        drop(waker);
        assert_eq!(Arc::strong_count(&flag), 2);
        drop(pause);
        assert_eq!(Arc::strong_count(&flag), 1);
    }
}
