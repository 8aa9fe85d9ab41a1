//! What the workloads of a runtime consist of: the same for all peers.

use crate::settings::Settings;

/// A workload and its sizes.
#[derive(Clone, Copy, Debug)]
pub enum Job {
    SpawnOutside {
        tasks: u64,
    },
    SpawnInside {
        tasks: u64,
    },
    SpawnBatch {
        batches: u64,
        size: u64,
    },
    Yields {
        tasks: u64,
        each: u64,
    },
    PingPong {
        pairs: u64,
        rounds: u64,
    },
    ChainedSpawn {
        links: u64,
    },
    FanOut {
        children: u64,
        rounds: u64,
    },
    BlockingInPlace {
        tasks: u64,
        each: u64,
    },
    SpawnBlocking {
        tasks: u64,
        each: u64,
    },
    StartStop {
        times: u64,
    },
    Unbounded {
        senders: u64,
        each: u64,
    },
    Bounded {
        senders: u64,
        each: u64,
    },
    TimerChurn {
        tasks: u64,
        each: u64,
        live: u64,
    },
    TimerReset {
        tasks: u64,
        timers: u64,
        times: u64,
    },
    /// With a lock that is let go at once, or held while the task yields.
    Mutex {
        tasks: u64,
        each: u64,
        held: bool,
    },
    RwLock {
        tasks: u64,
        each: u64,
    },
    Semaphore {
        tasks: u64,
        each: u64,
    },
    NotifyOne {
        pairs: u64,
        each: u64,
    },
    NotifyAll {
        tasks: u64,
        each: u64,
    },
    Broadcast {
        receivers: u64,
        batches: u64,
        size: u64,
    },
    Watch {
        receivers: u64,
        each: u64,
    },
    JoinSet {
        children: u64,
        rounds: u64,
    },
    FsRead {
        tasks: u64,
        each: u64,
    },
    FsStream {
        chunks: u64,
    },
    /// Woken together; each then takes 4 ms.
    Burst {
        tasks: u64,
        rounds: u64,
    },
    TimersBusy {
        tasks: u64,
        each: u64,
    },
    WakeOutside {
        times: u64,
    },
    Trickle {
        times: u64,
    },
    Sleepers {
        tasks: u64,
    },
    LiveTimers {
        tasks: u64,
        each: u64,
    },
    SpawnMany {
        tasks: u64,
    },
    Futures(Futures),
}

/// The ways in which futures 0.1 itself wakes a task.
#[derive(Clone, Copy, Debug)]
pub enum Futures {
    Oneshots {
        rounds: u64,
        pairs: u64,
    },
    /// In each round the senders send `each` in one poll.
    Unbounded {
        rounds: u64,
        senders: u64,
        each: u64,
    },
    Bounded {
        senders: u64,
        each: u64,
    },
    Echoes {
        pairs: u64,
        rounds: u64,
    },
    Locks {
        pairs: u64,
        rounds: u64,
    },
    Shared {
        rounds: u64,
    },
    Unordered {
        rounds: u64,
    },
    Selects {
        rounds: u64,
    },
    AtomicTasks {
        pairs: u64,
        rounds: u64,
    },
}

impl Futures {
    fn named(name: &str, settings: &Settings) -> Option<Futures> {
        let n = |full| settings.size(full);
        Some(match name {
            "oneshot" => Futures::Oneshots { rounds: n(2_000), pairs: 100 },
            "unbounded" => Futures::Unbounded { rounds: n(100), senders: 1, each: 10_000 },
            "unbounded_4" => Futures::Unbounded { rounds: n(100), senders: 4, each: 2_500 },
            "unbounded_flood" => Futures::Unbounded { rounds: 1, senders: 1, each: n(1_000_000) },
            "bounded" => Futures::Bounded { senders: 1, each: n(1_000_000) },
            "bounded_4" => Futures::Bounded { senders: 4, each: n(250_000) },
            "echo" => Futures::Echoes { pairs: 100, rounds: n(2_000) },
            "echo_alone" => Futures::Echoes { pairs: 1, rounds: n(100_000) },
            "bilock" => Futures::Locks { pairs: 100, rounds: n(1_000) },
            "shared" => Futures::Shared { rounds: n(10_000) },
            "unordered" => Futures::Unordered { rounds: n(1_000) },
            "select" => Futures::Selects { rounds: n(50_000) },
            "atomic_task" => Futures::AtomicTasks { pairs: 100, rounds: n(2_000) },
            "atomic_task_alone" => Futures::AtomicTasks { pairs: 1, rounds: n(100_000) },
            _ => return None,
        })
    }

    fn operations(self) -> u64 {
        match self {
            Futures::Oneshots { rounds, pairs } => rounds * pairs,
            Futures::Unbounded { rounds, senders, each } => rounds * senders * each,
            Futures::Bounded { senders, each } => senders * each,
            Futures::Echoes { pairs, rounds } | Futures::AtomicTasks { pairs, rounds } => {
                pairs * rounds
            }
            Futures::Locks { pairs, rounds } => 2 * pairs * rounds,
            // Ten tasks wait for one result, and one for a hundred.
            Futures::Shared { rounds } => 10 * rounds,
            Futures::Unordered { rounds } => 100 * rounds,
            Futures::Selects { rounds } => rounds,
        }
    }
}

impl Job {
    /// The workload of this name, in the size that is set.
    pub fn named(name: &str, settings: &Settings) -> Option<Job> {
        let n = |full| settings.size(full);
        Some(match name {
            "spawn_outside" => Job::SpawnOutside { tasks: n(1_000_000) },
            "spawn_inside" => Job::SpawnInside { tasks: n(1_000_000) },
            "spawn_batch" => Job::SpawnBatch { batches: n(1_000), size: 1_000 },
            "yield" => Job::Yields { tasks: 200, each: n(10_000) },
            "ping_pong" => Job::PingPong { pairs: 1_000, rounds: n(100) },
            "chained_spawn" => Job::ChainedSpawn { links: n(1_000_000) },
            "mpsc_unbounded" => Job::Unbounded { senders: 1, each: n(1_000_000) },
            "mpsc_unbounded_4" => Job::Unbounded { senders: 4, each: n(250_000) },
            "mpsc_bounded" => Job::Bounded { senders: 1, each: n(1_000_000) },
            "mpsc_bounded_4" => Job::Bounded { senders: 4, each: n(250_000) },
            "fan_out" => Job::FanOut { children: 10_000, rounds: n(20) },
            "timer_churn" => Job::TimerChurn { tasks: 2, each: n(500_000), live: n(10_000) },
            "timer_reset" => Job::TimerReset { tasks: 100, timers: 100, times: n(100) },
            "blocking_in_place" => Job::BlockingInPlace { tasks: 64, each: n(1_500) },
            "spawn_blocking" => Job::SpawnBlocking { tasks: 64, each: n(1_500) },
            "mutex_8" => Job::Mutex { tasks: 8, each: n(100_000), held: false },
            "mutex_8_held" => Job::Mutex { tasks: 8, each: n(50_000), held: true },
            "rwlock_8" => Job::RwLock { tasks: 8, each: n(50_000) },
            "semaphore_8" => Job::Semaphore { tasks: 8, each: n(50_000) },
            "notify_one_8" => Job::NotifyOne { pairs: 4, each: n(50_000) },
            "notify_all_8" => Job::NotifyAll { tasks: 8, each: n(50_000) },
            "broadcast_8" => Job::Broadcast { receivers: 8, batches: n(1_000), size: 100 },
            "watch_8" => Job::Watch { receivers: 8, each: n(50_000) },
            "join_set" => Job::JoinSet { children: 10_000, rounds: n(20) },
            "fs_read" => Job::FsRead { tasks: 8, each: n(2_000) },
            "fs_stream" => Job::FsStream { chunks: n(20_000) },
            "burst_60" => Job::Burst { tasks: 60, rounds: n(5) },
            "timers_busy" => Job::TimersBusy { tasks: 100, each: n(50) },
            "wake_outside_busy" => Job::WakeOutside { times: n(2_000) },
            "trickle_under_flood" => Job::Trickle { times: n(1_000) },
            "sleepers_1m" => Job::Sleepers { tasks: n(1_000_000) },
            "timers_1m" => Job::LiveTimers { tasks: 100, each: n(10_000) },
            "spawn_10m" => Job::SpawnMany { tasks: n(10_000_000) },
            "start_stop" => Job::StartStop { times: n(200) },
            _ => Job::Futures(Futures::named(name, settings)?),
        })
    }

    /// What the time is divided by.
    pub fn operations(self) -> u64 {
        match self {
            Job::SpawnOutside { tasks } | Job::SpawnInside { tasks } => tasks,
            Job::SpawnBatch { batches, size } => batches * size,
            Job::PingPong { pairs, rounds } => pairs * rounds,
            Job::ChainedSpawn { links } => links,
            Job::FanOut { children, rounds } => children * rounds,
            Job::Yields { tasks, each }
            | Job::BlockingInPlace { tasks, each }
            | Job::Mutex { tasks, each, .. }
            | Job::RwLock { tasks, each }
            | Job::Semaphore { tasks, each }
            | Job::NotifyAll { tasks, each }
            | Job::FsRead { tasks, each }
            | Job::SpawnBlocking { tasks, each } => tasks * each,
            Job::StartStop { times } => times,
            Job::NotifyOne { pairs, each } => 2 * pairs * each,
            Job::Broadcast { receivers, batches, size } => receivers * batches * size,
            Job::Watch { receivers, each } => receivers * each,
            Job::JoinSet { children, rounds } => children * rounds,
            Job::FsStream { chunks } => chunks,
            Job::Burst { tasks, rounds } => tasks * rounds,
            Job::TimersBusy { tasks, each } | Job::LiveTimers { tasks, each } => tasks * each,
            Job::WakeOutside { times } | Job::Trickle { times } => times,
            Job::Sleepers { tasks } | Job::SpawnMany { tasks } => tasks,
            Job::Futures(job) => job.operations(),
            Job::Unbounded { senders, each } | Job::Bounded { senders, each } => senders * each,
            Job::TimerChurn { tasks, each, .. } => tasks * each,
            Job::TimerReset { tasks, timers, times } => tasks * timers * times,
        }
    }
}
