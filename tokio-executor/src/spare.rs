//! Threads that wait to be given something to do.
//!
//! Called by executors: a thread of a pool that gave its worker away waits for another one, and a
//! thread for what blocks waits for a job. Whoever has one gives it to the newest of them. Each
//! waits for a while and then ends. The list is kept with its owner's other counts of threads,
//! under one lock, which every method here relies on.
//!
//! Always true: a thread that is given something takes it. It is taken off the list and given it
//! under one hold of the lock, and looks for what it was given under the lock after it has
//! left the list itself: also when it gives up waiting at that very moment.
//!
//! Why not a channel, or a condition variable? They wake whoever waits longest. The newest has the
//! warmest cache, and who gives must learn at once whether anybody was there, or start a thread.

use crate::park::Token;
use crate::sys::{Arc, Mutex, MutexGuard};
use std::fmt;
use std::time::Duration;

/// The threads that wait, newest last.
pub struct SpareThreads<T> {
    waiting: Vec<Arc<SpareThread<T>>>,
}

/// A thread that waits to be given something.
pub struct SpareThread<T> {
    /// Ends its wait.
    token: Token,
    /// What it is given. Locked only under the lock of the list, so nobody ever waits.
    given: Mutex<Option<T>>,
}

impl<T> SpareThreads<T> {
    /// Returns an empty list.
    pub fn new() -> SpareThreads<T> {
        SpareThreads { waiting: Vec::new() }
    }

    /// Puts `thread`, this one, on the list.
    pub fn enter(&mut self, thread: &Arc<SpareThread<T>>) {
        self.waiting.push(thread.clone());
    }

    /// Gives `something` to the newest, which is to be [woken](SpareThread::wake) after unlocking.
    ///
    /// # Errors
    ///
    /// Has it back, if nobody waits.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_executor::internals::spare::{SpareThread, SpareThreads};
    ///
    /// let mut waiting = SpareThreads::new();
    /// let this = SpareThread::new();
    /// waiting.enter(&this);
    /// waiting.give("a job").unwrap().wake();
    /// assert_eq!(waiting.give("another").unwrap_err(), "another");
    /// assert_eq!(waiting.leave(&this), Some("a job"));
    /// ```
    pub fn give(&mut self, something: T) -> Result<Arc<SpareThread<T>>, T> {
        match self.waiting.pop() {
            Some(thread) => {
                *thread.given() = Some(something);
                Ok(thread)
            }
            None => Err(something),
        }
    }

    /// Takes `thread` off the list, if it is there; then it was given nothing.
    pub fn leave(&mut self, thread: &Arc<SpareThread<T>>) -> Option<T> {
        self.waiting.retain(|other| !Arc::ptr_eq(other, thread));
        thread.given().take()
    }

    /// Returns how many wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Returns whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Takes all off the list, to be woken after unlocking, and to end.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_executor::internals::spare::{SpareThread, SpareThreads};
    ///
    /// let mut waiting = SpareThreads::new();
    /// let this = SpareThread::new();
    /// waiting.enter(&this);
    /// waiting.dismiss().iter().for_each(|thread| thread.wake());
    /// assert_eq!(waiting.give("a job").unwrap_err(), "a job");
    /// ```
    pub fn dismiss(&mut self) -> Vec<Arc<SpareThread<T>>> {
        std::mem::take(&mut self.waiting)
    }
}

impl<T> SpareThread<T> {
    /// Returns one that is on no list.
    pub fn new() -> Arc<SpareThread<T>> {
        Arc::new(SpareThread { token: Token::new(), given: Mutex::new(None) })
    }

    /// Has this thread wait until it is woken, or for `at_most` so long. It may wake up earlier.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use tokio_executor::internals::spare::SpareThread;
    ///
    /// let this = SpareThread::<()>::new();
    /// this.wake();
    /// // Returns at once: the call before counts.
    /// this.wait(Duration::MAX);
    /// ```
    pub fn wait(&self, at_most: Duration) {
        self.token.park(Some(at_most));
    }

    /// Ends the wait of this thread, or its next one.
    pub fn wake(&self) {
        self.token.unpark();
    }

    fn given(&self) -> MutexGuard<'_, Option<T>> {
        self.given.lock().unwrap_or_else(|e| e.into_inner())
    }
}

impl<T> Default for SpareThreads<T> {
    fn default() -> SpareThreads<T> {
        SpareThreads::new()
    }
}

impl<T> fmt::Debug for SpareThreads<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpareThreads").field("waiting", &self.waiting.len()).finish()
    }
}

impl<T> fmt::Debug for SpareThread<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpareThread").finish_non_exhaustive()
    }
}

#[cfg(all(test, loom))]
mod loom_tests {
    use super::*;
    use loom::thread;

    /// A core, told apart by its number.
    type List = Arc<Mutex<SpareThreads<u32>>>;

    fn model(f: impl Fn() + Sync + Send + 'static) {
        let mut builder = loom::model::Builder::new();
        builder.preemption_bound.get_or_insert(3);
        builder.check(f);
    }

    /// As `threads::wait_for_core`; one without patience gives up at once.
    fn wait_for_core(list: &List, patient: bool) -> Option<u32> {
        let spare = SpareThread::new();
        list.lock().unwrap().enter(&spare);
        if patient {
            spare.token.park(None);
        }
        let core = list.lock().unwrap().leave(&spare);
        core
    }

    /// As `Shared::hand_off`; says whether there was somebody.
    fn hand_off(list: &List, core: u32) -> bool {
        let given = list.lock().unwrap().give(core);
        match given {
            Ok(spare) => {
                spare.wake();
                true
            }
            Err(_) => false,
        }
    }

    #[test]
    fn loom_fault_b02_a_core_given_to_a_thread_that_gives_up_is_taken() {
        model(|| {
            let list = List::default();
            let waits = thread::spawn({
                let list = list.clone();
                move || wait_for_core(&list, false)
            });
            let given = hand_off(&list, 7);
            assert_eq!(waits.join().unwrap(), given.then_some(7));
        });
    }

    #[test]
    fn loom_fault_b06_two_cores_go_to_two_threads_or_to_nobody() {
        model(|| {
            let list = List::default();
            let waits = [false, false].map(|patient| {
                let list = list.clone();
                thread::spawn(move || wait_for_core(&list, patient))
            });
            let mut given = [1, 2].map(|core| hand_off(&list, core).then_some(core)).to_vec();
            let mut taken = waits.map(|thread| thread.join().unwrap()).to_vec();
            given.sort_unstable();
            taken.sort_unstable();
            assert_eq!(given, taken);
        });
    }

    /// The stop and the hand-over find the same thread: it ends, or it takes the core and
    /// ends with that.
    #[test]
    fn loom_fault_d01_a_patient_spare_thread_is_told_of_the_end_or_gets_a_core() {
        model(|| {
            let list = List::default();
            let spare = SpareThread::new();
            list.lock().unwrap().enter(&spare);
            let waits = thread::spawn({
                let list = list.clone();
                move || {
                    spare.token.park(None);
                    let core = list.lock().unwrap().leave(&spare);
                    core
                }
            });
            let stops = thread::spawn({
                let list = list.clone();
                move || {
                    let dismissed = list.lock().unwrap().dismiss();
                    dismissed.iter().for_each(|spare| spare.wake());
                }
            });
            let given = hand_off(&list, 7);
            stops.join().unwrap();
            assert_eq!(waits.join().unwrap(), given.then_some(7));
        });
    }
}
