//! Step 4: the accept loop is `async`, too. Nothing of futures 0.1 is left but the
//! helpers of `tokio::io`.
//!
//!     cargo run --example migrating_4_main 127.0.0.1:7000

use std::io::{BufReader, Error};
use tokio::compat::{Future01CompatExt, Stream01CompatExt};
use tokio::io::{lines, write_all, AsyncRead};
use tokio::net::{TcpListener, TcpStream};

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
    tokio::run_std(async move {
        let mut sockets = Stream01CompatExt::compat(listener.incoming());
        while let Some(socket) = sockets.next().await {
            let socket = match socket {
                Ok(socket) => socket,
                Err(e) => return eprintln!("cannot accept: {e}"),
            };
            tokio::spawn_std(async move {
                if let Err(e) = serve(socket).await {
                    eprintln!("connection lost: {e}");
                }
            });
        }
    });
    Ok(())
}
