//! Names of a program's own, beside all names of several modules of tokio.
//!
//! That it compiles is the point: a name more in one of the modules would be ambiguous here.
//! `main` calls each program, in a process of its own.

use crate::Program;

pub const PROGRAMS: &[Program] =
    &[("names_of_tasks", names_of_tasks), ("names_of_io", names_of_io)];

/// What tokio has with `--cfg tokio_unstable` only, or ours has elsewhere.
mod own {
    pub struct HistogramConfiguration;
    pub struct HistogramScale;
    pub struct InvalidHistogramConfiguration;
    pub struct LogHistogram;
    pub struct LogHistogramBuilder;
    pub struct RngSeed;
    pub struct TaskMeta;
    pub struct UnhandledPanic;
    pub struct Recv;
    pub mod join_set {}
    pub mod parts {
        pub fn of() -> &'static str {
            "own"
        }
    }
}

fn names_of_tasks() {
    #[allow(unused_imports)]
    use join_set as _;
    use own::*;
    use tokio::runtime::*;
    use tokio::task::*;

    let _own = (HistogramConfiguration, HistogramScale, InvalidHistogramConfiguration);
    let _own = (LogHistogram, LogHistogramBuilder, RngSeed, TaskMeta, UnhandledPanic);
    let runtime: Runtime = Builder::new_current_thread().build().unwrap();
    println!("{:?}", runtime.block_on(async { spawn_blocking(|| 7).await }));
    {
        use std::thread::*;
        use tokio::runtime::*;

        let _runtime: &Runtime = &runtime;
        let thread: JoinHandle<u32> = std::thread::spawn(|| 8);
        println!("{:?}", thread.join().unwrap());
    }
}

fn names_of_io() {
    use own::*;
    use tokio::io::*;
    use tokio::net::*;
    use tokio::sync::broadcast::*;

    let (tx, mut rx): (Sender<u32>, Receiver<u32>) = channel(1);
    tx.send(1).unwrap();
    let (Recv, _sink): (Recv, Sink) = (Recv, sink());
    let _none: Option<TcpStream> = None;
    println!("{:?} {}", rx.try_recv(), parts::of());
    {
        use tokio::sync::mpsc::error::*;
        use tokio::sync::watch::*;

        let _channel: (Sender<u32>, Receiver<u32>) = channel(1);
        println!("{}", SendError(3));
    }
}
