//! TCP where descriptors run out, and where a signal would end the process: on Linux, by system
//! calls. What holds everywhere is in `net_tcp.rs`.
#![cfg(target_os = "linux")]
#![expect(unsafe_code, reason = "limits and signals of a child process are set by system calls")]

mod net_support;

use bytes::{Buf, IntoBuf};
use futures::{future, Future, Stream};
use net_support::{child_process, echo, is_child, listen, pair, ping, serve};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{self, SocketAddr};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use tokio_io::{AsyncRead, AsyncWrite};

#[test]
fn a_thousand_clients_at_once_are_each_answered() {
    const CLIENTS: usize = 1000;
    allow_descriptors(4 * CLIENTS as u64);
    let (listener, addr) = listen();
    let server = thread::spawn(move || serve(listener.incoming(), CLIENTS, echo).wait());

    let mut clients: Vec<net::TcpStream> =
        (0..CLIENTS).map(|_| net::TcpStream::connect(addr).unwrap()).collect();
    for round in 0..3 {
        for (i, client) in clients.iter_mut().enumerate() {
            client.write_all(format!("{round}:{i:06}").as_bytes()).unwrap();
        }
        for (i, client) in clients.iter_mut().enumerate() {
            let mut answer = [0; 8];
            client.read_exact(&mut answer).unwrap();
            assert_eq!(answer, format!("{round}:{i:06}").as_bytes());
        }
    }
    drop(clients);
    server.join().unwrap().unwrap();
}

/// Raises the soft limit on descriptors to `wanted`, if the hard one permits.
fn allow_descriptors(wanted: libc::rlim_t) {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to a live `rlimit`.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) }, 0);
    limit.rlim_cur = limit.rlim_cur.max(wanted).min(limit.rlim_max);
    // SAFETY: as above.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
}

/// Also in a program that has not turned the signal off, as Rust's own startup does.
#[test]
fn fault_n06_after_a_reset_both_halves_fail_and_no_signal_comes() {
    const NAME: &str = "fault_n06_after_a_reset_both_halves_fail_and_no_signal_comes";
    if !is_child(NAME) {
        let output = child_process(NAME).wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", output.status);
        return;
    }
    // SAFETY: restores the signal's own action, which runs no code of ours.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };

    let (ours, mut theirs) = pair();
    socket2::SockRef::from(&theirs).set_linger(Some(Duration::ZERO)).unwrap();
    let (reader, mut writer) = ours.split();
    // The reader waits when the reset comes.
    let (started, start) = mpsc::channel();
    let reading = thread::spawn(move || {
        let mut reader = reader;
        let first = tokio_io::io::read_exact(&mut reader, [0; 1]).wait().map(drop);
        started.send(()).unwrap();
        first.unwrap();
        tokio_io::io::read_exact(&mut reader, [0; 1]).wait().map(drop).unwrap_err().kind()
    });
    theirs.write_all(b"x").unwrap();
    start.recv().unwrap();
    drop(theirs);
    assert_eq!(reading.join().unwrap(), io::ErrorKind::ConnectionReset);

    let write = future::poll_fn(|| writer.poll_write(b"x")).wait();
    let kind = write.unwrap_err().kind();
    assert!(matches!(kind, io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset));
    let mut pieces = Buf::chain(b"one".into_buf(), b"two".into_buf());
    let write = future::poll_fn(|| writer.write_buf(&mut pieces)).wait();
    assert_eq!(write.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
}

/// The upstream crate's `for_each` server ends at the first `EMFILE`, and a loop around
/// `poll_accept` spins.
#[test]
fn fault_n01_a_server_outlives_a_shortage_of_descriptors() {
    const NAME: &str = "fault_n01_a_server_outlives_a_shortage_of_descriptors";
    if is_child(NAME) {
        return serve_with_few_descriptors();
    }
    let mut child = child_process(NAME);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let addr: SocketAddr = loop {
        let line = lines.next().expect("the child says its address").unwrap();
        if let Some((_, addr)) = line.split_once("listening on ") {
            break addr.trim().parse().unwrap();
        }
    };
    let said = lines_of(child.stderr.take().unwrap());

    // More clients than the child has descriptors for. The last ones wait in the queue.
    let mut clients: Vec<net::TcpStream> =
        (0..30).map(|_| net::TcpStream::connect(addr).unwrap()).collect();
    let shortage = said.iter().find(|line| line.contains("cannot accept for now"));
    assert!(shortage.is_some(), "the child had descriptors for everybody");

    // Meanwhile those that were accepted are served.
    ping(&mut clients[0]);
    // Once some leave, those in the queue are accepted.
    let mut last = clients.split_off(15);
    drop(clients);
    for client in &mut last {
        ping(client);
    }
    drop(last);
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    let more = said.iter().filter(|line| line.contains("cannot accept for now")).count();
    assert!(more < 100, "{more} attempts: the server spins");
}

fn lines_of(stream: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// Until the test closes our standard input.
fn serve_with_few_descriptors() {
    env_logger::Builder::new().filter_level(log::LevelFilter::Warn).init();
    let (listener, addr) = listen();
    let (ready, is_ready) = mpsc::channel();
    thread::spawn(move || {
        let mut told = Some(ready);
        let incoming = listener.incoming();
        let server = serve(incoming, usize::MAX, echo);
        let mut server = Box::new(server);
        let served = future::poll_fn(move || {
            let answer = server.poll();
            // The listener is registered now: all the descriptors of our own are open.
            let _ = told.take().map(|ready| ready.send(()));
            answer
        });
        panic!("the server ended: {:?}", served.wait());
    });
    is_ready.recv().unwrap();
    let in_use = std::fs::read_dir("/proc/self/fd").unwrap().count() as libc::rlim_t;
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to a live `rlimit`.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) }, 0);
    limit.rlim_cur = in_use + 15;
    // SAFETY: as above.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);

    println!("listening on {addr}");
    io::stdout().flush().unwrap();
    let _ = io::stdin().read(&mut [0; 1]);
    std::process::exit(0);
}

#[test]
fn fault_n01_whoever_wants_the_errors_gets_them() {
    const NAME: &str = "fault_n01_whoever_wants_the_errors_gets_them";
    if !is_child(NAME) {
        let output = child_process(NAME).wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", output.status);
        return;
    }
    let (listener, addr) = listen();
    let mut incoming = listener.incoming().report_errors();
    let mut next = || future::poll_fn(|| incoming.poll()).wait();
    let _first = net::TcpStream::connect(addr).unwrap();
    assert!(next().unwrap().is_some());
    let second = net::TcpStream::connect(addr).unwrap();
    // One that is not accepted yet, and not a descriptor more.
    let limit = libc::rlimit { rlim_cur: 1, rlim_max: 1 };
    // SAFETY: the pointer is to a live `rlimit`.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
    assert_eq!(next().unwrap_err().raw_os_error(), Some(libc::EMFILE));
    assert_eq!(next().unwrap_err().raw_os_error(), Some(libc::EMFILE));
    drop(second);
}

/// A client that resets its connection while that is in the queue is nobody's error:
/// Linux accepts it, and the reset shows in the first read.
#[test]
fn fault_n02_connections_reset_in_the_queue_do_not_end_the_server() {
    let (listener, addr) = listen();
    for _ in 0..5 {
        let client = net::TcpStream::connect(addr).unwrap();
        socket2::SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
        drop(client);
    }
    let server =
        thread::spawn(move || serve(listener.incoming(), 6, |s| echo(s).then(|_| Ok(()))).wait());
    let mut client = net::TcpStream::connect(addr).unwrap();
    ping(&mut client);
    drop(client);
    server.join().unwrap().unwrap();
}

/// Windows does not tell the time.
#[test]
fn the_keep_alive_time_reads_back_as_it_was_set() {
    let (ours, _theirs) = pair();
    for keepalive in [Some(Duration::from_secs(90)), None] {
        ours.set_keepalive(keepalive).unwrap();
        assert_eq!(ours.keepalive().unwrap(), keepalive);
    }
}
