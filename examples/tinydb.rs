//! A table of names and values that all clients share.
//!
//!     cargo run --example tinydb
//!     nc 127.0.0.1 8080
//!
//! Type `GET foo` and `foo = bar` appears. `SET foo a new value` puts another in its
//! place and tells what was there before.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::io::BufReader;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{lines, write_all};
use tokio::net::{TcpListener, TcpStream};
use tokio::prelude::*;

/// Never held while anything waits: each request is one look at the table.
type Table = Arc<Mutex<HashMap<String, String>>>;

enum Request<'a> {
    Get { key: &'a str },
    Set { key: &'a str, value: &'a str },
}

enum Response {
    Value { key: String, value: String },
    Set { key: String, value: String, before: Option<String> },
    Refused { why: String },
}

fn main() -> Result<(), Box<dyn Error>> {
    env_logger::init();
    let addr: SocketAddr =
        std::env::args().nth(1).as_deref().unwrap_or("127.0.0.1:8080").parse()?;
    let listener = TcpListener::bind(&addr)?;
    println!("listening on {}", listener.local_addr()?);

    let table: Table = Arc::default();
    table.lock().expect("just made").insert("foo".to_owned(), "bar".to_owned());

    let server = listener
        .incoming()
        .map_err(|error| eprintln!("cannot accept: {error}"))
        .for_each(move |stream| tokio::spawn(serve(stream, Arc::clone(&table))));
    tokio::run(server);
    Ok(())
}

/// One client, line by line: the next request is read when the last is answered.
fn serve(stream: TcpStream, table: Table) -> impl Future<Item = (), Error = ()> {
    let (reader, writer) = stream.split();
    lines(BufReader::new(reader))
        .map(move |line| match Request::parse(&line) {
            Ok(request) => request.answer(&table),
            Err(why) => Response::Refused { why },
        })
        .fold(writer, |writer, response| {
            write_all(writer, format!("{response}\n")).map(|(writer, _)| writer)
        })
        .map(drop)
        .map_err(|error| log::info!("connection lost: {error}"))
}

impl Request<'_> {
    fn parse(line: &str) -> Result<Request<'_>, String> {
        let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
        match command {
            "GET" if rest.is_empty() => Err("GET wants a name".to_owned()),
            "GET" if rest.contains(' ') => Err("GET wants nothing behind the name".to_owned()),
            "GET" => Ok(Request::Get { key: rest }),
            "SET" => match rest.split_once(' ') {
                Some((key, value)) => Ok(Request::Set { key, value }),
                None => Err("SET wants a name and a value".to_owned()),
            },
            "" => Err("there is nothing on this line".to_owned()),
            _ => Err(format!("unknown command: {command}")),
        }
    }

    fn answer(&self, table: &Table) -> Response {
        let mut table = table.lock().expect("nobody panics with the table");
        match *self {
            Request::Get { key } => match table.get(key) {
                Some(value) => Response::Value { key: key.to_owned(), value: value.clone() },
                None => Response::Refused { why: format!("no key {key}") },
            },
            Request::Set { key, value } => {
                let before = table.insert(key.to_owned(), value.to_owned());
                Response::Set { key: key.to_owned(), value: value.to_owned(), before }
            }
        }
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Response::Value { key, value } => write!(f, "{key} = {value}"),
            Response::Set { key, value, before } => {
                write!(f, "set {key} = `{value}`, previous: {before:?}")
            }
            Response::Refused { why } => write!(f, "error: {why}"),
        }
    }
}
