//! A request to a thread that may answer late, or never: for a copy of its stack.
//!
//! Whoever looks makes the request and interrupts the thread, which claims the request, writes its
//! answer where both know, and finishes. The word here says whose that place is. Called by the
//! root's `inspect::threads`, and there by a signal handler: nothing here allocates, locks or
//! waits.
//!
//! ```text
//!   63       32 31      2 1..0
//!  +-----------+---------+-------+
//!  |  thread   | number  | stage |
//!  +-----------+---------+-------+
//!
//!           begin            claim            finish
//!    FREE ---------> PENDING -------> WRITING -------> WRITTEN
//!     ^                 |                                 |
//!     +----- withdraw --+               begin: PENDING <--+
//! ```
//!
//! Always true: the place is written only by the thread that claimed the request, which is the one
//! that was asked, and read only while the request is WRITTEN. A thread that is in the middle of
//! its answer keeps the place for as long as it takes: until then there is no other request.
//!
//! Why not one place a thread? All threads would have to pay for it, whether or not anybody looks.

use crate::sys::{const_fn, AtomicU64};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

const STAGE: u64 = 0b11;
const FREE: u64 = 0;
const PENDING: u64 = 1;
const WRITING: u64 = 2;
const WRITTEN: u64 = 3;

/// The number of a request, which makes it another than the last one to the same thread.
const ONE: u64 = 1 << 2;
const NUMBER: u64 = (1 << 32) - ONE;
const THREAD_SHIFT: u32 = 32;

/// A place for a request.
#[derive(Debug)]
pub struct Request {
    word: AtomicU64,
}

/// A request that was made.
#[derive(Debug)]
pub struct Made(u64);

/// A request that its thread has claimed; whoever does not [`finish`](Claimed::finish) keeps it.
#[derive(Debug)]
#[must_use = "no other request can be made before it is finished"]
pub struct Claimed(u64);

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is there, and stays until the next request.
    Written,
    /// The thread has not begun, and will not any more.
    None,
    /// The thread is in the middle of it.
    Unfinished,
}

impl Request {
    const_fn! {
        /// Returns a place with no request in it.
        pub fn new() -> Request {
            Request { word: AtomicU64::new(FREE) }
        }
    }

    /// Makes a request to the thread of that number. None if one was made that is not over.
    pub fn begin(&self, thread: u32) -> Option<Made> {
        // Relaxed: the exchange looks again.
        let word = self.word.load(Relaxed);
        if matches!(word & STAGE, PENDING | WRITING) {
            return None;
        }
        let number = (word & NUMBER).wrapping_add(ONE) & NUMBER;
        let next = u64::from(thread) << THREAD_SHIFT | number | PENDING;
        // Release: the Acquire in `claim` comes after our reads of the last answer, and after
        // what we wrote for the thread to read. An exchange goes on with the Release in `finish`:
        // that Acquire also comes after the writes of an answer that nobody waited for any more.
        self.word.compare_exchange(word, next, Release, Relaxed).ok().map(|_| Made(next))
    }

    /// Takes the request to the thread of that number, which is the caller, if there is one.
    pub fn claim(&self, thread: u32) -> Option<Claimed> {
        // Relaxed: the exchange looks again.
        let word = self.word.load(Relaxed);
        if word & STAGE != PENDING || word >> THREAD_SHIFT != u64::from(thread) {
            return None;
        }
        let writing = word & !STAGE | WRITING;
        // Acquire: the Release in `begin`. It fails if the request was withdrawn meanwhile.
        self.word.compare_exchange(word, writing, Acquire, Relaxed).ok().map(|_| Claimed(writing))
    }

    /// Marks the answer to a claimed request as written.
    pub fn finish(&self, claimed: Claimed) {
        // Release: the Acquires in `is_written`, `withdraw` and the next `claim` then see it.
        // No one else changes the word while it is WRITING, but for `forget`, after which this
        // must not.
        let written = claimed.0 & !STAGE | WRITTEN;
        let _ = self.word.compare_exchange(claimed.0, written, Release, Relaxed);
    }

    /// Returns whether the answer to that request is there.
    pub fn is_written(&self, made: &Made) -> bool {
        // Acquire: the Release in `finish`.
        self.word.load(Acquire) == made.0 & !STAGE | WRITTEN
    }

    /// Gives up a request, unless it is answered.
    pub fn withdraw(&self, made: Made) -> Answer {
        // Relaxed: nothing was written. Acquire: the Release in `finish`.
        match self.word.compare_exchange(made.0, made.0 & !STAGE, Relaxed, Acquire) {
            Ok(_) => Answer::None,
            Err(word) if word == made.0 & !STAGE | WRITTEN => Answer::Written,
            Err(_) => Answer::Unfinished,
        }
    }

    /// Forgets a request that was made or claimed by a thread of the process that this one was
    /// forked from: those threads are not here.
    pub fn forget(&self) {
        // Relaxed: there is nobody to tell.
        let number = self.word.load(Relaxed) & NUMBER;
        self.word.store(number | FREE, Relaxed);
    }
}

impl Default for Request {
    fn default() -> Request {
        Request::new()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_request_goes_to_its_thread_and_to_no_other() {
        let request = Request::new();
        let made = request.begin(7).unwrap();
        assert!(request.begin(7).is_none(), "one at a time");
        assert!(request.claim(8).is_none());
        let claimed = request.claim(7).unwrap();
        assert!(request.claim(7).is_none(), "claimed once");
        assert!(!request.is_written(&made));
        request.finish(claimed);
        assert!(request.is_written(&made));
        assert_eq!(request.withdraw(made), Answer::Written);
    }

    #[test]
    fn a_late_answer_is_to_nobody() {
        let request = Request::new();
        let made = request.begin(7).unwrap();
        assert_eq!(request.withdraw(made), Answer::None);
        assert!(request.claim(7).is_none(), "it was withdrawn");
        let made = request.begin(7).unwrap();
        let claimed = request.claim(7).unwrap();
        assert_eq!(request.withdraw(made), Answer::Unfinished);
        assert!(request.begin(8).is_none(), "the place is in use");
        request.finish(claimed);
        let made = request.begin(8).unwrap();
        assert!(!request.is_written(&made), "that was another one");
    }

    #[test]
    fn a_forked_process_is_not_bound_by_what_its_parent_was_about() {
        let request = Request::new();
        let _made = request.begin(7).unwrap();
        let claimed = request.claim(7).unwrap();
        request.forget();
        let made = request.begin(7).unwrap();
        request.finish(claimed);
        assert!(!request.is_written(&made), "an answer from before");
    }

    #[test]
    fn numbers_begin_again() {
        let request = Request { word: AtomicU64::new(!STAGE | WRITTEN) };
        let made = request.begin(u32::MAX).unwrap();
        request.finish(request.claim(u32::MAX).unwrap());
        assert!(request.is_written(&made));
    }
}

#[cfg(all(test, loom))]
mod models {
    //! One asks two threads, and gives up early.

    use super::*;
    use crate::sys::UnsafeCell;
    use loom::sync::Arc;
    use loom::thread;

    /// The place of the answer; loom reports two who are at it at a time.
    struct Shared {
        request: Request,
        answer: UnsafeCell<u32>,
    }

    // SAFETY: `answer` is reached as `request` allows it, which is what the models check.
    #[expect(unsafe_code, reason = "a cell that threads share")]
    unsafe impl Send for Shared {}
    // SAFETY: as above.
    #[expect(unsafe_code, reason = "a cell that threads share")]
    unsafe impl Sync for Shared {}

    fn interrupted(shared: &Shared, thread: u32) {
        if let Some(claimed) = shared.request.claim(thread) {
            #[expect(unsafe_code, reason = "a cell that threads share")]
            // SAFETY: claimed.
            shared.answer.with_mut(|answer| unsafe { *answer = thread });
            shared.request.finish(claimed);
        }
    }

    /// Returns the answer of `thread`, if it comes soon.
    fn ask(shared: &Shared, thread: u32) -> Option<u32> {
        let made = shared.request.begin(thread)?;
        if !shared.request.is_written(&made) {
            thread::yield_now();
            if shared.request.withdraw(made) != Answer::Written {
                return None;
            }
        }
        #[expect(unsafe_code, reason = "a cell that threads share")]
        // SAFETY: written, and nobody else makes requests.
        Some(shared.answer.with(|answer| unsafe { *answer }))
    }

    fn shared() -> Arc<Shared> {
        Arc::new(Shared { request: Request::new(), answer: UnsafeCell::new(0) })
    }

    /// The second request comes whether or not the first was answered, and so may the answer.
    #[test]
    fn loom_an_answer_is_that_of_the_thread_that_was_asked() {
        loom::model(|| {
            let shared = shared();
            let start = |number| {
                let shared = shared.clone();
                thread::spawn(move || interrupted(&shared, number))
            };
            let threads = [start(1), start(2)];
            for number in [1, 2] {
                assert!(ask(&shared, number).is_none_or(|answer| answer == number));
            }
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        });
    }

    /// The interruption of a request that was given up is left over for the next one.
    #[test]
    fn loom_a_thread_that_is_interrupted_late_answers_the_last_request() {
        loom::model(|| {
            let shared = shared();
            let other = {
                let shared = shared.clone();
                thread::spawn(move || {
                    interrupted(&shared, 1);
                    interrupted(&shared, 1);
                })
            };
            for _ in 0..2 {
                assert!(ask(&shared, 1).is_none_or(|answer| answer == 1));
            }
            other.join().unwrap();
            assert!(shared.request.begin(1).is_some(), "the place is free in the end");
        });
    }
}
