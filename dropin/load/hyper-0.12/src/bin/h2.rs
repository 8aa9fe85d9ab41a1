//! Reads large bodies over one HTTP/2 connection, client and server in one process.
//!
//!     cargo run --release --bin h2 8 10 16       8 streams at once, of 10 MiB each, which the
//!                                                server hands on in pieces of 16 KiB
//!
//! Started by `bench`. Prints the seconds from the first request to the end of the last body.
//! Everything is hyper's and tokio's default, so Nagle's algorithm is on at both ends.

use std::process::exit;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::Arc;
use std::time::Instant;

use futures::stream;
use hyper::client::HttpConnector;
use hyper::rt::{self, Future, Stream};
use hyper::service::service_fn_ok;
use hyper::{Body, Client, Error, Response, Server, Uri};

fn main() {
    let arguments: Vec<usize> = std::env::args().skip(1).flat_map(|word| word.parse()).collect();
    let &[streams, mib, kib] = &arguments[..] else {
        eprintln!("usage: h2 STREAMS MIB KIB");
        exit(2)
    };
    rt::run(rt::lazy(move || {
        let body: &'static [u8] = vec![7; mib << 20].leak();
        let server = Server::bind(&([127, 0, 0, 1], 0).into()).serve(move || {
            service_fn_ok(move |request| {
                Response::new(if request.uri().path() == "/body" {
                    Body::wrap_stream(stream::iter_ok::<_, Error>(body.chunks(kib << 10)))
                } else {
                    Body::empty()
                })
            })
        });
        let address = server.local_addr();
        rt::spawn(server.map_err(|error| failed(&error)));
        let client = Client::builder().http2_only(true).build_http();
        let uri = move |path| format!("http://{address}/{path}").parse().expect("a uri");
        // The first one makes the connection.
        let connected = size(&client, uri(""));
        connected.map_err(|error| failed(&error)).map(move |_| {
            let (begin, left) = (Instant::now(), Arc::new(AtomicUsize::new(streams)));
            for _ in 0..streams {
                let left = left.clone();
                let read = size(&client, uri("body")).map(move |read| {
                    assert_eq!(read, body.len());
                    if left.fetch_sub(1, SeqCst) == 1 {
                        println!("{:.6}", begin.elapsed().as_secs_f64());
                        exit(0)
                    }
                });
                rt::spawn(read.map_err(|error| failed(&error)));
            }
        })
    }));
}

/// How many bytes there are at `uri`.
fn size(client: &Client<HttpConnector>, uri: Uri) -> impl Future<Item = usize, Error = Error> {
    let response = client.get(uri);
    response.and_then(|response| {
        response.into_body().fold(0, |read, piece| Ok::<_, Error>(read + piece.len()))
    })
}

fn failed(error: &Error) {
    eprintln!("failed: {error}");
    exit(1)
}
