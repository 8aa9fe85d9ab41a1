//! Messages from tasks to a task.

use super::engine::Engine;
use super::rt::sync::mpsc;
use futures::future::{lazy, ok, poll_fn};
use futures::{Async, AsyncSink, Future, Sink, Stream};

pub fn unbounded<E: Engine>(senders: u64, each: u64) -> impl Future<Item = (), Error = ()> + Send {
    lazy(move || {
        let (tx, rx) = mpsc::unbounded_channel::<u64>();
        for _ in 0..senders {
            let mut tx = tx.clone();
            E::spawn(lazy(move || {
                for n in 0..each {
                    tx.try_send(n).map_err(drop)?;
                }
                Ok(())
            }));
        }
        drop(tx);
        count(rx, senders * each)
    })
}

pub fn bounded<E: Engine>(senders: u64, each: u64) -> impl Future<Item = (), Error = ()> + Send {
    lazy(move || {
        let (tx, rx) = mpsc::channel::<u64>(128);
        for _ in 0..senders {
            let mut tx = tx.clone();
            let mut left = each;
            E::spawn(poll_fn(move || {
                while left > 0 {
                    match tx.start_send(left).map_err(drop)? {
                        AsyncSink::Ready => left -= 1,
                        AsyncSink::NotReady(_) => return Ok(Async::NotReady),
                    }
                }
                Ok(Async::Ready(()))
            }));
        }
        drop(tx);
        count(rx, senders * each)
    })
}

/// Receives everything, which must be `expected` messages.
pub fn count<S>(messages: S, expected: u64) -> impl Future<Item = (), Error = ()> + Send
where
    S: Stream<Item = u64> + Send,
    S::Error: Send,
{
    let counted = messages.map_err(drop).fold(0, |count, _| ok::<u64, ()>(count + 1));
    counted.map(move |count| assert_eq!(count, expected))
}
