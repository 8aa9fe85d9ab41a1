//! What the console tells a program that is to end.

use crate::signal::windows::{Event, Kind};
use std::io;
use tokio_reactor::Handle;

/// Listens to it from now on.
pub(super) fn listen(_: &Handle) -> io::Result<Vec<Event>> {
    let kinds = [Kind::CtrlC, Kind::CtrlBreak, Kind::Close, Kind::Logoff, Kind::Shutdown];
    kinds.map(Event::listen).into_iter().collect()
}
