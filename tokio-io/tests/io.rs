//! The futures that move whole buffers, against ends that follow a script or lie.

mod support;

use bytes::{BufMut, BytesMut};
use futures::{executor, Async, Future, Poll, Stream};
use proptest::prelude::*;
use std::io::{self, BufReader, Cursor, ErrorKind, Read, Write};
use support::{drop_at_every_poll, poll_as_task, Braggart, Drain, Duplex, Source, Step};
use tokio_io::io as tio;
use tokio_io::{AsyncRead, AsyncWrite};

/// A writer that takes nothing made the helpers ask for ever.
#[test]
fn fault_i01_write_zero_is_an_error() {
    let kind = |result: Result<(), io::Error>| result.unwrap_err().kind();
    let none = || Cursor::new(Vec::new().into_boxed_slice());
    assert_eq!(kind(tio::write_all(none(), "abc").map(drop).wait()), ErrorKind::WriteZero);
    assert_eq!(kind(tio::copy(&b"abc"[..], none()).map(drop).wait()), ErrorKind::WriteZero);
}

#[test]
fn fault_i01_an_empty_write_asks_nobody() {
    let full = Cursor::new(Vec::new().into_boxed_slice());
    assert!(tio::write_all(full, "").wait().is_ok());
}

#[test]
fn fault_i02_a_reader_that_claims_too_much_is_an_error() {
    for extra in [1, 1000, usize::MAX / 2] {
        assert!(tio::read(Braggart(extra), [0; 4]).wait().is_err());
        assert!(tio::read_exact(Braggart(extra), [0; 4]).wait().is_err());
        assert!(tio::copy(Braggart(extra), io::sink()).wait().is_err());
        let mut buf = BytesMut::with_capacity(64);
        assert!(AsyncRead::read_buf(&mut Braggart(extra), &mut buf).is_err());
        assert_eq!(buf.len(), 0);
        let mut vec = Vec::with_capacity(64);
        assert!(AsyncRead::read_buf(&mut Braggart(extra), &mut vec).is_err());
        assert_eq!(vec.len(), 0, "bytes nobody wrote must not become readable");
    }
}

#[test]
fn fault_i02_a_writer_that_claims_too_much_is_an_error() {
    assert!(tio::write_all(Braggart(1), "abc").wait().is_err());
    assert!(tio::copy(&b"abc"[..], Braggart(1)).wait().is_err());
    assert!(Braggart(1).write_buf(&mut Cursor::new("abc")).is_err());
}

/// Looks at the buffer before it fills it, which a safe `Read` may.
struct Peeker;

impl Read for Peeker {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        assert!(buf.iter().all(|&byte| byte == 0), "the reader was shown {buf:?}");
        Ok(0)
    }
}

impl AsyncRead for Peeker {}

#[test]
fn fault_i03_a_foreign_reader_sees_zeroes_only() {
    /// Room that holds something already.
    fn used() -> BytesMut {
        let mut buf = BytesMut::with_capacity(64);
        buf.put_slice(&[0xaa; 64]);
        buf.clear();
        buf
    }
    let nothing = || &b""[..];
    AsyncRead::read_buf(&mut Peeker, &mut used()).unwrap();
    AsyncRead::read_buf(&mut Box::new(Peeker), &mut used()).unwrap();
    AsyncRead::read_buf(&mut &mut Peeker, &mut used()).unwrap();
    AsyncRead::read_buf(&mut Peeker.take(9), &mut used()).unwrap();
    AsyncRead::read_buf(&mut BufReader::with_capacity(1, Peeker), &mut used()).unwrap();
    // The first reader needs no zeroes, the one that follows it does, and the reverse.
    AsyncRead::read_buf(&mut nothing().chain(Peeker), &mut used()).unwrap();
    AsyncRead::read_buf(&mut Peeker.chain(nothing()), &mut used()).unwrap();
    let (mut half, _other) = Duplex(Peeker, io::sink()).split();
    AsyncRead::read_buf(&mut half, &mut used()).unwrap();
}

/// The copies of one thread share their buffers.
#[test]
fn fault_i03_a_copy_never_shows_the_bytes_of_another() {
    let secret = vec![0xaa; 200_000];
    assert_eq!(tio::copy(&secret[..], io::sink()).wait().unwrap().0, 200_000);
    tio::copy(Peeker, io::sink()).wait().unwrap();
}

#[test]
fn fault_i04_an_empty_buffer_is_not_the_end() {
    let (mut source, _, n) = tio::read(&b"abc"[..], []).wait().unwrap();
    assert_eq!(n, 0);
    assert_eq!(source.poll_read(&mut [0; 9]).unwrap(), Async::Ready(3));

    let (source, _) = tio::read_exact(&b"abc"[..], []).wait().unwrap();
    assert_eq!(source, b"abc");

    let mut full = Cursor::new([0; 0]);
    assert_eq!(AsyncRead::read_buf(&mut &b"abc"[..], &mut full).unwrap(), Async::Ready(0));

    // An empty read of the first part must not move a chain on to the second.
    let mut chain = (&b"abc"[..]).chain(&b"def"[..]);
    assert_eq!(chain.poll_read(&mut []).unwrap(), Async::Ready(0));
    assert_eq!(tio::read_to_end(chain, Vec::new()).wait().unwrap().1, b"abcdef");
}

#[test]
fn fault_i04_take_counts_exactly() {
    for limit in [0, 1, 5, 6, 7, u64::MAX] {
        let taken = Source::cut(b"abcdef", &[2, 3]).take(limit);
        let (n, rest, writer) = tio::copy(taken, Cursor::new(Vec::new())).wait().unwrap();
        assert_eq!(n, limit.min(6));
        assert_eq!(rest.limit(), limit - n);
        assert_eq!(writer.into_inner(), b"abcdef"[..n as usize]);
    }
}

#[test]
fn fault_i05_a_copy_flushes_when_its_reader_is_pending() {
    let source = Source::new([
        Step::Bytes(b"ping".to_vec()),
        Step::NotReady,
        Step::Bytes(b"pong".to_vec()),
        Step::NotReady,
    ]);
    let drain = Drain::new([]);
    let log = drain.log();
    let mut copy = executor::spawn(tio::copy(source, drain));
    for so_far in [4, 8] {
        assert!(poll_as_task(&mut copy).unwrap().is_not_ready());
        assert_eq!((log.borrow().taken.len(), log.borrow().flushed), (so_far, so_far));
    }
    assert!(poll_as_task(&mut copy).unwrap().is_ready());
    assert!(!log.borrow().shut_down, "copying must leave the writer open");
}

/// `BufWriter` keeps small writes back until it is flushed.
#[test]
fn fault_i05_a_reply_does_not_stick_in_a_buffered_writer() {
    let source = Source::new([Step::Bytes(b"reply".to_vec()), Step::NotReady]);
    let drain = Drain::new([]);
    let log = drain.log();
    let mut copy = executor::spawn(tio::copy(source, io::BufWriter::new(drain)));
    assert!(poll_as_task(&mut copy).unwrap().is_not_ready());
    assert_eq!(log.borrow().taken, b"reply");
}

#[test]
fn bytes_read_before_an_error_are_written_before_it_is_reported() {
    let source = Source::new([
        Step::Bytes(b"abc".to_vec()),
        Step::Fail(ErrorKind::ConnectionReset),
        Step::Bytes(b"def".to_vec()),
    ]);
    let drain = Drain::new([Step::Take(1), Step::NotReady]);
    let log = drain.log();
    let mut copy = executor::spawn(tio::copy(source, drain));
    assert!(poll_as_task(&mut copy).unwrap().is_not_ready());
    assert_eq!(poll_as_task(&mut copy).unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(log.borrow().taken, b"abc");
}

#[test]
fn a_copy_of_endless_input_lets_other_tasks_run() {
    let mut copy = executor::spawn(tio::copy(io::repeat(7), io::sink()));
    assert!(poll_as_task(&mut copy).unwrap().is_not_ready());
}

#[test]
fn a_copy_reads_in_windows_that_grow() {
    struct Sizes(Vec<usize>);
    impl Read for Sizes {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            self.0.push(buf.len());
            Ok(if self.0.len() < 6 { buf.len() } else { 0 })
        }
    }
    impl AsyncRead for Sizes {}
    let (n, sizes, _) = tio::copy(Sizes(Vec::new()), io::sink()).wait().unwrap();
    const KIB: usize = 1024;
    assert_eq!(sizes.0, [8 * KIB, 16 * KIB, 32 * KIB, 64 * KIB, 64 * KIB, 64 * KIB]);
    assert_eq!(n as usize, sizes.0[..5].iter().sum());
}

/// A copy inside another's reader takes its buffer while the outer one is out.
#[test]
fn copies_may_nest() {
    struct Nested(usize);
    impl Read for Nested {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            if self.0 == 0 {
                return Ok(0);
            }
            self.0 -= 1;
            let inner = tio::copy(&b"inner"[..], Cursor::new(Vec::new())).wait()?.2;
            (&inner.into_inner()[..]).read(buf)
        }
    }
    impl AsyncRead for Nested {}
    let writer = tio::copy(Nested(3), Cursor::new(Vec::new())).wait().unwrap().2;
    assert_eq!(writer.into_inner(), b"innerinnerinner");
}

/// `read_line` of the standard library drops the half of a character that has arrived.
#[test]
fn fault_i06_a_character_may_arrive_in_pieces() {
    let text = "größer\nпривет\r\n🦀";
    for cut in 0..=text.len() {
        let source = BufReader::new(Source::cut(text.as_bytes(), &[cut]));
        let lines = tio::lines(source).collect().wait().unwrap();
        assert_eq!(lines, ["größer", "привет", "🦀"], "cut at {cut}");
    }
}

#[test]
fn fault_i06_bad_utf8_is_reported_once_with_its_bytes() {
    for cut in 0..=16 {
        let source = BufReader::new(Source::cut(b"one\nt\xffo\nthree\n\xc3", &[cut]));
        let seen: Vec<_> = tio::lines(source).then(Ok::<_, ()>).collect().wait().unwrap();
        let [Ok(one), Err(two), Ok(three), Err(four)] = &seen[..] else { panic!("{seen:?}") };
        assert_eq!((&one[..], &three[..]), ("one", "three"));
        for (error, bytes) in [(two, &b"t\xffo"[..]), (four, &b"\xc3"[..])] {
            assert_eq!(error.kind(), ErrorKind::InvalidData);
            let inner = error
                .get_ref()
                .unwrap()
                .source()
                .unwrap()
                .downcast_ref::<std::string::FromUtf8Error>();
            assert_eq!(inner.unwrap().as_bytes(), bytes);
        }
    }
}

#[test]
fn halves_of_one_stream_are_rejoined() {
    let stream = || Duplex(&b"abc"[..], Cursor::new(Vec::new()));
    let (reader, mut writer) = stream().split();
    writer.write_all(b"def").unwrap();
    assert_eq!(reader.unsplit(writer).1.into_inner(), b"def");
    let (mut reader, writer) = stream().split();
    reader.read_exact(&mut [0; 2]).unwrap();
    assert_eq!(writer.unsplit(reader).0, b"c");
}

#[test]
#[should_panic(expected = "belongs to another stream")]
fn fault_i07_a_read_half_refuses_a_foreign_write_half() {
    let (reader, _writer) = Duplex(io::repeat(1), io::sink()).split();
    let (_reader, writer) = Duplex(io::repeat(1), io::sink()).split();
    reader.unsplit(writer);
}

#[test]
#[should_panic(expected = "belongs to another stream")]
fn fault_i07_a_write_half_refuses_a_foreign_read_half() {
    let (_reader, writer) = Duplex(io::repeat(1), io::sink()).split();
    let (reader, _writer) = Duplex(io::repeat(1), io::sink()).split();
    writer.unsplit(reader);
}

/// Two threads use the halves at once: neither blocks, and each byte passes once.
#[test]
fn halves_may_be_used_by_two_threads_at_once() {
    let stream = Duplex(io::repeat(7).take(1 << 20), io::sink());
    let (reader, writer) = stream.split();
    let start = std::sync::Arc::new(std::sync::Barrier::new(2));
    let other = start.clone();
    let reading = std::thread::spawn(move || {
        other.wait();
        tio::copy(reader, io::sink()).wait().map(|(n, reader, _)| (n, reader))
    });
    start.wait();
    let (written, _, writer) = tio::copy(io::repeat(9).take(1 << 20), writer).wait().unwrap();
    let (read, reader) = reading.join().unwrap().unwrap();
    assert_eq!((read, written), (1 << 20, 1 << 20));
    let stream = reader.unsplit(writer);
    assert_eq!(stream.0.limit(), 0);
}

#[test]
fn reading_exactly_reports_an_early_end() {
    let error = tio::read_exact(Source::cut(b"abc", &[1]), [0; 4]).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
}

#[test]
fn reading_to_an_end_or_a_delimiter_survives_any_cut() {
    for cut in 0..=7 {
        let start = || b"<".to_vec();
        let source = Source::cut(b"abc,def", &[cut, 3]);
        assert_eq!(tio::read_to_end(source, start()).wait().unwrap().1, b"<abc,def");
        let source = BufReader::new(Source::cut(b"abc,def", &[cut, 3]));
        let (source, upto) = tio::read_until(source, b',', start()).wait().unwrap();
        assert_eq!(upto, b"<abc,");
        assert_eq!(tio::read_until(source, b',', start()).wait().unwrap().1, b"<def");
    }
}

#[test]
fn flush_and_shutdown_yield_the_writer() {
    let drain = Drain::new([]);
    let log = drain.log();
    let (drain, _) = tio::write_all(drain, "abc").wait().unwrap();
    assert_eq!(log.borrow().flushed, 0);
    let drain = tio::flush(drain).wait().unwrap();
    assert_eq!(log.borrow().flushed, 3);
    tio::shutdown(io::BufWriter::new(drain)).wait().unwrap();
    assert!(log.borrow().shut_down);
}

#[test]
fn shutting_a_buffered_writer_down_writes_its_rest_first() {
    let drain = Drain::new([Step::NotReady, Step::Take(2), Step::NotReady]);
    let log = drain.log();
    let mut buffered = io::BufWriter::new(drain);
    buffered.write_all(b"abc").unwrap();
    tio::shutdown(buffered).wait().unwrap();
    assert_eq!(log.borrow().taken, b"abc");
    assert!(log.borrow().shut_down);
}

#[test]
fn a_boxed_stream_uses_the_poll_methods_of_the_one_inside() {
    struct PollOnly;
    impl Read for PollOnly {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            panic!("`poll_read` was to be called")
        }
    }
    impl AsyncRead for PollOnly {
        fn poll_read(&mut self, _: &mut [u8]) -> Poll<usize, io::Error> {
            Ok(Async::Ready(1))
        }
    }
    let mut boxed: Box<dyn AsyncRead> = Box::new(PollOnly);
    assert_eq!(boxed.poll_read(&mut [0]).unwrap(), Async::Ready(1));
}

#[test]
#[should_panic(expected = "window start must be at most its end, 2")]
fn a_window_keeps_its_start_before_its_end() {
    tio::Window::new([0; 4]).set_end(2).set_start(3);
}

/// Steps of a writer; small takes so that they matter.
fn writer_steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![3 => (1..20_000usize).prop_map(Step::Take), 1 => Just(Step::NotReady)];
    prop::collection::vec(step, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_copy_moves_every_byte_once_and_in_order(
        len in 0..300_000usize,
        cuts in prop::collection::vec(0..300_000usize, 0..20),
        steps in writer_steps(),
    ) {
        let bytes: Vec<u8> = (0..len).map(|i| (i % 251) as u8).collect();
        let drain = Drain::new(steps);
        let log = drain.log();
        let (n, ..) = tio::copy(Source::cut(&bytes, &cuts), drain).wait().unwrap();
        prop_assert_eq!(n, len as u64);
        prop_assert!(log.borrow().taken == bytes);
        prop_assert_eq!(log.borrow().flushed, len);
    }

    #[test]
    fn writing_all_does_so_whatever_the_writer_takes(steps in writer_steps()) {
        let bytes: Vec<u8> = (0..100_000).map(|i| (i % 251) as u8).collect();
        let drain = Drain::new(steps);
        let log = drain.log();
        tio::write_all(drain, &bytes).wait().unwrap();
        prop_assert!(log.borrow().taken == bytes);
    }

    #[test]
    fn lines_are_the_same_however_they_arrive(
        text in "[aé🦀\r\n]{0,24}",
        cuts in prop::collection::vec(0..100usize, 0..8),
        room in 1..9usize,
    ) {
        let whole = tio::lines(text.as_bytes()).collect().wait().unwrap();
        let source = BufReader::with_capacity(room, Source::cut(text.as_bytes(), &cuts));
        prop_assert_eq!(&tio::lines(source).collect().wait().unwrap(), &whole);
        let std: Vec<String> = io::BufRead::lines(text.as_bytes()).map(Result::unwrap).collect();
        prop_assert_eq!(whole, std);
    }
}

/// Whenever it is dropped, a copy has written a beginning of its input and nothing else.
#[test]
fn fault_i01_to_i05_a_copy_may_be_dropped_at_any_poll() {
    let bytes: Vec<u8> = (0..50_000).map(|i| (i % 251) as u8).collect();
    drop_at_every_poll(
        || {
            let source = Source::cut(&bytes, &[1, 9_000, 9_001, 30_000]);
            let steps = [Step::Take(1), Step::NotReady, Step::Take(500), Step::NotReady];
            let drain = Drain::new(steps.into_iter().cycle().take(40));
            let log = drain.log();
            (tio::copy(source, drain), log)
        },
        |log, done| {
            let Ok(log) = std::rc::Rc::try_unwrap(log) else { panic!("the writer was leaked") };
            let log = log.into_inner();
            assert!(bytes.starts_with(&log.taken));
            assert!(!done || log.flushed == bytes.len());
        },
    );
}
