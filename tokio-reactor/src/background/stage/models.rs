//! A background reactor that is asked to end, while its sources go.

use super::{Stage, Turns, ENDING, IDLE_ENDS};
use crate::readiness::Sides;
use crate::table::{AfterFree, Table};
use loom::sync::Arc;
use loom::thread;
use std::io;
use std::task::{Poll, Wake, Waker};
use tokio_executor::internals::sys::UnsafeCell;
use tokio_executor::park::Token;
use tokio_executor::task::Context;

/// A reactor without descriptors: its wait is that for a token.
struct Toy {
    table: Arc<Table<()>>,
    turn: std::sync::Arc<Token>,
    data: Arc<Data>,
}

impl Turns for Toy {
    fn is_idle(&self) -> bool {
        self.table.in_use() == 0
    }

    fn turn(&mut self) -> io::Result<()> {
        self.turn.park(None);
        Ok(())
    }
}

impl Drop for Toy {
    fn drop(&mut self) {
        // Whoever told it to end wrote before.
        self.data.add_to(1);
    }
}

/// Written by whoever ends the reactor, then by the reactor's end, then read.
struct Data(UnsafeCell<u32>);

// SAFETY: loom checks each access.
unsafe impl Send for Data {}
// SAFETY: as above.
unsafe impl Sync for Data {}

impl Data {
    fn add_to(&self, before: u32) {
        // SAFETY: loom reports an access at the same time.
        self.0.with_mut(|data| unsafe {
            assert_eq!(*data, before);
            *data += 1;
        });
    }
}

/// A thread that waits for the end.
struct Waits(Token);

impl Wake for Waits {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.unpark();
    }
}

fn wait_for_end(stage: &Stage) {
    let waits = std::sync::Arc::new(Waits(Token::new()));
    let waker = Waker::from(waits.clone());
    while stage.poll_ended(&Context::from_waker(&waker)) == Poll::Pending {
        waits.0.park(None);
    }
}

struct Setup {
    stage: Arc<Stage>,
    table: Arc<Table<()>>,
    turn: std::sync::Arc<Token>,
    data: Arc<Data>,
    thread: thread::JoinHandle<()>,
}

fn start() -> Setup {
    let stage = Arc::new(Stage::new());
    let table = Arc::new(Table::new());
    let turn = std::sync::Arc::new(Token::new());
    let data = Arc::new(Data(UnsafeCell::new(0)));
    let reactor = Toy { table: table.clone(), turn: turn.clone(), data: data.clone() };
    let thread = {
        let stage = stage.clone();
        thread::spawn(move || stage.run(reactor))
    };
    Setup { stage, table, turn, data, thread }
}

/// A reactor that is asked to end does so, and whoever waits learns of it. (A call that is lost
/// shows as a deadlock.)
#[test]
fn loom_a_background_reactor_ends_when_it_is_told_to() {
    loom::model(|| {
        let Setup { stage, turn, data, thread, .. } = start();
        data.add_to(0);
        stage.raise(ENDING);
        turn.unpark();
        wait_for_end(&stage);
        data.add_to(2);
        thread.join().unwrap();
    });
}

/// The last source goes as the reactor is asked to end after it.
#[test]
fn loom_a_background_reactor_ends_with_its_last_source() {
    loom::model(|| {
        let Setup { stage, table, turn, data, thread } = start();
        let entry = table.insert(Sides::NONE, &()).unwrap();
        let source = {
            let (table, turn) = (table.clone(), turn.clone());
            thread::spawn(move || {
                // As `Shared::remove`.
                if table.remove(&entry) == AfterFree::NowEmpty {
                    turn.unpark();
                }
            })
        };
        data.add_to(0);
        table.watch_idle();
        stage.raise(IDLE_ENDS);
        turn.unpark();
        wait_for_end(&stage);
        data.add_to(2);
        source.join().unwrap();
        thread.join().unwrap();
    });
}
