//! Puts wakers that misbehave where a runtime keeps them, and looks whether it lives.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use futures::{future, Future};
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::sync::{mpsc, Arc};
use std::task::{Wake, Waker};
use std::time::{Duration, Instant};
use test_support::evil::{everywhere, Asking, Evil, On, Poller, World};
use test_support::stress::PATIENCE;
use test_support::until;
use tokio::net::UdpSocket;
use tokio::runtime::{Builder, Runtime};
use tokio::timer::Delay;

/// Makes subjects in a runtime.
pub type Kind = fn(&mut Runtime) -> Vec<Subject>;

/// Something of a runtime that a task waits for.
pub struct Subject {
    pub name: &'static str,
    /// Waits as the task that asks; says whether the wait is over.
    pub wait: Box<dyn FnMut(&Asking<'_>) -> bool + Send>,
    /// Makes the event happen, sooner or later.
    pub happen: Box<dyn FnOnce() + Send>,
    /// Whether it is to be waited for on a worker.
    pub on_worker: bool,
}

impl Subject {
    pub fn new(
        name: &'static str,
        wait: impl FnMut(&Asking<'_>) -> bool + Send + 'static,
        happen: impl FnOnce() + Send + 'static,
    ) -> Subject {
        let happen = Box::new(happen);
        Subject { name, wait: Box::new(wait), happen, on_worker: false }
    }
}

pub const SOON: Duration = Duration::from_millis(20);

/// What another handle can do from inside a waker: spawns, and takes an entry of each table.
pub fn come_back(runtime: &Runtime) -> impl FnMut() + Send + 'static {
    let executor = runtime.executor();
    move || {
        executor.spawn(future::ok(()));
        let quiet = Arc::new(Quiet).into();
        Poller::Futures01(quiet).ask(|asking| {
            asking.poll(&mut Delay::new(Instant::now() + PATIENCE));
            let socket = UdpSocket::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
            assert!(socket.poll_recv_cx(&asking.cx(), &mut [0]).is_pending());
        });
    }
}

struct Quiet;

impl futures::executor::Notify for Quiet {
    fn notify(&self, _id: usize) {}
}

struct Unpark(std::thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits as the evil task again and again, then as one that behaves until it is over. False
/// if there was nothing to wait for.
fn put_to_the_test(subject: Subject, evil: &Arc<Evil>, world: World, may_panic: bool) -> bool {
    let Subject { name, mut wait, happen, .. } = subject;
    let poller = evil.poller(world);
    let good = Poller::Std(Waker::from(Arc::new(Unpark(std::thread::current()))));
    let mut over = |poller: &Poller| match catch_unwind(AssertUnwindSafe(|| {
        poller.ask(|asking| wait(asking))
    })) {
        Ok(over) => over,
        Err(panic) if !may_panic => resume_unwind(panic),
        Err(_) => false,
    };
    for (waited, poller) in [&poller, &poller, &good, &poller].into_iter().enumerate() {
        if over(poller) {
            // A timer's time is over; what was said once must not be asked for again.
            evil.repent();
            return waited > 0;
        }
    }
    // Whoever sends wakes, too.
    match catch_unwind(AssertUnwindSafe(happen)) {
        Err(panic) if !may_panic => resume_unwind(panic),
        _ => {}
    }
    let patience = Instant::now() + PATIENCE;
    // The evil waker is woken by a thread of the runtime, or is replaced before that.
    while !over(&good) {
        assert!(Instant::now() < patience, "{name} is never ready");
        std::thread::park_timeout(Duration::from_millis(5));
    }
    evil.repent();
    true
}

/// On a worker, if it must be; in a task that behaves.
fn put_to_the_test_in(
    runtime: &mut Runtime,
    subject: Subject,
    evil: &Arc<Evil>,
    world: World,
    may_panic: bool,
) -> bool {
    if !subject.on_worker {
        return put_to_the_test(subject, evil, world, may_panic);
    }
    let (name, evil) = (subject.name, evil.clone());
    let (done, wait) = mpsc::channel();
    runtime.spawn(future::lazy(move || {
        let waited = put_to_the_test(subject, &evil, world, may_panic);
        done.send(waited).map_err(drop)
    }));
    wait.recv_timeout(2 * PATIENCE).unwrap_or_else(|_| panic!("{name}: the task is gone"))
}

/// All threads of the runtime are there, and drive sockets and timers.
pub fn is_sound(runtime: &mut Runtime, workers: usize) {
    let all = Arc::new(std::sync::Barrier::new(workers));
    let (done, wait) = mpsc::channel();
    for _ in 0..workers {
        let (all, done) = (all.clone(), done.clone());
        runtime.spawn(future::lazy(move || {
            all.wait();
            done.send(()).map_err(drop)
        }));
    }
    for _ in 0..workers {
        wait.recv_timeout(PATIENCE).expect("a worker is lost");
    }
    runtime.spawn(
        Delay::new(Instant::now() + Duration::from_millis(1))
            .map(move |()| done.send(()).unwrap())
            .map_err(|e| panic!("{e}")),
    );
    wait.recv_timeout(PATIENCE).expect("nobody drives any more");
}

/// Puts each kind to the test in a runtime, once for each place and world of the deed.
pub fn try_all(
    kinds: &[Kind],
    deed: impl Fn(&Runtime) -> Box<dyn FnMut() + Send>,
    may_panic: bool,
) {
    const WORKERS: usize = 2;
    for (world, on) in everywhere() {
        let mut runtime = Builder::new().core_threads(WORKERS).blocking_threads(1).build().unwrap();
        let mut evils = Vec::new();
        for kind in kinds {
            for subject in kind(&mut runtime) {
                let (name, evil) = (subject.name, Evil::new(on, deed(&runtime)));
                let waited = put_to_the_test_in(&mut runtime, subject, &evil, world, may_panic);
                // Woken, it may have been; kept, and so cloned, it was.
                let kept = evil.done() == 1 || on != On::Clone;
                assert!(kept || !waited, "{name} in {world:?} keeps no waker");
                evils.push(evil);
            }
        }
        is_sound(&mut runtime, WORKERS);
        // With one that waits for the very end.
        let mut end = runtime.shutdown_now();
        let evil = Evil::new(on, move || assert!(!may_panic, "a waker panics"));
        let wait = move |a: &Asking<'_>| a.poll(&mut end);
        put_to_the_test(Subject::new("the end", wait, || {}), &evil, world, may_panic);
        evils.push(evil);
        // The thread that woke the last one may still have it in its hands.
        until(&format!("the drop of each waker, once: {on:?} in {world:?}"), || {
            evils.iter().all(|evil| evil.alive() == 0).then_some(())
        });
    }
}

/// The event wakes a waker that panics; the next finds that it has happened.
pub fn wake_evil_once(subject: Subject, world: World) {
    let Subject { name, mut wait, happen, .. } = subject;
    let evil = Evil::new(On::Wake, || panic!("a waker panics"));
    let poller = evil.poller(world);
    let over = poller.ask(|asking| wait(asking));
    drop(catch_unwind(AssertUnwindSafe(happen)));
    let patience = Instant::now() + PATIENCE;
    // A timer may have been due already.
    while evil.done() == 0 && !over {
        assert!(Instant::now() < patience, "{name} does not wake");
        std::thread::yield_now();
    }
    let good = Poller::Std(Waker::from(Arc::new(Unpark(std::thread::current()))));
    while !over && !good.ask(|asking| wait(asking)) {
        assert!(Instant::now() < patience, "{name} is never ready");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}
