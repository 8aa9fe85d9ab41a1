//! What a runtime does around its tasks, and in which order it runs them: the part of the builder
//! that tokio 1.x has behind `tokio_unstable`.
//!
//! Programs call it. What comes of it is in `instruments`, `unhandled_panic` and
//! `macros::random`, and for the order of tasks in the pool.
//!
//! Always true: the last setting counts. Here the names are always there: a program that does not
//! use them pays nothing for them.
//!
//! Why not with the other settings? The builder's file would be too long to read.

use super::Builder;
use crate::macros::random::RngSeed;
use crate::runtime::{TaskMeta, UnhandledPanic};
use std::sync::Arc;

impl Builder {
    /// Has `f` called before a task is spawned, on the thread that spawns it.
    ///
    /// `f` is called for the tasks that the interface of tokio 1.x spawns onto this runtime: not
    /// for those of a [`LocalSet`](crate::task::LocalSet), for jobs of `spawn_blocking`, or for the
    /// future of `block_on`. It may spawn tasks itself.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_current_thread()
    ///     .on_task_spawn(|meta| println!("{} at {}", meta.id(), meta.spawned_at()))
    ///     .build()
    ///     .unwrap();
    /// runtime.block_on(async { tokio::spawn(async {}).await.unwrap() });
    /// ```
    pub fn on_task_spawn<F>(&mut self, f: F) -> &mut Builder
    where
        F: Fn(&TaskMeta<'_>) + Send + Sync + 'static,
    {
        self.hooks.spawn = Some(Arc::new(f));
        self
    }

    /// Has `f` called before each poll of a task, on the thread that polls it.
    ///
    /// A panic of `f` counts as one of the task. `f` is called for the same tasks as
    /// [`on_task_spawn`](Builder::on_task_spawn).
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_multi_thread()
    ///     .on_before_task_poll(|meta| println!("{} is about to be polled", meta.id()))
    ///     .build()
    ///     .unwrap();
    /// runtime.block_on(async { tokio::spawn(tokio::task::yield_now()).await.unwrap() });
    /// ```
    pub fn on_before_task_poll<F>(&mut self, f: F) -> &mut Builder
    where
        F: Fn(&TaskMeta<'_>) + Send + Sync + 'static,
    {
        self.hooks.before_poll = Some(Arc::new(f));
        self
    }

    /// Has `f` called after each poll of a task, on the thread that polled it.
    ///
    /// `f` is called for the same tasks as [`on_task_spawn`](Builder::on_task_spawn).
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_multi_thread()
    ///     .on_after_task_poll(|meta| println!("{} was polled", meta.id()))
    ///     .build()
    ///     .unwrap();
    /// runtime.block_on(async { tokio::spawn(tokio::task::yield_now()).await.unwrap() });
    /// ```
    pub fn on_after_task_poll<F>(&mut self, f: F) -> &mut Builder
    where
        F: Fn(&TaskMeta<'_>) + Send + Sync + 'static,
    {
        self.hooks.after_poll = Some(Arc::new(f));
        self
    }

    /// Has `f` called once the future of a task was dropped: because it was done, panicked, or was
    /// cancelled. The join handle has its result after that.
    ///
    /// `f` is called for the same tasks as [`on_task_spawn`](Builder::on_task_spawn).
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_current_thread()
    ///     .on_task_terminate(|meta| println!("{} has ended", meta.id()))
    ///     .build()
    ///     .unwrap();
    /// runtime.block_on(async { tokio::spawn(async {}).await.unwrap() });
    /// ```
    pub fn on_task_terminate<F>(&mut self, f: F) -> &mut Builder
    where
        F: Fn(&TaskMeta<'_>) + Send + Sync + 'static,
    {
        self.hooks.terminate = Some(Arc::new(f));
        self
    }

    /// Gives hooks the time that a task waited for its poll; see [`TaskMeta::schedule_latency`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_current_thread()
    ///     .track_task_schedule_latency()
    ///     .on_before_task_poll(|meta| println!("waited {:?}", meta.schedule_latency()))
    ///     .build()
    ///     .unwrap();
    /// runtime.block_on(async { tokio::spawn(async {}).await.unwrap() });
    /// ```
    pub fn track_task_schedule_latency(&mut self) -> &mut Builder {
        self.tell_latencies = true;
        self
    }

    /// Sets what the runtime does if a task panics.
    ///
    /// # Panics
    ///
    /// If a runtime with workers is to be shut down.
    ///
    /// # Examples
    ///
    /// ```should_panic
    /// # use tokio_await as tokio;
    /// use tokio::runtime::{Builder, UnhandledPanic};
    ///
    /// let runtime = Builder::new_current_thread()
    ///     .unhandled_panic(UnhandledPanic::ShutdownRuntime)
    ///     .build()
    ///     .unwrap();
    /// runtime.block_on(async {
    ///     tokio::spawn(async { panic!("boom") });
    ///     std::future::pending::<()>().await;
    /// });
    /// ```
    #[track_caller]
    pub fn unhandled_panic(&mut self, behavior: UnhandledPanic) -> &mut Builder {
        self.stop_after_panic = matches!(behavior, UnhandledPanic::ShutdownRuntime);
        assert!(
            self.current_thread || !self.stop_after_panic,
            "UnhandledPanic::ShutdownRuntime is only supported in current thread runtime"
        );
        self
    }

    /// Has tasks that are woken or spawned on a worker wait behind all others of its queue, in
    /// place of running next. A current-thread runtime runs its tasks in this order anyway.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_multi_thread().disable_lifo_slot().build().unwrap();
    /// # drop(runtime);
    /// ```
    pub fn disable_lifo_slot(&mut self) -> &mut Builder {
        self.lifo_slots = false;
        self
    }

    /// Sets where the random numbers of the runtime begin, by which a [`select!`](crate::select)
    /// chooses the branch that is polled first.
    ///
    /// The first thread for workers begins at one number, the second at another, and so do the
    /// first and the second `block_on`: equal seeds lead to equal choices where tasks are polled in
    /// the same order.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::{Builder, RngSeed};
    ///
    /// let chosen = || {
    ///     let seed = RngSeed::from_bytes(b"the same each time");
    ///     let runtime = Builder::new_current_thread().rng_seed(seed).build().unwrap();
    ///     runtime.block_on(async {
    ///         tokio::select! {
    ///             _ = async {} => "one",
    ///             _ = async {} => "other",
    ///         }
    ///     })
    /// };
    /// assert_eq!(chosen(), chosen());
    /// ```
    pub fn rng_seed(&mut self, seed: RngSeed) -> &mut Builder {
        self.seed = Some(seed);
        self
    }

    /// Changes nothing: each worker has timers of its own here.
    pub fn enable_alt_timer(&mut self) -> &mut Builder {
        self
    }

    /// Changes nothing: a worker that is busy for long is relieved of I/O and timers here.
    pub fn enable_eager_driver_handoff(&mut self) -> &mut Builder {
        self
    }

    /// Changes nothing: files are read and written on threads for what blocks here.
    pub fn enable_io_uring(&mut self) -> &mut Builder {
        self
    }

    /// Changes nothing: what blocks waits in one queue here.
    pub fn enable_sharded_blocking_queue(&mut self) -> &mut Builder {
        self
    }
}
