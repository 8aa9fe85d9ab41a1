//! Answers every request with a dozen bytes, on axum 0.8 and the runtime of `#[tokio::main]`.
//!
//! Started by `bench`. Prints the address it listens on.

use axum::{routing::get, Router};
use load_1::{address, fail, HELLO};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() {
    let app = Router::new().route("/", get(|| async { HELLO }));
    let listener = TcpListener::bind(address()).await.unwrap_or_else(|e| fail(&e.to_string()));
    println!("{}", listener.local_addr().unwrap_or_else(|e| fail(&e.to_string())));
    axum::serve(listener, app).await.unwrap_or_else(|e| fail(&e.to_string()));
}
