//! The calls that a reader or a writer below the helpers of `io` gets.
//!
//! The readers and writers here print every call, and answer as they were made to.
//! `main` calls each program, in a process of its own.

use crate::{one, Program};
use std::collections::VecDeque;
use std::io;
use std::io::IoSlice;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{
    AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncSeekExt, AsyncWrite, AsyncWriteExt, BufReader,
    BufStream, BufWriter, ReadBuf, SeekFrom,
};

pub const PROGRAMS: &[Program] = &[
    ("buf_reader_calls", buf_reader_calls),
    ("buf_reader_seeks", buf_reader_seeks),
    ("buf_writer_calls", buf_writer_calls),
    ("buf_writer_vectored", buf_writer_vectored),
    ("buf_stream_calls", buf_stream_calls),
    ("write_all_calls", write_all_calls),
    ("write_buf_calls", write_buf_calls),
    ("copy_calls", copy_calls),
    ("copy_buf_calls", copy_buf_calls),
    ("copy_bidirectional_calls", copy_bidirectional_calls),
    ("take_and_chain_calls", take_and_chain_calls),
    ("lines_and_splits", lines_and_splits),
    ("read_to_string_keeps", read_to_string_keeps),
    ("read_line_errors", read_line_errors),
    ("read_exact_calls", read_exact_calls),
    ("shutdown_calls", shutdown_calls),
    ("numbers", numbers),
    ("split_and_join", split_and_join),
    ("empty_sink_repeat", empty_sink_repeat),
];

/// One answer of a reader.
#[derive(Clone, Copy)]
enum Step {
    Bytes(&'static [u8]),
    Pending,
    Interrupted,
    Broken,
}

/// Prints the room of each read, and answers as it was made to, then with the end.
struct Reader {
    name: &'static str,
    steps: VecDeque<Step>,
}

fn reader(name: &'static str, steps: &[Step]) -> Reader {
    Reader { name, steps: steps.iter().copied().collect() }
}

impl AsyncRead for Reader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        println!("{} read, room for {}", self.name, buf.remaining());
        match self.steps.pop_front() {
            Some(Step::Bytes(bytes)) => {
                let now = bytes.len().min(buf.remaining());
                buf.put_slice(&bytes[..now]);
                if now < bytes.len() {
                    self.steps.push_front(Step::Bytes(&bytes[now..]));
                }
                Poll::Ready(Ok(()))
            }
            Some(Step::Pending) => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Some(Step::Interrupted) => Poll::Ready(Err(io::ErrorKind::Interrupted.into())),
            Some(Step::Broken) => Poll::Ready(Err(io::Error::other("broken"))),
            None => Poll::Ready(Ok(())),
        }
    }
}

/// Prints each call; takes at most so many bytes at once.
struct Writer {
    name: &'static str,
    at_once: usize,
    vectored: bool,
}

fn writer(name: &'static str, at_once: usize) -> Writer {
    Writer { name, at_once, vectored: false }
}

impl AsyncWrite for Writer {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        println!(
            "{} write {} {:?}",
            self.name,
            buf.len(),
            String::from_utf8_lossy(&buf[..buf.len().min(20)])
        );
        Poll::Ready(Ok(buf.len().min(self.at_once)))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        println!("{} flush", self.name);
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        println!("{} shutdown", self.name);
        Poll::Ready(Ok(()))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let lengths: Vec<usize> = bufs.iter().map(|buf| buf.len()).collect();
        println!("{} vectored {lengths:?}", self.name);
        Poll::Ready(Ok(lengths.iter().sum::<usize>().min(self.at_once)))
    }

    fn is_write_vectored(&self) -> bool {
        self.vectored
    }
}

fn buf_reader_calls() {
    one().block_on(async {
        let mut buffered = BufReader::with_capacity(
            4,
            reader("in", &[Step::Bytes(b"abcdefghij"), Step::Bytes(b"kl")]),
        );
        let mut room = [0; 2];
        println!("{:?} {:?}", buffered.read(&mut room).await, buffered.buffer());
        println!("{:?}", buffered.read(&mut [0; 8]).await);
        println!("{:?}", buffered.read(&mut [0; 8]).await);
        println!("{:?}", buffered.fill_buf().await.map(<[u8]>::len));
        buffered.consume(1);
        println!("{:?}", buffered.buffer());
        println!("{:?}", buffered.read(&mut [0; 8]).await);
    });
}

fn buf_reader_seeks() {
    one().block_on(async {
        let mut buffered = BufReader::with_capacity(4, io::Cursor::new(b"abcdefghij"));
        println!("{:?}", buffered.read_u8().await);
        println!("{:?} {:?}", buffered.seek(SeekFrom::Current(1)).await, buffered.buffer());
        println!("{:?}", buffered.read_u8().await);
        println!("{:?}", buffered.seek(SeekFrom::End(-1)).await);
        println!("{:?}", buffered.stream_position().await);
        println!("{:?}", buffered.read_u8().await);
        println!("{:?}", buffered.rewind().await);
        println!("{:?}", buffered.seek(SeekFrom::Current(-1)).await.map_err(|e| e.kind()));
    });
}

fn buf_writer_calls() {
    one().block_on(async {
        let mut buffered = BufWriter::with_capacity(4, writer("out", 3));
        println!("{:?}", buffered.write(b"ab").await);
        println!("{:?} {:?}", buffered.write(b"cd").await, buffered.buffer());
        println!("{:?} {:?}", buffered.write(b"e").await, buffered.buffer());
        println!("{:?}", buffered.write(b"fghijkl").await);
        println!("{:?}", buffered.write(b"m").await);
        println!("{:?}", buffered.flush().await);
        println!("{:?}", buffered.write(b"n").await);
        println!("{:?}", buffered.shutdown().await);
        println!("drop");
    });
}

fn buf_writer_vectored() {
    one().block_on(async {
        for vectored in [false, true] {
            let mut inner = writer("out", 100);
            inner.vectored = vectored;
            let mut buffered = BufWriter::with_capacity(8, inner);
            println!("{}", buffered.is_write_vectored());
            let slices = |lengths: &[usize]| {
                lengths.iter().map(|n| &b"abcdefghijklmnop"[..*n]).collect::<Vec<_>>()
            };
            for lengths in [&[2, 2][..], &[3, 3], &[0, 9], &[9, 2], &[1, 0, 12], &[]] {
                let bytes = slices(lengths);
                let slices: Vec<_> = bytes.iter().map(|bytes| IoSlice::new(bytes)).collect();
                println!(
                    "{:?} {}",
                    buffered.write_vectored(&slices).await,
                    buffered.buffer().len()
                );
            }
        }
    });
}

fn buf_stream_calls() {
    one().block_on(async {
        let both = tokio::io::join(reader("in", &[Step::Bytes(b"ab\ncd")]), writer("out", 100));
        let mut stream = BufStream::with_capacity(4, 4, both);
        let mut line = String::new();
        println!("{:?} {line:?}", stream.read_line(&mut line).await);
        println!("{:?}", stream.write(b"xyz").await);
        println!("{:?}", stream.read_to_string(&mut line).await);
        println!("{:?} {line:?}", stream.flush().await);
    });
}

fn write_all_calls() {
    one().block_on(async {
        println!("{:?}", writer("out", 3).write_all(b"abcdefgh").await);
        println!("{:?}", writer("out", 0).write_all(b"abc").await.map_err(|e| e.to_string()));
        println!("{:?}", writer("out", 0).write_all(b"").await);
        println!("{:?}", writer("out", 2).write_all_buf(&mut &b"abc"[..]).await);
        println!("{:?}", writer("out", 2).write(b"").await);
    });
}

fn write_buf_calls() {
    one().block_on(async {
        for vectored in [false, true] {
            let mut out = writer("out", 3);
            out.vectored = vectored;
            let mut bytes = &b"abcdef"[..];
            println!("{:?} {bytes:?}", out.write_buf(&mut bytes).await);
            println!("{:?}", out.write_all_buf(&mut bytes).await);
            println!("{:?}", out.write_u16(7).await);
        }
    });
}

fn copy_calls() {
    one().block_on(async {
        let steps = [
            Step::Bytes(b"abc"),
            Step::Pending,
            Step::Bytes(b"defgh"),
            Step::Pending,
            Step::Pending,
        ];
        println!("{:?}", tokio::io::copy(&mut reader("in", &steps), &mut writer("out", 2)).await);
        let failing = [Step::Bytes(b"abc"), Step::Broken];
        println!(
            "{:?}",
            tokio::io::copy(&mut reader("in", &failing), &mut writer("out", 2)).await.is_err()
        );
        println!("{:?}", tokio::io::copy(&mut reader("in", &[]), &mut writer("out", 2)).await);
        println!(
            "{:?}",
            tokio::io::copy(&mut reader("in", &[Step::Bytes(b"a")]), &mut writer("out", 0))
                .await
                .map_err(|e| e.to_string())
        );
    });
}

fn copy_buf_calls() {
    one().block_on(async {
        let steps = [Step::Bytes(b"abc"), Step::Pending, Step::Bytes(b"defgh")];
        let mut from = BufReader::with_capacity(4, reader("in", &steps));
        println!("{:?}", tokio::io::copy_buf(&mut from, &mut writer("out", 2)).await);
    });
}

fn copy_bidirectional_calls() {
    one().block_on(async {
        let mut near = tokio::io::join(
            reader("near", &[Step::Bytes(b"abc"), Step::Pending]),
            writer("near", 100),
        );
        let mut far = tokio::io::join(
            reader("far", &[Step::Pending, Step::Bytes(b"defg")]),
            writer("far", 100),
        );
        println!("{:?}", tokio::io::copy_bidirectional_with_sizes(&mut near, &mut far, 2, 3).await);
    });
}

fn take_and_chain_calls() {
    one().block_on(async {
        let mut taken = reader("in", &[Step::Bytes(b"abcdef")]).take(4);
        println!("{:?} {}", taken.read(&mut [0; 3]).await, taken.limit());
        println!("{:?} {}", taken.read(&mut [0; 3]).await, taken.limit());
        println!("{:?}", taken.read(&mut [0; 3]).await);
        taken.set_limit(1);
        println!("{:?}", taken.read(&mut [0; 3]).await);
        let mut chain =
            reader("one", &[Step::Bytes(b"a")]).chain(reader("two", &[Step::Bytes(b"b")]));
        for _ in 0..4 {
            println!("{:?}", chain.read(&mut [0; 3]).await);
        }
    });
}

fn lines_and_splits() {
    one().block_on(async {
        let text =
            [Step::Bytes(b"a\r\n\nbc"), Step::Pending, Step::Bytes(b"d\r\n\r"), Step::Bytes(b"e")];
        let mut lines = BufReader::with_capacity(3, reader("in", &text)).lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            println!("{line:?}");
        }
        let mut split = BufReader::new(&b"a,b,,c,"[..]).split(b',');
        while let Some(part) = split.next_segment().await.unwrap() {
            println!("{part:?}");
        }
        let mut part = Vec::from(*b"kept ");
        println!("{:?} {part:?}", (&b"ab;c"[..]).read_until(b';', &mut part).await);
        println!("{part:?}");
    });
}

fn read_to_string_keeps() {
    one().block_on(async {
        let mut text = String::from("kept ");
        println!(
            "{:?}",
            reader("in", &[Step::Bytes(b"ab"), Step::Broken])
                .read_to_string(&mut text)
                .await
                .is_err()
        );
        println!("{text:?}");
        println!("{:?}", (&b"a\xff"[..]).read_to_string(&mut text).await.is_err());
        println!("{text:?}");
        println!("{:?}", (&b"ab"[..]).read_to_string(&mut text).await);
        println!("{text:?}");
        let mut bytes = Vec::from(*b"kept ");
        println!(
            "{:?}",
            reader("in", &[Step::Bytes(b"ab"), Step::Broken])
                .read_to_end(&mut bytes)
                .await
                .is_err()
        );
        println!("{:?}", String::from_utf8_lossy(&bytes));
    });
}

fn read_line_errors() {
    one().block_on(async {
        let mut text = String::from("kept ");
        let mut broken = BufReader::new(reader("in", &[Step::Bytes(b"ab"), Step::Broken]));
        println!("{:?} {text:?}", broken.read_line(&mut text).await.map_err(|e| e.to_string()));
        println!("{text:?}");
        let mut invalid = BufReader::new(&b"a\xffb\nc\n"[..]);
        println!("{:?}", invalid.read_line(&mut text).await.map_err(|e| e.to_string()));
        println!("{text:?}");
        println!("{:?} {text:?}", invalid.read_line(&mut text).await);
    });
}

fn read_exact_calls() {
    one().block_on(async {
        let steps = [Step::Bytes(b"ab"), Step::Pending, Step::Bytes(b"cd")];
        let mut room = [0; 3];
        println!("{:?} {room:?}", reader("in", &steps).read_exact(&mut room).await);
        println!("{room:?}");
        println!("{:?}", reader("in", &steps).read_exact(&mut [0; 5]).await.map_err(|e| e.kind()));
        println!(
            "{:?}",
            reader("in", &[Step::Interrupted]).read_exact(&mut [0; 5]).await.map_err(|e| e.kind())
        );
        println!("{:?}", reader("in", &steps).read_exact(&mut []).await);
        println!("{:?}", reader("in", &steps).read(&mut []).await);
    });
}

fn shutdown_calls() {
    one().block_on(async {
        println!("{:?}", writer("out", 1).shutdown().await);
        println!("{:?}", tokio::io::join(reader("in", &[]), writer("out", 1)).shutdown().await);
        let (read, mut write) =
            tokio::io::split(tokio::io::join(reader("in", &[]), writer("out", 1)));
        println!("{:?}", write.shutdown().await);
        println!("{}", read.is_pair_of(&write));
        println!("{:?}", BufWriter::new(writer("out", 1)).shutdown().await);
        println!(
            "{:?}",
            BufReader::new(tokio::io::join(reader("in", &[]), writer("out", 1))).shutdown().await
        );
    });
}

fn numbers() {
    one().block_on(async {
        let mut bytes = Vec::new();
        bytes.write_u8(1).await.unwrap();
        bytes.write_i16_le(-2).await.unwrap();
        bytes.write_u64(3).await.unwrap();
        bytes.write_f32(1.5).await.unwrap();
        bytes.write_i128_le(-4).await.unwrap();
        println!("{bytes:?}");
        let mut from = &bytes[..];
        println!("{:?}", from.read_u8().await);
        println!("{:?}", from.read_i16_le().await);
        println!("{:?}", from.read_u64().await);
        println!("{:?}", from.read_f32().await);
        println!("{:?}", from.read_i128_le().await);
        println!("{:?}", from.read_u8().await.map_err(|e| e.kind()));
        println!("{:?}", writer("out", 1).write_u32(5).await);
    });
}

fn split_and_join() {
    one().block_on(async {
        let (near, mut far) = tokio::io::duplex(16);
        let (mut read, mut write) = tokio::io::split(near);
        write.write_all(b"ab").await.unwrap();
        far.write_all(b"cd").await.unwrap();
        let mut room = [0; 4];
        println!("{:?}", read.read(&mut room).await);
        let whole = read.unsplit(write);
        drop(whole);
        println!("{:?}", far.read(&mut room).await);
        println!("{:?}", far.read(&mut room).await);
        let (one, mut other) = tokio::io::simplex(4);
        println!("{:?}", other.write(b"abcdef").await);
        other.shutdown().await.unwrap();
        let mut rest = Vec::new();
        println!("{:?}", { one }.read_to_end(&mut rest).await);
    });
}

fn empty_sink_repeat() {
    one().block_on(async {
        println!("{:?}", tokio::io::empty().read(&mut [0; 4]).await);
        println!("{:?}", tokio::io::empty().write(b"abc").await);
        println!("{:?}", tokio::io::sink().write(b"abc").await);
        let mut room = [0; 4];
        println!("{:?} {room:?}", tokio::io::repeat(7).read(&mut room).await);
        println!("{room:?}");
        println!("{:?} {:?} {:?}", tokio::io::empty(), tokio::io::sink(), tokio::io::repeat(7));
        println!("{:?}", tokio::io::empty().seek(SeekFrom::End(3)).await);
    });
}
