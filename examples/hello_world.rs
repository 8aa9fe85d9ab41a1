//! Connects to a server, says hello, and leaves.
//!
//!     nc -l 127.0.0.1 6142
//!     cargo run --example hello_world
//!
//! `hello world` appears where `nc` runs.

use std::error::Error;
use std::net::SocketAddr;
use tokio::io;
use tokio::net::TcpStream;
use tokio::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let addr: SocketAddr =
        std::env::args().nth(1).as_deref().unwrap_or("127.0.0.1:6142").parse()?;

    // Nothing has happened yet when this statement is over: a future describes what to
    // do, step by step.
    let greeting = TcpStream::connect(&addr)
        .and_then(|stream| {
            println!("connected");
            io::write_all(stream, "hello world\n")
        })
        .map(|(_stream, _text)| println!("said hello"))
        // A task has nobody to hand an error to, so it deals with errors itself.
        .map_err(|error| eprintln!("could not say hello: {error}"));

    // Does it, and returns when it is done.
    tokio::run(greeting);
    Ok(())
}
