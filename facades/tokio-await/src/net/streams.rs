//! What TCP streams and those of Unix have in common: reading, writing, and their halves.
//!
//! The streams' own modules expand the macros.
//!
//! Always true: the two halves of a stream share one socket; dropping the owned write half ends
//! the writing direction, unless it was forgotten or reunited.
//!
//! Why macros? The types share no trait, and each method is public with the same text.

/// `AsyncRead`, `AsyncWrite` and the `try_*` methods of a stream of the root crate's kind.
macro_rules! stream {
    ($stream:ident, $mio:ty) => {
        impl $stream {
            /// Reads what is there.
            ///
            /// # Errors
            ///
            /// `WouldBlock` if nothing is; those of the system.
            pub fn try_read(&self, buf: &mut [u8]) -> io::Result<usize> {
                let read = |socket: &_| into_slice(Recv(SockRef::from(socket)), buf);
                map_shutdown(self.evented().try_io(Interest::READABLE, read)).map(|(n, ())| n)
            }

            /// Reads what is there, into one slice after the other.
            ///
            /// # Errors
            ///
            /// As [`try_read`](Self::try_read).
            pub fn try_read_vectored(&self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
                let read = |mut socket: &$mio| io::Read::read_vectored(&mut socket, bufs);
                map_shutdown(self.evented().try_io(Interest::READABLE, read))
            }

            /// Reads what is there, into the free part of `buf`, and moves it on.
            ///
            /// # Errors
            ///
            /// As [`try_read`](Self::try_read).
            pub fn try_read_buf<B: BufMut>(&self, buf: &mut B) -> io::Result<usize> {
                let read = |socket: &_| into_buf(Recv(SockRef::from(socket)), buf);
                map_shutdown(self.evented().try_io(Interest::READABLE, read)).map(|(n, ())| n)
            }

            /// Writes as much of `buf` as there is room for.
            ///
            /// # Errors
            ///
            /// `WouldBlock` if there is none; those of the system.
            pub fn try_write(&self, buf: &[u8]) -> io::Result<usize> {
                let write = |mut socket: &$mio| io::Write::write(&mut socket, buf);
                map_shutdown(self.evented().try_io(Interest::WRITABLE, write))
            }

            /// Writes as much as there is room for, from one slice after the other.
            ///
            /// # Errors
            ///
            /// As [`try_write`](Self::try_write).
            pub fn try_write_vectored(&self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
                let write = |socket: &_| tokio::net::send_vectored(&SockRef::from(socket), bufs);
                map_shutdown(self.evented().try_io(Interest::WRITABLE, write))
            }

            /// Borrows the two directions of the stream, for one task.
            pub fn split(&mut self) -> (ReadHalf<'_>, WriteHalf<'_>) {
                (ReadHalf(self), WriteHalf(self))
            }

            /// Parts the stream into its two directions, which may go to different tasks.
            ///
            /// Dropping the half that writes says to the peer that nothing follows.
            pub fn into_split(self) -> (OwnedReadHalf, OwnedWriteHalf) {
                let stream = Arc::new(self);
                let read = OwnedReadHalf { stream: stream.clone() };
                (read, OwnedWriteHalf { stream, ends_on_drop: true })
            }

            #[inline]
            pub(super) fn poll_read_shared(
                &self,
                cx: &mut Context<'_>,
                buf: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                let read = |free: &mut [MaybeUninit<u8>]| {
                    self.inner.poll_read_uninit_cx(&cx.into(), free).map_ok(|n| (n, ()))
                };
                // SAFETY: `poll_read_uninit_cx` says how many bytes the system wrote, and
                // nobody else writes.
                let polled = unsafe { poll_into(buf, read) };
                poll_map_shutdown(polled.map_ok(drop))
            }

            #[inline]
            pub(super) fn poll_write_shared(
                &self,
                cx: &mut Context<'_>,
                buf: &[u8],
            ) -> Poll<io::Result<usize>> {
                poll_map_shutdown(self.inner.poll_write_cx(&cx.into(), buf))
            }

            pub(super) fn poll_write_vectored_shared(
                &self,
                cx: &mut Context<'_>,
                bufs: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                poll_map_shutdown(self.inner.poll_write_vectored_cx(&cx.into(), bufs))
            }

            /// Says to the peer that nothing follows.
            pub(super) fn end_writing(&self) -> io::Result<()> {
                match self.inner.shutdown(std::net::Shutdown::Write) {
                    // The peer has ended it already.
                    Err(e) if e.kind() == io::ErrorKind::NotConnected => Ok(()),
                    result => result,
                }
            }
        }

        impl AsRef<$stream> for $stream {
            fn as_ref(&self) -> &$stream {
                self
            }
        }

        $crate::net::streams::reads!([] $stream, |this| this);
        $crate::net::streams::writes!([] $stream, |this| this);
    };
}

/// `AsyncRead` of something that leads to a stream.
macro_rules! reads {
    ([$($life:lifetime)?] $type:ty, |$this:ident| $stream:expr) => {
        impl$(<$life>)? AsyncRead for $type {
            #[inline]
            fn poll_read(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                let $this = &*self;
                $stream.poll_read_shared(cx, buf)
            }
        }
    };
}

/// `AsyncWrite` of something that leads to a stream.
macro_rules! writes {
    ([$($life:lifetime)?] $type:ty, |$this:ident| $stream:expr) => {
        $crate::net::streams::writes!(
            [$($life)?] $type, |$this| $stream, |half| (*half).as_ref().end_writing()
        );
    };
    ([$($life:lifetime)?] $type:ty, |$this:ident| $stream:expr, |$half:ident| $end:expr) => {
        impl$(<$life>)? AsyncWrite for $type {
            #[inline]
            fn poll_write(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &[u8],
            ) -> Poll<io::Result<usize>> {
                let $this = &*self;
                $stream.poll_write_shared(cx, buf)
            }

            fn poll_write_vectored(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                bufs: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                let $this = &*self;
                $stream.poll_write_vectored_shared(cx, bufs)
            }

            fn is_write_vectored(&self) -> bool {
                true
            }

            // The system has it once it is written.
            fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                Poll::Ready(Ok(()))
            }

            fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                let $half = self;
                Poll::Ready($end)
            }
        }
    };
}

/// The halves of a stream, borrowed and owned.
macro_rules! halves {
    ($stream:ident, $address:ty) => {
        /// The direction of a stream that reads, borrowed; see `split`.
        #[derive(Debug)]
        pub struct ReadHalf<'a>(&'a $stream);

        /// The direction of a stream that writes, borrowed; see `split`.
        #[derive(Debug)]
        pub struct WriteHalf<'a>(&'a $stream);

        /// The direction of a stream that reads; see `into_split`.
        ///
        /// # Dropping
        ///
        /// Closes the stream if the other half is gone.
        #[derive(Debug)]
        pub struct OwnedReadHalf {
            stream: Arc<$stream>,
        }

        /// The direction of a stream that writes; see `into_split`.
        ///
        /// # Dropping
        ///
        /// Says to the peer that nothing follows, and closes the stream if the other half is
        /// gone.
        #[derive(Debug)]
        pub struct OwnedWriteHalf {
            stream: Arc<$stream>,
            ends_on_drop: bool,
        }

        /// The halves are not of one stream; they come back.
        #[derive(Debug)]
        pub struct ReuniteError(pub OwnedReadHalf, pub OwnedWriteHalf);

        impl std::fmt::Display for ReuniteError {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("tried to reunite halves that are not from the same socket")
            }
        }

        impl std::error::Error for ReuniteError {}

        fn reunite(
            read: OwnedReadHalf,
            mut write: OwnedWriteHalf,
        ) -> Result<$stream, ReuniteError> {
            if !Arc::ptr_eq(&read.stream, &write.stream) {
                return Err(ReuniteError(read, write));
            }
            write.ends_on_drop = false;
            drop(write);
            Ok(Arc::into_inner(read.stream).expect("a stream has two halves"))
        }

        impl OwnedReadHalf {
            /// Joins the halves of a stream again.
            ///
            /// # Errors
            ///
            /// If `other` is half of another stream.
            pub fn reunite(self, other: OwnedWriteHalf) -> Result<$stream, ReuniteError> {
                reunite(self, other)
            }
        }

        impl OwnedWriteHalf {
            /// Joins the halves of a stream again.
            ///
            /// # Errors
            ///
            /// If `other` is half of another stream.
            pub fn reunite(self, other: OwnedReadHalf) -> Result<$stream, ReuniteError> {
                reunite(other, self)
            }

            /// Drops the half without a word to the peer.
            pub fn forget(mut self) {
                self.ends_on_drop = false;
            }
        }

        impl Drop for OwnedWriteHalf {
            fn drop(&mut self) {
                if self.ends_on_drop {
                    // A peer that has gone already needs no end.
                    let _ = self.stream.end_writing();
                }
            }
        }

        halves!(@read [] OwnedReadHalf, $stream, $address, |half| half.stream);
        halves!(@read ['a] ReadHalf<'a>, $stream, $address, |half| half.0);
        halves!(@write [] OwnedWriteHalf, $stream, $address, |half| half.stream);
        halves!(@write ['a] WriteHalf<'a>, $stream, $address, |half| half.0);
        $crate::net::streams::reads!([] OwnedReadHalf, |half| half.stream);
        $crate::net::streams::reads!(['a] ReadHalf<'a>, |half| half.0);
        $crate::net::streams::writes!([] OwnedWriteHalf, |half| half.stream, |half| {
            let ended = half.stream.end_writing();
            if ended.is_ok() {
                half.get_mut().ends_on_drop = false;
            }
            ended
        });
        $crate::net::streams::writes!(['a] WriteHalf<'a>, |half| half.0);
    };
    (@both [$($life:lifetime)?] $half:ty, $stream:ident, $address:ty, |$this:ident| $inner:expr) => {
        impl$(<$life>)? $half {
            /// Waits until the stream is ready for any of `interest`; returns what of it.
            ///
            /// # Errors
            ///
            /// If the runtime of the stream has shut down.
            ///
            /// # Dropping
            ///
            /// Stops waiting; readiness is not used up.
            pub async fn ready(&self, interest: Interest) -> io::Result<Ready> {
                let $this = self;
                $inner.ready(interest).await
            }

            /// Returns the address of the peer.
            ///
            /// # Errors
            ///
            /// Those of the system.
            pub fn peer_addr(&self) -> io::Result<$address> {
                let $this = self;
                $inner.peer_addr()
            }

            /// Returns the address of this end.
            ///
            /// # Errors
            ///
            /// Those of the system.
            pub fn local_addr(&self) -> io::Result<$address> {
                let $this = self;
                $inner.local_addr()
            }
        }

        impl$(<$life>)? AsRef<$stream> for $half {
            fn as_ref(&self) -> &$stream {
                let $this = self;
                &$inner
            }
        }
    };
    (@read [$($life:lifetime)?] $half:ty, $stream:ident, $address:ty, |$this:ident| $inner:expr) => {
        halves!(@both [$($life)?] $half, $stream, $address, |$this| $inner);

        impl$(<$life>)? $half {
            /// Waits until there is something to read, or the peer writes no more.
            ///
            /// # Errors
            ///
            /// If the runtime of the stream has shut down.
            ///
            /// # Dropping
            ///
            /// Stops waiting; readiness is not used up.
            pub async fn readable(&self) -> io::Result<()> {
                let $this = self;
                $inner.readable().await
            }

            /// Reads what is there.
            ///
            /// # Errors
            ///
            /// `WouldBlock` if nothing is; those of the system.
            pub fn try_read(&self, buf: &mut [u8]) -> io::Result<usize> {
                let $this = self;
                $inner.try_read(buf)
            }

            /// Reads what is there, into the free part of `buf`, and moves it on.
            ///
            /// # Errors
            ///
            /// As [`try_read`](Self::try_read).
            pub fn try_read_buf<B: BufMut>(&self, buf: &mut B) -> io::Result<usize> {
                let $this = self;
                $inner.try_read_buf(buf)
            }

            /// Reads what is there, into one slice after the other.
            ///
            /// # Errors
            ///
            /// As [`try_read`](Self::try_read).
            pub fn try_read_vectored(&self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
                let $this = self;
                $inner.try_read_vectored(bufs)
            }
        }
    };
    (@write [$($life:lifetime)?] $half:ty, $stream:ident, $address:ty, |$this:ident| $inner:expr) => {
        halves!(@both [$($life)?] $half, $stream, $address, |$this| $inner);

        impl$(<$life>)? $half {
            /// Waits until there is room to write.
            ///
            /// # Errors
            ///
            /// If the runtime of the stream has shut down.
            ///
            /// # Dropping
            ///
            /// Stops waiting; readiness is not used up.
            pub async fn writable(&self) -> io::Result<()> {
                let $this = self;
                $inner.writable().await
            }

            /// Writes as much of `buf` as there is room for.
            ///
            /// # Errors
            ///
            /// `WouldBlock` if there is none; those of the system.
            pub fn try_write(&self, buf: &[u8]) -> io::Result<usize> {
                let $this = self;
                $inner.try_write(buf)
            }

            /// Writes as much as there is room for, from one slice after the other.
            ///
            /// # Errors
            ///
            /// As [`try_write`](Self::try_write).
            pub fn try_write_vectored(&self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
                let $this = self;
                $inner.try_write_vectored(bufs)
            }
        }
    };
}

pub(super) use {halves, reads, stream, writes};
