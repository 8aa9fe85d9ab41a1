//! The load on the servers, from a process of its own.
//!
//! One thread, one epoll; every client has one request on the way at a time. The generator
//! starts the server, another process, and reads the server's clocks from outside.
//!
//! Requests are of 64 bytes. The next one waits for the reply, so a server that stalls is
//! asked less; all are asked alike.

mod churn;
mod echo;
mod idle;
mod proxy;
mod server;
mod window;

pub use self::server::{announce, Server};

use crate::measured::Report;
use crate::settings::Settings;
use crate::sys::{self, Epoll, Event};
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The bytes of a request, and of its reply.
pub const MESSAGE: usize = 64;

/// What is served.
#[derive(Clone, Copy, Debug)]
pub enum Service {
    /// Sends everything back, until the client closes.
    Echo,
    /// Sends one message back, and closes.
    Answer,
    /// Copies both ways between the client and the server at this address.
    Proxy(SocketAddr),
    /// Sends everything back, while all workers but one have something else to do.
    Busy(Occupation),
}

/// What keeps workers from serving.
#[derive(Clone, Copy, Debug)]
pub enum Occupation {
    /// A task whose polls take 10 ms each.
    LongPoll,
    /// A task that is always ready, and takes 5 us each time.
    Ready,
    /// A task that blocks its thread for 10 ms at a time, and says so.
    Blocking,
}

/// Puts a server of `peer` under load and measures it. `None`: there is no such workload.
pub fn run(peer: &str, workload: &str, settings: &Settings) -> io::Result<Option<Report>> {
    let (kind, rest) = workload.split_once('_').unwrap_or((workload, ""));
    let (connections, place) = rest.split_once('_').unwrap_or((rest, ""));
    let place = match place {
        "" => Place::Anywhere,
        "same" => Place::Same,
        "pinned" => Place::Apart,
        _ => return Ok(None),
    };
    let Ok(connections) = connections.parse() else { return Ok(None) };
    let needed = connections as u64 * if kind == "proxy" { 2 } else { 1 } + 50;
    let allowed = sys::raise_descriptor_limit()?;
    if allowed < needed {
        return Err(io::Error::other(format!(
            "needs {needed} descriptors, allowed are {allowed}: raise `ulimit -Hn`"
        )));
    }
    let mut target = Target { peer, settings: *settings, place };
    if place != Place::Anywhere {
        // More than one on one processor would measure the system's scheduler.
        target.settings.workers = 1;
    }
    Ok(Some(match kind {
        "echo" => echo::run(&target, Service::Echo, connections)?,
        "longpoll" => echo::run(&target, Service::Busy(Occupation::LongPoll), connections)?,
        "ready" => echo::run(&target, Service::Busy(Occupation::Ready), connections)?,
        "blocking" => echo::run(&target, Service::Busy(Occupation::Blocking), connections)?,
        "churn" => churn::run(&target, connections)?,
        "proxy" => proxy::run(&target, connections)?,
        "idle" => idle::run(&target, connections)?,
        _ => return Ok(None),
    }))
}

/// Whose server, and how it runs.
struct Target<'a> {
    peer: &'a str,
    settings: Settings,
    place: Place,
}

/// On which processors server and load run.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Anywhere,
    /// Both on the first.
    Same,
    /// The server on the first, the load on the second.
    Apart,
}

/// A client, whose end leaves nothing behind that would fill the table of ports.
fn connect(server: SocketAddr) -> io::Result<TcpStream> {
    prepared(TcpStream::connect(server)?)
}

fn prepared(socket: TcpStream) -> io::Result<TcpStream> {
    socket.set_nodelay(true)?;
    sys::reset_on_close(&socket)?;
    Ok(socket)
}

/// Waits for events; a server that is silent for long has failed.
fn wait(epoll: &mut Epoll, events: &mut Vec<Event>) -> io::Result<()> {
    epoll.wait(events, Some(Duration::from_secs(10)))?;
    if events.is_empty() {
        return Err(io::Error::new(io::ErrorKind::TimedOut, "the server is silent"));
    }
    Ok(())
}

/// How a server is not expected to behave.
fn unexpected(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the server {what}"))
}
