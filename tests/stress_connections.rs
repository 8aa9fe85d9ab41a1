//! Connections by the thousand: used, half-closed, reset and dropped.
#![cfg(all(target_os = "linux", feature = "rt-full", feature = "tcp", not(loom)))]
#![expect(unsafe_code, reason = "the limit of descriptors is raised by a system call")]

use futures::future::{self, Either, Loop};
use futures::{Async, Future, Stream};
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{mpsc, Arc, Barrier};
use std::time::{Duration, Instant};
use test_support::pattern;
use test_support::stress::{descriptors, scale, Dice, PATIENCE};
use test_support::Alive;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::timer::{Delay, Timeout};
use tokio_io::io::{copy, read_exact, read_to_end, write_all};
use tokio_io::AsyncRead;

/// Serves echo on all local addresses; counts the connections that are open.
fn serve(runtime: &mut Runtime) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(&"0.0.0.0:0".parse().unwrap()).unwrap();
    let port = listener.local_addr().unwrap().port();
    let open = Arc::new(AtomicUsize::new(0));
    let count = open.clone();
    runtime.spawn(listener.incoming().map_err(|e| panic!("accept: {e}")).for_each(move |stream| {
        let alive = Alive::new(&count);
        let (reader, writer) = stream.split();
        // A reset is what many of these connections end with.
        tokio::spawn(copy(reader, writer).then(move |_| {
            drop(alive);
            Ok(())
        }))
    }));
    (port, open)
}

/// Allows this process as many descriptors as it may allow itself.
fn raise_limit() -> usize {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is a place for one limit.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) }, 0);
    limit.rlim_cur = limit.rlim_max.min(100_000);
    // SAFETY: as above, for reading.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
    limit.rlim_cur as usize
}

type Life = Box<dyn Future<Item = (), Error = io::Error> + Send>;

/// One connection, from connect to whichever end.
fn live(dice: &mut Dice, address: SocketAddr) -> Life {
    let connect = TcpStream::connect(&address);
    let bytes = vec![dice.roll(256) as u8; 1 + dice.roll(3000)];
    match dice.roll(6) {
        // Dropped while connecting.
        0 => {
            let mut connect = connect;
            Box::new(future::poll_fn(move || connect.poll().map(|_| Async::Ready(()))))
        }
        // Dropped unused.
        1 => Box::new(connect.map(drop)),
        // Used, and closed.
        2 | 3 => Box::new(connect.and_then(move |stream| {
            let expected = bytes.clone();
            write_all(stream, bytes).and_then(move |(stream, bytes)| {
                read_exact(stream, bytes).map(move |(_, bytes)| assert_eq!(bytes, expected))
            })
        })),
        // Half closed, and read to the end.
        4 => Box::new(
            connect
                .and_then(move |stream| {
                    let expected = bytes.clone();
                    write_all(stream, bytes).and_then(move |(stream, _)| {
                        stream.shutdown(Shutdown::Write)?;
                        Ok((stream, expected))
                    })
                })
                .and_then(|(stream, expected)| {
                    read_to_end(stream, Vec::new())
                        .map(move |(_, bytes)| assert_eq!(bytes, expected))
                }),
        ),
        // Reset, with bytes under way.
        _ => Box::new(
            connect
                .and_then(move |stream| {
                    stream.set_linger(Some(Duration::ZERO))?;
                    Ok((stream, bytes))
                })
                .and_then(|(stream, bytes)| write_all(stream, bytes).map(drop)),
        ),
    }
}

/// Opens, uses, resets and drops connections at random; in the end no descriptor, task or
/// entry is left.
#[test]
fn fault_r01_fault_r02_connections_at_random_leave_nothing_behind() {
    let total = scale(3_000, 100_000);
    const CHAINS: usize = 64;
    let before = descriptors();
    {
        let mut runtime = Builder::new().core_threads(2).build().unwrap();
        let (port, open) = serve(&mut runtime);
        let (done, wait) = mpsc::channel();
        for chain in 0..CHAINS {
            let done = done.clone();
            let start = (Dice::new(chain as u64 + 1), total / CHAINS);
            runtime.spawn(
                future::loop_fn(start, move |(mut dice, left)| {
                    if left == 0 {
                        return Either::A(future::ok(Loop::Break(())));
                    }
                    // Many addresses of one listener, so that ports do not run out.
                    let address = SocketAddr::from(([127, 0, 0, 1 + (chain % 60) as u8], port));
                    let life = Timeout::new(live(&mut dice, address), PATIENCE);
                    Either::B(life.then(move |end| match end {
                        Ok(()) => Either::A(future::ok(Loop::Continue((dice, left - 1)))),
                        Err(e) if e.is_elapsed() => panic!("a connection is stuck"),
                        // No port for the moment.
                        Err(e) => match e.into_inner() {
                            Some(e) if e.kind() == io::ErrorKind::AddrNotAvailable => {
                                let pause = Delay::new(Instant::now() + Duration::from_millis(50));
                                Either::B(
                                    pause
                                        .map_err(|e| panic!("{e}"))
                                        .map(move |()| Loop::Continue((dice, left))),
                                )
                            }
                            other => panic!("a connection failed: {other:?}"),
                        },
                    }))
                })
                .map(move |()| done.send(()).unwrap()),
            );
        }
        for _ in 0..CHAINS {
            wait.recv_timeout(4 * PATIENCE).expect("a chain of connections is stuck");
        }
        runtime.shutdown_now().wait().unwrap();
        assert_eq!(open.load(SeqCst), 0, "connections outlive their runtime");
    }
    // The other tests of this file open some as well, unless run one by one.
    if std::env::var_os("TOKIO_STRESS").is_some() {
        assert_eq!(descriptors(), before, "descriptors are left open");
    }
}

/// Sends `total` bytes through the echo at `address`, and checks what comes back.
fn round_trip(address: SocketAddr, total: usize) {
    const CHUNK: usize = 251 * 256;
    let mut sender = std::net::TcpStream::connect(address).unwrap();
    let mut receiver = sender.try_clone().unwrap();
    receiver.set_read_timeout(Some(PATIENCE)).unwrap();
    let send = std::thread::spawn(move || {
        let chunk: Vec<u8> = (0..CHUNK).map(pattern).collect();
        let mut left = total;
        while left > 0 {
            let n = left.min(CHUNK);
            sender.write_all(&chunk[..n]).unwrap();
            left -= n;
        }
        sender.shutdown(Shutdown::Write).unwrap();
    });
    let expected: Vec<u8> = (0..CHUNK + 251).map(pattern).collect();
    let (mut buf, mut seen) = (vec![0; CHUNK], 0);
    loop {
        let n = receiver.read(&mut buf).unwrap();
        if n == 0 {
            break;
        }
        let at = seen % 251;
        assert!(buf[..n] == expected[at..at + n], "other bytes after {seen}");
        seen += n;
    }
    assert_eq!(seen, total);
    send.join().unwrap();
}

#[test]
fn a_hundred_megabytes_come_back_from_a_runtime() {
    let mut runtime = Builder::new().core_threads(2).build().unwrap();
    let (port, open) = serve(&mut runtime);
    round_trip(SocketAddr::from(([127, 0, 0, 1], port)), scale(10 << 20, 100 << 20));
    runtime.shutdown_now().wait().unwrap();
    assert_eq!(open.load(SeqCst), 0);
}

/// All of them connected at the same time, each with requests of its own.
#[test]
fn a_thousand_clients_at_once_get_their_own_bytes_back() {
    let clients = 1000.min((raise_limit() - 200) / 2);
    let rounds = scale(3, 100);
    let mut runtime = Builder::new().core_threads(2).build().unwrap();
    let (port, _open) = serve(&mut runtime);
    const THREADS: usize = 4;
    let connected = Arc::new(Barrier::new(THREADS));
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let connected = connected.clone();
            std::thread::spawn(move || {
                let address = SocketAddr::from(([127, 0, 0, 1], port));
                let mut streams: Vec<_> = (0..clients / THREADS)
                    .map(|_| std::net::TcpStream::connect(address).unwrap())
                    .collect();
                connected.wait();
                for round in 0..rounds {
                    let text = |i| format!("{thread} {i} {round}");
                    for (i, stream) in streams.iter_mut().enumerate() {
                        stream.set_read_timeout(Some(PATIENCE)).unwrap();
                        stream.write_all(text(i).as_bytes()).unwrap();
                    }
                    for (i, stream) in streams.iter_mut().enumerate() {
                        let mut back = vec![0; text(i).len()];
                        stream.read_exact(&mut back).unwrap();
                        assert_eq!(back, text(i).as_bytes());
                    }
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    runtime.shutdown_now().wait().unwrap();
}
