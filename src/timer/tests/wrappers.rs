//! What timeouts, intervals, throttles and handles promise.

use super::*;

/// Whatever is inside may spend the whole budget of the task at every poll.
#[test]
fn fault_m07_a_timeout_around_an_always_ready_future_fires() {
    let time = Time::new();
    let timers = Timers::new(1, time.clock(), Arc::new(time.clone()));
    let (polled, polls) = std::sync::mpsc::channel();
    let (end, ended) = std::sync::mpsc::channel();
    let busy = future::poll_fn(move || {
        while coop::proceed(&Context::current()) {}
        polled.send(()).map(|()| Async::<()>::NotReady)
    });
    let pool = tokio_threadpool::ThreadPool::new();
    let timeout = timers.handle(0).timeout(busy, time.at(ms(5)));
    pool.spawn(timeout.then(move |result| end.send(result).map_err(drop)));
    polls.recv().unwrap();
    time.advance(ms(5));
    timers.process(time.now());
    assert!(ended.recv().unwrap().unwrap_err().is_elapsed());
    pool.shutdown_now().wait().unwrap();
}

#[test]
fn fault_m08_a_stream_timeout_is_armed_again_after_it_elapsed() {
    with_timer(|timer, time| {
        let (tx, rx) = mpsc::unbounded::<u32>();
        let mut by_duration = Timeout::new(rx, ms(100));
        for round in 1..=3 {
            in_task(|| assert!(!by_duration.poll().unwrap().is_ready()));
            advance_to(timer, ms(100 * round));
            in_task(|| assert!(by_duration.poll().unwrap_err().is_elapsed()));
        }
        advance_to(timer, ms(390));
        tx.unbounded_send(7).unwrap();
        in_task(|| assert_eq!(by_duration.poll().unwrap(), Async::Ready(Some(7))));
        // An item gives the whole time again.
        advance_to(timer, ms(489));
        in_task(|| assert!(!by_duration.poll().unwrap().is_ready()));
        advance_to(timer, ms(490));
        in_task(|| assert!(by_duration.poll().unwrap_err().is_elapsed()));
        // Made with a deadline, it used to elapse for ever after.
        let (_tx, rx) = mpsc::unbounded::<u32>();
        let mut by_deadline = timer.handle().timeout(rx, time.at(ms(500)));
        advance_to(timer, ms(500));
        in_task(|| {
            assert!(by_deadline.poll().unwrap_err().is_elapsed());
            assert!(!by_deadline.poll().unwrap().is_ready());
        });
    });
}

fn ticks_after_a_stall(missed: MissedTickBehavior) -> Vec<u128> {
    with_timer(|timer, time| {
        let task = Task::new();
        let mut interval = Interval::new(time.at(ms(100)), ms(100));
        interval.set_missed_tick_behavior(missed);
        assert_eq!(interval.missed_tick_behavior(), missed);
        let mut ticks = Vec::new();
        let mut look = |interval: &mut Interval| {
            while let Poll::Ready(at) = ask(&task, |cx| interval.poll_tick(cx)) {
                ticks.push((at.unwrap() - time.at(ms(0))).as_millis());
            }
        };
        for at in [100, 200, 450, 500, 550, 600, 650] {
            advance_to(timer, ms(at));
            look(&mut interval);
        }
        ticks
    })
}

#[test]
fn fault_m09_the_user_chooses_what_becomes_of_missed_ticks() {
    assert_eq!(ticks_after_a_stall(MissedTickBehavior::Burst), [100, 200, 300, 400, 500, 600]);
    assert_eq!(ticks_after_a_stall(MissedTickBehavior::Delay), [100, 200, 300, 550, 650]);
    assert_eq!(ticks_after_a_stall(MissedTickBehavior::Skip), [100, 200, 300, 500, 600]);
}

#[test]
fn an_interval_is_a_stream_and_can_be_awaited() {
    with_timer(|timer, time| {
        let mut interval = Interval::new(time.now(), ms(10));
        in_task(|| {
            assert_eq!(interval.poll().unwrap(), Async::Ready(Some(time.now())));
            assert_eq!(interval.poll().unwrap(), Async::NotReady);
        });
        let task = Task::new();
        {
            let mut tick = Box::pin(interval.tick());
            assert!(poll(&task, &mut tick).is_pending());
        }
        advance_to(timer, ms(10));
        let mut tick = Box::pin(interval.tick());
        match poll(&task, &mut tick) {
            Poll::Ready(Ok(at)) => assert_eq!(at, time.at(ms(10))),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
#[should_panic(expected = "must not be zero")]
fn an_interval_of_zero_is_refused() {
    let _ = Interval::new(clock::now(), ms(0));
}

#[test]
fn fault_m10_a_paused_clock_is_moved_to_each_deadline_exactly() {
    with_timer(|timer, time| {
        let task = Task::new();
        // With one wheel level each, so that no cascade is slept for in between.
        for (i, at) in [5, 9, 64, 4096].into_iter().enumerate() {
            let mut delay = Delay::new(time.at(ms(at)));
            assert!(poll(&task, &mut delay).is_pending());
            // Work is ready: the clock stands.
            let before = time.since_start();
            timer.turn(Some(ms(0))).unwrap();
            assert_eq!(time.since_start(), before, "round {i}");
            timer.turn(None).unwrap();
            assert_eq!(time.since_start(), ms(at));
            assert!(is_elapsed(poll_delay(&task, &mut delay)));
        }
    });
}

#[test]
fn fault_m11_when_the_timer_goes_sleepers_get_an_error() {
    let time = Time::new();
    let timer = Timer::new_with_now(time.clone(), time.clock());
    let handle = timer.handle();
    let task = Task::new();
    let mut waiting = handle.delay(time.at(ms(10)));
    let mut far = handle.delay(time.at(Duration::from_secs(1 << 40)));
    let mut done = handle.delay(time.now());
    let mut queue = DelayQueue::with_capacity_and_handle(1, &handle);
    queue.insert((), ms(50));
    assert!(poll(&task, &mut waiting).is_pending());
    assert!(poll(&task, &mut far).is_pending());
    assert!(ask(&task, |cx| queue.poll_expired(cx)).is_pending());
    drop(timer);
    assert_eq!(task.wakes(), 3);
    for delay in [&mut waiting, &mut far] {
        match poll_delay(&task, delay) {
            Poll::Ready(Err(e)) => assert!(e.is_shutdown()),
            other => panic!("{other:?}"),
        }
        delay.reset(time.at(ms(20)));
        assert!(poll_delay(&task, delay).is_ready());
    }
    assert!(matches!(
        ask(&task, |cx| queue.poll_expired(cx)),
        Poll::Ready(Some(Err(e))) if e.is_shutdown()
    ));
    // What was done stays done, until it is to wait again.
    assert!(is_elapsed(poll_delay(&task, &mut done)));
    done.reset(time.at(ms(5)));
    assert!(matches!(poll_delay(&task, &mut done), Poll::Ready(Err(_))));
    let mut after = handle.delay(time.at(ms(10)));
    assert!(matches!(poll_delay(&task, &mut after), Poll::Ready(Err(_))));
}

#[test]
fn a_std_future_and_a_pinned_one_can_be_timed() {
    with_timer(|timer, _time| {
        let task = Task::new();
        let mut ready = Timeout::new(std::future::ready(5), ms(10));
        assert!(matches!(poll(&task, &mut ready), Poll::Ready(Ok(5))));
        let mut never =
            Box::pin(Timeout::new(async { std::future::pending::<()>().await }, ms(10)));
        assert!(poll(&task, &mut never).is_pending());
        advance_to(timer, ms(10));
        match poll(&task, &mut never) {
            Poll::Ready(Err(e)) => assert!(e.is_elapsed()),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn a_throttled_stream_keeps_its_distance() {
    with_timer(|timer, _time| {
        let mut slow = Throttle::new(futures::stream::iter_ok::<_, ()>(0..3), ms(10));
        for round in 0..3 {
            in_task(|| {
                assert_eq!(slow.poll().unwrap(), Async::Ready(Some(round)));
                assert_eq!(slow.poll().unwrap(), Async::NotReady);
            });
            advance_to(timer, ms(10 * (u64::from(round as u32) + 1)));
        }
        in_task(|| assert_eq!(slow.poll().unwrap(), Async::Ready(None)));
    });
}

#[test]
#[allow(deprecated)]
fn the_old_name_of_timeout_still_serves() {
    with_timer(|timer, time| {
        let mut deadline = super::super::Deadline::new(future::empty::<(), ()>(), time.at(ms(5)));
        in_task(|| assert!(!deadline.poll().unwrap().is_ready()));
        advance_to(timer, ms(5));
        in_task(|| assert!(deadline.poll().unwrap_err().is_elapsed()));
        let mut failing = timer.handle().deadline(future::err::<(), _>(3), time.at(ms(50)));
        in_task(|| assert_eq!(failing.poll().unwrap_err().into_inner(), Some(3)));
    });
}

#[test]
#[should_panic(expected = "timer already set")]
fn a_second_default_timer_is_refused() {
    with_timer(|timer, _time| driver::set_default(&timer.handle()));
}

#[test]
#[should_panic(expected = "does not refer to a timer")]
fn a_handle_to_no_timer_in_particular_cannot_be_the_default() {
    let _guard = driver::set_default(&Handle::default());
}
