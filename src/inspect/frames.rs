//! The calls of a stack as dumps show them: without those of the engine around the caller's, and
//! without the hook that noted them.
//!
//! Called by `dump`, for stacks that std captured, and by `running`, for those that other threads
//! were asked for; `render` asks what is in a box.
//!
//! Always true: it reads text only.
//!
//! Why by names? The compiler puts calls into one another, and a name is what is left of them.

use super::places::short_place;
use super::tasks::Task;
use std::backtrace::Backtrace;
use std::collections::HashSet;

/// The name of a call, and its place in the source if that is known.
pub(super) type Call = (String, Option<String>);

/// What the hook that notes a stack, and the ways to it, are called.
const HOOKS: [&str; 3] =
    ["tokio_executor::inspect::", "tokio_executor::task::", "tokio_executor::waiter::"];

/// What calls the poll of a task, and is in no way to the hook.
const EXECUTOR: [&str; 2] = ["tokio_executor::task::cell::", "tokio_executor::task::runnable::"];

/// What is between two calls of the executor, with what is noise: it catches the panics of a poll.
const CATCHES: [&str; 4] = ["__rust_try", "core::panic::", "std::panic", "tokio_executor::"];

/// How far from the top a frame of the hook can be.
const HOOK_FRAMES: usize = 24;

/// Frames that say nothing of the way, wherever they are.
const NOISE: [&str; 20] = [
    "T as core::convert::",
    "alloc::boxed::Box",
    "core::bool::",
    "core::ops::function::",
    "core::option::Option",
    "core::pin::Pin",
    "core::task::wake::",
    "futures::future::chain::",
    "futures::task_impl::",
    "std::thread::local::",
    "tokio::current_thread::",
    "tokio::inspect::named::",
    "tokio_await::runtime::",
    "tokio::net::accepting::",
    "tokio::net::transfer::",
    "tokio::sync::oneshot::Block",
    "tokio::sync::permits::",
    "tokio_executor::coop::",
    "tokio_reactor::",
    "tokio::timer::entry::",
];

/// The calls of a stack from the leaf up to the future of the task.
pub(super) fn of_waiting(stack: &Backtrace) -> Vec<String> {
    shorten(&stack.to_string())
}

/// The calls of a running thread, the innermost first, up to the future of the task, and whether
/// they end there.
pub(super) fn of_running(mut calls: Vec<Call>) -> (Vec<String>, bool) {
    // A task may drive others: the outermost poll is that of this one.
    let poll = calls.iter().rposition(polls);
    if let Some(poll) = poll {
        let is_engine = |call: &Call| polls(call) || is(&call.0, &CATCHES) || is(&call.0, &NOISE);
        let innermost = calls[..poll].iter().rposition(|call| !is_engine(call));
        calls.truncate(innermost.map_or(0, |innermost| innermost + 1));
    }
    (texts(calls), poll.is_some())
}

fn shorten(stack: &str) -> Vec<String> {
    let mut calls: Vec<Call> = Vec::new();
    for line in stack.lines() {
        let line = line.trim();
        if let Some(place) = line.strip_prefix("at ") {
            if let Some((_, at)) = calls.last_mut() {
                *at = Some(short_place(place));
            }
        } else if let Some((_, name)) = line.split_once(": ") {
            calls.push((name.to_owned(), None));
        }
    }
    let poll = calls.iter().position(polls);
    calls.truncate(poll.unwrap_or(calls.len()));
    // The leaf is what called the hook.
    let is_hook = |(name, at): &Call| is(name, &HOOKS) || is_at(at, "tokio-executor/src/inspect");
    let hook = calls.iter().take(HOOK_FRAMES).rposition(is_hook);
    calls.drain(..hook.map_or(0, |hook| hook + 1));
    texts(calls)
}

/// Whether the call polls a task: what called it is the executor. Its own frame may be inlined,
/// and then that of its caller is the first.
fn polls((name, at): &Call) -> bool {
    (name.contains("tokio_executor::task::") && name.contains("Work>::poll"))
        || is(name, &EXECUTOR)
        || is_at(at, "tokio-executor/src/task/work.rs")
}

fn is(name: &str, of: &[&str]) -> bool {
    let bare = name.trim_start_matches(['<', '&']);
    of.iter().any(|of| bare.starts_with(of))
}

// Names are without their modules where the program has only the tables of lines.
fn is_at(at: &Option<String>, file: &str) -> bool {
    at.as_ref().is_some_and(|at| at.contains(file))
}

/// A line for each call, without those that say nothing, and each once.
fn texts(calls: Vec<Call>) -> Vec<String> {
    let mut seen = HashSet::new();
    let telling = calls.into_iter().filter(|(name, _)| !is(name, &NOISE));
    let texts = telling.map(|(name, at)| match at {
        Some(at) => format!("{name} at {at}"),
        None => name,
    });
    texts.filter(|text| seen.insert(text.clone())).collect()
}

/// What is in the box that a task was spawned as: the type whose poll is the outermost of those
/// frames that are neither ours nor combinators.
pub(super) fn boxed(task: &Task, frames: &[String]) -> Option<String> {
    if !task.type_name.starts_with("alloc::boxed::Box<dyn ") {
        return None;
    }
    let outermost_first = frames.iter().rev();
    let types = outermost_first.filter_map(|name| name.strip_prefix('<')?.split_once(" as "));
    let is_plain =
        |name: &str| !["futures::", "tokio::", "tokio_"].iter().any(|o| name.starts_with(o));
    let found = types.map(|(of, _)| of).find(|of| is_plain(of))?;
    Some(found.split('<').next().unwrap_or(found).to_owned())
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::inspect::tasks;

    #[test]
    fn a_stack_is_cut_down_to_what_is_the_callers() {
        let stack = "\
   0: std::backtrace::Backtrace::force_capture
   1: tokio_executor::inspect::keep
             at ./tokio-executor/src/inspect.rs:10:5
   2: my::leaf
             at /registry/src/index.crates.io-1/my-1.0/src/lib.rs:3:4
   3: <core::pin::Pin<P> as core::future::future::Future>::poll
   4: my::future
   5: <tokio_executor::task::work::Std<F> as tokio_executor::task::work::Work>::poll
   6: main";
        let expected = ["my::leaf at my-1.0/src/lib.rs:3:4", "my::future"];
        assert_eq!(shorten(stack), expected);
        // With symbols of the kind v0, and the poll inlined.
        let stack = "\
   0: tokio_executor::inspect::keep::<tokio_executor::inspect::note_waker::{closure#1}>
   1: tokio_executor::task::handles::special_handle
   2: <my::Leaf<u32> as futures::future::Future>::poll
   3: <tokio_executor::task::cell::Cell<tokio_executor::task::work::Plain<my::Leaf<u32>>>>::poll
   4: tokio_executor::task::runnable::poll_recorded
   5: <tokio_executor::task::runnable::Runnable>::run
   6: tokio_threadpool::worker::run";
        assert_eq!(shorten(stack), ["<my::Leaf<u32> as futures::future::Future>::poll"]);
        let stack = "\
   0: keep<tokio_executor::inspect::note_wait::{closure_env#0}>
             at ./tokio-executor/src/inspect.rs:10:5
   1: leaf
             at ./src/lib.rs:3:4
   2: poll<my::Future>
             at ./tokio-executor/src/task/work.rs:3:4
   3: main";
        assert_eq!(shorten(stack), ["leaf at src/lib.rs:3:4"]);
        assert!(shorten("").is_empty());
    }

    #[test]
    fn a_running_stack_ends_at_the_poll_of_its_task_and_shows_what_that_drives() {
        let call = |name: &str| (name.to_owned(), None);
        let names = [
            "nanosleep",
            "my::inner",
            "<tokio_executor::task::work::Std<F> as tokio_executor::task::work::Work>::poll",
            "tokio_executor::task::cell::Cell<F,J>::poll",
            "my::block_on",
            "<tokio::inspect::named::Named<F> as futures::future::Future>::poll",
            "<tokio_executor::task::work::Plain<F> as tokio_executor::task::work::Work>::poll",
            "futures::task_impl::Spawn<T>::enter",
            "std::panic::catch_unwind",
            "tokio_executor::task::cell::Cell<F,J>::poll",
            "main",
        ];
        let (frames, ends) = of_running(names.iter().map(|name| call(name)).collect());
        assert!(ends && frames.len() == 5 && frames[4] == "my::block_on", "{frames:?}");
        assert_eq!(of_running(vec![call("a"), call("b")]), (vec!["a".into(), "b".into()], false));
        assert_eq!(of_running(Vec::new()), (Vec::new(), false));
    }

    #[test]
    fn what_is_in_a_box_is_told_by_the_frames() {
        let frames = [
            "<tokio::net::tcp::stream::TcpStream as tokio_io::async_read::AsyncRead>::read_buf",
            "hyper::proto::h1::io::Buffered<T,B>::parse",
            "<hyper::proto::h1::dispatch::Dispatcher<D,Bs,I,T> as futures::future::Future>::poll",
            "<hyper::client::conn::Connection<T,B> as futures::future::Future>::poll",
            "<futures::future::map_err::MapErr<A,F> as futures::future::Future>::poll",
        ];
        let frames = frames.map(String::from);
        let mut runtime = crate::runtime::Runtime::new().unwrap();
        let waits = Box::new(futures::future::empty::<(), ()>());
        let waits: Box<dyn futures::Future<Item = (), Error = ()> + Send> = waits;
        runtime.spawn(waits);
        let is_box = |task: &Task| task.type_name.starts_with("alloc::boxed::Box<dyn ");
        let task = loop {
            if let Some(task) = tasks::tasks().into_iter().find(is_box) {
                break task;
            }
        };
        assert_eq!(boxed(&task, &frames).as_deref(), Some("hyper::client::conn::Connection"));
        assert_eq!(boxed(&task, &frames[..1]), None);
    }
}
