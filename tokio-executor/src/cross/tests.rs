//! Bridge in both directions, inside tasks of ours and in foreign ones.

use super::{As01, AsStd};
use crate::task::test_queue::Queue;
use crate::task::{Context, NewTask};
use crate::waiter::{Waiter, WaiterCell};
use futures::executor;
use futures::task::{self, Task};
use futures::{Async, Future};
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};
use std::task::{Poll, RawWaker, RawWakerVTable, Wake, Waker};

/// Counts its wakes.
#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

impl Count {
    fn new() -> (Arc<Count>, Waker) {
        let count = Arc::new(Count::default());
        (count.clone(), Waker::from(count))
    }

    fn get(&self) -> usize {
        self.0.load(SeqCst)
    }
}

/// The current futures 0.1 task, as `waker` sees it through `bridge`.
fn task_below(bridge: &mut As01, waker: &Waker) -> Task {
    bridge.enter(&mut std::task::Context::from_waker(waker), task::current)
}

/// X01: a task and the waker that it stands for hold each other only one way, so that
/// dropping one does not drop the other for ever.
#[test]
fn fault_x01_a_handle_owns_its_waker_and_drops_it_once() {
    let (count, waker) = Count::new();
    let mut bridge = As01::new();
    let tasks: Vec<Task> = (0..100).map(|_| task_below(&mut bridge, &waker)).collect();
    drop(bridge);
    drop(waker);
    tasks[0].notify();
    assert_eq!(count.get(), 1);
    // Back and forth a thousand times: each level owns the one before.
    let (count, mut waker) = Count::new();
    for _ in 0..1000 {
        let task = task_below(&mut As01::new(), &waker);
        waker = Waker::from(Arc::new(super::TaskWake(task)));
    }
    waker.wake_by_ref();
    assert_eq!(count.get(), 1);
    drop(waker);
    assert_eq!(Arc::strong_count(&count), 1, "every level is gone");
    drop(tasks);
}

/// X02: handles are cloned and dropped on any thread, and the last frees the block.
#[test]
fn fault_x02_handles_may_be_dropped_on_any_thread() {
    let (count, waker) = Count::new();
    let task = task_below(&mut As01::new(), &waker);
    drop(waker);
    let threads: Vec<_> = (0..3)
        .map(|_| {
            let task = task.clone();
            std::thread::spawn(move || {
                task.clone().notify();
                drop(task);
            })
        })
        .collect();
    drop(task);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(count.get(), 3);
    assert_eq!(Arc::strong_count(&count), 1, "the block is gone, and its waker with it");
}

/// X03: the same task is recognised from poll to poll, and another is not taken for it.
#[test]
fn fault_x03_the_same_waker_is_the_same_task() {
    let (_, waker) = Count::new();
    let (second_count, second) = Count::new();
    let mut bridge = As01::new();
    let task = task_below(&mut bridge, &waker);
    let same = |bridge: &mut As01, waker: &Waker| {
        let mut cx = std::task::Context::from_waker(waker);
        bridge.enter(&mut cx, || task.will_notify_current())
    };
    assert!(same(&mut bridge, &waker));
    assert!(same(&mut bridge, &waker.clone()));
    assert!(!same(&mut bridge, &second), "it must register anew");
    let moved = task_below(&mut bridge, &second);
    moved.notify();
    assert_eq!(second_count.get(), 1, "wakes go to who polled last");
}

/// X03, the other way: a waker made for a futures 0.1 task is kept while that polls.
#[test]
fn fault_x03_the_same_task_gives_the_same_waker() {
    let (_, outer) = Count::new();
    let (_, other) = Count::new();
    let mut around = As01::new();
    let mut bridge = AsStd::new();
    let mut waker_below = |outer: &Waker| {
        around.enter(&mut std::task::Context::from_waker(outer), || {
            bridge.enter(|cx| cx.waker().clone())
        })
    };
    let first = waker_below(&outer);
    assert!(first.will_wake(&waker_below(&outer)));
    assert!(!first.will_wake(&waker_below(&other)));
}

/// X03: inside a task of ours both sides know the task by its own header.
#[test]
fn fault_x03_inside_a_task_both_worlds_hold_its_own_handle() {
    let queue = Queue::default();
    let (task, mut joined) = NewTask::joined_std(async {
        let (mut in_std, mut in_01) = (As01::new(), AsStd::new());
        std::future::poll_fn(|cx| {
            let own = cx.waker().clone();
            // Two bridges deep, and still the same; so is a clone, however it is optimized.
            in_std.enter(cx, || {
                assert!(task::current().clone().will_notify_current());
                in_01.enter(|cx| assert!(own.will_wake(cx.waker())));
            });
            Poll::Ready(())
        })
        .await;
        assert!(in_std.bridge.is_none() && in_01.bridge.is_none(), "nothing was made");
    });
    queue.spawn(task);
    queue.run();
    let noop = Context::from_waker(Waker::noop());
    assert!(matches!(joined.poll_join(&noop), Poll::Ready(Ok(()))));
}

/// The same in a task that has its side put in place by bridges: once made, it is the task's for
/// good, and outside of bridges there is none.
#[test]
fn bridges_in_a_task_of_tokio_1_share_its_own_handle_and_values() {
    let queue = Queue::default();
    let (task, mut joined) = NewTask::joined_bridged(async {
        let mut polls = 0;
        std::future::poll_fn(|cx| {
            let own = cx.waker().clone();
            assert!(!task::is_in_task());
            let (mut in_std, mut in_01) = (As01::new(), AsStd::new());
            in_std.enter(cx, || {
                assert!(task::current().will_notify_current());
                in_01.enter(|cx| {
                    assert!(own.will_wake(cx.waker()));
                    As01::new().enter(cx, || {
                        assert_eq!(VISITS.with(|visits| visits.replace(visits.get() + 1)), polls);
                    });
                });
            });
            assert!(in_std.bridge.is_none() && in_01.bridge.is_none(), "nothing was made");
            let below = panic::catch_unwind(AssertUnwindSafe(|| {
                As01::new().enter(cx, || panic!("below"));
            }));
            assert!(below.is_err() && !task::is_in_task());
            polls += 1;
            if polls < 3 {
                // By way of futures 0.1, and by a leaf that is asked without a waker.
                match polls {
                    1 => As01::new().enter(cx, || task::current().notify()),
                    _ => Context::current().wake(),
                }
                return Poll::Pending;
            }
            Poll::Ready(())
        })
        .await;
    });
    queue.spawn(task);
    queue.run();
    let noop = Context::from_waker(Waker::noop());
    assert!(matches!(joined.poll_join(&noop), Poll::Ready(Ok(()))));
}

/// A leaf without a waker is polled by the task only where nobody else is the current one.
#[test]
fn a_task_of_tokio_1_is_not_taken_for_who_polls_around_it_or_below() {
    for is_below_another in [false, true] {
        let (around, waker_around) = Count::new();
        let (below, waker) = Count::new();
        let queue = Queue::default();
        let polls = Arc::new(AtomicUsize::new(0));
        let counts = polls.clone();
        let (task, _joined) = NewTask::joined_bridged(std::future::poll_fn(move |_| {
            let mut other = std::task::Context::from_waker(&waker);
            let mut bridge = As01::new();
            bridge.enter(&mut other, || Context::current().wake());
            assert!(bridge.bridge.is_some(), "the waker is not the task's");
            Context::current().waiter().wake();
            match counts.fetch_add(1, SeqCst) {
                0 => Poll::Pending,
                _ => Poll::Ready(()),
            }
        }));
        queue.spawn(task);
        let mut around_it = std::task::Context::from_waker(&waker_around);
        match is_below_another {
            // As if an executor were run by a futures 0.1 task.
            true => As01::new().enter(&mut around_it, || queue.run()),
            false => queue.run(),
        };
        assert_eq!(polls.load(SeqCst), 2, "it has woken itself");
        assert_eq!((around.get(), below.get()), (0, 2));
    }
}

/// A `task_local!` value that looks for its task as it goes with it finds another's place.
#[test]
fn a_value_that_crosses_in_its_drop_does_not_come_back_into_its_task() {
    struct Crosses(Waker, Arc<AtomicUsize>);

    impl Drop for Crosses {
        fn drop(&mut self) {
            let mut cx = std::task::Context::from_waker(&self.0);
            As01::new().enter(&mut cx, || KEPT.with(|kept| assert!(kept.borrow().is_none())));
            self.1.fetch_add(1, SeqCst);
        }
    }

    futures::task_local! {
        static KEPT: RefCell<Option<Crosses>> = RefCell::new(None)
    }

    async fn keeps(dropped: Arc<AtomicUsize>) {
        std::future::poll_fn(|cx| {
            let value = Crosses(cx.waker().clone(), dropped.clone());
            As01::new().enter(cx, || KEPT.with(|kept| *kept.borrow_mut() = Some(value)));
            Poll::Ready(())
        })
        .await;
    }

    let dropped = Arc::new(AtomicUsize::new(0));
    let queue = Queue::default();
    queue.spawn(NewTask::joined_bridged(keeps(dropped.clone())).0);
    queue.spawn(NewTask::joined_std(keeps(dropped.clone())).0);
    queue.run();
    assert_eq!(dropped.load(SeqCst), 2);
}

/// X04: what a bridge put in place is gone after it, also when the code below panics.
#[test]
fn fault_x04_a_panic_below_leaves_no_task_behind() {
    let (_, waker) = Count::new();
    let mut bridge = As01::new();
    let below = panic::catch_unwind(AssertUnwindSafe(|| {
        bridge.enter(&mut std::task::Context::from_waker(&waker), || panic!("below"))
    }));
    assert!(below.is_err());
    assert!(!task::is_in_task());
    // Nested, the task around is back.
    let (_, around) = Count::new();
    let mut outer = As01::new();
    outer.enter(&mut std::task::Context::from_waker(&around), || {
        let before = task::current();
        let below = panic::catch_unwind(AssertUnwindSafe(|| {
            bridge.enter(&mut std::task::Context::from_waker(&waker), || panic!("below"))
        }));
        assert!(below.is_err());
        assert!(before.clone().will_notify_current() && before.will_notify_current());
    });
}

/// X04: on a thread without a task there is a clear error, not a made-up task.
#[test]
fn fault_x04_without_a_task_a_bridge_says_so() {
    let panicked = panic::catch_unwind(AssertUnwindSafe(|| AsStd::new().enter(|_| ())));
    assert!(panicked.is_err());
}

futures::task_local! {
    static VISITS: Cell<u32> = Cell::new(0)
}

/// X07: a std future in a task of ours sees that task's `task_local!` values, on both
/// sides of an `.await`, and so does futures 0.1 code that it awaits.
#[test]
fn fault_x07_task_locals_are_the_tasks_own_below_await() {
    fn visit() -> u32 {
        VISITS.with(|visits| visits.replace(visits.get() + 1))
    }

    struct Visit {
        pending: bool,
    }

    impl Future for Visit {
        type Item = u32;
        type Error = ();

        fn poll(&mut self) -> futures::Poll<u32, ()> {
            if std::mem::take(&mut self.pending) {
                task::current().notify();
                return Ok(Async::NotReady);
            }
            Ok(Async::Ready(visit()))
        }
    }

    let queue = Queue::default();
    let task = || {
        NewTask::joined_std(async {
            assert_eq!(visit(), 0);
            let mut inner = Visit { pending: true };
            let mut bridge = As01::new();
            let seen =
                std::future::poll_fn(|cx| match bridge.enter(cx, || inner.poll()).unwrap() {
                    Async::Ready(seen) => Poll::Ready(seen),
                    Async::NotReady => Poll::Pending,
                })
                .await;
            assert_eq!(seen, 1, "the same values below the bridge");
            visit()
        })
    };
    for _ in 0..2 {
        let (task, mut joined) = task();
        queue.spawn(task);
        assert_eq!(queue.run(), 2, "woken once");
        let noop = Context::from_waker(Waker::noop());
        assert!(matches!(joined.poll_join(&noop), Poll::Ready(Ok(2))));
    }
}

/// X07, in foreign tasks: the values last as long as the bridge, whoever polls it.
#[test]
fn fault_x07_task_locals_outlast_a_change_of_waker() {
    let (_, first) = Count::new();
    let (_, second) = Count::new();
    let mut bridge = As01::new();
    for (i, waker) in [&first, &first, &second].into_iter().enumerate() {
        let mut cx = std::task::Context::from_waker(waker);
        let seen = bridge.enter(&mut cx, || VISITS.with(|v| v.replace(v.get() + 1)));
        assert_eq!(seen as usize, i);
    }
}

/// A child of a combinator that tells its children apart gets its own wakes.
#[test]
fn a_nested_futures_01_task_is_not_taken_for_the_task_around_it() {
    let queue = Queue::default();
    let (count, nested) = Count::new();
    let kept: Arc<Mutex<Option<Waker>>> = Arc::default();
    let (task, _joined) = NewTask::joined_std({
        let kept = kept.clone();
        async move {
            let (mut as_nested, mut below) = (As01::new(), AsStd::new());
            std::future::poll_fn(|_| {
                as_nested.enter(&mut std::task::Context::from_waker(&nested), || {
                    below.enter(|cx| *kept.lock().unwrap() = Some(cx.waker().clone()));
                });
                Poll::Ready(())
            })
            .await;
        }
    });
    queue.spawn(task);
    queue.run();
    kept.lock().unwrap().take().unwrap().wake();
    assert_eq!(count.get(), 1, "the wake went to the combinator's child");
}

// ------------------------------------------------------------------- evil wakers

/// What an evil waker does, and which of its functions then panic.
type Evil = (Arc<dyn Fn() + Send + Sync>, &'static str);

thread_local! {
    static EVIL: RefCell<Option<Evil>> = const { RefCell::new(None) };
}

/// Re-enters, and panics where it is asked to.
fn evil(which: &'static str) {
    let Some((reenter, panics)) = EVIL.with(|e| e.borrow().clone()) else { return };
    // Not from within itself.
    let before = EVIL.with(RefCell::take);
    reenter();
    EVIL.with(|e| *e.borrow_mut() = before);
    if panics == which && !std::thread::panicking() {
        panic!("evil {which}");
    }
}

fn evil_raw() -> RawWaker {
    static METHODS: RawWakerVTable = RawWakerVTable::new(
        |_| {
            evil("clone");
            evil_raw()
        },
        |_| evil("wake"),
        |_| evil("wake"),
        |_| evil("drop"),
    );
    RawWaker::new(std::ptr::null(), &METHODS)
}

fn evil_waker() -> Waker {
    // SAFETY: the functions above touch no data.
    unsafe { Waker::from_raw(evil_raw()) }
}

/// A waker that comes back to the cell in clone, wake and drop, and panics in each, does
/// not keep the next registration from being woken.
#[test]
fn an_evil_waker_breaks_neither_a_bridge_nor_a_waiter_cell() {
    for panics in ["none", "clone", "wake", "drop"] {
        let cell = Arc::new(WaiterCell::new());
        let bridge = RefCell::new(As01::new());
        let reenter: Arc<dyn Fn() + Send + Sync> = {
            let cell = cell.clone();
            Arc::new(move || {
                cell.wake();
                cell.register(&Context::from_waker(Waker::noop()));
            })
        };
        EVIL.with(|e| *e.borrow_mut() = Some((reenter, panics)));
        // Each step may panic where the waker does; what is promised is what follows.
        let steps: [&mut dyn FnMut(); 3] = [
            &mut || {
                let waker = evil_waker();
                let mut cx = std::task::Context::from_waker(&waker);
                bridge.borrow_mut().enter(&mut cx, || cell.register(&Context::current()));
            },
            &mut || cell.wake(),
            &mut || {
                let (_, tame) = Count::new();
                let mut cx = std::task::Context::from_waker(&tame);
                bridge.borrow_mut().enter(&mut cx, || cell.register(&Context::current()));
            },
        ];
        for step in steps {
            let _ = panic::catch_unwind(AssertUnwindSafe(step));
        }
        EVIL.with(RefCell::take);

        let (count, waker) = Count::new();
        let mut cx = std::task::Context::from_waker(&waker);
        bridge.borrow_mut().enter(&mut cx, || cell.register(&Context::current()));
        cell.wake();
        assert_eq!(count.get(), 1, "lost after a panic in {panics}");
    }
}

/// A foreign task on an executor of futures 0.1 gets one waker for all of its polls.
#[test]
fn a_std_task_on_a_foreign_executor_is_woken_there() {
    let cell = Arc::new(WaiterCell::new());
    let seen: Arc<Mutex<Vec<Waiter>>> = Arc::default();
    let future = {
        let (cell, seen) = (cell.clone(), seen.clone());
        std::future::poll_fn(move |cx| {
            cell.register(&Context::from(&*cx));
            let mut seen = seen.lock().unwrap();
            seen.push(Context::from(&*cx).waiter());
            if seen.len() == 3 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
    };
    let mut foreign = executor::spawn(NewTask::new_std(future).into_future());
    let (count, waker) = Count::new();
    let handle = super::WakerNotify::handle(waker);
    for wakes in 0..2 {
        assert_eq!(foreign.poll_future_notify(&handle, 0), Ok(Async::NotReady));
        cell.wake();
        assert_eq!(count.get(), wakes + 1);
    }
    assert_eq!(foreign.poll_future_notify(&handle, 0), Ok(Async::Ready(())));
    let seen = seen.lock().unwrap();
    let same = |pair: &[Waiter]| match pair {
        [Waiter::Waker(a), Waiter::Waker(b)] => a.will_wake(b),
        _ => false,
    };
    assert!(seen.windows(2).all(same), "one waker for all polls");
}
