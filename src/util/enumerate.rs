//! A stream that counts its items.

use futures::{try_ready, Async, Poll, Sink, StartSend, Stream};

/// Yields each item of a stream with the number of items before it.
///
/// Made by [`StreamExt::enumerate`](super::StreamExt::enumerate). If the stream is a sink
/// too, so is this; what is sent is not counted.
///
/// # Panics
///
/// In a debug build, after `usize::MAX` items.
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct Enumerate<T> {
    inner: T,
    count: usize,
}

impl<T> Enumerate<T> {
    pub(super) fn new(inner: T) -> Enumerate<T> {
        Enumerate { inner, count: 0 }
    }

    /// Returns the inner stream.
    pub fn get_ref(&self) -> &T {
        &self.inner
    }

    /// Returns the inner stream.
    ///
    /// What is taken from it directly is not counted.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    /// Gives back the inner stream.
    pub fn into_inner(self) -> T {
        self.inner
    }

    fn number<I>(&mut self, item: I) -> (usize, I) {
        let number = self.count;
        self.count += 1;
        (number, item)
    }
}

impl<T: Stream> Stream for Enumerate<T> {
    type Item = (usize, T::Item);
    type Error = T::Error;

    fn poll(&mut self) -> Poll<Option<(usize, T::Item)>, T::Error> {
        let item = try_ready!(self.inner.poll());
        Ok(Async::Ready(item.map(|item| self.number(item))))
    }
}

crate::compat::std_stream! {
    [T: futures_core::Stream + Unpin] Enumerate<T> => (usize, T::Item), |this, cx| {
        std::pin::Pin::new(&mut this.inner).poll_next(cx).map(|item| item.map(|i| this.number(i)))
    }
}

impl<T: Sink> Sink for Enumerate<T> {
    type SinkItem = T::SinkItem;
    type SinkError = T::SinkError;

    fn start_send(&mut self, item: T::SinkItem) -> StartSend<T::SinkItem, T::SinkError> {
        self.inner.start_send(item)
    }

    fn poll_complete(&mut self) -> Poll<(), T::SinkError> {
        self.inner.poll_complete()
    }

    fn close(&mut self) -> Poll<(), T::SinkError> {
        self.inner.close()
    }
}

#[cfg(test)]
mod tests {
    use crate::util::StreamExt;
    use futures::{stream, Async, Sink, Stream};

    #[test]
    fn items_are_numbered_from_zero() {
        let numbered = stream::iter_ok::<_, ()>(["a", "b", "c"]).enumerate().collect();
        assert_eq!(futures::Future::wait(numbered), Ok(vec![(0, "a"), (1, "b"), (2, "c")]));
    }

    #[test]
    fn a_sink_is_passed_through() {
        let (tx, mut rx) = futures::unsync::mpsc::channel::<u32>(1);
        let mut sink = super::Enumerate::new(tx);
        assert!(futures::Future::wait(futures::future::lazy(|| {
            assert!(sink.start_send(7)?.is_ready());
            sink.poll_complete()
        }))
        .is_ok());
        assert_eq!(rx.poll(), Ok(Async::Ready(Some(7))));
    }
}
