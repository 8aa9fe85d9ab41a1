//! Timers of a runtime, from outside.

use std::future::Future;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::task::{Context, Waker};
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::time::{interval, sleep};
use tokio_await as tokio;

/// What had no time left to wait was ready, for the timer was not asked.
#[test]
fn a_timer_of_a_runtime_that_has_ended_says_so_at_the_first_poll() {
    for mut builder in [Builder::new_multi_thread(), Builder::new_current_thread()] {
        let runtime = builder.enable_all().build().unwrap();
        let (mut ticks, mut nap) = runtime.block_on(async {
            let due = (interval(Duration::from_secs(20)), Box::pin(sleep(Duration::ZERO)));
            // The timer has seen both pass, which nobody asks for.
            sleep(Duration::from_millis(5)).await;
            due
        });
        drop(runtime);
        let cx = &mut Context::from_waker(Waker::noop());
        let mut says_so = |poll: &mut dyn FnMut(&mut Context<'_>)| {
            let panic = catch_unwind(AssertUnwindSafe(|| poll(cx))).unwrap_err();
            let text = "A Tokio 1.x context was found, but it is being shutdown.";
            assert_eq!(panic.downcast_ref::<String>().unwrap(), text);
        };
        says_so(&mut |cx| assert!(ticks.poll_tick(cx).is_pending()));
        says_so(&mut |cx| assert!(nap.as_mut().poll(cx).is_pending()));
    }
}
