//! Files, children and signals.

use crate::{kind, one, pool, probe, Program};
use futures::future::{lazy, poll_fn};
use futures::{Async, Future, Stream};
use std::io::{self, SeekFrom};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tokio::fs;
use tokio::io as tio;
use tokio_process::CommandExt;
use tokio_timer::Delay;

pub const PROGRAMS: &[Program] = &[
    ("file_roundtrip", file_roundtrip),
    ("file_errors", file_errors),
    ("file_seek_and_len", file_seek_and_len),
    ("file_options", file_options),
    ("file_clone_and_std", file_clone_and_std),
    ("file_outside", file_outside),
    ("file_on_one", file_on_one),
    ("file_large", file_large),
    ("directories", directories),
    ("directory_entries", directory_entries),
    ("links", links),
    ("whole_files", whole_files),
    ("file_dropped_in_poll", file_dropped_in_poll),
    ("child_status", child_status),
    ("child_output", child_output),
    ("child_stdin", child_stdin),
    ("child_killed", child_killed),
    ("child_dropped", child_dropped),
    ("child_forgotten", child_forgotten),
    ("child_missing_program", child_missing_program),
    ("child_wait_with_output", child_wait_with_output),
    ("child_many", child_many),
    ("child_polled_again", child_polled_again),
    ("child_stdin_closed_by_wait", child_stdin_closed_by_wait),
    ("child_on_pool", child_on_pool),
    ("signals", signals),
    ("signal_two_listeners", signal_two_listeners),
    ("signal_bad_number", signal_bad_number),
    ("signal_coalesced", signal_coalesced),
    ("signal_dropped_listener", signal_dropped_listener),
    ("ctrl_c_by_hand", ctrl_c_by_hand),
];

/// A fresh folder of this process.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        let path = std::env::temp_dir().join(format!("parity-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir(&path).unwrap();
        Folder(path)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a future comes to on a pool.
fn on<F>(future: F) -> Result<F::Item, F::Error>
where
    F: Future + Send + 'static,
    F::Item: Send + 'static,
    F::Error: Send + 'static,
{
    pool().block_on(future)
}

fn file_roundtrip() {
    let folder = Folder::new();
    let answer = on(fs::File::create(folder.at("a"))
        .and_then(|file| tio::write_all(file, "hello"))
        .and_then(|(file, _)| tio::flush(file))
        .map(drop));
    println!("{:?}", kind(answer));
    let answer = on(fs::File::open(folder.at("a")).and_then(|file| tio::read_to_end(file, vec![])));
    println!("{:?}", kind(answer.map(|answer| answer.1)));
    let answer = on(fs::File::open(folder.at("a")).and_then(|file| tio::write_all(file, "no")));
    println!("{:?}", kind(answer.map(drop)).is_err());
}

fn file_errors() {
    let folder = Folder::new();
    println!("{:?}", kind(on(fs::File::open(folder.at("none"))).map(drop)));
    println!("{:?}", kind(on(fs::File::create(folder.at("no/where"))).map(drop)));
    println!("{:?}", kind(on(fs::File::open(folder.at("a\0b"))).map(drop)));
    println!("{:?}", kind(on(fs::read(folder.at("none"))).map(drop)));
    let of_folder = fs::File::open(folder.0.clone()).and_then(|file| tio::read(file, [0; 4]));
    println!("{:?}", on(of_folder).map(drop).map_err(|error| error.raw_os_error()));
}

fn file_seek_and_len() {
    let folder = Folder::new();
    std::fs::write(folder.at("a"), "0123456789").unwrap();
    let open = fs::OpenOptions::new().read(true).write(true).open(folder.at("a"));
    let answer = on(open
        .and_then(|file| file.seek(SeekFrom::End(-4)))
        .and_then(|(file, at)| {
            println!("{at}");
            tio::read_exact(file, [0; 2])
        })
        .and_then(|(mut file, bytes)| {
            println!("{bytes:?}");
            poll_fn(move || {
                println!("{:?}", kind(file.poll_seek(SeekFrom::Current(1))));
                println!("{:?}", kind(file.poll_seek(SeekFrom::Start(3))));
                println!("{:?}", kind(file.poll_seek(SeekFrom::Current(-9))));
                println!("{:?}", kind(file.poll_set_len(4)));
                println!("{:?}", kind(file.poll_metadata()).map(|a| a.map(|a| a.len())));
                println!("{:?}", kind(file.poll_sync_all()));
                println!("{:?}", kind(file.poll_sync_data()));
                Ok(Async::Ready(()))
            })
        }));
    println!("{:?} {:?}", kind(answer), std::fs::read(folder.at("a")).unwrap());
}

fn file_options() {
    let folder = Folder::new();
    let new = || fs::OpenOptions::new().write(true).create_new(true).open(folder.at("a"));
    println!("{:?} {:?}", kind(on(new()).map(drop)), kind(on(new()).map(drop)));
    let append = fs::OpenOptions::new().append(true).open(folder.at("a"));
    println!("{:?}", kind(on(append.and_then(|file| tio::write_all(file, "x"))).map(drop)));
    println!("{:?}", kind(on(fs::OpenOptions::new().open(folder.at("a"))).map(drop)));
    println!("{:?}", std::fs::read(folder.at("a")).unwrap());
}

fn file_clone_and_std() {
    let folder = Folder::new();
    std::fs::write(folder.at("a"), "abcd").unwrap();
    let answer = on(fs::File::open(folder.at("a"))
        .and_then(|file| file.try_clone().map_err(|(_, error)| error))
        .and_then(|(file, clone)| tio::read_exact(file, [0; 2]).join(Ok(clone)))
        .and_then(|(_, clone)| tio::read_exact(clone, [0; 2])));
    println!("{:?}", kind(answer.map(|answer| answer.1)));
    let file = fs::File::from_std(std::fs::File::open(folder.at("a")).unwrap());
    println!("{:?}", kind(on(file.metadata()).map(|(_, data)| data.len())));
    let file = fs::File::from_std(std::fs::File::open(folder.at("a")).unwrap());
    println!("{:?}", kind(file.into_std().metadata().map(|data| data.len())));
}

fn file_outside() {
    let folder = Folder::new();
    let error = fs::File::create(folder.at("a")).wait().map(drop).unwrap_err();
    let words = "`blocking` annotated I/O must be called from the context of the Tokio runtime.";
    println!("{:?} {}", error.kind(), error.to_string().starts_with(words));
    println!("{:?}", kind(fs::read(folder.at("a")).wait()));
    println!("{:?}", kind(probe(fs::metadata(folder.at("a"))).poll().map(|_| ())));
}

fn file_on_one() {
    let folder = Folder::new();
    println!("{:?}", kind(one().block_on(fs::File::create(folder.at("a"))).map(drop)));
    println!("{:?}", kind(one().block_on(fs::create_dir(folder.at("b")))));
    println!("{}", folder.at("a").exists());
}

fn file_large() {
    let folder = Folder::new();
    let bytes: Vec<u8> = (0..3_000_000u32).map(|number| number as u8).collect();
    println!("{:?}", kind(on(fs::write(folder.at("a"), bytes.clone())).map(drop)));
    println!("{:?}", kind(on(fs::read(folder.at("a"))).map(|read| read == bytes)));
    let copied = fs::File::open(folder.at("a"))
        .join(fs::File::create(folder.at("b")))
        .and_then(|(from, to)| tio::copy(from, to));
    println!("{:?}", kind(on(copied).map(|answer| answer.0)));
    println!("{}", std::fs::read(folder.at("b")).unwrap() == bytes);
}

fn directories() {
    let folder = Folder::new();
    println!("{:?}", kind(on(fs::create_dir(folder.at("a")))));
    println!("{:?}", kind(on(fs::create_dir(folder.at("a")))));
    println!("{:?}", kind(on(fs::create_dir_all(folder.at("a/b/c")))));
    println!("{:?}", kind(on(fs::remove_dir(folder.at("a")))).is_err());
    println!("{:?}", kind(on(fs::remove_dir(folder.at("a/b/c")))));
    println!("{:?}", kind(on(fs::rename(folder.at("a"), folder.at("z")))));
    println!("{:?}", kind(on(fs::metadata(folder.at("z/b"))).map(|data| data.is_dir())));
    println!("{:?}", kind(on(fs::read_dir(folder.at("a"))).map(drop)));
}

fn directory_entries() {
    let folder = Folder::new();
    for name in ["a", "b", "c"] {
        std::fs::write(folder.at(name), name).unwrap();
    }
    let answer = on(fs::read_dir(folder.0.clone())
        .flatten_stream()
        .map(|entry| entry.file_name())
        .collect());
    let mut names = kind(answer).unwrap();
    names.sort();
    println!("{names:?}");
    let kinds = fs::read_dir(folder.0.clone())
        .flatten_stream()
        .and_then(|mut entry| poll_fn(move || entry.poll_file_type()));
    println!("{:?}", kind(on(kinds.map(|kind| kind.is_file()).collect())));
    let sizes = fs::read_dir(folder.0.clone())
        .flatten_stream()
        .and_then(|mut entry| poll_fn(move || entry.poll_metadata()));
    println!("{:?}", kind(on(sizes.map(|data| data.len()).collect())));
}

fn links() {
    let folder = Folder::new();
    std::fs::write(folder.at("a"), "a").unwrap();
    println!("{:?}", kind(on(fs::hard_link(folder.at("a"), folder.at("b")))));
    println!("{:?}", kind(on(fs::os::unix::symlink(folder.at("a"), folder.at("c")))));
    println!("{:?}", kind(on(fs::read_link(folder.at("c"))).map(|to| to == folder.at("a"))));
    println!(
        "{:?}",
        kind(on(fs::symlink_metadata(folder.at("c"))).map(|data| data.file_type().is_symlink()))
    );
    println!("{:?}", kind(on(fs::remove_file(folder.at("a")))));
    println!("{:?}", kind(on(fs::metadata(folder.at("c"))).map(drop)));
    println!("{:?}", kind(on(fs::read(folder.at("b")))));
}

fn whole_files() {
    let folder = Folder::new();
    println!("{:?}", kind(on(fs::write(folder.at("a"), "text")).map(|text| text)));
    println!("{:?}", kind(on(fs::read(folder.at("a")))));
    println!("{:?}", kind(on(fs::write(folder.at("a"), "x")).map(drop)));
    println!("{:?}", kind(on(fs::read(folder.at("a")))));
    println!("{:?}", kind(on(fs::write(folder.at("no/a"), "x")).map(drop)));
    let mut read_only = std::fs::metadata(folder.at("a")).unwrap().permissions();
    read_only.set_readonly(true);
    println!("{:?}", kind(on(fs::set_permissions(folder.at("a"), read_only))));
}

fn file_dropped_in_poll() {
    let folder = Folder::new();
    let at = folder.at("a");
    let answer = on(fs::File::create(at).and_then(|file| {
        let mut write = tio::write_all(file, vec![1; 100_000]);
        let _ = write.poll();
        drop(write);
        Ok(())
    }));
    println!("{:?}", kind(answer));
    println!("{}", folder.at("a").exists());
}

fn shell(text: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", text]);
    command
}

fn child_status() {
    for text in ["exit 0", "exit 3", "kill -9 $$"] {
        let answer = one().block_on(lazy(|| shell(text).spawn_async().unwrap()));
        println!("{:?}", kind(answer).map(|status| (status.code(), status.success())));
        let answer = one().block_on(lazy(|| shell(text).status_async().unwrap()));
        println!("{:?}", kind(answer).map(|status| status.code()));
    }
}

fn child_output() {
    let answer = one().block_on(lazy(|| shell("echo out; echo err >&2; exit 2").output_async()));
    println!(
        "{:?}",
        kind(answer).map(|output| (output.stdout, output.stderr, output.status.code()))
    );
}

fn child_stdin() {
    let answer = one().block_on(lazy(|| {
        let mut child =
            Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn_async().unwrap();
        let (stdin, stdout) = (child.stdin().take().unwrap(), child.stdout().take().unwrap());
        println!("{} {}", child.stderr().is_none(), child.stdin().is_none());
        let sent = tio::write_all(stdin, vec![b'x'; 300_000]).map(drop);
        sent.join(tio::read_to_end(stdout, vec![])).join(child)
    }));
    println!("{:?}", kind(answer).map(|(((), (_, read)), status)| (read.len(), status.code())));
}

fn child_killed() {
    let answer = one().block_on(lazy(|| {
        let mut child = Command::new("sleep").arg("100").spawn_async().unwrap();
        println!("{:?}", kind(child.kill()));
        child
    }));
    println!("{:?}", kind(answer).map(|status| (status.code(), status.success())));
    let answer = one().block_on(lazy(|| {
        let mut child = shell("exit 0").spawn_async().unwrap();
        poll_fn(move || {
            let status = futures::try_ready!(child.poll());
            println!("{:?}", kind(child.kill()).is_err());
            Ok::<_, io::Error>(Async::Ready(status))
        })
    }));
    println!("{:?}", kind(answer).map(|status| status.code()));
}

fn gone(id: u32) -> bool {
    let end = Instant::now() + Duration::from_secs(60);
    while Instant::now() < end {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        if stat.is_empty() || stat.contains(") Z ") {
            return true;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    false
}

fn child_dropped() {
    let id = one().block_on(lazy(|| {
        let child = Command::new("sleep").arg("100").spawn_async().unwrap();
        Ok::<_, ()>(child.id())
    }));
    println!("{}", gone(id.unwrap()));
}

fn child_forgotten() {
    let answer = one().block_on(lazy(|| {
        let child = Command::new("sleep").arg("0.05").spawn_async().unwrap();
        let id = child.id();
        child.forget();
        Ok::<_, ()>(id)
    }));
    let alive = std::path::Path::new(&format!("/proc/{}", answer.unwrap())).exists();
    println!("{alive} {}", gone(answer.unwrap()));
}

fn child_missing_program() {
    let answer = one()
        .block_on(lazy(|| Ok::<_, ()>(kind(Command::new("/no/such").spawn_async().map(drop)))));
    println!("{answer:?}");
    println!(
        "{:?}",
        kind(one().block_on(lazy(|| Command::new("/no/such").output_async())).map(drop))
    );
}

fn child_wait_with_output() {
    let answer = one().block_on(lazy(|| {
        let child = shell("cat; echo done")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn_async()
            .unwrap();
        child.wait_with_output()
    }));
    println!(
        "{:?}",
        kind(answer).map(|output| (output.stdout, output.stderr, output.status.code()))
    );
}

fn child_many() {
    let answer = one().block_on(lazy(|| {
        futures::future::join_all(
            (0..20).map(|number| shell(&format!("exit {number}")).spawn_async().unwrap()),
        )
    }));
    println!(
        "{:?}",
        kind(answer).map(|all| all.iter().map(|status| status.code()).collect::<Vec<_>>())
    );
}

fn child_polled_again() {
    let answer = one().block_on(lazy(|| {
        let mut child = shell("exit 4").spawn_async().unwrap();
        poll_fn(move || {
            let first = futures::try_ready!(child.poll());
            println!("{:?}", kind(child.poll()).map(|status| status.map(|status| status.code())));
            Ok::<_, io::Error>(Async::Ready(first.code()))
        })
    }));
    println!("{:?}", kind(answer));
}

fn child_stdin_closed_by_wait() {
    // Dropping its input ends it.
    let answer = one().block_on(lazy(|| {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn_async().unwrap();
        drop(child.stdin().take());
        child.map(|status| status.code())
    }));
    println!("{:?}", kind(answer));
}

fn child_on_pool() {
    let answer = pool().block_on(lazy(|| shell("echo pool").output_async()));
    println!("{:?}", kind(answer).map(|output| output.stdout));
}

fn send(signal: &str) {
    let own = std::process::id().to_string();
    let status = Command::new("kill").args([signal, &own]).status().unwrap();
    assert!(status.success());
}

fn signals() {
    use tokio_signal::unix::{Signal, SIGUSR1, SIGUSR2};
    let answer = one().block_on(lazy(|| {
        Signal::new(SIGUSR1).join(Signal::new(SIGUSR2)).and_then(|(one, two)| {
            send("-USR1");
            one.into_future().map_err(|(error, _)| error).and_then(move |(number, _)| {
                println!("{:?}", number == Some(SIGUSR1));
                send("-USR2");
                two.into_future().map_err(|(error, _)| error)
            })
        })
    }));
    println!("{:?}", kind(answer.map(|(number, _)| number == Some(SIGUSR2))));
}

fn signal_two_listeners() {
    use tokio_signal::unix::{Signal, SIGUSR1};
    let answer = one().block_on(lazy(|| {
        Signal::new(SIGUSR1).join(Signal::new(SIGUSR1)).and_then(|(one, two)| {
            send("-USR1");
            let next = |signal: Signal| {
                signal.into_future().map(|(number, _)| number).map_err(|(error, _)| error)
            };
            next(one).join(next(two))
        })
    }));
    println!("{:?}", kind(answer));
}

fn signal_bad_number() {
    use tokio_signal::unix::Signal;
    for number in [-1, 0, 9, 19, 11, 1000] {
        println!("{number} {:?}", one().block_on(lazy(|| Signal::new(number))).is_err());
    }
}

fn signal_coalesced() {
    use tokio_signal::unix::{Signal, SIGUSR1};
    let answer = one().block_on(lazy(|| {
        Signal::new(SIGUSR1).and_then(|signal| {
            for _ in 0..3 {
                send("-USR1");
            }
            let end = Delay::new(Instant::now() + Duration::from_millis(50))
                .map_err(|_| io::Error::other("timer"));
            let mut signal = signal;
            let mut count = 0;
            let counted = poll_fn(move || {
                while let Async::Ready(Some(_)) = signal.poll()? {
                    count += 1;
                }
                Ok::<Async<u32>, io::Error>(if count > 0 && false {
                    Async::Ready(0)
                } else {
                    COUNT.with(|c| c.set(count));
                    Async::NotReady
                })
            });
            end.select2(counted).map_err(|_| io::Error::other("no")).map(drop)
        })
    }));
    println!("{:?} {}", kind(answer), COUNT.with(|count| count.get()));
}

thread_local!(static COUNT: std::cell::Cell<u32> = const { std::cell::Cell::new(0) });

fn signal_dropped_listener() {
    use tokio_signal::unix::{Signal, SIGUSR1};
    one().block_on(lazy(|| Signal::new(SIGUSR1)).map(drop)).unwrap();
    send("-USR1");
    println!("still here");
}

fn ctrl_c_by_hand() {
    let answer = one().block_on(lazy(|| {
        tokio_signal::ctrl_c().flatten_stream().take(1).collect().join(lazy(|| {
            Delay::new(Instant::now() + Duration::from_millis(20)).then(|_| {
                send("-INT");
                Ok(())
            })
        }))
    }));
    println!("{:?}", kind(answer.map(|(all, ())| all.len())));
}
