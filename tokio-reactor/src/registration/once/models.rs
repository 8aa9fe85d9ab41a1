//! Polls that come while another thread registers.

use super::{Once, Progress};
use loom::sync::atomic::AtomicUsize;
use loom::sync::Arc;
use loom::thread;
use std::sync::atomic::Ordering::Relaxed;

/// A poll that found a registration under way does not find later that there is none.
#[test]
fn loom_a_registration_that_has_begun_is_found_made() {
    loom::model(|| {
        let once = Arc::new(Once::new());
        let other = {
            let once = once.clone();
            thread::spawn(move || once.make(|| 7))
        };
        let begun = matches!(once.progress(), Progress::Begun);
        match once.progress() {
            Progress::NotBegun => assert!(!begun, "taken back"),
            Progress::Begun => {}
            Progress::Made(value) => assert_eq!(*value, 7),
        }
        other.join().unwrap();
        assert!(matches!(once.progress(), Progress::Made(7)));
    });
}

/// Two threads register: one of them does it, and both find it done.
#[test]
fn loom_a_registration_is_made_once() {
    loom::model(|| {
        let once = Arc::new((Once::new(), AtomicUsize::new(0)));
        let register = |once: &(Once<usize>, AtomicUsize)| {
            once.0.make(|| once.1.fetch_add(1, Relaxed));
            assert_eq!(once.0.get(), Some(&0));
        };
        let other = {
            let once = once.clone();
            thread::spawn(move || register(&once))
        };
        register(&once);
        other.join().unwrap();
        assert_eq!(once.1.load(Relaxed), 1);
    });
}
