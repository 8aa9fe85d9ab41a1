//! Libraries that need a runtime of tokio 1.x, in tasks of this one.
//!
//! # Examples
//!
//! ```
//! use std::time::Duration;
//! use tokio_await as tokio;
//!
//! # let runtime = tokio::runtime::Runtime::new()?;
//! # runtime.block_on(async {
//! tokio::compat::tokio1(async {
//!     // A library would do this.
//!     tokio1::time::sleep(Duration::from_millis(5)).await;
//! })
//! .await;
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```

pub use tokio::compat::{shutdown_tokio1, tokio1, Tokio1};

use crate::runtime::{Builder, More};

impl Builder {
    /// Puts a runtime of tokio 1.x around every task, as [`tokio1()`] does around one.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use tokio_await::runtime::Builder;
    ///
    /// let runtime = Builder::new_multi_thread().with_tokio1().build()?;
    /// runtime.block_on(async {
    ///     tokio1::time::sleep(Duration::from_millis(5)).await;
    /// });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn with_tokio1(&mut self) -> &mut Builder {
        self.threads.more = Some(More {
            pool: |engine| {
                engine.with_tokio1();
            },
            seat: |engine| {
                engine.with_tokio1();
            },
        });
        self
    }
}
