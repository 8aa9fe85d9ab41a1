//! Asks a running process what its tasks do: `tokio-inspect ADDRESS top|tasks|dump|metrics`, or
//! `tokio-inspect ADDRESS task ID` for one of them.
//!
//! `ADDRESS` is what the process has in `TOKIO_INSPECT`: `127.0.0.1:6669`, or `unix:/path`.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [address, "top"] => top(address),
        [address, what @ ("tasks" | "dump" | "metrics")] => get(address, what).and_then(print),
        [address, "task", id] => get(address, &format!("task/{id}")).and_then(print),
        _ => Err(io::Error::other("usage: tokio-inspect ADDRESS top|tasks|task ID|dump|metrics")),
    };
    if let Err(e) = done {
        // Whoever reads this has had enough of it: `| head`, for instance.
        if e.kind() == io::ErrorKind::BrokenPipe {
            return;
        }
        eprintln!("{e}");
        std::process::exit(1);
    }
}

fn print(text: String) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(text.as_bytes()).and_then(|()| out.flush())
}

/// Shows the list again and again.
fn top(address: &str) -> io::Result<()> {
    loop {
        let text = get(address, "tasks")?;
        let lines: Vec<&str> = text.lines().take(40).collect();
        print(format!("\x1b[2J\x1b[H{}\n", lines.join("\n")))?;
        std::thread::sleep(Duration::from_secs(2));
    }
}

fn get(address: &str, what: &str) -> io::Result<String> {
    let cannot = |e: io::Error| {
        let text = format!(
            "cannot connect to {address}: {e}; is it what the process has in TOKIO_INSPECT?"
        );
        io::Error::new(io::ErrorKind::NotConnected, text)
    };
    match address.strip_prefix("unix:") {
        #[cfg(unix)]
        Some(path) => ask(std::os::unix::net::UnixStream::connect(path).map_err(cannot)?, what),
        #[cfg(not(unix))]
        Some(_) => Err(io::Error::other("there are no Unix sockets here")),
        None => ask(TcpStream::connect(address).map_err(cannot)?, what),
    }
}

fn ask(mut socket: impl Read + Write, what: &str) -> io::Result<String> {
    socket.write_all(format!("GET /{what} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer)?;
    let none =
        || io::Error::other("the answer is none of HTTP: it is not tokio that listens there");
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(none)?;
    if head.starts_with("HTTP/1.1 200 ") {
        Ok(body.to_owned())
    } else {
        Err(io::Error::other(body.trim_end().to_owned()))
    }
}
