//! Known failures of comparable reactors, which must not happen here.
//!
//! The tests turn the reactor themselves, so that nothing happens between the steps.
#![cfg(unix)]

use mio1::net::{TcpStream, UnixStream};
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream as StdStream};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream as StdUnix;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{mpsc, Arc};
use std::task::{Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};
use tokio_executor::park::Unpark;
use tokio_executor::task::Context;
use tokio_reactor::evented::unix::{EventedFd, UnixReady};
use tokio_reactor::evented::{Evented, PollOpt, Ready, Registration as Pair, SetReadiness, Token};
use tokio_reactor::{Handle, PollEvented, Reactor, Registration};

/// Counts how often its task is woken.
#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

/// What the tests read and write, through a reference.
trait Stream: Evented {
    fn try_read(&self, buf: &mut [u8]) -> io::Result<usize>;
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize>;
}

impl Stream for TcpStream {
    fn try_read(&self, buf: &mut [u8]) -> io::Result<usize> {
        (&*self).read(buf)
    }

    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        (&*self).write(bytes)
    }
}

impl Stream for UnixStream {
    fn try_read(&self, buf: &mut [u8]) -> io::Result<usize> {
        (&*self).read(buf)
    }

    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        (&*self).write(bytes)
    }
}

#[derive(Default)]
struct Task {
    count: Arc<Count>,
}

impl Task {
    fn wakes(&self) -> usize {
        self.count.0.load(SeqCst)
    }

    fn read<E: Stream>(&self, io: &PollEvented<E>, wanted: usize) -> Poll<io::Result<Vec<u8>>> {
        let waker = Waker::from(self.count.clone());
        let mut buf = vec![0; wanted];
        let poll =
            io.poll_read_stream(&Context::from_waker(&waker), wanted, |io| io.try_read(&mut buf));
        poll.map_ok(|count| {
            buf.truncate(count);
            buf
        })
    }

    fn write<E: Stream>(&self, io: &PollEvented<E>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let waker = Waker::from(self.count.clone());
        let cx = Context::from_waker(&waker);
        io.poll_write_stream(&cx, bytes.len(), |io| io.try_write(bytes))
    }

    fn read_ready<E: Evented>(&self, io: &PollEvented<E>, mask: Ready) -> Poll<io::Result<Ready>> {
        let waker = Waker::from(self.count.clone());
        io.poll_read_ready_cx(&Context::from_waker(&waker), mask)
    }

    fn write_ready<E: Evented>(&self, io: &PollEvented<E>) -> Poll<io::Result<Ready>> {
        let waker = Waker::from(self.count.clone());
        io.poll_write_ready_cx(&Context::from_waker(&waker))
    }
}

fn ready<T>(poll: Poll<io::Result<T>>) -> T {
    match poll {
        Poll::Ready(result) => result.unwrap(),
        Poll::Pending => panic!("not ready"),
    }
}

fn turn(reactor: &mut Reactor) {
    reactor.turn(Some(Duration::ZERO)).unwrap();
}

/// Turns until `wanted` has been woken for the given number of times.
fn turn_until_woken(reactor: &mut Reactor, task: &Task, wakes: usize) {
    while task.wakes() < wakes {
        reactor.turn(Some(Duration::from_secs(10))).unwrap();
    }
}

fn unix(handle: &Handle) -> (PollEvented<UnixStream>, StdUnix) {
    let (ours, theirs) = StdUnix::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    (PollEvented::new_with_handle(UnixStream::from_std(ours), handle).unwrap(), theirs)
}

fn tcp_pair() -> (TcpStream, StdStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let theirs = StdStream::connect(listener.local_addr().unwrap()).unwrap();
    let ours = listener.accept().unwrap().0;
    ours.set_nonblocking(true).unwrap();
    (TcpStream::from_std(ours), theirs)
}

fn tcp(handle: &Handle) -> (PollEvented<TcpStream>, StdStream) {
    let (ours, theirs) = tcp_pair();
    (PollEvented::new_with_handle(ours, handle).unwrap(), theirs)
}

#[test]
fn fault_r01_data_that_comes_after_a_short_read_is_an_event() {
    let mut reactor = Reactor::new().unwrap();
    let (ours, mut theirs) = tcp(&reactor.handle());
    let task = Task::default();
    for round in 0..100 {
        assert!(task.read(&ours, 16).is_pending(), "round {round}");
        theirs.write_all(b"x").unwrap();
        turn_until_woken(&mut reactor, &task, round + 1);
        assert_eq!(ready(task.read(&ours, 16)), b"x");
    }
}

/// The former source goes without being deregistered, so that its events still come.
#[test]
fn fault_r02_an_event_for_a_former_source_does_not_reach_its_successor() {
    let mut reactor = Reactor::new().unwrap();
    let (left_behind, mut theirs) = StdUnix::pair().unwrap();
    let former = Registration::new();
    former.register_with(&EventedFd(&left_behind.as_raw_fd()), &reactor.handle()).unwrap();
    turn(&mut reactor);
    drop(former);
    let (successor, mut quiet) = unix(&reactor.handle());
    turn(&mut reactor);
    let task = Task::default();
    assert!(task.read(&successor, 16).is_pending());
    theirs.write_all(b"for the former").unwrap();
    turn(&mut reactor);
    assert_eq!(task.wakes(), 0);
    quiet.write_all(b"x").unwrap();
    turn_until_woken(&mut reactor, &task, 1);
    assert_eq!(ready(task.read(&successor, 16)), b"x");
}

#[test]
fn fault_r03_a_registration_left_behind_by_a_duplicate_is_taken_over() {
    let mut reactor = Reactor::new().unwrap();
    let (ours, mut theirs) = StdUnix::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    let duplicate = ours.try_clone().unwrap();
    let number = ours.as_raw_fd();

    // Registered, and closed without being deregistered: the duplicate keeps it alive.
    let registration = Registration::new();
    registration.register_with(&EventedFd(&number), &reactor.handle()).unwrap();
    drop(registration);
    drop(ours);

    // The number comes back to the same file. Other tests open files too, so try.
    let mut others = Vec::new();
    let again = loop {
        let again = duplicate.try_clone().unwrap();
        if again.as_raw_fd() == number || others.len() > 200 {
            break again;
        }
        others.push(again);
    };
    let again = PollEvented::new_with_handle(UnixStream::from_std(again), &reactor.handle());
    let again = again.unwrap();
    let task = Task::default();
    assert!(task.read(&again, 16).is_pending());
    theirs.write_all(b"x").unwrap();
    turn_until_woken(&mut reactor, &task, 1);
    assert_eq!(ready(task.read(&again, 16)), b"x");
}

#[test]
fn fault_r03_a_source_that_is_still_watched_is_not_taken_over() {
    let reactor = Reactor::new().unwrap();
    let (ours, _theirs) = unix(&reactor.handle());
    let number = ours.get_ref().as_raw_fd();
    let second = Registration::new().register_with(&EventedFd(&number), &reactor.handle());
    assert_eq!(second.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
}

#[test]
fn fault_r04_a_failed_registration_leaves_no_entry_behind() {
    let reactor = Reactor::new().unwrap();
    // A regular file cannot be watched.
    let file = File::open("/proc/self/exe").unwrap();
    for _ in 0..100 {
        let registration = Registration::new();
        let failed = registration.register_with(&EventedFd(&file.as_raw_fd()), &reactor.handle());
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::PermissionDenied);
        assert!(reactor.is_idle());
        assert!(registration.take_read_ready().is_err());
    }
}

/// A source that panics when it is registered.
struct Panics;

impl Evented for Panics {
    fn register(
        &self,
        _: &tokio_reactor::evented::Poll,
        _: Token,
        _: Ready,
        _: PollOpt,
    ) -> io::Result<()> {
        panic!("as arranged")
    }

    fn reregister(
        &self,
        _: &tokio_reactor::evented::Poll,
        _: Token,
        _: Ready,
        _: PollOpt,
    ) -> io::Result<()> {
        Ok(())
    }

    fn deregister(&self, _: &tokio_reactor::evented::Poll) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn fault_r04_a_panic_while_registering_leaves_no_entry_behind() {
    let reactor = Reactor::new().unwrap();
    let handle = reactor.handle();
    let panicked = thread::spawn(move || Registration::new().register_with(&Panics, &handle));
    assert!(panicked.join().is_err());
    assert!(reactor.is_idle());
}

#[test]
fn fault_r05_sources_outlive_their_reactor() {
    let reactor = Reactor::new().unwrap();
    let sources: Vec<_> = (0..100).map(|_| unix(&reactor.handle())).collect();
    let (keep, go): (Vec<_>, Vec<_>) =
        sources.into_iter().enumerate().partition(|(number, _)| number % 3 == 0);
    drop(go);
    drop(reactor);
    let task = Task::default();
    for (_, (ours, _theirs)) in &keep {
        assert!(matches!(task.read(ours, 1), Poll::Ready(Err(_))));
    }
}

#[test]
fn fault_r06_registering_with_a_reactor_that_is_gone_is_an_error() {
    let handle = Reactor::new().unwrap().handle();
    let (ours, _theirs) = tcp_pair();
    assert!(PollEvented::new_with_handle(ours, &handle).is_err());
}

#[test]
fn fault_r07_a_hang_up_wakes_both_sides() {
    let mut reactor = Reactor::new().unwrap();
    let (ours, theirs) = unix(&reactor.handle());
    turn(&mut reactor);
    let (reader, writer) = (Task::default(), Task::default());
    while task_writes(&writer, &ours) {}
    assert!(reader.read(&ours, 16).is_pending());
    drop(theirs);
    turn_until_woken(&mut reactor, &reader, 1);
    turn_until_woken(&mut reactor, &writer, 1);
    assert!(UnixReady::from(ready(reader.read_ready(&ours, Ready::readable()))).is_hup());
    assert!(matches!(writer.write(&ours, b"x"), Poll::Ready(Err(_))));
}

fn task_writes<E: Stream>(task: &Task, io: &PollEvented<E>) -> bool {
    task.write(io, &[0; 4096]).is_ready()
}

/// The reading end of a pipe goes: on the writing end that is an error event, and
/// neither readable nor a hang-up.
#[test]
fn fault_r07_an_error_wakes_the_writer_of_a_pipe() {
    let mut reactor = Reactor::new().unwrap();
    let (sender, receiver) = mio1::unix::pipe::new().unwrap();
    let descriptor = sender.as_raw_fd();
    let registration = Registration::new();
    registration.register_with(&EventedFd(&descriptor), &reactor.handle()).unwrap();
    turn(&mut reactor);
    assert!(registration.take_write_ready().unwrap().is_some());
    while (&sender).write(&[0; 4096]).is_ok() {}
    let task = Task::default();
    let waker = Waker::from(task.count.clone());
    assert!(registration.poll_write_ready_cx(&Context::from_waker(&waker)).is_pending());
    drop(receiver);
    turn_until_woken(&mut reactor, &task, 1);
    let ready = registration.take_write_ready().unwrap().unwrap();
    assert!(UnixReady::from(ready).is_error());
}

#[test]
fn fault_r08_the_end_is_seen_after_a_short_read() {
    let mut reactor = Reactor::new().unwrap();
    for _ in 0..50 {
        let (ours, mut theirs) = tcp(&reactor.handle());
        let task = Task::default();
        theirs.write_all(b"last").unwrap();
        drop(theirs);
        let mut got = Vec::new();
        loop {
            match task.read(&ours, 16) {
                Poll::Ready(bytes) => {
                    let bytes = bytes.unwrap();
                    if bytes.is_empty() {
                        break;
                    }
                    got.extend(bytes);
                }
                Poll::Pending => {
                    let wakes = task.wakes();
                    turn_until_woken(&mut reactor, &task, wakes + 1);
                }
            }
        }
        assert_eq!(got, b"last");
    }
}

/// Bytes come and are read in pieces of every size; the reader stops whenever it is
/// told to wait. None may be missing, nor may it wait for what is there.
#[test]
fn fault_r08_no_size_of_read_or_write_stalls_a_stream() {
    let reactor = Reactor::new().unwrap();
    let (ours, mut theirs) = tcp(&reactor.handle());
    let total = 400_000;
    let writer = thread::spawn(move || {
        let mut state = 1u32;
        let mut sent = 0;
        while sent < total {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let count = (state >> 16) as usize % 5000 + 1;
            let count = count.min(total - sent);
            let bytes: Vec<u8> = (sent..sent + count).map(|n| n as u8).collect();
            theirs.write_all(&bytes).unwrap();
            sent += count;
        }
    });
    let mut reactor = reactor;
    let task = Task::default();
    let (mut got, mut size) = (0, 1);
    loop {
        size = size % 4099 + 37;
        match task.read(&ours, size) {
            Poll::Ready(bytes) => {
                let bytes = bytes.unwrap();
                if bytes.is_empty() {
                    break;
                }
                for byte in bytes {
                    assert_eq!(byte, got as u8);
                    got += 1;
                }
            }
            Poll::Pending => {
                let wakes = task.wakes();
                turn_until_woken(&mut reactor, &task, wakes + 1);
            }
        }
    }
    assert_eq!(got, total);
    writer.join().unwrap();
}

/// A source whose readiness the test sets, and whose reads give what the test says.
struct Scripted {
    registration: Pair,
    reads: RefCell<Vec<io::Result<usize>>>,
}

fn scripted(
    handle: &Handle,
    mut reads: Vec<io::Result<usize>>,
) -> (PollEvented<Scripted>, SetReadiness) {
    let (registration, set_readiness) = Pair::new2();
    reads.reverse();
    let source = Scripted { registration, reads: RefCell::new(reads) };
    (PollEvented::new_with_handle(source, handle).unwrap(), set_readiness)
}

impl Evented for Scripted {
    fn register(
        &self,
        poll: &tokio_reactor::evented::Poll,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()> {
        self.registration.register(poll, token, interest, opts)
    }

    fn reregister(
        &self,
        poll: &tokio_reactor::evented::Poll,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()> {
        self.registration.reregister(poll, token, interest, opts)
    }

    fn deregister(&self, poll: &tokio_reactor::evented::Poll) -> io::Result<()> {
        Evented::deregister(&self.registration, poll)
    }
}

impl Stream for Scripted {
    fn try_read(&self, _: &mut [u8]) -> io::Result<usize> {
        self.reads.borrow_mut().pop().expect("a read that is not in the script")
    }

    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }
}

#[test]
fn fault_r09_an_event_for_nothing_leaves_the_reader_waiting() {
    let mut reactor = Reactor::new().unwrap();
    let would_block = || Err(io::ErrorKind::WouldBlock.into());
    let reads = vec![would_block(), would_block(), Ok(3)];
    let (source, set_readiness) = scripted(&reactor.handle(), reads);
    let task = Task::default();
    assert!(task.read(&source, 8).is_pending());
    for round in 1..=3 {
        set_readiness.set_readiness(Ready::readable()).unwrap();
        turn_until_woken(&mut reactor, &task, round);
        let read = task.read(&source, 8);
        assert_eq!(read.is_ready(), round == 3);
    }
}

#[test]
fn fault_r10_an_interrupted_operation_is_tried_again() {
    let mut reactor = Reactor::new().unwrap();
    let interrupted = || Err(io::ErrorKind::Interrupted.into());
    let reads = vec![interrupted(), interrupted(), Ok(3)];
    let (source, set_readiness) = scripted(&reactor.handle(), reads);
    set_readiness.set_readiness(Ready::readable()).unwrap();
    turn(&mut reactor);
    assert_eq!(ready(Task::default().read(&source, 8)).len(), 3);
}

#[test]
fn fault_r11_every_wait_ends_when_the_reactor_is_unparked() {
    let mut reactor = Reactor::new().unwrap();
    let waits = [
        Duration::from_nanos(1),
        Duration::from_millis(i32::MAX as u64),
        Duration::from_millis(i32::MAX as u64 + 1),
        Duration::from_secs(u64::MAX),
        Duration::MAX,
    ];
    for wait in waits {
        reactor.handle().unpark();
        reactor.turn(Some(wait)).unwrap();
    }
    let before = Instant::now();
    reactor.turn(Some(Duration::from_micros(1))).unwrap();
    reactor.turn(Some(Duration::from_micros(1))).unwrap();
    assert!(before.elapsed() >= Duration::from_millis(1), "a short wait is no spin");
}

#[test]
fn fault_r12_a_wake_before_the_turn_is_not_lost() {
    let mut reactor = Reactor::new().unwrap();
    for wakes in [1, 2, 1000] {
        for _ in 0..wakes {
            reactor.handle().unpark();
        }
        reactor.turn(None).unwrap();
    }
}

#[test]
fn fault_r12_wakes_from_many_threads_are_not_lost() {
    let mut reactor = Reactor::new().unwrap();
    let (go, gone) = (mpsc::channel(), mpsc::channel());
    let handle = reactor.handle();
    let waker = thread::spawn(move || {
        while go.1.recv().is_ok() {
            handle.unpark();
            gone.0.send(()).unwrap();
        }
    });
    for _ in 0..1000 {
        go.0.send(()).unwrap();
        reactor.turn(None).unwrap();
        gone.1.recv().unwrap();
    }
    drop(go.0);
    waker.join().unwrap();
}

thread_local! {
    static KEPT: RefCell<Option<(Reactor, PollEvented<UnixStream>)>> = const { RefCell::new(None) };
    static GUARD: RefCell<Option<tokio_reactor::DefaultGuard>> = const { RefCell::new(None) };
}

#[test]
fn fault_r13_a_reactor_in_thread_local_storage_goes_without_a_panic() {
    thread::spawn(|| {
        let reactor = Reactor::new().unwrap();
        GUARD.set(Some(tokio_reactor::set_default(&reactor.handle())));
        let (ours, _theirs) = unix(&reactor.handle());
        assert!(Task::default().read(&ours, 1).is_pending());
        KEPT.set(Some((reactor, ours)));
    })
    .join()
    .unwrap();
}

#[test]
fn fault_r14_what_would_block_clears_its_own_side_and_waits() {
    let mut reactor = Reactor::new().unwrap();
    let (ours, mut theirs) = unix(&reactor.handle());
    turn(&mut reactor);
    let (reader, writer) = (Task::default(), Task::default());
    // Nothing to read; that leaves the write side as it is.
    assert!(reader.read(&ours, 16).is_pending());
    assert!(ready(writer.write_ready(&ours)).is_writable());
    // No room to write; that leaves the read side as it is.
    theirs.write_all(b"x").unwrap();
    turn_until_woken(&mut reactor, &reader, 1);
    while task_writes(&writer, &ours) {}
    assert!(ready(reader.read_ready(&ours, Ready::readable())).is_readable());
    // Each waits for its own event.
    assert_eq!(ready(reader.read(&ours, 1)), b"x");
    assert!(reader.read(&ours, 1).is_pending());
    let wakes = writer.wakes();
    theirs.set_nonblocking(true).unwrap();
    while theirs.read(&mut [0; 4096]).is_ok() {}
    turn_until_woken(&mut reactor, &writer, wakes + 1);
    assert!(writer.write(&ours, b"y").is_ready());
}

/// The flags of each open descriptor, as the kernel shows them.
fn descriptors() -> Vec<(String, String)> {
    let entries = std::fs::read_dir("/proc/self/fdinfo").unwrap();
    let named = entries.filter_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        // It may be closed meanwhile, by this listing or another test.
        let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{name}")).ok()?;
        let target = std::fs::read_link(format!("/proc/self/fd/{name}")).ok()?;
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:\t"))?.to_owned();
        Some((target.to_string_lossy().into_owned(), flags))
    });
    named.collect()
}

#[test]
fn fault_r15_no_descriptor_of_a_reactor_goes_to_a_child() {
    const CLOSE_ON_EXEC: u32 = 0o2000000;
    let _reactor = Reactor::new().unwrap();
    let mut seen = 0;
    for (target, flags) in descriptors() {
        if target.contains("eventpoll") || target.contains("eventfd") {
            let flags = u32::from_str_radix(&flags, 8).unwrap();
            assert_ne!(flags & CLOSE_ON_EXEC, 0, "{target} is inherited");
            seen += 1;
        }
    }
    assert!(seen >= 3, "a reactor has an epoll instance, twice, and an eventfd");
}

#[test]
fn a_lazily_registered_socket_is_registered_only_once_it_has_to_wait() {
    let mut reactor = Reactor::new().unwrap();
    let _guard = tokio_reactor::set_default(&reactor.handle());
    let (ours, mut theirs) = tcp_pair();
    theirs.write_all(b"request").unwrap();
    while ours.peek(&mut [0; 8]).unwrap_or(0) < 7 {
        thread::yield_now();
    }
    let ours = PollEvented::new_assumed_ready(ours);
    let task = Task::default();
    assert_eq!(ready(task.read(&ours, 4)), b"requ");
    assert_eq!(ready(task.write(&ours, b"answer")), 6);
    assert_eq!(ready(task.read(&ours, 16)), b"est");
    assert!(reactor.is_idle());
    assert!(task.read(&ours, 16).is_pending());
    assert!(!reactor.is_idle());
    // The write side has not been found wanting.
    assert_eq!(ready(task.write(&ours, b"!")), 1);
    theirs.write_all(b"more").unwrap();
    let wakes = task.wakes();
    turn_until_woken(&mut reactor, &task, wakes + 1);
    assert_eq!(ready(task.read(&ours, 16)), b"more");
    drop(ours);
    assert!(reactor.is_idle());
}

/// Sources come, are used, duplicated and go at random in several threads, while
/// another turns the reactor.
#[test]
fn fault_r02_a_storm_of_sources_leaves_nothing_behind() {
    let background = Reactor::new().unwrap().background().unwrap();
    let threads: Vec<_> = (1..=4u32)
        .map(|seed| {
            let handle = background.handle().clone();
            thread::spawn(move || storm(seed, &handle))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    // Ends only once no source is left.
    futures::Future::wait(background.shutdown_on_idle()).unwrap();
}

fn storm(seed: u32, handle: &Handle) {
    let mut state = seed;
    let mut random = move |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    let mut kept = Vec::new();
    for number in 0..400u32 {
        let (ours, mut theirs) = unix(handle);
        let duplicate = std::os::fd::AsFd::as_fd(&theirs).try_clone_to_owned().unwrap();
        let bytes = number.to_le_bytes();
        match random(4) {
            0 => drop(theirs),
            1 => {
                theirs.write_all(&bytes).unwrap();
                assert_eq!(read_wait(&ours), bytes);
            }
            2 => {
                drop(theirs);
                kept.push((ours, duplicate));
            }
            _ => {
                let writer = thread::spawn(move || theirs.write_all(&bytes));
                assert_eq!(read_wait(&ours), bytes);
                writer.join().unwrap().unwrap();
            }
        }
        if kept.len() > 20 {
            kept.swap_remove(random(20) as usize);
        }
    }
}

fn read_wait(io: &PollEvented<UnixStream>) -> [u8; 4] {
    let mut buf = [0; 4];
    let mut have = 0;
    while have < 4 {
        let read = futures::future::poll_fn(|| {
            let cx = Context::current();
            match io.poll_read_io(&cx, |mut io| io.read(&mut buf[have..])) {
                Poll::Ready(result) => result.map(futures::Async::Ready),
                Poll::Pending => Ok(futures::Async::NotReady),
            }
        });
        have += futures::Future::wait(read).unwrap();
    }
    buf
}
