//! Timers that are made and dropped, or put off, long before their time.

use super::engine::Countdown;
use super::rt;
use super::rt::time::{sleep_until, Instant, Sleep};
use std::future::{poll_fn, Future};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

const FAILED: &str = "a task failed";

/// So many timers a poll; then the others have their turn.
const A_POLL: u64 = 1_000;

/// A minute away, at one of many times.
fn far(now: Instant, n: u64) -> Instant {
    now + Duration::from_millis(1_000 + n * 7_919 % 59_000)
}

fn must_wait(sleep: &mut Pin<Box<Sleep>>, cx: &mut Context<'_>) {
    assert!(sleep.as_mut().poll(cx).is_pending());
}

/// Each task keeps `live` timers and replaces the oldest by a new one, again and again.
/// The boxes in which they are pinned are used again.
pub async fn churn(tasks: u64, each: u64, live: u64) {
    let (countdown, end) = Countdown::new(tasks);
    for _ in 0..tasks {
        let mut kept: Vec<Pin<Box<Sleep>>> = Vec::with_capacity(live as usize);
        let mut made = 0;
        rt::spawn(poll_fn(move |cx| {
            let now = Instant::now();
            for _ in 0..A_POLL.min(each - made) {
                let sleep = sleep_until(far(now, made));
                let at = (made % live) as usize;
                match kept.get_mut(at) {
                    Some(oldest) => oldest.set(sleep),
                    None => kept.push(Box::pin(sleep)),
                }
                must_wait(&mut kept[at], cx);
                made += 1;
            }
            if made < each {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            kept.clear();
            countdown.arrive();
            Poll::Ready(())
        }));
    }
    end.await.expect(FAILED);
}

/// Each task keeps `timers` and puts all of them off, again and again.
pub async fn reset(tasks: u64, timers: u64, times: u64) {
    let (countdown, end) = Countdown::new(tasks);
    for _ in 0..tasks {
        let now = Instant::now();
        let mut kept: Vec<_> = (0..timers).map(|n| Box::pin(sleep_until(far(now, n)))).collect();
        let mut left = times;
        rt::spawn(poll_fn(move |cx| {
            if left == 0 {
                kept.clear();
                countdown.arrive();
                return Poll::Ready(());
            }
            let deadline = Instant::now() + Duration::from_secs(30);
            for sleep in &mut kept {
                sleep.as_mut().reset(deadline);
                must_wait(sleep, cx);
            }
            left -= 1;
            cx.waker().wake_by_ref();
            Poll::Pending
        }));
    }
    end.await.expect(FAILED);
}
