//! mio 0.6's `Poll` with each of its modes, on descriptors and on pairs of one's own.

use mio::unix::{EventedFd, UnixReady};
use mio::{Events, Poll, PollOpt, Ready, Registration, Token};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

const NOW: Option<Duration> = Some(Duration::ZERO);
const READ: Token = Token(3);

struct Fixture {
    poll: Poll,
    events: Events,
    ours: UnixStream,
    theirs: UnixStream,
}

/// A socket, registered with the given mode.
fn fixture(opts: PollOpt) -> Fixture {
    let (ours, theirs) = UnixStream::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    let poll = Poll::new().unwrap();
    poll.register(&EventedFd(&ours.as_raw_fd()), READ, Ready::readable(), opts).unwrap();
    Fixture { poll, events: Events::with_capacity(8), ours, theirs }
}

impl Fixture {
    fn poll(&mut self) -> Vec<Ready> {
        self.poll.poll(&mut self.events, NOW).unwrap();
        assert!(self.events.iter().all(|event| event.token() == READ));
        self.events.iter().map(|event| event.readiness()).collect()
    }
}

#[test]
fn level_reports_for_as_long_as_there_is_data() {
    let mut f = fixture(PollOpt::level());
    assert!(f.poll().is_empty());
    f.theirs.write_all(b"x").unwrap();
    assert_eq!(f.poll(), [Ready::readable()]);
    assert_eq!(f.poll(), [Ready::readable()]);
    f.ours.read_exact(&mut [0]).unwrap();
    assert!(f.poll().is_empty());
}

#[test]
fn no_option_is_level() {
    let mut f = fixture(PollOpt::empty());
    f.theirs.write_all(b"x").unwrap();
    assert_eq!(f.poll(), [Ready::readable()]);
    assert_eq!(f.poll(), [Ready::readable()]);
}

#[test]
fn edge_reports_each_arrival_once() {
    let mut f = fixture(PollOpt::edge());
    f.theirs.write_all(b"x").unwrap();
    assert_eq!(f.poll(), [Ready::readable()]);
    assert!(f.poll().is_empty());
    f.theirs.write_all(b"y").unwrap();
    assert_eq!(f.poll(), [Ready::readable()]);
}

#[test]
fn oneshot_reports_once_until_it_is_registered_anew() {
    let mut f = fixture(PollOpt::edge() | PollOpt::oneshot());
    f.theirs.write_all(b"x").unwrap();
    assert_eq!(f.poll(), [Ready::readable()]);
    f.theirs.write_all(b"y").unwrap();
    assert!(f.poll().is_empty());
    let opts = PollOpt::edge() | PollOpt::oneshot();
    f.poll.reregister(&EventedFd(&f.ours.as_raw_fd()), READ, Ready::readable(), opts).unwrap();
    assert_eq!(f.poll(), [Ready::readable()]);
}

#[test]
fn a_deregistered_source_is_not_reported() {
    let mut f = fixture(PollOpt::level());
    f.theirs.write_all(b"x").unwrap();
    f.poll.deregister(&EventedFd(&f.ours.as_raw_fd())).unwrap();
    assert!(f.poll().is_empty());
    let again = f.poll.deregister(&EventedFd(&f.ours.as_raw_fd()));
    assert_eq!(again.unwrap_err().kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn a_hang_up_is_reported_though_nobody_asked() {
    let mut f = fixture(PollOpt::edge());
    drop(std::mem::replace(&mut f.theirs, UnixStream::pair().unwrap().0));
    let ready = f.poll();
    assert!(UnixReady::from(ready[0]).is_hup());
    assert!(ready[0].is_readable());
}

#[test]
fn registering_twice_is_an_error() {
    let f = fixture(PollOpt::edge());
    let again =
        f.poll.register(&EventedFd(&f.ours.as_raw_fd()), READ, Ready::readable(), PollOpt::edge());
    assert_eq!(again.unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
}

#[test]
fn the_polls_own_token_is_refused() {
    let f = fixture(PollOpt::edge());
    let (registration, _set_readiness) = Registration::new2();
    let token = Token(usize::MAX);
    assert!(f.poll.register(&registration, token, Ready::readable(), PollOpt::edge()).is_err());
}

#[test]
fn a_timeout_ends_the_wait() {
    let mut f = fixture(PollOpt::edge());
    let count = f.poll.poll(&mut f.events, Some(Duration::from_micros(1))).unwrap();
    assert_eq!(count, 0);
}

/// A pair, registered for readable with the given mode; then made ready for both.
fn pair(poll: &Poll, opts: PollOpt) -> (Registration, mio::SetReadiness) {
    let (registration, set_readiness) = Registration::new2();
    poll.register(&registration, READ, Ready::readable(), opts).unwrap();
    set_readiness.set_readiness(Ready::readable() | Ready::writable()).unwrap();
    (registration, set_readiness)
}

fn poll_ready(poll: &Poll) -> Vec<Ready> {
    let mut events = Events::with_capacity(8);
    poll.poll(&mut events, NOW).unwrap();
    events.iter().map(|event| event.readiness()).collect()
}

#[test]
fn a_pair_with_edge_reports_every_setting_once() {
    let poll = Poll::new().unwrap();
    let (_registration, set_readiness) = pair(&poll, PollOpt::edge());
    assert_eq!(poll_ready(&poll), [Ready::readable()]);
    assert!(poll_ready(&poll).is_empty());
    set_readiness.set_readiness(Ready::readable()).unwrap();
    assert_eq!(poll_ready(&poll), [Ready::readable()]);
}

#[test]
fn a_pair_with_level_reports_until_it_is_cleared() {
    let poll = Poll::new().unwrap();
    let (_registration, set_readiness) = pair(&poll, PollOpt::level());
    assert_eq!(poll_ready(&poll), [Ready::readable()]);
    assert_eq!(poll_ready(&poll), [Ready::readable()]);
    set_readiness.set_readiness(Ready::empty()).unwrap();
    assert!(poll_ready(&poll).is_empty());
}

#[test]
fn a_pair_with_oneshot_reports_again_once_it_is_registered_anew() {
    let poll = Poll::new().unwrap();
    let opts = PollOpt::edge() | PollOpt::oneshot();
    let (registration, set_readiness) = pair(&poll, opts);
    assert_eq!(poll_ready(&poll), [Ready::readable()]);
    set_readiness.set_readiness(Ready::readable()).unwrap();
    assert!(poll_ready(&poll).is_empty());
    poll.reregister(&registration, READ, Ready::readable(), opts).unwrap();
    assert_eq!(poll_ready(&poll), [Ready::readable()]);
}

#[test]
fn a_pair_that_is_dropped_or_deregistered_is_not_reported() {
    let poll = Poll::new().unwrap();
    let (registration, _set_readiness) = pair(&poll, PollOpt::level());
    drop(registration);
    assert!(poll_ready(&poll).is_empty());
    let (registration, _set_readiness) = pair(&poll, PollOpt::level());
    poll.deregister(&registration).unwrap();
    assert!(poll_ready(&poll).is_empty());
}

#[test]
fn a_pair_belongs_to_one_poll() {
    let poll = Poll::new().unwrap();
    let (registration, _set_readiness) = pair(&poll, PollOpt::edge());
    let other = Poll::new().unwrap();
    assert!(other.register(&registration, READ, Ready::readable(), PollOpt::edge()).is_err());
}

/// A loop of one's own may sleep on the poll's descriptor, and poll only then.
#[test]
fn a_setting_makes_the_descriptor_of_the_poll_readable() {
    let (outer, inner) = (Poll::new().unwrap(), Poll::new().unwrap());
    let (registration, set_readiness) = Registration::new2();
    inner.register(&registration, READ, Ready::readable(), PollOpt::edge()).unwrap();
    let descriptor = inner.as_raw_fd();
    outer.register(&EventedFd(&descriptor), Token(5), Ready::readable(), PollOpt::level()).unwrap();
    assert!(poll_ready(&outer).is_empty());
    set_readiness.set_readiness(Ready::readable()).unwrap();
    assert_eq!(poll_ready(&outer).len(), 1);
    assert_eq!(poll_ready(&inner), [Ready::readable()]);
}

#[test]
fn a_setting_in_another_thread_ends_the_wait() {
    let poll = Poll::new().unwrap();
    let (registration, set_readiness) = Registration::new2();
    poll.register(&registration, READ, Ready::readable(), PollOpt::edge()).unwrap();
    let mut events = Events::with_capacity(8);
    for _ in 0..100 {
        let set_readiness = set_readiness.clone();
        let setter =
            std::thread::spawn(move || set_readiness.set_readiness(Ready::readable()).unwrap());
        assert_eq!(poll.poll(&mut events, None).unwrap(), 1);
        setter.join().unwrap();
    }
}

#[test]
fn more_pairs_than_there_is_room_for_come_in_the_next_poll() {
    let poll = Poll::new().unwrap();
    let pairs: Vec<_> = (0..5).map(|_| pair(&poll, PollOpt::edge())).collect();
    let mut events = Events::with_capacity(2);
    let mut total = 0;
    for _ in 0..3 {
        total += poll.poll(&mut events, None).unwrap();
        assert!(events.len() <= 2);
    }
    assert_eq!(total, pairs.len());
}
