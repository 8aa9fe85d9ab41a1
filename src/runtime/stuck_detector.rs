//! The wait of a thread for its runtime, with an eye on whether anything moves in there.
//!
//! For `run` and the `block_on`s, whose thread would sleep in any case.

use futures::Future;
use std::time::Duration;
use tokio_executor::internals::wait_looking;
use tokio_executor::Enter;
use tokio_threadpool::internals::StuckDetector;

/// How long all workers have to be in the same poll, once or twice over, to be reported.
const PERIOD: Duration = Duration::from_secs(5);

/// Blocks this thread until `future` is done.
pub(super) fn block_on<F: Future>(
    _enter: &mut Enter,
    stuck_detector: StuckDetector,
    future: F,
) -> Result<F::Item, F::Error> {
    wait(stuck_detector, PERIOD, future)
}

fn wait<F: Future>(
    mut stuck_detector: StuckDetector,
    period: Duration,
    future: F,
) -> Result<F::Item, F::Error> {
    wait_looking(future, period, || {
        if let Some(stuck) = stuck_detector.look() {
            log::warn!("{stuck}");
        }
    })
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use futures::future;
    use std::sync::mpsc;
    use std::sync::Mutex;

    /// Hands on what is logged of stuck pools.
    struct Logger(Mutex<mpsc::Sender<String>>);

    impl log::Log for Logger {
        fn enabled(&self, _: &log::Metadata<'_>) -> bool {
            true
        }

        fn log(&self, record: &log::Record<'_>) {
            let text = record.args().to_string();
            if text.contains("watched-") {
                self.0.lock().unwrap().send(text).unwrap();
            }
        }

        fn flush(&self) {}
    }

    /// The program hung, and nothing said why.
    #[test]
    fn fault_x06_a_wait_inside_the_only_worker_is_told_by_who_waits_for_the_runtime() {
        let (log, logged) = mpsc::channel();
        log::set_boxed_logger(Box::new(Logger(Mutex::new(log)))).unwrap();
        log::set_max_level(log::LevelFilter::Warn);

        let pool = tokio_threadpool::Builder::new().pool_size(1).name_prefix("watched-").build();
        let (tx, rx) = futures::sync::oneshot::channel::<()>();
        let held_up = pool.spawn_handle(future::lazy(move || rx.wait().map_err(drop)));
        let helper = std::thread::spawn(move || {
            let told = logged.recv().unwrap();
            tx.send(()).unwrap();
            told
        });
        wait(pool.stuck_detector(), Duration::from_millis(1), held_up).unwrap();
        let told = helper.join().unwrap();
        assert!(told.contains("its only worker is held up in a poll"), "{told}");
        pool.shutdown_on_idle().wait().unwrap();
    }
}
