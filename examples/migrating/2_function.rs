//! Step 2: one function becomes an `async fn`. The chain around it stays, and so do the
//! futures 0.1 functions it calls, which `.compat()` lets it await.
//!
//!     cargo run --example migrating_2_function 127.0.0.1:7000

use std::io::{BufReader, Error};
use tokio::compat::{Future01CompatExt, Future03CompatExt, Stream01CompatExt};
use tokio::io::{lines, write_all};
use tokio::net::{TcpListener, TcpStream};
use tokio::prelude::*;

async fn serve(socket: TcpStream) -> Result<(), Error> {
    let (reader, mut writer) = socket.split();
    let mut lines = Stream01CompatExt::compat(lines(BufReader::new(reader)));
    while let Some(line) = lines.next().await {
        let answer = write_all(writer, line?.to_uppercase() + "\n");
        writer = Future01CompatExt::compat(answer).await?.0;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:7000".into());
    let listener = TcpListener::bind(&address.parse()?)?;
    let server =
        listener.incoming().map_err(|e| eprintln!("cannot accept: {e}")).for_each(|socket| {
            let served = serve(socket).boxed_compat();
            tokio::spawn(served.map_err(|e| eprintln!("connection lost: {e}")))
        });
    tokio::run(server);
    Ok(())
}
