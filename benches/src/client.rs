//! The clients of the echo servers: threads with blocking sockets.

use crate::Measured;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Instant;

const CONNECTIONS: u64 = 16;
const REQUESTS: u64 = 4_000;
const BYTES: usize = 64;

/// Sends requests on every connection, one at a time, and waits for each to come back.
pub fn echo(server: SocketAddr) -> Measured {
    let start = Arc::new(Barrier::new(CONNECTIONS as usize + 1));
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let start = start.clone();
            thread::spawn(move || {
                let mut socket = TcpStream::connect(server).expect("the server listens");
                socket.set_nodelay(true).expect("it is a TCP socket");
                let mut exchange = || {
                    let mut buf = [7; BYTES];
                    socket.write_all(&buf).expect("the server reads");
                    socket.read_exact(&mut buf).expect("the server echoes");
                };
                exchange();
                start.wait();
                for _ in 0..REQUESTS {
                    exchange();
                }
            })
        })
        .collect();
    start.wait();
    let started = Instant::now();
    for client in clients {
        client.join().expect("a client has failed");
    }
    Measured { elapsed: started.elapsed(), operations: CONNECTIONS * REQUESTS }
}
