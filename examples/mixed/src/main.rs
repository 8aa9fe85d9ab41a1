//! A server on hyper 0.12 and a client on hyper 1, in one process, on one runtime.
//!
//!     cargo run --manifest-path examples/mixed/Cargo.toml
//!
//! Prints what the one has answered to the other, and ends. Both are the published crates,
//! over this checkout by way of `[patch.crates-io]`, and both are tasks on the same workers.

use bytes1::Bytes;
use futures::{Future, Stream};
use http_body_util::{BodyExt, Full};
use hyper::{service::service_fn, Body, Request, Response, Server};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use std::error::Error;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

/// The service of old: a chain of futures 0.1 that answers in capitals.
fn shout(
    request: Request<Body>,
) -> impl Future<Item = Response<Body>, Error = hyper::Error> + Send {
    request.into_body().concat2().map(|body| {
        let text = String::from_utf8_lossy(&body).to_uppercase();
        Response::new(Body::from(text))
    })
}

/// The client of today.
async fn ask(url: String, text: &'static str) -> Result<String, Box<dyn Error + Send + Sync>> {
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let request = hyper1::Request::post(url).body(Full::new(Bytes::from(text)))?;
    let body = client.request(request).await?.into_body().collect().await?;
    Ok(String::from_utf8(body.to_bytes().into())?)
}

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut runtime = Builder::new().build()?;

    let address = ([127, 0, 0, 1], 0).into();
    let server = Server::try_bind(&address)?.serve(|| service_fn(shout));
    let url = format!("http://{}/", server.local_addr());
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = server.with_graceful_shutdown(stopped);
    runtime.spawn(serving.map_err(|e| eprintln!("server ended: {e}")));

    let answer = runtime.block_on_std(ask(url, "from one world to the other"))?;
    println!("{answer}");

    drop(stop);
    let _ = runtime.shutdown_on_idle().wait();
    Ok(())
}
