//! `spawn_handle` and `spawn_handle_std`, for all that spawns tasks which are `Send`.
//!
//! Used inside the `impl` blocks of the runtimes and of their handles; each has a method
//! `take`, which hands a task to its executor, and says here what happens if that is gone.

/// The two methods; `$gone` is how their documentation ends.
macro_rules! spawn_handle_methods {
    ($(#[doc = $gone:literal])*) => {
        /// Spawns `future`, and returns a handle to its result.
        ///
        $(#[doc = $gone])*
        ///
        /// # Examples
        ///
        /// ```
        /// use futures::future::{self, Future};
        /// use tokio::runtime::Runtime;
        ///
        /// let runtime = Runtime::new().unwrap();
        /// let sum = runtime.spawn_handle(future::ok::<u32, ()>(1).map(|one| one + 1));
        /// assert_eq!(sum.wait().unwrap(), Ok(2));
        /// ```
        #[track_caller]
        pub fn spawn_handle<F>(
            &self,
            future: F,
        ) -> tokio_executor::task::JoinHandle<Result<F::Item, F::Error>>
        where
            F: futures::Future + Send + 'static,
            F::Item: Send + 'static,
            F::Error: Send + 'static,
        {
            let (task, handle) = tokio_executor::task::NewTask::joined(future);
            self.take(task);
            handle
        }

        /// Spawns a std future, and returns a handle to its result.
        ///
        $(#[doc = $gone])*
        ///
        /// # Examples
        ///
        /// ```
        /// use futures::Future;
        /// use tokio::runtime::Runtime;
        ///
        /// let runtime = Runtime::new().unwrap();
        /// let sum = runtime.spawn_handle_std(async { 1 + 1 });
        /// assert_eq!(sum.wait().unwrap(), 2);
        /// ```
        #[track_caller]
        pub fn spawn_handle_std<F>(
            &self,
            future: F,
        ) -> tokio_executor::task::JoinHandle<F::Output>
        where
            F: std::future::Future + Send + 'static,
            F::Output: Send + 'static,
        {
            let (task, handle) = tokio_executor::task::NewTask::joined_std(future);
            self.take(task);
            handle
        }
    };
}

pub(crate) use spawn_handle_methods;
