//! What servers written against net2 0.2 count on.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::io::{AsRawFd, FromRawFd, IntoRawFd};
use std::time::Duration;

use net2::unix::UnixTcpBuilderExt;
use net2::{TcpBuilder, TcpListenerExt, TcpStreamExt, UdpBuilder, UdpSocketExt};

const ANY_PORT: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

fn connected() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (near, listener.accept().unwrap().0)
}

#[test]
fn a_built_listener_accepts_what_a_built_stream_connects() {
    let builder = TcpBuilder::new_v4().unwrap();
    let listener = builder.reuse_address(true).unwrap().bind(ANY_PORT).unwrap().listen(16).unwrap();
    let mut near = TcpBuilder::new_v4().unwrap().connect(listener.local_addr().unwrap()).unwrap();
    let (mut far, _) = listener.accept().unwrap();
    near.write_all(b"over").unwrap();
    let mut read = [0; 4];
    far.read_exact(&mut read).unwrap();
    assert_eq!(&read, b"over");
}

#[test]
fn a_builder_hands_its_socket_out_once() {
    let builder = TcpBuilder::new_v4().unwrap();
    builder.bind(ANY_PORT).unwrap();
    assert!(builder.get_reuse_address().is_ok());
    builder.listen(1).unwrap();
    assert!(builder.listen(1).is_err());
    assert!(builder.to_tcp_stream().is_err());
    assert!(builder.local_addr().is_err());
    assert!(builder.ttl(3).is_err());
}

#[test]
fn binding_wants_exactly_one_address() {
    let builder = TcpBuilder::new_v4().unwrap();
    let one = SocketAddr::from(ANY_PORT);
    assert!(builder.bind(&[one, one][..]).is_err());
    assert!(builder.bind(&[][..]).is_err());
    builder.bind(one).unwrap();
    assert_ne!(builder.local_addr().unwrap().port(), 0);
}

#[test]
fn two_listeners_share_a_port_that_both_reuse() {
    let listen = |port: u16| {
        let builder = TcpBuilder::new_v4().unwrap();
        assert!(!builder.get_reuse_port().unwrap());
        builder.reuse_port(true).unwrap();
        builder.bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        builder.listen(1).unwrap()
    };
    let first = listen(0);
    let second = listen(first.local_addr().unwrap().port());
    assert_eq!(first.local_addr().unwrap(), second.local_addr().unwrap());
}

#[test]
fn stream_options_read_back_as_they_were_set() {
    let (near, _far) = connected();
    TcpStreamExt::set_nodelay(&near, true).unwrap();
    assert!(TcpStreamExt::nodelay(&near).unwrap());
    near.set_keepalive(Some(Duration::from_secs(40))).unwrap();
    assert_eq!(near.keepalive_ms().unwrap(), Some(40_000));
    near.set_keepalive_ms(None).unwrap();
    assert_eq!(near.keepalive().unwrap(), None);
    TcpStreamExt::set_linger(&near, Some(Duration::from_secs(2))).unwrap();
    let linger = TcpStreamExt::linger(&near).unwrap();
    assert_eq!(linger, Some(Duration::from_secs(2)));
}

/// net2 itself takes the rest below a second for microseconds: 1500 ms became 1.0005 s.
#[test]
fn timeouts_in_milliseconds_are_in_milliseconds() {
    let (near, _far) = connected();
    near.set_read_timeout_ms(Some(1_500)).unwrap();
    assert_eq!(near.read_timeout_ms().unwrap(), Some(1_500));
    near.set_write_timeout_ms(None).unwrap();
    assert_eq!(near.write_timeout_ms().unwrap(), None);
}

#[test]
fn a_listener_takes_the_options_of_its_connections() {
    let listener = TcpListener::bind(ANY_PORT).unwrap();
    TcpListenerExt::set_ttl(&listener, 9).unwrap();
    assert_eq!(TcpListenerExt::ttl(&listener).unwrap(), 9);
    assert!(TcpListenerExt::take_error(&listener).unwrap().is_none());
}

#[test]
fn connected_datagrams_arrive_whole() {
    let far = UdpBuilder::new_v4().unwrap().bind(ANY_PORT).unwrap();
    let near = UdpSocket::bind(ANY_PORT).unwrap();
    UdpSocketExt::connect(&near, far.local_addr().unwrap()).unwrap();
    UdpSocketExt::connect(&far, near.local_addr().unwrap()).unwrap();
    assert_eq!(UdpSocketExt::send(&near, b"whole").unwrap(), 5);
    let mut read = [0; 16];
    let length = UdpSocketExt::recv(&far, &mut read).unwrap();
    assert_eq!(&read[..length], b"whole");
}

#[test]
fn a_builder_made_of_a_descriptor_is_that_socket() {
    let fd = UdpSocket::bind(ANY_PORT).unwrap().into_raw_fd();
    #[expect(unsafe_code, reason = "the conversion under test is unsafe")]
    // SAFETY: `into_raw_fd` has just given the descriptor up.
    let builder = unsafe { UdpBuilder::from_raw_fd(fd) };
    assert_eq!(builder.as_raw_fd(), fd);
}
