//! What stream sockets have in common: reading, writing, and halves.
//!
//! `net::tcp` and `net::unix` expand the macros for their streams.
//!
//! Always true: the halves share one socket of `tokio-await`'s, so sides never wait for each
//! other; dropping the owned write half ends that direction unless it was forgotten.
//!
//! Why macros? A half is of its stream's type, in public names of that stream's module, and with
//! the same text for both.

/// Implements 0.2's `AsyncRead` for `$type`, whose field `inner` has 1.x's, by the socket of
/// the engine that `$engine` leads to.
macro_rules! reads {
    ([$($life:lifetime)?] $type:ty, |$this:ident| $engine:expr) => {
        impl$(<$life>)? $crate::io::AsyncRead for $type {
            // `recv(2)` looks at nothing in the memory, and says how much of it it has
            // written.
            #[allow(unsafe_code, reason = "implements an unsafe method of the trait")]
            unsafe fn prepare_uninitialized_buffer(
                &self,
                _: &mut [std::mem::MaybeUninit<u8>],
            ) -> bool {
                false
            }

            #[inline]
            fn poll_read(
                self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
                buf: &mut [u8],
            ) -> std::task::Poll<std::io::Result<usize>> {
                $crate::io::poll_read(std::pin::Pin::new(&mut self.get_mut().inner), cx, buf)
            }

            #[inline]
            #[allow(unsafe_code, reason = "reads into memory that was never written")]
            fn poll_read_buf<B: bytes::BufMut>(
                self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
                buf: &mut B,
            ) -> std::task::Poll<std::io::Result<usize>> {
                let $this = &*self;
                let read = |free: &mut [std::mem::MaybeUninit<u8>]| {
                    poll_map_shutdown($engine.poll_read_uninit_cx(&cx.into(), free))
                };
                // SAFETY: the engine counts the bytes that `recv(2)` has written.
                unsafe { $crate::io::put_uninit(buf, read) }
            }
        }
    };
}

/// Defines the halves of `$stream` around those in the module `$modern`.
macro_rules! halves {
    ($stream:ident, $($modern:ident)::+) => {
        impl $stream {
            /// Parts the socket into a half that reads and a half that writes, which borrow
            /// it.
            pub fn split(&mut self) -> (ReadHalf<'_>, WriteHalf<'_>) {
                let (read, write) = self.inner.split();
                (ReadHalf { inner: read }, WriteHalf { inner: write })
            }

            /// Parts the socket into a half that reads and a half that writes, which can go
            /// separate ways.
            pub fn into_split(self) -> (OwnedReadHalf, OwnedWriteHalf) {
                let (read, write) = self.inner.into_split();
                (OwnedReadHalf { inner: read }, OwnedWriteHalf { inner: write })
            }
        }

        /// The half of a borrowed socket that reads.
        #[derive(Debug)]
        pub struct ReadHalf<'a> {
            inner: $($modern)::+::ReadHalf<'a>,
        }

        /// The half of a borrowed socket that writes.
        #[derive(Debug)]
        pub struct WriteHalf<'a> {
            inner: $($modern)::+::WriteHalf<'a>,
        }

        /// The half of a socket that reads.
        #[derive(Debug)]
        pub struct OwnedReadHalf {
            inner: $($modern)::+::OwnedReadHalf,
        }

        /// The half of a socket that writes.
        ///
        /// # Dropping
        ///
        /// Tells the peer that nothing follows.
        #[derive(Debug)]
        pub struct OwnedWriteHalf {
            inner: $($modern)::+::OwnedWriteHalf,
        }

        /// Returned when two halves are not of one socket. They are in here.
        #[derive(Debug)]
        pub struct ReuniteError(pub OwnedReadHalf, pub OwnedWriteHalf);

        impl std::fmt::Display for ReuniteError {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("tried to reunite halves that are not from the same socket")
            }
        }

        impl std::error::Error for ReuniteError {}

        fn reunite(read: OwnedReadHalf, write: OwnedWriteHalf) -> Result<$stream, ReuniteError> {
            let $($modern)::+::ReuniteError(read, write) = match read.inner.reunite(write.inner) {
                Ok(inner) => return Ok($stream { inner }),
                Err(error) => error,
            };
            Err(ReuniteError(OwnedReadHalf { inner: read }, OwnedWriteHalf { inner: write }))
        }

        impl OwnedReadHalf {
            /// Joins the halves again.
            ///
            /// # Errors
            ///
            /// If they are not of one socket.
            pub fn reunite(self, other: OwnedWriteHalf) -> Result<$stream, ReuniteError> {
                reunite(self, other)
            }
        }

        impl OwnedWriteHalf {
            /// Joins the halves again.
            ///
            /// # Errors
            ///
            /// If they are not of one socket.
            pub fn reunite(self, other: OwnedReadHalf) -> Result<$stream, ReuniteError> {
                reunite(other, self)
            }

            /// Drops this half without telling the peer that nothing follows.
            pub fn forget(self) {
                self.inner.forget();
            }
        }

        $crate::net::streams::halves!(@as_ref $stream, OwnedReadHalf, OwnedWriteHalf);
        $crate::net::streams::halves!(@as_ref $stream, ReadHalf<'_>, WriteHalf<'_>);
        $crate::net::streams::reads!([] OwnedReadHalf, |half| half.inner.as_ref().engine());
        $crate::net::streams::reads!(['a] ReadHalf<'a>, |half| half.inner.as_ref().engine());
        $crate::io::forward_writes!(
            [] OwnedWriteHalf, |half| std::pin::Pin::new(&mut half.get_mut().inner)
        );
        $crate::io::forward_writes!(
            ['a] WriteHalf<'a>, |half| std::pin::Pin::new(&mut half.get_mut().inner)
        );
    };
    (@as_ref $stream:ident, $($half:ty),*) => { $(
        impl AsRef<$stream> for $half {
            fn as_ref(&self) -> &$stream {
                $stream::of(self.inner.as_ref())
            }
        }
    )* };
}

pub(super) use {halves, reads};
