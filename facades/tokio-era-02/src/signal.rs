//! Signals as streams, over `tokio-await`'s.
//!
//! Called by programs of tokio 0.2.
//!
//! Always true: no signal is lost that comes after a listener was made; several may be reported as
//! one.
//!
//! Why not 1.x's listeners as they are? Here they are streams.

pub use tokio_await::signal::ctrl_c;

/// The signals of Unix.
#[cfg(unix)]
pub mod unix {
    use futures_core::Stream;
    use std::io;
    use std::pin::Pin;
    use std::task::{Context, Poll};
    use tokio_await::signal::unix as modern;

    pub use self::modern::SignalKind;

    /// The arrivals of one signal, as a stream that does not end.
    ///
    /// Arrivals that come while one waits to be taken count as one.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use tokio_era_02 as tokio;
    /// use tokio::signal::unix::{signal, SignalKind};
    /// use tokio::stream::StreamExt;
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let mut hangups = signal(SignalKind::hangup()).unwrap();
    ///     while hangups.next().await.is_some() {
    ///         println!("reading the settings again");
    ///     }
    /// }
    /// ```
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Signal {
        inner: modern::Signal,
    }

    /// Listens to a signal, which from now on does not do what it does by default, not even
    /// once the stream is dropped.
    ///
    /// # Errors
    ///
    /// If the system does not let `kind` be listened to; if the runtime has shut down.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use tokio_era_02 as tokio;
    /// use tokio::signal::unix::{signal, SignalKind};
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let mut terminate = signal(SignalKind::terminate())?;
    ///     terminate.recv().await;
    ///     println!("asked to end");
    ///     Ok(())
    /// }
    /// ```
    #[track_caller]
    pub fn signal(kind: SignalKind) -> io::Result<Signal> {
        modern::signal(kind).map(|inner| Signal { inner })
    }

    impl Signal {
        /// Waits for the signal; `None` if there is no more to come.
        ///
        /// # Dropping
        ///
        /// Loses nothing.
        ///
        /// # Examples
        ///
        /// ```no_run
        /// # use tokio_era_02 as tokio;
        /// use tokio::signal::unix::{signal, SignalKind};
        ///
        /// #[tokio::main]
        /// async fn main() -> std::io::Result<()> {
        ///     let mut users = signal(SignalKind::user_defined1())?;
        ///     for count in 1..=3 {
        ///         users.recv().await;
        ///         println!("{count} of 3");
        ///     }
        ///     Ok(())
        /// }
        /// ```
        pub async fn recv(&mut self) -> Option<()> {
            self.inner.recv().await
        }

        /// Polls for the signal; `None` if there is no more to come.
        pub fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<()>> {
            self.inner.poll_recv(cx)
        }
    }

    impl Stream for Signal {
        type Item = ();

        fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<()>> {
            self.poll_recv(cx)
        }
    }
}

/// What the console of Windows tells.
#[cfg(windows)]
pub mod windows {
    use futures_core::Stream;
    use std::io;
    use std::pin::Pin;
    use std::task::{Context, Poll};
    use tokio_await::signal::windows as modern;

    /// The presses of Ctrl-Break, as a stream that does not end.
    ///
    /// Presses that come while one waits to be taken count as one.
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct CtrlBreak {
        inner: modern::CtrlBreak,
    }

    /// Listens to Ctrl-Break, which from now on does not end the process.
    ///
    /// # Errors
    ///
    /// If the system refuses the handler.
    pub fn ctrl_break() -> io::Result<CtrlBreak> {
        modern::ctrl_break().map(|inner| CtrlBreak { inner })
    }

    impl CtrlBreak {
        /// Waits for the next press. Never `None`.
        ///
        /// # Dropping
        ///
        /// Loses nothing.
        pub async fn recv(&mut self) -> Option<()> {
            self.inner.recv().await
        }

        /// Polls for the next press, as [`recv`](CtrlBreak::recv).
        pub fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<()>> {
            self.inner.poll_recv(cx)
        }
    }

    impl Stream for CtrlBreak {
        type Item = ();

        fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<()>> {
            self.poll_recv(cx)
        }
    }
}
