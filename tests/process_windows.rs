//! Children on Windows: this program starts itself, in the part that `PART` names.
#![cfg(windows)]

use futures::{future, Future};
use std::io::{self, Read, Write};
use std::os::windows::io::OwnedHandle;
use std::process::{ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use test_support::stress::PATIENCE;
use tokio::process::{Child, CommandExt};
use tokio::runtime::current_thread::{block_on_all, block_on_all_std};
use tokio_io::AsyncRead;

const PART: &str = "TEST_PART";

/// What a child does.
#[test]
fn part() {
    let Ok(part) = std::env::var(PART) else { return };
    match part.split_once(' ') {
        Some(("exit", code)) => std::process::exit(code.parse().unwrap()),
        Some(("after", code)) => {
            // Until its input ends.
            io::copy(&mut io::stdin(), &mut io::sink()).unwrap();
            std::process::exit(code.parse().unwrap());
        }
        Some(("print", text)) => {
            print!("{text}");
            eprint!("{text}");
        }
        _ => {
            let mut buf = [0; 4096];
            loop {
                let n = io::stdin().read(&mut buf).unwrap();
                if n == 0 {
                    break;
                }
                io::stdout().write_all(&buf[..n]).unwrap();
                io::stdout().flush().unwrap();
            }
        }
    }
    io::stdout().flush().unwrap();
    std::process::exit(0);
}

fn child(part: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "part", "--nocapture"]).env(PART, part).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn cat() -> Command {
    let mut command = child("cat ");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// Runs `test` on a thread of its own, and panics if it takes too long.
fn in_time<R: Send + 'static>(test: impl FnOnce() -> R + Send + 'static) -> R {
    let (done, is_done) = mpsc::channel();
    thread::spawn(move || done.send(test()));
    is_done.recv_timeout(PATIENCE).expect("no child hangs")
}

#[test]
fn status_is_the_childs_own() {
    in_time(|| {
        for code in [0, 1, 42] {
            let status = child(&format!("exit {code}")).status_async().unwrap();
            assert_eq!(block_on_all(status).unwrap().code(), Some(code));
            let status = child(&format!("exit {code}")).status_async().unwrap();
            assert_eq!(block_on_all_std(status).unwrap().code(), Some(code));
        }
    });
}

#[test]
fn output_gathers_both_pipes() {
    in_time(|| {
        let output = block_on_all(child("print some words").output_async()).unwrap();
        assert!(output.status.success());
        let (out, err) = (String::from_utf8(output.stdout), String::from_utf8(output.stderr));
        assert!(out.unwrap().ends_with("some words"));
        assert!(err.unwrap().ends_with("some words"));
    });
}

#[test]
fn a_program_that_is_missing_is_an_error() {
    let error = Command::new("no-such-program").spawn_async().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
}

/// More than a pipe holds, so that both sides go on by turns.
#[test]
fn a_child_is_talked_to_through_its_pipes() {
    in_time(|| {
        let message: Vec<u8> = (0..500_000_u32).map(|n| n as u8).collect();
        let expected = message.clone();
        let mut cat = cat().spawn_async().unwrap();
        let stdin = cat.stdin().take().unwrap();
        let stdout = cat.stdout().take().unwrap();
        let write = tokio_io::io::write_all(stdin, message).map(drop);
        let read = tokio_io::io::read_to_end(stdout, Vec::new());
        let ((), (_, echoed)) = block_on_all(write.join(read)).unwrap();
        assert!(echoed.ends_with(&expected), "{} bytes came back", echoed.len());
        assert!(block_on_all(cat).unwrap().success());
    });
}

#[test]
fn a_killed_child_ends() {
    in_time(|| {
        let mut killed = cat().spawn_async().unwrap();
        killed.kill().unwrap();
        assert!(!block_on_all(killed).unwrap().success());
    });
}

/// Its output ends, and nothing else would end it.
#[test]
fn a_dropped_child_is_killed() {
    in_time(|| {
        let mut dropped = cat().spawn_async().unwrap();
        let stdin = dropped.stdin().take().unwrap();
        let stdout = dropped.stdout().take().unwrap();
        drop(dropped);
        block_on_all(tokio_io::io::read_to_end(stdout, Vec::new())).unwrap();
        drop(stdin);
    });
}

#[test]
fn a_forgotten_child_lives_on() {
    in_time(|| {
        let mut forgotten = cat().spawn_async().unwrap();
        let stdin = forgotten.stdin().take().unwrap();
        let stdout = forgotten.stdout().take().unwrap();
        forgotten.forget();
        let asked = tokio_io::io::write_all(stdin, &b"are you there"[..]).map(drop);
        let read = tokio_io::io::read_to_end(stdout, Vec::new());
        let ((), (_, answer)) = block_on_all(asked.join(read)).unwrap();
        assert!(answer.ends_with(b"are you there"));
    });
}

/// Each by a callback of its own, while others are given up.
#[test]
fn children_that_end_together_are_all_reported() {
    in_time(|| {
        let mut gates = Vec::new();
        let mut waiting = Vec::new();
        for n in 0..20 {
            let mut child =
                child(&format!("after {n}")).stdin(Stdio::piped()).spawn_async().unwrap();
            gates.push(child.stdin().take());
            waiting.push(child);
        }
        let given_up = waiting.split_off(10);
        let (end, ended) = mpsc::channel();
        thread::spawn(move || {
            gates.clear();
            end.send(()).unwrap();
        });
        drop(given_up);
        let statuses = block_on_all(future::join_all(waiting)).unwrap();
        for (n, status) in statuses.iter().enumerate() {
            assert_eq!(status.code(), Some(n as i32));
        }
        ended.recv().unwrap();
    });
}

/// A wait is given up before, while and after the system calls back for it.
#[test]
fn a_wait_may_be_given_up_at_any_moment() {
    in_time(|| {
        for n in 0..20 {
            let mut child = child("exit 0").spawn_async().unwrap();
            block_on_all(future::poll_fn(|| child.poll().map(|_| ().into()))).unwrap();
            (0..n * 50).for_each(|_| thread::yield_now());
            drop(child);
        }
    });
}

#[test]
fn output_that_was_not_read_goes_to_another_child() {
    in_time(|| {
        let mut first = child("print passed on").stdout(Stdio::piped()).spawn_async().unwrap();
        let handle: OwnedHandle = first.stdout().take().unwrap().into_owned_handle().unwrap();
        let second = cat().stdin(ChildStdout::from(handle)).spawn_async().unwrap();
        let output = block_on_all(second.wait_with_output()).unwrap();
        assert!(output.stdout.ends_with(b"passed on"));
        assert!(block_on_all(first).unwrap().success());
    });
}

#[test]
fn output_that_was_read_stays() {
    in_time(|| {
        let mut first = child("print words").stdout(Stdio::piped()).spawn_async().unwrap();
        let mut stdout = first.stdout().take().unwrap();
        let read = future::poll_fn(|| stdout.poll_read(&mut [0; 1]));
        assert_eq!(block_on_all(read).unwrap(), 1);
        let error = stdout.into_owned_handle().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::Unsupported);
    });
}

#[test]
fn types_go_to_other_threads() {
    fn check<T: Send + Sync>() {}
    check::<Child>();
    check::<tokio::process::ChildStdin>();
    check::<tokio::process::ChildStdout>();
    check::<tokio::process::StatusAsync>();
}
