//! Sockets: TCP, UDP and Unix ones.

use crate::{kind, one, panics, pool, probe, Program};
use futures::future::{self, lazy, poll_fn};
use futures::{Async, Future, Stream};
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tokio::io as tio;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio_uds::{UnixDatagram, UnixListener, UnixStream};

pub const PROGRAMS: &[Program] = &[
    ("tcp_echo", tcp_echo),
    ("tcp_refused", tcp_refused),
    ("tcp_bind_taken", tcp_bind_taken),
    ("tcp_half_close", tcp_half_close),
    ("tcp_reset", tcp_reset),
    ("tcp_write_after_close", tcp_write_after_close),
    ("tcp_split_halves_dropped", tcp_split_halves_dropped),
    ("tcp_shutdown_does_nothing", tcp_shutdown_does_nothing),
    ("tcp_options", tcp_options),
    ("tcp_addresses", tcp_addresses),
    ("tcp_from_std", tcp_from_std),
    ("tcp_poll_accept", tcp_poll_accept),
    ("tcp_accept_std", tcp_accept_std),
    ("tcp_peek", tcp_peek),
    ("tcp_readiness", tcp_readiness),
    ("tcp_would_block", tcp_would_block),
    ("tcp_outside_of_task", tcp_outside_of_task),
    ("tcp_connect_polled_again", tcp_connect_polled_again),
    ("tcp_connect_std", tcp_connect_std),
    ("tcp_incoming_two", tcp_incoming_two),
    ("tcp_dropped_while_waiting", tcp_dropped_while_waiting),
    ("tcp_vectored", tcp_vectored),
    ("tcp_zero_reads", tcp_zero_reads),
    ("tcp_large", tcp_large),
    ("tcp_moves_between_tasks", tcp_moves_between_tasks),
    ("tcp_between_runtimes", tcp_between_runtimes),
    ("tcp_without_runtime", tcp_without_runtime),
    ("udp_echo", udp_echo),
    ("udp_connected", udp_connected),
    ("udp_options", udp_options),
    ("udp_truncated", udp_truncated),
    ("udp_empty_datagram", udp_empty_datagram),
    ("udp_refused", udp_refused),
    ("unix_echo", unix_echo),
    ("unix_errors", unix_errors),
    ("unix_pair", unix_pair),
    ("unix_credentials", unix_credentials),
    ("unix_datagrams", unix_datagrams),
    ("unix_half_close", unix_half_close),
    ("unix_addresses", unix_addresses),
    ("unix_remove_path", unix_remove_path),
    ("reactor_by_hand", reactor_by_hand),
    ("evented_twice", evented_twice),
];

fn local() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

/// Both ends of a connection.
fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind(&local()).unwrap();
    let address = listener.local_addr().unwrap();
    let accepted = listener.incoming().into_future().map_err(|(error, _)| error);
    let both = TcpStream::connect(&address).join(accepted);
    let (one_end, (other_end, _)) = both.wait().unwrap();
    (one_end, other_end.unwrap())
}

fn tcp_echo() {
    let answer = one().block_on(lazy(|| {
        let listener = TcpListener::bind(&local()).unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(listener.incoming().take(1).map_err(drop).for_each(|stream| {
            let (reader, writer) = stream.split();
            tio::copy(reader, writer).map_err(drop).map(|(count, ..)| println!("echoed {count}"))
        }));
        TcpStream::connect(&address)
            .and_then(|stream| tio::write_all(stream, "hello"))
            .and_then(|(stream, _)| tio::read_exact(stream, [0; 5]))
            .map(|(_, bytes)| println!("{bytes:?}"))
    }));
    println!("{:?}", kind(answer));
}

fn tcp_refused() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let answer = one().block_on(TcpStream::connect(&free)).map(drop);
    println!("{:?}", kind(answer));
    let answer = pool().block_on(TcpStream::connect(&free)).map(drop);
    println!("{:?}", kind(answer));
    let nowhere = "255.255.255.255:80".parse().unwrap();
    println!("{:?}", kind(TcpStream::connect(&nowhere).wait().map(drop)).is_err());
}

fn tcp_bind_taken() {
    let listener = TcpListener::bind(&local()).unwrap();
    println!("{:?}", kind(TcpListener::bind(&listener.local_addr().unwrap()).map(drop)));
    println!("{:?}", kind(TcpListener::bind(&"1.2.3.4:0".parse().unwrap()).map(drop)));
    println!("{:?}", kind(UdpSocket::bind(&"1.2.3.4:0".parse().unwrap()).map(drop)));
}

fn tcp_half_close() {
    let (a, b) = pair();
    a.shutdown(std::net::Shutdown::Write).unwrap();
    let (_, heard) = tio::read_to_end(b.try_clone_for_test(), vec![]).wait().unwrap();
    println!("{heard:?}");
    drop(tio::write_all(b, "still").wait().unwrap());
    println!("{:?}", kind(tio::read_to_end(a, vec![]).wait().map(|(_, bytes)| bytes)));
}

trait TryCloneForTest {
    fn try_clone_for_test(&self) -> &Self;
}

impl TryCloneForTest for TcpStream {
    fn try_clone_for_test(&self) -> &Self {
        self
    }
}

fn tcp_reset() {
    let (a, b) = pair();
    let (a, _) = tio::write_all(a, "unread").wait().unwrap();
    drop(tio::write_all(&b, "seen?").wait().unwrap());
    drop(b);
    let mut heard = Vec::new();
    let answer = kind(tio::read_to_end(&a, heard.split_off(0)).wait().map(drop));
    println!("{answer:?}");
    println!("{:?}", kind(tio::read(&a, [0; 4]).wait().map(|a| a.2)));
    println!("{:?}", kind(tio::write_all(&a, "x").wait().map(drop)));
}

fn tcp_write_after_close() {
    let (a, b) = pair();
    drop(b);
    let mut last = Ok(());
    for _ in 0..50 {
        last = kind(tio::write_all(&a, "x").wait().map(drop));
        if last.is_err() {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    println!("{last:?}");
    println!("{:?}", kind(tio::write_all(&a, "x").wait().map(drop)));
}

fn tcp_split_halves_dropped() {
    let (a, b) = pair();
    let (reader, writer) = a.split();
    drop(reader);
    drop(tio::write_all(writer, "by half").wait().unwrap());
    println!("{:?}", kind(tio::read_to_end(b, vec![]).wait().map(|(_, bytes)| bytes.len())));
}

fn tcp_shutdown_does_nothing() {
    let (a, b) = pair();
    let a = tio::shutdown(a).wait().unwrap();
    drop(tio::write_all(&a, "after").wait().unwrap());
    println!("{:?}", kind(tio::read_exact(&b, [0; 5]).wait().map(|(_, bytes)| bytes)));
    a.shutdown(std::net::Shutdown::Both).unwrap();
    println!("{:?}", kind(tio::write_all(&a, "no").wait().map(drop)));
    println!("{:?}", kind(tio::read(&a, [0; 1]).wait().map(|a| a.2)));
    println!("{:?}", kind(a.shutdown(std::net::Shutdown::Both)));
}

fn tcp_options() {
    let (a, _b) = pair();
    println!("{:?}", kind(a.nodelay()));
    println!("{:?} {:?}", kind(a.set_nodelay(true)), kind(a.nodelay()));
    println!("{:?} {:?}", kind(a.set_ttl(33)), kind(a.ttl()));
    println!("{:?}", kind(a.linger()));
    println!("{:?} {:?}", kind(a.set_linger(Some(Duration::from_secs(3)))), kind(a.linger()));
    println!("{:?}", kind(a.keepalive()));
    println!("{:?} {:?}", kind(a.set_keepalive(Some(Duration::from_secs(9)))), kind(a.keepalive()));
    println!("{:?} {:?}", kind(a.set_keepalive(None)), kind(a.keepalive()));
    println!("{:?} {:?}", kind(a.set_recv_buffer_size(10_000)), kind(a.recv_buffer_size()).is_ok());
    println!("{:?} {:?}", kind(a.set_send_buffer_size(10_000)), kind(a.send_buffer_size()).is_ok());
    println!("{:?}", kind(a.set_ttl(0)).is_err());
    println!("{:?}", kind(a.set_linger(Some(Duration::from_millis(1500)))));
    println!("{:?}", kind(a.linger()));
    println!("{:?}", kind(a.set_keepalive(Some(Duration::from_millis(10)))).is_err());
    let listener = TcpListener::bind(&local()).unwrap();
    println!("{:?} {:?}", kind(listener.set_ttl(44)), kind(listener.ttl()));
}

fn tcp_addresses() {
    let (a, b) = pair();
    println!("{}", a.local_addr().unwrap() == b.peer_addr().unwrap());
    println!("{}", b.local_addr().unwrap() == a.peer_addr().unwrap());
    drop(b);
    println!("{}", a.peer_addr().is_ok());
    println!("{}", format!("{a:?}").contains("127.0.0.1"));
    println!("{}", format!("{:?}", TcpListener::bind(&local()).unwrap()).contains("127.0.0.1"));
}

fn tcp_from_std() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let mut peer = listener.accept().unwrap().0;
    let stream = TcpStream::from_std(stream, &Default::default()).unwrap();
    peer.write_all(b"x").unwrap();
    println!("{:?}", kind(tio::read_exact(stream, [0; 1]).wait().map(|(_, bytes)| bytes)));
    let listener = TcpListener::from_std(listener, &Default::default()).unwrap();
    println!("{}", listener.local_addr().is_ok());
}

fn tcp_poll_accept() {
    let mut listener = TcpListener::bind(&local()).unwrap();
    let address = listener.local_addr().unwrap();
    let mut probe = probe(());
    println!(
        "{:?}",
        probe.with(|()| listener.poll_accept()).map(|a| a.is_ready()).map_err(|e| e.kind())
    );
    let client = std::net::TcpStream::connect(address).unwrap();
    let (_, from) = poll_fn(|| listener.poll_accept()).wait().unwrap();
    println!("{}", client.local_addr().unwrap() == from);
}

fn tcp_accept_std() {
    let mut listener = TcpListener::bind(&local()).unwrap();
    let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (accepted, from) = poll_fn(|| listener.poll_accept_std()).wait().unwrap();
    println!("{}", client.local_addr().unwrap() == from);
    drop(client);
    println!("{:?}", kind((&accepted).read(&mut [0; 1])));
}

fn tcp_peek() {
    let (mut a, b) = pair();
    drop(tio::write_all(b, "abc").wait().unwrap());
    let mut buf = [0; 2];
    println!("{:?}", kind(poll_fn(|| a.poll_peek(&mut buf)).wait()));
    println!("{:?}", kind(tio::read_to_end(a, vec![]).wait().map(|(_, bytes)| bytes)));
}

fn tcp_readiness() {
    let (a, b) = pair();
    let readable = tokio::reactor::Handle::default();
    let _ = readable;
    let mut probe = probe(());
    println!("{:?}", probe.with(|()| a.poll_write_ready()).is_ok());
    println!("{:?}", probe.with(|()| (&a).read(&mut [0; 4])).map_err(|error| error.kind()));
    println!("{}", probe.notified());
    drop(tio::write_all(&b, "x").wait().unwrap());
    while probe.notified() == 0 {
        std::thread::yield_now();
    }
    println!("{:?}", probe.with(|()| (&a).read(&mut [0; 4])).map_err(|error| error.kind()));
}

fn tcp_would_block() {
    let (a, b) = pair();
    let mut probe = probe(());
    println!("{:?}", probe.with(|()| (&a).poll_read(&mut [0; 4])).map_err(|error| error.kind()));
    let full = probe.with(|()| {
        let mut sent = 0u64;
        while let Ok(Async::Ready(count)) = (&a).poll_write(&[0; 65_536]) {
            sent += count as u64;
        }
        sent > 0
    });
    println!("{full}");
    println!("{:?}", probe.with(|()| (&a).poll_write(&[0; 4])).map_err(|error| error.kind()));
    drop(b);
}

fn tcp_outside_of_task() {
    let (a, b) = pair();
    println!("{}", panics(|| (&a).read(&mut [0; 4]).is_ok()));
    drop(tio::write_all(&b, "x").wait().unwrap());
    drop((a, b));
}

fn tcp_connect_polled_again() {
    let listener = TcpListener::bind(&local()).unwrap();
    let mut connect = TcpStream::connect(&listener.local_addr().unwrap());
    println!("{}", format!("{connect:?}").starts_with("ConnectFuture"));
    println!("{:?}", poll_fn(|| connect.poll()).wait().is_ok());
    println!("{}", panics(|| probe(()).with(|()| connect.poll().is_ok())));
}

fn tcp_connect_std() {
    let listener = TcpListener::bind(&local()).unwrap();
    let address = listener.local_addr().unwrap();
    let socket = std::net::TcpStream::connect(address).unwrap();
    println!(
        "{:?}",
        kind(TcpStream::connect_std(socket, &address, &Default::default()).wait().map(drop))
    );
}

fn tcp_incoming_two() {
    let answer = pool().block_on(lazy(|| {
        let listener = TcpListener::bind(&local()).unwrap();
        let address = listener.local_addr().unwrap();
        let clients = future::join_all((0..5).map(move |_| TcpStream::connect(&address)));
        clients.join(listener.incoming().take(5).collect())
    }));
    println!("{:?}", kind(answer.map(|(clients, served)| (clients.len(), served.len()))));
}

fn tcp_dropped_while_waiting() {
    let (a, b) = pair();
    let mut reading = probe(tio::read(a, [0; 4]));
    println!("{:?}", reading.poll().map(|answer| answer.is_ready()).map_err(|e| e.kind()));
    let count = reading.count.clone();
    drop(reading);
    println!("{:?}", kind(tio::read(&b, [0; 4]).wait().map(|answer| answer.2)));
    println!("{} {}", count.take(), std::sync::Arc::strong_count(&count));
}

fn tcp_vectored() {
    use bytes::{Buf, BufMut, Bytes, IntoBuf};
    let (a, b) = pair();
    let mut both = Buf::chain(Bytes::from("hello ").into_buf(), Bytes::from("world").into_buf());
    println!("{:?}", kind(poll_fn(|| (&a).write_buf(&mut both)).wait()));
    println!("{}", both.remaining());
    drop(a);
    let mut room = bytes::BytesMut::with_capacity(64);
    println!("{:?}", kind(poll_fn(|| (&b).read_buf(&mut room)).wait()));
    println!("{room:?} {:?}", room.remaining_mut() > 0);
    println!("{:?}", kind(poll_fn(|| (&b).read_buf(&mut room)).wait()));
}

fn tcp_zero_reads() {
    let (a, b) = pair();
    drop(tio::write_all(&b, "x").wait().unwrap());
    println!("{:?}", kind(tio::read_exact(&a, [0; 1]).wait().map(|answer| answer.1)));
    drop(b);
    println!("{:?}", kind(tio::read(&a, [0; 4]).wait().map(|answer| answer.2)));
    println!("{:?}", kind(tio::read(&a, [0; 0]).wait().map(|answer| answer.2)));
    println!("{:?}", kind(tio::read(&a, [0; 4]).wait().map(|answer| answer.2)));
}

fn tcp_large() {
    let (a, b) = pair();
    let answer = one().block_on(lazy(move || {
        let sent = tio::write_all(a, vec![7; 3 << 20]).map(drop);
        sent.join(tio::read_to_end(b, vec![])).map(|((), (_, bytes))| bytes.len())
    }));
    println!("{:?}", kind(answer));
}

fn tcp_moves_between_tasks() {
    let (a, b) = pair();
    let (mut first, mut second) = (probe(()), probe(()));
    println!("{}", first.with(|()| (&a).poll_read(&mut [0; 4])).is_ok());
    println!("{}", second.with(|()| (&a).poll_read(&mut [0; 4])).is_ok());
    drop(tio::write_all(&b, "x").wait().unwrap());
    while second.notified() == 0 {
        std::thread::yield_now();
    }
    println!("{}", first.notified());
}

fn tcp_between_runtimes() {
    let (a, b) = pair();
    let mut first = one();
    let (a, _) = first.block_on(tio::write_all(a, "one")).unwrap();
    let (b, bytes) = one().block_on(tio::read_exact(b, [0; 3])).unwrap();
    println!("{bytes:?}");
    drop(first);
    let (a, _) = pool().block_on(tio::write_all(a, "two")).unwrap();
    println!("{:?}", kind(tio::read_exact(b, [0; 3]).wait().map(|answer| answer.1)));
    drop(a);
}

fn tcp_without_runtime() {
    let (a, b) = pair();
    let thread = std::thread::spawn(move || kind(tio::read_to_end(b, vec![]).wait().map(|a| a.1)));
    drop(tio::write_all(a, "bytes").wait().unwrap());
    println!("{:?}", thread.join().unwrap());
}

fn udp_echo() {
    let (a, b) = (UdpSocket::bind(&local()).unwrap(), UdpSocket::bind(&local()).unwrap());
    let (to, from) = (b.local_addr().unwrap(), a.local_addr().unwrap());
    let answer = one().block_on(
        a.send_dgram("hello", &to)
            .and_then(move |(_, text)| b.recv_dgram([0; 8]).map(move |r| (text, r))),
    );
    println!(
        "{:?}",
        kind(answer.map(|(text, (_, bytes, count, by))| (text, bytes, count, by == from)))
    );
}

fn udp_connected() {
    let (mut a, mut b) = (UdpSocket::bind(&local()).unwrap(), UdpSocket::bind(&local()).unwrap());
    a.connect(&b.local_addr().unwrap()).unwrap();
    println!("{:?}", kind(poll_fn(|| a.poll_send(b"abc")).wait()));
    let mut buf = [0; 8];
    println!("{:?}", kind(poll_fn(|| b.poll_recv(&mut buf)).wait()));
    println!("{:?}", probe(()).with(|()| b.poll_recv(&mut buf)).map_err(|e| e.kind()));
}

fn udp_options() {
    let a = UdpSocket::bind(&local()).unwrap();
    println!("{:?} {:?}", kind(a.broadcast()), kind(a.set_broadcast(true)));
    println!("{:?} {:?}", kind(a.set_ttl(9)), kind(a.ttl()));
    println!("{:?} {:?}", kind(a.multicast_loop_v4()), kind(a.multicast_ttl_v4()));
    println!(
        "{:?}",
        kind(a.join_multicast_v4(&"10.0.0.1".parse().unwrap(), &"0.0.0.0".parse().unwrap()))
    );
    println!("{:?}", kind(a.multicast_loop_v6()).is_err());
    println!("{}", format!("{a:?}").contains("127.0.0.1"));
}

fn udp_truncated() {
    let (mut a, mut b) = (UdpSocket::bind(&local()).unwrap(), UdpSocket::bind(&local()).unwrap());
    let to = b.local_addr().unwrap();
    println!("{:?}", kind(poll_fn(|| a.poll_send_to(b"abcdef", &to)).wait()));
    println!("{:?}", kind(poll_fn(|| a.poll_send_to(b"gh", &to)).wait()));
    let mut buf = [0; 3];
    println!("{:?}", kind(poll_fn(|| b.poll_recv_from(&mut buf)).wait().map(|answer| answer.0)));
    println!("{:?}", kind(poll_fn(|| b.poll_recv_from(&mut buf)).wait().map(|answer| answer.0)));
    println!("{:?}", kind(poll_fn(|| a.poll_send_to(&[0; 70_000], &to)).wait()).is_err());
}

fn udp_empty_datagram() {
    let (mut a, mut b) = (UdpSocket::bind(&local()).unwrap(), UdpSocket::bind(&local()).unwrap());
    let to = b.local_addr().unwrap();
    println!("{:?}", kind(poll_fn(|| a.poll_send_to(b"", &to)).wait()));
    println!("{:?}", kind(poll_fn(|| b.poll_recv_from(&mut [0; 3])).wait().map(|answer| answer.0)));
}

fn udp_refused() {
    let mut a = UdpSocket::bind(&local()).unwrap();
    let gone = UdpSocket::bind(&local()).unwrap().local_addr().unwrap();
    a.connect(&gone).unwrap();
    println!("{:?}", kind(poll_fn(|| a.poll_send(b"x")).wait()));
    println!("{:?}", kind(poll_fn(|| a.poll_recv(&mut [0; 3])).wait()));
}

fn path(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("parity-{}-{name}", std::process::id()));
    let _ = std::fs::remove_file(&path);
    path
}

fn unix_echo() {
    let path = path("echo");
    let answer = one().block_on(lazy(|| {
        let listener = UnixListener::bind(&path).unwrap();
        tokio::spawn(listener.incoming().take(1).map_err(drop).for_each(|stream| {
            let (reader, writer) = stream.split();
            tio::copy(reader, writer).map(drop).map_err(drop)
        }));
        UnixStream::connect(&path)
            .and_then(|stream| tio::write_all(stream, "hello"))
            .and_then(|(stream, _)| tio::read_exact(stream, [0; 5]))
    }));
    println!("{:?}", kind(answer.map(|answer| answer.1)));
    std::fs::remove_file(path).unwrap();
}

fn unix_errors() {
    let path = path("errors");
    println!("{:?}", kind(UnixStream::connect(&path).wait().map(drop)));
    drop(UnixListener::bind(&path).unwrap());
    println!("{:?}", kind(UnixStream::connect(&path).wait().map(drop)));
    println!("{:?}", kind(UnixListener::bind(&path).map(drop)));
    println!("{:?}", kind(UnixListener::bind("x".repeat(200)).map(drop)));
    println!("{:?}", kind(UnixStream::connect("x".repeat(200)).wait().map(drop)));
    std::fs::remove_file(path).unwrap();
}

fn unix_pair() {
    let (a, b) = UnixStream::pair().unwrap();
    let (a, _) = tio::write_all(a, "abc").wait().unwrap();
    println!("{:?}", kind(tio::read_exact(b, [0; 3]).wait().map(|answer| answer.1)));
    println!("{:?}", kind(tio::write_all(a, "abc").wait().map(drop)));
}

fn unix_credentials() {
    let (a, _b) = UnixStream::pair().unwrap();
    let own = a.peer_cred().unwrap();
    println!("{}", own.uid == own.uid && format!("{own:?}").starts_with("UCred"));
    println!("{:?}", a.local_addr().map(|address| address.is_unnamed()).is_ok());
    println!("{:?}", kind(a.take_error()).map(|error| error.is_none()));
}

fn unix_datagrams() {
    let (one_path, other_path) = (path("one"), path("other"));
    let (mut a, mut b) =
        (UnixDatagram::bind(&one_path).unwrap(), UnixDatagram::bind(&other_path).unwrap());
    println!("{:?}", kind(poll_fn(|| a.poll_send_to(b"abc", &other_path)).wait()));
    let mut buf = [0; 8];
    let (count, from) = poll_fn(|| b.poll_recv_from(&mut buf)).wait().unwrap();
    println!("{count} {}", from.as_pathname() == Some(&one_path));
    let (mut c, mut d) = UnixDatagram::pair().unwrap();
    println!("{:?}", kind(poll_fn(|| c.poll_send(b"xy")).wait()));
    println!("{:?}", kind(poll_fn(|| d.poll_recv(&mut buf)).wait()));
    let mut unbound = UnixDatagram::unbound().unwrap();
    println!("{:?}", kind(poll_fn(|| unbound.poll_send(b"x")).wait().map(drop)));
    println!("{:?}", kind(unbound.connect(path("nobody"))));
    drop(d);
    println!("{:?}", kind(poll_fn(|| c.poll_send(b"xy")).wait()));
    std::fs::remove_file(one_path).unwrap();
    std::fs::remove_file(other_path).unwrap();
}

fn unix_half_close() {
    let (a, b) = UnixStream::pair().unwrap();
    a.shutdown(std::net::Shutdown::Write).unwrap();
    println!("{:?}", kind(tio::read(&b, [0; 1]).wait().map(|answer| answer.2)));
    drop(tio::write_all(&b, "x").wait().unwrap());
    println!("{:?}", kind(tio::read(&a, [0; 1]).wait().map(|answer| answer.2)));
    println!("{:?}", kind(tio::write_all(&a, "x").wait().map(drop)));
}

fn unix_addresses() {
    let path = path("addresses");
    let listener = UnixListener::bind(&path).unwrap();
    println!("{}", listener.local_addr().unwrap().as_pathname() == Some(&path));
    let stream = UnixStream::connect(&path).wait().unwrap();
    println!("{}", stream.peer_addr().unwrap().as_pathname() == Some(&path));
    println!("{:?}", stream.local_addr().unwrap());
    println!("{}", format!("{stream:?}").len() > 5);
    std::fs::remove_file(path).unwrap();
}

fn unix_remove_path() {
    let path = path("stays");
    drop(UnixListener::bind(&path).unwrap());
    println!("{}", path.exists());
    std::fs::remove_file(path).unwrap();
}

fn reactor_by_hand() {
    let mut reactor = tokio_reactor::Reactor::new().unwrap();
    println!("{:?} {}", reactor.turn(Some(Duration::ZERO)).is_ok(), reactor.is_idle());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut listener = TcpListener::from_std(listener, &reactor.handle()).unwrap();
    println!("{}", reactor.is_idle());
    let mut probe = probe(());
    println!(
        "{:?}",
        probe.with(|()| listener.poll_accept()).map(|a| a.is_ready()).map_err(|e| e.kind())
    );
    let _client = std::net::TcpStream::connect(address).unwrap();
    reactor.turn(None).unwrap();
    println!("{}", probe.notified() > 0);
    println!(
        "{:?}",
        probe.with(|()| listener.poll_accept()).map(|a| a.is_ready()).map_err(|e| e.kind())
    );
    drop(listener);
    println!("{}", reactor.is_idle());
    let background = reactor.background().unwrap();
    println!("{:?}", background.shutdown_now().wait());
}

fn evented_twice() {
    let reactor = tokio_reactor::Reactor::new().unwrap();
    let (a, _b) = std::os::unix::net::UnixStream::pair().unwrap();
    let first = UnixStream::from_std(a.try_clone().unwrap(), &reactor.handle());
    let second = UnixStream::from_std(a, &reactor.handle());
    println!("{} {}", first.is_ok(), second.is_ok());
    let _ = ErrorKind::Other;
}
