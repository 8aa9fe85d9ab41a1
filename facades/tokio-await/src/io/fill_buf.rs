//! The future of [`AsyncBufReadExt::fill_buf`](super::AsyncBufReadExt::fill_buf).

use super::AsyncBufRead;
use pin_project_lite::pin_project;
use std::future::Future;
use std::io;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// Fills the buffer; see [`AsyncBufReadExt::fill_buf`](super::AsyncBufReadExt::fill_buf).
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct FillBuf<'a, R: ?Sized> {
        // Taken when it is ready: the buffer is lent for the whole lifetime.
        reader: Option<&'a mut R>,
        #[pin]
        pinned: PhantomPinned,
    }
}

impl<'a, R: ?Sized> FillBuf<'a, R> {
    pub(super) fn new(reader: &'a mut R) -> FillBuf<'a, R> {
        FillBuf { reader: Some(reader), pinned: PhantomPinned }
    }
}

impl<'a, R: AsyncBufRead + Unpin + ?Sized> Future for FillBuf<'a, R> {
    type Output = io::Result<&'a [u8]>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&'a [u8]>> {
        let this = self.project();
        let reader: *mut R = this.reader.take().expect("polled after it was ready");
        // SAFETY: the pointer is from a reference that lives for `'a`, which was taken out.
        match Pin::new(unsafe { &mut *reader }).poll_fill_buf(cx) {
            Poll::Ready(filled) => Poll::Ready(filled),
            Poll::Pending => {
                // SAFETY: as above, and nothing was lent by the poll: it was pending. The
                // borrow checker cannot tell that of one arm of a match.
                *this.reader = Some(unsafe { &mut *reader });
                Poll::Pending
            }
        }
    }
}
