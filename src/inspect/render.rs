//! Tasks and dumps as text and as JSON.
//!
//! Called by the `Display` of tasks and dumps, and by `endpoint`, which sends the JSON.
//!
//! Always true: it only reads what was collected before, and so takes no lock of the engine's.
//!
//! Why not serde? A few dozen fields do not pay for a dependency of every program.

use super::diagnosis::Finding;
use super::dump::{Dump, Waiting};
use super::frames::boxed;
use super::places::{place, spawn_place};
use super::running::ThreadStack;
use super::tasks::{Recorded, Task, Wait};
use crate::runtime::metrics::RuntimeMetrics;
use std::collections::hash_map::{Entry, HashMap};
use std::fmt::{self, Display, Write};
use tokio_executor::task::{TaskKind, TaskState};

fn kind(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Futures01 => "futures 0.1",
        TaskKind::Async => "async",
        TaskKind::Blocking => "blocking",
    }
}

fn state(task: &Task) -> &'static str {
    match task.state {
        TaskState::Idle if task.is_lost => "lost",
        TaskState::Idle => "idle",
        TaskState::Queued => "queued",
        TaskState::Running => "running",
        TaskState::Done => "done",
    }
}

// ------------------------------------------------------------------------ text

fn head(f: &mut dyn Write, task: &Task, boxed: Option<String>) -> fmt::Result {
    write!(f, "{} {}, {}", task.title(), state(task), kind(task.kind))?;
    if let Some(runtime) = &task.runtime {
        write!(f, ", runtime {runtime}")?;
    }
    write!(f, "\n    {}", task.type_name)?;
    if let Some(boxed) = boxed {
        write!(f, ", in it {boxed}")?;
    }
    f.write_char('\n')?;
    let Some(seen) = &task.seen else { return Ok(()) };
    let Recorded { age, polls, busy, wakes, .. } = seen;
    write!(f, "    age {age:.1?}, {polls} polls, busy {busy:.1?}, {wakes} wakes")?;
    if let Some(last) = seen.last_wake {
        write!(f, ", last woken {last:.1?} ago")?;
        match seen.woken_by {
            Some(by) => write!(f, " by task {by}")?,
            None => f.write_str(" by no task")?,
        }
    }
    if let Some(last) = seen.last_poll {
        write!(f, ", last polled {last:.1?} ago")?;
    }
    if let Some((since, thread)) = &seen.running {
        write!(f, ", in a poll for {since:.1?} on thread `{thread}`")?;
    }
    if let Some(at) = seen.blocking_at {
        write!(f, ", in `blocking` at {}", place(at))?;
    }
    f.write_char('\n')
}

/// The list as text.
pub(super) fn tasks(tasks: &[Task]) -> String {
    let mut text = format!("{} tasks\n\n", tasks.len());
    let f = &mut text;
    for task in tasks {
        // Writing to a string does not fail.
        let _ = head(f, task, None);
        for of in task.waits() {
            let _ = f.write_str("    waits for: ").and_then(|()| of.write_to(f));
            f.push('\n');
        }
    }
    text
}

impl fmt::Display for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        dump(f, self)
    }
}

/// A dump as text.
fn dump(f: &mut fmt::Formatter<'_>, dump: &Dump) -> fmt::Result {
    let Dump { findings, tasks, unseen } = dump;
    for finding in findings {
        writeln!(f, "FOUND: {finding}")?;
    }
    match unseen {
        0 => writeln!(f, "{} tasks\n", tasks.len())?,
        n => writeln!(f, "{} tasks, of which {n} wait but were not polled for it\n", tasks.len())?,
    }
    let mut shown = HashMap::new();
    tasks.iter().try_for_each(|of| waiting(f, of, &mut shown))
}

/// One task as text, with its stacks.
pub(super) fn task(of: &Waiting) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = waiting(&mut text, of, &mut HashMap::new());
    text
}

/// A task of a dump. `shown` has the tasks that show a stack, by the stack.
fn waiting(
    f: &mut dyn Write,
    of: &Waiting,
    shown: &mut HashMap<*const String, u64>,
) -> fmt::Result {
    let Waiting { task, stacks, running } = of;
    let running = running.as_ref();
    let boxed_by = |frames: &[String]| boxed(task, frames);
    let waits_in = stacks.iter().find_map(|(_, frames)| boxed_by(frames));
    head(f, task, waits_in.or_else(|| boxed_by(&running?.frames)))?;
    if let Some(running) = running {
        thread(f, running)?;
    }
    for (of, frames) in stacks {
        f.write_str("    waits for: ")?;
        of.write_to(f)?;
        match shown.entry(frames.as_ptr()) {
            Entry::Occupied(first) if !frames.is_empty() => {
                writeln!(f, "\n        as task {}", first.get())?;
                continue;
            }
            entry => drop(entry.insert_entry(task.id)),
        }
        f.write_char('\n')?;
        for frame in &frames[..] {
            writeln!(f, "        {frame}")?;
        }
    }
    if stacks.is_empty() {
        for of in task.waits() {
            f.write_str("    waited for: ")?;
            of.write_to(f)?;
            f.write_char('\n')?;
        }
    }
    Ok(())
}

/// The stack of a task that runs.
fn thread(f: &mut dyn Write, of: &ThreadStack) -> fmt::Result {
    let ThreadStack { system, frames, missing } = of;
    match system {
        Some(system) => writeln!(f, "    its thread is {system}")?,
        None => writeln!(f, "    its thread")?,
    }
    for frame in frames {
        writeln!(f, "        {frame}")?;
    }
    match missing {
        Some(missing) if frames.is_empty() => writeln!(f, "        no stack: {missing}"),
        Some(missing) => writeln!(f, "        .. {missing}"),
        None => Ok(()),
    }
}

// ------------------------------------------------------------------------ JSON

/// Text as a string of JSON.
struct Quoted<T>(T);

impl<T: Display> Display for Quoted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Escape<'a, 'b>(&'a mut fmt::Formatter<'b>);

        impl Write for Escape<'_, '_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                text.chars().try_for_each(|c| match c {
                    '"' => self.0.write_str("\\\""),
                    '\\' => self.0.write_str("\\\\"),
                    c if c < ' ' => write!(self.0, "\\u{:04x}", c as u32),
                    c => self.0.write_char(c),
                })
            }
        }

        f.write_char('"')?;
        write!(Escape(f), "{}", self.0)?;
        f.write_char('"')
    }
}

/// What may be missing.
struct Maybe<T>(Option<T>);

impl<T: Display> Display for Maybe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("null"),
        }
    }
}

/// Values with commas in between.
struct List<'a, T, F>(&'a [T], F);

impl<T, F: Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result> Display for List<'_, T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('[')?;
        for (i, value) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_char(',')?;
            }
            self.1(f, value)?;
        }
        f.write_char(']')
    }
}

fn task_json(f: &mut fmt::Formatter<'_>, task: &Task) -> fmt::Result {
    write!(
        f,
        "{{\"id\":{},\"name\":{},\"kind\":\"{}\",\"spawned_at\":{},\"type\":{},\"state\":\"{}\",\
         \"runtime\":{}",
        task.id,
        Maybe(task.name.as_ref().map(Quoted)),
        kind(task.kind),
        Quoted(spawn_place(task.spawned_at)),
        Quoted(task.type_name),
        state(task),
        Maybe(task.runtime.as_ref().map(Quoted)),
    )?;
    if let Some(seen) = &task.seen {
        let ms = |d: std::time::Duration| d.as_micros() as f64 / 1000.0;
        let waits =
            List(&seen.waits, |f: &mut fmt::Formatter<'_>, w: &Wait| Quoted(w.text()).fmt(f));
        let running = seen.running.as_ref();
        write!(
            f,
            ",\"age_ms\":{},\"polls\":{},\"busy_ms\":{},\"wakes\":{},\"last_wake_ms\":{},\
             \"woken_by\":{},\"last_poll_ms\":{},\"running_ms\":{},\"thread\":{},\
             \"blocking_at\":{},\"waits\":{waits}",
            ms(seen.age),
            seen.polls,
            ms(seen.busy),
            seen.wakes,
            Maybe(seen.last_wake.map(ms)),
            Maybe(seen.woken_by),
            Maybe(seen.last_poll.map(ms)),
            Maybe(running.map(|(since, _)| ms(*since))),
            Maybe(running.map(|(_, thread)| Quoted(thread))),
            Maybe(seen.blocking_at.map(|at| Quoted(place(at)))),
        )?;
    }
    f.write_char('}')
}

/// Runtimes, findings and tasks as JSON; the number of tasks that there are may be larger than
/// that of those listed.
pub(super) fn json(
    runtimes: &[(String, RuntimeMetrics)],
    findings: &[Finding],
    tasks: &[Task],
    there_are: usize,
) -> String {
    let runtimes = List(runtimes, |f: &mut fmt::Formatter<'_>, (name, m): &(_, RuntimeMetrics)| {
        let sum = |of: fn(&tokio_threadpool::WorkerMetrics) -> f64| -> f64 {
            m.workers.iter().map(of).sum()
        };
        write!(
            f,
            "{{\"name\":{},\"workers\":{},\"alive\":{},\"spawned\":{},\"polls\":{},\"steals\":{},\
             \"parks\":{},\"busy_ms\":{},\"queued\":{},\"blocking\":{}}}",
            Quoted(name),
            m.workers.len(),
            m.alive(),
            m.spawned,
            sum(|w| w.polls as f64),
            sum(|w| w.steals as f64),
            sum(|w| w.parks as f64),
            sum(|w| w.busy.as_millis() as f64),
            sum(|w| w.local_depth as f64) + m.injector_depth as f64,
            m.blocking_threads,
        )
    });
    let findings = List(findings, |f: &mut fmt::Formatter<'_>, of: &Finding| Quoted(of).fmt(f));
    let tasks = List(tasks, task_json);
    format!(
        "{{\"count\":{there_are},\"runtimes\":{runtimes},\"findings\":{findings},\"tasks\":{tasks}}}\n"
    )
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn text_is_quoted_for_json() {
        assert_eq!(Quoted("a\"b\\c\n\u{1}é").to_string(), "\"a\\\"b\\\\c\\u000a\\u0001é\"");
        assert_eq!(
            List(&[1, 2], |f: &mut fmt::Formatter<'_>, n: &i32| Maybe(Some(n)).fmt(f)).to_string(),
            "[1,2]"
        );
    }
}
