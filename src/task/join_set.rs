//! Many tasks, joined in the order in which they end.
//!
//! Each member's join handle has a waker that says which member it is. When the task
//! ends, that waker puts the member's key on the set's list of what to look at, and
//! wakes whoever waits for the set (`WokenKeys`). So joining looks at those that ended, not
//! at all.
//!
//! Called by programs; the set of tokio 1.x wraps this one.
//!
//! Always true: a member whose task has ended is on the list, or was not looked at since
//! it was inserted, and then is on the list too. A key on the list may be stale; keys
//! are not used again.
//!
//! Why not poll each handle in turn? A set of a thousand tasks would cost a thousand polls each
//! time that one ends.

use super::{AbortHandle, Id, JoinError, JoinHandle};
use futures::Future;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::task::{Poll, Waker};
use tokio_executor::coop;
use tokio_executor::internals::WokenKeys;
use tokio_executor::task::Context;

/// A set of spawned tasks, whose results come in the order in which they end.
///
/// # Dropping
///
/// Cancels all tasks that are still in the set.
///
/// # Examples
///
/// ```
/// use tokio::task::JoinSet;
///
/// tokio::run_std(async {
///     let mut squares = JoinSet::new();
///     for n in 1..=3 {
///         squares.spawn_std(async move { n * n });
///     }
///     let mut sum = 0;
///     while let Some(square) = squares.join_next().await {
///         sum += square.unwrap();
///     }
///     assert_eq!(sum, 14);
/// });
/// ```
pub struct JoinSet<T> {
    members: HashMap<u64, Member<T>>,
    /// Of 64 bits whatever the width of a pointer: a set may take members for years, and a key
    /// must not come round while its member is there.
    next_key: u64,
    woken: Arc<WokenKeys>,
}

struct Member<T> {
    handle: JoinHandle<T>,
    waker: Waker,
}

impl<T> JoinSet<T> {
    /// Returns an empty set.
    pub fn new() -> JoinSet<T> {
        JoinSet { members: HashMap::new(), next_key: 0, woken: WokenKeys::new() }
    }

    /// Returns the number of tasks whose result was not given out yet.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::task::JoinSet;
    ///
    /// block_on_all_std(async {
    ///     let mut set = JoinSet::new();
    ///     assert!(set.is_empty());
    ///     set.spawn_std(async {});
    ///     assert_eq!(set.len(), 1);
    /// });
    /// ```
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Returns whether there is no such task.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Adds a task that was spawned elsewhere.
    pub fn insert(&mut self, handle: JoinHandle<T>) -> AbortHandle {
        let abort = handle.abort_handle();
        let key = self.next_key;
        self.next_key += 1;
        self.members.insert(key, Member { handle, waker: self.woken.waker(key) });
        // Listed from the start: the first look registers its waker with the task.
        self.woken.list(key);
        abort
    }

    /// Spawns a std future into the set.
    ///
    /// # Panics
    ///
    /// If this thread has no executor, or if that has shut down.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::task::JoinSet;
    ///
    /// block_on_all_std(async {
    ///     let mut set = JoinSet::new();
    ///     for n in 0..3 {
    ///         set.spawn_std(async move { n });
    ///     }
    ///     let mut sum = 0;
    ///     while let Some(n) = set.join_next().await {
    ///         sum += n.unwrap();
    ///     }
    ///     assert_eq!(sum, 3);
    /// });
    /// ```
    #[track_caller]
    pub fn spawn_std<F>(&mut self, future: F) -> AbortHandle
    where
        F: std::future::Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        self.insert(super::spawn_std(future))
    }

    /// Runs `f`, which may block, as a task of the set; see
    /// [`spawn_blocking`](super::spawn_blocking).
    ///
    /// # Panics
    ///
    /// If this thread has no executor, or if that has shut down.
    #[track_caller]
    pub fn spawn_blocking<F>(&mut self, f: F) -> AbortHandle
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.insert(super::spawn_blocking(f))
    }

    /// Returns the result of the next task that ends, or `None` if the set is empty.
    ///
    /// # Errors
    ///
    /// If the task panicked or was cancelled.
    ///
    /// # Dropping
    ///
    /// Loses nothing: a result is either returned or still in the set.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::task::JoinSet;
    ///
    /// block_on_all_std(async {
    ///     let mut set = JoinSet::new();
    ///     set.spawn_std(async { "done" });
    ///     assert_eq!(set.join_next().await.unwrap().unwrap(), "done");
    ///     assert!(set.join_next().await.is_none());
    /// });
    /// ```
    pub async fn join_next(&mut self) -> Option<Result<T, JoinError>> {
        std::future::poll_fn(|cx| self.poll_join_next(&Context::from(cx))).await
    }

    /// Works like [`join_next`](JoinSet::join_next) for a task of either kind.
    pub fn poll_join_next(&mut self, cx: &Context<'_>) -> Poll<Option<Result<T, JoinError>>> {
        self.poll_join_next_with_id(cx).map(|joined| joined.map(|(_, result)| result))
    }

    /// Works like [`poll_join_next`](JoinSet::poll_join_next), with the id of the task.
    pub fn poll_join_next_with_id(
        &mut self,
        cx: &Context<'_>,
    ) -> Poll<Option<(Id, Result<T, JoinError>)>> {
        if self.members.is_empty() {
            return Poll::Ready(None);
        }
        if !self.woken.begin_poll(cx) || !coop::proceed(cx) {
            return Poll::Pending;
        }
        loop {
            let Some(key) = self.woken.take() else { return Poll::Pending };
            let Some(Member { handle, waker }) = self.members.get_mut(&key) else { continue };
            if let Poll::Ready(result) = handle.poll_join(&Context::from_waker(waker)) {
                let id = handle.id();
                self.members.remove(&key);
                return Poll::Ready(Some((id, result)));
            }
        }
    }

    /// Cancels all tasks of the set, in the order of their insertion; each is still to be
    /// joined.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::task::JoinSet;
    ///
    /// block_on_all_std(async {
    ///     let mut set = JoinSet::new();
    ///     set.spawn_std(std::future::pending::<()>());
    ///     set.abort_all();
    ///     assert!(set.join_next().await.unwrap().unwrap_err().is_cancelled());
    /// });
    /// ```
    pub fn abort_all(&mut self) {
        let mut members: Vec<_> = self.members.iter().collect();
        members.sort_unstable_by_key(|(key, _)| **key);
        for (_, member) in members {
            member.handle.abort();
        }
    }

    /// Lets all tasks of the set go on by themselves, and empties it.
    pub fn detach_all(&mut self) {
        self.members.clear();
        // Whoever never joins would have these pile up.
        while self.woken.take().is_some() {}
    }

    /// Cancels all tasks of the set, and waits until each has ended.
    ///
    /// # Dropping
    ///
    /// Once polled, all tasks were cancelled; those that were not joined are still in the set.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::task::JoinSet;
    ///
    /// block_on_all_std(async {
    ///     let mut set = JoinSet::new();
    ///     set.spawn_std(std::future::pending::<()>());
    ///     set.shutdown().await;
    ///     assert!(set.is_empty());
    /// });
    /// ```
    pub async fn shutdown(&mut self) {
        self.abort_all();
        while self.join_next().await.is_some() {}
    }
}

impl<T, E> JoinSet<Result<T, E>> {
    /// Spawns a futures 0.1 future into the set.
    ///
    /// # Panics
    ///
    /// If this thread has no executor, or if that has shut down.
    #[track_caller]
    pub fn spawn<F>(&mut self, future: F) -> AbortHandle
    where
        F: Future<Item = T, Error = E> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        self.insert(super::spawn(future))
    }
}

impl<T> futures::Stream for JoinSet<T> {
    type Item = T;
    type Error = JoinError;

    fn poll(&mut self) -> futures::Poll<Option<T>, JoinError> {
        tokio_executor::internals::convert::into_async(
            self.poll_join_next(&Context::current()).map(Option::transpose),
        )
    }
}

crate::compat::std_stream! {
    [T] JoinSet<T> => Result<T, JoinError>, |this, cx| this.poll_join_next(&Context::from(cx))
}

impl<T> Drop for JoinSet<T> {
    fn drop(&mut self) {
        self.abort_all();
    }
}

impl<T> Default for JoinSet<T> {
    fn default() -> JoinSet<T> {
        JoinSet::new()
    }
}

impl<T> fmt::Debug for JoinSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinSet").field("len", &self.len()).finish()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::JoinSet;
    use tokio_executor::task::NewTask;

    #[test]
    fn detaching_leaves_no_key_behind() {
        let mut set = JoinSet::new();
        for _ in 0..10 {
            let (task, handle) = NewTask::joined_std(async {});
            set.insert(handle);
            set.detach_all();
            drop(task);
            assert_eq!(set.woken.take(), None);
        }
    }
}
