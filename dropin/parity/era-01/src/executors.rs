//! The executor of one thread, the default executor, `enter`, parkers.

use crate::{panic_of, panics, words, yielding, Loud, Program};
use futures::future::{self, lazy, Executor as _};
use futures::{Async, Future};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use tokio_current_thread::{block_on_all, CurrentThread, TaskExecutor};
use tokio_executor::park::{Park, ParkThread, Unpark};
use tokio_executor::{enter, DefaultExecutor, SpawnError};

pub const PROGRAMS: &[Program] = &[
    ("nested_spawn_order", nested_spawn_order),
    ("spawn_in_drop", spawn_in_drop),
    ("order_of_yields", order_of_yields),
    ("drop_with_tasks", drop_with_tasks),
    ("drop_of_executor_in_task", drop_of_executor_in_task),
    ("block_on_leaves_tasks", block_on_leaves_tasks),
    ("block_on_error", block_on_error),
    ("block_on_nested", block_on_nested),
    ("run_without_tasks", run_without_tasks),
    ("run_timeout_elapses", run_timeout_elapses),
    ("turns", turns),
    ("turn_order", turn_order),
    ("panic_in_task", panic_in_task),
    ("panic_in_drop_of_task", panic_in_drop_of_task),
    ("panic_in_block_on", panic_in_block_on),
    ("handle_from_thread", handle_from_thread),
    ("handle_after_drop", handle_after_drop),
    ("handle_status_inside", handle_status_inside),
    ("enter_twice", enter_twice),
    ("enter_on_exit", enter_on_exit),
    ("enter_block_on", enter_block_on),
    ("enter_permanent", enter_permanent),
    ("park_tokens", park_tokens),
    ("park_of_ones_own", park_of_ones_own),
    ("notify_after_done", notify_after_done),
    ("notify_self_many_times", notify_self_many_times),
    ("notify_from_drop", notify_from_drop),
    ("current_task_identity", current_task_identity),
    ("executor_in_thread_local", executor_in_thread_local),
    ("debug_of_executors", debug_of_executors),
    ("errors_of_executors", errors_of_executors),
    ("executor_in_executor", executor_in_executor),
];

pub fn say(text: &'static str) -> impl Future<Item = (), Error = ()> {
    lazy(move || Ok(println!("{text}")))
}

fn nested_spawn_order() {
    block_on_all(lazy(|| {
        println!("main");
        tokio_current_thread::spawn(lazy(|| {
            println!("a");
            tokio_current_thread::spawn(lazy(|| {
                println!("a.a");
                tokio_current_thread::spawn(say("a.a.a"));
                Ok(())
            }));
            tokio_current_thread::spawn(say("a.b"));
            Ok(())
        }));
        tokio_current_thread::spawn(say("b"));
        Ok::<_, ()>(())
    }))
    .unwrap();
}

struct SpawnsInDrop(&'static str);

impl Drop for SpawnsInDrop {
    fn drop(&mut self) {
        println!("drop {}", self.0);
        let spawned = TaskExecutor::current().spawn_local(Box::new(say("from a drop")));
        println!("{spawned:?}");
    }
}

fn spawn_in_drop() {
    let mut executor = CurrentThread::new();
    let value = SpawnsInDrop("in a run");
    executor.spawn(lazy(move || Ok(drop(value))));
    println!("{:?}", executor.run());
    let value = SpawnsInDrop("with the executor");
    executor.spawn(future::empty().map(move |()| drop(value)));
    drop(executor);
    println!("end");
}

fn order_of_yields() {
    let mut executor = CurrentThread::new();
    for name in ["a", "b", "c"] {
        let mut left = 3;
        executor.spawn(future::poll_fn(move || {
            println!("{name} {left}");
            left -= 1;
            if left == 0 {
                return Ok(Async::Ready(()));
            }
            futures::task::current().notify();
            Ok(Async::NotReady)
        }));
    }
    println!("{:?}", executor.run());
}

fn drop_with_tasks() {
    let mut executor = CurrentThread::new();
    for name in ["first", "second", "third"] {
        let value = Loud(name);
        executor.spawn(future::empty().map(move |()| drop(value)));
    }
    let value = Loud("polled");
    executor.spawn(future::poll_fn(move || {
        let _ = &value;
        Ok(Async::NotReady)
    }));
    println!("idle {}", executor.is_idle());
    println!("{:?}", executor.turn(Some(Duration::ZERO)).map(|turn| turn.has_polled()));
    println!("idle {}", executor.is_idle());
    let value = Loud("not polled");
    executor.spawn(future::empty().map(move |()| drop(value)));
    drop(executor);
    println!("end");
}

fn drop_of_executor_in_task() {
    let mut inner = CurrentThread::new();
    let value = Loud("inner task");
    inner.spawn(future::empty().map(move |()| drop(value)));
    let mut outer = CurrentThread::new();
    outer.spawn(lazy(move || {
        println!("dropping");
        drop(inner);
        println!("dropped");
        tokio_current_thread::spawn(say("still the outer one"));
        Ok(())
    }));
    println!("{:?}", outer.run());
}

fn block_on_leaves_tasks() {
    let mut executor = CurrentThread::new();
    executor.spawn(say("spawned first"));
    println!("{:?}", executor.block_on(lazy(|| Ok::<_, ()>(println!("main")))).is_ok());
    executor.spawn(yielding().map(|()| println!("yielded")));
    let answer = executor.block_on(yielding().map(|()| println!("main yielded")));
    println!("{}", answer.is_ok());
    println!("idle {}", executor.is_idle());
    println!("{:?}", executor.run());
    println!("idle {}", executor.is_idle());
}

fn block_on_error() {
    let mut executor = CurrentThread::new();
    let error = executor.block_on(future::err::<(), _>("wrong")).unwrap_err();
    println!("{error:?} | {}", words(&error));
    println!("{:?}", error.into_inner());
    println!("{:?}", block_on_all(future::err::<(), _>(3)));
}

fn block_on_nested() {
    block_on_all(lazy(|| {
        println!("{}", panics(|| CurrentThread::new().block_on(future::ok::<_, ()>(1)).is_ok()));
        println!("{}", panics(|| CurrentThread::new().run().is_ok()));
        println!("{}", panics(|| CurrentThread::new().run_timeout(Duration::ZERO).is_ok()));
        println!("{}", panics(|| CurrentThread::new().turn(Some(Duration::ZERO)).is_ok()));
        println!("{}", panics(|| block_on_all(future::ok::<_, ()>(1))));
        println!("{}", panics(|| tokio::run(future::ok(()))));
        println!("{}", future::ok::<_, ()>(1).wait().is_ok());
        Ok::<_, ()>(())
    }))
    .unwrap();
}

fn run_without_tasks() {
    let mut executor = CurrentThread::new();
    println!("{:?}", executor.run());
    println!("{:?}", executor.run_timeout(Duration::from_secs(100)));
    println!("{:?}", executor.turn(Some(Duration::ZERO)));
    println!("{:?}", executor.block_on(future::ok::<_, ()>(7)));
}

fn run_timeout_elapses() {
    let mut executor = CurrentThread::new();
    executor.spawn(future::empty());
    let error = executor.run_timeout(Duration::from_millis(5)).unwrap_err();
    println!("{error:?} | {} | {}", words(&error), error.is_timeout());
    executor.spawn(lazy(|| future::empty()));
    println!("{:?}", executor.run_timeout(Duration::ZERO));
}

fn turns() {
    let mut executor = CurrentThread::new();
    println!("{:?}", executor.turn(Some(Duration::ZERO)));
    executor.spawn(yielding());
    for _ in 0..4 {
        let turn = executor.turn(Some(Duration::ZERO)).unwrap();
        println!("{} idle {}", turn.has_polled(), executor.is_idle());
    }
}

fn turn_order() {
    let mut executor = CurrentThread::new();
    executor.spawn(lazy(|| {
        println!("a");
        tokio_current_thread::spawn(say("of a"));
        Ok(())
    }));
    executor.spawn(yielding().map(|()| println!("b")));
    for turn in 0..4 {
        println!("turn {turn}");
        executor.turn(Some(Duration::ZERO)).unwrap();
    }
}

fn panic_in_task() {
    let mut executor = CurrentThread::new();
    let value = Loud("of the task");
    executor.spawn(lazy(move || {
        let _value = value;
        if true {
            panic!("a task");
        }
        Ok(())
    }));
    executor.spawn(say("the other"));
    println!("{}", panic_of(|| executor.run()));
    println!("{:?}", executor.run());
    println!("idle {}", executor.is_idle());
}

struct PanicsInDrop;

impl Drop for PanicsInDrop {
    fn drop(&mut self) {
        println!("about to panic");
        panic!("in a drop");
    }
}

fn panic_in_drop_of_task() {
    let mut executor = CurrentThread::new();
    let value = PanicsInDrop;
    executor.spawn(future::ok(()).map(move |()| drop(value)));
    println!("{}", panic_of(|| executor.run()));
    executor.spawn(say("after"));
    println!("{:?}", executor.run());
}

fn panic_in_block_on() {
    let mut executor = CurrentThread::new();
    executor.spawn(say("spawned"));
    let text = panic_of(|| {
        executor.block_on(lazy(|| {
            if true {
                panic!("main");
            }
            Ok::<_, ()>(())
        }))
    });
    println!("{text}");
    println!("enter {}", enter().is_ok());
    println!("{:?}", executor.run());
}

fn handle_from_thread() {
    let mut executor = CurrentThread::new();
    let handle = executor.handle();
    println!("{:?}", handle.status());
    let (tx, rx) = futures::sync::oneshot::channel();
    let thread = std::thread::spawn(move || {
        let spawned = handle.spawn(lazy(|| tx.send(5).map_err(drop)));
        (handle, spawned)
    });
    println!("{:?}", executor.block_on(rx));
    let (handle, spawned) = thread.join().unwrap();
    println!("{spawned:?}");
    println!("{:?}", handle.spawn(say("same thread")));
    println!("{:?}", executor.run());
    println!("idle {}", executor.is_idle());
}

fn handle_after_drop() {
    let executor = CurrentThread::new();
    let handle = executor.handle();
    drop(executor);
    println!("{:?}", handle.status());
    println!("{:?}", handle.spawn(say("never")).map_err(|error| error.is_shutdown()));
    let handle = std::thread::spawn(move || {
        println!("{:?}", handle.status());
        println!("{:?}", handle.spawn(say("never")).map_err(|error| error.is_shutdown()));
        handle
    });
    handle.join().unwrap();
}

fn handle_status_inside() {
    let mut executor = CurrentThread::new();
    let handle = executor.handle();
    executor.spawn(lazy(move || {
        println!("{:?}", handle.status());
        println!("{:?}", handle.spawn(say("by its handle")));
        tokio_current_thread::spawn(say("by spawn"));
        Ok(())
    }));
    println!("{:?}", executor.run());
}

fn enter_twice() {
    let first = enter().unwrap();
    let error = enter().unwrap_err();
    println!("{error:?} | {}", words(&error));
    std::thread::spawn(|| println!("{}", enter().is_ok())).join().unwrap();
    drop(first);
    println!("{}", enter().is_ok());
}

fn enter_on_exit() {
    let mut entered = enter().unwrap();
    entered.on_exit(|| println!("first"));
    let value = Loud("second");
    entered.on_exit(move || {
        println!("enter {}", enter().is_ok());
        drop(value);
    });
    drop(entered);
    println!("enter {}", enter().is_ok());
    println!(
        "{}",
        panics(|| {
            let _entered = enter().unwrap();
            panic!("inside");
        })
    );
    println!("enter {}", enter().is_ok());
}

fn enter_block_on() {
    let mut entered = enter().unwrap();
    println!("{:?}", entered.block_on(yielding().map(|()| 4)));
    println!("{:?}", entered.block_on(future::err::<(), _>("no")));
    let (tx, rx) = futures::sync::oneshot::channel();
    let thread = std::thread::spawn(move || tx.send(9));
    println!("{:?}", entered.block_on(rx));
    thread.join().unwrap().unwrap();
}

fn enter_permanent() {
    let mut entered = enter().unwrap();
    println!("{}", {
        entered.on_exit(|| println!("never"));
        panics(|| entered.make_permanent())
    });
    println!("{}", enter().is_ok());
    std::thread::spawn(|| {
        enter().unwrap().make_permanent();
        println!("{}", enter().is_ok());
        println!("{}", panics(|| block_on_all(future::ok::<_, ()>(()))));
    })
    .join()
    .unwrap();
}

fn park_tokens() {
    let mut park = ParkThread::new();
    let unpark = park.unpark();
    unpark.unpark();
    unpark.clone().unpark();
    println!("{:?}", park.park());
    println!("{:?}", park.park_timeout(Duration::from_millis(1)));
    unpark.unpark();
    println!("{:?}", park.park_timeout(Duration::ZERO));
    let boxed: Box<dyn Unpark> = Box::new(unpark);
    boxed.unpark();
    println!("{:?}", park.park());
    let other = ParkThread::new();
    std::thread::spawn(move || boxed.unpark()).join().unwrap();
    drop(other);
    println!("{:?}", park.park());
}

/// Counts calls of a parker.
#[derive(Clone)]
struct Parks(Rc<RefCell<Vec<&'static str>>>);

struct Nothing;

impl Unpark for Nothing {
    fn unpark(&self) {
        println!("unpark");
    }
}

impl Park for Parks {
    type Unpark = Nothing;
    type Error = &'static str;

    fn unpark(&self) -> Nothing {
        println!("an unpark is made");
        Nothing
    }

    fn park(&mut self) -> Result<(), &'static str> {
        println!("park");
        self.0.borrow_mut().pop().map_or(Ok(()), Err)
    }

    fn park_timeout(&mut self, time: Duration) -> Result<(), &'static str> {
        println!("park {}", if time.is_zero() { "for nothing" } else { "for a time" });
        self.0.borrow_mut().pop().map_or(Ok(()), Err)
    }
}

fn park_of_ones_own() {
    let parks = Parks(Rc::default());
    let mut executor = CurrentThread::new_with_park(parks.clone());
    println!("made");
    executor.spawn(yielding());
    println!("{:?}", executor.turn(Some(Duration::ZERO)));
    println!("{:?}", executor.run());
    println!("{:?}", executor.turn(None));
    println!("{:?}", executor.turn(Some(Duration::from_secs(1))));
    parks.0.borrow_mut().push("broken");
    println!("{:?}", executor.turn(Some(Duration::ZERO)).map_err(|error| words(&error)));
    parks.0.borrow_mut().push("broken");
    executor.spawn(future::empty());
    println!("{:?}", executor.run().map_err(|error| words(&error)));
    parks.0.borrow_mut().push("broken");
    println!("{}", panics(|| executor.block_on(future::empty::<(), ()>())));
    println!("{}", executor.get_park().0.borrow().len());
}

fn notify_after_done() {
    let mut executor = CurrentThread::new();
    let kept = Rc::new(RefCell::new(None));
    let keep = kept.clone();
    let value = Loud("task");
    executor.spawn(lazy(move || {
        *keep.borrow_mut() = Some(futures::task::current());
        Ok(drop(value))
    }));
    println!("{:?}", executor.run());
    kept.borrow().as_ref().unwrap().notify();
    println!("{:?}", executor.turn(Some(Duration::ZERO)));
    drop(executor);
    kept.borrow().as_ref().unwrap().notify();
    println!("end");
}

fn notify_self_many_times() {
    let mut executor = CurrentThread::new();
    let mut polls = 0;
    executor.spawn(future::poll_fn(move || {
        polls += 1;
        println!("poll {polls}");
        for _ in 0..3 {
            futures::task::current().notify();
        }
        Ok(if polls == 3 { Async::Ready(()) } else { Async::NotReady })
    }));
    println!("{:?}", executor.run());
}

struct NotifiesInDrop(futures::task::Task);

impl Drop for NotifiesInDrop {
    fn drop(&mut self) {
        println!("notify from a drop");
        self.0.notify();
    }
}

fn notify_from_drop() {
    let mut executor = CurrentThread::new();
    let mut held = None;
    executor.spawn(future::poll_fn(move || {
        held.get_or_insert_with(|| NotifiesInDrop(futures::task::current()));
        Ok::<Async<()>, ()>(Async::NotReady)
    }));
    let mut polls = 0;
    executor.spawn(future::poll_fn(move || {
        polls += 1;
        println!("poll {polls}");
        if polls == 1 {
            drop(NotifiesInDrop(futures::task::current()));
            return Ok(Async::NotReady);
        }
        Ok(Async::Ready(()))
    }));
    println!("{:?}", executor.turn(Some(Duration::ZERO)));
    println!("{:?}", executor.turn(Some(Duration::ZERO)));
    drop(executor);
    println!("end");
}

fn current_task_identity() {
    block_on_all(lazy(|| {
        let main = futures::task::current();
        println!("{} {}", main.will_notify_current(), futures::task::is_in_task());
        tokio_current_thread::spawn(lazy(move || {
            let own = futures::task::current();
            println!("{} {}", main.will_notify_current(), own.will_notify_current());
            println!("{}", own.clone().will_notify_current());
            Ok(())
        }));
        Ok::<_, ()>(())
    }))
    .unwrap();
    println!("{}", futures::task::is_in_task());
}

thread_local! {
    static KEPT: RefCell<Option<CurrentThread>> = const { RefCell::new(None) };
    static LATE: SpawnsLate = const { SpawnsLate };
}

struct SpawnsLate;

impl Drop for SpawnsLate {
    fn drop(&mut self) {
        println!("{}", DefaultExecutor::current().execute(say("late")).is_err());
        println!("{}", TaskExecutor::current().spawn_local(Box::new(say("late"))).is_err());
    }
}

fn executor_in_thread_local() {
    std::thread::spawn(|| {
        LATE.with(|_| ());
        let mut executor = CurrentThread::new();
        let value = Loud("in a destructor of a thread");
        executor.spawn(future::empty().map(move |()| drop(value)));
        executor.turn(Some(Duration::ZERO)).unwrap();
        KEPT.with(|kept| *kept.borrow_mut() = Some(executor));
    })
    .join()
    .unwrap();
    println!("end");
}

fn debug_of_executors() {
    println!("{}", format!("{:?}", TaskExecutor::current()).starts_with("TaskExecutor"));
    println!("{}", format!("{:?}", DefaultExecutor::current()).starts_with("DefaultExecutor"));
    println!("{}", format!("{:?}", enter().unwrap()).starts_with("Enter"));
    println!("{:?}", CurrentThread::new().turn(Some(Duration::ZERO)).unwrap());
}

fn errors_of_executors() {
    println!("{:?}", SpawnError::shutdown());
    println!("{:?}", SpawnError::at_capacity());
    println!("{}", SpawnError::at_capacity().to_string().starts_with("attempted to spawn task"));
    let mut executor = CurrentThread::new();
    executor.spawn(future::empty());
    println!("{}", words(&executor.run_timeout(Duration::ZERO).unwrap_err()));
    println!("{}", words(&executor.block_on(future::err::<(), _>(1)).unwrap_err()));
}

fn executor_in_executor() {
    // Turned by hand within a task of another one, which is refused, and spawned on.
    let mut inner = CurrentThread::new();
    block_on_all(lazy(move || {
        inner.spawn(say("of the inner one"));
        println!("{}", panics(|| inner.run()));
        std::thread::spawn(|| println!("{:?}", block_on_all(future::ok::<_, ()>(2))))
            .join()
            .unwrap();
        drop(inner);
        Ok::<_, ()>(())
    }))
    .unwrap();
}
