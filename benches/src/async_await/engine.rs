//! A runtime behind one interface, an end for many tasks, and a turn for the others.

use super::rt::sync::oneshot;
use std::future::{poll_fn, Future};
use std::sync::atomic::{AtomicU64, Ordering::AcqRel};
use std::sync::Mutex;
use std::task::Poll;

/// A runtime, from outside. From inside, `rt::spawn` does for all.
pub trait Engine: 'static {
    /// Whether a task may block where it is.
    const CAN_BLOCK: bool;

    fn start(workers: usize) -> Self;

    /// Spawns from outside.
    fn add(&mut self, task: impl Future<Output = ()> + Send + 'static);

    /// Runs a future as a task, to its end.
    fn run<T: Send + 'static>(&mut self, task: impl Future<Output = T> + Send + 'static) -> T;
}

/// Makes a type of that name a runtime, which a builder of the crate under test builds. `Engine`,
/// `Future` and `Runtime` are those of the file that says so.
macro_rules! engine {
    ($engine:ident, $can_block:literal, $workers:ident => $builder:expr) => {
        struct $engine(Runtime);

        impl Engine for $engine {
            const CAN_BLOCK: bool = $can_block;

            fn start($workers: usize) -> $engine {
                $engine($builder.enable_all().build().expect("cannot start"))
            }

            fn add(&mut self, task: impl Future<Output = ()> + Send + 'static) {
                self.0.spawn(task);
            }

            fn run<T: Send + 'static>(
                &mut self,
                task: impl Future<Output = T> + Send + 'static,
            ) -> T {
                let joined = self.0.spawn(task);
                self.0.block_on(joined).expect("the task failed")
            }
        }
    };
}

pub(crate) use engine;

/// Counts tasks down; the last one to arrive reports.
///
/// It is shared by address: counting references would cost more than counting tasks.
pub struct Countdown {
    left: AtomicU64,
    done: Mutex<Option<oneshot::Sender<()>>>,
}

impl Countdown {
    /// A countdown, which is never freed, and its end.
    pub fn new(left: u64) -> (&'static Countdown, oneshot::Receiver<()>) {
        let (done, end) = oneshot::channel();
        let countdown = Countdown { left: AtomicU64::new(left), done: Mutex::new(Some(done)) };
        (Box::leak(Box::new(countdown)), end)
    }

    pub fn arrive(&self) {
        // AcqRel: the last one has seen all that the others did.
        if self.left.fetch_sub(1, AcqRel) == 1 {
            let done = self.done.lock().expect("nobody panics").take();
            let _ = done.expect("it ends once").send(());
        }
    }
}

/// Lets the other tasks run, once.
pub async fn pass_turn() {
    let mut passed = false;
    poll_fn(|cx| match passed {
        true => Poll::Ready(()),
        false => {
            passed = true;
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await
}
