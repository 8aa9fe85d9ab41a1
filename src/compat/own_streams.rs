//! Our own streams as streams of futures 0.3, with the feature `futures03`.
//!
//! Called beside each `Stream` of futures 0.1; without the feature, `no_streams` has a
//! macro of the same name that makes nothing. An item is what the type's `poll_*_cx` and
//! `async` methods give: a message of a channel as it is, a connection as a `Result`.

/// Implements futures 0.3's `Stream` by an expression of `this` and std's context `cx`.
///
/// The type is `Unpin` then, whatever its parameters are, unless it is marked `pinned`:
/// then `this` is.
macro_rules! std_stream {
    ([$($generics:tt)*] $type:ty => $item:ty, |$this:ident, $cx:ident| $poll:expr) => {
        $crate::compat::std_stream! {
            pinned [$($generics)*] $type => $item, |pinned, $cx| {
                let $this = pinned.get_mut();
                $poll
            }
        }

        impl<$($generics)*> Unpin for $type {}
    };
    (pinned [$($generics:tt)*] $type:ty => $item:ty, |$this:ident, $cx:ident| $poll:expr) => {
        impl<$($generics)*> futures_core::Stream for $type {
            type Item = $item;

            fn poll_next(
                self: std::pin::Pin<&mut Self>,
                $cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<Option<$item>> {
                let $this = self;
                $poll
            }
        }
    };
}

pub(crate) use std_stream;
