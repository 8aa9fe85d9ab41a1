//! Runtimes of both flavors, their builders and handles.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{mpsc, Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;
use test_support::stress::PATIENCE;
use tokio::runtime::{Builder, Handle, Runtime, RuntimeFlavor};
use tokio::task::yield_now;
use tokio_await as tokio;

fn both() -> [Runtime; 2] {
    [
        Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap(),
        Builder::new_current_thread().enable_all().build().unwrap(),
    ]
}

#[tokio::test(crate = "tokio_await")]
async fn tests_run_on_one_thread() {
    assert_eq!(Handle::current().runtime_flavor(), RuntimeFlavor::CurrentThread);
    let here = thread::current().id();
    let there = tokio::spawn(async { thread::current().id() });
    assert_eq!(there.await.unwrap(), here);
}

#[tokio::test(crate = "tokio_await", flavor = "multi_thread", worker_threads = 1)]
async fn tests_run_on_workers_if_told_to() {
    assert_eq!(Handle::current().runtime_flavor(), RuntimeFlavor::MultiThread);
    let here = thread::current().id();
    let there = tokio::spawn(async {
        assert_eq!(Handle::current().runtime_flavor(), RuntimeFlavor::MultiThread);
        thread::current().id()
    });
    assert_ne!(there.await.unwrap(), here);
}

#[test]
fn tasks_use_sockets_timers_and_files_on_either_flavor() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    for runtime in both() {
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let server = tokio::spawn(async move {
                let (mut socket, _) = listener.accept().await.unwrap();
                tokio::time::sleep(Duration::from_millis(2)).await;
                socket.write_all(b"hello").await.unwrap();
            });
            let mut text = String::new();
            let mut socket = TcpStream::connect(address).await.unwrap();
            socket.read_to_string(&mut text).await.unwrap();
            assert_eq!(text, "hello");
            server.await.unwrap();
            let path = std::env::temp_dir().join(format!("tokio-await-rt-{}", std::process::id()));
            tokio::fs::write(&path, "there").await.unwrap();
            assert_eq!(tokio::fs::read_to_string(&path).await.unwrap(), "there");
            tokio::fs::remove_file(&path).await.unwrap();
        });
    }
}

#[test]
fn a_handle_spawns_from_any_thread() {
    for runtime in both() {
        let handle = runtime.handle().clone();
        // Before the runtime runs, and while it does.
        let early = handle.spawn(async { Handle::current().runtime_flavor() });
        let (started, has_started) = mpsc::channel();
        let late = thread::spawn(move || {
            has_started.recv().unwrap();
            assert!(Handle::try_current().is_err());
            handle.spawn(async { 7 })
        });
        let sum = runtime.block_on(async {
            started.send(()).unwrap();
            assert_eq!(early.await.unwrap(), Handle::current().runtime_flavor());
            while !late.is_finished() {
                yield_now().await;
            }
            late.join().unwrap().await.unwrap()
        });
        assert_eq!(sum, 7);
    }
}

#[test]
fn tasks_of_a_current_thread_runtime_wait_for_the_next_block_on() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let polled = Arc::new(AtomicUsize::new(0));
    let counter = polled.clone();
    let task = runtime.spawn(async move {
        for _ in 0..3 {
            counter.fetch_add(1, SeqCst);
            yield_now().await;
        }
    });
    assert_eq!(polled.load(SeqCst), 0, "nobody runs it");
    runtime.block_on(yield_now());
    assert!(!task.is_finished());
    runtime.block_on(task).unwrap();
    assert_eq!(polled.load(SeqCst), 3);
}

#[test]
fn a_current_thread_runtime_goes_from_thread_to_thread() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let task = runtime.spawn(async { 7 });
    let runtime = thread::spawn(move || {
        assert_eq!(runtime.block_on(task).unwrap(), 7);
        runtime
    });
    let runtime = runtime.join().unwrap();
    let task = runtime.spawn(async { 8 });
    assert_eq!(runtime.block_on(task).unwrap(), 8);
}

/// Two block on one runtime: the second one takes over when the first is done.
#[test]
fn who_blocks_beside_another_drives_the_runtime_after_it() {
    let runtime = Arc::new(Builder::new_current_thread().enable_all().build().unwrap());
    let (release, released) = tokio::sync::oneshot::channel::<()>();
    let (begun, has_begun) = mpsc::channel();
    let first = {
        let runtime = runtime.clone();
        thread::spawn(move || {
            runtime.block_on(async {
                begun.send(()).unwrap();
                released.await.unwrap();
            })
        })
    };
    has_begun.recv().unwrap();
    // Its own future is polled here, before it drives.
    runtime.block_on(async {
        assert_eq!(tokio::runtime::worker_index(), None);
        release.send(()).unwrap();
        // This needs whoever drives, which at some time is this thread.
        for _ in 0..3 {
            let task = tokio::spawn(tokio::time::sleep(Duration::from_millis(2)));
            task.await.unwrap();
        }
    });
    first.join().unwrap();
}

#[test]
fn a_runtime_that_is_dropped_by_a_task_says_why_it_must_not() {
    for runtime in both() {
        let inner = Builder::new_current_thread().build().unwrap();
        let task = runtime.spawn(async move { drop(inner) });
        let panic = runtime.block_on(task).unwrap_err();
        assert!(panic.to_string().contains("Cannot drop a runtime in a context"), "{panic}");
    }
}

#[test]
fn a_blocking_section_may_block_on_a_runtime() {
    for runtime in both() {
        let handle = runtime.handle().clone();
        let task = runtime.spawn_blocking(move || handle.block_on(async { 7 }));
        assert_eq!(runtime.block_on(task).unwrap(), 7);
    }
    let [pool, one] = both();
    let task = pool.spawn(async move {
        let seven = tokio::task::block_in_place(|| one.block_on(one.spawn(async { 7 })).unwrap());
        one.shutdown_background();
        seven
    });
    assert_eq!(pool.block_on(task).unwrap(), 7);
}

#[test]
fn a_queued_job_is_cancelled_by_the_end_of_its_runtime() {
    let runtime = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    let (leave, stays) = mpsc::channel::<()>();
    let _holds_the_thread = runtime.spawn_blocking(move || stays.recv());
    let queued = runtime.spawn_blocking(|| 7);
    runtime.shutdown_background();
    assert!(futures::Future::wait(queued).unwrap_err().is_cancelled());
    drop(leave);
}

/// A write to a file is ready before it has reached the system. One that was still queued used to
/// be cancelled with its runtime, and its bytes were lost.
#[test]
fn fault_b04_a_queued_write_to_a_file_outlives_its_runtime() {
    use tokio_await::io::AsyncWriteExt;

    let path = std::env::temp_dir().join(format!("queued-write-{}", std::process::id()));
    let runtime = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    let mut file = runtime.block_on(tokio_await::fs::File::create(&path)).unwrap();
    let (leave, stays) = mpsc::channel::<()>();
    let (begin, begun) = mpsc::channel();
    let holds_the_thread = runtime.spawn_blocking(move || {
        begin.send(()).unwrap();
        stays.recv()
    });
    begun.recv().unwrap();
    runtime.block_on(file.write_all(b"kept")).unwrap();
    let cancelled = runtime.spawn_blocking(|| 7);
    runtime.shutdown_background();
    assert!(futures::Future::wait(cancelled).unwrap_err().is_cancelled());
    drop(leave);
    futures::Future::wait(holds_the_thread).unwrap().unwrap_err();
    let another = Builder::new_current_thread().build().unwrap();
    another.block_on(file.flush()).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"kept");
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn a_task_knows_its_id_and_an_error_the_message_of_the_panic() {
    for runtime in both() {
        let task = runtime.spawn(async { tokio::task::id() });
        let id = task.id();
        assert_eq!(runtime.block_on(task).unwrap(), id);
        runtime.block_on(async { assert_eq!(tokio::task::try_id(), None) });
        let task = runtime.spawn(async { panic!("on purpose") });
        let id = task.id();
        let error = runtime.block_on(task).unwrap_err();
        assert_eq!(error.id(), id);
        let text = format!("task {id} panicked with message \"on purpose\"");
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn what_blocks_leaves_the_tasks_alone() {
    for runtime in both() {
        let (tx, rx) = mpsc::channel();
        let seven = runtime.block_on(async {
            let here = thread::current().id();
            let blocked = tokio::task::spawn_blocking(move || {
                assert_ne!(thread::current().id(), here);
                // A blocking thread belongs to the runtime, too.
                let task = Handle::current().spawn(async { 6 });
                rx.recv().unwrap();
                futures::Future::wait(task).unwrap() + 1
            });
            yield_now().await;
            tx.send(()).unwrap();
            blocked.await.unwrap()
        });
        assert_eq!(seven, 7);
    }
}

#[test]
fn a_dropped_runtime_drops_its_tasks() {
    for runtime in both() {
        let alive = Arc::new(());
        let kept = alive.clone();
        let task = runtime.spawn(async move {
            std::future::pending::<()>().await;
            drop(kept);
        });
        runtime.block_on(yield_now());
        let handle = runtime.handle().clone();
        drop(runtime);
        assert_eq!(Arc::strong_count(&alive), 1);
        assert!(futures::Future::wait(task).unwrap_err().is_cancelled());
        assert!(futures::Future::wait(handle.spawn(async {})).is_err(), "it has shut down");
    }
}

#[test]
fn a_runtime_that_is_entered_takes_what_is_spawned() {
    let [pool, single] = both();
    {
        let _pool = pool.enter();
        let outer = tokio::spawn(async { Handle::current().runtime_flavor() });
        let inner = {
            let _single = single.enter();
            assert_eq!(Handle::current().runtime_flavor(), RuntimeFlavor::CurrentThread);
            tokio::spawn(async { Handle::current().runtime_flavor() })
        };
        assert_eq!(Handle::current().runtime_flavor(), RuntimeFlavor::MultiThread);
        assert_eq!(pool.block_on(outer).unwrap(), RuntimeFlavor::MultiThread);
        assert_eq!(single.block_on(inner).unwrap(), RuntimeFlavor::CurrentThread);
    }
    assert!(Handle::try_current().is_err());
}

#[test]
fn a_shutdown_does_not_wait_for_who_never_ends() {
    for (n, runtime) in both().into_iter().chain(both()).enumerate() {
        let (leave, stays) = mpsc::channel::<()>();
        let (begun, has_begun) = mpsc::channel();
        let _task = runtime.spawn_blocking(move || {
            begun.send(()).unwrap();
            let _ = stays.recv();
        });
        has_begun.recv().unwrap();
        if n < 2 {
            runtime.shutdown_background();
        } else {
            runtime.shutdown_timeout(Duration::from_millis(5));
        }
        drop(leave);
    }
}

#[test]
fn threads_are_named_and_told() {
    let started = Arc::new(AtomicUsize::new(0));
    let (counter, stopped) = (started.clone(), Arc::new(AtomicUsize::new(0)));
    let counted = stopped.clone();
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(3)
        .thread_name("await-")
        .thread_stack_size(1 << 20)
        .thread_keep_alive(Duration::from_secs(5))
        .on_thread_start(move || {
            counter.fetch_add(1, SeqCst);
        })
        .on_thread_stop(move || {
            counted.fetch_add(1, SeqCst);
        })
        .build()
        .unwrap();
    let name = runtime.spawn(async { thread::current().name().map(String::from) });
    let name = runtime.block_on(name).unwrap().unwrap();
    assert!(name.starts_with("await-"), "{name}");
    assert!(started.load(SeqCst) >= 1);
    drop(runtime);
    assert_eq!(started.load(SeqCst), stopped.load(SeqCst));
}

/// Blocks on `future` on a thread of its own, as an executor that is not ours does.
fn wait_elsewhere<F>(future: F) -> Option<F::Output>
where
    F: std::future::Future + Send + 'static,
    F::Output: Send + 'static,
{
    struct Unpark(thread::Thread);

    impl std::task::Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let (tx, rx) = mpsc::channel();
    thread::spawn(move || {
        let waker = Arc::new(Unpark(thread::current())).into();
        let mut future = std::pin::pin!(future);
        let mut cx = std::task::Context::from_waker(&waker);
        loop {
            match future.as_mut().poll(&mut cx) {
                std::task::Poll::Ready(output) => return tx.send(output),
                std::task::Poll::Pending => thread::park(),
            }
        }
    });
    rx.recv_timeout(PATIENCE).ok()
}

#[test]
fn a_runtime_that_has_run_nothing_serves_whoever_enters_it() {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let entered = runtime.enter();
    let sleep = tokio::time::sleep(Duration::from_millis(1));
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_nonblocking(true).unwrap();
    let socket = tokio::net::UdpSocket::from_std(socket).unwrap();
    drop(entered);
    assert_eq!(wait_elsewhere(sleep), Some(()), "nobody drives the timers");
    let address = socket.local_addr().unwrap();
    let received = async move { socket.recv(&mut [0; 8]).await.unwrap() };
    let sends = thread::spawn(move || {
        let sender = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        sender.send_to(b"seven", address).unwrap();
    });
    assert_eq!(wait_elsewhere(received), Some(5), "nobody drives I/O");
    sends.join().unwrap();
}

#[test]
fn a_pool_of_the_root_crate_has_this_face_too() {
    let engine = ::tokio::runtime::Builder::new().core_threads(1).build().unwrap();
    let runtime = Runtime::from(engine);
    assert_eq!(runtime.block_on(runtime.spawn(async { 7 })).unwrap(), 7);
}

/// The worker slept on what its own hook had spawned: nobody else was woken for it.
#[test]
fn what_a_park_hook_spawns_runs_before_the_sleep() {
    for mut builder in [Builder::new_multi_thread(), Builder::new_current_thread()] {
        let (handle, home) = mpsc::channel::<Handle>();
        let home = std::sync::Mutex::new(home);
        let (ran, has_run) = mpsc::channel();
        let ran = std::sync::Mutex::new(Some(ran));
        let runtime = builder
            .worker_threads(1)
            .on_thread_park(move || {
                let Ok(home) = home.lock().unwrap().try_recv() else { return };
                let ran = ran.lock().unwrap().take().unwrap();
                home.spawn(async move { ran.send(()).unwrap() });
            })
            .build()
            .unwrap();
        handle.send(runtime.handle().clone()).unwrap();
        // The worker starts, runs this, and sleeps.
        runtime.block_on(async {
            tokio::spawn(async {}).await.unwrap();
            let waits = move || has_run.recv_timeout(PATIENCE);
            tokio::task::spawn_blocking(waits).await.unwrap().expect("the task runs");
        });
    }
}

/// A pool used to start a thread only for the first task.
#[test]
fn a_pool_starts_the_threads_of_all_workers_when_it_is_built() {
    let (started, starts) = mpsc::channel();
    let _runtime = Builder::new_multi_thread()
        .worker_threads(3)
        .on_thread_start(move || started.send(()).unwrap())
        .build()
        .unwrap();
    for _ in 0..3 {
        starts.recv().unwrap();
    }
}

/// The task that yields used to be polled again and again before the driver was.
#[test]
fn a_lone_task_that_yields_gives_way_to_io() {
    use std::os::unix::net::UnixStream as Std;

    // With two workers the other one may be in the driver, and take its time.
    let pool = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let thread = Builder::new_current_thread().enable_all().build().unwrap();
    for runtime in [pool, thread] {
        let task = runtime.spawn(async {
            let (ours, theirs) = Std::pair().unwrap();
            ours.set_nonblocking(true).unwrap();
            let ours = tokio::net::UnixStream::from_std(ours).unwrap();
            let readable = ours.readable();
            tokio::pin!(readable);
            let mut waits = poll_once(&mut readable).await;
            std::io::Write::write_all(&mut &theirs, &[1]).unwrap();
            let mut yields = 0;
            while waits && yields < 50 {
                yield_now().await;
                yields += 1;
                waits = poll_once(&mut readable).await;
            }
            yields
        });
        assert!(runtime.block_on(task).unwrap() < 10);
    }
}

/// Polls once; whether it is pending.
async fn poll_once(future: &mut (impl std::future::Future + Unpin)) -> bool {
    std::future::poll_fn(|cx| {
        let polled = std::pin::Pin::new(&mut *future).poll(cx);
        std::task::Poll::Ready(polled.is_pending())
    })
    .await
}

/// The drop of the runtime used to wait for the blocked task, which waited for what the other
/// task kept.
#[test]
fn a_shutdown_drops_what_a_blocked_task_waits_for() {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (keep, kept) = mpsc::channel::<()>();
    let (block, blocked) = mpsc::channel();
    runtime.spawn(async move {
        let _keep = keep;
        std::future::pending::<()>().await;
    });
    runtime.spawn(async move {
        tokio::task::block_in_place(|| {
            block.send(()).unwrap();
            assert!(kept.recv().is_err());
        });
    });
    blocked.recv().unwrap();
    drop(runtime);
}

#[test]
fn what_has_a_blocking_thread_of_its_own_is_run_though_the_runtime_shuts_down() {
    for runtime in both() {
        let job = runtime.spawn_blocking(|| 42);
        runtime.shutdown_timeout(Duration::from_secs(1000));
        let answer = Builder::new_current_thread().build().unwrap().block_on(job);
        assert_eq!(answer.unwrap(), 42);
    }
}

/// A runtime may end while a guard says that the thread belongs to it.
#[test]
fn a_runtime_can_be_shut_down_while_it_is_entered() {
    let [runtime, _] = both();
    let _entered = runtime.enter();
    runtime.shutdown_background();
    assert!(Handle::try_current().is_ok());
}

#[test]
fn a_paused_clock_stands_still_while_a_blocking_job_runs() {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let before = tokio::time::Instant::now();
        let job = tokio::task::spawn_blocking(|| thread::sleep(Duration::from_millis(5)));
        tokio::time::timeout(Duration::from_millis(1), job).await.unwrap().unwrap();
        assert_eq!(before.elapsed(), Duration::ZERO);
    });
}

#[test]
fn the_destructor_of_a_future_whose_poll_panics_can_tell() {
    struct Tells(mpsc::Sender<bool>);

    impl std::future::Future for Tells {
        type Output = ();

        fn poll(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<()> {
            panic!("on purpose");
        }
    }

    impl Drop for Tells {
        fn drop(&mut self) {
            self.0.send(thread::panicking()).unwrap();
        }
    }

    for runtime in both() {
        let (tell, told) = mpsc::channel();
        let task = runtime.spawn(Tells(tell));
        assert!(runtime.block_on(task).unwrap_err().is_panic());
        assert!(told.recv().unwrap());
    }
}

/// Tasks on workers found the reactor and the timers all the same.
#[test]
fn a_worker_of_a_runtime_without_io_and_timers_says_so() {
    fn message<R>(f: impl FnOnce() -> R) -> String {
        let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).err();
        payload
            .and_then(|payload| payload.downcast::<&str>().ok())
            .map_or(String::new(), |text| text.to_string())
    }

    let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let messages = runtime.spawn(async {
        let sleep = message(|| tokio::time::sleep(Duration::from_millis(1)));
        (sleep, message(tokio::net::UnixStream::pair))
    });
    let (sleep, pair) = runtime.block_on(messages).unwrap();
    assert!(sleep.contains("timers are disabled"), "{sleep:?}");
    assert!(pair.contains("IO is disabled"), "{pair:?}");

    let runtime = Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
    let slept = runtime.spawn(async { tokio::time::sleep(Duration::from_millis(1)).await });
    runtime.block_on(slept).unwrap();
}

#[test]
#[should_panic(expected = "requires the `current_thread` Tokio runtime")]
fn the_clock_of_a_pool_cannot_start_paused() {
    let _ = Builder::new_multi_thread().enable_all().start_paused(true).build();
}

/// It had none.
#[tokio::test(crate = "tokio_await")]
async fn what_blocks_on_a_future_inside_a_task_keeps_the_id_of_the_task() {
    use tokio::task;
    assert_eq!(task::try_id(), None);
    let job =
        task::spawn_blocking(|| (task::id(), Handle::current().block_on(async { task::id() })));
    let (outside, inside) = job.await.unwrap();
    assert_eq!(outside, inside);
}

#[test]
fn a_worker_that_stops_has_polled_no_task_more() {
    // One, so that nobody steals the task that it spawns.
    let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
    runtime.block_on(async {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        tokio::spawn(async {
            tokio::spawn(async { sender.send(()).unwrap() });
        });
        receiver.await.unwrap();
    });
    let metrics = runtime.metrics();
    drop(runtime);
    assert_eq!(metrics.worker_poll_count(0), 2);
    assert_eq!(metrics.worker_local_schedule_count(0), 1);
    assert_eq!(metrics.remote_schedule_count(), 1);
}

/// A job stayed in the queue when what names threads panicked, and nobody came for it.
#[test]
fn a_job_runs_on_a_thread_whose_name_cannot_be_had() {
    let calls = AtomicUsize::new(0);
    let name = move || match calls.fetch_add(1, SeqCst) {
        0 => panic!("no name"),
        _ => "a zero \0 within".to_owned(),
    };
    let runtime = Builder::new_current_thread().thread_name_fn(name).build().unwrap();
    let (release, released) = mpsc::channel::<()>();
    let first = runtime.spawn_blocking(move || released.recv().is_err());
    // Another thread, as the first is not free.
    assert_eq!(runtime.block_on(runtime.spawn_blocking(|| 2)).unwrap(), 2);
    drop(release);
    assert!(runtime.block_on(first).unwrap());
}

/// As if the job had been forgotten: it waited for the next one to start a thread.
#[test]
fn a_job_runs_though_the_hook_of_its_thread_panics() {
    let runtime = Builder::new_current_thread().on_thread_start(|| panic!("no start")).build();
    let runtime = runtime.unwrap();
    assert_eq!(runtime.block_on(runtime.spawn_blocking(|| 1)).unwrap(), 1);
}

/// What names a thread was called with the lock of the blocking threads held.
#[test]
fn what_names_a_thread_may_use_its_runtime() {
    for elsewhere in [false, true] {
        let home: Arc<OnceLock<Handle>> = Arc::default();
        let (found, calls) = (home.clone(), AtomicUsize::new(0));
        let name = move || {
            let home = found.get().filter(|_| calls.fetch_add(1, SeqCst) == 0);
            if let Some(home) = home.cloned() {
                let job = move || drop(home.spawn_blocking(|| ()));
                match elsewhere {
                    false => job(),
                    true => thread::spawn(job).join().unwrap(),
                }
            }
            "named".to_owned()
        };
        let runtime = Builder::new_current_thread().thread_name_fn(name).build().unwrap();
        assert!(home.set(runtime.handle().clone()).is_ok());
        let (tx, rx) = mpsc::channel();
        let handle = runtime.handle().clone();
        thread::spawn(move || {
            let name = || thread::current().name().map(str::to_owned);
            handle.spawn_blocking(move || tx.send(name()).unwrap());
        });
        // Either thread may run it; the one that is started within the call has no name.
        let Ok(name) = rx.recv_timeout(PATIENCE) else {
            // Its end would wait as well.
            std::mem::forget(runtime);
            panic!("the job runs");
        };
        assert!(name.is_none_or(|name| name == "named"));
    }
}

/// A thread that had waited for too long counted as one that could still take a job, up to the end
/// of what it calls as it stops: with no more threads allowed, a job of that time was forgotten.
#[test]
fn a_job_runs_though_it_comes_as_the_last_thread_allowed_gives_up() {
    let (stops, stopping) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let hook = Mutex::new((stops, may_go_on));
    let mut builder = Builder::new_current_thread();
    builder.max_blocking_threads(1).thread_keep_alive(Duration::from_millis(1));
    let runtime = builder
        .on_thread_stop(move || {
            let (stops, may_go_on) = &*hook.lock().unwrap();
            // The thread of the second job stops as well: nobody waits for that.
            if stops.send(()).is_ok() {
                let _ = may_go_on.recv();
            }
        })
        .build()
        .unwrap();
    runtime.block_on(runtime.spawn_blocking(|| ())).unwrap();
    stopping.recv_timeout(PATIENCE).unwrap();
    let (tx, rx) = mpsc::channel();
    runtime.spawn_blocking(move || tx.send(()).unwrap());
    let ran = rx.recv_timeout(PATIENCE);
    drop((stopping, go_on));
    ran.expect("the job runs");
}
