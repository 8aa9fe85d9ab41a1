//! The end that sees the newest value.
//!
//! Called by tasks, and by tokio 1.x's and 0.2's receivers, which wrap this one.
//!
//! Always true: the task is registered before the version is read, and the sender steps the
//! version before it looks for tasks; so a value is never missed.
//!
//! Why does each receiver keep a version? They see the value at different times; the channel could
//! not say which of them has seen it.

use super::error::RecvError;
use super::{EndOfLook, Receiver, Ref, Shared, CLOSED, VERSION};
use crate::sync::budget;
use futures::{Poll, Stream};
use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::task;
use tokio_executor::coop;
use tokio_executor::internals::inspect::Kind;
use tokio_executor::internals::sys::Arc;
use tokio_executor::task::Context;

impl<T> Receiver<T> {
    /// Returns whether there is a value that this receiver has not seen; `None` once the sender is
    /// gone.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::watch;
    ///
    /// let (tx, mut rx) = watch::channel(1);
    /// tx.send(2).unwrap();
    /// assert_eq!(rx.has_changed(), Some(true));
    /// assert_eq!(*rx.get_ref_and_update(), 2);
    /// assert_eq!(rx.has_changed(), Some(false));
    /// drop(tx);
    /// assert_eq!(rx.has_changed(), None);
    /// ```
    pub fn has_changed(&self) -> Option<bool> {
        // Acquire: as in `poll_version`.
        let word = self.shared.version.load(Acquire);
        (word & CLOSED == 0).then_some(word != self.seen)
    }

    /// Returns whether the sender is gone.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::watch;
    ///
    /// let (tx, rx) = watch::channel(1);
    /// assert!(!rx.is_closed());
    /// drop(tx);
    /// assert!(rx.is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        // Acquire: as in `poll_version`.
        self.shared.version.load(Acquire) & CLOSED != 0
    }

    /// Returns the newest value, which counts as seen.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::watch;
    ///
    /// let (tx, mut rx) = watch::channel(1);
    /// tx.send(2).unwrap();
    /// assert!(rx.get_ref_and_update().has_changed());
    /// assert!(!rx.get_ref_and_update().has_changed());
    /// ```
    pub fn get_ref_and_update(&mut self) -> Ref<'_, T> {
        let (mut value, version) = self.shared.read();
        value.changed = version != self.seen;
        self.seen = version;
        value
    }

    /// Waits for a value that `fits`, beginning with the newest, and counts it as seen;
    /// `None` if the sender is gone and there will be none.
    ///
    /// # Dropping
    ///
    /// Values that did not fit count as seen.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::sync::watch;
    ///
    /// let (tx, mut rx) = watch::channel(0);
    /// tx.send(3).unwrap();
    /// let found = block_on_all_std(async { rx.wait_for(|n| *n > 2).await.map(|n| *n) });
    /// assert_eq!(found, Some(3));
    /// ```
    pub async fn wait_for(&mut self, mut fits: impl FnMut(&T) -> bool) -> Option<Ref<'_, T>> {
        let mut before = self.seen;
        // A value that fits may be asked for again and again.
        budget::spend().await;
        loop {
            {
                // A `Ref` that is lent to the caller is made only where it is returned.
                let (value, version) = self.shared.read();
                self.seen = version;
                let fitting = fits(&value).then(|| value.value.clone());
                drop(value);
                if let Some(value) = fitting {
                    let (changed, _end) = (version != before, EndOfLook(&self.shared));
                    return Some(Ref { value, _end, changed, guard: PhantomData });
                }
            }
            let changed = |cx: &mut task::Context<'_>| {
                // What it finds is looked at above.
                self.poll_changed_cx(&cx.into())
            };
            if !std::future::poll_fn(changed).await {
                return None;
            }
            // What was waited for has been seen, as by `changed`.
            before = self.seen;
        }
    }

    /// Makes the newest value count as not seen.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::watch;
    ///
    /// let (_tx, mut rx) = watch::channel(1);
    /// rx.mark_unchanged();
    /// assert_eq!(rx.has_changed(), Some(false));
    /// rx.mark_changed();
    /// assert_eq!(rx.has_changed(), Some(true));
    /// ```
    pub fn mark_changed(&mut self) {
        // No version is less than the first, and this is none.
        self.seen = 0;
    }

    /// Makes the newest value count as seen.
    pub fn mark_unchanged(&mut self) {
        drop(self.get_ref_and_update());
    }

    /// Returns whether both are of one channel.
    ///
    /// # Examples
    ///
    /// ```
    /// let (_tx, rx) = tokio::sync::watch::channel(1);
    /// let (_, other) = tokio::sync::watch::channel(1);
    /// assert!(rx.same_channel(&rx.clone()) && !rx.same_channel(&other));
    /// ```
    pub fn same_channel(&self, other: &Receiver<T>) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// Returns the newest value. Does not count as having seen it.
    ///
    /// # Examples
    ///
    /// ```
    /// let (_tx, rx) = tokio::sync::watch::channel("hello");
    /// assert_eq!(*rx.get_ref(), "hello");
    /// ```
    pub fn get_ref(&self) -> Ref<'_, T> {
        let (mut value, version) = self.shared.read();
        value.changed = version != self.seen;
        value
    }

    /// Returns the newest value if this receiver has not seen it, `None` if the sender is gone;
    /// otherwise the current futures 0.1 task is woken when a value is sent.
    ///
    /// # Errors
    ///
    /// None; the type is that of upstream.
    ///
    /// # Panics
    ///
    /// If there is no current task.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Async, Future};
    /// use tokio::sync::watch;
    ///
    /// let (tx, mut rx) = watch::channel("old");
    /// tx.send("new").unwrap();
    /// let seen = future::poll_fn(|| -> futures::Poll<_, watch::error::RecvError> {
    ///     match rx.poll_ref()? {
    ///         Async::Ready(value) => Ok(Async::Ready(value.map(|text| text.len()))),
    ///         Async::NotReady => Ok(Async::NotReady),
    ///     }
    /// });
    /// assert_eq!(seen.wait().unwrap(), Some(3));
    /// ```
    pub fn poll_ref(&mut self) -> Poll<Option<Ref<'_, T>>, RecvError> {
        tokio_executor::internals::convert::into_async(
            self.poll_ref_cx(&Context::current()).map(Ok),
        )
    }

    /// Works like [`poll_ref`](Receiver::poll_ref), for a task of either kind.
    pub fn poll_ref_cx(&mut self, cx: &Context<'_>) -> task::Poll<Option<Ref<'_, T>>> {
        // Also if it is ready, as upstream.
        self.register(cx);
        if task::ready!(self.poll_version(cx, true)).is_none() {
            return task::Poll::Ready(None);
        }
        let (mut value, version) = self.shared.read();
        value.changed = true;
        self.seen = version;
        task::Poll::Ready(Some(value))
    }

    /// Works like [`poll_ref_cx`](Receiver::poll_ref_cx) without a look at the value: returns
    /// whether there is one that was not seen, which counts as seen from now on, or false if the
    /// sender is gone. If it is ready, nobody is woken later.
    pub fn poll_changed_cx(&mut self, cx: &Context<'_>) -> task::Poll<bool> {
        let version = task::ready!(self.poll_version(cx, false));
        self.seen = version.unwrap_or(self.seen);
        task::Poll::Ready(version.is_some())
    }

    fn register(&self, cx: &Context<'_>) {
        static KIND: Kind = Kind { wait: "watch receiver", of: "watch channel" };
        let address = std::ptr::from_ref(&*self.shared).addr();
        self.cell.register_at(cx, &KIND, address, self.shared.made);
    }

    /// The newest version if this receiver has not seen it, `None` if the sender is gone.
    fn poll_version(&self, cx: &Context<'_>, mut is_registered: bool) -> task::Poll<Option<u64>> {
        loop {
            // Acquire: the Release in `broadcast` and in the sender's drop.
            let word = self.shared.version.load(Acquire);
            let unseen = (word & !CLOSED != self.seen).then_some(word & !CLOSED);
            // A version, and the end, too, may be asked for again and again.
            if unseen.is_some() || word & CLOSED != 0 {
                return match coop::proceed(cx) {
                    true => task::Poll::Ready(unseen),
                    false => task::Poll::Pending,
                };
            }
            if std::mem::replace(&mut is_registered, true) {
                return task::Poll::Pending;
            }
            self.register(cx);
        }
    }
}

impl<T: Clone> Receiver<T> {
    /// Works like the stream, for a task of either kind.
    pub fn poll_recv_cx(&mut self, cx: &Context<'_>) -> task::Poll<Option<T>> {
        self.poll_ref_cx(cx).map(|seen| seen.map(|value| T::clone(&value)))
    }
}

impl<T: Clone> Stream for Receiver<T> {
    type Item = T;
    type Error = RecvError;

    fn poll(&mut self) -> Poll<Option<T>, RecvError> {
        tokio_executor::internals::convert::into_async(
            self.poll_recv_cx(&Context::current()).map(Ok),
        )
    }
}

crate::compat::std_stream! {
    [T: Clone] Receiver<T> => T, |this, cx| this.poll_recv_cx(&Context::from(cx))
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Receiver<T> {
        Shared::subscribe(&self.shared, self.seen)
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let cell = self.shared.watchers().remove(self.key);
        drop(cell);
        // Release: the sender that reads zero sees what this receiver did, and what the others
        // did before. The last receiver itself has nothing of theirs to see.
        if self.shared.receivers.fetch_sub(1, Release) == 1 {
            let mut latest = self.shared.latest();
            // Relaxed: a receiver may have been made since, under the lock.
            let gone = !self.shared.kept && self.shared.receivers.load(Relaxed) == 0;
            let last = if gone { latest.take() } else { None };
            drop(latest);
            self.shared.no_receivers.wake();
            self.shared.all_gone.notify_waiters();
            drop(last);
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("watch::Receiver")
            .field("shared", &*self.shared)
            .field("seen", &(self.seen / VERSION))
            .finish()
    }
}
