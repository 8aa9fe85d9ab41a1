//! Step 1: the service as it is, on futures 0.1. Only `[patch.crates-io]` changed.
//!
//!     cargo run --example migrating_1_chain 127.0.0.1:7000
//!     nc 127.0.0.1 7000

use std::io::{BufReader, Error};
use tokio::io::{lines, write_all};
use tokio::net::{TcpListener, TcpStream};
use tokio::prelude::*;

fn serve(socket: TcpStream) -> impl Future<Item = (), Error = Error> {
    let (reader, writer) = socket.split();
    lines(BufReader::new(reader))
        .fold(writer, |writer, line| {
            write_all(writer, line.to_uppercase() + "\n").map(|(writer, _)| writer)
        })
        .map(drop)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:7000".into());
    let listener = TcpListener::bind(&address.parse()?)?;
    let server =
        listener.incoming().map_err(|e| eprintln!("cannot accept: {e}")).for_each(|socket| {
            tokio::spawn(serve(socket).map_err(|e| eprintln!("connection lost: {e}")))
        });
    tokio::run(server);
    Ok(())
}
