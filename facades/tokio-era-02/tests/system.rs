//! Files, children and signals of 0.2: what differs from 1.x.

use std::process::Stdio;
use tokio_era_02::fs;
use tokio_era_02::io::{AsyncReadExt, AsyncWriteExt};
use tokio_era_02::process::Command;
use tokio_era_02::runtime::Runtime;
use tokio_era_02::signal::unix::{signal, SignalKind};
use tokio_era_02::stream::StreamExt;

#[test]
fn the_entries_of_a_directory_are_a_stream() {
    Runtime::new().unwrap().block_on(async {
        let path = std::env::temp_dir().join(format!("era-02-dir-{}", std::process::id()));
        fs::create_dir(&path).await.unwrap();
        for name in ["a", "b"] {
            fs::write(path.join(name), name).await.unwrap();
        }
        let entries = fs::read_dir(&path).await.unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect().await;
        names.sort();
        assert_eq!(names, ["a", "b"]);
        fs::remove_dir_all(&path).await.unwrap();
    });
}

/// A child is the future of its status; as in 0.2 that does not close its standard input.
#[test]
fn a_child_is_a_future_and_keeps_its_input_open() {
    Runtime::new().unwrap().block_on(async {
        let mut command = Command::new("cat");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let id = child.id();
        let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        stdin.write_all(b"meow").await.unwrap();
        let mut buf = [0; 4];
        stdout.read_exact(&mut buf).await.unwrap();
        assert_eq!(&buf, b"meow");
        drop(stdin);
        let status = (&mut child).await.unwrap();
        assert!(status.success());
        assert_eq!(child.id(), id, "known after the end, too");
    });
}

#[test]
fn what_a_child_writes_is_collected() {
    Runtime::new().unwrap().block_on(async {
        let mut command = Command::new("sh");
        let output = command.args(["-c", "echo out; echo err >&2; exit 3"]).output().await.unwrap();
        assert_eq!((output.stdout, output.stderr), (b"out\n".to_vec(), b"err\n".to_vec()));
        assert_eq!(output.status.code(), Some(3));

        let mut command = Command::new("cat");
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let output = child.wait_with_output().await.unwrap();
        assert!(output.status.success(), "its input was closed");
    });
}

#[test]
fn a_signal_is_a_stream() {
    Runtime::new().unwrap().block_on(async {
        let mut signals = signal(SignalKind::user_defined2()).unwrap();
        let kill = format!("kill -USR2 {}", std::process::id());
        assert!(Command::new("sh").args(["-c", &kill]).status().await.unwrap().success());
        assert_eq!(signals.next().await, Some(()));
    });
}
