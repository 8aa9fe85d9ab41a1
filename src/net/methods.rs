//! What sockets of several kinds have in common, written once.
//!
//! Used by the `impl` blocks of TCP and Unix streams, and of both kinds of datagram sockets: each
//! has a field `io`, a [`PollEvented`](tokio_reactor::PollEvented), and the macros write public
//! methods in terms of it. A method that all of these sockets have belongs here; one of a single
//! kind of socket belongs in that socket's file.
//!
//! Always true: no method here blocks its thread.
//!
//! Why macros, and not a trait? The methods are inherent in upstream tokio 0.1, and so in
//! every program that calls them without an import.

/// The methods by which a caller waits for a socket without reading or writing.
macro_rules! readiness_methods {
    () => {
        /// Checks whether there is something to receive. If not, wakes the current task when
        /// there is.
        ///
        /// `mask` names the events that count, beside hang-ups and errors, which always do.
        /// The answer may be out of date: a read can still be "not ready".
        ///
        /// # Errors
        ///
        /// If the socket cannot be registered, or the reactor is gone.
        ///
        /// # Panics
        ///
        /// If `mask` has writable in it; or if there is nothing to receive and no current
        /// task.
        ///
        /// # Examples
        ///
        /// ```
        /// use futures::future::{self, Future};
        /// use tokio::net::UnixStream;
        /// use tokio_reactor::evented::Ready;
        ///
        /// let (here, there) = UnixStream::pair().unwrap();
        /// tokio::io::write_all(there, "hello").wait().unwrap();
        /// let ready = future::poll_fn(|| here.poll_read_ready(Ready::readable())).wait().unwrap();
        /// assert!(ready.is_readable());
        /// ```
        pub fn poll_read_ready(
            &self,
            mask: tokio_reactor::evented::Ready,
        ) -> futures::Poll<tokio_reactor::evented::Ready, std::io::Error> {
            self.io.poll_read_ready(mask)
        }

        /// Works like [`poll_read_ready`](Self::poll_read_ready), for a task of either kind.
        ///
        /// # Errors
        ///
        /// As for [`poll_read_ready`](Self::poll_read_ready).
        pub fn poll_read_ready_cx(
            &self,
            cx: &tokio_executor::task::Context<'_>,
            mask: tokio_reactor::evented::Ready,
        ) -> std::task::Poll<std::io::Result<tokio_reactor::evented::Ready>> {
            self.io.poll_read_ready_cx(cx, mask)
        }

        /// Checks whether there is room to send. If not, wakes the current task when there
        /// is.
        ///
        /// The answer may be out of date: a write can still be "not ready".
        ///
        /// # Errors
        ///
        /// If the socket cannot be registered, or the reactor is gone.
        ///
        /// # Panics
        ///
        /// If there is no room and no current task.
        ///
        /// # Examples
        ///
        /// ```
        /// use futures::future::{self, Future};
        /// use tokio::net::UnixStream;
        ///
        /// let (here, _there) = UnixStream::pair().unwrap();
        /// let ready = future::poll_fn(|| here.poll_write_ready()).wait().unwrap();
        /// assert!(ready.is_writable());
        /// ```
        pub fn poll_write_ready(
            &self,
        ) -> futures::Poll<tokio_reactor::evented::Ready, std::io::Error> {
            self.io.poll_write_ready()
        }

        /// Works like [`poll_write_ready`](Self::poll_write_ready), for a task of either kind.
        ///
        /// # Errors
        ///
        /// As for [`poll_write_ready`](Self::poll_write_ready).
        pub fn poll_write_ready_cx(
            &self,
            cx: &tokio_executor::task::Context<'_>,
        ) -> std::task::Poll<std::io::Result<tokio_reactor::evented::Ready>> {
            self.io.poll_write_ready_cx(cx)
        }
    };
}

/// The methods of a stream socket whose addresses are `$address`. It has a flag
/// `close_on_shutdown`, too.
#[allow(unused_macros, reason = "datagrams alone have no use for it")]
macro_rules! stream_methods {
    ($address:ty) => {
        crate::net::methods::readiness_methods!();

        /// Reads into `buf`, for a task of either kind; 0 bytes are the end of the stream,
        /// unless `buf` is empty.
        ///
        /// # Errors
        ///
        /// Those of `recv(2)`; and if the socket cannot be registered, or the reactor is
        /// gone.
        ///
        /// # Examples
        ///
        /// ```
        /// use futures::Future;
        /// use std::future::poll_fn;
        /// use tokio_executor::task::Context;
        /// use tokio::net::UnixStream;
        /// use tokio::runtime::current_thread::block_on_all_std;
        ///
        /// let (here, there) = UnixStream::pair().unwrap();
        /// tokio::io::write_all(there, "hello").wait().unwrap();
        /// let mut buf = [0; 16];
        /// let n = block_on_all_std(poll_fn(|cx| here.poll_read_cx(&Context::from(cx), &mut buf)));
        /// assert_eq!(buf[..n.unwrap()], *b"hello");
        /// ```
        #[inline]
        pub fn poll_read_cx(
            &self,
            cx: &tokio_executor::task::Context<'_>,
            buf: &mut [u8],
        ) -> std::task::Poll<std::io::Result<usize>> {
            crate::net::transfer::poll_read(&self.io, cx, buf)
        }

        /// Writes a beginning of `buf`, for a task of either kind, and returns its length.
        ///
        /// # Errors
        ///
        /// Those of `send(2)`; and if the socket cannot be registered, or the reactor is
        /// gone. Writing to a connection that the peer has closed raises no signal.
        ///
        /// # Examples
        ///
        /// ```
        /// use std::future::poll_fn;
        /// use tokio_executor::task::Context;
        /// use tokio::net::UnixStream;
        /// use tokio::runtime::current_thread::block_on_all_std;
        ///
        /// let (here, _there) = UnixStream::pair().unwrap();
        /// let write = poll_fn(|cx| here.poll_write_cx(&Context::from(cx), b"hello"));
        /// assert_eq!(block_on_all_std(write).unwrap(), 5);
        /// ```
        #[inline]
        pub fn poll_write_cx(
            &self,
            cx: &tokio_executor::task::Context<'_>,
            buf: &[u8],
        ) -> std::task::Poll<std::io::Result<usize>> {
            crate::net::transfer::poll_write(&self.io, cx, buf)
        }

        /// Reads into memory that need not be initialised, and returns how many bytes of it
        /// are then.
        ///
        /// # Errors
        ///
        /// As for [`poll_read_cx`](Self::poll_read_cx).
        pub fn poll_read_uninit_cx(
            &self,
            cx: &tokio_executor::task::Context<'_>,
            buf: &mut [std::mem::MaybeUninit<u8>],
        ) -> std::task::Poll<std::io::Result<usize>> {
            crate::net::transfer::poll_read_uninit(&self.io, cx, buf)
        }

        /// Reads into one slice after the other.
        ///
        /// # Errors
        ///
        /// As for [`poll_read_cx`](Self::poll_read_cx).
        pub fn poll_read_vectored_cx(
            &self,
            cx: &tokio_executor::task::Context<'_>,
            bufs: &mut [std::io::IoSliceMut<'_>],
        ) -> std::task::Poll<std::io::Result<usize>> {
            crate::net::transfer::poll_read_vectored(&self.io, cx, bufs)
        }

        /// Writes from one slice after the other, as many as the operating system takes at
        /// once, and returns how many bytes.
        ///
        /// # Errors
        ///
        /// As for [`poll_write_cx`](Self::poll_write_cx).
        pub fn poll_write_vectored_cx(
            &self,
            cx: &tokio_executor::task::Context<'_>,
            bufs: &[std::io::IoSlice<'_>],
        ) -> std::task::Poll<std::io::Result<usize>> {
            crate::net::transfer::poll_write_vectored(&self.io, cx, bufs)
        }

        /// Reads into the spare room of `buf`, up to 16 pieces of it at once, for a task of
        /// either kind.
        ///
        /// # Errors
        ///
        /// As for [`poll_read_cx`](Self::poll_read_cx).
        ///
        /// # Examples
        ///
        /// ```
        /// use futures::Future;
        /// use std::future::poll_fn;
        /// use tokio_executor::task::Context;
        /// use tokio::net::UnixStream;
        /// use tokio::runtime::current_thread::block_on_all_std;
        ///
        /// let (here, there) = UnixStream::pair().unwrap();
        /// tokio::io::write_all(there, "hello").wait().unwrap();
        /// let mut buf = Vec::with_capacity(16);
        /// let read = poll_fn(|cx| here.poll_read_buf_cx(&Context::from(cx), &mut buf));
        /// block_on_all_std(read).unwrap();
        /// assert_eq!(buf, b"hello");
        /// ```
        pub fn poll_read_buf_cx<B: bytes::BufMut>(
            &self,
            cx: &tokio_executor::task::Context<'_>,
            buf: &mut B,
        ) -> std::task::Poll<std::io::Result<usize>> {
            crate::net::transfer::poll_read_buf(&self.io, cx, buf)
        }

        /// Writes what remains in `buf`, up to 64 pieces of it at once, for a task of either
        /// kind.
        ///
        /// # Errors
        ///
        /// As for [`poll_write_cx`](Self::poll_write_cx).
        pub fn poll_write_buf_cx<B: bytes::Buf>(
            &self,
            cx: &tokio_executor::task::Context<'_>,
            buf: &mut B,
        ) -> std::task::Poll<std::io::Result<usize>> {
            crate::net::transfer::poll_write_buf(&self.io, cx, buf)
        }

        /// Returns the address of this end.
        ///
        /// # Errors
        ///
        /// Those of `getsockname(2)`.
        ///
        /// # Examples
        ///
        /// ```
        /// use std::io;
        /// use tokio::net::TcpStream;
        ///
        /// fn describe(stream: &TcpStream) -> io::Result<String> {
        ///     Ok(format!("{} to {}", stream.local_addr()?, stream.peer_addr()?))
        /// }
        /// ```
        pub fn local_addr(&self) -> std::io::Result<$address> {
            self.io.get_ref().local_addr()
        }

        /// Returns the address of the other end.
        ///
        /// # Errors
        ///
        /// Those of `getpeername(2)`: `NotConnected` once the connection was reset.
        ///
        /// # Examples
        ///
        /// ```
        /// use std::io;
        /// use tokio::net::TcpStream;
        ///
        /// fn is_local(stream: &TcpStream) -> io::Result<bool> {
        ///     Ok(stream.peer_addr()?.ip().is_loopback())
        /// }
        /// ```
        pub fn peer_addr(&self) -> std::io::Result<$address> {
            self.io.get_ref().peer_addr()
        }

        /// Shuts down the reading side, the writing side, or both, at once.
        ///
        /// # Errors
        ///
        /// Those of `shutdown(2)`: `NotConnected` if the connection is gone already.
        ///
        /// # Examples
        ///
        /// ```
        /// use futures::Future;
        /// use std::net::Shutdown;
        /// use tokio::net::UnixStream;
        ///
        /// let (here, there) = UnixStream::pair().unwrap();
        /// here.shutdown(Shutdown::Write).unwrap();
        /// let (_, received) = tokio::io::read_to_end(there, Vec::new()).wait().unwrap();
        /// assert!(received.is_empty());
        /// ```
        pub fn shutdown(&self, how: std::net::Shutdown) -> std::io::Result<()> {
            self.io.get_ref().shutdown(how)
        }

        /// Returns whether [`AsyncWrite::shutdown`] ends the stream that the peer reads.
        ///
        /// [`AsyncWrite::shutdown`]: tokio_io::AsyncWrite::shutdown
        pub fn close_on_shutdown(&self) -> bool {
            // Relaxed: set before the stream is shared, or passed on with it.
            self.close_on_shutdown.load(std::sync::atomic::Ordering::Relaxed)
        }

        /// Sets whether [`AsyncWrite::shutdown`] ends the stream that the peer reads. At first
        /// it does not; see [above](Self#shutting-down).
        ///
        /// # Examples
        ///
        /// ```
        /// use futures::Future;
        /// use std::net::SocketAddr;
        /// use tokio::net::TcpStream;
        ///
        /// fn ask(addr: &SocketAddr) -> impl Future<Item = Vec<u8>, Error = std::io::Error> {
        ///     TcpStream::connect(addr)
        ///         .and_then(|stream| {
        ///             stream.set_close_on_shutdown(true);
        ///             tokio_io::io::write_all(stream, "a question")
        ///         })
        ///         // Only now does the other end see that the question is complete.
        ///         .and_then(|(stream, _)| tokio_io::io::shutdown(stream))
        ///         .and_then(|stream| tokio_io::io::read_to_end(stream, Vec::new()))
        ///         .map(|(_, answer)| answer)
        /// }
        /// ```
        ///
        /// [`AsyncWrite::shutdown`]: tokio_io::AsyncWrite::shutdown
        pub fn set_close_on_shutdown(&self, close: bool) {
            // Relaxed: see `close_on_shutdown`.
            self.close_on_shutdown.store(close, std::sync::atomic::Ordering::Relaxed);
        }

        /// Does what `AsyncWrite::shutdown` promises.
        fn end_writing(&self) -> std::io::Result<()> {
            if !self.close_on_shutdown() {
                return Ok(());
            }
            match self.shutdown(std::net::Shutdown::Write) {
                // The connection is gone: there is nobody to send an end to.
                Err(error) if error.kind() == std::io::ErrorKind::NotConnected => Ok(()),
                result => result,
            }
        }
    };
}

/// Implements the readers and writers of std and of tokio 0.1 for `$stream`, by value and by
/// reference. Each method is one of the stream's `poll_*_cx`, for the current task of futures
/// 0.1.
#[allow(unused_macros, reason = "datagrams alone have no use for it")]
macro_rules! stream_traits {
    ($($stream:ty),*) => { $(
        impl std::io::Read for $stream {
            fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
                let cx = tokio_executor::task::Context::current();
                tokio_executor::internals::convert::or_would_block(self.poll_read_cx(&cx, buf))
            }

            fn read_vectored(
                &mut self,
                bufs: &mut [std::io::IoSliceMut<'_>],
            ) -> std::io::Result<usize> {
                let cx = tokio_executor::task::Context::current();
                tokio_executor::internals::convert::or_would_block(self.poll_read_vectored_cx(&cx, bufs))
            }
        }

        impl std::io::Write for $stream {
            fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
                let cx = tokio_executor::task::Context::current();
                tokio_executor::internals::convert::or_would_block(self.poll_write_cx(&cx, buf))
            }

            fn write_vectored(&mut self, bufs: &[std::io::IoSlice<'_>]) -> std::io::Result<usize> {
                let cx = tokio_executor::task::Context::current();
                tokio_executor::internals::convert::or_would_block(self.poll_write_vectored_cx(&cx, bufs))
            }

            /// Does nothing: nothing is kept back.
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }

        impl tokio_io::AsyncRead for $stream {
            unsafe fn prepare_uninitialized_buffer(&self, _: &mut [u8]) -> bool {
                false
            }

            fn poll_read(&mut self, buf: &mut [u8]) -> futures::Poll<usize, std::io::Error> {
                let cx = tokio_executor::task::Context::current();
                tokio_executor::internals::convert::into_async(self.poll_read_cx(&cx, buf))
            }

            fn read_buf<B: bytes::BufMut>(
                &mut self,
                buf: &mut B,
            ) -> futures::Poll<usize, std::io::Error> {
                let cx = tokio_executor::task::Context::current();
                tokio_executor::internals::convert::into_async(self.poll_read_buf_cx(&cx, buf))
            }
        }

        impl tokio_io::AsyncWrite for $stream {
            fn poll_write(&mut self, buf: &[u8]) -> futures::Poll<usize, std::io::Error> {
                let cx = tokio_executor::task::Context::current();
                tokio_executor::internals::convert::into_async(self.poll_write_cx(&cx, buf))
            }

            /// Does nothing, unless `set_close_on_shutdown` was called.
            fn shutdown(&mut self) -> futures::Poll<(), std::io::Error> {
                self.end_writing().map(Into::into)
            }

            fn write_buf<B: bytes::Buf>(
                &mut self,
                buf: &mut B,
            ) -> futures::Poll<usize, std::io::Error> {
                let cx = tokio_executor::task::Context::current();
                tokio_executor::internals::convert::into_async(self.poll_write_buf_cx(&cx, buf))
            }
        }
    )* };
}

pub(super) use readiness_methods;
#[cfg(any(feature = "tcp", feature = "uds"))]
pub(super) use {stream_methods, stream_traits};
