//! A timer that can be registered.
//!
//! Timeouts are kept in order of their tick. A registered timer has a thread that
//! sleeps until the first is due and then makes the timer readable; without a
//! registration there is none, and [`Timer::poll`] alone tells what is due.
//!
//! Programs of mio 0.6 call it; `Alarm` is the thread.
//!
//! Always true: a timeout is handed out once, or taken back; the thread touches no timeout, only
//! the instant at which to wake up, and holds no lock while it makes the timer readable.
//!
//! Why a thread? A poll sleeps for as long as its caller says, and does not learn of the timers
//! that are registered with it; the systems' own timers differ, where they have a descriptor at
//! all.

use crate::event::Evented;
use crate::{Poll, PollOpt, Ready, Registration, SetReadiness, Token};
use std::collections::BTreeMap;
use std::error;
use std::fmt;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

/// Timeouts, each with a value that it hands out when it is due.
#[derive(Debug)]
pub struct Timer<T> {
    tick: Duration,
    start: Instant,
    timeouts: BTreeMap<Key, T>,
    next_id: u64,
    alarm: OnceLock<Alarm>,
}

/// In the order in which timeouts are due: by tick, then by age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    tick: u64,
    id: u64,
}

/// Makes a [`Timer`].
#[derive(Debug)]
pub struct Builder {
    tick: Duration,
}

/// A timeout that has been set, for cancelling it.
#[derive(Clone, Debug)]
pub struct Timeout {
    key: Key,
}

/// What setting a timeout gives; it never fails.
pub type Result<T> = std::result::Result<T, TimerError>;

/// As [`Result`].
pub type TimerResult<T> = Result<T>;

/// As [`Result`].
pub type OldTimerResult<T> = Result<T>;

/// Never occurs.
#[derive(Debug)]
pub struct TimerError;

/// Never occurs.
#[derive(Debug)]
pub enum TimerErrorKind {
    /// There are too many timeouts.
    TimerOverflow,
}

/// The thread of a registered timer.
#[derive(Debug)]
struct Alarm {
    registration: Registration,
    shared: Arc<Shared>,
    thread: Option<thread::JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    /// What the thread waits for. Never held while the timer is made readable.
    wake: Mutex<Wake>,
    changed: Condvar,
    set_readiness: SetReadiness,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wake {
    Never,
    At(Instant),
    End,
}

/// Waits that a clock or a condition variable may not be able to express are cut to
/// this; the thread then waits again.
const FAR: Duration = Duration::from_secs(24 * 60 * 60);

impl Builder {
    /// Sets how exact the timer is. A tick is 100 ms unless set, and at least 1 ms.
    pub fn tick_duration(mut self, duration: Duration) -> Builder {
        self.tick = duration.max(Duration::from_millis(1));
        self
    }

    /// Has no effect: this timer has no slots.
    pub fn num_slots(self, _: usize) -> Builder {
        self
    }

    /// Has no effect: this timer grows.
    pub fn capacity(self, _: usize) -> Builder {
        self
    }

    /// Builds the timer.
    pub fn build<T>(self) -> Timer<T> {
        Timer {
            tick: self.tick,
            start: Instant::now(),
            timeouts: BTreeMap::new(),
            next_id: 0,
            alarm: OnceLock::new(),
        }
    }
}

impl Default for Builder {
    fn default() -> Builder {
        Builder { tick: Duration::from_millis(100) }
    }
}

impl<T> Timer<T> {
    /// Hands out `state` once `delay_from_now` has passed, rounded to ticks, and one
    /// tick at the earliest.
    ///
    /// # Errors
    ///
    /// None.
    pub fn set_timeout(&mut self, delay_from_now: Duration, state: T) -> Result<Timeout> {
        let now = self.start.elapsed();
        // To the nearest tick.
        let due = now.saturating_add(delay_from_now).saturating_add(self.tick / 2);
        let tick = self.ticks(due).max(self.ticks(now) + 1);
        let key = Key { tick, id: self.next_id };
        self.next_id += 1;
        self.timeouts.insert(key, state);
        self.set_alarm();
        Ok(Timeout { key })
    }

    /// Takes a timeout back, if it has not been handed out.
    pub fn cancel_timeout(&mut self, timeout: &Timeout) -> Option<T> {
        self.timeouts.remove(&timeout.key)
    }

    /// Returns the next timeout that is due, if any. Call this until there is none; the timer
    /// is readable until then.
    pub fn poll(&mut self) -> Option<T> {
        let now = self.ticks(self.start.elapsed());
        let due = self.timeouts.first_entry().filter(|first| first.key().tick <= now);
        if let Some(due) = due {
            return Some(due.remove());
        }
        if let Some(alarm) = self.alarm.get() {
            // Fails only if the poll cannot be woken, and this wakes none.
            let _ = alarm.shared.set_readiness.set_readiness(Ready::empty());
        }
        self.set_alarm();
        None
    }

    fn ticks(&self, since_start: Duration) -> u64 {
        (since_start.as_nanos() / self.tick.as_nanos()).try_into().unwrap_or(u64::MAX)
    }

    /// Tells the thread when the first timeout is due.
    fn set_alarm(&self) {
        let Some(alarm) = self.alarm.get() else { return };
        let wake = match self.timeouts.first_key_value() {
            None => Wake::Never,
            Some((first, _)) => {
                let nanos = self.tick.as_nanos().saturating_mul(first.tick.into());
                let due = Duration::from_nanos(nanos.try_into().unwrap_or(u64::MAX));
                self.start.checked_add(due).map_or(Wake::Never, Wake::At)
            }
        };
        alarm.shared.set(wake);
    }
}

impl<T> Default for Timer<T> {
    fn default() -> Timer<T> {
        Builder::default().build()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Wake> {
        // It is one value, assigned whole.
        self.wake.lock().unwrap_or_else(|e| e.into_inner())
    }

    fn set(&self, wake: Wake) {
        *self.lock() = wake;
        self.changed.notify_one();
    }

    fn run(&self) {
        let mut wake = self.lock();
        loop {
            wake = match *wake {
                Wake::End => return,
                Wake::Never => self.changed.wait(wake).unwrap_or_else(|e| e.into_inner()),
                Wake::At(due) => {
                    let left = due.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        *wake = Wake::Never;
                        drop(wake);
                        if self.set_readiness.set_readiness(Ready::readable()).is_err() {
                            return;
                        }
                        self.lock()
                    } else {
                        let waited = self.changed.wait_timeout(wake, left.min(FAR));
                        waited.unwrap_or_else(|e| e.into_inner()).0
                    }
                }
            }
        }
    }
}

impl Alarm {
    fn start() -> io::Result<Alarm> {
        let (registration, set_readiness) = Registration::new2();
        let shared = Arc::new(Shared {
            wake: Mutex::new(Wake::Never),
            changed: Condvar::new(),
            set_readiness,
        });
        let for_thread = shared.clone();
        let thread =
            thread::Builder::new().name("mio::timer".into()).spawn(move || for_thread.run())?;
        Ok(Alarm { registration, shared, thread: Some(thread) })
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.shared.set(Wake::End);
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported as any other.
            let _ = thread.join();
        }
    }
}

impl<T> Evented for Timer<T> {
    fn register(
        &self,
        poll: &Poll,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()> {
        if self.alarm.get().is_some() {
            return Err(io::Error::other("the timer is registered already"));
        }
        let alarm = Alarm::start()?;
        alarm.registration.register(poll, token, interest, opts)?;
        // Another thread may have been faster; its alarm is as good.
        let _ = self.alarm.set(alarm);
        self.set_alarm();
        Ok(())
    }

    fn reregister(
        &self,
        poll: &Poll,
        token: Token,
        interest: Ready,
        opts: PollOpt,
    ) -> io::Result<()> {
        let alarm = self.alarm.get().ok_or_else(not_registered)?;
        alarm.registration.reregister(poll, token, interest, opts)
    }

    fn deregister(&self, poll: &Poll) -> io::Result<()> {
        let alarm = self.alarm.get().ok_or_else(not_registered)?;
        Evented::deregister(&alarm.registration, poll)
    }
}

fn not_registered() -> io::Error {
    io::Error::other("the timer is not registered")
}

impl fmt::Display for TimerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the timer failed")
    }
}

impl error::Error for TimerError {}

impl fmt::Display for TimerErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TimerErrorKind::TimerOverflow => f.write_str("there are too many timeouts"),
        }
    }
}
