//! Step 3: tasks are `async` themselves: `spawn_std` takes the box away again. `serve` is that
//! of step 2, written out, so that each step is a whole program to compare with the one before.
//!
//!     cargo run --example migrating_3_tasks 127.0.0.1:7000

use std::io::{BufReader, Error};
use tokio::compat::{Future01CompatExt, Stream01CompatExt};
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
            tokio::spawn_std(async move {
                if let Err(e) = serve(socket).await {
                    eprintln!("connection lost: {e}");
                }
            });
            Ok(())
        });
    tokio::run(server);
    Ok(())
}
