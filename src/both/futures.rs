//! The two `Future` impls of a type that has a `poll_cx`.

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
                ::tokio_executor::internals::convert::into_async(self.poll_cx(&cx))
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

        $crate::compat::own_compat!([$( $param: $($bound)* ),*] $type);
    )* };
}

pub(crate) use both_futures;
