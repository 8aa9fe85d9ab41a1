//! The codecs and the framed types, against peers that cut, lie and break off.

mod checks;
mod support;

use bytes::{BufMut, Bytes, BytesMut};
use futures::{executor, Async, AsyncSink, Future, Sink, Stream};
use proptest::prelude::*;
use std::io::{self, Cursor, ErrorKind};
use support::{drop_at_every_poll, poll_as_task, Braggart, Drain, Duplex, Source, Step};
use tokio_io::_tokio_codec::length_delimited::{Builder, FrameTooBig};
use tokio_io::_tokio_codec::{
    BytesCodec, Decoder, Encoder, Framed, FramedRead, FramedWrite, LengthDelimitedCodec, LinesCodec,
};

/// Settings and bytes that reach the corners; found by thought and by fuzzing.
const CORPUS: &[&[u8]] = &[
    b"",
    b"\x00",
    b"\x06\x01line 1 is too long\nline 2\nline 3\r\nline 4\n\r\n\r",
    b"\x06\x03hello\nhello!\nhello!!\n\xff\n\xc3\xa9\r\n\r",
    b"\x00\x02a\n\n\nb",
    b"\xff\x07no limit\r\r\n\n\r\r",
    b"\x17\x01aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nb\n",
    // field 4, offset 0, adjustment 0, default skip, no limit, big endian
    b"\x03\x00\x00\x00\x03\x01\x01\x00\x00\x00\x03abc\x00\x00\x00\x00\x00\x00\x00\x02d",
    b"\x03\x00\x00\x00\x01\x01\x01\x00\x00\x00\x09abcdefghi\x00\x00\x00\x0aabcdefghij",
    // eight bytes of length that overflow when one is added
    b"\x07\x00\x01\x00\x03\x01\x01\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\x07\x00\x00\x00\x03\x01\x01\xff\xff\xff\xff\xff\xff\xff\xffabc",
    // the length counts more than there is
    b"\x00\x00\xfb\x00\x03\x00\x01\x04abcd",
    // a head of which nothing is skipped, and no payload: the same frame for ever
    b"\x00\x00\x00\x10\x03\x01\x01\x00\x00\x00",
    // offset, little endian, skip beyond the field
    b"\x01\x02\x00\x0b\x02\x00\x05##\x04\x00#######abcd##\x00\x00#######",
];

#[test]
fn fault_i11_the_short_corpus_holds() {
    for data in CORPUS {
        checks::lines(data);
        checks::length_delimited(data);
        checks::bytes(data);
        for end in 0..data.len() {
            checks::lines(&data[..end]);
            checks::length_delimited(&data[..end]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn fault_i11_lines_do_not_depend_on_their_chunks(
        settings in any::<[u8; 2]>(),
        text in "[ab\u{e9}\r\n]{0,80}",
        bad in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
    ) {
        let mut data = [&settings[..], text.as_bytes()].concat();
        for (at, byte) in bad {
            let at = at.index(data.len());
            data[at] = byte;
        }
        checks::lines(&data);
    }

    #[test]
    fn fault_i11_delimited_frames_do_not_depend_on_their_chunks(
        settings in any::<[u8; 7]>(),
        bytes in prop::collection::vec(prop_oneof![4 => 0..12u8, 1 => any::<u8>()], 0..100),
    ) {
        checks::length_delimited(&[&settings[..], &bytes].concat());
    }

    #[test]
    fn fault_i11_bytes_do_not_depend_on_their_chunks(
        data in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        checks::bytes(&data);
    }

    #[test]
    fn fault_i11_every_single_cut_gives_the_same_frames(
        payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..5),
    ) {
        let mut wire = BytesMut::new();
        for payload in &payloads {
            LengthDelimitedCodec::new().encode(payload[..].into(), &mut wire).unwrap();
        }
        for cut in 0..=wire.len() {
            let source = Source::cut(&wire, &[cut]);
            let frames = FramedRead::new(source, LengthDelimitedCodec::new());
            prop_assert_eq!(&frames.collect().wait().unwrap(), &payloads);
        }
    }

    #[test]
    fn fault_i11_frames_pass_writers_that_take_little(
        payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..5000), 0..8),
        takes in prop::collection::vec(prop::option::of(1..4000usize), 0..20),
    ) {
        let steps = takes.into_iter().map(|n| n.map_or(Step::NotReady, Step::Take));
        let drain = Drain::new(steps);
        let log = drain.log();
        let sink = FramedWrite::new(drain, LengthDelimitedCodec::new());
        let frames = payloads.iter().map(|payload| Bytes::from(&payload[..]));
        let all = futures::stream::iter_ok::<_, io::Error>(frames).forward(sink).wait();
        prop_assert!(all.is_ok());
        prop_assert!(log.borrow().shut_down, "`forward` closes the sink");
        let source = &log.borrow().taken[..];
        let back = FramedRead::new(source, LengthDelimitedCodec::new()).collect().wait().unwrap();
        prop_assert_eq!(back, payloads);
    }
}

#[test]
fn fault_i01_a_framed_writer_that_takes_nothing_is_an_error() {
    let full = || Cursor::new(Vec::new().into_boxed_slice());
    let mut sink = FramedWrite::new(full(), LinesCodec::new());
    assert!(sink.start_send("line".into()).unwrap().is_ready());
    assert_eq!(sink.poll_complete().unwrap_err().kind(), ErrorKind::WriteZero);
    assert_eq!(sink.close().unwrap_err().kind(), ErrorKind::WriteZero);

    #[allow(deprecated)]
    let mut sink = tokio_io::codec::length_delimited::FramedWrite::<_, Bytes>::new(full());
    assert!(sink.start_send("line".into()).unwrap().is_ready());
    assert_eq!(sink.poll_complete().unwrap_err().kind(), ErrorKind::WriteZero);
}

#[test]
fn fault_i02_a_framed_end_that_claims_too_much_is_an_error() {
    let mut frames = FramedRead::new(Braggart(1), BytesCodec::new());
    assert!(frames.poll().is_err());
    let mut sink = FramedWrite::new(Braggart(1), LinesCodec::new());
    assert!(sink.start_send("line".into()).unwrap().is_ready());
    assert!(sink.poll_complete().is_err());
}

/// A message in the buffer's exact length left no room for the next head.
#[test]
fn fault_i08_encoding_into_a_full_buffer_makes_room() {
    for len in [0, 1, 31, 64, 1024] {
        let mut dst = BytesMut::with_capacity(len);
        dst.put_slice(&vec![b'a'; dst.remaining_mut()]);
        let full = dst.len();
        LengthDelimitedCodec::new().encode("hello".into(), &mut dst).unwrap();
        assert_eq!(&dst[full..], b"\x00\x00\x00\x05hello");
        let mut dst = BytesMut::new();
        dst.put_slice(&vec![b'a'; dst.remaining_mut()]);
        LinesCodec::new().encode("a".repeat(len), &mut dst).unwrap();
        BytesCodec::new().encode(vec![7; len].into(), &mut dst).unwrap();
    }
}

#[test]
fn fault_i08_a_length_beyond_its_field_is_an_error() {
    for (field_len, most) in [(1, 255), (2, 65_535)] {
        let mut codec = Builder::new().length_field_length(field_len).new_codec();
        let mut dst = BytesMut::new();
        codec.encode(vec![7; most].into(), &mut dst).unwrap();
        let sent = dst.len();
        let error = codec.encode(vec![7; most + 1].into(), &mut dst).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.get_ref().unwrap().is::<FrameTooBig>());
        assert_eq!(dst.len(), sent);
    }
    // The adjustment counts: 255 bytes and 1 of head do not fit either.
    let mut codec = Builder::new().length_field_length(1).length_adjustment(-1).new_codec();
    assert!(codec.encode(vec![7; 255].into(), &mut BytesMut::new()).is_err());
    codec.encode(vec![7; 254].into(), &mut BytesMut::new()).unwrap();
}

#[test]
fn fault_i08_settings_at_their_limits_do_not_overflow() {
    for adjustment in [isize::MIN, -1, 0, 1, isize::MAX] {
        for size in [0, 1, usize::MAX] {
            let mut codec = Builder::new()
                .length_field_length(8)
                .length_field_offset(size)
                .length_adjustment(adjustment)
                .max_frame_length(usize::MAX)
                .new_codec();
            let _ = codec.encode("hello".into(), &mut BytesMut::new());
            for byte in [0, 0x7f, 0xff] {
                if let Ok(Some(frame)) = codec.decode(&mut BytesMut::from(&[byte; 64][..])) {
                    assert!(frame.len() <= 64, "{} bytes out of 64", frame.len());
                }
            }
        }
    }
}

/// A head of twelve bytes must not cost eight megabytes, or more than there are.
#[test]
fn fault_i12_what_a_peer_announces_is_not_reserved() {
    for announced in [8 << 20, u64::from(u32::MAX), u64::MAX >> 1, u64::MAX] {
        let mut codec =
            Builder::new().length_field_length(8).max_frame_length(usize::MAX).new_codec();
        let mut src = BytesMut::from(&announced.to_be_bytes()[..]);
        src.extend_from_slice(b"abcd");
        match usize::try_from(announced) {
            Ok(_) => assert!(codec.decode(&mut src).unwrap().is_none()),
            // More than an address can tell: refused at once.
            Err(_) => assert!(codec.decode(&mut src).is_err()),
        }
        assert!(src.capacity() <= 256 * 1024, "{} bytes reserved", src.capacity());
        assert!(codec.decode_eof(&mut src).is_err());
    }
}

#[test]
fn fault_i12_a_large_frame_arrives_nevertheless() {
    let payload: Vec<u8> = (0..3_000_000).map(|i| (i % 251) as u8).collect();
    let mut wire = BytesMut::new();
    LengthDelimitedCodec::new().encode(payload[..].into(), &mut wire).unwrap();
    let mut frames = FramedRead::new(&wire[..], LengthDelimitedCodec::new());
    assert!(frames.by_ref().collect().wait().unwrap() == [payload]);
}

#[test]
fn fault_i09_an_overlong_line_is_reported_once_and_the_next_is_read() {
    for cut in 0..=40 {
        let wire = b"ok\nthis line is much too long\nok\r\n";
        let source = Source::cut(wire, &[cut, cut + 3]);
        let lines = FramedRead::new(source, LinesCodec::new_with_max_length(4));
        let seen: Vec<_> = lines.then(Ok::<_, ()>).collect().wait().unwrap();
        let [Ok(first), Err(_), Ok(last)] = &seen[..] else { panic!("{seen:?}") };
        assert_eq!((&first[..], &last[..]), ("ok", "ok"));
    }
}

/// The upstream codec loops for ever here: it discards, and there is nothing to discard.
#[test]
fn fault_i09_discarding_waits_for_more_bytes() {
    let mut codec = LinesCodec::new_with_max_length(3);
    let mut src = BytesMut::from("abcdef");
    assert!(codec.decode(&mut src).is_err());
    for _ in 0..3 {
        assert_eq!(codec.decode(&mut src).unwrap(), None);
    }
    src.extend_from_slice(b"ghi\njk\n");
    assert_eq!(codec.decode(&mut src).unwrap().unwrap(), "jk");
}

#[test]
fn fault_i09_an_endless_line_does_not_fill_the_memory() {
    let mut codec = LinesCodec::new_with_max_length(100);
    let (mut src, mut errors, mut most) = (BytesMut::new(), 0, 0);
    for _ in 0..10_000 {
        src.extend_from_slice(&[b'a'; 64]);
        errors += usize::from(codec.decode(&mut src).is_err());
        most = most.max(src.len());
    }
    assert_eq!(errors, 1);
    assert!(most <= 164, "{most} bytes kept");
}

#[test]
fn fault_i06_a_bad_line_is_reported_once_and_the_rest_stays() {
    let mut codec = LinesCodec::new();
    let mut src = BytesMut::from(&b"t\xffo\nthree\n\xc3"[..]);
    assert_eq!(codec.decode(&mut src).unwrap_err().kind(), ErrorKind::InvalidData);
    assert_eq!(&src[..], b"three\n\xc3");
    assert_eq!(codec.decode(&mut src).unwrap().unwrap(), "three");
    assert_eq!(codec.decode(&mut src).unwrap(), None);
    assert_eq!(codec.decode_eof(&mut src).unwrap_err().kind(), ErrorKind::InvalidData);
    assert_eq!(codec.decode_eof(&mut src).unwrap(), None);
}

/// Everything that `frames` yields, with errors as their kinds.
fn outcome<S: Stream<Error = io::Error>>(frames: S) -> Vec<Result<S::Item, ErrorKind>> {
    let kinds = frames.then(|seen| Ok::<_, ()>(seen.map_err(|error| error.kind())));
    kinds.collect().wait().expect("errors are items here")
}

#[test]
fn fault_i10_a_stream_ends_after_an_error_that_stays() {
    let mut codec = LengthDelimitedCodec::new();
    codec.set_max_frame_length(3);
    let wire = b"\x00\x00\x00\x02ab\x00\x00\x00\x04abcd\x00\x00\x00\x02ab";
    for cut in 0..=wire.len() {
        let codec = Builder::new().max_frame_length(3).new_codec();
        let frames = FramedRead::new(Source::cut(wire, &[cut]), codec);
        assert_eq!(outcome(frames), [Ok(b"ab"[..].into()), Err(ErrorKind::InvalidData)]);
    }

    let cut_off = FramedRead::new(&b"\x00\x00\x00\x02a"[..], LengthDelimitedCodec::new());
    assert_eq!(outcome(cut_off), [Err(ErrorKind::Other)]);
    let head_only = FramedRead::new(&b"\x00\x00\x00\x02"[..], LengthDelimitedCodec::new());
    assert_eq!(outcome(head_only), [Err(ErrorKind::Other)]);

    let broken = std::iter::repeat_n(Step::Fail(ErrorKind::ConnectionReset), 9);
    let frames = FramedRead::new(Source::new(broken), LinesCodec::new());
    assert_eq!(outcome(frames), [Err(ErrorKind::ConnectionReset)]);
}

/// An error is a repetition only if nothing was consumed by the one before it either.
#[test]
fn fault_i10_each_error_of_a_decoder_that_moves_on_is_reported() {
    struct Picky;
    impl Decoder for Picky {
        type Item = u8;
        type Error = io::Error;
        fn decode(&mut self, src: &mut BytesMut) -> io::Result<Option<u8>> {
            match src.first().copied() {
                Some(b'!') => Err(ErrorKind::InvalidData.into()),
                Some(b'?') => {
                    src.advance(1);
                    Err(ErrorKind::InvalidInput.into())
                }
                Some(byte) => {
                    src.advance(1);
                    Ok(Some(byte))
                }
                None => Ok(None),
            }
        }
    }
    let (stuck, skipped) = (Err(ErrorKind::InvalidData), Err(ErrorKind::InvalidInput));
    let seen = outcome(FramedRead::new(&b"a??b?!c"[..], Picky));
    assert_eq!(seen, [Ok(b'a'), skipped, skipped, Ok(b'b'), skipped, stuck]);
}

/// After its end nobody is asked any more.
#[test]
fn fault_i10_an_ended_stream_stays_ended() {
    let steps = [Step::Bytes(b"a\n".to_vec()), Step::Bytes(vec![]), Step::Bytes(b"b\n".to_vec())];
    let mut lines = FramedRead::new(Source::new(steps), LinesCodec::new());
    assert_eq!(lines.poll().unwrap(), Async::Ready(Some("a".into())));
    for _ in 0..3 {
        assert_eq!(lines.poll().unwrap(), Async::Ready(None));
    }
    assert_eq!(lines.get_ref().steps.len(), 1);
}

#[test]
fn fault_i10_a_reader_that_works_again_is_read_on() {
    let source = Source::new([
        Step::Bytes(b"on".to_vec()),
        Step::Fail(ErrorKind::TimedOut),
        Step::NotReady,
        Step::Fail(ErrorKind::TimedOut),
        Step::Bytes(b"e\n".to_vec()),
    ]);
    let lines = FramedRead::new(source, LinesCodec::new());
    let timed_out = || Err(ErrorKind::TimedOut);
    assert_eq!(outcome(lines), [timed_out(), timed_out(), Ok("one".to_owned())]);
}

#[test]
fn fault_i10_leftovers_are_kept_after_an_error() {
    let codec = Builder::new().max_frame_length(3).new_codec();
    let mut frames = Framed::new(Duplex(&b"\x00\x00\x00\x04abcd"[..], Drain::new([])), codec);
    frames.start_send("xy".into()).unwrap();
    assert!(frames.poll().is_err());
    assert_eq!(frames.poll().unwrap(), Async::Ready(None));
    let parts = frames.into_parts();
    assert_eq!(parts.read_buf, b"\x00\x00\x00\x04abcd"[..]);
    assert_eq!(parts.write_buf, b"\x00\x00\x00\x02xy"[..]);
}

#[test]
fn parts_move_to_another_codec_without_loss() {
    let wire = b"\x00\x00\x00\x02abline\n";
    let duplex = Duplex(&wire[..], Drain::new([]));
    let (first, frames) =
        LengthDelimitedCodec::new().framed(duplex).into_future().wait().map_err(|e| e.0).unwrap();
    assert_eq!(first.unwrap(), b"ab"[..]);
    let old = frames.into_parts();
    let mut new = tokio_io::_tokio_codec::FramedParts::new(old.io, LinesCodec::new());
    new.read_buf = old.read_buf;
    let (line, _) = Framed::from_parts(new).into_future().wait().map_err(|e| e.0).unwrap();
    assert_eq!(line.unwrap(), "line");
}

#[test]
fn a_sink_refuses_frames_while_eight_kilobytes_wait() {
    let stuck = Drain::new(std::iter::repeat_n(Step::NotReady, 2));
    let mut sink = FramedWrite::new(stuck, BytesCodec::new());
    assert!(sink.start_send(vec![1; 8191].into()).unwrap().is_ready());
    assert!(sink.start_send(vec![2; 8191].into()).unwrap().is_ready());
    let AsyncSink::NotReady(back) = sink.start_send(vec![3; 7].into()).unwrap() else {
        panic!("accepted with {} bytes waiting", 2 * 8191)
    };
    assert_eq!(back, vec![3; 7]);
    let mut sink = executor::spawn(sink.flush());
    assert!(poll_as_task(&mut sink).unwrap().is_not_ready());
    assert!(poll_as_task(&mut sink).unwrap().is_ready());
}

/// An encoder may `put` a small frame without reserving, however many came before.
#[test]
fn an_encoder_always_finds_some_room() {
    struct Careless;
    impl Encoder for Careless {
        type Item = u64;
        type Error = io::Error;
        fn encode(&mut self, item: u64, dst: &mut BytesMut) -> io::Result<()> {
            dst.put_u64_be(item);
            Ok(())
        }
    }
    let drain = Drain::new([]);
    let log = drain.log();
    let mut sink = FramedWrite::new(drain, Careless);
    for item in 0..10_000 {
        assert!(sink.start_send(item).unwrap().is_ready());
        if item % 7 == 0 {
            assert!(sink.poll_complete().unwrap().is_ready());
        }
    }
    sink.close().unwrap();
    assert_eq!(log.borrow().taken.len(), 80_000);
}

/// Whatever was dropped when, the peer saw whole frames and a beginning of the next.
#[test]
fn fault_i08_to_i11_a_framed_chain_may_be_dropped_at_any_poll() {
    let lines: Vec<String> = (0..40).map(|i| format!("line {i} {}", "x".repeat(i * 20))).collect();
    let wire: String = lines.iter().map(|line| format!("{line}\n")).collect();
    drop_at_every_poll(
        || {
            let source = Source::cut(wire.as_bytes(), &[1, 5, 6, 700, 3_000, 9_000]);
            let steps = [Step::Take(900), Step::NotReady].into_iter().cycle().take(40);
            let drain = Drain::new(steps);
            let log = drain.log();
            let reading = FramedRead::new(source, LinesCodec::new());
            (reading.forward(FramedWrite::new(drain, LinesCodec::new())), log)
        },
        |log, done| {
            let Ok(log) = std::rc::Rc::try_unwrap(log) else { panic!("the writer was leaked") };
            let log = log.into_inner();
            assert!(wire.as_bytes().starts_with(&log.taken));
            assert!(!done || log.taken.len() == wire.len() && log.shut_down);
        },
    );
}

#[test]
#[allow(deprecated)]
fn the_types_of_old_read_and_write_the_same_bytes() {
    use tokio_io::codec::length_delimited as old;
    use tokio_io::AsyncRead;

    let drain = Drain::new([Step::Take(3), Step::NotReady, Step::Take(1)]);
    let log = drain.log();
    let frames: old::Framed<_, Cursor<Vec<u8>>> =
        old::Builder::new().length_field_length(2).new_framed(Duplex(&b"\x00\x02hi"[..], drain));
    let frames = frames.send(Cursor::new(b"hello".to_vec())).wait().unwrap();
    assert_eq!(log.borrow().taken, b"\x00\x05hello");
    let (first, _) = frames.into_future().wait().map_err(|e| e.0).unwrap();
    assert_eq!(first.unwrap(), b"hi"[..]);

    let framed = Duplex(&b"one\ntwo"[..], Drain::new([])).framed(LinesCodec::new());
    let (one, framed) = framed.into_future().wait().map_err(|e| e.0).unwrap();
    assert_eq!(one.unwrap(), "one");
    let (parts, codec) = framed.into_parts_and_codec();
    assert_eq!(parts.readbuf, b"two"[..]);
    let framed = tokio_io::codec::Framed::from_parts(parts, codec);
    assert_eq!(framed.collect().wait().unwrap(), ["two"]);
}
