//! Unix sockets: streams, datagrams, and every kind of address.
#![cfg(target_os = "linux")]

mod net_support;

use bytes::{Buf, BytesMut, IntoBuf};
use futures::{future, Future, Sink, Stream};
use net_support::{block_on, child_process, echo, is_child, serve};
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{self, SocketAddr};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;
use test_support::until;
use tokio::codec::LinesCodec;
use tokio::net::{UnixDatagram, UnixDatagramFramed, UnixListener, UnixStream};
use tokio_executor::task::Context;
use tokio_io::{AsyncRead, AsyncWrite};
use tokio_reactor::Handle;

/// A path where nothing is yet, removed at the end.
struct Socket(PathBuf);

impl Socket {
    fn path() -> Socket {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("net-unix-{}-{}", process::id(), COUNT.fetch_add(1, Relaxed));
        Socket(std::env::temp_dir().join(name))
    }

    /// A name of the abstract namespace, as a path.
    fn abstract_name() -> PathBuf {
        let Socket(path) = &Socket::path();
        PathBuf::from(format!("\0{}", path.display()))
    }
}

impl AsRef<Path> for Socket {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The abstract name in `path`, without its NUL byte.
fn name_in(path: &Path) -> &[u8] {
    &path.as_os_str().as_encoded_bytes()[1..]
}

#[test]
fn an_echo_sends_everything_back() {
    let path = Socket::path();
    let listener = UnixListener::bind(&path).unwrap();
    let server = thread::spawn(move || serve(listener.incoming(), 1, echo).wait());
    let mut client = net::UnixStream::connect(&path).unwrap();
    let mut receiver = client.try_clone().unwrap();
    let sent: Vec<u8> = (0..5_000_000u32).map(|i| (i % 251) as u8).collect();
    let received = thread::spawn(move || {
        let mut received = Vec::new();
        receiver.read_to_end(&mut received).unwrap();
        received
    });
    client.write_all(&sent).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    assert!(received.join().unwrap() == sent);
    server.join().unwrap().unwrap();
}

#[test]
fn connecting_serves_both_kinds_of_code() {
    let path = Socket::path();
    let listener = UnixListener::bind(&path).unwrap();
    let client = UnixStream::connect(&path).wait().unwrap();
    assert_eq!(client.peer_addr().unwrap().as_pathname(), Some(path.as_ref()));
    block_on(UnixStream::connect(&path)).unwrap();
    drop(listener);
    // A child that another test has started has a copy until it runs its own program.
    let refused = |error: &io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
    until("a refusal", || block_on(UnixStream::connect(&path)).err().filter(refused));
    let error = UnixStream::connect(Socket::path()).wait().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
}

#[test]
fn pairs_vouch_for_this_process_and_carry_pieces() {
    let (mut a, mut b) = UnixStream::pair().unwrap();
    let cred = a.peer_cred().unwrap();
    assert_eq!(cred, b.peer_cred().unwrap());
    let owner = std::fs::metadata("/proc/self").unwrap();
    use std::os::unix::fs::MetadataExt;
    assert_eq!((cred.uid, cred.gid), (owner.uid(), owner.gid()));
    assert!(a.take_error().unwrap().is_none());

    let mut pieces = Buf::chain(b"one ".into_buf(), b"two".into_buf());
    let n = future::poll_fn(|| a.write_buf(&mut pieces)).wait().unwrap();
    assert_eq!(n, 7);
    let mut received = BytesMut::with_capacity(64);
    let n = future::poll_fn(|| AsyncRead::read_buf(&mut b, &mut received)).wait().unwrap();
    assert_eq!((n, &received[..]), (7, &b"one two"[..]));
}

#[test]
fn fault_n05_shutdown_does_nothing_unless_asked_for() {
    let (a, b) = UnixStream::pair().unwrap();
    let a = tokio_io::io::shutdown(a).wait().unwrap();
    let mut buf = [0; 1];
    let read =
        future::lazy(|| Ok::<_, ()>(b.poll_read_cx(&Context::current(), &mut buf).is_pending()));
    assert!(read.wait().unwrap());
    a.set_close_on_shutdown(true);
    let a = tokio_io::io::shutdown(a).wait().unwrap();
    let (_, rest) = tokio_io::io::read_to_end(b, Vec::new()).wait().unwrap();
    assert_eq!(rest, b"");
    drop(a);
}

#[test]
fn fault_n06_writing_to_a_closed_peer_is_an_error_and_no_signal() {
    const NAME: &str = "fault_n06_writing_to_a_closed_peer_is_an_error_and_no_signal";
    if !is_child(NAME) {
        let output = child_process(NAME).wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", output.status);
        return;
    }
    #[expect(unsafe_code, reason = "the signal's own action is restored by a system call")]
    // SAFETY: runs no code of ours.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL)
    };
    let (mut a, b) = UnixStream::pair().unwrap();
    drop(b);
    let error = future::poll_fn(|| a.poll_write(b"x")).wait().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    let mut pieces = Buf::chain(b"one".into_buf(), b"two".into_buf());
    let error = future::poll_fn(|| a.write_buf(&mut pieces)).wait().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
}

#[test]
fn fault_n09_abstract_names_serve_streams() {
    let (path, client_path) = (Socket::abstract_name(), Socket::abstract_name());
    let listener = UnixListener::bind(&path).unwrap();
    assert_eq!(listener.local_addr().unwrap().as_abstract_name(), Some(name_in(&path)));
    let stream = UnixStream::connect(&path).wait().unwrap();
    assert_eq!(stream.peer_addr().unwrap().as_abstract_name(), Some(name_in(&path)));
    let (_, peer) = future::poll_fn(|| listener.poll_accept()).wait().unwrap();
    assert!(peer.is_unnamed());

    // A client with an abstract name of its own; mio 1 takes it for one without.
    let socket = socket2::Socket::new(socket2::Domain::UNIX, socket2::Type::STREAM, None).unwrap();
    socket.bind(&socket2::SockAddr::unix(&client_path).unwrap()).unwrap();
    socket.connect(&socket2::SockAddr::unix(&path).unwrap()).unwrap();
    let (accepted, peer) = future::poll_fn(|| listener.poll_accept()).wait().unwrap();
    assert_eq!(peer.as_abstract_name(), Some(name_in(&client_path)));
    assert_eq!(accepted.peer_addr().unwrap().as_abstract_name(), Some(name_in(&client_path)));
}

#[test]
fn fault_n09_a_client_with_a_path_is_known_by_it() {
    let (path, client_path) = (Socket::path(), Socket::path());
    let listener = UnixListener::bind(&path).unwrap();
    let socket = socket2::Socket::new(socket2::Domain::UNIX, socket2::Type::STREAM, None).unwrap();
    socket.bind(&socket2::SockAddr::unix(&client_path).unwrap()).unwrap();
    socket.connect(&socket2::SockAddr::unix(&path).unwrap()).unwrap();
    let (_, peer) = future::poll_fn(|| listener.poll_accept_std()).wait().unwrap();
    assert_eq!(peer.as_pathname(), Some(client_path.as_ref()));
}

/// The system reports such an address as longer than its own type for addresses, at
/// which mio's `accept` panics.
#[test]
#[expect(unsafe_code, reason = "an address that no safe interface makes")]
fn fault_n09_a_client_whose_path_fills_the_address_is_accepted() {
    let path = Socket::path();
    let listener = UnixListener::bind(&path).unwrap();
    let socket = socket2::Socket::new(socket2::Domain::UNIX, socket2::Type::STREAM, None).unwrap();
    let mut longest = format!("/tmp/net-unix-{}-", process::id());
    while longest.len() < 108 {
        longest.push('x');
    }
    let longest = Socket(longest.into());
    let write = |storage: *mut socket2::SockAddrStorage, length: *mut u32| {
        let name = longest.0.as_os_str().as_encoded_bytes();
        let storage = storage.cast::<libc::sockaddr_un>();
        // SAFETY: `try_init` passes room for any address, zeroed.
        let storage = unsafe { &mut *storage };
        storage.sun_family = libc::AF_UNIX as libc::sa_family_t;
        for (to, from) in storage.sun_path.iter_mut().zip(name) {
            *to = *from as libc::c_char;
        }
        // SAFETY: `length` is there to be written.
        unsafe { *length = size_of::<libc::sockaddr_un>() as u32 };
        Ok(())
    };
    // SAFETY: `write` makes a whole `sockaddr_un`, and says so.
    let ((), addr) = unsafe { socket2::SockAddr::try_init(write) }.unwrap();
    socket.bind(&addr).unwrap();
    socket.connect(&socket2::SockAddr::unix(&path).unwrap()).unwrap();
    let (_, peer) = future::poll_fn(|| listener.poll_accept()).wait().unwrap();
    assert_eq!(peer.as_pathname(), Some(longest.as_ref()));
}

#[test]
fn fault_n09_datagrams_are_answered_whatever_the_address() {
    let paths = [Socket::path().0.clone(), Socket::abstract_name()];
    for server_path in &paths {
        for client_path in &paths {
            let client_path = PathBuf::from(format!("{}-client", client_path.display()));
            let server = UnixDatagram::bind(server_path).unwrap();
            let client = UnixDatagram::bind(&client_path).unwrap();
            let serve = server
                .recv_dgram(vec![0; 64])
                .and_then(|(server, buf, n, from)| server.send_dgram(buf[..n].to_vec(), from));
            let ask = client
                .send_dgram("hello", server_path)
                .and_then(|(client, _)| client.recv_dgram(vec![0; 64]));
            let (_, (_, buf, n, from)) = serve.join(ask).wait().unwrap();
            assert_eq!((&buf[..n], Path::new(&from)), (&b"hello"[..], server_path.as_path()));
            for path in [server_path, &client_path] {
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

#[test]
fn fault_n09_a_socket_without_an_address_says_so() {
    let path = Socket::path();
    let server = UnixDatagram::bind(&path).unwrap();
    let client = UnixDatagram::unbound().unwrap();
    assert!(client.local_addr().unwrap().is_unnamed());
    future::poll_fn(|| client.poll_send_to(b"x", &path)).wait().unwrap();
    let mut buf = [0; 8];
    let (n, from) = future::poll_fn(|| server.poll_recv_from(&mut buf)).wait().unwrap();
    assert_eq!(n, 1);
    assert!(from.is_unnamed());

    client.connect(&path).unwrap();
    assert_eq!(client.peer_addr().unwrap().as_pathname(), Some(path.as_ref()));
    future::poll_fn(|| client.poll_send(b"")).wait().unwrap();
    let (_, _, n, from) = block_on(server.recv_dgram([0; 8])).unwrap();
    assert_eq!((n, from.as_str()), (0, ""));
}

#[test]
fn datagram_pairs_wait_for_each_other() {
    let (a, b) = UnixDatagram::pair().unwrap();
    let reading = thread::spawn(move || {
        let mut buf = [0; 8];
        let mut received = 0;
        while received < 1000 {
            let n = future::poll_fn(|| b.poll_recv(&mut buf)).wait().unwrap();
            assert_eq!(n, 4);
            received += 1;
        }
    });
    // More than the queue holds: the sender has to wait for the receiver.
    for i in 0..1000u32 {
        let datagram = i.to_le_bytes();
        future::poll_fn(|| a.poll_send(&datagram)).wait().unwrap();
    }
    reading.join().unwrap();
    a.shutdown(Shutdown::Both).unwrap();
    assert!(a.take_error().unwrap().is_none());
}

#[test]
fn fault_n08_framed_datagrams_keep_all_frames_and_survive_empty_ones() {
    let (server_path, client_path) = (Socket::path(), Socket::path());
    let server = UnixDatagram::bind(&server_path).unwrap();
    let client = net::UnixDatagram::bind(&client_path).unwrap();
    for datagram in [&b""[..], b"one\ntwo", b"three\n"] {
        client.send_to(datagram, &server_path).unwrap();
    }
    let server: UnixDatagramFramed<PathBuf, _> = UnixDatagramFramed::new(server, LinesCodec::new());
    let (lines, server) = server
        .into_future()
        .and_then(|(one, server)| server.into_future().map(|(two, s)| (vec![one, two], s)))
        .and_then(|(mut lines, server)| {
            server.into_future().map(|(three, server)| {
                lines.push(three);
                (lines, server)
            })
        })
        .map_err(|(error, _)| error)
        .wait()
        .unwrap();
    let lines: Vec<(String, SocketAddr)> = lines.into_iter().flatten().collect();
    assert!(lines.iter().all(|(_, from)| from.as_pathname() == Some(client_path.as_ref())));
    let lines: Vec<&str> = lines.iter().map(|(line, _)| line.as_str()).collect();
    assert_eq!(lines, ["one", "two", "three"]);

    let _server = server.send(("answer".to_owned(), client_path.0.clone())).wait().unwrap();
    let mut buf = [0; 64];
    let n = client.recv(&mut buf).unwrap();
    assert_eq!(&buf[..n], b"answer\n");
}

#[test]
fn std_sockets_come_in_through_a_handle() {
    let path = Socket::path();
    let listener = net::UnixListener::bind(&path).unwrap();
    let listener = UnixListener::from_std(listener, &Handle::default()).unwrap();
    let mut client = net::UnixStream::connect(&path).unwrap();
    let (server, _) = future::poll_fn(|| listener.poll_accept_std()).wait().unwrap();
    let server = UnixStream::from_std(server, &Handle::default()).unwrap();
    client.write_all(b"hello").unwrap();
    let (_, received) = tokio_io::io::read_exact(server, [0; 5]).wait().unwrap();
    assert_eq!(&received, b"hello");
    assert!(listener.take_error().unwrap().is_none());
    let (a, b) = net::UnixDatagram::pair().unwrap();
    let a = UnixDatagram::from_std(a, &Handle::default()).unwrap();
    b.send(b"x").unwrap();
    assert_eq!(future::poll_fn(|| a.poll_recv(&mut [0; 8])).wait().unwrap(), 1);
}
