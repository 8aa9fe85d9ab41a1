//! Answers every request with a dozen bytes, on hyper 1 with a task a connection.
//!
//! Started by `bench`. Prints the address it listens on.

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use load_1::{address, fail, HELLO};
use std::convert::Infallible;
use tokio::net::TcpListener;

async fn answer(_: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::new(Bytes::from_static(HELLO.as_bytes()))))
}

#[tokio::main]
async fn main() {
    let listener = TcpListener::bind(address()).await.unwrap_or_else(|e| fail(&e.to_string()));
    println!("{}", listener.local_addr().unwrap_or_else(|e| fail(&e.to_string())));
    loop {
        let (connection, _) = listener.accept().await.unwrap_or_else(|e| fail(&e.to_string()));
        tokio::spawn(async move {
            // A client that resets its connection ends only that.
            let served = http1::Builder::new()
                .serve_connection(TokioIo::new(connection), service_fn(answer))
                .await;
            drop(served);
        });
    }
}
