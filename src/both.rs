//! One poll method, both kinds of future.
//!
//! A type whose `poll_cx(&mut self, &Context) -> Poll<Result<T, E>>` does the work gets
//! both `Future` impls from [`both_futures!`]. Used by the modules that talk to the
//! operating system.

use futures::Async;
use std::task::Poll;

/// What `poll_cx` said, in the words of futures 0.1.
pub(crate) fn into_async<T, E>(polled: Poll<Result<T, E>>) -> futures::Poll<T, E> {
    match polled {
        Poll::Ready(Ok(value)) => Ok(Async::Ready(value)),
        Poll::Ready(Err(error)) => Err(error),
        Poll::Pending => Ok(Async::NotReady),
    }
}

/// Implements futures 0.1's and std's `Future` by the type's `poll_cx`.
///
/// The type is `Unpin` then, whatever its parameters are: none of ours pins a field.
macro_rules! both_futures {
    ($( [$( $param:ident: ($($bound:tt)*) ),*] $type:ty => $item:ty, $error:ty; )*) => { $(
        impl<$( $param: $($bound)* ),*> futures::Future for $type {
            type Item = $item;
            type Error = $error;

            fn poll(&mut self) -> futures::Poll<$item, $error> {
                let cx = tokio_executor::task::Context::current();
                $crate::both::into_async(self.poll_cx(&cx))
            }
        }

        impl<$( $param: $($bound)* ),*> std::future::Future for $type {
            type Output = Result<$item, $error>;

            fn poll(
                self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<Self::Output> {
                let cx = tokio_executor::task::Context::from(cx);
                self.get_mut().poll_cx(&cx)
            }
        }

        impl<$( $param: $($bound)* ),*> Unpin for $type {}
    )* };
}

pub(crate) use both_futures;
