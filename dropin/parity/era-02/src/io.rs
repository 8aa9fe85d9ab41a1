//! Helpers of I/O, files and children.

use crate::{one, panics, probe, Program};
use bytes::{Buf, BytesMut};
use std::collections::VecDeque;
use std::io::{self, ErrorKind, SeekFrom};
use std::pin::Pin;
use std::process::Stdio;
use std::task::{Context, Poll};
use tokio::io::{
    AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncSeekExt, AsyncWrite, AsyncWriteExt, BufReader,
    BufStream, BufWriter,
};
use tokio::process::Command;
use tokio::stream::StreamExt;

pub const PROGRAMS: &[Program] = &[
    ("read_helpers", read_helpers),
    ("read_exact_early_end", read_exact_early_end),
    ("read_numbers", read_numbers),
    ("read_to_string_bad", read_to_string_bad),
    ("read_buf", read_buf),
    ("lines_and_split", lines_and_split),
    ("write_helpers", write_helpers),
    ("write_zero", write_zero),
    ("copy_result", copy_result),
    ("take_and_chain", take_and_chain),
    ("buffered", buffered),
    ("duplex_steps", duplex_steps),
    ("split_steps", split_steps),
    ("split_wrong_halves", split_wrong_halves),
    ("empty_sink_repeat", empty_sink_repeat),
    ("file_roundtrip", file_roundtrip),
    ("file_seek", file_seek),
    ("file_errors", file_errors),
    ("file_directories", file_directories),
    ("child_output", child_output),
    ("child_status", child_status),
    ("child_kill_on_drop", child_kill_on_drop),
    ("child_stdin", child_stdin),
    ("child_missing", child_missing),
    ("signals", signals),
];

#[derive(Clone, Copy)]
enum Step {
    Bytes(&'static [u8]),
    Pending,
    Fails(ErrorKind),
}

use Step::{Bytes, Fails, Pending};

/// Answers as it was made to.
struct Io(VecDeque<Step>, VecDeque<usize>, Vec<u8>);

fn io(steps: &[Step]) -> Io {
    Io(steps.iter().copied().collect(), VecDeque::new(), Vec::new())
}

impl AsyncRead for Io {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        match self.0.pop_front() {
            Some(Bytes(bytes)) => {
                let now = bytes.len().min(buf.len());
                buf[..now].copy_from_slice(&bytes[..now]);
                if now < bytes.len() {
                    self.0.push_front(Bytes(&bytes[now..]));
                }
                Poll::Ready(Ok(now))
            }
            Some(Pending) => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Some(Fails(kind)) => Poll::Ready(Err(kind.into())),
            None => Poll::Ready(Ok(0)),
        }
    }
}

impl AsyncWrite for Io {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let now = self.1.pop_front().unwrap_or(buf.len()).min(buf.len());
        println!("write {} of {}", now, buf.len());
        self.2.extend_from_slice(&buf[..now]);
        Poll::Ready(Ok(now))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        println!("flush");
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        println!("shutdown");
        Poll::Ready(Ok(()))
    }
}

fn read_helpers() {
    one().block_on(async {
        let mut buf = [0; 4];
        println!("{:?} {buf:?}", io(&[Pending, Bytes(b"ab")]).read(&mut buf).await);
        println!(
            "{:?} {buf:?}",
            io(&[Bytes(b"ab"), Pending, Bytes(b"cdef")]).read_exact(&mut buf).await
        );
        let mut all = vec![b'>'];
        println!(
            "{:?} {all:?}",
            io(&[Bytes(b"ab"), Pending, Bytes(b"c")]).read_to_end(&mut all).await
        );
        println!(
            "{:?}",
            io(&[Bytes(b"ab"), Fails(ErrorKind::NotFound)])
                .read_to_end(&mut all)
                .await
                .map_err(|e| e.kind())
        );
        println!("{all:?}");
    });
}

fn read_exact_early_end() {
    one().block_on(async {
        let error = io(&[Bytes(b"ab")]).read_exact(&mut [0; 3]).await.unwrap_err();
        println!("{:?} {error}", error.kind());
    });
}

fn read_numbers() {
    one().block_on(async {
        let mut source =
            io(&[Bytes(b"\x01\x02\x03"), Pending, Bytes(b"\x04\x05\x06\x07\x08\x09\x0a")]);
        println!("{:?} {:?}", source.read_u8().await, source.read_u32().await);
        println!("{:?} {:?}", source.read_u16_le().await, source.read_i16().await);
        println!("{:?}", source.read_u64().await.map_err(|error| error.kind()));
        let mut sink = io(&[]);
        sink.write_u32(7).await.unwrap();
        sink.write_i16_le(-2).await.unwrap();
        println!("{:?}", sink.2);
    });
}

fn read_to_string_bad() {
    one().block_on(async {
        let mut text = String::from("had ");
        println!("{:?} {text:?}", io(&[Bytes(b"ok")]).read_to_string(&mut text).await);
        let answer = io(&[Bytes(b"x\xff")]).read_to_string(&mut text).await;
        println!("{:?} {text:?}", answer.map_err(|error| (error.kind(), error.to_string())));
    });
}

fn read_buf() {
    one().block_on(async {
        let mut room = BytesMut::with_capacity(8);
        println!("{:?} {room:?}", io(&[Bytes(b"abc")]).read_buf(&mut room).await);
        let mut text = &b"hello"[..];
        let mut sink = io(&[]);
        sink.1.push_back(2);
        println!("{:?} {}", sink.write_buf(&mut text).await, text.remaining());
    });
}

fn lines_and_split() {
    one().block_on(async {
        let mut lines =
            BufReader::new(io(&[Bytes(b"one\ntw"), Pending, Bytes(b"o\r\n\nlast")])).lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            println!("{line:?}");
        }
        let parts = BufReader::new(io(&[Bytes(b"a,b,,c")])).split(b',');
        println!("{:?}", parts.map(|part| part.unwrap()).collect::<Vec<_>>().await);
        let mut reader = BufReader::new(io(&[Bytes(b"ab\ncd")]));
        let mut line = Vec::new();
        println!("{:?} {line:?}", reader.read_until(b'\n', &mut line).await);
        let mut text = String::new();
        println!("{:?} {text:?}", reader.read_line(&mut text).await);
        println!("{:?} {text:?}", reader.read_line(&mut text).await);
        let bad = BufReader::new(io(&[Bytes(b"\xff\nok\n")])).lines().next_line().await;
        println!("{:?}", bad.map_err(|error| (error.kind(), error.to_string())));
    });
}

fn write_helpers() {
    one().block_on(async {
        let mut sink = io(&[]);
        sink.1.extend([1, 2]);
        println!("{:?}", sink.write_all(b"abcdef").await);
        println!("{:?} {:?}", sink.write(b"").await, sink.flush().await);
        println!("{:?} {:?}", sink.shutdown().await, sink.2);
    });
}

fn write_zero() {
    one().block_on(async {
        let mut sink = io(&[]);
        sink.1.extend([1, 0]);
        let error = sink.write_all(b"ab").await.unwrap_err();
        println!("{:?} {error}", error.kind());
    });
}

fn copy_result() {
    one().block_on(async {
        let mut sink = io(&[]);
        let mut source = io(&[Bytes(b"hello"), Bytes(b" world")]);
        println!("{:?}", tokio::io::copy(&mut source, &mut sink).await);
        println!("{:?}", sink.2.len());
        let mut sink = io(&[]);
        sink.1.push_back(0);
        let answer = tokio::io::copy(&mut &b"x"[..], &mut sink).await;
        println!("{:?}", answer.map_err(|error| (error.kind(), error.to_string())));
        let answer =
            tokio::io::copy(&mut io(&[Fails(ErrorKind::NotFound)]), &mut tokio::io::sink()).await;
        println!("{:?}", answer.map_err(|error| error.kind()));
    });
}

fn take_and_chain() {
    one().block_on(async {
        let mut text = String::new();
        let mut taken = io(&[Bytes(b"abcdef")]).take(4);
        println!("{:?} {text} {}", taken.read_to_string(&mut text).await, taken.limit());
        let mut chained = io(&[Bytes(b"ab")]).chain(&b"cd"[..]);
        println!("{:?} {text}", chained.read_to_string(&mut text).await);
    });
}

fn buffered() {
    one().block_on(async {
        let mut writer = BufWriter::with_capacity(4, io(&[]));
        println!("{:?}", writer.write_all(b"ab").await);
        println!("{:?}", writer.write_all(b"cdef").await);
        println!("{:?} {:?}", writer.flush().await, writer.buffer());
        println!("{:?}", writer.shutdown().await);
        let mut stream = BufStream::new(io(&[Bytes(b"abc\n")]));
        let mut line = String::new();
        println!("{:?} {line:?}", stream.read_line(&mut line).await);
        println!("{:?} {:?}", stream.write_all(b"x").await, stream.get_ref().2);
        println!("{:?} {:?}", stream.flush().await, stream.get_ref().2);
        let mut reader = BufReader::with_capacity(2, io(&[Bytes(b"abc")]));
        println!("{:?} {:?}", reader.read(&mut [0; 1]).await, reader.buffer());
        println!("{:?}", reader.read(&mut [0; 9]).await);
        println!("{:?}", reader.read(&mut [0; 9]).await);
    });
}

fn duplex_steps() {
    one().block_on(async {
        let (mut a, mut b) = tokio::io::duplex(4);
        println!("{:?}", a.write(b"abcdef").await);
        let mut buf = [0; 3];
        println!("{:?} {buf:?}", b.read(&mut buf).await);
        drop(a);
        println!("{:?} {:?}", b.read(&mut buf).await, b.read(&mut buf).await);
        println!("{:?}", b.write(b"x").await.map_err(|error| error.kind()));
    });
}

fn split_steps() {
    one().block_on(async {
        let (mut reader, mut writer) = tokio::io::split(io(&[Bytes(b"ab")]));
        println!("{:?} {:?}", reader.read(&mut [0; 4]).await, writer.write(b"x").await);
        println!("{:?} {}", writer.shutdown().await, reader.is_pair_of(&writer));
        println!("{:?}", reader.unsplit(writer).2);
    });
}

fn split_wrong_halves() {
    let (reader, _writer) = tokio::io::split(io(&[]));
    let (_reader, writer) = tokio::io::split(io(&[]));
    println!("{} {}", reader.is_pair_of(&writer), panics(|| reader.unsplit(writer)));
}

fn empty_sink_repeat() {
    one().block_on(async {
        println!("{:?}", tokio::io::empty().read(&mut [0; 2]).await);
        let mut buf = [0; 2];
        println!("{:?} {buf:?}", tokio::io::repeat(7).read(&mut buf).await);
        println!("{:?}", tokio::io::sink().write(b"abc").await);
        println!("{:?}", io::Cursor::new(vec![1, 2, 3]).read(&mut buf).await);
        println!("{:?}", (&b"xyz"[..]).read(&mut buf).await);
        println!("{:?}", Vec::new().write(b"ab").await);
    });
}

struct Folder(std::path::PathBuf);

impl Folder {
    fn new() -> Folder {
        let path = std::env::temp_dir().join(format!("parity-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir(&path).unwrap();
        Folder(path)
    }

    fn at(&self, name: &str) -> std::path::PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn file_roundtrip() {
    let folder = Folder::new();
    one().block_on(async {
        let mut file = tokio::fs::File::create(folder.at("a")).await.unwrap();
        println!("{:?} {:?}", file.write(b"hello").await, file.flush().await);
        println!("{:?}", tokio::fs::read(folder.at("a")).await);
        println!("{:?}", tokio::fs::read_to_string(folder.at("a")).await);
        println!("{:?}", file.read(&mut [0; 4]).await.map_err(|error| error.raw_os_error()));
        println!("{:?}", file.set_len(2).await);
        println!("{:?}", file.metadata().await.map(|data| data.len()));
    });
}

fn file_seek() {
    let folder = Folder::new();
    std::fs::write(folder.at("a"), "0123456789").unwrap();
    one().block_on(async {
        let mut file = tokio::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open(folder.at("a"))
            .await
            .unwrap();
        println!("{:?}", file.seek(SeekFrom::End(-4)).await);
        let mut buf = [0; 2];
        println!("{:?} {buf:?}", file.read(&mut buf).await);
        println!("{:?}", file.seek(SeekFrom::Current(0)).await);
        println!("{:?}", file.seek(SeekFrom::Current(-20)).await.is_err());
        println!("{:?}", file.write_all(b"x").await);
        println!("{:?}", file.seek(SeekFrom::Start(1)).await);
        println!("{:?} {buf:?}", file.read_exact(&mut buf).await);
    });
    println!("{:?}", std::fs::read_to_string(folder.at("a")));
}

fn file_errors() {
    let folder = Folder::new();
    one().block_on(async {
        println!(
            "{:?}",
            tokio::fs::File::open(folder.at("none")).await.map(drop).map_err(|e| e.kind())
        );
        println!("{:?}", tokio::fs::read(folder.at("none")).await.map_err(|e| e.kind()));
        let mut file = tokio::fs::OpenOptions::new().read(true).open(&folder.0).await.unwrap();
        println!("{:?}", file.read(&mut [0; 4]).await.map_err(|e| e.raw_os_error()));
        std::fs::write(folder.at("a"), "").unwrap();
        let mut file = tokio::fs::File::open(folder.at("a")).await.unwrap();
        println!("{:?}", file.write(b"x").await.is_ok());
        println!("{:?}", file.flush().await.map_err(|e| e.raw_os_error()));
    });
    println!("{}", panics(|| futures::executor::block_on(tokio::fs::read(folder.at("a"))).is_ok()));
}

fn file_directories() {
    let folder = Folder::new();
    one().block_on(async {
        println!("{:?}", tokio::fs::create_dir_all(folder.at("a/b")).await);
        println!("{:?}", tokio::fs::write(folder.at("a/c"), "x").await);
        println!("{:?}", tokio::fs::rename(folder.at("a/c"), folder.at("a/d")).await);
        println!("{:?}", tokio::fs::copy(folder.at("a/d"), folder.at("a/e")).await);
        let mut names: Vec<_> = tokio::fs::read_dir(folder.at("a"))
            .await
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect()
            .await;
        names.sort();
        println!("{names:?}");
        println!("{:?}", tokio::fs::remove_dir(folder.at("a")).await.is_err());
        println!("{:?}", tokio::fs::remove_dir_all(folder.at("a")).await);
        println!("{:?}", tokio::fs::metadata(folder.at("a")).await.map(drop).map_err(|e| e.kind()));
    });
}

fn shell(text: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", text]);
    command
}

fn child_output() {
    one().block_on(async {
        let output = shell("echo out; echo err >&2; exit 2").output().await.unwrap();
        println!("{:?} {:?} {:?}", output.stdout, output.stderr, output.status.code());
    });
}

fn child_status() {
    one().block_on(async {
        for text in ["exit 0", "exit 3", "kill -9 $$"] {
            println!("{:?}", shell(text).status().await.map(|status| status.code()));
        }
        let child = shell("exit 5").spawn().unwrap();
        println!("{:?}", child.await.map(|status| status.code()));
        let mut child = Command::new("sleep").arg("100").spawn().unwrap();
        println!("{:?}", child.kill());
        println!("{:?}", child.await.map(|status| status.code()));
    });
}

fn child_kill_on_drop() {
    let id = one().block_on(async {
        let child = Command::new("sleep").arg("100").kill_on_drop(true).spawn().unwrap();
        child.id()
    });
    for _ in 0..5000 {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        if stat.is_empty() || stat.contains(") Z ") {
            return println!("gone");
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}

fn child_stdin() {
    one().block_on(async {
        let mut child =
            Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        println!("{:?}", stdin.write_all(b"through").await);
        drop(stdin);
        println!("{:?}", child.wait_with_output().await.map(|output| output.stdout));
    });
}

fn child_missing() {
    one().block_on(async {
        println!("{:?}", Command::new("/no/such").spawn().map(drop).map_err(|e| e.kind()));
        println!("{:?}", Command::new("/no/such").output().await.map(drop).map_err(|e| e.kind()));
    });
    println!("{}", panics(|| shell("exit 0").spawn().is_ok()));
}

fn signals() {
    use tokio::signal::unix::{signal, SignalKind};
    one().block_on(async {
        let mut one = signal(SignalKind::user_defined1()).unwrap();
        let mut two = signal(SignalKind::user_defined1()).unwrap();
        let own = std::process::id().to_string();
        assert!(std::process::Command::new("kill")
            .args(["-USR1", &own])
            .status()
            .unwrap()
            .success());
        println!("{:?} {:?}", one.recv().await, two.recv().await);
        println!("{:?}", signal(SignalKind::from_raw(9)).is_err());
    });
    println!("{}", panics(|| signal(SignalKind::hangup()).is_ok()));
    let _ = probe(());
}
