//! A dump shows where the thread of a running task is, without harm to the program: whatever the
//! thread does, whatever handlers the program has, and in a child that it forks.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#![expect(unsafe_code, reason = "handlers are installed, signals masked, and a child forked")]

use futures::{future, Future};
use std::hint::black_box;
use std::io::Read;
use std::mem::MaybeUninit;
use std::process::{Command, Stdio};
use std::ptr;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{mpsc, Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use test_support::{alone, until};
use tokio::inspect::{self, Inspect, Recording, ThreadStack, Waiting};
use tokio::runtime::{Builder, Runtime};

fn runtime() -> Runtime {
    Builder::new().core_threads(2).blocking_threads(4).build().unwrap()
}

fn look(name: &str) -> Option<Waiting> {
    let dump = inspect::dump(1000);
    dump.tasks.into_iter().find(|of| of.task.name.as_deref() == Some(name))
}

/// What a dump shows of the thread of a task that calls `waits_for_the_test`.
fn stack_of(name: &str) -> ThreadStack {
    stack_with(name, "waits_for_the_test")
}

/// What a dump shows of the thread of a task, once there is a stack with that call.
fn stack_with(name: &str, call: &str) -> ThreadStack {
    until(name, || {
        let running = look(name)?.running?;
        println!("{running:?}");
        running.frames.iter().any(|at| at.contains(call)).then_some(running)
    })
}

/// Whether the frames are those of the caller of `leaf`, and none of the engine's.
#[track_caller]
fn assert_is_way(stack: &ThreadStack, leaf: &str, outermost: &str) {
    let way = stack.frames.join("\n");
    assert!(way.contains(leaf), "{way}");
    // Optimised, and without debug information, a call that was put into its caller has no name.
    let is_named = stack.frames.last().unwrap().contains(outermost);
    assert!(is_named || !cfg!(debug_assertions), "{way}");
    assert!(!way.contains("tokio_executor::") && !way.contains("tokio_threadpool::"), "{way}");
    assert_eq!(stack.missing, None, "{way}");
}

#[inline(never)]
fn waits_for_the_test(release: &mpsc::Receiver<()>) {
    let _ = black_box(release.recv());
}

#[inline(never)]
fn computes_until_the_test_is_over(over: &AtomicBool) -> u64 {
    let mut sum = 0_u64;
    while !over.load(SeqCst) {
        sum = black_box(sum.wrapping_mul(31).wrapping_add(7));
    }
    black_box(sum)
}

#[test]
fn a_blocked_worker_shows_where_it_blocks() {
    let _alone = alone();
    let _recording = Recording::start();
    let mut runtime = runtime();
    let (release, released) = mpsc::channel();
    runtime.spawn(future::lazy(move || Ok(waits_for_the_test(&released))).named("blocks"));
    let stack = stack_of("blocks");
    assert_is_way(&stack, "waits_for_the_test", "Lazy");
    assert!(stack.frames.len() > 2, "{stack:?}");
    // A signal before may have it on a processor for a moment.
    until("in futex", || {
        let text = inspect::dump(0).to_string();
        text.contains("    its thread is in futex\n        ").then_some(())
    });
    release.send(()).unwrap();
    runtime.shutdown_on_idle().wait().unwrap();
}

#[test]
fn an_async_task_and_a_job_show_where_they_block() {
    let _alone = alone();
    let _recording = Recording::start();
    let mut runtime = runtime();
    let (release, released) = mpsc::channel();
    let (release2, released2) = mpsc::channel();
    runtime.spawn_std(async move { waits_for_the_test(&released) }.named("async"));
    let job = future::lazy(move || {
        future::poll_fn(move || {
            tokio_threadpool::blocking(|| waits_for_the_test(&released2)).map_err(drop)
        })
    });
    runtime.spawn(job.named("job"));
    assert_is_way(&stack_of("async"), "waits_for_the_test", "closure");
    let stack = until("the job", || {
        let of = look("job")?;
        of.task.seen.as_ref()?.blocking_at?;
        of.running.filter(|running| running.frames.iter().any(|at| at.contains("waits_for")))
    });
    let outermost = stack.frames.last().unwrap();
    assert!(!outermost.contains("tokio_threadpool::") && stack.missing.is_none(), "{stack:?}");
    release.send(()).unwrap();
    release2.send(()).unwrap();
    runtime.shutdown_on_idle().wait().unwrap();
}

#[test]
fn a_thread_that_computes_shows_where_and_goes_on_as_before() {
    let _alone = alone();
    let _recording = Recording::start();
    let mut runtime = runtime();
    let over = Arc::new(AtomicBool::new(false));
    let (sums, sum) = mpsc::channel();
    let computes = over.clone();
    let task = future::lazy(move || {
        // SAFETY: the place is this thread's.
        unsafe { *libc::__errno_location() = 77 };
        let of_loop = computes_until_the_test_is_over(&computes);
        // SAFETY: as above.
        sums.send((of_loop, unsafe { *libc::__errno_location() })).map_err(drop)
    });
    runtime.spawn(task.named("computes"));
    let stack = stack_with("computes", "computes_until");
    assert_is_way(&stack, "computes_until_the_test_is_over", "Lazy");
    over.store(true, SeqCst);
    assert_eq!(sum.recv().unwrap().1, 77, "errno is as it was");
    runtime.shutdown_on_idle().wait().unwrap();
}

/// The clock is read in the library that the kernel brings, of which there is no file.
#[test]
fn a_thread_that_reads_the_clock_shows_from_where() {
    let _alone = alone();
    let _recording = Recording::start();
    let mut runtime = runtime();
    let over = Arc::new(AtomicBool::new(false));

    #[inline(never)]
    fn reads_the_clock(over: &AtomicBool) {
        while !over.load(SeqCst) {
            black_box(Instant::now());
        }
    }

    let reads = over.clone();
    runtime.spawn(future::lazy(move || Ok(reads_the_clock(&reads))).named("reads"));
    for _ in 0..20 {
        assert_is_way(&stack_with("reads", "reads_the_clock"), "reads_the_clock", "Lazy");
    }
    over.store(true, SeqCst);
    runtime.shutdown_on_idle().wait().unwrap();
}

#[test]
fn a_sleep_is_as_long_as_without_a_dump() {
    let _alone = alone();
    let _recording = Recording::start();
    let mut runtime = runtime();
    let (ends, ended) = mpsc::channel();
    let sleeps = future::lazy(move || {
        let start = Instant::now();
        thread::sleep(Duration::from_millis(700));
        ends.send(start.elapsed()).map_err(drop)
    });
    runtime.spawn(sleeps.named("sleeps"));
    let took = until("the end of the sleep", || {
        inspect::dump(0);
        ended.try_recv().ok()
    });
    assert!(took >= Duration::from_millis(700), "{took:?}");
    runtime.shutdown_on_idle().wait().unwrap();
}

#[inline(never)]
fn descends(depth: usize, release: &mpsc::Receiver<()>) -> usize {
    let frame = black_box([depth; 1024]);
    match depth {
        0 => waits_for_the_test(release),
        _ => {
            black_box(descends(depth - 1, release));
        }
    }
    black_box(frame[7])
}

fn descends_to_the_test(depth: usize, release: &mpsc::Receiver<()>) {
    black_box(descends(depth, release));
}

#[test]
fn a_stack_deeper_than_what_is_copied_is_cut_and_says_so() {
    let _alone = alone();
    let _recording = Recording::start();
    let mut runtime = runtime();
    let (release, released) = mpsc::channel();
    runtime.spawn(future::lazy(move || Ok(descends_to_the_test(60, &released))).named("deep"));
    let stack = stack_of("deep");
    assert!(stack.missing.is_some_and(|missing| missing.contains("deeper")), "{stack:?}");
    assert!(stack.frames.last().unwrap().contains("descends"), "{stack:?}");
    // A loaded machine may leave the thread no time to answer.
    until("the text", || {
        let text = inspect::dump(0).to_string();
        text.contains("        .. the stack is deeper").then_some(())
    });
    release.send(()).unwrap();
    runtime.shutdown_on_idle().wait().unwrap();
}

/// What `descends` is not: a way that ends at the poll, in half the room.
#[test]
fn a_stack_with_large_frames_is_whole() {
    let _alone = alone();
    let _recording = Recording::start();
    let mut runtime = runtime();
    let (release, released) = mpsc::channel();
    runtime.spawn(future::lazy(move || Ok(descends_to_the_test(7, &released))).named("large"));
    let stack = stack_of("large");
    assert_is_way(&stack, "descends", "Lazy");
    release.send(()).unwrap();
    runtime.shutdown_on_idle().wait().unwrap();
}

static ON_ANOTHER_STACK: Mutex<Option<mpsc::Receiver<()>>> = Mutex::new(None);

extern "C" fn waits_on_another_stack() {
    let released = ON_ANOTHER_STACK.lock().unwrap().take().unwrap();
    waits_for_the_test(&released);
}

/// Such as that of a coroutine. Above it is a page that must not be touched.
#[test]
fn a_task_on_a_stack_of_its_own_making_shows_what_is_on_that_one() {
    const BYTES: usize = 128 * 1024;
    let _alone = alone();
    let _recording = Recording::start();
    let mut runtime = runtime();
    let (release, released) = mpsc::channel();
    *ON_ANOTHER_STACK.lock().unwrap() = Some(released);
    let task = future::lazy(move || {
        // SAFETY: the function runs on memory that is mapped for it, and comes back to here.
        unsafe {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            let access = libc::PROT_READ | libc::PROT_WRITE;
            let memory = libc::mmap(ptr::null_mut(), BYTES + 4096, access, flags, -1, 0);
            assert_ne!(memory, libc::MAP_FAILED);
            assert_eq!(libc::mprotect(memory.byte_add(BYTES), 4096, libc::PROT_NONE), 0);
            let mut here = MaybeUninit::<libc::ucontext_t>::zeroed();
            let mut there = MaybeUninit::<libc::ucontext_t>::zeroed();
            assert_eq!(libc::getcontext(there.as_mut_ptr()), 0);
            let context = &mut *there.as_mut_ptr();
            context.uc_stack.ss_sp = memory;
            context.uc_stack.ss_size = BYTES;
            context.uc_link = here.as_mut_ptr();
            libc::makecontext(context, waits_on_another_stack, 0);
            assert_eq!(libc::swapcontext(here.as_mut_ptr(), context), 0);
            libc::munmap(memory, BYTES + 4096);
        }
        Ok(())
    });
    runtime.spawn(task.named("elsewhere"));
    let stack = stack_of("elsewhere");
    assert!(stack.frames.iter().any(|at| at.contains("waits_on_another_stack")), "{stack:?}");
    release.send(()).unwrap();
    runtime.shutdown_on_idle().wait().unwrap();
}

fn set_mask(how: i32) {
    let mut all = MaybeUninit::uninit();
    // SAFETY: calls of the system on a set of this frame, for this thread.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        assert_eq!(libc::pthread_sigmask(how, all.as_ptr(), ptr::null_mut()), 0);
    }
}

#[test]
fn a_thread_that_blocks_the_signal_has_no_stack_and_no_harm_is_done() {
    let _alone = alone();
    let _recording = Recording::start();
    let mut runtime = runtime();
    let (release, released) = mpsc::channel();
    let (masks, masked) = mpsc::channel();
    let task = future::lazy(move || {
        set_mask(libc::SIG_BLOCK);
        masks.send(()).unwrap();
        waits_for_the_test(&released);
        set_mask(libc::SIG_UNBLOCK);
        masks.send(()).unwrap();
        waits_for_the_test(&released);
        Ok(())
    });
    runtime.spawn(task.named("masked"));
    masked.recv().unwrap();
    for _ in 0..3 {
        let stack = look("masked").unwrap().running.unwrap();
        assert_eq!(stack.missing, Some("the thread blocks the signal"));
        assert!(stack.frames.is_empty(), "{stack:?}");
    }
    release.send(()).unwrap();
    masked.recv().unwrap();
    assert_is_way(&stack_of("masked"), "waits_for_the_test", "Lazy");
    release.send(()).unwrap();
    runtime.shutdown_on_idle().wait().unwrap();
}

static HANDLED: AtomicUsize = AtomicUsize::new(0);

extern "C" fn own_handler(_: i32) {
    HANDLED.fetch_add(1, SeqCst);
}

fn set_handler(signal: i32, handler: libc::sighandler_t) {
    // SAFETY: a call of the system; the handler adds to a number.
    assert_ne!(unsafe { libc::signal(signal, handler) }, libc::SIG_ERR);
}

fn handler_of(signal: i32) -> libc::sighandler_t {
    let mut now = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a call of the system that changes nothing.
    unsafe {
        assert_eq!(libc::sigaction(signal, ptr::null(), now.as_mut_ptr()), 0);
        now.assume_init().sa_sigaction
    }
}

/// The program may also take the signal after a dump has.
#[test]
fn a_handler_of_the_program_s_own_is_left_alone() {
    let _alone = alone();
    let _recording = Recording::start();
    let mut runtime = runtime();
    let (release, released) = mpsc::channel();
    runtime.spawn(future::lazy(move || Ok(waits_for_the_test(&released))).named("blocks"));
    drop(stack_of("blocks"));
    let all = libc::SIGRTMIN()..=libc::SIGRTMAX();
    let own = own_handler as extern "C" fn(i32) as libc::sighandler_t;
    all.clone().for_each(|signal| set_handler(signal, own));
    let stack = look("blocks").unwrap().running.unwrap();
    assert_eq!(stack.missing, Some("the program has handlers for all real-time signals"));
    assert!(stack.frames.is_empty(), "{stack:?}");
    assert!(all.clone().all(|signal| handler_of(signal) == own));

    let free = libc::SIGRTMIN() + 3;
    set_handler(free, libc::SIG_DFL);
    assert_is_way(&stack_of("blocks"), "waits_for_the_test", "Lazy");
    assert!(all.clone().all(|signal| (handler_of(signal) == own) == (signal != free)));
    assert_eq!(HANDLED.load(SeqCst), 0, "none of them was sent");
    all.filter(|signal| *signal != free).for_each(|signal| set_handler(signal, libc::SIG_DFL));
    release.send(()).unwrap();
    runtime.shutdown_on_idle().wait().unwrap();
}

#[test]
fn dumps_in_a_storm_of_short_tasks_harm_none() {
    let _alone = alone();
    let _recording = Recording::start();
    let keep_alive = Some(Duration::from_millis(1));
    let mut builder = Builder::new();
    let mut runtime = builder.core_threads(4).keep_alive(keep_alive).build().unwrap();
    let (dumped, spawned) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let dumps = Arc::new(AtomicUsize::new(0));
    let executor = runtime.executor();
    let storm = {
        let (dumped, spawned, dumps) = (dumped.clone(), spawned.clone(), dumps.clone());
        thread::spawn(move || {
            while !dumped.load(SeqCst) {
                let short = || {
                    let ended = spawned.clone();
                    executor.spawn_handle(future::lazy(move || {
                        for i in 0..50_000 {
                            black_box(i);
                        }
                        ended.fetch_add(1, SeqCst);
                        Ok::<_, ()>(())
                    }))
                };
                let blocks = future::poll_fn(|| {
                    tokio_threadpool::blocking(|| thread::sleep(Duration::from_micros(200)))
                        .map_err(drop)
                });
                // One is sure to be met, whoever has a processor.
                let (met, no_more) = (dumps.clone(), dumped.clone());
                let met = executor.spawn_handle(future::lazy(move || {
                    let begun = met.load(SeqCst);
                    while met.load(SeqCst) < begun + 2 && !no_more.load(SeqCst) {
                        black_box(begun);
                    }
                    Ok::<_, ()>(())
                }));
                let of_many: Vec<_> = (0..50).map(|_| short()).chain([met]).collect();
                drop(executor.spawn_handle(blocks));
                // Threads come and go, and so do their numbers.
                let exits = thread::spawn(|| Runtime::new().map(drop));
                of_many.into_iter().for_each(|of| of.wait().unwrap().unwrap());
                exits.join().unwrap().unwrap();
            }
        })
    };
    let mut with_stack = 0;
    until("100 dumps, and many tasks", || {
        let tasks = inspect::dump(100).tasks;
        let running = tasks.iter().filter_map(|of| of.running.as_ref());
        with_stack += running.filter(|running| !running.frames.is_empty()).count();
        let dumps = dumps.fetch_add(1, SeqCst) + 1;
        (dumps >= 100 && with_stack >= 20 && spawned.load(SeqCst) >= 1000).then_some(())
    });
    dumped.store(true, SeqCst);
    storm.join().unwrap();
    let ended = runtime.block_on(future::ok::<u32, ()>(7));
    assert_eq!(ended, Ok(7), "the runtime is well");
    runtime.shutdown_on_idle().wait().unwrap();
}

/// The child has the handler, and none of the threads.
#[test]
fn a_forked_child_can_look_at_its_own_tasks() {
    let _alone = alone();
    let run = || {
        let _recording = Recording::start();
        let mut runtime = runtime();
        let (release, released) = mpsc::channel();
        runtime.spawn(future::lazy(move || Ok(waits_for_the_test(&released))).named("forked"));
        let stack = stack_of("forked");
        release.send(()).unwrap();
        runtime.shutdown_on_idle().wait().unwrap();
        stack.frames.iter().any(|at| at.contains("waits_for_the_test"))
    };
    assert!(run());
    // SAFETY: the other threads of this test wait for their turn, without locks of std.
    let child = unsafe { libc::fork() };
    if child == 0 {
        // SAFETY: ends this process without looking back; after a minute by a signal.
        unsafe {
            libc::alarm(60);
            libc::_exit(if run() { 0 } else { 1 });
        }
    }
    assert!(child > 0);
    let mut status = 0;
    // SAFETY: a call of the system that writes to this frame.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    assert_eq!(status, 0, "the child");
    assert!(run(), "and the parent goes on");
}

/// In a process of its own: the variable is read once.
#[test]
fn the_environment_can_leave_it_out() {
    const NAME: &str = "the_environment_can_leave_it_out";
    if std::env::var_os("TOKIO_INSPECT_STACKS").is_none() {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", NAME, "--nocapture"])
            .env("TOKIO_INSPECT_STACKS", "waiting")
            .stdout(Stdio::piped())
            .spawn();
        let mut child = child.unwrap();
        let mut said = String::new();
        child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(child.wait().unwrap().success(), "{said}");
        return assert!(said.contains("no stack: TOKIO_INSPECT_STACKS=waiting"), "{said}");
    }
    let _recording = Recording::start();
    let mut runtime = runtime();
    let (release, released) = mpsc::channel();
    runtime.spawn(future::lazy(move || Ok(waits_for_the_test(&released))).named("blocks"));
    let dump = until("the task runs", || {
        let runs = look("blocks")?.running.is_some();
        runs.then(|| inspect::dump(0).to_string())
    });
    println!("{dump}");
    let all = libc::SIGRTMIN()..=libc::SIGRTMAX();
    assert!(all.into_iter().all(|signal| handler_of(signal) == libc::SIG_DFL));
    release.send(()).unwrap();
    runtime.shutdown_on_idle().wait().unwrap();
}
