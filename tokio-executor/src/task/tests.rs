//! A task's result, its budget, and its life on executors that are not ours.

use super::header::Header;
use super::ids::TaskNumber;
use super::test_queue::Queue;
use super::{AfterRun, Context, NewTask, TaskKind, TaskRef};
use crate::coop;
use futures::executor::{self, Notify, NotifyHandle};
use futures::sync::mpsc as mpsc01;
use futures::{future, Async, Future, Stream};
use std::panic;
use std::pin::pin;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{mpsc, Arc, Mutex};
use std::task::{Poll, Wake, Waker};
use std::thread;

struct Counts(AtomicUsize);

impl Wake for Counts {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

impl Notify for Counts {
    fn notify(&self, _: usize) {
        self.0.fetch_add(1, SeqCst);
    }
}

fn counts() -> Arc<Counts> {
    Arc::new(Counts(AtomicUsize::new(0)))
}

/// Tells the thread on which it is dropped.
struct Tells(mpsc::Sender<thread::ThreadId>);

impl Drop for Tells {
    fn drop(&mut self) {
        let _ = self.0.send(thread::current().id());
    }
}

/// The result of a detached task used to stay in its block until the last waker was gone.
#[test]
fn a_result_that_nobody_joins_is_dropped_by_the_run() {
    let queue = Queue::default();
    let (tell, told) = mpsc::channel();
    let (task, handle) = NewTask::joined_std(async move { Tells(tell) });
    let abort = handle.abort_handle();
    drop(handle);
    assert!(matches!(queue.run_one(task), AfterRun::Done));
    assert_eq!(told.try_recv(), Ok(thread::current().id()));
    assert!(abort.is_finished());
}

/// As above, with the handle dropped when the result has been left for it.
#[test]
fn a_result_is_dropped_by_the_handle_that_goes_after_the_task() {
    let queue = Queue::default();
    let (tell, told) = mpsc::channel();
    let (task, handle) = NewTask::joined_std(async move { Tells(tell) });
    assert!(matches!(queue.run_one(task), AfterRun::Done));
    assert!(told.try_recv().is_err());
    drop(handle);
    assert!(told.try_recv().is_ok());
}

/// Task-local values of futures 0.1 went with the block, wherever that was freed.
#[test]
fn task_local_values_are_dropped_by_the_run() {
    use std::cell::RefCell;
    futures::task_local!(static KEPT: RefCell<Option<Tells>> = RefCell::new(None));
    let queue = Queue::default();
    let (tell, told) = mpsc::channel();
    let (task, handle) = NewTask::joined(future::lazy(move || {
        KEPT.with(|kept| *kept.borrow_mut() = Some(Tells(tell)));
        Ok::<_, ()>(())
    }));
    assert!(matches!(queue.run_one(task), AfterRun::Done));
    assert_eq!(told.try_recv(), Ok(thread::current().id()));
    drop(handle);
}

/// A panic whose payload panics when it is dropped used to end the thread of the run.
#[test]
fn a_result_that_panics_in_its_drop_with_such_a_payload_is_survived() {
    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic::panic_any(Fuse);
        }
    }

    struct Fuse;

    impl Drop for Fuse {
        fn drop(&mut self) {
            panic!("in the drop of a payload");
        }
    }

    let queue = Queue::default();
    let (task, handle) = NewTask::joined_std(async { Bomb });
    drop(handle);
    assert!(matches!(queue.run_one(task), AfterRun::Done));
}

/// The poll of a task that waits for a channel by `Stream::wait` hung when the budget was
/// spent: it waited for a wake that was put off until its own end.
#[test]
fn a_task_that_waits_in_its_poll_gets_every_message() {
    let queue = Queue::default();
    let (task, handle) = NewTask::joined(future::lazy(|| {
        let (tx, rx) = mpsc01::unbounded();
        for i in 0..1000 {
            tx.unbounded_send(i).unwrap();
        }
        drop(tx);
        let mut rx = rx;
        let budgeted = futures::stream::poll_fn(move || {
            if !coop::proceed(&Context::current()) {
                return Ok(Async::NotReady);
            }
            rx.poll()
        });
        Ok::<_, ()>(budgeted.wait().count())
    }));
    assert!(matches!(queue.run_one(task), AfterRun::Done));
    assert_eq!(handle.wait().unwrap(), Ok(1000));
}

/// As above, by the `block_on` of another library, whose waker tells nothing.
#[test]
fn a_task_that_blocks_in_its_poll_by_foreign_means_gets_every_operation() {
    struct Unpark(thread::Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let queue = Queue::default();
    let (task, handle) = NewTask::joined_std(std::future::poll_fn(|_| {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut done = 0;
        let mut operations = pin!(std::future::poll_fn(move |cx| {
            while coop::proceed(&Context::from(&*cx)) {
                done += 1;
                if done == 1000 {
                    return Poll::Ready(done);
                }
            }
            Poll::Pending
        }));
        let mut cx = std::task::Context::from_waker(&waker);
        loop {
            match std::future::Future::poll(operations.as_mut(), &mut cx) {
                Poll::Ready(done) => return Poll::Ready(done),
                Poll::Pending => thread::park(),
            }
        }
    }));
    assert!(matches!(queue.run_one(task), AfterRun::Done));
    assert_eq!(handle.wait().unwrap(), 1000);
}

#[test]
fn code_without_a_budget_leaves_the_budget_as_it_was() {
    let queue = Queue::default();
    let (task, handle) = NewTask::joined_std(std::future::poll_fn(|cx| {
        let cx = Context::from(&*cx);
        let unlimited = || (0..1000).all(|_| coop::proceed(&cx));
        assert!(coop::unlimited(unlimited));
        let panicked = panic::catch_unwind(panic::AssertUnwindSafe(|| {
            coop::unlimited(|| panic!("inside"));
        }));
        assert!(panicked.is_err());
        Poll::Ready((0..1000).take_while(|_| coop::proceed(&cx)).count())
    }));
    assert!(matches!(queue.run_one(task), AfterRun::Done));
    assert_eq!(handle.wait().unwrap(), super::running::BUDGET as usize);
}

/// A poll that runs another task has handed on what it read itself, and nothing else.
#[test]
fn what_a_task_has_read_is_its_own() {
    use super::running::{note_read, note_wake_of_other, owes_a_turn};

    let queue = Arc::new(Queue::default());
    let inner = |queue: &Queue| {
        let (task, _handle) = NewTask::joined_std(async { note_read() });
        assert!(matches!(queue.run_one(task), AfterRun::Done));
    };
    let theirs = queue.clone();
    let (task, handle) = NewTask::joined_std(async move {
        inner(&theirs);
        note_wake_of_other();
        assert!(!owes_a_turn(), "it has read nothing");
        note_read();
        note_wake_of_other();
        inner(&theirs);
        assert!(owes_a_turn());
    });
    assert!(matches!(queue.run_one(task), AfterRun::Done));
    handle.wait().unwrap();
}

#[test]
fn a_task_that_is_polled_inside_a_recorded_poll_is_not_recorded_by_that() {
    use super::running::{is_recorded, Recorded};

    let queue = Arc::new(Queue::default());
    let theirs = queue.clone();
    let (task, handle) = NewTask::joined_std(async move {
        let _recorded = Recorded::begin();
        let (inner, seen) = NewTask::joined_std(async { is_recorded() });
        assert!(matches!(theirs.bind(inner).run_unseen(), AfterRun::Done));
        assert!(!seen.wait().unwrap());
        assert!(is_recorded());
    });
    assert!(matches!(queue.bind(task).run_unseen(), AfterRun::Done));
    handle.wait().unwrap();
}

#[test]
fn a_loop_over_tasks_that_have_ended_takes_from_the_budget() {
    let queue = Queue::default();
    let mut ended: Vec<_> = (0..200)
        .map(|_| {
            let (task, handle) = NewTask::joined_std(async {});
            assert!(matches!(queue.run_one(task), AfterRun::Done));
            handle
        })
        .collect();
    let (task, handle) = NewTask::joined_std(std::future::poll_fn(move |cx| {
        let is_ready =
            |handle| std::future::Future::poll(std::pin::Pin::new(handle), cx).is_ready();
        Poll::Ready(ended.iter_mut().map(is_ready).take_while(|&is_ready| is_ready).count())
    }));
    assert!(matches!(queue.run_one(task), AfterRun::Done));
    assert_eq!(handle.wait().unwrap(), super::running::BUDGET as usize);
}

/// A waker that polls at once what it wakes was refused in its turn, and that refusal was
/// forgotten with the run.
#[test]
fn a_waker_that_polls_and_is_refused_is_woken() {
    struct Inline {
        woken: Arc<Counts>,
        /// Is told where it is woken, and whether it was refused there.
        tells: mpsc::Sender<(thread::ThreadId, bool)>,
    }

    impl Wake for Inline {
        fn wake(self: Arc<Self>) {
            let waker = Waker::from(self.woken.clone());
            let is_refused = !coop::proceed(&Context::from_waker(&waker));
            self.tells.send((thread::current().id(), is_refused)).unwrap();
        }
    }

    let queue = Queue::default();
    // A thread that has no processor for some milliseconds of the poll is taken for one that waits
    // in it: another one wakes, and polls without a budget.
    let (woken, is_refused) = loop {
        let (woken, (tells, told)) = (counts(), mpsc::channel());
        let waker = Waker::from(Arc::new(Inline { woken: woken.clone(), tells }));
        let task = NewTask::new_std(std::future::poll_fn(move |cx| {
            while coop::proceed(&Context::from(&*cx)) {}
            assert!(!coop::proceed(&Context::from_waker(&waker)));
            Poll::Ready(())
        }));
        assert!(matches!(queue.run_one(task), AfterRun::Done));
        // By `recv`, since the other one may be at it; but once only.
        let (thread, is_refused) = told.recv().expect("it is woken");
        assert!(told.recv().is_err(), "it is woken once");
        if thread == thread::current().id() {
            break (woken, is_refused);
        }
    };
    assert!(is_refused);
    assert_eq!(woken.0.load(SeqCst), 1);
}

/// Polls a task on an executor that is not ours.
fn poll_foreign<F>(foreign: &mut executor::Spawn<F>, notify: &Arc<Counts>) -> Async<()>
where
    F: Future<Item = (), Error = ()>,
{
    foreign.poll_future_notify(&NotifyHandle::from(notify.clone()), 0).unwrap()
}

/// An abort of a task on another's executor did nothing.
#[test]
fn an_abort_wakes_a_foreign_executor_and_drops_the_future() {
    let (tell, told) = mpsc::channel();
    let tells = Tells(tell);
    let (task, handle) = NewTask::joined_std(async move {
        let _tells = tells;
        std::future::pending::<()>().await;
    });
    let mut foreign = executor::spawn(task.into_future());
    let woken = counts();
    assert_eq!(poll_foreign(&mut foreign, &woken), Async::NotReady);
    handle.abort();
    assert_eq!(woken.0.load(SeqCst), 1);
    assert_eq!(poll_foreign(&mut foreign, &woken), Async::Ready(()));
    assert!(told.try_recv().is_ok());
    assert!(handle.wait().unwrap_err().is_cancelled());
}

/// Whatever state its task is in, a foreign task that is dropped drops it.
#[test]
fn a_foreign_task_that_is_dropped_cancels_its_task() {
    for polls in 0..3 {
        let waker = Arc::new(Mutex::new(None::<Waker>));
        let kept = waker.clone();
        let (task, handle) = NewTask::joined_std(std::future::poll_fn(move |cx| {
            *kept.lock().unwrap() = Some(cx.waker().clone());
            Poll::<()>::Pending
        }));
        let mut foreign = executor::spawn(task.into_future());
        let woken = counts();
        if polls > 0 {
            assert_eq!(poll_foreign(&mut foreign, &woken), Async::NotReady);
        }
        if polls > 1 {
            waker.lock().unwrap().as_ref().unwrap().wake_by_ref();
            assert_eq!(woken.0.load(SeqCst), 1);
        }
        drop(foreign);
        assert!(handle.is_finished());
        if let Some(waker) = waker.lock().unwrap().take() {
            waker.wake();
        }
        assert!(handle.wait().unwrap_err().is_cancelled());
    }
}

/// A foreign task, and a wake from another thread as it is dropped.
#[test]
fn a_foreign_task_may_be_dropped_while_its_task_is_woken() {
    for _ in 0..200 {
        let (send, wakers) = mpsc::channel::<Waker>();
        let (task, handle) = NewTask::joined_std(std::future::poll_fn(move |cx| {
            let _ = send.send(cx.waker().clone());
            Poll::<()>::Pending
        }));
        let mut foreign = executor::spawn(task.into_future());
        assert_eq!(poll_foreign(&mut foreign, &counts()), Async::NotReady);
        let waker = wakers.recv().unwrap();
        let waking = thread::spawn(move || waker.wake());
        drop(foreign);
        waking.join().unwrap();
        assert!(handle.wait().unwrap_err().is_cancelled());
    }
}

#[test]
fn a_panic_of_a_foreign_task_comes_out_of_its_poll() {
    let mut foreign =
        executor::spawn(NewTask::new_std(async { panic!("of a foreign task") }).into_future());
    let panicked =
        panic::catch_unwind(panic::AssertUnwindSafe(|| poll_foreign(&mut foreign, &counts())));
    assert!(panicked.is_err());
    assert_eq!(poll_foreign(&mut foreign, &counts()), Async::Ready(()));
}

/// The link of a queue needs the `Runnable` to itself.
#[test]
fn a_link_is_taken_once() {
    let queue = Queue::default();
    let mut first = queue.bind(NewTask::new(future::ok(())));
    let second = queue.bind(NewTask::new(future::ok(())));
    first.set_next(Some(second));
    assert!(first.take_next().is_some());
    assert!(first.take_next().is_none());
}

/// What an inspector shows of a task.
#[test]
fn a_task_knows_its_kind_its_place_and_its_number() {
    let line = line!() + 2;
    let (old, new, blocking) = (
        NewTask::joined(future::ok::<u8, ()>(7)).1,
        NewTask::joined_std(async { 7 }).1,
        NewTask::joined_blocking(|| 7).1,
    );
    let tasks = [old.task(), new.task(), blocking.task()];
    assert_eq!(
        tasks.map(TaskRef::kind),
        [TaskKind::Futures01, TaskKind::Async, TaskKind::Blocking]
    );
    assert_eq!(tasks.map(|task| task.spawned_at().line()), [line, line + 1, line + 2]);
    assert!(tasks[0].spawned_at().file().ends_with("tests.rs"));
    assert!(tasks[0].type_name().contains("FutureResult"));
    assert!(tasks[1].type_name().contains("a_task_knows"));
    let ids = |_| {
        thread::spawn(|| {
            let one = || NewTask::joined_std(async {}).1.task().id();
            (0..3000).map(|_| one()).collect::<Vec<_>>()
        })
    };
    let mut all: Vec<_> =
        [0, 1, 2].map(ids).into_iter().flat_map(|ids| ids.join().unwrap()).collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 9000);
    assert!(all[0] > 0);
}

#[test]
fn a_blocking_task_has_no_budget() {
    let queue = Queue::default();
    let (task, handle) = NewTask::joined_blocking(|| {
        let waker = Waker::from(counts());
        (0..1000).all(|_| coop::proceed(&Context::from_waker(&waker)))
    });
    assert!(matches!(queue.run_one(task), AfterRun::Done));
    assert!(handle.wait().unwrap());
}

/// Beside the state and the links that it needs to run at all, for those who look inside.
#[test]
fn a_task_has_16_bytes_for_its_number_and_its_place() {
    let [number, place] = [size_of::<TaskNumber>(), size_of::<&std::panic::Location<'_>>()];
    assert!(number + place <= 16, "{number} + {place}");
    // State, methods, owner of two words, next, two links, and the list's index.
    let others = 7 * size_of::<usize>() + size_of::<u64>();
    let header = size_of::<Header>();
    assert!(header <= others + 16, "a head of {header} bytes, of which {others} are needed anyway");
}
