//! Threads that gave their worker away and wait to be given another one.
//!
//! Called by `blocking`, which hands a core to the newest of them, if there is one; each waits for
//! a while and then ends. The list is kept with the pool's other counts of threads, under their
//! lock (`Shared::threads`), which every method here relies on.
//!
//! Always true: a thread that is given a core takes it. It is taken off the list and given
//! the core under one hold of the lock, and looks for a core under the lock after it has
//! left the list itself: also when it gives up waiting at that very moment.
//!
//! Why not a channel? The newest has the warmest cache, and who hands over must learn at
//! once whether anybody was there, or start a thread.

use std::fmt;
use tokio_executor::internals::sys::{Arc, Mutex, MutexGuard};
use tokio_executor::park::Token;

/// The threads that wait, newest last.
pub(crate) struct SpareThreads<C> {
    waiting: Vec<Arc<SpareThread<C>>>,
}

/// A thread that waits for a worker to take over.
pub(crate) struct SpareThread<C> {
    /// Ends its wait.
    pub(crate) token: Token,
    /// What it is given. Locked only under the lock of the list, so nobody ever waits.
    core: Mutex<Option<C>>,
}

impl<C> SpareThreads<C> {
    /// Puts this thread on the list.
    pub(crate) fn enter(&mut self) -> Arc<SpareThread<C>> {
        let spare = Arc::new(SpareThread { token: Token::new(), core: Mutex::new(None) });
        self.waiting.push(spare.clone());
        spare
    }

    /// Gives `core` to the newest, whose token is to be unparked after unlocking.
    ///
    /// # Errors
    ///
    /// Has the core, if nobody waits.
    pub(crate) fn give(&mut self, core: C) -> Result<Arc<SpareThread<C>>, C> {
        match self.waiting.pop() {
            Some(spare) => {
                *spare.core() = Some(core);
                Ok(spare)
            }
            None => Err(core),
        }
    }

    /// Takes this thread off the list, if it is there; then it was given nothing.
    pub(crate) fn leave(&mut self, spare: &Arc<SpareThread<C>>) -> Option<C> {
        self.waiting.retain(|other| !Arc::ptr_eq(other, spare));
        spare.core().take()
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Takes all off the list, to have them end.
    pub(crate) fn dismiss(&mut self) -> Vec<Arc<SpareThread<C>>> {
        std::mem::take(&mut self.waiting)
    }
}

impl<C> SpareThread<C> {
    fn core(&self) -> MutexGuard<'_, Option<C>> {
        self.core.lock().unwrap_or_else(|e| e.into_inner())
    }
}

impl<C> Default for SpareThreads<C> {
    fn default() -> SpareThreads<C> {
        SpareThreads { waiting: Vec::new() }
    }
}

impl<C> fmt::Debug for SpareThreads<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpareThreads").field("waiting", &self.waiting.len()).finish()
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

    /// As `worker::wait_for_core`; one without patience gives up at once.
    fn wait_for_core(list: &List, patient: bool) -> Option<u32> {
        let spare = list.lock().unwrap().enter();
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
                spare.token.unpark();
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
            let spare = list.lock().unwrap().enter();
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
                    dismissed.iter().for_each(|spare| spare.token.unpark());
                }
            });
            let given = hand_off(&list, 7);
            stops.join().unwrap();
            assert_eq!(waits.join().unwrap(), given.then_some(7));
        });
    }
}
