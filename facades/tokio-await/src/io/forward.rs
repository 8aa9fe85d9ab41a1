//! Writing as, reading as and seeking as what a type wraps or points to.
//!
//! With `where TARGET`, the implementation is there if `TARGET` has the trait.

/// Implements `AsyncWrite` for `$type` by what `$inner` leads to.
macro_rules! forward_writes {
    ([$($generics:tt)*] $type:ty $(, where $to:ty)?, |$this:ident| $inner:expr, |$shared:ident| $target:expr) => {
        impl<$($generics)*> AsyncWrite for $type $(where $to: AsyncWrite)? {
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
    ([$($generics:tt)*] $type:ty $(, where $to:ty)?, |$this:ident| $inner:expr) => {
        impl<$($generics)*> AsyncRead for $type $(where $to: AsyncRead)? {
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
    ([$($generics:tt)*] $type:ty $(, where $to:ty)?, |$this:ident| $inner:expr) => {
        impl<$($generics)*> AsyncBufRead for $type $(where $to: AsyncBufRead)? {
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

/// Implements `AsyncSeek` for `$type` by what `$inner` leads to.
macro_rules! forward_seeks {
    ([$($generics:tt)*] $type:ty $(, where $to:ty)?, |$this:ident| $inner:expr) => {
        impl<$($generics)*> AsyncSeek for $type $(where $to: AsyncSeek)? {
            fn start_seek(self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
                let $this = self;
                $inner.start_seek(position)
            }

            fn poll_complete(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
                let $this = self;
                $inner.poll_complete(cx)
            }
        }
    };
}

pub(super) use {forward_buf_reads, forward_reads, forward_seeks, forward_writes};
