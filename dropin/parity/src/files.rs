//! What files, folders and local runtimes do.
//!
//! Each program makes its files in a folder of its own, and removes it.
//! `main` calls each program, in a process of its own.

use crate::{one, panic_of, Program};
use std::io::SeekFrom;
use std::path::{Path, PathBuf};
use tokio::fs::{self, File, OpenOptions};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};
use tokio::runtime::{Builder, LocalOptions};

pub const PROGRAMS: &[Program] = &[
    ("file_reads_and_seeks", file_reads_and_seeks),
    ("file_write_then_read", file_write_then_read),
    ("file_options", file_options),
    ("file_set_len", file_set_len),
    ("file_errors", file_errors),
    ("file_late_error", file_late_error),
    ("file_big_write", file_big_write),
    ("folders", folders),
    ("folder_entries", folder_entries),
    ("links", links),
    ("copies", copies),
    ("local_runtime", local_runtime),
    ("local_runtime_elsewhere", local_runtime_elsewhere),
];

struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        let path = std::env::temp_dir().join(format!("parity-{}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn kind<T>(result: std::io::Result<T>) -> Result<T, std::io::ErrorKind> {
    result.map_err(|e| e.kind())
}

fn file_reads_and_seeks() {
    let folder = Folder::new();
    one().block_on(async {
        fs::write(folder.file("a"), b"abcdefghij").await.unwrap();
        let mut file = File::open(folder.file("a")).await.unwrap();
        let mut room = [0; 3];
        println!("{:?} {room:?}", kind(file.read(&mut room).await));
        println!("{:?}", kind(file.stream_position().await));
        println!("{:?}", kind(file.seek(SeekFrom::Current(2)).await));
        println!("{:?}", kind(file.read_u8().await));
        println!("{:?}", kind(file.seek(SeekFrom::End(-2)).await));
        let mut rest = Vec::new();
        println!("{:?}", kind(file.read_to_end(&mut rest).await));
        println!("{:?} {rest:?}", kind(file.seek(SeekFrom::Current(-100)).await));
        println!("{:?}", kind(file.write_all(b"x").await));
        println!("{:?}", kind(file.flush().await));
        println!("{:?}", kind(file.metadata().await.map(|data| data.len())));
    });
}

fn file_write_then_read() {
    let folder = Folder::new();
    one().block_on(async {
        let mut options = OpenOptions::new();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(folder.file("a"))
            .await
            .unwrap();
        println!("{:?}", kind(file.write(b"abcdef").await));
        println!("{:?}", kind(file.rewind().await));
        println!("{:?}", kind(file.read_u8().await));
        println!("{:?}", kind(file.write_all(b"X").await));
        println!("{:?}", kind(file.flush().await));
        println!("{:?}", fs::read_to_string(folder.file("a")).await);
        println!("{:?}", kind(file.read_u8().await));
        drop(file);
        println!("{:?}", fs::read_to_string(folder.file("a")).await);
    });
}

fn file_options() {
    let folder = Folder::new();
    one().block_on(async {
        println!("{:?}", kind(File::create_new(folder.file("a")).await.map(drop)));
        println!("{:?}", kind(File::create_new(folder.file("a")).await.map(drop)));
        let mut append = OpenOptions::new().append(true).open(folder.file("a")).await.unwrap();
        append.write_all(b"ab").await.unwrap();
        append.rewind().await.unwrap();
        append.write_all(b"cd").await.unwrap();
        append.flush().await.unwrap();
        println!("{:?}", fs::read(folder.file("a")).await);
        println!("{:?}", kind(OpenOptions::new().open(folder.file("a")).await.map(drop)));
        let mut plain = File::create(folder.file("b")).await.unwrap().into_std().await;
        println!("{:?}", std::io::Write::write(&mut plain, b"x").unwrap());
        println!("{:?}", File::from_std(plain).try_into_std().is_ok());
    });
}

fn file_set_len() {
    let folder = Folder::new();
    one().block_on(async {
        let mut file = File::create(folder.file("a")).await.unwrap();
        file.write_all(b"abcdef").await.unwrap();
        println!("{:?}", kind(file.set_len(3).await));
        println!("{:?} {:?}", kind(file.sync_all().await), kind(file.sync_data().await));
        println!("{:?}", fs::read(folder.file("a")).await);
        let twin = file.try_clone().await.unwrap();
        println!("{:?}", twin.metadata().await.unwrap().len());
        println!("{}", file.max_buf_size());
        file.set_max_buf_size(2);
        println!("{:?}", kind(file.write(b"xyz").await));
    });
}

fn file_errors() {
    let folder = Folder::new();
    one().block_on(async {
        println!("{:?}", kind(fs::read(&folder.0).await));
        println!("{:?}", kind(fs::write(folder.file("no/a"), b"").await));
        println!("{:?}", kind(fs::remove_file(folder.file("a")).await));
        fs::write(folder.file("a"), b"\xff").await.unwrap();
        println!("{:?}", kind(fs::read_to_string(folder.file("a")).await));
        println!(
            "{:?} {:?}",
            fs::try_exists(folder.file("a")).await,
            fs::try_exists(folder.file("b")).await
        );
        println!("{:?}", kind(fs::read(Path::new("a\0b")).await));
    });
}

/// A write that failed is reported by the next call.
fn file_late_error() {
    one().block_on(async {
        let mut full = OpenOptions::new().write(true).open("/dev/full").await.unwrap();
        println!("{:?}", kind(full.write(b"abc").await));
        println!("{:?}", kind(full.write(b"def").await));
        println!("{:?}", kind(full.flush().await));
        println!("{:?}", kind(full.write(b"ghi").await));
        println!("{:?}", kind(full.flush().await));
        println!("{:?}", kind(full.flush().await));
    });
}

fn file_big_write() {
    let folder = Folder::new();
    one().block_on(async {
        let bytes = vec![7; 5 << 20];
        let mut file = File::create(folder.file("a")).await.unwrap();
        println!("{:?}", kind(file.write(&bytes).await));
        println!("{:?}", kind(file.write_all(&bytes).await));
        file.flush().await.unwrap();
        println!("{:?}", file.metadata().await.unwrap().len());
        let mut file = File::open(folder.file("a")).await.unwrap();
        let mut room = vec![0; 5 << 20];
        println!("{:?}", kind(file.read(&mut room).await));
    });
}

fn folders() {
    let folder = Folder::new();
    one().block_on(async {
        println!("{:?}", kind(fs::create_dir(folder.file("a/b")).await));
        println!("{:?}", kind(fs::create_dir_all(folder.file("a/b")).await));
        println!("{:?}", kind(fs::create_dir(folder.file("a")).await));
        println!("{:?}", kind(fs::remove_dir(folder.file("a")).await));
        println!("{:?}", kind(fs::rename(folder.file("a/b"), folder.file("c")).await));
        println!(
            "{:?}",
            kind(fs::DirBuilder::new().recursive(true).create(folder.file("c")).await)
        );
        println!("{:?}", kind(fs::remove_dir_all(folder.file("a")).await));
        println!("{:?}", kind(fs::metadata(folder.file("a")).await.map(drop)));
    });
}

fn folder_entries() {
    let folder = Folder::new();
    one().block_on(async {
        for number in 0..70 {
            fs::write(folder.file(&number.to_string()), b"").await.unwrap();
        }
        let mut entries = fs::read_dir(&folder.0).await.unwrap();
        let mut names = Vec::new();
        while let Some(entry) = entries.next_entry().await.unwrap() {
            assert!(entry.file_type().await.unwrap().is_file());
            names.push(entry.file_name().into_string().unwrap());
        }
        names.sort();
        println!("{} {:?}", names.len(), names.first());
        println!("{:?}", entries.next_entry().await.unwrap().is_none());
        println!("{:?}", kind(fs::read_dir(folder.file("0")).await.map(drop)));
    });
}

fn links() {
    let folder = Folder::new();
    one().block_on(async {
        fs::write(folder.file("a"), b"x").await.unwrap();
        println!("{:?}", kind(fs::symlink(folder.file("a"), folder.file("b")).await));
        println!("{:?}", kind(fs::hard_link(folder.file("a"), folder.file("c")).await));
        println!("{}", fs::read_link(folder.file("b")).await.unwrap() == folder.file("a"));
        println!(
            "{}",
            fs::symlink_metadata(folder.file("b")).await.unwrap().file_type().is_symlink()
        );
        println!("{}", fs::canonicalize(folder.file("b")).await.unwrap().ends_with("a"));
        println!("{:?}", kind(fs::read_link(folder.file("a")).await));
    });
}

fn copies() {
    let folder = Folder::new();
    one().block_on(async {
        fs::write(folder.file("a"), b"abc").await.unwrap();
        println!("{:?}", kind(fs::copy(folder.file("a"), folder.file("b")).await));
        println!("{:?}", fs::read(folder.file("b")).await);
        let mut from = File::open(folder.file("a")).await.unwrap();
        let mut to = File::create(folder.file("c")).await.unwrap();
        println!("{:?}", kind(tokio::io::copy(&mut from, &mut to).await));
        println!("{:?}", fs::read(folder.file("c")).await);
    });
}

fn local_runtime() {
    let runtime = Builder::new_current_thread().enable_all().build_local(LocalOptions::default());
    let runtime = runtime.unwrap();
    let shared = std::rc::Rc::new(3);
    let other = shared.clone();
    let task = runtime.spawn_local(async move { *other });
    println!("{:?}", runtime.block_on(task).unwrap());
    let inside = shared.clone();
    let nested =
        runtime.block_on(async move { tokio::task::spawn_local(async move { *inside }).await });
    println!("{:?} {}", nested.unwrap(), std::rc::Rc::strong_count(&shared));
    println!("{:?}", runtime.block_on(async { tokio::spawn(async { 4 }).await.unwrap() }));
    let built = || Builder::new_multi_thread().build_local(LocalOptions::default()).map(drop);
    println!("{}", panic_of(built));
    drop(runtime);
    println!("{}", std::rc::Rc::strong_count(&shared));
}

fn local_runtime_elsewhere() {
    let runtime = Builder::new_current_thread().build_local(LocalOptions::default()).unwrap();
    let handle = runtime.handle().clone();
    let there = std::thread::spawn(move || {
        let _entered = handle.enter();
        panic_of(|| tokio::task::spawn_local(async {}))
    });
    println!("{}", there.join().unwrap());
}
