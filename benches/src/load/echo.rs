//! Requests on connections that stay.

use super::window::Window;
use super::{prepared, unexpected, wait, Server, Service, Target, MESSAGE};
use crate::measured::Report;
use crate::sys::{self, Epoll, Interest};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

/// A connection with a request on the way.
struct Client {
    socket: TcpStream,
    received: usize,
    sent: Instant,
}

const REQUEST: [u8; MESSAGE] = [0xa5; MESSAGE];

pub(super) fn run(target: &Target<'_>, service: Service, connections: usize) -> io::Result<Report> {
    let server = Server::start(target, service)?;
    let mut clients = Vec::with_capacity(connections);
    let mut epoll = Epoll::new()?;
    for token in 0..connections {
        let socket = settle(server.address(), token)?;
        socket.set_nonblocking(true)?;
        epoll.add(&socket, token, Interest::READ)?;
        clients.push(Client { socket, received: 0, sent: Instant::now() });
    }
    let mut window = Window::new(&target.settings);
    let mut latencies_ns = Vec::new();
    for client in &mut clients {
        client.send()?;
    }
    let mut events = Vec::new();
    while !window.is_over(&server)? {
        wait(&mut epoll, &mut events)?;
        for event in &events {
            let client = &mut clients[event.token];
            if client.receive()? {
                if window.is_open() {
                    latencies_ns.push(client.sent.elapsed().as_nanos() as u64);
                    window.count(1);
                }
                client.send()?;
            }
        }
    }
    let mut report = window.report(&server, 1.0, "ns")?;
    report.add_percentiles(latencies_ns);
    Ok(report)
}

/// Connects, and waits for a first reply: then the server has accepted, too.
pub(super) fn settle(server: SocketAddr, n: usize) -> io::Result<TcpStream> {
    let mut socket = prepared(sys::connect_numbered(server, n)?)?;
    socket.write_all(&REQUEST)?;
    let mut reply = [0; MESSAGE];
    socket.read_exact(&mut reply)?;
    match reply == REQUEST {
        true => Ok(socket),
        false => Err(unexpected("sent something else back")),
    }
}

impl Client {
    fn send(&mut self) -> io::Result<()> {
        self.received = 0;
        self.sent = Instant::now();
        // There is room for one request: the reply to the one before is here.
        self.socket.write_all(&REQUEST)
    }

    /// Whether the reply is complete.
    fn receive(&mut self) -> io::Result<bool> {
        let mut buf = [0; MESSAGE];
        match self.socket.read(&mut buf[self.received..]) {
            Ok(0) => Err(unexpected("has closed a connection")),
            Ok(n) => {
                self.received += n;
                Ok(self.received == MESSAGE)
            }
            Err(e) if e.kind() == ErrorKind::WouldBlock => Ok(false),
            Err(e) => Err(e),
        }
    }
}
