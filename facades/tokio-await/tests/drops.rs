//! In which order tasks, futures and outputs are dropped.

use std::cell::RefCell;
use std::future::pending;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use tokio::runtime::Builder;
use tokio::task::{yield_now, JoinSet};
use tokio_await as tokio;

#[derive(Clone, Default)]
struct Log(Rc<RefCell<Vec<&'static str>>>);

/// Writes its name down when it is dropped.
struct Named(&'static str, Log);

impl Log {
    fn named(&self, name: &'static str) -> Named {
        Named(name, self.clone())
    }

    fn take(&self) -> Vec<&'static str> {
        self.0.take()
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        self.1 .0.borrow_mut().push(self.0);
    }
}

/// They were dropped last to first.
#[tokio::test(crate = "tokio_await")]
async fn the_losers_of_a_select_are_dropped_in_their_order_and_before_the_handler() {
    let log = Log::default();
    let hold = |name| {
        let named = log.named(name);
        async move {
            let _named = named;
            pending::<()>().await;
        }
    };
    tokio::select! {
        biased;
        () = hold("first") => {}
        () = yield_now() => assert_eq!(log.take(), ["first", "third"]),
        () = hold("third") => {}
    }
}

/// Outputs were dropped before futures that stand before them.
#[tokio::test(crate = "tokio_await")]
async fn a_failed_try_join_drops_futures_and_outputs_in_their_order() {
    let log = Log::default();
    let failed = tokio::try_join!(
        async {
            let _named = log.named("waits");
            pending::<Result<(), ()>>().await
        },
        async { Ok::<_, ()>(log.named("output")) },
        async {
            let _named = log.named("fails");
            yield_now().await;
            Err::<(), _>(())
        },
    );
    assert!(failed.is_err());
    assert_eq!(log.take(), ["fails", "waits", "output"]);
}

#[tokio::test(crate = "tokio_await")]
async fn a_future_that_is_joined_is_dropped_when_it_is_done() {
    let log = Log::default();
    let (first, second) = tokio::join!(
        async {
            let _named = log.named("future");
            log.named("output")
        },
        async {
            yield_now().await;
            log.take()
        },
    );
    assert_eq!(second, ["future"]);
    drop(first);
    assert_eq!(log.take(), ["output"]);
}

/// Future and output share their room.
#[test]
fn joined_futures_take_no_room_for_their_outputs() {
    async fn big() -> [u8; 512] {
        let room = [1; 512];
        yield_now().await;
        room
    }

    let joined = async { tokio::join!(big(), big()) };
    assert!(size_of_val(&joined) < 3 * 512 + 128, "{} bytes", size_of_val(&joined));
    drop(big());
}

type Order = Arc<Mutex<Vec<u8>>>;

/// Writes its number down when it is dropped.
struct Numbered(u8, Order);

impl Drop for Numbered {
    fn drop(&mut self) {
        self.1.lock().unwrap().push(self.0);
    }
}

async fn waits(number: u8, order: Order) {
    let _numbered = Numbered(number, order);
    pending::<()>().await;
}

/// The newest was dropped first.
#[test]
fn a_runtime_drops_the_oldest_task_first() {
    let order = Order::default();
    let runtime = Builder::new_current_thread().build().unwrap();
    for number in 0..4 {
        runtime.spawn(waits(number, order.clone()));
    }
    runtime.block_on(yield_now());
    drop(runtime);
    assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3]);
}

/// They were cancelled in the order of a hash map.
#[tokio::test(crate = "tokio_await")]
async fn a_set_cancels_its_oldest_task_first() {
    let order = Order::default();
    let mut set = JoinSet::new();
    for number in 0..20 {
        set.spawn(waits(number, order.clone()));
    }
    yield_now().await;
    set.shutdown().await;
    assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
}
