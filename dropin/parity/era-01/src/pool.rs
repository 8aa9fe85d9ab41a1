//! The pool of threads: spawning, shutdowns, `blocking`, panics, hooks, bad values.

use crate::{panic_of, panics, words, yielding, Loud, Program};
use futures::future::{self, lazy, poll_fn, Executor as _};
use futures::sync::oneshot;
use futures::{Async, Future};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{mpsc, Arc, Mutex};
use std::time::Duration;
use tokio_executor::{DefaultExecutor, Executor, TypedExecutor};
use tokio_threadpool::{blocking, Builder, ThreadPool};

pub const PROGRAMS: &[Program] = &[
    ("spawn_and_shutdown", spawn_and_shutdown),
    ("shutdown_refuses", shutdown_refuses),
    ("shutdown_waits", shutdown_waits),
    ("shutdown_now_drops", shutdown_now_drops),
    ("shutdown_on_idle_while_spawning", shutdown_on_idle_while_spawning),
    ("shutdown_on_idle_spawn_from_outside", shutdown_on_idle_spawn_from_outside),
    ("shutdown_of_unused", shutdown_of_unused),
    ("shutdown_dropped", shutdown_dropped),
    ("shutdown_polled_twice", shutdown_polled_twice),
    ("pool_dropped_with_tasks", pool_dropped_with_tasks),
    ("pool_dropped_in_its_task", pool_dropped_in_its_task),
    ("sender_after_pool", sender_after_pool),
    ("sender_interfaces", sender_interfaces),
    ("spawn_handle_value", spawn_handle_value),
    ("spawn_handle_dropped", spawn_handle_dropped),
    ("spawn_handle_of_dead_pool", spawn_handle_of_dead_pool),
    ("panic_of_task", panic_of_task),
    ("panic_handler", panic_handler),
    ("panic_handler_panics", panic_handler_panics),
    ("panic_in_drop", panic_in_drop),
    ("builder_bad_values", builder_bad_values),
    ("builder_twice", builder_twice),
    ("hooks", hooks),
    ("hook_that_panics", hook_that_panics),
    ("names_of_threads", names_of_threads),
    ("around_worker", around_worker),
    ("custom_park", custom_park),
    ("stack_size", stack_size),
    ("keep_alive", keep_alive),
    ("order_on_one_worker", order_on_one_worker),
    ("fifo_from_outside", fifo_from_outside),
    ("default_executor_on_worker", default_executor_on_worker),
    ("pool_in_pool", pool_in_pool),
    ("spawn_in_drop_at_shutdown", spawn_in_drop_at_shutdown),
    ("notify_from_other_thread", notify_from_other_thread),
    ("task_kept_after_pool", task_kept_after_pool),
    ("wait_in_worker", wait_in_worker),
    ("block_on_in_worker", block_on_in_worker),
    ("current_thread_in_blocking", current_thread_in_blocking),
    ("debug_of_pool", debug_of_pool),
    ("many_yields", many_yields),
    ("worker_ids", worker_ids),
];

pub fn pool() -> ThreadPool {
    Builder::new().pool_size(1).build()
}

fn say(text: &'static str) -> impl Future<Item = (), Error = ()> + Send {
    lazy(move || Ok(println!("{text}")))
}

/// Runs a future on the pool and waits for it.
pub fn on<F>(pool: &ThreadPool, future: F) -> Result<F::Item, F::Error>
where
    F: Future + Send + 'static,
    F::Item: Send + 'static,
    F::Error: Send + 'static,
{
    oneshot::spawn(future, pool.sender()).wait()
}

fn hold(name: &'static str) -> impl Future<Item = (), Error = ()> + Send {
    let value = Loud(name);
    poll_fn(move || {
        let _ = &value;
        Ok(Async::NotReady)
    })
}

fn spawn_and_shutdown() {
    let pool = pool();
    pool.spawn(say("a"));
    println!("{:?}", pool.shutdown().wait());
}

fn shutdown_refuses() {
    let pool = pool();
    let sender = pool.sender().clone();
    println!("{:?}", pool.shutdown().wait());
    let error = sender.spawn(say("never")).unwrap_err();
    println!("{error:?} {}", error.is_shutdown());
    println!("{:?}", Executor::status(&sender));
    println!("{:?}", sender.execute(say("never")).map_err(|error| error.kind()));
}

fn shutdown_waits() {
    let pool = pool();
    let (tx, rx) = oneshot::channel::<()>();
    pool.spawn(rx.then(|_| Ok(println!("the task ended"))));
    let mut shutdown = crate::probe(pool.shutdown());
    println!("{:?}", shutdown.poll());
    drop(tx);
    println!("{:?}", shutdown.get().wait());
}

fn shutdown_now_drops() {
    let pool = pool();
    on(
        &pool,
        lazy(|| {
            tokio_executor::spawn(hold("waits"));
            Ok::<_, ()>(())
        }),
    )
    .unwrap();
    on(&pool, yielding()).unwrap();
    println!("{:?}", pool.shutdown_now().wait());
    println!("end");
}

fn shutdown_on_idle_while_spawning() {
    fn next(left: usize) -> Box<dyn Future<Item = (), Error = ()> + Send> {
        Box::new(lazy(move || {
            println!("{left} left");
            if left > 0 {
                tokio_executor::spawn(next(left - 1));
            }
            Ok(())
        }))
    }
    let pool = pool();
    let (tx, rx) = oneshot::channel::<()>();
    pool.spawn(rx.then(|_| next(4)));
    let shutdown = pool.shutdown_on_idle();
    drop(tx);
    println!("{:?}", shutdown.wait());
}

fn shutdown_on_idle_spawn_from_outside() {
    let pool = pool();
    let sender = pool.sender().clone();
    let (tx, rx) = oneshot::channel::<()>();
    let (ran, second) = mpsc::channel();
    pool.spawn(rx.then(|_| Ok(println!("first"))));
    let shutdown = pool.shutdown_on_idle();
    println!("{:?}", Executor::status(&sender));
    println!("{:?}", sender.spawn(lazy(move || Ok(ran.send("second").unwrap()))));
    println!("{:?}", second.recv());
    drop(tx);
    println!("{:?}", shutdown.wait().is_ok());
    println!("{:?}", sender.spawn(say("never")));
}

fn shutdown_of_unused() {
    println!("{:?}", pool().shutdown().wait());
    println!("{:?}", pool().shutdown_now().wait());
    println!("{:?}", pool().shutdown_on_idle().wait());
}

fn shutdown_dropped() {
    let pool = pool();
    let (tx, rx) = mpsc::channel();
    pool.spawn(lazy(move || Ok(tx.send("ran").unwrap())));
    drop(pool.shutdown());
    println!("{:?}", rx.recv());
}

fn shutdown_polled_twice() {
    let pool = pool();
    pool.spawn(say("a"));
    let mut shutdown = pool.shutdown();
    println!("{:?}", poll_fn(|| shutdown.poll()).wait());
    println!("{:?}", poll_fn(|| shutdown.poll()).wait());
}

fn pool_dropped_with_tasks() {
    let pool = pool();
    on(
        &pool,
        lazy(|| {
            tokio_executor::spawn(hold("waits"));
            Ok::<_, ()>(())
        }),
    )
    .unwrap();
    on(&pool, yielding()).unwrap();
    drop(pool);
    println!("end");
}

fn pool_dropped_in_its_task() {
    let pool = pool();
    let sender = pool.sender().clone();
    let (tx, rx) = mpsc::channel();
    sender
        .spawn(lazy(move || {
            // Waits for the pool's threads, of which this is one: on another one.
            let dropped = std::thread::spawn(move || drop(pool));
            println!("in the task");
            tx.send(dropped).unwrap();
            Ok(())
        }))
        .unwrap();
    rx.recv().unwrap().join().unwrap();
    println!("end");
}

fn sender_after_pool() {
    let pool = pool();
    let sender = pool.sender().clone();
    drop(pool);
    println!("{:?}", sender.spawn(say("never")).map_err(|error| error.is_shutdown()));
    let value = Loud("refused");
    println!("{:?}", sender.spawn(future::empty().map(move |()| drop(value))).is_err());
    println!("end");
}

fn sender_interfaces() {
    let mut pool = pool();
    println!("{:?}", Executor::status(pool.sender()));
    println!("{:?}", Executor::spawn(pool.sender_mut(), Box::new(yielding())));
    println!("{:?}", TypedExecutor::spawn(pool.sender_mut(), yielding()));
    println!("{:?}", TypedExecutor::<future::Empty<(), ()>>::status(pool.sender()));
    println!("{}", pool.sender().execute(yielding()).is_ok());
    println!("{:?}", pool.shutdown().wait());
}

fn spawn_handle_value() {
    let pool = pool();
    println!("{:?}", pool.spawn_handle(future::ok::<_, ()>(4)).wait());
    println!("{:?}", pool.spawn_handle(future::err::<(), _>("bad")).wait());
    println!("{:?}", pool.spawn_handle(yielding().map(|()| 5)).wait());
}

fn spawn_handle_dropped() {
    let pool = pool();
    let (tx, rx) = oneshot::channel::<()>();
    let (said, heard) = mpsc::channel();
    struct Says(mpsc::Sender<&'static str>);
    impl Drop for Says {
        fn drop(&mut self) {
            self.0.send("dropped").unwrap();
        }
    }
    let says = Says(said);
    let handle = pool.spawn_handle(rx.then(move |_| {
        says.0.send("ran").unwrap();
        Ok::<_, ()>(())
    }));
    drop(handle);
    println!("{}", heard.recv().unwrap());
    drop(tx);
}

fn spawn_handle_of_dead_pool() {
    let pool = pool();
    let handle = pool.spawn_handle(future::empty::<(), ()>());
    println!("{:?}", pool.shutdown_now().wait());
    println!("{}", panics(|| handle.wait()));
}

fn panic_of_task() {
    let pool = pool();
    let value = Loud("of the task");
    pool.spawn(lazy(move || {
        let _value = value;
        if true {
            panic!("a task");
        }
        Ok(())
    }));
    println!("{:?}", on(&pool, future::ok::<_, ()>("alive")));
    println!("{:?}", pool.shutdown().wait());
}

fn panic_handler() {
    let (tx, rx) = mpsc::channel();
    let tx = Mutex::new(tx);
    let pool = Builder::new()
        .pool_size(1)
        .panic_handler(move |payload| {
            let text = payload.downcast_ref::<&str>().copied().unwrap_or("?");
            tx.lock().unwrap().send(text).unwrap();
        })
        .build();
    pool.spawn(lazy(|| if true { panic!("one") } else { Ok(()) }));
    println!("{:?}", rx.recv());
    pool.spawn(lazy(|| if true { std::panic::panic_any(5) } else { Ok(()) }));
    println!("{:?}", rx.recv());
    println!("{:?}", on(&pool, future::ok::<_, ()>("alive")));
}

fn panic_handler_panics() {
    let pool = Builder::new().pool_size(1).panic_handler(|_| panic!("again")).build();
    pool.spawn(lazy(|| if true { panic!("one") } else { Ok(()) }));
    println!("{:?}", on(&pool, future::ok::<_, ()>("alive")));
}

fn panic_in_drop() {
    struct Bad;
    impl Drop for Bad {
        fn drop(&mut self) {
            println!("bad drop");
            panic!("in a drop");
        }
    }
    let pool = pool();
    let bad = Bad;
    pool.spawn(future::ok(()).map(move |()| drop(bad)));
    println!("{:?}", on(&pool, future::ok::<_, ()>("alive")));
}

fn builder_bad_values() {
    println!("{}", panics(|| Builder::new().pool_size(0).is_set()));
    println!("{}", panics(|| Builder::new().pool_size(1 << 15).is_set()));
    println!("{}", panics(|| Builder::new().pool_size((1 << 15) - 1).is_set()));
    println!("{}", panics(|| Builder::new().pool_size(usize::MAX).is_set()));
    println!("{}", panics(|| Builder::new().max_blocking(0).is_set()));
    println!("{}", panics(|| Builder::new().max_blocking(1 << 15).is_set()));
    println!("{}", panics(|| Builder::new().max_blocking((1 << 15) - 1).is_set()));
    println!("{}", panics(|| Builder::new().name_prefix("").is_set()));
    println!("{}", panics(|| Builder::new().keep_alive(Some(Duration::ZERO)).is_set()));
    println!("{}", panics(|| Builder::new().stack_size(0).is_set()));
    println!("{}", panic_of(|| Builder::new().stack_size(usize::MAX).is_set()));
    println!("{}", panic_of(|| drop(Builder::new().max_blocking(0).pool_size(1).build())));
}

trait IsSet {
    fn is_set(&self) -> bool {
        true
    }
}

impl IsSet for Builder {}

fn builder_twice() {
    let mut builder = Builder::new();
    builder.pool_size(1).name_prefix("twice-");
    let (one, two) = (builder.build(), builder.build());
    println!("{:?} {:?}", on(&one, future::ok::<_, ()>(1)), on(&two, future::ok::<_, ()>(2)));
    println!("{:?}", one.shutdown().wait());
    println!("{:?}", on(&two, future::ok::<_, ()>(2)));
}

fn hooks() {
    let counts = Arc::new([const { AtomicUsize::new(0) }; 2]);
    let (started, stopped) = (counts.clone(), counts.clone());
    let pool = Builder::new()
        .pool_size(1)
        .after_start(move || {
            started[0].fetch_add(1, Ordering::SeqCst);
        })
        .before_stop(move || {
            stopped[1].fetch_add(1, Ordering::SeqCst);
        })
        .build();
    println!("{:?}", on(&pool, future::ok::<_, ()>(counts[0].load(Ordering::SeqCst) > 0)));
    println!("{:?}", pool.shutdown().wait());
    println!("{}", counts[1].load(Ordering::SeqCst) > 0);
}

fn hook_that_panics() {
    let pool = Builder::new().pool_size(1).before_stop(|| panic!("at the end")).build();
    println!("{:?}", on(&pool, future::ok::<_, ()>(1)));
    println!("{:?}", pool.shutdown().wait());
}

fn names_of_threads() {
    let pool = Builder::new().pool_size(1).name_prefix("mine-").build();
    let name = || std::thread::current().name().unwrap_or("-").starts_with("mine-");
    println!("{:?}", on(&pool, lazy(move || Ok::<_, ()>(name()))));
    let pool = Builder::new().pool_size(1).build();
    let named = || std::thread::current().name().map(str::is_empty);
    println!("{:?}", on(&pool, lazy(move || Ok::<_, ()>(named()))));
}

fn around_worker() {
    let (tx, rx) = mpsc::channel();
    let tx = Mutex::new(tx);
    let pool = Builder::new()
        .pool_size(1)
        .around_worker(move |worker, _| {
            let tx = tx.lock().unwrap().clone();
            tx.send(format!("before {}", worker.id().to_usize())).unwrap();
            worker.run();
            tx.send(String::from("after")).unwrap();
        })
        .build();
    println!("{:?}", on(&pool, future::ok::<_, ()>(1)));
    println!("{:?}", rx.recv());
    println!("{:?}", pool.shutdown().wait());
    println!("{:?}", rx.recv());
}

fn custom_park() {
    use tokio_threadpool::park::DefaultPark;
    let made = Arc::new(AtomicUsize::new(0));
    let counts = made.clone();
    let pool = Builder::new()
        .pool_size(2)
        .custom_park(move |id| {
            counts.fetch_add(1 + id.to_usize(), Ordering::SeqCst);
            DefaultPark::new()
        })
        .build();
    println!("{}", made.load(Ordering::SeqCst));
    println!("{:?}", on(&pool, yielding().map(|()| 3)));
    println!("{:?}", pool.shutdown().wait());
}

fn stack_size() {
    fn deep(left: usize) -> usize {
        let room = std::hint::black_box([left as u8; 1024]);
        if left == 0 {
            room[5] as usize
        } else {
            deep(left - 1) + room[3] as usize % 2
        }
    }
    let pool = Builder::new().pool_size(1).stack_size(64 << 20).build();
    println!("{:?}", on(&pool, lazy(|| Ok::<_, ()>(deep(20_000)))));
}

fn keep_alive() {
    let pool = Builder::new().pool_size(2).keep_alive(Some(Duration::from_millis(1))).build();
    for round in 0..3 {
        println!("{:?}", on(&pool, yielding().map(move |()| round)));
        std::thread::sleep(Duration::from_millis(10));
    }
    let pool = Builder::new().pool_size(2).keep_alive(Some(Duration::ZERO)).build();
    println!("{:?}", on(&pool, yielding().map(|()| "at once")));
    println!("{:?}", on(&pool, poll_fn(|| blocking(|| 2))).map_err(drop));
    println!("{:?}", pool.shutdown().wait());
}

fn order_on_one_worker() {
    let pool = pool();
    pool.spawn(lazy(|| {
        for name in ["a", "b", "c"] {
            tokio_executor::spawn(say(name));
        }
        Ok(println!("main"))
    }));
    pool.shutdown_on_idle().wait().unwrap();
}

fn fifo_from_outside() {
    let pool = pool();
    let (tx, rx) = mpsc::channel::<()>();
    let (begun, has_begun) = mpsc::channel();
    pool.spawn(lazy(move || {
        begun.send(()).unwrap();
        rx.recv().unwrap_err();
        Ok(())
    }));
    has_begun.recv().unwrap();
    for name in ["a", "b", "c"] {
        pool.spawn(say(name));
    }
    drop(tx);
    pool.shutdown().wait().unwrap();
}

fn default_executor_on_worker() {
    let pool = pool();
    let answer = on(
        &pool,
        lazy(|| {
            let executor = DefaultExecutor::current();
            println!("{:?}", Executor::status(&executor));
            println!("{}", tokio_executor::enter().is_err());
            println!("{}", panics(|| tokio_executor::set_default(executor)));
            println!("{}", futures::task::is_in_task());
            let local = tokio_current_thread::TaskExecutor::current();
            println!("{:?}", Executor::status(&local).is_ok());
            Ok::<_, ()>(())
        }),
    );
    println!("{answer:?}");
}

fn pool_in_pool() {
    let outer = pool();
    let answer = on(
        &outer,
        lazy(|| {
            let inner = pool();
            println!("{:?}", inner.spawn_handle(future::ok::<_, ()>(1)).wait());
            inner.shutdown()
        }),
    );
    println!("{answer:?}");
}

fn spawn_in_drop_at_shutdown() {
    struct Spawns;
    impl Drop for Spawns {
        fn drop(&mut self) {
            let value = Loud("spawned by a drop");
            let future = Box::new(future::empty().map(move |()| drop(value)));
            let spawned = Executor::spawn(&mut DefaultExecutor::current(), future);
            println!("a drop {}", spawned.is_ok());
        }
    }
    let pool = pool();
    let spawns = Spawns;
    pool.spawn(lazy(move || Ok(drop(spawns))));
    println!("{:?}", on(&pool, yielding()));
    println!("{:?}", pool.shutdown_now().wait());
    println!("end");
}

fn notify_from_other_thread() {
    let pool = pool();
    let (tx, rx) = mpsc::channel::<futures::task::Task>();
    let thread = std::thread::spawn(move || {
        let mut count = 0;
        for task in rx {
            task.notify();
            count += 1;
        }
        count
    });
    let mut left = 1000;
    let answer = on(
        &pool,
        poll_fn(move || {
            if left == 0 {
                return Ok::<_, ()>(Async::Ready(()));
            }
            left -= 1;
            tx.send(futures::task::current()).unwrap();
            Ok(Async::NotReady)
        }),
    );
    println!("{answer:?} {:?}", thread.join().map_err(drop));
}

fn task_kept_after_pool() {
    let pool = pool();
    let (tx, rx) = mpsc::channel();
    let value = Loud("of the task");
    let tasks = tx.clone();
    pool.spawn(poll_fn(move || {
        let _ = &value;
        tasks.send(futures::task::current()).unwrap();
        Ok::<Async<()>, ()>(Async::NotReady)
    }));
    let task = rx.recv().unwrap();
    println!("{:?}", pool.shutdown_now().wait());
    task.notify();
    task.clone().notify();
    drop(task);
    println!("end");
    drop(tx);
}

fn wait_in_worker() {
    let pool = Builder::new().pool_size(2).build();
    let sender = pool.sender().clone();
    let answer = on(&pool, lazy(move || oneshot::spawn(future::ok::<_, ()>(1), &sender).wait()));
    println!("{answer:?}");
}

fn block_on_in_worker() {
    let pool = pool();
    let answer = on(
        &pool,
        lazy(|| {
            let mut executor = tokio_current_thread::CurrentThread::new();
            println!("{}", panics(|| executor.block_on(future::ok::<_, ()>(1)).is_ok()));
            println!("{}", panics(|| tokio_current_thread::block_on_all(future::ok::<_, ()>(1))));
            Ok::<_, ()>(())
        }),
    );
    println!("{answer:?}");
}

fn current_thread_in_blocking() {
    let pool = pool();
    let answer = on(
        &pool,
        poll_fn(|| {
            blocking(|| {
                let mut executor = tokio_current_thread::CurrentThread::new();
                executor.block_on(future::ok::<_, ()>(1)).map_err(|error| words(&error))
            })
        }),
    );
    println!("{:?}", answer.map_err(drop));
}

fn debug_of_pool() {
    let pool = pool();
    println!("{}", format!("{pool:?}").starts_with("ThreadPool"));
    println!("{}", format!("{:?}", pool.sender()).starts_with("Sender"));
    println!("{:?}", blocking(|| 1).map_err(|error| format!("{error:?}")));
    let handle = pool.spawn_handle(future::ok::<_, ()>(1));
    println!("{}", format!("{handle:?}").starts_with("SpawnHandle"));
    println!("{}", format!("{:?}", pool.shutdown()).starts_with("Shutdown"));
}

fn many_yields() {
    let pool = Builder::new().pool_size(2).build();
    let tasks: Vec<_> = (0..50)
        .map(|number| {
            let mut left = 200;
            pool.spawn_handle(poll_fn(move || {
                left -= 1;
                if left == 0 {
                    return Ok::<_, ()>(Async::Ready(number));
                }
                futures::task::current().notify();
                Ok(Async::NotReady)
            }))
        })
        .collect();
    println!("{:?}", future::join_all(tasks).wait().map(|all| all.iter().sum::<u32>()));
}

fn worker_ids() {
    let ids = Arc::new(Mutex::new(Vec::new()));
    let keep = ids.clone();
    let pool = Builder::new()
        .pool_size(3)
        .custom_park(move |id| {
            keep.lock().unwrap().push(id.clone());
            tokio_threadpool::park::DefaultPark::new()
        })
        .build();
    let ids = ids.lock().unwrap();
    println!("{:?}", ids.iter().map(|id| id.to_usize()).collect::<Vec<_>>());
    println!("{} {}", ids[0] == ids[0].clone(), ids[0] == ids[1]);
    drop(pool);
}
