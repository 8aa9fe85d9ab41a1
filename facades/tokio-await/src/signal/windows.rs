//! What the console of Windows tells a process, by kind.
//!
//! Called by programs. Wraps the root crate's listener.
//!
//! Always true: events that come in quick succession are reported once, and none after it began to
//! listen is lost.

use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll};
use tokio::signal::windows::{Event, Kind};

macro_rules! listeners {
    ($( $(#[$doc:meta])* $name:ident, $Listener:ident = $kind:ident; )*) => { $(
        $(#[$doc])*
        ///
        /// # Dropping
        ///
        /// Stops listening; the event does not end the process again, as it did before.
        #[derive(Debug)]
        #[must_use = "listeners do nothing unless polled"]
        pub struct $Listener {
            event: Event,
        }

        #[doc = concat!("Begins to listen, as [`", stringify!($Listener), "`].")]
        ///
        /// # Errors
        ///
        /// If the system refuses the handler.
        pub fn $name() -> io::Result<$Listener> {
            Ok($Listener { event: Event::listen(Kind::$kind)? })
        }

        impl $Listener {
            /// Waits for the next event. Never `None`.
            ///
            /// # Dropping
            ///
            /// Loses no event.
            pub async fn recv(&mut self) -> Option<()> {
                poll_fn(|cx| self.poll_recv(cx)).await
            }

            /// Polls for the next event, as [`recv`](Self::recv).
            pub fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<()>> {
                self.event.poll_recv_cx(&cx.into()).map(Some)
            }
        }
    )* };
}

listeners! {
    /// Listens to Ctrl-C.
    ctrl_c, CtrlC = CtrlC;
    /// Listens to Ctrl-Break.
    ctrl_break, CtrlBreak = CtrlBreak;
    /// Listens to the end of the console, after which the process ends within seconds.
    ctrl_close, CtrlClose = Close;
    /// Listens to the end of a user's session, after which the process ends within seconds.
    ctrl_logoff, CtrlLogoff = Logoff;
    /// Listens to the system's shutdown, after which the process ends within seconds.
    ctrl_shutdown, CtrlShutdown = Shutdown;
}

/// Waits for an interrupt from the console, as `signal::ctrl_c` does.
pub(super) async fn interrupt() -> io::Result<()> {
    ctrl_c()?.recv().await;
    Ok(())
}
