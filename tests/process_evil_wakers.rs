//! Wakers that come back or panic, kept for the end of a child, for what it writes, and for
//! a signal.
#![cfg(all(
    feature = "process",
    feature = "rt-full",
    feature = "signal",
    feature = "udp",
    unix,
    not(loom)
))]
#![allow(unsafe_code, reason = "sends a signal")]

#[path = "evil_support/runtime.rs"]
mod evil_runtime;

use evil_runtime::{come_back, try_all, Kind, Subject};
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use test_support::evil::Asking;
use tokio::process::CommandExt;
use tokio::reactor::Handle;
use tokio::runtime::Runtime;
use tokio::signal::unix::Signal;

/// A child that ends when its input does, and writes what it reads.
fn a_child() -> (tokio::process::Child, UnixStream) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let stdin = Stdio::from(OwnedFd::from(theirs));
    let child = Command::new("cat").stdin(stdin).stdout(Stdio::piped()).spawn_async().unwrap();
    (child, ours)
}

fn the_end_of_a_child(_: &mut Runtime) -> Vec<Subject> {
    let (mut child, input) = a_child();
    vec![Subject::new("the end of a child", move |a| a.poll(&mut child), move || drop(input))]
}

fn the_output_of_a_child(_: &mut Runtime) -> Vec<Subject> {
    let (mut child, mut input) = a_child();
    let output = child.stdout().take().unwrap();
    let wait = move |a: &Asking<'_>| {
        let _until_then = &child;
        output.poll_read_cx(&a.cx(), &mut [0]).is_ready()
    };
    vec![Subject::new("the output of a child", wait, move || input.write_all(b"x").unwrap())]
}

fn a_signal(_: &mut Runtime) -> Vec<Subject> {
    let mut signal = Signal::listen(libc::SIGUSR1, &Handle::default()).unwrap();
    let wait = move |a: &Asking<'_>| signal.poll_recv_cx(&a.cx()).is_ready();
    vec![Subject::new("a signal", wait, || {
        // SAFETY: has no arguments but numbers; a handler is installed.
        assert_eq!(unsafe { libc::kill(libc::getpid(), libc::SIGUSR1) }, 0);
    })]
}

/// A signal is heard in all of the process: one test at a time.
static ALONE: Mutex<()> = Mutex::new(());

const KINDS: [Kind; 3] = [the_end_of_a_child, the_output_of_a_child, a_signal];

#[test]
fn fault_t06_a_waker_that_comes_back_stops_no_runtime() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    try_all(&KINDS, |runtime| Box::new(come_back(runtime)), false);
}

#[test]
fn fault_t07_a_waker_that_panics_costs_no_thread() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    try_all(&KINDS, |_| Box::new(|| panic!("a waker panics")), true);
}
