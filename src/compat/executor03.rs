//! Executors: of futures 0.1 for futures 0.3, and the other way round.

use super::{Compat, Compat01};
use futures::future::{ExecuteError, ExecuteErrorKind, Executor};
use futures::Future;
use futures_task::{FutureObj, Spawn, SpawnError};
use tokio_executor::cross::AsStd;

/// What [`Compat01`] hands to an executor of futures 0.1.
///
/// # Dropping
///
/// Drops the future.
#[derive(Debug)]
pub struct SpawnedObj {
    future: Option<FutureObj<'static, ()>>,
    bridge: AsStd,
}

impl Future for SpawnedObj {
    type Item = ();
    type Error = ();

    fn poll(&mut self) -> futures::Poll<(), ()> {
        use std::{future::Future, pin::Pin, task::Poll};

        let SpawnedObj { future, bridge } = self;
        let Some(running) = future else { return Ok(futures::Async::Ready(())) };
        match bridge.enter(|cx| Pin::new(running).poll(cx)) {
            Poll::Ready(()) => {
                *future = None;
                Ok(futures::Async::Ready(()))
            }
            Poll::Pending => Ok(futures::Async::NotReady),
        }
    }
}

impl<E: Executor<SpawnedObj>> Spawn for Compat01<E> {
    fn spawn_obj(&self, future: FutureObj<'static, ()>) -> Result<(), SpawnError> {
        let spawned = SpawnedObj { future: Some(future), bridge: AsStd::new() };
        // Futures 0.3 knows no other reason.
        self.inner.execute(spawned).map_err(|_| SpawnError::shutdown())
    }
}

impl<S, F> Executor<F> for Compat<S>
where
    S: Spawn,
    F: Future<Item = (), Error = ()> + Send + 'static,
{
    fn execute(&self, future: F) -> Result<(), ExecuteError<F>> {
        if self.inner.status().is_err() {
            return Err(ExecuteError::new(ExecuteErrorKind::Shutdown, future));
        }
        let future = Compat01::new(future);
        let spawned = Box::new(async move {
            // A task of futures 0.1 has nobody to tell its error to, either.
            let _ = future.await;
        });
        // The status was a hint: a refusal past it drops the future, as our executors do.
        let _ = self.inner.spawn_obj(FutureObj::new(spawned));
        Ok(())
    }
}
