//! Readers and writers, and what they are made of.

use std::future::poll_fn;
use std::io::{Cursor, ErrorKind, IoSlice, SeekFrom};
use std::mem::MaybeUninit;
use std::pin::Pin;
use tokio::io::{
    self, AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncSeekExt, AsyncWriteExt, BufReader,
    BufStream, BufWriter, ReadBuf,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::yield_now;
use tokio_await as tokio;

#[tokio::test(crate = "tokio_await")]
async fn a_duplex_has_room_for_so_much_and_ends_with_either_end() {
    let (mut a, mut b) = io::duplex(4);
    let writer = tokio::spawn(async move {
        a.write_all(b"0123456789").await.unwrap();
        a.shutdown().await.unwrap();
        assert_eq!(a.write(b"x").await.unwrap_err().kind(), ErrorKind::BrokenPipe);
        a
    });
    yield_now().await;
    assert!(!writer.is_finished(), "there is no room for all");
    let mut text = String::new();
    b.read_to_string(&mut text).await.unwrap();
    assert_eq!(text, "0123456789");
    let mut a = writer.await.unwrap();
    // The other way is open still.
    b.write_all(b"back").await.unwrap();
    drop(b);
    let mut text = String::new();
    a.read_to_string(&mut text).await.unwrap();
    assert_eq!(text, "back");

    let (mut a, b) = io::duplex(1);
    a.write_all(b"x").await.unwrap();
    let stuck = tokio::spawn(async move { a.write(b"y").await });
    yield_now().await;
    drop(b);
    assert_eq!(stuck.await.unwrap().unwrap_err().kind(), ErrorKind::BrokenPipe);
}

#[tokio::test(crate = "tokio_await")]
async fn a_buffer_gathers_writes_until_it_is_flushed() {
    let (a, mut b) = io::duplex(64);
    let mut writer = BufWriter::with_capacity(8, a);
    writer.write_all(b"123").await.unwrap();
    writer.write_all(b"456").await.unwrap();
    assert_eq!(writer.buffer(), b"123456");
    // Does not fit, and so pushes out what was there.
    writer.write_all(b"789").await.unwrap();
    assert_eq!(writer.buffer(), b"789");
    writer.write_all(b"longer than it").await.unwrap();
    assert_eq!(writer.buffer(), b"", "goes by it");
    writer.write_u8(b'!').await.unwrap();
    writer.flush().await.unwrap();
    drop(writer);
    let mut text = String::new();
    b.read_to_string(&mut text).await.unwrap();
    assert_eq!(text, "123456789longer than it!");
}

#[tokio::test(crate = "tokio_await")]
async fn a_buffered_stream_asks_and_answers() {
    let (a, b) = io::duplex(64);
    let server = tokio::spawn(async move {
        let mut stream = BufStream::new(b);
        let mut line = String::new();
        while stream.read_line(&mut line).await.unwrap() > 0 {
            stream.write_all(line.to_uppercase().as_bytes()).await.unwrap();
            stream.flush().await.unwrap();
            line.clear();
        }
    });
    let mut stream = BufStream::new(a);
    for word in ["one\n", "two\n"] {
        stream.write_all(word.as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        assert_eq!(line, word.to_uppercase());
    }
    drop(stream);
    server.await.unwrap();
}

#[tokio::test(crate = "tokio_await")]
async fn numbers_are_read_as_they_were_written() {
    let mut cursor = Cursor::new(Vec::new());
    cursor.write_u16(0x0102).await.unwrap();
    cursor.write_u32_le(0x0102_0304).await.unwrap();
    cursor.write_i64(-7).await.unwrap();
    cursor.write_f64_le(1.5).await.unwrap();
    cursor.write_i8(-1).await.unwrap();
    assert_eq!(&cursor.get_ref()[..6], [1, 2, 4, 3, 2, 1]);
    cursor.rewind().await.unwrap();
    assert_eq!(cursor.read_u16().await.unwrap(), 0x0102);
    assert_eq!(cursor.read_u32_le().await.unwrap(), 0x0102_0304);
    assert_eq!(cursor.read_i64().await.unwrap(), -7);
    assert_eq!(cursor.read_f64_le().await.unwrap(), 1.5);
    assert_eq!(cursor.read_i8().await.unwrap(), -1);
    assert_eq!(cursor.read_u16().await.unwrap_err().kind(), ErrorKind::UnexpectedEof);
}

#[tokio::test(crate = "tokio_await")]
async fn streams_are_cut_and_joined() {
    let mut text = String::new();
    let mut joined = (&b"one "[..]).chain(&b"two"[..]).chain(io::empty());
    joined.read_to_string(&mut text).await.unwrap();
    assert_eq!(text, "one two");
    let mut zeros = Vec::new();
    io::repeat(0).take(10_000).read_to_end(&mut zeros).await.unwrap();
    assert_eq!(zeros, [0; 10_000]);
    let mut taken = BufReader::new(&b"one\ntwo\n"[..]).take(6);
    let mut line = String::new();
    taken.read_line(&mut line).await.unwrap();
    assert_eq!((&line[..], taken.limit()), ("one\n", 2));
    let mut lines = taken.lines();
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("tw"));
    assert_eq!(lines.next_line().await.unwrap(), None);
    let n = io::copy(&mut io::repeat(1).take(100_000), &mut io::sink()).await.unwrap();
    assert_eq!(n, 100_000);
}

/// A source without end, read into a sink that takes all, does not keep the thread.
#[tokio::test(crate = "tokio_await")]
async fn endless_streams_give_way() {
    let copying = tokio::spawn(async { io::copy(&mut io::repeat(1), &mut io::sink()).await });
    for _ in 0..10 {
        yield_now().await;
    }
    copying.abort();
    assert!(copying.await.unwrap_err().is_cancelled());
}

#[tokio::test(crate = "tokio_await")]
async fn pieces_end_where_they_are_told_to() {
    let mut pieces = AsyncBufReadExt::split(BufReader::with_capacity(2, &b"a,bc,,d"[..]), b',');
    let mut seen = Vec::new();
    while let Some(piece) = pieces.next_segment().await.unwrap() {
        seen.push(String::from_utf8(piece).unwrap());
    }
    assert_eq!(seen, ["a", "bc", "", "d"]);
    let mut reader = BufReader::with_capacity(4, &b"abcdef"[..]);
    assert_eq!(reader.fill_buf().await.unwrap(), b"abcd");
    AsyncBufReadExt::consume(&mut reader, 3);
    assert_eq!(reader.fill_buf().await.unwrap(), b"d");
    AsyncBufReadExt::consume(&mut reader, 1);
    let mut rest = Vec::new();
    assert_eq!(io::copy_buf(&mut reader, &mut rest).await.unwrap(), 2);
    assert_eq!((&rest[..], reader.fill_buf().await.unwrap()), (&b"ef"[..], &b""[..]));
}

#[tokio::test(crate = "tokio_await")]
async fn both_ways_are_copied_until_both_have_ended() {
    let (mut client, mut left) = io::duplex(16);
    let (mut right, mut server) = io::duplex(16);
    let proxy = tokio::spawn(async move { io::copy_bidirectional(&mut left, &mut right).await });
    client.write_all(b"question").await.unwrap();
    client.shutdown().await.unwrap();
    let mut text = String::new();
    server.read_to_string(&mut text).await.unwrap();
    assert_eq!(text, "question");
    server.write_all(b"answer!").await.unwrap();
    drop(server);
    text.clear();
    client.read_to_string(&mut text).await.unwrap();
    assert_eq!((&text[..], proxy.await.unwrap().unwrap()), ("answer!", (8, 7)));
}

#[tokio::test(crate = "tokio_await")]
async fn slices_are_written_one_after_the_other() {
    let mut sink = Vec::new();
    let n = sink.write_vectored(&[IoSlice::new(b""), IoSlice::new(b"ab")]).await.unwrap();
    assert_eq!((n, &sink[..]), (2, &b"ab"[..]));
    let mut out = io::stdout();
    out.write_all(b"").await.unwrap();
    out.flush().await.unwrap();
}

#[tokio::test(crate = "tokio_await", flavor = "multi_thread", worker_threads = 1)]
async fn a_file_is_written_read_and_sought() {
    use tokio::fs::{self, File, OpenOptions};

    let path = std::env::temp_dir().join(format!("tokio-await-io-{}", std::process::id()));
    let written = path.clone();
    let task = tokio::spawn(async move {
        let mut file = File::create(&written).await?;
        file.write_all(b"hello world").await?;
        file.sync_all().await?;
        assert_eq!(file.metadata().await?.len(), 11);
        assert!(File::create_new(&written).await.is_err(), "it is there");
        let mut file = OpenOptions::new().read(true).write(true).open(&written).await?;
        assert_eq!(file.seek(SeekFrom::End(-5)).await?, 6);
        let mut text = String::new();
        file.read_to_string(&mut text).await?;
        assert_eq!((&text[..], file.stream_position().await?), ("world", 11));
        assert!(file.seek(SeekFrom::Current(-12)).await.is_err());
        file.rewind().await?;
        file.write_all(b"J").await?;
        file.set_len(5).await?;
        let mut clone = file.try_clone().await?;
        clone.rewind().await?;
        text.clear();
        clone.read_to_string(&mut text).await?;
        assert_eq!(text, "Jello");
        Ok::<_, io::Error>(())
    });
    task.await.unwrap().unwrap();
    // The same file in the other world.
    let file = ::tokio::fs::File::from_std(File::open(&path).await.unwrap().into_std().await);
    assert_eq!(File::from(file).into_std().await.metadata().unwrap().len(), 5);
    fs::remove_file(&path).await.unwrap();
}

#[tokio::test(crate = "tokio_await", flavor = "multi_thread", worker_threads = 1)]
async fn directories_are_read_and_removed() -> io::Result<()> {
    use tokio::fs;

    let dir = std::env::temp_dir().join(format!("tokio-await-dir-{}", std::process::id()));
    fs::create_dir_all(dir.join("inner")).await?;
    fs::write(dir.join("a"), "12345").await?;
    assert_eq!(fs::copy(dir.join("a"), dir.join("b")).await?, 5);
    fs::symlink("a", dir.join("link")).await?;
    let found = fs::canonicalize(dir.join("link")).await?;
    assert_eq!(found, fs::canonicalize(&dir).await?.join("a"));
    let mut seen = Vec::new();
    let mut entries = fs::read_dir(&dir).await?;
    while let Some(entry) = entries.next_entry().await? {
        let kind = entry.file_type().await?;
        assert_eq!(entry.metadata().await?.file_type(), kind);
        seen.push((entry.file_name().into_string().unwrap(), kind.is_file()));
    }
    seen.sort();
    let expected = [("a", true), ("b", true), ("inner", false), ("link", false)];
    assert!(seen.iter().map(|(name, is_file)| (&name[..], *is_file)).eq(expected));
    let mut permissions = fs::metadata(dir.join("b")).await?.permissions();
    permissions.set_readonly(true);
    fs::set_permissions(dir.join("b"), permissions).await?;
    assert!(fs::metadata(dir.join("b")).await?.permissions().readonly());
    fs::remove_dir_all(&dir).await?;
    assert!(!fs::try_exists(&dir).await?);
    Ok(())
}

/// Zeros written before each read cost as much as the read itself.
#[tokio::test(crate = "tokio_await")]
async fn a_socket_reads_into_memory_that_was_never_written() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (mut server, _) = listener.accept().await.unwrap();
    client.write_all(b"abc").await.unwrap();
    let mut memory = [MaybeUninit::uninit(); 64];
    let mut buf = ReadBuf::uninit(&mut memory);
    poll_fn(|cx| Pin::new(&mut server).poll_read(cx, &mut buf)).await.unwrap();
    assert_eq!((buf.filled(), buf.initialized().len()), (&b"abc"[..], 3));
}
