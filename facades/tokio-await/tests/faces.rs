//! Sockets, timers, channels and tasks behind their async/await faces.

use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::{mpsc, oneshot, watch, Mutex, Semaphore};
use tokio::time::{interval, sleep, timeout, Duration, Instant};
use tokio_await as tokio;

#[tokio::test(crate = "tokio_await")]
async fn halves_of_a_socket_work_in_two_tasks() -> std::io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(async move {
        let (socket, _) = listener.accept().await?;
        let (mut reader, mut writer) = socket.into_split();
        let n = tokio::io::copy(&mut reader, &mut writer).await?;
        // Dropping the half that writes is the end for the peer.
        drop(writer);
        Ok::<_, std::io::Error>((n, reader))
    });
    let socket = TcpStream::connect(address).await?;
    let local = socket.local_addr()?;
    let (mut reader, mut writer) = socket.into_split();
    let sent: Vec<u8> = (0..300_000_u32).map(|n| n as u8).collect();
    let expected = sent.clone();
    let sender = tokio::spawn(async move {
        writer.write_all(&sent).await?;
        writer.shutdown().await?;
        Ok::<_, std::io::Error>(writer)
    });
    let mut back = Vec::new();
    reader.read_to_end(&mut back).await?;
    assert!(back == expected, "{} bytes of {} came back", back.len(), expected.len());
    let writer = sender.await.unwrap()?;
    assert_eq!(server.await.unwrap()?.0, 300_000);
    let socket = reader.reunite(writer).unwrap();
    // The same socket in the other world.
    let former: ::tokio::net::TcpStream = socket.into();
    assert_eq!(former.local_addr()?, local);
    Ok(())
}

#[tokio::test(crate = "tokio_await")]
async fn a_name_is_looked_up() -> std::io::Result<()> {
    let listener = TcpListener::bind("localhost:0").await?;
    let port = listener.local_addr()?.port();
    let (client, server) = tokio::join!(TcpStream::connect(("localhost", port)), listener.accept());
    assert_eq!(client?.local_addr()?, server?.1);
    assert!(TcpStream::connect("no port here").await.is_err());
    Ok(())
}

#[tokio::test(crate = "tokio_await")]
async fn datagrams_go_both_ways() -> std::io::Result<()> {
    let (a, b) = (UdpSocket::bind("127.0.0.1:0").await?, UdpSocket::bind("127.0.0.1:0").await?);
    a.send_to(b"ping", b.local_addr()?).await?;
    let mut buf = [0; 16];
    let (n, from) = b.recv_from(&mut buf).await?;
    assert_eq!((&buf[..n], from), (&b"ping"[..], a.local_addr()?));
    b.connect(from).await?;
    b.send(b"pong").await?;
    let (n, _) = a.recv_from(&mut buf).await?;
    assert_eq!(&buf[..n], b"pong");
    Ok(())
}

#[cfg(unix)]
#[tokio::test(crate = "tokio_await")]
async fn unix_sockets_read_and_write() -> std::io::Result<()> {
    let (mut a, mut b) = tokio::net::UnixStream::pair()?;
    a.write_u32(7).await?;
    assert_eq!(b.read_u32().await?, 7);
    drop(a);
    let e = b.read_exact(&mut [0; 2]).await.unwrap_err();
    assert_eq!(e.kind(), std::io::ErrorKind::UnexpectedEof);
    Ok(())
}

/// Every cut of the bytes gives the same lines, also when a wait is given up between.
#[tokio::test(crate = "tokio_await")]
async fn lines_survive_any_cut_and_a_dropped_wait() -> std::io::Result<()> {
    let text = b"one\r\ntwo\n\nlast";
    for cut in 0..text.len() {
        let (mut tx, rx) = tokio::net::UnixStream::pair()?;
        let mut lines = BufReader::with_capacity(2, rx).lines();
        tx.write_all(&text[..cut]).await?;
        let mut seen = Vec::new();
        loop {
            tokio::select! {
                biased;
                line = lines.next_line() => seen.extend(line?),
                _ = tokio::task::yield_now() => break,
            }
        }
        tx.write_all(&text[cut..]).await?;
        drop(tx);
        while let Some(line) = lines.next_line().await? {
            seen.push(line);
        }
        assert_eq!(seen, ["one", "two", "", "last"], "cut at {cut}");
    }
    Ok(())
}

/// A reader of futures 0.1 behind an adapter is a reader here.
#[tokio::test(crate = "tokio_await")]
async fn readers_of_futures_01_are_readers() -> std::io::Result<()> {
    let (mut a, b) = tokio::net::UnixStream::pair()?;
    let former: ::tokio::net::UnixStream = b.into();
    let mut b = ::tokio::compat::Compat01::new(former);
    a.write_all(b"across").await?;
    drop(a);
    let mut text = String::new();
    b.read_to_string(&mut text).await?;
    assert_eq!(text, "across");
    Ok(())
}

/// A writer that takes nothing does not make `write_all` turn for ever.
#[tokio::test(crate = "tokio_await")]
async fn fault_i01_write_zero_is_an_error_under_await() {
    struct Full;

    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Ok(0)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl ::tokio::io::AsyncWrite for Full {
        fn shutdown(&mut self) -> futures::Poll<(), std::io::Error> {
            Ok(().into())
        }
    }

    let e = ::tokio::compat::Compat01::new(Full).write_all(b"x").await.unwrap_err();
    assert_eq!(e.kind(), std::io::ErrorKind::WriteZero);
}

#[tokio::test(crate = "tokio_await")]
async fn timers_run_where_main_runs() {
    let start = Instant::now();
    sleep(Duration::from_millis(10)).await;
    assert!(start.elapsed() >= Duration::from_millis(10));
    assert!(timeout(Duration::from_millis(5), std::future::pending::<()>()).await.is_err());
    assert_eq!(timeout(Duration::from_secs(60), async { 7 }).await, Ok(7));
    let mut ticks = interval(Duration::from_millis(2));
    let (first, second) = (ticks.tick().await, ticks.tick().await);
    assert_eq!(second - first, Duration::from_millis(2));
    let mut sleep = std::pin::pin!(sleep(Duration::from_secs(600)));
    sleep.as_mut().reset(Instant::now());
    sleep.await;
}

#[tokio::test(crate = "tokio_await")]
async fn a_full_channel_makes_senders_wait_in_turn() {
    let (tx, mut rx) = mpsc::channel(1);
    tx.try_send(0).unwrap();
    assert_eq!(tx.try_send(9), Err(mpsc::error::TrySendError::Full(9)));
    let mut set = tokio::task::JoinSet::new();
    for n in 1..=3 {
        let tx = tx.clone();
        set.spawn(async move { tx.send(n).await });
    }
    drop(tx);
    let mut sum = 0;
    while let Some(n) = rx.recv().await {
        sum += n;
    }
    assert_eq!(sum, 6);
    while let Some(sent) = set.join_next().await {
        sent.unwrap().unwrap();
    }
    let (tx, rx) = mpsc::unbounded_channel();
    drop(rx);
    assert_eq!(tx.send(7), Err(mpsc::error::SendError(7)));
}

#[tokio::test(crate = "tokio_await")]
async fn the_ends_of_a_channel_may_be_in_two_worlds() {
    use futures::{Future, Sink};

    let (tx, rx) = ::tokio::sync::mpsc::channel(1);
    // The 0.1 chain sends, the `async fn` receives.
    ::tokio::spawn(tx.send(1).and_then(|tx| tx.send(2)).map(drop).map_err(|e| panic!("{e}")));
    let mut rx = mpsc::Receiver::from(rx);
    assert_eq!((rx.recv().await, rx.recv().await, rx.recv().await), (Some(1), Some(2), None));
}

#[tokio::test(crate = "tokio_await", flavor = "multi_thread", worker_threads = 4)]
async fn a_mutex_lets_one_in_at_a_time() {
    let counter = Arc::new(Mutex::new(0));
    let mut set = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let counter = counter.clone();
        set.spawn(async move {
            let mut counter = counter.lock().await;
            let before = *counter;
            tokio::task::yield_now().await;
            *counter = before + 1;
        });
    }
    while set.join_next().await.is_some() {}
    assert_eq!(*counter.lock().await, 20);
}

#[tokio::test(crate = "tokio_await")]
async fn a_permit_that_was_given_up_is_not_lost() {
    let doors = Semaphore::new(1);
    let inside = doors.acquire().await.unwrap();
    for _ in 0..3 {
        tokio::select! {
            biased;
            _ = doors.acquire() => panic!("there is one permit"),
            _ = tokio::task::yield_now() => {}
        }
    }
    drop(inside);
    assert_eq!(doors.available_permits(), 1);
    doors.close();
    assert!(doors.acquire().await.is_err());
}

#[tokio::test(crate = "tokio_await")]
async fn a_watcher_sees_the_newest_value() {
    let (tx, mut rx) = watch::channel(0);
    tx.send(1).unwrap();
    tx.send(2).unwrap();
    rx.changed().await.unwrap();
    assert_eq!(*rx.borrow(), 2);
    drop(tx);
    assert!(rx.changed().await.is_err());
}

#[tokio::test(crate = "tokio_await")]
async fn a_join_set_gives_results_as_tasks_end() {
    let mut set = tokio::task::JoinSet::new();
    let (tx, rx) = oneshot::channel::<()>();
    set.spawn(async move { rx.await.map_or(1, |()| 0) });
    set.spawn(async { 2 });
    let aborted = set.spawn(std::future::pending());
    set.spawn(async { panic!("on purpose") });
    let mut ends = Vec::new();
    for _ in 0..2 {
        ends.push(set.join_next().await.unwrap());
    }
    assert!(ends.iter().any(|end| matches!(end, Ok(2))));
    assert!(ends.iter().any(|end| matches!(end, Err(e) if e.is_panic())));
    drop(tx);
    assert!(matches!(set.join_next().await, Some(Ok(1))));
    aborted.abort();
    assert!(set.join_next().await.unwrap().unwrap_err().is_cancelled());
    assert!(set.join_next().await.is_none());
}

#[tokio::test(crate = "tokio_await")]
async fn files_are_read_and_written() -> std::io::Result<()> {
    let path = std::env::temp_dir().join(format!("tokio-await-{}", std::process::id()));
    tokio::fs::write(&path, "first\nsecond\n").await?;
    let mut lines = BufReader::new(tokio::fs::File::open(path.clone()).await?).lines();
    assert_eq!(lines.next_line().await?.as_deref(), Some("first"));
    assert_eq!(tokio::fs::read_to_string(&path).await?, "first\nsecond\n");
    tokio::fs::remove_file(&path).await?;
    assert!(tokio::fs::metadata(&path).await.is_err());
    Ok(())
}

/// A service that is generic over its transport compiles as it does elsewhere.
#[tokio::test(crate = "tokio_await")]
async fn generic_code_finds_its_methods() {
    async fn upper<S>(mut stream: S) -> std::io::Result<()>
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    {
        let mut buf = [0; 8];
        loop {
            match stream.read(&mut buf).await? {
                0 => return stream.shutdown().await,
                n => stream.write_all(&buf[..n].to_ascii_uppercase()).await?,
            }
        }
    }

    let (mut a, b) = tokio::net::UnixStream::pair().unwrap();
    let task = tokio::spawn(upper(b));
    a.write_all(b"abc").await.unwrap();
    a.shutdown().await.unwrap();
    let mut text = String::new();
    a.read_to_string(&mut text).await.unwrap();
    assert_eq!(text, "ABC");
    task.await.unwrap().unwrap();
}

/// A tick that is reset comes a period later, and the ones after it too.
#[tokio::test(crate = "tokio_await")]
async fn an_interval_is_reset() {
    use tokio::time::{error::Elapsed, timeout_at, MissedTickBehavior};

    let mut ticks = interval(Duration::from_secs(600));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    ticks.tick().await;
    let over: Result<_, Elapsed> = timeout_at(Instant::now(), ticks.tick()).await;
    assert!(over.is_err());
    ticks.reset_immediately();
    let now = ticks.tick().await;
    assert!(now <= Instant::now());
    ticks.reset_after(Duration::from_millis(1));
    assert!(ticks.tick().await > now);
    assert_eq!(ticks.period(), Duration::from_secs(600));
    assert_eq!(ticks.missed_tick_behavior(), MissedTickBehavior::Skip);
}

#[tokio::test(crate = "tokio_await")]
async fn halves_have_their_names_of_today() -> std::io::Result<()> {
    struct Connection {
        reader: tokio::net::tcp::OwnedReadHalf,
        writer: tokio::net::tcp::OwnedWriteHalf,
    }

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let (client, server) =
        tokio::join!(TcpStream::connect(listener.local_addr()?), listener.accept());
    let mut client = client?;
    let (reader, writer) = server?.0.into_split();
    let mut server = Connection { reader, writer };
    let (mut reader, mut writer) = client.split();
    tokio::try_join!(writer.write_all(b"x"), server.writer.write_all(b"y"))?;
    assert_eq!((reader.read_u8().await?, server.reader.read_u8().await?), (b'y', b'x'));
    Ok(())
}

/// Safe code made a `BorrowedFd` of the one number that is none of a descriptor.
#[cfg(unix)]
#[test]
#[allow(deprecated, reason = "it is what safe code can call")]
fn a_value_without_a_descriptor_is_not_borrowed_as_one() {
    use std::cell::Cell;
    use std::os::fd::{AsFd, AsRawFd, RawFd};
    use std::os::unix::net::UnixDatagram;

    struct Fickle(UnixDatagram, Cell<bool>);

    impl AsRawFd for Fickle {
        fn as_raw_fd(&self) -> RawFd {
            if self.1.get() {
                -1
            } else {
                self.0.as_raw_fd()
            }
        }
    }

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _entered = runtime.enter();
    let fickle = Fickle(UnixDatagram::unbound().unwrap(), Cell::new(false));
    let fd = tokio::io::unix::AsyncFd::new(fickle).unwrap();
    assert_eq!(fd.as_fd().as_raw_fd(), fd.get_ref().as_raw_fd());
    fd.get_ref().1.set(true);
    let borrow = std::panic::AssertUnwindSafe(|| fd.as_fd().as_raw_fd());
    assert!(std::panic::catch_unwind(borrow).is_err());
    fd.get_ref().1.set(false);
}
