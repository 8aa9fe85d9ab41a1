//! What sockets, pipes and children answer.
//!
//! Peers are in the same program, so that each answer is known beforehand.
//! `main` calls each program, in a process of its own.

use crate::{one, pool, Program};
use std::io;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt, Interest};
use tokio::net::{
    TcpListener, TcpSocket, TcpStream, UdpSocket, UnixDatagram, UnixListener, UnixStream,
};
use tokio::process::Command;
use tokio::time::timeout;

pub const PROGRAMS: &[Program] = &[
    ("tcp_half_close", tcp_half_close),
    ("tcp_try_io", tcp_try_io),
    ("tcp_peek_and_vectored", tcp_peek_and_vectored),
    ("tcp_refused", tcp_refused),
    ("tcp_halves_drop", tcp_halves_drop),
    ("tcp_socket_options", tcp_socket_options),
    ("tcp_into_std", tcp_into_std),
    ("tcp_ready_after_close", tcp_ready_after_close),
    ("udp_answers", udp_answers),
    ("udp_truncates", udp_truncates),
    ("udp_try_before_ready", udp_try_before_ready),
    ("unix_pair", unix_pair),
    ("unix_paths", unix_paths),
    ("unix_datagrams", unix_datagrams),
    ("pipes", pipes),
    ("async_fd_readiness", async_fd_readiness),
    ("accept_cancelled", accept_cancelled),
    ("child_output", child_output),
    ("child_wait_twice", child_wait_twice),
    ("child_killed", child_killed),
    ("child_stdin_closes", child_stdin_closes),
    ("child_missing", child_missing),
    ("lookup_host", lookup_host),
];

async fn tcp_pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (near, far) =
        tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), listener.accept());
    (near.unwrap(), far.unwrap().0)
}

fn kind<T>(result: io::Result<T>) -> Result<T, io::ErrorKind> {
    result.map_err(|e| e.kind())
}

fn tcp_half_close() {
    one().block_on(async {
        let (mut near, mut far) = tcp_pair().await;
        near.write_all(b"ask").await.unwrap();
        println!("{:?}", kind(near.shutdown().await));
        let mut text = String::new();
        println!("{:?} {text:?}", kind(far.read_to_string(&mut text).await));
        println!("{text:?}");
        far.write_all(b"answer").await.unwrap();
        drop(far);
        text.clear();
        println!("{:?}", kind(near.read_to_string(&mut text).await));
        println!("{text:?}");
        println!("{:?}", kind(near.write_all(b"more").await));
    });
}

fn tcp_try_io() {
    one().block_on(async {
        let (near, far) = tcp_pair().await;
        let mut room = [0; 8];
        println!("{:?}", kind(near.try_read(&mut room)));
        println!("{:?}", kind(far.try_write(b"abc")));
        near.readable().await.unwrap();
        println!("{:?}", kind(near.try_read(&mut room)));
        println!("{:?}", kind(near.try_read(&mut room)));
        let ready = near.ready(Interest::READABLE | Interest::WRITABLE).await.unwrap();
        println!("{} {}", ready.is_readable(), ready.is_writable());
        let refused =
            near.try_io(Interest::READABLE, || Err::<(), _>(io::ErrorKind::WouldBlock.into()));
        println!("{:?}", kind(refused));
        println!("{:?}", near.try_io(Interest::WRITABLE, || Ok(3)).ok());
        let shut = timeout(Duration::from_millis(20), near.readable()).await;
        println!("{}", shut.is_err());
    });
}

fn tcp_peek_and_vectored() {
    one().block_on(async {
        let (near, mut far) = tcp_pair().await;
        let slices = [io::IoSlice::new(b"ab"), io::IoSlice::new(b"cde")];
        println!("{} {:?}", far.is_write_vectored(), kind(far.write_vectored(&slices).await));
        let mut room = [0; 3];
        println!("{:?} {room:?}", kind(near.peek(&mut room).await));
        println!("{:?}", kind(near.peek(&mut room).await));
        near.readable().await.unwrap();
        let (mut first, mut second) = ([0; 1], [0; 8]);
        let mut slices = [io::IoSliceMut::new(&mut first), io::IoSliceMut::new(&mut second)];
        println!("{:?}", kind(near.try_read_vectored(&mut slices)));
        println!("{first:?} {second:?}");
        println!("{:?} {:?}", kind(near.take_error()), kind(near.nodelay()));
    });
}

fn tcp_refused() {
    one().block_on(async {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        println!("{:?}", kind(TcpStream::connect(port).await.map(drop)));
        println!("{:?}", kind(TcpListener::bind("256.0.0.1:1").await.map(drop)));
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{:?}", kind(TcpListener::bind(taken.local_addr().unwrap()).await.map(drop)));
        println!("{:?}", kind(TcpStream::connect(&[][..]).await.map(drop)));
    });
}

fn tcp_halves_drop() {
    one().block_on(async {
        let (near, mut far) = tcp_pair().await;
        let (read, write) = near.into_split();
        drop(write);
        println!("{:?}", kind(far.read(&mut [0; 1]).await));
        far.write_all(b"x").await.unwrap();
        let mut read = read;
        println!("{:?}", kind(read.read(&mut [0; 1]).await));
        let (near, far) = tcp_pair().await;
        let (read, write) = near.into_split();
        write.forget();
        let waits = timeout(Duration::from_millis(20), far.readable()).await;
        println!("{}", waits.is_err());
        drop(read);
        let mut far = far;
        println!("{:?}", kind(far.read(&mut [0; 1]).await));
        let (mut near, mut far) = tcp_pair().await;
        {
            let (mut read, mut write) = near.split();
            write.write_all(b"ab").await.unwrap();
            far.write_all(b"cd").await.unwrap();
            let mut room = [0; 2];
            println!("{:?} {room:?}", kind(read.read_exact(&mut room).await));
        }
        let waits = timeout(Duration::from_millis(20), far.read_exact(&mut [0; 3])).await;
        println!("{}", waits.is_err());
    });
}

fn tcp_socket_options() {
    one().block_on(async {
        let socket = TcpSocket::new_v4().unwrap();
        println!("{:?}", kind(socket.set_reuseaddr(true)));
        println!("{:?} {:?}", kind(socket.reuseaddr()), kind(socket.keepalive()));
        println!("{:?}", kind(socket.bind("127.0.0.1:0".parse().unwrap())));
        let listener = socket.listen(8).unwrap();
        println!("{:?}", listener.local_addr().unwrap().ip());
        let client = TcpSocket::new_v4().unwrap();
        client.set_nodelay(true).unwrap();
        let stream = client.connect(listener.local_addr().unwrap()).await.unwrap();
        println!("{:?} {:?}", kind(stream.nodelay()), kind(stream.ttl()));
        println!("{:?}", stream.peer_addr().unwrap() == listener.local_addr().unwrap());
    });
}

fn tcp_into_std() {
    use std::io::{Read, Write};
    one().block_on(async {
        let (near, far) = tcp_pair().await;
        let mut near = near.into_std().unwrap();
        println!("{:?}", kind(near.read(&mut [0; 1])));
        near.write_all(b"x").unwrap();
        near.set_nonblocking(true).unwrap();
        let mut near = TcpStream::from_std(near).unwrap();
        let mut far = far;
        println!("{:?}", kind(far.read_u8().await));
        far.write_u8(7).await.unwrap();
        println!("{:?}", kind(near.read_u8().await));
    });
}

fn tcp_ready_after_close() {
    one().block_on(async {
        let (near, far) = tcp_pair().await;
        drop(far);
        let ready = near.ready(Interest::READABLE).await.unwrap();
        println!("{} {}", ready.is_readable(), ready.is_read_closed());
        println!("{:?}", kind(near.try_read(&mut [0; 1])));
        println!("{:?}", kind(near.try_read(&mut [0; 1])));
        let again = near.ready(Interest::READABLE).await.unwrap();
        println!("{}", again.is_read_closed());
    });
}

fn udp_answers() {
    one().block_on(async {
        let near = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let far = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        println!("{:?}", kind(near.send(b"x").await));
        near.connect(far.local_addr().unwrap()).await.unwrap();
        println!("{:?}", kind(near.send(b"abc").await));
        let mut room = [0; 8];
        let (length, from) = far.recv_from(&mut room).await.unwrap();
        println!("{length} {}", from == near.local_addr().unwrap());
        println!("{:?}", kind(far.send_to(b"", from).await));
        println!("{:?}", kind(near.recv(&mut room).await));
        println!("{:?}", kind(far.send_to(b"de", from).await));
        println!("{:?}", kind(near.peek(&mut room).await));
        let mut buffer = Vec::with_capacity(16);
        println!("{:?} {buffer:?}", kind(near.recv_buf(&mut buffer).await));
        println!("{buffer:?} {}", near.peer_addr().is_ok());
    });
}

fn udp_truncates() {
    one().block_on(async {
        let near = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let far = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        far.send_to(b"abcdef", near.local_addr().unwrap()).await.unwrap();
        far.send_to(b"gh", near.local_addr().unwrap()).await.unwrap();
        let mut room = [0; 3];
        println!("{:?} {room:?}", kind(near.recv(&mut room).await));
        println!("{:?}", kind(near.recv(&mut room).await));
    });
}

fn udp_try_before_ready() {
    one().block_on(async {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        println!("{:?}", kind(socket.try_recv(&mut [0; 1])));
        let to = socket.local_addr().unwrap();
        socket.writable().await.unwrap();
        println!("{:?}", kind(socket.try_send_to(b"a", to)));
        socket.readable().await.unwrap();
        println!("{:?}", kind(socket.try_recv(&mut [0; 4])));
        println!("{:?}", kind(socket.try_recv(&mut [0; 4])));
    });
}

fn unix_pair() {
    one().block_on(async {
        let (mut near, mut far) = UnixStream::pair().unwrap();
        near.write_all(b"ab").await.unwrap();
        println!("{:?}", kind(far.read_u16().await));
        println!("{:?}", near.peer_cred().map(|cred| cred.pid().is_some()));
        println!("{:?}", near.local_addr().map(|address| address.is_unnamed()));
        drop(near);
        println!("{:?}", kind(far.read(&mut [0; 1]).await));
        println!("{:?}", kind(far.write(b"x").await));
    });
}

fn unix_paths() {
    one().block_on(async {
        let path = std::env::temp_dir().join(format!("parity-{}", std::process::id()));
        println!("{:?}", kind(UnixStream::connect(&path).await.map(drop)));
        let listener = UnixListener::bind(&path).unwrap();
        println!("{:?}", kind(UnixListener::bind(&path).map(drop)));
        let (near, far) = tokio::join!(UnixStream::connect(&path), listener.accept());
        println!("{}", near.unwrap().peer_addr().unwrap().as_pathname() == Some(&path));
        println!("{:?}", far.unwrap().1.is_unnamed());
        drop(listener);
        println!("{}", path.exists());
        println!("{:?}", kind(UnixStream::connect(&path).await.map(drop)));
        std::fs::remove_file(path).unwrap();
    });
}

fn unix_datagrams() {
    one().block_on(async {
        let (near, far) = UnixDatagram::pair().unwrap();
        near.send(b"abc").await.unwrap();
        near.send(b"").await.unwrap();
        let mut room = [0; 2];
        println!("{:?}", kind(far.recv(&mut room).await));
        println!("{:?}", kind(far.recv(&mut room).await));
        println!("{:?}", kind(far.try_recv(&mut room)));
        println!("{:?}", kind(near.shutdown(std::net::Shutdown::Both)));
        // Not `near.recv`: the kernel says that it is ready and would block, and upstream's tries
        // for ever in one poll.
        println!("{:?}", kind(far.send(b"x").await));
    });
}

fn pipes() {
    use tokio::net::unix::pipe;
    one().block_on(async {
        let (mut sender, mut receiver) = pipe::pipe().unwrap();
        println!("{:?}", kind(receiver.try_read(&mut [0; 1])));
        sender.write_all(b"abc").await.unwrap();
        let mut room = [0; 2];
        println!("{:?} {room:?}", kind(receiver.read_exact(&mut room).await));
        drop(sender);
        let mut rest = Vec::new();
        println!("{:?}", kind(receiver.read_to_end(&mut rest).await));
        let (mut sender, receiver) = pipe::pipe().unwrap();
        drop(receiver);
        println!("{:?}", kind(sender.write(b"x").await));
        println!("{:?}", kind(pipe::OpenOptions::new().open_receiver("/dev/null").map(drop)));
    });
}

// What replaces `new` is unsafe.
#[allow(deprecated)]
fn async_fd_readiness() {
    use tokio::io::unix::AsyncFd;
    one().block_on(async {
        let (near, far) = std::os::unix::net::UnixStream::pair().unwrap();
        near.set_nonblocking(true).unwrap();
        let near = AsyncFd::new(near).unwrap();
        let waits = timeout(Duration::from_millis(20), near.readable()).await;
        println!("{}", waits.is_err());
        io::Write::write_all(&mut &far, b"ab").unwrap();
        let mut guard = near.readable().await.unwrap();
        let read = guard.try_io(|inner| io::Read::read(&mut inner.get_ref(), &mut [0; 1]));
        println!("{:?}", read.map(|read| read.ok()).ok());
        println!("{}", guard.ready().is_readable());
        guard.clear_ready();
        drop(guard);
        let waits = timeout(Duration::from_millis(20), near.readable()).await;
        println!("{}", waits.is_err());
        io::Write::write_all(&mut &far, b"c").unwrap();
        let mut guard = near.readable().await.unwrap();
        for _ in 0..3 {
            let read = guard.try_io(|inner| io::Read::read(&mut inner.get_ref(), &mut [0; 1]));
            println!("{:?}", read.map(|read| read.ok()).ok());
        }
        drop(guard);
        println!("{:?}", near.into_inner().local_addr().is_ok());
        println!("{}", AsyncFd::new(std::fs::File::open("/dev/null").unwrap()).is_err());
    });
}

/// Who gives up waiting for a connection takes none away.
fn accept_cancelled() {
    pool().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}", timeout(Duration::from_millis(10), listener.accept()).await.is_err());
        let _near = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        println!("{}", timeout(Duration::from_secs(60), listener.accept()).await.is_ok());
    });
}

fn child_output() {
    one().block_on(async {
        let output =
            Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"]).output().await;
        let output = output.unwrap();
        println!("{:?} {:?} {:?}", output.status.code(), output.stdout, output.stderr);
        let status = Command::new("true").status().await.unwrap();
        println!("{status}");
        let mut command = Command::new("cat");
        command.stdin(Stdio::null()).stdout(Stdio::null());
        println!("{:?}", command.as_std().get_program());
        println!("{:?}", command.status().await.unwrap().success());
        println!(
            "{:?}",
            Command::new("sh").args(["-c", "kill -9 $$"]).status().await.unwrap().code()
        );
    });
}

fn child_wait_twice() {
    one().block_on(async {
        let mut child = Command::new("true").spawn().unwrap();
        println!("{} {}", child.id().is_some(), child.stdin.is_none());
        println!("{:?}", child.wait().await.unwrap().code());
        println!("{:?} {:?}", child.wait().await.unwrap().code(), child.id());
        println!("{:?}", child.try_wait().unwrap().map(|status| status.code()));
        println!("{:?}", kind(child.start_kill()));
        println!("{:?}", kind(child.kill().await));
    });
}

fn child_killed() {
    use std::os::unix::process::ExitStatusExt;
    one().block_on(async {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        println!("{:?}", child.try_wait().unwrap().is_none());
        println!("{:?}", kind(child.start_kill()));
        println!("{:?}", child.wait().await.unwrap().signal());
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        println!("{:?}", kind(child.kill().await));
        println!("{:?}", child.id());
        let child =
            Command::new("sleep").arg("60").stdout(Stdio::piped()).kill_on_drop(true).spawn();
        let mut child = child.unwrap();
        let mut out = child.stdout.take().unwrap();
        drop(child);
        println!("{:?}", kind(out.read(&mut [0; 1]).await));
    });
}

fn child_stdin_closes() {
    one().block_on(async {
        let mut command = Command::new("cat");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.as_mut().unwrap().write_all(b"text").await.unwrap();
        // Closes it first.
        println!("{:?}", child.wait().await.unwrap().code());
        println!("{} {}", child.stdin.is_none(), child.stdout.is_some());
        println!("{:?}", child.wait_with_output().await.map(|output| output.stdout).ok());
    });
}

fn child_missing() {
    one().block_on(async {
        println!("{:?}", kind(Command::new("/no such program").spawn().map(drop)));
        println!(
            "{:?}",
            kind(Command::new("true").current_dir("/no such folder").spawn().map(drop))
        );
    });
}

fn lookup_host() {
    one().block_on(async {
        let found = tokio::net::lookup_host("127.0.0.1:80").await.unwrap();
        println!("{:?}", found.collect::<Vec<_>>());
        println!("{:?}", kind(tokio::net::lookup_host("127.0.0.1").await.map(drop)));
        println!("{:?}", kind(tokio::net::lookup_host("localhost:many").await.map(drop)));
    });
}
