//! Faults that readers, writers, files and standard streams once had, each under the name of
//! the promise that it broke.

use std::future::{poll_fn, Future};
use std::io::{self, IoSlice};
use std::pin::{pin, Pin};
use std::task::{Context, Poll, Waker};
use tokio_await as tokio;
use tokio_await::io::{
    AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncSeekExt, AsyncWrite, AsyncWriteExt, BufReader,
    BufWriter, ReadBuf,
};

/// Gives out so many bytes, and counts the calls and the room that they had.
#[derive(Default)]
struct Counted {
    left: usize,
    calls: usize,
    room: usize,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.calls += 1;
        self.room = self.room.max(buf.remaining());
        let n = self.left.min(buf.remaining()).min(64 * 1024);
        buf.initialize_unfilled_to(n);
        buf.advance(n);
        self.left -= n;
        Poll::Ready(Ok(()))
    }
}

/// All of the free memory used to be zeroed for each read, which is quadratic.
#[tokio::test(crate = "tokio_await")]
async fn read_to_end_initializes_no_byte_twice() {
    struct Watched {
        inner: Counted,
        initialized: usize,
    }

    impl AsyncRead for Watched {
        fn poll_read(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            buf: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            let before = buf.initialized().len();
            let polled = Pin::new(&mut self.inner).poll_read(cx, buf);
            self.initialized += buf.initialized().len() - before;
            polled
        }
    }

    let inner = Counted { left: 8 << 20, ..Counted::default() };
    let mut reader = Watched { inner, initialized: 0 };
    let mut bytes = Vec::new();
    assert_eq!(reader.read_to_end(&mut bytes).await.unwrap(), 8 << 20);
    assert!(reader.initialized <= 2 * bytes.len(), "{} were initialized", reader.initialized);
    assert!(bytes.capacity() <= 2 * bytes.len());
}

/// A large read used to go through the buffer, and so was copied twice.
#[tokio::test(crate = "tokio_await")]
async fn a_large_read_goes_past_the_buffer() {
    let inner = Counted { left: 1 << 20, ..Counted::default() };
    let mut reader = BufReader::with_capacity(1024, inner);
    let mut buf = vec![0; 32 * 1024];
    assert_eq!(reader.read(&mut buf).await.unwrap(), buf.len());
    assert_eq!(reader.get_ref().room, buf.len());
    assert!(reader.buffer().is_empty());
}

/// The other side used to wait for what was in the writer's buffer, and the copy for it.
#[tokio::test(crate = "tokio_await")]
async fn copy_flushes_while_its_reader_waits() {
    let (mut question, reader) = tokio::io::duplex(64);
    let (writer, mut answer) = tokio::io::duplex(64);
    let mut reader = BufReader::new(reader);
    let mut writer = BufWriter::new(writer);
    let mut copying = pin!(tokio::io::copy_buf(&mut reader, &mut writer));
    question.write_all(b"ping").await.unwrap();
    assert!(copying.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let mut buf = [0; 4];
    answer.read_exact(&mut buf).await.unwrap();
    assert_eq!(&buf, b"ping");

    let (mut question, mut reader) = tokio::io::duplex(64);
    let (writer, mut answer) = tokio::io::duplex(64);
    let mut writer = BufWriter::new(writer);
    let mut copying = pin!(tokio::io::copy(&mut reader, &mut writer));
    question.write_all(b"pong").await.unwrap();
    assert!(copying.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    answer.read_exact(&mut buf).await.unwrap();
    assert_eq!(&buf, b"pong");
}

/// Gives out one byte at a time; as a writer, is not ready at every other call.
#[derive(Default)]
struct Halting {
    left: usize,
    not_ready: bool,
    writes: Vec<usize>,
}

impl AsyncRead for Halting {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.left > 0 {
            self.left -= 1;
            buf.put_slice(b".");
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Halting {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.not_ready = !self.not_ready;
        if self.not_ready {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.writes.push(buf.len());
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A writer that was not ready used to be called again at once, not when it said so, and got less
/// at a time.
#[tokio::test(crate = "tokio_await")]
async fn copy_waits_for_a_writer_that_is_not_ready() {
    let mut reader = Halting { left: 7, ..Halting::default() };
    let mut writer = Halting::default();
    assert_eq!(tokio::io::copy(&mut reader, &mut writer).await.unwrap(), 7);
    // One byte that is offered, one read while it is not taken, one before the next try.
    assert_eq!(writer.writes, [3, 3, 1]);
}

/// Takes more than it is given.
struct Boaster;

impl AsyncWrite for Boaster {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(buf.len() + 1))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// The copy used to go round for ever, with nothing left to write and no end in sight.
#[tokio::test(crate = "tokio_await")]
#[should_panic(expected = "5 bytes were written of 4")]
async fn copy_does_not_believe_a_writer_that_claims_too_much() {
    let _ = tokio::io::copy(&mut &b"ping"[..], &mut Boaster).await;
}

/// Copies that only wait used to be charged for it: two hundred of them would have used up
/// the budget of their task, and had it polled for ever.
#[tokio::test(crate = "tokio_await")]
async fn idle_pipes_cost_no_budget() {
    let pipes: Vec<_> = (0..200).map(|_| tokio::io::duplex(8)).collect();
    let (mut ours, _theirs): (Vec<_>, Vec<_>) = pipes.into_iter().unzip();
    poll_fn(|cx| {
        for end in &mut ours {
            let mut byte = [0; 1];
            let polled = Pin::new(end).poll_read(cx, &mut ReadBuf::new(&mut byte));
            assert!(polled.is_pending());
        }
        Poll::Ready(())
    })
    .await;
    // A budget that is left lets this one through at once.
    let mut left = tokio::io::empty();
    let polled = poll_fn(|cx| {
        Poll::Ready(Pin::new(&mut left).poll_read(cx, &mut ReadBuf::new(&mut [0; 1])).is_ready())
    });
    assert!(polled.await);
}

/// Writers used to take the first slice only, and to say that they do.
#[tokio::test(crate = "tokio_await")]
async fn vectored_writes_reach_the_writer_behind() {
    let slices = [IoSlice::new(b"one "), IoSlice::new(b"two "), IoSlice::new(b"three")];
    let mut boxed: Pin<Box<dyn AsyncWrite>> = Box::pin(Vec::new());
    assert!(boxed.is_write_vectored());
    assert_eq!(boxed.write_vectored(&slices).await.unwrap(), 13);

    let mut buffered = BufWriter::new(Vec::new());
    assert!(buffered.is_write_vectored());
    assert_eq!(buffered.write_vectored(&slices).await.unwrap(), 13);
    buffered.flush().await.unwrap();
    assert_eq!(buffered.get_ref(), b"one two three");

    let (near, mut far) = tokio::io::duplex(64);
    let (_reads, mut writes) = tokio::io::split(near);
    assert!(writes.is_write_vectored());
    assert_eq!(writes.write_vectored(&slices).await.unwrap(), 13);
    let mut buf = [0; 13];
    far.read_exact(&mut buf).await.unwrap();
    assert_eq!(&buf, b"one two three");
}

/// The polling thread used to wait for the file, and everything else on it with the thread.
#[tokio::test(crate = "tokio_await")]
async fn a_file_that_does_not_answer_stops_nobody() {
    let path = std::env::temp_dir().join(format!("tokio-await-fifo-{}", std::process::id()));
    let made = tokio::process::Command::new("mkfifo").arg(&path).status().await.unwrap();
    assert!(made.success());
    // Opening a pipe for reading waits for somebody who writes.
    let mut reading = pin!(tokio::fs::read(&path));
    let mut turns = 0;
    let early = poll_fn(|cx| {
        turns += 1;
        match reading.as_mut().poll(cx) {
            Poll::Pending if turns < 10 => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            polled => Poll::Ready(polled.is_ready()),
        }
    });
    assert!(!early.await, "nobody has written yet");
    let write = std::thread::spawn({
        let path = path.clone();
        move || std::fs::write(path, "late").unwrap()
    });
    assert_eq!(reading.await.unwrap(), b"late");
    write.join().unwrap();
    tokio::fs::remove_file(&path).await.unwrap();
}

/// A seek counts from what was taken, not from what the file was read up to.
#[test]
fn what_was_read_ahead_does_not_move_the_position() {
    // One thread for blocking calls, which the test can keep busy.
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let path = std::env::temp_dir().join(format!("tokio-await-ahead-{}", std::process::id()));
        tokio::fs::write(&path, "0123456789").await.unwrap();
        let mut options = tokio::fs::OpenOptions::new();
        let mut file = options.read(true).write(true).open(&path).await.unwrap();
        let (go_on, wait) = std::sync::mpsc::channel();
        let busy = tokio::task::spawn_blocking(move || wait.recv());
        // Asked for eight, and given up before the answer can be there.
        {
            let mut buf = [0; 8];
            let mut read = pin!(file.read(&mut buf));
            let mut cx = Context::from_waker(Waker::noop());
            assert!(read.as_mut().poll(&mut cx).is_pending());
        }
        go_on.send(()).unwrap();
        busy.await.unwrap().unwrap();
        let mut two = [0; 2];
        file.read_exact(&mut two).await.unwrap();
        assert_eq!(&two, b"01");
        assert_eq!(file.stream_position().await.unwrap(), 2);
        file.write_all(b"ab").await.unwrap();
        file.flush().await.unwrap();
        assert_eq!(tokio::fs::read_to_string(&path).await.unwrap(), "01ab456789");
        tokio::fs::remove_file(&path).await.unwrap();
    });
}

/// Ctrl-C from before the call used to be reported.
#[tokio::test(crate = "tokio_await")]
async fn ctrl_c_reports_nothing_from_before_the_call() {
    let interrupt = || {
        let id = std::process::id().to_string();
        std::process::Command::new("kill").args(["-INT", &id]).status().unwrap();
    };
    let noted = tokio::signal::unix::SignalKind::interrupt();
    let mut other = tokio::signal::unix::signal(noted).unwrap();
    interrupt();
    // Once this one has it, the signal is there; it has been reported to one listener only.
    other.recv().await.unwrap();
    interrupt();
    other.recv().await.unwrap();
    let mut called = pin!(tokio::signal::ctrl_c());
    assert!(called.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    interrupt();
    called.await.unwrap();
}

/// A task that stops waiting for a line used to leave its thread waiting. The bytes that
/// come later are the next reader's.
#[test]
fn input_that_was_given_up_is_left_to_the_next_reader() {
    // The child is this very test, with a pipe for its standard input.
    if std::env::var_os("TOKIO_AWAIT_READS_INPUT").is_some() {
        return tokio::runtime::Runtime::new().unwrap().block_on(async {
            let mut first = tokio::io::stdin();
            let mut byte = [0; 1];
            {
                let mut read = pin!(first.read(&mut byte));
                assert!(read.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            }
            drop(first);
            eprintln!("waiting");
            let mut line = String::new();
            BufReader::new(tokio::io::stdin()).read_line(&mut line).await.unwrap();
            assert_eq!(line, "all of the line\n");
            // And with a read going on for ever, the runtime ends.
            let mut last = tokio::io::stdin();
            let mut read = pin!(last.read(&mut byte));
            assert!(read.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        });
    }
    use std::io::{BufRead, Write};
    use std::process::{Command, Stdio};
    let name = "input_that_was_given_up_is_left_to_the_next_reader";
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env("TOKIO_AWAIT_READS_INPUT", "1")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.by_ref().any(|line| line.unwrap() == "waiting"));
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"all of the line\n").unwrap();
    // The input stays open until the child has ended.
    assert!(child.wait().unwrap().success(), "{:?}", lines.collect::<Vec<_>>());
    drop(input);
}

/// A write to a standard stream is ready before it has reached the system. One that was still
/// queued was cancelled with its runtime.
#[test]
fn a_queued_write_to_a_standard_stream_outlives_its_runtime() {
    use std::sync::mpsc;
    use tokio::runtime::Builder;

    async fn write(name: &str) -> Box<dyn AsyncWrite + Unpin> {
        let mut output: Box<dyn AsyncWrite + Unpin> = match name {
            "stdout" => Box::new(tokio::io::stdout()),
            _ => Box::new(tokio::io::stderr()),
        };
        output.write_all(b"kept until the end").await.unwrap();
        output
    }

    // The child is this very test.
    if let Ok(name) = std::env::var("TOKIO_AWAIT_WRITES_OUTPUT") {
        let runtime = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
        let (leave, stays) = mpsc::channel::<()>();
        let (begin, begun) = mpsc::channel();
        runtime.spawn_blocking(move || {
            begin.send(()).unwrap();
            stays.recv()
        });
        begun.recv().unwrap();
        let mut output = runtime.block_on(write(&name));
        runtime.shutdown_background();
        drop(leave);
        return Builder::new_current_thread().build().unwrap().block_on(output.flush()).unwrap();
    }
    for name in ["stdout", "stderr"] {
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_queued_write_to_a_standard_stream_outlives_its_runtime"])
            .arg("--nocapture")
            .env("TOKIO_AWAIT_WRITES_OUTPUT", name)
            .output()
            .unwrap();
        let output = if name == "stdout" { &child.stdout } else { &child.stderr };
        let text = String::from_utf8_lossy(output);
        assert!(child.status.success() && text.contains("kept until the end"), "{child:?}");
    }
}

async fn connected() -> (tokio::net::TcpStream, tokio::net::TcpStream) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (near, far) = tokio::join!(tokio::net::TcpStream::connect(address), listener.accept());
    (near.unwrap(), far.unwrap().0)
}

/// A list of more slices than the system takes at once used to be an error, `EMSGSIZE`.
#[tokio::test(crate = "tokio_await")]
async fn try_write_vectored_takes_a_list_of_any_length() {
    let (near, far) = connected().await;
    near.writable().await.unwrap();
    let slices = [IoSlice::new(b"a"); 1500];
    assert_eq!(near.try_write_vectored(&slices).unwrap(), 1024);
    assert_eq!(far.try_write_vectored(&slices).unwrap(), 1024);
    #[cfg(unix)]
    {
        let (near, _far) = tokio::net::UnixStream::pair().unwrap();
        near.writable().await.unwrap();
        assert_eq!(near.into_split().1.try_write_vectored(&slices).unwrap(), 1024);
    }
}

/// Whether a socket was found empty by a look or by a call, the error is the same.
#[tokio::test(crate = "tokio_await")]
async fn would_block_has_no_number_of_the_system() {
    let (near, far) = connected().await;
    for stream in [&near, &far] {
        for _ in 0..2 {
            let error = stream.try_read(&mut [0]).unwrap_err();
            assert_eq!((error.kind(), error.raw_os_error()), (io::ErrorKind::WouldBlock, None));
        }
    }
    far.try_write(b"!").unwrap();
    near.readable().await.unwrap();
    assert_eq!(near.try_read(&mut [0; 8]).unwrap(), 1);
    let error = near.try_read(&mut [0]).unwrap_err();
    assert_eq!((error.kind(), error.raw_os_error()), (io::ErrorKind::WouldBlock, None));
}

/// What had come by the end of the runtime can be fetched, and what there is room for can be sent:
/// `try_*` methods wait for nothing. They used to say that the runtime is gone.
#[test]
fn try_methods_work_after_the_end_of_the_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (near, far) = runtime.block_on(async {
        let (near, far) = connected().await;
        far.try_write(b"hello").unwrap();
        near.readable().await.unwrap();
        assert_eq!(near.try_read(&mut [0; 1]).unwrap(), 1);
        (near, far)
    });
    drop(runtime);
    let would_block = |result: io::Result<usize>| {
        assert_eq!(result.unwrap_err().kind(), io::ErrorKind::WouldBlock);
    };
    assert_eq!(near.try_read(&mut [0; 8]).unwrap(), 4);
    would_block(near.try_read(&mut [0; 8]));
    assert_eq!(near.try_write(b"bye").unwrap(), 3);
    assert_eq!(far.try_read(&mut [0; 8]).unwrap(), 3);
    // It was never registered, and cannot be any more.
    would_block(far.try_read(&mut [0; 8]));
}

/// The words are those of tokio 1.x.
#[tokio::test(crate = "tokio_await")]
async fn a_datagram_to_no_address_is_an_error_that_says_so() {
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let nobody: &[std::net::SocketAddr] = &[];
    let error = socket.send_to(b"lost", nobody).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    assert_eq!(error.to_string(), "no addresses to send data to");
}
