//! The system calls that std has no call for, safe to use.
//!
//! Called by the load generator, by the `limit` peer and by the measuring process. Sockets
//! are std's; only what concerns them and is missing there is here.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::time::Duration;

/// The answer of a system call, or its error.
fn checked(answer: libc::c_int) -> io::Result<libc::c_int> {
    match answer {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(answer),
    }
}

/// What a descriptor is watched for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interest {
    pub read: bool,
    pub write: bool,
}

impl Interest {
    pub const READ: Interest = Interest { read: true, write: false };
    pub const BOTH: Interest = Interest { read: true, write: true };
}

/// A descriptor that is ready.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// As given when it was added.
    pub token: usize,
    pub readable: bool,
    pub writable: bool,
}

/// A level-triggered epoll.
pub struct Epoll {
    epoll: OwnedFd,
    raw: Vec<libc::epoll_event>,
}

impl Epoll {
    pub fn new() -> io::Result<Epoll> {
        // SAFETY: it takes no address.
        let epoll = checked(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
        // SAFETY: the descriptor was made on the line above and belongs to nobody else.
        let epoll = unsafe { OwnedFd::from_raw_fd(epoll) };
        Ok(Epoll { epoll, raw: vec![libc::epoll_event { events: 0, u64: 0 }; 1024] })
    }

    /// Watches a descriptor until it is closed.
    pub fn add(&self, of: &impl AsRawFd, token: usize, interest: Interest) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_ADD, of, token, interest)
    }

    /// Watches it for something else from now on.
    pub fn change(&self, of: &impl AsRawFd, token: usize, interest: Interest) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_MOD, of, token, interest)
    }

    fn control(
        &self,
        operation: libc::c_int,
        of: &impl AsRawFd,
        token: usize,
        interest: Interest,
    ) -> io::Result<()> {
        let read = if interest.read { libc::EPOLLIN } else { 0 };
        let write = if interest.write { libc::EPOLLOUT } else { 0 };
        let mut event = libc::epoll_event { events: (read | write) as u32, u64: token as u64 };
        // SAFETY: `event` is there for the whole call, and not kept by it.
        let answer = unsafe {
            libc::epoll_ctl(self.epoll.as_raw_fd(), operation, of.as_raw_fd(), &mut event)
        };
        checked(answer).map(drop)
    }

    /// Waits for events, for ever unless there is a limit, and replaces those in `events`.
    pub fn wait(&mut self, events: &mut Vec<Event>, limit: Option<Duration>) -> io::Result<()> {
        events.clear();
        let limit_ms = limit.map_or(-1, |limit| limit.as_millis() as libc::c_int);
        let room = self.raw.len() as libc::c_int;
        // SAFETY: there is room for as many events in `raw`.
        let answer = unsafe {
            libc::epoll_wait(self.epoll.as_raw_fd(), self.raw.as_mut_ptr(), room, limit_ms)
        };
        let ready = match checked(answer) {
            Ok(n) => n as usize,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => 0,
            Err(e) => return Err(e),
        };
        let hung_up = (libc::EPOLLHUP | libc::EPOLLERR) as u32;
        events.extend(self.raw[..ready].iter().map(|raw| {
            let bits = raw.events;
            Event {
                token: raw.u64 as usize,
                readable: bits & (libc::EPOLLIN as u32 | hung_up) != 0,
                writable: bits & (libc::EPOLLOUT as u32 | hung_up) != 0,
            }
        }));
        Ok(())
    }
}

/// A listener on a free port of this machine, non-blocking and with room for many
/// connections that wait. What it accepts sends without delay: the option is inherited.
pub fn listen() -> io::Result<TcpListener> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    // SAFETY: it takes no address. Listening again only changes the length of the queue.
    checked(unsafe { libc::listen(listener.as_raw_fd(), 4096) })?;
    let yes: libc::c_int = 1;
    // SAFETY: the option is an `int`, and one is read from where `yes` is.
    let answer = unsafe {
        libc::setsockopt(
            listener.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_NODELAY,
            (&raw const yes).cast(),
            size_of::<libc::c_int>() as libc::socklen_t,
        )
    };
    checked(answer)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Accepts a connection that is non-blocking already: one call, where std needs two.
pub fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    let flags = libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    let (none, nobody) = (std::ptr::null_mut(), std::ptr::null_mut());
    // SAFETY: null says that the peer's address is not wanted.
    let socket = checked(unsafe { libc::accept4(listener.as_raw_fd(), none, nobody, flags) })?;
    // SAFETY: the descriptor was made on the line above and belongs to nobody else.
    Ok(unsafe { TcpStream::from_raw_fd(socket) })
}

/// Makes the close of `socket` a reset, so that neither side keeps the port for a minute.
pub fn reset_on_close(socket: &TcpStream) -> io::Result<()> {
    let linger = libc::linger { l_onoff: 1, l_linger: 0 };
    // SAFETY: the option is a `linger`, and one is read from where `linger` is.
    let answer = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_LINGER,
            (&raw const linger).cast(),
            size_of::<libc::linger>() as libc::socklen_t,
        )
    };
    checked(answer).map(drop)
}

/// Receives up to `most` bytes and drops them inside the kernel (tcp(7), `MSG_TRUNC`): a
/// sink that costs its process next to nothing. 0 is the end of the stream.
pub fn discard(socket: &TcpStream, most: usize) -> io::Result<usize> {
    // SAFETY: for TCP, `MSG_TRUNC` makes the kernel write to no address.
    let answer =
        unsafe { libc::recv(socket.as_raw_fd(), std::ptr::null_mut(), most, libc::MSG_TRUNC) };
    match answer {
        -1 => Err(io::Error::last_os_error()),
        n => Ok(n as usize),
    }
}

/// The bytes of memory that this process has resident.
pub fn own_memory() -> io::Result<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm")?;
    let resident = pages.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok());
    // SAFETY: it takes no address.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as u64;
    resident.map(|pages| pages * page).ok_or_else(|| io::Error::other("no figure in statm"))
}

/// A connection to `server` from a source address of its own for each 20 000: one has no
/// more ports.
pub fn connect_numbered(server: SocketAddr, n: usize) -> io::Result<TcpStream> {
    let from = Ipv4Addr::new(127, 0, 1, 1 + (n / 20_000) as u8);
    let SocketAddr::V4(server) = server else { return TcpStream::connect(server) };
    // SAFETY: it takes no address.
    let socket =
        checked(unsafe { libc::socket(libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0) })?;
    // SAFETY: the descriptor was made on the lines above and belongs to nobody else.
    let socket = unsafe { TcpStream::from_raw_fd(socket) };
    let raw = |address: Ipv4Addr, port: u16| libc::sockaddr_in {
        sin_family: libc::AF_INET as libc::sa_family_t,
        sin_port: port.to_be(),
        sin_addr: libc::in_addr { s_addr: u32::from(address).to_be() },
        sin_zero: [0; 8],
    };
    let (local, peer) = (raw(from, 0), raw(*server.ip(), server.port()));
    let length = size_of::<libc::sockaddr_in>() as libc::socklen_t;
    let fd = socket.as_raw_fd();
    // SAFETY: the address is a `sockaddr_in` of that length, and only read.
    checked(unsafe { libc::bind(fd, (&raw const local).cast(), length) })?;
    // SAFETY: as above.
    checked(unsafe { libc::connect(fd, (&raw const peer).cast(), length) })?;
    Ok(socket)
}

/// The processor time of this process.
pub fn own_cpu() -> io::Result<Duration> {
    time_of(libc::CLOCK_PROCESS_CPUTIME_ID)
}

/// The processor time of another process.
pub fn cpu_of(process: u32) -> io::Result<Duration> {
    let mut clock = 0;
    // SAFETY: `clock` has room for the answer.
    match unsafe { libc::clock_getcpuclockid(process as libc::pid_t, &mut clock) } {
        0 => time_of(clock),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

fn time_of(clock: libc::clockid_t) -> io::Result<Duration> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` has room for the answer.
    checked(unsafe { libc::clock_gettime(clock, &mut time) })?;
    Ok(Duration::new(time.tv_sec as u64, time.tv_nsec as u32))
}

/// Ties this thread, and the threads and processes it starts, to one processor.
pub fn stay_on(cpu: usize) -> io::Result<()> {
    // SAFETY: all zeros is the empty set.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: `CPU_SET` refuses what does not fit into the set.
    unsafe { libc::CPU_SET(cpu, &mut set) };
    // SAFETY: `set` has the size that is passed.
    match checked(unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &set) }) {
        Ok(_) => Ok(()),
        Err(e) => Err(io::Error::new(e.kind(), format!("cannot stay on processor {cpu}: {e}"))),
    }
}

/// Allows this process, and those it starts, as many descriptors as the system lets it.
pub fn raise_descriptor_limit() -> io::Result<u64> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` has room for the answer.
    checked(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) })?;
    limit.rlim_cur = limit.rlim_max;
    // SAFETY: `limit` is only read.
    checked(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) })?;
    Ok(limit.rlim_max)
}

/// The descriptor of a socket, as a token.
pub fn token_of(socket: &impl AsRawFd) -> usize {
    let raw: RawFd = socket.as_raw_fd();
    usize::try_from(raw).expect("an open descriptor is not negative")
}
