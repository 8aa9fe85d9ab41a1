//! Libraries that need a runtime of tokio 1.x, on both flavors.
#![cfg(feature = "tokio1")]

use std::time::Duration;
use tokio_await::runtime::Builder;

#[test]
fn a_guest_is_around_the_tasks_of_either_flavor() {
    for mut builder in [Builder::new_multi_thread(), Builder::new_current_thread()] {
        let runtime = builder.with_tokio1().build().unwrap();
        let task = runtime.spawn(async { tokio1::time::sleep(Duration::from_millis(2)).await });
        runtime.block_on(async {
            tokio1::time::sleep(Duration::from_millis(2)).await;
            task.await.unwrap();
        });
    }
}
