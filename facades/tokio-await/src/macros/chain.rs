//! The futures of a macro, one behind the other.
//!
//! What `select!` expands to polls them through a [`Chain`], and so do the `join!`s of tokio 0.2.
//!
//! Why not a tuple? Nothing safe leads from a pinned tuple to its pinned fields; and a
//! `Pin<&mut F>` for each future would lie in the caller's future beside them.

use pin_project_lite::pin_project;
use std::pin::Pin;

pin_project! {
    /// A future, and the chain of those behind it; `()` ends it.
    // Hidden: what a macro expands to.
    #[doc(hidden)]
    #[derive(Debug)]
    pub struct Chain<F, R> {
        #[pin]
        first: F,
        #[pin]
        rest: R,
    }
}

impl<F, R> Chain<F, R> {
    pub fn new(first: F, rest: R) -> Chain<F, R> {
        Chain { first, rest }
    }

    pub fn first(self: Pin<&mut Self>) -> Pin<&mut F> {
        self.project().first
    }

    pub fn rest(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().rest
    }
}
