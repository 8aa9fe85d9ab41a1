//! Asks a running process what its tasks do: `tokio-inspect ADDRESS top|tasks|dump|metrics`.
//!
//! `ADDRESS` is what the process has in `TOKIO_INSPECT`: `127.0.0.1:6669`, or `unix:/path`.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [address, "top"] => top(address),
        [address, what @ ("tasks" | "dump" | "metrics")] => get(address, what).map(|text| {
            // Whoever reads this may have had enough of it.
            let _ = io::stdout().write_all(text.as_bytes());
        }),
        _ => Err(io::Error::other("usage: tokio-inspect ADDRESS top|tasks|dump|metrics")),
    };
    if let Err(e) = done {
        eprintln!("{e}");
        std::process::exit(1);
    }
}

/// Shows the list again and again.
fn top(address: &str) -> io::Result<()> {
    loop {
        let text = get(address, "tasks")?;
        print!("\x1b[2J\x1b[H");
        text.lines().take(40).for_each(|line| println!("{line}"));
        std::thread::sleep(Duration::from_secs(2));
    }
}

fn get(address: &str, what: &str) -> io::Result<String> {
    match address.strip_prefix("unix:") {
        #[cfg(unix)]
        Some(path) => ask(std::os::unix::net::UnixStream::connect(path)?, what),
        #[cfg(not(unix))]
        Some(_) => Err(io::Error::other("there are no Unix sockets here")),
        None => ask(TcpStream::connect(address)?, what),
    }
}

fn ask(mut socket: impl Read + Write, what: &str) -> io::Result<String> {
    write!(socket, "GET /{what} HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or(io::ErrorKind::InvalidData)?;
    if head.starts_with("HTTP/1.1 200 ") {
        Ok(body.to_owned())
    } else {
        Err(io::Error::other(body.trim_end().to_owned()))
    }
}
