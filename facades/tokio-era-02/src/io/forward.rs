//! Reading, writing and seeking as in 0.2, by what has 1.x's traits.

/// Implements 0.2's `AsyncRead` for `$type` by what `$inner` leads to.
///
/// `leaf` is for what does not hand the buffer on to code of others: it takes memory that
/// was never written as it is.
macro_rules! forward_reads {
    (leaf [$($generics:tt)*] $type:ty, |$this:ident| $inner:expr) => {
        $crate::io::forward_reads! {
            @with [$($generics)*] $type, |$this| $inner,
            // Its `poll_read` fills the slice from the start, and looks at nothing in it.
            #[allow(unsafe_code, reason = "implements an unsafe method of the trait")]
            unsafe fn prepare_uninitialized_buffer(
                &self,
                _: &mut [std::mem::MaybeUninit<u8>],
            ) -> bool {
                false
            }
        }
    };
    ([$($generics:tt)*] $type:ty, |$this:ident| $inner:expr) => {
        $crate::io::forward_reads! { @with [$($generics)*] $type, |$this| $inner, }
    };
    (@with [$($generics:tt)*] $type:ty, |$this:ident| $inner:expr, $($prepare:item)?) => {
        impl<$($generics)*> $crate::io::AsyncRead for $type {
            $($prepare)?

            fn poll_read(
                self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
                buf: &mut [u8],
            ) -> std::task::Poll<std::io::Result<usize>> {
                let $this = self;
                $crate::io::poll_read($inner, cx, buf)
            }

            fn poll_read_buf<B: bytes::BufMut>(
                self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
                buf: &mut B,
            ) -> std::task::Poll<std::io::Result<usize>> {
                let $this = self;
                $crate::io::poll_read_buf($inner, cx, buf)
            }
        }
    };
}

/// Implements 0.2's `AsyncWrite` for `$type` by what `$inner` leads to.
macro_rules! forward_writes {
    ([$($generics:tt)*] $type:ty, |$this:ident| $inner:expr) => {
        impl<$($generics)*> $crate::io::AsyncWrite for $type {
            fn poll_write(
                self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
                buf: &[u8],
            ) -> std::task::Poll<std::io::Result<usize>> {
                let $this = self;
                tokio_await::io::AsyncWrite::poll_write($inner, cx, buf)
            }

            fn poll_write_buf<B: bytes::Buf>(
                self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
                buf: &mut B,
            ) -> std::task::Poll<std::io::Result<usize>> {
                let $this = self;
                $crate::io::poll_write_buf($inner, cx, buf)
            }

            fn poll_flush(
                self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<std::io::Result<()>> {
                let $this = self;
                tokio_await::io::AsyncWrite::poll_flush($inner, cx)
            }

            fn poll_shutdown(
                self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<std::io::Result<()>> {
                let $this = self;
                tokio_await::io::AsyncWrite::poll_shutdown($inner, cx)
            }
        }
    };
}

/// Implements 0.2's `AsyncBufRead` for `$type` by what `$inner` leads to.
macro_rules! forward_buf_reads {
    ([$($generics:tt)*] $type:ty, |$this:ident| $inner:expr) => {
        impl<$($generics)*> $crate::io::AsyncBufRead for $type {
            fn poll_fill_buf(
                self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<std::io::Result<&[u8]>> {
                let $this = self;
                tokio_await::io::AsyncBufRead::poll_fill_buf($inner, cx)
            }

            fn consume(self: std::pin::Pin<&mut Self>, amt: usize) {
                let $this = self;
                tokio_await::io::AsyncBufRead::consume($inner, amt);
            }
        }
    };
}

/// Implements 0.2's `AsyncSeek` for `$type` by what `$inner` leads to.
macro_rules! forward_seeks {
    ([$($generics:tt)*] $type:ty, |$this:ident| $inner:expr) => {
        impl<$($generics)*> $crate::io::AsyncSeek for $type {
            fn start_seek(
                self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
                position: std::io::SeekFrom,
            ) -> std::task::Poll<std::io::Result<()>> {
                let $this = self;
                $crate::io::start_seek($inner, cx, position)
            }

            fn poll_complete(
                self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<std::io::Result<u64>> {
                let $this = self;
                tokio_await::io::AsyncSeek::poll_complete($inner, cx)
            }
        }
    };
}

pub(crate) use {forward_buf_reads, forward_reads, forward_seeks, forward_writes};
