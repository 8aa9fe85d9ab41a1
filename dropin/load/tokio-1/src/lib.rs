//! What the programs beside this share: the command line, and the answer.

use std::net::SocketAddr;
use std::process::exit;

/// What every request is answered with.
pub const HELLO: &str = "Hello, world";

/// The address on the command line; a port of the system's choice without one.
pub fn address() -> SocketAddr {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".into());
    address.parse().unwrap_or_else(|error| fail(&format!("{address} is no address: {error}")))
}

/// Ends the program for want of something that it needs.
pub fn fail(why: &str) -> ! {
    eprintln!("{why}");
    exit(2)
}
