//! What the allocator is asked for: once for a spawn, and never for a poll, a wake, or a
//! step from one kind of future into the other.

#![expect(unsafe_code, reason = "an allocator is unsafe to implement")]

use futures::{task, Async, Future};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::compat::{poll_fn_01, Future01CompatExt, Future03CompatExt};
use tokio::runtime::{self, current_thread};
use tokio_executor::waiter::WaiterCell;

/// Counts what each thread allocates.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

fn count_one() {
    // A thread that is ending has no count any more.
    let _ = ALLOCATIONS.try_with(|n| n.set(n.get() + 1));
}

// SAFETY: everything is passed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count_one();
        // SAFETY: passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count_one();
        // SAFETY: passed on.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: passed on.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Asks of each kind of operation, so that queues have grown to their size.
const WARM_UP: u64 = 600;
/// Measured, each time.
const TIMES: u64 = 100;

fn allocations() -> u64 {
    ALLOCATIONS.with(Cell::get)
}

/// What one call of `f` allocates on this thread, after some that do not count.
async fn each<F>(mut f: impl FnMut() -> F) -> f64
where
    F: std::future::Future<Output = ()>,
{
    // The first leaf on this thread that is refused for want of budget makes room for all
    // that are; when that is depends on how fast the other side of a socket is.
    std::future::poll_fn(|cx| {
        while tokio_executor::coop::proceed(&(&*cx).into()) {}
        Poll::Ready(())
    })
    .await;
    for _ in 0..WARM_UP {
        f().await;
    }
    let before = allocations();
    for _ in 0..TIMES {
        f().await;
    }
    (allocations() - before) as f64 / TIMES as f64
}

/// Runs `f` on a runtime of one thread, and on a pool of one worker.
fn on_both_runtimes<F>(f: impl Fn() -> F)
where
    F: std::future::Future<Output = ()> + Send + 'static,
{
    current_thread::Runtime::new().unwrap().block_on_std(f());
    let mut pool = runtime::Builder::new().core_threads(1).build().unwrap();
    pool.block_on_std(f());
}

/// Woken once by its own task, through futures 0.1.
struct Later {
    pending: bool,
}

impl Later {
    fn new() -> Later {
        Later { pending: true }
    }
}

impl Future for Later {
    type Item = ();
    type Error = ();

    fn poll(&mut self) -> futures::Poll<(), ()> {
        if std::mem::take(&mut self.pending) {
            task::current().notify();
            return Ok(Async::NotReady);
        }
        Ok(Async::Ready(()))
    }
}

/// The counter counts: otherwise the zeros below say nothing.
#[test]
fn the_allocator_is_counted() {
    let before = allocations();
    drop(std::hint::black_box(Box::new(7)));
    assert_eq!(allocations() - before, 1);
}

/// Its block; none at all if the block of an earlier task can be used again.
#[test]
fn a_spawn_allocates_once_at_most() {
    on_both_runtimes(|| async {
        let std = each(|| async {
            tokio::spawn_std(async {});
            tokio::task::yield_now().await;
        });
        assert!(std.await <= 1.0, "spawn_std");
        let chained = each(|| async {
            tokio::spawn(futures::future::ok(()));
            tokio::task::yield_now().await;
        });
        assert!(chained.await <= 1.0, "spawn");
        let joined = each(|| async {
            tokio::spawn_handle_std(async { 7 }).await.unwrap();
        });
        assert!(joined.await <= 1.0, "spawn_handle_std and its join");
        let joined = each(|| async {
            let handle = tokio::spawn_handle(futures::future::ok::<_, ()>(7));
            handle.await.unwrap().unwrap();
        });
        assert!(joined.await <= 1.0, "spawn_handle and its join");
    });
}

#[test]
fn a_task_that_stays_on_its_thread_allocates_once_at_most() {
    current_thread::Runtime::new().unwrap().block_on_std(async {
        let local = std::rc::Rc::new(7);
        let spawned = each(|| {
            let local = local.clone();
            async move {
                current_thread::spawn_std(async move { assert_eq!(*local, 7) });
                tokio::task::yield_now().await;
            }
        });
        assert!(spawned.await <= 1.0);
    });
}

#[test]
fn a_poll_and_a_wake_allocate_nothing() {
    on_both_runtimes(|| async {
        assert_eq!(each(tokio::task::yield_now).await, 0.0, "a wake of its own");

        // Two tasks that wake each other through what every leaf of ours waits in.
        let cells = Arc::new((WaiterCell::new(), WaiterCell::new()));
        let partner = cells.clone();
        tokio::spawn_std(std::future::poll_fn(move |cx| {
            partner.0.register(&(&*cx).into());
            partner.1.wake();
            Poll::Pending
        }));
        let turn = each(|| {
            let mut woken = false;
            let cells = &cells;
            std::future::poll_fn(move |cx| {
                if std::mem::replace(&mut woken, true) {
                    return Poll::Ready(());
                }
                cells.1.register(&(&*cx).into());
                cells.0.wake();
                Poll::Pending
            })
        });
        assert_eq!(turn.await, 0.0, "a wake of another task");
    });
}

#[test]
fn a_futures_01_future_below_await_allocates_nothing() {
    on_both_runtimes(|| async {
        let awaited = each(|| async { Later::new().compat().await.unwrap() });
        assert_eq!(awaited.await, 0.0, "compat");
        let polled = each(|| async {
            let mut later = Later::new();
            poll_fn_01(|| later.poll()).await.unwrap();
        });
        assert_eq!(polled.await, 0.0, "poll_fn_01");
    });
}

/// Pending once, in std; it has a place of its own before anything is measured.
struct StdLater {
    pending: bool,
}

impl std::future::Future for StdLater {
    type Output = Result<(), ()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), ()>> {
        if std::mem::take(&mut self.pending) {
            // Kept and woken elsewhere, as a leaf would.
            let kept = std::hint::black_box(cx.waker().clone());
            kept.wake();
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }
}

#[test]
fn a_std_future_in_a_futures_01_chain_allocates_nothing() {
    fn measured() -> impl Future<Item = (), Error = ()> + Send {
        let (mut round, mut before) = (0, 0);
        let mut inner = StdLater { pending: true }.compat();
        futures::future::poll_fn(move || loop {
            if round == WARM_UP {
                before = allocations();
            }
            if round == WARM_UP + TIMES {
                assert_eq!(allocations() - before, 0);
                return Ok(Async::Ready(()));
            }
            match inner.poll()? {
                Async::NotReady => return Ok(Async::NotReady),
                Async::Ready(()) => {
                    round += 1;
                    inner = StdLater { pending: true }.compat();
                }
            }
        })
    }

    current_thread::Runtime::new().unwrap().block_on(measured()).unwrap();
    let mut pool = runtime::Builder::new().core_threads(1).build().unwrap();
    pool.block_on(measured()).unwrap();
}

#[test]
fn a_bridge_to_and_fro_allocates_nothing() {
    on_both_runtimes(|| async {
        let awaited = each(|| async {
            // std, futures 0.1, std, futures 0.1.
            let mut innermost = std::pin::pin!(Later::new().compat());
            let inner = innermost.as_mut().compat();
            inner.map_err(drop).compat().await.unwrap();
        });
        assert_eq!(awaited.await, 0.0);
    });
}

/// Among strangers it works just as well, for one block each time a bridge starts.
#[test]
fn a_foreign_executor_pays_once_for_a_bridge() {
    struct Nobody;

    impl std::task::Wake for Nobody {
        fn wake(self: Arc<Self>) {}
    }

    let waker = std::task::Waker::from(Arc::new(Nobody));
    let mut cx = Context::from_waker(&waker);
    let mut bridge = futures::future::poll_fn(|| {
        drop(task::current());
        Ok::<Async<()>, ()>(Async::NotReady)
    })
    .compat();
    let poll = |bridge: &mut _, cx: &mut Context<'_>| {
        assert!(std::future::Future::poll(Pin::new(bridge), cx).is_pending());
    };
    poll(&mut bridge, &mut cx);
    let before = allocations();
    for _ in 0..TIMES {
        poll(&mut bridge, &mut cx);
    }
    assert_eq!(allocations() - before, 0);
}

#[test]
fn a_round_trip_over_a_socket_allocates_nothing() {
    use std::io::{Read, Write};
    use tokio::net::{TcpListener, TcpStream};

    let listener = TcpListener::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let peer = std::thread::spawn(move || {
        let mut peer = std::net::TcpStream::connect(address).unwrap();
        let mut byte = [0];
        while peer.read(&mut byte).unwrap() > 0 {
            peer.write_all(&byte).unwrap();
        }
    });
    current_thread::Runtime::new().unwrap().block_on_std(async {
        let (socket, _): (TcpStream, _) =
            std::future::poll_fn(|cx| listener.poll_accept_cx(&(&*cx).into())).await.unwrap();
        let round = each(|| async {
            let wrote = std::future::poll_fn(|cx| socket.poll_write_cx(&(&*cx).into(), b"x"));
            assert_eq!(wrote.await.unwrap(), 1);
            let mut byte = [0];
            let read = std::future::poll_fn(|cx| socket.poll_read_cx(&(&*cx).into(), &mut byte));
            assert_eq!(read.await.unwrap(), 1);
        });
        assert_eq!(round.await, 0.0, "polled under std");
        let round = each(|| async {
            let (mut reader, mut writer) = (&socket, &socket);
            poll_fn_01(|| tokio::io::AsyncWrite::poll_write(&mut writer, b"x")).await.unwrap();
            let mut byte = [0];
            let read = poll_fn_01(|| tokio::io::AsyncRead::poll_read(&mut reader, &mut byte));
            assert_eq!(read.await.unwrap(), 1);
        });
        assert_eq!(round.await, 0.0, "polled as futures 0.1 below an await");
        let round = each(|| async {
            tokio::io::write_all(&socket, b"x").await.unwrap();
            let (_, read) = tokio::io::read_exact(&socket, [0]).await.unwrap();
            assert_eq!(&read, b"x");
        });
        assert_eq!(round.await, 0.0, "the helpers, awaited");
    });
    peer.join().unwrap();
}
