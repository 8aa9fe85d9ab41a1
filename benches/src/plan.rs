//! Which workloads there are, and who runs them.

/// Workloads that share a table.
pub struct Section {
    pub name: &'static str,
    /// Above the table.
    pub title: &'static str,
    pub kind: Kind,
    pub one_thread: bool,
    pub peers: &'static [&'static str],
    pub workloads: &'static [&'static str],
    /// The pairs of peers whose ratio is printed.
    pub ratios: &'static [(&'static str, &'static str)],
    /// The beginning of the figure that is drawn.
    pub plotted: &'static str,
}

/// Who measures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A process measures itself.
    Inside,
    /// A process measures a server, another process, while it loads it.
    Server,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Inside => "inside",
            Kind::Server => "server",
        }
    }

    pub fn from_name(name: &str) -> Option<Kind> {
        [Kind::Inside, Kind::Server].into_iter().find(|kind| kind.name() == name)
    }
}

const RUNTIMES: &[&str] = &["ours", "await", "stock", "tokio1"];
const RUNTIME_RATIOS: &[(&str, &str)] =
    &[("ours", "stock"), ("ours", "tokio1"), ("await", "tokio1")];

const SCHEDULER: &[&str] = &[
    "spawn_outside",
    "spawn_inside",
    "spawn_batch",
    "yield",
    "ping_pong",
    "chained_spawn",
    "mpsc_unbounded",
    "mpsc_unbounded_4",
    "mpsc_bounded",
    "mpsc_bounded_4",
    "fan_out",
    "timer_churn",
    "timer_reset",
    "blocking_in_place",
    "spawn_blocking",
    "start_stop",
];

const SYNC: &[&str] = &[
    "mutex_8",
    "mutex_8_held",
    "rwlock_8",
    "semaphore_8",
    "notify_one_8",
    "notify_all_8",
    "broadcast_8",
    "watch_8",
    "join_set",
    "fs_read",
    "fs_stream",
];

/// The interface of tokio 1.x, ours and its own.
const MODERN: &[&str] = &["await", "tokio1"];
const MODERN_RATIOS: &[(&str, &str)] = &[("await", "tokio1")];

/// The interface of tokio 0.2, ours and its own.
const ERA_02: &[&str] = &["await02", "tokio02"];
const ERA_02_RATIOS: &[(&str, &str)] = &[("await02", "tokio02")];

/// How futures 0.1 itself wakes tasks.
const FUTURES: &[&str] = &[
    "oneshot",
    "unbounded",
    "unbounded_4",
    "unbounded_flood",
    "bounded",
    "bounded_4",
    "echo",
    "echo_alone",
    "bilock",
    "shared",
    "unordered",
    "select",
    "atomic_task",
    "atomic_task_alone",
];

const SERVERS: &[&str] = &["ours", "await", "stock", "tokio1", "limit"];
const SERVER_RATIOS: &[(&str, &str)] =
    &[("ours", "stock"), ("ours", "tokio1"), ("ours", "limit"), ("await", "tokio1")];

/// `_N`: with so many connections; `_same`: one worker, on the processor of the load;
/// `_pinned`: one worker on the first processor, the load on the second.
const LOADS: &[&str] = &[
    "echo_1_same",
    "echo_1_pinned",
    "echo_64",
    "echo_64_pinned",
    "echo_1000",
    "echo_1000_pinned",
    "echo_10000",
    "churn_64",
    "proxy_64",
    "proxy_64_pinned",
    "idle_10000",
];

pub const SECTIONS: &[Section] = &[
    Section {
        name: "pool",
        title: "Tasks, channels, timers, on a pool of workers",
        kind: Kind::Inside,
        one_thread: false,
        peers: RUNTIMES,
        workloads: SCHEDULER,
        ratios: RUNTIME_RATIOS,
        plotted: "wall",
    },
    Section {
        name: "single",
        title: "Tasks, channels, timers, on the runtime of one thread",
        kind: Kind::Inside,
        one_thread: true,
        peers: RUNTIMES,
        workloads: SCHEDULER,
        ratios: RUNTIME_RATIOS,
        plotted: "wall",
    },
    Section {
        name: "sync",
        title: "Locks and channels that eight tasks contend for, sets of tasks, files: on a pool",
        kind: Kind::Inside,
        one_thread: false,
        peers: MODERN,
        workloads: SYNC,
        ratios: MODERN_RATIOS,
        plotted: "wall",
    },
    Section {
        name: "sync_single",
        title: "Locks and channels that eight tasks contend for, sets of tasks, files: one thread",
        kind: Kind::Inside,
        one_thread: true,
        peers: MODERN,
        workloads: SYNC,
        ratios: MODERN_RATIOS,
        plotted: "wall",
    },
    Section {
        name: "futures",
        title: "Channels, locks and combinators of futures 0.1 itself, on a pool of workers",
        kind: Kind::Inside,
        one_thread: false,
        peers: &["ours", "stock"],
        workloads: FUTURES,
        ratios: &[("ours", "stock")],
        plotted: "wall",
    },
    Section {
        name: "futures_single",
        title: "Channels, locks and combinators of futures 0.1 itself, on one thread",
        kind: Kind::Inside,
        one_thread: true,
        peers: &["ours", "stock"],
        workloads: FUTURES,
        ratios: &[("ours", "stock")],
        plotted: "wall",
    },
    Section {
        name: "crossings",
        title: "From one kind of future to the other",
        kind: Kind::Inside,
        one_thread: true,
        peers: &["plain", "compat", "futures03"],
        workloads: &[
            "future_01",
            "future_01_woken",
            "future_std",
            "future_std_woken",
            "stream_01",
            "stream_01_woken",
            "stream_std",
            "stream_std_woken",
            "sink_01",
            "sink_01_woken",
            "sink_std",
            "sink_std_woken",
            "io_01",
            "io_01_woken",
            "io_std",
            "io_std_woken",
        ],
        ratios: &[("compat", "plain"), ("futures03", "plain"), ("compat", "futures03")],
        plotted: "wall",
    },
    Section {
        name: "latency",
        title: "Latency while the workers are busy",
        kind: Kind::Inside,
        one_thread: false,
        peers: RUNTIMES,
        workloads: &["burst_60", "timers_busy", "wake_outside_busy", "trickle_under_flood"],
        ratios: RUNTIME_RATIOS,
        plotted: "p99",
    },
    Section {
        name: "latency_echo",
        title: "Latency of a server all of whose workers but one are busy",
        kind: Kind::Server,
        one_thread: false,
        peers: RUNTIMES,
        workloads: &["longpoll_8", "ready_8", "blocking_8"],
        ratios: RUNTIME_RATIOS,
        plotted: "p99",
    },
    Section {
        name: "size",
        title: "A million sleeping tasks, a million timers, ten million spawns",
        kind: Kind::Inside,
        one_thread: false,
        peers: RUNTIMES,
        workloads: &["sleepers_1m", "timers_1m", "spawn_10m"],
        ratios: RUNTIME_RATIOS,
        plotted: "memory",
    },
    Section {
        name: "size_servers",
        title: "A hundred thousand idle connections",
        kind: Kind::Server,
        one_thread: false,
        peers: SERVERS,
        workloads: &["idle_100000"],
        ratios: SERVER_RATIOS,
        plotted: "memory",
    },
    Section {
        name: "servers",
        title: "Servers, on a pool of workers",
        kind: Kind::Server,
        one_thread: false,
        peers: SERVERS,
        workloads: LOADS,
        ratios: SERVER_RATIOS,
        plotted: "server CPU",
    },
    Section {
        name: "servers_single",
        title: "Servers, on the runtime of one thread",
        kind: Kind::Server,
        one_thread: true,
        peers: SERVERS,
        workloads: LOADS,
        ratios: SERVER_RATIOS,
        plotted: "server CPU",
    },
    Section {
        name: "pool_02",
        title: "Tasks, channels, timers by the interface of tokio 0.2, on a pool",
        kind: Kind::Inside,
        one_thread: false,
        peers: ERA_02,
        workloads: SCHEDULER,
        ratios: ERA_02_RATIOS,
        plotted: "wall",
    },
    Section {
        name: "single_02",
        title: "Tasks, channels, timers by the interface of tokio 0.2, on one thread",
        kind: Kind::Inside,
        one_thread: true,
        peers: ERA_02,
        workloads: SCHEDULER,
        ratios: ERA_02_RATIOS,
        plotted: "wall",
    },
    Section {
        name: "servers_02",
        title: "Servers by the interface of tokio 0.2, on a pool of workers",
        kind: Kind::Server,
        one_thread: false,
        peers: ERA_02,
        workloads: LOADS,
        ratios: ERA_02_RATIOS,
        plotted: "server CPU",
    },
];
