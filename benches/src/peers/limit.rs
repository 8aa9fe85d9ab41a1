//! The limit: a loop around epoll, on one thread, without a runtime.
//!
//! It serves what the others serve with as few system calls and instructions as there can
//! be: level-triggered, one buffer for all connections, registered once.

use crate::load::{announce, Service, MESSAGE};
use crate::sys::{self, token_of, Epoll, Event, Interest};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

/// Serves for ever.
pub fn serve(service: Service) {
    let listener = sys::listen().expect("cannot listen");
    announce(&listener);
    let epoll = Epoll::new().expect("cannot make an epoll");
    epoll.add(&listener, token_of(&listener), Interest::READ).expect("cannot watch");
    match service {
        Service::Echo | Service::Busy(_) => {
            Small { answers: u64::MAX, sockets: Vec::new() }.run(epoll, listener)
        }
        Service::Answer => Small { answers: 1, sockets: Vec::new() }.run(epoll, listener),
        Service::Proxy(backend) => Proxy { backend, ends: Vec::new() }.run(epoll, listener),
    }
}

/// A table by descriptor.
fn put<T>(table: &mut Vec<Option<T>>, at: usize, value: T) {
    if table.len() <= at {
        table.resize_with(at + 1, || None);
    }
    table[at] = Some(value);
}

/// All connections that wait, in turn, until there is none.
fn accept_all(listener: &TcpListener, mut accepted: impl FnMut(TcpStream)) {
    loop {
        match sys::accept(listener) {
            Ok(socket) => accepted(socket),
            Err(e) if e.kind() == ErrorKind::WouldBlock => return,
            Err(e) => panic!("cannot accept: {e}"),
        }
    }
}

/// Echoes messages that fit into the socket's buffer.
struct Small {
    /// How many on a connection, before it is closed.
    answers: u64,
    sockets: Vec<Option<TcpStream>>,
}

impl Small {
    fn run(mut self, mut epoll: Epoll, listener: TcpListener) {
        let mut events = Vec::new();
        let mut buf = [0; 1024];
        loop {
            epoll.wait(&mut events, None).expect("cannot wait");
            for event in &events {
                if event.token == token_of(&listener) {
                    accept_all(&listener, |socket| {
                        // The first message is often here already.
                        if self.goes_on(&socket, &mut buf) {
                            let token = token_of(&socket);
                            epoll.add(&socket, token, Interest::READ).expect("cannot watch");
                            put(&mut self.sockets, token, socket);
                        }
                    });
                } else if let Some(socket) = &self.sockets[event.token] {
                    if !self.goes_on(socket, &mut buf) {
                        self.sockets[event.token] = None;
                    }
                }
            }
        }
    }

    /// Serves one message, if it is here. Whether more are expected.
    fn goes_on(&self, mut socket: &TcpStream, buf: &mut [u8]) -> bool {
        match socket.read(buf) {
            Ok(0) => false,
            Ok(n) => {
                debug_assert!(self.answers > 1 || n == MESSAGE, "read {n} bytes of a message");
                // What does not fit would need a buffer; messages here are small, and each
                // client waits for its own.
                matches!(socket.write(&buf[..n]), Ok(written) if written == n) && self.answers > 1
            }
            Err(e) => e.kind() == ErrorKind::WouldBlock,
        }
    }
}

/// Copies both ways between each client and a connection of its own to the backend.
struct Proxy {
    backend: SocketAddr,
    ends: Vec<Option<End>>,
}

/// A socket, and what was read from it and waits to be written to its partner.
struct End {
    socket: TcpStream,
    partner: usize,
    waiting: Vec<u8>,
    watched: Interest,
}

const CHUNK: usize = 64 * 1024;
/// So many chunks a turn of one connection.
const CHUNKS: usize = 16;

impl Proxy {
    fn run(mut self, mut epoll: Epoll, listener: TcpListener) {
        let mut events: Vec<Event> = Vec::new();
        let mut buf = vec![0; CHUNK];
        loop {
            epoll.wait(&mut events, None).expect("cannot wait");
            for event in &events {
                if event.token == token_of(&listener) {
                    accept_all(&listener, |client| self.join(&epoll, client));
                    continue;
                }
                let Some(partner) = self.ends[event.token].as_ref().map(|end| end.partner) else {
                    continue;
                };
                let alive = (!event.writable || self.write(partner))
                    && (!event.readable || self.read(event.token, &mut buf));
                if alive {
                    self.watch(&epoll, event.token);
                    self.watch(&epoll, partner);
                } else {
                    self.ends[event.token] = None;
                    self.ends[partner] = None;
                }
            }
        }
    }

    fn join(&mut self, epoll: &Epoll, client: TcpStream) {
        let server = TcpStream::connect(self.backend).expect("the backend listens");
        server.set_nonblocking(true).expect("it is a socket");
        let tokens = [token_of(&client), token_of(&server)];
        for (at, socket) in [client, server].into_iter().enumerate() {
            epoll.add(&socket, tokens[at], Interest::READ).expect("cannot watch");
            let (partner, watched) = (tokens[1 - at], Interest::READ);
            put(&mut self.ends, tokens[at], End { socket, partner, waiting: Vec::new(), watched });
        }
    }

    /// Copies as much as goes, within bounds: what is in the cache is copied cheaper than
    /// what comes back later. `false`: the end, in either direction.
    fn read(&mut self, from: usize, buf: &mut [u8]) -> bool {
        for _ in 0..CHUNKS {
            let Some(end) = &mut self.ends[from] else { return false };
            if !end.waiting.is_empty() {
                break;
            }
            let read = match end.socket.read(buf) {
                Ok(0) => return false,
                Ok(n) => &buf[..n],
                Err(e) => return e.kind() == ErrorKind::WouldBlock,
            };
            let partner = end.partner;
            let Some(written) = self.write_some(partner, read) else { return false };
            if let Some(end) = &mut self.ends[from] {
                end.waiting.extend_from_slice(&read[written..]);
            }
            // A short read has emptied the socket.
            if read.len() < CHUNK {
                break;
            }
        }
        true
    }

    /// Writes what was read from `from` before.
    fn write(&mut self, from: usize) -> bool {
        let Some(end) = &mut self.ends[from] else { return false };
        if end.waiting.is_empty() {
            return true;
        }
        let (partner, waiting) = (end.partner, std::mem::take(&mut end.waiting));
        let Some(written) = self.write_some(partner, &waiting) else { return false };
        if let Some(end) = &mut self.ends[from] {
            end.waiting = waiting;
            end.waiting.drain(..written);
        }
        true
    }

    fn write_some(&mut self, to: usize, bytes: &[u8]) -> Option<usize> {
        match self.ends[to].as_mut()?.socket.write(bytes) {
            Ok(n) => Some(n),
            Err(e) if e.kind() == ErrorKind::WouldBlock => Some(0),
            Err(_) => None,
        }
    }

    /// Watches for reading unless something waits for the partner, and for writing while
    /// something of the partner's waits.
    fn watch(&mut self, epoll: &Epoll, at: usize) {
        let Some(end) = &self.ends[at] else { return };
        let partner_waits = self.ends[end.partner].as_ref().is_some_and(|p| !p.waiting.is_empty());
        let wanted = Interest { read: end.waiting.is_empty(), write: partner_waits };
        if let Some(end) = self.ends[at].as_mut().filter(|end| end.watched != wanted) {
            epoll.change(&end.socket, at, wanted).expect("cannot watch");
            end.watched = wanted;
        }
    }
}
