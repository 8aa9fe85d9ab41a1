//! Children and signals.
#![cfg(unix)]

use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;
use tokio::signal::unix::{signal, SignalKind};
use tokio_await as tokio;

#[tokio::test(crate = "tokio_await")]
async fn a_child_is_talked_to_line_by_line() {
    let mut child =
        Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in ["one", "two"] {
        stdin.write_all(format!("{line}\n").as_bytes()).await.unwrap();
        assert_eq!(lines.next_line().await.unwrap().as_deref(), Some(line));
    }
    assert!(child.try_wait().unwrap().is_none());
    drop(stdin);
    assert!(child.wait().await.unwrap().success());
    assert!(child.wait().await.unwrap().success(), "it is asked again");
    assert_eq!(child.id(), None);
    assert!(child.try_wait().unwrap().is_some());
    assert_eq!(lines.next_line().await.unwrap(), None);
}

#[tokio::test(crate = "tokio_await", flavor = "multi_thread", worker_threads = 1)]
async fn output_and_status_are_gathered() {
    let output = Command::new("sh")
        .args(["-c", "echo $WHO; echo no >&2; exit 3"])
        .env("WHO", "me")
        .output()
        .await
        .unwrap();
    assert_eq!((&output.stdout[..], &output.stderr[..]), (&b"me\n"[..], &b"no\n"[..]));
    assert_eq!(output.status.code(), Some(3));
    let status = Command::new("sh").arg("-c").arg("read x; exit 4").stdin(Stdio::piped()).status();
    assert_eq!(status.await.unwrap().code(), Some(4), "its input has ended");
    assert!(Command::new("there is no such program").status().await.is_err());
}

#[tokio::test(crate = "tokio_await")]
async fn a_child_is_killed_when_told_or_when_dropped() {
    let mut child = Command::new("sleep").arg("600").spawn().unwrap();
    child.kill().await.unwrap();
    child.start_kill().expect("it has ended, which is what was asked for");

    // `cat` ends when its input does, or when it is killed: the latter closes its output.
    let spawn = |kill| {
        let mut command = Command::new("cat");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(kill).spawn().unwrap()
    };
    let mut child = spawn(true);
    let (stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    drop(child);
    assert_eq!(stdout.read(&mut [0; 8]).await.unwrap(), 0, "killed");
    drop(stdin);

    let mut child = spawn(false);
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    drop(child);
    stdin.write_all(b"alive").await.unwrap();
    let mut back = [0; 5];
    stdout.read_exact(&mut back).await.unwrap();
    assert_eq!(&back, b"alive");
}

#[tokio::test(crate = "tokio_await")]
async fn signals_are_heard_by_all_who_listen() {
    let mut first = signal(SignalKind::user_defined1()).unwrap();
    let mut second =
        signal(SignalKind::from_raw(SignalKind::user_defined1().as_raw_value())).unwrap();
    let interrupt = tokio::spawn(tokio::signal::ctrl_c());
    tokio::task::yield_now().await;
    let me = std::process::id().to_string();
    for name in ["-USR1", "-INT"] {
        assert!(Command::new("kill").args([name, &me]).status().await.unwrap().success());
    }
    assert_eq!((first.recv().await, second.recv().await), (Some(()), Some(())));
    interrupt.await.unwrap().unwrap();
    assert!(signal(SignalKind::from_raw(9)).is_err());
}
