//! Answers every request with a dozen bytes, on hyper 0.12 and its own runtime.
//!
//!     cargo run --release 127.0.0.1:3000
//!     curl http://127.0.0.1:3000/
//!
//! Started by `bench`. Prints the address it listens on, so port 0 can be asked for.
//! Everything is hyper's and tokio's default; what differs between the two builds is
//! only the crates below.

use std::process::exit;

use hyper::rt::{self, Future};
use hyper::service::service_fn_ok;
use hyper::{Body, Response, Server};

fn main() {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".into());
    let address = address.parse().unwrap_or_else(|error| {
        eprintln!("cannot listen on {address}: {error}");
        exit(2)
    });
    let builder = Server::try_bind(&address).unwrap_or_else(|error| {
        eprintln!("cannot listen on {address}: {error}");
        exit(1)
    });
    let server =
        builder.serve(|| service_fn_ok(|_request| Response::new(Body::from("Hello, world"))));
    println!("{}", server.local_addr());
    rt::run(server.map_err(|error| eprintln!("server ended: {error}")));
}
