//! The loop that polls and parks.
//!
//! It polls ready tasks, and after [`POLLS_PER_PARK`] of them, or when none is left, calls the
//! parker: with no time to sleep if a task is ready, so that I/O and timers keep up with tasks
//! that are always ready. Called by `executor`.
//!
//! Always true: the loop looks for tasks between a `park` that returned and one that
//! may sleep, so a task that came meanwhile is seen; one that comes later unparks.

use super::error::Stopped;
use super::here::Here;
use super::home::Parking;
use std::time::{Duration, Instant};
use tokio_executor::park::Park;

/// Tasks polled between two calls of the parker. A turn of a reactor costs about as
/// much as polling ten small tasks.
const POLLS_PER_PARK: usize = 64;

/// Runs tasks until `done`.
pub(super) fn drive<P: Park>(
    here: Here<'_>,
    parker: &mut P,
    parking: Parking,
    deadline: Option<Instant>,
    done: impl Fn() -> bool,
) -> Result<(), Stopped> {
    let home = here.home();
    here.fetch();
    // Whoever is ready now gets a poll even if there is no time at all.
    let mut owed_polls = here.ready_len();
    loop {
        home.begin_batch(POLLS_PER_PARK);
        let mut polls = 0;
        // Apart from the others, which the look at it would slow down.
        let to_measure = here.to_measure();
        while polls < to_measure.min(home.batch_len()) && !done() && here.run_next_measured() {
            polls += 1;
        }
        while polls < home.batch_len() {
            if done() {
                return Ok(());
            }
            if !here.run_next_unseen() {
                break;
            }
            polls += 1;
        }
        if done() {
            return Ok(());
        }
        let limit = if here.has_ready() || home.has_deferred() {
            Some(Duration::ZERO)
        } else {
            here.make_visible();
            deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
        };
        park(here, parker, parking, limit).map_err(|_| Stopped::ParkFailed)?;
        owed_polls = owed_polls.saturating_sub(polls);
        if owed_polls == 0 && deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Err(Stopped::TimeIsUp);
        }
        here.fetch();
    }
}

/// Gives the parker a turn of `limit` at the most, and wakes those who yielded to it.
///
/// # Errors
///
/// Those of the parker.
pub(super) fn park<P: Park>(
    here: Here<'_>,
    parker: &mut P,
    parking: Parking,
    limit: Option<Duration>,
) -> Result<(), P::Error> {
    let home = here.home();
    let sleeps = limit != Some(Duration::ZERO) && here.is_movable();
    if sleeps {
        home.falls_asleep();
    }
    home.polls_wake_root_late(false);
    home.set_parking(parking);
    let parked = match limit {
        Some(limit) => parker.park_timeout(limit),
        None => parker.park(),
    };
    home.set_parking(Parking::Awake);
    if sleeps {
        home.wakes_up();
    }
    home.wake_deferred();
    home.polls_wake_root_late(true);
    parked
}
