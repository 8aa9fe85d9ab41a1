//! Passes connections on to another server, both ways.
//!
//!     cargo run --example echo
//!     cargo run --example proxy 127.0.0.1:8081 127.0.0.1:12345
//!     cargo run --example connect 127.0.0.1:8081
//!
//! What you type goes through the proxy to the echo server and comes back the same way.
//! When a connection ends, the proxy says how much passed in each direction. With
//! `RUST_LOG=info` it also says who comes.

use std::error::Error;
use std::net::SocketAddr;
use tokio::io::{copy, shutdown};
use tokio::net::{TcpListener, TcpStream};
use tokio::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    env_logger::init();
    let mut args = std::env::args().skip(1);
    let here: SocketAddr = args.next().as_deref().unwrap_or("127.0.0.1:8081").parse()?;
    let there: SocketAddr = args.next().as_deref().unwrap_or("127.0.0.1:12345").parse()?;

    let listener = TcpListener::bind(&here)?;
    println!("listening on {}, passing on to {there}", listener.local_addr()?);

    let server = listener.incoming().map_err(|error| eprintln!("cannot accept: {error}")).for_each(
        move |client| {
            log::info!("connection from {:?}", client.peer_addr());
            tokio::spawn(pass_on(client, there))
        },
    );
    tokio::run(server);
    Ok(())
}

/// Copies both ways until both ends have said their last.
fn pass_on(client: TcpStream, there: SocketAddr) -> impl Future<Item = (), Error = ()> {
    TcpStream::connect(&there)
        .and_then(|server| {
            // One end may be done while the other still talks. Shutting down a writer
            // below then tells the other end, and leaves its answer a way back.
            client.set_close_on_shutdown(true);
            server.set_close_on_shutdown(true);
            let (from_client, to_client) = client.split();
            let (from_server, to_server) = server.split();
            let there = copy(from_client, to_server)
                .and_then(|(bytes, _, to_server)| shutdown(to_server).map(move |_| bytes));
            let back = copy(from_server, to_client)
                .and_then(|(bytes, _, to_client)| shutdown(to_client).map(move |_| bytes));
            there.join(back)
        })
        .map(|(there, back)| println!("{there} bytes there, {back} bytes back"))
        .map_err(|error| eprintln!("connection lost: {error}"))
}
