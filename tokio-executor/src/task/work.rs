//! What a task polls: a future of either kind, or a closure that may block.
//!
//! Named by `new_task`, polled by `cell`.
//!
//! Always true: a `Work` is polled through the task that holds it, in place, and not again once
//! it has returned its output.
//!
//! Why not one kind of future, with an adapter for the other? An adapter would have to make a
//! waker, or a futures 0.1 task, at every poll.

use super::side_01::{BelowBridges, InEachPoll, Side01};
use crate::coop;
use futures::{Async, Future};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::Waker;

/// What a task consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskKind {
    /// A future of futures 0.1.
    Futures01,
    /// A std future.
    Async,
    /// A closure that may block.
    Blocking,
}

/// A future of either kind.
pub(super) trait Work {
    type Output;
    type Side: Side01;

    const KIND: TaskKind;

    /// The name of the caller's type.
    fn type_name() -> &'static str;

    /// Whether the output is an error, where that shows.
    fn is_failure(_: &Self::Output) -> bool {
        false
    }

    /// # Safety
    ///
    /// Once polled, the future stays where it is until it is dropped.
    unsafe fn poll(&mut self, waker: &Waker) -> Option<Self::Output>;
}

/// A futures 0.1 future whose result nobody joins.
pub(super) struct Plain<F>(pub(super) F);

impl<F: Future<Item = (), Error = ()>> Work for Plain<F> {
    type Output = ();
    type Side = InEachPoll;

    const KIND: TaskKind = TaskKind::Futures01;

    fn type_name() -> &'static str {
        std::any::type_name::<F>()
    }

    #[inline]
    unsafe fn poll(&mut self, _waker: &Waker) -> Option<()> {
        match self.0.poll() {
            Ok(Async::NotReady) => None,
            Ok(Async::Ready(())) | Err(()) => Some(()),
        }
    }
}

/// A futures 0.1 future with a result.
pub(super) struct Fallible<F>(pub(super) F);

impl<F: Future> Work for Fallible<F> {
    type Output = Result<F::Item, F::Error>;
    type Side = InEachPoll;

    const KIND: TaskKind = TaskKind::Futures01;

    fn type_name() -> &'static str {
        std::any::type_name::<F>()
    }

    fn is_failure(output: &Self::Output) -> bool {
        output.is_err()
    }

    #[inline]
    unsafe fn poll(&mut self, _waker: &Waker) -> Option<Self::Output> {
        match self.0.poll() {
            Ok(Async::NotReady) => None,
            Ok(Async::Ready(item)) => Some(Ok(item)),
            Err(error) => Some(Err(error)),
        }
    }
}

/// A std future, and what futures 0.1 has of its task.
pub(super) struct Std<F, S>(F, PhantomData<S>);

impl<F, S> Std<F, S> {
    pub(super) fn new(future: F) -> Std<F, S> {
        Std(future, PhantomData)
    }
}

impl<F: std::future::Future, S: Side01> Work for Std<F, S> {
    type Output = F::Output;
    type Side = S;

    const KIND: TaskKind = TaskKind::Async;

    fn type_name() -> &'static str {
        std::any::type_name::<F>()
    }

    #[inline]
    unsafe fn poll(&mut self, waker: &Waker) -> Option<F::Output> {
        // SAFETY: the caller leaves the future where it is.
        let future = unsafe { Pin::new_unchecked(&mut self.0) };
        match future.poll(&mut std::task::Context::from_waker(waker)) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        }
    }
}

/// A closure that may block its thread.
pub(super) struct Blocking<F>(pub(super) Option<F>);

impl<F: FnOnce() -> R, R> Work for Blocking<F> {
    type Output = R;
    type Side = BelowBridges;

    const KIND: TaskKind = TaskKind::Blocking;

    fn type_name() -> &'static str {
        std::any::type_name::<F>()
    }

    unsafe fn poll(&mut self, _waker: &Waker) -> Option<R> {
        let f = self.0.take().expect("a closure is called once");
        // Whoever blocks the thread has no other task to yield to.
        Some(coop::unlimited(f))
    }
}
