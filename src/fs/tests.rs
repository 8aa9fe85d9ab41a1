//! Tests of the whole module, on a pool of one worker.

use super::*;
use ::futures::future::{self, poll_fn};
use ::futures::{Async, Future, Stream};
use std::future::Future as StdFuture;
use std::io::{self, Read, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::Waker;
use tokio_io::{AsyncRead, AsyncWrite};
use tokio_threadpool::Builder;

/// A directory of the test's own, removed at its end.
struct TempDir(PathBuf);

impl TempDir {
    fn new() -> TempDir {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        // Relaxed: each caller gets another number, in whatever order.
        let name = format!("tokio-fs-{}-{}", std::process::id(), NEXT.fetch_add(1, Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        TempDir(path)
    }

    fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs `future` as a task of a pool and returns what it resolved to.
fn on_pool<F>(future: F) -> Result<F::Item, F::Error>
where
    F: Future + Send + 'static,
    F::Item: Send + 'static,
    F::Error: Send + 'static,
{
    let pool = Builder::new().pool_size(1).build();
    let result = pool.spawn_handle(future).wait();
    pool.shutdown().wait().unwrap();
    result
}

/// Polls a std future inside a futures 0.1 task. It must be ready at once.
fn by_std<F: StdFuture + Unpin>(mut future: F) -> F::Output {
    let mut cx = std::task::Context::from_waker(Waker::noop());
    match Pin::new(&mut future).poll(&mut cx) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("nobody else blocks, so there is no reason to wait"),
    }
}

#[test]
fn each_path_operation_does_what_it_says() {
    let dir = TempDir::new();
    let (deep, file, moved) = (dir.join("a/b"), dir.join("a/file"), dir.join("a/moved"));
    let (hard, soft, flat) = (dir.join("a/hard"), dir.join("a/soft"), dir.join("flat"));
    let root = dir.0.clone();
    let steps = create_dir(flat.clone())
        .and_then(move |()| remove_dir(flat))
        .and_then(move |()| create_dir_all(deep.clone()).map(|()| deep))
        .and_then(metadata)
        .map(|found| assert!(found.is_dir()))
        .and_then(move |()| write(file.clone(), b"contents").map(|_| file))
        .and_then(move |file| rename(file, moved.clone()).map(|()| moved))
        .and_then(move |moved| hard_link(moved.clone(), hard.clone()).map(|()| (moved, hard)))
        .and_then(|(moved, hard)| remove_file(moved).map(|()| hard))
        .and_then(move |hard| os::unix::symlink(hard.clone(), soft.clone()).map(|()| (hard, soft)))
        .and_then(|(hard, soft)| {
            read_link(soft.clone()).map(move |target| {
                assert_eq!(target, hard);
                soft
            })
        })
        .and_then(|soft| symlink_metadata(soft.clone()).map(|found| (found, soft)))
        .and_then(|(link, soft)| {
            assert!(link.file_type().is_symlink());
            metadata(soft.clone()).map(|found| (found, soft))
        })
        .and_then(|(found, soft)| {
            let mut permissions = found.permissions();
            permissions.set_readonly(true);
            set_permissions(soft.clone(), permissions).map(|()| soft)
        })
        .and_then(|soft| {
            assert!(std::fs::metadata(&soft).unwrap().permissions().readonly());
            read(soft)
        })
        .map(|contents| assert_eq!(contents, b"contents"));
    on_pool(steps).unwrap();
    assert!(root.join("a/hard").exists() && !root.join("a/moved").exists());
}

#[test]
fn read_dir_lists_every_entry_once() {
    let dir = TempDir::new();
    let names: Vec<String> = (0..200).map(|n| format!("{n:03}")).collect();
    for name in &names {
        std::fs::write(dir.join(name), name).unwrap();
    }
    let listed = read_dir(dir.0.clone())
        .flatten_stream()
        .and_then(|entry| {
            let file_type = entry.poll_file_type();
            assert!(matches!(file_type, Ok(Async::Ready(file_type)) if file_type.is_file()));
            let metadata = entry.poll_metadata();
            assert!(matches!(metadata, Ok(Async::Ready(metadata)) if metadata.len() == 3));
            Ok(entry.file_name().into_string().unwrap())
        })
        .collect();
    let mut listed = on_pool(listed).unwrap();
    listed.sort();
    assert_eq!(listed, names);
}

#[test]
fn errors_keep_their_kind() {
    let dir = TempDir::new();
    let missing = || dir.join("missing");
    assert_eq!(on_pool(File::open(missing())).unwrap_err().kind(), io::ErrorKind::NotFound);
    assert_eq!(on_pool(read(missing())).unwrap_err().kind(), io::ErrorKind::NotFound);
    assert_eq!(on_pool(remove_dir(missing())).unwrap_err().kind(), io::ErrorKind::NotFound);
    let exists = on_pool(create_dir(dir.0.clone())).unwrap_err();
    assert_eq!(exists.kind(), io::ErrorKind::AlreadyExists);
}

#[test]
fn outside_a_pool_is_an_error_that_says_so() {
    let error = read("Cargo.toml").wait().unwrap_err();
    assert!(
        error.to_string().contains("must be called from the context of the Tokio runtime"),
        "{error}"
    );

    let mut file = File::from_std(std::fs::File::open("/dev/null").unwrap());
    assert!(file
        .read(&mut [0])
        .unwrap_err()
        .to_string()
        .contains("must be called from the context of the Tokio runtime"));
    assert!(stdout()
        .flush()
        .unwrap_err()
        .to_string()
        .contains("must be called from the context of the Tokio runtime"));
}

#[test]
fn std_futures_are_served_by_the_same_code() {
    let dir = TempDir::new();
    let path = dir.join("file");
    on_pool(future::lazy(move || {
        assert_eq!(by_std(write(path.clone(), "contents")).unwrap(), "contents");
        let file = by_std(File::open(path.clone())).unwrap();
        let (file, metadata) = by_std(file.metadata()).unwrap();
        assert_eq!(metadata.len(), 8);
        let (file, position) = by_std(file.seek(SeekFrom::End(-3))).unwrap();
        assert_eq!(position, 5);
        let (_file, _clone) = by_std(file.try_clone()).unwrap();
        by_std(remove_file(path.clone())).unwrap();
        let error = by_std(File::open(path)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        Ok::<_, ()>(())
    }))
    .unwrap();
}

/// No flush, no shutdown: the file is dropped as soon as the last write is accepted.
#[test]
fn fault_b04_what_was_written_survives_the_drop_of_the_file() {
    let dir = TempDir::new();
    let path = dir.join("file");
    let contents: Vec<u8> = (0..1 << 20).map(|n: u32| n as u8).collect();
    let written = File::create(path.clone())
        .and_then(|file| tokio_io::io::write_all(file, contents))
        .map(|(file, contents)| {
            drop(file);
            contents
        });
    let contents = on_pool(written).unwrap();
    assert!(std::fs::read(path).unwrap() == contents, "the file differs from what was written");
}

/// `/dev/full` takes no byte. The write that loses them must say so, not a later flush.
#[test]
fn fault_b04_what_could_not_be_written_is_reported_by_the_write() {
    let full = OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .and_then(|mut file| poll_fn(move || file.poll_write(b"lost")));
    assert_eq!(on_pool(full).unwrap_err().kind(), io::ErrorKind::StorageFull);
    let error = on_pool(write("/dev/full", "lost")).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}

#[test]
fn fault_b05_clone_and_seek_see_every_write_before_them() {
    let dir = TempDir::new();
    let steps = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .open(dir.join("file"))
        .and_then(|file| tokio_io::io::write_all(file, "0123456789"))
        .and_then(|(file, _)| file.try_clone().map_err(|(_file, error)| error))
        .and_then(|(file, mut clone)| {
            // One position for both handles: at the end of the write.
            assert_eq!(by_std(poll_position(&mut clone)).unwrap(), 10);
            file.seek(SeekFrom::Start(4)).map(|(_, position)| {
                assert_eq!(position, 4);
                clone
            })
        })
        .and_then(|clone| tokio_io::io::read_to_end(clone, Vec::new()))
        .map(|(_, rest)| assert_eq!(rest, b"456789"));
    on_pool(steps).unwrap();
}

fn poll_position(file: &mut File) -> impl StdFuture<Output = io::Result<u64>> + Unpin + '_ {
    std::future::poll_fn(|cx| {
        let cx = tokio_executor::task::Context::from(cx);
        file.poll_seek_cx(&cx, SeekFrom::Current(0))
    })
}

#[test]
fn options_reach_the_operating_system() {
    let dir = TempDir::new();
    let path = dir.join("file");
    std::fs::write(&path, "old").unwrap();
    let exists = OpenOptions::new().write(true).create_new(true).open(path.clone());
    assert_eq!(on_pool(exists).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    let append = OpenOptions::new().append(true).open(path.clone());
    on_pool(append.and_then(|file| tokio_io::io::write_all(file, " and new"))).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"old and new");
    let truncate = OpenOptions::new().write(true).truncate(true).open(path.clone());
    let shrunk = truncate.and_then(|mut file| poll_fn(move || file.poll_set_len(2)));
    on_pool(shrunk).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"\0\0");
}

#[test]
fn a_file_that_was_shut_down_answers_with_an_error() {
    let closed = File::open("/dev/null")
        .and_then(tokio_io::io::shutdown)
        .and_then(|mut file| poll_fn(move || file.poll_metadata()));
    let error = on_pool(closed).unwrap_err();
    assert!(error.to_string().contains("shut down"), "{error}");
}

/// Nobody would wake a task that waits for such a descriptor.
#[test]
fn a_nonblocking_descriptor_is_an_error_not_a_hang() {
    let (socket, _peer) = std::os::unix::net::UnixStream::pair().unwrap();
    socket.set_nonblocking(true).unwrap();
    let file = std::fs::File::from(std::os::fd::OwnedFd::from(socket));
    let mut file = File::from_std(file);
    let error = on_pool(poll_fn(move || file.poll_read(&mut [0]))).unwrap_err();
    assert!(error.to_string().contains("O_NONBLOCK"), "{error}");
}

/// `/dev/zero` never ends, and yet the task must yield now and then.
#[test]
fn fault_s15_an_endless_file_yields() {
    let zero = File::from_std(std::fs::File::open(Path::new("/dev/zero")).unwrap());
    let mut zero = Some(zero);
    let mut polls = 0;
    let task = poll_fn(move || {
        polls += 1;
        let file = zero.as_mut().unwrap();
        for reads in 0..1_000_000 {
            if file.poll_read(&mut [0; 16])?.is_not_ready() {
                if polls < 3 {
                    return Ok(Async::NotReady);
                }
                return Ok::<_, io::Error>(Async::Ready(reads));
            }
        }
        panic!("a million reads in one poll");
    });
    assert!(on_pool(task).unwrap() > 0);
}

#[test]
fn types_go_to_other_threads() {
    fn check<T: Send + Sync>() {}
    check::<File>();
    check::<OpenOptions>();
    check::<ReadDir>();
    check::<DirEntry>();
    check::<Stdin>();
    check::<Stdout>();
    check::<Stderr>();
    check::<ReadFile<PathBuf>>();
    check::<WriteFile<PathBuf, Vec<u8>>>();
    check::<file::CloneFuture>();
}
