//! Where [`join!`](crate::join) and [`try_join!`](crate::try_join) keep a future, and then its
//! output in the same room.
//!
//! Always true: a future is dropped as soon as it is done; an output is taken once.
//!
//! Why not an `Option` of each? The room for all outputs would come on top of that for all
//! futures.

use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

pin_project! {
    /// A future, then its output.
    #[project = PlaceProjection]
    #[project_replace = PlaceReplaced]
    #[derive(Debug)]
    pub enum Place<F: Future> {
        Running { #[pin] future: F },
        Done { output: F::Output },
        Empty,
    }
}

impl<F: Future> Place<F> {
    /// Returns a place for `future`.
    pub fn new(future: F) -> Place<F> {
        Place::Running { future }
    }

    /// Polls the future unless it is done; whether it is.
    pub fn poll_done(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        let PlaceProjection::Running { future } = self.as_mut().project() else { return true };
        let Poll::Ready(output) = future.poll(cx) else { return false };
        self.project_replace(Place::Done { output });
        true
    }

    /// Takes the output.
    ///
    /// # Panics
    ///
    /// If there is none, or no more.
    pub fn take(self: Pin<&mut Self>) -> F::Output {
        match self.project_replace(Place::Empty) {
            PlaceReplaced::Done { output } => output,
            _ => panic!("there is no output in this place"),
        }
    }
}

impl<T, E, F: Future<Output = Result<T, E>>> Place<F> {
    /// Works like [`poll_done`](Place::poll_done); gives an error out at once.
    pub fn poll_ok(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), E>> {
        let PlaceProjection::Running { future } = self.as_mut().project() else {
            return Poll::Ready(Ok(()));
        };
        let output = ready!(future.poll(cx));
        let output = match output {
            Ok(_) => Place::Done { output },
            Err(error) => {
                self.project_replace(Place::Empty);
                return Poll::Ready(Err(error));
            }
        };
        self.project_replace(output);
        Poll::Ready(Ok(()))
    }

    /// Works like [`take`](Place::take), for a result that is none of an error.
    ///
    /// # Panics
    ///
    /// As there.
    pub fn take_ok(self: Pin<&mut Self>) -> T {
        match self.take() {
            Ok(value) => value,
            Err(_) => unreachable!("an error is given out at once"),
        }
    }
}
