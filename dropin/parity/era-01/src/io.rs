//! Helpers of I/O over readers and writers that answer as they were made to.

use crate::{kind, panics, probe, words, Loud, Probe, Program};
use bytes::{Buf, BytesMut};
use futures::{Async, Future, Poll, Stream};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt::Debug;
use std::io::{self, BufRead, BufReader, Cursor, ErrorKind, Read, Write};
use tokio::io as tio;
use tokio::io::{AsyncRead, AsyncWrite};

pub const PROGRAMS: &[Program] = &[
    ("read_exact_steps", read_exact_steps),
    ("read_exact_early_end", read_exact_early_end),
    ("read_exact_nothing", read_exact_nothing),
    ("read_to_end_steps", read_to_end_steps),
    ("read_once", read_once),
    ("read_until_steps", read_until_steps),
    ("read_until_no_delimiter", read_until_no_delimiter),
    ("lines_steps", lines_steps),
    ("lines_bad", lines_bad),
    ("write_all_steps", write_all_steps),
    ("write_all_zero", write_all_zero),
    ("flush_and_shutdown", flush_and_shutdown),
    ("copy_result", copy_result),
    ("copy_errors", copy_errors),
    ("helpers_interrupted", helpers_interrupted),
    ("helpers_polled_after_end", helpers_polled_after_end),
    ("helpers_return_their_parts", helpers_return_their_parts),
    ("split_halves", split_halves),
    ("split_dropped_halves", split_dropped_halves),
    ("split_unsplit", split_unsplit),
    ("read_buf_and_write_buf", read_buf_and_write_buf),
    ("allow_std", allow_std),
    ("window", window),
    ("async_read_of_std_types", async_read_of_std_types),
    ("async_write_of_std_types", async_write_of_std_types),
    ("default_methods", default_methods),
    ("bad_readers", bad_readers),
    ("try_nb_macro", try_nb_macro),
    ("stdin_closed", stdin_closed),
    ("stdout_writes", stdout_writes),
    ("buf_streams", buf_streams),
];

#[derive(Clone, Copy, Debug)]
enum Step {
    Bytes(&'static [u8]),
    Pending,
    Fails(ErrorKind),
}

/// Answers as it was made to; writes take so many bytes at once.
#[derive(Debug)]
struct Io {
    reads: VecDeque<Step>,
    writes: VecDeque<Result<usize, ErrorKind>>,
    written: Vec<u8>,
}

fn io(reads: &[Step]) -> Io {
    Io { reads: reads.iter().copied().collect(), writes: VecDeque::new(), written: Vec::new() }
}

fn writer(writes: &[Result<usize, ErrorKind>]) -> Io {
    Io { reads: VecDeque::new(), writes: writes.iter().copied().collect(), written: Vec::new() }
}

fn would_block() -> io::Error {
    if futures::task::is_in_task() {
        futures::task::current().notify();
    }
    ErrorKind::WouldBlock.into()
}

impl Read for Io {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self.reads.pop_front() {
            Some(Step::Bytes(bytes)) => {
                let now = bytes.len().min(buf.len());
                buf[..now].copy_from_slice(&bytes[..now]);
                if now < bytes.len() {
                    self.reads.push_front(Step::Bytes(&bytes[now..]));
                }
                Ok(now)
            }
            Some(Step::Pending) => Err(would_block()),
            Some(Step::Fails(kind)) => Err(kind.into()),
            None => Ok(0),
        }
    }
}

impl AsyncRead for Io {}

impl Write for Io {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match self.writes.pop_front() {
            Some(Ok(most)) => {
                let now = most.min(buf.len());
                self.written.extend_from_slice(&buf[..now]);
                Ok(now)
            }
            Some(Err(ErrorKind::WouldBlock)) => Err(would_block()),
            Some(Err(kind)) => Err(kind.into()),
            None => {
                self.written.extend_from_slice(buf);
                Ok(buf.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        println!("flush");
        Ok(())
    }
}

impl AsyncWrite for Io {
    fn shutdown(&mut self) -> Poll<(), io::Error> {
        println!("shutdown");
        Ok(Async::Ready(()))
    }
}

use Step::{Bytes, Fails, Pending};

/// Polls until it is ready, and prints each answer.
fn run<F: Future<Error = io::Error>, T: Debug>(future: F, show: impl Fn(F::Item) -> T) {
    let mut future = probe(future);
    for _ in 0..20 {
        match future.poll() {
            Ok(Async::NotReady) => println!("not ready, notified {}", future.notified()),
            Ok(Async::Ready(item)) => return println!("{:?}", show(item)),
            Err(error) => return println!("{:?} {}", error.kind(), words(&error)),
        }
    }
    println!("no end");
}

fn read_exact_steps() {
    let source = io(&[Bytes(b"ab"), Pending, Bytes(b"cdef")]);
    run(tio::read_exact(source, [0; 5]), |(rest, bytes)| (rest.reads.len(), bytes));
    run(tio::read_exact(io(&[Fails(ErrorKind::ConnectionReset)]), [0; 2]), |(_, bytes)| bytes);
}

fn read_exact_early_end() {
    run(tio::read_exact(io(&[Bytes(b"ab")]), vec![0; 3]), |(_, bytes)| bytes);
}

fn read_exact_nothing() {
    run(tio::read_exact(io(&[]), []), |(_, bytes): (_, [u8; 0])| bytes);
    run(tio::read_exact(io(&[Pending]), vec![]), |(rest, bytes): (Io, Vec<u8>)| {
        (rest.reads.len(), bytes)
    });
}

fn read_to_end_steps() {
    let source = io(&[Bytes(b"ab"), Pending, Bytes(b"cd")]);
    run(tio::read_to_end(source, b"had ".to_vec()), |(_, bytes)| bytes);
    let broken = io(&[Bytes(b"ab"), Fails(ErrorKind::BrokenPipe)]);
    run(tio::read_to_end(broken, Vec::new()), |(_, bytes)| bytes);
}

fn read_once() {
    run(tio::read(io(&[Pending, Bytes(b"abc")]), [0; 2]), |(_, bytes, count)| (bytes, count));
    run(tio::read(io(&[]), [0; 2]), |(_, bytes, count)| (bytes, count));
    run(tio::read(io(&[Bytes(b"abc")]), []), |(_, bytes, count): (_, [u8; 0], _)| (bytes, count));
}

impl AsyncRead for Chunks {}

/// A buffered reader of chunks.
struct Chunks(VecDeque<Step>);

impl Read for Chunks {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        unreachable!()
    }
}

impl BufRead for Chunks {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self.0.front().copied() {
            Some(Bytes(bytes)) => Ok(bytes),
            Some(Pending) => {
                self.0.pop_front();
                Err(would_block())
            }
            Some(Fails(kind)) => {
                self.0.pop_front();
                Err(kind.into())
            }
            None => Ok(&[]),
        }
    }

    fn consume(&mut self, count: usize) {
        println!("consume {count}");
        if let Some(Bytes(bytes)) = self.0.pop_front() {
            if count < bytes.len() {
                self.0.push_front(Bytes(&bytes[count..]));
            }
        }
    }
}

fn chunks(steps: &[Step]) -> Chunks {
    Chunks(steps.iter().copied().collect())
}

fn read_until_steps() {
    let source = chunks(&[Bytes(b"ab"), Pending, Bytes(b"c\nde\n")]);
    run(tio::read_until(source, b'\n', b"> ".to_vec()), |(rest, line)| (rest.0.len(), line));
    let source = chunks(&[Bytes(b"\n\n")]);
    run(tio::read_until(source, b'\n', Vec::new()), |(rest, line)| (rest.0.len(), line));
}

fn read_until_no_delimiter() {
    run(tio::read_until(chunks(&[Bytes(b"ab")]), b'\n', Vec::new()), |(_, line)| line);
    run(tio::read_until(chunks(&[]), b'\n', Vec::new()), |(_, line)| line);
    let broken = chunks(&[Bytes(b"ab"), Fails(ErrorKind::BrokenPipe)]);
    run(tio::read_until(broken, b'\n', Vec::new()), |(_, line)| line);
}

fn all_of<S: Stream<Error = io::Error>>(stream: S)
where
    S::Item: Debug,
{
    let mut stream = probe(stream);
    for _ in 0..12 {
        match stream.next() {
            Ok(Async::Ready(None)) => return println!("end"),
            Ok(item) => println!("{item:?}"),
            Err(error) => println!("{:?} {}", error.kind(), words(&error)),
        }
    }
}

fn lines_steps() {
    all_of(tio::lines(chunks(&[Bytes(b"one\ntw"), Pending, Bytes(b"o\r\n\nlast")])));
    all_of(tio::lines(chunks(&[Bytes(b"a\n")])));
    all_of(tio::lines(chunks(&[])));
    all_of(tio::lines(chunks(&[Bytes(b"\r\n\r\r\nx\r")])));
}

fn lines_bad() {
    all_of(tio::lines(chunks(&[Bytes(b"ok\n\xff\nafter\n")])));
    all_of(tio::lines(chunks(&[Bytes(b"ok\n"), Fails(ErrorKind::ConnectionReset)])));
}

fn write_all_steps() {
    let sink = writer(&[Ok(2), Err(ErrorKind::WouldBlock), Ok(1)]);
    run(tio::write_all(sink, "abcdef"), |(sink, text)| (sink.written, text));
    run(tio::write_all(writer(&[]), ""), |(sink, text)| (sink.written, text));
}

fn write_all_zero() {
    run(tio::write_all(writer(&[Ok(1), Ok(0)]), "abc"), |(sink, _)| sink.written);
    run(tio::write_all(writer(&[Err(ErrorKind::BrokenPipe)]), "abc"), |(sink, _)| sink.written);
}

fn flush_and_shutdown() {
    run(tio::flush(writer(&[])), |sink| sink.written);
    run(tio::shutdown(writer(&[])), |sink| sink.written);
    println!(
        "{}",
        panics(|| {
            let mut flush = tio::flush(writer(&[]));
            let _ = flush.poll();
            flush.poll().map(drop)
        })
    );
}

fn copy_result() {
    let source = io(&[Bytes(b"hello"), Bytes(b" world")]);
    run(tio::copy(source, writer(&[])), |(count, _, sink)| (count, sink.written));
    run(tio::copy(io(&[]), writer(&[])), |(count, _, sink)| (count, sink.written));
    let source = io(&[Bytes(b"hello"), Bytes(b" world")]);
    run(tio::copy(source, writer(&[Ok(2), Err(ErrorKind::WouldBlock)])), |(count, _, sink)| {
        (count, sink.written)
    });
}

fn copy_errors() {
    let broken = io(&[Bytes(b"ab"), Fails(ErrorKind::ConnectionReset)]);
    run(tio::copy(broken, writer(&[])), |(count, ..)| count);
    run(tio::copy(io(&[Bytes(b"ab")]), writer(&[Ok(0)])), |(count, ..)| count);
    run(tio::copy(io(&[Bytes(b"ab")]), writer(&[Err(ErrorKind::BrokenPipe)])), |(count, ..)| count);
}

fn helpers_interrupted() {
    let i = ErrorKind::Interrupted;
    run(tio::read_exact(io(&[Fails(i), Bytes(b"ab")]), [0; 2]), |(_, bytes)| bytes);
    run(tio::read(io(&[Fails(i), Bytes(b"ab")]), [0; 2]), |(_, bytes, _)| bytes);
    run(tio::read_to_end(io(&[Bytes(b"a"), Fails(i), Bytes(b"b")]), vec![]), |(_, bytes)| bytes);
    run(tio::read_until(chunks(&[Fails(i), Bytes(b"b\n")]), b'\n', vec![]), |(_, line)| line);
    run(tio::write_all(writer(&[Err(i)]), "ab"), |(sink, _)| sink.written);
    run(tio::copy(io(&[Fails(i), Bytes(b"ab")]), writer(&[])), |(count, ..)| count);
    run(tio::copy(io(&[Bytes(b"ab")]), writer(&[Err(i)])), |(count, ..)| count);
}

fn helpers_polled_after_end() {
    let again = |mut poll: Box<dyn FnMut() -> bool>| {
        println!("{} {}", poll(), panics(poll));
    };
    let mut exact = tio::read_exact(io(&[Bytes(b"ab")]), [0; 2]);
    again(Box::new(move || exact.poll().is_ok()));
    let mut end = tio::read_to_end(io(&[Bytes(b"ab")]), vec![]);
    again(Box::new(move || end.poll().is_ok()));
    let mut read = tio::read(io(&[Bytes(b"ab")]), [0; 2]);
    again(Box::new(move || read.poll().is_ok()));
    let mut until = tio::read_until(chunks(&[Bytes(b"ab\n")]), b'\n', vec![]);
    again(Box::new(move || until.poll().is_ok()));
    let mut write = tio::write_all(writer(&[]), "ab");
    again(Box::new(move || write.poll().is_ok()));
    let mut copy = tio::copy(io(&[]), writer(&[]));
    again(Box::new(move || copy.poll().is_ok()));
    let mut shutdown = tio::shutdown(writer(&[]));
    again(Box::new(move || shutdown.poll().is_ok()));
}

fn helpers_return_their_parts() {
    struct Tells(Cursor<Vec<u8>>, #[allow(dead_code)] Loud);
    impl Read for Tells {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            self.0.read(buf)
        }
    }
    impl AsyncRead for Tells {}
    let exact = tio::read_exact(Tells(Cursor::new(vec![1; 4]), Loud("reader")), [0; 2]);
    let (tells, bytes) = exact.wait().unwrap();
    println!("{bytes:?} {}", tells.0.position());
    drop(tells);
    let failed = tio::read_exact(Tells(Cursor::new(vec![1; 4]), Loud("reader")), [0; 9]);
    println!("{:?}", failed.wait().map(drop).map_err(|error| error.kind()));
    drop(tio::read_to_end(Tells(Cursor::new(vec![]), Loud("unused")), vec![]));
}

fn split_halves() {
    let (mut reader, mut sink) = io(&[Bytes(b"abc"), Pending]).split();
    let mut buf = [0; 2];
    println!("{:?}", kind(reader.read(&mut buf)));
    println!("{:?} {:?}", kind(sink.write(b"xy")), kind(sink.flush()));
    let mut probe = probe(());
    println!("{:?}", probe.with(|()| reader.poll_read(&mut buf)).is_ok());
    println!("{:?}", probe.with(|()| reader.poll_read(&mut buf)).map(|a| a.is_ready()).is_ok());
    println!("{:?}", probe.with(|()| sink.poll_write(b"z")).is_ok());
    println!("{:?}", probe.with(|()| sink.shutdown()).is_ok());
    println!("{:?}", String::from_utf8(reader.unsplit(sink).written));
}

struct LoudIo(#[allow(dead_code)] Loud);

impl Read for LoudIo {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }
}

impl AsyncRead for LoudIo {}

impl Write for LoudIo {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsyncWrite for LoudIo {
    fn shutdown(&mut self) -> Poll<(), io::Error> {
        println!("shutdown");
        Ok(Async::Ready(()))
    }
}

fn split_dropped_halves() {
    let (reader, sink) = LoudIo(Loud("io")).split();
    drop(reader);
    println!("half");
    drop(sink);
    println!("both");
}

fn split_unsplit() {
    let (reader, sink) = io(&[]).split();
    let (other_reader, other_sink) = io(&[]).split();
    println!("{}", panics(|| reader.unsplit(other_sink)));
    println!("{}", panics(|| other_reader.unsplit(sink)));
}

fn read_buf_and_write_buf() {
    let mut probe = probe(());
    let mut source = io(&[Bytes(b"abc"), Pending]);
    let mut bytes = BytesMut::with_capacity(2);
    for _ in 0..4 {
        println!(
            "{:?} {bytes:?}",
            probe.with(|()| source.read_buf(&mut bytes)).map_err(|e| e.kind())
        );
        bytes.reserve(2);
    }
    let mut full = BytesMut::new();
    println!(
        "{:?}",
        probe.with(|()| io(&[Bytes(b"abc")]).read_buf(&mut full)).map_err(|e| e.kind())
    );
    let mut sink = writer(&[Ok(2), Err(ErrorKind::WouldBlock)]);
    let mut text = Cursor::new(b"abcd");
    for _ in 0..4 {
        let answer = probe.with(|()| sink.write_buf(&mut text)).map_err(|e| e.kind());
        println!("{answer:?} {}", text.remaining());
    }
}

fn allow_std() {
    let mut allowed = tokio_io::io::AllowStdIo::new(Cursor::new(b"abc".to_vec()));
    println!("{:?}", allowed.poll_read(&mut [0; 2]).is_ok());
    println!("{:?} {:?}", allowed.get_ref().position(), allowed.get_mut().position());
    println!("{:?}", AsyncWrite::shutdown(&mut allowed).is_ok());
    println!("{:?}", allowed.into_inner().position());
}

fn window() {
    let mut window = tokio_io::io::Window::new([1, 2, 3, 4]);
    println!("{:?} {} {}", window.as_ref(), window.start(), window.end());
    window.set_start(1).set_end(3);
    println!("{:?}", window.as_mut());
    println!("{}", panics(|| drop(window.set_start(4))));
    println!("{}", panics(|| drop(window.set_end(0))));
    println!("{}", panics(|| drop(window.set_end(5))));
    println!("{:?}", window.into_inner());
}

fn async_read_of_std_types() {
    let mut probe = probe(());
    println!("{:?}", probe.with(|()| (&b"abc"[..]).poll_read(&mut [0; 2])).is_ok());
    println!("{:?}", probe.with(|()| Cursor::new(b"abc").poll_read(&mut [0; 9])).is_ok());
    let mut boxed: Box<dyn AsyncRead> = Box::new(io(&[Bytes(b"a"), Pending]));
    for _ in 0..3 {
        println!("{:?}", probe.with(|()| boxed.poll_read(&mut [0; 2])).map_err(|e| e.kind()));
    }
    let mut taken = io(&[Bytes(b"abc")]).take(2);
    println!("{:?}", probe.with(|()| taken.poll_read(&mut [0; 9])).map_err(|e| e.kind()));
    println!("{:?}", probe.with(|()| taken.poll_read(&mut [0; 9])).map_err(|e| e.kind()));
    let mut chained = io(&[Bytes(b"a"), Pending]).chain(&b"z"[..]);
    for _ in 0..4 {
        println!("{:?}", probe.with(|()| chained.poll_read(&mut [0; 9])).map_err(|e| e.kind()));
    }
}

fn async_write_of_std_types() {
    let mut probe = probe(());
    println!(
        "{:?}",
        probe.with(|()| AsyncWrite::poll_write(&mut Cursor::new(vec![]), b"ab")).is_ok()
    );
    println!("{:?}", probe.with(|()| io::sink().poll_write(b"abc")).is_ok());
    println!("{:?}", probe.with(|()| AsyncWrite::shutdown(&mut io::sink())).is_ok());
    let mut full = [0; 1];
    let mut cursor = Cursor::new(&mut full[..]);
    println!(
        "{:?}",
        probe.with(|()| AsyncWrite::poll_write(&mut cursor, b"ab")).map_err(|e| e.kind())
    );
    println!(
        "{:?}",
        probe.with(|()| AsyncWrite::poll_write(&mut cursor, b"ab")).map_err(|e| e.kind())
    );
    let mut buffered = io::BufWriter::with_capacity(4, writer(&[Err(ErrorKind::WouldBlock)]));
    println!("{:?}", probe.with(|()| buffered.poll_write(b"ab")).map_err(|e| e.kind()));
    println!("{:?}", probe.with(|()| AsyncWrite::poll_flush(&mut buffered)).map_err(|e| e.kind()));
    println!("{:?}", probe.with(|()| AsyncWrite::shutdown(&mut buffered)).map_err(|e| e.kind()));
    println!("{:?}", buffered.get_ref().written);
}

fn default_methods() {
    let mut probe = probe(());
    let mut source = io(&[Pending, Fails(ErrorKind::NotFound), Bytes(b"a")]);
    for _ in 0..3 {
        println!("{:?}", probe.with(|()| source.poll_read(&mut [0; 2])).map_err(|e| e.kind()));
    }
    let mut sink = writer(&[Err(ErrorKind::WouldBlock), Err(ErrorKind::NotFound), Ok(0)]);
    for _ in 0..4 {
        println!("{:?}", probe.with(|()| sink.poll_write(b"ab")).map_err(|e| e.kind()));
    }
    println!("{:?}", probe.with(|()| sink.poll_flush()).map_err(|e| e.kind()));
}

fn bad_readers() {
    struct Much;
    impl Read for Much {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            Ok(buf.len() + 1)
        }
    }
    impl AsyncRead for Much {}
    let failed = |f: &dyn Fn() -> bool| {
        !matches!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)), Ok(true))
    };
    println!("{}", failed(&|| tio::read_exact(Much, [0; 4]).wait().is_ok()));
    println!("{}", failed(&|| tio::read_to_end(Much, vec![]).wait().is_ok()));
    println!("{}", failed(&|| tio::copy(Much, io::sink()).wait().is_ok()));
}

fn try_nb_macro() {
    fn nb(answer: io::Result<u8>) -> Poll<u8, io::Error> {
        Ok(Async::Ready(tokio_io::try_nb!(answer)))
    }
    println!("{:?}", nb(Ok(1)).is_ok());
    println!("{:?}", nb(Err(ErrorKind::WouldBlock.into())).map_err(|e| e.kind()));
    println!("{:?}", nb(Err(ErrorKind::NotFound.into())).map_err(|e| e.kind()));
}

fn stdin_closed() {
    // Its input is closed.
    let answer = tio::read_to_end(tio::stdin(), vec![]);
    println!("{:?}", crate::pool().block_on(answer).map(|(_, bytes)| bytes).is_ok());
    println!("{:?}", kind(crate::one().block_on(tio::read(tio::stdin(), [0; 1])).map(|a| a.2)));
}

fn stdout_writes() {
    let answer = crate::pool().block_on(tio::write_all(tio::stdout(), "by a task\n"));
    println!("{:?}", answer.is_ok());
    let answer = crate::pool()
        .block_on(tio::write_all(tio::stdout(), "again\n").and_then(|(out, _)| tio::flush(out)));
    println!("{:?}", answer.is_ok());
    println!("{:?}", kind(tio::write_all(tio::stdout(), "outside\n").wait().map(|a| a.1)));
}

fn buf_streams() {
    use tokio_buf::{BufStream, BufStreamExt};
    let mut text = String::from("hello");
    println!("{:?}", text.poll_buf().map(|a| a.map(|a| a.is_some())).is_ok());
    println!("{:?}", text.poll_buf().map(|a| a.map(|a| a.is_some())).is_ok());
    let both = String::from("a").chain(String::from("b")).collect::<Vec<u8>>();
    println!("{:?}", both.wait().map_err(drop));
    let limited = String::from("abc").limit(2).collect::<Vec<u8>>();
    println!("{:?}", limited.wait().map_err(drop));
    println!("{:?}", BufStream::size_hint(&String::from("abc")).lower());
}

#[allow(dead_code)]
fn unused(_: &RefCell<Probe<()>>, _: BufReader<Io>) {}
