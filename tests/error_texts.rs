//! The texts of errors begin as upstream tokio 0.1's did.
//!
//! Owners match them in logs and in tests. What follows the first words is ours.

use bytes::BytesMut;
use futures::{future, Async, Future, Poll, Stream};
use std::error::Error;
use std::io::{self, Read, Write};
use tokio::codec::{Decoder, LengthDelimitedCodec, LinesCodec};
use tokio::io::{AsyncRead, AsyncWrite};

/// Takes nothing and holds nothing.
#[derive(Debug)]
struct Full;

impl Read for Full {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }
}

impl AsyncRead for Full {}

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Ok(0)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsyncWrite for Full {
    fn shutdown(&mut self) -> Poll<(), io::Error> {
        Ok(Async::Ready(()))
    }
}

fn assert_begins(error: &dyn Error, words: &str) {
    let text = error.to_string();
    assert!(text.starts_with(words), "{text:?} does not begin with {words:?}");
}

#[test]
fn helpers_of_io() {
    let early = tokio::io::read_exact(&b"ab"[..], [0; 3]).wait().unwrap_err();
    assert_begins(&early, "early eof");
    let zero = tokio::io::write_all(Full, b"x").wait().unwrap_err();
    assert_begins(&zero, "zero-length write");
    let copied = tokio::io::copy(&b"x"[..], Full).wait().unwrap_err();
    assert_begins(&copied, "write zero byte into writer");
    let lines = tokio::io::lines(&b"\xff\n"[..]).wait().next().unwrap().unwrap_err();
    assert_begins(&lines, "stream did not contain valid UTF-8");
}

#[test]
fn files_outside_of_a_runtime() {
    let outside = tokio::fs::File::open("x").wait().unwrap_err();
    assert_begins(
        &outside,
        "`blocking` annotated I/O must be called from the context of the Tokio runtime.",
    );
}

#[test]
fn timers_and_watch_as_debug() {
    use tokio::sync::watch;
    use tokio::timer::{throttle::ThrottleError, timeout, Error};
    let timer = timeout::Error::<()>::timer(Error::shutdown());
    assert_eq!(format!("{timer:?}"), "Error(Timer(Error(Shutdown)))");
    assert_eq!(format!("{:?}", timeout::Error::<()>::elapsed()), "Error(Elapsed)");
    assert_eq!(format!("{:?}", timeout::Error::inner(1)), "Error(Inner(1))");
    #[allow(deprecated)]
    let deadline = tokio::timer::DeadlineError::<()>::elapsed();
    assert_eq!(format!("{deadline:?}"), "DeadlineError(Elapsed)");
    assert_eq!(format!("{:?}", ThrottleError::from_stream_err(1)), "ThrottleError(A(1))");
    let timer = ThrottleError::<()>::from_timer_err(Error::at_capacity());
    assert_eq!(format!("{timer:?}"), "ThrottleError(B(Error(AtCapacity)))");
    let (mut sender, receiver) = watch::channel(1);
    drop(receiver);
    assert_eq!(format!("{:?}", sender.broadcast(2)), "Err(SendError { inner: 2 })");
}

#[test]
fn codecs() {
    let mut bytes = BytesMut::from(&b"\xff\n"[..]);
    let not_utf8 = LinesCodec::new().decode(&mut bytes).unwrap_err();
    assert_begins(&not_utf8, "Unable to decode input as UTF8");
    let mut bytes = BytesMut::from(&b"too long\n"[..]);
    let long = LinesCodec::new_with_max_length(2).decode(&mut bytes).unwrap_err();
    assert_begins(&long, "line length limit exceeded");
    let mut bytes = BytesMut::from(&[255; 4][..]);
    let big = LengthDelimitedCodec::new().decode(&mut bytes).unwrap_err();
    assert_begins(&big, "frame size too big");
    assert_eq!(format!("{:?}", big.get_ref().unwrap()), "FrameTooBig");
    let mut bytes = BytesMut::from(&[0, 0, 0, 9][..]);
    let left = LengthDelimitedCodec::new().decode_eof(&mut bytes).unwrap_err();
    assert_begins(&left, "bytes remaining on stream");
}

#[test]
fn executors() {
    let shutdown = tokio_executor::SpawnError::shutdown();
    assert_begins(
        &shutdown,
        "attempted to spawn task while the executor is at capacity or shut down",
    );
    assert_eq!(format!("{shutdown:?}"), "SpawnError { is_shutdown: true }");
    let entered = tokio_executor::enter().unwrap();
    let twice = tokio_executor::enter().err().unwrap();
    assert_begins(&twice, "attempted to run an executor while another executor is already running");
    drop(entered);
    let outside = future::poll_fn(|| tokio_threadpool::blocking(|| ())).wait().unwrap_err();
    assert_begins(&outside, "`blocking` annotation used from outside the context of a thread pool");
}

#[test]
fn timers() {
    let shutdown = tokio::timer::Error::shutdown();
    assert_begins(&shutdown, "timer is shutdown");
    assert_eq!(format!("{shutdown:?}"), "Error(Shutdown)");
    let capacity = tokio::timer::Error::at_capacity();
    assert_begins(&capacity, "timer is at capacity and cannot create a new entry");
}

#[test]
fn channels() {
    let (sender, receiver) = tokio::sync::mpsc::channel::<u8>(1);
    drop(receiver);
    let closed = sender.clone().try_send(1).unwrap_err();
    assert_eq!(closed.to_string(), "channel closed");
    assert_eq!(format!("{closed:?}"), "TrySendError { kind: Closed, value: 1 }");
}
