//! Futures 0.3's `Stream`: an item is a `Result`.

use crate::codec::{self, length_delimited};
use crate::frame::{Decoder, Framed, FramedRead, FramedWrite};
use crate::{io, AsyncRead};
use bytes::IntoBuf;
use futures_core::Stream;
use std::io::BufRead;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Implements the `Stream` of futures 0.3 by the type's `poll_next_cx`.
macro_rules! std_streams {
    ($( [$($param:ident: $($bound:path),*);*] $type:ty; )*) => { $(
        impl<$( $param: $($bound +)* ),*> Stream for $type {
            type Item =
                Result<<$type as futures::Stream>::Item, <$type as futures::Stream>::Error>;

            fn poll_next(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
            ) -> Poll<Option<Self::Item>> {
                self.get_mut().poll_next_cx(&cx.into())
            }
        }
    )* };
}

std_streams! {
    [A: AsyncRead, BufRead] io::Lines<A>;
    [T: AsyncRead; U: Decoder] Framed<T, U>;
    [T: AsyncRead; D: Decoder] FramedRead<T, D>;
    [T: AsyncRead; U: Decoder] codec::Framed<T, U>;
    [T: AsyncRead; B: IntoBuf] length_delimited::Framed<T, B>;
    [T: AsyncRead] length_delimited::FramedRead<T>;
}

// What is of futures 0.1 may be moved between two polls, so nothing in these is pinned.
impl<A> Unpin for io::Lines<A> {}
impl<T, U> Unpin for Framed<T, U> {}
impl<T, D> Unpin for FramedRead<T, D> {}
impl<T, U> Unpin for codec::Framed<T, U> {}
impl<T, B: IntoBuf> Unpin for length_delimited::Framed<T, B> {}
impl<T> Unpin for length_delimited::FramedRead<T> {}
impl<T, E> Unpin for FramedWrite<T, E> {}
impl<T, B: IntoBuf> Unpin for length_delimited::FramedWrite<T, B> {}

impl<T: Stream + Unpin, E> Stream for FramedWrite<T, E> {
    type Item = T::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T::Item>> {
        Pin::new(self.get_mut().get_mut()).poll_next(cx)
    }
}

impl<T: Stream + Unpin, B: IntoBuf> Stream for length_delimited::FramedWrite<T, B> {
    type Item = T::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T::Item>> {
        Pin::new(self.get_mut().get_mut()).poll_next(cx)
    }
}
