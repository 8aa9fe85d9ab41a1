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
mod contexts;
mod drops;
mod files;
mod names;
mod order;
mod sockets;
mod wakes;
mod words;

type Program = (&'static str, fn());

fn programs() -> Vec<Program> {
    [
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
    .concat()
}

fn main() {
    let Some(name) = std::env::args().nth(1) else {
        programs().iter().for_each(|(name, _)| println!("{name}"));
        return;
    };
    let all = programs();
    let (_, program) = all.iter().find(|(other, _)| *other == name).expect("no such program");
    std::panic::set_hook(Box::new(|_| ()));
    program();
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

/// Says when it is dropped.
struct Loud(&'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}

/// What a panic says.
fn panic_of<R>(f: impl FnOnce() -> R) -> String {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)) {
        Ok(_) => String::from("no panic"),
        Err(payload) => match payload.downcast::<String>() {
            Ok(text) => *text,
            Err(payload) => payload.downcast::<&str>().map_or("?".into(), |text| text.to_string()),
        },
    }
}
