//! A model of the scheduler on more cores than the machine has.
//!
//!     cargo run --release -- simulate
//!     cargo run --release -- simulate seed=7 transfer_ns=90
//!     cargo run --release -- simulate searchers=4 id_batch=64     # with remedies
//!
//! Each worker has a core, and each line of memory that workers share has an owner. A core
//! that writes a line of another's, or reads one that was written since, waits until the line
//! is free and then for its transfer; so a line that all write is a queue. The rules are the
//! scheduler's: a slot for what was woken or spawned first, a queue of its own, batches of half
//! a victim's queue when it has none, half of the workers searching at most, and one sleeper
//! woken for a push if nobody searches. One rule is left out: that a thief leaves a queue alone
//! that is soon done, which matters to tasks that wake each other.
//!
//! What an operation costs on lines of its own is set below, from `docs/BENCHMARKS.md`'s
//! figures of one thread; which lines it touches is what `docs/SCALING.md` says and
//! `tests/shared_words.rs` counts. The same seed gives the same result. It is a model: its
//! figures for two workers stand beside the measured ones, and those for 8 and 64 are worth as
//! much as the two agree.

use crate::options::Ask;
use crate::plan::SECTIONS;
use crate::record;
use crate::settings::{key_value, positive};
use crate::table::median;
use std::collections::{BTreeMap, VecDeque};

/// What is set from outside.
#[derive(Clone, Copy)]
struct Machine {
    seed: u64,
    /// Between two cores, both ways.
    transfer_ns: u64,
    /// From a wake of a sleeping thread until it looks for work.
    unpark_ns: u64,
    /// How many workers may search at once, besides the limit of half of them.
    searchers: u64,
    /// How many task numbers a core draws at once.
    id_batch: u64,
}

impl Machine {
    const DEFAULT: Machine = Machine {
        seed: 1,
        transfer_ns: 60,
        unpark_ns: 6_000,
        searchers: u64::MAX >> 1,
        id_batch: 1,
    };
}

/// On lines of its own; nanoseconds.
const SPAWN: u64 = 28;
const POLL: u64 = 14;
const WAKE: u64 = 9;
const NEXT: u64 = 5;
const STEAL: u64 = 25;
const PUSH: u64 = 6;

/// How many tasks a batch takes at most, as in `crossbeam-deque`.
const BATCH: usize = 32;
/// How often in a row the slot is preferred.
const STREAK: u32 = 3;

/// A line that several cores may want.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Line {
    /// futures 0.1's counter of task numbers.
    TaskIds,
    /// Who is awake and who searches.
    Idle,
    /// The lock of the list of sleepers.
    Sleepers,
    /// The ends of the queue for tasks from outside.
    Injector,
    /// A worker's deque and its slot.
    Deque(usize),
    /// What the workload itself counts down.
    Countdown,
    /// The state of a task, and its memory.
    Task(usize),
}

impl Line {
    /// All of a kind together.
    fn name(self) -> &'static str {
        match self {
            Line::TaskIds => "task numbers of futures 0.1",
            Line::Idle => "idle word",
            Line::Sleepers => "list of sleepers",
            Line::Injector => "injector",
            Line::Deque(_) => "deques",
            Line::Countdown => "the workload's counter",
            Line::Task(_) => "tasks",
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Owned {
    /// Who wrote it last.
    writer: Option<usize>,
    /// Who has read it since: a core a bit.
    readers: u128,
    free_at: u64,
    waited: u64,
}

/// What a task does when it is polled.
#[derive(Clone, Copy)]
enum Work {
    /// Wakes itself so many times.
    Yield(u64),
    /// Spawns so many that count, or only end.
    Spawn { left: u64, counted: bool },
    /// Counts, and ends.
    Count,
    /// Only ends.
    End,
    /// Wakes its partner and waits to be woken, so many times.
    Exchange { partner: usize, left: u64 },
}

struct Worker {
    now: u64,
    slot: Option<usize>,
    streak: u32,
    queue: VecDeque<usize>,
    asleep: bool,
    searching: bool,
    victim: usize,
    /// Task numbers that it has drawn and not used.
    task_ids: u64,
}

struct Model {
    machine: Machine,
    workers: Vec<Worker>,
    tasks: Vec<Work>,
    /// By task: woken while it was not waiting.
    pending: Vec<bool>,
    waiting: Vec<bool>,
    injector: VecDeque<usize>,
    lines: BTreeMap<Line, Owned>,
    random: u64,
    done: u64,
}

impl Model {
    fn new(machine: Machine, workers: usize) -> Model {
        let worker = |index| Worker {
            now: 0,
            slot: None,
            streak: 0,
            queue: VecDeque::new(),
            asleep: true,
            searching: false,
            victim: index + 1,
            task_ids: 0,
        };
        Model {
            machine,
            workers: (0..workers).map(worker).collect(),
            tasks: Vec::new(),
            pending: Vec::new(),
            waiting: Vec::new(),
            injector: VecDeque::new(),
            lines: BTreeMap::new(),
            random: machine.seed | 1,
            done: 0,
        }
    }

    /// Some nanoseconds, a tenth more or less: real ones never keep step.
    fn spend(&mut self, core: usize, ns: u64) {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        let tenth = (ns / 10).max(1);
        self.workers[core].now += ns - tenth + self.random % (2 * tenth + 1);
    }

    fn touch(&mut self, core: usize, line: Line, writes: bool) {
        let now = self.workers[core].now;
        let owned = self.lines.entry(line).or_default();
        let has = owned.writer == Some(core) || owned.readers & (1 << core) != 0;
        let alone = owned.writer == Some(core) && owned.readers & !(1 << core) == 0;
        if owned.writer.is_none() || (writes && alone) || (!writes && has) {
            if writes {
                (owned.writer, owned.readers) = (Some(core), 0);
            }
            return;
        }
        // One transfer after the other.
        let begin = now.max(owned.free_at);
        owned.free_at = begin + self.machine.transfer_ns;
        owned.waited += owned.free_at - now;
        self.workers[core].now = owned.free_at;
        if writes {
            (owned.writer, owned.readers) = (Some(core), 0);
        } else {
            owned.readers |= 1 << core;
        }
    }

    fn add(&mut self, work: Work) -> usize {
        self.tasks.push(work);
        self.pending.push(false);
        self.waiting.push(false);
        self.tasks.len() - 1
    }

    /// Makes a task runnable, by the worker of this core.
    fn push(&mut self, core: usize, task: usize, may_take_slot: bool) {
        self.spend(core, PUSH);
        self.touch(core, Line::Deque(core), true);
        if may_take_slot && self.workers[core].slot.is_none() {
            self.workers[core].slot = Some(task);
            return;
        }
        let first = self.workers[core].queue.is_empty();
        self.workers[core].queue.push_back(task);
        if !first || !may_take_slot {
            self.wake_one(core);
        }
    }

    /// Wakes a sleeper unless somebody searches.
    fn wake_one(&mut self, core: usize) {
        self.touch(core, Line::Idle, false);
        if self.workers.iter().any(|worker| worker.searching) {
            return;
        }
        let Some(sleeper) = self.workers.iter().position(|worker| worker.asleep) else { return };
        self.touch(core, Line::Sleepers, true);
        self.touch(core, Line::Idle, true);
        self.spend(core, 900);
        let at = self.workers[core].now + self.machine.unpark_ns;
        let worker = &mut self.workers[sleeper];
        (worker.asleep, worker.searching) = (false, true);
        worker.now = worker.now.max(at);
    }

    fn next(&mut self, core: usize) -> Option<usize> {
        self.spend(core, NEXT);
        if self.workers[core].streak < STREAK {
            if let Some(task) = self.workers[core].slot.take() {
                self.workers[core].streak += 1;
                self.touch(core, Line::Deque(core), true);
                return Some(task);
            }
        }
        self.workers[core].streak = 0;
        self.touch(core, Line::Deque(core), true);
        if let Some(task) = self.workers[core].queue.pop_front() {
            return Some(task);
        }
        self.workers[core].slot.take().or_else(|| self.find(core))
    }

    fn find(&mut self, core: usize) -> Option<usize> {
        self.touch(core, Line::Injector, false);
        if !self.injector.is_empty() {
            self.touch(core, Line::Injector, true);
            let n = BATCH.min(self.injector.len().div_ceil(2));
            self.workers[core].queue.extend(self.injector.drain(..n));
            return self.workers[core].queue.pop_front();
        }
        let searching = self.workers.iter().filter(|worker| worker.searching).count();
        self.touch(core, Line::Idle, false);
        if !self.workers[core].searching {
            let most = self.workers.len().div_ceil(2).min(self.machine.searchers as usize);
            if searching >= most {
                return None;
            }
            self.touch(core, Line::Idle, true);
            self.workers[core].searching = true;
        }
        let start = self.workers[core].victim;
        self.workers[core].victim = start + 1;
        for i in 0..self.workers.len() {
            let victim = (start + i) % self.workers.len();
            if victim == core {
                continue;
            }
            self.touch(core, Line::Deque(victim), false);
            let n = BATCH.min(self.workers[victim].queue.len().div_ceil(2));
            if n > 0 {
                self.spend(core, STEAL);
                self.touch(core, Line::Deque(victim), true);
                let stolen: Vec<_> = self.workers[victim].queue.drain(..n).collect();
                self.workers[core].queue.extend(stolen);
                return self.workers[core].queue.pop_front();
            }
            if let Some(task) = self.workers[victim].slot.take() {
                self.touch(core, Line::Deque(victim), true);
                return Some(task);
            }
        }
        None
    }

    /// One turn of a worker: a poll, or falling asleep.
    fn turn(&mut self, core: usize) {
        let Some(task) = self.next(core) else {
            self.touch(core, Line::Sleepers, true);
            self.touch(core, Line::Idle, true);
            self.spend(core, 300);
            let worker = &mut self.workers[core];
            (worker.asleep, worker.searching) = (true, false);
            return;
        };
        if std::mem::take(&mut self.workers[core].searching) {
            self.touch(core, Line::Idle, true);
            if self.workers.iter().any(|w| !w.queue.is_empty()) || !self.injector.is_empty() {
                self.wake_one(core);
            }
        }
        self.spend(core, POLL);
        self.touch(core, Line::Task(task), true);
        match self.tasks[task] {
            Work::Yield(0) | Work::Exchange { left: 0, .. } => {}
            Work::Yield(left) => {
                self.tasks[task] = Work::Yield(left - 1);
                self.done += 1;
                self.push(core, task, false);
            }
            Work::Count => {
                self.touch(core, Line::Countdown, true);
                self.done += 1;
            }
            Work::End => self.done += 1,
            Work::Spawn { left: 0, .. } => {}
            Work::Spawn { left, counted } => {
                // A few at a time, so that cores take their turns.
                let n = left.min(4);
                for _ in 0..n {
                    let child = self.add(if counted { Work::Count } else { Work::End });
                    self.spend(core, SPAWN);
                    if self.workers[core].task_ids == 0 {
                        self.touch(core, Line::TaskIds, true);
                        self.workers[core].task_ids = self.machine.id_batch;
                    }
                    self.workers[core].task_ids -= 1;
                    self.touch(core, Line::Task(child), true);
                    self.push(core, child, true);
                }
                self.tasks[task] = Work::Spawn { left: left - n, counted };
                // The same poll goes on: it is taken up again before anything else.
                self.workers[core].queue.push_front(task);
                self.workers[core].streak = STREAK;
            }
            Work::Exchange { partner, left } => {
                self.tasks[task] = Work::Exchange { partner, left: left - 1 };
                self.done += 1;
                self.spend(core, WAKE);
                self.touch(core, Line::Task(partner), true);
                if std::mem::take(&mut self.waiting[partner]) {
                    self.push(core, partner, true);
                } else {
                    self.pending[partner] = true;
                }
                if std::mem::take(&mut self.pending[task]) {
                    self.push(core, task, false);
                } else {
                    self.waiting[task] = true;
                }
            }
        }
    }

    /// Runs until all sleep; says how long it took.
    fn run(&mut self) -> u64 {
        loop {
            let awake = (0..self.workers.len()).filter(|&core| !self.workers[core].asleep);
            let Some(core) = awake.min_by_key(|&core| self.workers[core].now) else {
                return self.workers.iter().map(|worker| worker.now).max().unwrap_or(0);
            };
            self.turn(core);
        }
    }

    /// Gives a worker tasks before it starts.
    fn start(&mut self, core: usize, tasks: impl IntoIterator<Item = usize>) {
        self.workers[core].queue.extend(tasks);
        self.workers[core].asleep = false;
    }
}

struct Workload {
    name: &'static str,
    /// Its row among the measured ones, if it has one.
    measured: Option<&'static str>,
    build: fn(&mut Model),
}

const WORKLOADS: &[Workload] = &[
    Workload { name: "yield, 100 tasks a worker", measured: Some("yield"), build: yields },
    Workload {
        name: "spawn by one task, the others help",
        measured: Some("spawn_inside"),
        build: |model| {
            let spawner = model.add(Work::Spawn { left: 50_000, counted: true });
            model.start(0, [spawner]);
        },
    },
    Workload {
        name: "spawn by a task on each worker",
        measured: None,
        build: |model| {
            for core in 0..model.workers.len() {
                let spawner = model.add(Work::Spawn { left: 20_000, counted: false });
                model.start(core, [spawner]);
            }
        },
    },
    Workload {
        name: "exchange between 500 pairs of tasks a worker",
        measured: None,
        build: exchanges,
    },
    Workload {
        name: "tasks from outside, one thread",
        measured: Some("spawn_outside"),
        build: |model| {
            for _ in 0..50_000 {
                let task = model.add(Work::Count);
                model.injector.push_back(task);
            }
            (0..model.workers.len()).for_each(|core| model.start(core, []));
        },
    },
];

fn yields(model: &mut Model) {
    for core in 0..model.workers.len() {
        let tasks: Vec<_> = (0..100).map(|_| model.add(Work::Yield(300))).collect();
        model.start(core, tasks);
    }
}

fn exchanges(model: &mut Model) {
    for core in 0..model.workers.len() {
        let mut first = Vec::new();
        for _ in 0..500 {
            let (a, b) = (model.tasks.len(), model.tasks.len() + 1);
            model.add(Work::Exchange { partner: b, left: 20 });
            model.add(Work::Exchange { partner: a, left: 20 });
            first.extend([a, b]);
        }
        model.start(core, first);
    }
}

/// Nanoseconds of wall time for one operation, and the line that cores waited for most, with
/// what share of their time.
fn simulate(workload: &Workload, machine: Machine, workers: usize) -> (f64, String) {
    let mut model = Model::new(machine, workers);
    (workload.build)(&mut model);
    let wall = model.run();
    let mut waited: BTreeMap<&str, u64> = BTreeMap::new();
    for (line, owned) in &model.lines {
        *waited.entry(line.name()).or_default() += owned.waited;
    }
    let most = waited.into_iter().max_by_key(|(_, waited)| *waited).unwrap_or_default();
    let share = 100 * most.1 / (wall * workers as u64).max(1);
    (wall as f64 / model.done as f64, format!("{}, {share} %", most.0))
}

/// What was measured on two workers, of the 0.1 interface.
fn measured(workload: &str) -> Option<f64> {
    let section = SECTIONS.iter().find(|section| section.name == "pool")?;
    let all = record::of(section, Ask::Time).ok()?;
    let one = all.into_iter().find(|one| one.workload == workload)?;
    let mut figures = one.figures.into_iter();
    let (_, _, rounds) = figures.find(|(what, by, _)| what == "wall, ns" && by == "ours")?;
    median(rounds)
}

/// Prints what the model says of 2, 8 and 64 workers.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let mut machine = Machine::DEFAULT;
    for argument in arguments {
        let (key, value) = key_value(argument)?;
        let value = positive(key, value)?;
        match key {
            "seed" => machine.seed = value,
            "transfer_ns" => machine.transfer_ns = value,
            "unpark_ns" => machine.unpark_ns = value,
            "searchers" => machine.searchers = value,
            "id_batch" => machine.id_batch = value,
            _ => {
                return Err(format!(
                    "unknown option `{key}`: there are seed, transfer_ns, unpark_ns, searchers, \
                     id_batch"
                ))
            }
        }
    }
    println!("| workload | measured, 2 | 2 | 8 | 64 | waits most for, at 64 |");
    println!("| --- | --: | --: | --: | --: | --- |");
    for workload in WORKLOADS {
        let known = workload.measured.and_then(measured);
        let known = known.map_or("–".to_owned(), |ns| format!("{ns:.1}"));
        let [two, eight, many] = [2, 8, 64].map(|workers| simulate(workload, machine, workers));
        println!(
            "| {} | {known} | {:.1} | {:.1} | {:.1} | {} |",
            workload.name, two.0, eight.0, many.0, many.1
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{simulate, Machine, WORKLOADS};

    const MACHINE: Machine = Machine::DEFAULT;

    #[test]
    fn the_same_seed_gives_the_same_result_and_all_is_done() {
        for workload in WORKLOADS {
            let (once, again) = (simulate(workload, MACHINE, 3), simulate(workload, MACHINE, 3));
            assert_eq!(once, again, "{}", workload.name);
            assert!(once.0.is_finite(), "{}: nothing was done", workload.name);
        }
    }

    #[test]
    fn tasks_that_share_nothing_scale_and_a_counter_of_all_does_not() {
        let at = |name: &str, workers| {
            let workload = WORKLOADS.iter().find(|workload| workload.name.starts_with(name));
            simulate(workload.expect("it is there"), MACHINE, workers).0
        };
        assert!(at("yield", 8) < 0.4 * at("yield", 2));
        // Each number is drawn from one line: eight times the cores are hardly faster.
        let spawn = |workers| at("spawn by a task on each", workers);
        assert!(spawn(64) > 0.8 * spawn(8), "{} against {}", spawn(64), spawn(8));
    }
}
