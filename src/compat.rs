//! Across: futures 0.1 things in `async` code, and std futures in futures 0.1 chains.
//!
//! What this family of crates makes needs no adapter: its futures are of both kinds, and
//! so can be handed to `and_then` or `.await`ed as they are. The adapters here are for
//! everything else: a chain of combinators that an `async fn` wants to wait for, an
//! `async` block at the end of an `and_then`, a third-party stream.
//!
//! | From | to | by |
//! |---|---|---|
//! | `Future` of futures 0.1 | std | [`Future01CompatExt::compat`] |
//! | `Stream` of futures 0.1 | std, futures 0.3 | [`Stream01CompatExt::compat`] |
//! | `Sink` of futures 0.1 | std, futures 0.3 | [`Sink01CompatExt::sink_compat`] |
//! | a `poll_*` method of futures 0.1 | std | [`poll_fn_01`] |
//! | std's `Future` of a `Result` | futures 0.1 | [`Future03CompatExt`] |
//! | `Stream` of futures 0.3 | futures 0.1 | [`Compat::new`] |
//! | `Sink` of futures 0.3 | futures 0.1 | `CompatSink::new` |
//! | our `AsyncRead`, `AsyncWrite` | futures-io | [`Compat01::new`] |
//! | those of futures-io | ours | [`Compat::new`] |
//! | executors of futures 0.1 | `futures_task::Spawn` | [`Compat01::new`] |
//! | `futures_task::Spawn` | executors of futures 0.1 | [`Compat::new`] |
//!
//! What names futures 0.3 or futures-io needs the feature `futures03`. Libraries of tokio
//! 1.x need no adapter: the package in `eras/tokio-1` puts them on the same engine.
//!
//! An adapter changes no contract: as upstream, the `shutdown` of a `TcpStream` leaves
//! the connection open until it is dropped, unless `set_close_on_shutdown` was called.
//!
//! Called by programs in which both kinds of code live.
//!
//! Always true: an adapter adds no task and no buffer of its own, but for a sink's one item.
//!
//! Why adapters of its own? That of futures 0.3 makes a task of futures 0.1 around each std
//! future, and a waker around each poll of the other kind; it cannot know that our tasks are of
//! both kinds already.
//!
//! # What a bridge costs
//!
//! Inside tasks of this runtime nothing is allocated: such a task is of both kinds at
//! once, so what waits below an adapter registers the task's own handle, and
//! `task_local!` values of futures 0.1 are the task's own on either side of an `.await`.
//! A task that was spawned by the interface of tokio 1.x or 0.2 is of futures 0.1's kind below
//! an adapter only; its first one makes one small block.
//! Inside other executors, and inside combinators that hand their children wakers of
//! their own, an adapter makes one small block and keeps it.
//!
//! # Examples
//!
//! ```
//! use futures::{future, Future};
//! use tokio::compat::{Future01CompatExt, Future03CompatExt};
//!
//! let chain = future::ok::<u32, ()>(20).map(|n| n + 1);
//! let doubled = async move { Ok::<_, ()>(chain.compat().await? * 2) };
//! let printed = doubled.boxed_compat().map(|n| assert_eq!(n, 42));
//! tokio::run(printed);
//! ```
//!
//! The two adapters are each one of the bridges of [`tokio_executor::cross`] beside
//! what they adapt; the modules below say what of it shows on the other side.

mod future;
#[cfg(any(
    feature = "fs",
    feature = "process",
    feature = "sync",
    feature = "tcp",
    feature = "timer",
    feature = "udp",
    feature = "uds"
))]
mod own;
mod sink;
mod stream;

#[cfg(feature = "futures03")]
mod own_streams;
#[allow(unused_imports, reason = "without sockets, timers and channels nothing uses it")]
#[cfg(feature = "futures03")]
pub(crate) use self::own_streams::std_stream;
#[cfg(not(feature = "futures03"))]
mod no_streams;
#[allow(unused_imports, reason = "without sockets, timers and channels nothing uses it")]
#[cfg(not(feature = "futures03"))]
pub(crate) use self::no_streams::std_stream;

#[cfg(feature = "futures03")]
mod executor03;
#[cfg(feature = "futures03")]
mod futures03;
#[cfg(feature = "futures03")]
pub use self::executor03::SpawnedObj;
#[cfg(feature = "futures03")]
pub use self::futures03::CompatSink;
#[cfg(all(feature = "futures03", feature = "io"))]
mod futures03_io;

#[allow(unused_imports, reason = "without sockets, timers and channels nothing uses it")]
#[cfg(any(
    feature = "fs",
    feature = "process",
    feature = "sync",
    feature = "tcp",
    feature = "timer",
    feature = "udp",
    feature = "uds"
))]
pub(crate) use self::own::own_compat;

pub use self::future::{poll_fn_01, Future01CompatExt, Future03CompatExt, PollFn01};
pub use self::sink::{Compat01Sink, Sink01CompatExt};
pub use self::stream::Stream01CompatExt;

use tokio_executor::cross::{As01, AsStd};

/// Something of futures 0.1, for std code.
///
/// A future is std's `Future`; a stream has [`next`](Compat01::next). With the feature
/// `futures03` a stream is futures 0.3's `Stream`, an executor is its `Spawn`, and what
/// implements our `AsyncRead` or `AsyncWrite` implements those of futures-io.
///
/// # Dropping
///
/// Drops what is inside.
///
/// # Examples
///
/// ```
/// use futures::future;
/// use tokio::compat::Compat01;
/// use tokio::runtime::current_thread::block_on_all_std;
///
/// // A future of futures 0.1, awaited.
/// let one = future::ok::<u32, ()>(1);
/// assert_eq!(block_on_all_std(Compat01::new(one)), Ok(1));
/// ```
#[derive(Debug, Default)]
#[must_use = "futures do nothing unless polled"]
pub struct Compat01<T> {
    inner: T,
    bridge: As01,
}

/// Something of std or futures 0.3, for futures 0.1 code.
///
/// A future is futures 0.1's `Future`. With the feature `futures03` a stream is its
/// `Stream`, a `futures_task::Spawn` an executor, and what implements the
/// `AsyncRead` or `AsyncWrite` of futures-io implements ours.
///
/// # Dropping
///
/// Drops what is inside.
///
/// # Examples
///
/// ```
/// use tokio::compat::Compat;
/// use tokio::runtime::current_thread::block_on_all;
///
/// // A std future, as one of futures 0.1.
/// let one = Box::pin(async { Ok::<u32, ()>(1) });
/// assert_eq!(block_on_all(Compat::new(one)), Ok(1));
/// ```
#[derive(Debug, Default)]
#[must_use = "futures do nothing unless polled"]
pub struct Compat<T> {
    inner: T,
    bridge: AsStd,
}

macro_rules! around {
    ($($adapter:ident, $bridge:ident;)*) => { $(
        impl<T> $adapter<T> {
            /// Returns an adapter around `inner`.
            pub const fn new(inner: T) -> $adapter<T> {
                $adapter { inner, bridge: $bridge::new() }
            }

            /// Returns what is inside.
            pub fn get_ref(&self) -> &T {
                &self.inner
            }

            /// Returns what is inside.
            pub fn get_mut(&mut self) -> &mut T {
                &mut self.inner
            }

            /// Returns what is inside, without the adapter.
            pub fn into_inner(self) -> T {
                self.inner
            }
        }
    )* };
}

around! {
    Compat01, As01;
    Compat, AsStd;
}

impl<T> Compat01<T> {
    /// Polls what is inside: for traits that this crate does not know.
    ///
    /// # Errors
    ///
    /// Those of `poll`.
    pub fn poll_with<R, E>(
        &mut self,
        cx: &mut std::task::Context<'_>,
        poll: impl FnOnce(&mut T) -> futures::Poll<R, E>,
    ) -> std::task::Poll<Result<R, E>> {
        let Compat01 { inner, bridge } = self;
        tokio_executor::internals::convert::from_async(bridge.enter(cx, || poll(inner)))
    }
}

// Nothing of futures 0.1 can be pinned, so nothing relies on it.
impl<T> Unpin for Compat01<T> {}
