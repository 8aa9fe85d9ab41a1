//! The examples, run as their headers say, with real clients.

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;
use test_support::stress::PATIENCE;

/// An example that runs, until the test is over.
struct Example(Child);

impl Example {
    fn start(name: &str, args: &[&str]) -> Example {
        let child = Command::new(program(name))
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start the example {name}: {error}"));
        Example(child)
    }

    /// Starts a server and waits until it says where it listens.
    fn serve(name: &str, args: &[&str]) -> (Example, SocketAddr) {
        let mut example = Example::start(name, args);
        let mut said = String::new();
        let mut output = BufReader::new(example.0.stdout.take().unwrap());
        output.read_line(&mut said).unwrap();
        let (_, addr) = said.split_once("listening on ").unwrap_or_else(|| panic!("{said}"));
        let addr = addr.split(',').next().unwrap().trim().parse().unwrap();
        // Whoever writes to a pipe that nobody reads fails.
        thread::spawn(move || io::copy(&mut output, &mut io::sink()));
        (example, addr)
    }

    /// Closes the standard input, waits for the end, and returns the standard output.
    fn output(mut self) -> String {
        drop(self.0.stdin.take());
        let mut said = String::new();
        self.0.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        let status = self.0.wait().unwrap();
        assert!(status.success(), "{status}: {said}");
        said
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where cargo puts examples, seen from where it puts tests. It builds them along with
/// the tests, unless told to build this test alone.
fn program(name: &str) -> PathBuf {
    let test = env::current_exe().expect("the test knows its own program");
    let profile = test.ancestors().nth(2).expect("tests are in `deps`, in the profile");
    let program = profile.join("examples").join(format!("{name}{}", env::consts::EXE_SUFFIX));
    if !program.exists() {
        let mut build = Command::new(env::var_os("CARGO").expect("cargo runs the tests"));
        build.args(["build", "--quiet", "--example", name]);
        build.arg("--target-dir").arg(profile.parent().expect("profiles have a directory"));
        if profile.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().expect("cargo can be run").success());
    }
    program
}

const ANY: &str = "127.0.0.1:0";

fn connect(addr: SocketAddr) -> BufReader<TcpStream> {
    let stream = TcpStream::connect(addr).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    BufReader::new(stream)
}

fn say(stream: &mut BufReader<TcpStream>, text: &str) {
    stream.get_mut().write_all(text.as_bytes()).unwrap();
}

fn hear(stream: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    stream.read_line(&mut line).unwrap();
    line
}

/// Reads one HTTP response: its status line, headers and body.
fn response(stream: &mut BufReader<TcpStream>) -> (String, String) {
    let status = hear(stream).trim_end().to_owned();
    let mut length = 0;
    loop {
        let header = hear(stream).to_ascii_lowercase();
        match header.trim_end().split_once(':') {
            Some(("content-length", value)) => length = value.trim().parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    (status, String::from_utf8(body).unwrap())
}

#[test]
fn tinyhttp_serves_its_pages() {
    let (_server, addr) = Example::serve("tinyhttp", &[ANY]);
    let mut client = connect(addr);
    // Several requests over one connection.
    for _ in 0..3 {
        say(&mut client, "GET /plaintext HTTP/1.1\r\nHost: here\r\n\r\n");
        let (status, body) = response(&mut client);
        assert_eq!((status.as_str(), body.as_str()), ("HTTP/1.1 200 OK", "Hello, World!"));
    }
    say(&mut client, "GET /json HTTP/1.1\r\nHost: here\r\n\r\n");
    assert_eq!(response(&mut client).1, r#"{"message":"Hello, World!"}"#);
    // Two requests at once, and one in pieces.
    say(&mut client, "GET /a HTTP/1.1\r\n\r\nPUT /b HTTP/1.1\r\n\r\nGET /pl");
    assert_eq!(response(&mut client).0, "HTTP/1.1 404 Not Found");
    assert_eq!(response(&mut client).0, "HTTP/1.1 405 Method Not Allowed");
    say(&mut client, "aintext HTTP/1.1\r\nConnection: close\r\n\r\n");
    assert_eq!(response(&mut client).0, "HTTP/1.1 200 OK");
    assert_eq!(hear(&mut client), "", "the connection should be closed");
}

#[test]
fn tinyhttp_outlives_nonsense() {
    let (_server, addr) = Example::serve("tinyhttp", &[ANY]);
    for nonsense in ["\0\x01\x02\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"] {
        let mut client = connect(addr);
        say(&mut client, nonsense);
        let mut rest = Vec::new();
        // The server may close with our bytes unread, which is a reset.
        let _ = client.read_to_end(&mut rest);
        assert_eq!(rest, b"", "no answer to nonsense");
    }
    let mut client = connect(addr);
    say(&mut client, "GET /plaintext HTTP/1.0\r\n\r\n");
    assert_eq!(response(&mut client).1, "Hello, World!");
}

#[test]
fn tinydb_keeps_what_it_is_given() {
    let (_server, addr) = Example::serve("tinydb", &[ANY]);
    let (mut one, mut two) = (connect(addr), connect(addr));
    for (client, request, answer) in [
        (1, "GET foo", "foo = bar"),
        (1, "SET foo a new value", "set foo = `a new value`, previous: Some(\"bar\")"),
        (2, "GET foo", "foo = a new value"),
        (2, "GET other", "error: no key other"),
        (2, "SET other x", "set other = `x`, previous: None"),
        (1, "GET other", "other = x"),
        (1, "GET", "error: GET wants a name"),
        (1, "SET foo", "error: SET wants a name and a value"),
        (1, "", "error: there is nothing on this line"),
        (1, "DROP foo", "error: unknown command: DROP"),
    ] {
        let client = if client == 1 { &mut one } else { &mut two };
        say(client, &format!("{request}\n"));
        assert_eq!(hear(client).trim_end(), answer, "to {request:?}");
    }
}

#[test]
fn chat_lines_reach_everyone_else() {
    let (_server, addr) = Example::serve("chat-combinator", &[ANY]);
    let mut guests: Vec<_> = (0..3).map(|_| connect(addr)).collect();
    let names: Vec<_> = guests.iter().map(|g| g.get_ref().local_addr().unwrap()).collect();
    // A client is in the room once it receives a line of another: all write until all are.
    say(&mut guests[0], "are you there?\n");
    for (speaker, listener) in [(1, 0), (2, 0), (0, 1), (0, 2)] {
        let text = format!("{speaker} to {listener}");
        // Until the listener has entered, nothing reaches it.
        guests[listener].get_ref().set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let mut heard = String::new();
        while !heard.ends_with(&format!("{text}\n")) {
            say(&mut guests[speaker], &format!("{text}\n"));
            heard.clear();
            match guests[listener].read_line(&mut heard) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(heard, format!("{}: {text}\n", names[speaker]));
    }
    // Somebody leaves; the others go on.
    drop(guests.pop());
    say(&mut guests[0], "still here?\n");
    guests[1].get_ref().set_read_timeout(Some(PATIENCE)).unwrap();
    while hear(&mut guests[1]) != format!("{}: still here?\n", names[0]) {}
}

#[test]
fn proxy_passes_both_ways_and_keeps_a_half_close() {
    let upstream = TcpListener::bind(ANY).unwrap();
    let upstream_addr = upstream.local_addr().unwrap();
    // Answers only when the request is complete.
    let answering = thread::spawn(move || {
        let mut stream = upstream.accept().unwrap().0;
        let mut request = Vec::new();
        stream.read_to_end(&mut request).unwrap();
        request.reverse();
        stream.write_all(&request).unwrap();
    });
    let (_proxy, addr) = Example::serve("proxy", &[ANY, &upstream_addr.to_string()]);
    let mut client = TcpStream::connect(addr).unwrap();
    let mut request: Vec<u8> = (0..1_000_000u32).map(|i| (i % 251) as u8).collect();
    client.write_all(&request).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).unwrap();
    request.reverse();
    assert!(answer == request, "{} of {} bytes came back", answer.len(), request.len());
    answering.join().unwrap();
}

#[test]
fn echo_udp_sends_datagrams_back() {
    let (_server, addr) = Example::serve("echo-udp", &[ANY]);
    let client = UdpSocket::bind(ANY).unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    client.connect(addr).unwrap();
    let mut buf = vec![0; 70_000];
    for datagram in [&b"hello"[..], b"", &[7; 60_000]] {
        client.send(datagram).unwrap();
        let n = client.recv(&mut buf).unwrap();
        assert!(&buf[..n] == datagram);
    }
}

#[test]
fn hello_world_says_hello_and_leaves() {
    let listener = TcpListener::bind(ANY).unwrap();
    let addr = listener.local_addr().unwrap();
    let example = Example::start("hello_world", &[&addr.to_string()]);
    let mut heard = String::new();
    listener.accept().unwrap().0.read_to_string(&mut heard).unwrap();
    assert_eq!(heard, "hello world\n");
    assert_eq!(example.output(), "connected\nsaid hello\n");
}

#[test]
fn connect_joins_standard_streams_to_tcp() {
    let listener = TcpListener::bind(ANY).unwrap();
    let addr = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        let mut heard = String::new();
        stream.read_to_string(&mut heard).unwrap();
        stream.write_all(b"you said: ").unwrap();
        stream.write_all(heard.as_bytes()).unwrap();
    });
    let mut example = Example::start("connect", &[&addr.to_string()]);
    example.0.stdin.as_mut().unwrap().write_all(b"one\ntwo\n").unwrap();
    assert_eq!(example.output(), "you said: one\ntwo\n");
    server.join().unwrap();
}

#[test]
fn connect_joins_standard_streams_to_udp() {
    let server = UdpSocket::bind(ANY).unwrap();
    server.set_read_timeout(Some(PATIENCE)).unwrap();
    let addr = server.local_addr().unwrap().to_string();
    let mut example = Example::start("connect", &["--udp", &addr]);
    example.0.stdin.as_mut().unwrap().write_all(b"hello\n").unwrap();
    let mut buf = [0; 64];
    let (n, client) = server.recv_from(&mut buf).unwrap();
    assert_eq!(&buf[..n], b"hello\n");
    server.send_to(b"and to you\n", client).unwrap();
    let mut shown = String::new();
    BufReader::new(example.0.stdout.take().unwrap()).read_line(&mut shown).unwrap();
    assert_eq!(shown, "and to you\n");
}

#[test]
fn manual_runtime_finishes_all_it_has_spawned() {
    let said = Example::start("manual-runtime", &[]).output();
    assert!(said.contains("connect"), "{said}");
    assert!(said.contains("two seconds are over"), "{said}");
}

#[test]
fn blocking_tasks_begin_before_any_is_done() {
    let begin_first = || {
        let said = Example::start("blocking", &[]).output();
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines.len(), 24, "{said}");
        lines.iter().position(|line| line.contains("has blocked")) == Some(16)
    };
    // Each blocks for a second; a machine may need as long until the last one begins.
    assert!((0..5).any(|_| begin_first()));
}

/// The tools find the four faults of the example from outside, by a socket and by a signal,
/// with nothing but a variable in its environment.
#[cfg(all(unix, feature = "inspect"))]
#[test]
fn a_stuck_program_is_looked_into_by_way_of_its_environment() {
    let path = env::temp_dir().join(format!("tokio-stuck-{}", std::process::id()));
    let at = format!("unix:{}", path.to_str().unwrap());
    let start = |how: &str| {
        let mut program = Command::new(program("stuck"));
        program.env("TOKIO_INSPECT", how).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut example = Example(program.spawn().unwrap());
        let mut said = String::new();
        let mut output = BufReader::new(example.0.stdout.take().unwrap());
        output.read_line(&mut said).unwrap();
        assert_eq!(said, "stuck; look inside\n");
        example
    };
    let faults = [
        "`blocked worker`",
        "`leaked task`",
        "can never run again",
        "hold locks that the next waits for",
        "oneshot receiver",
    ];

    let by_socket = start(&at);
    loop {
        let dump = Command::new(program("tokio-inspect")).args([&at, "dump"]).output().unwrap();
        let dump = String::from_utf8(dump.stdout).unwrap();
        if faults.iter().all(|fault| dump.contains(fault)) && dump.contains("in one poll for") {
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    drop(by_socket);
    std::fs::remove_file(path).unwrap();

    let mut by_signal = start("signal");
    let mut errors = BufReader::new(by_signal.0.stderr.take().unwrap());
    let pid = by_signal.0.id().to_string();
    // Again and again, as the first may come before the tasks have been polled.
    let signals = thread::spawn(move || {
        while Command::new("kill").args(["-USR1", &pid]).output().unwrap().status.success() {
            thread::sleep(Duration::from_millis(100));
        }
    });
    let mut dump = String::new();
    while !dump.contains("`echo`") || !dump.contains("can never run again") {
        assert!(errors.read_line(&mut dump).unwrap() > 0, "{dump}");
    }
    drop(by_signal);
    signals.join().unwrap();

    let mut refused = start("0.0.0.0:6669");
    let mut errors = BufReader::new(refused.0.stderr.take().unwrap());
    let mut error = String::new();
    errors.read_line(&mut error).unwrap();
    assert!(error.contains("others cannot reach"), "{error}");
}

/// Starts the program that asks a process, to show its tasks again and again.
#[cfg(all(unix, feature = "inspect"))]
fn top(address: &str) -> Example {
    let mut program = Command::new(program("tokio-inspect"));
    program.args([address, "top"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    Example(program.spawn().unwrap())
}

/// How a program ended by itself, and what it complained of.
#[cfg(all(unix, feature = "inspect"))]
fn end(mut example: Example) -> (Option<i32>, String) {
    let mut complaint = String::new();
    example.0.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
    (example.0.wait().unwrap().code(), complaint)
}

#[cfg(all(unix, feature = "inspect"))]
#[test]
fn top_shows_the_tasks_of_a_process_until_that_is_gone() {
    /// What it writes before each list, to clear the screen.
    const CLEAR: &str = "\x1b[2J\x1b[H";
    let path = env::temp_dir().join(format!("tokio-top-{}", std::process::id()));
    let at = format!("unix:{}", path.to_str().unwrap());
    let mut stuck = Command::new(program("stuck"));
    let mut stuck =
        Example(stuck.env("TOKIO_INSPECT", &at).stdout(Stdio::piped()).spawn().unwrap());
    let mut said = String::new();
    BufReader::new(stuck.0.stdout.take().unwrap()).read_line(&mut said).unwrap();
    assert_eq!(said, "stuck; look inside\n");

    let mut looks = top(&at);
    let mut output = BufReader::new(looks.0.stdout.take().unwrap());
    let mut lists = vec![String::new()];
    // Two whole lists, of which the first may have come before all tasks were polled.
    while lists.len() < 4 {
        let mut line = String::new();
        assert!(output.read_line(&mut line).unwrap() > 0, "it has ended after {lists:?}");
        if let Some(first) = line.strip_prefix(CLEAR) {
            lists.push(first.to_owned());
        } else {
            lists.last_mut().unwrap().push_str(&line);
        }
    }
    let list = &lists[2];
    let names = ["lost sender", "transfer", "audit", "blocked worker", "leaked task", "echo"];
    for name in names {
        assert!(list.contains(&format!("`{name}` (examples/stuck.rs:")), "{name} in {list}");
    }
    assert!(list.lines().count() <= 41, "what fits on a screen: {list}");
    assert!(list.lines().next().unwrap().contains(" tasks"), "how many there are: {list}");
    // The process goes, and what shows it says so.
    drop(stuck);
    let (code, complaint) = end(looks);
    assert_eq!(code, Some(1), "{complaint}");
    assert!(complaint.starts_with(&format!("cannot connect to {at}: ")), "{complaint}");
    assert!(complaint.contains("TOKIO_INSPECT?"), "{complaint}");
    std::fs::remove_file(path).unwrap();
}

#[cfg(all(unix, feature = "inspect"))]
#[test]
fn top_ends_when_its_connection_or_its_output_is_closed() {
    let listener = TcpListener::bind(ANY).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n0 tasks\n";
    // One whole answer, and then parts that end too early.
    for (part, complaint) in [
        ("", "the answer is none of HTTP"),
        ("HTTP/1.1 200 OK\r\nContent-", "the answer is none of HTTP"),
        ("HTTP/1.1 503 Refused\r\n\r\nnot now\n", "not now"),
    ] {
        let mut looks = top(&address);
        let mut output = BufReader::new(looks.0.stdout.take().unwrap());
        for text in [answer, part] {
            let (mut socket, _) = listener.accept().unwrap();
            assert_eq!(request_line(&socket), "GET /tasks HTTP/1.1");
            socket.write_all(text.as_bytes()).unwrap();
        }
        let mut shown = String::new();
        output.read_to_string(&mut shown).unwrap();
        assert_eq!(shown, "\x1b[2J\x1b[H0 tasks\n", "the first answer, and nothing of {part:?}");
        let (code, complained) = end(looks);
        assert_eq!(code, Some(1));
        assert!(complained.starts_with(complaint), "{complained}");
    }
    // Nobody looks any more: it ends without a word.
    let mut looks = top(&address);
    drop(looks.0.stdout.take());
    let (mut socket, _) = listener.accept().unwrap();
    assert_eq!(request_line(&socket), "GET /tasks HTTP/1.1");
    socket.write_all(answer.as_bytes()).unwrap();
    drop(socket);
    assert_eq!(end(looks), (Some(0), String::new()));
}

/// The first line of a request, of which the head is read to its end.
#[cfg(all(unix, feature = "inspect"))]
fn request_line(socket: &std::net::TcpStream) -> String {
    let lines = BufReader::new(socket).lines().map(Result::unwrap);
    let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    head.into_iter().next().unwrap_or_default()
}
