//! UDP: one datagram in is one datagram out, and an error is the end of nothing.

mod net_support;

use bytes::{BufMut, BytesMut};
use futures::{future, Async, Future, Sink, Stream};
use net_support::block_on;
use std::io;
use std::net::{self, Ipv4Addr, SocketAddr};
use tokio::codec::{BytesCodec, Decoder, Encoder, LinesCodec};
use tokio::net::{UdpFramed, UdpSocket};
use tokio_executor::task::Context;
use tokio_reactor::Handle;

fn socket() -> (UdpSocket, SocketAddr) {
    let socket = UdpSocket::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    let addr = socket.local_addr().unwrap();
    (socket, addr)
}

/// A socket of std's that is connected to `addr`.
fn sender_to(addr: SocketAddr) -> (net::UdpSocket, SocketAddr) {
    let sender = net::UdpSocket::bind("127.0.0.1:0").unwrap();
    sender.connect(addr).unwrap();
    let from = sender.local_addr().unwrap();
    (sender, from)
}

#[test]
fn datagrams_travel_by_poll_methods() {
    let (mut here, here_addr) = socket();
    let (mut there, there_addr) = socket();
    let n = future::poll_fn(|| here.poll_send_to(b"hello", &there_addr)).wait().unwrap();
    assert_eq!(n, 5);
    let mut buf = [0; 64];
    let (n, from) = future::poll_fn(|| there.poll_recv_from(&mut buf)).wait().unwrap();
    assert_eq!((&buf[..n], from), (&b"hello"[..], here_addr));

    there.connect(&here_addr).unwrap();
    future::poll_fn(|| there.poll_send(b"answer")).wait().unwrap();
    here.connect(&there_addr).unwrap();
    let n = future::poll_fn(|| here.poll_recv(&mut buf)).wait().unwrap();
    assert_eq!(&buf[..n], b"answer");
}

#[test]
fn datagram_futures_serve_both_kinds_of_code() {
    let (here, here_addr) = socket();
    let (there, there_addr) = socket();
    let (here, sent) = here.send_dgram(b"one".to_vec(), &there_addr).wait().unwrap();
    assert_eq!(sent, b"one");
    let (there, buf, n, from) = block_on(there.recv_dgram(vec![0; 64])).unwrap();
    assert_eq!((&buf[..n], from), (&b"one"[..], here_addr));
    let (_, _) = block_on(there.send_dgram("two", &here_addr)).unwrap();
    let (_, buf, n, _) = here.recv_dgram([0; 64]).wait().unwrap();
    assert_eq!(&buf[..n], b"two");
}

#[test]
fn a_wait_that_is_given_up_returns_its_parts() {
    let (here, addr) = socket();
    let mut waiting = here.recv_dgram(vec![0; 7]);
    let answer = future::lazy(|| waiting.poll()).wait().unwrap();
    assert!(answer.is_not_ready());
    let parts = waiting.into_parts();
    assert_eq!(parts.socket.local_addr().unwrap(), addr);
    assert_eq!(parts.buffer.len(), 7);
}

/// The error once left the socket marked ready, or not ready, for ever.
#[test]
fn fault_n07_a_pending_icmp_error_is_reported_once() {
    let (mut here, here_addr) = socket();
    // Nobody is at this port any more.
    let nobody = net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    here.connect(&nobody).unwrap();
    let mut buf = [0; 64];
    for _ in 0..3 {
        future::poll_fn(|| here.poll_send(b"anyone?")).wait().unwrap();
        let error = future::poll_fn(|| here.poll_recv(&mut buf)).wait().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        let answer = future::lazy(|| here.poll_recv(&mut buf)).wait().unwrap();
        assert!(answer.is_not_ready(), "the error came twice");
    }
    // The loop goes on: with somebody there, datagrams come.
    let there = net::UdpSocket::bind(nobody).unwrap();
    there.send_to(b"here I am", here_addr).unwrap();
    let n = future::poll_fn(|| here.poll_recv(&mut buf)).wait().unwrap();
    assert_eq!(&buf[..n], b"here I am");
}

#[test]
fn fault_n07_a_framed_socket_goes_on_after_an_icmp_error() {
    let (here, here_addr) = socket();
    let nobody = net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    here.connect(&nobody).unwrap();
    let framed = UdpFramed::new(here, LinesCodec::new());
    let framed = framed.send(("anyone?".to_owned(), nobody)).wait().unwrap();
    let mut lines = Stream::wait(framed);
    assert!(lines.next().unwrap().is_err());
    let there = net::UdpSocket::bind(nobody).unwrap();
    there.send_to(b"here I am", here_addr).unwrap();
    assert_eq!(lines.next().unwrap().unwrap().0, "here I am");
}

#[test]
fn fault_n08_an_empty_datagram_is_a_datagram() {
    let (mut here, addr) = socket();
    let (sender, from) = sender_to(addr);
    sender.send(b"").unwrap();
    sender.send(b"x").unwrap();
    let mut buf = [0; 64];
    let received = future::poll_fn(|| here.poll_recv_from(&mut buf)).wait().unwrap();
    assert_eq!(received, (0, from));
    let received = future::poll_fn(|| here.poll_recv_from(&mut buf)).wait().unwrap();
    assert_eq!(received, (1, from));
}

/// The upstream crate ends the stream at a datagram without a frame.
#[test]
fn fault_n08_an_empty_datagram_does_not_end_a_framed_stream() {
    for repeat_decode in [false, true] {
        let (here, addr) = socket();
        let (sender, from) = sender_to(addr);
        sender.send(b"").unwrap();
        sender.send(b"after it\n").unwrap();
        let framed = UdpFramed::with_decode(here, LinesCodec::new(), repeat_decode);
        let next = Stream::wait(framed).next().unwrap().unwrap();
        assert_eq!(next, ("after it".to_owned(), from));
    }
}

/// The upstream crate gives the first frame of each datagram, and drops the others.
#[test]
fn fault_n08_every_frame_of_a_datagram_is_delivered() {
    for repeat_decode in [false, true] {
        let (here, addr) = socket();
        let (sender, _) = sender_to(addr);
        sender.send(b"one\r\ntwo\nand the rest").unwrap();
        sender.send(b"three\n").unwrap();
        let framed = UdpFramed::with_decode(here, LinesCodec::new(), repeat_decode);
        let lines: Vec<String> = framed.map(|(line, _)| line).take(4).collect().wait().unwrap();
        assert_eq!(lines, ["one", "two", "and the rest", "three"]);
    }
}

/// Gives the whole of what it is asked to decode, even if that is nothing, and uses up
/// as much of it as it is asked to.
struct Whole {
    consume: bool,
}

impl Decoder for Whole {
    type Item = Vec<u8>;
    type Error = io::Error;

    fn decode(&mut self, buf: &mut BytesMut) -> io::Result<Option<Vec<u8>>> {
        let whole = buf.to_vec();
        if self.consume {
            buf.clear();
        }
        Ok(Some(whole))
    }
}

impl Encoder for Whole {
    type Item = Vec<u8>;
    type Error = io::Error;

    fn encode(&mut self, data: Vec<u8>, buf: &mut BytesMut) -> io::Result<()> {
        buf.reserve(data.len());
        buf.put(data);
        Ok(())
    }
}

#[test]
fn fault_n08_a_codec_that_frames_empty_datagrams_gets_them() {
    for consume in [true, false] {
        let (here, addr) = socket();
        let (sender, _) = sender_to(addr);
        for datagram in [&b""[..], b"one", b"", b"two"] {
            sender.send(datagram).unwrap();
        }
        let framed = UdpFramed::new(here, Whole { consume });
        let frames: Vec<Vec<u8>> = framed.map(|(frame, _)| frame).take(4).collect().wait().unwrap();
        assert_eq!(frames, [&b""[..], b"one", b"", b"two"], "consume: {consume}");
    }
}

/// Fails at every byte.
struct Picky;

impl Decoder for Picky {
    type Item = ();
    type Error = io::Error;

    fn decode(&mut self, buf: &mut BytesMut) -> io::Result<Option<()>> {
        match buf.len() {
            0 => Ok(None),
            n => Err(io::Error::other(format!("did not expect {n} bytes"))),
        }
    }
}

#[test]
fn a_codec_that_always_fails_is_asked_once_per_datagram() {
    for repeat_decode in [false, true] {
        let (here, addr) = socket();
        let (sender, _) = sender_to(addr);
        sender.send(b"a").unwrap();
        sender.send(b"bc").unwrap();
        let mut frames = UdpFramed::with_decode(here, Picky, repeat_decode).wait();
        for n in 1..3 {
            let error = frames.next().unwrap().unwrap_err();
            assert_eq!(error.to_string(), format!("did not expect {n} bytes"));
        }
    }
}

/// A frame of more bytes than a datagram can carry used to stay, and to be tried again
/// before each later one.
#[test]
fn a_frame_that_cannot_be_sent_is_reported_once() {
    let (here, _) = socket();
    let (there, there_addr) = socket();
    let mut here = UdpFramed::new(here, BytesCodec::new());
    here.start_send((vec![0; 70_000].into(), there_addr)).unwrap();
    let error = future::poll_fn(|| here.poll_complete()).wait().unwrap_err();
    assert!(error.raw_os_error().is_some(), "{error}");
    let _here = here.send(("small"[..].into(), there_addr)).wait().unwrap();
    let (_, buf, n, _) = there.recv_dgram([0; 64]).wait().unwrap();
    assert_eq!(&buf[..n], b"small");
}

#[test]
fn frames_go_both_ways() {
    let (here, here_addr) = socket();
    let (there, there_addr) = socket();
    let here = UdpFramed::new(here, LinesCodec::new());
    let (sink, stream) = UdpFramed::new(there, LinesCodec::new()).split();
    let echo = stream.take(3).map(|(line, from)| (format!("you said {line}"), from)).forward(sink);
    let ask = futures::stream::iter_ok::<_, io::Error>(["a", "b", "c"])
        .map(move |line| (line.to_owned(), there_addr))
        .forward(here)
        .and_then(|(_, here)| here.take(3).collect());
    let ((_, sink), answers) = echo.join(ask).wait().unwrap();
    assert!(answers.iter().all(|(_, from)| *from == there_addr));
    let answers: Vec<String> = answers.into_iter().map(|(line, _)| line).collect();
    assert_eq!(answers, ["you said a", "you said b", "you said c"]);
    drop(sink);
    let _ = here_addr;
}

#[test]
fn options_read_back_as_they_were_set() {
    let (here, _) = socket();
    here.set_broadcast(true).unwrap();
    assert!(here.broadcast().unwrap());
    here.set_ttl(42).unwrap();
    assert_eq!(here.ttl().unwrap(), 42);
    here.set_multicast_loop_v4(false).unwrap();
    assert!(!here.multicast_loop_v4().unwrap());
    here.set_multicast_ttl_v4(7).unwrap();
    assert_eq!(here.multicast_ttl_v4().unwrap(), 7);
    let group = Ipv4Addr::new(224, 0, 0, 123);
    here.join_multicast_v4(&group, &Ipv4Addr::LOCALHOST).unwrap();
    here.leave_multicast_v4(&group, &Ipv4Addr::LOCALHOST).unwrap();
    assert!(here.leave_multicast_v4(&group, &Ipv4Addr::LOCALHOST).is_err());
}

#[test]
fn std_sockets_come_in_through_a_handle() {
    let std_socket = net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let here = UdpSocket::from_std(std_socket, &Handle::default()).unwrap();
    let (sender, _) = sender_to(here.local_addr().unwrap());
    let receive = std::future::poll_fn(|cx| here.poll_recv_cx(&Context::from(cx), &mut [0; 8]));
    sender.send(b"x").unwrap();
    assert_eq!(block_on(receive).unwrap(), 1);
}

#[test]
#[expect(deprecated)]
fn the_former_methods_answer_with_would_block() {
    let (mut here, addr) = socket();
    let nothing = future::lazy(|| Ok::<_, ()>(here.recv(&mut [0; 8]).unwrap_err().kind())).wait();
    assert_eq!(nothing.unwrap(), io::ErrorKind::WouldBlock);
    let (mut there, _) = socket();
    let sent = future::poll_fn(|| match there.send_to(b"x", &addr) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Async::NotReady),
        result => result.map(Async::Ready),
    });
    assert_eq!(sent.wait().unwrap(), 1);
}
