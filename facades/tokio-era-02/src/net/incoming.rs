//! Listeners as streams of connections.

/// Makes `$listener`, and what its `incoming` returns, streams of `$stream`.
macro_rules! incoming {
    ($listener:ident, $stream:ident) => {
        impl $listener {
            /// Returns a stream of the connections that come in. It does not end.
            pub fn incoming(&mut self) -> Incoming<'_> {
                Incoming { listener: self }
            }
        }

        impl futures_core::Stream for $listener {
            type Item = std::io::Result<$stream>;

            fn poll_next(
                self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<Option<std::io::Result<$stream>>> {
                self.get_mut().poll_accept(cx).map_ok(|(stream, _)| stream).map(Some)
            }
        }

        /// The connections that come in, one after the other.
        #[derive(Debug)]
        #[must_use = "streams do nothing unless polled"]
        pub struct Incoming<'a> {
            listener: &'a mut $listener,
        }

        impl Incoming<'_> {
            /// Polls for the next connection.
            ///
            /// # Errors
            ///
            /// Those of `accept(2)`; if the runtime of the listener has shut down.
            pub fn poll_accept(
                self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<std::io::Result<$stream>> {
                self.get_mut().listener.poll_accept(cx).map_ok(|(stream, _)| stream)
            }
        }

        impl futures_core::Stream for Incoming<'_> {
            type Item = std::io::Result<$stream>;

            fn poll_next(
                self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<Option<std::io::Result<$stream>>> {
                self.poll_accept(cx).map(Some)
            }
        }
    };
}

pub(super) use incoming;
