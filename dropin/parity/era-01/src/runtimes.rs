//! Whole runtimes: builders, bad values, shutdown, drops at strange moments.

use crate::{one, panic_of, panics, pool, yielding, Loud, Program};
use futures::future::{self, lazy, poll_fn, Executor as _};
use futures::sync::oneshot;
use futures::{Async, Future, Stream};
use std::cell::RefCell;
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tokio::runtime::{current_thread, Builder, Runtime};
use tokio_executor::{DefaultExecutor, Executor};
use tokio_timer::Delay;

pub const PROGRAMS: &[Program] = &[
    ("runtime_bad_values", runtime_bad_values),
    ("runtime_names", runtime_names),
    ("runtime_block_on", runtime_block_on),
    ("runtime_block_on_all", runtime_block_on_all),
    ("runtime_block_on_panics", runtime_block_on_panics),
    ("runtime_shutdown_on_idle", runtime_shutdown_on_idle),
    ("runtime_shutdown_now", runtime_shutdown_now),
    ("runtime_dropped_in_its_task", runtime_dropped_in_its_task),
    ("runtime_dropped_in_another", runtime_dropped_in_another),
    ("runtime_dropped_in_waker", runtime_dropped_in_waker),
    ("runtime_in_thread_local", runtime_in_thread_local),
    ("runtime_in_static", runtime_in_static),
    ("runtime_executor_after", runtime_executor_after),
    ("runtime_in_runtime", runtime_in_runtime),
    ("runtime_hooks", runtime_hooks),
    ("run_ends_when_idle", run_ends_when_idle),
    ("run_survives_panic", run_survives_panic),
    ("run_in_run", run_in_run),
    ("one_block_on", one_block_on),
    ("one_run", one_run),
    ("one_handle", one_handle),
    ("one_handle_after", one_handle_after),
    ("one_dropped_with_tasks", one_dropped_with_tasks),
    ("one_dropped_in_its_task", one_dropped_in_its_task),
    ("one_panic_in_task", one_panic_in_task),
    ("one_in_thread_local", one_in_thread_local),
    ("one_block_on_all", one_block_on_all),
    ("one_timers_and_order", one_timers_and_order),
    ("one_builder_clock", one_builder_clock),
    ("defaults_inside", defaults_inside),
    ("socket_of_dead_runtime", socket_of_dead_runtime),
    ("delay_of_dead_runtime", delay_of_dead_runtime),
    ("delay_dropped_after_runtime", delay_dropped_after_runtime),
    ("delay_in_thread_local", delay_in_thread_local),
    ("reactor_handle_words", reactor_handle_words),
    ("spawn_after_panic_of_block_on", spawn_after_panic_of_block_on),
    ("panic_handler_of_runtime", panic_handler_of_runtime),
];

fn say(text: &'static str) -> impl Future<Item = (), Error = ()> + Send {
    lazy(move || Ok(println!("{text}")))
}

fn hold(name: &'static str) -> impl Future<Item = (), Error = ()> + Send {
    let value = Loud(name);
    poll_fn(move || {
        let _ = &value;
        Ok(Async::NotReady)
    })
}

fn soon() -> Instant {
    Instant::now() + Duration::from_millis(5)
}

fn runtime_bad_values() {
    println!("{}", panics(|| _ = Builder::new().core_threads(0)));
    println!("{}", panics(|| _ = Builder::new().core_threads(1 << 15)));
    println!("{}", panics(|| _ = Builder::new().blocking_threads(0)));
    println!("{}", panics(|| _ = Builder::new().blocking_threads(1 << 15)));
    println!("{}", panics(|| _ = Builder::new().keep_alive(Some(Duration::ZERO))));
    println!("{}", panics(|| _ = Builder::new().stack_size(0)));
    println!("{:?}", Builder::new().core_threads(1).blocking_threads(1).build().is_ok());
    println!(
        "{:?}",
        Builder::new().core_threads(1).keep_alive(Some(Duration::MAX)).build().is_ok()
    );
    let mut tiny = Builder::new().core_threads(1).stack_size(1).build().unwrap();
    println!("{:?}", tiny.block_on(yielding().map(|()| 1)));
}

fn runtime_names() {
    let mut runtime = Builder::new().core_threads(1).name_prefix("named-").build().unwrap();
    let name = || std::thread::current().name().unwrap_or("-").starts_with("named-");
    println!("{:?}", runtime.block_on(lazy(move || Ok::<_, ()>(name()))));
    let mut runtime = pool();
    let name = || std::thread::current().name().unwrap_or("-").starts_with("tokio-runtime-worker-");
    println!("{:?}", runtime.block_on(lazy(move || Ok::<_, ()>(name()))));
}

fn runtime_block_on() {
    let mut runtime = pool();
    println!("{:?}", runtime.block_on(future::ok::<_, ()>(1)));
    println!("{:?}", runtime.block_on(future::err::<(), _>("no")));
    runtime.spawn(say("spawned"));
    println!("{:?}", runtime.block_on(yielding()));
    println!("{:?}", runtime.block_on(Delay::new(soon())).is_ok());
    println!("{:?}", runtime.shutdown_on_idle().wait());
}

fn runtime_block_on_all() {
    let runtime = pool();
    let answer = runtime.block_on_all(lazy(|| {
        tokio::spawn(Delay::new(soon()).then(|_| Ok(println!("later"))));
        Ok::<_, ()>(1)
    }));
    println!("{answer:?}");
}

fn runtime_block_on_panics() {
    let mut runtime = pool();
    println!(
        "{}",
        panics(|| {
            runtime.block_on(lazy(|| if true { panic!("main") } else { Ok::<(), ()>(()) }))
        })
    );
    println!("{:?}", runtime.block_on(future::ok::<_, ()>(1)));
    println!("{}", tokio_executor::enter().is_ok());
}

fn runtime_shutdown_on_idle() {
    let mut runtime = pool();
    let executor = runtime.executor();
    runtime.spawn(Delay::new(soon()).then(|_| Ok(println!("waited for"))));
    println!("{:?}", runtime.shutdown_on_idle().wait());
    println!("{:?}", executor.execute(say("never")).map_err(|error| error.kind()));
}

fn runtime_shutdown_now() {
    let mut runtime = pool();
    runtime.spawn(hold("a task"));
    runtime.block_on(yielding()).unwrap();
    println!("{:?}", runtime.shutdown_now().wait());
    println!("end");
}

fn runtime_dropped_in_its_task() {
    // Its drop waits for workers in both; so it is sent to a thread.
    let runtime = pool();
    let executor = runtime.executor();
    let (tx, rx) = mpsc::channel();
    executor.spawn(lazy(move || {
        tx.send(std::thread::spawn(move || drop(runtime))).unwrap();
        Ok(())
    }));
    rx.recv().unwrap().join().unwrap();
    println!("end");
}

fn runtime_dropped_in_another() {
    let mut outer = pool();
    let answer = outer.block_on(lazy(|| {
        let inner = pool();
        inner.executor().spawn(hold("inner"));
        drop(inner);
        println!("dropped");
        Ok::<_, ()>(())
    }));
    println!("{answer:?}");
    let mut outer = one();
    let answer = outer.block_on(lazy(|| {
        let mut inner = one();
        inner.spawn(hold("inner of one"));
        drop(inner);
        println!("dropped");
        tokio::runtime::current_thread::spawn(say("outer still there"));
        Delay::new(soon())
    }));
    println!("{:?}", answer.is_ok());
}

fn runtime_dropped_in_waker() {
    // A notify that drops a runtime, called by another runtime's driver.
    struct Drops(std::sync::Mutex<Option<Runtime>>, mpsc::Sender<()>);
    impl futures::executor::Notify for Drops {
        fn notify(&self, _: usize) {
            let runtime = self.0.lock().unwrap().take();
            let was_there = runtime.is_some();
            drop(runtime);
            if was_there {
                self.1.send(()).unwrap();
            }
        }
    }
    let (tx, rx) = mpsc::channel();
    let inner = pool();
    inner.executor().spawn(hold("inner"));
    let notify = std::sync::Arc::new(Drops(std::sync::Mutex::new(Some(inner)), tx));
    let notify = futures::executor::NotifyHandle::from(notify);
    let mut runtime = pool();
    let delay = runtime.block_on(lazy(|| Ok::<_, ()>(Delay::new(soon())))).unwrap();
    let mut delay = futures::executor::spawn(delay);
    let answer = runtime
        .block_on(lazy(move || Ok::<_, ()>((delay.poll_future_notify(&notify, 0).is_ok(), delay))));
    // Without the delay nobody would be notified.
    let (was_polled, delay) = answer.unwrap();
    println!("{:?}", rx.recv());
    drop(delay);
    println!("{was_polled}");
    println!("{:?}", runtime.block_on(Delay::new(soon())).is_ok());
}

thread_local! {
    static KEPT: RefCell<Option<Runtime>> = const { RefCell::new(None) };
    static KEPT_ONE: RefCell<Option<current_thread::Runtime>> = const { RefCell::new(None) };
    static KEPT_DELAY: RefCell<Option<Delay>> = const { RefCell::new(None) };
}

fn runtime_in_thread_local() {
    std::thread::spawn(|| {
        let mut runtime = pool();
        runtime.spawn(hold("a task"));
        runtime.block_on(yielding()).unwrap();
        KEPT.with(|kept| *kept.borrow_mut() = Some(runtime));
    })
    .join()
    .unwrap();
    println!("end");
}

fn runtime_in_static() {
    static RUNTIME: std::sync::OnceLock<std::sync::Mutex<Runtime>> = std::sync::OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| std::sync::Mutex::new(pool()));
    runtime.lock().unwrap().spawn(hold("never dropped"));
    println!("{:?}", runtime.lock().unwrap().block_on(yielding()));
}

fn runtime_executor_after() {
    let runtime = pool();
    let executor = runtime.executor();
    println!("{:?}", Executor::status(&executor));
    drop(runtime);
    println!("{:?}", Executor::status(&executor));
    println!("{:?}", executor.execute(say("never")).map_err(|error| error.kind()));
    println!("{}", panics(|| executor.spawn(say("never"))));
}

fn runtime_in_runtime() {
    let mut runtime = pool();
    let answer = runtime.block_on(lazy(|| {
        println!("{}", panics(|| pool().block_on(future::ok::<_, ()>(1))));
        println!("{}", panics(|| tokio::run(future::ok(()))));
        println!("{}", panics(|| one().block_on(future::ok::<_, ()>(1))));
        Ok::<_, ()>(())
    }));
    println!("{answer:?}");
    let answer = one().block_on(lazy(|| {
        println!("{}", panics(|| pool().block_on(future::ok::<_, ()>(1))));
        println!("{}", panics(|| one().block_on(future::ok::<_, ()>(1))));
        println!("{}", panics(|| one().run()));
        Ok::<_, ()>(())
    }));
    println!("{answer:?}");
}

fn runtime_hooks() {
    let (tx, rx) = mpsc::channel();
    let (started, stopped) = (std::sync::Mutex::new(tx.clone()), std::sync::Mutex::new(tx));
    let mut runtime = Builder::new()
        .core_threads(1)
        .after_start(move || started.lock().unwrap().send("start").unwrap())
        .before_stop(move || stopped.lock().unwrap().send("stop").unwrap())
        .build()
        .unwrap();
    println!("{:?}", runtime.block_on(future::ok::<_, ()>(1)));
    println!("{:?}", rx.recv());
    runtime.shutdown_now().wait().unwrap();
    println!("{}", rx.iter().any(|word| word == "stop"));
}

fn run_ends_when_idle() {
    tokio::run(lazy(|| {
        tokio::spawn(Delay::new(soon()).then(|_| {
            tokio::spawn(say("last"));
            Ok(())
        }));
        println!("first");
        Ok(())
    }));
    println!("end");
    tokio::run(future::err(()));
    tokio::runtime::current_thread::run(lazy(|| {
        tokio::spawn(Delay::new(soon()).then(|_| Ok(println!("on one thread"))));
        Ok(())
    }));
}

fn run_survives_panic() {
    tokio::run(lazy(|| {
        tokio::spawn(lazy(|| if true { panic!("a task") } else { Ok(()) }));
        tokio::spawn(Delay::new(soon()).then(|_| Ok(println!("another"))));
        Ok(())
    }));
    println!("{}", panics(|| tokio::run(lazy(|| if true { panic!("main") } else { Ok(()) }))));
}

fn run_in_run() {
    tokio::run(lazy(|| {
        println!("{}", panics(|| tokio::run(say("never"))));
        println!("{}", panics(|| tokio::runtime::current_thread::run(say("never"))));
        Ok(())
    }));
}

fn one_block_on() {
    let mut runtime = one();
    println!("{:?}", runtime.block_on(future::ok::<_, ()>(1)));
    println!("{:?}", runtime.block_on(future::err::<(), _>(2)));
    runtime.spawn(say("spawned"));
    println!("{:?}", runtime.block_on(lazy(|| Ok::<_, ()>(println!("main")))));
    println!("{:?}", runtime.block_on(Delay::new(soon())).is_ok());
    println!("{:?}", runtime.run());
}

fn one_run() {
    let mut runtime = one();
    println!("{:?}", runtime.run());
    runtime.spawn(Delay::new(soon()).then(|_| Ok(println!("later"))));
    println!("{:?}", runtime.run());
}

fn one_handle() {
    let mut runtime = one();
    let handle = runtime.handle();
    println!("{:?}", handle.status());
    let (tx, rx) = oneshot::channel();
    let thread = std::thread::spawn(move || {
        handle.spawn(lazy(move || tx.send(3).map_err(drop))).unwrap();
        println!("{}", handle.execute(say("executed")).is_ok());
    });
    thread.join().unwrap();
    println!("{:?}", runtime.block_on(rx));
    println!("{:?}", runtime.run());
}

fn one_handle_after() {
    let runtime = one();
    let handle = runtime.handle();
    drop(runtime);
    println!("{:?}", handle.status());
    println!("{:?}", handle.spawn(say("never")));
    let answer = std::thread::spawn(move || handle.spawn(say("never")).is_err()).join();
    println!("{:?}", answer.map_err(drop));
}

fn one_dropped_with_tasks() {
    let mut runtime = one();
    runtime.spawn(hold("a"));
    runtime.spawn(hold("b"));
    runtime.block_on(yielding()).unwrap();
    runtime.spawn(hold("c"));
    drop(runtime);
    println!("end");
}

fn one_dropped_in_its_task() {
    // A runtime in a task of another one, of which a task of it drops something.
    let mut runtime = one();
    struct Keeps(Option<current_thread::Runtime>);
    impl Drop for Keeps {
        fn drop(&mut self) {
            drop(self.0.take());
            println!("inner dropped by a drop");
        }
    }
    let mut inner = one();
    inner.spawn(hold("inner"));
    let keeps = Keeps(Some(inner));
    runtime.spawn(future::empty().map(move |()| drop(keeps)));
    runtime.block_on(yielding()).unwrap();
    drop(runtime);
    println!("end");
}

fn one_panic_in_task() {
    let mut runtime = one();
    runtime.spawn(lazy(|| if true { panic!("a task") } else { Ok(()) }));
    println!("{}", panic_of(|| runtime.run()));
    println!("{:?}", runtime.block_on(Delay::new(soon())).is_ok());
}

fn one_in_thread_local() {
    std::thread::spawn(|| {
        let mut runtime = one();
        runtime.spawn(hold("a task"));
        runtime.spawn(Delay::new(Instant::now() + Duration::from_secs(100)).then(|_| Ok(())));
        runtime.block_on(yielding()).unwrap();
        KEPT_ONE.with(|kept| *kept.borrow_mut() = Some(runtime));
    })
    .join()
    .unwrap();
    println!("end");
}

fn one_block_on_all() {
    let answer = current_thread::block_on_all(lazy(|| {
        current_thread::spawn(Delay::new(soon()).then(|_| Ok(println!("later"))));
        Ok::<_, ()>(println!("main"))
    }));
    println!("{answer:?}");
    println!("{:?}", current_thread::block_on_all(future::err::<(), _>("no")));
}

fn one_timers_and_order() {
    let at = Instant::now() + Duration::from_millis(20);
    let mut runtime = one();
    for (name, after) in [("c", 9), ("a", 3), ("b", 6)] {
        let when = at + Duration::from_millis(after);
        runtime.spawn(Delay::new(when).then(move |_| Ok(println!("{name}"))));
    }
    println!("{:?}", runtime.run());
}

struct Still(Instant);

impl tokio_timer::clock::Now for Still {
    fn now(&self) -> Instant {
        self.0
    }
}

fn one_builder_clock() {
    let then = Instant::now();
    let clock = tokio_timer::clock::Clock::new_with_now(Still(then));
    let mut runtime = current_thread::Builder::new().clock(clock.clone()).build().unwrap();
    let answer = runtime.block_on(lazy(move || Ok::<_, ()>(tokio::clock::now() == then)));
    println!("{answer:?}");
    println!("{:?}", runtime.block_on(Delay::new(then)).is_ok());
    let mut runtime = Builder::new().core_threads(1).clock(clock).build().unwrap();
    let answer = runtime.block_on(lazy(move || Ok::<_, ()>(tokio::clock::now() == then)));
    println!("{answer:?}");
}

fn defaults_inside() {
    fn look(name: &str) {
        println!(
            "{name}: spawn {} enter {}",
            Executor::status(&DefaultExecutor::current()).is_ok(),
            tokio_executor::enter().is_ok(),
        );
    }
    look("outside");
    pool().block_on(lazy(|| Ok::<_, ()>(look("pool")))).unwrap();
    one().block_on(lazy(|| Ok::<_, ()>(look("one")))).unwrap();
    struct Looks(&'static str);
    impl Drop for Looks {
        fn drop(&mut self) {
            look(self.0);
        }
    }
    let looks = Looks("drop on one");
    let mut runtime = one();
    runtime.spawn(future::empty().map(move |()| drop(looks)));
    drop(runtime);
    look("end");
}

fn socket_of_dead_runtime() {
    let mut runtime = one();
    let listener = runtime
        .block_on(lazy(|| {
            let listener = tokio::net::TcpListener::bind(&"127.0.0.1:0".parse().unwrap())?;
            let mut incoming = listener.incoming();
            Ok::<_, std::io::Error>((incoming.poll().map(|answer| answer.is_ready()), incoming))
        }))
        .unwrap();
    println!("{:?}", listener.0);
    drop(runtime);
    let mut incoming = listener.1;
    let answer = one().block_on(poll_fn(move || incoming.poll())).map(|_| "a connection");
    println!("{:?}", answer.map_err(|error| error.kind()));
}

fn delay_of_dead_runtime() {
    let mut runtime = one();
    let mut delay = runtime
        .block_on(lazy(|| {
            let mut delay = Delay::new(Instant::now() + Duration::from_secs(1000));
            println!("{:?}", delay.poll().map(|answer| answer.is_ready()));
            Ok::<_, ()>(delay)
        }))
        .unwrap();
    drop(runtime);
    let answer = one().block_on(poll_fn(|| delay.poll()));
    println!("{:?}", answer.map_err(|error| (error.is_shutdown(), error.is_at_capacity())));
    let unused = Delay::new(Instant::now());
    println!("{:?}", unused.wait().map_err(|error| error.is_shutdown()));
}

fn delay_dropped_after_runtime() {
    let mut runtime = pool();
    let delay = runtime
        .block_on(lazy(|| {
            let mut delay = Delay::new(Instant::now() + Duration::from_secs(1000));
            let _ = delay.poll();
            Ok::<_, ()>(delay)
        }))
        .unwrap();
    runtime.shutdown_now().wait().unwrap();
    println!("{}", delay.is_elapsed());
    drop(delay);
    println!("end");
}

fn delay_in_thread_local() {
    std::thread::spawn(|| {
        KEPT_DELAY.with(|_| ());
        one()
            .block_on(lazy(|| {
                let mut delay = Delay::new(Instant::now() + Duration::from_secs(1000));
                let _ = delay.poll();
                KEPT_DELAY.with(|kept| *kept.borrow_mut() = Some(delay));
                Ok::<_, ()>(())
            }))
            .unwrap();
    })
    .join()
    .unwrap();
    println!("end");
}

fn reactor_handle_words() {
    let handle = tokio::reactor::Handle::default();
    println!("{}", format!("{handle:?}").starts_with("Handle"));
    let reactor = tokio::reactor::Reactor::new().unwrap();
    println!("{}", reactor.is_idle());
    let handle = reactor.handle();
    drop(reactor);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let answer = tokio::net::TcpListener::from_std(listener, &handle);
    println!("{:?}", answer.map(drop).map_err(|error| error.kind()));
}

fn spawn_after_panic_of_block_on() {
    let mut runtime = one();
    println!(
        "{}",
        panic_of(|| {
            runtime.block_on(lazy(|| {
                tokio::spawn(say("spawned before"));
                if true {
                    panic!("main")
                } else {
                    Ok::<(), ()>(())
                }
            }))
        })
    );
    runtime.spawn(say("spawned after"));
    println!("{:?}", runtime.run());
    println!("{:?}", Executor::status(&DefaultExecutor::current()).is_ok());
}

fn panic_handler_of_runtime() {
    let (tx, rx) = mpsc::channel();
    let tx = std::sync::Mutex::new(tx);
    let mut runtime = Builder::new()
        .core_threads(1)
        .panic_handler(move |payload| {
            let text = payload.downcast_ref::<&str>().copied().unwrap_or("?");
            tx.lock().unwrap().send(text).unwrap();
        })
        .build()
        .unwrap();
    runtime.spawn(lazy(|| if true { panic!("one") } else { Ok(()) }));
    println!("{:?}", rx.recv());
    println!("{:?}", runtime.block_on(future::ok::<_, ()>(1)));
}
