//! What a delay, and everything made of one, promises.

mod wrappers;

use super::driver::{self, Handle, Timer};
use super::testing::{ask, ms, poll, poll_delay, with_timer, Task, Time};
use super::throttle::Throttle;
use super::{sleep, Delay, DelayQueue, Interval, MissedTickBehavior, Timeout, Timers};
use crate::clock;
use futures::sync::mpsc;
use futures::{future, Async, Future, Stream};
use proptest::prelude::*;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Wake, Waker};
use std::time::{Duration, Instant};
use tokio_executor::coop;
use tokio_executor::task::Context;

fn is_elapsed(polled: Poll<Result<(), super::Error>>) -> bool {
    match polled {
        Poll::Ready(Ok(())) => true,
        Poll::Ready(Err(e)) => panic!("the timer failed: {e}"),
        Poll::Pending => false,
    }
}

/// Runs `f` in a futures 0.1 task.
fn in_task<R>(f: impl FnOnce() -> R) -> R {
    future::lazy(|| Ok::<_, ()>(f())).wait().unwrap()
}

/// Drives `timer` until the clock stands at `until`.
fn advance_to(timer: &mut Timer<Time>, until: Duration) {
    loop {
        let now = timer.get_park().since_start();
        if now >= until {
            return;
        }
        timer.turn(Some(until - now)).unwrap();
    }
}

#[test]
fn a_delay_wakes_its_task_and_completes_in_both_worlds() {
    with_timer(|timer, time| {
        let task = Task::new();
        let mut std_style = Delay::new(time.at(ms(10)));
        let mut old_style = Delay::new(time.at(ms(10)));
        assert!(poll(&task, &mut std_style).is_pending());
        in_task(|| assert!(!Future::poll(&mut old_style).unwrap().is_ready()));
        advance_to(timer, ms(9));
        assert_eq!(task.wakes(), 0);
        advance_to(timer, ms(10));
        assert_eq!(task.wakes(), 1);
        assert!(poll(&task, &mut std_style).is_ready());
        in_task(|| assert!(Future::poll(&mut old_style).unwrap().is_ready()));
    });
}

#[test]
fn a_deadline_that_the_timer_has_seen_pass_is_ready_at_the_first_poll() {
    with_timer(|timer, time| {
        advance_to(timer, ms(700));
        let mut delay = Delay::new(time.at(ms(699)));
        assert!(!delay.is_elapsed());
        assert!(is_elapsed(poll_delay(&Task::new(), &mut delay)));
        assert!(delay.is_elapsed());
    });
}

/// A timer made with a clock of its own used to answer at the first poll, so that a task
/// went on before those that had been spawned earlier.
#[test]
#[allow(deprecated, reason = "`driver::Now` is how upstream spells a clock for one timer")]
fn a_deadline_that_has_just_passed_waits_for_the_next_turn_whatever_the_clock() {
    fn check<N: driver::Now>(mut timer: Timer<Time, N>, time: &Time) {
        for past in [Duration::from_micros(1), ms(5)] {
            let task = Task::new();
            let mut delay = timer.handle().delay(time.now() + Duration::from_micros(1));
            time.advance(past);
            assert!(poll_delay(&task, &mut delay).is_pending(), "after {past:?}");
            time.advance(ms(1));
            // The second poll of a task that polls twice is no turn either.
            assert!(poll_delay(&task, &mut delay).is_pending(), "after {past:?}");
            timer.turn(Some(ms(0))).unwrap();
            assert_eq!(task.wakes(), 1);
            assert!(is_elapsed(poll_delay(&task, &mut delay)));
        }
    }

    struct Alone(Time);

    impl driver::Now for Alone {
        fn now(&mut self) -> Instant {
            self.0.now()
        }
    }

    let time = Time::new();
    check(Timer::new_with_now(time.clone(), time.clock()), &time);
    check(Timer::new_with_now(time.clone(), Alone(time.clone())), &time);
    let time = Time::new();
    let _clock = clock::set_default(&time.clock());
    check(Timer::new(time.clone()), &time);
}

#[test]
fn a_dropped_delay_wakes_nobody_and_is_not_slept_for() {
    with_timer(|timer, time| {
        let task = Task::new();
        let mut delay = Delay::new(time.at(ms(10)));
        assert!(poll(&task, &mut delay).is_pending());
        drop(delay);
        timer.turn(Some(ms(100))).unwrap();
        assert_eq!((time.since_start(), task.wakes()), (ms(100), 0));
    });
}

#[test]
fn tasks_are_woken_in_the_order_of_their_deadlines() {
    struct Log(u64, Arc<Mutex<Vec<u64>>>);

    impl Wake for Log {
        fn wake(self: Arc<Self>) {
            self.1.lock().unwrap().push(self.0);
        }
    }

    let time = Time::new();
    let timers = Timers::new(3, time.clock(), Arc::new(time.clone()));
    let log = Arc::new(Mutex::new(Vec::new()));
    let mut delays = Vec::new();
    for (i, at) in [900, 5, 70, 64, 4097, 6, 63].into_iter().enumerate() {
        let mut delay = timers.handle(i % 3).delay(time.at(ms(at)));
        let waker = Waker::from(Arc::new(Log(at, log.clone())));
        assert!(delay.poll_elapsed(&Context::from_waker(&waker)).is_pending());
        delays.push(delay);
    }
    assert_eq!(timers.process(time.at(ms(5000))), 7);
    assert_eq!(*log.lock().unwrap(), [5, 6, 63, 64, 70, 900, 4097]);
}

#[test]
fn a_delay_that_is_put_off_is_slept_for_once() {
    with_timer(|timer, time| {
        let task = Task::new();
        let mut delay = Delay::new(time.at(ms(10)));
        for later in 11..=40 {
            assert!(poll(&task, &mut delay).is_pending());
            delay.reset(time.at(ms(later)));
        }
        timer.turn(None).unwrap();
        assert_eq!((time.since_start(), task.wakes()), (ms(40), 1));
        assert!(is_elapsed(poll_delay(&task, &mut delay)));
    });
}

#[test]
fn a_reset_into_the_past_wakes_the_task_that_waits() {
    with_timer(|timer, time| {
        let task = Task::new();
        let mut delay = Delay::new(time.at(ms(500)));
        assert!(poll(&task, &mut delay).is_pending());
        advance_to(timer, ms(100));
        delay.reset(time.at(ms(50)));
        assert_eq!(task.wakes(), 1);
        assert!(is_elapsed(poll_delay(&task, &mut delay)));
    });
}

#[test]
fn another_task_may_take_a_delay_over() {
    with_timer(|timer, time| {
        let (first, second) = (Task::new(), Task::new());
        let mut delay = Delay::new(time.at(ms(20)));
        for task in [&first, &first, &first, &second] {
            assert!(poll(task, &mut delay).is_pending());
        }
        advance_to(timer, ms(20));
        assert_eq!((first.wakes(), second.wakes()), (0, 1));
        // The next wait begins without a waiter.
        delay.reset(time.at(ms(30)));
        for _ in 0..3 {
            assert!(poll(&first, &mut delay).is_pending());
        }
        advance_to(timer, ms(30));
        assert_eq!((first.wakes(), second.wakes()), (1, 0));
    });
}

#[test]
fn a_handle_binds_at_once_and_a_default_one_at_the_first_poll() {
    let time = Time::new();
    let mut timer = Timer::new_with_now(time.clone(), time.clock());
    let mut early = timer.handle().delay(time.at(ms(5)));
    let mut late = Handle::default().delay(time.at(ms(5)));
    let task = Task::new();
    let _default = driver::set_default(&timer.handle());
    timer.turn(Some(ms(5))).unwrap();
    assert!(early.is_elapsed() && !late.is_elapsed());
    assert!(is_elapsed(poll_delay(&task, &mut early)));
    assert!(is_elapsed(poll_delay(&task, &mut late)));
}

#[test]
#[should_panic(expected = "timer")]
fn without_a_timer_an_awaited_delay_panics() {
    let _ = poll(&Task::new(), &mut sleep(ms(1)));
}

#[test]
fn without_a_timer_a_delay_fails() {
    let mut delay = sleep(ms(1));
    match poll_delay(&Task::new(), &mut delay) {
        Poll::Ready(Err(e)) => assert!(e.is_shutdown() && !e.is_at_capacity()),
        other => panic!("{other:?}"),
    }
    assert!(delay.is_elapsed());
    assert!(Handle::current().delay(clock::now()).is_elapsed());
}

#[test]
fn a_delay_that_stays_ready_gives_way() {
    let time = Time::new();
    let timers = Timers::new(1, time.clock(), Arc::new(time.clone()));
    let mut delay = timers.handle(0).delay(time.now());
    let (tx, rx) = std::sync::mpsc::channel();
    let pool = tokio_threadpool::ThreadPool::new();
    pool.spawn(future::poll_fn(move || {
        let polls = (1..10_000).find(|_| !Future::poll(&mut delay).unwrap().is_ready());
        tx.send(polls).map(Async::Ready).map_err(drop)
    }));
    assert!(rx.recv().unwrap().is_some(), "the budget never ends");
    pool.shutdown_now().wait().unwrap();
}

/// The owner frees entries that the driver has just fired, or is about to. Says most
/// under Miri or a sanitizer; the models in `models` cover the order of events.
#[test]
fn fault_m01_entries_dropped_while_they_fire_are_left_alone() {
    const ROUNDS: u64 = if cfg!(miri) { 20 } else { 2000 };
    let time = Time::new();
    let timers = Arc::new(Timers::new(1, time.clock(), Arc::new(time.clone())));
    let start = Arc::new(std::sync::Barrier::new(2));
    let driver = {
        let (timers, time, start) = (timers.clone(), time.clone(), start.clone());
        std::thread::spawn(move || {
            for round in 1..=ROUNDS {
                start.wait();
                timers.process(time.at(ms(round * 10)));
                start.wait();
            }
        })
    };
    let task = Task::new();
    for round in 1..=ROUNDS {
        let handle = timers.handle(0);
        let due = time.at(ms(round * 10));
        let mut delays: Vec<_> = (0..4).map(|_| handle.delay(due)).collect();
        for delay in &mut delays {
            assert!(poll(&task, delay).is_pending());
        }
        task.wakes();
        start.wait();
        let mut reset = delays.pop().unwrap();
        drop(delays);
        reset.reset(due + ms(1));
        drop(reset);
        start.wait();
        assert!(task.wakes() <= 4);
    }
    driver.join().unwrap();
}

/// A waker may set timers, and reset or drop others, while it is being woken.
#[test]
fn fault_m02_a_timer_set_by_a_waker_fires() {
    struct Sets(Mutex<Option<(Delay, Delay)>>, Arc<Task>);

    impl Wake for Sets {
        fn wake(self: Arc<Self>) {
            let Some((mut set, other)) = self.0.lock().unwrap().take() else {
                return;
            };
            assert!(poll(&self.1, &mut set).is_pending());
            drop(other);
            // Keeps it alive, with another in the place of the one that was dropped.
            *self.0.lock().unwrap() = Some((set, sleep(ms(1))));
        }
    }

    with_timer(|timer, time| {
        let inner = Task::new();
        let other = Delay::new(time.at(ms(400)));
        let sets =
            Arc::new(Sets(Mutex::new(Some((Delay::new(time.at(ms(11))), other))), inner.clone()));
        let mut delay = Delay::new(time.at(ms(10)));
        let waker = Waker::from(sets);
        assert!(delay.poll_elapsed(&Context::from_waker(&waker)).is_pending());
        advance_to(timer, ms(10));
        assert_eq!(inner.wakes(), 0);
        advance_to(timer, ms(11));
        assert_eq!(inner.wakes(), 1);
    });
}

#[test]
fn fault_m02_a_waker_that_panics_keeps_no_other_from_being_woken() {
    struct Panics;

    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("a waker of a user's");
        }
    }

    with_timer(|timer, time| {
        let task = Task::new();
        let mut first = Delay::new(time.at(ms(5)));
        let mut second = Delay::new(time.at(ms(6)));
        let waker = Waker::from(Arc::new(Panics));
        assert!(first.poll_elapsed(&Context::from_waker(&waker)).is_pending());
        assert!(poll(&task, &mut second).is_pending());
        timer.turn(Some(ms(0))).unwrap();
        time.advance(ms(10));
        timer.turn(Some(ms(0))).unwrap();
        assert_eq!(task.wakes(), 1);
    });
}

#[test]
fn fault_m03_an_earlier_deadline_unparks_the_sleeping_driver_once() {
    let time = Time::new();
    let timers = Timers::new(2, time.clock(), Arc::new(time.clone()));
    let mut far = timers.handle(0).delay(time.at(ms(60)));
    let sleep = timers.prepare_sleep();
    assert_eq!(sleep.due(), Some(time.at(ms(60))));
    assert_eq!(time.unparked(), 0);
    // Not earlier than what it sleeps for: it need not know.
    let _farther = timers.handle(1).delay(time.at(ms(61)));
    far.reset(time.at(ms(63)));
    assert_eq!(time.unparked(), 0);
    let _near = timers.handle(1).delay(time.at(ms(40)));
    let _nearer = timers.handle(1).delay(time.at(ms(30)));
    assert_eq!(time.unparked(), 1);
    drop(sleep);
    // Awake, it looks before it sleeps again.
    let _nearest = timers.handle(0).delay(time.at(ms(20)));
    assert_eq!(time.unparked(), 0);
    let sleep = timers.prepare_sleep();
    assert_eq!(sleep.due(), Some(time.at(ms(20))));
    far.reset(time.at(ms(10)));
    assert_eq!(time.unparked(), 1);
    assert_eq!(timers.next_due(), Some(time.at(ms(10))));
}

#[test]
fn fault_m04_a_delay_of_five_years_completes_on_time() {
    const YEAR: u64 = 365 * 24 * 60 * 60 * 1000;
    with_timer(|timer, time| {
        let task = Task::new();
        let mut delay = Delay::new(time.at(ms(5 * YEAR + 7)));
        let mut sooner = Delay::new(time.at(ms(3 * YEAR)));
        assert!(poll(&task, &mut delay).is_pending());
        assert!(poll(&task, &mut sooner).is_pending());
        advance_to(timer, ms(3 * YEAR));
        assert_eq!(task.wakes(), 1);
        advance_to(timer, ms(5 * YEAR + 6));
        assert_eq!(task.wakes(), 0);
        assert!(poll(&task, &mut delay).is_pending());
        advance_to(timer, ms(5 * YEAR + 7));
        assert_eq!(task.wakes(), 1);
        assert!(is_elapsed(poll_delay(&task, &mut delay)));
    });
}

#[test]
fn fault_m04_the_longest_duration_is_far_away_everywhere() {
    with_timer(|timer, _time| {
        let task = Task::new();
        let mut delay = sleep(Duration::MAX);
        assert!(poll(&task, &mut delay).is_pending());
        delay.reset(delay.deadline());
        let mut timeout = Timeout::new(std::future::pending::<()>(), Duration::MAX);
        assert!(poll(&task, &mut timeout).is_pending());
        let mut interval = Interval::new_interval(Duration::MAX);
        assert!(ask(&task, |cx| interval.poll_tick(cx)).is_pending());
        let mut queue = DelayQueue::new();
        let key = queue.insert("far", Duration::MAX);
        queue.reset(&key, Duration::MAX);
        assert!(ask(&task, |cx| queue.poll_expired(cx)).is_pending());
        let mut throttle = Throttle::new(futures::stream::iter_ok::<_, ()>(0..2), Duration::MAX);
        in_task(|| {
            assert_eq!(throttle.poll().unwrap(), Async::Ready(Some(0)));
            assert_eq!(throttle.poll().unwrap(), Async::NotReady);
        });
        timer.turn(Some(ms(1000))).unwrap();
        assert_eq!(task.wakes(), 0);
    });
}

#[test]
fn fault_m05_a_clock_that_steps_back_fires_nothing_early() {
    with_timer(|timer, time| {
        let task = Task::new();
        let mut first = Delay::new(time.at(ms(200)));
        assert!(poll(&task, &mut first).is_pending());
        time.set(ms(150));
        timer.turn(Some(ms(0))).unwrap();
        time.set(ms(50));
        timer.turn(Some(ms(0))).unwrap();
        // Before where the wheel has been, and still to come.
        let mut second = Delay::new(time.at(ms(100)));
        assert!(poll(&task, &mut second).is_pending());
        time.set(ms(99));
        timer.turn(Some(ms(0))).unwrap();
        assert!(poll(&task, &mut second).is_pending());
        assert_eq!(task.wakes(), 0);
        // Late by the step: the wheel does not turn back.
        advance_to(timer, ms(151));
        assert!(is_elapsed(poll_delay(&task, &mut second)));
        advance_to(timer, ms(199));
        assert!(poll(&task, &mut first).is_pending());
        advance_to(timer, ms(200));
        assert!(is_elapsed(poll_delay(&task, &mut first)));
    });
}

#[test]
fn fault_m05_a_clock_before_the_timers_start_is_no_overflow() {
    with_timer(|timer, time| {
        time.advance(ms(1000));
        let mut timer2 = Timer::new_with_now(time.clone(), time.clock());
        time.set(ms(0));
        let mut delay = timer2.handle().delay(time.at(ms(1010)));
        timer2.turn(Some(ms(0))).unwrap();
        assert!(poll(&Task::new(), &mut delay).is_pending());
        timer.turn(Some(ms(0))).unwrap();
    });
}

/// What a program does with a delay of many.
#[derive(Clone, Debug)]
enum Act {
    Set { ns: u64 },
    Reset { which: usize, ns: u64 },
    Drop { which: usize },
    Turn { us: u64 },
}

fn act() -> impl Strategy<Value = Act> {
    let ns = prop_oneof![0..2_000_000_u64, 0..200_000_000_u64, 0..20_000_000_000_u64];
    let us = prop_oneof![0..3_000_u64, 0..300_000_u64];
    prop_oneof![
        4 => ns.clone().prop_map(|ns| Act::Set { ns }),
        3 => (any::<usize>(), ns).prop_map(|(which, ns)| Act::Reset { which, ns }),
        1 => any::<usize>().prop_map(|which| Act::Drop { which }),
        4 => us.prop_map(|us| Act::Turn { us }),
    ]
}

proptest! {
    /// After every turn, exactly those have fired whose deadline, rounded up, has come;
    /// and the sleep never goes past the next one.
    #[test]
    fn fault_m06_no_deadline_fires_early_or_late(acts in prop::collection::vec(act(), 1..80)) {
        let time = Time::new();
        let timers = Timers::new(3, time.clock(), Arc::new(time.clone()));
        let task = Task::new();
        let mut delays = Vec::new();
        let mut set = 0;
        for act in acts {
            match act {
                Act::Set { ns } => {
                    let at = time.now() + Duration::from_nanos(ns);
                    set += 1;
                    delays.push(timers.handle(set % 3).delay(at));
                }
                Act::Reset { which, ns } if !delays.is_empty() => {
                    let which = which % delays.len();
                    delays[which].reset(time.now() + Duration::from_nanos(ns));
                }
                Act::Drop { which } if !delays.is_empty() => {
                    delays.swap_remove(which % delays.len());
                }
                Act::Turn { us } => {
                    let due = timers.prepare_sleep().due();
                    let first = delays.iter().filter(|d| !d.is_elapsed()).map(Delay::deadline).min();
                    if let Some(first) = first {
                        let due = due.expect("something to sleep for");
                        prop_assert!(due <= first + ms(1));
                    }
                    time.advance(Duration::from_micros(us));
                    timers.process(time.now());
                    let passed = time.since_start().as_millis() as u64;
                    for delay in &mut delays {
                        let since = delay.deadline() - time.at(ms(0));
                        let tick = since.as_nanos().div_ceil(1_000_000) as u64;
                        let expected = tick <= passed;
                        let seen = is_elapsed(poll_delay(&task, delay));
                        prop_assert!(!seen || delay.deadline() <= time.now(), "early");
                        prop_assert!(seen || !expected, "late: tick {tick} at {passed}");
                    }
                }
                _ => {}
            }
        }
    }
}

#[test]
fn fault_m06_a_fraction_of_a_millisecond_is_rounded_up() {
    with_timer(|timer, time| {
        let deadline = time.at(Duration::new(0, 1_000_001));
        let mut delay = Delay::new(deadline);
        assert!(poll(&Task::new(), &mut delay).is_pending());
        timer.turn(None).unwrap();
        assert!(time.now() >= deadline);
        assert!(is_elapsed(poll_delay(&Task::new(), &mut delay)));
        assert_eq!(time.since_start(), ms(2));
    });
}
