//! Lists and dumps 100 000 waiting tasks, while one more task counts how long it is kept from
//! running.
//!
//! ```sh
//! cargo run --release --example inspect-many            # or with a number of tasks
//! ```
//!
//! Prints how long each look took, and the longest time between two polls of the counting task,
//! of which there is one on each worker; before, for comparison, the same with nobody looking.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::inspect;
use tokio::prelude::*;
use tokio::runtime::Runtime;
use tokio::sync::{mutex::Mutex, oneshot};
use tokio::timer::Delay;

/// How long the counting tasks were kept from running, at most, in nanoseconds.
#[derive(Default)]
struct Longest {
    all: AtomicU64,
    /// Without the time in which the system ran something else than the worker.
    own: AtomicU64,
}

impl Longest {
    fn take(&self) -> String {
        let take = |of: &AtomicU64| Duration::from_nanos(of.swap(0, Relaxed));
        format!(
            "longest delay {:8.1?}, without the system's {:8.1?}",
            take(&self.all),
            take(&self.own)
        )
    }
}

/// For how long this thread has waited for a processor so far, in nanoseconds.
fn waited() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split_whitespace().nth(1).and_then(|ns| ns.parse().ok()).unwrap_or(0)
}

/// Is polled again and again.
async fn count(longest: Arc<Longest>, stop: Arc<AtomicBool>) {
    let mut last = Instant::now();
    let mut waited_before = waited();
    while !stop.load(Relaxed) {
        tokio::task::yield_now().await;
        let took = last.elapsed().as_nanos() as u64;
        longest.all.fetch_max(took, Relaxed);
        if took > 100_000 {
            let waited = waited();
            longest.own.fetch_max(took.saturating_sub(waited - waited_before), Relaxed);
            waited_before = waited;
        }
        last = Instant::now();
    }
}

/// Waits, as a connection does: for a timer, a lock or an answer.
fn spawn_waiting(
    runtime: &mut Runtime,
    n: usize,
    lock: &Arc<Mutex<()>>,
) -> Option<oneshot::Sender<()>> {
    let later = tokio::clock::now() + Duration::from_secs(3600);
    match n % 4 {
        0 => runtime.spawn(Delay::new(later).map_err(drop)),
        1 => runtime.spawn_std(async move { Delay::new(later).await }),
        2 => {
            let lock = lock.clone();
            runtime.spawn_std(async move { drop(lock.lock().await) })
        }
        _ => {
            let (sender, answer) = oneshot::channel::<()>();
            runtime.spawn(answer.map_err(drop));
            return Some(sender);
        }
    };
    None
}

fn main() {
    let count_of = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let workers = std::env::args().nth(2).and_then(|n| n.parse().ok()).unwrap_or(1);
    let mut runtime = tokio::runtime::Builder::new().core_threads(workers).build().unwrap();
    let lock = Arc::new(Mutex::new(()));
    let held = lock.clone().try_lock_owned().expect("nobody else has it");
    let senders: Vec<_> =
        (0..count_of).filter_map(|n| spawn_waiting(&mut runtime, n, &lock)).collect();
    while runtime.metrics().alive() < count_of as u64 || inspect::tasks().len() < count_of {
        std::thread::sleep(Duration::from_millis(50));
    }
    let (longest, stop) = (Arc::new(Longest::default()), Arc::new(AtomicBool::new(false)));
    for _ in 0..workers {
        runtime.spawn_std(count(longest.clone(), stop.clone()));
    }
    let look = |what: &str, look: &mut dyn FnMut() -> String| {
        std::thread::sleep(Duration::from_millis(200));
        longest.take();
        let start = Instant::now();
        let saw = look();
        println!("{what:32} {:9.1?}, {}; {saw}", start.elapsed(), longest.take());
    };
    let looks = |recorded: &str| {
        for _ in 0..3 {
            look("nobody looks, one second", &mut || {
                std::thread::sleep(Duration::from_secs(1));
                String::new()
            });
            look(&format!("list{recorded}"), &mut || {
                format!("of {} tasks", inspect::tasks().len())
            });
            look(&format!("diagnosis{recorded}"), &mut || {
                format!("{} findings", inspect::diagnose().len())
            });
            look(&format!("dump, stacks of 1000{recorded}"), &mut || {
                let dump = inspect::dump(1000);
                format!("{} stacks", dump.tasks.iter().filter(|t| !t.stacks.is_empty()).count())
            });
            look(&format!("dump, all stacks{recorded}"), &mut || {
                let dump = inspect::dump(usize::MAX);
                format!("{} stacks", dump.tasks.iter().filter(|t| !t.stacks.is_empty()).count())
            });
        }
    };
    looks("");
    let recording = inspect::Recording::start();
    looks(", recorded");
    drop(recording);
    stop.store(true, Relaxed);
    drop((held, senders));
}
