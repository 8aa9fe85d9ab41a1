//! What it costs to go from one kind of future to the other.
//!
//! The same leaf is polled without any crossing, in the world that it was made for; from
//! the other world through our `compat`; and through that of futures 0.3. All three run as
//! a task of our own runtime of one thread. A leaf is ready whenever it is asked; or, in a
//! workload that ends in `_woken`, it lets its task wait every other time, and wakes it
//! through a handle of the kind that the leaf was made for.

mod drive;
mod leaves;

use self::drive::{drain_01, drain_std, run_01, run_std};
use self::drive::{
    exchange_01, exchange_std, feed_01, feed_std, many_01, many_std, once_01, once_std,
};
use self::leaves::{Leaf01, LeafStd};
use crate::measured::Report;
use crate::settings::Settings;
use futures03::compat as compat03;
use tokio::compat;

/// Ways from the leaf to its task.
const PLAIN: &str = "plain";
const OURS: &str = "compat";
const FUTURES03: &str = "futures03";

/// Measures one way. `None`: there is no such workload.
pub fn run(way: &str, workload: &str, settings: &Settings) -> Option<Report> {
    let time = measure(way, workload, settings)?;
    let counting = Settings { allocations: true, ..*settings };
    let mut report = time;
    for (what, figure) in measure(way, workload, &counting)?.figures() {
        report.add(what, *figure);
    }
    Some(report)
}

fn measure(way: &str, workload: &str, settings: &Settings) -> Option<Report> {
    let n = settings.size(1_000_000);
    let (kind, waits) = match workload.strip_suffix("_woken") {
        Some(kind) => (kind, true),
        None => (workload, false),
    };
    let old = move || Leaf01::new(waits);
    let std = move || LeafStd::new(waits);
    let pass: Box<dyn FnMut()> = match (kind, way) {
        // A future that waits does so many times, under one adapter.
        ("future_01", _) if waits => match way {
            PLAIN => Box::new(move || run_01(once_01(Leaf01::pending(n)))),
            OURS => Box::new(move || run_std(once_std(compat::Compat01::new(Leaf01::pending(n))))),
            FUTURES03 => {
                Box::new(move || run_std(once_std(compat03::Compat01As03::new(Leaf01::pending(n)))))
            }
            _ => return None,
        },
        ("future_std", _) if waits => match way {
            PLAIN => Box::new(move || run_std(once_std(LeafStd::pending(n)))),
            OURS => Box::new(move || run_01(once_01(compat::Compat::new(LeafStd::pending(n))))),
            FUTURES03 => {
                Box::new(move || run_01(once_01(compat03::Compat::new(LeafStd::pending(n)))))
            }
            _ => return None,
        },
        // One that is ready needs a new adapter each time.
        ("future_01", PLAIN) => Box::new(move || run_01(many_01(n, old))),
        ("future_01", OURS) => {
            Box::new(move || run_std(many_std(n, move || compat::Compat01::new(old()))))
        }
        ("future_01", FUTURES03) => {
            Box::new(move || run_std(many_std(n, move || compat03::Compat01As03::new(old()))))
        }
        ("future_std", PLAIN) => Box::new(move || run_std(many_std(n, std))),
        ("future_std", OURS) => {
            Box::new(move || run_01(many_01(n, move || compat::Compat::new(std()))))
        }
        ("future_std", FUTURES03) => {
            Box::new(move || run_01(many_01(n, move || compat03::Compat::new(std()))))
        }
        ("stream_01", PLAIN) => Box::new(move || run_01(drain_01(n, old()))),
        ("stream_01", OURS) => {
            Box::new(move || run_std(drain_std(n, compat::Compat01::new(old()))))
        }
        ("stream_01", FUTURES03) => {
            Box::new(move || run_std(drain_std(n, compat03::Compat01As03::new(old()))))
        }
        ("stream_std", PLAIN) => Box::new(move || run_std(drain_std(n, std()))),
        ("stream_std", OURS) => Box::new(move || run_01(drain_01(n, compat::Compat::new(std())))),
        ("stream_std", FUTURES03) => {
            Box::new(move || run_01(drain_01(n, compat03::Compat::new(std()))))
        }
        ("sink_01", PLAIN) => Box::new(move || run_01(feed_01(n, old()))),
        ("sink_01", OURS) => {
            Box::new(move || run_std(feed_std(n, compat::Sink01CompatExt::sink_compat(old()))))
        }
        ("sink_01", FUTURES03) => {
            Box::new(move || run_std(feed_std(n, compat03::Compat01As03Sink::new(old()))))
        }
        ("sink_std", PLAIN) => Box::new(move || run_std(feed_std(n, std()))),
        ("sink_std", OURS) => Box::new(move || run_01(feed_01(n, compat::CompatSink::new(std())))),
        ("sink_std", FUTURES03) => {
            Box::new(move || run_01(feed_01(n, compat03::CompatSink::new(std()))))
        }
        ("io_01", PLAIN) => Box::new(move || run_01(exchange_01(n, old()))),
        ("io_01", OURS) => Box::new(move || run_std(exchange_std(n, compat::Compat01::new(old())))),
        ("io_01", FUTURES03) => {
            Box::new(move || run_std(exchange_std(n, compat03::Compat01As03::new(old()))))
        }
        ("io_std", PLAIN) => Box::new(move || run_std(exchange_std(n, std()))),
        ("io_std", OURS) => Box::new(move || run_01(exchange_01(n, compat::Compat::new(std())))),
        ("io_std", FUTURES03) => {
            Box::new(move || run_01(exchange_01(n, compat03::Compat::new(std()))))
        }
        _ => return None,
    };
    Some(settings.measure(n, pass))
}
