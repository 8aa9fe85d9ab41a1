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
            _ => return None,
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
            Job::Unbounded { senders, each } | Job::Bounded { senders, each } => senders * each,
            Job::TimerChurn { tasks, each, .. } => tasks * each,
            Job::TimerReset { tasks, timers, times } => tasks * timers * times,
        }
    }
}
