//! Channels from many to one.
//!
//! The engine's channels, with receivers that are streams. A sender with a bound is used by
//! one task at a time, since it can keep room for a message: see [`Sender::poll_ready`].
//!
//! # Examples
//!
//! ```
//! # use tokio_era_02 as tokio;
//! use tokio::sync::mpsc;
//!
//! tokio::runtime::Runtime::new()?.block_on(async {
//!     let (mut tx, mut rx) = mpsc::channel(1);
//!     tokio::spawn(async move { tx.send(7).await.unwrap() });
//!     assert_eq!(rx.recv().await, Some(7));
//!     assert_eq!(rx.recv().await, None);
//! });
//! # Ok::<(), std::io::Error>(())
//! ```

mod bounded;
pub mod error;
mod unbounded;

pub use self::bounded::{channel, Receiver, Sender};
pub use self::unbounded::{unbounded_channel, UnboundedReceiver, UnboundedSender};

/// What the ends of both kinds of channel have in common.
macro_rules! ends {
    ($sender:ident $receiver:ident) => {
        impl<T> $receiver<T> {
            /// Waits for the next message; `None` once all senders are gone and all messages
            /// are taken.
            ///
            /// # Dropping
            ///
            /// Loses no message.
            pub async fn recv(&mut self) -> Option<T> {
                poll_fn(|cx| self.poll_recv(cx)).await
            }

            /// Polls for the next message; see [`recv`](Self::recv).
            // Hidden: as tokio 0.2 hides it.
            #[doc(hidden)]
            pub fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<T>> {
                self.inner.poll_recv_cx(&(&*cx).into())
            }

            /// Returns the next message, if there is one.
            ///
            /// # Errors
            ///
            /// If there is none.
            pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
                // First: what is sent after it is not lost, only not seen yet.
                let ended = self.inner.is_ended();
                match self.inner.try_recv() {
                    Some(message) => Ok(message),
                    None if ended => Err(TryRecvError::Closed),
                    None => Err(TryRecvError::Empty),
                }
            }

            /// Takes no more messages than were sent already.
            pub fn close(&mut self) {
                self.inner.close();
            }
        }

        // Messages are never pinned.
        impl<T> Unpin for $receiver<T> {}

        impl<T> Stream for $receiver<T> {
            type Item = T;

            fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
                self.poll_recv(cx)
            }
        }

        tokio_await::__wraps! {
            [T] $sender<T> => engine::$sender<T>: Clone Debug;
            [T] $receiver<T> => engine::$receiver<T>: Debug;
        }
    };
}

use ends;
