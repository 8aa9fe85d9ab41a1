//! What [`join!`](crate::join) and [`try_join!`](crate::try_join) expand to.
//!
//! 1.x's begin each poll with another future; those of tokio 0.2 poll all in their order, and take
//! no more room than the futures and their outputs. Called by the code that the macros expand to.
//!
//! Always true: a future that is done is not polled again, and each output is taken once.
//!
//! Why nested pairs? A tuple of any length has no trait of its own, and a macro that counts would
//! need a place and a name for each future.

use futures_util::future::MaybeDone;
use pin_project_lite::pin_project;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio_await::macros::Chain;

/// Futures one behind the other, whose outputs are to be had together.
// Hidden: what a macro expands to.
#[doc(hidden)]
pub trait Futures {
    /// Pairs: the first output, and those behind it.
    type Outputs;

    /// Polls all that are not done, in their order, and returns whether all are.
    fn poll_all(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool;

    /// Returns the outputs.
    ///
    /// # Panics
    ///
    /// If one is not there, or no more.
    fn take(self: Pin<&mut Self>) -> Self::Outputs;
}

impl Futures for () {
    type Outputs = ();

    fn poll_all(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> bool {
        true
    }

    fn take(self: Pin<&mut Self>) {}
}

impl<F: Future, R: Futures> Futures for Chain<MaybeDone<F>, R> {
    type Outputs = (F::Output, R::Outputs);

    fn poll_all(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        let is_first_done = self.as_mut().first().poll(cx).is_ready();
        self.rest().poll_all(cx) && is_first_done
    }

    fn take(mut self: Pin<&mut Self>) -> Self::Outputs {
        let output = self.as_mut().first().take_output().expect("all are done");
        (output, self.rest().take())
    }
}

/// The same for futures that may fail.
// Hidden: what a macro expands to.
#[doc(hidden)]
pub trait TryFutures<E> {
    /// Pairs: the first value, and those behind it.
    type Values;

    /// Polls those that are not done, in their order, up to one that failed, and returns whether
    /// all are done.
    fn try_poll_all(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Result<bool, E>;

    /// Returns the values.
    ///
    /// # Errors
    ///
    /// If one has failed.
    ///
    /// # Panics
    ///
    /// If one is not there, or no more.
    fn try_take(self: Pin<&mut Self>) -> Result<Self::Values, E>;
}

impl<E> TryFutures<E> for () {
    type Values = ();

    fn try_poll_all(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Result<bool, E> {
        Ok(true)
    }

    fn try_take(self: Pin<&mut Self>) -> Result<(), E> {
        Ok(())
    }
}

impl<T, E, F, R> TryFutures<E> for Chain<MaybeDone<F>, R>
where
    F: Future<Output = Result<T, E>>,
    R: TryFutures<E>,
{
    type Values = (T, R::Values);

    fn try_poll_all(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Result<bool, E> {
        let is_first_done = self.as_mut().first().poll(cx).is_ready();
        if self.as_mut().first().output_mut().is_some_and(|output| output.is_err()) {
            let output = self.as_mut().first().take_output();
            output.expect("it was there").map(|_value| ())?;
        }
        Ok(self.rest().try_poll_all(cx)? && is_first_done)
    }

    fn try_take(mut self: Pin<&mut Self>) -> Result<Self::Values, E> {
        let value = self.as_mut().first().take_output().expect("all are done")?;
        Ok((value, self.rest().try_take()?))
    }
}

pin_project! {
    /// The future of [`join!`](crate::join).
    // Hidden: what a macro expands to.
    #[doc(hidden)]
    #[derive(Debug)]
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Join<C> {
        #[pin]
        futures: C,
    }
}

impl<C: Futures> Join<C> {
    pub fn new(futures: C) -> Join<C> {
        Join { futures }
    }
}

impl<C: Futures> Future for Join<C> {
    type Output = C::Outputs;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<C::Outputs> {
        let mut futures = self.project().futures;
        if futures.as_mut().poll_all(cx) {
            Poll::Ready(futures.take())
        } else {
            Poll::Pending
        }
    }
}

pin_project! {
    /// The future of [`try_join!`](crate::try_join).
    // Hidden: what a macro expands to.
    #[doc(hidden)]
    #[derive(Debug)]
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct TryJoin<C, E> {
        #[pin]
        futures: C,
        error: PhantomData<fn() -> E>,
    }
}

impl<E, C: TryFutures<E>> TryJoin<C, E> {
    pub fn new(futures: C) -> TryJoin<C, E> {
        TryJoin { futures, error: PhantomData }
    }
}

impl<E, C: TryFutures<E>> Future for TryJoin<C, E> {
    type Output = Result<C::Values, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut futures = self.project().futures;
        match futures.as_mut().try_poll_all(cx) {
            Ok(false) => Poll::Pending,
            Ok(true) => Poll::Ready(futures.try_take()),
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

/// Waits for all of several futures, in one task, and gives their outputs as a tuple.
///
/// Each poll polls those that are not done, in their order.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let (one, two) = tokio::join!(async { 1 }, async { 2 });
///     assert_eq!(one + two, 3);
/// });
/// ```
#[macro_export]
macro_rules! join {
    (@chain) => { () };
    (@chain $future:expr $(, $rest:expr)*) => {
        $crate::macros::Chain::new(
            $crate::macros::maybe_done($future),
            $crate::join!(@chain $($rest),*),
        )
    };
    // A tuple of what lies in nested pairs: a place for each future.
    (@flat ($($output:expr,)*) ($($place:tt)*)) => { ($($output,)*) };
    (@flat ($($output:expr,)*) ($($place:tt)*) $future:expr $(, $rest:expr)*) => {
        $crate::join!(@flat ($($output,)* $($place)* .0,) ($($place)* .1) $($rest),*)
    };
    ($($future:expr),* $(,)?) => {{
        let futures = $crate::join!(@chain $($future),*);
        let outputs = $crate::macros::Join::new(futures).await;
        $crate::join!(@flat () (outputs) $($future),*)
    }};
}

/// Waits for all of several futures with a `Result`, in one task: their values as a tuple, or
/// the first error.
///
/// Each poll polls those that are not done, in their order.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let both = tokio::try_join!(async { Ok(1) }, async { Err::<(), _>("no") });
///     assert_eq!(both, Err("no"));
/// });
/// ```
#[macro_export]
macro_rules! try_join {
    ($($future:expr),* $(,)?) => {{
        let futures = $crate::join!(@chain $($future),*);
        match $crate::macros::TryJoin::new(futures).await {
            ::core::result::Result::Ok(values) => {
                ::core::result::Result::Ok($crate::join!(@flat () (values) $($future),*))
            }
            ::core::result::Result::Err(error) => ::core::result::Result::Err(error),
        }
    }};
}
