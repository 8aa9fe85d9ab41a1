//! Many tasks are joined, in the order in which they end, as a `JoinSet` does.

use super::WokenKeys;
use crate::park::Token;
use crate::task::models::Queue;
use crate::task::{Context, JoinHandle, NewTask};
use loom::thread;
use std::sync::Arc;
use std::task::{Poll, Wake, Waker};

/// Who joins, and sleeps meanwhile.
struct Joiner(Token);

impl Wake for Joiner {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Two tasks that end on another thread.
struct Set {
    members: Vec<Option<(JoinHandle<u32>, Waker)>>,
    woken: Arc<WokenKeys>,
}

impl Set {
    /// As `JoinSet::insert`.
    fn insert(&mut self, handle: JoinHandle<u32>) {
        let key = self.members.len() as u64;
        self.members.push(Some((handle, self.woken.waker(key))));
        self.woken.list(key);
    }

    /// As `JoinSet::poll_join_next`: the results that are there.
    fn poll(&mut self, cx: &Context<'_>, results: &mut Vec<u32>) {
        if !self.woken.begin_poll(cx) {
            return;
        }
        while let Some(key) = self.woken.take() {
            // A key may be listed once more after its task was joined.
            let Some((handle, waker)) = &mut self.members[key as usize] else { continue };
            if let Poll::Ready(result) = handle.poll_join(&Context::from_waker(waker)) {
                results.push(result.unwrap());
                self.members[key as usize] = None;
            }
        }
    }
}

/// Both are joined, whenever they end. (A wake that is lost shows as a deadlock.)
#[test]
fn loom_every_task_of_a_set_is_joined() {
    loom::model(|| {
        let queue = Queue::new();
        let mut set = Set { members: Vec::new(), woken: WokenKeys::new() };
        for n in 0..2 {
            let (task, handle) = NewTask::joined_std(async move { n });
            queue.take_in(task);
            set.insert(handle);
        }
        let runner = {
            let queue = queue.clone();
            thread::spawn(move || while queue.pop_and_run() {})
        };
        let joiner = Arc::new(Joiner(Token::new()));
        let waker = Waker::from(joiner.clone());
        let mut results = Vec::new();
        loop {
            set.poll(&Context::from_waker(&waker), &mut results);
            if results.len() == 2 {
                break;
            }
            joiner.0.park(None);
        }
        results.sort_unstable();
        assert_eq!(results, [0, 1]);
        runner.join().unwrap();
    });
}

/// A key that is listed during a poll that has found none wakes the task at once.
#[test]
fn loom_a_member_that_is_woken_during_a_poll_is_looked_at() {
    loom::model(|| {
        let woken = WokenKeys::new();
        let member = woken.waker(7);
        let other = thread::spawn(move || member.wake());
        let joiner = Arc::new(Joiner(Token::new()));
        let waker = Waker::from(joiner.clone());
        while !woken.begin_poll(&Context::from_waker(&waker)) {
            joiner.0.park(None);
        }
        assert_eq!(woken.take(), Some(7));
        other.join().unwrap();
    });
}
