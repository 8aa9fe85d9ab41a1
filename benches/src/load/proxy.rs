//! Bytes through a proxy, both ways, as fast as it takes them.
//!
//! This thread is the clients and the backend. What arrives is dropped inside the kernel,
//! so that most of the copying is the proxy's.

use super::window::Window;
use super::{connect, unexpected, wait, Server, Service, Target};
use crate::measured::Report;
use crate::sys::{self, Epoll, Interest};
use std::io::{self, ErrorKind, Write};
use std::net::TcpListener;

/// What is sent at once, in bytes.
const CHUNK: usize = 64 * 1024;
const MIB: u64 = 1024 * 1024;

pub(super) fn run(target: &Target<'_>, connections: usize) -> io::Result<Report> {
    let backend = TcpListener::bind("127.0.0.1:0")?;
    let server = Server::start(target, Service::Proxy(backend.local_addr()?))?;
    let mut epoll = Epoll::new()?;
    let mut sockets = Vec::with_capacity(2 * connections);
    for _ in 0..connections {
        sockets.push(connect(server.address())?);
        let (end, _) = backend.accept()?;
        sys::reset_on_close(&end)?;
        sockets.push(end);
    }
    for (token, socket) in sockets.iter().enumerate() {
        socket.set_nonblocking(true)?;
        epoll.add(socket, token, Interest::BOTH)?;
    }
    let mut window = Window::new(&target.settings);
    let mut events = Vec::new();
    let chunk = vec![0; CHUNK];
    // Not yet a whole MiB.
    let mut bytes = 0;
    while !window.is_over(&server)? {
        wait(&mut epoll, &mut events)?;
        for event in &events {
            let mut socket = &sockets[event.token];
            if event.readable {
                match sys::discard(socket, 4 * CHUNK) {
                    Ok(0) => return Err(unexpected("has closed a connection")),
                    Ok(n) => bytes += n as u64,
                    Err(e) if e.kind() == ErrorKind::WouldBlock => {}
                    Err(e) => return Err(e),
                }
            }
            if event.writable {
                match socket.write(&chunk) {
                    Ok(_) => {}
                    Err(e) if e.kind() == ErrorKind::WouldBlock => {}
                    Err(e) => return Err(e),
                }
            }
        }
        window.count(bytes / MIB);
        bytes %= MIB;
    }
    window.report(&server, 1e3, "us")
}
