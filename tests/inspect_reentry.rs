//! A look at the process that leads to another one on the same thread, and signals that come
//! during one.

#![cfg(unix)]
#![expect(unsafe_code, reason = "a signal handler is set, and a signal sent to one thread")]

use futures::{Async, Future};
use std::cell::Cell;
use std::process::Command;
use std::sync::{mpsc, OnceLock};
use std::thread::{self, ThreadId};
use std::time::Duration;
use test_support::stress::PATIENCE;
use test_support::{alone, until};
use tokio::executor::current_thread::CurrentThread;
use tokio::inspect;
use tokio::runtime::Runtime;
use tokio_executor::park::{Park, ParkThread, Unpark, UnparkThread};

/// Parks as a thread does. Another thread that unparks it looks at the process.
struct Curious(ParkThread);

struct CuriousUnpark(UnparkThread, ThreadId);

thread_local!(static LOOKS: Cell<bool> = const { Cell::new(false) });

impl Park for Curious {
    type Unpark = CuriousUnpark;
    type Error = <ParkThread as Park>::Error;

    fn unpark(&self) -> CuriousUnpark {
        CuriousUnpark(self.0.unpark(), thread::current().id())
    }

    fn park(&mut self) -> Result<(), Self::Error> {
        self.0.park()
    }

    fn park_timeout(&mut self, duration: Duration) -> Result<(), Self::Error> {
        self.0.park_timeout(duration)
    }
}

impl Unpark for CuriousUnpark {
    fn unpark(&self) {
        self.0.unpark();
        if thread::current().id() != self.1 && !LOOKS.replace(true) {
            inspect::tasks();
            inspect::dump(10);
            LOOKS.set(false);
        }
    }
}

#[test]
fn an_unpark_that_looks_at_the_process_does_not_wait_for_its_caller() {
    let _alone = alone();
    let (end, ends) = futures::sync::oneshot::channel::<()>();
    let (polled, has_been_polled) = mpsc::channel();
    let thread = thread::spawn(move || {
        let mut executor = CurrentThread::new_with_park(Curious(ParkThread::new()));
        let mut ends = ends.map_err(drop);
        executor.spawn(futures::future::poll_fn(move || {
            let polled_it = ends.poll();
            polled.send(()).unwrap();
            match polled_it {
                Ok(Async::NotReady) => Ok(Async::NotReady),
                _ => Ok(Async::Ready(())),
            }
        }));
        executor.enter(&mut tokio_executor::enter().unwrap()).run().unwrap();
    });
    has_been_polled.recv().unwrap();
    let here = |task: &inspect::Task| task.spawned_at.file() == file!();
    until("the task in the list", || inspect::tasks().iter().any(here).then_some(()));
    assert!(inspect::dump(10).tasks.iter().any(|waiting| here(&waiting.task)));
    end.send(()).unwrap();
    thread.join().unwrap();
}

/// The threads of the look at the process.
#[cfg(target_os = "linux")]
fn looking_threads() -> Vec<libc::pid_t> {
    let threads = std::fs::read_dir("/proc/self/task").unwrap();
    let number = |thread: std::fs::DirEntry| {
        let name = std::fs::read_to_string(thread.path().join("comm")).ok()?;
        (name.trim_end() == "tokio-inspect").then_some(())?;
        thread.file_name().to_str()?.parse().ok()
    };
    threads.filter_map(|thread| number(thread.ok()?)).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn a_dump_is_made_on_a_signal_after_another_signal_has_interrupted_the_wait_for_it() {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    static INTERRUPTED: AtomicUsize = AtomicUsize::new(0);

    extern "C" fn interrupt(_: libc::c_int) {
        INTERRUPTED.fetch_add(1, SeqCst);
    }

    let _alone = alone();
    let (dumped, dumps) = mpsc::channel();
    inspect::on_signal(libc::SIGUSR1, move |_| dumped.send(()).unwrap()).unwrap();
    // SAFETY: `sigaction` is plain numbers, of which zero is allowed for each.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // Without SA_RESTART.
    action.sa_sigaction = interrupt as extern "C" fn(libc::c_int) as libc::sighandler_t;
    // SAFETY: the handler does nothing but add to an atomic number.
    let set = unsafe { libc::sigaction(libc::SIGUSR2, &action, std::ptr::null_mut()) };
    assert_eq!(set, 0);
    let thread = until("the thread", || looking_threads().first().copied());
    for n in 0..20 {
        // SAFETY: a thread of this process, that does not end, is sent a signal with a handler.
        let sent =
            unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), thread, libc::SIGUSR2) };
        assert_eq!(sent, 0);
        until("the interruption", || (INTERRUPTED.load(SeqCst) > n).then_some(()));
        // SAFETY: the signal has a handler since `on_signal`.
        assert_eq!(unsafe { libc::kill(libc::getpid(), libc::SIGUSR1) }, 0);
        dumps.recv().expect("the thread still waits for signals");
    }
}

/// Builds a runtime for the first line that says how to inspect the process.
struct Remote;

static REMOTE: OnceLock<Runtime> = OnceLock::new();

impl log::Log for Remote {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        if record.args().to_string().contains("TOKIO_INSPECT") {
            REMOTE.get_or_init(|| Runtime::new().unwrap());
        }
    }

    fn flush(&self) {}
}

#[test]
fn a_logger_may_build_a_runtime_when_the_environment_asks_for_inspection() {
    const NAME: &str = "a_logger_may_build_a_runtime_when_the_environment_asks_for_inspection";
    if std::env::var_os("TOKIO_INSPECT").is_some() {
        log::set_logger(&Remote).unwrap();
        log::set_max_level(log::LevelFilter::Info);
        let (built, has_been_built) = mpsc::channel();
        thread::spawn(move || built.send(Runtime::new().unwrap()).unwrap());
        has_been_built.recv_timeout(PATIENCE).expect("a runtime");
        assert!(REMOTE.get().is_some(), "the line was logged");
        return;
    }
    // The variable is read once in a process.
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", NAME]).env("TOKIO_INSPECT", "127.0.0.1:0");
    let output = child.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
