//! Connections that come, are served once, and go.

use super::window::Window;
use super::{connect, unexpected, wait, Server, Service, Target, MESSAGE};
use crate::measured::Report;
use crate::sys::{Epoll, Interest};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

/// A connection that waits for its reply.
struct Client {
    socket: TcpStream,
    received: usize,
}

impl Client {
    fn start(server: SocketAddr, epoll: &Epoll, token: usize) -> io::Result<Client> {
        let mut socket = connect(server)?;
        socket.write_all(&[0x5a; MESSAGE])?;
        socket.set_nonblocking(true)?;
        epoll.add(&socket, token, Interest::READ)?;
        Ok(Client { socket, received: 0 })
    }
}

pub(super) fn run(target: &Target<'_>, connections: usize) -> io::Result<Report> {
    let server = Server::start(target, Service::Answer)?;
    let mut epoll = Epoll::new()?;
    let start = |epoll: &Epoll, token| Client::start(server.address(), epoll, token);
    let mut window = Window::new(&target.settings);
    let mut clients =
        (0..connections).map(|token| start(&epoll, token)).collect::<io::Result<Vec<_>>>()?;
    let mut events = Vec::new();
    let mut buf = [0; MESSAGE];
    while !window.is_over(&server)? {
        wait(&mut epoll, &mut events)?;
        for event in &events {
            let client = &mut clients[event.token];
            match client.socket.read(&mut buf[client.received..]) {
                Ok(0) => return Err(unexpected("has closed without a reply")),
                Ok(n) => client.received += n,
                Err(e) if e.kind() == ErrorKind::WouldBlock => continue,
                Err(e) => return Err(e),
            }
            if client.received == MESSAGE {
                window.count(1);
                *client = start(&epoll, event.token)?;
            }
        }
    }
    window.report(&server, 1.0, "ns")
}
