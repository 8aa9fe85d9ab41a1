//! Writing as, or reading as, what a type wraps.

/// Implements `AsyncWrite` for `$type` by what `$inner` leads to.
macro_rules! forward_writes {
    ([$($generics:tt)*] $type:ty, |$this:ident| $inner:expr, |$shared:ident| $target:expr) => {
        impl<$($generics)*> AsyncWrite for $type {
            fn poll_write(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &[u8],
            ) -> Poll<io::Result<usize>> {
                let $this = self;
                $inner.poll_write(cx, buf)
            }

            fn poll_write_vectored(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                bufs: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                let $this = self;
                $inner.poll_write_vectored(cx, bufs)
            }

            fn is_write_vectored(&self) -> bool {
                let $shared = self;
                $target.is_write_vectored()
            }

            fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                let $this = self;
                $inner.poll_flush(cx)
            }

            fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                let $this = self;
                $inner.poll_shutdown(cx)
            }
        }
    };
}

/// Implements `AsyncRead` for `$type` by what `$inner` leads to.
macro_rules! forward_reads {
    ([$($generics:tt)*] $type:ty, |$this:ident| $inner:expr) => {
        impl<$($generics)*> AsyncRead for $type {
            fn poll_read(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                let $this = self;
                $inner.poll_read(cx, buf)
            }
        }
    };
}

/// Implements `AsyncBufRead` for `$type` by what `$inner` leads to.
macro_rules! forward_buf_reads {
    ([$($generics:tt)*] $type:ty, |$this:ident| $inner:expr) => {
        impl<$($generics)*> AsyncBufRead for $type {
            fn poll_fill_buf(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
            ) -> Poll<io::Result<&[u8]>> {
                let $this = self;
                $inner.poll_fill_buf(cx)
            }

            fn consume(self: Pin<&mut Self>, amt: usize) {
                let $this = self;
                $inner.consume(amt)
            }
        }
    };
}

pub(super) use {forward_buf_reads, forward_reads, forward_writes};
