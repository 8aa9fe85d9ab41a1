//! Sends every byte back to whoever wrote it.
//!
//!     cargo run --release --example echo
//!     nc 127.0.0.1 12345
//!
//! What is typed comes back; when a client leaves, the server says how much it wrote.
//!
//! This is the program as it stood in the introductions to tokio 0.1, layout included.
#![cfg_attr(rustfmt, rustfmt_skip)]

extern crate tokio;

use tokio::prelude::*;
use tokio::io::copy;
use tokio::net::TcpListener;

fn main() {
    // Bind the server's socket.
    let addr = "127.0.0.1:12345".parse().unwrap();
    let listener = TcpListener::bind(&addr)
        .expect("unable to bind TCP listener");

    // Pull out a stream of sockets for incoming connections
    let server = listener.incoming()
        .map_err(|e| eprintln!("accept failed = {:?}", e))
        .for_each(|sock| {
            // Split up the reading and writing parts of the socket.
            let (reader, writer) = sock.split();

            // A future that echos the data and returns how many bytes were copied...
            let bytes_copied = copy(reader, writer);

            // ... after which we'll print what happened.
            let handle_conn = bytes_copied.map(|amt| {
                println!("wrote {:?} bytes", amt)
            }).map_err(|err| {
                eprintln!("IO error {:?}", err)
            });

            // Spawn the future as a concurrent task.
            tokio::spawn(handle_conn)
        });

    // Start the Tokio runtime
    tokio::run(server);
}
