//! Readers, writers and sockets of 0.2: what differs from 1.x, and the way between the two.

use bytes::buf::BufExt;
use bytes::{Buf, BufMut, BytesMut};
use std::future::{poll_fn, Future};
use std::io::{self, ErrorKind, SeekFrom};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use tokio_era_02::io::{
    duplex, AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncSeek, AsyncSeekExt, AsyncWrite,
    AsyncWriteExt, BufReader, BufStream, BufWriter, PollEvented, Registration,
};
use tokio_era_02::net::{TcpListener, TcpStream, UdpSocket};
use tokio_era_02::runtime::{Builder, Runtime};
use tokio_era_02::stream::StreamExt;

fn block_on<F: Future>(future: F) -> F::Output {
    Runtime::new().unwrap().block_on(future)
}

async fn connected() -> (TcpStream, TcpStream) {
    let mut listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    (client, listener.accept().await.unwrap().0)
}

/// A reader as users write it: one method, one byte at a time.
struct Drip(&'static [u8]);

impl AsyncRead for Drip {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let Some((first, rest)) = self.0.split_first().filter(|_| !buf.is_empty()) else {
            return Poll::Ready(Ok(0));
        };
        buf[0] = *first;
        self.0 = rest;
        Poll::Ready(Ok(1))
    }
}

#[test]
fn a_reader_with_one_method_has_all_of_the_others() {
    block_on(async {
        let mut reader = BufReader::new(Drip(b"\x01\x02\x00\x00\x00\x05one\ntwo\r\nthree"));
        assert_eq!(reader.read_u16().await.unwrap(), 0x102);
        assert_eq!(reader.read_i32().await.unwrap(), 5);
        let mut line = String::new();
        assert_eq!(reader.read_line(&mut line).await.unwrap(), 4);
        let rest: Vec<_> = reader.lines().map(|line| line.unwrap()).collect().await;
        assert_eq!((line.as_str(), rest), ("one\n", vec!["two".to_owned(), "three".to_owned()]));

        let mut text = String::new();
        Drip(b"abc").chain(Drip(b"defg").take(2)).read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "abcde");
    });
}

#[test]
fn a_reader_behind_a_trait_object_has_them_too() {
    block_on(async {
        let mut reader: Box<dyn AsyncRead + Unpin + Send> = Box::new(Drip(b"abc"));
        let reader: &mut (dyn AsyncRead + Unpin + Send) = &mut *reader;
        let (mut first, mut rest) = ([0; 1], Vec::new());
        reader.read_exact(&mut first).await.unwrap();
        assert_eq!(tokio_era_02::io::copy(reader, &mut rest).await.unwrap(), 2);
        assert_eq!((&first, rest.as_slice()), (b"a", &b"bc"[..]));
    });
}

/// Memory that was never written is handed only to a reader that says it does not look.
#[test]
fn a_reader_that_promises_nothing_is_given_zeros() {
    struct Looks;

    impl AsyncRead for Looks {
        fn poll_read(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            buf: &mut [u8],
        ) -> Poll<io::Result<usize>> {
            assert!(buf.iter().all(|byte| *byte == 0));
            Poll::Ready(Ok(buf.len()))
        }
    }

    let mut buf = BytesMut::with_capacity(64);
    let mut cx = Context::from_waker(Waker::noop());
    let polled = Pin::new(&mut Looks).poll_read_buf(&mut cx, &mut buf);
    assert!(matches!(polled, Poll::Ready(Ok(64))), "{polled:?}");
    assert_eq!(&buf[..], [0; 64]);
}

#[test]
#[should_panic(expected = "9 bytes were read into 8")]
fn a_reader_that_counts_too_many_bytes_is_refused() {
    struct Lies;

    impl AsyncRead for Lies {
        fn poll_read(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            buf: &mut [u8],
        ) -> Poll<io::Result<usize>> {
            Poll::Ready(Ok(buf.len() + 1))
        }
    }

    struct Eight(Vec<u8>, [MaybeUninit<u8>; 8]);

    impl BufMut for Eight {
        fn remaining_mut(&self) -> usize {
            8
        }

        fn bytes_mut(&mut self) -> &mut [MaybeUninit<u8>] {
            &mut self.1
        }

        #[allow(unsafe_code, reason = "implements an unsafe method of the trait")]
        unsafe fn advance_mut(&mut self, n: usize) {
            self.0.resize(n, 0);
        }
    }

    let mut buf = Eight(Vec::new(), [MaybeUninit::uninit(); 8]);
    let _ = Pin::new(&mut Lies).poll_read_buf(&mut Context::from_waker(Waker::noop()), &mut buf);
}

/// 0.2's futures are `Unpin`: programs poll them by `Pin::new`, and move them in between.
#[test]
fn futures_go_on_where_they_were_after_a_move() {
    block_on(async {
        let (mut client, mut server) = connected().await;
        let mut buf = [0; 4];
        let mut reading = server.read_exact(&mut buf);
        client.write_all(b"ab").await.unwrap();
        let polled = poll_fn(|cx| Poll::Ready(Pin::new(&mut reading).poll(cx))).await;
        assert!(polled.is_pending());
        let moved = reading;
        client.write_all(b"cd").await.unwrap();
        moved.await.unwrap();
        assert_eq!(&buf, b"abcd");
    });
}

#[test]
fn sockets_go_from_one_era_to_the_other_and_back() {
    use tokio_await::io::{AsyncReadExt as _, AsyncWriteExt as _};

    block_on(async {
        let (client, mut server) = connected().await;
        let mut client = tokio_await::net::TcpStream::from(client);
        tokio_await::io::AsyncWriteExt::write_all(&mut client, b"ping").await.unwrap();
        let mut buf = [0; 4];
        AsyncReadExt::read_exact(&mut server, &mut buf).await.unwrap();
        assert_eq!(&buf, b"ping");
        let (read, write) = TcpStream::from(client).into_split();
        drop(write);
        assert_eq!(AsyncReadExt::read(&mut server, &mut buf).await.unwrap(), 0, "it has ended");
        let mut server = tokio_await::net::TcpStream::from(server);
        server.write_u8(7).await.unwrap();
        server.shutdown().await.unwrap();
        let mut read = read;
        assert_eq!(AsyncReadExt::read_u8(&mut read).await.unwrap(), 7);
        let _ = server.read(&mut buf).await;
    });
}

#[test]
fn sockets_read_into_and_write_from_many_chunks_of_bytes_05() {
    block_on(async {
        let (mut client, mut server) = connected().await;
        let mut chunks = BufExt::chain(&b"one "[..], &b"two"[..]);
        let n = poll_fn(|cx| Pin::new(&mut client).poll_write_buf(cx, &mut chunks)).await.unwrap();
        assert_eq!((n, chunks.remaining()), (7, 0), "both at once");
        let mut buf = BytesMut::with_capacity(1024);
        while buf.len() < 7 {
            assert_ne!(server.read_buf(&mut buf).await.unwrap(), 0);
        }
        assert_eq!(&buf[..], b"one two");
    });
}

#[test]
fn a_blocking_socket_of_std_is_made_non_blocking() {
    block_on(async {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut listener = TcpListener::from_std(listener).unwrap();
        let mut accepting = Box::pin(listener.next());
        let polled = poll_fn(|cx| Poll::Ready(accepting.as_mut().poll(cx))).await;
        assert!(polled.is_pending(), "the thread is not blocked");
        let std = std::net::TcpStream::connect(address).unwrap();
        let mut server = accepting.await.unwrap().unwrap();
        let mut client = TcpStream::try_from(std).unwrap();
        client.write_all(b"x").await.unwrap();
        assert_eq!(server.read_u8().await.unwrap(), b'x');
    });
}

#[test]
fn halves_of_two_sockets_do_not_join() {
    block_on(async {
        let (a, b) = connected().await;
        let ((a_read, a_write), (b_read, b_write)) = (a.into_split(), b.into_split());
        let error = a_read.reunite(b_write).unwrap_err();
        let (a_read, b_write) = (error.0, error.1);
        let address = a_read.as_ref().local_addr().unwrap();
        assert_eq!(a_read.reunite(a_write).unwrap().local_addr().unwrap(), address);
        b_write.reunite(b_read).unwrap();

        let (one, two) =
            (UdpSocket::bind("127.0.0.1:0").await.unwrap(), UdpSocket::bind("127.0.0.1:0").await);
        let ((one_recv, one_send), (two_recv, _)) = (one.split(), two.unwrap().split());
        let error = one_send.reunite(two_recv).unwrap_err();
        one_recv.reunite(error.0).unwrap();
    });
}

/// On one thread, which waits for events only once it has nothing left to run: a worker of a
/// pool may see the same bytes by two events, and store the second after they were read.
#[test]
fn a_source_of_mio_06_is_read_when_it_is_ready() {
    let runtime = Builder::new().basic_scheduler().enable_all().build();
    runtime.unwrap().block_on(async {
        let (mut client, server) = connected().await;
        let server = mio_06::net::TcpStream::try_from(server).unwrap();
        let mut server = PollEvented::new(server).unwrap();
        let mut buf = [0; 8];
        let reading = server.read(&mut buf);
        client.write_all(b"hello").await.unwrap();
        let n = reading.await.unwrap();
        assert_eq!(&buf[..n], b"hello");
        server.write_all(b"bye").await.unwrap();
        client.read_exact(&mut buf[..3]).await.unwrap();
        assert_eq!(&buf[..3], b"bye");

        let readable = mio_06::Ready::readable();
        poll_fn(|cx| Poll::Ready(server.clear_read_ready(cx, readable))).await.unwrap();
        let polled = poll_fn(|cx| Poll::Ready(server.poll_read_ready(cx, readable))).await;
        assert!(polled.is_pending(), "{polled:?}");
        client.write_all(b"more").await.unwrap();
        poll_fn(|cx| server.poll_read_ready(cx, readable)).await.unwrap();

        let server = server.into_inner().unwrap();
        let mut registration = Registration::new(&server).unwrap();
        let ready = poll_fn(|cx| registration.poll_write_ready(cx)).await.unwrap();
        assert!(ready.is_writable());
        registration.deregister(&server).unwrap();
    });
}

/// 1.x refuses such writes at once; in 0.2 they are taken as long as there is room.
#[test]
fn a_stream_whose_other_end_is_gone_takes_what_fits() {
    block_on(async {
        let (mut one, other) = duplex(8);
        drop(other);
        assert_eq!(one.write(b"12345").await.unwrap(), 5);
        assert_eq!(one.write(b"6789").await.unwrap(), 3);
        assert_eq!(one.write(b"x").await.unwrap_err().kind(), ErrorKind::BrokenPipe);
        assert_eq!(one.read(&mut [0]).await.unwrap(), 0);
    });
}

#[test]
fn buffers_change_places_with_all_that_is_in_them() {
    block_on(async {
        let (near, mut far) = duplex(64);
        far.write_all(b"in").await.unwrap();
        let mut writer = BufWriter::new(BufReader::new(near));
        assert_eq!(writer.get_mut().read_u8().await.unwrap(), b'i');
        writer.write_all(b"out").await.unwrap();
        let mut both = BufStream::from(writer);
        assert_eq!(both.read_u8().await.unwrap(), b'n');
        both.flush().await.unwrap();
        let mut out = [0; 3];
        far.read_exact(&mut out).await.unwrap();
        assert_eq!(&out, b"out");
    });
}

#[test]
fn a_text_that_is_none_is_reported_in_the_words_of_std() {
    block_on(async {
        let bytes: &[u8] = b"\xff\n";
        let by_read = (&mut &*bytes).read_to_string(&mut String::new()).await.unwrap_err();
        let by_line = (&mut &*bytes).read_line(&mut String::new()).await.unwrap_err();
        let by_lines = bytes.lines().next_line().await.unwrap_err();
        for error in [by_read, by_line, by_lines] {
            assert_eq!(error.kind(), ErrorKind::InvalidData);
            assert_eq!(error.to_string(), "stream did not contain valid UTF-8");
        }
    });
}

/// A file waits for the write before a seek begins, by `start_seek` itself.
#[test]
fn a_seek_of_a_file_waits_for_its_turn() {
    block_on(async {
        let path = std::env::temp_dir().join(format!("era-02-seek-{}", std::process::id()));
        let options = tokio_era_02::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .clone();
        let mut file = options.open(&path).await.unwrap();
        assert_eq!(file.write(b"0123456789").await.unwrap(), 10);
        poll_fn(|cx| Pin::new(&mut file).start_seek(cx, SeekFrom::Start(4))).await.unwrap();
        assert_eq!(file.read_u8().await.unwrap(), b'4');
        assert_eq!(AsyncSeekExt::seek(&mut file, SeekFrom::Current(1)).await.unwrap(), 6);
        let mut rest = String::new();
        file.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, "6789");
        tokio_era_02::fs::remove_file(&path).await.unwrap();
    });
}
