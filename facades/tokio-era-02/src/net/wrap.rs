//! What every socket of 0.2 is: a newtype around one of 1.x.

/// Defines `$socket` around `$modern`, and how it is made from std's and given to mio 0.6.
macro_rules! wraps {
    ($(#[$doc:meta])* $socket:ident, $modern:ty, $std:ty $(, $mio:ty = $to_mio:path)?) => {
        $(#[$doc])*
        #[repr(transparent)]
        pub struct $socket {
            inner: $modern,
        }

        impl $socket {
            /// Takes a socket of std's, makes it non-blocking, and registers it with the
            /// runtime of this thread.
            ///
            /// # Errors
            ///
            /// If the runtime has shut down, or the system refuses the socket.
            ///
            /// # Panics
            ///
            /// If the thread has entered no runtime.
            #[track_caller]
            pub fn from_std(socket: $std) -> std::io::Result<$socket> {
                socket.set_nonblocking(true)?;
                <$modern>::from_std(socket).map($socket::from)
            }

            /// Takes a reference to a socket of 1.x for one to a socket of 0.2.
            #[allow(dead_code, reason = "listeners have no halves that would call it")]
            #[allow(unsafe_code, reason = "casts a pointer to a transparent wrapper")]
            pub(crate) fn of(inner: &$modern) -> &$socket {
                // SAFETY: the wrapper is transparent around its only field, and the new
                // reference has the old one's lifetime.
                unsafe { &*(inner as *const $modern as *const $socket) }
            }
        }

        impl TryFrom<$std> for $socket {
            type Error = std::io::Error;

            /// As `from_std`.
            fn try_from(socket: $std) -> std::io::Result<$socket> {
                $socket::from_std(socket)
            }
        }

        $(
            impl TryFrom<$socket> for $mio {
                type Error = std::io::Error;

                /// Deregisters the socket, and gives it to mio.
                fn try_from(socket: $socket) -> std::io::Result<$mio> {
                    $to_mio(socket.inner.into_std()?)
                }
            }
        )?

        impl From<$modern> for $socket {
            fn from(inner: $modern) -> $socket {
                $socket { inner }
            }
        }

        impl From<$socket> for $modern {
            fn from(socket: $socket) -> $modern {
                socket.inner
            }
        }

        $crate::handles::has_descriptor!($socket);

        impl std::fmt::Debug for $socket {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.inner.fmt(f)
            }
        }
    };
}

pub(super) use wraps;
