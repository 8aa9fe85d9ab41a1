//! What it costs to go from one kind of future to the other.
//!
//! The same leaf is asked without any crossing, in the world that it was made for; from
//! the other world through our `compat`; and through that of futures 0.3. All three run as
//! a task of our own runtime of one thread. A leaf is ready whenever it is asked; or, in a
//! workload that ends in `_woken`, it lets its task wait every other time, and wakes it
//! through a handle of the kind that the leaf was made for.

mod drive;
mod leaves;

use self::drive::*;
use self::leaves::{Leaf01, LeafStd};
use crate::measured::Report;
use crate::settings::Settings;
use futures03::compat as compat03;
use tokio::compat::{self, Sink01CompatExt};

/// The ways from a leaf to its task.
const PLAIN: &str = "plain";
const OURS: &str = "compat";
const FUTURES03: &str = "futures03";

/// Measures one way, time and allocations. `None`: there is no such workload.
pub fn run(way: &str, workload: &str, settings: &Settings) -> Option<Report> {
    let n = settings.size(1_000_000);
    task(way, workload, n)?;
    let pass = || task(way, workload, n).expect("it was there before").run();
    let mut report = settings.measure(n, pass);
    let counted = Settings { allocations: true, ..*settings }.measure(n, pass);
    for (what, figure) in counted.figures() {
        report.add(what, *figure);
    }
    Some(report)
}

/// A task that asks a leaf `n` times.
fn task(way: &str, workload: &str, n: u64) -> Option<Task> {
    let (kind, waits) = match workload.strip_suffix("_woken") {
        Some(kind) => (kind, true),
        None => (workload, false),
    };
    let (old, new) = (Leaf01::new(waits), LeafStd::new(waits));
    Some(match (kind, way) {
        // A future that waits does so many times below one adapter.
        ("future_01", PLAIN) if waits => chain(Leaf01::pending(n)),
        ("future_01", OURS) if waits => block(once_std(compat::Compat01::new(Leaf01::pending(n)))),
        ("future_01", FUTURES03) if waits => {
            block(once_std(compat03::Compat01As03::new(Leaf01::pending(n))))
        }
        ("future_std", PLAIN) if waits => block(once_std(LeafStd::pending(n))),
        ("future_std", OURS) if waits => chain(compat::Compat::new(LeafStd::pending(n))),
        ("future_std", FUTURES03) if waits => chain(compat03::Compat::new(LeafStd::pending(n))),
        // One that is ready has ended, so there is a new one each time.
        ("future_01", PLAIN) => chain(many_01(n, ready_01)),
        ("future_01", OURS) => block(many_std(n, || compat::Compat01::new(ready_01()))),
        ("future_01", FUTURES03) => block(many_std(n, || compat03::Compat01As03::new(ready_01()))),
        ("future_std", PLAIN) => block(many_std(n, ready_std)),
        ("future_std", OURS) => chain(many_01(n, || compat::Compat::new(ready_std()))),
        ("future_std", FUTURES03) => chain(many_01(n, || compat03::Compat::new(ready_std()))),

        ("stream_01", PLAIN) => chain(drain_01(n, old)),
        ("stream_01", OURS) => block(drain_std(n, compat::Compat01::new(old))),
        ("stream_01", FUTURES03) => block(drain_std(n, compat03::Compat01As03::new(old))),
        ("stream_std", PLAIN) => block(drain_std(n, new)),
        ("stream_std", OURS) => chain(drain_01(n, compat::Compat::new(new))),
        ("stream_std", FUTURES03) => chain(drain_01(n, compat03::Compat::new(new))),

        ("sink_01", PLAIN) => chain(feed_01(n, old)),
        ("sink_01", OURS) => block(feed_std(n, old.sink_compat())),
        ("sink_01", FUTURES03) => block(feed_std(n, compat03::Compat01As03Sink::new(old))),
        ("sink_std", PLAIN) => block(feed_std(n, new)),
        ("sink_std", OURS) => chain(feed_01(n, compat::CompatSink::new(new))),
        ("sink_std", FUTURES03) => chain(feed_01(n, compat03::CompatSink::new(new))),

        ("io_01", PLAIN) => chain(exchange_01(n, old)),
        ("io_01", OURS) => block(exchange_std(n, compat::Compat01::new(old))),
        ("io_01", FUTURES03) => block(exchange_std(n, compat03::Compat01As03::new(old))),
        ("io_std", PLAIN) => block(exchange_std(n, new)),
        ("io_std", OURS) => chain(exchange_01(n, compat::Compat::new(new))),
        ("io_std", FUTURES03) => chain(exchange_01(n, compat03::Compat::new(new))),
        _ => return None,
    })
}

fn ready_01() -> Leaf01 {
    Leaf01::new(false)
}

fn ready_std() -> LeafStd {
    LeafStd::new(false)
}
