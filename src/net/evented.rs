//! A socket as what it is made of, for interfaces of other eras over the same sockets.

/// Gives `$socket` ways to its `PollEvented` and back.
macro_rules! evented {
    ($socket:ty, $of:ty, |$io:ident| $make:expr) => {
        impl $socket {
            /// The socket of the operating system, with its registration.
            #[doc(hidden)]
            pub fn evented(&self) -> &tokio_reactor::PollEvented<$of> {
                &self.io
            }

            /// As [`evented`](Self::evented), taken out.
            #[doc(hidden)]
            pub fn into_evented(self) -> tokio_reactor::PollEvented<$of> {
                self.io
            }

            /// The opposite of [`into_evented`](Self::into_evented).
            #[doc(hidden)]
            pub fn from_evented($io: tokio_reactor::PollEvented<$of>) -> $socket {
                $make
            }
        }
    };
}

pub(super) use evented;
