//! Channels from many to one.
//!
//! The root crate's, under today's names: a sender is shared to send, and what it waits for is
//! a future of its own, so that nothing is cloned.
//!
//! Programs of tokio 1.x call it; `bounded` and `unbounded` expand the macro here.
//!
//! Always true: a message is received once, in the order in which its sender sent it; a `recv`
//! that is dropped while pending has taken none.
//!
//! Why a macro for both kinds? Their ends are types of their own in tokio, with the same methods
//! but for what asks for room.
//!
//! # Examples
//!
//! ```
//! # use tokio_await as tokio;
//! use tokio::sync::mpsc;
//!
//! tokio::runtime::Runtime::new().unwrap().block_on(async {
//!     let (tx, mut rx) = mpsc::channel(1);
//!     tokio::spawn(async move { tx.send(7).await.unwrap() });
//!     assert_eq!(rx.recv().await, Some(7));
//!     assert_eq!(rx.recv().await, None);
//! });
//! ```

mod bounded;
pub mod error;
mod unbounded;

pub use self::bounded::{
    channel, OwnedPermit, Permit, PermitIterator, Receiver, Sender, WeakSender,
};
pub use self::unbounded::{
    unbounded_channel, UnboundedReceiver, UnboundedSender, WeakUnboundedSender,
};

/// What the ends of both kinds of channel have in common.
macro_rules! ends {
    ($sender:ident $weak:ident $receiver:ident) => {
        impl<T> $receiver<T> {
            /// Returns the next message, or `None` once all senders are gone and all messages are
            /// taken.
            ///
            /// # Dropping
            ///
            /// Loses no message.
            ///
            /// # Examples
            ///
            /// ```
            /// # use tokio_await as tokio;
            /// use tokio::runtime::Runtime;
            /// use tokio::sync::mpsc;
            ///
            /// Runtime::new().unwrap().block_on(async {
            ///     let (tx, mut rx) = mpsc::channel(8);
            ///     tx.send(1).await.unwrap();
            ///     drop(tx);
            ///     while let Some(message) = rx.recv().await {
            ///         assert_eq!(message, 1);
            ///     }
            /// });
            /// ```
            pub async fn recv(&mut self) -> Option<T> {
                poll_fn(|cx| self.poll_recv(cx)).await
            }

            /// Works like [`recv`](Self::recv), by hand.
            pub fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<T>> {
                self.inner.poll_recv_cx(&cx.into())
            }

            /// Waits for a message, and takes all that are there, at most `limit`, into
            /// `buffer`. Returns how many: 0 at the end, or if `limit` is 0.
            ///
            /// # Dropping
            ///
            /// Loses no message.
            ///
            /// # Examples
            ///
            /// ```
            /// # use tokio_await as tokio;
            /// tokio::runtime::Runtime::new().unwrap().block_on(async {
            ///     let (tx, mut rx) = tokio::sync::mpsc::channel(8);
            ///     for n in 0..3 {
            ///         tx.send(n).await.unwrap();
            ///     }
            ///     let mut got = Vec::new();
            ///     assert_eq!(rx.recv_many(&mut got, 10).await, 3);
            ///     assert_eq!(got, [0, 1, 2]);
            /// });
            /// ```
            pub async fn recv_many(&mut self, buffer: &mut Vec<T>, limit: usize) -> usize {
                poll_fn(|cx| self.poll_recv_many(cx, buffer, limit)).await
            }

            /// Works like [`recv_many`](Self::recv_many), by hand.
            pub fn poll_recv_many(
                &mut self,
                cx: &mut Context<'_>,
                buffer: &mut Vec<T>,
                limit: usize,
            ) -> Poll<usize> {
                self.inner.poll_recv_many_cx(&cx.into(), buffer, limit)
            }

            /// Returns the next message, if there is one.
            ///
            /// # Errors
            ///
            /// If there is none.
            ///
            /// # Examples
            ///
            /// ```
            /// # use tokio_await as tokio;
            /// use tokio::sync::mpsc;
            /// use tokio::sync::mpsc::error::TryRecvError;
            ///
            /// let (tx, mut rx) = mpsc::channel(1);
            /// assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
            /// tx.try_send(1).unwrap();
            /// assert_eq!(rx.try_recv(), Ok(1));
            /// ```
            pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
                // First: what is sent after it is not lost, only not seen yet.
                let ended = self.inner.is_ended();
                match self.inner.try_recv() {
                    Some(message) => Ok(message),
                    None if ended => Err(TryRecvError::Disconnected),
                    None => Err(TryRecvError::Empty),
                }
            }

            /// Works like [`recv`](Self::recv) for a thread without a task; it sleeps until there
            /// is a message.
            ///
            /// # Panics
            ///
            /// If the thread runs tasks, which would wait, too.
            ///
            /// # Examples
            ///
            /// ```
            /// # use tokio_await as tokio;
            /// let (tx, mut rx) = tokio::sync::mpsc::channel(8);
            /// std::thread::spawn(move || tx.blocking_send(1).unwrap());
            /// assert_eq!(rx.blocking_recv(), Some(1));
            /// assert_eq!(rx.blocking_recv(), None);
            /// ```
            #[track_caller]
            pub fn blocking_recv(&mut self) -> Option<T> {
                park::wait(self.recv())
            }

            /// Works like [`recv_many`](Self::recv_many) for a thread without a task.
            ///
            /// # Panics
            ///
            /// If the thread runs tasks, which would wait, too.
            ///
            /// # Examples
            ///
            /// ```
            /// # use tokio_await as tokio;
            /// let (tx, mut rx) = tokio::sync::mpsc::channel(8);
            /// tx.try_send(1).unwrap();
            /// let mut got = Vec::new();
            /// assert_eq!(rx.blocking_recv_many(&mut got, 10), 1);
            /// ```
            #[track_caller]
            pub fn blocking_recv_many(&mut self, buffer: &mut Vec<T>, limit: usize) -> usize {
                park::wait(self.recv_many(buffer, limit))
            }

            /// Takes no more messages than were sent already.
            ///
            /// # Examples
            ///
            /// ```
            /// # use tokio_await as tokio;
            /// tokio::runtime::Runtime::new().unwrap().block_on(async {
            ///     let (tx, mut rx) = tokio::sync::mpsc::channel(8);
            ///     tx.send(1).await.unwrap();
            ///     rx.close();
            ///     assert!(tx.send(2).await.is_err());
            ///     assert_eq!(rx.recv().await, Some(1));
            ///     assert_eq!(rx.recv().await, None);
            /// });
            /// ```
            pub fn close(&mut self) {
                self.inner.close();
            }

            /// Returns whether the channel was closed, or all senders are gone.
            pub fn is_closed(&self) -> bool {
                self.inner.is_closed()
            }

            /// Returns whether there is no message.
            ///
            /// # Examples
            ///
            /// ```
            /// # use tokio_await as tokio;
            /// let (tx, rx) = tokio::sync::mpsc::channel(8);
            /// assert!(rx.is_empty());
            /// tx.try_send(1).unwrap();
            /// assert!(!rx.is_empty());
            /// ```
            pub fn is_empty(&self) -> bool {
                self.inner.is_empty()
            }

            /// Returns the number of messages sent that were not taken.
            ///
            /// # Examples
            ///
            /// ```
            /// # use tokio_await as tokio;
            /// let (tx, rx) = tokio::sync::mpsc::channel(8);
            /// tx.try_send(1).unwrap();
            /// assert_eq!(rx.len(), 1);
            /// ```
            pub fn len(&self) -> usize {
                self.inner.len()
            }

            /// Returns the number of senders.
            ///
            /// # Examples
            ///
            /// ```
            /// # use tokio_await as tokio;
            /// let (tx, rx) = tokio::sync::mpsc::channel::<()>(8);
            /// let _second = tx.clone();
            /// assert_eq!(rx.sender_strong_count(), 2);
            /// ```
            pub fn sender_strong_count(&self) -> usize {
                self.inner.sender_strong_count()
            }

            /// Returns the number of senders that do not keep the channel from ending.
            ///
            /// # Examples
            ///
            /// ```
            /// # use tokio_await as tokio;
            /// let (tx, rx) = tokio::sync::mpsc::channel::<()>(8);
            /// let _weak = tx.downgrade();
            /// assert_eq!(rx.sender_weak_count(), 1);
            /// ```
            pub fn sender_weak_count(&self) -> usize {
                self.inner.sender_weak_count()
            }
        }

        impl<T> $sender<T> {
            /// Returns whether the receiver is gone or has closed the channel.
            pub fn is_closed(&self) -> bool {
                self.inner.is_closed()
            }

            /// Waits until the receiver is gone or has closed the channel.
            ///
            /// # Dropping
            ///
            /// Loses nothing.
            pub async fn closed(&self) {
                self.inner.closed().await;
            }

            /// Returns whether both are of one channel.
            pub fn same_channel(&self, other: &Self) -> bool {
                self.inner.same_channel(&other.inner)
            }

            /// Returns a sender that does not keep the channel from ending.
            pub fn downgrade(&self) -> $weak<T> {
                $weak { inner: self.inner.downgrade() }
            }

            /// Returns the number of senders.
            pub fn strong_count(&self) -> usize {
                self.inner.strong_count()
            }

            /// Returns the number of senders that do not keep the channel from ending.
            pub fn weak_count(&self) -> usize {
                self.inner.weak_count()
            }
        }

        impl<T> $weak<T> {
            /// Returns a sender, unless the last one has gone.
            pub fn upgrade(&self) -> Option<$sender<T>> {
                self.inner.upgrade().map(|inner| $sender { inner })
            }

            /// Returns the number of senders.
            pub fn strong_count(&self) -> usize {
                self.inner.strong_count()
            }

            /// Returns the number of senders that do not keep the channel from ending.
            pub fn weak_count(&self) -> usize {
                self.inner.weak_count()
            }
        }

        // A panic in a waker, or in the drop of a message, leaves a channel as it should be.
        impl<T> UnwindSafe for $sender<T> {}
        impl<T> RefUnwindSafe for $sender<T> {}
        impl<T> UnwindSafe for $weak<T> {}
        impl<T> RefUnwindSafe for $weak<T> {}
        impl<T> UnwindSafe for $receiver<T> {}
        impl<T> RefUnwindSafe for $receiver<T> {}

        $crate::__wraps! {
            [T] $sender<T> => engine::$sender<T>: Clone Debug;
            [T] $weak<T> => engine::$weak<T>: Clone Debug;
            [T] $receiver<T> => engine::$receiver<T>: Debug;
        }
    };
}

use ends;
