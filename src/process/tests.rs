//! Tests of children, with programs that every Unix has, and the fallback reactor.

use super::unix::Exit;
use super::*;
use futures::{Async, Future};
use std::io::{self, Read};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::pin::pin;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::task::{Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;
use test_support::stress::PATIENCE;
use tokio_executor::task::Context;
use tokio_io::{AsyncRead, AsyncWrite};
use tokio_reactor::{Handle, Reactor};

const SIGKILL: i32 = 9;

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

/// Waits until the process `id` is neither alive nor a zombie.
fn wait_until_reaped(id: u32) {
    let deadline = Instant::now() + PATIENCE;
    while Path::new(&format!("/proc/{id}")).exists() {
        assert!(Instant::now() < deadline, "child {id} is still there");
        thread::yield_now();
    }
}

/// Runs a std future on this thread.
fn block_on<F: std::future::Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = std::task::Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn status_is_the_childs_own() {
    for code in [0, 1, 42] {
        let child = shell(&format!("exit {code}")).spawn_async().unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code));
    }
    let killed = shell("kill -TERM $$").status_async().unwrap().wait().unwrap();
    assert_eq!(killed.signal(), Some(15));
}

#[test]
fn std_futures_are_served_by_the_same_code() {
    let status = block_on(shell("exit 3").spawn_async().unwrap()).unwrap();
    assert_eq!(status.code(), Some(3));
    let status = block_on(shell("exit 4").status_async().unwrap()).unwrap();
    assert_eq!(status.code(), Some(4));
    let output = block_on(shell("echo out; echo err >&2").output_async()).unwrap();
    assert_eq!((&output.stdout[..], &output.stderr[..]), (&b"out\n"[..], &b"err\n"[..]));
}

#[test]
fn a_child_can_be_polled_after_its_end() {
    let mut child = shell("exit 5").spawn_async().unwrap();
    for _ in 0..2 {
        let status = futures::future::poll_fn(|| Future::poll(&mut child)).wait().unwrap();
        assert_eq!(status.code(), Some(5));
    }
}

/// More than two pipes hold, by turns.
#[test]
fn output_gathers_both_pipes_at_once() {
    let script = "for n in 1 2 3 4; do \
        head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; done; exit 6";
    let output = shell(script).output_async().wait().unwrap();
    assert_eq!(output.status.code(), Some(6));
    assert_eq!((output.stdout.len(), output.stderr.len()), (1_200_000, 1_200_000));
}

#[test]
fn a_program_that_is_missing_is_an_error() {
    let missing = || Command::new("/nonexistent/program");
    assert_eq!(missing().spawn_async().unwrap_err().kind(), io::ErrorKind::NotFound);
    assert_eq!(missing().status_async().unwrap_err().kind(), io::ErrorKind::NotFound);
    assert_eq!(missing().output_async().wait().unwrap_err().kind(), io::ErrorKind::NotFound);
}

#[test]
fn a_child_is_talked_to_through_its_pipes() {
    let mut child =
        Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn_async().unwrap();
    let stdin = child.stdin().take().unwrap();
    let mut stdout = child.stdout().take().unwrap();
    let message: Vec<u8> = (0..500_000u32).map(|n| n as u8).collect();
    let expected = message.clone();
    // The write fills the pipe again and again, so both must go on by turns.
    let write = tokio_io::io::write_all(stdin, message).map(drop);
    let mut echoed = Vec::new();
    let read = futures::future::poll_fn(move || {
        let mut buf = [0; 4096];
        loop {
            match stdout.poll_read(&mut buf)? {
                Async::Ready(0) => return Ok(Async::Ready(std::mem::take(&mut echoed))),
                Async::Ready(n) => echoed.extend_from_slice(&buf[..n]),
                Async::NotReady => return Ok(Async::NotReady),
            }
        }
    });
    let ((), echoed) = write.join(read).wait().unwrap();
    assert!(echoed == expected, "`cat` gave back something else");
    assert!(child.wait().unwrap().success());
}

/// Children that wait for the same end of input, then end all at once: the kernel merges
/// their signals.
#[test]
fn fault_p03_children_that_end_together_are_all_reaped() {
    let (gate, held) = UnixStream::pair().unwrap();
    let mut children = Vec::new();
    for n in 0..40 {
        let stdin = Stdio::from(OwnedFd::from(gate.try_clone().unwrap()));
        let mut child = shell(&format!("read line; exit {n}")).stdin(stdin).spawn_async().unwrap();
        if n % 2 == 0 {
            // As on a kernel without process descriptors.
            *child.exit_mut() = Exit::by_signal(&Handle::default()).unwrap();
        }
        children.push(child);
    }
    let ids: Vec<u32> = children.iter().map(Child::id).collect();
    drop(gate);
    drop(held);
    let statuses = futures::future::join_all(children).wait().unwrap();
    for (n, status) in statuses.iter().enumerate() {
        assert_eq!(status.code(), Some(n as i32));
    }
    ids.into_iter().for_each(wait_until_reaped);
}

/// As above, but nobody waits for them.
#[test]
fn fault_p03_orphans_that_end_together_are_all_reaped() {
    let (gate, held) = UnixStream::pair().unwrap();
    let mut ids = Vec::new();
    for _ in 0..40 {
        let stdin = Stdio::from(OwnedFd::from(gate.try_clone().unwrap()));
        let child = shell("read line").stdin(stdin).spawn_async().unwrap();
        ids.push(child.id());
        child.forget();
    }
    drop(gate);
    drop(held);
    ids.into_iter().for_each(wait_until_reaped);
}

#[test]
fn fault_p04_a_dropped_child_is_killed_and_reaped() {
    let child = shell("exec sleep 1000").spawn_async().unwrap();
    let id = child.id();
    drop(child);
    wait_until_reaped(id);

    let waiting = shell("exec sleep 1000").output_async();
    drop(waiting);
}

#[test]
fn fault_p04_a_killed_child_is_reaped_whether_waited_for_or_not() {
    let mut waited = shell("exec sleep 1000").spawn_async().unwrap();
    waited.kill().unwrap();
    assert_eq!(waited.wait().unwrap().signal(), Some(SIGKILL));

    let mut dropped = shell("exec sleep 1000").spawn_async().unwrap();
    let id = dropped.id();
    dropped.kill().unwrap();
    drop(dropped);
    wait_until_reaped(id);
}

#[test]
fn fault_p04_a_forgotten_child_lives_on_and_is_reaped_later() {
    let mut child =
        Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn_async().unwrap();
    let id = child.id();
    let mut stdin = child.stdin().take().unwrap();
    let mut stdout = child.stdout().take().unwrap();
    child.forget();

    // It still answers.
    let asked = futures::future::poll_fn(|| stdin.poll_write(b"!"));
    assert_eq!(asked.wait().unwrap(), 1);
    let answer = futures::future::poll_fn(move || stdout.poll_read(&mut [0; 8]));
    assert_eq!(answer.wait().unwrap(), 1);

    drop(stdin);
    wait_until_reaped(id);
}

/// The reactor is gone: nothing can be registered with it, after the child was started.
#[test]
fn fault_p04_a_child_that_cannot_be_watched_is_killed_and_reaped() {
    let handle = Reactor::new().unwrap().handle();
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    let stdout = Stdio::from(OwnedFd::from(theirs));
    let mut command = shell("echo $$; exec sleep 1000");
    command.stdout(stdout);
    assert!(command.spawn_async_with_handle(&handle).is_err());
    drop(command);
    let mut printed = String::new();
    // To the end, so that whoever had the other end of the pair is gone.
    ours.read_to_string(&mut printed).unwrap();
    if let Ok(id) = printed.trim().parse() {
        wait_until_reaped(id);
    }
}

#[test]
fn fault_p05_status_closes_the_pipes_it_does_not_use() {
    // `cat` waits for the end of its input, `yes` for its output to be read.
    let cat = Command::new("cat").stdin(Stdio::piped()).status_async().unwrap();
    assert!(cat.wait().unwrap().success());
    let yes = Command::new("yes").stdout(Stdio::piped()).status_async().unwrap();
    assert_eq!(yes.wait().unwrap().signal(), Some(13), "SIGPIPE is what ends `yes`");
}

#[test]
fn fault_p05_waiting_for_output_closes_the_input() {
    let cat = Command::new("cat").stdin(Stdio::piped()).output_async();
    assert!(cat.wait().unwrap().status.success());
}

/// Once the exit was seen, the ID may be another's. Where the kernel lets us choose the
/// next ID (`ns_last_pid`, for root), an innocent process gets it.
#[test]
fn fault_p06_kill_after_the_exit_was_seen_sends_no_signal() {
    for _ in 0..20 {
        let mut child = shell("exit 0").spawn_async().unwrap();
        let id = child.id();
        futures::future::poll_fn(|| Future::poll(&mut child)).wait().unwrap();
        let chosen = std::fs::write("/proc/sys/kernel/ns_last_pid", (id - 1).to_string()).is_ok();
        let mut innocent = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let hit = innocent.id() == id;
        child.kill().unwrap();
        drop(child);
        drop(innocent.stdin.take());
        let status = innocent.wait().unwrap();
        assert!(status.success(), "the process that got ID {id} was signalled: {status}");
        if hit || !chosen {
            return;
        }
    }
}

/// A wait for the child of another process fails; it must not hang.
#[test]
fn a_child_that_somebody_else_has_reaped_is_an_error() {
    let child = shell("exit 0").spawn_async().unwrap();
    let mut theirs = child;
    // A second handle to the same process, by way of the system's own `wait`.
    let id = theirs.id();
    reap_behind_its_back(id);
    let error = futures::future::poll_fn(|| Future::poll(&mut theirs)).wait().unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::ECHILD));
}

#[expect(unsafe_code, reason = "std does not wait for a child it does not own")]
fn reap_behind_its_back(id: u32) {
    let mut status = 0;
    // SAFETY: `status` is there to be written.
    let reaped = unsafe { libc::waitpid(id as libc::pid_t, &mut status, 0) };
    assert_eq!(reaped, id as libc::pid_t);
}

#[test]
fn a_child_keeps_none_of_our_descriptors() {
    let mut other = Command::new("cat").stdin(Stdio::piped()).spawn_async().unwrap();
    assert!(other.poll_cx(&Context::from_waker(Waker::noop())).is_pending());
    let pipe = other.stdin().as_ref().unwrap().as_raw_fd();
    let pipe = std::fs::read_link(format!("/proc/self/fd/{pipe}")).unwrap();
    let listed = shell("ls -l /proc/self/fd").output_async().wait().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    for ours in [pipe.to_str().unwrap(), "[pidfd]", "[eventpoll]", "[eventfd]"] {
        assert!(!listed.contains(ours), "a child has {ours}: {listed}");
    }
    drop(other.stdin().take());
    assert!(other.wait().unwrap().success());
}

#[test]
fn a_pending_child_waits_without_spinning() {
    let mut child =
        Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn_async().unwrap();
    let cx = Context::from_waker(Waker::noop());
    assert!(child.poll_cx(&cx).is_pending());
    assert!(child.poll_cx(&cx).is_pending());
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(SIGKILL));
}

#[test]
fn types_go_to_other_threads() {
    fn check<T: Send + Sync>() {}
    check::<Child>();
    check::<ChildStdin>();
    check::<ChildStdout>();
    check::<ChildStderr>();
    check::<StatusAsync>();
    check::<OutputAsync>();
    check::<WaitWithOutput>();
}
