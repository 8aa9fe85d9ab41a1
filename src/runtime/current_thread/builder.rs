//! How a current-thread runtime is put together.

use super::Runtime;
use crate::clock::Clock;
use crate::current_thread::CurrentThread;
use crate::timer::driver::Timer;
use std::io;
use tokio_reactor::Reactor;

/// Configures a current-thread [`Runtime`].
///
/// # Examples
///
/// ```
/// use tokio::clock::Clock;
/// use tokio::runtime::current_thread::Builder;
///
/// let mut runtime = Builder::new().clock(Clock::system()).build().unwrap();
/// runtime.run().unwrap();
/// ```
#[derive(Debug)]
pub struct Builder {
    clock: Clock,
}

impl Builder {
    /// Returns a builder of a runtime that goes by the default clock of the thread.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::current_thread::Builder;
    ///
    /// let mut runtime = Builder::new().build().unwrap();
    /// assert_eq!(runtime.block_on_std(async { 1 }), 1);
    /// ```
    pub fn new() -> Builder {
        Builder { clock: Clock::for_new_runtime() }
    }

    /// Sets the clock by which timers go, and which is the default inside the runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::clock::Clock;
    /// use tokio::runtime::current_thread::Builder;
    ///
    /// let runtime = Builder::new().clock(Clock::system()).build().unwrap();
    /// ```
    pub fn clock(&mut self, clock: Clock) -> &mut Builder {
        self.clock = clock;
        self
    }

    /// Makes the runtime. It belongs to this thread.
    ///
    /// # Errors
    ///
    /// If the operating system has no event queue for the reactor.
    pub fn build(&mut self) -> io::Result<Runtime> {
        let reactor = Reactor::new()?;
        let reactor_handle = reactor.handle();
        let clock = self.clock.or_pausable();
        let timer = Timer::new_with_now(reactor, clock.clone());
        let timer_handle = timer.handle();
        // The timer wakes tasks after its reactor's sleep, and the reactor after its
        // own: neither sleeps with a task woken.
        let executor = CurrentThread::new_with_prompt_park(timer);
        executor.make_visible();
        crate::runtime::runtime_starts();
        Ok(Runtime::new2(executor, reactor_handle, timer_handle, clock))
    }
}

impl Default for Builder {
    fn default() -> Builder {
        Builder::new()
    }
}
