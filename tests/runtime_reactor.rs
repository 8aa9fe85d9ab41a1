//! `Runtime::reactor` serves sources that are not used on the runtime.
#![cfg(all(feature = "rt-full", feature = "tcp"))]

use futures::{Future, Stream};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// Waits, away from any executor, for a connection to a listener on `runtime.reactor()`.
fn accept_outside(runtime: &Runtime) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    #[allow(deprecated)]
    let listener = TcpListener::from_std(listener, runtime.reactor()).unwrap();
    let address = listener.local_addr().unwrap();
    let accepted = std::thread::spawn(move || listener.incoming().wait().next());
    let _near = std::net::TcpStream::connect(address).unwrap();
    accepted.join().unwrap().unwrap().unwrap();
}

/// The handle used to be that of the workers' reactor, which nobody turned before the
/// first task had started a worker.
#[test]
fn a_runtime_without_a_task_drives_its_reactor() {
    accept_outside(&Runtime::new().unwrap());
}

#[test]
fn a_runtime_whose_only_worker_is_busy_drives_its_reactor() {
    let mut runtime = tokio::runtime::Builder::new().core_threads(1).build().unwrap();
    let (started, wait_started) = std::sync::mpsc::channel();
    let (release, wait_release) = std::sync::mpsc::channel::<()>();
    runtime.spawn(futures::future::lazy(move || {
        started.send(()).unwrap();
        wait_release.recv().map_err(drop)
    }));
    wait_started.recv().unwrap();
    accept_outside(&runtime);
    release.send(()).unwrap();
    runtime.shutdown_on_idle().wait().unwrap();
}
