//! The block behind a waker that stands for a futures 0.1 task, given up by two threads.

use super::WakerNotify;
use crate::sys::UnsafeCell;
use loom::thread;
use std::sync::Arc;
use std::task::{Wake, Waker};

/// Read by each wake, and written by its drop.
struct Content(UnsafeCell<u32>);

// SAFETY: what the model is about: loom checks each access.
unsafe impl Sync for Content {}
// SAFETY: as above.
unsafe impl Send for Content {}

impl Wake for Content {
    fn wake(self: Arc<Self>) {
        // SAFETY: what the model is about.
        self.0.with(|content| assert_eq!(unsafe { *content }, 7));
    }
}

impl Drop for Content {
    fn drop(&mut self) {
        // SAFETY: what the model is about.
        self.0.with_mut(|content| unsafe { *content = 0 });
    }
}

/// X02: whoever drops the last handle drops the waker, after all wakes.
#[test]
fn loom_fault_x02_the_last_handle_drops_the_waker() {
    loom::model(|| {
        let content = Arc::new(Content(UnsafeCell::new(7)));
        let handle = WakerNotify::handle(Waker::from(content));
        let other = {
            let handle = handle.clone();
            thread::spawn(move || handle.notify(0))
        };
        handle.notify(0);
        drop(handle);
        other.join().unwrap();
    });
}
