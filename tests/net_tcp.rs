//! TCP: every byte arrives, errors are reported, and nobody waits for ever.

mod net_support;

use bytes::{Buf, BufMut, BytesMut, IntoBuf};
use futures::{future, Async, Future};
use net_support::{block_on, echo, listen, pair, serve};
use std::io::{self, Read, Write};
use std::net::{self, Shutdown, SocketAddr};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use test_support::pattern;
use tokio::net::{TcpListener, TcpStream};
use tokio_executor::task::Context;
use tokio_io::{AsyncRead, AsyncWrite};
use tokio_reactor::evented::Ready;
use tokio_reactor::Handle;

#[test]
fn a_hundred_megabytes_come_back_from_the_echo() {
    const TOTAL: usize = 100 * 1024 * 1024;
    const CHUNK: usize = 251 * 256;
    let (listener, addr) = listen();
    let server = thread::spawn(move || serve(listener.incoming(), 1, echo).wait());

    let mut sender = net::TcpStream::connect(addr).unwrap();
    let mut receiver = sender.try_clone().unwrap();
    let send = thread::spawn(move || {
        let chunk: Vec<u8> = (0..CHUNK).map(pattern).collect();
        let mut left = TOTAL;
        while left > 0 {
            let n = left.min(CHUNK);
            sender.write_all(&chunk[..n]).unwrap();
            left -= n;
        }
        sender.shutdown(Shutdown::Write).unwrap();
    });
    let expected: Vec<u8> = (0..CHUNK + 251).map(pattern).collect();
    let mut buf = vec![0; CHUNK];
    let mut received = 0;
    loop {
        let n = receiver.read(&mut buf).unwrap();
        if n == 0 {
            break;
        }
        let start = received % 251;
        assert!(buf[..n] == expected[start..start + n], "differs after byte {received}");
        received += n;
    }
    assert_eq!(received, TOTAL);
    send.join().unwrap();
    server.join().unwrap().unwrap();
}

#[test]
fn connect_and_accept_agree_on_addresses() {
    let (mut listener, addr) = listen();
    let client = TcpStream::connect(&addr);
    let (client, (server, peer)) =
        client.join(future::poll_fn(move || listener.poll_accept())).wait().unwrap();
    assert_eq!(client.peer_addr().unwrap(), addr);
    assert_eq!(server.local_addr().unwrap(), addr);
    assert_eq!(client.local_addr().unwrap(), peer);
    assert_eq!(server.peer_addr().unwrap(), peer);
}

#[test]
fn a_refused_connection_is_an_error_of_either_kind_of_future() {
    // Nobody listens here, and nobody else may.
    let taken = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    taken.bind(&"127.0.0.1:0".parse::<SocketAddr>().unwrap().into()).unwrap();
    let addr = taken.local_addr().unwrap().as_socket().unwrap();
    let error = TcpStream::connect(&addr).wait().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    let error = block_on(TcpStream::connect(&addr)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
}

#[test]
#[should_panic(expected = "after it was done")]
fn a_connection_that_was_given_out_cannot_be_polled_for_again() {
    let addr = net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut connecting = TcpStream::connect(&addr);
    let failed = future::poll_fn(|| connecting.poll()).wait();
    assert!(failed.is_err());
    let _ = future::poll_fn(|| connecting.poll()).wait();
}

#[test]
fn async_code_serves_and_asks_without_a_runtime() {
    let (listener, addr) = listen();
    let server = thread::spawn(move || {
        block_on(async move {
            let mut incoming = listener.incoming();
            let stream =
                std::future::poll_fn(|cx| incoming.poll_next_cx(&Context::from(cx))).await?;
            let mut buf = [0; 64];
            loop {
                let read = |cx: &mut std::task::Context<'_>| {
                    stream.poll_read_cx(&Context::from(cx), &mut buf)
                };
                let n = std::future::poll_fn(read).await?;
                if n == 0 {
                    return Ok::<_, io::Error>(());
                }
                let mut sent = 0;
                while sent < n {
                    let write = |cx: &mut std::task::Context<'_>| {
                        stream.poll_write_cx(&Context::from(cx), &buf[sent..n])
                    };
                    sent += std::future::poll_fn(write).await?;
                }
            }
        })
    });
    let answer = block_on(async {
        let stream = TcpStream::connect(&addr).await?;
        let cx_write =
            |cx: &mut std::task::Context<'_>| stream.poll_write_cx(&Context::from(cx), b"question");
        assert_eq!(std::future::poll_fn(cx_write).await?, 8);
        let mut answer = BytesMut::with_capacity(64);
        while answer.len() < 8 {
            let cx_read = |cx: &mut std::task::Context<'_>| {
                stream.poll_read_buf_cx(&Context::from(cx), &mut answer)
            };
            std::future::poll_fn(cx_read).await?;
        }
        Ok::<_, io::Error>(answer)
    });
    assert_eq!(&answer.unwrap()[..], b"question");
    server.join().unwrap().unwrap();
}

#[test]
fn both_directions_can_wait_at_once() {
    let (ours, mut theirs) = pair();
    let (reader, writer) = ours.split();
    let (told, tell) = mpsc::channel();
    let reading = thread::spawn(move || {
        told.send(()).unwrap();
        tokio_io::io::read_exact(reader, [0; 5]).wait().unwrap().1
    });
    tell.recv().unwrap();
    // More than the buffers of both ends hold, so that the writer has to wait, too.
    const TOTAL: usize = 32 * 1024 * 1024;
    let writing =
        thread::spawn(move || tokio_io::io::write_all(writer, vec![7; TOTAL]).wait().unwrap());
    let mut received = vec![0; TOTAL];
    theirs.read_exact(&mut received).unwrap();
    assert!(received.iter().all(|&byte| byte == 7));
    theirs.write_all(b"hello").unwrap();
    assert_eq!(&reading.join().unwrap(), b"hello");
    writing.join().unwrap();
}

#[test]
fn a_read_that_ends_short_still_sees_what_comes_later() {
    let (mut ours, mut theirs) = pair();
    for i in 0..200usize {
        let message = vec![pattern(i); 1 + i % 7];
        theirs.write_all(&message).unwrap();
        let mut received = Vec::new();
        let mut buf = [0; 64];
        while received.len() < message.len() {
            let n = future::poll_fn(|| ours.poll_read(&mut buf)).wait().unwrap();
            assert_ne!(n, 0);
            received.extend_from_slice(&buf[..n]);
        }
        assert_eq!(received, message);
    }
    theirs.write_all(b"last").unwrap();
    drop(theirs);
    let (_, rest) = tokio_io::io::read_to_end(ours, Vec::new()).wait().unwrap();
    assert_eq!(rest, b"last");
}

#[test]
fn end_of_file_after_a_short_read_is_not_missed() {
    for _ in 0..50 {
        let (mut ours, mut theirs) = pair();
        theirs.write_all(b"abc").unwrap();
        drop(theirs);
        let mut buf = [0; 64];
        let mut total = 0;
        loop {
            match future::poll_fn(|| ours.poll_read(&mut buf)).wait().unwrap() {
                0 => break,
                n => total += n,
            }
        }
        assert_eq!(total, 3);
    }
}

#[test]
fn buffers_in_pieces_are_written_and_read_at_once() {
    let (mut ours, mut theirs) = pair();
    let pieces = Buf::chain(b"one ".into_buf(), b"two ".into_buf());
    let mut pieces = Buf::chain(pieces, b"three".into_buf());
    let n = future::poll_fn(|| ours.write_buf(&mut pieces)).wait().unwrap();
    assert_eq!(n, 13);
    assert!(!pieces.has_remaining());
    let n = future::poll_fn(|| ours.write_buf(&mut pieces)).wait().unwrap();
    assert_eq!(n, 0, "there was nothing left to write");
    let mut received = [0; 13];
    theirs.read_exact(&mut received).unwrap();
    assert_eq!(&received, b"one two three");

    theirs.write_all(b"0123456789").unwrap();
    theirs.shutdown(Shutdown::Write).unwrap();
    let (mut first, mut second) = ([0u8; 4], [0u8; 20]);
    let total = {
        let first = io::Cursor::new(&mut first[..]);
        let second = io::Cursor::new(&mut second[..]);
        let mut room = Buf::chain(first, second);
        let mut total = 0;
        loop {
            match future::poll_fn(|| AsyncRead::read_buf(&mut ours, &mut room)).wait().unwrap() {
                0 => break total,
                n => total += n,
            }
        }
    };
    assert_eq!(total, 10);
    assert_eq!((&first, &second[..6]), (b"0123", &b"456789"[..]));
}

#[test]
fn read_buf_takes_any_kind_of_buffer() {
    let (mut ours, mut theirs) = pair();
    theirs.write_all(b"hello").unwrap();
    let mut vec = Vec::with_capacity(2);
    while vec.len() < 5 {
        future::poll_fn(|| AsyncRead::read_buf(&mut ours, &mut vec)).wait().unwrap();
    }
    assert_eq!(vec, b"hello");
    let mut full = BytesMut::with_capacity(4);
    let room = full.remaining_mut();
    full.put(vec![0; room]);
    let n = future::poll_fn(|| AsyncRead::read_buf(&mut ours, &mut full)).wait().unwrap();
    assert_eq!(n, 0, "there was no room");
}

#[test]
fn peeking_leaves_the_bytes_there() {
    let (mut ours, mut theirs) = pair();
    theirs.write_all(b"hello").unwrap();
    let mut buf = [0; 16];
    for _ in 0..3 {
        let n = future::poll_fn(|| ours.poll_peek(&mut buf)).wait().unwrap();
        assert_eq!(&buf[..n], b"hello");
    }
    let n = future::poll_fn(|| ours.poll_read(&mut buf)).wait().unwrap();
    assert_eq!(&buf[..n], b"hello");
}

#[test]
fn options_read_back_as_they_were_set() {
    let (ours, _theirs) = pair();
    ours.set_nodelay(true).unwrap();
    assert!(ours.nodelay().unwrap());
    ours.set_ttl(42).unwrap();
    assert_eq!(ours.ttl().unwrap(), 42);
    for linger in [Some(Duration::from_secs(3)), Some(Duration::ZERO), None] {
        ours.set_linger(linger).unwrap();
        assert_eq!(ours.linger().unwrap(), linger);
    }
    ours.set_send_buffer_size(50_000).unwrap();
    assert!(ours.send_buffer_size().unwrap() >= 50_000);
    ours.set_recv_buffer_size(50_000).unwrap();
    assert!(ours.recv_buffer_size().unwrap() >= 50_000);
    #[expect(deprecated)]
    let clone = ours.try_clone();
    assert!(clone.is_err());
}

#[test]
fn std_sockets_come_in_through_a_handle() {
    let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let mut listener = TcpListener::from_std(listener, &Handle::default()).unwrap();
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&"127.0.0.1:0".parse::<SocketAddr>().unwrap().into()).unwrap();
    let client = TcpStream::connect_std(socket.into(), &addr, &Handle::default());
    let accept = future::poll_fn(|| listener.poll_accept_std());
    let (client, (mut server, _)) = client.join(accept).wait().unwrap();

    // What `poll_accept_std` gives out is in blocking mode.
    let reading = thread::spawn(move || {
        let mut buf = [0; 5];
        server.read_exact(&mut buf).map(|()| (server, buf))
    });
    tokio_io::io::write_all(client, "hello").wait().unwrap();
    let (server, received) = reading.join().unwrap().unwrap();
    assert_eq!(&received, b"hello");
    let server = TcpStream::from_std(server, &Handle::default()).unwrap();
    let (_, rest) = tokio_io::io::read_to_end(server, Vec::new()).wait().unwrap();
    assert_eq!(rest, b"");
}

#[test]
fn readiness_can_be_asked_for() {
    let (ours, mut theirs) = pair();
    let ready = future::poll_fn(|| ours.poll_write_ready()).wait().unwrap();
    assert!(ready.is_writable());
    theirs.write_all(b"x").unwrap();
    let ready = future::poll_fn(|| ours.poll_read_ready(Ready::readable())).wait().unwrap();
    assert!(ready.is_readable());
}

/// Upstream's `AsyncWrite::shutdown` of a TCP stream does nothing; a peer that waits for
/// the end of a request waits until the stream is dropped.
#[test]
fn fault_n05_shutdown_does_nothing_unless_asked_for() {
    let (ours, mut theirs) = pair();
    theirs.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let ours = tokio_io::io::shutdown(ours).wait().unwrap();
    let waited = theirs.read(&mut [0; 1]).unwrap_err().kind();
    assert!(matches!(waited, io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut));

    theirs.set_read_timeout(None).unwrap();
    assert!(!ours.close_on_shutdown());
    ours.set_close_on_shutdown(true);
    assert!(ours.close_on_shutdown());
    let ours = tokio_io::io::shutdown(ours).wait().unwrap();
    assert_eq!(theirs.read(&mut [0; 1]).unwrap(), 0, "the peer was not told");

    // The other direction stays open.
    theirs.write_all(b"answer").unwrap();
    drop(theirs);
    let (ours, answer) = tokio_io::io::read_to_end(ours, Vec::new()).wait().unwrap();
    assert_eq!(answer, b"answer");
    // A connection that is gone needs no end.
    tokio_io::io::shutdown(ours).wait().unwrap();
}

#[test]
fn fault_n04_half_close_passes_through_a_two_way_copy() {
    let (upstream, upstream_addr) = listen();
    // Answers when the request is complete, and not before.
    let upstream = thread::spawn(move || {
        serve(upstream.incoming(), 1, |stream| {
            stream.set_close_on_shutdown(true);
            tokio_io::io::read_to_end(stream, Vec::new())
                .and_then(|(stream, request)| tokio_io::io::write_all(stream, request))
                .and_then(|(stream, _)| tokio_io::io::shutdown(stream))
                .map(drop)
        })
        .wait()
    });
    let (proxy, proxy_addr) = listen();
    let proxy = thread::spawn(move || {
        serve(proxy.incoming(), 1, move |client| {
            TcpStream::connect(&upstream_addr).and_then(move |server| {
                client.set_close_on_shutdown(true);
                server.set_close_on_shutdown(true);
                let (client_reader, client_writer) = client.split();
                let (server_reader, server_writer) = server.split();
                let there = tokio_io::io::copy(client_reader, server_writer)
                    .and_then(|(_, _, writer)| tokio_io::io::shutdown(writer));
                let back = tokio_io::io::copy(server_reader, client_writer)
                    .and_then(|(_, _, writer)| tokio_io::io::shutdown(writer));
                there.join(back).map(drop)
            })
        })
        .wait()
    });
    let mut client = net::TcpStream::connect(proxy_addr).unwrap();
    let request: Vec<u8> = (0..3_000_000).map(pattern).collect();
    client.write_all(&request).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).unwrap();
    assert!(answer == request, "{} of {} bytes came back", answer.len(), request.len());
    proxy.join().unwrap().unwrap();
    upstream.join().unwrap().unwrap();
}

#[test]
#[expect(deprecated)]
fn the_former_methods_answer_with_would_block() {
    let (mut listener, addr) = listen();
    let nobody = future::lazy(|| Ok::<_, ()>(listener.accept().unwrap_err().kind())).wait();
    assert_eq!(nobody.unwrap(), io::ErrorKind::WouldBlock);
    let client = net::TcpStream::connect(addr).unwrap();
    let mut stream = future::poll_fn(|| match listener.accept() {
        Ok((stream, _)) => Ok(Async::Ready(stream)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Async::NotReady),
        Err(error) => Err(error),
    })
    .wait()
    .unwrap();
    let nothing = future::lazy(|| Ok::<_, ()>(stream.peek(&mut [0; 1]).unwrap_err().kind())).wait();
    assert_eq!(nothing.unwrap(), io::ErrorKind::WouldBlock);
    drop(client);
}
