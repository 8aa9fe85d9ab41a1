//! Primitives of futures 0.1 over the executors: sets, selects, shared futures, tasks.

use crate::{one, panics, pool, probe, yielding, Count, Loud, Program};
use futures::future::{self, lazy, poll_fn, Either, Loop};
use futures::stream::{self, FuturesOrdered, FuturesUnordered};
use futures::sync::{mpsc, oneshot, BiLock};
use futures::task::AtomicTask;
use futures::{Async, Future, IntoFuture, Sink, Stream};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_current_thread::{block_on_all, CurrentThread};
use tokio_timer::Delay;

pub const PROGRAMS: &[Program] = &[
    ("shared_in_tasks", shared_in_tasks),
    ("shared_last_dropped", shared_last_dropped),
    ("unordered_in_task", unordered_in_task),
    ("unordered_of_delays", unordered_of_delays),
    ("ordered_in_task", ordered_in_task),
    ("unordered_dropped_after_runtime", unordered_dropped_after_runtime),
    ("select_all_in_task", select_all_in_task),
    ("select_ok_and_loops", select_ok_and_loops),
    ("bilock_in_tasks", bilock_in_tasks),
    ("atomic_task_across", atomic_task_across),
    ("atomic_task_replaced", atomic_task_replaced),
    ("wait_outside", wait_outside),
    ("wait_inside_one", wait_inside_one),
    ("spawn_with_notify", spawn_with_notify),
    ("notify_in_task_of_ours", notify_in_task_of_ours),
    ("with_unpark_event", with_unpark_event),
    ("task_local_data", task_local_data),
    ("buffered_streams", buffered_streams),
    ("futures_channels", futures_channels),
    ("spawn_onto_executors", spawn_onto_executors),
    ("channel_spawn", channel_spawn),
    ("join_all_and_catch", join_all_and_catch),
    ("drop_order_of_combinators", drop_order_of_combinators),
    ("polls_of_a_task", polls_of_a_task),
    ("polls_of_select", polls_of_select),
    ("ids_of_notify", ids_of_notify),
    ("forward_between_tasks", forward_between_tasks),
    ("split_sink_stream", split_sink_stream),
];

fn shared_in_tasks() {
    let polls = Rc::new(RefCell::new(0));
    let count = polls.clone();
    let mut executor = CurrentThread::new();
    let shared = poll_fn(move || {
        *count.borrow_mut() += 1;
        if *count.borrow() == 1 {
            futures::task::current().notify();
            return Ok::<_, ()>(Async::NotReady);
        }
        Ok(Async::Ready(7))
    })
    .shared();
    for name in ["a", "b", "c"] {
        executor.spawn(shared.clone().then(move |value| {
            println!("{name} {:?}", value.map(|value| *value).ok());
            Ok(())
        }));
    }
    println!("{:?} {}", executor.run(), polls.borrow());
}

fn shared_last_dropped() {
    let value = Loud("the value");
    let shared = future::ok::<_, ()>(value).shared();
    let other = shared.clone();
    println!("{}", shared.wait().is_ok());
    println!("one left");
    println!("{}", other.peek().is_some());
    drop(other);
    println!("end");
}

fn unordered_in_task() {
    let set: FuturesUnordered<_> = (0..5u32)
        .map(|number| {
            let mut left = number;
            poll_fn(move || {
                if left == 0 {
                    return Ok::<_, ()>(Async::Ready(number));
                }
                left -= 1;
                futures::task::current().notify();
                Ok(Async::NotReady)
            })
        })
        .collect();
    let mut all = block_on_all(set.collect()).unwrap();
    all.sort_unstable();
    println!("{all:?}");
}

fn unordered_of_delays() {
    let start = Instant::now() + Duration::from_millis(5);
    let answer = one().block_on(lazy(|| {
        let set: FuturesUnordered<_> = [9u64, 3, 6]
            .into_iter()
            .map(move |after| {
                Delay::new(start + Duration::from_millis(after * 3)).map(move |()| after)
            })
            .collect();
        set.collect()
    }));
    println!("{:?}", answer.map_err(drop));
}

fn ordered_in_task() {
    let mut set = FuturesOrdered::new();
    for (number, yields) in [(1, 3), (2, 0), (3, 1)] {
        let mut left = yields;
        set.push(poll_fn(move || {
            if left == 0 {
                println!("ready {number}");
                return Ok::<_, ()>(Async::Ready(number));
            }
            left -= 1;
            futures::task::current().notify();
            Ok(Async::NotReady)
        }));
    }
    println!("{:?}", block_on_all(set.collect()));
}

fn unordered_dropped_after_runtime() {
    let mut runtime = one();
    let set = runtime.block_on(lazy(|| {
        let mut set = FuturesUnordered::new();
        set.push(Delay::new(Instant::now() + Duration::from_secs(100)));
        let _ = set.poll();
        Ok::<_, ()>(set)
    }));
    drop(runtime);
    println!("{}", set.unwrap().len());
}

fn select_all_in_task() {
    let (tx, rx) = oneshot::channel::<u8>();
    let (_keep, never) = oneshot::channel::<u8>();
    let answer = block_on_all(lazy(|| {
        tokio_current_thread::spawn(yielding().map(move |()| tx.send(4).unwrap()));
        future::select_all([never, rx])
    }));
    println!("{:?}", answer.map(|(value, index, rest)| (value, index, rest.len())).map_err(drop));
}

fn select_ok_and_loops() {
    let answer = block_on_all(future::select_ok([future::err(1), future::ok(2), future::err(3)]));
    println!("{:?}", answer.map(|(value, rest)| (value, rest.len())));
    let looped = future::loop_fn(0, |count| {
        yielding()
            .map(move |()| if count == 3 { Loop::Break(count) } else { Loop::Continue(count + 1) })
    });
    println!("{:?}", block_on_all(looped));
    let either = future::ok::<_, ()>(1).select2(future::empty::<(), ()>());
    let first = |answer| matches!(answer, Ok(Either::A((1, _))));
    println!("{}", block_on_all(either.then(move |answer| Ok::<_, ()>(first(answer)))).unwrap());
}

fn bilock_in_tasks() {
    let (a, b) = BiLock::new(0);
    let mut executor = CurrentThread::new();
    for (name, lock) in [("a", a), ("b", b)] {
        executor.spawn(lock.lock().and_then(move |mut guard| {
            *guard += 1;
            println!("{name} {}", *guard);
            yielding().map(move |()| {
                println!("{name} unlocks");
                drop(guard.unlock());
            })
        }));
    }
    println!("{:?}", executor.run());
}

fn atomic_task_across() {
    let task = Arc::new(AtomicTask::new());
    let done = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let (theirs, flag) = (task.clone(), done.clone());
    let (registers, registered) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        registered.recv().unwrap();
        flag.store(true, std::sync::atomic::Ordering::SeqCst);
        theirs.notify();
    });
    let answer = pool().block_on(poll_fn(move || {
        task.register();
        let _ = registers.send(());
        Ok::<_, ()>(match done.load(std::sync::atomic::Ordering::SeqCst) {
            true => Async::Ready("told"),
            false => Async::NotReady,
        })
    }));
    println!("{answer:?}");
    thread.join().unwrap();
}

fn atomic_task_replaced() {
    let task = AtomicTask::new();
    let (mut first, mut second) = (probe(()), probe(()));
    first.with(|()| task.register());
    second.with(|()| task.register());
    task.notify();
    println!("{} {}", first.notified(), second.notified());
    task.notify();
    println!("{} {}", first.notified(), second.notified());
}

fn wait_outside() {
    println!("{:?}", yielding().map(|()| 1).wait());
    println!("{:?}", stream::iter_ok::<_, ()>([1, 2]).wait().collect::<Vec<_>>());
    let (tx, rx) = mpsc::channel(0);
    let thread = std::thread::spawn(move || rx.wait().collect::<Vec<_>>());
    let mut sink = tx.wait();
    println!("{:?} {:?}", sink.send(1).is_ok(), sink.send(2).is_ok());
    println!("{:?}", sink.flush().is_ok());
    drop(sink);
    println!("{:?}", thread.join().map_err(drop));
}

fn wait_inside_one() {
    // A wait inside a task blocks the thread; what is notified by it is its own thread.
    let answer = block_on_all(lazy(|| {
        println!("{:?}", yielding().map(|()| 2).wait());
        yielding().map(|()| 3)
    }));
    println!("{answer:?}");
    let answer = pool().block_on(lazy(|| Ok::<_, ()>(yielding().map(|()| 4).wait())));
    println!("{answer:?}");
}

fn spawn_with_notify() {
    let mut spawned = probe(yielding());
    println!("{:?} {}", spawned.poll(), spawned.notified());
    println!("{:?} {}", spawned.poll(), spawned.notified());
    let mut waits = futures::executor::spawn(yielding());
    println!("{:?}", waits.wait_future());
}

fn notify_in_task_of_ours() {
    // A task within a task.
    let answer = block_on_all(lazy(|| {
        let count = Arc::new(Count::default());
        let handle = count.clone().into();
        let mut inner = futures::executor::spawn(yielding());
        let outer = futures::task::current();
        println!("{:?}", inner.poll_future_notify::<futures::executor::NotifyHandle>(&handle, 3));
        println!("{} {}", count.take(), outer.will_notify_current());
        Ok::<_, ()>(())
    }));
    println!("{answer:?}");
}

#[allow(deprecated)]
fn with_unpark_event() {
    struct Set(std::sync::Mutex<Vec<usize>>);
    impl futures::task::EventSet for Set {
        fn insert(&self, id: usize) {
            self.0.lock().unwrap().push(id);
        }
    }
    let set = Arc::new(Set(Default::default()));
    let theirs = set.clone();
    let answer = block_on_all(lazy(move || {
        let event = futures::task::UnparkEvent::new(theirs, 5);
        futures::task::with_unpark_event(event, || futures::task::current().notify());
        yielding()
    }));
    println!("{answer:?} {:?}", set.0.lock().unwrap());
}

futures::task_local!(static NUMBER: RefCell<u32> = RefCell::new(1));

fn task_local_data() {
    let mut executor = CurrentThread::new();
    for name in ["a", "b"] {
        executor.spawn(lazy(move || {
            NUMBER.with(|number| *number.borrow_mut() += 1);
            yielding().map(move |()| NUMBER.with(|number| println!("{name} {}", number.borrow())))
        }));
    }
    println!("{:?}", executor.run());
    let answer = pool().block_on(lazy(|| {
        NUMBER.with(|number| *number.borrow_mut() += 5);
        yielding().map(|()| NUMBER.with(|number| *number.borrow()))
    }));
    println!("{answer:?}");
}

fn buffered_streams() {
    let numbers = |count: u32| stream::iter_ok::<_, ()>(0..count);
    let slow = |number: u32| {
        (0..number % 3).fold(
            Box::new(future::ok(number)) as Box<dyn Future<Item = u32, Error = ()>>,
            |before, _| Box::new(before.and_then(|number| yielding().map(move |()| number))),
        )
    };
    println!("{:?}", block_on_all(numbers(7).map(slow).buffered(3).collect()));
    let mut all = block_on_all(numbers(7).map(slow).buffer_unordered(3).collect()).unwrap();
    all.sort_unstable();
    println!("{all:?}");
}

fn futures_channels() {
    let answer = block_on_all(lazy(|| {
        let (tx, rx) = mpsc::channel::<u8>(1);
        tokio_current_thread::spawn(
            tx.send_all(stream::iter_ok([1, 2, 3, 4])).map(drop).map_err(drop),
        );
        rx.inspect(|number| println!("got {number}")).collect()
    }));
    println!("{answer:?}");
}

fn spawn_onto_executors() {
    let answer = block_on_all(lazy(|| {
        let executor = tokio_current_thread::TaskExecutor::current();
        let handle = oneshot::spawn(yielding().map(|()| 1), &executor);
        let stream = mpsc::spawn(stream::iter_ok::<_, ()>([1, 2, 3]), &executor, 1);
        handle.join(stream.collect())
    }));
    println!("{answer:?}");
    let mut runtime = pool();
    let executor = runtime.executor();
    let answer = runtime.block_on(lazy(move || {
        let handle = oneshot::spawn(yielding().map(|()| 1), &executor);
        let stream = mpsc::spawn_unbounded(stream::iter_ok::<_, ()>([1, 2, 3]), &executor);
        handle.join(stream.collect())
    }));
    println!("{answer:?}");
}

fn channel_spawn() {
    // Dropped, a handle cancels its future.
    block_on_all(lazy(|| {
        let executor = tokio_current_thread::TaskExecutor::current();
        struct Says;
        impl Drop for Says {
            fn drop(&mut self) {
                println!("the future is dropped");
            }
        }
        let says = Says;
        let handle = oneshot::spawn(future::empty::<(), ()>().map(move |()| drop(says)), &executor);
        yielding().map(move |()| {
            println!("dropping the handle");
            drop(handle);
        })
    }))
    .unwrap();
    println!("end");
}

fn join_all_and_catch() {
    let joined = future::join_all((0..3).map(|number| yielding().map(move |()| number)));
    println!("{:?}", block_on_all(joined));
    let caught = lazy(|| if true { panic!("caught") } else { Ok::<(), ()>(()) }).catch_unwind();
    println!("{:?}", block_on_all(caught.then(|answer| Ok::<_, ()>(answer.is_err()))));
    println!(
        "{:?}",
        pool().block_on(
            lazy(|| if true { panic!("caught") } else { Ok::<(), ()>(()) })
                .catch_unwind()
                .then(|answer| Ok::<_, ()>(answer.is_err()))
        )
    );
}

fn drop_order_of_combinators() {
    let mut executor = CurrentThread::new();
    let (first, second, third) = (Loud("first"), Loud("second"), Loud("third"));
    executor.spawn(
        yielding()
            .map(move |()| drop(first))
            .and_then(move |()| yielding().map(move |()| drop(second)))
            .then(move |answer| {
                println!("{answer:?}");
                drop(third);
                Ok(())
            }),
    );
    println!("{:?}", executor.run());
}

fn polls_of_a_task() {
    let mut executor = CurrentThread::new();
    let (tx, rx) = mpsc::unbounded::<u8>();
    let mut rx = rx;
    executor.spawn(poll_fn(move || {
        println!("polled");
        loop {
            match rx.poll()? {
                Async::Ready(Some(number)) => println!("{number}"),
                Async::Ready(None) => return Ok(Async::Ready(())),
                Async::NotReady => return Ok(Async::NotReady),
            }
        }
    }));
    executor.spawn(lazy(move || {
        for number in 0..3 {
            tx.unbounded_send(number).unwrap();
        }
        yielding().map(move |()| {
            tx.unbounded_send(9).unwrap();
            tx.unbounded_send(10).unwrap();
        })
    }));
    println!("{:?}", executor.run());
}

fn polls_of_select() {
    let count = Rc::new(RefCell::new((0, 0)));
    let (one, other) = (count.clone(), count.clone());
    let first = poll_fn(move || {
        one.borrow_mut().0 += 1;
        if one.borrow().0 < 4 {
            futures::task::current().notify();
            return Ok::<_, ()>(Async::NotReady);
        }
        Ok(Async::Ready(()))
    });
    let second = poll_fn(move || {
        other.borrow_mut().1 += 1;
        Ok(Async::NotReady)
    });
    println!(
        "{:?} {:?}",
        block_on_all(first.select(second).map(drop).map_err(drop)),
        count.borrow()
    );
}

fn ids_of_notify() {
    struct Ids(std::sync::Mutex<Vec<usize>>);
    impl futures::executor::Notify for Ids {
        fn notify(&self, id: usize) {
            self.0.lock().unwrap().push(id);
        }
        fn clone_id(&self, id: usize) -> usize {
            id + 10
        }
        fn drop_id(&self, id: usize) {
            self.0.lock().unwrap().push(1000 + id);
        }
    }
    // Through a channel of ours: its waiter keeps the task and its number.
    let ids = Arc::new(Ids(Default::default()));
    let handle = futures::executor::NotifyHandle::from(ids.clone());
    let (mut tx, rx) = tokio_sync::mpsc::channel::<u8>(1);
    let mut spawned = futures::executor::spawn(rx);
    println!("{:?}", spawned.poll_stream_notify(&handle, 1).is_ok());
    tx.try_send(1).unwrap();
    let heard: Vec<_> = ids.0.lock().unwrap().iter().copied().filter(|id| *id < 1000).collect();
    println!("{heard:?}");
    println!("{:?}", spawned.poll_stream_notify(&handle, 1).map_err(drop));
    drop(spawned);
    println!("{}", Arc::strong_count(&ids));
}

fn forward_between_tasks() {
    let answer = one().block_on(lazy(|| {
        let (tx, rx) = tokio_sync::mpsc::channel::<u32>(2);
        let (back, all) = tokio_sync::mpsc::unbounded_channel::<u32>();
        tokio::spawn(stream::iter_ok(0..20).forward(tx.sink_map_err(drop)).map(drop));
        tokio::spawn(
            rx.map_err(drop).map(|number| number * 2).forward(back.sink_map_err(drop)).map(drop),
        );
        all.map_err(drop).fold(0, |sum, number| Ok::<_, ()>(sum + number))
    }));
    println!("{answer:?}");
}

fn split_sink_stream() {
    let (tx, rx) = mpsc::channel::<u8>(1);
    struct Both(mpsc::Sender<u8>, mpsc::Receiver<u8>);
    impl Stream for Both {
        type Item = u8;
        type Error = ();
        fn poll(&mut self) -> futures::Poll<Option<u8>, ()> {
            self.1.poll()
        }
    }
    impl Sink for Both {
        type SinkItem = u8;
        type SinkError = mpsc::SendError<u8>;
        fn start_send(&mut self, item: u8) -> futures::StartSend<u8, Self::SinkError> {
            self.0.start_send(item)
        }
        fn poll_complete(&mut self) -> futures::Poll<(), Self::SinkError> {
            self.0.poll_complete()
        }
        fn close(&mut self) -> futures::Poll<(), Self::SinkError> {
            self.0.close()
        }
    }
    let (sink, stream) = Both(tx, rx).split();
    let answer = one().block_on(lazy(|| {
        tokio::spawn(sink.send_all(stream::iter_ok([1, 2, 3])).map(drop).map_err(drop));
        stream.take(3).collect()
    }));
    println!("{answer:?}");
    println!("{}", panics(|| ()).into_future_or());
}

trait IntoFutureOr {
    fn into_future_or(self) -> bool;
}

impl IntoFutureOr for bool {
    fn into_future_or(self) -> bool {
        Ok::<_, ()>(self).into_future().wait().unwrap()
    }
}
