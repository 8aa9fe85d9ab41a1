//! What errors and panics say, and how values print.
//!
//! Numbers that differ from run to run are left out.
//! `main` calls each program, in a process of its own.

use crate::{one, panic_of, paused, pool, Program};
use std::future::pending;
use std::io;
use std::time::Duration;
use tokio::runtime::{Builder, Handle};
use tokio::sync::{
    broadcast, mpsc, oneshot, watch, Mutex, Notify, OnceCell, RwLock, Semaphore, SetOnce,
};
use tokio::task::{self, LocalSet};
use tokio::time;

pub const PROGRAMS: &[Program] = &[
    ("words_of_channels", words_of_channels),
    ("words_of_locks", words_of_locks),
    ("words_of_join_errors", words_of_join_errors),
    ("words_of_time", words_of_time),
    ("words_of_io", words_of_io),
    ("words_without_runtime", words_without_runtime),
    ("words_without_drivers", words_without_drivers),
    ("words_without_drivers_on_workers", words_without_drivers_on_workers),
    ("words_of_blocking", words_of_blocking),
    ("words_of_builders", words_of_builders),
    ("words_of_shutdown", words_of_shutdown),
    ("words_of_limits", words_of_limits),
    ("words_of_unsplit", words_of_unsplit),
    ("words_of_clock", words_of_clock),
    ("words_of_misuse", words_of_misuse),
    ("debug_of_channels", debug_of_channels),
    ("debug_of_locks", debug_of_locks),
];

fn say<E: std::error::Error>(error: E) {
    println!("{error} / {error:?} / source {}", error.source().is_some());
}

fn words_of_channels() {
    let (sender, mut receiver) = mpsc::channel::<u8>(1);
    sender.try_send(1).unwrap();
    say(sender.try_send(2).unwrap_err());
    say(sender.try_reserve().unwrap_err());
    receiver.try_recv().unwrap();
    say(receiver.try_recv().unwrap_err());
    receiver.close();
    say(sender.try_send(3).unwrap_err());
    say(receiver.try_recv().unwrap_err());
    one().block_on(async {
        say(sender.send(4).await.unwrap_err());
        say(sender.reserve().await.unwrap_err());
    });
    let (sender, receiver) = mpsc::unbounded_channel::<u8>();
    drop(receiver);
    say(sender.send(1).unwrap_err());
    let (sender, mut receiver) = oneshot::channel::<u8>();
    say(receiver.try_recv().unwrap_err());
    drop(sender);
    say(receiver.try_recv().unwrap_err());
    say(one().block_on(receiver).unwrap_err());
    let (sender, mut receiver) = broadcast::channel::<u8>(1);
    say(receiver.try_recv().unwrap_err());
    sender.send(1).unwrap();
    sender.send(2).unwrap();
    say(receiver.try_recv().unwrap_err());
    drop(receiver);
    say(sender.send(3).unwrap_err());
    let mut receiver = sender.subscribe();
    drop(sender);
    say(receiver.try_recv().unwrap_err());
    say(one().block_on(receiver.recv()).unwrap_err());
    let (sender, mut receiver) = watch::channel(1);
    drop(sender);
    say(receiver.has_changed().unwrap_err());
    say(one().block_on(receiver.changed()).unwrap_err());
    let (sender, receiver) = watch::channel(1);
    drop(receiver);
    say(sender.send(2).unwrap_err());
}

fn words_of_locks() {
    let semaphore = Semaphore::new(0);
    say(semaphore.try_acquire().unwrap_err());
    semaphore.close();
    say(semaphore.try_acquire().unwrap_err());
    say(one().block_on(semaphore.acquire()).unwrap_err());
    let mutex = Mutex::new(1);
    let _guard = mutex.try_lock().unwrap();
    say(mutex.try_lock().unwrap_err());
    let lock = RwLock::new(1);
    let _guard = lock.try_write().unwrap();
    say(lock.try_read().unwrap_err());
    let cell = OnceCell::new();
    cell.set(1).unwrap();
    say(cell.set(2).unwrap_err());
    let once = SetOnce::new();
    once.set(1).unwrap();
    say(once.set(2).unwrap_err());
}

/// The error with the numbers of task ids replaced.
fn without_numbers(text: String) -> String {
    text.chars()
        .map(|c| if c.is_ascii_digit() { '#' } else { c })
        .collect::<String>()
        .replace("##", "#")
}

fn words_of_join_errors() {
    one().block_on(async {
        for task in [
            tokio::spawn(async { panic!("a message") }),
            tokio::spawn(async { panic!("formatted {}", 1) }),
            tokio::spawn(async { std::panic::panic_any(3_u8) }),
        ] {
            let error: task::JoinError = task.await.unwrap_err();
            println!("{}", without_numbers(format!("{error} / {error:?}")));
            println!("{}", std::io::Error::from(error).kind());
        }
        let task = tokio::spawn(pending::<()>());
        task.abort();
        let error = task.await.unwrap_err();
        println!("{}", without_numbers(format!("{error} / {error:?}")));
        println!("{}", without_numbers(panic_of(|| error.into_panic())));
    });
}

fn words_of_time() {
    paused().block_on(async {
        let elapsed = time::timeout(Duration::from_millis(1), pending::<()>()).await.unwrap_err();
        let error =
            std::io::Error::from(time::timeout(Duration::ZERO, pending::<()>()).await.unwrap_err());
        println!("{error} {:?}", error.kind());
        say(elapsed);
    });
    println!(
        "{:?} {:?}",
        time::MissedTickBehavior::default(),
        time::Instant::now().elapsed() < Duration::MAX
    );
}

fn words_of_io() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    one().block_on(async {
        say((&b"ab"[..]).read_exact(&mut [0; 3]).await.unwrap_err());
        say((&b"\xff"[..]).read_to_string(&mut String::new()).await.unwrap_err());
        say((&b"ab"[..]).read_u32().await.unwrap_err());
        say(io::Cursor::new(&mut [0_u8; 1][..]).write_all(b"ab").await.unwrap_err());
        let (near, far) = tokio::io::duplex(1);
        drop(far);
        let mut near = near;
        say(near.write_all(b"ab").await.unwrap_err());
        say(tokio::net::TcpStream::connect("127.0.0.1").await.map(drop).unwrap_err());
        say(tokio::fs::File::open("/no such file").await.map(drop).unwrap_err());
        say(tokio::fs::read_to_string("/").await.unwrap_err());
    });
}

fn words_without_runtime() {
    println!("{}", panic_of(|| tokio::spawn(async {})));
    println!("{}", panic_of(|| task::spawn_blocking(|| ())));
    println!("{}", panic_of(|| task::spawn_local(async {})));
    println!("{}", panic_of(|| time::sleep(Duration::from_millis(1))));
    println!("{}", panic_of(|| time::interval(Duration::from_millis(1))));
    println!("{}", panic_of(|| time::timeout(Duration::from_millis(1), pending::<()>())));
    println!("{}", panic_of(Handle::current));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    println!("{}", panic_of(|| tokio::net::TcpListener::from_std(listener)));
    println!("{}", panic_of(|| tokio::net::UnixDatagram::unbound().map(drop)));
    println!("{}", panic_of(|| tokio::net::UnixStream::pair().map(drop)));
    println!("{}", panic_of(|| tokio::process::Command::new("true").spawn().map(drop)));
    println!(
        "{}",
        panic_of(
            || tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).map(drop)
        )
    );
    println!(
        "{}",
        panic_of(|| {
            let mut set = task::JoinSet::new();
            set.spawn(async {});
        })
    );
}

fn drivers_missing() {
    println!("{}", panic_of(|| time::sleep(Duration::from_millis(1))));
    println!("{}", panic_of(|| time::interval(Duration::from_millis(1))));
    println!("{}", panic_of(|| time::timeout(Duration::from_millis(1), pending::<()>())));
    println!("{}", panic_of(|| tokio::net::UnixStream::pair().map(drop)));
    println!("{}", panic_of(|| tokio::net::UnixDatagram::unbound().map(drop)));
    println!("{}", panic_of(|| tokio::process::Command::new("true").spawn().map(drop)));
    println!(
        "{}",
        panic_of(
            || tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).map(drop)
        )
    );
}

fn words_without_drivers() {
    let runtime = Builder::new_current_thread().build().unwrap();
    runtime.block_on(async { drivers_missing() });
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        time::sleep(Duration::from_millis(1)).await;
        println!("{}", panic_of(|| tokio::net::UnixStream::pair().map(drop)));
    });
    let runtime = Builder::new_current_thread().enable_io().build().unwrap();
    runtime.block_on(async {
        println!("{}", panic_of(|| tokio::net::UnixStream::pair().map(drop)));
        println!("{}", panic_of(|| time::sleep(Duration::from_millis(1))));
    });
}

fn words_without_drivers_on_workers() {
    let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
    runtime.block_on(async { drivers_missing() });
    runtime.block_on(async { tokio::spawn(async { drivers_missing() }).await.unwrap() });
    runtime.block_on(async { task::spawn_blocking(drivers_missing).await.unwrap() });
    runtime.block_on(async {
        let connected = tokio::spawn(tokio::net::TcpStream::connect("127.0.0.1:1")).await;
        println!("{}", connected.is_err());
    });
}

fn words_of_blocking() {
    let runtime = one();
    runtime.block_on(async {
        println!("{}", panic_of(|| one().block_on(async {})));
        println!("{}", panic_of(|| Handle::current().block_on(async {})));
        let (sender, mut receiver) = mpsc::channel::<u8>(1);
        println!("{}", panic_of(|| receiver.blocking_recv()));
        println!("{}", panic_of(|| sender.blocking_send(1)));
        let (_sender, receiver) = oneshot::channel::<u8>();
        println!("{}", panic_of(|| receiver.blocking_recv()));
        println!("{}", panic_of(|| drop(Mutex::new(1).blocking_lock())));
        println!("{}", panic_of(|| drop(RwLock::new(1).blocking_read())));
        println!("{}", panic_of(|| drop(RwLock::new(1).blocking_write())));
    });
    let inner = one();
    runtime.block_on(async { println!("{}", panic_of(move || drop(inner))) });
    let inner = pool();
    runtime.block_on(async { println!("{}", panic_of(move || inner.shutdown_background())) });
    let local = LocalSet::new();
    println!("{}", panic_of(|| runtime.block_on(async { local.block_on(&one(), async {}) })));
}

fn words_of_builders() {
    println!("{}", panic_of(|| Builder::new_multi_thread().worker_threads(0).build().map(drop)));
    println!(
        "{}",
        panic_of(|| Builder::new_multi_thread().max_blocking_threads(0).build().map(drop))
    );
    println!(
        "{}",
        panic_of(|| Builder::new_multi_thread().global_queue_interval(0).build().map(drop))
    );
    println!("{}", panic_of(|| Builder::new_multi_thread().event_interval(0).build().map(drop)));
    println!(
        "{}",
        panic_of(|| Builder::new_multi_thread().enable_all().start_paused(true).build().map(drop))
    );
    println!("{}", panic_of(|| drop(mpsc::channel::<u8>(0))));
    println!("{}", panic_of(|| drop(broadcast::channel::<u8>(0))));
    println!("{}", with_max(panic_of(|| drop(Semaphore::new(Semaphore::MAX_PERMITS + 1)))));
    println!("{}", panic_of(|| drop(RwLock::with_max_readers(1, u32::MAX))));
    let runtime = one();
    println!("{}", panic_of(|| runtime.block_on(async { drop(time::interval(Duration::ZERO)) })));
    println!("{}", Semaphore::MAX_PERMITS == usize::MAX >> 3);
}

fn words_of_shutdown() {
    let runtime = one();
    let handle = runtime.handle().clone();
    let socket =
        runtime.block_on(async { tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap() });
    let sleep = runtime.block_on(async { Box::pin(time::sleep(Duration::from_millis(1))) });
    drop(runtime);
    println!("{}", panic_of(|| handle.block_on(sleep)));
    let other = one();
    say(other.block_on(socket.recv(&mut [0; 1])).unwrap_err());
    println!(
        "{}",
        panic_of(|| handle.block_on(async { time::sleep(Duration::from_millis(1)).await }))
    );
    let made = handle.block_on(async { tokio::net::UdpSocket::bind("127.0.0.1:0").await });
    say(made.map(drop).unwrap_err());
    println!("{}", handle.block_on(async { 3 }));
    let failed = handle.block_on(async { task::spawn_blocking(|| 1).await });
    println!("{}", failed.is_err_and(|e| e.is_cancelled()));
    say(handle.block_on(tokio::fs::read("/dev/null")).unwrap_err());
}

/// The most permits, which depend on the width of a pointer, by their name.
fn with_max(words: String) -> String {
    words.replace(&format!("{}", Semaphore::MAX_PERMITS), "MAX")
}

fn words_of_limits() {
    println!("{}", with_max(panic_of(|| Semaphore::new(1).add_permits(Semaphore::MAX_PERMITS))));
    println!("{:?}", Semaphore::new(1).try_acquire_many(u32::MAX >> 3).map(drop));
    let (sender, _receiver) = mpsc::channel::<u8>(2);
    println!(
        "{:?}",
        sender.try_reserve_many(3).map(|permits| permits.len()).map_err(|e| e.to_string())
    );
    println!(
        "{:?}",
        sender.try_reserve_many(0).map(|permits| permits.len()).map_err(|e| e.to_string())
    );
    println!("{}", sender.max_capacity());
    let first = std::sync::Arc::new(Semaphore::new(1));
    let second = std::sync::Arc::new(Semaphore::new(1));
    let mut permit = first.clone().try_acquire_owned().unwrap();
    println!("{}", panic_of(|| permit.merge(second.try_acquire_owned().unwrap())));
    println!(
        "{}",
        panic_of(|| {
            let mut buffer = tokio::io::ReadBuf::new(&mut []);
            buffer.put_slice(b"x");
        })
    );
    println!(
        "{}",
        panic_of(|| {
            let mut room = [0; 2];
            tokio::io::ReadBuf::new(&mut room).advance(3);
        })
    );
    println!(
        "{}",
        panic_of(|| {
            let mut room = [0; 2];
            tokio::io::ReadBuf::new(&mut room).set_filled(3);
        })
    );
    println!(
        "{}",
        panic_of(|| {
            let mut room = [0; 2];
            tokio::io::ReadBuf::new(&mut room).initialize_unfilled_to(3)[0]
        })
    );
}

fn words_of_unsplit() {
    let (first, _) = tokio::io::duplex(1);
    let (second, _) = tokio::io::duplex(1);
    let (read, write) = tokio::io::split(first);
    let (other, _keep) = tokio::io::split(second);
    println!("{}", panic_of(move || drop(other.unsplit(write))));
    drop(read);
    one().block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let connect = || tokio::net::TcpStream::connect(listener.local_addr().unwrap());
        let (read, _first) = connect().await.unwrap().into_split();
        let (_second, write) = connect().await.unwrap().into_split();
        println!("{}", read.reunite(write).unwrap_err());
    });
}

fn words_of_clock() {
    let runtime = one();
    runtime.block_on(async {
        println!("{}", panic_of(time::resume));
        time::pause();
        println!("{}", panic_of(time::pause));
        println!("{}", panic_of(|| time::Instant::now() + Duration::MAX));
    });
    let runtime = pool();
    println!("{}", panic_of(|| runtime.block_on(async { time::pause() })));
    println!("{}", panic_of(time::pause));
    println!("{}", panic_of(|| one().block_on(time::advance(Duration::from_millis(1)))));
    println!("{}", panic_of(time::resume));
}

fn words_of_misuse() {
    let runtime = one();
    runtime.block_on(async {
        let task = tokio::spawn(async {});
        let mut task = Box::pin(task);
        let _ = (&mut task).await;
        let again = std::panic::AssertUnwindSafe(task);
        let nested = tokio::spawn(async move {
            let again = again;
            let _ = again.0.await;
        });
        println!(
            "{}",
            without_numbers(nested.await.unwrap_err().to_string()).split('"').nth(1).unwrap_or("?")
        );
    });
    runtime.block_on(async {
        let (sender, receiver) = oneshot::channel::<u8>();
        let mut receiver = Box::pin(receiver);
        sender.send(1).unwrap();
        println!("{:?}", (&mut receiver).await);
        let nested = tokio::spawn(receiver).await;
        println!(
            "{}",
            without_numbers(nested.unwrap_err().to_string()).split('"').nth(1).unwrap_or("?")
        );
        let select = tokio::spawn(async {
            tokio::select! { Some(()) = async { None } => {} }
        });
        println!(
            "{}",
            without_numbers(select.await.unwrap_err().to_string()).split('"').nth(1).unwrap_or("?")
        );
        let local = tokio::spawn(async { drop(task::spawn_local(async {})) });
        println!(
            "{}",
            without_numbers(local.await.unwrap_err().to_string()).split('"').nth(1).unwrap_or("?")
        );
    });
}

fn debug_of_channels() {
    let (sender, receiver) = oneshot::channel::<u8>();
    drop((sender, receiver));
    let (sender, receiver) = watch::channel(7_u8);
    println!("{} {}", *receiver.borrow(), *sender.borrow());
    println!("{:?}", mpsc::error::SendTimeoutError::Timeout(1).to_string());
    println!("{:?}", mpsc::error::TryRecvError::Empty);
    println!("{:?}", mpsc::error::SendError(3));
    println!("{:?}", mpsc::error::TrySendError::Full(3));
    println!("{:?}", broadcast::error::SendError(3));
    println!("{:?}", watch::error::SendError(3));
}

fn debug_of_locks() {
    let mutex = Mutex::new(1);
    println!("{mutex:?} {:?} {}", mutex.try_lock().unwrap(), mutex.try_lock().unwrap());
    let lock = RwLock::new(1);
    println!("{:?} {}", lock.try_read().unwrap(), lock.try_write().unwrap());
    println!("{:?} {:?}", OnceCell::<u8>::new(), OnceCell::new_with(Some(1)));
    println!("{:?} {:?}", SetOnce::<u8>::new(), SetOnce::new_with(Some(1)));
    drop(Notify::new());
}
