//! Sources under a background reactor: sockets, pairs of the program's own, and what
//! happens to them when the reactor goes; and a reactor without any.
#![cfg(unix)]

use futures::{future, Future};
use mio1::net::TcpStream;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream as StdStream};
use std::os::unix::net::UnixStream as StdUnix;
use std::task::Poll;
use tokio_executor::task::Context;
use tokio_reactor::evented::{Ready, Registration as Pair};
use tokio_reactor::{Background, PollEvented, Reactor};

fn background() -> Background {
    Reactor::new().unwrap().background().unwrap()
}

/// A connection whose one end is under a reactor's watch.
fn tcp(background: &Background) -> (PollEvented<TcpStream>, StdStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let theirs = StdStream::connect(listener.local_addr().unwrap()).unwrap();
    let ours = listener.accept().unwrap().0;
    ours.set_nonblocking(true).unwrap();
    let ours = TcpStream::from_std(ours);
    (PollEvented::new_with_handle(ours, background.handle()).unwrap(), theirs)
}

fn asynced<T>(poll: Poll<io::Result<T>>) -> futures::Poll<T, io::Error> {
    match poll {
        Poll::Ready(result) => result.map(futures::Async::Ready),
        Poll::Pending => Ok(futures::Async::NotReady),
    }
}

fn read_some(io: &PollEvented<TcpStream>, wanted: usize) -> io::Result<Vec<u8>> {
    future::poll_fn(|| {
        let mut buf = vec![0; wanted];
        let poll = io.poll_read_stream(&Context::current(), wanted, |mut io| io.read(&mut buf));
        asynced(poll.map_ok(|count| {
            buf.truncate(count);
            buf
        }))
    })
    .wait()
}

#[test]
fn a_read_waits_for_the_data_and_then_for_the_end() {
    let background = background();
    let (ours, mut theirs) = tcp(&background);
    let peer = std::thread::spawn(move || {
        theirs.write_all(b"hello").unwrap();
        let mut answer = [0; 5];
        theirs.read_exact(&mut answer).unwrap();
        answer
    });
    assert_eq!(read_some(&ours, 64).unwrap(), b"hello");
    let written = future::poll_fn(|| {
        asynced(ours.poll_write_stream(&Context::current(), 5, |mut io| io.write(b"world")))
    });
    assert_eq!(written.wait().unwrap(), 5);
    assert_eq!(&peer.join().unwrap(), b"world");
    assert_eq!(read_some(&ours, 64).unwrap(), b"");
}

#[test]
fn a_pair_of_the_programs_own_reports_to_the_reactor() {
    let background = background();
    let (registration, set_readiness) = Pair::new2();
    let io = PollEvented::new_with_handle(registration, background.handle()).unwrap();
    let setter = std::thread::spawn(move || {
        set_readiness.set_readiness(Ready::readable()).unwrap();
        set_readiness
    });
    let ready = future::poll_fn(|| io.poll_read_ready(Ready::readable())).wait().unwrap();
    assert!(ready.is_readable());
    assert_eq!(setter.join().unwrap().readiness(), Ready::readable());
}

#[test]
fn fault_r06_a_pending_read_ends_in_an_error_when_the_reactor_goes() {
    let background = background();
    let (ours, _theirs) = tcp(&background);
    let (waiting, is_waiting) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        future::poll_fn(|| {
            let poll = ours.poll_read_io(&Context::current(), |mut io| io.read(&mut [0; 8]));
            let _ = waiting.send(());
            asynced(poll)
        })
        .wait()
    });
    is_waiting.recv().unwrap();
    background.shutdown_now().wait().unwrap();
    assert!(reader.join().unwrap().is_err());
}

#[test]
fn a_value_comes_out_of_the_wrapper_and_can_be_wrapped_again() {
    let background = background();
    let (ours, mut theirs) = tcp(&background);
    let ours = ours.into_inner().unwrap();
    let ours = PollEvented::new_with_handle(ours, background.handle()).unwrap();
    theirs.write_all(b"again").unwrap();
    assert_eq!(read_some(&ours, 5).unwrap(), b"again");
    drop(StdUnix::pair().unwrap());
}

/// A look asks the system nothing if there are no sources.
#[test]
fn an_unpark_before_a_look_ends_the_next_park() {
    use tokio_executor::park::{Park, Unpark};

    let mut reactor = Reactor::new().unwrap();
    reactor.handle().unpark();
    reactor.look().unwrap();
    assert!(!reactor.has_found_something());
    reactor.park().unwrap();
}
