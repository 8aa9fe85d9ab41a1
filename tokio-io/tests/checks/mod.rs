//! What must hold for each codec, whatever bytes a peer sends in whatever chunks.
//!
//! Each function takes arbitrary bytes, reads settings off their start and feeds the
//! rest to a codec. The fuzz targets call them with the fuzzer's findings, the tests
//! with a short corpus and random bytes.
//!
//! Why models? "No panic" is little: each check also compares the frames with those of
//! a reading of the protocol that sees all bytes at once and has no buffer to mind.

use bytes::{Bytes, BytesMut};
use futures::{Async, Stream};
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read};
use tokio_io::_tokio_codec::{length_delimited, BytesCodec, LinesCodec};
use tokio_io::_tokio_codec::{Decoder, Encoder, Framed, FramedParts, FramedRead};
use tokio_io::AsyncRead;

/// A frame, or the kind of error in its place.
type Seen<T> = Result<T, ErrorKind>;

/// Settings, one byte at a time; 0 once they run out.
struct Settings<'a>(&'a [u8]);

impl Settings<'_> {
    fn next(&mut self) -> u8 {
        let (&first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        first
    }
}

/// Delivers its pieces one by one, with "not yet" between them.
struct Pieces {
    pieces: VecDeque<Vec<u8>>,
    /// Whether the last answer was a piece.
    delivered: bool,
}

impl Pieces {
    /// `bytes` in pieces of 1 to 16 bytes by a pattern, or in one piece for pattern 0.
    fn new(bytes: &[u8], pattern: u8) -> Pieces {
        let mut pieces = VecDeque::new();
        let (mut rest, mut turn) = (bytes, pattern);
        while !rest.is_empty() {
            let size = if pattern == 0 { rest.len() } else { usize::from(turn % 16) + 1 };
            let (piece, after) = rest.split_at(size.min(rest.len()));
            pieces.push_back(piece.to_vec());
            rest = after;
            turn = turn.wrapping_mul(5).wrapping_add(3);
        }
        Pieces { pieces, delivered: false }
    }
}

impl Read for Pieces {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if std::mem::take(&mut self.delivered) {
            return Err(ErrorKind::WouldBlock.into());
        }
        let Some(mut piece) = self.pieces.pop_front() else { return Ok(0) };
        let n = piece.len().min(buf.len());
        buf[..n].copy_from_slice(&piece[..n]);
        if n < piece.len() {
            self.pieces.push_front(piece.split_off(n));
        } else {
            self.delivered = true;
        }
        Ok(n)
    }
}

impl AsyncRead for Pieces {}

/// Everything that a framed stream yields until it ends; it must, and must stay ended.
fn run<D>(decoder: D, bytes: &[u8], pattern: u8) -> Vec<Seen<D::Item>>
where
    D: Decoder<Error = io::Error>,
{
    let mut frames = FramedRead::new(Pieces::new(bytes, pattern), decoder);
    let mut seen = Vec::new();
    // A poll ends with a frame, an error or "not yet"; each takes at least a byte, but
    // for the last of each kind.
    for _ in 0..2 * bytes.len() + 8 {
        match frames.poll() {
            Ok(Async::Ready(Some(frame))) => seen.push(Ok(frame)),
            Ok(Async::Ready(None)) => {
                assert!(matches!(frames.poll(), Ok(Async::Ready(None))), "went on after its end");
                return seen;
            }
            Ok(Async::NotReady) => {}
            Err(error) => seen.push(Err(error.kind())),
        }
    }
    panic!("the stream does not end");
}

/// Lines come whole, in order and below the limit; each that is not is one error.
pub(crate) fn lines(data: &[u8]) {
    let mut settings = Settings(data);
    let (limit, pattern) = (settings.next(), settings.next());
    let bytes = settings.0;
    let max_length = if limit == 255 { usize::MAX } else { usize::from(limit % 24) };

    let mut expected: Vec<Seen<String>> = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let at = rest.iter().position(|&byte| byte == b'\n');
        let line = &rest[..at.unwrap_or(rest.len())];
        let text = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > max_length {
            expected.push(Err(ErrorKind::Other));
        } else if at.is_some() || line != b"\r" {
            let text = String::from_utf8(text.to_vec());
            expected.push(text.map_err(|_| ErrorKind::InvalidData));
        }
        rest = at.map_or(&[], |at| &rest[at + 1..]);
    }

    for pattern in [0, pattern] {
        let codec = LinesCodec::new_with_max_length(max_length);
        assert_eq!(run(codec, bytes, pattern), expected, "limit {max_length}, pieces {pattern}");
    }

    // Sent lines that can be read back are.
    let mut sent = BytesMut::new();
    let fit = |line: &&String| !line.contains(['\r', '\n']);
    let lines: Vec<String> = expected.into_iter().flatten().filter(|l| fit(&l)).collect();
    for line in &lines {
        LinesCodec::new().encode(line.clone(), &mut sent).expect("any line can be sent");
    }
    let back = run(LinesCodec::new(), &sent, pattern);
    assert_eq!(back, lines.into_iter().map(Ok).collect::<Vec<_>>());
}

/// The frames, their errors and their memory follow from the head alone.
pub(crate) fn length_delimited(data: &[u8]) {
    let mut settings = Settings(data);
    let field_len = usize::from(settings.next() % 8) + 1;
    let offset = usize::from(settings.next() % 5);
    let adjustment = isize::from(settings.next() as i8 % 13);
    let skip = settings.next();
    let skip = (skip % 3 != 0).then_some(usize::from(skip % 16));
    let max = [0, 9, 300, usize::MAX][usize::from(settings.next() % 4)];
    let little_endian = settings.next() % 2 == 0;
    let pattern = settings.next();
    let bytes = settings.0;

    let mut builder = length_delimited::Builder::new();
    builder
        .length_field_length(field_len)
        .length_field_offset(offset)
        .length_adjustment(adjustment)
        .max_frame_length(max);
    if let Some(skip) = skip {
        builder.num_skip(skip);
    }
    if little_endian {
        builder.little_endian();
    }

    let mut expected: Vec<Seen<BytesMut>> = Vec::new();
    let mut rest = bytes;
    let (field_end, skipped) = (offset + field_len, skip.unwrap_or(offset + field_len));
    while !rest.is_empty() {
        if rest.len() < field_end.max(skipped) {
            expected.push(Err(ErrorKind::Other));
            break;
        }
        let mut field = rest[offset..field_end].to_vec();
        if little_endian {
            field.reverse();
        }
        let n = field.iter().fold(0i128, |n, &byte| n << 8 | i128::from(byte));
        let len = n + adjustment as i128;
        if n > max as i128 || len == 0 && skipped == 0 {
            expected.push(Err(ErrorKind::InvalidData));
            break;
        }
        if len < 0 || len > usize::MAX as i128 {
            expected.push(Err(ErrorKind::InvalidInput));
            break;
        }
        rest = &rest[skipped..];
        if (rest.len() as i128) < len {
            expected.push(Err(ErrorKind::Other));
            break;
        }
        let (frame, after) = rest.split_at(len as usize);
        expected.push(Ok(BytesMut::from(frame)));
        rest = after;
    }

    for pattern in [0, pattern] {
        assert_eq!(run(builder.new_codec(), bytes, pattern), expected, "{builder:?}");
    }

    // What is announced is not reserved before it arrives.
    let mut arrived = BytesMut::from(bytes);
    let _ = builder.new_codec().decode(&mut arrived);
    let capacity = arrived.capacity();
    assert!(capacity <= 4 * bytes.len() + 256 * 1024, "{capacity} for {} bytes", bytes.len());

    // Frames that can be sent come back, if they begin behind their length field.
    if offset != 0 || skip.is_some() {
        return;
    }
    let (mut sent, mut accepted) = (BytesMut::new(), Vec::new());
    let mut codec = builder.new_codec();
    for frame in expected.into_iter().flatten() {
        let before = sent.len();
        match codec.encode(frame.clone().freeze(), &mut sent) {
            // The decoder holds the number to the limit, not the payload.
            Ok(()) if frame.len() as i128 - adjustment as i128 <= max as i128 => {
                accepted.push(Ok(frame));
            }
            Ok(()) => sent.truncate(before),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::InvalidInput);
                assert_eq!(sent.len(), before, "a refused frame was sent in part");
            }
        }
    }
    assert_eq!(run(builder.new_codec(), &sent, pattern), accepted);
}

/// Bytes pass unchanged, also those that a framed stream was given to begin with.
pub(crate) fn bytes(data: &[u8]) {
    let mut settings = Settings(data);
    let (pattern, first) = (settings.next(), settings.next());
    let bytes = settings.0;

    let joined = |seen: Vec<Seen<BytesMut>>| {
        seen.into_iter().flat_map(|frame| frame.expect("bytes are never wrong")).collect::<Vec<_>>()
    };
    assert_eq!(joined(run(BytesCodec::new(), bytes, pattern)), bytes);

    let (first, rest) = bytes.split_at(bytes.len().min(first.into()));
    let mut parts = FramedParts::new(Pieces::new(rest, pattern), BytesCodec::new());
    parts.read_buf = BytesMut::from(first);
    let mut frames = Framed::from_parts(parts);
    let mut arrived = Vec::new();
    loop {
        match frames.poll().expect("bytes are never wrong") {
            Async::Ready(Some(frame)) => arrived.extend_from_slice(&frame),
            Async::Ready(None) => break,
            Async::NotReady => {}
        }
    }
    assert_eq!(arrived, bytes);

    let mut sent = BytesMut::new();
    for piece in bytes.chunks(7) {
        BytesCodec::new().encode(Bytes::from(piece), &mut sent).expect("any bytes can be sent");
    }
    assert_eq!(sent, bytes);
}
