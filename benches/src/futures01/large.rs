//! Very many at once.

use super::engine::{Countdown, Engine};
use super::rt::timer::Delay;
use futures::future::{lazy, poll_fn};
use futures::{Async, Future};
use std::time::{Duration, Instant};

const AN_HOUR: Duration = Duration::from_secs(3_600);

fn must_wait(delay: &mut Delay) {
    assert!(delay.poll().expect("there is a timer").is_not_ready());
}

/// So many tasks sleep when this ends.
pub fn sleepers<E: Engine>(tasks: u64) -> impl Future<Item = (), Error = ()> + Send {
    lazy(move || {
        let (countdown, end) = Countdown::new(tasks);
        for _ in 0..tasks {
            E::spawn(lazy(move || {
                let mut asleep = Box::new(Delay::new(Instant::now() + AN_HOUR));
                let mut counted = false;
                poll_fn(move || {
                    let polled = asleep.poll().map_err(|e| panic!("there is a timer: {e}"));
                    if !std::mem::replace(&mut counted, true) {
                        countdown.arrive();
                    }
                    polled
                })
            }));
        }
        end
    })
}

/// So many timers have been polled, in a few tasks, when this ends.
pub fn timers<E: Engine>(tasks: u64, each: u64) -> impl Future<Item = (), Error = ()> + Send {
    lazy(move || {
        let (countdown, end) = Countdown::new(tasks);
        for _ in 0..tasks {
            E::spawn(lazy(move || {
                let due = Instant::now() + AN_HOUR;
                let mut kept: Vec<_> = (0..each).map(|_| Box::new(Delay::new(due))).collect();
                let mut arrived = false;
                poll_fn(move || {
                    if !std::mem::replace(&mut arrived, true) {
                        kept.iter_mut().for_each(|delay| must_wait(delay));
                        countdown.arrive();
                    }
                    Ok(Async::NotReady)
                })
            }));
        }
        end
    })
}

/// Spawns them all without a pause.
pub fn spawn_many<E: Engine>(
    tasks: u64,
    countdown: &'static Countdown,
) -> impl Future<Item = (), Error = ()> + Send {
    lazy(move || {
        for _ in 0..tasks {
            E::spawn(lazy(move || {
                countdown.arrive();
                Ok(())
            }));
        }
        Ok(())
    })
}
