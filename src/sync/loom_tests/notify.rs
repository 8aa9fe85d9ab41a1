//! Notifications: none lost, none for two, the first for the first.

use super::{block_on, model, model_with, poll_once, Deed};
use crate::sync::notify::Notify;
use loom::sync::atomic::{AtomicBool, Ordering::Relaxed};
use loom::sync::Arc;
use loom::thread;

#[test]
fn loom_a_notification_races_the_wait_and_is_not_lost() {
    model(|| {
        let notify = Arc::new(Notify::new());
        let other = notify.clone();
        let notifier = thread::spawn(move || other.notify_one());
        let mut wait = notify.notified();
        block_on(|cx| wait.poll_cx(cx));
        notifier.join().unwrap();
    });
}

#[test]
fn loom_what_came_before_a_notification_is_seen_after_it() {
    model(|| {
        let shared = Arc::new((Notify::new(), AtomicBool::new(false)));
        let other = shared.clone();
        let notifier = thread::spawn(move || {
            other.1.store(true, Relaxed);
            other.0.notify_one();
        });
        let mut wait = shared.0.notified();
        block_on(|cx| wait.poll_cx(cx));
        assert!(shared.1.load(Relaxed));
        notifier.join().unwrap();
    });
}

/// The way everybody uses it: make the wait, look, wait.
#[test]
fn loom_a_flag_and_a_call_for_all_miss_nobody() {
    model(|| {
        let shared = Arc::new((Notify::new(), AtomicBool::new(false)));
        let other = shared.clone();
        let setter = thread::spawn(move || {
            other.1.store(true, Relaxed);
            other.0.notify_waiters();
        });
        let mut wait = shared.0.notified();
        if !shared.1.load(Relaxed) {
            block_on(|cx| wait.poll_cx(cx));
            assert!(shared.1.load(Relaxed));
        }
        setter.join().unwrap();
    });
}

#[test]
fn loom_two_notifications_serve_two_that_wait() {
    model_with(2, || {
        let notify = Arc::new(Notify::new());
        let (mut first, mut second) = (notify.notified(), notify.notified());
        assert!(poll_once(|cx| first.poll_cx(cx)).is_pending());
        let others = [notify.clone(), notify.clone()];
        let notifiers = others.map(|notify| thread::spawn(move || notify.notify_one()));
        // Either notification may be first in time, or remembered until now.
        let served = poll_once(|cx| second.poll_cx(cx)).is_ready();
        block_on(|cx| first.poll_cx(cx));
        if !served {
            block_on(|cx| second.poll_cx(cx));
        }
        for notifier in notifiers {
            notifier.join().unwrap();
        }
    });
}

/// Y12: of one call for one and one for all, none is lost on the other's account.
#[test]
fn loom_fault_y12_one_and_all_at_once() {
    model_with(2, || {
        let notify = Arc::new(Notify::new());
        let mut wait = notify.notified();
        assert!(poll_once(|cx| wait.poll_cx(cx)).is_pending());
        let one = notify.clone();
        let one = thread::spawn(move || one.notify_one());
        let all = notify.clone();
        let all = thread::spawn(move || all.notify_waiters());
        block_on(|cx| wait.poll_cx(cx));
        one.join().unwrap();
        all.join().unwrap();
        // If the call for all ended the wait, the other is remembered; if the call for one
        // did, nobody waited for the other.
        drop(wait);
        let mut next = notify.notified();
        let remembered = poll_once(|cx| next.poll_cx(cx)).is_ready();
        let mut last = notify.notified();
        assert!(poll_once(|cx| last.poll_cx(cx)).is_pending(), "remembered twice: {remembered}");
    });
}

/// Y12: a wait that is dropped as its notification comes hands it on.
#[test]
fn loom_fault_y12_a_notification_for_one_that_goes_is_handed_on() {
    model_with(2, || {
        let notify = Arc::new(Notify::new());
        let other = notify.clone();
        let waiter = thread::spawn(move || {
            let mut goes = other.notified();
            // Ready or not, it has taken part; only a ready one may keep the notification.
            let used = poll_once(|cx| goes.poll_cx(cx)).is_ready();
            drop(goes);
            used
        });
        notify.notify_one();
        if !waiter.join().unwrap() {
            let mut stays = notify.notified();
            block_on(|cx| stays.poll_cx(cx));
        }
    });
}

#[test]
fn loom_a_wait_that_changes_its_task_is_still_woken() {
    model(|| {
        let notify = Arc::new(Notify::new());
        let other = notify.clone();
        let notifier = thread::spawn(move || other.notify_waiters());
        let mut wait = notify.notified();
        if poll_once(|cx| wait.poll_cx(cx)).is_pending() {
            // It may have come before the wait was made.
            drop(notifier.join());
            notify.notify_one();
            block_on(|cx| wait.poll_cx(cx));
        }
    });
}

/// The call came before the wait, and does not end it: so the flag must be seen. (Otherwise it
/// waits for ever, which shows as a deadlock.)
#[test]
fn loom_a_wait_that_is_made_after_a_call_sees_what_came_before_it() {
    model(|| {
        let (notify, deed) = (Arc::new(Notify::new()), Deed::new());
        let (other, done) = (notify.clone(), deed.clone());
        let waiter = thread::spawn(move || {
            let mut wait = other.notified();
            if !done.is_seen() {
                block_on(|cx| wait.poll_cx(cx));
            }
        });
        deed.happens();
        notify.notify_waiters();
        waiter.join().unwrap();
    });
}

/// With a wait in the queue the call goes by the lock; another wait learns of it without.
#[test]
fn loom_a_call_for_all_brings_along_what_came_before_it() {
    model(|| {
        let (notify, deed) = (std::sync::Arc::new(Notify::new()), Deed::new());
        let (mut queued, mut made) = (notify.notified(), notify.clone().notified_owned());
        assert!(poll_once(|cx| queued.poll_cx(cx)).is_pending());
        let done = deed.clone();
        let waiter = thread::spawn(move || {
            if poll_once(|cx| made.poll_cx(cx)).is_ready() {
                assert!(done.is_seen());
            }
        });
        deed.happens();
        notify.notify_waiters();
        waiter.join().unwrap();
        assert!(poll_once(|cx| queued.poll_cx(cx)).is_ready());
    });
}

/// As above, by a wait that is in the queue itself, and takes no lock for it.
#[test]
fn loom_a_queued_wait_sees_what_came_before_the_call_that_ends_it() {
    model(|| {
        let (notify, deed) = (std::sync::Arc::new(Notify::new()), Deed::new());
        let mut queued = notify.clone().notified_owned();
        assert!(poll_once(|cx| queued.poll_cx(cx)).is_pending());
        let done = deed.clone();
        let waiter = thread::spawn(move || {
            if poll_once(|cx| queued.poll_cx(cx)).is_ready() {
                assert!(done.is_seen());
            }
        });
        deed.happens();
        notify.notify_waiters();
        waiter.join().unwrap();
    });
}

/// The permit that a wait saw is taken by another thread, which notifies again: the word is as
/// it was, but not what came before.
#[test]
fn loom_of_two_notifications_a_wait_sees_what_came_before_its_own() {
    model(|| {
        let (notify, deed) = (Arc::new(Notify::new()), Deed::new());
        notify.notify_one();
        let (other, done) = (notify.clone(), deed.clone());
        let waiter = thread::spawn(move || {
            let mut wait = other.notified();
            poll_once(|cx| wait.poll_cx(cx)).is_ready() && !done.is_seen()
        });
        let mut wait = notify.notified();
        let took = poll_once(|cx| wait.poll_cx(cx)).is_ready();
        if took {
            deed.happens();
            notify.notify_one();
        }
        let blind = waiter.join().unwrap();
        assert!(!(took && blind), "the first notification was not the waiter's");
    });
}

/// A call for all comes as a wait takes the permit, and ends the wait in its place.
#[test]
fn loom_a_call_for_all_before_a_permit_is_taken_brings_along_what_came_before_it() {
    model(|| {
        let (notify, deed) = (std::sync::Arc::new(Notify::new()), Deed::new());
        notify.notify_one();
        let (mut wait, done) = (notify.clone().notified_owned(), deed.clone());
        let waiter = thread::spawn(move || {
            assert!(poll_once(|cx| wait.poll_cx(cx)).is_ready());
            done.is_seen()
        });
        deed.happens();
        notify.notify_waiters();
        let seen = waiter.join().unwrap();
        let mut next = notify.notified();
        let is_left = poll_once(|cx| next.poll_cx(cx)).is_ready();
        assert!(seen || !is_left, "the permit is there, so it was the call");
    });
}

/// A call for all that finds a wait may find it gone under the lock, where others may then change
/// the word without it.
#[test]
fn loom_a_call_for_all_whose_wait_has_gone_keeps_a_permit() {
    model(|| {
        let notify = Arc::new(Notify::new());
        let caller = {
            let notify = notify.clone();
            thread::spawn(move || notify.notify_waiters())
        };
        let mut wait = notify.notified();
        wait.enter_queue();
        drop(wait);
        notify.notify_one();
        caller.join().unwrap();
        assert!(notify.notified().enter_queue(), "the permit was lost");
    });
}
