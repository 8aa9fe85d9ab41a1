//! The budget of a task, for methods that are `async`.

use std::task::Poll;
use tokio_executor::coop;

/// Takes one operation off the task's budget, once there is one left.
pub(super) async fn spend() {
    std::future::poll_fn(
        |cx| {
            if coop::proceed(&cx.into()) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        },
    )
    .await;
}
