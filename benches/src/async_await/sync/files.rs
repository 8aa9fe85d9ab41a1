//! Reads of files, which the system has in memory.

use super::super::async_await::engine::Countdown;
use super::rt;
use super::rt::fs::{self, File};
use super::rt::io::{AsyncReadExt, AsyncSeekExt, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;
use std::{env, process};

const FAILED: &str = "a task failed";

/// A file that goes away with it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, bytes: usize) -> Scratch {
        let path = env::temp_dir().join(format!("tokio-benches-{}-{name}", process::id()));
        std::fs::write(&path, vec![0xa5; bytes]).expect("cannot write a file");
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Its directory is cleaned by the system otherwise.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A file of 4 KiB, opened, read and closed, by several tasks.
pub async fn read(tasks: u64, each: u64) {
    let file = Arc::new(Scratch::new("small", 4 << 10));
    let (countdown, end) = Countdown::new(tasks);
    for _ in 0..tasks {
        let file = file.clone();
        rt::spawn(async move {
            for _ in 0..each {
                let bytes = fs::read(&file.0).await.expect("cannot read");
                assert_eq!(bytes.len(), 4 << 10);
            }
            countdown.arrive();
        });
    }
    end.await.expect(FAILED);
}

/// A file of a MiB, read 16 KiB at a time, again and again.
pub async fn stream(chunks: u64) {
    let scratch = Scratch::new("large", 1 << 20);
    let mut file = File::open(&scratch.0).await.expect("cannot open");
    let mut buf = vec![0; 16 << 10];
    for n in 0..chunks {
        if n % 64 == 0 {
            file.seek(SeekFrom::Start(0)).await.expect("cannot seek");
        }
        file.read_exact(&mut buf).await.expect("cannot read");
    }
}
