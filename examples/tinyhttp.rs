//! An HTTP/1.1 server of two pages, to show how a protocol hooks up.
//!
//!     cargo run --release --example tinyhttp
//!     curl http://127.0.0.1:8080/plaintext
//!     curl http://127.0.0.1:8080/json
//!
//! Each prints its greeting. A codec turns bytes into requests and responses into bytes;
//! a connection is a stream of the one and a sink of the other. Requests with a
//! body are refused. For anything real, take hyper.

use bytes::BytesMut;
use futures::future::{Either, Loop};
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use tokio::codec::{Decoder, Encoder};
use tokio::net::{TcpListener, TcpStream};
use tokio::prelude::*;

/// What a request comes down to here.
struct Request {
    is_get: bool,
    path: String,
    keep_alive: bool,
}

struct Response {
    status: &'static str,
    content_type: &'static str,
    body: &'static str,
    keep_alive: bool,
}

struct Http;

/// Longest request, in bytes, and most headers.
const REQUEST_MAX: usize = 16 * 1024;
const HEADERS_MAX: usize = 64;

fn main() -> Result<(), Box<dyn Error>> {
    env_logger::init();
    let addr: SocketAddr =
        std::env::args().nth(1).as_deref().unwrap_or("127.0.0.1:8080").parse()?;
    let listener = TcpListener::bind(&addr)?;
    println!("listening on {}", listener.local_addr()?);

    let server = listener
        .incoming()
        .map_err(|error| eprintln!("cannot accept: {error}"))
        .for_each(|stream| tokio::spawn(serve(stream)));
    tokio::run(server);
    Ok(())
}

/// One connection, which may bring several requests: one is read when the last is
/// answered.
fn serve(stream: TcpStream) -> impl Future<Item = (), Error = ()> {
    future::loop_fn(Http.framed(stream), |connection| {
        connection.into_future().map_err(|(error, _)| error).and_then(|(request, connection)| {
            let Some(request) = request else {
                return Either::A(future::ok(Loop::Break(())));
            };
            let answered = connection.send(respond(&request));
            Either::B(answered.map(move |connection| match request.keep_alive {
                true => Loop::Continue(connection),
                false => Loop::Break(()),
            }))
        })
    })
    .map_err(|error: io::Error| log::info!("connection lost: {error}"))
}

fn respond(request: &Request) -> Response {
    let (status, content_type, body) = match request.path.as_str() {
        _ if !request.is_get => ("405 Method Not Allowed", "text/plain", "only GET here\n"),
        "/plaintext" => ("200 OK", "text/plain", "Hello, World!"),
        "/json" => ("200 OK", "application/json", r#"{"message":"Hello, World!"}"#),
        _ => ("404 Not Found", "text/plain", "no such page\n"),
    };
    Response { status, content_type, body, keep_alive: request.keep_alive }
}

impl Decoder for Http {
    type Item = Request;
    type Error = io::Error;

    fn decode(&mut self, src: &mut BytesMut) -> io::Result<Option<Request>> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut parsed = httparse::Request::new(&mut headers);
        let length = match parsed.parse(src) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) if src.len() < REQUEST_MAX => return Ok(None),
            Ok(httparse::Status::Partial) => return Err(invalid("the request is too long")),
            Err(error) => return Err(invalid(&error.to_string())),
        };
        let (Some(method), Some(path), Some(version)) =
            (parsed.method, parsed.path, parsed.version)
        else {
            return Err(invalid("the request is incomplete"));
        };
        let mut keep_alive = version == 1;
        for header in parsed.headers.iter() {
            match header.name.to_ascii_lowercase().as_str() {
                "content-length" if header.value == b"0" => {}
                "content-length" | "transfer-encoding" => {
                    return Err(invalid("requests with a body are not served"));
                }
                "connection" if header.value.eq_ignore_ascii_case(b"close") => keep_alive = false,
                "connection" if header.value.eq_ignore_ascii_case(b"keep-alive") => {
                    keep_alive = true;
                }
                _ => {}
            }
        }
        let request = Request { is_get: method == "GET", path: path.to_owned(), keep_alive };
        src.split_to(length);
        Ok(Some(request))
    }
}

impl Encoder for Http {
    type Item = Response;
    type Error = io::Error;

    fn encode(&mut self, response: Response, dst: &mut BytesMut) -> io::Result<()> {
        let Response { status, content_type, body, keep_alive } = response;
        let connection = if keep_alive { "keep-alive" } else { "close" };
        let head = format!(
            "HTTP/1.1 {status}\r\n\
             Content-Type: {content_type}\r\n\
             Content-Length: {}\r\n\
             Connection: {connection}\r\n\
             \r\n",
            body.len(),
        );
        dst.extend_from_slice(head.as_bytes());
        dst.extend_from_slice(body.as_bytes());
        Ok(())
    }
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
