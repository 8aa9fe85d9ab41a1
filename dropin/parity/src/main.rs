//! Small programs whose output must be the same on the published tokio 1.x and on ours.
//!
//!     dropin/parity/run              builds it on both and compares
//!     parity                         prints the names of the programs
//!     parity NAME                    runs one
//!
//! They show what no suite of tests asks for: the order of drops, contexts in destructors,
//! how often a waker is called, the words of errors and panics, the calls that readers and
//! writers get. Nothing printed depends on time or on which thread is faster.

mod calls;
#[path = "../common.rs"]
mod common;
mod contexts;
mod drops;
mod files;
mod names;
mod order;
mod sockets;
mod wakes;
mod words;

use common::{panic_of, Loud, Program};

fn main() {
    let all = [
        drops::PROGRAMS,
        contexts::PROGRAMS,
        wakes::PROGRAMS,
        order::PROGRAMS,
        words::PROGRAMS,
        calls::PROGRAMS,
        sockets::PROGRAMS,
        files::PROGRAMS,
        names::PROGRAMS,
    ]
    .concat();
    common::run(&all);
}

/// A runtime of one thread, its clock paused.
fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}

/// A runtime of one thread.
fn one() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// A pool with one worker.
fn pool() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}
