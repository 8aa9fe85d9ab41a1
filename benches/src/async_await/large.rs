//! Very many at once.

use super::engine::Countdown;
use super::rt;
use super::rt::sync::oneshot;
use super::rt::time::{sleep, Sleep};
use std::future::{pending, poll_fn, Future};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

const FAILED: &str = "a task failed";
const AN_HOUR: Duration = Duration::from_secs(3_600);

/// So many tasks sleep when this ends.
pub async fn sleepers(tasks: u64) {
    let (countdown, end) = Countdown::new(tasks);
    for _ in 0..tasks {
        rt::spawn(async move {
            let mut asleep = Box::pin(sleep(AN_HOUR));
            let mut counted = false;
            poll_fn(move |cx| {
                let polled = asleep.as_mut().poll(cx);
                if !std::mem::replace(&mut counted, true) {
                    countdown.arrive();
                }
                polled
            })
            .await;
        });
    }
    end.await.expect(FAILED);
}

/// So many timers have been polled, in a few tasks, when this ends.
pub async fn timers(tasks: u64, each: u64) {
    let (countdown, end) = Countdown::new(tasks);
    for _ in 0..tasks {
        rt::spawn(async move {
            let mut kept: Vec<Pin<Box<Sleep>>> =
                (0..each).map(|_| Box::pin(sleep(AN_HOUR))).collect();
            poll_fn(|cx| {
                kept.iter_mut().for_each(|sleep| assert!(sleep.as_mut().poll(cx).is_pending()));
                Poll::Ready(())
            })
            .await;
            countdown.arrive();
            pending::<()>().await;
            drop(kept);
        });
    }
    end.await.expect(FAILED);
}

/// Spawns them all without a pause. What it returns ends when all have run.
pub async fn spawn_many(tasks: u64) -> oneshot::Receiver<()> {
    let (countdown, end) = Countdown::new(tasks);
    for _ in 0..tasks {
        rt::spawn(async { countdown.arrive() });
    }
    end
}
