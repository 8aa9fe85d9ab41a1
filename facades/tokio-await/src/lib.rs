//! The tokio 1.x API over this engine, laid out as today's users know it.
//!
//! With this in a manifest, a program written for the current async runtimes runs on the
//! engine that runs its futures 0.1 neighbours, on the same workers, with the same
//! sockets, timers and channels:
//!
//! ```toml
//! [dependencies]
//! tokio = { package = "tokio-await", version = "0.1" }
//! ```
//!
//! Most types here wrap one of the root crate's: sockets, channels and locks have `From` in
//! both directions or deref to what they wrap, so a socket can be handed from an `async fn`
//! to a combinator chain and back. What tokio 0.1 had nothing of (runtime handles, `JoinSet`,
//! `select!`, the `io` extension traits, files with a buffer) is made here, on the same engine.
//!
//! What is not there is listed in `docs/MIGRATING.md`.
//!
//! # Examples
//!
//! ```
//! # use tokio_await as tokio;
//! use tokio::io::{AsyncReadExt, AsyncWriteExt};
//! use tokio::net::{TcpListener, TcpStream};
//!
//! tokio::runtime::Runtime::new()?.block_on(async {
//!     let listener = TcpListener::bind("127.0.0.1:0").await?;
//!     let address = listener.local_addr()?;
//!     let server = tokio::spawn(async move {
//!         let (mut socket, _) = listener.accept().await?;
//!         socket.write_all(b"hello").await
//!     });
//!     let mut socket = TcpStream::connect(address).await?;
//!     let mut text = String::new();
//!     socket.read_to_string(&mut text).await?;
//!     assert_eq!(text, "hello");
//!     server.await.unwrap()
//! })?;
//! # Ok::<(), std::io::Error>(())
//! ```

mod handles;
mod wraps;

pub mod runtime;
pub mod task;

pub mod net;

pub mod io;

pub mod fs;
#[cfg(any(unix, windows))]
pub mod process;
#[cfg(any(unix, windows))]
pub mod signal;
/// Nothing: what tokio 1.x has for streams is in the crate `tokio-stream`.
pub mod stream {}
pub mod sync;
pub mod time;

pub mod macros;

mod park;

pub mod prelude;

pub use self::task::spawn;
pub use tokio_macros::{main, test};
