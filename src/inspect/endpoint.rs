//! The lists, dumps and numbers over HTTP, for whoever may see them: the user that runs the
//! process, by a Unix socket or from the same machine.
//!
//! One thread accepts, and each connection has a thread of its own, all with std's blocking
//! sockets: it answers also while all workers are held up. What a connection can cost is
//! bounded: [`CONNECTIONS`] at a time, [`HEAD`] bytes of a request, [`TASKS`] tasks in an
//! answer, [`READ`] for the request and [`WRITE`] for the answer. A request gets one answer,
//! and the connection ends.
//!
//! Called by programs, and by `env` if `TOKIO_INSPECT` names an address.
//!
//! Always true: no thread of a runtime serves or waits for a request.
//!
//! Why no HTTP library? They stand on what is looked at here. The request's head is parsed by
//! `httparse`.

use super::{diagnosis, dump, render, tasks};
use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Connections that are served at a time; others are closed.
const CONNECTIONS: usize = 16;

/// The most bytes of a request's head.
const HEAD: usize = 8 * 1024;

/// The most header lines of a request.
const HEADERS: usize = 64;

/// The most tasks in an answer, but for lists as text, which have all.
const TASKS: usize = 10_000;

/// The most tasks that one dump polls.
const STACKS: usize = 100_000;

/// How long a request may take to come.
const READ: Duration = Duration::from_secs(5);

/// How long an answer may take to go.
const WRITE: Duration = Duration::from_secs(30);

/// How much more of a request that is too long is read, at most, and for how long.
const LINGER_BYTES: usize = 256 * 1024;
const LINGER: Duration = Duration::from_secs(1);

const PAGE: &str = include_str!("page.html");

/// Serves lists, dumps and numbers at `address`, on threads of its own, for as long as the
/// process runs, and records as long.
///
/// `address` is `unix:` with a path, for a socket that only this user can connect to, or an
/// address of this machine with a port, such as `127.0.0.1:6669`; with port 0, the system
/// chooses one. Whoever can connect sees everything: addresses of peers, names, places in the
/// source.
///
/// | path | what |
/// | --- | --- |
/// | `/` | a page for a browser |
/// | `/tasks` | the list of tasks |
/// | `/tasks.json` | up to 10000 of them, runtimes and findings |
/// | `/dump` | where up to 100000 tasks wait, with stacks, and findings |
/// | `/task/ID` | where one task waits |
/// | `/metrics` | the numbers of all runtimes, for Prometheus |
///
/// Returns the address in the same form, with the port.
///
/// # Errors
///
/// If `address` has another form or is not of this machine, or if the system refuses it. A
/// socket that another process listens at is left alone, and so is a file that is no socket.
///
/// # Examples
///
/// ```
/// let address = tokio::inspect::serve("127.0.0.1:0")?;
/// println!("see http://{address}/");
/// assert!(tokio::inspect::serve("0.0.0.0:6669").is_err(), "for all the world to see");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn serve(address: &str) -> io::Result<String> {
    if let Some(path) = address.strip_prefix("unix:") {
        return serve_unix(path).map(|()| address.to_owned());
    }
    let socket: SocketAddr = address.parse().map_err(|_| refused(address))?;
    if !socket.ip().is_loopback() {
        return Err(refused(address));
    }
    let listener = TcpListener::bind(socket)?;
    let address = listener.local_addr()?.to_string();
    start(move || listener.accept().map(|(socket, _)| socket))?;
    Ok(address)
}

fn refused(address: &str) -> io::Error {
    let text = format!(
        "cannot be inspected at {address:?}: use `unix:/path`, or an address of this machine such \
         as `127.0.0.1:6669`, whom others cannot reach"
    );
    io::Error::new(io::ErrorKind::InvalidInput, text)
}

#[cfg(not(unix))]
fn serve_unix(path: &str) -> io::Result<()> {
    Err(refused(&format!("unix:{path}")))
}

/// Listens at `path`. The socket is made where nobody else can reach it, and moved to its
/// place once only this user can connect.
#[cfg(unix)]
fn serve_unix(path: &str) -> io::Result<()> {
    use std::fs::{self, DirBuilder, Permissions};
    use std::os::unix::fs::{DirBuilderExt, FileTypeExt, PermissionsExt};
    use std::os::unix::net::{UnixListener, UnixStream};

    if path.is_empty() {
        return Err(refused("unix:"));
    }
    if let Ok(there) = fs::symlink_metadata(path) {
        if !there.file_type().is_socket() || UnixStream::connect(path).is_ok() {
            let text = format!("cannot be inspected at {path}: something else is there");
            return Err(io::Error::new(io::ErrorKind::AddrInUse, text));
        }
    }
    let private = format!("{path}.{}", std::process::id());
    DirBuilder::new().mode(0o700).create(&private)?;
    let made = format!("{private}/s");
    let listener = UnixListener::bind(&made).and_then(|listener| {
        fs::set_permissions(&made, Permissions::from_mode(0o600))?;
        fs::rename(&made, path)?;
        Ok(listener)
    });
    let _ = fs::remove_file(&made);
    fs::remove_dir(&private)?;
    let listener = listener?;
    start(move || listener.accept().map(|(socket, _)| socket))
}

/// A socket of either kind.
trait Socket: Read + Write + Send + 'static {
    /// Whether the client may be a browser that a foreign page has sent here.
    const NEEDS_HOST: bool;

    fn set_timeouts(&self, read: Duration, write: Duration) -> io::Result<()>;

    /// Tells the client that nothing more comes.
    fn end_writing(&self) -> io::Result<()>;
}

impl Socket for TcpStream {
    const NEEDS_HOST: bool = true;

    fn set_timeouts(&self, read: Duration, write: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(read))?;
        self.set_write_timeout(Some(write))
    }

    fn end_writing(&self) -> io::Result<()> {
        self.shutdown(Shutdown::Write)
    }
}

#[cfg(unix)]
impl Socket for std::os::unix::net::UnixStream {
    const NEEDS_HOST: bool = false;

    fn set_timeouts(&self, read: Duration, write: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(read))?;
        self.set_write_timeout(Some(write))
    }

    fn end_writing(&self) -> io::Result<()> {
        self.shutdown(Shutdown::Write)
    }
}

/// A connection that counts, until this is dropped.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        // Relaxed: only a bound.
        self.0.fetch_sub(1, Relaxed);
    }
}

fn start<S: Socket>(mut accept: impl FnMut() -> io::Result<S> + Send + 'static) -> io::Result<()> {
    diagnosis::record_for_ever();
    diagnosis::log_long_polls();
    let connections = Arc::new(AtomicUsize::new(0));
    let accept = move || loop {
        let Ok(socket) = accept() else {
            // No descriptors, for instance: it will be better in a while, or it will not.
            thread::sleep(Duration::from_millis(100));
            continue;
        };
        // Relaxed: only a bound, and this thread alone adds to it.
        if connections.load(Relaxed) < CONNECTIONS {
            connections.fetch_add(1, Relaxed);
            let counted = Counted(connections.clone());
            // If the system refuses a thread, the connection is closed with the closure.
            let _ = thread::Builder::new().name("tokio-inspect".to_owned()).spawn(move || {
                let _counted = counted;
                let _ = answer(socket);
            });
        }
    };
    thread::Builder::new().name("tokio-inspect".to_owned()).spawn(accept).map(drop)
}

fn answer<S: Socket>(mut socket: S) -> io::Result<()> {
    match read_head(&mut socket)? {
        Some(head) => respond::<S>(&head).send(&mut socket),
        None => {
            Reply::text(431, "the request is too long\n").send(&mut socket)?;
            discard_rest(&mut socket)
        }
    }
}

/// Reads what else comes of a request that was refused, some of it: were it left in the socket, the
/// system would reset the connection, and the client would not read why.
fn discard_rest<S: Socket>(socket: &mut S) -> io::Result<()> {
    socket.end_writing()?;
    let until = Instant::now() + LINGER;
    let mut left = LINGER_BYTES;
    let mut part = [0; 1024];
    while left > 0 {
        socket.set_timeouts(time_left(until)?, WRITE)?;
        match socket.read(&mut part) {
            Ok(0) => break,
            Ok(n) => left = left.saturating_sub(n),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// The time that is left, or an error if none is.
fn time_left(until: Instant) -> io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    Ok(left)
}

/// Reads up to the empty line; nothing if that does not come within [`HEAD`] bytes.
fn read_head<S: Socket>(socket: &mut S) -> io::Result<Option<Vec<u8>>> {
    let until = Instant::now() + READ;
    let mut head = Vec::with_capacity(1024);
    let mut part = [0; 1024];
    while head.len() < HEAD {
        socket.set_timeouts(time_left(until)?, WRITE)?;
        let n = match socket.read(&mut part) {
            Ok(n) => n,
            // By a signal; a call with a time limit is not restarted.
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        if n == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let from = head.len().saturating_sub(3);
        head.extend_from_slice(&part[..n]);
        if head[from..].windows(4).any(|four| four == b"\r\n\r\n") {
            return Ok(Some(head));
        }
    }
    Ok(None)
}

/// What is sent back.
struct Reply {
    status: u16,
    content_type: &'static str,
    body: String,
}

impl Reply {
    fn text(status: u16, body: impl Into<String>) -> Reply {
        Reply { status, content_type: "text/plain; charset=utf-8", body: body.into() }
    }

    fn send<S: Socket>(self, socket: &mut S) -> io::Result<()> {
        let until = Instant::now() + WRITE;
        let Reply { status, content_type, body } = self;
        let head = format!(
            "HTTP/1.1 {status} {}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\
             Connection: close\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\
             Content-Security-Policy: default-src 'none'; script-src 'unsafe-inline'; style-src \
             'unsafe-inline'; connect-src 'self'\r\n\r\n",
            if status == 200 { "OK" } else { "Refused" },
            body.len(),
        );
        for mut rest in [head.as_bytes(), body.as_bytes()] {
            while !rest.is_empty() {
                // A part at a time, so that each wait for a slow reader is bounded.
                socket.set_timeouts(READ, time_left(until)?)?;
                let n = match socket.write(&rest[..rest.len().min(64 * 1024)]) {
                    Ok(n) => n,
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                    Err(e) => return Err(e),
                };
                if n == 0 {
                    return Err(io::ErrorKind::WriteZero.into());
                }
                rest = &rest[n..];
            }
        }
        socket.flush()
    }
}

fn respond<S: Socket>(head: &[u8]) -> Reply {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(httparse::Status::Complete(_)) => {}
        _ => return Reply::text(400, "this is no request\n"),
    }
    let hosts = request.headers.iter().filter(|h| h.name.eq_ignore_ascii_case("host"));
    if S::NEEDS_HOST && !hosts.map(|h| h.value).all(is_this_machine) {
        return Reply::text(403, "the host in the request is not this machine\n");
    }
    if request.method != Some("GET") {
        return Reply::text(405, "only GET\n");
    }
    let path = request.path.unwrap_or("");
    respond_to(path.split_once('?').map_or(path, |(path, _)| path))
}

/// Whether the name in a request leads here without asking anybody's name server: one that a
/// foreign page has a browser send may not.
fn is_this_machine(host: &[u8]) -> bool {
    let Ok(host) = std::str::from_utf8(host) else { return false };
    let name = match host.strip_prefix('[') {
        Some(bracketed) => bracketed.split_once(']').map_or("", |(name, _)| name),
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    let is_loopback = |ip: std::net::IpAddr| ip.is_loopback();
    name == "localhost" || name.parse().is_ok_and(is_loopback)
}

fn respond_to(path: &str) -> Reply {
    /// One answer is made at a time, so that many requests do not multiply its memory.
    static MAKING: Mutex<()> = Mutex::new(());
    let html = "text/html; charset=utf-8";
    if path == "/" {
        return Reply { status: 200, content_type: html, body: PAGE.to_owned() };
    }
    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    match path {
        "/tasks" => Reply::text(200, render::tasks(&tasks::tasks())),
        "/tasks.json" => {
            let (runtimes, findings) = (super::metrics(), diagnosis::diagnose());
            let mut tasks = tasks::tasks();
            let there_are = tasks.len();
            tasks.truncate(TASKS);
            let body = render::json(&runtimes, &findings, &tasks, there_are);
            Reply { status: 200, content_type: "application/json", body }
        }
        "/dump" => Reply::text(200, dump::dump(STACKS).to_string()),
        "/metrics" => Reply {
            status: 200,
            content_type: "text/plain; version=0.0.4; charset=utf-8",
            body: super::prometheus(),
        },
        _ => match path.strip_prefix("/task/").and_then(|id| id.parse().ok()) {
            Some(id) => match dump::dump_task(id) {
                Some(of) => Reply::text(200, render::task(&of)),
                None => Reply::text(404, format!("there is no task {id} any more\n")),
            },
            None => Reply::text(404, "there are: / /tasks /tasks.json /task/ID /dump /metrics\n"),
        },
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_answered() {
        for host in
            ["localhost", "localhost:80", "127.0.0.1:6669", "127.9.9.9", "[::1]:80", "[::1]"]
        {
            assert!(is_this_machine(host.as_bytes()), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example:80", "10.0.0.1", "", "[::2]:80"] {
            assert!(!is_this_machine(host.as_bytes()), "{host}");
        }
        assert!(!is_this_machine(b"\xff"));
    }

    /// A request that gets past the parser, to be damaged.
    const REQUEST: &[u8] = b"GET /nothing HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n";

    proptest::proptest! {
        #[test]
        fn any_bytes_get_an_answer_that_gives_nothing_away(
            head in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..600),
        ) {
            let reply = respond::<TcpStream>(&head);
            proptest::prop_assert!([400, 403, 405].contains(&reply.status), "{:?}", reply);
        }

        #[test]
        fn a_damaged_request_gets_an_answer(
            places in proptest::collection::vec(
                (0..REQUEST.len(), proptest::prelude::any::<u8>()), 1..6),
            cut in 0..REQUEST.len(),
        ) {
            let mut head = REQUEST.to_vec();
            places.iter().for_each(|(at, byte)| head[*at] = *byte);
            // Whole, and cut short.
            for head in [&head[..], &head[..cut]] {
                let reply = respond::<TcpStream>(head);
                proptest::prop_assert!([200, 400, 403, 404, 405].contains(&reply.status));
                proptest::prop_assert!(reply.status != 200 || reply.body == PAGE);
            }
        }

        #[test]
        fn no_foreign_name_is_taken_for_this_machine(host in "[a-z0-9.:\\[\\]-]{0,40}") {
            let is_ours = is_this_machine(host.as_bytes());
            let starts = ["localhost", "127.", "[::1]", "["];
            proptest::prop_assert!(!is_ours || starts.iter().any(|start| host.starts_with(start)));
        }
    }

    /// Hands out its bytes one at a time, for ever.
    struct Drips;

    impl Read for Drips {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            buf[0] = b'a';
            Ok(1)
        }
    }

    impl Write for Drips {
        fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
            // It takes less and less.
            Ok(buf.len().min(1))
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Socket for Drips {
        const NEEDS_HOST: bool = true;

        fn set_timeouts(&self, read: Duration, write: Duration) -> io::Result<()> {
            assert!(read <= WRITE && write <= WRITE, "each wait is bounded");
            Ok(())
        }

        fn end_writing(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_client_that_drips_is_cut_off_at_the_bound() {
        assert!(read_head(&mut Drips).unwrap().is_none(), "no more than {HEAD} bytes are kept");
        // It has an end, by bytes or by time.
        let _ = discard_rest(&mut Drips);
        // Byte by byte, and yet to the end.
        Reply::text(200, "x".repeat(1000)).send(&mut Drips).unwrap();
    }
}
