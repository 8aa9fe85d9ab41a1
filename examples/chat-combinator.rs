//! A chat room: every line that someone sends reaches everyone else.
//!
//!     cargo run --example chat-combinator
//!     nc 127.0.0.1 8080
//!
//! Run `nc` in two terminals or more. What is typed in one appears in the others, behind
//! the address it comes from. With `RUST_LOG=info` the server tells who comes and goes.

use std::collections::HashMap;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::codec::{Framed, LinesCodec};
use tokio::net::{TcpListener, TcpStream};
use tokio::prelude::*;
use tokio::sync::mpsc;

/// Where lines for each of those present go.
#[derive(Clone, Default)]
struct Room {
    /// Held to look someone up, to enter or to leave; never across a send that waits.
    present: Arc<Mutex<HashMap<SocketAddr, mpsc::Sender<String>>>>,
}

/// Lines that wait for a reader who is slow. Further ones are lost to that reader.
const LINES_WAITING: usize = 100;

/// Longest line, in bytes. Whoever sends a longer one is shown out.
const LINE_MAX: usize = 1000;

impl Room {
    fn enter(&self, who: SocketAddr) -> mpsc::Receiver<String> {
        let (sender, receiver) = mpsc::channel(LINES_WAITING);
        self.lock().insert(who, sender);
        log::info!("{who} enters");
        receiver
    }

    fn leave(&self, who: SocketAddr) {
        self.lock().remove(&who);
        log::info!("{who} leaves");
    }

    fn say(&self, speaker: SocketAddr, line: &str) {
        for (listener, lines) in self.lock().iter_mut() {
            if *listener != speaker && lines.try_send(format!("{speaker}: {line}")).is_err() {
                log::warn!("a line is lost to {listener}, who does not read");
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<SocketAddr, mpsc::Sender<String>>> {
        self.present.lock().expect("nobody panics in here")
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    env_logger::init();
    let addr: SocketAddr =
        std::env::args().nth(1).as_deref().unwrap_or("127.0.0.1:8080").parse()?;
    let listener = TcpListener::bind(&addr)?;
    println!("listening on {}", listener.local_addr()?);

    let room = Room::default();
    let server = listener.incoming().map_err(|error| eprintln!("cannot accept: {error}")).for_each(
        move |stream| {
            // Whoever is gone already has no address.
            if let Ok(who) = stream.peer_addr() {
                tokio::spawn(visit(stream, who, room.clone()));
            }
            Ok(())
        },
    );
    tokio::run(server);
    Ok(())
}

/// One guest's stay.
fn visit(stream: TcpStream, who: SocketAddr, room: Room) -> impl Future<Item = (), Error = ()> {
    let (to_guest, from_guest) =
        Framed::new(stream, LinesCodec::new_with_max_length(LINE_MAX)).split();
    let heard = room.enter(who);
    let speaker = room.clone();
    let speak = from_guest
        .for_each(move |line| {
            speaker.say(who, &line);
            Ok(())
        })
        .map_err(move |error| log::info!("{who}: {error}"));
    let listen = heard
        .map_err(|_| ())
        .forward(to_guest.sink_map_err(move |error| log::info!("{who}: {error}")))
        .map(drop);
    // Whichever ends first ends the other.
    speak.select(listen).then(move |_| {
        room.leave(who);
        Ok(())
    })
}
