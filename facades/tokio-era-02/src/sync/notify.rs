//! A notification for one task at a time.

use tokio_await::sync as modern;

/// Wakes one task at a time; a notification that found no task is kept for the next.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use std::sync::Arc;
/// use tokio::sync::Notify;
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let ready = Arc::new(Notify::new());
///     let theirs = ready.clone();
///     let task = tokio::spawn(async move { theirs.notified().await });
///     ready.notify();
///     task.await.unwrap();
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Notify {
    inner: modern::Notify,
}

impl Notify {
    /// Returns one that nobody waits for.
    pub fn new() -> Notify {
        Notify { inner: modern::Notify::new() }
    }

    /// Waits to be notified. Of those who wait, the one that came first is.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue; a notification that had come goes to the next.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::sync::Notify;
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let notify = Notify::new();
    ///     notify.notify();
    ///     notify.notified().await;
    /// }
    /// ```
    pub async fn notified(&self) {
        self.inner.notified().await;
    }

    /// Notifies the task that has waited longest, or the next that waits. One notification
    /// is kept at most.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use std::sync::Arc;
    /// use tokio::sync::Notify;
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let notify = Arc::new(Notify::new());
    ///     let waiting = notify.clone();
    ///     let task = tokio::spawn(async move { waiting.notified().await });
    ///     notify.notify();
    ///     task.await.unwrap();
    /// }
    /// ```
    pub fn notify(&self) {
        self.inner.notify_one();
    }
}
