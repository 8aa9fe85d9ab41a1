//! The ways by which people get at what `inspect` shows: a signal, and several readers at once.

#![cfg(unix)]
#![expect(unsafe_code, reason = "the process sends itself signals")]

use futures::{future, Async};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{mpsc, Arc, Barrier, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use test_support::{alone, until};
use tokio::inspect::{self, Inspect};
use tokio::runtime::Runtime;

/// Spawns tasks of that name, which wait for ever.
fn spawn_waiting(runtime: &mut Runtime, name: &'static str, tasks: usize) {
    for _ in 0..tasks {
        runtime.spawn(future::poll_fn(|| Ok(Async::NotReady)).named(name));
    }
    until_they_wait(name, tasks);
}

/// Waits until as many tasks of that name wait. After a dump, too: one may be still in the poll
/// that it had for that.
fn until_they_wait(name: &str, tasks: usize) {
    let wait = |task: &inspect::Task| task.name.as_deref() == Some(name) && task.is_lost;
    until("the tasks to wait", || {
        (inspect::tasks().iter().filter(|task| wait(task)).count() == tasks).then_some(())
    });
}

fn send_self(signal: libc::c_int) {
    // SAFETY: the caller has set a handler for the signal.
    assert_eq!(unsafe { libc::kill(libc::getpid(), signal) }, 0);
}

#[test]
fn a_dump_on_a_signal_goes_to_a_file_each_time() {
    let _alone = alone();
    let mut runtime = Runtime::new().unwrap();
    spawn_waiting(&mut runtime, "to a file", 1);
    let path = std::env::temp_dir().join(format!("tokio-inspect-dump-{}", std::process::id()));
    let (written, is_written) = mpsc::channel();
    let to = path.clone();
    inspect::on_signal(libc::SIGUSR1, move |dump| {
        std::fs::write(&to, dump.to_string()).unwrap();
        written.send(()).unwrap();
    })
    .unwrap();
    for _ in 0..3 {
        // Not found in the dump of a process that had no processor for a while.
        until("the finding", || {
            until_they_wait("to a file", 1);
            send_self(libc::SIGUSR1);
            is_written.recv().unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::remove_file(&path).unwrap();
            assert!(text.contains("`to a file` (tests/inspect_ways_in.rs:"), "{text}");
            text.contains("can never run again").then_some(())
        });
    }
}

/// Keeps what is logged.
struct Kept(Mutex<Vec<String>>);

static KEPT: Kept = Kept(Mutex::new(Vec::new()));

impl Kept {
    fn has(&self, all: [&str; 2]) -> bool {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().any(|line| all.iter().all(|part| line.contains(part)))
    }
}

impl log::Log for Kept {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = record.args().to_string();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    fn flush(&self) {}
}

/// The hook runs on a thread of the look's own, so that it may log, and a hook that panics is
/// called again at the next signal.
#[test]
fn a_dump_on_a_signal_goes_to_the_log_and_a_hook_may_panic() {
    let _alone = alone();
    log::set_logger(&KEPT).unwrap();
    log::set_max_level(log::LevelFilter::Warn);
    let mut runtime = Runtime::new().unwrap();
    spawn_waiting(&mut runtime, "to the log", 1);
    let (called, is_called) = mpsc::channel();
    inspect::on_signal(libc::SIGUSR2, move |dump| {
        log::warn!("{dump}");
        called.send(thread::current().name().map(str::to_owned)).unwrap();
        panic!("as asked");
    })
    .unwrap();
    for _ in 0..2 {
        // As above.
        until("the finding", || {
            until_they_wait("to the log", 1);
            send_self(libc::SIGUSR2);
            assert_eq!(is_called.recv().unwrap().as_deref(), Some("tokio-inspect"));
            let is_found = KEPT.has(["`to the log`", "can never run again"]);
            KEPT.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
            is_found.then_some(())
        });
    }
    let error = inspect::on_signal(-1, drop).expect_err("there is no such signal");
    assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
}

/// What is answered, checked for being whole.
fn get(address: &str, path: &str) -> String {
    let mut socket = TcpStream::connect(address).unwrap();
    write!(socket, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    body_of(&answer).to_owned()
}

fn body_of(answer: &str) -> &str {
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
    assert_eq!(length.parse(), Ok(body.len()));
    body
}

#[test]
fn two_readers_at_once_get_each_a_whole_answer() {
    const MANY: usize = 200;
    let _alone = alone();
    let address = inspect::serve("127.0.0.1:0").unwrap();
    let mut runtime = Runtime::new().unwrap();
    // A list of them is more than the buffers of a socket take.
    let name = &*format!("read twice{}", " and long".repeat(7_000)).leak();
    spawn_waiting(&mut runtime, name, MANY);
    // One has asked, and does not read yet.
    let mut late = TcpStream::connect(&address).unwrap();
    late.write_all(b"GET /tasks HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let asked = Instant::now();
    let both = Arc::new(Barrier::new(2));
    let readers = ["/dump", "/tasks"].map(|path| {
        let (address, both) = (address.clone(), both.clone());
        thread::spawn(move || {
            both.wait();
            let count = get(&address, path).matches("read twice").count();
            // A dump names each in its findings as well.
            assert!(count >= MANY, "{count} in {path}");
        })
    });
    readers.into_iter().for_each(|reader| reader.join().unwrap());
    let mut answer = String::new();
    let read = late.read_to_string(&mut answer);
    // Who reads nothing for 30 seconds is cut off.
    if asked.elapsed() < Duration::from_secs(25) {
        read.unwrap();
        assert_eq!(body_of(&answer).matches("read twice").count(), MANY);
    }
    // Two in the process itself, with others that come and go.
    let stop = Arc::new(AtomicBool::new(false));
    let (executor, until_stopped) = (runtime.executor(), stop.clone());
    let spawner = thread::spawn(move || {
        while !until_stopped.load(SeqCst) {
            executor.spawn(future::ok(()));
        }
    });
    let of_dump = |dump: &inspect::Dump| {
        let named = dump.tasks.iter().filter(|t| t.task.name.as_deref() == Some(name));
        named.count()
    };
    let other = thread::spawn(move || (0..3).map(|_| of_dump(&inspect::dump(10))).min());
    assert_eq!((0..3).map(|_| of_dump(&inspect::dump(10))).min(), Some(MANY));
    assert_eq!(other.join().unwrap(), Some(MANY));
    stop.store(true, SeqCst);
    spawner.join().unwrap();
}

#[test]
fn a_request_larger_than_the_limit_is_refused_in_so_many_words() {
    let address = inspect::serve("127.0.0.1:0").unwrap();
    // Just too large, much too large, and without an end.
    for bytes in [8 * 1024 + 1, 100_000] {
        let mut socket = TcpStream::connect(&address).unwrap();
        let start = b"GET /tasks HTTP/1.1\r\nX: ";
        socket.write_all(start).unwrap();
        socket.write_all(&vec![b'x'; bytes - start.len() - 4]).unwrap();
        socket.write_all(b"\r\n\r\n").unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 431"), "{bytes} bytes: {answer}");
    }
    let mut endless = TcpStream::connect(&address).unwrap();
    let refused = (0..100_000).any(|_| endless.write_all(&[b'x'; 1024]).is_err());
    assert!(refused, "nobody reads a hundred megabytes of it");
    drop(endless.shutdown(Shutdown::Both));
    assert!(get(&address, "/metrics").contains("# TYPE tokio_tasks_alive gauge"));
}
