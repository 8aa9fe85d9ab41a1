//! A socket as what it is made of, for interfaces of other eras over the same sockets.

/// Gives `$socket` ways to its `PollEvented` and back.
macro_rules! evented {
    ($socket:ty, $of:ty, |$io:ident| $make:expr) => {
        impl $socket {
            /// Returns the socket of the operating system, with its registration.
            // Hidden: for the interfaces of tokio 1.x and 0.2.
            #[doc(hidden)]
            pub fn evented(&self) -> &tokio_reactor::PollEvented<$of> {
                &self.io
            }

            /// Works like [`evented`](Self::evented), taken out.
            // Hidden: for the interfaces of tokio 1.x and 0.2.
            #[doc(hidden)]
            pub fn into_evented(self) -> tokio_reactor::PollEvented<$of> {
                self.io
            }

            /// Returns the opposite of [`into_evented`](Self::into_evented).
            // Hidden: for the interfaces of tokio 1.x and 0.2.
            #[doc(hidden)]
            pub fn from_evented($io: tokio_reactor::PollEvented<$of>) -> $socket {
                $make
            }
        }
    };
}

pub(super) use evented;
