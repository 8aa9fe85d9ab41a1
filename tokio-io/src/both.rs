//! The other kind of future: std's `Future` for all futures of this crate, and for its
//! streams `poll_next_cx` and, with the feature `futures03`, futures 0.3's `Stream`.
//!
//! Always true: there is one implementation of each, in futures 0.1's words, since the
//! readers and writers below it are of futures 0.1 and look for their task by themselves.
//! What is here polls it with the task in its place; inside a task of ours it is there
//! already, and nothing is allocated.

#![allow(deprecated)]

#[cfg(feature = "futures03")]
mod streams;

use crate::codec::{self, length_delimited};
use crate::frame::{Decoder, Framed, FramedRead};
use crate::{io, AsyncRead, AsyncWrite};
use bytes::IntoBuf;
use std::io::BufRead;
use std::task::Poll;
use tokio_executor::cross::As01;
use tokio_executor::task::Context;

/// Implements std's `Future` by the type's own of futures 0.1. The output is a `Result`.
macro_rules! std_futures {
    ($( [$($param:ident: $($bound:path),*);*] $type:ty; )*) => { $(
        impl<$( $param: $($bound +)* ),*> std::future::Future for $type {
            type Output =
                Result<<$type as futures::Future>::Item, <$type as futures::Future>::Error>;

            fn poll(
                self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<Self::Output> {
                let poll = <$type as futures::Future>::poll;
                let cx = &Context::from(cx);
                As01::poll_within(self.get_mut(), |this| &mut this.bridge, cx, poll)
            }
        }

        impl<$( $param: $($bound +)* ),*> $type {
            /// Returns this future: it is of std already.
            ///
            /// For code with two traits of futures 0.3 in scope, each of which has a `compat`
            /// for one kind of future: a method of the type comes before both.
            // Hidden: nobody needs it but code that calls `compat` on whatever it has.
            #[doc(hidden)]
            pub fn compat(self) -> Self {
                self
            }
        }
    )* };
}

std_futures! {
    [R: AsyncRead; W: AsyncWrite] io::Copy<R, W>;
    [A: AsyncWrite] io::Flush<A>;
    [R: AsyncRead; T: AsMut<[u8]>] io::Read<R, T>;
    [A: AsyncRead; T: AsMut<[u8]>] io::ReadExact<A, T>;
    [A: AsyncRead] io::ReadToEnd<A>;
    [A: AsyncRead, BufRead] io::ReadUntil<A>;
    [A: AsyncWrite] io::Shutdown<A>;
    [A: AsyncWrite; T: AsRef<[u8]>] io::WriteAll<A, T>;
}

// What is of futures 0.1 may be moved between two polls, so nothing in these is pinned.
impl<R, W> Unpin for io::Copy<R, W> {}
impl<A> Unpin for io::Flush<A> {}
impl<R, T> Unpin for io::Read<R, T> {}
impl<A, T> Unpin for io::ReadExact<A, T> {}
impl<A> Unpin for io::ReadToEnd<A> {}
impl<A> Unpin for io::ReadUntil<A> {}
impl<A> Unpin for io::Shutdown<A> {}
impl<A, T> Unpin for io::WriteAll<A, T> {}

/// Gives a stream of futures 0.1 its `poll_next_cx`, given the place of its bridge.
macro_rules! polled_for_either {
    ($( [$($param:ident: $($bound:path),*);*] $type:ty, $($bridge:ident).+; )*) => { $(
        impl<$( $param: $($bound +)* ),*> $type {
            /// Returns the next item, for a task of either kind; `None` at the end.
            ///
            /// # Errors
            ///
            /// Those of the stream.
            pub fn poll_next_cx(&mut self, cx: &Context<'_>) -> PollNext<Self> {
                let poll = <$type as futures::Stream>::poll;
                As01::poll_within(self, |this| &mut this.$($bridge).+, cx, poll)
                    .map(Result::transpose)
            }
        }
    )* };
}

/// What is said of the next item of a stream of futures 0.1, in std's words.
type PollNext<S> =
    Poll<Option<Result<<S as futures::Stream>::Item, <S as futures::Stream>::Error>>>;

polled_for_either! {
    [A: AsyncRead, BufRead] io::Lines<A>, bridge;
    [T: AsyncRead; U: Decoder] Framed<T, U>, bridge;
    [T: AsyncRead; D: Decoder] FramedRead<T, D>, bridge;
    [T: AsyncRead; U: Decoder] codec::Framed<T, U>, framed.bridge;
    [T: AsyncRead; B: IntoBuf] length_delimited::Framed<T, B>, inner.inner.bridge;
    [T: AsyncRead] length_delimited::FramedRead<T>, inner.bridge;
}
