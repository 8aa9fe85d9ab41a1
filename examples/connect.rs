//! Joins standard input and output to a TCP connection, or to a UDP socket.
//!
//!     cargo run --example echo
//!     cargo run --example connect 127.0.0.1:12345
//!
//! What you type comes back. With `--udp` before or after the address, each line is sent
//! as a datagram:
//!
//!     cargo run --example echo-udp
//!     cargo run --example connect -- --udp 127.0.0.1:8080

use bytes::Bytes;
use futures::sync::mpsc;
use std::error::Error;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::thread;
use tokio::codec::{BytesCodec, Decoder};
use tokio::net::{TcpStream, UdpFramed, UdpSocket};
use tokio::prelude::*;

type Chunks = Box<dyn Stream<Item = Bytes, Error = io::Error> + Send>;

fn main() -> Result<(), Box<dyn Error>> {
    let mut udp = false;
    let mut addr = None;
    for arg in std::env::args().skip(1) {
        match arg.as_str() {
            "--udp" => udp = true,
            _ => addr = Some(arg.parse::<SocketAddr>()?),
        }
    }
    let addr = addr.ok_or("usage: connect [--udp] ADDRESS:PORT")?;

    let received = if udp { over_udp(addr, typed())? } else { over_tcp(addr, typed()) };
    let mut out = io::stdout();
    let show = received
        // This blocks the worker, which a server must not do. Here it has nothing else
        // to do.
        .for_each(move |chunk| out.write_all(&chunk).and_then(|()| out.flush()))
        .map_err(|error| eprintln!("connection lost: {error}"));
    tokio::run(show);
    Ok(())
}

/// What is typed, read by a thread that may block.
fn typed() -> Chunks {
    let (sender, receiver) = mpsc::channel(16);
    thread::spawn(move || {
        let mut sender = sender.wait();
        let mut buf = [0; 1024];
        while let Ok(n @ 1..) = io::stdin().read(&mut buf) {
            if sender.send(Bytes::from(&buf[..n])).is_err() {
                return;
            }
        }
    });
    Box::new(receiver.map_err(|()| io::Error::other("the reading thread is gone")))
}

fn over_tcp(addr: SocketAddr, typed: Chunks) -> Chunks {
    let received = TcpStream::connect(&addr).map(move |stream| {
        // When all is typed, say so, and go on showing what the server has to say.
        stream.set_close_on_shutdown(true);
        let (sink, received) = BytesCodec::new().framed(stream).split();
        let send =
            typed.forward(sink).map(drop).map_err(|error| eprintln!("could not send: {error}"));
        // Both directions go on at once: one here, one in a task of its own.
        tokio::spawn(send);
        received.map(|chunk| chunk.freeze())
    });
    Box::new(received.flatten_stream())
}

fn over_udp(addr: SocketAddr, typed: Chunks) -> Result<Chunks, Box<dyn Error>> {
    let any: SocketAddr = if addr.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" }.parse()?;
    let socket = UdpSocket::bind(&any)?;
    let (sink, received) = UdpFramed::new(socket, BytesCodec::new()).split();
    let send = typed
        .map(move |chunk| (chunk, addr))
        .forward(sink)
        .map(drop)
        .map_err(|error| eprintln!("could not send: {error}"));
    let received = future::lazy(move || {
        tokio::spawn(send);
        // Anybody may send us datagrams; only the server's count.
        Ok(received.filter_map(move |(chunk, from)| (from == addr).then(|| chunk.freeze())))
    });
    Ok(Box::new(received.flatten_stream()))
}
