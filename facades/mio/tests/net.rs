//! mio 0.6's sockets, and what it had deprecated.
#![allow(deprecated)]

use iovec::IoVec;
use mio::net::{TcpListener, TcpStream, UdpSocket};
use mio::{Events, Poll, PollOpt, Ready, Token};
use std::io::{self, Read, Write};
use std::time::Duration;

fn wait(poll: &Poll, token: Token, wanted: Ready) {
    let mut events = Events::with_capacity(8);
    loop {
        poll.poll(&mut events, None).unwrap();
        let mut events = events.iter();
        if events.any(|event| event.token() == token && event.readiness().contains(wanted)) {
            return;
        }
    }
}

fn connection() -> (Poll, TcpStream, TcpStream) {
    let poll = Poll::new().unwrap();
    let listener = TcpListener::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    assert_eq!(listener.accept().unwrap_err().kind(), io::ErrorKind::WouldBlock);
    poll.register(&listener, Token(0), Ready::readable(), PollOpt::edge()).unwrap();
    let client = TcpStream::connect(&listener.local_addr().unwrap()).unwrap();
    poll.register(&client, Token(1), Ready::readable() | Ready::writable(), PollOpt::level())
        .unwrap();
    wait(&poll, Token(1), Ready::writable());
    assert!(client.take_error().unwrap().is_none());
    let (server, peer) = listener.accept().unwrap();
    assert_eq!(peer, client.local_addr().unwrap());
    (poll, client, server)
}

#[test]
fn buffers_are_written_and_read_in_turn() {
    let (poll, client, server) = connection();
    let parts: [&IoVec; 2] = [b"hel"[..].into(), b"lo"[..].into()];
    assert_eq!(server.write_bufs(&parts).unwrap(), 5);
    wait(&poll, Token(1), Ready::readable());
    let (mut one, mut two) = ([0; 2], [0; 4]);
    let mut bufs: [&mut IoVec; 2] = [(&mut one[..]).into(), (&mut two[..]).into()];
    assert_eq!(client.read_bufs(&mut bufs).unwrap(), 5);
    assert_eq!((&one, &two[..3]), (b"he", &b"llo"[..]));
    assert_eq!((&client).read(&mut [0]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
}

#[test]
fn socket_options_are_read_as_they_were_set() {
    let (_poll, client, mut server) = connection();
    client.set_nodelay(true).unwrap();
    assert!(client.nodelay().unwrap());
    client.set_keepalive(Some(Duration::from_secs(60))).unwrap();
    assert_eq!(client.keepalive().unwrap(), Some(Duration::from_secs(60)));
    client.set_keepalive(None).unwrap();
    assert_eq!(client.keepalive().unwrap(), None);
    client.set_linger(Some(Duration::from_secs(2))).unwrap();
    assert_eq!(client.linger().unwrap(), Some(Duration::from_secs(2)));
    client.set_ttl(42).unwrap();
    assert_eq!(client.ttl().unwrap(), 42);
    assert!(client.recv_buffer_size().unwrap() > 0);
    server.write_all(b"x").unwrap();
}

#[test]
fn a_refused_connection_ends_in_an_error() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    // Some systems refuse at once.
    let Ok(client) = TcpStream::connect(&gone) else { return };
    let poll = Poll::new().unwrap();
    poll.register(&client, Token(1), Ready::writable(), PollOpt::edge()).unwrap();
    wait(&poll, Token(1), Ready::writable());
    let error = client.take_error().unwrap().unwrap();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
}

#[test]
fn datagrams_keep_their_bounds() {
    let any = "127.0.0.1:0".parse().unwrap();
    let (one, two) = (UdpSocket::bind(&any).unwrap(), UdpSocket::bind(&any).unwrap());
    one.connect(two.local_addr().unwrap()).unwrap();
    let poll = Poll::new().unwrap();
    poll.register(&two, Token(2), Ready::readable(), PollOpt::level()).unwrap();
    let parts: [&IoVec; 2] = [b"ab"[..].into(), b"c"[..].into()];
    assert_eq!(one.send_bufs(&parts).unwrap(), 3);
    wait(&poll, Token(2), Ready::readable());
    let mut buf = [0; 8];
    let (len, from) = two.recv_from(&mut buf).unwrap();
    assert_eq!((&buf[..len], from), (&b"abc"[..], one.local_addr().unwrap()));
}

#[cfg(feature = "with-deprecated")]
#[test]
fn a_channel_is_readable_until_it_is_empty_and_when_it_ends() {
    let poll = Poll::new().unwrap();
    let (sender, receiver) = mio::channel::channel();
    sender.send(1).unwrap();
    poll.register(&receiver, Token(4), Ready::readable(), PollOpt::level()).unwrap();
    wait(&poll, Token(4), Ready::readable());
    assert_eq!(receiver.try_recv().unwrap(), 1);
    let mut events = Events::with_capacity(4);
    assert_eq!(poll.poll(&mut events, Some(Duration::ZERO)).unwrap(), 0);
    let other = std::thread::spawn(move || sender.send(2).unwrap());
    wait(&poll, Token(4), Ready::readable());
    assert_eq!(receiver.try_recv().unwrap(), 2);
    other.join().unwrap();
    wait(&poll, Token(4), Ready::readable());
    assert!(receiver.try_recv().is_err());
}

#[cfg(feature = "with-deprecated")]
#[test]
fn a_timer_hands_out_what_is_due_in_order() {
    let poll = Poll::new().unwrap();
    // A thread that has no processor in between may set the early one too late.
    let mut timer = loop {
        let begun = std::time::Instant::now();
        let builder = mio::timer::Builder::default();
        let mut timer = builder.tick_duration(Duration::from_millis(1)).build();
        timer.set_timeout(Duration::from_millis(20), "late").unwrap();
        timer.set_timeout(Duration::from_millis(2), "early").unwrap();
        if begun.elapsed() < Duration::from_millis(15) {
            break timer;
        }
    };
    poll.register(&timer, Token(5), Ready::readable(), PollOpt::edge()).unwrap();
    let never = timer.set_timeout(Duration::from_millis(3), "never").unwrap();
    assert_eq!(timer.cancel_timeout(&never), Some("never"));
    assert_eq!(timer.cancel_timeout(&never), None);
    let mut got = Vec::new();
    while got.len() < 2 {
        wait(&poll, Token(5), Ready::readable());
        while let Some(name) = timer.poll() {
            got.push(name);
        }
    }
    assert_eq!(got, ["early", "late"]);
}
