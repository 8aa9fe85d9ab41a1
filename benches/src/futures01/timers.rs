//! Timers that are made and dropped, or put off, long before their time.

use super::engine::{Countdown, Engine};
use super::rt::timer::Delay;
use futures::future::{lazy, poll_fn};
use futures::{task, Async, Future};
use std::time::{Duration, Instant};

/// So many timers a poll; then the others have their turn.
const A_POLL: u64 = 1_000;

/// A minute away, at one of many times.
fn far(now: Instant, n: u64) -> Instant {
    now + Duration::from_millis(1_000 + n * 7_919 % 59_000)
}

fn must_wait(delay: &mut Delay) {
    assert!(delay.poll().expect("there is a timer").is_not_ready());
}

/// Each task keeps `live` timers and replaces the oldest by a new one, again and again.
pub fn churn<E: Engine>(
    tasks: u64,
    each: u64,
    live: u64,
) -> impl Future<Item = (), Error = ()> + Send {
    lazy(move || {
        let (countdown, end) = Countdown::new(tasks);
        for _ in 0..tasks {
            let mut kept: Vec<Delay> = Vec::with_capacity(live as usize);
            let mut made = 0;
            E::spawn(poll_fn(move || {
                let now = Instant::now();
                for _ in 0..A_POLL.min(each - made) {
                    let mut delay = Delay::new(far(now, made));
                    must_wait(&mut delay);
                    match kept.get_mut((made % live) as usize) {
                        Some(oldest) => *oldest = delay,
                        None => kept.push(delay),
                    }
                    made += 1;
                }
                if made < each {
                    task::current().notify();
                    return Ok(Async::NotReady);
                }
                kept.clear();
                countdown.arrive();
                Ok(Async::Ready(()))
            }));
        }
        end
    })
}

/// Each task keeps `timers` and puts all of them off, again and again.
pub fn reset<E: Engine>(
    tasks: u64,
    timers: u64,
    times: u64,
) -> impl Future<Item = (), Error = ()> + Send {
    lazy(move || {
        let (countdown, end) = Countdown::new(tasks);
        for _ in 0..tasks {
            let now = Instant::now();
            let mut kept: Vec<_> = (0..timers).map(|n| Delay::new(far(now, n))).collect();
            let mut left = times;
            E::spawn(poll_fn(move || {
                if left == 0 {
                    kept.clear();
                    countdown.arrive();
                    return Ok(Async::Ready(()));
                }
                let deadline = Instant::now() + Duration::from_secs(30);
                for delay in &mut kept {
                    delay.reset(deadline);
                    must_wait(delay);
                }
                left -= 1;
                task::current().notify();
                Ok(Async::NotReady)
            }));
        }
        end
    })
}
