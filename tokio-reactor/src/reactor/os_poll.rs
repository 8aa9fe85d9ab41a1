//! The poll of a reactor, on platforms where it has a descriptor to give away.

use super::Reactor;

impl Reactor {
    /// What to poll, for a platform that gives its descriptor away.
    pub(crate) fn os_poll(&self) -> &mio1::Poll {
        self.shared.0.poll.expose();
        &self.poll
    }
}
