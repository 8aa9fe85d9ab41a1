//! Sends every datagram back to where it came from.
//!
//!     cargo run --example echo-udp
//!     cargo run --example connect -- --udp 127.0.0.1:8080
//!
//! Every line that you type comes back. With `RUST_LOG=debug` the server tells of each.

use futures::try_ready;
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use tokio::net::UdpSocket;
use tokio::prelude::*;

/// A future written by hand, for which there is no combinator: it never completes.
struct Server {
    socket: UdpSocket,
    buf: Vec<u8>,
    /// The datagram in `buf`, until it is sent: how long it is, and from whom.
    to_send: Option<(usize, SocketAddr)>,
}

impl Future for Server {
    type Item = ();
    type Error = io::Error;

    fn poll(&mut self) -> Poll<(), io::Error> {
        loop {
            if let Some((length, peer)) = self.to_send {
                // Leaves this function if there is no room to send; it is called again,
                // and comes back to this place, once there is.
                let sent = try_ready!(self.socket.poll_send_to(&self.buf[..length], &peer));
                log::debug!("sent {sent} of {length} bytes back to {peer}");
                self.to_send = None;
            }
            match self.socket.poll_recv_from(&mut self.buf) {
                Ok(Async::Ready(received)) => self.to_send = Some(received),
                Ok(Async::NotReady) => return Ok(Async::NotReady),
                // About a datagram that somebody did not take; the socket is well.
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                Err(error) => return Err(error),
            }
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    env_logger::init();
    let addr: SocketAddr =
        std::env::args().nth(1).as_deref().unwrap_or("127.0.0.1:8080").parse()?;
    let socket = UdpSocket::bind(&addr)?;
    println!("listening on {}", socket.local_addr()?);

    let server = Server { socket, buf: vec![0; 64 * 1024], to_send: None };
    tokio::run(server.map_err(|error| eprintln!("the server ends: {error}")));
    Ok(())
}
