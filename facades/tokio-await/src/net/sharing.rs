//! What all sockets offer that wait in terms of readiness, whatever is read and written.
//!
//! Each socket has a method `evented` that leads to its `PollEvented`; the list of waiters
//! there lets any number of tasks wait at once. The sockets expand the macros here in their `impl`
//! blocks.
//!
//! Always true: a future that is dropped while pending has read and written nothing.
//!
//! Why macros? Each socket has these methods as its own in tokio 1.x, and a trait would have to be
//! imported; they are public, so their signatures must be of each type.

/// `ready`, `readable` and so on, under the names that `$poll_read` and `$poll_write` are
/// for the socket at hand.
macro_rules! sharing {
    ($socket:ident, $poll_read:ident, $poll_write:ident) => {
        impl $socket {
            /// Waits until the socket is ready for any of `interest`; returns what of it.
            ///
            /// Any number of tasks may wait at once. The answer may be out of date by the time
            /// it is acted on, so the operation that follows may still say `WouldBlock`.
            ///
            /// # Errors
            ///
            /// If the runtime of the socket has shut down.
            ///
            /// # Dropping
            ///
            /// Stops waiting; readiness is not used up.
            pub async fn ready(
                &self,
                interest: $crate::io::Interest,
            ) -> std::io::Result<$crate::io::Ready> {
                $crate::net::home::map_shutdown(self.evented().ready(interest).await)
            }

            /// Waits until there is something to read, or the peer writes no more.
            ///
            /// # Errors
            ///
            /// If the runtime of the socket has shut down.
            ///
            /// # Dropping
            ///
            /// Stops waiting; readiness is not used up.
            pub async fn readable(&self) -> std::io::Result<()> {
                self.ready($crate::io::Interest::READABLE).await.map(drop)
            }

            /// Waits until there is room to write.
            ///
            /// # Errors
            ///
            /// If the runtime of the socket has shut down.
            ///
            /// # Dropping
            ///
            /// Stops waiting; readiness is not used up.
            pub async fn writable(&self) -> std::io::Result<()> {
                self.ready($crate::io::Interest::WRITABLE).await.map(drop)
            }

            /// Returns whether there is something to read, or else the task is woken once there is.
            ///
            /// Only the last task to ask by way of `poll_*` methods that read is woken.
            ///
            /// # Errors
            ///
            /// If the runtime of the socket has shut down.
            pub fn $poll_read(
                &self,
                cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<std::io::Result<()>> {
                let polled = self.evented().poll_read_event(&cx.into());
                $crate::net::home::poll_map_shutdown(polled.map_ok(drop))
            }

            /// Returns whether there is room to write, or else the task is woken once there is.
            ///
            /// Only the last task to ask by way of `poll_*` methods that write is woken.
            ///
            /// # Errors
            ///
            /// If the runtime of the socket has shut down.
            pub fn $poll_write(
                &self,
                cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<std::io::Result<()>> {
                let polled = self.evented().poll_write_event(&cx.into());
                $crate::net::home::poll_map_shutdown(polled.map_ok(drop))
            }

            /// Runs `f`, an operation on this socket, if it is ready for `interest`.
            ///
            /// If `f` says `WouldBlock`, the socket is no longer ready.
            ///
            /// # Errors
            ///
            /// `WouldBlock` if the socket is not ready; those of `f`.
            pub fn try_io<R>(
                &self,
                interest: $crate::io::Interest,
                f: impl FnOnce() -> std::io::Result<R>,
            ) -> std::io::Result<R> {
                $crate::net::home::map_shutdown(self.evented().try_io(interest, |_| f()))
            }

            /// Runs `f`, an operation on this socket, when it is ready for `interest`, until it
            /// does not say `WouldBlock`.
            ///
            /// # Errors
            ///
            /// Those of `f`; if the runtime of the socket has shut down.
            ///
            /// # Dropping
            ///
            /// Loses nothing: `f` has not run, or would block.
            pub async fn async_io<R>(
                &self,
                interest: $crate::io::Interest,
                mut f: impl FnMut() -> std::io::Result<R>,
            ) -> std::io::Result<R> {
                $crate::net::home::map_shutdown(self.evented().async_io(interest, |_| f()).await)
            }
        }
    };
}

/// `from_std`, `into_std` and `TryFrom` of a socket.
macro_rules! from_std {
    ($socket:ident, $engine:ty, $mio:ty, $std:ty) => {
        impl $socket {
            /// Takes a socket of std's, which must be non-blocking, and registers it with the
            /// runtime of this thread.
            ///
            /// # Errors
            ///
            /// If the runtime has shut down, or the system refuses the socket.
            ///
            /// # Panics
            ///
            /// If the thread has entered no runtime; in a build with debug assertions, if the
            /// socket is in blocking mode.
            #[track_caller]
            pub fn from_std(socket: $std) -> std::io::Result<$socket> {
                $crate::net::home::refuse_blocking(&socket)?;
                $socket::registered(<$mio>::from_std(socket))
            }

            /// Registers `socket` with the runtime of this thread.
            #[track_caller]
            fn registered(socket: $mio) -> std::io::Result<$socket> {
                let evented = $crate::net::home::register(socket)?;
                Ok($socket { inner: <$engine>::from_evented(evented) })
            }

            /// Gives the socket to std, still non-blocking.
            ///
            /// # Errors
            ///
            /// If it cannot be deregistered.
            pub fn into_std(self) -> std::io::Result<$std> {
                let evented = self.inner.into_evented();
                evented.into_inner().map(<$std>::from)
            }

            /// Returns the socket that this wraps.
            // Hidden: for the interface of tokio 0.2.
            #[doc(hidden)]
            #[inline]
            pub fn engine(&self) -> &$engine {
                &self.inner
            }

            #[inline]
            fn evented(&self) -> &tokio_reactor::PollEvented<$mio> {
                self.inner.evented()
            }
        }

        impl TryFrom<$std> for $socket {
            type Error = std::io::Error;

            /// As `from_std`.
            fn try_from(socket: $std) -> std::io::Result<$socket> {
                $socket::from_std(socket)
            }
        }

        impl From<$engine> for $socket {
            fn from(inner: $engine) -> $socket {
                $socket { inner }
            }
        }

        impl From<$socket> for $engine {
            fn from(socket: $socket) -> $engine {
                socket.inner
            }
        }

        impl std::fmt::Debug for $socket {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.inner.fmt(f)
            }
        }
    };
}

pub(super) use {from_std, sharing};
