//! Spawning, yielding, waking, blocking, starting.

use super::super::blocking;
use super::engine::{Countdown, Engine};
use futures::future::{self, lazy, loop_fn, ok, poll_fn, Loop};
use futures::sync::oneshot;
use futures::{stream, try_ready, Async, Future, Stream};
use std::hint::black_box;

fn arrives(countdown: &'static Countdown) -> impl Future<Item = (), Error = ()> + Send {
    lazy(|| {
        countdown.arrive();
        Ok(())
    })
}

pub fn spawn_outside<E: Engine>(engine: &mut E, tasks: u64) {
    let (countdown, end) = Countdown::new(tasks);
    for _ in 0..tasks {
        engine.add(arrives(countdown));
    }
    engine.run(end);
}

pub fn spawn_inside<E: Engine>(tasks: u64) -> impl Future<Item = (), Error = ()> + Send {
    lazy(move || {
        let (countdown, end) = Countdown::new(tasks);
        for _ in 0..tasks {
            E::spawn(arrives(countdown));
        }
        end
    })
}

/// `size` at a time: a spawn without the cost of much memory.
pub fn spawn_batch<E: Engine>(
    batches: u64,
    size: u64,
) -> impl Future<Item = (), Error = ()> + Send {
    rounds(batches, move || spawn_inside::<E>(size))
}

/// One after the other.
pub fn rounds<F>(
    n: u64,
    mut round: impl FnMut() -> F + Send,
) -> impl Future<Item = (), Error = ()> + Send
where
    F: Future<Item = (), Error = ()> + Send,
{
    // Lazily, since `loop_fn` takes its first step when it is made.
    lazy(move || {
        loop_fn(n, move |left| {
            round().map(move |()| match left {
                1 => Loop::Break(()),
                _ => Loop::Continue(left - 1),
            })
        })
    })
}

pub fn yields<E: Engine>(tasks: u64, each: u64) -> impl Future<Item = (), Error = ()> + Send {
    lazy(move || {
        let (countdown, end) = Countdown::new(tasks);
        for _ in 0..tasks {
            let mut left = each;
            E::spawn(poll_fn(move || {
                if left == 0 {
                    countdown.arrive();
                    return Ok(Async::Ready(()));
                }
                left -= 1;
                futures::task::current().notify();
                Ok(Async::NotReady)
            }));
        }
        end
    })
}

/// A message there and back, through two oneshots made for it. They are those of `futures`:
/// today's compilers abort what stock's own does.
pub fn ping_pong<E: Engine>(pairs: u64, n: u64) -> impl Future<Item = (), Error = ()> + Send {
    rounds(n, move || {
        let (countdown, end) = Countdown::new(pairs);
        for _ in 0..pairs {
            E::spawn(lazy(move || {
                let (ping, pinged) = oneshot::channel::<()>();
                let (pong, ponged) = oneshot::channel::<()>();
                E::spawn(pinged.map_err(drop).and_then(move |()| pong.send(())));
                let _ = ping.send(());
                ponged.map(|()| countdown.arrive()).map_err(drop)
            }));
        }
        end
    })
}

pub fn chained_spawn<E: Engine>(links: u64) -> impl Future<Item = (), Error = ()> + Send {
    fn next<E: Engine>(left: u64, countdown: &'static Countdown) {
        match left {
            0 => countdown.arrive(),
            _ => E::spawn(lazy(move || {
                next::<E>(left - 1, countdown);
                Ok(())
            })),
        }
    }
    lazy(move || {
        let (countdown, end) = Countdown::new(1);
        next::<E>(links, countdown);
        end
    })
}

/// Stock has no join handles, so the children's results come through oneshots.
pub fn fan_out<E: Engine>(children: u64, n: u64) -> impl Future<Item = (), Error = ()> + Send {
    rounds(n, move || {
        let results: Vec<_> = (0..children)
            .map(|child| {
                let (result, wait) = oneshot::channel();
                E::spawn(lazy(move || {
                    let _ = result.send(child);
                    Ok(())
                }));
                wait
            })
            .collect();
        let waited = stream::iter_ok(results).and_then(|result| result.map_err(drop));
        waited
            .fold(0, |sum, result| ok::<_, ()>(sum + result))
            .map(move |sum| assert_eq!(sum, children * (children - 1) / 2))
    })
}

pub fn blocking_in_place<E: Engine>(
    tasks: u64,
    each: u64,
) -> impl Future<Item = (), Error = ()> + Send {
    lazy(move || {
        let (countdown, end) = Countdown::new(tasks);
        for _ in 0..tasks {
            let mut left = each;
            E::spawn(poll_fn(move || {
                while left > 0 {
                    left = try_ready!(blocking(|| black_box(left) - 1).map_err(drop));
                }
                countdown.arrive();
                Ok(Async::Ready(()))
            }));
        }
        end
    })
}

pub fn start_stop<E: Engine>(times: u64, workers: usize) {
    for _ in 0..times {
        E::start(workers).run(future::ok(()));
    }
}
