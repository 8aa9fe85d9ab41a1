//! Sockets: TCP, UDP and Unix ones.

use crate::{one, panics, pool, Program};
use std::io::ErrorKind;
use std::net::Shutdown;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket, UnixDatagram, UnixListener, UnixStream};
use tokio::stream::StreamExt;

pub const PROGRAMS: &[Program] = &[
    ("tcp_echo", tcp_echo),
    ("tcp_refused", tcp_refused),
    ("tcp_half_close", tcp_half_close),
    ("tcp_reset", tcp_reset),
    ("tcp_split", tcp_split),
    ("tcp_into_split", tcp_into_split),
    ("tcp_reunite_wrong", tcp_reunite_wrong),
    ("tcp_options", tcp_options),
    ("tcp_peek", tcp_peek),
    ("tcp_from_std", tcp_from_std),
    ("tcp_outside", tcp_outside),
    ("tcp_incoming", tcp_incoming),
    ("tcp_dead_runtime", tcp_dead_runtime),
    ("tcp_addresses", tcp_addresses),
    ("udp_echo", udp_echo),
    ("udp_split", udp_split),
    ("udp_connected", udp_connected),
    ("unix_echo", unix_echo),
    ("unix_errors", unix_errors),
    ("unix_pair", unix_pair),
    ("unix_datagrams", unix_datagrams),
    ("lookup", lookup),
];

async fn pair() -> (TcpStream, TcpStream) {
    let mut listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (one_end, other_end) = tokio::join!(TcpStream::connect(address), listener.accept());
    (one_end.unwrap(), other_end.unwrap().0)
}

fn tcp_echo() {
    for mut runtime in [one(), pool()] {
        runtime.block_on(async {
            let (mut a, mut b) = pair().await;
            let task = tokio::spawn(async move {
                let (mut reader, mut writer) = b.split();
                tokio::io::copy(&mut reader, &mut writer).await
            });
            println!("{:?}", a.write_all(b"hello").await);
            let mut buf = [0; 5];
            println!("{:?} {buf:?}", a.read_exact(&mut buf).await);
            println!("{:?} {:?}", a.shutdown(Shutdown::Write), task.await.ok());
            println!("{:?}", a.read(&mut buf).await);
        });
    }
}

fn tcp_refused() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    one().block_on(async {
        println!("{:?}", TcpStream::connect(free).await.map(drop).map_err(|e| e.kind()));
        let none: &[std::net::SocketAddr] = &[];
        let error = TcpStream::connect(none).await.unwrap_err();
        println!("{:?} {error}", error.kind());
        let error = TcpListener::bind(none).await.unwrap_err();
        println!("{:?} {error}", error.kind());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let taken = listener.local_addr().unwrap();
        println!("{:?}", TcpListener::bind(taken).await.map(drop).map_err(|e| e.kind()));
    });
}

fn tcp_half_close() {
    one().block_on(async {
        let (mut a, mut b) = pair().await;
        println!("{:?}", AsyncWriteExt::shutdown(&mut a).await);
        println!("{:?}", b.read(&mut [0; 4]).await);
        println!("{:?}", b.write_all(b"still").await);
        drop(b);
        let mut all = Vec::new();
        println!("{:?} {all:?}", a.read_to_end(&mut all).await);
        println!("{:?}", a.write(b"x").await.map_err(|e| e.kind()));
    });
}

fn tcp_reset() {
    one().block_on(async {
        let (mut a, b) = pair().await;
        println!("{:?}", a.write_all(b"unread").await);
        drop(b);
        println!("{:?}", a.read(&mut [0; 4]).await.map_err(|e| e.kind()));
        println!("{:?}", a.read(&mut [0; 4]).await.map_err(|e| e.kind()));
        println!("{:?}", a.write(b"x").await.map_err(|e| e.kind()));
    });
}

fn tcp_split() {
    one().block_on(async {
        let (mut a, mut b) = pair().await;
        {
            let (mut reader, mut writer) = a.split();
            println!("{:?}", writer.write_all(b"abc").await);
            println!("{:?}", b.write_all(b"de").await);
            println!("{:?}", reader.peek(&mut [0; 4]).await);
            println!("{:?}", reader.read(&mut [0; 4]).await);
        }
        println!("{:?}", b.read(&mut [0; 4]).await);
        drop(a);
        println!("{:?}", b.read(&mut [0; 4]).await);
    });
}

fn tcp_into_split() {
    one().block_on(async {
        let (a, mut b) = pair().await;
        let (reader, mut writer) = a.into_split();
        println!("{:?}", writer.write_all(b"abc").await);
        println!("{:?}", b.read(&mut [0; 4]).await);
        drop(writer);
        // The end of the half shuts the connection down.
        println!("{:?}", b.read(&mut [0; 4]).await);
        drop(reader);
        let (c, mut d) = pair().await;
        let (reader, writer) = c.into_split();
        let whole = reader.reunite(writer);
        println!("{}", whole.is_ok());
        drop(whole);
        println!("{:?}", d.read(&mut [0; 4]).await);
        let (e, mut f) = pair().await;
        let (reader, writer) = e.into_split();
        writer.forget();
        println!("{:?}", f.write_all(b"x").await);
        drop(reader);
    });
}

fn tcp_reunite_wrong() {
    one().block_on(async {
        let ((a, _b), (c, _d)) = (pair().await, pair().await);
        let (reader, _writer) = a.into_split();
        let (_reader, writer) = c.into_split();
        let error = reader.reunite(writer).unwrap_err();
        println!("{error}");
    });
}

fn tcp_options() {
    one().block_on(async {
        let (a, _b) = pair().await;
        println!("{:?} {:?} {:?}", a.nodelay(), a.set_nodelay(true), a.nodelay());
        println!("{:?} {:?}", a.set_ttl(33), a.ttl());
        println!("{:?} {:?}", a.linger(), a.keepalive());
        println!(
            "{:?} {:?}",
            a.set_keepalive(Some(std::time::Duration::from_secs(9))),
            a.keepalive()
        );
        println!("{:?} {:?}", a.set_linger(Some(std::time::Duration::from_secs(2))), a.linger());
        println!("{:?}", a.set_recv_buffer_size(10_000));
        println!("{:?}", a.set_ttl(0).is_err());
    });
}

fn tcp_peek() {
    one().block_on(async {
        let (mut a, mut b) = pair().await;
        println!("{:?}", b.write_all(b"abc").await);
        println!("{:?} {:?}", a.peek(&mut [0; 2]).await, a.read(&mut [0; 9]).await);
    });
}

fn tcp_from_std() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    println!("{}", panics(|| TcpStream::from_std(stream.try_clone().unwrap()).is_ok()));
    one().block_on(async move {
        let mut stream = TcpStream::from_std(stream).unwrap();
        let mut listener = TcpListener::from_std(listener).unwrap();
        let (mut peer, _) = listener.accept().await.unwrap();
        println!("{:?}", peer.write_all(b"x").await);
        println!("{:?}", stream.read(&mut [0; 2]).await);
    });
}

fn tcp_outside() {
    println!(
        "{}",
        panics(|| futures::executor::block_on(TcpListener::bind("127.0.0.1:0")).is_ok())
    );
    println!("{}", panics(|| futures::executor::block_on(UdpSocket::bind("127.0.0.1:0")).is_ok()));
    println!("{}", panics(|| UnixStream::pair().is_ok()));
}

fn tcp_incoming() {
    one().block_on(async {
        let mut listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let clients = futures::future::join_all((0..4).map(|_| TcpStream::connect(address))).await;
        let served: Vec<_> = listener.incoming().take(4).collect().await;
        println!("{} {}", clients.len(), served.iter().all(|stream| stream.is_ok()));
    });
}

fn tcp_dead_runtime() {
    let mut runtime = one();
    let (mut a, _b) = runtime.block_on(pair());
    drop(runtime);
    let answer = one().block_on(async { a.read(&mut [0; 4]).await });
    println!("{:?}", answer.map_err(|e| e.kind() == ErrorKind::Other));
}

fn tcp_addresses() {
    one().block_on(async {
        let (a, b) = pair().await;
        println!("{}", a.local_addr().unwrap() == b.peer_addr().unwrap());
        println!("{}", format!("{a:?}").contains("127.0.0.1"));
    });
}

fn udp_echo() {
    one().block_on(async {
        let mut a = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let mut b = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        println!("{:?}", a.send_to(b"hello", b.local_addr().unwrap()).await);
        let mut buf = [0; 3];
        let (count, from) = b.recv_from(&mut buf).await.unwrap();
        println!("{count} {buf:?} {}", from == a.local_addr().unwrap());
        println!("{:?}", a.send_to(b"", b.local_addr().unwrap()).await);
        println!("{:?}", b.recv_from(&mut buf).await.map(|answer| answer.0));
    });
}

fn udp_split() {
    one().block_on(async {
        let a = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let to = a.local_addr().unwrap();
        let (mut recv, mut send) = a.split();
        println!("{:?}", send.send_to(b"self", &to).await);
        println!("{:?}", recv.recv_from(&mut [0; 8]).await.map(|answer| answer.0));
        println!("{}", recv.reunite(send).is_ok());
    });
}

fn udp_connected() {
    one().block_on(async {
        let mut a = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let gone = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        println!("{:?}", a.send(b"x").await.is_err());
        a.connect(gone).await.unwrap();
        println!("{:?}", a.send(b"x").await);
        println!("{:?}", a.recv(&mut [0; 3]).await.map_err(|e| e.kind()));
    });
}

fn path(name: &str) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("parity-{}-{name}", std::process::id()));
    let _ = std::fs::remove_file(&path);
    path
}

fn unix_echo() {
    let path = path("echo");
    one().block_on(async {
        let mut listener = UnixListener::bind(&path).unwrap();
        let (a, b) = tokio::join!(UnixStream::connect(&path), listener.accept());
        let (mut a, mut b) = (a.unwrap(), b.unwrap().0);
        println!("{:?}", a.write_all(b"abc").await);
        println!("{:?}", b.read(&mut [0; 4]).await);
        println!("{}", a.peer_addr().unwrap().as_pathname() == Some(&path));
        let (reader, writer) = a.into_split();
        drop(writer);
        println!("{:?}", b.read(&mut [0; 4]).await);
        drop(reader);
    });
    std::fs::remove_file(path).unwrap();
}

fn unix_errors() {
    let path = path("errors");
    one().block_on(async {
        println!("{:?}", UnixStream::connect(&path).await.map(drop).map_err(|e| e.kind()));
        drop(UnixListener::bind(&path).unwrap());
        println!("{:?}", UnixStream::connect(&path).await.map(drop).map_err(|e| e.kind()));
        println!("{:?}", UnixListener::bind(&path).map(drop).map_err(|e| e.kind()));
        println!("{:?}", UnixListener::bind("x".repeat(200)).map(drop).map_err(|e| e.kind()));
    });
    std::fs::remove_file(path).unwrap();
}

fn unix_pair() {
    one().block_on(async {
        let (mut a, mut b) = UnixStream::pair().unwrap();
        println!("{:?} {:?}", a.write_all(b"abc").await, b.read(&mut [0; 4]).await);
        println!("{:?}", a.peer_cred().is_ok());
        drop(b);
        println!("{:?} {:?}", a.read(&mut [0; 4]).await, a.write(b"x").await.map_err(|e| e.kind()));
    });
}

fn unix_datagrams() {
    let path = path("datagrams");
    one().block_on(async {
        let mut bound = UnixDatagram::bind(&path).unwrap();
        let mut other = UnixDatagram::unbound().unwrap();
        println!("{:?}", other.send_to(b"abc", &path).await);
        println!(
            "{:?}",
            bound.recv_from(&mut [0; 8]).await.map(|(count, from)| (count, from.is_unnamed()))
        );
        let (mut a, mut b) = UnixDatagram::pair().unwrap();
        println!("{:?} {:?}", a.send(b"xy").await, b.recv(&mut [0; 1]).await);
        println!("{:?}", other.send(b"x").await.map_err(|e| e.kind()));
    });
    std::fs::remove_file(path).unwrap();
}

fn lookup() {
    one().block_on(async {
        println!(
            "{:?}",
            tokio::net::lookup_host("127.0.0.1:80").await.map(|all| all.collect::<Vec<_>>()).ok()
        );
        println!("{:?}", tokio::net::lookup_host("no port").await.map(drop).map_err(|e| e.kind()));
    });
}
