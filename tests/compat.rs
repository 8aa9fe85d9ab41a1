//! The adapters between futures 0.1 and std, on our executors and on others'.

use futures::sync::{mpsc, oneshot};
use futures::{future, stream, task, Async, AsyncSink, Future, Sink, Stream};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use tokio::compat::{
    Compat01, Future01CompatExt, Future03CompatExt, Sink01CompatExt, Stream01CompatExt,
};

/// An executor that knows nothing of futures 0.1.
fn foreign_block_on<F: std::future::Future>(future: F) -> F::Output {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

async fn through_channels() {
    // A future that another thread completes.
    let (tx, rx) = oneshot::channel();
    let other = thread::spawn(move || tx.send(7).unwrap());
    assert_eq!(rx.compat().await, Ok(7));
    other.join().unwrap();

    // A sink and a stream, against back pressure.
    let (tx, rx) = mpsc::channel(0);
    let mut rx = rx.compat();
    let other = thread::spawn(move || {
        foreign_block_on(async {
            let mut tx = tx.sink_compat();
            for n in 0..100 {
                tx.send(n).await.unwrap();
            }
            tx.close().await.unwrap();
        });
    });
    let mut expected = 0;
    while let Some(n) = rx.next().await {
        assert_eq!(n, Ok(expected));
        expected += 1;
    }
    assert_eq!(expected, 100);
    other.join().unwrap();

    let failing = stream::once::<(), _>(Err("no luck"));
    assert_eq!(failing.compat().next().await, Some(Err("no luck")));
}

#[test]
fn futures_01_code_can_be_awaited_on_every_executor() {
    foreign_block_on(through_channels());
    tokio::run_std(through_channels());
    tokio::runtime::current_thread::run_std(through_channels());
}

#[test]
fn std_code_can_be_chained_on_every_executor() {
    fn chain() -> impl Future<Item = i32, Error = ()> + Send {
        let waits = async {
            let (tx, rx) = oneshot::channel();
            let other = thread::spawn(move || tx.send(20).unwrap());
            let n = rx.compat().await.map_err(drop)?;
            other.join().unwrap();
            Ok::<_, ()>(n)
        };
        waits.boxed_compat().map(|n| n + 1).and_then(|n| async move { Ok(n * 2) }.boxed_compat())
    }

    assert_eq!(chain().wait(), Ok(42));
    let mut runtime = tokio::runtime::Runtime::new().unwrap();
    assert_eq!(runtime.block_on(chain()), Ok(42));
    let mut local = tokio::runtime::current_thread::Runtime::new().unwrap();
    assert_eq!(local.block_on(chain()), Ok(42));
    // Inside a combinator that tells its children apart.
    let all = future::join_all((0..10).map(|_| chain()));
    assert_eq!(runtime.block_on(all), Ok(vec![42; 10]));
    let first = stream::futures_unordered((0..10).map(|_| chain())).collect();
    assert_eq!(runtime.block_on(first), Ok(vec![42; 10]));
}

/// Our own types need no adapter.
#[test]
fn one_future_serves_both_worlds() {
    let delay = || tokio::timer::sleep(std::time::Duration::from_millis(1));
    tokio::run_std(async move {
        delay().await;
        tokio::spawn_handle(delay().map_err(drop)).await.unwrap().unwrap();
    });
    tokio::run(delay().map_err(|e| panic!("{e}")));
}

/// X07 for the adapters: a futures 0.1 future sees the task's own values below `.await`.
#[test]
fn fault_x07_task_locals_reach_through_the_adapters() {
    futures::task_local! {
        static SEEN: std::cell::Cell<u32> = std::cell::Cell::new(0)
    }

    fn see() -> u32 {
        SEEN.with(|seen| seen.replace(seen.get() + 1))
    }

    tokio::run_std(async {
        assert_eq!(see(), 0);
        assert_eq!(future::lazy(|| Ok::<_, ()>(see())).compat().await, Ok(1));
        let inner = async { Ok::<_, ()>(see()) }.boxed_compat();
        assert_eq!(inner.compat().await, Ok(2));
        tokio::task::yield_now().await;
        assert_eq!(see(), 3);
        assert!(task::is_in_task());
    });
}

/// A sink that has room only every other time.
struct Fussy {
    refuse: bool,
    got: Vec<u32>,
}

impl Sink for Fussy {
    type SinkItem = u32;
    type SinkError = ();

    fn start_send(&mut self, item: u32) -> futures::StartSend<u32, ()> {
        self.refuse = !self.refuse;
        if self.refuse {
            task::current().notify();
            return Ok(AsyncSink::NotReady(item));
        }
        self.got.push(item);
        Ok(AsyncSink::Ready)
    }

    fn poll_complete(&mut self) -> futures::Poll<(), ()> {
        Ok(Async::Ready(()))
    }

    fn close(&mut self) -> futures::Poll<(), ()> {
        self.poll_complete()
    }
}

#[test]
fn a_refused_item_is_offered_again() {
    tokio::run_std(async {
        let mut sink = Fussy { refuse: false, got: Vec::new() }.sink_compat();
        for n in 0..5 {
            sink.send(n).await.unwrap();
        }
        assert_eq!(sink.into_inner().got, [0, 1, 2, 3, 4]);
    });
}

#[test]
fn a_dropped_wait_for_a_stream_loses_no_item() {
    tokio::run_std(async {
        let (tx, rx) = mpsc::unbounded();
        let mut rx = rx.compat();
        {
            let mut next = std::pin::pin!(rx.next());
            let mut cx = Context::from_waker(Waker::noop());
            assert!(next.as_mut().poll(&mut cx).is_pending());
        }
        tx.unbounded_send(7).unwrap();
        assert_eq!(rx.next().await, Some(Ok(7)));
    });
}

use std::future::Future as _;

#[test]
fn an_adapter_gives_back_what_is_inside() {
    let adapter = Compat01::new(future::ok::<_, ()>(7));
    assert_eq!(adapter.into_inner().wait(), Ok(7));
}

/// X05: a waker is of no thread and of no scope. It may be kept beyond its task, beyond
/// the executor, and beyond what the future borrowed.
#[test]
fn fault_x05_a_waker_may_be_kept_beyond_what_it_woke() {
    fn of_any_thread<T: Send + Sync + 'static>() {}
    of_any_thread::<tokio_executor::waiter::Waiter>();
    of_any_thread::<tokio_executor::cross::As01>();
    of_any_thread::<tokio::task::JoinHandle<()>>();
    of_any_thread::<tokio::task::AbortHandle>();

    let mut kept = Vec::new();
    for _ in 0..2 {
        let text = String::from("on the stack");
        let borrows = std::future::poll_fn(|cx| {
            assert_eq!(text.len(), 12);
            kept.push(cx.waker().clone());
            std::task::Poll::Ready(())
        });
        tokio::runtime::Runtime::new().unwrap().block_on_here(borrows);
        let borrows = std::future::poll_fn(|cx| {
            assert_eq!(text.len(), 12);
            kept.push(cx.waker().clone());
            std::task::Poll::Ready(())
        });
        tokio::runtime::current_thread::Runtime::new().unwrap().block_on_std(borrows);
    }
    let (tx, rx) = std::sync::mpsc::channel();
    let mut runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on_std(std::future::poll_fn(move |cx| {
        tx.send(cx.waker().clone()).unwrap();
        std::task::Poll::Ready(())
    }));
    drop(runtime);
    kept.extend(rx);
    assert_eq!(kept.len(), 5);
    std::thread::spawn(move || {
        for waker in kept {
            let copy = waker.clone();
            waker.wake();
            copy.wake_by_ref();
        }
    })
    .join()
    .unwrap();
}
