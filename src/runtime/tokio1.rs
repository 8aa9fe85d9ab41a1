//! The settings of a runtime that concern libraries of tokio 1.x.

use super::{current_thread, Builder};

impl Builder {
    /// Puts a runtime of tokio 1.x around every task, as
    /// [`compat::tokio1`](crate::compat::tokio1) does around one.
    ///
    /// It starts with this runtime, not with its first use; [`build`](Builder::build)
    /// fails if it cannot. Unlike the wrapper it is not around tasks that a shutdown
    /// drops: what spawns in its destructor needs that.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use tokio::runtime::Builder;
    ///
    /// let mut runtime = Builder::new().with_tokio1().build()?;
    /// runtime.block_on_std(async {
    ///     tokio1::time::sleep(Duration::from_millis(5)).await;
    /// });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn with_tokio1(&mut self) -> &mut Self {
        self.guest.everywhere = true;
        self
    }
}

impl current_thread::Builder {
    /// Puts a runtime of tokio 1.x around every task and every future that is blocked on,
    /// as [`compat::tokio1`](crate::compat::tokio1) does around one.
    ///
    /// As [`Builder::with_tokio1`] does for a pool.
    pub fn with_tokio1(&mut self) -> &mut Self {
        self.guest.everywhere = true;
        self
    }
}
