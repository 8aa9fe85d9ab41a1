//! Codecs and frames, with errors at every place.

use crate::{one, panics, probe, words, Program};
use bytes::{Bytes, BytesMut};
use futures::{Async, AsyncSink, Future, Poll, Sink, Stream};
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use tokio::codec::length_delimited::Builder;
use tokio::codec::{
    BytesCodec, Decoder, Encoder, Framed, FramedParts, FramedRead, FramedWrite,
    LengthDelimitedCodec, LinesCodec,
};
use tokio::io::{AsyncRead, AsyncWrite};

pub const PROGRAMS: &[Program] = &[
    ("lines_decode", lines_decode),
    ("lines_limits", lines_limits),
    ("lines_not_utf8", lines_not_utf8),
    ("lines_encode", lines_encode),
    ("bytes_codec", bytes_codec),
    ("length_decode", length_decode),
    ("length_fields", length_fields),
    ("length_limits", length_limits),
    ("length_adjustment", length_adjustment),
    ("length_encode", length_encode),
    ("length_builder_bad", length_builder_bad),
    ("length_at_end", length_at_end),
    ("framed_reads", framed_reads),
    ("framed_read_error_of_io", framed_read_error_of_io),
    ("framed_read_error_of_codec", framed_read_error_of_codec),
    ("framed_read_at_end", framed_read_at_end),
    ("framed_write_steps", framed_write_steps),
    ("framed_write_backpressure", framed_write_backpressure),
    ("framed_write_errors", framed_write_errors),
    ("framed_write_zero", framed_write_zero),
    ("framed_close", framed_close),
    ("framed_parts", framed_parts),
    ("framed_split_streams", framed_split_streams),
    ("framed_accessors", framed_accessors),
    ("framed_over_socket_reset", framed_over_socket_reset),
    ("old_paths", old_paths),
    ("udp_framed", udp_framed),
    ("udp_framed_too_long", udp_framed_too_long),
];

fn decode_all<D: Decoder>(codec: &mut D, text: &[u8])
where
    D::Item: std::fmt::Debug,
    D::Error: std::fmt::Display,
{
    let mut bytes = BytesMut::from(text);
    for _ in 0..8 {
        match codec.decode(&mut bytes) {
            Ok(None) => break,
            Ok(item) => println!("{item:?}"),
            Err(error) => println!("error {}", words(&error)),
        }
    }
    println!("left {bytes:?}");
    for _ in 0..4 {
        match codec.decode_eof(&mut bytes) {
            Ok(None) => return println!("end"),
            Ok(item) => println!("at the end {item:?}"),
            Err(error) => println!("error {}", words(&error)),
        }
    }
}

fn lines_decode() {
    decode_all(&mut LinesCodec::new(), b"one\ntwo\r\n\nlast");
    decode_all(&mut LinesCodec::new(), b"a\n");
    decode_all(&mut LinesCodec::new(), b"");
    decode_all(&mut LinesCodec::new(), b"\r\r\n\rx\r");
    decode_all(&mut LinesCodec::new(), b"\r");
}

fn lines_limits() {
    println!(
        "{} {}",
        LinesCodec::new().max_length() == usize::MAX,
        LinesCodec::new_with_max_length(3).max_length()
    );
    decode_all(&mut LinesCodec::new_with_max_length(3), b"abc\nabcd\nab\n");
    decode_all(&mut LinesCodec::new_with_max_length(3), b"abc\r\nabcd\r\n");
    decode_all(&mut LinesCodec::new_with_max_length(0), b"\na\n");
    let mut codec = LinesCodec::new_with_max_length(3);
    let mut bytes = BytesMut::from(&b"abcdefg"[..]);
    println!("{:?}", codec.decode(&mut bytes).map_err(|error| words(&error)));
    bytes.extend_from_slice(b"hi\nok\n");
    for _ in 0..3 {
        println!("{:?}", codec.decode(&mut bytes).map_err(|error| words(&error)));
    }
}

fn lines_not_utf8() {
    decode_all(&mut LinesCodec::new(), b"ok\n\xff\nafter\n");
    decode_all(&mut LinesCodec::new(), b"\xff");
}

fn lines_encode() {
    let mut bytes = BytesMut::new();
    let mut codec = LinesCodec::new_with_max_length(1);
    println!("{:?}", codec.encode(String::from("long"), &mut bytes).is_ok());
    println!("{:?}", codec.encode(String::new(), &mut bytes).is_ok());
    println!("{bytes:?}");
}

fn bytes_codec() {
    decode_all(&mut BytesCodec::new(), b"abc");
    decode_all(&mut BytesCodec::new(), b"");
    let mut bytes = BytesMut::new();
    println!("{:?} {bytes:?}", BytesCodec::new().encode(Bytes::from("xy"), &mut bytes).is_ok());
}

fn length_decode() {
    decode_all(&mut LengthDelimitedCodec::new(), b"\0\0\0\x02ab\0\0\0\0\0\0\0\x01c\0\0");
}

fn length_fields() {
    for width in 1..=8 {
        let mut codec = Builder::new().length_field_length(width).new_codec();
        let mut bytes = BytesMut::new();
        println!("{:?}", codec.encode(Bytes::from("xyz"), &mut bytes).is_ok());
        println!("{width} {bytes:?} {:?}", codec.decode(&mut bytes).ok());
        let mut codec = Builder::new().length_field_length(width).little_endian().new_codec();
        let mut bytes = BytesMut::new();
        println!("{:?}", codec.encode(Bytes::from("xyz"), &mut bytes).is_ok());
        println!("{width} {bytes:?} {:?}", codec.decode(&mut bytes).ok());
    }
}

fn length_limits() {
    let mut codec = Builder::new().max_frame_length(4).new_codec();
    println!("{}", codec.max_frame_length());
    decode_all(&mut codec, b"\0\0\0\x04abcd\0\0\0\x05abcde");
    codec.set_max_frame_length(5);
    decode_all(&mut codec, b"\0\0\0\x05abcde");
    let mut bytes = BytesMut::new();
    let error = codec.encode(Bytes::from("abcdef"), &mut bytes).unwrap_err();
    println!("{:?} {} {bytes:?}", error.kind(), words(&error));
}

fn length_adjustment() {
    let mut codec = Builder::new().length_adjustment(-4).length_field_length(4).new_codec();
    decode_all(&mut codec, b"\0\0\0\x06ab\0\0\0\x02");
    let mut codec = Builder::new().length_adjustment(2).num_skip(0).new_codec();
    decode_all(&mut codec, b"\0\0\0\x01abc");
    let mut codec =
        Builder::new().length_field_offset(2).num_skip(2).length_field_length(1).new_codec();
    decode_all(&mut codec, b"hh\x03abchh\x00");
    let mut codec = Builder::new().num_skip(100).length_field_length(1).new_codec();
    decode_all(&mut codec, b"\x03abc");
}

fn length_encode() {
    let mut bytes = BytesMut::new();
    let mut codec = Builder::new().length_adjustment(-2).length_field_length(2).new_codec();
    println!("{:?} {bytes:?}", codec.encode(Bytes::from("ab"), &mut bytes).is_ok());
    println!("{:?} {bytes:?}", codec.encode(Bytes::new(), &mut bytes).is_ok());
    let mut codec = Builder::new().length_adjustment(5).new_codec();
    let answer = codec.encode(Bytes::from("ab"), &mut bytes).map_err(|error| error.kind());
    println!("{answer:?}");
}

fn length_builder_bad() {
    println!("{}", panics(|| Builder::new().length_field_length(0).new_codec()));
    println!("{}", panics(|| Builder::new().length_field_length(9).new_codec()));
    println!("{}", panics(|| Builder::new().max_frame_length(0).new_codec()));
}

fn length_at_end() {
    let mut codec = LengthDelimitedCodec::new();
    let mut bytes = BytesMut::from(&b"\0\0\0\x03ab"[..]);
    println!("{:?}", codec.decode_eof(&mut bytes).map_err(|error| (error.kind(), words(&error))));
    let mut bytes = BytesMut::from(&b"\0\0"[..]);
    let answer = LengthDelimitedCodec::new().decode_eof(&mut bytes);
    println!("{:?}", answer.map_err(|error| (error.kind(), words(&error))));
}

/// A scripted stream.
#[derive(Default)]
struct Io {
    reads: VecDeque<Result<&'static [u8], ErrorKind>>,
    writes: VecDeque<Result<usize, ErrorKind>>,
    written: Vec<u8>,
}

fn reads(steps: &[Result<&'static [u8], ErrorKind>]) -> Io {
    Io { reads: steps.iter().copied().collect(), ..Io::default() }
}

fn writes(steps: &[Result<usize, ErrorKind>]) -> Io {
    Io { writes: steps.iter().copied().collect(), ..Io::default() }
}

impl Read for Io {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self.reads.pop_front() {
            Some(Ok(bytes)) => {
                buf[..bytes.len()].copy_from_slice(bytes);
                Ok(bytes.len())
            }
            Some(Err(kind)) => Err(kind.into()),
            None => Ok(0),
        }
    }
}

impl AsyncRead for Io {}

impl Write for Io {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        println!("write {}", buf.len());
        let now = self.writes.pop_front().unwrap_or(Ok(buf.len()))?;
        self.written.extend_from_slice(&buf[..now]);
        Ok(now)
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

fn all_of<S: Stream>(stream: S)
where
    S::Item: std::fmt::Debug,
    S::Error: std::fmt::Display,
{
    let mut stream = probe(stream);
    for _ in 0..6 {
        match stream.next() {
            Ok(Async::Ready(None)) => return println!("end"),
            Ok(item) => println!("{item:?}"),
            Err(error) => println!("error {}", words(&error)),
        }
    }
}

const WAIT: ErrorKind = ErrorKind::WouldBlock;

fn framed_reads() {
    all_of(FramedRead::new(reads(&[Ok(b"a\nb"), Err(WAIT), Ok(b"c\nlast")]), LinesCodec::new()));
    all_of(FramedRead::new(reads(&[]), LinesCodec::new()));
    all_of(FramedRead::new(reads(&[Ok(b"abc"), Ok(b"de")]), BytesCodec::new()));
}

fn framed_read_error_of_io() {
    let broken = &[Ok(&b"a\nb"[..]), Err(ErrorKind::NotFound), Ok(b"c\n")];
    all_of(FramedRead::new(reads(broken), LinesCodec::new()));
}

fn framed_read_error_of_codec() {
    all_of(FramedRead::new(reads(&[Ok(b"a\n\xff\nb\n")]), LinesCodec::new()));
    let codec = LinesCodec::new_with_max_length(2);
    all_of(FramedRead::new(reads(&[Ok(b"abcdef\nok\n")]), codec));
}

fn framed_read_at_end() {
    all_of(FramedRead::new(reads(&[Ok(b"\0\0\0\x02ab\0\0\0\x04c")]), LengthDelimitedCodec::new()));
    let mut framed = probe(FramedRead::new(reads(&[Ok(b"a\n")]), LinesCodec::new()));
    for _ in 0..4 {
        println!("{:?}", framed.next().map_err(drop));
    }
}

fn framed_write_steps() {
    let mut framed = probe(FramedWrite::new(writes(&[]), LinesCodec::new()));
    println!("{:?}", framed.with(|framed| framed.start_send(String::from("a"))).is_ok());
    println!("{:?}", framed.with(|framed| framed.start_send(String::from("b"))).is_ok());
    println!("{:?}", framed.with(|framed| framed.poll_complete()).is_ok());
    println!("{:?}", framed.with(|framed| framed.poll_complete()).is_ok());
    println!("{:?}", String::from_utf8_lossy(&framed.get().get_ref().written));
}

fn framed_write_backpressure() {
    let mut framed = probe(FramedWrite::new(writes(&[Err(WAIT), Err(WAIT)]), BytesCodec::new()));
    for size in [8 * 1024 - 1, 1, 1, 1, 1] {
        let answer = framed.with(|framed| framed.start_send(Bytes::from(vec![1; size])));
        println!("{:?}", answer.map(|answer| matches!(answer, AsyncSink::Ready)).map_err(drop));
    }
    println!("{:?}", framed.with(|framed| framed.poll_complete()).map_err(drop));
}

fn framed_write_errors() {
    let mut framed =
        probe(FramedWrite::new(writes(&[Err(ErrorKind::BrokenPipe)]), LinesCodec::new()));
    println!("{:?}", framed.with(|framed| framed.start_send(String::from("a"))).is_ok());
    println!("{:?}", framed.with(|framed| framed.poll_complete()).map_err(|error| words(&error)));
    println!("{:?}", framed.with(|framed| framed.poll_complete()).map_err(|error| words(&error)));
    let codec = Builder::new().max_frame_length(1).new_codec();
    let mut framed = probe(FramedWrite::new(writes(&[]), codec));
    println!(
        "{:?}",
        framed.with(|framed| framed.start_send(Bytes::from("abc"))).map(drop).map_err(|e| e.kind())
    );
    println!("{:?}", framed.with(|framed| framed.start_send(Bytes::from("a"))).is_ok());
    println!("{:?}", framed.with(|framed| framed.poll_complete()).is_ok());
}

fn framed_write_zero() {
    let mut framed = probe(FramedWrite::new(writes(&[Ok(1), Ok(0)]), LinesCodec::new()));
    println!("{:?}", framed.with(|framed| framed.start_send(String::from("abc"))).is_ok());
    println!("{:?}", framed.with(|framed| framed.poll_complete()).map_err(|error| words(&error)));
}

fn framed_close() {
    let mut framed = probe(FramedWrite::new(writes(&[Err(WAIT)]), LinesCodec::new()));
    println!("{:?}", framed.with(|framed| framed.start_send(String::from("a"))).is_ok());
    println!("{:?}", framed.with(|framed| framed.close()).map_err(drop));
    println!("{:?}", framed.with(|framed| framed.close()).map_err(drop));
    println!("{:?}", framed.with(|framed| framed.close()).map_err(drop));
    drop(framed);
    println!("end");
}

fn framed_parts() {
    let mut framed = Framed::new(reads(&[Ok(b"a\nrest")]), LinesCodec::new());
    println!("{:?}", probe(()).with(|()| framed.poll()).map_err(drop));
    let parts = framed.into_parts();
    println!("{:?} {:?}", parts.read_buf, parts.write_buf);
    let mut parts = FramedParts::new(reads(&[]), LinesCodec::new());
    parts.read_buf = BytesMut::from(&b"held\nx"[..]);
    parts.write_buf = BytesMut::from(&b"to write"[..]);
    let mut framed = probe(Framed::from_parts(parts));
    println!("{:?}", framed.next().map_err(drop));
    println!("{:?}", framed.with(|framed| framed.poll_complete()).is_ok());
    println!("{:?} {:?}", framed.next().map_err(drop), framed.next().map_err(drop));
}

fn framed_split_streams() {
    let framed = LinesCodec::new().framed(reads(&[Ok(b"a\nb\n")]));
    let (sink, stream) = framed.split();
    let answer = stream.forward(sink).wait().map_err(|error| words(&error));
    println!("{:?}", answer.map(drop));
}

fn framed_accessors() {
    let mut framed = Framed::new(reads(&[]), LinesCodec::new_with_max_length(4));
    println!("{} {}", framed.codec().max_length(), framed.codec_mut().max_length());
    println!("{} {}", framed.get_ref().written.len(), framed.get_mut().written.len());
    let mut read = FramedRead::new(reads(&[]), LinesCodec::new_with_max_length(5));
    println!("{} {}", read.decoder().max_length(), read.decoder_mut().max_length());
    println!("{}", read.get_ref().written.len());
    println!("{}", read.into_inner().written.len());
    let mut write = FramedWrite::new(writes(&[]), LinesCodec::new_with_max_length(6));
    println!("{} {}", write.encoder().max_length(), write.encoder_mut().max_length());
    println!("{}", write.into_inner().written.len());
}

fn framed_over_socket_reset() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = one().block_on(tokio::net::TcpStream::connect(&address).and_then(move |stream| {
        let (mut peer, _) = listener.accept().unwrap();
        peer.write_all(b"whole\npart").unwrap();
        // A reset: what it was sent is unread when it closes.
        (&stream).write_all(b"unread").unwrap();
        drop(peer);
        let lines = FramedRead::new(stream, LinesCodec::new());
        lines.then(|line| Ok::<_, io::Error>(line.map_err(|error| error.kind()))).collect()
    }));
    // How much arrives before a reset is the system's matter; that it ends is ours.
    println!(
        "{:?}",
        answer.map(|lines| lines.last().is_some_and(|last| last.is_err())).map_err(|e| e.kind())
    );
}

fn old_paths() {
    #![allow(deprecated)]
    let mut lines = tokio_io::codec::LinesCodec::new();
    let mut bytes = BytesMut::from(&b"a\nb"[..]);
    println!(
        "{:?} {:?}",
        lines.decode(&mut bytes).map_err(drop),
        lines.decode_eof(&mut bytes).map_err(drop)
    );
    all_of(reads(&[Ok(b"a\nb\n")]).framed(tokio_io::codec::LinesCodec::new()));
    all_of(tokio_io::codec::length_delimited::FramedRead::new(reads(&[Ok(b"\0\0\0\x01a")])));
    all_of(tokio_codec::FramedRead::new(reads(&[Ok(b"a\n")]), tokio_codec::LinesCodec::new()));
}

fn udp_framed() {
    use tokio::net::{UdpFramed, UdpSocket};
    let local = "127.0.0.1:0".parse().unwrap();
    let (one_end, other_end) = (UdpSocket::bind(&local).unwrap(), UdpSocket::bind(&local).unwrap());
    let to = other_end.local_addr().unwrap();
    let from = one_end.local_addr().unwrap();
    let sent = UdpFramed::new(one_end, LinesCodec::new()).send((String::from("hello"), to));
    let got =
        UdpFramed::new(other_end, LinesCodec::new()).into_future().map_err(|(error, _)| error);
    let answer = one().block_on(sent.and_then(|_| got.map(|(item, _)| item)));
    println!("{:?}", answer.map(|item| item.map(|(text, by)| (text, by == from))).map_err(drop));
}

fn udp_framed_too_long() {
    use tokio::net::{UdpFramed, UdpSocket};
    let local = "127.0.0.1:0".parse().unwrap();
    let socket = UdpSocket::bind(&local).unwrap();
    let to = socket.local_addr().unwrap();
    let sent = UdpFramed::new(socket, BytesCodec::new()).send((Bytes::from(vec![1; 70_000]), to));
    println!("{:?}", one().block_on(sent).map(drop).map_err(|error| error.raw_os_error()));
}
