//! Delays, intervals, timeouts, queues of delays, on clocks moved by hand.

use crate::{one, panics, pool, probe, words, Loud, Probe, Program};
use futures::future::{self, lazy, poll_fn};
use futures::{Async, Future, Stream};
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::prelude::{FutureExt, StreamExt};
use tokio_executor::park::ParkThread;
use tokio_timer::clock::{self, Clock, Now};
use tokio_timer::throttle::{Throttle, ThrottleError};
use tokio_timer::timer::{self, Timer};
use tokio_timer::{timeout, Delay, DelayQueue, Interval, Timeout};

pub const PROGRAMS: &[Program] = &[
    ("delay_steps", delay_steps),
    ("delay_in_past", delay_in_past),
    ("delay_reset", delay_reset),
    ("delay_reset_unpolled", delay_reset_unpolled),
    ("delay_moves_between_tasks", delay_moves_between_tasks),
    ("delay_without_timer", delay_without_timer),
    ("delay_far", delay_far),
    ("delay_order", delay_order),
    ("delay_same_deadline", delay_same_deadline),
    ("delay_sub_millisecond", delay_sub_millisecond),
    ("delay_elapsed_polled_again", delay_elapsed_polled_again),
    ("delay_dropped", delay_dropped),
    ("delay_timer_dropped", delay_timer_dropped),
    ("delay_levels_of_wheel", delay_levels_of_wheel),
    ("interval_steps", interval_steps),
    ("interval_missed", interval_missed),
    ("interval_zero", interval_zero),
    ("interval_from_past", interval_from_past),
    ("timeout_of_future", timeout_of_future),
    ("timeout_of_stream", timeout_of_stream),
    ("timeout_of_error", timeout_of_error),
    ("timeout_zero", timeout_zero),
    ("timeout_keeps_value", timeout_keeps_value),
    ("timeout_words", timeout_words),
    ("timeout_handle", timeout_handle),
    ("throttle_steps", throttle_steps),
    ("throttle_words", throttle_words),
    ("clock_defaults", clock_defaults),
    ("clock_nested_defaults", clock_nested_defaults),
    ("timer_turns", timer_turns),
    ("timer_default_nests", timer_default_nests),
    ("timer_debug", timer_debug),
    ("errors_of_timers", errors_of_timers),
    ("extensions", extensions),
    ("sleep_function", sleep_function),
    ("clock_goes_back", clock_goes_back),
    ("interval_in_runtime", interval_in_runtime),
    ("timeout_in_runtime_drops", timeout_in_runtime_drops),
];

/// A clock that is moved by hand.
#[derive(Clone)]
struct Hand {
    start: Instant,
    now: Arc<Mutex<Instant>>,
}

impl Now for Hand {
    fn now(&self) -> Instant {
        *self.now.lock().unwrap()
    }
}

/// A timer over it, set as the default.
pub struct World {
    hand: Hand,
    timer: Timer<ParkThread, Clock>,
    _guards: (timer::DefaultGuard, clock::DefaultGuard),
}

pub fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

impl World {
    pub fn new() -> World {
        let start = Instant::now();
        let hand = Hand { start, now: Arc::new(Mutex::new(start)) };
        let clock = Clock::new_with_now(hand.clone());
        let clock_guard = clock::set_default(&clock);
        let timer = Timer::new_with_now(ParkThread::new(), clock);
        let guard = timer::set_default(&timer.handle());
        World { hand, timer, _guards: (guard, clock_guard) }
    }

    pub fn at(&self, count: u64) -> Instant {
        self.hand.start + ms(count)
    }

    pub fn go(&mut self, count: u64) {
        *self.hand.now.lock().unwrap() = self.at(count);
        self.turn();
    }

    fn turn(&mut self) {
        self.timer.turn(Some(Duration::ZERO)).unwrap();
    }
}

fn see<F: Future>(name: &str, it: &mut Probe<F>)
where
    F::Item: Debug,
    F::Error: Debug,
{
    println!("{name}: notified {} {:?}", it.notified(), it.poll());
}

fn see_next<S: Stream>(name: &str, it: &mut Probe<S>)
where
    S::Item: Debug,
    S::Error: Debug,
{
    println!("{name}: notified {} {:?}", it.notified(), it.next());
}

fn delay_steps() {
    let mut world = World::new();
    let mut delay = probe(Delay::new(world.at(10)));
    see("new", &mut delay);
    for at in [0, 5, 9, 10, 11] {
        world.go(at);
        let deadline = Delay::deadline(delay.get());
        println!("elapsed {} deadline {}", delay.get().is_elapsed(), deadline == world.at(10));
        see("later", &mut delay);
    }
}

fn delay_in_past() {
    let mut world = World::new();
    world.go(100);
    for at in [0, 50, 99, 100] {
        let mut delay = probe(Delay::new(world.at(at)));
        println!("{}", delay.get().is_elapsed());
        see("past", &mut delay);
        println!("{}", delay.get().is_elapsed());
    }
}

fn delay_reset() {
    let mut world = World::new();
    let mut delay = probe(Delay::new(world.at(10)));
    see("new", &mut delay);
    delay.get().reset(world.at(20));
    see("reset", &mut delay);
    world.go(15);
    see("15", &mut delay);
    delay.get().reset(world.at(17));
    world.go(18);
    see("18", &mut delay);
    delay.get().reset(world.at(30));
    println!("{}", delay.get().is_elapsed());
    see("after its end", &mut delay);
    world.go(30);
    see("30", &mut delay);
}

fn delay_reset_unpolled() {
    let mut world = World::new();
    let mut delay = probe(Delay::new(world.at(10)));
    delay.get().reset(world.at(40));
    world.go(20);
    see("20", &mut delay);
    delay.get().reset(world.at(25));
    delay.get().reset(world.at(50));
    world.go(45);
    see("45", &mut delay);
    world.go(50);
    see("50", &mut delay);
}

fn delay_moves_between_tasks() {
    let mut world = World::new();
    let mut first = probe(Delay::new(world.at(10)));
    see("first", &mut first);
    let other = probe(());
    let handle = other.handle();
    println!("{:?}", first.inner.poll_future_notify(&handle, 0));
    world.go(10);
    println!("{} {}", first.notified(), other.notified());
}

fn delay_without_timer() {
    let mut delay = probe(Delay::new(Instant::now()));
    println!("{:?}", delay.poll().map_err(|error| (error.is_shutdown(), words(&error))));
    println!("{:?}", delay.poll().is_err());
    println!("{}", delay.get().is_elapsed());
    let _world = World::new();
    println!("{:?}", delay.poll().is_err());
}

fn delay_far() {
    let mut world = World::new();
    let mut delay = probe(Delay::new(world.at(1000 * 60 * 60 * 24 * 365)));
    see("a year", &mut delay);
    world.go(1000 * 60 * 60 * 24 * 364);
    see("nearly", &mut delay);
    world.go(1000 * 60 * 60 * 24 * 365);
    see("there", &mut delay);
}

fn delay_order() {
    let mut world = World::new();
    let log = Arc::new(Mutex::new(Vec::new()));
    struct Logs(u64, Arc<Mutex<Vec<u64>>>);
    impl futures::executor::Notify for Logs {
        fn notify(&self, _: usize) {
            self.1.lock().unwrap().push(self.0);
        }
    }
    let mut delays: Vec<_> = [70, 5, 64, 63, 4000, 1, 128, 65, 90]
        .into_iter()
        .map(|at| {
            let mut delay = futures::executor::spawn(Delay::new(world.at(at)));
            let notify = futures::executor::NotifyHandle::from(Arc::new(Logs(at, log.clone())));
            println!("{:?}", delay.poll_future_notify(&notify, 0));
            delay
        })
        .collect();
    for at in [2, 3, 64, 66, 100, 5000] {
        world.go(at);
        println!("at {at}: {:?}", log.lock().unwrap());
    }
    delays.clear();
}

fn delay_same_deadline() {
    let mut world = World::new();
    let mut delays: Vec<_> = (0..3).map(|_| probe(Delay::new(world.at(10)))).collect();
    delays.iter_mut().for_each(|delay| see("new", delay));
    delays.remove(1);
    world.go(10);
    delays.iter_mut().for_each(|delay| see("done", delay));
}

fn delay_sub_millisecond() {
    let mut world = World::new();
    let mut delay = probe(Delay::new(world.at(10) + Duration::from_micros(300)));
    see("new", &mut delay);
    world.go(10);
    see("10", &mut delay);
    *world.hand.now.lock().unwrap() = world.at(10) + Duration::from_micros(300);
    world.turn();
    see("exactly", &mut delay);
    world.go(11);
    see("11", &mut delay);
}

fn delay_elapsed_polled_again() {
    let mut world = World::new();
    let mut delay = probe(Delay::new(world.at(10)));
    world.go(10);
    for _ in 0..3 {
        see("again", &mut delay);
    }
}

fn delay_dropped() {
    let mut world = World::new();
    let mut delay = probe(Delay::new(world.at(10)));
    see("new", &mut delay);
    let count = delay.count.clone();
    drop(delay);
    world.go(20);
    println!("{} {}", count.take(), Arc::strong_count(&count));
}

fn delay_timer_dropped() {
    let world = World::new();
    let handle = world.timer.handle();
    let mut delay = probe(handle.delay(world.at(10)));
    see("new", &mut delay);
    let mut unused = probe(handle.delay(world.at(10)));
    drop(world);
    println!("{:?}", delay.notified());
    println!("{:?}", delay.poll().map_err(|error| error.is_shutdown()));
    println!("{:?}", unused.poll().map_err(|error| error.is_shutdown()));
    let mut late = probe(handle.delay(Instant::now() + ms(100)));
    println!("{:?}", late.poll().map_err(|error| error.is_shutdown()));
}

fn delay_levels_of_wheel() {
    let mut world = World::new();
    for at in [63, 64, 65, 4095, 4096, 4097, 262_143, 262_144, 16_777_216] {
        let mut delay = probe(Delay::new(world.at(at)));
        println!("{at} {:?}", delay.poll());
        world.go(at - 1);
        println!("{at} {:?} {:?}", delay.notified(), delay.poll());
        world.go(at);
        println!("{at} {:?} {:?}", delay.notified(), delay.poll());
    }
}

fn interval_steps() {
    let mut world = World::new();
    let start = world.at(0);
    let mut interval = probe(Interval::new(world.at(10), ms(5)).map(move |at| at - start));
    for at in [0, 9, 10, 14, 15, 20, 20] {
        world.go(at);
        see_next(&format!("{at}"), &mut interval);
    }
}

fn interval_missed() {
    let mut world = World::new();
    let start = world.at(0);
    let mut interval = probe(Interval::new(world.at(10), ms(5)).map(move |at| at - start));
    see_next("new", &mut interval);
    world.go(32);
    for _ in 0..6 {
        see_next("32", &mut interval);
    }
    world.go(36);
    see_next("36", &mut interval);
}

fn interval_zero() {
    println!("{}", panics(|| Interval::new(Instant::now(), Duration::ZERO)));
    println!("{}", panics(|| Interval::new_interval(Duration::ZERO)));
    println!("{}", panics(|| Interval::new(Instant::now(), Duration::MAX)));
    println!("{}", panics(|| timer::Handle::default().interval(Instant::now(), Duration::ZERO)));
}

fn interval_from_past() {
    let mut world = World::new();
    world.go(100);
    let start = world.at(0);
    let mut interval = probe(Interval::new(world.at(90), ms(4)).map(move |at| at - start));
    for _ in 0..5 {
        see_next("100", &mut interval);
    }
}

fn timeout_of_future() {
    let mut world = World::new();
    let mut late = probe(Timeout::new(future::empty::<u8, ()>(), ms(10)));
    see("late", &mut late);
    let mut soon = probe(Timeout::new(Delay::new(world.at(5)).map(|()| 3), ms(10)));
    see("soon", &mut soon);
    world.go(5);
    see("soon", &mut soon);
    world.go(10);
    see("late", &mut late);
    let mut both = probe(Timeout::new(Delay::new(world.at(20)).map(|()| 4), ms(10)));
    see("both", &mut both);
    world.go(20);
    see("both", &mut both);
}

fn timeout_of_stream() {
    let mut world = World::new();
    let (tx, rx) = futures::sync::mpsc::unbounded::<u8>();
    let mut stream = probe(Timeout::new(rx, ms(10)));
    see_next("new", &mut stream);
    world.go(8);
    tx.unbounded_send(1).unwrap();
    see_next("8", &mut stream);
    see_next("8", &mut stream);
    world.go(17);
    see_next("17", &mut stream);
    world.go(18);
    see_next("18", &mut stream);
    see_next("18", &mut stream);
    tx.unbounded_send(2).unwrap();
    see_next("18", &mut stream);
    world.go(40);
    see_next("40", &mut stream);
    drop(tx);
    see_next("end", &mut stream);
}

fn timeout_of_error() {
    let mut world = World::new();
    let mut timed = probe(Timeout::new(future::err::<(), _>("bad"), ms(10)));
    let error = timed.poll().unwrap_err();
    println!(
        "{error:?} | {error} | {} {} {}",
        error.is_inner(),
        error.is_elapsed(),
        error.is_timer()
    );
    println!("{:?}", error.into_inner());
    world.go(20);
    let mut stream = probe(Timeout::new(futures::stream::once::<(), _>(Err("bad")), ms(10)));
    see_next("first", &mut stream);
    see_next("second", &mut stream);
}

fn timeout_zero() {
    let mut world = World::new();
    let mut ready = probe(Timeout::new(future::ok::<_, ()>(1), Duration::ZERO));
    see("ready", &mut ready);
    let mut never = probe(Timeout::new(future::empty::<(), ()>(), Duration::ZERO));
    see("never", &mut never);
    world.turn();
    see("never", &mut never);
}

fn timeout_keeps_value() {
    let _world = World::new();
    let mut timed = Timeout::new(future::ok::<_, ()>(1), ms(1));
    println!("{:?}", timed.get_ref());
    println!("{:?}", timed.get_mut());
    println!("{:?}", timed.into_inner());
    let timed = Timeout::new(Loud("inside"), ms(1));
    println!("before");
    drop(timed);
}

fn timeout_words() {
    let elapsed = timeout::Error::<std::io::Error>::elapsed();
    println!("{elapsed:?} | {elapsed} | {}", elapsed.is_elapsed());
    println!("{:?}", elapsed.into_inner().is_none());
    let inner = timeout::Error::inner(std::io::Error::other("of the future"));
    println!("{inner} | {}", inner.is_inner());
    println!("{:?}", std::error::Error::source(&inner).is_some());
    let timer = timeout::Error::<std::io::Error>::timer(tokio_timer::Error::shutdown());
    println!("{timer:?} {}", timer.is_timer());
    println!("{:?}", timer.into_timer());
}

fn timeout_handle() {
    let mut world = World::new();
    let handle = world.timer.handle();
    let mut timed = probe(handle.timeout(future::empty::<(), ()>(), world.at(7)));
    see("new", &mut timed);
    world.go(7);
    see("7", &mut timed);
    let mut timed = probe(Timeout::new_at(future::empty::<(), ()>(), world.at(9)));
    see("new", &mut timed);
    world.go(9);
    see("9", &mut timed);
}

fn throttle_steps() {
    let mut world = World::new();
    let stream = futures::stream::iter_ok::<_, ()>(1..4);
    let mut slow = probe(Throttle::new(stream, ms(10)));
    for at in [0, 0, 9, 10, 10, 35, 35, 45, 60] {
        world.go(at);
        println!("{at}: notified {} {:?}", slow.notified(), slow.next().map_err(drop));
    }
}

fn throttle_words() {
    let stream = ThrottleError::from_stream_err(std::io::Error::other("of the stream"));
    println!("{stream} {} {}", stream.is_stream_error(), stream.is_timer_error());
    println!("{:?}", stream.get_timer_error().is_some());
    println!("{:?}", stream.into_stream_error().map(|error| error.to_string()));
    let timer = ThrottleError::<std::io::Error>::from_timer_err(tokio_timer::Error::shutdown());
    println!("{timer:?} {} {}", timer.is_stream_error(), timer.is_timer_error());
    println!("{:?} {:?}", timer.get_stream_error().is_some(), timer.into_timer_error());
    let mut unheard = Throttle::new(futures::stream::iter_ok::<_, ()>(1..4), ms(10));
    let _ = unheard.get_ref();
    println!("{:?}", unheard.get_mut().poll());
    println!("{:?}", unheard.into_inner().poll());
}

fn clock_defaults() {
    let world = World::new();
    println!("{}", clock::now() == world.at(0));
    println!("{}", Clock::new().now() == world.at(0));
    println!("{}", Clock::system().now() == world.at(0));
    println!("{}", Clock::default().now() == world.at(0));
    println!("{}", tokio::clock::now() == world.at(0));
    std::thread::spawn({
        let at = world.at(0);
        move || println!("{}", clock::now() == at)
    })
    .join()
    .unwrap();
    drop(world);
    println!("{}", Clock::new().now() <= Instant::now());
}

fn clock_nested_defaults() {
    let start = Instant::now();
    let fixed = |after: u64| {
        let at = start + ms(after);
        Clock::new_with_now(Hand { start: at, now: Arc::new(Mutex::new(at)) })
    };
    let mut entered = tokio_executor::enter().unwrap();
    clock::with_default(&fixed(1000), &mut entered, |entered| {
        println!("{:?}", clock::now() - start);
        println!(
            "{}",
            panics(|| {
                clock::with_default(&fixed(2000), entered, |_| {
                    println!("{:?}", clock::now() - start)
                })
            })
        );
        println!("{:?}", clock::now() - start);
    });
    println!("{}", clock::now() < start + ms(1000));
    println!(
        "{}",
        panics(|| { clock::with_default(&fixed(3000), &mut entered, |_| panic!("inside")) })
    );
    println!("{}", clock::now() < start + ms(1000));
}

fn timer_turns() {
    let mut timer = Timer::new(ParkThread::new());
    let handle = timer.handle();
    println!("{:?}", timer.turn(Some(Duration::ZERO)).is_ok());
    let mut delay = probe(handle.delay(Instant::now() + ms(5)));
    println!("{:?}", delay.poll());
    while delay.notified() == 0 {
        timer.turn(None).unwrap();
    }
    println!("{:?}", delay.poll());
    println!("{}", format!("{:?}", timer.get_park()).starts_with("ParkThread"));
    println!("{}", format!("{:?}", timer.get_park_mut()).starts_with("ParkThread"));
}

fn timer_default_nests() {
    let timer = Timer::new(ParkThread::new());
    let mut entered = tokio_executor::enter().unwrap();
    tokio_timer::with_default(&timer.handle(), &mut entered, |entered| {
        let mut delay = probe(Delay::new(Instant::now() + ms(1000)));
        println!("{:?}", delay.poll());
        println!(
            "{}",
            panics(|| {
                tokio_timer::with_default(&timer.handle(), entered, |_| println!("inside"))
            })
        );
        println!("{}", panics(|| timer::set_default(&timer.handle())));
        let mut own = probe(timer::Handle::current().delay(Instant::now() + ms(1000)));
        println!("{:?}", own.poll());
    });
    println!("{}", probe(Delay::new(Instant::now() + ms(1000))).poll().is_err());
}

fn timer_debug() {
    let world = World::new();
    println!("{}", format!("{:?}", world.timer.handle()).starts_with("Handle"));
    println!("{}", format!("{:?}", Delay::new(world.at(1))).starts_with("Delay"));
    println!("{}", format!("{:?}", DelayQueue::<u8>::new()).starts_with("DelayQueue"));
}

fn errors_of_timers() {
    for error in [tokio_timer::Error::shutdown(), tokio_timer::Error::at_capacity()] {
        println!(
            "{error:?} | {} | {} {}",
            words(&error),
            error.is_shutdown(),
            error.is_at_capacity()
        );
    }
}

fn extensions() {
    let mut world = World::new();
    let mut timed = probe(future::empty::<(), ()>().timeout(ms(4)));
    see("future", &mut timed);
    let mut stream = probe(futures::stream::empty::<(), ()>().timeout(ms(4)));
    see_next("stream", &mut stream);
    let mut slow = probe(futures::stream::iter_ok::<_, ()>([1, 2]).throttle(ms(3)));
    println!("{:?}", slow.next().map_err(drop));
    let mut numbered = probe(futures::stream::iter_ok::<_, ()>(["a", "b"]).enumerate());
    see_next("numbered", &mut numbered);
    see_next("numbered", &mut numbered);
    world.go(4);
    see("future", &mut timed);
    println!("{:?}", slow.next().map_err(drop));
}

fn sleep_function() {
    let mut world = World::new();
    let mut sleep = probe(tokio_timer::sleep(ms(3)));
    see("new", &mut sleep);
    world.go(3);
    see("3", &mut sleep);
}

fn clock_goes_back() {
    let mut world = World::new();
    world.go(50);
    let mut delay = probe(Delay::new(world.at(60)));
    see("50", &mut delay);
    world.go(10);
    see("back at 10", &mut delay);
    let mut early = probe(Delay::new(world.at(20)));
    see("for 20, at 10, after 50", &mut early);
    world.go(60);
    see("60", &mut delay);
}

fn interval_in_runtime() {
    let counted = |runtime: &mut tokio::runtime::current_thread::Runtime| {
        runtime.block_on(lazy(|| Interval::new_interval(ms(1)).take(5).collect()))
    };
    println!("{:?}", counted(&mut one()).map(|all| all.windows(2).all(|two| two[0] < two[1])).ok());
    let answer = pool().block_on(lazy(|| Interval::new(Instant::now(), ms(1)).take(5).collect()));
    println!("{:?}", answer.map(|all| all.len()).ok());
}

fn timeout_in_runtime_drops() {
    let value = Loud("the future");
    let never = poll_fn(move || {
        let _ = &value;
        Ok::<Async<()>, ()>(Async::NotReady)
    });
    let answer = one().block_on(lazy(|| Timeout::new(never, ms(2))).then(|answer| {
        println!("timed out {}", answer.is_err());
        Ok::<_, ()>(())
    }));
    println!("{answer:?}");
}
